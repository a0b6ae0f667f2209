/* difference.c -- see difference.h. */
#include <math.h>
#include <string.h>
#include "difference.h"
#include "measure/child.h"
#include "measure/clock.h"
#include "measure/fpstate.h"
#include "measure/inputs.h"
#include "measure/lanes.h"
#include "mem.h"

enum {
    CHUNK = 2048,
    TAIL = 1,
    SAMPLE_BITS = 24,
    STALL_SECONDS = 20,
    MAX_JOBS = 64,
    LOOK_EVERY = 64
};

/* Shared with the children. */
struct search {
    struct subject subject[2]; /* copies, opened in the children only */
    int bits, tried;           /* of the input format; 2^tried inputs are tried */
    uint64_t seed, next;       /* the chunk that nobody has taken yet */
    double end;                /* of the time for this */
    struct finder {
        volatile uint64_t progress;
        struct difference found;
        char err[512];
    } finder[MAX_JOBS];
};

struct job {
    struct search *search;
    struct finder *finder;
};

static void look_at(const struct subject *s, const uint64_t *x, char (*y)[8 * CHUNK],
                    struct difference *d)
{
    size_t width = format_bytes(s->out);
    if (!memcmp(y[0], y[1], CHUNK * width))
        return;
    for (int i = 0; i < CHUNK; i++) {
        uint64_t a = 0, b = 0;
        memcpy(&a, y[0] + (size_t)i * width, width);
        memcpy(&b, y[1] + (size_t)i * width, width);
        if (a == b || (format_is_nan(s->out, a) && format_is_nan(s->out, b)))
            continue;
        if (!d->differ++) {
            d->x = x[i];
            d->y[0] = a;
            d->y[1] = b;
        }
    }
}

/* The inputs of a chunk; the same whoever draws them. */
static void draw(const struct search *s, uint64_t chunk, uint64_t *x)
{
    uint64_t stretch = UINT64_C(1) << (s->bits - s->tried), random = s->seed + chunk;
    if (stretch == 1) {
        lanes_count(chunk * CHUNK, x, CHUNK);
        return;
    }
    for (uint64_t i = 0; i < CHUNK; i++)
        x[i] = (chunk * CHUNK + i) * stretch + random_next(&random) % stretch;
}

static int work(void *arg)
{
    struct search *s = ((struct job *)arg)->search;
    struct finder *f = ((struct job *)arg)->finder;
    struct fp_state state = fp_state_get();
    struct subject subject[2] = {s->subject[0], s->subject[1]};
    uint64_t *x = xmalloc(CHUNK * sizeof *x), chunk;
    char *in = xmalloc(8 * CHUNK), (*out)[8 * CHUNK] = xcalloc(2, sizeof *out);
    for (int k = 0; k < 2; k++)
        if (!subject_open(&subject[k], f->err, sizeof f->err))
            return 1;
    while ((chunk = __sync_fetch_and_add(&s->next, 1)) < (UINT64_C(1) << s->tried) / CHUNK &&
           (chunk % LOOK_EVERY || clock_seconds() < s->end)) {
        draw(s, chunk, x);
        lanes_pack(subject[0].in, x, CHUNK, in);
        for (int k = 0; k < 2; k++) {
            f->progress++;
            fp_state_set(&state);
            /* In two calls, so that there are tails. */
            subject_call(&subject[k], in, out[k], CHUNK - TAIL);
            subject_call(&subject[k], in + (CHUNK - TAIL) * format_bytes(subject[k].in),
                         out[k] + (CHUNK - TAIL) * format_bytes(subject[k].out), TAIL);
        }
        fp_state_set(&state);
        look_at(&subject[0], x, out, &f->found);
        f->found.inputs += CHUNK;
    }
    return 0;
}

static void merge(struct difference *d, const struct difference *more)
{
    if (more->differ && (!d->differ || more->x < d->x)) {
        d->x = more->x;
        memcpy(d->y, more->y, sizeof d->y);
    }
    d->differ += more->differ;
    d->inputs += more->inputs;
}

/* Tries 2^s->tried inputs, or as many as SECONDS allow. */
static bool try_all(struct search *s, int jobs, double seconds, struct difference *d, char *err,
                    size_t errlen)
{
    struct child child[MAX_JOBS];
    struct job job[MAX_JOBS];
    char how[100];
    bool good = true;
    double started = clock_seconds();
    s->next = 0;
    s->end = started + seconds;
    *d = (struct difference){0};
    for (int i = 0; i < jobs; i++) {
        job[i] = (struct job){s, &s->finder[i]};
        s->finder[i].found = (struct difference){0};
        child_start(
            &child[i], work, &job[i],
            (struct child_limits){.seconds = STALL_SECONDS, .progress = &s->finder[i].progress});
    }
    for (int i = 0; i < jobs; i++) {
        while (child_poll(&child[i]))
            child_wait(&child[i], 1, 0.1);
        const struct child_result *end = &child[i].result;
        if (end->end != CHILD_OK && good)
            snprintf(err, errlen, "%s",
                     end->end == CHILD_FAILED ? s->finder[i].err
                                              : child_describe(end, how, sizeof how));
        good &= end->end == CHILD_OK;
        merge(d, &s->finder[i].found);
    }
    d->complete = d->inputs >> s->tried && s->tried == s->bits;
    d->seconds = clock_seconds() - started;
    return good;
}

bool difference_find(struct subject *const pair[2], double seconds, int jobs, uint64_t seed,
                     struct difference *d, char *err, size_t errlen)
{
    struct search *s = shared_alloc(sizeof *s);
    s->subject[0] = *pair[0];
    s->subject[1] = *pair[1];
    s->seed = seed;
    s->bits = format_info[pair[0]->in].bits;
    s->tried = s->bits < SAMPLE_BITS ? s->bits : SAMPLE_BITS;
    jobs = jobs < MAX_JOBS ? jobs : MAX_JOBS;
    bool good = try_all(s, jobs, INFINITY, d, err, errlen);
    if (good && !d->differ && !d->complete && s->bits <= 32) {
        double spent = d->seconds;
        s->tried = s->bits;
        good = try_all(s, jobs, seconds, d, err, errlen);
        d->seconds += spent;
    }
    shared_free(s, sizeof *s);
    return good;
}

/* difference.c -- see difference.h. */
#include <string.h>
#include "difference.h"
#include "measure/child.h"
#include "measure/fpstate.h"
#include "measure/inputs.h"
#include "measure/lanes.h"
#include "mem.h"

enum { CHUNK = 4096, SAMPLE_BITS = 24, STALL_SECONDS = 20 };

/* Shared with the child. */
struct search {
    volatile uint64_t progress;
    struct subject subject[2]; /* copies, opened in the child only */
    bool all;
    uint64_t seed;
    struct difference found;
    char err[512];
};

static void look_at(struct search *s, const uint64_t *x, int n, char (*y)[8 * CHUNK])
{
    enum format f = s->subject[0].out;
    size_t width = format_bytes(f);
    if (!memcmp(y[0], y[1], (size_t)n * width))
        return;
    for (int i = 0; i < n; i++) {
        uint64_t a = 0, b = 0;
        memcpy(&a, y[0] + (size_t)i * width, width);
        memcpy(&b, y[1] + (size_t)i * width, width);
        if (a == b || (format_is_nan(f, a) && format_is_nan(f, b)))
            continue;
        if (!s->found.differ++) {
            s->found.x = x[i];
            s->found.y[0] = a;
            s->found.y[1] = b;
        }
    }
}

static int work(void *arg)
{
    struct search *s = arg;
    struct fp_state state = fp_state_get();
    int bits = format_info[s->subject[0].in].bits;
    int tried = (s->all && bits <= 32) || bits < SAMPLE_BITS ? bits : SAMPLE_BITS;
    uint64_t stretch = UINT64_C(1) << (bits - tried), random = s->seed;
    uint64_t *x = xmalloc(CHUNK * sizeof *x);
    char *in = xmalloc(8 * CHUNK), (*out)[8 * CHUNK] = xcalloc(2, sizeof *out);
    for (int k = 0; k < 2; k++)
        if (!subject_open(&s->subject[k], s->err, sizeof s->err))
            return 1;
    for (uint64_t at = 0; at >> tried == 0; at += CHUNK) {
        for (int i = 0; i < CHUNK; i++)
            x[i] =
                (at + (uint64_t)i) * stretch + (stretch > 1 ? random_next(&random) % stretch : 0);
        lanes_pack(s->subject[0].in, x, CHUNK, in);
        for (int k = 0; k < 2; k++) {
            s->progress++;
            fp_state_set(&state);
            subject_call(&s->subject[k], in, out[k], CHUNK);
        }
        fp_state_set(&state);
        look_at(s, x, CHUNK, out);
        s->found.inputs += CHUNK;
    }
    s->found.complete = tried == bits;
    return 0;
}

bool difference_find(struct subject *const pair[2], bool all, uint64_t seed, struct difference *d,
                     char *err, size_t errlen)
{
    struct search *s = shared_alloc(sizeof *s);
    char how[100];
    *s = (struct search){.subject = {*pair[0], *pair[1]}, .all = all, .seed = seed};
    struct child_limits limits = {.seconds = STALL_SECONDS, .progress = &s->progress};
    struct child_result end = child_run(work, s, limits);
    *d = s->found;
    if (end.end == CHILD_FAILED)
        snprintf(err, errlen, "%s", s->err);
    else if (end.end != CHILD_OK)
        snprintf(err, errlen, "%s", child_describe(&end, how, sizeof how));
    shared_free(s, sizeof *s);
    return end.end == CHILD_OK;
}

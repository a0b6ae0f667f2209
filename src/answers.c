/* answers.c -- see answers.h. */
#include <math.h>
#include <string.h>
#include "answers.h"
#include "measure/child.h"
#include "mem.h"

/* ---- asking ---- */

struct asking {
    struct subject **subject;
    int nsubjects, nx;
    const uint64_t *x;
    uint64_t *y;           /* shared: per subject and x */
    volatile uint64_t *at; /* shared: number of the subject being called, from 1 */
    int from;
};

static int answer(void *arg)
{
    struct asking *a = arg;
    char err[256];
    for (int s = a->from; s < a->nsubjects; s++) {
        *a->at = (uint64_t)s + 1;
        if (!subject_open(a->subject[s], err, sizeof err))
            return 1;
        for (int i = 0; i < a->nx; i++) {
            uint64_t in[8] = {a->x[i]}, out[8] = {0};
            subject_call(a->subject[s], in, out, 1);
            memcpy(&a->y[s * a->nx + i], out, format_bytes(a->subject[s]->out));
        }
    }
    return 0;
}

void answers_ask(struct subject **subject, int nsubjects, const uint64_t *x, int nx, uint64_t *y,
                 char **fault)
{
    size_t bytes = (size_t)(nsubjects * nx + 1) * sizeof(uint64_t);
    uint64_t *shared = shared_alloc(bytes);
    struct asking a = {subject, nsubjects, nx, x, shared + 1, shared, 0};
    while (a.from < nsubjects) {
        struct child_result r =
            child_run(answer, &a, (struct child_limits){.seconds = 10, .progress = a.at});
        if (r.end == CHILD_OK)
            break;
        char text[128];
        int culprit = *a.at ? (int)*a.at - 1 : a.from;
        fault[culprit] = xstrdup(child_describe(&r, text, sizeof text));
        a.from = culprit + 1;
    }
    memcpy(y, a.y, bytes - sizeof *y);
    shared_free(shared, bytes);
}

/* ---- where several answers are right ---- */

enum { MAX_RIGHT = 2 * MAX_ACCEPT + 3, MAX_INPUTS = 4 + MAX_AT };

/* An input, and the results that are right there. */
struct choice {
    uint64_t x;
    uint64_t right[MAX_RIGHT];
    int n;
};

static void add_right(struct choice *c, enum format out, uint64_t bits)
{
    if (format_is_nan(out, bits))
        bits = format_nan(out);
    for (int i = 0; i < c->n; i++)
        if (c->right[i] == bits)
            return;
    c->right[c->n++] = bits;
}

static struct choice choice_at(struct oracle *o, enum format in, uint64_t x, enum format out)
{
    struct choice c = {.x = x};
    struct truth t;
    truth_at(o, in, x, out, MPFR_RNDN, &t);
    if (t.kind == TRUTH_UNJUDGED || t.kind == TRUTH_UNSETTLED)
        return c;
    add_right(&c, out, t.due);
    if (t.zero && t.accept_zero & ACCEPT_ZERO_POSITIVE)
        add_right(&c, out, 0);
    if (t.zero && t.accept_zero & ACCEPT_ZERO_NEGATIVE)
        add_right(&c, out, format_sign_bit(out));
    for (int i = 0; i < t.naccept; i++)
        add_right(&c, out, t.accept[i]);
    return c;
}

/* The inputs of IN at which more than one result of OUT is right, in ascending order; how many. */
static int choices_of(struct oracle *o, enum format in, enum format out, struct choice *c)
{
    const uint64_t sign = format_sign_bit(in);
    double special[MAX_AT];
    int n = 0, nspecial = oracle_special(o, special);
    uint64_t x[MAX_INPUTS];
    int nx = 0;
    x[nx++] = sign | format_inf(in);
    for (int i = 0; i < nspecial; i++)
        if (special[i] < 0)
            x[nx++] = format_from_double(in, special[i]);
    x[nx++] = sign;
    x[nx++] = 0;
    for (int i = 0; i < nspecial; i++)
        if (special[i] > 0)
            x[nx++] = format_from_double(in, special[i]);
    x[nx++] = format_inf(in);
    for (int i = 0; i < nx; i++) {
        c[n] = choice_at(o, in, x[i], out);
        n += c[n].n > 1;
    }
    return n;
}

static void record(struct kernel_record *k, const struct choice *c, int n, const uint64_t *y,
                   enum format in, enum format out)
{
    k->answer = xcalloc((size_t)n, sizeof *k->answer);
    k->nanswers = n;
    for (int i = 0; i < n; i++) {
        struct answer *a = &k->answer[i];
        *a = (struct answer){.x = c[i].x,
                             .x_value = format_to_double(in, c[i].x),
                             .y = y[i],
                             .y_value = format_to_double(out, y[i]),
                             .nright = c[i].n,
                             .right = xcalloc((size_t)c[i].n, sizeof *a->right)};
        memcpy(a->right, c[i].right, (size_t)c[i].n * sizeof *a->right);
    }
}

void answers_record(struct oracle *o, struct subject **subject, int nsubjects,
                    struct kernel_record **k)
{
    struct choice c[MAX_INPUTS];
    uint64_t x[MAX_INPUTS];
    enum format in = subject[0]->in, out = subject[0]->out;
    int n = choices_of(o, in, out, c);
    if (n == 0)
        return;
    for (int i = 0; i < n; i++)
        x[i] = c[i].x;
    uint64_t *y = xcalloc((size_t)(nsubjects * n), sizeof *y);
    char **fault = xcalloc((size_t)nsubjects, sizeof *fault);
    answers_ask(subject, nsubjects, x, n, y, fault);
    for (int s = 0; s < nsubjects; s++) {
        if (!fault[s])
            record(k[s], c, n, y + s * n, in, out);
        free(fault[s]);
    }
    free(fault);
    free(y);
}

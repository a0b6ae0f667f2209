/* describe.c -- see describe.h. */
#include <math.h>
#include <string.h>
#include "describe.h"
#include "mem.h"
#include "../ref/truth.h"

/* Evenly within +-CURVE_END, where functions bend, and by quarters of binades out to where they
 * have long been constant. */
enum { CURVE_INNER = 193, CURVE_TAIL = 32 };
#define CURVE_END 8.0

static double curve_x(int i)
{
    int inner = i - CURVE_TAIL;
    if (inner < 0)
        return -CURVE_END * exp2(-inner / 4.0);
    if (inner >= CURVE_INNER)
        return CURVE_END * exp2((inner - CURVE_INNER + 1) / 4.0);
    return CURVE_END * (2.0 * inner / (CURVE_INNER - 1) - 1);
}

/* The exact function, to the nearest double. */
static void curve(struct oracle *o, struct function_record *d)
{
    enum { POINTS = CURVE_INNER + 2 * CURVE_TAIL };
    d->curve = xcalloc(POINTS, sizeof *d->curve);
    for (int i = 0; i < POINTS; i++) {
        double x = curve_x(i);
        struct truth t;
        truth_at(o, FORMAT_F64, format_from_double(FORMAT_F64, x), FORMAT_F64, MPFR_RNDN, &t);
        if (t.kind == TRUTH_FINITE)
            d->curve[d->ncurve++] =
                (struct curve_point){x, format_to_double(FORMAT_F64, t.nearest)};
    }
}

/* The magnitude in f32 beyond which the exact value at this sign always rounds to 0, by bisection
 * over the patterns (a gradient falls monotonically in its tails); NAN if it never does. */
static double vanishes(struct oracle *o, bool negative)
{
    uint64_t sign = negative ? format_sign_bit(FORMAT_F32) : 0;
    uint64_t lo = 0, hi = format_max(FORMAT_F32);
    struct truth t;
    truth_at(o, FORMAT_F32, hi | sign, FORMAT_F32, MPFR_RNDN, &t);
    if (t.kind != TRUTH_FINITE || !format_is_zero(FORMAT_F32, t.due))
        return NAN;
    while (hi - lo > 1) {
        uint64_t mid = lo + (hi - lo) / 2;
        truth_at(o, FORMAT_F32, mid | sign, FORMAT_F32, MPFR_RNDN, &t);
        *(t.kind == TRUTH_FINITE && format_is_zero(FORMAT_F32, t.due) ? &hi : &lo) = mid;
    }
    double x = format_to_double(FORMAT_F32, hi);
    return negative ? -x : x;
}

static void describe(const struct selection *s, const struct function *f, struct function_record *d)
{
    double param[MAX_PARAMS];
    selection_params(s, f, param);
    struct oracle *o = oracle_new(f, FORMAT_F32, param);
    d->id = xstrdup(f->id);
    d->name = xstrdup(f->name ? f->name : f->id);
    d->group = xstrdup(f->group);
    d->description = xstrdup(f->description);
    d->formula = expr_text(f, f->body);
    d->latex = expr_latex(f, f->body);
    d->nparams = f->nparams;
    d->param_name = xcalloc((size_t)f->nparams + 1, sizeof *d->param_name);
    d->param = xcalloc((size_t)f->nparams + 1, sizeof *d->param);
    for (int i = 0; i < f->nparams; i++) {
        d->param_name[i] = xstrdup(f->param_name[i]);
        d->param[i] = oracle_params(o)[i];
    }
    d->gradient = xstrdup(f->gradient);
    d->gradient_of = xstrdup(f->gradient_of);
    d->approximates = xstrdup(f->approximates);
    d->has_range = oracle_range(o, FORMAT_F32, &d->range_lo, &d->range_hi);
    curve(o, d);
    bool falls = f->gradient_of != NULL;
    d->vanishes_below = falls ? vanishes(o, true) : NAN;
    d->vanishes_above = falls ? vanishes(o, false) : NAN;
    oracle_free(o);
}

static void add(const struct selection *s, const struct function *f, struct result *r)
{
    if (f && !result_function(r, f->id))
        describe(s, f, result_add_function(r));
}

void describe_functions(const struct selection *s, struct result *r)
{
    for (int i = 0; i < s->nsubjects; i++) {
        const struct function *f = s->subject[i]->function;
        add(s, f, r);
        if (f->gradient)
            add(s, function_find(&s->registry.functions, f->gradient), r);
    }
}

/* block.c -- the fast reference: from a formula to steps over lanes, and from enclosures to truths.
 *
 * A formula becomes a program: a list of steps (block_lanes.h) over strips of lanes, in the order
 * of its nodes, with constants folded in MPFR.  There are two programs: one for inputs that are
 * points, one for inputs that are intervals.  A block of inputs is decided in up to four ways, the
 * cheapest first:
 *
 *   1. all strips at once, each as one interval of inputs: where f is constant to the last bit,
 * done;
 *   2. a strip's inputs one per lane;
 *   3. its lanes near zero by the series about zero (block_zero.c);
 *   4. the rest stays undecided: the caller asks MPFR.
 *
 * To add an operator: a row in `operators', or a case in `emit_node' if it is not one step.
 */
#if HAVE_CONFIG_H
#include <config.h> /* HAVE_ISA_AVX2, HAVE_ISA_AVX512: what block_lanes.c was compiled for */
#endif
#include "block.h"

#include <float.h>
#include <math.h>
#include "block_lanes.h"
#include "block_zero.h"
#include "interval.h"
#include "mem.h"

enum { FOLD_PRECISION = 320, STRIPS = BLOCK / STRIP };

/* ---- Programs ---- */

/* Where the value of a node is. */
struct value {
    struct lanes lanes; /* NULL: nowhere yet */
    bool temporary;     /* may be given up after its last use */
    double lo, hi;      /* its range over all finite x */
};

struct program {
    int nsteps;
    struct step *step;
    struct lanes x, result;
    struct lanes undefined; /* a boolean: the result surely is; NULL if it never is */
    int nroom;
    double **room; /* every allocation */
};

/* What is known of a node that does not depend on x. */
struct folded {
    bool known;
    bool rational; /* q holds it exactly */
    mpq_t q;
    struct interval v;
    int truth; /* a boolean's value */
};

struct compiler {
    const struct lane_isa *isa;
    const struct expr *e;
    const double *param;
    struct folded *folded;
    bool wide; /* x is an interval */
    struct program *p;
    struct value *value; /* by node */
    int *last_use;       /* by node: the id of the last node that needs it */
    bool *needed;
    bool *strict; /* by node: if it is NaN, so is the result */
    int nfree;
    struct lanes *free;
    bool failed;
};

static double *room(struct program *p)
{
    double *lanes = ref_checked(aligned_alloc(64, STRIP * sizeof *lanes));
    memset(lanes, 0, STRIP * sizeof *lanes);
    p->room = ref_realloc(p->room, (size_t)p->nroom + 1, sizeof *p->room);
    return p->room[p->nroom++] = lanes;
}

static struct lanes filled(struct program *p, double lo, double hi)
{
    struct lanes r = {room(p), NULL};
    r.hi = lo == hi ? r.lo : room(p);
    for (int i = 0; i < STRIP; i++)
        r.lo[i] = lo;
    for (int i = 0; i < STRIP; i++)
        r.hi[i] = hi;
    return r;
}

static void program_clear(struct program *p)
{
    for (int i = 0; i < p->nroom; i++)
        free(p->room[i]);
    free(p->room);
    free(p->step);
}

static void program_run(const struct program *p, const struct lane_isa *isa, int n)
{
    n = (n + isa->width - 1) / isa->width * isa->width;
    for (int i = 0; i < p->nsteps; i++)
        isa->step[p->step[i].op](&p->step[i], n);
}

/* ---- Constants ---- */

/* The open or exact enclosure of V in doubles: the invariant of block_lanes.h. */
static void to_doubles(const struct interval *v, double *lo, double *hi)
{
    *lo = mpfr_get_d(v->lo, MPFR_RNDD);
    *hi = mpfr_get_d(v->hi, MPFR_RNDU);
    if (interval_is_point(v) && *lo == *hi)
        return;
    if (!v->lo_open && mpfr_cmp_d(v->lo, *lo) == 0)
        *lo = nextafter(*lo, -INFINITY);
    if (!v->hi_open && mpfr_cmp_d(v->hi, *hi) == 0)
        *hi = nextafter(*hi, INFINITY);
}

static bool fold_rational(struct folded *f, const struct node *n, const struct folded *a,
                          const struct folded *b)
{
    if ((a && !a->rational) || (b && !b->rational))
        return false;
    switch (n->op) {
    case OP_NEG:
        mpq_neg(f->q, a->q);
        return true;
    case OP_ADD:
        mpq_add(f->q, a->q, b->q);
        return true;
    case OP_SUB:
        mpq_sub(f->q, a->q, b->q);
        return true;
    case OP_MUL:
        mpq_mul(f->q, a->q, b->q);
        return true;
    case OP_DIV:
        if (mpq_sgn(b->q) == 0)
            return false;
        mpq_div(f->q, a->q, b->q);
        return true;
    default:
        return false;
    }
}

static int fold_truth(enum op op, const struct folded *a, const struct folded *b)
{
    int less, more, same;
    switch (op) {
    case OP_TRUE:
        return 1;
    case OP_FALSE:
        return 0;
    case OP_NOT:
        return a->truth < 0 ? -1 : !a->truth;
    case OP_AND:
        return a->truth == 0 || b->truth == 0 ? 0 : a->truth == 1 && b->truth == 1 ? 1 : -1;
    case OP_OR:
        return a->truth == 1 || b->truth == 1 ? 1 : a->truth == 0 && b->truth == 0 ? 0 : -1;
    default:
        break;
    }
    less = interval_less(&a->v, &b->v);
    more = interval_less(&b->v, &a->v);
    same = interval_equal(&a->v, &b->v);
    switch (op) {
    case OP_LT:
        return less;
    case OP_GT:
        return more;
    case OP_LE:
        return more < 0 ? -1 : !more;
    case OP_GE:
        return less < 0 ? -1 : !less;
    case OP_EQ:
        return same;
    default:
        return same < 0 ? -1 : !same;
    }
}

static bool is_boolean(enum op op)
{
    return op >= OP_TRUE;
}

/* Folds node N if all its arguments are folded.  NaN, infinite and undecided constants are not. */
static void fold(struct compiler *c, const struct node *n)
{
    struct folded *f = &c->folded[n->id];
    const struct folded *arg[3] = {0};
    interval_set_prec(&f->v, FOLD_PRECISION);
    for (int i = 0; i < n->nargs; i++) {
        arg[i] = &c->folded[n->arg[i]->id];
        if (!arg[i]->known)
            return;
    }
    if (n->op == OP_X || n->op == OP_IF || (n->op == OP_PARAM && !isfinite(c->param[n->param])))
        return;
    if (is_boolean(n->op)) {
        f->truth = fold_truth(n->op, arg[0], arg[1]);
        f->known = f->truth >= 0;
        return;
    }
    if (n->op == OP_NUM)
        mpq_set(f->q, n->num);
    else if (n->op == OP_PARAM)
        mpq_set_d(f->q, c->param[n->param]);
    f->rational =
        n->op == OP_NUM || n->op == OP_PARAM || (n->nargs && fold_rational(f, n, arg[0], arg[1]));
    if (f->rational)
        interval_set_q(&f->v, f->q);
    else if (n->op == OP_CONST)
        interval_set_constant(&f->v, n->constant);
    else
        interval_apply(&f->v, n->op, &arg[0]->v, arg[1] ? &arg[1]->v : NULL);
    f->known = !f->v.maybe_nan && mpfr_number_p(f->v.lo) && mpfr_number_p(f->v.hi);
}

/* ---- From nodes to steps ---- */

/* The branch that a folded condition chooses, through any number of them; else N itself. */
static const struct node *chosen(const struct compiler *c, const struct node *n)
{
    while (n->op == OP_IF && c->folded[n->arg[0]->id].known)
        n = n->arg[c->folded[n->arg[0]->id].truth ? 1 : 2];
    return n;
}

static const struct node *argument(const struct compiler *c, const struct node *n, int i)
{
    return chosen(c, n->arg[i]);
}

static const struct node *root(const struct compiler *c)
{
    return chosen(c, c->e->node[c->e->n - 1]);
}

static const struct {
    enum op op;
    enum lane_op lane;
    bool swapped;
} operators[] = {
    {OP_ADD, LANE_ADD, false},     {OP_SUB, LANE_SUB, false},   {OP_NEG, LANE_NEG, false},
    {OP_FABS, LANE_ABS, false},    {OP_FMIN, LANE_MIN, false},  {OP_FMAX, LANE_MAX, false},
    {OP_SQRT, LANE_SQRT, false},   {OP_EXP, LANE_EXP, false},   {OP_EXP2, LANE_EXP2, false},
    {OP_EXPM1, LANE_EXPM1, false}, {OP_LOG, LANE_LOG, false},   {OP_LOG1P, LANE_LOG1P, false},
    {OP_SINH, LANE_SINH, false},   {OP_COSH, LANE_COSH, false}, {OP_TANH, LANE_TANH, false},
    {OP_ERF, LANE_ERF, false},     {OP_ERFC, LANE_ERFC, false}, {OP_LT, LANE_LT, false},
    {OP_LE, LANE_LE, false},       {OP_GT, LANE_LT, true},      {OP_GE, LANE_LE, true},
    {OP_EQ, LANE_EQ, false},       {OP_AND, LANE_AND, false},   {OP_OR, LANE_OR, false},
    {OP_NOT, LANE_NOT, false},     {OP_IF, LANE_IF, false},
};

static bool is_positive(const struct value *v)
{
    return v->lo >= 0 && v->hi > 0;
}

static bool is_point(const struct value *v)
{
    return v->lanes.lo == v->lanes.hi;
}

/* Room for a result. */
static struct value fresh(struct compiler *c, bool point)
{
    struct value v = {.temporary = true};
    if (c->nfree) {
        v.lanes = c->free[--c->nfree];
    } else {
        v.lanes.lo = room(c->p);
        v.lanes.hi = room(c->p);
    }
    if (point)
        v.lanes.hi = v.lanes.lo;
    return v;
}

/* Adds a step, and performs it on the whole range of its arguments to learn that of its result. */
static struct value emit(struct compiler *c, enum lane_op op, const struct value *a,
                         const struct value *b, const struct value *d)
{
    static const struct value none;
    struct step s = {op, .a = a->lanes, .b = (b ? b : &none)->lanes, .c = (d ? d : &none)->lanes};
    bool point = (op == LANE_NEG || op == LANE_ABS) && is_point(a);
    struct value r = fresh(c, point);
    s.r = r.lanes;
    c->p->step = ref_realloc(c->p->step, (size_t)c->p->nsteps + 1, sizeof s);
    c->p->step[c->p->nsteps++] = s;

    double range[8][STRIP] __attribute__((aligned(64)));
    const struct value *arg[] = {a, b, d};
    struct lanes *lanes[] = {&s.a, &s.b, &s.c};
    for (int i = 0; i < 3; i++) {
        *lanes[i] = (struct lanes){range[2 * i], range[2 * i + 1]};
        for (int j = 0; arg[i] && j < c->isa->width; j++) {
            range[2 * i][j] = arg[i]->lo;
            range[2 * i + 1][j] = arg[i]->hi;
        }
    }
    s.r = (struct lanes){range[6], range[7]};
    c->isa->step[op](&s, c->isa->width);
    r.lo = s.r.lo[0];
    r.hi = s.r.hi[0];
    return r;
}

static void give_up(struct compiler *c, struct value *v)
{
    if (!v->temporary)
        return;
    if (!is_point(v)) { /* a point's second half is lost, which is rare and harmless */
        c->free = ref_realloc(c->free, (size_t)c->nfree + 1, sizeof *c->free);
        c->free[c->nfree++] = v->lanes;
    }
    v->temporary = false;
}

static struct value constant(struct compiler *c, double lo, double hi)
{
    return (struct value){filled(c->p, lo, hi), false, lo, hi};
}

/* OP of two values the first of which is done with. */
static struct value then(struct compiler *c, enum lane_op op, struct value first,
                         const struct value *b)
{
    struct value r = emit(c, op, &first, b, NULL);
    give_up(c, &first);
    return r;
}

static struct value multiply(struct compiler *c, const struct value *a, const struct value *b)
{
    if (is_positive(a))
        return emit(c, LANE_MUL_NONNEGATIVE, a, b, NULL);
    if (is_positive(b))
        return emit(c, LANE_MUL_NONNEGATIVE, b, a, NULL);
    return emit(c, LANE_MUL, a, b, NULL);
}

static struct value divide(struct compiler *c, const struct value *a, const struct value *b)
{
    return emit(c, is_positive(b) ? LANE_DIV_POSITIVE : LANE_DIV, a, b, NULL);
}

/* Is Z a double? */
static bool fits(mpz_srcptr z)
{
    return mpz_sizeinbase(z, 2) - mpz_scan1(z, 0) <= DBL_MANT_DIG && mpz_sizeinbase(z, 2) < 1000;
}

/* A * P / Q by a product and a quotient, so that it is exact where it can be (0.2 x where 5 divides
 * x). */
static struct value scale(struct compiler *c, const struct value *a, mpz_srcptr p, mpz_srcptr q)
{
    double top = fabs(mpz_get_d(p)), bottom = mpz_get_d(q);
    struct value r = *a, factor;
    r.temporary = false;
    if (top != 1 || mpz_cmp_ui(q, 1) == 0) {
        factor = constant(c, top, top);
        r = multiply(c, &factor, &r);
    }
    if (mpz_sgn(p) < 0)
        r = then(c, LANE_NEG, r, NULL);
    if (bottom != 1) {
        factor = constant(c, bottom, bottom);
        r = then(c, LANE_DIV_POSITIVE, r, &factor);
    }
    return r;
}

/* x^n for n >= 1. */
static struct value power(struct compiler *c, const struct value *x, unsigned long n)
{
    if (n == 2)
        return emit(c, LANE_SQUARE, x, NULL, NULL);
    if (n % 2 == 0)
        return then(c, LANE_SQUARE, power(c, x, n / 2), NULL);
    struct value p = power(c, x, n - 1), r = multiply(c, &p, x);
    give_up(c, &p);
    return r;
}

/* Powers with a constant exponent that is a small integer or a half. */
static struct value emit_power(struct compiler *c, const struct node *n, const struct value *x)
{
    const struct folded *f = &c->folded[argument(c, n, 1)->id];
    if (f->known && f->rational && mpq_cmp_ui(f->q, 1, 2) == 0)
        return emit(c, LANE_SQRT, x, NULL, NULL);
    if (f->known && f->rational && mpz_cmp_ui(mpq_denref(f->q), 1) == 0 &&
        mpz_cmp_ui(mpq_numref(f->q), 2) >= 0 && mpz_cmp_ui(mpq_numref(f->q), 64) <= 0)
        return power(c, x, mpz_get_ui(mpq_numref(f->q)));
    c->failed = true;
    return *x;
}

/* Whether N multiplies or divides by a rational: then the other factor, and the rational P / Q. */
static const struct node *scaled_node(const struct compiler *c, const struct node *n, mpz_t p,
                                      mpz_t q)
{
    for (int i = 0; i < 2; i++) {
        const struct folded *f = &c->folded[argument(c, n, i)->id];
        if (!f->known || !f->rational || mpq_sgn(f->q) == 0 || !fits(mpq_numref(f->q)) ||
            !fits(mpq_denref(f->q)) || (n->op == OP_DIV && i == 0))
            continue;
        mpz_set(p, n->op == OP_DIV ? mpq_denref(f->q) : mpq_numref(f->q));
        mpz_set(q, n->op == OP_DIV ? mpq_numref(f->q) : mpq_denref(f->q));
        if (mpz_sgn(q) < 0) {
            mpz_neg(p, p);
            mpz_neg(q, q);
        }
        return argument(c, n, 1 - i);
    }
    return NULL;
}

static struct value emit_product(struct compiler *c, const struct node *n)
{
    const struct node *left = argument(c, n, 0), *right = argument(c, n, 1);
    const struct value *a = &c->value[left->id], *b = &c->value[right->id];
    mpz_t p, q;
    mpz_inits(p, q, (mpz_ptr)NULL);
    const struct node *other = scaled_node(c, n, p, q);
    struct value r = other             ? scale(c, &c->value[other->id], p, q)
                     : n->op == OP_DIV ? divide(c, a, b)
                     : left == right   ? emit(c, LANE_SQUARE, a, NULL, NULL)
                                       : multiply(c, a, b);
    mpz_clears(p, q, (mpz_ptr)NULL);
    return r;
}

static struct value emit_node(struct compiler *c, const struct node *n)
{
    const struct value *v[3] = {0};
    for (int i = 0; i < n->nargs; i++)
        v[i] = &c->value[argument(c, n, i)->id];
    if (n->op == OP_MUL || n->op == OP_DIV)
        return emit_product(c, n);
    if (n->op == OP_POW)
        return emit_power(c, n, v[0]);
    if (n->op == OP_NE)
        return then(c, LANE_NOT, emit(c, LANE_EQ, v[0], v[1], NULL), NULL);
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (operators[i].op == n->op)
            return operators[i].swapped ? emit(c, operators[i].lane, v[1], v[0], NULL)
                                        : emit(c, operators[i].lane, v[0], v[1], v[2]);
    c->failed = true;
    return (struct value){0};
}

static struct value folded_value(struct compiler *c, const struct node *n)
{
    const struct folded *f = &c->folded[n->id];
    if (is_boolean(n->op))
        return constant(c, f->truth, f->truth);
    double lo, hi;
    to_doubles(&f->v, &lo, &hi);
    return constant(c, lo, hi);
}

static void mark_needed(struct compiler *c)
{
    c->needed[root(c)->id] = true;
    c->last_use[root(c)->id] = c->e->n;
    for (int i = c->e->n - 1; i >= 0; i--) {
        const struct node *n = c->e->node[i];
        for (int j = 0; c->needed[i] && !c->folded[i].known && j < n->nargs; j++) {
            int id = argument(c, n, j)->id;
            c->needed[id] = true;
            if (c->last_use[id] < i)
                c->last_use[id] = i;
        }
    }
}

/* In which NaN for one argument gives NaN. */
static bool is_strict(enum op op)
{
    return !is_boolean(op) && op != OP_IF && op != OP_FMIN && op != OP_FMAX && op != OP_POW;
}

static void mark_strict(struct compiler *c)
{
    c->strict[root(c)->id] = true;
    for (int i = c->e->n - 1; i >= 0; i--) {
        const struct node *n = c->e->node[i];
        for (int j = 0; c->strict[i] && is_strict(n->op) && j < n->nargs; j++)
            c->strict[argument(c, n, j)->id] = true;
    }
}

/* Where the argument of N lies below its domain, the result is undefined. */
static void note_domain(struct compiler *c, const struct node *n)
{
    if (!c->strict[n->id] || (n->op != OP_LOG && n->op != OP_LOG1P && n->op != OP_SQRT))
        return;
    double least = n->op == OP_LOG1P ? -1 : 0;
    struct value start = constant(c, least, least), before = {.lanes = c->p->undefined};
    struct value below = emit(c, LANE_LT, &c->value[argument(c, n, 0)->id], &start, NULL);
    if (before.lanes.lo)
        below = emit(c, LANE_OR, &before, &below, NULL);
    c->p->undefined = below.lanes;
}

static void compile_node(struct compiler *c, const struct node *n)
{
    struct value *v = &c->value[n->id];
    if (c->folded[n->id].known) {
        *v = folded_value(c, n);
    } else if (n->op == OP_X) {
        c->p->x.lo = room(c->p);
        c->p->x.hi = c->wide ? room(c->p) : c->p->x.lo;
        *v = (struct value){c->p->x, false, -INFINITY, INFINITY};
    } else {
        note_domain(c, n);
        *v = emit_node(c, n);
        for (int i = 0; i < n->nargs && !c->failed; i++)
            if (c->last_use[argument(c, n, i)->id] == n->id)
                give_up(c, &c->value[argument(c, n, i)->id]);
    }
}

/* False if an operator has no step. */
static bool compile(struct compiler *c, struct program *p, bool wide)
{
    int n = c->e->n;
    *p = (struct program){0};
    c->p = p;
    c->wide = wide;
    c->failed = false;
    c->value = ref_calloc((size_t)n, sizeof *c->value);
    c->last_use = ref_calloc((size_t)n, sizeof *c->last_use);
    c->needed = ref_calloc((size_t)n, sizeof *c->needed);
    c->strict = ref_calloc((size_t)n, sizeof *c->strict);
    mark_needed(c);
    mark_strict(c);
    for (int i = 0; i < n && !c->failed; i++)
        if (c->needed[i])
            compile_node(c, c->e->node[i]);
    p->result = c->value[root(c)->id].lanes;
    if (!p->x.lo)
        p->x.lo = p->x.hi = room(p); /* the formula does not depend on x */
    free(c->value);
    free(c->last_use);
    free(c->needed);
    free(c->strict);
    free(c->free);
    c->free = NULL;
    c->nfree = 0;
    return !c->failed;
}

/* ---- The reference ---- */

struct block_ref {
    const struct lane_isa *isa;
    struct program point, wide;
    struct series side[2]; /* x > 0, x < 0 */
};

static const struct lane_isa *const isas[] = {
#if HAVE_ISA_AVX512
    &block_lanes_avx512,
#endif
#if HAVE_ISA_AVX2
    &block_lanes_avx2,
#endif
    &block_lanes_generic,
};

static bool runs_here(const struct lane_isa *isa)
{
#if HAVE_ISA_AVX512
    if (isa == &block_lanes_avx512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
#if HAVE_ISA_AVX2
    if (isa == &block_lanes_avx2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
    return isa == &block_lanes_generic;
}

const struct lane_isa *block_lanes_isa(const char *name)
{
    for (size_t i = 0; i < sizeof isas / sizeof *isas; i++)
        if (runs_here(isas[i]) && (!name || strcmp(name, isas[i]->name) == 0))
            return isas[i];
    return NULL;
}

const char *block_ref_isa(void)
{
    return block_lanes_isa(NULL)->name;
}

/* The default of parameter I rounded to double. */
static double default_of(const struct function *f, int i)
{
    struct evaluator *ev = evaluator_new_expr(f, f->param_default[i], NULL);
    struct interval v;
    mpfr_t zero;
    mpfr_init_set_ui(zero, 0, MPFR_RNDN);
    interval_init(&v);
    evaluator_at(ev, zero, FOLD_PRECISION, &v);
    double d = mpfr_get_d(v.lo, MPFR_RNDN);
    interval_clear(&v);
    mpfr_clear(zero);
    evaluator_free(ev);
    return d;
}

static bool compile_both(struct block_ref *b, struct compiler *c)
{
    c->folded = ref_calloc((size_t)c->e->n, sizeof *c->folded);
    for (int i = 0; i < c->e->n; i++) {
        mpq_init(c->folded[i].q);
        interval_init(&c->folded[i].v);
    }
    for (int i = 0; i < c->e->n; i++)
        fold(c, c->e->node[i]);
    bool done = compile(c, &b->point, false);
    done = done && compile(c, &b->wide, true);
    for (int i = 0; i < c->e->n; i++) {
        mpq_clear(c->folded[i].q);
        interval_clear(&c->folded[i].v);
    }
    free(c->folded);
    return done;
}

struct block_ref *block_ref_new_isa(const struct function *f, const double *param, const char *isa)
{
    double defaults[MAX_PARAMS];
    struct block_ref *b = ref_calloc(1, sizeof *b);
    b->isa = block_lanes_isa(isa);
    for (int i = 0; i < f->nparams && !param; i++)
        defaults[i] = default_of(f, i);
    struct compiler c = {.isa = b->isa, .e = f->body, .param = param ? param : defaults};
    if (!b->isa || !compile_both(b, &c)) {
        block_ref_free(b);
        return NULL;
    }
    for (int i = 0; i < 2; i++)
        series_find(&b->side[i], f->body, c.param, i == 1);
    return b;
}

struct block_ref *block_ref_new(const struct function *f, const double *param)
{
    return block_ref_new_isa(f, param, NULL);
}

void block_ref_free(struct block_ref *b)
{
    if (!b)
        return;
    program_clear(&b->point);
    program_clear(&b->wide);
    free(b);
}

const char *block_ref_rigour(const struct block_ref *b)
{
    (void)b;
    return "own";
}

/* ---- Blocks ---- */

struct lane_rounding block_rounding(enum format out, mpfr_rnd_t rnd)
{
    const struct format_info *i = &format_info[out];
    return (struct lane_rounding){.format = out,
                                  .direction = rnd,
                                  .min_normal = ldexp(1, i->emin),
                                  .top_binade = ldexp(1, i->emax),
                                  .max = ldexp(2 - ldexp(1, 1 - i->p), i->emax),
                                  .ulp_of_one = ldexp(1, 1 - i->p)};
}

static void near_zero(const struct block_ref *b, struct lanes x, struct lanes z, int n)
{
    for (int i = 0; i < 2; i++)
        if (b->side[i].known)
            b->isa->near_zero(&b->side[i], i == 1, x, z, n);
}

/* Is (lo, hi) narrow enough to serve as the value of each of many inputs?  2^-20 of an ulp; or all
 * of it beyond the range. */
static bool is_narrow(const struct lane_rounding *r, double lo, double hi)
{
    double least = fmin(fabs(lo), fabs(hi));
    if (least >= 2 * r->top_binade)
        return true;
    return hi - lo <= fmax(least, r->min_normal) * r->ulp_of_one * 0x1p-21;
}

/* The same truth for N lanes. */
static void fill(const struct block_ref *b, struct truth_block *t, int first, int n, double lo,
                 double hi, uint32_t due, int tier)
{
    b->isa->fill(t->lo + first, lo, n);
    b->isa->fill(t->hi + first, hi, n);
    for (int i = first; i < first + n; i++)
        t->due[i] = due;
    memset(t->tier + first, tier, (size_t)n);
}

static int strip_length(int n, int strip)
{
    int left = n - strip * STRIP;
    return left < STRIP ? left : STRIP;
}

/* N lanes where the formula is undefined. */
static void fill_undefined(const struct block_ref *b, struct truth_block *t, int first, int n)
{
    fill(b, t, first, n, -INFINITY, INFINITY, 0, TIER_UNDECIDED);
    memset(t->undefined + first, 1, (size_t)n);
}

static bool is_undefined(const struct program *p, int lane)
{
    return p->undefined.lo && p->undefined.lo[lane] == 1;
}

/* Decides strips on which f is constant, or undefined; DONE tells which.  An interval of inputs
 * must be open. */
static void decide_constant_strips(struct block_ref *b, const double *x, int strips,
                                   const struct lane_rounding *r, struct truth_block *t, bool *done)
{
    struct lanes in = b->wide.x, out = b->wide.result;
    uint32_t due[STRIPS];
    uint8_t tier[STRIPS] = {TIER_UNDECIDED};
    for (int s = 0; s < strips; s++) {
        double lo, hi;
        b->isa->hull(x + s * STRIP, strip_length(t->n, s), &lo, &hi);
        done[s] = lo > 0 || hi < 0;
        in.lo[s] = nextafter(lo, -INFINITY);
        in.hi[s] = nextafter(hi, INFINITY);
    }
    program_run(&b->wide, b->isa, strips);
    near_zero(b, in, out, strips);
    b->isa->decide(r, out.lo, out.hi, strips, TIER_CONSTANT, due, tier);
    for (int s = 0; s < strips; s++) {
        double lo = out.lo[s], hi = out.hi[s];
        if (done[s] && is_undefined(&b->wide, s)) {
            fill_undefined(b, t, s * STRIP, strip_length(t->n, s));
            continue;
        }
        done[s] = done[s] && tier[s] != TIER_UNDECIDED && is_narrow(r, lo, hi);
        if (done[s])
            fill(b, t, s * STRIP, strip_length(t->n, s), lo, hi, due[s], tier[s]);
    }
}

static void decide_strip(struct block_ref *b, const double *x, int first, int n,
                         const struct lane_rounding *r, struct truth_block *t)
{
    struct lanes in = b->point.x, z = b->point.result;
    memcpy(in.lo, x, (size_t)n * sizeof *x);
    for (int i = n; i < STRIP && i % b->isa->width; i++)
        in.lo[i] = x[n - 1];
    program_run(&b->point, b->isa, n);
    memset(t->tier + first, TIER_UNDECIDED, (size_t)n);
    int left = b->isa->decide(r, z.lo, z.hi, n, TIER_DOUBLE, t->due + first, t->tier + first);
    if (left && z.lo != z.hi) {
        near_zero(b, in, z, n);
        left = b->isa->decide(r, z.lo, z.hi, n, TIER_NEAR_ZERO, t->due + first, t->tier + first);
    }
    memcpy(t->lo + first, z.lo, (size_t)n * sizeof *x);
    memcpy(t->hi + first, z.hi, (size_t)n * sizeof *x);
    for (int i = first; left && i < first + n; i++)
        if (isnan(t->lo[i]) || isnan(t->hi[i])) {
            t->lo[i] = -INFINITY;
            t->hi[i] = INFINITY;
            t->undefined[i] = is_undefined(&b->point, i - first);
        }
}

void block_ref_eval(struct block_ref *b, const double *x, int n, enum format out, mpfr_rnd_t rnd,
                    struct truth_block *t)
{
    const struct lane_rounding r = block_rounding(out, rnd);
    bool done[STRIPS] = {false};
    int strips = (n + STRIP - 1) / STRIP;
    t->n = n;
    memset(t->undefined, 0, (size_t)n);
    decide_constant_strips(b, x, strips, &r, t, done);
    for (int s = 0; s < strips; s++)
        if (!done[s])
            decide_strip(b, x + s * STRIP, s * STRIP, strip_length(n, s), &r, t);
}

/* cmd_eval.c -- actulp eval: the exact value at some inputs, every kernel's answer, and its error.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "answers.h"
#include "command.h"
#include "mem.h"
#include "measure/machine.h"
#include "options.h"
#include "../ref/truth.h"
#include "../reports/view.h"

enum { DIGITS = 20, MAX_X = 1024 };

struct arguments {
    struct selection selection;
    const char *function;
    const char *x[MAX_X];
    int nx;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &a->selection;
        break;
    case ARGP_KEY_ARG:
        if (!a->function)
            a->function = arg;
        else if (a->nx == MAX_X)
            die_usage("at most %d inputs at a time", MAX_X);
        else
            a->x[a->nx++] = arg;
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp_child children[] = {{&selection_argp, 0, NULL, 0}, {0}};
static const struct argp argp = {
    0,
    parse,
    "FUNCTION X...",
    "Prints the exact value of FUNCTION at each X and what every kernel gives."
    "\vX is a decimal or hexadecimal number (-89, 0x1p-30), inf or nan, and is rounded to --dtype.",
    children,
    0,
    0};

/* X as a pattern of F.  Rounded once: decimal text by way of MPFR, not by way of double. */
static uint64_t read_input(const char *text, enum format f)
{
    mpfr_t v;
    mpfr_init2(v, 2400); /* every double, and digits enough that only a tie could be misjudged */
    char *end;
    while (*text == ' ')
        text++;
    if (mpfr_strtofr(v, text, &end, 0, MPFR_RNDN), end == text || *end)
        die_usage("%s: not a number; expected as -89, 0x1p-30, inf or nan", text);
    uint64_t bits = mpfr_nan_p(v) ? format_nan(f) : format_from_mpfr(f, v, MPFR_RNDN);
    mpfr_clear(v);
    return bits;
}

/* ---- the kernels' answers ---- */

struct answers {
    struct subject **subject;
    int nsubjects, nx;
    const uint64_t *x;
    enum format in;
    uint64_t *y;  /* per subject and x */
    char **fault; /* per subject: what it did instead; NULL: it answered */
};

/* ---- printing ---- */

static const char *const verdict_words[VERDICT_COUNT] = {
    [VERDICT_ACCEPTED] = "as due",
    [VERDICT_NAN] = "NaN where a number is due",
    [VERDICT_NOT_NAN] = "a number where NaN is due",
    [VERDICT_INF] = "infinite where it is not due",
    [VERDICT_NOT_INF] = "finite where an infinity is due",
    [VERDICT_WRONG_LIMIT] = "not the declared limit",
};

static void print_value(enum format f, uint64_t bits)
{
    double v = format_to_double(f, bits);
    char decimal[48], hex[48];
    snprintf(decimal, sizeof decimal, "%.*g", f == FORMAT_F64 ? 17 : f == FORMAT_F32 ? 9 : 5, v);
    snprintf(hex, sizeof hex, "%a", v);
    if (isnan(v))
        strcpy(decimal, "nan"), strcpy(hex, "");
    printf("%-15s %-15s", decimal, isinf(v) ? "" : hex);
}

static void print_judgement(const struct truth *t, const struct judgement *j, enum format f,
                            uint64_t y)
{
    if (t->kind == TRUTH_UNJUDGED) {
        printf(" not judged");
        return;
    }
    if (j->verdict != VERDICT_NUMBER) {
        printf(" %s", verdict_words[j->verdict]);
        return;
    }
    printf(" %.4g ulp", 0.5 * j->lo + 0.5 * j->hi);
    if (j->correct)
        printf(", correctly rounded");
    else if (format_is_zero(f, y) && !format_is_zero(f, t->due))
        printf(", 0 where a number is due");
    if (j->sign_wrong && !(t->zero && !format_is_zero(f, y)))
        printf(", wrong sign");
}

static char *exact_text(struct oracle *o, const struct truth *t, enum format in, uint64_t x)
{
    if (t->kind == TRUTH_UNJUDGED)
        return xstrdup("not declared here: nothing is judged");
    if (t->kind == TRUTH_NAN)
        return xstrdup("nan");
    double xv = format_to_double(in, x);
    if (isinf(xv))
        return xasprintf("%g (the declared limit)",
                         t->kind == TRUTH_INFINITE
                             ? format_to_double(FORMAT_F64, 0) + (t->lo > 0 ? INFINITY : -INFINITY)
                             : 0.5 * t->lo + 0.5 * t->hi);
    mpfr_t v;
    mpfr_init2(v, 53);
    mpfr_set_d(v, xv, MPFR_RNDN);
    char *text = evaluator_digits(oracle_evaluator(o), v, DIGITS);
    mpfr_clear(v);
    return text;
}

static void print_input(struct oracle *o, const struct answers *a, int i)
{
    enum format in = a->in;
    int width = 0;
    for (int s = 0; s < a->nsubjects; s++)
        width = (int)strlen(a->subject[s]->name) > width ? (int)strlen(a->subject[s]->name) : width;
    double xv = format_to_double(in, a->x[i]);
    int digits = format_info[in].bits / 4;
    printf("\nx = %.9g", xv);
    if (isfinite(xv))
        printf(" = %a", xv);
    printf("   (%s 0x%0*llx)\n", format_info[in].name, digits, (unsigned long long)a->x[i]);
    struct truth due;
    truth_at(o, in, a->x[i], in, MPFR_RNDN, &due);
    char *exact = exact_text(o, &due, in, a->x[i]);
    printf("  exact     %s\n", exact);
    free(exact);
    if (due.kind == TRUTH_FINITE || due.kind == TRUTH_INFINITE) {
        printf("  rounded   ");
        print_value(in, due.due);
        printf("%s\n", due.tie ? " a tie" : "");
    }
    for (int s = 0; s < a->nsubjects; s++) {
        enum format out = a->subject[s]->out;
        printf("  %-*s  ", width, a->subject[s]->name);
        if (a->fault[s]) {
            printf("%s\n", a->fault[s]);
            continue;
        }
        struct truth t;
        truth_at(o, in, a->x[i], out, MPFR_RNDN, &t);
        uint64_t y = a->y[s * a->nx + i];
        struct judgement j = truth_judge(&t, out, y);
        print_value(out, y);
        print_judgement(&t, &j, out, y);
        putchar('\n');
    }
}

/* What the answers depend on besides: for whoever reads them in a report of a fault. */
static void print_circumstances(void)
{
    struct result *here = result_new();
    char text[1024], *command = command_line();
    machine_describe(&here->machine);
    build_describe(&here->build);
    machine_sentence(&here->machine, text, sizeof text);
    printf("\non %s\n", text);
    build_sentence(&here->build, text, sizeof text);
    printf("by %s\nby the command %s\n", text, command);
    free(command);
    result_free(here);
}

int cmd_eval(int argc, char **argv)
{
    struct arguments a = {0};
    selection_init(&a.selection);
    command_parse(&argp, argc, argv, &a);
    if (!a.function || !a.nx)
        die_usage("usage: actulp eval FUNCTION X..., as actulp eval sigmoid -89 0x1p-30 inf nan");
    selection_outside(&a.selection);
    const struct registry *r = &a.selection.registry;
    const struct function *f = function_find(&r->functions, a.function);
    if (!f)
        die_usage("no function is named %s; actulp list names them", a.function);
    const char *dtype = a.selection.base.dtype ? a.selection.base.dtype
                        : a.selection.noutside ? a.selection.outside[0].dtype
                                               : NULL;
    int in = format_by_name(dtype ? dtype : "f32");
    if (in < 0)
        die_usage("--dtype %s: expected f32, f16, bf16 or f64", dtype);

    double param[MAX_PARAMS];
    selection_params(&a.selection, f, param);
    struct oracle *o = oracle_new(f, in == FORMAT_F64 ? FORMAT_F64 : FORMAT_F32, param);
    uint64_t x[MAX_X];
    for (int i = 0; i < a.nx; i++)
        x[i] = read_input(a.x[i], (enum format)in);
    struct answers q = {.nx = a.nx, .x = x, .in = (enum format)in};
    q.subject = xcalloc((size_t)r->n + 1, sizeof *q.subject);
    for (int i = 0; i < r->n; i++) {
        struct subject *s = r->subject[i];
        if (s->function != f || s->in != q.in || !subject_runs_here(s))
            continue;
        memcpy(s->param, oracle_params(o), (size_t)f->nparams * sizeof *s->param);
        q.subject[q.nsubjects++] = s;
    }
    q.y = xcalloc((size_t)(q.nsubjects * q.nx) + 1, sizeof *q.y);
    q.fault = xcalloc((size_t)q.nsubjects + 1, sizeof *q.fault);
    answers_ask(q.subject, q.nsubjects, q.x, q.nx, q.y, q.fault);

    char *formula = expr_text(f, f->body);
    printf("%s(x) = %s\n", f->id, formula);
    for (int p = 0; p < f->nparams; p++)
        printf("  %s = %.9g = %a\n", f->param_name[p], oracle_params(o)[p], oracle_params(o)[p]);
    for (int i = 0; i < q.nx; i++)
        print_input(o, &q, i);
    print_circumstances();
    free(formula);
    for (int s = 0; s < q.nsubjects; s++)
        free(q.fault[s]);
    free(q.fault);
    free(q.subject);
    free(q.y);
    oracle_free(o);
    selection_free(&a.selection);
    return EXIT_HELD;
}

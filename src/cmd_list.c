/* cmd_list.c -- actulp list: functions, kernels, and what this machine can run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "mem.h"
#include "measure/machine.h"
#include "options.h"
#include "terminal.h"
#include "result/result.h"
#include "result/stats.h"
#include "verdict.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct selection *s = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = s;
        break;
    case ARGP_KEY_ARG:
        selection_pattern(s, arg);
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
    "[FUNCTION|KERNEL...]",
    "Lists the functions; with names or globs, their kernels and what those promise."
    "\vA function is also found by what frameworks call it: actulp list torch.nn.SiLU",
    children,
    0,
    0};

static int kernels_of(const struct registry *r, const struct function *f)
{
    int n = 0;
    for (int i = 0; i < r->n; i++)
        n += r->subject[i]->function == f;
    return n;
}

/* The formula in at most WIDTH columns; `actulp list FUNCTION' has the whole of it. */
static void print_short(const char *text, int width)
{
    int n = (int)strlen(text);
    if (n <= width)
        printf("%s\n", text);
    else
        printf("%.*s...\n", width - 3, text);
}

static void list_functions(const struct registry *r)
{
    int width = terminal_options(NULL).columns - 31;
    printf("%-20s %7s  %s\n", "function", "kernels", "formula");
    for (int i = 0; i < r->functions.n; i++) {
        const struct function *f = r->functions.function[i];
        char *text = expr_text(f, f->body);
        printf("%-20s %7d  ", f->id, kernels_of(r, f));
        print_short(text, width);
        free(text);
    }
    printf("\nThis machine runs:");
    for (int i = 0; i < ISA_EXT; i++)
        if (isa_available((enum isa_id)i))
            printf(" %s", isa_word[i]);
    printf("\nactulp list FUNCTION shows its kernels and their promises.\n");
}

static void print_accepted(const char *what, int n, const struct accepted *a,
                           const struct function *f)
{
    if (!n)
        return;
    printf("%s ", what);
    for (int i = 0; i < n; i++) {
        static const char *const words[] = {NULL, "+0", "-0", "inf", "-inf", "nan"};
        char *text = a[i].kind == ACCEPT_VALUE ? expr_text(f, a[i].value) : NULL;
        printf("%s%s", i ? " or " : "", text ? text : words[a[i].kind]);
        free(text);
    }
}

static void print_function(const struct function *f)
{
    char *text = expr_text(f, f->body);
    printf("%s: %s\n", f->id, f->name ? f->name : f->id);
    if (f->description)
        printf("  %s\n", f->description);
    printf("  formula    %s\n", text);
    free(text);
    for (int i = 0; i < f->nparams; i++) {
        text = expr_text(f, f->param_default[i]);
        printf("  parameter  %s = %s\n", f->param_name[i], text);
        free(text);
    }
    if (f->has_range) {
        char *lo = expr_text(f, f->range[0]), *hi = expr_text(f, f->range[1]);
        printf("  range      [%s, %s]\n", lo, hi);
        free(lo);
        free(hi);
    }
    if (f->npieces) {
        static const char *const words[] = {"?", "increasing", "decreasing"};
        printf("  monotone   ");
        for (int i = 0; i < f->npieces; i++) {
            text = i ? expr_text(f, f->turn[i - 1]) : NULL;
            printf(i ? ", from %s %s" : "%s%s", text ? text : "", words[f->piece[i]]);
            free(text);
        }
        putchar('\n');
    }
    if (f->symmetry)
        printf("  symmetry   %s\n", f->symmetry == SYMMETRY_ODD ? "odd" : "even");
    if (f->nlimit[0] || f->nlimit[1]) {
        printf("  limits    ");
        print_accepted(" at -inf", f->nlimit[0], f->limit[0], f);
        print_accepted(f->nlimit[0] ? ", at inf" : " at inf", f->nlimit[1], f->limit[1], f);
        putchar('\n');
    }
    if (f->approximates)
        printf("  stands in for %s\n", f->approximates);
    if (f->gradient)
        printf("  gradient   %s\n", f->gradient);
    if (f->gradient_of)
        printf("  gradient of %s\n", f->gradient_of);
    for (int i = 0; f->alias[i]; i++)
        printf("%s%s", i ? ", " : "  known as   ", f->alias[i]);
    if (f->alias[0])
        putchar('\n');
}

static void print_kernel(const struct subject *s)
{
    struct kernel_record k = {0};
    verdict_promise(s, &k);
    printf("  %-34s %s%s\n", s->name, s->kernel->how, subject_runs_here(s) ? "" : "  [not here]");
    printf("      promises");
    if (!k.nbounds)
        printf(" no bound");
    for (int i = 0; i < k.nbounds; i++)
        if (isinf(k.bound[i].lo) && isinf(k.bound[i].hi))
            printf("%s %g ulp", i ? "," : "", k.bound[i].ulp);
        else
            printf("%s %g ulp on [%g, %g]", i ? "," : "", k.bound[i].ulp, k.bound[i].lo,
                   k.bound[i].hi);
    printf(k.nkeeps == 8 ? "; keeps all" : k.nkeeps ? "; keeps" : "; keeps nothing");
    for (int i = 0; i < k.nkeeps; i++) {
        if (k.nkeeps != 8)
            printf("%s %s", i ? "," : "", k.keeps[i]);
        free(k.keeps[i]);
    }
    putchar('\n');
    free(k.keeps);
    free(k.bound);
}

/* The kernels that match, each function's behind its description. */
static int list_matching(const struct selection *s)
{
    const struct registry *r = &s->registry;
    int shown = 0;
    for (int i = 0; i < r->functions.n; i++) {
        const struct function *f = r->functions.function[i];
        bool described = false;
        for (int p = 0; p < s->npatterns; p++)
            if (!described && pattern_matches(s->pattern[p], f->id)) {
                printf("%s", shown++ ? "\n" : "");
                print_function(f);
                described = true;
            }
        for (int k = 0; k < r->n; k++) {
            bool match = false;
            for (int p = 0; p < s->npatterns; p++)
                match |= pattern_matches(s->pattern[p], r->subject[k]->name);
            if (r->subject[k]->function != f || !match)
                continue;
            if (!described) {
                printf("%s", shown++ ? "\n" : "");
                print_function(f);
                described = true;
            }
            print_kernel(r->subject[k]);
        }
    }
    return shown;
}

int cmd_list(int argc, char **argv)
{
    struct selection s;
    selection_init(&s);
    command_parse(&argp, argc, argv, &s);
    selection_outside(&s);
    int code = EXIT_HELD;
    if (!s.npatterns)
        list_functions(&s.registry);
    else {
        selection_resolve(&s);
        if (!list_matching(&s))
            die(EXIT_INCOMPARABLE, "nothing matches");
    }
    selection_free(&s);
    return code;
}

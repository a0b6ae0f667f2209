/* options.c -- see options.h. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "options.h"
#include "command.h"
#include "measure/guard.h"
#include "measure/machine.h"
#include "mem.h"
#include "table.h"
#include "result/stats.h"
#include "../ref/truth.h"

enum {
    KEY_LIBRARY = 0x200,
    KEY_SYMBOL,
    KEY_FUNCTION,
    KEY_DTYPE,
    KEY_SIGNATURE,
    KEY_MAX_ULP,
    KEY_WAIVE,
    KEY_NAME,
    KEY_PARAM,
    KEY_FPCORE
};

/* clang-format off */
static const struct argp_option options[] = {
    {0, 0, 0, 0, "A kernel from a shared library (repeat the group for several):", 1},
    {"library", KEY_LIBRARY, "FILE", 0, "load FILE; its code runs, so load only what you trust", 1},
    {"symbol", KEY_SYMBOL, "NAME", 0,
     "the function to measure; without, all that FILE names in a table (actulp/kernel.h)", 1},
    {"function", KEY_FUNCTION, "FUNCTION", 0, "what it claims to compute", 1},
    {"dtype", KEY_DTYPE, "DTYPE", 0,
     "f32 (the default), f16, bf16, f64, f32>f16 or f32>bf16; without --library: built-in kernels of it "
     "only", 1},
    {"signature", KEY_SIGNATURE, "SIG", 0,
     "array: void f(const float *x, float *y, size_t n), the default; yxn and nxy: the same in that "
     "order; scalar: float f(float)", 1},
    {"max-ulp", KEY_MAX_ULP, "N", 0, "it promises errors of at most N ulps", 1},
    {"waive", KEY_WAIVE, "LIST", 0,
     "it need not keep these: range, monotone, symmetry, subnormal, nan, inf, zero-sign, bitwise-stable", 1},
    {"name", KEY_NAME, "NAME", 0, "what to call it (FUNCTION/DTYPE/SYMBOL@FILE/ext unless given)",
     1},
    {0, 0, 0, 0, "Functions:", 2},
    {"fpcore", KEY_FPCORE, "FILE", 0, "read functions from FILE, in FPCore", 2},
    {"param", KEY_PARAM, "NAME=VALUE", 0, "set a parameter, as alpha=0.2", 2},
    {0}};
/* clang-format on */

void selection_init(struct selection *s)
{
    memset(s, 0, sizeof *s);
    registry_init(&s->registry);
    s->base = (struct outside){.max_ulp = NAN};
    const char *bad = isa_environment_error();
    if (bad)
        die_usage("%s", bad);
}

void selection_free(struct selection *s)
{
    registry_free(&s->registry);
    free(s->pattern);
    free(s->outside);
    free(s->param);
    free(s->subject);
}

void selection_pattern(struct selection *s, const char *pattern)
{
    s->pattern = xrealloc(s->pattern, (size_t)(s->npatterns + 1) * sizeof *s->pattern);
    s->pattern[s->npatterns++] = pattern;
}

/* ---- reading the options ---- */

/* The group that an option belongs to: what all start from while there is none; a new one if the
 * current one has what KEY gives. */
static struct outside *group(struct selection *s, int key)
{
    struct outside *last = s->noutside ? &s->outside[s->noutside - 1] : &s->base;
    bool begins = s->noutside
                      ? (key == KEY_SYMBOL && last->symbol) || (key == KEY_LIBRARY && last->library)
                      : key == KEY_SYMBOL || key == KEY_LIBRARY;
    if (!begins)
        return last;
    s->outside = xrealloc(s->outside, (size_t)(s->noutside + 1) * sizeof *s->outside);
    struct outside *o = &s->outside[s->noutside++];
    *o = s->noutside > 1 ? s->outside[s->noutside - 2] : s->base;
    o->symbol = o->name = NULL;
    return o;
}

static double number(const char *text, const char *what)
{
    char *end;
    errno = 0;
    double v = strtod(text, &end);
    if (end == text || *end || isnan(v))
        die_usage("%s: `%s' is not a number", what, text);
    return v;
}

static void param_add(struct selection *s, const char *arg)
{
    const char *eq = strchr(arg, '=');
    if (!eq || eq == arg || !eq[1])
        die_usage("--param %s: expected NAME=VALUE", arg);
    s->param = xrealloc(s->param, (size_t)(s->nparams + 1) * sizeof *s->param);
    char *name = xstrdup(arg);
    name[eq - arg] = 0;
    double v = number(eq + 1, "--param");
    if (!isfinite(v))
        die_usage("--param %s: the value must be finite", arg);
    s->param[s->nparams++] = (struct param_option){name, v};
}

static void fpcore_add(struct selection *s, const char *path)
{
    struct fpcore_error err;
    if (!fpcore_read_file(&s->registry.functions, path, stderr, &err))
        die_usage("%s", err.text);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct selection *s = state->input;
    switch (key) {
    case KEY_LIBRARY:
        group(s, key)->library = arg;
        break;
    case KEY_SYMBOL:
        group(s, key)->symbol = arg;
        break;
    case KEY_FUNCTION:
        group(s, key)->function = arg;
        break;
    case KEY_DTYPE:
        group(s, key)->dtype = arg;
        break;
    case KEY_SIGNATURE:
        group(s, key)->signature = arg;
        break;
    case KEY_NAME:
        group(s, key)->name = arg;
        break;
    case KEY_WAIVE:
        group(s, key)->waive = arg;
        break;
    case KEY_MAX_ULP: {
        double v = number(arg, "--max-ulp");
        if (!(v > 0))
            die_usage("--max-ulp %s: must be above 0", arg);
        group(s, key)->max_ulp = v;
        break;
    }
    case KEY_PARAM:
        param_add(s, arg);
        break;
    case KEY_FPCORE:
        fpcore_add(s, arg);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp selection_argp = {options, parse, 0, 0, 0, 0, 0};

/* ---- outside kernels ---- */

static bool keeps_bit(const char *word, size_t len, unsigned *bit)
{
    for (int i = 0; i < KEEPS_WORDS; i++)
        if (strlen(keeps_word[i]) == len && !strncmp(keeps_word[i], word, len)) {
            *bit |= 1u << i;
            return true;
        }
    return false;
}

/* The words of LIST: properties end up in *BITS, those of the guard in S->waive. */
static void waive(struct subject *s, const char *list, unsigned *bits, const char *where)
{
    const char **word = NULL;
    *bits = 0;
    for (const char *w = list; w && *w;) {
        size_t len = strcspn(w, ",");
        char *text = xasprintf("%.*s", (int)len, w);
        bool known = keeps_bit(w, len, bits);
        if (guard_waivable(text)) {
            known = true;
            word = xrealloc(word, (size_t)(s->nwaive + 1) * sizeof *word);
            word[s->nwaive++] = text;
        } else {
            free(text);
        }
        if (!known)
            die_usage(
                "%s--waive %s: `%.*s' is neither a property (range, monotone, symmetry, subnormal, "
                "nan, inf, zero-sign, bitwise-stable) nor a finding of the guard",
                where, list, (int)len, w);
        w += len + (w[len] == ',');
    }
    s->waive = word;
}

static void formats(const char *text, enum format *in, enum format *out, const char *where)
{
    const char *gt = strchr(text, '>');
    char first[8] = "";
    snprintf(first, sizeof first, "%.*s", gt ? (int)(gt - text) : 7, text);
    int a = format_by_name(first), b = gt ? format_by_name(gt + 1) : a;
    if (a < 0 || b < 0 || !subject_formats_fit((enum format)a, (enum format)b))
        die_usage("%s--dtype %s: expected f32, f16, bf16, f64, f32>f16 or f32>bf16", where, text);
    *in = (enum format)a;
    *out = (enum format)b;
}

static const char *file_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool identifier(const char *s)
{
    if (!isalpha((unsigned char)*s) && *s != '_')
        return false;
    for (; *s; s++)
        if (!isalnum((unsigned char)*s) && *s != '_')
            return false;
    return true;
}

/* An outside kernel, from the options or from a row of its library's table. */
struct described {
    const char *library, *symbol; /* symbol: NULL for a row */
    int row;                      /* from 1 on; 0: the symbol */
    const char *function, *dtype, *name, *waive, *how;
    enum signature signature;
    double max_ulp; /* NAN: no bound is promised */
};

static struct kernel *described_kernel(const struct subject *s, const struct described *d,
                                       unsigned lifted)
{
    struct kernel *k = xcalloc(1, sizeof *k);
    *k = (struct kernel){.function = s->function->id,
                         .dtype = xstrdup(d->dtype),
                         .method = xstrdup(s->symbol),
                         .isa = ISA_EXT,
                         .how = xstrdup(d->how)};
    k->promise.keeps = (KEEPS_ALL & ~(unsigned)KEEPS_SUBNORMAL) & ~lifted;
    if (!isnan(d->max_ulp))
        k->promise.bound[0] = (struct bound){-INFINITY, INFINITY, d->max_ulp, d->max_ulp};
    return k;
}

/* WHERE: of what a line on bad input speaks, "" or "FILE: row 2 of its table: ". */
static void described_add(struct selection *sel, const struct described *d, const char *where)
{
    struct subject *s = xcalloc(1, sizeof *s);
    s->function = function_find(&sel->registry.functions, d->function);
    if (!s->function)
        die_usage("%s--function %s: unknown; actulp list names the functions", where, d->function);
    formats(d->dtype, &s->in, &s->out, where);
    s->signature = d->signature;
    s->library = xstrdup(d->library);
    s->symbol = xstrdup(d->symbol ? d->symbol : d->name);
    s->row = d->row;
    s->name = d->symbol && d->name
                  ? xstrdup(d->name)
                  : xasprintf("%s/%s/%s@%s/ext", s->function->id, d->dtype,
                              d->symbol ? d->symbol : d->name, file_part(d->library));
    unsigned lifted;
    waive(s, d->waive, &lifted, where);
    s->kernel = described_kernel(s, d, lifted);
    for (int i = 0; i < sel->registry.n; i++)
        if (!strcmp(sel->registry.subject[i]->name, s->name))
            die_usage("there are two kernels named %s; tell them apart with --name", s->name);
    char err[512];
    if (!d->row && subject_probe(s, err, sizeof err) == PROBE_BAD_INPUT)
        die_usage("%s", err);
    registry_add(&sel->registry, s);
}

/* All kernels of a library that names them itself; what the options say holds for each of them. */
static void table_add(struct selection *sel, const struct outside *o)
{
    struct table_row *row;
    int n;
    char err[512];
    if (table_read(o->library, &row, &n, err, sizeof err) != PROBE_FINE)
        die_usage("%s", err);
    for (int i = 0; i < n; i++) {
        const struct table_row *r = &row[i];
        const char *comma = *r->waive && o->waive ? "," : "";
        char *waived = xasprintf("%s%s%s", r->waive, comma, o->waive ? o->waive : "");
        char *where = xasprintf("%s: row %d of its table: ", o->library, i + 1);
        struct described d = {.library = o->library,
                              .row = i + 1,
                              .function = r->function,
                              .dtype = r->dtype,
                              .name = r->name,
                              .waive = waived,
                              .how = *r->how ? r->how : "from a shared library",
                              .signature = r->signature,
                              .max_ulp = !isnan(o->max_ulp) ? o->max_ulp
                                         : r->max_ulp > 0   ? r->max_ulp
                                                            : NAN};
        described_add(sel, &d, where);
        free(waived);
        free(where);
    }
    free(row);
}

static enum signature signature_named(const char *word)
{
    for (int i = SIGNATURE_ARRAY; i < SIGNATURE_COUNT; i++)
        if (!strcmp(signature_word[i], word))
            return (enum signature)i;
    die_usage("--signature %s: expected array, scalar, yxn or nxy", word);
}

static void outside_add(struct selection *sel, const struct outside *o)
{
    if (o->library && !o->symbol) {
        table_add(sel, o);
        return;
    }
    if (!o->library || !o->function)
        die_usage("an outside kernel needs --library, --symbol and --function; %s is missing",
                  !o->library ? "--library" : "--function");
    if (!identifier(o->symbol))
        die_usage("--symbol %s: not a C identifier", o->symbol);
    struct described d = {.library = o->library,
                          .symbol = o->symbol,
                          .function = o->function,
                          .dtype = o->dtype ? o->dtype : "f32",
                          .name = o->name,
                          .waive = o->waive,
                          .how = "from a shared library",
                          .signature = signature_named(o->signature ? o->signature : "array"),
                          .max_ulp = o->max_ulp};
    described_add(sel, &d, "");
}

/* ---- choosing ---- */

void selection_params(const struct selection *s, const struct function *f, double param[MAX_PARAMS])
{
    for (int i = 0; i < MAX_PARAMS; i++)
        param[i] = NAN;
    for (int i = 0; i < f->nparams; i++)
        for (int j = 0; j < s->nparams; j++)
            if (!strcmp(f->param_name[i], s->param[j].name))
                param[i] = s->param[j].value;
}

/* Fixes the parameters of the chosen subjects; every --param must have found a function. */
static void apply_params(struct selection *s)
{
    for (int i = 0; i < s->nsubjects; i++) {
        struct subject *u = s->subject[i];
        double param[MAX_PARAMS];
        selection_params(s, u->function, param);
        struct oracle *o =
            oracle_new(u->function, u->in == FORMAT_F64 ? FORMAT_F64 : FORMAT_F32, param);
        memcpy(u->param, oracle_params(o), (size_t)u->function->nparams * sizeof *u->param);
        oracle_free(o);
    }
    for (int j = 0; j < s->nparams; j++) {
        bool used = false;
        for (int i = 0; i < s->nsubjects; i++)
            for (int p = 0; p < s->subject[i]->function->nparams; p++)
                used |= !strcmp(s->subject[i]->function->param_name[p], s->param[j].name);
        if (!used)
            die_usage("--param %s: no chosen function has a parameter of this name",
                      s->param[j].name);
    }
}

static bool chosen(const struct selection *s, const struct subject *u,
                   bool (*defaults)(const struct subject *))
{
    if (u->kernel->isa == ISA_EXT)
        return true; /* asked for by its own options */
    if (!s->noutside && s->base.dtype && strcmp(s->base.dtype, u->kernel->dtype))
        return false;
    for (int i = 0; i < s->npatterns; i++)
        if (pattern_matches(s->pattern[i], u->name))
            return true;
    return s->npatterns == 0 && s->noutside == 0 && (!defaults || defaults(u));
}

/* "swish", "torch.nn.SiLU": a pattern that is another name of a function stands for the function.
 */
static const char *resolved(const struct selection *s, const char *pattern)
{
    size_t len = strcspn(pattern, "/");
    char *head = xasprintf("%.*s", (int)len, pattern);
    const struct function *f =
        pattern_is_literal(head) ? function_find(&s->registry.functions, head) : NULL;
    if (f && strcmp(f->id, head))
        pattern = xasprintf("%s%s", f->id, pattern + len);
    free(head);
    return pattern;
}

/* A literal pattern that names nothing is a mistake; a glob that matches nothing is an empty
 * answer. */
void selection_resolve(struct selection *s)
{
    for (int i = 0; i < s->npatterns; i++) {
        bool any = false;
        s->pattern[i] = resolved(s, s->pattern[i]);
        for (int j = 0; j < s->registry.n && !any; j++)
            any = pattern_matches(s->pattern[i], s->registry.subject[j]->name);
        for (int j = 0; j < s->registry.functions.n && !any; j++)
            any = !strcmp(s->pattern[i], s->registry.functions.function[j]->id);
        if (any)
            continue;
        if (pattern_is_literal(s->pattern[i]))
            die_usage("no kernel is named %s; actulp list names them", s->pattern[i]);
        die(EXIT_INCOMPARABLE, "no kernel matches %s; actulp list names them", s->pattern[i]);
    }
}

void selection_outside(struct selection *s)
{
    const struct outside *b = &s->base;
    if (!s->noutside && (b->function || b->signature || b->name || b->waive || !isnan(b->max_ulp)))
        die_usage(
            "--function, --signature, --name, --waive and --max-ulp describe an outside kernel: "
            "--library and --symbol are missing");
    for (int i = 0; i < s->noutside; i++)
        outside_add(s, &s->outside[i]);
}

void selection_choose(struct selection *s, bool (*defaults)(const struct subject *))
{
    selection_outside(s);
    selection_resolve(s);
    s->subject = xcalloc((size_t)s->registry.n + 1, sizeof *s->subject);
    for (int i = 0; i < s->registry.n; i++) {
        struct subject *u = s->registry.subject[i];
        if (!chosen(s, u, defaults))
            continue;
        if (subject_runs_here(u))
            s->subject[s->nsubjects++] = u;
        else
            s->not_here++;
    }
    if (!s->nsubjects)
        die(EXIT_INCOMPARABLE,
            s->not_here ? "none of the %d chosen kernels can run on this machine"
                        : "no kernel was chosen (%d)",
            s->not_here);
    apply_params(s);
}

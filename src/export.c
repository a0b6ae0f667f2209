/* export.c -- see export.h.
 *
 * The pieces come from excerpt.c as they stand in src/fn/ and src/simd/; what is written here is
 * the frame: the head comment, guards against flags that change results, and the loop over arrays,
 * which is that of src/fn/pass.h.  For a new ISA: a row in `isas'.
 */
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include "embedded.h"
#include "excerpt.h"
#include "export.h"
#include "measure/machine.h"
#include "mem.h"
#include "result/stats.h"
#include "verdict.h"
#include "../ref/fpcore.h"
#include "../reports/numbers.h"
#include "../reports/view.h"

enum { COLUMNS = 100 };

static const struct {
    const char *flags;  /* for the compiler */
    const char *unless; /* the condition under which the file cannot be compiled */
} isas[ISA_COUNT] = {
    [ISA_SCALAR] = {"", NULL},
    [ISA_FMA] = {"-mfma", "defined(__x86_64__) && !defined(__FMA__)"},
    [ISA_SSE2] = {"-msse2", "!defined(__SSE2__)"},
    [ISA_AVX2] = {"-mavx2 -mfma", "!defined(__AVX2__) || !defined(__FMA__)"},
    [ISA_AVX512] = {"-mavx512f -mavx512dq -mavx512bw -mavx512vl -mavx2 -mfma",
                    "!defined(__AVX512F__) || !defined(__AVX512DQ__) || !defined(__AVX512BW__) || "
                    "\\\n    !defined(__AVX512VL__) || !defined(__FMA__)"},
    [ISA_NEON] = {"", "!defined(__aarch64__)"},
};

const char *export_flags(const struct subject *s)
{
    return isas[s->kernel->isa].flags ? isas[s->kernel->isa].flags : "";
}

bool export_possible(const struct subject *s, char *err, size_t errlen)
{
    if (s->library)
        snprintf(err, errlen, "%s: comes from %s; only built-in kernels can be exported", s->name,
                 s->library);
    else if (!strcmp(s->kernel->method, "naive-fastmath"))
        snprintf(err, errlen,
                 "%s: is what -ffast-math makes of the naive form, and depends on the compiler; "
                 "export %s/%s/naive/scalar",
                 s->name, s->kernel->function, s->kernel->dtype);
    else
        return true;
    return false;
}

char *export_name(const struct subject *s)
{
    const struct kernel *k = s->kernel;
    char *name = xasprintf("%s_%s_%s_%s", k->function, k->dtype, k->method, isa_word[k->isa]);
    for (char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c))
            *c = '_';
    return name;
}

bool export_calls_libm(const struct subject *s)
{
    char err[256];
    struct excerpt *e = excerpt_of(s->kernel, err, sizeof err);
    bool calls = e && excerpt_calls_libm(e);
    if (e)
        excerpt_free(e);
    return calls;
}

/* ---- the head ---- */

/* Words in a comment of lines " * ...". */
__attribute__((format(printf, 2, 3))) static void say(FILE *out, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    char *text = xvasprintf(format, ap);
    va_end(ap);
    int column = 2;
    fputs(" *", out);
    for (const char *s = text; *(s += strspn(s, " "));) {
        int n = (int)strcspn(s, " ");
        if (column > 2 && column + 1 + n > COLUMNS) {
            fputs("\n *", out);
            column = 2;
        }
        fputc(' ', out);
        for (int i = 0; i < n; i++) /* a star and a slash would end the comment */
            fputc(s[i] == '/' && i && s[i - 1] == '*' ? '|' : s[i], out);
        column += 1 + n;
        s += n;
    }
    fputc('\n', out);
    free(text);
}

static void put_formula(const struct subject *s, FILE *out)
{
    const struct function *f = s->function;
    char *formula = expr_text(f, f->body);
    say(out, "%s: %s", f->name ? f->name : f->id, formula);
    free(formula);
    for (int i = 0; i < f->nparams; i++) {
        char *value = expr_text(f, f->param_default[i]);
        say(out, "with %s, %s by default", f->param_name[i], value);
        free(value);
    }
    say(out, "Method %s: %s.", s->kernel->method, s->kernel->how);
}

static void put_promise(const struct subject *s, FILE *out)
{
    struct kernel_record k = {0};
    char promise[1024];
    verdict_promise(s, &k);
    promise_sentence(&k, promise, sizeof promise);
    fputs(" *\n", out);
    say(out, "Promised and tested: %s.", promise);
    for (int i = 0; i < k.nkeeps; i++)
        free(k.keeps[i]);
    free(k.keeps);
    free(k.bound);
}

static void put_measured(const struct kernel_record *k, FILE *out)
{
    char word[256];
    const struct accuracy *a = &k->accuracy;
    if (!k->has_accuracy)
        return;
    accuracy_word(a, word, sizeof word);
    say(out, "Measured: largest error %s ulp at x = %s (%s); %s %% correctly rounded; %s.",
        kernel_max_ulp(k).text, num_hexfloat(a->worst.x_value).text,
        num_bits(a->worst.x, k->dtype).text, num_share(accuracy_share_correct(a)).text, word);
}

static void put_licence(FILE *out)
{
    for (const struct embedded_file *f = kernel_sources; f->name; f++)
        for (const char *s = strcmp(f->name, "LICENSE") ? "" : f->text; *s;) {
            int n = (int)strcspn(s, "\n");
            fprintf(out, " *%s%.*s\n", n ? " " : "", n, s);
            s += n + (s[n] == '\n');
        }
}

void export_prototype(const struct subject *s, const char *name, FILE *out)
{
    const char *dtype = s->kernel->dtype;
    const char *type = !strcmp(dtype, "f32")   ? "float"
                       : !strcmp(dtype, "f64") ? "double"
                                               : "uint16_t";
    fprintf(out, "void %s(const %s *x, %s *y, size_t n", name, type, type);
    for (int i = 0; i < s->function->nparams; i++)
        fprintf(out, ", %s %s", strcmp(dtype, "f64") ? "float" : "double",
                s->function->param_name[i]);
    fputc(')', out);
}

static void put_libm(const struct machine *m, FILE *out)
{
    say(out,
        "It calls the C library (link with -lm), on which its results depend; those that were "
        "promised and measured are of %s.",
        m->libc ? m->libc : "an unknown one");
}

static void put_head(const struct subject *s, const struct excerpt *e, const char *name,
                     const struct kernel_record *measured, FILE *out)
{
    const char *flags = export_flags(s);
    struct result *here = result_new();
    build_describe(&here->build);
    machine_describe(&here->machine);
    fputs("/*\n", out);
    say(out, "%s -- kernel %s of actulp %s (%s), by itself.", name, s->name,
        here->build.version ? here->build.version : "",
        here->build.revision ? here->build.revision : "revision unknown");
    fputs(" *\n", out);
    put_formula(s, out);
    put_promise(s, out);
    if (measured)
        put_measured(measured, out);
    fputs(" *\n *     ", out);
    export_prototype(s, name, out);
    fputs(";\n *\n", out);
    say(out, "writes f(x[i]) to y[i] for i < n; x and y may be the same array, at any address.");
    if (excerpt_calls_libm(e))
        put_libm(&here->machine, out);
    else
        say(out, "Results are bitwise the same with every compiler that keeps to IEEE 754.");
    say(out,
        "Flags of the -ffast-math kind are refused, contraction is turned off below (clang's "
        "-ffp-contract=fast would override that: do not give it).  Compile with cc -O2%s%s.",
        *flags ? " " : "", flags);
    fputs(" *\n", out);
    put_licence(out);
    fputs(" */\n", out);
    result_free(here);
}

/* ---- the frame ---- */

static void put_guards(const struct subject *s, FILE *out)
{
    const char *unless = isas[s->kernel->isa].unless;
    if (unless)
        fprintf(out, "#if %s\n#error \"compile this file for %s: %s\"\n#endif\n", unless,
                isa_word[s->kernel->isa], *export_flags(s) ? export_flags(s) : "AArch64");
    fputs(
        "#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__) || "
        "\\\n    defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) || "
        "defined(__NO_SIGNED_ZEROS__)\n"
        "#error \"compile this file without -ffast-math and its parts: its results would change\"\n"
        "#endif\n"
        "#if defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ != 0\n"
        "#error \"compile this file for arithmetic without excess precision (-msse2 "
        "-mfpmath=sse)\"\n"
        "#endif\n\n",
        out);
}

/* Standard headers are included where something of them is used; others as they were. */
static const struct {
    const char *header;
    const char *const words[40];
} standard[] = {
    {"<stdbool.h>", {"bool", "true", "false"}},
    {"<stdint.h>", {"uint8_t", "uint16_t", "uint32_t", "uint64_t", "int32_t", "int64_t"}},
    {"<string.h>", {"memcpy", "memset"}},
};

static bool header_needed(const struct excerpt *e, const struct subject *s, const char *header)
{
    if (!strcmp(header, "<stddef.h>"))
        return true;
    if (!strcmp(header, "<math.h>"))
        return excerpt_uses_math(e);
    if (!strcmp(header, "<stdint.h>") && strcmp(s->kernel->dtype, "f32") &&
        strcmp(s->kernel->dtype, "f64"))
        return true;
    for (size_t i = 0; i < sizeof standard / sizeof *standard; i++) {
        if (strcmp(header, standard[i].header))
            continue;
        for (const char *const *w = standard[i].words; *w; w++)
            if (excerpt_uses(e, *w))
                return true;
        return false;
    }
    return true;
}

static void put_headers(const struct excerpt *e, const struct subject *s, FILE *out)
{
    for (int i = 0; i < e->nheaders; i++)
        if (header_needed(e, s, e->header[i]))
            fprintf(out, "#include %s\n", e->header[i]);
    fputs("\n/* No contraction of a * b + c: fused steps are written where they are meant.  gcc "
          "and clang "
          "have\n * each their own way to say so. */\n"
          "#if defined(__clang__)\n"
          "#pragma STDC FP_CONTRACT OFF\n"
          "#elif defined(__GNUC__)\n"
          "#pragma GCC optimize(\"fp-contract=off\")\n"
          "#endif\n",
          out);
}

/* ---- the pieces ---- */

/* How the words of VKERNEL and DKERNEL begin, and what their vectors and counts of lanes are
 * called. */
static const struct lane_words {
    const char *word, *vector, *count;
} lanes_of[] = {[PIECE_VKERNEL] = {"v", "vf", "VL"}, [PIECE_DKERNEL] = {"d", "vd", "DL"}};

static bool has_lanes(const struct piece *p)
{
    return p->kind == PIECE_VKERNEL || p->kind == PIECE_DKERNEL;
}

static bool is_macro(const struct piece *p)
{
    return p->kind == PIECE_CODE && *p->text == '#';
}

static void put_pieces(const struct excerpt *e, FILE *out)
{
    const struct piece *last = NULL;
    for (int i = 0; i < e->n; i++) {
        const struct piece *p = &e->piece[i];
        if (!p->needed)
            continue;
        if (!last || !is_macro(last) || !is_macro(p) || p->comment)
            fputc('\n', out);
        last = p;
        if (p->comment)
            fprintf(out, "%s\n", p->comment);
        const char *type = has_lanes(p) ? lanes_of[p->kind].vector : e->real;
        if (p->kind != PIECE_CODE) {
            fprintf(out, "%s %s %s(%s x", has_lanes(p) ? "WORD" : "static inline", type, p->name[1],
                    type);
            for (int j = 0; j < p->nparams; j++)
                fprintf(out, ", %s %s", type, p->param[j]);
            fputs(")\n", out);
        }
        fprintf(out, "%s\n", p->text);
    }
}

/* ---- the loop over arrays, as in src/fn/pass.h ---- */

static bool by_lanes(const struct excerpt *e, const struct subject *s)
{
    return has_lanes(e->kernel) && s->kernel->isa != ISA_SCALAR && s->kernel->isa != ISA_FMA;
}

static bool half_format(const struct subject *s)
{
    return strcmp(s->kernel->dtype, "f32") && strcmp(s->kernel->dtype, "f64");
}

/* What the loop below calls. */
static void need_words(struct excerpt *e, const struct subject *s)
{
    static const char *const words[] = {"load", "load_part", "store_part", "store", "set"};
    const struct lane_words *l = &lanes_of[e->kernel->kind];
    if (has_lanes(e->kernel)) {
        excerpt_need(e, l->vector);
        excerpt_need(e, "WORD");
    }
    if (by_lanes(e, s))
        excerpt_need(e, l->count);
    const size_t n = sizeof words / sizeof *words - !s->function->nparams;
    for (size_t i = 0; by_lanes(e, s) && i < n; i++) {
        char *word = xasprintf("%s_%s", l->word, words[i]);
        excerpt_need(e, word);
        free(word);
    }
    if (half_format(s)) {
        excerpt_need(e, "pass_widen");
        excerpt_need(e, "pass_round");
    }
}

/* "body_at(ARGUMENT, alpha)". */
static char *call_text(const struct excerpt *e, const struct subject *s, const char *argument)
{
    char *text = xasprintf("%s(%s", e->kernel->name[1], argument);
    for (int i = 0; i < e->kernel->nparams; i++) {
        const char *name = s->function->param_name[i];
        char *more = by_lanes(e, s)
                         ? xasprintf("%s, %s_set(%s)", text, lanes_of[e->kernel->kind].word, name)
                         : xasprintf("%s, %s", text, name);
        free(text);
        text = more;
    }
    char *whole = xasprintf("%s)", text);
    free(text);
    return whole;
}

static void put_entry(const struct excerpt *e, const struct subject *s, const char *name, FILE *out)
{
    fputc('\n', out);
    export_prototype(s, name, out);
    fputs(";\n\n", out);
    export_prototype(s, name, out);
    fputs("\n{\n", out);
    for (int i = e->kernel->nparams; i < s->function->nparams; i++)
        fprintf(out, "    (void)%s;\n", s->function->param_name[i]);
    if (by_lanes(e, s)) {
        const struct lane_words *l = &lanes_of[e->kernel->kind];
        char *load = xasprintf("%s_load(x)", l->word);
        char *load_part = xasprintf("%s_load_part(x, n)", l->word);
        char *whole = call_text(e, s, load), *part = call_text(e, s, load_part);
        fprintf(out,
                "    for (; n >= %s; n -= %s, x += %s, y += %s)\n        %s_store(y, %s);\n"
                "    if (n > 0)\n        %s_store_part(y, %s, n);\n",
                l->count, l->count, l->count, l->count, l->word, whole, l->word, part);
        free(load);
        free(load_part);
        free(whole);
        free(part);
    } else {
        char *call = call_text(e, s, half_format(s) ? "pass_widen(x[i])" : "x[i]");
        fprintf(out, "    for (size_t i = 0; i < n; i++)\n        y[i] = %s%s%s;\n",
                half_format(s) ? "pass_round(" : "", call, half_format(s) ? ")" : "");
        free(call);
    }
    fputs("}\n", out);
}

bool export_write(const struct subject *s, const char *name, const struct kernel_record *measured,
                  FILE *out, char *err, size_t errlen)
{
    struct excerpt *e = excerpt_of(s->kernel, err, errlen);
    if (!e)
        return false;
    need_words(e, s);
    put_head(s, e, name, measured, out);
    put_guards(s, out);
    put_headers(e, s, out);
    if (e->about)
        fprintf(out, "\n%s\n", e->about);
    put_pieces(e, out);
    put_entry(e, s, name, out);
    excerpt_free(e);
    return true;
}

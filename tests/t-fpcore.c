/* The FPCore reader: what it reads, how it prints, and that any malformed text gets one clear line.
 */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>
#include "../ref/fpcore.h"
#include "tap.h"

static struct function_set set;
static struct fpcore_error err;

static bool reads(const char *text)
{
    function_set_clear(&set);
    err.text[0] = '\0';
    return fpcore_read(&set, text, strlen(text), "t", NULL, &err);
}

/* ------------------------------------------------------------------ printing, which shows what was
 * read */

static const struct {
    const char *core, *text, *latex;
} printed[] = {
    {"(FPCore f (x) (/ 1 (+ 1 (exp (- x)))))", "1/(1 + exp(-x))", "\\frac{1}{1 + e^{-x}}"},
    {"(FPCore f (y) (/ 1 (+ 1 (exp (neg y)))))", "1/(1 + exp(-x))", "\\frac{1}{1 + e^{-x}}"},
    {"(FPCore f (x) (- x (- 1 x)))", "x - (1 - x)", "x - \\left(1 - x\\right)"},
    {"(FPCore f (x) (* x (/ 2 (* x 3))))", "x*(2/(x*3))",
     "x \\, \\left(\\frac{2}{x \\, 3}\\right)"},
    {"(FPCore f (x) (+ 0.5 1e-3))", "0.5 + 0.001", "0.5 + 0.001"},
    {"(FPCore f (x) (+ 1e-30 12e30))", "1e-30 + 1.2e31", "1 \\cdot 10^{-30} + 1.2 \\cdot 10^{31}"},
    {"(FPCore f (x) (+ 1/3 -7/2))", "1/3 + -3.5", "\\frac{1}{3} + -3.5"},
    {"(FPCore f (x) (+ 0x1.8p-3 0x.8P1))", "0.1875 + 1", "0.1875 + 1"},
    {"(FPCore f (x) (* -2 x))", "-2*x", "-2 \\, x"},
    {"(FPCore f (x) (+ 120 0.0625))", "120 + 0.0625", "120 + 0.0625"},
    {"(FPCore f (x) (let ([t (+ x 1)]) (* t t)))", "(x + 1)^2", "\\left(x + 1\\right)^{2}"},
    {"(FPCore f (x) (let* ([t (exp x)] [u (+ t 1)]) (+ (* u u) t)))",
     "(t + 1)^2 + t, where t = exp(x)", NULL},
    {"(FPCore f (x) (let ([x (+ x 1)] [y x]) (+ x y)))", "x + 1 + x", "x + 1 + x"},
    {"(FPCore f (x) (let* ([x (+ x 1)] [y x]) (* x (exp y))))", "(x + 1)*exp(x + 1)", NULL},
    {"(FPCore f (x) (let ([e (fabs x)]) (+ e (+ e (* e e)))))", "e2 + (e2 + e2^2), where e2 = |x|",
     NULL},
    {"(FPCore f (x) (if (< -1 x 1) x (pow x 1/3)))", "-1 < x and x < 1 ? x : x^(1/3)",
     "\\begin{cases} x & -1 < x \\land x < 1 \\\\ x^{\\frac{1}{3}} & \\text{otherwise} "
     "\\end{cases}"},
    {"(FPCore f (x) (if (!= x 1 2) 0 1))", "x != 1 and x != 2 and 1 != 2 ? 0 : 1", NULL},
    {"(FPCore f (x) (if (and (or (< x 0) (> x 1)) (not (== x 3)) TRUE) 0 1))",
     "(x < 0 or x > 1) and not (x == 3) and true ? 0 : 1", NULL},
    {"(FPCore f (x) (* (fmin x 6) (fmax PI_2 (sqrt M_2_PI))))", "min(x, 6)*max(pi/2, sqrt(2/pi))",
     NULL},
    {"(FPCore f (x) (/ x 2_SQRTPI))", "x/(2/sqrt(pi))", NULL},
    {"(FPCore f (x alpha) :param (alpha 0.01) (* alpha (expm1 x)))", "alpha*expm1(x)",
     "\\alpha \\, \\left(e^{x} - 1\\right)"},
    {"(FPCore f (x my_p) :param (my_p 1) (log1p my_p))", "log1p(my_p)",
     "\\ln\\left(1 + \\mathrm{my\\_p}\\right)"},
    {"; a comment\n(FPCore f [x] ; another\n :name \"a \\\"b\\\" ; c\" (+ x(exp2 x)))", "x + 2^x",
     "x + 2^{x}"},
};

static void test_printing(void)
{
    for (size_t i = 0; i < sizeof printed / sizeof printed[0]; i++) {
        if (!ok(reads(printed[i].core), "reads what prints as %s%s", printed[i].text, err.text))
            continue;
        const struct function *f = set.function[0];
        char *text = expr_text(f, f->body), *latex = expr_latex(f, f->body);
        ok(strcmp(text, printed[i].text) == 0, "printed as %s", text);
        if (printed[i].latex)
            ok(strcmp(latex, printed[i].latex) == 0, "in LaTeX as %s", latex);
        free(text);
        free(latex);
    }
}

/* ------------------------------------------------------------------ errors */

/* What stands before the first and after the last %: the text must begin with the place and contain
 * the words. */
static const struct {
    const char *core, *place, *words;
} refused[] = {
    {"", "t:1:1:", "expected (FPCore"},
    {"; only a comment\n", "t:1:1:", "expected (FPCore"},
    {"x", "t:1:1:", "expected (FPCore"},
    {"(FPCore f (x) x))", "t:1:17:", "without a list"},
    {"(FPCore f (x) x]", "t:1:16:", "expected ')'"},
    {"(FPCore f (x) x", "t:1:1:", "no end"},
    {"(FPCore f (x)\n  (+ x\n", "t:2:3:", "no end"},
    {"(FPCore f (x) :name \"abc", "t:1:21:", "no end"},
    {"(FPCore f (x) :name \"abc\\", "t:1:21:", "no end"},
    {"(FPCore (x) x)", "t:1:9:", "name of the function"},
    {"(FPCore f)", "t:1:1:", "no arguments"},
    {"(FPCore f () 1)", "t:1:11:", "variable"},
    {"(FPCore f x x)", "t:1:11:", "variable"},
    {"(FPCore f ((! :precision binary32 x)) x)", "t:1:12:", "name of the variable"},
    {"(FPCore f (x x) x)", "t:1:14:", "stands twice"},
    {"(FPCore f (PI) PI)", "t:1:12:", "is a constant"},
    {"(FPCore f (x a) (* a x))", "t:1:14:", "'a' has no default"},
    {"(FPCore f (x a) :param (b 1) (* a x))", "t:1:25:", "name of a parameter"},
    {"(FPCore f (x a) :param (a 1 a 2) (* a x))", "t:1:29:", "second default"},
    {"(FPCore f (x a) :param (a) (* a x))", "t:1:24:", "names with their defaults"},
    {"(FPCore f (x a) :param (a x) (* a x))", "t:1:27:", "no value here"},
    {"(FPCore f (x a b c d e) x)", "t:1:22:", "more than 4 parameters"},
    {"(FPCore f (x))", "t:1:1:", "no formula"},
    {"(FPCore f (x) :name \"a\")", "t:1:1:", "no formula"},
    {"(FPCore f (x) :name)", "t:1:15:", "no value"},
    {"(FPCore f (x) :name :group user x)", "t:1:15:", "no value"},
    {"(FPCore f (x) x x)", "t:1:17:", "more after the formula"},
    {"(FPCore f (x) :name \"a\" :name \"b\" x)", "t:1:25:", "given twice"},
    {"(FPCore f (x) :nmae \"a\" x)", "t:1:15:", "did you mean ':name'"},
    {"(FPCore f (x) :monotne increasing x)", "t:1:15:", "did you mean ':monotone'"},
    {"(FPCore f (x) :zzzzzzzzz 1 x)", "t:1:15:", "unknown property"},
    {"(FPCore f (x) :monotone up x)", "t:1:25:", "expected increasing or decreasing"},
    {"(FPCore f (x) :monotone (increasing 1) x)", "t:1:25:", "turning points"},
    {"(FPCore f (x) :range 0 x)", "t:1:22:", "(LOW HIGH)"},
    {"(FPCore f (x) :range (0 x) x)", "t:1:25:", "no value here"},
    {"(FPCore f (x) :symmetry od x)", "t:1:25:", "did you mean 'odd'"},
    {"(FPCore f (x) :limits (0) x)", "t:1:23:", "(LEFT RIGHT)"},
    {"(FPCore f (x) :limits ((one-of) 1) x)", "t:1:24:", "at least one value"},
    {"(FPCore f (x) :accept ((0)) x)", "t:1:24:", "at least one value"},
    {"(FPCore f (x) :accept ((0 1 2 3 4 5)) x)", "t:1:24:", "at most 4 values"},
    {"(FPCore f (x) :pre x x)", "t:1:20:", "expected a condition"},
    {"(FPCore f (x) (< x 1))", "t:1:15:", "expected a number"},
    {"(FPCore f (x) (+ x (< x 1)))", "t:1:20:", "expected a number"},
    {"(FPCore f (x) (if x 1 2))", "t:1:19:", "expected a condition"},
    {"(FPCore f (x) (if (< x 0) 1 (< x 1)))", "t:1:29:", "expected a number"},
    {"(FPCore f (x) (and x))", "t:1:20:", "expected a condition"},
    {"(FPCore f (x) (+ x))", "t:1:15:", "'+' with 1 argument; expected 2"},
    {"(FPCore f (x) (-))", "t:1:15:", "'-' with 0 arguments; expected 1 or 2"},
    {"(FPCore f (x) (< x))", "t:1:15:", "at least 2"},
    {"(FPCore f (x) (exp x x))", "t:1:15:", "'exp' with 2 arguments; expected 1"},
    {"(FPCore f (x) (ep x))", "t:1:16:", "did you mean 'exp'"},
    {"(FPCore f (x) (log10 x))", "t:1:16:", "not supported"},
    {"(FPCore f (x) (frobnicate x))", "t:1:16:", "unknown operator"},
    {"(FPCore f (x) (! :precision binary32 x))", "t:1:16:", "rounding context"},
    {"(FPCore f (x) ())", "t:1:15:", "found ()"},
    {"(FPCore f (x) (1 2))", "t:1:16:", "expected an operator"},
    {"(FPCore f (x) (\"a\" 2))", "t:1:16:", "expected an operator"},
    {"(FPCore f (x) (+ \"a\" 2))", "t:1:18:", "expected an expression"},
    {"(FPCore f (x) (+ :a 2))", "t:1:18:", "expected an expression"},
    {"(FPCore f (x) alpha)", "t:1:15:", "unknown symbol 'alpha'"},
    {"(FPCore f (input) (+ inpt 1))", "t:1:22:", "did you mean 'input'"},
    {"(FPCore f (x) (let ([y 1]) z))", "t:1:28:", "unknown symbol 'z'"},
    {"(FPCore f (x) (let ([y 1] [z y]) z))", "t:1:30:", "'y'"},
    {"(FPCore f (x) (let (y 1) y))", "t:1:21:", "[NAME VALUE]"},
    {"(FPCore f (x) (let ([y 1 2]) y))", "t:1:21:", "[NAME VALUE]"},
    {"(FPCore f (x) (let ([y 1])))", "t:1:15:", "malformed 'let'"},
    {"(FPCore f (x) (let* 1 x))", "t:1:15:", "malformed 'let*'"},
    {"(FPCore f (x) 1.2.3)", "t:1:15:", "not a number"},
    {"(FPCore f (x) 12abc)", "t:1:15:", "not a number"},
    {"(FPCore f (x) 0x1.gp3)", "t:1:15:", "not a number"},
    {"(FPCore f (x) 1e)", "t:1:15:", "not a number"},
    {"(FPCore f (x) 1e+)", "t:1:15:", "not a number"},
    {"(FPCore f (x) 0xp1)", "t:1:15:", "not a number"},
    {"(FPCore f (x) 1/0)", "t:1:15:", "divides by zero"},
    {"(FPCore f (x) 1/)", "t:1:15:", "not a number"},
    {"(FPCore f (x) 1e999999999)", "t:1:15:", "exponent"},
    {"(FPCore f (x) -1e-99999999999999999999)", "t:1:15:", "exponent"},
    {"(FPCore f (x) 0x1p999999999)", "t:1:15:", "exponent"},
    {"(FPCore f (x) 'x)", "t:1:15:", "unexpected character '''"},
    {"(FPCore f (x) #t)", "t:1:15:", "unexpected character '#'"},
    {"(FPCore f (x) \xff)", "t:1:15:", "not UTF-8"},
    {"(FPCore f (x) \xc3\xa9)", "t:1:15:", "outside ASCII"},
    {"(FPCore f (x) \xed\xa0\x80)", "t:1:15:", "not UTF-8"},
    {"(FPCore f (x) \x01)", "t:1:15:", "control character 0x01"},
    {"; \xc3\xa9 is fine here\n; \xe2\x82 is not\n(FPCore f (x) x)", "t:2:3:", "not UTF-8"},
    {"(FPCore f (x) x)\n\n  (FPCore f (x) x)", "t:3:11:", "defined already"},
    {"(FPCore f (x) :alias \"g\" x) (FPCore g (x) x)", "t:1:37:", "defined already"},
    {"(FPCore f (x) x) (FPCore g (x) :torch (\"f\") x)", "t:1:40:", "a name of f already"},
};

static void test_errors(void)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        bool read = reads(refused[i].core);
        bool good = !read && strncmp(err.text, refused[i].place, strlen(refused[i].place)) == 0 &&
                    strstr(err.text, refused[i].words) && !strchr(err.text, '\n') && set.n == 0;
        /* in TAP `#' begins a directive */
        for (char *p = err.text; *p; p++)
            if (*p == '#' || (unsigned char)*p >= 0x80)
                *p = '?';
        ok(good, "refused: %s", read ? "(it was read)" : err.text);
    }
    ok(!fpcore_read(&set, "(FPCore f\0 (x) x)", 17, "t", NULL, &err) &&
           strstr(err.text, "t:1:10:") && strstr(err.text, "NUL"),
       "refused: %s", err.text);
}

static void test_limits(void)
{
    enum { DEEP = 100000 };
    char *text = malloc(8 * DEEP);
    char *p = text + sprintf(text, "(FPCore f (x) ");
    for (int i = 0; i < DEEP; i++)
        p += sprintf(p, "(exp ");
    *p = '\0';
    ok(!reads(text) && strstr(err.text, "nested more than"), "refused: %s", err.text);
    p = text + sprintf(text, "(FPCore f (x) (let* (");
    for (int i = 0; i < 5000; i++)
        p += sprintf(p, "[x (+ x %d)] ", i);
    sprintf(p, ") x))");
    ok(!reads(text) && strstr(err.text, "more than 4096 operations"), "refused: %s", err.text);
    memset(text, '7', 8 * DEEP);
    text[8 * DEEP - 1] = '\0';
    memcpy(text, "(FPCore f (x) ", 14);
    ok(!reads(text) && strstr(err.text, "at most 4096"), "refused: %s", err.text);
    p = text + sprintf(text, "(FPCore f (x) (let* (");
    for (int i = 0; i < 60; i++)
        p += sprintf(p, "[x (* (exp x) (+ x 1))] ");
    sprintf(p, ") x))");
    if (ok(reads(text), "a chain that is 2^60 operations long when written out%s", err.text)) {
        char *shown = expr_text(set.function[0], set.function[0]->body);
        ok(strlen(shown) < 4000, "is printed in %zu characters", strlen(shown));
        free(shown);
    }
    free(text);
}

/* ------------------------------------------------------------------ properties */

static bool is_number(const struct expr *e, const char *text)
{
    char *shown = expr_text(set.function[0], e);
    bool same = strcmp(shown, text) == 0;
    free(shown);
    return same;
}

static void test_properties(void)
{
    ok(reads("(FPCore f (x a b) :name \"Name\" :group gradient :description \"What.\" :param (b 2 "
             "a (/ 1 3))\n"
             " :pre (< x a) :range ((- a) INFINITY) :monotone (decreasing (* -1 a) increasing 1 "
             "decreasing)\n"
             " :symmetry even :zero negative :limits ((one-of +0 -0.0 0 NAN) (- INFINITY)) :spec "
             "(fma x x)\n"
             " :accept ((0 a 1/2) (a INFINITY)) :breakpoints (-1 a) :reflection-sum a "
             ":reflection-difference x\n"
             " :gradient g :gradient-of h :approximates i :alias (\"p\" \"q\") :torch \"torch.f\" "
             ":onnx \"F\"\n"
             " :jax (\"jax.f\") :onednn \"eltwise_f\" :cite (somebody) :herbie-time 12 x)"),
       "reads all properties%s", err.text);
    const struct function *f = set.function[0];
    ok(strcmp(f->id, "f") == 0 && strcmp(f->file, "t") == 0 && f->line == 1 &&
           strcmp(f->name, "Name") == 0 && strcmp(f->group, "gradient") == 0 &&
           strcmp(f->description, "What.") == 0,
       "id, place, name, group, description");
    ok(f->nparams == 2 && strcmp(f->param_name[0], "a") == 0 &&
           strcmp(f->param_name[1], "b") == 0 && is_number(f->param_default[0], "1/3") &&
           is_number(f->param_default[1], "2"),
       "parameters in the order of the arguments");
    ok(is_number(f->pre, "x < a") && f->has_range && is_number(f->range[0], "-a") &&
           is_number(f->range[1], "inf"),
       "pre and range");
    ok(f->npieces == 3 && f->piece[0] == SHAPE_DECREASING && f->piece[1] == SHAPE_INCREASING &&
           f->piece[2] == SHAPE_DECREASING && is_number(f->turn[0], "-1*a") &&
           is_number(f->turn[1], "1"),
       "pieces and turning points");
    ok(f->symmetry == SYMMETRY_EVEN && f->zero == ZERO_NEGATIVE, "symmetry and zero");
    ok(f->nlimit[0] == 4 && f->limit[0][0].kind == ACCEPT_POS_ZERO &&
           f->limit[0][1].kind == ACCEPT_NEG_ZERO && f->limit[0][2].kind == ACCEPT_VALUE &&
           f->limit[0][3].kind == ACCEPT_NAN && f->nlimit[1] == 1 &&
           f->limit[1][0].kind == ACCEPT_NEG_INF,
       "limits: +0, -0, 0, NAN and -INFINITY are told apart");
    ok(f->nspecial == 2 && is_number(f->special[0].x, "0") && f->special[0].n == 2 &&
           is_number(f->special[0].accept[1].value, "0.5") &&
           f->special[1].accept[0].kind == ACCEPT_INF,
       "accepted values");
    ok(f->nbreak == 2 && is_number(f->reflection_sum, "a") && is_number(f->reflection_diff, "x"),
       "breakpoints and reflections");
    ok(strcmp(f->gradient, "g") == 0 && strcmp(f->gradient_of, "h") == 0 &&
           strcmp(f->approximates, "i") == 0,
       "links to other functions");
    static const char *const alias[] = {"f", "p", "q", "torch.f", "F", "jax.f", "eltwise_f"};
    for (size_t i = 0; i < sizeof alias / sizeof alias[0]; i++)
        ok(function_find(&set, alias[i]) == f, "found as %s", alias[i]);
    ok(!f->alias[6] && !function_find(&set, "r") && !function_find(&set, ""),
       "and as nothing else");
    ok(reads("(FPCore f (x) :symmetry odd x) (FPCore g (x) :zero both :symmetry odd x) (FPCore h "
             "(x) x)") &&
           set.n == 3 && set.function[0]->zero == ZERO_SIGN_OF_X &&
           set.function[1]->zero == ZERO_BOTH && set.function[2]->zero == ZERO_BOTH &&
           set.function[2]->npieces == 0 && !set.function[2]->has_range &&
           strcmp(set.function[2]->group, "user") == 0 && strcmp(set.function[2]->name, "h") == 0,
       "what holds when nothing is said; odd functions keep the sign of zero");
}

static void test_graph(void)
{
    ok(reads(
           "(FPCore f (x) (let ([t (exp (- x))] [unused (sin x)]) (+ (* t t) (/ 1 (exp (- x))))))"),
       "reads a let");
    const struct expr *e = set.function[0]->body;
    int exps = 0, sins = 0;
    bool ordered = true;
    for (int i = 0; i < e->n; i++) {
        exps += e->node[i]->op == OP_EXP;
        sins += e->node[i]->op == OP_SIN;
        ordered &= e->node[i]->id == i;
        for (int j = 0; j < e->node[i]->nargs; j++)
            ordered &= e->node[i]->arg[j]->id < i;
    }
    ok(exps == 1, "equal subexpressions are one node: exp stands %d times", exps);
    ok(sins == 0, "an unused binding leaves no node");
    ok(ordered && e->node[e->n - 1]->op == OP_ADD, "arguments come first, the value last");
}

static void test_notes(void)
{
    char *text = NULL;
    size_t len;
    FILE *notes = open_memstream(&text, &len);
    const char *core = "(FPCore f (x)\n :precision binary32 x)";
    function_set_clear(&set);
    ok(fpcore_read(&set, core, strlen(core), "t", notes, &err), "reads a :precision");
    fclose(notes);
    ok(strncmp(text, "t:2:13: note: :precision is ignored", 35) == 0, "and notes: %.40s", text);
    free(text);
}

/* ------------------------------------------------------------------ files and the built-in set */

static void test_files(void)
{
    function_set_clear(&set);
    ok(!fpcore_read_file(&set, "/no/such/file.fpcore", NULL, &err) &&
           strncmp(err.text, "/no/such/file.fpcore: No such file", 34) == 0,
       "refused: %s", err.text);
    ok(!fpcore_read_file(&set, "/", NULL, &err) && strncmp(err.text, "/: Is a directory", 17) == 0,
       "refused: %s", err.text);
    char path[] = "t-fpcore.XXXXXX";
    int fd = mkstemp(path);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    ok(out && fputs("(FPCore from_file (x)\n  (cosh y))", out) >= 0 && fclose(out) == 0,
       "writes a file");
    char expected[64];
    snprintf(expected, sizeof expected, "%s:2:9: unknown symbol 'y'", path);
    ok(!fpcore_read_file(&set, path, NULL, &err) && strstr(err.text, expected) == err.text,
       "refused: %s", err.text);
    unlink(path);
}

static void test_builtin(void)
{
    const struct function_set *b = fpcore_builtin();
    ok(b->n >= 8, "%d built-in functions", b->n);
    for (int i = 0; i < b->n; i++) {
        const struct function *f = b->function[i];
        bool known = strcmp(f->group, "activation") == 0 || strcmp(f->group, "gradient") == 0 ||
                     strcmp(f->group, "elementary") == 0;
        ok(known && f->description && f->nlimit[0] && f->nlimit[1] && f->nbreak,
           "%s: %s is fully described", f->id, f->group);
        const struct function *g = f->gradient ? function_find(b, f->gradient) : NULL;
        const struct function *of = f->gradient_of ? function_find(b, f->gradient_of) : NULL;
        if (strcmp(f->group, "activation") == 0)
            ok(g && g->gradient_of && strcmp(g->gradient_of, f->id) == 0 &&
                   g->nparams == f->nparams,
               "%s and its gradient point to each other", f->id);
        if (strcmp(f->group, "gradient") == 0)
            ok(of && of->gradient && strcmp(of->gradient, f->id) == 0,
               "%s and its function point to each other", f->id);
        if (f->approximates)
            ok(function_find(b, f->approximates) != NULL, "%s approximates %s", f->id,
               f->approximates);
    }
    char digest[17];
    ok(strcmp(fpcore_digest("foobar", 6, digest), "85944171f73967e8") == 0,
       "FNV-1a of \"foobar\" is %s", digest);
    ok(strcmp(fpcore_digest(activations_fpcore, activations_fpcore_len, digest),
              fpcore_builtin_digest()) == 0,
       "the built-in digest is %s", digest);
}

/* ------------------------------------------------------------------ any text at all */

static uint64_t seed = UINT64_C(0x2545f4914f6cdd1d);

static uint64_t random64(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* A clean answer: functions, or a line that begins with the file's name, with the set left empty.
 */
static bool answers(const char *text, size_t len)
{
    function_set_clear(&set);
    err.text[0] = '\0';
    if (fpcore_read(&set, text, len, "t", NULL, &err))
        return set.n > 0;
    return set.n == 0 && strncmp(err.text, "t:", 2) == 0 && strlen(err.text) > 12 &&
           !strchr(err.text, '\n');
}

/* Where the first function of TEXT begins, or 0. */
static size_t first_core(const char *text, size_t n)
{
    for (size_t i = 0; i + 7 < n; i++)
        if (memcmp(text + i, "(FPCore", 7) == 0)
            return i;
    return 0;
}

static void test_any_text(void)
{
    size_t len = activations_fpcore_len < 9000 ? activations_fpcore_len : 9000;
    unsigned long unclean = 0;
    for (size_t n = 0; n <= len; n++) {
        char *exact = malloc(n ? n : 1); /* its own block, so that a read past the end is seen */
        memcpy(exact, activations_fpcore, n);
        unclean += !answers(exact, n);
        free(exact);
    }
    ok(unclean == 0, "of %zu beginnings of activations.fpcore, %lu get no clean answer", len + 1,
       unclean);
    unclean = 0;
    unsigned long read = 0;
    for (int k = 0; k < 3000; k++) {
        size_t start = random64() % (activations_fpcore_len - 1500), n = 200 + random64() % 1300;
        char *text = malloc(n);
        memcpy(text, activations_fpcore + start, n);
        size_t skip = first_core(text, n);
        for (uint64_t changes = random64() % 4; changes > 0; changes--) {
            static const char pool[] = "()[]\";:.-+e/x01 \n\t\\\x80\xff";
            text[skip + random64() % (n - skip)] =
                random64() % 4 ? pool[random64() % (sizeof pool - 1)] : (char)(random64() & 0xff);
        }
        unclean += !answers(text + skip, n - skip);
        read += set.n > 0;
        free(text);
    }
    ok(unclean == 0, "of 3000 mutilated pieces, %lu get no clean answer (%lu still read)", unclean,
       read);
}

int main(void)
{
    printf("# seed 0x%016" PRIx64 "\n", seed);
    test_printing();
    test_errors();
    test_limits();
    test_properties();
    test_graph();
    test_notes();
    test_files();
    test_builtin();
    test_any_text();
    function_set_clear(&set);
    return done_testing();
}

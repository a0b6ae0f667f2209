/* t-export.c -- every built-in kernel that runs here, as actulp export writes it: compiled by
 * itself without a warning, contraction asked for on the command line, it gives bitwise what the
 * built-in one gives.
 *
 *     CC             compiles all of them, and so does clang where there is one
 *     ACTULP_QUICK   in the environment: clang some of every kind only
 */
#include <dlfcn.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../src/export.h"
#include "../src/mem.h"
#include "../src/registry.h"
#include "../src/measure/inputs.h"
#include "../src/measure/machine.h"
#include "tap.h"

enum { INPUTS = 4099, BATCH = 12 }; /* a tail for every vector length; files per compiler call */

static const char *folder;

struct exported {
    const struct subject *subject;
    char *name;
    bool chosen; /* for the compiler at hand */
};

/* ---- compiling ---- */

/* What the kernel needs, and fused steps wherever the machine has them: that none is made of a
 * product and a sum is up to the file. */
static const char *flags_of(const struct exported *x)
{
    const char *flags = export_flags(x->subject);
#if defined(__x86_64__)
    if (isa_available(ISA_FMA) && !strstr(flags, "-mfma"))
        return *flags ? "-msse2 -mfma" : "-mfma";
#endif
    return flags;
}

static bool write_file(const struct exported *x)
{
    char err[512] = "", *path = xasprintf("%s/%s.c", folder, x->name);
    FILE *out = fopen(path, "w");
    bool good = out && export_write(x->subject, x->name, NULL, out, err, sizeof err);
    if (out)
        good &= fclose(out) == 0;
    if (!good)
        ok(false, "%s: written: %s", x->subject->name, err);
    free(path);
    return good;
}

/* gcc contracts by default and is asked to once more; clang does so within an expression unless the
 * file says otherwise, and everywhere, whatever the file says, if asked to. */
static const char *contraction(const char *compiler)
{
    return strstr(compiler, "clang") ? "" : "-ffp-contract=fast";
}

/* The shared library of batch NUMBER, and what the compiler said. */
static char *batch_path(int number, const char *suffix)
{
    return xasprintf("%s/batch-%d.%s", folder, number, suffix);
}

/* Compiles all of the N that are chosen and not yet compiled and need FLAGS, BATCH at a time, as
 * many calls at once as there are processors; batch[i] becomes the number of the library of the
 * i-th. */
static bool compile(const char *compiler, struct exported *x, int n, int *batch, int *batches)
{
    char *script_path = xasprintf("%s/script", folder);
    FILE *script = fopen(script_path, "w");
    if (!script)
        return false;
    for (int i = 0; i < n; i++)
        batch[i] = -1;
    for (int i = 0; i < n; i++) {
        if (!x[i].chosen || batch[i] >= 0)
            continue;
        const char *flags = flags_of(&x[i]);
        char *so = batch_path(*batches, "so"), *log = batch_path(*batches, "log");
        fprintf(script,
                "%s -std=gnu11 -O2 -Wall -Wextra -Wmissing-prototypes -Werror %s %s -shared -fPIC "
                "-o %s",
                compiler, contraction(compiler), flags, so);
        for (int j = i, members = 0; j < n && members < BATCH; j++)
            if (x[j].chosen && batch[j] < 0 && !strcmp(flags_of(&x[j]), flags)) {
                fprintf(script, " %s/%s.c", folder, x[j].name);
                batch[j] = *batches;
                members++;
            }
        fprintf(script, " -lm >%s 2>&1\n", log);
        ++*batches;
        free(so);
        free(log);
    }
    fclose(script);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    char *command = xasprintf("tr '\\n' '\\0' <%s | xargs -0 -n 1 -P %ld sh -c", script_path,
                              cores > 0 ? cores : 1);
    bool good = system(command) == 0;
    free(command);
    free(script_path);
    return good;
}

static void show_log(int number)
{
    char line[256], *path = batch_path(number, "log");
    FILE *in = fopen(path, "r");
    for (int i = 0; in && i < 6 && fgets(line, sizeof line, in); i++)
        printf("# %s", line);
    if (in)
        fclose(in);
    free(path);
}

/* ---- comparing ---- */

/* Patterns of all kinds: random ones, which reach every binade, and what values are like. */
static void fill(enum format f, uint64_t seed, void *x)
{
    static const double special[] = {0.0,     -0.0,     INFINITY,  -INFINITY,  NAN,       1,
                                     -1,      0x1p-149, -0x1p-149, 0x1p-126,   -0x1p-126, 88.75,
                                     -103.98, -88,      0x1p-1074, -0x1p-1074, 708.5,     -745.2};
    struct inputs in;
    char err[256];
    const size_t bytes = format_bytes(f);
    inputs_parse(&in, "normal(0,3)", err, sizeof err);
    inputs_fill(&in, seed, f, x, INPUTS);
    inputs_clear(&in);
    for (size_t i = 0; i < INPUTS / 2; i++) {
        uint64_t bits = random_next(&seed);
        memcpy((char *)x + i * bytes, &bits, bytes);
    }
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        uint64_t bits = format_from_double(f, special[i]);
        memcpy((char *)x + (INPUTS - 20 + i) * bytes, &bits, bytes);
    }
}

static uint64_t element(enum format f, const void *y, size_t i)
{
    uint64_t bits = 0;
    memcpy(&bits, (const char *)y + i * format_bytes(f), format_bytes(f));
    return format_is_nan(f, bits) ? format_nan(f) : bits;
}

/* Any values that floats hold exactly. */
static const double param[2] = {0x1.99999ap-3, 0x1.8p0};

static void call_exported(const struct subject *s, void *entry, const void *x, void *y)
{
    int params = s->function->nparams;
    if (params == 0)
        ((void (*)(const void *, void *, size_t))entry)(x, y, INPUTS);
    else if (s->in == FORMAT_F64 && params == 1)
        ((void (*)(const void *, void *, size_t, double))entry)(x, y, INPUTS, param[0]);
    else if (s->in == FORMAT_F64)
        ((void (*)(const void *, void *, size_t, double, double))entry)(x, y, INPUTS, param[0],
                                                                        param[1]);
    else if (params == 1)
        ((void (*)(const void *, void *, size_t, float))entry)(x, y, INPUTS, (float)param[0]);
    else
        ((void (*)(const void *, void *, size_t, float, float))entry)(x, y, INPUTS, (float)param[0],
                                                                      (float)param[1]);
}

/* An array for INPUTS elements of F that ends where memory does. */
static void *array(enum format f, int which)
{
    static char *area[3];
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (8 * INPUTS / page + 1) * page;
    if (!area[which]) {
        area[which] =
            mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (area[which] == MAP_FAILED || mprotect(area[which] + room, page, PROT_NONE)) {
            printf("Bail out! no memory\n");
            exit(EXIT_FAILURE);
        }
    }
    return area[which] + room - INPUTS * format_bytes(f);
}

/* Empty, or how the exported kernel differs. */
static void compare(const struct exported *x, void *entry, char *text, size_t length)
{
    const struct subject *s = x->subject;
    void *in = array(s->in, 0), *expected = array(s->out, 1), *got = array(s->out, 2);
    int different = 0;
    fill(s->in, 42, in);
    s->kernel->call(in, expected, INPUTS, param);
    call_exported(s, entry, in, got);
    text[0] = 0;
    for (size_t i = 0; i < INPUTS; i++)
        if (element(s->out, expected, i) != element(s->out, got, i) && different++ == 0)
            snprintf(text, length, ": at x = %a (input %zu) %a, where the built-in one gives %a",
                     format_to_double(s->in, element(s->in, in, i)), i,
                     format_to_double(s->out, element(s->out, got, i)),
                     format_to_double(s->out, element(s->out, expected, i)));
}

static void test_with(const char *compiler, struct exported *x, int n)
{
    static int batches; /* numbers go on from compiler to compiler */
    int first = batches, loaded = -1, *batch = xcalloc((size_t)n, sizeof *batch);
    void *library = NULL;
    ok(compile(compiler, x, n, batch, &batches), "%s: %d libraries, seed 42", compiler,
       batches - first);
    for (int b = first; b < batches; b++)
        for (int i = 0; i < n; i++) {
            char text[256] = "";
            if (!x[i].chosen || batch[i] != b)
                continue;
            if (loaded != b) {
                char *path = batch_path(b, "so");
                loaded = b;
                library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
                if (!library)
                    show_log(b);
                free(path);
            }
            void *entry = library ? dlsym(library, x[i].name) : NULL;
            if (entry)
                compare(&x[i], entry, text, sizeof text);
            ok(entry && !*text, "%s by %s%s", x[i].subject->name, compiler,
               entry ? text : ": not compiled");
        }
    free(batch);
}

/* ---- what is refused ---- */

/* The compiler refuses FILE under FLAGS, and says WORD. */
static void test_refused(const struct exported *x, const char *flags, const char *word)
{
    const char *cc = getenv("CC");
    char *command = xasprintf("%s -O2 %s -c -o /dev/null %s/%s.c 2>&1 | grep -q '#error.*%s'",
                              cc && *cc ? cc : "cc", flags, folder, x->name, word);
    ok(system(command) == 0, "%s with %s is refused", x->name, *flags ? flags : "no flags");
    free(command);
}

static const struct exported *named(const struct exported *x, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(x[i].subject->name, name))
            return &x[i];
    return NULL;
}

static void test_guards(const struct exported *x, int n)
{
    test_refused(named(x, n, "sigmoid/f32/poly/scalar"), "-ffast-math", "fast-math");
    test_refused(named(x, n, "sigmoid/f32/poly/scalar"), "-ffinite-math-only", "fast-math");
    const struct exported *avx2 = named(x, n, "sigmoid/f32/poly/avx2");
    if (avx2)
        test_refused(avx2, "-mno-avx2", "-mavx2 -mfma");
}

static void test_not_exported(const struct registry *r)
{
    char err[512];
    int refused = 0, fastmath = 0;
    for (int i = 0; i < r->n; i++)
        if (!strcmp(r->subject[i]->kernel->method, "naive-fastmath")) {
            fastmath++;
            refused +=
                !export_possible(r->subject[i], err, sizeof err) && strstr(err, "/naive/scalar");
        }
    ok(fastmath > 0 && refused == fastmath, "of %d kernels made by -ffast-math none is exported",
       fastmath);
}

static void test_libm(const struct registry *r)
{
    static const struct {
        const char *name;
        bool calls;
    } row[] = {{"sigmoid/f32/naive/scalar", true},
               {"sigmoid/f32/poly/scalar", false},
               {"tanh/f64/libm/scalar", true},
               {"relu/f16/stable/scalar", false},
               {"gelu/bf16/stable/scalar", true}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++)
        for (int i = 0; i < r->n; i++)
            if (!strcmp(r->subject[i]->name, row[k].name))
                ok(export_calls_libm(r->subject[i]) == row[k].calls, "%s %s the C library",
                   row[k].name, row[k].calls ? "depends on" : "is free of");
}

/* One of each method, ISA and dtype, wherever it stands first. */
static void choose_some(struct exported *x, int n)
{
    for (int i = 0; i < n; i++) {
        x[i].chosen = true;
        for (int j = 0; j < i; j++) {
            const struct kernel *a = x[i].subject->kernel, *b = x[j].subject->kernel;
            if (a->isa == b->isa && !strcmp(a->method, b->method) && !strcmp(a->dtype, b->dtype))
                x[i].chosen = false;
        }
    }
}

int main(void)
{
    char template[] = "/tmp/actulp-export.XXXXXX";
    const char *cc = getenv("CC");
    struct registry r;
    int n = 0;
    char err[512];
    folder = mkdtemp(template);
    registry_init(&r);
    if (!folder) {
        printf("Bail out! no temporary folder\n");
        return 1;
    }
    struct exported *x = xcalloc((size_t)r.n, sizeof *x);
    for (int i = 0; i < r.n; i++) {
        struct exported e = {r.subject[i], export_name(r.subject[i]), true};
        if (subject_runs_here(e.subject) && export_possible(e.subject, err, sizeof err) &&
            write_file(&e))
            x[n++] = e;
        else
            free(e.name);
    }
    test_with(cc && *cc ? cc : "cc", x, n);
    if (getenv("ACTULP_QUICK"))
        choose_some(x, n);
    if (!(cc && strstr(cc, "clang")) && system("clang --version >/dev/null 2>&1") == 0)
        test_with("clang", x, n);
    else
        skip("no second compiler");
    test_guards(x, n);
    test_not_exported(&r);
    test_libm(&r);
    char *command = xasprintf("rm -r %s", folder);
    ok(system(command) == 0, "nothing is left");
    free(command);
    for (int i = 0; i < n; i++)
        free(x[i].name);
    free(x);
    registry_free(&r);
    return done_testing();
}

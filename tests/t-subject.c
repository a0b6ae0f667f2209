/* t-subject.c -- outside kernels: bad input is refused with one clear line, good input is called
 * rightly.
 *
 * The libraries are those of t-guard.c; damaged ones are made from them in a temporary directory.
 */
#define _GNU_SOURCE
#include "../src/measure/child.h"
#include "../src/measure/fpstate.h"
#include "../src/subject.h"
#include "../src/table.h"
#include "tap.h"

#include <elf.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[4096];     /* with the libraries */
static char scratch[4096]; /* of our own */

static const struct kernel row = {.function = "softsign", .dtype = "f32", .isa = ISA_EXT};

static struct subject subject(const char *library, const char *symbol)
{
    struct subject s = {
        .name = "softsign/f32/test/ext", .kernel = &row, .signature = SIGNATURE_ARRAY};
    s.library = (char *)library;
    s.symbol = (char *)symbol;
    return s;
}

static char *in_dir(const char *name)
{
    static char path[2][8192];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", dir, name);
    return path[turn];
}

static char *in_scratch(const char *name)
{
    static char path[8192];
    snprintf(path, sizeof path, "%s/%s", scratch, name);
    return path;
}

/* ---- damaged libraries ----------------------------------------------------------------------- */

/* A copy of a library with the first BYTES of it (0: all), and one byte of its header changed. */
static char *damaged(const char *name, size_t bytes, size_t offset, int byte)
{
    char *path = in_scratch(name);
    FILE *in = fopen(in_dir("sound.so"), "rb"), *out = fopen(path, "wb");
    if (!in || !out)
        return path;
    for (size_t i = 0; !bytes || i < bytes; i++) {
        int c = getc(in);
        if (c == EOF)
            break;
        putc(byte >= 0 && i == offset ? byte : c, out);
    }
    fclose(in);
    fclose(out);
    return path;
}

static char *text_file(const char *name, const char *text)
{
    char *path = in_scratch(name);
    FILE *out = fopen(path, "w");
    if (out) {
        fputs(text, out);
        fclose(out);
    }
    return path;
}

/* ---- what is refused ------------------------------------------------------------------------- */

/* Is it refused with a line that names the library and says TEXT? */
static void refused(const char *library, const char *symbol, const char *text)
{
    struct subject s = subject(library, symbol);
    char err[512] = "";
    enum probe end = subject_probe(&s, err, sizeof err);
    ok(end == PROBE_BAD_INPUT && strstr(err, text) && !strpbrk(err, "\n\r\t\033") &&
           (!*library || strstr(err, "?") || strstr(err, library)),
       "\"%s\": %s", text, err);
    ok(!s.entry, "and nothing was loaded here");
}

static void bad_input(void)
{
    refused("no-such-library.so", "f", "not in the loader's search path");
    refused(in_dir("no-such-library.so"), "f", "No such file");
    refused("", "f", "is empty");
    refused(scratch, "f", "not a regular file");
    refused(text_file("text.so", "this is no library\n"), "f", "no ELF header");
    refused(text_file("empty.so", ""), "f", "no ELF header");
    refused(damaged("short.so", 6000, 0, -1), "f", "cut short");
    refused(damaged("header.so", 64, 0, -1), "f", "cut short");
    refused(damaged("riscv.so", 0, 18, EM_RISCV), "f", "built for RISC-V");
    refused(damaged("class.so", 0, EI_CLASS, ELFCLASS32), "f", "in another class");
    refused(damaged("object.so", 0, 16, ET_REL), "f", "an object file");
    refused(damaged("program.so", 0, 16, ET_EXEC), "f", "a program");
    refused(in_dir("unresolved.so"), "kernel", "nothing defines the symbol defined_nowhere");
    refused(in_dir("sound.so"), "no_such_kernel", "has no symbol no_such_kernel");
    refused(in_dir("faults.so"), "data", "is data");
    refused(in_dir("faults.so"), "constant_data", "is data");
    refused(in_dir("faults.so"), "thread_data", "is data");
    refused(in_dir("sound.so"), "", "not the name of a C function");
    refused(in_dir("sound.so"), "a b", "not the name of a C function");
    refused(in_dir("sound.so"), "plain;id", "not the name of a C function");
    refused(in_dir("sound.so"), "1st", "not the name of a C function");
    refused("a\nb\033[31m/c.so", "f", "No such file");

    char fifo[8192];
    snprintf(fifo, sizeof fifo, "%s", in_scratch("pipe.so"));
    if (!mkfifo(fifo, 0600))
        refused(fifo, "f", "not a regular file");
    struct subject s = subject(in_dir("sound.so"), "plain");
    char err[512];
    s.in = FORMAT_F64;
    s.out = FORMAT_F32;
    ok(subject_probe(&s, err, sizeof err) == PROBE_BAD_INPUT && strstr(err, "f64"), "%s", err);
}

static void in_working_directory(void)
{
    char here[4096], err[512];
    if (!getcwd(here, sizeof here))
        return;
    char library[8192];
    snprintf(library, sizeof library, "%s", damaged("near.so", 0, 0, -1));
    if (chdir(scratch))
        return;
    struct subject s = subject("near.so", "plain");
    ok(subject_probe(&s, err, sizeof err) == PROBE_BAD_INPUT && strstr(err, "./near.so"), "%s",
       err);
    s = subject("./near.so", "plain");
    ok(subject_probe(&s, err, sizeof err) == PROBE_FINE, "./near.so is found");
    if (chdir(here))
        return;
}

static void faults_when_loaded(void)
{
    static const struct {
        const char *library, *text;
    } rows[] = {{"load-crash.so", "SIGABRT"}, {"load-exit.so", "exit 0"}};
    for (int i = 0; i < 2; i++) {
        struct subject s = subject(in_dir(rows[i].library), "kernel");
        char err[512] = "";
        enum probe end = subject_probe(&s, err, sizeof err);
        ok(end == PROBE_FAULT && strstr(err, rows[i].text), "a fault, not bad input: %s", err);
    }
}

/* ---- what is called -------------------------------------------------------------------------- */

struct target {
    const char *library, *symbol;
    enum signature signature;
    enum format in, out;
    int row;
};

struct job {
    struct target to;
    char err[256];
    unsigned load_changed, fp_changed;
    uint64_t y[3];
};

static int call(void *arg)
{
    struct job *j = arg;
    struct subject s = subject(j->to.library, j->to.symbol);
    s.signature = j->to.signature;
    s.in = j->to.in;
    s.out = j->to.out;
    s.row = j->to.row;
    s.param[0] = 0.75;
    struct fp_state before = fp_state_get(), after;
    if (!subject_open(&s, j->err, sizeof j->err))
        return 1;
    after = fp_state_get();
    j->fp_changed = fp_state_changes(&before, &after);
    j->load_changed = s.load_changed;
    static const double x[3] = {1, -3, 7};
    uint64_t in[3], out[3] = {0};
    for (int i = 0; i < 3; i++) {
        uint64_t bits = format_from_double(s.in, x[i]);
        memcpy((char *)in + (size_t)i * format_bytes(s.in), &bits, format_bytes(s.in));
    }
    subject_call(&s, in, out, 3);
    for (int i = 0; i < 3; i++)
        memcpy(&j->y[i], (char *)out + (size_t)i * format_bytes(s.out), format_bytes(s.out));
    return 0;
}

static void gives(struct target to, double y0, double y1, double y2)
{
    struct job *j = shared_alloc(sizeof *j);
    j->to = to;
    struct child_result r = child_run(call, j, (struct child_limits){.seconds = 10});
    double due[3] = {y0, y1, y2}, y[3];
    bool right = r.end == CHILD_OK;
    for (int i = 0; i < 3; i++) {
        y[i] = format_to_double(to.out, j->y[i]);
        right = right && j->y[i] == format_from_double(to.out, due[i]);
    }
    ok(right, "%s (%s, %s to %s): %g %g %g %s", to.symbol, signature_word[to.signature],
       format_info[to.in].name, format_info[to.out].name, y[0], y[1], y[2], j->err);
    shared_free(j, sizeof *j);
}

static void calls(void)
{
    const char *lib = in_dir("sound.so");
    const enum format f32 = FORMAT_F32, f64 = FORMAT_F64, bf16 = FORMAT_BF16;
    gives((struct target){lib, "plain", SIGNATURE_ARRAY, f32, f32, 0}, 0.5, -0.75, 0.875);
    gives((struct target){lib, "output_first", SIGNATURE_YXN, f32, f32, 0}, 0.5, -0.75, 0.875);
    gives((struct target){lib, "length_first", SIGNATURE_NXY, f32, f32, 0}, 0.5, -0.75, 0.875);
    gives((struct target){lib, "scalar", SIGNATURE_SCALAR, f32, f32, 0}, 0.5, -0.75, 0.875);
    gives((struct target){lib, "scalar_double", SIGNATURE_SCALAR, f64, f64, 0}, 0.5, -0.75, 0.875);
    gives((struct target){lib, "doubles", SIGNATURE_ARRAY, f64, f64, 0}, 0.5, -0.75, 0.875);
    gives((struct target){lib, "scalar_bfloat", SIGNATURE_SCALAR, bf16, bf16, 0}, 0.5, -0.75,
          0.875);
    gives((struct target){lib, "scalar_to_bfloat", SIGNATURE_SCALAR, f32, bf16, 0}, 0.5, -0.75,
          0.875);
    gives((struct target){lib, "to_bfloat_array", SIGNATURE_ARRAY, f32, bf16, 0}, 0.5, -0.75,
          0.875);
    gives((struct target){lib, "with_param", SIGNATURE_KERNEL, f32, f32, 0}, 0.75, -2.25, 5.25);
    /* An indirect function: its address belongs to another symbol or none. */
    gives((struct target){"libm.so.6", "tanhf", SIGNATURE_SCALAR, f32, f32, 0}, tanhf(1), tanhf(-3),
          tanhf(7));
    gives((struct target){"libm.so.6", "exp", SIGNATURE_SCALAR, f64, f64, 0}, exp(1), exp(-3),
          exp(7));
}

static void flush_when_loaded(void)
{
    struct job *j = shared_alloc(sizeof *j);
    j->to = (struct target){
        in_dir("load-flush.so"), "kernel", SIGNATURE_SCALAR, FORMAT_F32, FORMAT_F32, 0};
    struct child_result r = child_run(call, j, (struct child_limits){.seconds = 10});
    ok(r.end == CHILD_OK && j->load_changed && !j->fp_changed,
       "what loading changes is told (%#x) and set back (%#x)", j->load_changed, j->fp_changed);
    shared_free(j, sizeof *j);
}

/* ---- tables ---------------------------------------------------------------------------------- */

static void table(void)
{
    struct table_row *r;
    int n;
    char err[512] = "";
    const char *lib = in_dir("table.so");
    enum probe end = table_read(lib, &r, &n, err, sizeof err);
    ok(end == PROBE_FINE && n == 3, "a table of %d rows %s", n, err);
    if (n != 3)
        return;
    ok(!strcmp(r[0].function, "twice") && !strcmp(r[0].dtype, "f32") &&
           !strcmp(r[0].name, "loop") && r[0].signature == SIGNATURE_ARRAY && r[0].max_ulp == 0.5 &&
           !strcmp(r[0].waive, "in-place") && !strcmp(r[0].how, "adds it up"),
       "a row is read whole");
    ok(r[1].signature == SIGNATURE_SCALAR && r[1].max_ulp == 0 && !*r[1].waive && !*r[1].how,
       "what it leaves out is empty");
    ok(r[2].signature == SIGNATURE_KERNEL, "a kernel may take parameters");
    free(r);
    gives((struct target){lib, "loop", SIGNATURE_ARRAY, FORMAT_F32, FORMAT_F32, 1}, 2, -6, 14);
    gives((struct target){lib, "sign.bit", SIGNATURE_SCALAR, FORMAT_F64, FORMAT_F64, 2}, -1, 3, -7);
    gives((struct target){lib, "scaled", SIGNATURE_KERNEL, FORMAT_F32, FORMAT_F32, 3}, 0.75, -2.25,
          5.25);
}

static void wrong_tables(void)
{
    static const struct {
        const char *wrong, *says;
        enum probe end;
        int rows;
    } rows[] = {
        {"nothing", "", PROBE_FINE, 2},
        {"shrunk", "", PROBE_FINE, 1},
        {"abi", "ABI 2; this program reads ABI 1", PROBE_BAD_INPUT, 0},
        {"row size", "rows of 8 bytes", PROBE_BAD_INPUT, 0},
        {"count", "1073741824 kernels", PROBE_BAD_INPUT, 0},
        {"empty", "0 kernels", PROBE_BAD_INPUT, 0},
        {"function", "row 2 of its table: function", PROBE_BAD_INPUT, 0},
        {"name", "row 2 of its table: name", PROBE_BAD_INPUT, 0},
        {"dtype", "row 2 of its table: dtype", PROBE_BAD_INPUT, 0},
        {"signature", "row 2 of its table: signature", PROBE_BAD_INPUT, 0},
        {"call", "row 2 of its table: call is NULL", PROBE_BAD_INPUT, 0},
        {"max_ulp", "row 2 of its table: max_ulp", PROBE_BAD_INPUT, 0},
        {"how", "row 2 of its table: how", PROBE_BAD_INPUT, 0},
        {"wild", "SIGSEGV", PROBE_FAULT, 0},
    };
    const char *lib = in_dir("table-wrong.so");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct table_row *r;
        int n;
        char err[512] = "";
        setenv("WRONG", rows[i].wrong, 1);
        enum probe end = table_read(lib, &r, &n, err, sizeof err);
        ok(end == rows[i].end && n == rows[i].rows && strstr(err, rows[i].says), "%s: %d rows %s",
           rows[i].wrong, n, err);
        free(r);
    }
    setenv("WRONG", "data", 1);
    char err[512] = "";
    struct subject s = subject(lib, "b");
    s.signature = SIGNATURE_SCALAR;
    s.row = 2;
    ok(subject_probe(&s, err, sizeof err) == PROBE_BAD_INPUT && strstr(err, "is data"), "%s", err);
    s.row = 3;
    ok(subject_probe(&s, err, sizeof err) == PROBE_BAD_INPUT && strstr(err, "no row 3"), "%s", err);
    unsetenv("WRONG");

    struct table_row *r;
    int n;
    ok(table_read(in_dir("sound.so"), &r, &n, err, sizeof err) == PROBE_BAD_INPUT &&
           strstr(err, "has no table"),
       "%s", err);
}

static void remove_scratch(void)
{
    static const char *const names[] = {"text.so",  "empty.so", "short.so",  "header.so",
                                        "riscv.so", "class.so", "object.so", "program.so",
                                        "pipe.so",  "near.so"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(in_scratch(names[i]));
    rmdir(scratch);
}

int main(void)
{
    const char *from = getenv("FAULTS");
    snprintf(dir, sizeof dir, "%s", from ? from : "tests/faults");
    snprintf(scratch, sizeof scratch, "/tmp/t-subject-XXXXXX");
    if (!mkdtemp(scratch)) {
        ok(false, "a temporary directory");
        return done_testing();
    }
    bad_input();
    in_working_directory();
    faults_when_loaded();
    calls();
    flush_when_loaded();
    table();
    wrong_tables();
    remove_scratch();
    return done_testing();
}

/* t-inputs.c -- distributions: names, shapes, the same bits everywhere; tensors: .npy and raw
 * files, whole and broken.
 *
 *     t-inputs --dump FILE    prints what is read from FILE, an element a line (used by t-npy.sh)
 */
#include "tap.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "../src/measure/inputs.h"

static const uint64_t seed = 20;

static uint64_t fnv1a(const void *data, size_t len)
{
    uint64_t h = 0xcbf29ce484222325;
    for (size_t i = 0; i < len; i++)
        h = (h ^ ((const unsigned char *)data)[i]) * 0x100000001b3;
    return h;
}

static struct inputs parsed(const char *text)
{
    struct inputs in;
    char err[256] = "";
    if (!inputs_parse(&in, text, err, sizeof err)) {
        printf("Bail out! inputs_parse(%s): %s\n", text, err);
        exit(1);
    }
    return in;
}

/* Published first values of splitmix64 from state 1234567. */
static void test_splitmix(void)
{
    static const uint64_t due[] = {6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
                                   4593380528125082431u, 16408922859458223821u};
    uint64_t state = 1234567;
    bool same = true;
    for (int i = 0; i < 5; i++)
        same &= random_next(&state) == due[i];
    ok(same, "splitmix64 as published");
}

static void test_names(void)
{
    static const struct {
        const char *text, *name;
    } good[] = {{"normal(0,3)", "normal(0,3)"},
                {"normal:0,3", "normal(0,3)"},
                {"normal( 1e-3 , 2 )", "normal(0.001,2)"},
                {"normal", "normal(0,3)"},
                {"normal:1", "normal(0,1)"},
                {"normal(0.5)", "normal(0,0.5)"},
                {"uniform(-10,10)", "uniform(-10,10)"},
                {"uniform:0.1,0x1p-1", "uniform(0.1,0.5)"},
                {"nan-laden", "nan-laden"},
                {"zero", "zero"}};
    static const char *const bad[] = {"",
                                      "gauss(0,1)",
                                      "normal(0,0)",
                                      "normal(0,-1)",
                                      "normal(0",
                                      "normal(0,1",
                                      "normal(2",
                                      "normal:x",
                                      "normal(0,1)x",
                                      "normal(,1)",
                                      "normal()",
                                      "normal(0,inf)",
                                      "normal(nan,1)",
                                      "uniform(2,1)",
                                      "uniform:1",
                                      "zero(1,2)",
                                      "zero:",
                                      "norma",
                                      "normal0,3)",
                                      "normal(0;1)",
                                      "uniform(1,1)"};
    char err[256];
    struct inputs in;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        bool read = inputs_parse(&in, good[i].text, err, sizeof err);
        ok(read && strcmp(in.name, good[i].name) == 0, "`%s' is %s", good[i].text,
           read ? in.name : err);
        inputs_clear(&in);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        err[0] = '\0';
        bool read = inputs_parse(&in, bad[i], err, sizeof err);
        ok(!read && strstr(err, bad[i]) && !strchr(err, '\n'), "refused: %s", err);
    }
}

/* Digests of 4096 draws with seed 20: they may differ on no machine and under no compiler. */
static const struct {
    const char *text;
    enum format format;
    uint64_t digest;
} drawn[] = {
    {"normal(0,3)", FORMAT_F32, 0x093bdc6478f208a0},
    {"normal(0,3)", FORMAT_F64, 0xbe526ccd190dc897},
    {"normal(0,3)", FORMAT_F16, 0x983783a28fd9b775},
    {"normal(0,3)", FORMAT_BF16, 0xd979a8fe7e419669},
    {"uniform(-10,10)", FORMAT_F64, 0xd4c7432b2f6b595a},
    {"saturated", FORMAT_F32, 0x1dc935a5f4d9755b},
    {"subnormal", FORMAT_F32, 0x10a7dcec982c8875},
    {"subnormal", FORMAT_BF16, 0x3aa3b2938f2f98dd},
    {"positive", FORMAT_F64, 0x4708a4e2bc0b7f97},
    {"mixed", FORMAT_F64, 0x6532db2281ef1246},
    {"nan-laden", FORMAT_F32, 0x11935490551ec3b7},
    {"zero", FORMAT_F32, 0x9c1bda7f8c872325},
};

static void test_same_bits(void)
{
    enum { N = 4096 };
    static uint64_t buf[N];
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) {
        struct inputs in = parsed(drawn[i].text);
        size_t bytes = (size_t)format_info[drawn[i].format].bits / 8 * N;
        inputs_fill(&in, seed, drawn[i].format, buf, N);
        uint64_t digest = fnv1a(buf, bytes);
        ok(digest == drawn[i].digest, "%s in %s: digest 0x%016" PRIx64, in.name,
           format_info[drawn[i].format].name, digest);
        uint64_t first = fnv1a(buf, bytes / 4);
        memset(buf, 0x5a, bytes);
        inputs_fill(&in, seed, drawn[i].format, buf, N / 4);
        ok(fnv1a(buf, bytes / 4) == first, "%s: fewer are the first of more", in.name);
        inputs_clear(&in);
    }
}

static double normal_cdf(double x)
{
    return erfc(-x / sqrt(2)) / 2;
}

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Kolmogorov's distance between the draws, divided through the parameters, and CDF; times sqrt(n)
 * it is below 1.95 with probability 0.999. */
static double kolmogorov(const char *text, double shift, double scale, double (*cdf)(double))
{
    enum { N = 200000 };
    double *v = malloc(N * sizeof *v), worst = 0;
    struct inputs in = parsed(text);
    inputs_fill(&in, seed, FORMAT_F64, v, N);
    for (int i = 0; i < N; i++)
        v[i] = (v[i] - shift) / scale;
    qsort(v, N, sizeof *v, compare_double);
    for (int i = 0; i < N; i++)
        worst = fmax(worst, fmax(fabs(cdf(v[i]) - (double)i / N), fabs(cdf(v[i]) - (i + 1.0) / N)));
    free(v);
    inputs_clear(&in);
    return worst * sqrt(N);
}

static double uniform_cdf(double x)
{
    return fmin(fmax(x, 0), 1);
}
static double positive_cdf(double x)
{
    return x < 0 ? 0 : erf(x / sqrt(2));
}

static void test_shapes(void)
{
    static const struct {
        const char *text;
        double shift, scale;
        double (*cdf)(double);
    } laws[] = {{"normal(0,1)", 0, 1, normal_cdf},
                {"normal(-2,0.5)", -2, 0.5, normal_cdf},
                {"uniform(-10,10)", -10, 20, uniform_cdf},
                {"positive", 0, 3, positive_cdf}};
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        double d = kolmogorov(laws[i].text, laws[i].shift, laws[i].scale, laws[i].cdf);
        ok(d < 1.95, "%s: Kolmogorov distance %.2f / sqrt(n)", laws[i].text, d);
    }
    double d = kolmogorov("normal(0,1)", 0, 1.02, normal_cdf);
    ok(d > 1.95, "a deviation off by 2 %% would be seen: %.2f / sqrt(n)", d);
}

/* Counts among 4096 f32 draws. */
struct classes {
    int negative, nan, subnormal, zero;
    double low, high; /* of |x| */
};

static struct classes classes_of(const char *text)
{
    enum { N = 4096 };
    static uint32_t v[N];
    struct classes k = {.low = INFINITY};
    struct inputs in = parsed(text);
    inputs_fill(&in, seed, FORMAT_F32, v, N);
    for (int i = 0; i < N; i++) {
        float x;
        memcpy(&x, &v[i], sizeof x);
        k.negative += signbit(x) != 0;
        k.nan += isnan(x) != 0;
        k.subnormal += fpclassify(x) == FP_SUBNORMAL;
        k.zero += x == 0;
        if (fabsf(x) < k.low)
            k.low = fabsf(x);
        if (fabsf(x) > k.high)
            k.high = fabsf(x);
    }
    inputs_clear(&in);
    return k;
}

static void test_classes(void)
{
    struct classes k = classes_of("saturated");
    ok(k.low >= 20 && k.high < 80 && k.negative > 1900 && k.negative < 2200,
       "saturated: |x| in [%g, %g], %d of 4096 negative", k.low, k.high, k.negative);
    k = classes_of("subnormal");
    ok(k.subnormal == 4096 && k.negative > 1900 && k.negative < 2200, "subnormal: %d of 4096",
       k.subnormal);
    k = classes_of("positive");
    ok(k.negative == 0, "positive: %d negative", k.negative);
    k = classes_of("mixed");
    ok(k.low >= 0x1p-20 && k.low < 0x1p-19 && k.high < 128 && k.high > 64 && k.negative > 1900,
       "mixed: |x| in [%g, %g], %d of 4096 negative", k.low, k.high, k.negative);
    k = classes_of("nan-laden");
    ok(k.nan > 400 && k.nan < 620, "nan-laden: %d of 4096", k.nan);
    k = classes_of("zero");
    ok(k.zero == 4096 && k.negative == 0, "zero: %d of 4096", k.zero);
}

/* Writes LEN bytes to a new file and loads it. */
static bool load_bytes(struct inputs *in, const void *data, size_t len, char err[512])
{
    char path[] = "t-inputs-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, data, len) != (ssize_t)len) {
        puts("Bail out! cannot write a file here");
        exit(1);
    }
    close(fd);
    err[0] = '\0';
    bool read = inputs_load(in, path, err, 512);
    unlink(path);
    if (!read && strncmp(err, path, strlen(path)) != 0)
        strcpy(err, "(does not name the file)");
    return read;
}

/* An .npy file of VERSION with HEADER and DATA bytes of zeros. */
static bool load_npy(struct inputs *in, int version, const char *header, size_t data, char err[512])
{
    unsigned char file[1024] = {0x93, 'N', 'U', 'M', 'P', 'Y', (unsigned char)version};
    size_t len = strlen(header), prefix = version == 1 ? 10 : 12;
    file[8] = (unsigned char)len;
    file[9] = (unsigned char)(len >> 8);
    memcpy(file + prefix, header, len);
    return load_bytes(in, file, prefix + len + data, err);
}

static void test_headers(void)
{
    static const struct {
        int version;
        const char *header;
        size_t n;
    } good[] = {
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }   \n", 12},
        {1, "{'shape':(5,),'fortran_order':True,'descr':'<f4'}", 5},
        {2, "  { \"descr\" : \"=f4\" ,\n \"shape\" : ( 2 ,3 ) , \"fortran_order\" : False }\n", 6},
        {3, "{'descr': '<f4', 'fortran_order': False, 'shape': (), }", 1},
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 2L), }", 4},
    };
    struct inputs in;
    char err[512];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        bool read = load_npy(&in, good[i].version, good[i].header, 4 * good[i].n, err);
        ok(read && in.n == good[i].n, "header %zu, version %d: %zu elements %s", i, good[i].version,
           in.n, err);
        inputs_clear(&in);
    }
}

static void test_broken_headers(void)
{
    static const struct {
        int version;
        const char *header;
        size_t data;
        const char *says;
    } bad[] = {
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", 11, "truncated in its data"},
        {1, "{'descr': '<i4', 'fortran_order': False, 'shape': (3,)}", 12, "integers"},
        {1, "{'descr': '<c8', 'fortran_order': False, 'shape': (3,)}", 24, "complex"},
        {1, "{'descr': '|O', 'fortran_order': False, 'shape': (3,)}", 24, "Python objects"},
        {1, "{'descr': '<f16', 'fortran_order': False, 'shape': (3,)}", 48, "`<f16'"},
        {1, "{'descr': '<f3', 'fortran_order': False, 'shape': (3,)}", 48, "`<f3'"},
        {1, "{'descr': '', 'fortran_order': False, 'shape': (3,)}", 48, "f2, f4 or f8"},
        {1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}", 12, "structured"},
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (0,)}", 0, "empty"},
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 0)}", 0, "empty"},
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", 16,
         "more elements"},
        {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (2305843009213693952,)}", 16,
         "truncated"},
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999,)}", 16,
         "more elements"},
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}", 12, "whole numbers"},
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (3.0,)}", 12, "expected"},
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': [3]}", 12, "`('"},
        {1, "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (3,)}", 12, "True or False"},
        {1, "{'descr': '<f4', 'fortran_order': False}", 12, "no `shape'"},
        {1, "{'shape': (3,), 'fortran_order': False}", 12, "no `descr'"},
        {1, "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", 12,
         "repeated"},
        {1, "{'descr': '<f4', 'colour': 'red', 'fortran_order': False, 'shape': (3,)}", 12,
         "unknown"},
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)", 0, "malformed"},
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (3", 0, "malformed"},
        {1, "{'descr': '<f4", 0, "quote"},
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)} 7", 12,
         "after the dictionary"},
        {1, "", 16, "malformed"},
        {4, "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", 12, "version 4"},
    };
    struct inputs in;
    char err[512];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        bool read = load_npy(&in, bad[i].version, bad[i].header, bad[i].data, err);
        ok(!read && strstr(err, bad[i].says) && strstr(err, "expected") && !strchr(err, '\n'),
           "refused: %s", err);
    }
}

/* Every prefix of a good file is refused, and none is read as something else. */
static void test_every_prefix(void)
{
    static const unsigned char file[] =
        "\x93NUMPY\1\0\x37\0{'descr': '<f4', 'fortran_order': False, 'shape': "
        "(1,)}\0\0\x80\x3f";
    struct inputs in;
    char err[512];
    int read = 0;
    for (size_t len = 0; len < sizeof file - 1; len++)
        if (load_bytes(&in, file, len, err)) {
            read++;
            printf("# the first %zu bytes were read as %zu elements\n", len, in.n);
        }
    ok(read == 0, "%d of %zu prefixes of an .npy file were read", read, sizeof file - 1);
    ok(load_bytes(&in, file, sizeof file - 1, err) && in.n == 1 && in.value[0] == 1,
       "the whole is: %s", err);
    inputs_clear(&in);
}

static void test_raw(void)
{
    static const unsigned char raw[] = {0, 0, 0xc0, 0x3f, 0, 0, 0, 0x80, 1, 0, 0, 0};
    struct inputs in;
    char err[512];
    ok(load_bytes(&in, raw, 12, err) && in.n == 3 && in.value[0] == 1.5 && in.value[1] == 0 &&
           signbit(in.value[1]) && in.value[2] == 0x1p-149,
       "raw little-endian f32%s", err);
    uint16_t half[4];
    inputs_fill(&in, seed, FORMAT_F16, half, 4);
    ok(half[0] == 0x3e00 && half[1] == 0x8000 && half[2] == 0 && half[3] == 0x3e00,
       "rounded to f16, and from the start again");
    inputs_clear(&in);
    ok(!load_bytes(&in, raw, 7, err), "refused: %s", err);
    ok(!load_bytes(&in, raw, 0, err), "refused: %s", err);
    ok(!load_bytes(&in, "PK\3\4....", 8, err) && strstr(err, "zip"), "refused: %s", err);
    ok(!inputs_load(&in, "/nonexistent/x.npy", err, sizeof err) &&
           strstr(err, "/nonexistent/x.npy"),
       "refused: %s", err);
    ok(!inputs_load(&in, ".", err, sizeof err), "refused: %s", err);
}

static void test_committed(void)
{
    static const struct {
        const char *file;
        size_t n;
        double value[6];
    } files[] = {{"f4-2x3.npy", 6, {-1.5, 0, 2, 3.25, -0.0, 1e-40f}},
                 {"f8-big-fortran.npy", 4, {1. / 3, -4, 2, 1e300}}, /* memory order: by columns */
                 {"f2-scalar-v3.npy", 1, {65504}}};
    const char *srcdir = getenv("srcdir");
    char path[512], err[512] = "";
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct inputs in;
        snprintf(path, sizeof path, "%s/tests/data/%s", srcdir ? srcdir : ".", files[i].file);
        bool read = inputs_load(&in, path, err, sizeof err);
        ok(read && in.n == files[i].n &&
               memcmp(in.value, files[i].value, in.n * sizeof(double)) == 0,
           "%s: %s", files[i].file, read ? in.name : err);
        if (read)
            inputs_clear(&in);
    }
}

static int dump(const char *path)
{
    struct inputs in;
    char err[512];
    if (!inputs_load(&in, path, err, sizeof err)) {
        fprintf(stderr, "%s\n", err);
        return 2;
    }
    for (size_t i = 0; i < in.n; i++)
        printf("%a\n", in.value[i]);
    inputs_clear(&in);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--dump") == 0)
        return dump(argv[2]);
    printf("# seed %" PRIu64 "\n", seed);
    test_splitmix();
    test_names();
    test_same_bits();
    test_shapes();
    test_classes();
    test_headers();
    test_broken_headers();
    test_every_prefix();
    test_raw();
    test_committed();
    return done_testing();
}

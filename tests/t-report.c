/* t-report.c -- reports from the hand-made results in tests/golden/, byte for byte.
 *
 *     t-report                    TAP: every golden NAME.json against NAME.FORMAT
 *     t-report FORMAT RESULT      writes one report, to look at it or to make a golden output:
 *                                 t-report text small.json >small.text
 *     t-report result RESULT      the result itself, as the writer has it
 *     t-report latex|svg RESULT FOLDER   formats of several files, into a folder that is there
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../reports/report.h"
#include "../src/mem.h"
#include "../src/result/json.h"
#include "tap.h"

static const char *const golden[] = {"small", "accuracy-only", "speed-only", "empty"};

/* What `actulp check' and `actulp bench' print, under names of their own. */
static void all_accuracy(const struct result *r, const struct report_options *o, FILE *out)
{
    for (int i = 0; i < r->nkernels; i++)
        report_accuracy_text(r, &r->kernel[i], o, out);
}

static void as_json(const struct result *r, const struct report_options *o, FILE *out)
{
    (void)o;
    result_write(r, out);
}

static const struct report_format extra[] = {
    {"check", "accuracy of each kernel as text", all_accuracy},
    {"bench", "all times as text", report_speed_text},
    {"result", "the result itself", as_json},
};

static const struct report_format *find(const char *name)
{
    for (size_t i = 0; i < sizeof extra / sizeof *extra; i++)
        if (!strcmp(extra[i].name, name))
            return &extra[i];
    return report_format_find(name);
}

static struct result *load(const char *path)
{
    struct json_error err;
    struct result *r = result_read_file(path, &err);
    if (!r)
        printf("# %s\n", err.text);
    return r;
}

static char *rendered(const struct report_format *f, const struct result *r)
{
    static const struct report_options options = {.columns = 80};
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    f->write(r, &options, out);
    fclose(out);
    return text;
}

/* NULL if PATH cannot be read. */
static char *contents(const char *path)
{
    FILE *in = fopen(path, "r");
    if (!in)
        return NULL;
    char *text = NULL;
    size_t length = 0, room = 0;
    do {
        room = 2 * room + 4096;
        text = xrealloc(text, room + 1);
        length += fread(text + length, 1, room - length, in);
    } while (length == room);
    text[length] = 0;
    fclose(in);
    return text;
}

/* The first line in which two texts differ. */
static void show_difference(const char *got, const char *expected)
{
    int line = 1;
    size_t start = 0, i = 0;
    for (; got[i] && got[i] == expected[i]; i++)
        if (got[i] == '\n') {
            line++;
            start = i + 1;
        }
    printf("# line %d: got      %.*s\n", line, (int)strcspn(got + start, "\n"), got + start);
    printf("# line %d: expected %.*s\n", line, (int)strcspn(expected + start, "\n"),
           expected + start);
}

static void test_golden(const char *directory, const char *name, const struct report_format *f)
{
    char *path = xasprintf("%s/%s.%s", directory, name, f->name);
    char *expected = contents(path);
    bool kept = !strcmp(name, golden[0]) && strcmp(f->name, "html"); /* t-html.sh judges pages */
    if (!expected && errno == ENOENT && !kept) { /* only the first has all formats */
        free(path);
        return;
    }
    char *source = xasprintf("%s/%s.json", directory, name);
    struct result *r = load(source);
    char *got = r ? rendered(f, r) : NULL;
    if (!ok(got && expected && !strcmp(got, expected), "%s as %s", name, f->name) && got &&
        expected)
        show_difference(got, expected);
    free(got);
    free(expected);
    free(source);
    free(path);
    result_free(r);
}

/* The golden results are as our own writer would have them, so that a change of it is seen. */
static void test_result(const char *directory, const char *name)
{
    char *path = xasprintf("%s/%s.json", directory, name);
    char *expected = contents(path);
    struct result *r = load(path);
    char *got = r ? rendered(find("result"), r) : NULL;
    if (!ok(got && expected && !strcmp(got, expected), "%s is written as it was", name) && got)
        show_difference(got, expected ? expected : "");
    free(got);
    free(expected);
    free(path);
    result_free(r);
}

static int write_one(const char *format, const char *path)
{
    const struct report_format *f = find(format);
    struct result *r = load(path);
    if (!f || !r)
        return 2;
    char *text = rendered(f, r);
    fputs(text, stdout);
    free(text);
    result_free(r);
    return 0;
}

/* A folder on disk. */
struct disk {
    struct report_folder folder;
    const char *path;
};

static FILE *open_file(struct report_folder *folder, const char *name)
{
    char *path = xasprintf("%s/%s", ((struct disk *)folder)->path, name);
    FILE *out = fopen(path, "w");
    free(path);
    return out;
}

static bool close_file(struct report_folder *folder, FILE *out)
{
    (void)folder;
    return fclose(out) == 0;
}

static int write_folder(const char *format, const char *result, const char *path)
{
    static const struct report_options options = {.columns = 80};
    struct disk disk = {{open_file, close_file}, path};
    struct result *r = load(result);
    const struct report_folder_format *f = report_folder_format_find(format);
    bool good = f && r && f->write(r, &options, &disk.folder);
    result_free(r);
    return good ? 0 : 2;
}

int main(int argc, char **argv)
{
    if (argc == 4)
        return write_folder(argv[1], argv[2], argv[3]);
    if (argc == 3)
        return write_one(argv[1], argv[2]);
    const char *srcdir = getenv("srcdir");
    char *directory = xasprintf("%s/tests/golden", srcdir ? srcdir : ".");
    for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
        test_result(directory, golden[i]);
        for (size_t j = 0; j < sizeof extra / sizeof *extra - 1; j++)
            test_golden(directory, golden[i], &extra[j]);
        for (const struct report_format *f = report_formats; f->name; f++)
            test_golden(directory, golden[i], f);
    }
    free(directory);
    return done_testing();
}

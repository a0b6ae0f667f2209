/* svg.c -- single figures as SVG files: a folder of all of them. */
#include <ctype.h>
#include <string.h>
#include "figures.h"
#include "report.h"

static const struct {
    const char *kind;
    section_figure *draw;
} section_table[] = {
    {"front", figure_front},
    {"throughput", figure_throughput},
    {"curve", figure_curve},
};

static const struct {
    const char *kind;
    kernel_figure *draw;
} kernel_table[] = {
    {"error", figure_error},
    {"histogram", figure_histogram},
};

/* KIND-NAME.svg, the name's other characters as hyphens; slashes too, so that all files lie in one
 * folder. */
static void file_name(const char *kind, const char *name, char *text, size_t length)
{
    snprintf(text, length - 4, "%s-%s", kind, name);
    for (char *c = text; *c; c++)
        if (!isalnum((unsigned char)*c) || (unsigned char)*c > 0x7f)
            *c = '-';
    strcat(text, ".svg");
}

bool report_svg(const struct result *r, const struct report_options *o,
                struct report_folder *folder)
{
    struct view *v = view_new(r, o);
    char file[256], name[200];
    bool good = true;
    for (int i = 0; i < v->nsections; i++) {
        const struct section *s = &v->section[i];
        snprintf(name, sizeof name, "%s-%s", s->function, s->dtype);
        for (size_t j = 0; good && j < sizeof section_table / sizeof *section_table; j++) {
            if (!section_table[j].draw(NULL, v, s, FIGURE_ALONE))
                continue;
            file_name(section_table[j].kind, name, file, sizeof file);
            FILE *out = folder->open(folder, file);
            good =
                out && (section_table[j].draw(out, v, s, FIGURE_ALONE), folder->close(folder, out));
        }
    }
    for (int i = 0; i < r->nkernels; i++)
        for (size_t j = 0; good && j < sizeof kernel_table / sizeof *kernel_table; j++) {
            if (r->kernel[i].same_bits_as ||
                !kernel_table[j].draw(NULL, &r->kernel[i], FIGURE_ALONE))
                continue;
            file_name(kernel_table[j].kind, r->kernel[i].name, file, sizeof file);
            FILE *out = folder->open(folder, file);
            good = out && (kernel_table[j].draw(out, &r->kernel[i], FIGURE_ALONE),
                           folder->close(folder, out));
        }
    view_free(v);
    return good;
}

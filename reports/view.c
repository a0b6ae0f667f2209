/* view.c -- what every report shows, before it has a form: see view.h. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../src/result/stats.h"
#include "alloc.h"
#include "numbers.h"
#include "view.h"

/* Appends to TEXT of LENGTH, as far as it fits. */
__attribute__((format(printf, 3, 4))) static void append(char *text, size_t length,
                                                         const char *format, ...)
{
    size_t used = strlen(text);
    va_list ap;
    va_start(ap, format);
    vsnprintf(text + used, length - used, format, ap);
    va_end(ap);
}

/* --- the view --- */

static double row_ns(const struct row *r)
{
    return r->speed ? r->speed->ns : NAN;
}
static double row_ulp(const struct row *r)
{
    return r->kernel->has_accuracy ? r->kernel->accuracy.max_ulp : NAN;
}

/* Ascending, NaN last. */
static int compare_numbers(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) - isnan(b);
    return (a > b) - (a < b);
}

static int by_time(const void *a, const void *b)
{
    int order = compare_numbers(row_ns(a), row_ns(b));
    if (!order)
        order = compare_numbers(row_ulp(a), row_ulp(b));
    const struct row *x = a, *y = b;
    return order ? order : strcmp(x->kernel->name, y->kernel->name);
}

static struct section *section_of(struct view *v, const struct kernel_record *k)
{
    for (int i = 0; i < v->nsections; i++) {
        struct section *s = &v->section[i];
        if (!strcmp(s->function, k->function) && !strcmp(s->dtype, k->dtype))
            return s;
    }
    struct section *s = &v->section[v->nsections++];
    s->function = k->function;
    s->dtype = k->dtype;
    s->about = result_function(v->result, k->function);
    s->row = allocate((size_t)v->result->nkernels, sizeof *s->row);
    return s;
}

struct view *view_new(const struct result *r, const struct report_options *o)
{
    struct view *v = allocate(1, sizeof *v);
    v->result = r;
    v->size = o && o->size ? o->size : result_main_size(r);
    v->section = allocate((size_t)r->nkernels, sizeof *v->section);
    int *dominated = allocate((size_t)r->nkernels, sizeof *dominated);
    result_dominated(r, v->size, dominated);
    for (int i = 0; i < r->nkernels; i++) {
        struct section *s = section_of(v, &r->kernel[i]);
        s->row[s->nrows++] = (struct row){
            .kernel = &r->kernel[i],
            .speed = kernel_speed(&r->kernel[i], v->size),
            .dominated_by = dominated[i] < 0 ? NULL : &r->kernel[dominated[i]],
        };
    }
    for (int i = 0; i < v->nsections; i++)
        qsort(v->section[i].row, (size_t)v->section[i].nrows, sizeof(struct row), by_time);
    free(dominated);
    return v;
}

void view_free(struct view *v)
{
    for (int i = 0; i < v->nsections; i++)
        free(v->section[i].row);
    free(v->section);
    free(v);
}

/* --- verdicts --- */

static bool is_timed(const struct row *r)
{
    return !isnan(row_ns(r));
}

static bool is_eligible(const struct row *r, double max_ulp)
{
    return r->kernel->has_accuracy && kernel_is_sound(r->kernel) && row_ulp(r) <= max_ulp;
}

/* Rows stand in the order of time, so that the first that will do is the fastest. */
const struct row *section_fastest_within(const struct section *s, double max_ulp)
{
    for (int i = 0; i < s->nrows; i++)
        if (is_timed(&s->row[i]) && is_eligible(&s->row[i], max_ulp))
            return &s->row[i];
    return NULL;
}

const struct row *section_fastest(const struct section *s)
{
    return section_fastest_within(s, INFINITY);
}

static const struct row *most_accurate(const struct section *s)
{
    const struct row *best = NULL;
    for (int i = 0; i < s->nrows; i++)
        if (is_eligible(&s->row[i], INFINITY) && (!best || row_ulp(&s->row[i]) < row_ulp(best)))
            best = &s->row[i];
    return best;
}

/* Keeps its promises, and is faster than all sound kernels, but gives results of a wrong class. */
static const struct row *fastest_unsound(const struct section *s)
{
    for (int i = 0; i < s->nrows && is_timed(&s->row[i]); i++) {
        const struct kernel_record *k = s->row[i].kernel;
        if (is_eligible(&s->row[i], INFINITY))
            return NULL;
        if (k->nbroken == 0 && k->has_accuracy)
            return &s->row[i];
    }
    return NULL;
}

static void describe(struct advice *v, const struct row *r)
{
    const char *dash = "";
    if (!r) {
        snprintf(v->why, sizeof v->why, "none");
        return;
    }
    int n = 0;
    if (is_timed(r)) {
        n = snprintf(v->why, sizeof v->why, "%s ns", num_ns(row_ns(r)).text);
        dash = ", ";
    }
    if (!r->kernel->has_accuracy)
        return;
    const struct accuracy *a = &r->kernel->accuracy;
    n += snprintf(v->why + n, sizeof v->why - (size_t)n, "%s%s ulp", dash,
                  kernel_max_ulp(r->kernel).text);
    uint64_t wrong = accuracy_class_failures(a);
    if (wrong)
        snprintf(v->why + n, sizeof v->why - (size_t)n, ", but %s result%s of a wrong class",
                 num_count(wrong).text, wrong == 1 ? "" : "s");
}

/* Adds a need to the N verdicts in V, beside another that the same row meets; how many there are.
 */
static int add_need(struct advice *v, int n, const char *need, const struct row *row)
{
    int i = 0;
    while (i < n && (!row || v[i].row != row))
        i++;
    if (i == n) {
        v[n++] = (struct advice){.row = row};
        describe(&v[i], row);
    }
    append(v[i].need, sizeof v[i].need, "%s%s", v[i].need[0] ? "; " : "", need);
    return n;
}

int section_verdicts(const struct section *s, struct advice *v)
{
    int n = 0;
    bool timed = false, graded = false;
    for (int i = 0; i < s->nrows; i++) {
        timed |= is_timed(&s->row[i]);
        graded |= s->row[i].kernel->has_accuracy;
    }
    if (!graded && timed)
        n = add_need(v, n, "fastest, accuracy not measured", &s->row[0]);
    if (graded && timed) {
        const struct row *within = section_fastest_within(s, 1),
                         *looser = section_fastest_within(s, 4);
        const struct row *unsound = fastest_unsound(s);
        n = add_need(v, n, "fastest within 1 ulp", within);
        if (looser && looser != within)
            n = add_need(v, n, "fastest within 4 ulp", looser);
        n = add_need(v, n, "fastest of all that keep their promises",
                     section_fastest_within(s, INFINITY));
        if (unsound)
            n = add_need(v, n, "faster still", unsound);
    }
    if (graded)
        n = add_need(v, n, "most accurate", most_accurate(s));
    return n;
}

/* --- words --- */

const struct speed *section_cell(const struct section *s)
{
    for (int i = 0; i < s->nrows; i++)
        if (s->row[i].speed)
            return s->row[i].speed;
    return NULL;
}

int section_coverage(const struct section *s, int i, char *text, size_t length)
{
    for (int row = 0; row < s->nrows; row++) {
        const struct kernel_record *k = s->row[row].kernel;
        if (!k->has_accuracy)
            continue;
        accuracy_word(&k->accuracy, text, length);
        bool told = false;
        for (int j = 0; j < row && !told; j++) {
            char earlier[512];
            if (!s->row[j].kernel->has_accuracy)
                continue;
            accuracy_word(&s->row[j].kernel->accuracy, earlier, sizeof earlier);
            told = !strcmp(text, earlier);
        }
        if (!told && i-- == 0)
            return row;
    }
    return -1;
}

const char *kernel_short_name(const struct kernel_record *k)
{
    size_t f = strlen(k->function), d = strlen(k->dtype);
    const char *name = k->name;
    if (strncmp(name, k->function, f) || name[f] != '/')
        return name;
    if (strncmp(name + f + 1, k->dtype, d) || name[f + 1 + d] != '/')
        return name;
    return name + f + d + 2;
}

static struct num max_ulp_of(bool graded, const struct accuracy *a)
{
    struct num n = num_ulp(graded ? a->max_ulp : NAN);
    if (graded && a->max_ulp > 0 && strcmp(a->coverage, "exhaustive"))
        snprintf(n.text, sizeof n.text, ">=%.60s", num_ulp(a->max_ulp).text);
    return n;
}

struct num kernel_max_ulp(const struct kernel_record *k)
{
    return max_ulp_of(k->has_accuracy, &k->accuracy);
}

struct num kernel_ideal_ulp(const struct kernel_record *k)
{
    return max_ulp_of(k->has_ideal, &k->ideal);
}

bool section_has_ideal(const struct section *s)
{
    for (int i = 0; i < s->nrows; i++)
        if (s->row[i].kernel->has_ideal)
            return s->about && s->about->approximates;
    return false;
}

void ideal_sentence(const struct kernel_record *k, char *text, size_t length)
{
    const struct accuracy *a = &k->ideal;
    text[0] = 0;
    if (!k->has_ideal || isnan(a->max_ulp))
        return;
    snprintf(text, length, "%s ulp at x = %s; %s %% correctly rounded", kernel_ideal_ulp(k).text,
             num_hexfloat(a->worst.x_value).text, num_share(accuracy_share_correct(a)).text);
}

void accuracy_word(const struct accuracy *a, char *text, size_t length)
{
    if (!strcmp(a->coverage, "exhaustive"))
        snprintf(text, length, "exhaustive: all %s inputs; %s", num_count(a->inputs).text,
                 a->rigour);
    else
        snprintf(text, length, "%s (%s): %s inputs, maxima are the largest found; %s", a->coverage,
                 a->sweep, num_count(a->inputs).text, a->rigour);
}

void failure_sentence(const struct kernel_record *k, enum failure f, char *text, size_t length)
{
    const struct count *c = &k->accuracy.failure[f];
    const struct witness *w = &c->first;
    struct num due = num_value(value_of_bits(w->due, k->dtype), k->dtype);
    snprintf(text, length, "%s: %s input%s, first x = %s (%s) gives %s, due %s", failure_title[f],
             num_count(c->n).text, c->n == 1 ? "" : "s", num_hexfloat(w->x_value).text,
             num_value(w->x_value, k->dtype).text, num_value(w->y_value, k->dtype).text, due.text);
}

void finding_place(const struct kernel_record *k, const struct finding *f, char *text,
                   size_t length)
{
    text[0] = 0;
    if (f->length)
        append(text, length, "n = %" PRIu64 ", input %d and output %d bytes from alignment",
               f->length, f->offset_in, f->offset_out);
    if (!f->has_input)
        return;
    const struct witness *w = &f->input;
    append(text, length, "%sx = %s", f->length ? ", " : "", num_hexfloat(w->x_value).text);
    if (w->y != w->due) /* the same where there was no result: a crash */
        append(text, length, " gives %s (%s), due %s", num_value(w->y_value, k->dtype).text,
               num_bits(w->y, k->dtype).text, num_bits(w->due, k->dtype).text);
}

const char *finding_weight(const struct finding *f)
{
    return f->waived ? "waived" : !f->judged ? "reported only" : f->fatal ? "fatal" : "";
}

void saturation_sentence(const struct accuracy *a, char *text, size_t length)
{
    const struct {
        const char *side;
        double kernel, exact;
    } row[] = {{"below", a->saturates_below, a->exact_saturates_below},
               {"above", a->saturates_above, a->exact_saturates_above}};
    text[0] = 0;
    for (int i = 0; i < 2; i++) {
        if (isnan(row[i].kernel))
            continue;
        append(text, length, "%sconstant %s %s", *text ? ", " : "", row[i].side,
               num_general(row[i].kernel).text);
        if (!isnan(row[i].exact) && row[i].exact != row[i].kernel)
            append(text, length, " (exactly rounded: %s)", num_general(row[i].exact).text);
    }
}

/* --- failures of the same bits --- */

bool fails_with_another(const struct section *s, const struct kernel_record *k)
{
    for (int i = 0; k->same_bits_as && i < s->nrows; i++)
        if (!strcmp(s->row[i].kernel->name, k->same_bits_as))
            return true;
    return false;
}

void failing_alike(const struct section *s, const struct kernel_record *k, char *names,
                   size_t length)
{
    const struct kernel_record **alike = allocate((size_t)s->nrows, sizeof *alike);
    int n = 0;
    for (int i = 0; i < s->nrows; i++) {
        const struct kernel_record *other = s->row[i].kernel;
        if (other->same_bits_as && !strcmp(other->same_bits_as, k->name))
            alike[n++] = other;
    }
    kernel_names(NULL, alike, n, names, length);
    free(alike);
}

/* --- where several results are right --- */

static struct num answer_value(uint64_t y, const char *dtype)
{
    return num_value(value_of_bits(y, dtype), dtype);
}

static void right_sentence(const struct answer *a, const char *dtype, char *text, size_t length)
{
    text[0] = 0;
    for (int i = 0; i < a->nright; i++)
        append(text, length, "%s%s", i ? ", " : "", answer_value(a->right[i], dtype).text);
}

/* NaNs are one. */
static bool same_answer(uint64_t a, uint64_t b, const char *dtype)
{
    return a == b || (isnan(value_of_bits(a, dtype)) && isnan(value_of_bits(b, dtype)));
}

static bool answer_is_right(const struct answer *a, const char *dtype)
{
    for (int i = 0; i < a->nright; i++)
        if (same_answer(a->y, a->right[i], dtype))
            return true;
    return false;
}

void answers_sentence(const struct kernel_record *k, char *text, size_t length)
{
    text[0] = 0;
    for (int i = 0; i < k->nanswers; i++) {
        const struct answer *a = &k->answer[i];
        char right[160];
        right_sentence(a, k->dtype, right, sizeof right);
        append(text, length, "%s%s at x = %s (right: %s)", i ? "; " : "",
               answer_value(a->y, k->dtype).text, num_value(a->x_value, k->dtype).text, right);
    }
}

static const struct answer *answer_at(const struct kernel_record *k, uint64_t x)
{
    for (int i = 0; i < k->nanswers; i++)
        if (k->answer[i].x == x)
            return &k->answer[i];
    return NULL;
}

static bool same_method(const struct kernel_record *a, const struct kernel_record *b)
{
    return a->symbol == NULL && b->symbol == NULL && a->method && b->method && a->isa && b->isa &&
           !strcmp(a->method, b->method);
}

/* How many of the N kernels K are of the method of WHICH. */
static int of_method(const struct kernel_record *const *k, int n, const struct kernel_record *which)
{
    int members = 0;
    for (int i = 0; i < n; i++)
        members += same_method(k[i], which);
    return members;
}

static int section_of_method(const struct section *s, const struct kernel_record *which)
{
    int members = 0;
    for (int i = 0; i < s->nrows; i++)
        members += same_method(s->row[i].kernel, which);
    return members;
}

void kernel_names(const struct section *s, const struct kernel_record *const *k, int n, char *text,
                  size_t length)
{
    text[0] = 0;
    for (int i = 0; i < n; i++) {
        int members = of_method(k, n, k[i]);
        if (of_method(k, i, k[i])) /* told with the first of them */
            continue;
        append(text, length, "%s", *text ? ", " : "");
        if (members < 2) {
            append(text, length, "%s", kernel_short_name(k[i]));
            continue;
        }
        append(text, length, "%s/", k[i]->method);
        if (s && members == section_of_method(s, k[i])) {
            append(text, length, "*");
            continue;
        }
        for (int j = i, first = 1; j < n; j++)
            if (same_method(k[i], k[j])) {
                append(text, length, "%s%s", first ? "{" : ",", k[j]->isa);
                first = 0;
            }
        append(text, length, "}");
    }
}

/* What the kernels of S give at the input of A, which is the first of them. */
static void several_at(const struct section *s, const struct answer *a, struct several *at)
{
    const struct kernel_record **giving = allocate((size_t)s->nrows, sizeof *giving);
    int asked = 0;
    *at = (struct several){.x = num_value(a->x_value, s->dtype)};
    right_sentence(a, s->dtype, at->right, sizeof at->right);
    for (int i = 0; i < s->nrows; i++) {
        const struct answer *b = answer_at(s->row[i].kernel, a->x);
        int g = 0;
        if (!b)
            continue;
        asked++;
        while (g < at->ngiven && !same_answer(at->given[g].y, b->y, s->dtype))
            g++;
        if (g == MAX_GIVEN)
            continue;
        if (g == at->ngiven) {
            at->given[at->ngiven++].y = b->y;
            at->given[g].value = answer_value(b->y, s->dtype);
            at->given[g].is_right = answer_is_right(b, s->dtype);
        }
        at->given[g].nkernels++;
    }
    for (int g = 0; g < at->ngiven; g++) {
        int n = 0;
        for (int i = 0; i < s->nrows; i++) {
            const struct answer *b = answer_at(s->row[i].kernel, a->x);
            if (b && same_answer(at->given[g].y, b->y, s->dtype))
                giving[n++] = s->row[i].kernel;
        }
        kernel_names(s, giving, n, at->given[g].kernels, sizeof at->given[g].kernels);
        if (n == asked && n > 1)
            snprintf(at->given[g].kernels, sizeof at->given[g].kernels, "all %d", n);
    }
    free(giving);
}

int section_several(const struct section *s, struct several **list)
{
    for (int i = 0; i < s->nrows; i++) { /* all kernels of a section are asked the same */
        const struct kernel_record *k = s->row[i].kernel;
        if (!k->nanswers)
            continue;
        *list = allocate((size_t)k->nanswers, sizeof **list);
        for (int j = 0; j < k->nanswers; j++)
            several_at(s, &k->answer[j], &(*list)[j]);
        return k->nanswers;
    }
    *list = NULL;
    return 0;
}

/* "; NUMBER WHAT", and what is due beside it where that reads otherwise. */
static void append_beside(char *text, size_t length, struct num kernel, struct num exact,
                          const char *form)
{
    append(text, length, form, kernel.text);
    if (strcmp(kernel.text, exact.text))
        append(text, length, " (exactly: %s)", exact.text);
}

void under_sentence(const struct accuracy *a, char *text, size_t length)
{
    const struct under *u = &a->under;
    text[0] = 0;
    if (!a->has_under)
        return;
    append(text, length, "%s: mean error %s ulp, %s %% correctly rounded", u->inputs,
           num_general(u->mean_ulp).text, num_share(u->correct).text);
    append_beside(text, length, num_general(u->mean), num_general(u->exact_mean),
                  "; mean result %s");
    append_beside(text, length, num_share(u->saturated), num_share(u->exact_saturated),
                  "; %s %% where it is constant");
    append_beside(text, length, num_share(u->zero), num_share(u->exact_zero), "; %s %% give 0");
}

void machine_sentence(const struct machine *m, char *text, size_t length)
{
    snprintf(text, length, "%s", m->cpu_model ? m->cpu_model : "unknown CPU");
    if (m->cores > 0)
        append(text, length, ", %d core%s", m->cores, m->cores == 1 ? "" : "s");
    if (m->isas)
        append(text, length, " (%s)", m->isas);
    const struct {
        const char *level;
        double bytes;
    } cache[] = {{"L1d", m->l1d_bytes}, {"L2", m->l2_bytes}, {"L3", m->l3_bytes}};
    for (int i = 0; i < 3; i++)
        if (cache[i].bytes > 0)
            append(text, length, ", %s %s", cache[i].level, num_bytes(cache[i].bytes).text);
    if (m->core_ghz_max > 0)
        append(text, length, ", %.2f to %.2f GHz", m->core_ghz_min, m->core_ghz_max);
    if (m->hypervisor)
        append(text, length, ", under %s", m->hypervisor);
    append(text, length, "; governor %s", m->governor ? m->governor : "unknown");
    if (m->kernel)
        append(text, length, "; %s", m->kernel);
    if (m->libc)
        append(text, length, "; %s", m->libc);
}

void build_sentence(const struct build *b, char *text, size_t length)
{
    snprintf(text, length, "actulp %s", b->version ? b->version : "(unknown version)");
    if (b->revision)
        append(text, length, " (%s)", b->revision);
    if (b->compiler)
        append(text, length, ", %s", b->compiler);
    if (b->cflags)
        append(text, length, " %s", b->cflags);
    if (b->mpfr)
        append(text, length, ", MPFR %s", b->mpfr);
    if (b->gmp)
        append(text, length, ", GMP %s", b->gmp);
}

struct num yardstick_label(const struct result *r)
{
    struct num n;
    snprintf(n.text, sizeof n.text, "x %.40s", r->yardstick ? r->yardstick : "yardstick");
    return n;
}

struct num noise_floor(const struct result *r)
{
    struct num n = {"not measured"};
    if (!isnan(r->noise_floor))
        snprintf(n.text, sizeof n.text, r->noise_floor < 0.1 ? "%.2g %%" : "%.0f %%",
                 100 * r->noise_floor);
    return n;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

bool same_conditions(const struct speed *a, const struct speed *b)
{
    return a->n == b->n && same_text(a->level, b->level) && same_text(a->inputs, b->inputs) &&
           same_text(a->mode, b->mode);
}

const struct speed *yardstick_cell(const struct result *r, const char *dtype, const struct speed *c)
{
    for (int i = 0; i < r->nyardsticks; i++) {
        const struct yardstick_record *y = &r->yardsticks[i];
        for (int k = 0; k < y->nspeed && same_text(y->name, r->yardstick); k++)
            if (!strcmp(y->dtype, dtype) && same_conditions(&y->speed[k], c))
                return &y->speed[k];
    }
    return NULL;
}

void clock_sentence(const struct machine *m, char *text, size_t length)
{
    text[0] = 0;
    if (!m->clock)
        return;
    append(text, length, "%s in steps of %s ns", m->clock, num_ns(m->clock_step_ns).text);
    if (!isnan(m->core_ghz_max)) {
        append(text, length, "; core at %s to %s GHz", num_ns(m->core_ghz_min).text,
               num_ns(m->core_ghz_max).text);
        if (m->cycles_from)
            append(text, length, " (by a %s)", m->cycles_from);
        if (strcmp(m->clock, "monotonic"))
            append(text, length, ", %s to %s cycles a tick",
                   num_ns(m->core_ghz_min * 1e9 / m->clock_hz).text,
                   num_ns(m->core_ghz_max * 1e9 / m->clock_hz).text);
    }
    if (m->cpu >= 0)
        append(text, length, "; pinned to CPU %d", m->cpu);
    else
        append(text, length, "; not pinned");
}

void disturbance_sentence(const struct machine *m, char *text, size_t length)
{
    text[0] = 0;
    if (!isnan(m->load_before))
        append(text, length, "load %.2f before and %.2f after", m->load_before, m->load_after);
    if (!isnan(m->steal_share))
        append(text, length, "%s%.1f %% of the time stolen by the host", text[0] ? "; " : "",
               100 * m->steal_share);
    if (!isnan(m->switches))
        append(text, length, "%sput off its core %.0f times", text[0] ? "; " : "", m->switches);
}

void modes_sentence(const struct result *r, char *text, size_t length)
{
    static const int last[] = {0, 3, 7, 14, HISTOGRAM_BINS - 2, HISTOGRAM_BINS - 1};
    uint64_t total = 0;
    for (int i = 0; i < HISTOGRAM_BINS; i++)
        total += r->modes[i];
    text[0] = 0;
    for (size_t k = 0, bin = 0; total && k < sizeof last / sizeof *last; k++) {
        uint64_t count = 0;
        for (; (int)bin <= last[k]; bin++)
            count += r->modes[bin];
        if (!count)
            continue;
        append(text, length, "%s%.0f %% ", text[0] ? ", " : "",
               100 * (double)count / (double)total);
        if (last[k] == HISTOGRAM_BINS - 1)
            append(text, length, "above");
        else
            append(text, length, k ? "to %.3g" : "within %.3g of the least of their cell",
                   pow(1.03, last[k] + 1));
    }
}

void promise_sentence(const struct kernel_record *k, char *text, size_t length)
{
    text[0] = 0;
    for (int i = 0; i < k->nbounds; i++) {
        const struct bound_record *b = &k->bound[i];
        append(text, length, "%s%s ulp", i ? ", " : "", num_general(b->ulp).text);
        if (isinf(b->lo) && isinf(b->hi))
            append(text, length, " everywhere");
        else
            append(text, length, " on [%s, %s]", num_general(b->lo).text, num_general(b->hi).text);
    }
    for (int i = 0; i < k->nkeeps; i++)
        append(text, length, "%s%s", i ? ", " : k->nbounds ? "; keeps " : "keeps ", k->keeps[i]);
    if (!text[0])
        snprintf(text, length, "nothing");
}

/* t-guard.c -- the fault gallery: each broken kernel is found under its own name, no sound one is
 * accused.
 *
 * The kernels are in faults/faults.c, faults/rare.c and faults/sound.c, built as shared libraries
 * in FAULTS (default tests/faults).  With arguments, only the kernels named are tried, and every
 * finding is printed.
 */
#include "../src/measure/guard.h"
#include "tap.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

/* A library built with sanitizers ends with exit(1) where the fault would otherwise crash, does not
 * keep to the compiler's own register allocation, and counts its memory itself. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#endif
#if !defined(SANITIZED)
#define SANITIZED 0
#endif

enum needs { ANYTHING, NO_SANITIZER, AVX, AVX512 };

/* How a kernel is called, and on what. */
enum form {
    F32_ARRAY,
    F32_SCALAR,
    F64_ARRAY,
    F64_SCALAR,
    F16_ARRAY,
    BF16_ARRAY,
    BF16_SCALAR,
    F32_BF16_ARRAY,
    F32_BF16_SCALAR,
    YXN,
    NXY,
    PARAM
};
static const struct {
    enum signature signature;
    enum format in, out;
} forms[] = {
    [F32_ARRAY] = {SIGNATURE_ARRAY, FORMAT_F32, FORMAT_F32},
    [F32_SCALAR] = {SIGNATURE_SCALAR, FORMAT_F32, FORMAT_F32},
    [F64_ARRAY] = {SIGNATURE_ARRAY, FORMAT_F64, FORMAT_F64},
    [F64_SCALAR] = {SIGNATURE_SCALAR, FORMAT_F64, FORMAT_F64},
    [F16_ARRAY] = {SIGNATURE_ARRAY, FORMAT_F16, FORMAT_F16},
    [BF16_ARRAY] = {SIGNATURE_ARRAY, FORMAT_BF16, FORMAT_BF16},
    [BF16_SCALAR] = {SIGNATURE_SCALAR, FORMAT_BF16, FORMAT_BF16},
    [F32_BF16_ARRAY] = {SIGNATURE_ARRAY, FORMAT_F32, FORMAT_BF16},
    [F32_BF16_SCALAR] = {SIGNATURE_SCALAR, FORMAT_F32, FORMAT_BF16},
    [YXN] = {SIGNATURE_YXN, FORMAT_F32, FORMAT_F32},
    [NXY] = {SIGNATURE_NXY, FORMAT_F32, FORMAT_F32},
    [PARAM] = {SIGNATURE_KERNEL, FORMAT_F32, FORMAT_F32},
};

struct row {
    const char *name;
    const char *kind; /* that must be found; NULL: sound */
    const char *also; /* other judged kinds that may be found, with spaces around */
    enum needs needs;
    enum form form;
};

#define FAULT(NAME, KIND) .name = #NAME, .kind = KIND
#define SOUND(NAME)       .name = #NAME

static const struct row faults[] = {
    {FAULT(tail_differs, "tail")},
    {FAULT(body_differs, "tail")},
    {FAULT(long_differs, "tail")},
    {FAULT(tail_loses_nan, "tail")},
    {FAULT(last_is_skipped, "unwritten")},
    {FAULT(tail_is_skipped, "unwritten")},
    {FAULT(first_is_skipped, "unwritten")},
    {FAULT(int16_length, "unwritten"), .also = " length "},
    {FAULT(int_length, "length")},
    {FAULT(unsigned_length, "length")},
    {FAULT(nan_leaks, "neighbours")},
    {FAULT(huge_neighbour, "neighbours")},
    {FAULT(subnormal_neighbour, "neighbours")},
    {FAULT(unaligned_differs, "alignment")},
    {FAULT(output_alignment_differs, "alignment")},
    {FAULT(both_alignments_differ, "alignment")},
    {FAULT(relative_alignment_differs, "alignment")},
    {FAULT(single_differs, "tail")},
    {FAULT(in_place_differs, "in-place")},
    {FAULT(random_result, "unrepeatable")},
    {FAULT(seldom_wrong, "unrepeatable")},
    {FAULT(unset_variable, "unset")},
    {FAULT(stale_cache, "state")},
    {FAULT(remembers_nan, "state")},
    {FAULT(first_call_differs, "state")},
    {FAULT(accumulates, "output-read"), .also = " unwritten "},
    {FAULT(reads_output, "output-read")},
    {FAULT(returns_early, "late"), .also = " unwritten "},
    {FAULT(static_buffer, "threads")},
    {FAULT(static_job, "threads"), .also = " memory "},
    {FAULT(growing_scratch, "threads"), .also = " crash memory "},
    {FAULT(lazy_table, "threads")},
    {FAULT(overread, "overread")},
    {FAULT(overread_by_one, "overread")},
    {FAULT(underread, "overread")},
    {FAULT(blended_tail, "overread")},
    {FAULT(rewrites_beyond, "overread")},
    {FAULT(overwrite, "overwrite")},
    {FAULT(overwrite_far, "overwrite")},
    {FAULT(underwrite, "overwrite")},
    {FAULT(peel_past_end, "overwrite")},
    {FAULT(writes_for_nothing, "empty")},
    {FAULT(reads_for_nothing, "empty")},
    {FAULT(changes_input, "input")},
    {FAULT(borrows_input, "input")},
    {FAULT(writes_callers_frame, "memory")},
    {FAULT(writes_heap, "memory"), .needs = NO_SANITIZER},
    {FAULT(overflows_heap, "crash"), .also = " memory threads "},
    {FAULT(frees_input, "crash")},
    {FAULT(frees_twice, "crash")},
    {FAULT(unmaps_output, "memory")},
    {FAULT(protects_input, "memory")},
    {FAULT(crashes_long, "crash")},
    {FAULT(crashes_longer, "crash")},
    {FAULT(crashes_at_value, "crash")},
    {FAULT(crashes_at_value_in_body, "crash")},
    {FAULT(crashes_in_a_lane, "crash")},
    {FAULT(illegal, "crash")},
    {FAULT(divides_by_zero, "crash")},
    {FAULT(aborts, "crash")},
    {FAULT(exits, "exit")},
    {FAULT(exits_at_once, "exit")},
    {FAULT(exits_thread, "exit")},
    {FAULT(hangs, "hang")},
    {FAULT(sleeps, "hang")},
    {FAULT(deadlocks, "hang")},
    {FAULT(recurses, "crash")},
    {FAULT(kills_itself, "crash")},
    {FAULT(stops_itself, "crash")},
    {FAULT(jumps_back, "crash"), .also = " threads input "},
    {FAULT(flushes, "flush-to-zero")},
    {FAULT(rounds_down, "rounding-mode")},
    {FAULT(changes_handler, "signals")},
    {FAULT(catches_faults, "signals")},
    {FAULT(blocks_signals, "signals")},
    {FAULT(closes_output, "files")},
    {FAULT(closes_everything, "files")},
    {FAULT(prints, "prints")},
    {FAULT(writes_error, "prints")},
    {FAULT(forks, "processes")},
    {FAULT(leaves_process, "processes")},
    {FAULT(leaves_threads, "left-threads")},
    {FAULT(changes_directory, "process")},
    {FAULT(changes_umask, "process")},
    {FAULT(pins_thread, "process")},
    {FAULT(sets_timer, "process")},
    {FAULT(sets_variable, "process")},
    {FAULT(sets_locale, "process")},
    {FAULT(stale_flags, "unset")},
    {FAULT(counter_overflows, "state")},
    {FAULT(int_bytes, "length")},
    {FAULT(main_thread_only, "threads")},
    {FAULT(deadlocks_together, "hang")},
    {FAULT(clobbers_register, "registers"), .needs = NO_SANITIZER},
    {FAULT(scalar_state, "state"), .form = F32_SCALAR},
    {FAULT(scalar_crash, "crash"), .form = F32_SCALAR},
    {FAULT(scalar_rounds, "rounding-mode"), .form = F32_SCALAR},
    {FAULT(scalar_random, "unrepeatable"), .form = F64_SCALAR},
    {FAULT(short_tail, "tail"), .form = F16_ARRAY},
    {FAULT(wide_store, "overwrite"), .form = F32_BF16_ARRAY},
    {FAULT(double_alignment, "alignment"), .form = F64_ARRAY},
    {FAULT(changes_parameters, "memory"), .form = PARAM},
#if defined(__x86_64__)
    {FAULT(aligned_load, "alignment")},
    {FAULT(aligned_store, "alignment")},
    {FAULT(daz, "flush-to-zero")},
    {FAULT(unmasks, "exception-masks")},
    {FAULT(x87_precision, "x87")},
    {FAULT(no_emms, "mmx")},
    {FAULT(clobbers_rbx, "registers"), .needs = NO_SANITIZER},
    {FAULT(pops_arguments, "stack")},
    {FAULT(direction_flag, "direction-flag")},
    {FAULT(alignment_flag, "direction-flag")},
    {FAULT(unset_register, "unset"), .needs = NO_SANITIZER},
    {FAULT(unset_upper_half, "unset"), .needs = AVX},
    {FAULT(unset_mask, "unset"), .needs = AVX512},
    {FAULT(scalar_whole_register, "unset"), .form = F32_SCALAR},
#endif
};

/* In rare.c. */
static const struct row rare[] = {
    {FAULT(beyond_65536, "tail")},
    {FAULT(beyond_a_million, "tail")},
    {FAULT(one_length_at_one_alignment, "alignment")},
    {FAULT(one_length_at_one_pair, "alignment")},
    {FAULT(output_below_input, "alignment"), .also = " in-place threads "},
    {FAULT(output_above_input, "alignment"), .also = " in-place threads "},
    {FAULT(int_distance, "alignment")},
    {FAULT(in_place_long, "in-place")},
    {FAULT(in_place_overlap, "in-place")},
    {FAULT(nan_in_a_block, "neighbours")},
    {FAULT(underread_long, "overread")},
    {FAULT(underwrite_long, "overread")},
    {FAULT(borrows_input_long, "input")},
    {FAULT(reads_errno, "unset")},
    {FAULT(depends_on_time, "unrepeatable")},
    {FAULT(depends_on_place, "alignment")},
    {FAULT(depends_on_rounding_flags, "unset")},
    {FAULT(previous_input, "state")},
    {FAULT(after_3000_calls, "state"), .also = " unrepeatable "},
    {FAULT(one_in_ten_thousand, "unrepeatable")},
    {FAULT(shared_when_long, "threads")},
    {FAULT(shared_length, "threads")},
    {FAULT(flushes_in_threads, "flush-to-zero")},
    {FAULT(writes_later, "late")},
    {FAULT(crashes_later, "memory")},
    {FAULT(rounds_up_for_nan, "rounding-mode")},
    {FAULT(flushes_for_subnormals_in_long_calls, "flush-to-zero")},
    {FAULT(sets_thread_locale, "process")},
    {FAULT(names_thread, "process")},
    {FAULT(changes_scheduling, "process")},
    {FAULT(sets_posix_timer, "process")},
    {FAULT(changes_environment, "process")},
    {FAULT(replaces_process, "exit")},
    {FAULT(kills_parent, "crash"), .also = " memory "},
    {FAULT(kills_group, "crash")},
    {FAULT(takes_memory, "crash")},
    {FAULT(crashes_at_a_million, "crash")},
    {FAULT(hangs_for_one_value, "hang")},
};

/* Told, not judged. */
static const struct row told[] = {
    {FAULT(leaks, "leak"), .needs = NO_SANITIZER}, {FAULT(leaks_mappings, "leak")},
    {FAULT(leaves_files, "left-files")},           {FAULT(raises_invalid, "raised")},
    {FAULT(tail_changes_nan, "nan-bits")},
};

static const struct row sound[] = {
    {SOUND(plain)},
    {SOUND(vector)},
    {SOUND(backwards)},
    {SOUND(outside_in)},
    {SOUND(overlapping_tail)},
    {SOUND(aligned_ends)},
    {SOUND(huge_frame)},
    {SOUND(variable_frame)},
    {SOUND(heap_scratch)},
    {SOUND(mapped_scratch)},
    {SOUND(thread_scratch)},
    {SOUND(memo)},
    {SOUND(lazy_table)},
    {SOUND(locked)},
    {SOUND(own_threads)},
    {SOUND(thread_pool)},
    {SOUND(sets_errno)},
    {SOUND(two_passes)},
    {SOUND(odd_pointers)},
    {SOUND(canonical_nan)},
    {SOUND(constant)},
    {SOUND(identity)},
    {SOUND(pattern)},
    {SOUND(slow)},
    {SOUND(reads_files)},
    {SOUND(peeled)},
    {SOUND(own_rounding)},
    {SOUND(long_doubles)},
    {SOUND(prefetches)},
    {SOUND(forks_and_waits)},
    {SOUND(blocks_and_unblocks)},
    {SOUND(recursive)},
    {SOUND(deep_frame)},
    {SOUND(switches_with_length)},
    {SOUND(whole_vectors)},
    {SOUND(jumps_inside)},
    {SOUND(borrows_surroundings)},
    {SOUND(clears_flags)},
    {SOUND(scratch_of_length)},
    {SOUND(idle_thread)},
    {SOUND(curious)},
    {SOUND(output_as_scratch)},
    {SOUND(dispatches)},
#if defined(__x86_64__)
    {SOUND(non_temporal)},
    {SOUND(flushes_inside)},
    {SOUND(uses_mmx)},
    {SOUND(string_copy)},
    {SOUND(masked_tail)},
    {SOUND(masked_tail_512)},
    {SOUND(no_vzeroupper)},
#endif
    {SOUND(scalar), .form = F32_SCALAR},
    {SOUND(scalar_double), .form = F64_SCALAR},
    {SOUND(scalar_bfloat), .form = BF16_SCALAR},
    {SOUND(scalar_to_bfloat), .form = F32_BF16_SCALAR},
    {SOUND(bfloat), .form = BF16_ARRAY},
    {SOUND(to_bfloat_array), .form = F32_BF16_ARRAY},
    {SOUND(doubles), .form = F64_ARRAY},
    {SOUND(output_first), .form = YXN},
    {SOUND(length_first), .form = NXY},
    {SOUND(with_param), .form = PARAM},
};

#define COUNT(A) (sizeof(A) / sizeof *(A))

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t seed = 20240607;

static struct contract guard(const char *library, const struct row *row, unsigned keeps,
                             const char *waive)
{
    static char path[4096];
    const char *dir = getenv("FAULTS");
    snprintf(path, sizeof path, "%s/%s.so", dir ? dir : "tests/faults", library);
    struct kernel kernel = {.function = "softsign", .dtype = "f32", .isa = ISA_EXT};
    kernel.promise.keeps = keeps;
    struct subject s = {.name = (char *)row->name, .kernel = &kernel};
    s.signature = forms[row->form].signature;
    s.in = forms[row->form].in;
    s.out = forms[row->form].out;
    s.library = path;
    s.symbol = (char *)row->name;
    s.param[0] = 0.75;
    struct guard_options o = {
        .seed = seed, .seconds = 0.5, .waive = &waive, .nwaive = waive != NULL};
    struct contract c;
    guard_run(&s, &o, &c);
    return c;
}

static const struct finding *find(const struct contract *c, const char *kind)
{
    for (int i = 0; i < c->nfindings; i++)
        if (!strcmp(c->finding[i].kind, kind))
            return &c->finding[i];
    return NULL;
}

static void forget(struct contract *c)
{
    for (int i = 0; i < c->nfindings; i++) {
        free(c->finding[i].kind);
        free(c->finding[i].text);
    }
    free(c->finding);
    free(c->verdict);
}

static void show(const struct contract *c)
{
    for (int i = 0; i < c->nfindings; i++) {
        const struct finding *f = &c->finding[i];
        printf("#   %s%s%s: %s [n %zu, offsets %d %d", f->kind, f->fatal ? ", fatal" : "",
               f->judged ? "" : ", told", f->text, (size_t)f->length, f->offset_in, f->offset_out);
        if (f->has_input)
            printf(", x 0x%llx", (unsigned long long)f->input.x);
        printf("]\n");
    }
}

/* Is KIND one of the words of LIST? */
static bool allowed(const char *list, const char *kind)
{
    char word[64];
    snprintf(word, sizeof word, " %s ", kind);
    return strstr(list, word);
}

/* What a sanitizer may turn into an exit. */
static bool is_end(const char *kind)
{
    return allowed(" crash memory late ", kind);
}

/* NULL, or why the row cannot be tried here. */
static const char *lacks(const struct row *row)
{
    if (SANITIZED && row->needs == NO_SANITIZER)
        return "not with sanitizers";
#if defined(__x86_64__)
    if (row->needs == AVX && !__builtin_cpu_supports("avx"))
        return "this machine has no AVX";
    if (row->needs == AVX512 && !__builtin_cpu_supports("avx512f"))
        return "this machine has no AVX-512";
#endif
    return NULL;
}

static void one(const char *library, const struct row *row)
{
    if (lacks(row)) {
        skip("%s: %s", row->name, lacks(row));
        return;
    }
    double start = now();
    struct contract c = guard(library, row, KEEPS_ALL, NULL);
    double took = now() - start;
    int named = 0, others = 0;
    for (int i = 0; i < c.nfindings; i++) {
        const struct finding *f = &c.finding[i];
        bool end = SANITIZED && f->fatal && !strcmp(f->kind, "exit");
        if (row->kind && (!strcmp(f->kind, row->kind) || (end && is_end(row->kind))))
            named++;
        else
            others += f->judged && !end && !(row->also && allowed(row->also, f->kind));
    }
    printf("# %s: %s, %llu calls, %.3f s\n", row->name, c.verdict, (unsigned long long)c.calls,
           took);
    show(&c);
    if (row->kind)
        ok(named && !others, "%s is found: %s, and %d others", row->name, row->kind, others);
    else
        ok(!others && !strcmp(c.verdict, "kept"), "%s is sound", row->name);
    forget(&c);
}

/* ---- what a finding tells -------------------------------------------------------------------- */

/* The smallest call; -1 and NO_INPUT: not asked. */
enum { NO_INPUT = 1 };
static const struct {
    const char *name, *kind;
    bool fatal;
    int length, offset_in, offset_out;
    uint32_t x;
} smallest[] = {
    {"tail_differs", "tail", false, 4, 0, 0, NO_INPUT},
    {"body_differs", "tail", false, 64, 0, 0, NO_INPUT},
    {"last_is_skipped", "unwritten", false, 2, 0, 0, NO_INPUT},
    {"unaligned_differs", "alignment", false, 1, 4, -1, NO_INPUT},
    {"both_alignments_differ", "alignment", false, 1, 4, 60, NO_INPUT},
    {"crashes_at_value", "crash", true, 1, 0, 0, 0x40400000},
    {"crashes_long", "crash", true, 4097, 0, 0, NO_INPUT},
    {"crashes_longer", "crash", true, 5301, 0, 0, NO_INPUT},
    {"illegal", "crash", true, 17, 0, 0, NO_INPUT},
    {"aborts", "crash", true, 5, 0, 0, NO_INPUT},
    {"exits", "exit", true, 65, 0, 0, NO_INPUT},
    {"hangs", "hang", true, 23, 0, 0, NO_INPUT},
    {"overread_by_one", "overread", true, 21, -1, -1, NO_INPUT},
    {"underwrite", "overwrite", true, 9, 0, 0, NO_INPUT},
    {"int_length", "length", false, -1, 0, 0, NO_INPUT},
};

static void smallest_calls(void)
{
    for (size_t i = 0; i < COUNT(smallest); i++) {
        struct row row = {.name = smallest[i].name};
        struct contract c = guard("faults", &row, KEEPS_ALL, NULL);
        const struct finding *f = find(&c, smallest[i].kind);
        bool right = f && f->fatal == smallest[i].fatal && f->judged && !f->waived;
        right = right && (smallest[i].length < 0 || f->length == (uint64_t)smallest[i].length);
        right = right && (smallest[i].offset_in < 0 || f->offset_in == smallest[i].offset_in);
        right = right && (smallest[i].offset_out < 0 || f->offset_out == smallest[i].offset_out);
        right =
            right && (smallest[i].x == NO_INPUT || (f->has_input && f->input.x == smallest[i].x));
        right = right && guard_is_fatal(&c) == smallest[i].fatal;
        ok(right, "the smallest call of %s: %s", row.name, f ? f->text : "none");
        forget(&c);
    }
}

/* A value in two calls: the finding tells both results. */
static void witnesses(void)
{
    struct row row = {.name = "tail_differs"};
    struct contract c = guard("faults", &row, KEEPS_ALL, NULL);
    const struct finding *f = find(&c, "tail");
    ok(f && f->has_input && f->input.y != f->input.due &&
           format_from_double(FORMAT_F32, f->input.x_value) == f->input.x &&
           format_from_double(FORMAT_F32, f->input.y_value) == f->input.y,
       "a finding carries input, result and the result that was due");
    forget(&c);
}

/* ---- promises, waivers, loading -------------------------------------------------------------- */

static void promises(void)
{
    static const struct {
        const char *name, *waive, *kind;
        unsigned keeps;
        const char *verdict;
        bool judged, waived;
    } rows[] = {
        {"tail_differs", NULL, "tail", KEEPS_ALL, "broken", true, false},
        {"tail_differs", NULL, "tail", KEEPS_ALL & ~KEEPS_STABLE, "kept", false, false},
        {"tail_differs", "tail", "tail", KEEPS_ALL, "kept", true, true},
        {"tail_differs", "bitwise-stable", "tail", KEEPS_ALL, "kept", true, true},
        {"tail_differs", "in-place", "tail", KEEPS_ALL, "broken", true, false},
        {"in_place_differs", NULL, "in-place", 0, "broken", true, false},
        {"in_place_differs", "alias", "in-place", KEEPS_ALL, "kept", true, true},
        {"rounds_down", "rounding-mode", "rounding-mode", KEEPS_ALL, "kept", true, true},
        {"crashes_at_value", NULL, "crash", 0, "broken", true, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct row row = {.name = rows[i].name};
        struct contract c = guard("faults", &row, rows[i].keeps, rows[i].waive);
        const struct finding *f = find(&c, rows[i].kind);
        ok(f && f->judged == rows[i].judged && f->waived == rows[i].waived &&
               !strcmp(c.verdict, rows[i].verdict),
           "%s, waived %s, promising %#x: %s", row.name, rows[i].waive ? rows[i].waive : "nothing",
           rows[i].keeps, c.verdict);
        forget(&c);
    }
    ok(guard_waivable("tail") && guard_waivable("bitwise-stable") && guard_waivable("alias") &&
           !guard_waivable("nonsense") && !guard_waivable(""),
       "what can be waived is known");
}

static void loading(void)
{
    static const struct {
        const char *library, *kind;
        bool fatal;
    } rows[] = {{"load-crash", "load", true},
                {"load-exit", "load", true},
                {"unresolved", "load", true},
                {"load-flush", "flush-to-zero", false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct row row = {.name = "kernel", .form = F32_SCALAR};
        struct contract c = guard(rows[i].library, &row, KEEPS_ALL, NULL);
        const struct finding *f = find(&c, rows[i].kind);
        ok(f && f->judged && f->fatal == rows[i].fatal && !strcmp(c.verdict, "broken"), "%s: %s",
           rows[i].library, f ? f->text : "nothing found");
        const struct finding *p = find(&c, "prints");
        if (!rows[i].fatal)
            ok(p && !p->judged, "printing when loaded is told");
        forget(&c);
    }
}

/* A kernel of this program, as the built-in ones are. */
static void built_in(const void *x, void *y, size_t n, const double *param)
{
    for (size_t i = 0; i < n; i++)
        ((float *)y)[i] = (float)(((const float *)x)[i] * param[0]);
}

static void built_in_kernels(void)
{
    struct kernel kernel = {.function = "scale", .dtype = "f32", .call = built_in};
    kernel.promise.keeps = KEEPS_ALL;
    struct subject s = {.name = "scale/f32/test/scalar", .kernel = &kernel, .param = {0.5}};
    struct guard_options o = {.seed = seed};
    struct contract c;
    guard_run(&s, &o, &c);
    ok(!strcmp(c.verdict, "kept") && !s.entry, "a kernel of this program is guarded too");
    forget(&c);
}

static void elsewhere(void)
{
    struct finding f;
    struct child_result r = {.end = CHILD_TIMEOUT, .seconds = 10};
    finding_from_child(&f, &r, "while it was timed");
    ok(!strcmp(f.kind, "hang") && f.fatal && f.judged && strstr(f.text, "10 s) while it was timed"),
       "a fault elsewhere: %s", f.text);
    free(f.kind);
    free(f.text);
}

static bool wanted(const char *name, int argc, char **argv)
{
    bool any = argc < 2;
    for (int i = 1; i < argc; i++)
        any |= !strcmp(argv[i], name);
    return any;
}

int main(int argc, char **argv)
{
    double start = now();
    if (getenv("SEED"))
        seed = strtoull(getenv("SEED"), NULL, 0);
    printf("# SEED=%llu\n", (unsigned long long)seed);
    for (size_t i = 0; i < COUNT(sound); i++)
        if (wanted(sound[i].name, argc, argv))
            one("sound", &sound[i]);
    for (size_t i = 0; i < COUNT(faults); i++)
        if (wanted(faults[i].name, argc, argv))
            one("faults", &faults[i]);
    for (size_t i = 0; i < COUNT(rare); i++)
        if (wanted(rare[i].name, argc, argv))
            one("rare", &rare[i]);
    for (size_t i = 0; i < COUNT(told); i++)
        if (wanted(told[i].name, argc, argv))
            one("faults", &told[i]);
    if (argc < 2) {
        smallest_calls();
        witnesses();
        promises();
        loading();
        built_in_kernels();
        elsewhere();
    }
    printf("# %.1f s\n", now() - start);
    return done_testing();
}

/* t-guard.c -- the fault gallery: each broken kernel is found under its own name, no sound one is
 * accused.
 *
 * The kernels are in faults/faults.c and faults/sound.c, built as shared libraries in FAULTS
 * (default tests/faults).  With arguments, only the kernels named are tried, and every finding is
 * printed.
 */
#include "../src/measure/guard.h"
#include "tap.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

struct row {
    const char *name;
    const char *kind; /* that must be found; NULL: sound */
    const char *also; /* other kinds that may be found, with spaces around */
    enum signature signature;
    enum format in, out;
};

#define ARRAY .signature = SIGNATURE_ARRAY
static const struct row faults[] = {
#define FAULT(NAME, KIND)      \
    {                          \
#NAME, KIND, "", ARRAY \
    }
#define FAULT_ALSO(NAME, KIND, ALSO)     \
    {                                    \
#NAME, KIND, " " ALSO " ", ARRAY \
    }
    FAULT(tail_differs, "tail"),
    FAULT(body_differs, "tail"),
    FAULT(long_differs, "tail"),
    FAULT(tail_loses_nan, "tail"),
    FAULT(last_is_skipped, "unwritten"),
    FAULT(tail_is_skipped, "unwritten"),
    FAULT(first_is_skipped, "unwritten"),
    FAULT_ALSO(int16_length, "unwritten", "length"),
    FAULT(int_length, "length"),
    FAULT(unsigned_length, "length"),
    FAULT(nan_leaks, "neighbours"),
    FAULT(huge_neighbour, "neighbours"),
    FAULT(subnormal_neighbour, "neighbours"),
    FAULT(unaligned_differs, "alignment"),
    FAULT(output_alignment_differs, "alignment"),
    FAULT(both_alignments_differ, "alignment"),
    FAULT(in_place_differs, "in-place"),
    FAULT(random_result, "unrepeatable"),
    FAULT(seldom_wrong, "unrepeatable"),
    FAULT(unset_variable, "unset"),
    FAULT(stale_cache, "state"),
    FAULT(remembers_nan, "state"),
    FAULT(first_call_differs, "state"),
    FAULT_ALSO(accumulates, "output-read", "unwritten"),
    FAULT(reads_output, "output-read"),
    FAULT_ALSO(returns_early, "late", "unwritten"),
    FAULT(static_buffer, "threads"),
    FAULT_ALSO(static_job, "threads", "memory"),
    FAULT(lazy_table, "threads"),
    FAULT(aligned_load, "alignment"),
    FAULT(aligned_store, "alignment"),
    FAULT(overread, "overread"),
    FAULT(overread_by_one, "overread"),
    FAULT(underread, "overread"),
    FAULT(blended_tail, "overread"),
    FAULT(overwrite, "overwrite"),
    FAULT(overwrite_far, "overwrite"),
    FAULT(underwrite, "overwrite"),
    FAULT(peel_past_end, "overwrite"),
    FAULT(writes_for_nothing, "empty"),
    FAULT(reads_for_nothing, "empty"),
    FAULT(changes_input, "input"),
    FAULT(borrows_input, "input"),
    FAULT(writes_callers_frame, "memory"),
    FAULT_ALSO(writes_heap, "memory", "crash"),
    FAULT(frees_input, "crash"),
    FAULT(frees_twice, "crash"),
    FAULT(unmaps_output, "memory"),
    FAULT(protects_input, "memory"),
    FAULT(crashes_long, "crash"),
    FAULT(crashes_at_value, "crash"),
    FAULT(crashes_at_value_in_body, "crash"),
    FAULT(illegal, "crash"),
    FAULT(divides_by_zero, "crash"),
    FAULT(aborts, "crash"),
    FAULT(exits, "exit"),
    FAULT(exits_at_once, "exit"),
    FAULT(exits_thread, "exit"),
    FAULT(hangs, "hang"),
    FAULT(sleeps, "hang"),
    FAULT(deadlocks, "hang"),
    FAULT(recurses, "crash"),
    FAULT(kills_itself, "crash"),
    FAULT(stops_itself, "crash"),
    FAULT(jumps_back, "crash"),
    FAULT(flushes, "flush-to-zero"),
    FAULT(daz, "flush-to-zero"),
    FAULT(rounds_down, "rounding-mode"),
    FAULT(unmasks, "exception-masks"),
    FAULT(x87_precision, "x87"),
    FAULT(no_emms, "mmx"),
    FAULT(clobbers_register, "registers"),
    FAULT(clobbers_rbx, "registers"),
    FAULT(pops_arguments, "stack"),
    FAULT(direction_flag, "direction-flag"),
    FAULT(changes_handler, "signals"),
    FAULT(catches_faults, "signals"),
    FAULT(blocks_signals, "signals"),
    FAULT(closes_output, "files"),
    FAULT(closes_everything, "files"),
    FAULT(prints, "prints"),
    FAULT(writes_error, "prints"),
    FAULT(forks, "processes"),
    FAULT(leaves_process, "processes"),
    FAULT(leaves_threads, "left-threads"),
    FAULT(changes_directory, "process"),
    FAULT(changes_umask, "process"),
    FAULT(pins_thread, "process"),
    FAULT(sets_timer, "process"),
    FAULT(sets_variable, "process"),
    FAULT(sets_locale, "process"),
};
static const struct row told[] = {
    FAULT(leaks, "leak"),
    FAULT(leaks_mappings, "leak"),
    FAULT(leaves_files, "left-files"),
    FAULT(raises_invalid, "raised"),
    FAULT(tail_changes_nan, "nan-bits"),
};
static const struct row sound[] = {
#define SOUND(NAME)              \
    {                            \
#NAME, NULL, NULL, ARRAY \
    }
#define OTHER(NAME, SIG, IN, OUT)                                     \
    {                                                                 \
#NAME, NULL, NULL, SIGNATURE_##SIG, FORMAT_##IN, FORMAT_##OUT \
    }
    SOUND(plain),
    SOUND(vector),
    SOUND(backwards),
    SOUND(outside_in),
    SOUND(overlapping_tail),
    SOUND(non_temporal),
    SOUND(aligned_ends),
    SOUND(huge_frame),
    SOUND(variable_frame),
    SOUND(heap_scratch),
    SOUND(mapped_scratch),
    SOUND(thread_scratch),
    SOUND(memo),
    SOUND(lazy_table),
    SOUND(locked),
    SOUND(own_threads),
    SOUND(thread_pool),
    SOUND(own_rounding),
    SOUND(flushes_inside),
    SOUND(uses_x87),
    SOUND(uses_mmx),
    SOUND(string_copy),
    SOUND(sets_errno),
    SOUND(two_passes),
    SOUND(odd_pointers),
    SOUND(canonical_nan),
    SOUND(constant),
    SOUND(identity),
    SOUND(pattern),
    SOUND(slow),
    SOUND(reads_files),
    OTHER(scalar, SCALAR, F32, F32),
    OTHER(scalar_double, SCALAR, F64, F64),
    OTHER(scalar_bfloat, SCALAR, BF16, BF16),
    OTHER(scalar_to_bfloat, SCALAR, F32, BF16),
    OTHER(bfloat, ARRAY, BF16, BF16),
    OTHER(to_bfloat_array, ARRAY, F32, BF16),
    OTHER(doubles, ARRAY, F64, F64),
    OTHER(output_first, YXN, F32, F32),
    OTHER(length_first, NXY, F32, F32),
    OTHER(with_param, KERNEL, F32, F32),
};

#define COUNT(A) (sizeof(A) / sizeof *(A))

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static struct contract guard(const char *library, const struct row *row)
{
    static char path[4096];
    const char *dir = getenv("FAULTS");
    snprintf(path, sizeof path, "%s/%s.so", dir ? dir : "tests/faults", library);
    struct kernel kernel = {.function = "softsign", .dtype = "f32", .isa = ISA_EXT};
    kernel.promise.keeps = KEEPS_ALL;
    struct subject s = {.name = (char *)row->name, .kernel = &kernel, .signature = row->signature};
    s.in = row->in;
    s.out = row->out;
    s.library = path;
    s.symbol = (char *)row->name;
    s.param[0] = 0.75;
    struct guard_options o = {.seed = 20240607, .seconds = 1};
    struct contract c;
    guard_run(&s, &o, &c);
    return c;
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

static void one(const char *library, const struct row *row)
{
    double start = now();
    struct contract c = guard(library, row);
    double took = now() - start;
    int named = -1, others = 0;
    for (int i = 0; i < c.nfindings; i++)
        if (row->kind && !strcmp(c.finding[i].kind, row->kind))
            named = i;
        else
            others += c.finding[i].judged && !(row->also && allowed(row->also, c.finding[i].kind));
    printf("# %s: %s, %llu calls, %.3f s\n", row->name, c.verdict, (unsigned long long)c.calls,
           took);
    show(&c);
    if (row->kind)
        ok(named >= 0 && !others, "%s is found: %s, and %d others", row->name, row->kind, others);
    else
        ok(!others && !strcmp(c.verdict, "kept"), "%s is sound", row->name);
    forget(&c);
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
    for (size_t i = 0; i < COUNT(sound); i++)
        if (wanted(sound[i].name, argc, argv))
            one("sound", &sound[i]);
    for (size_t i = 0; i < COUNT(faults); i++)
        if (wanted(faults[i].name, argc, argv))
            one("faults", &faults[i]);
    for (size_t i = 0; i < COUNT(told); i++)
        if (wanted(told[i].name, argc, argv))
            one("faults", &told[i]);
    printf("# %.1f s\n", now() - start);
    return done_testing();
}

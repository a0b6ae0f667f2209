/* guard-probes.c -- the guard's side in the child: what is tried, in one table.
 *
 * To add a probe: a function, and a row at the end.  To add a kind of finding: guard.h and the
 * table in guard.c.
 */
#define _GNU_SOURCE
#include "guard-probes.h"

#include <math.h>
#include <sys/mman.h>

#include "guard-bench.h"
#include "guard-process.h"

/* ---- inputs ---------------------------------------------------------------------------------- */

static double uniform(uint64_t *state)
{
    return (double)(guard_random(state) >> 11) * 0x1p-53;
}

static double normal_value(uint64_t *state)
{
    double r = sqrt(-2 * log(uniform(state) + 0x1p-60));
    return r * cos(6.283185307179586 * uniform(state));
}

static uint64_t one_ordinary(enum format f, int i, uint64_t *state)
{
    double v;
    switch (i % 4) {
    case 0:
        v = 16 * uniform(state) - 8;
        break;
    case 1:
        v = 3 * normal_value(state);
        break;
    case 2:
        v = ldexp(1 + uniform(state), -(int)(guard_random(state) % 13)) *
            (guard_random(state) & 1 ? 1 : -1);
        break;
    default:
        v = (double)(guard_random(state) % 17) - 8;
        break;
    }
    return format_from_double(f, v);
}

/* Values at which kernels branch; repeated with both signs. */
static void make_specials(uint64_t *out, enum format f)
{
    uint64_t inf = format_inf(f), normal = format_min_normal(f);
    uint64_t quiet = format_nan(f) & ~inf & ~format_sign_bit(f);
    uint64_t nan = format_nan(f), max = format_max(f);
    uint64_t value[SPECIALS / 2] = {
        0,   1,       2,   normal - 1, normal / 2, normal,     normal + 1,
        max, max - 1, inf, nan,        inf | 1,    normal * 2, nan | quiet >> 1 | 1};
    static const double more[] = {1, 0.5, 2, 3, 6, 10, 20, 80, 100, 1e-3};
    for (int i = 0; i < 10; i++)
        value[14 + i] = format_from_double(f, more[i]);
    for (int i = 0; i < SPECIALS / 2; i++) {
        out[2 * i] = value[i];
        out[2 * i + 1] = value[i] | format_sign_bit(f);
    }
}

void guard_make_samples(uint64_t sample[SAMPLES], enum format f, uint64_t seed)
{
    uint64_t state = seed, mask = format_sign_bit(f) * 2 - 1;
    make_specials(sample, f);
    for (int i = ORDINARY; i < MIXED; i++)
        sample[i] = one_ordinary(f, i, &state);
    for (int i = MIXED; i < SAMPLES; i++) {
        uint64_t r = guard_random(&state);
        if (i % 8 == 0)
            sample[i] = sample[r % SPECIALS];
        else if (i % 2)
            sample[i] = r >> 8 & mask;
        else
            sample[i] = one_ordinary(f, i / 2, &state);
    }
}

/* ---- results --------------------------------------------------------------------------------- */

static uint64_t below(struct bench *b, uint64_t n)
{
    return guard_random(&b->random) % n;
}

/* A flag that the result does not account for. */
static void note_raised(struct bench *b, const struct call *c, unsigned raised)
{
    char input[80];
    uint64_t y = bench_result(b, 0);
    enum format f = b->s->out;
    if (!raised || format_is_nan(f, y) || format_is_inf(f, y))
        return;
    const char *what = raised & FP_INVALID   ? "an invalid operation"
                       : raised & FP_DIVIDED ? "a division by zero"
                                             : "an overflow";
    bench_note_value(b,
                     bench_note(b, GUARD_RAISED, c, "%s raises the flag of %s",
                                bench_input_text(b, c->first, input, sizeof input), what),
                     c->first, y, y);
}

/* The call C gave FIRST after the call PREVIOUS; OTHER, which differs in what memory held before,
 * then gave SECOND. */
static void two_answers(struct bench *b, const struct call *previous, const struct call *c,
                        const struct call *other, uint64_t first, uint64_t second)
{
    enum format f = b->s->out;
    bool at_start = b->page->calls < 8;
    char input[80];
    bench_input_text(b, c->first, input, sizeof input);
    uint64_t third = bench_repeat(b, *other, 0), fourth = bench_repeat(b, *c, 0);
    if (same_result(f, fourth, first) && same_result(f, third, second)) {
        bench_diagnose(b, other, c, 0);
    } else if (at_start && same_result(f, third, second) && same_result(f, fourth, second)) {
        bench_note_value(b,
                         bench_note(b, GUARD_STATE, c,
                                    "%s is 0x%llx in the first call of a process, 0x%llx later",
                                    input, (unsigned long long)first, (unsigned long long)second),
                         c->first, first, second);
    } else if (!bench_stays(b, c, 0, first) && bench_follows(b, previous, c, 0, first)) {
        bench_note_value(b, bench_note(b, GUARD_STATE, c, "%s depends on the call before", input),
                         c->first, first, second);
    } else {
        b->spoiled = true;
        bench_note_value(
            b, bench_note(b, GUARD_UNREPEATABLE, c, "%s differs when the call is repeated", input),
            c->first, first, second);
    }
}

/* What a call with one element gives, for each sample; the same whatever memory held before.
 * Ordinary inputs first, since they show a first call that goes wrong. */
static void probe_alone(struct bench *b)
{
    struct guard_page *page = b->page;
    struct watch_report report, ignored;
    for (int k = 0; k < SAMPLES && !b->over; k++) {
        int i = (k + ORDINARY) % SAMPLES;
        struct call c = call_alone(i), other = c;
        other.fill = other.soil = 1;
        bench_perform(b, &c, &report);
        uint64_t first = bench_result(b, 0);
        if (i >= ORDINARY && i < MIXED)
            note_raised(b, &c, report.raised);
        bench_perform(b, &other, &ignored);
        uint64_t second = bench_result(b, 0);
        page->alone[i] = second;
        put(b->alone + (size_t)i * b->osize, second, b->osize);
        if (same_result(b->s->out, first, second))
            continue;
        struct call previous = call_alone((i + SAMPLES - 1) % SAMPLES);
        previous.fill = previous.soil = 1;
        two_answers(b, &previous, &c, &other, first, second);
    }
    page->truth = !b->spoiled;
}

/* The same, in other orders: nothing may remain of earlier calls. */
static void probe_again(struct bench *b)
{
    struct call c;
    for (int i = SAMPLES - 1; i >= 0 && !bench_spent(b); i--) {
        c = call_alone(i);
        bench_check(b, &c);
    }
    for (int i = 0; i < SAMPLES && !bench_spent(b); i++) {
        c = call_alone((int)below(b, i & 1 ? SPECIALS : SAMPLES));
        c.soil = i >> 1 & 1;
        bench_check(b, &c);
    }
    if (b->s->signature == SIGNATURE_SCALAR)
        for (size_t n = SAMPLES; n < SAMPLES + 4; n++) {
            c = call_of(n, 0);
            bench_check(b, &c);
        }
}

/* More calls than a 16-bit counter holds, quickly. */
static void probe_many(struct bench *b)
{
    for (int kind = GUARD_ROUNDING; kind <= GUARD_DIRECTION; kind++)
        if (bench_noted(b, (enum guard_kind)kind))
            return; /* calls without a trampoline would change us */
    struct call c = call_alone(ORDINARY), previous;
    bench_repeat(b, c, 0);
    char *x = b->x, *y = b->y;
    for (int i = 0; i < 70000 && !b->over && !(i % 64 == 0 && bench_spent(b)); i++) {
        size_t at = 0;
        previous = c;
        c.first = i % SAMPLES;
        put(x, b->page->sample[c.first], b->isize);
        b->page->call = c;
        b->page->progress++;
        b->page->phase = PHASE_CALL;
        subject_call(b->s, x, y, 1);
        b->page->phase = PHASE_BETWEEN;
        b->page->calls++;
        b->y = y;
        if (bench_comparable(b) && bench_difference(b, &c, &at))
            bench_diagnose(b, &previous, &c, 0);
    }
    fp_state_set(&b->normal);
}

/* Lengths up to several unrolled vectors. */
static size_t short_lengths(const struct bench *b)
{
    return (size_t)(12 * b->lanes + 8);
}

static void probe_lengths(struct bench *b)
{
    for (size_t n = 1; n <= short_lengths(b) && !bench_spent(b); n++) {
        struct call c = call_of(n, ORDINARY + (int)(7 * n % 600));
        bench_check(b, &c);
        c.first = MIXED + (int)(13 * n % 600);
        c.swapped = true;
        bench_check(b, &c);
    }
}

/* Against memory that may not be touched, at either end of either array. */
static void probe_ends(struct bench *b)
{
    static const enum place where[][2] = {{PLACE_END, PLACE_END},
                                          {PLACE_FRONT, PLACE_FRONT},
                                          {PLACE_END, PLACE_MIDDLE},
                                          {PLACE_MIDDLE, PLACE_END}};
    for (size_t n = 1; n <= short_lengths(b) && !bench_spent(b); n++)
        for (int i = 0; i < 4; i++) {
            struct call c = call_of(n, ORDINARY + (int)(11 * n % 600));
            c.in = where[i][0];
            c.out = where[i][1];
            c.offset_in = (int)(below(b, 64 / b->isize) * b->isize);
            c.offset_out = (int)(below(b, 64 / b->osize) * b->osize);
            bench_check(b, &c);
        }
}

static void check_alignment(struct bench *b, int in, int out, size_t n)
{
    struct call c = call_of(n, ORDINARY + (int)((n + 17 * (size_t)in) % 600));
    c.offset_in = in * (int)b->isize;
    c.offset_out = out * (int)b->osize;
    bench_check(b, &c);
}

/* Every misalignment: the same of both, of one alone, then every pair; with all short lengths, but
 * for pairs of the 16-bit formats, of which there are too many. */
static void probe_alignments(struct bench *b)
{
    int ins = 64 / (int)b->isize, outs = 64 / (int)b->osize, most = ins > outs ? ins : outs;
    size_t longest = (size_t)(4 * b->lanes + 4);
    for (int o = 1; o < most && !bench_spent(b); o++)
        for (size_t n = 1; n <= longest; n += n < (size_t)b->lanes * 2 ? 1 : 1 + below(b, 3)) {
            check_alignment(b, o % ins, o % outs, n);
            check_alignment(b, o % ins, 0, n);
            check_alignment(b, 0, o % outs, n);
        }
    b->probe_start = cpu_seconds();
    uint64_t step = ins * outs > 256 ? 12 : 1;
    for (int in = 0; in < ins && !bench_spent(b); in++)
        for (int out = 0; out < outs; out++)
            for (size_t n = 1 + below(b, step); n <= (size_t)b->lanes * 2 + 3;
                 n += 1 + below(b, step))
                check_alignment(b, in, out, n);
}

static void probe_in_place(struct bench *b)
{
    if (b->isize != b->osize)
        return;
    for (size_t n = 1; n <= short_lengths(b) && !bench_spent(b); n++) {
        struct call c = call_of(n, ORDINARY + (int)(5 * n % 600));
        c.in_place = true;
        bench_check(b, &c);
        c.offset_in = c.offset_out = (int)(n * b->osize % 64);
        c.first = MIXED + (int)(5 * n % 600);
        bench_check(b, &c);
        c.in = c.out = PLACE_END;
        bench_check(b, &c);
        c.in = c.out = PLACE_FRONT;
        bench_check(b, &c);
    }
}

static void probe_read_only(struct bench *b)
{
    for (size_t n = 1; n <= (size_t)(4 * b->lanes + 4) && !bench_spent(b); n++) {
        struct call c = call_of(n, MIXED + (int)(3 * n % 600));
        c.read_only = true;
        c.in = n & 1 ? PLACE_END : PLACE_MIDDLE;
        bench_check(b, &c);
    }
}

/* A special value in each lane in turn, ordinary ones around it. */
static void probe_neighbours(struct bench *b)
{
    size_t lanes = (size_t)b->lanes, n = 4 * lanes + 3;
    for (size_t lane = 0; lane < n && !bench_spent(b); lane++)
        for (size_t special = 0; special < SPECIALS; special += lane < lanes ? 1 : 2 + lane % 2) {
            struct call c = call_of(n, (int)special);
            c.content = CONTENT_POISON;
            c.lane = lane;
            bench_check(b, &c);
        }
}

/* Near the end of the memory and in its middle, and in one of three other ways in turn; not if it
 * takes too long. */
static void check_long(struct bench *b, size_t n, double *seconds_each)
{
    if (*seconds_each * (double)n > 0.02)
        return;
    struct call c = call_of(n, (int)(n % SAMPLES));
    double start = cpu_seconds();
    bench_check(b, &c);
    if (n >= 900)
        *seconds_each = (cpu_seconds() - start) / (double)n;
    c.in = c.out = PLACE_END;
    bench_check(b, &c);
    struct call other = call_of(n, (int)(n % SAMPLES));
    if (n % 3 == 0)
        other.in = other.out = PLACE_FRONT;
    else if (n % 3 == 1)
        other.in_place = b->isize == b->osize;
    else
        other.read_only = true;
    other.swapped = n / 3 & 1;
    bench_check(b, &other);
}

/* Around multiples of blocks, around powers of two (16-bit counters, thresholds of threads), at
 * random. */
static void probe_long(struct bench *b)
{
    double each = 0;
    check_long(b, 1000, &each);
    for (size_t n = 224; n < 1200 && !bench_spent(b); n += 32)
        for (size_t d = 0; d < 3; d++)
            check_long(b, n - 1 + d, &each);
    for (int bit = 10; bit <= 17; bit++)
        for (int d = bit < 14 ? -1 : 0; d <= 3; d++)
            check_long(b, ((size_t)1 << bit) + (size_t)d, &each);
    for (int i = 0; i < 60 && !bench_spent(b); i++)
        check_long(b, 200 + below(b, 5000), &each);
    for (int i = 0; i < 6 && !bench_spent(b); i++)
        check_long(b, 5000 + below(b, 70000), &each);
    for (size_t d = 0; d < 3; d++)
        check_long(b, LONGEST - d, &each);
}

/* Everything elsewhere in memory, input and output farther apart than an int can say.  Results that
 * differ without that would differ here again. */
static void probe_far(struct bench *b)
{
    for (int kind = GUARD_TAIL; kind <= GUARD_THREADS; kind++)
        if (bench_noted(b, (enum guard_kind)kind))
            return;
    for (size_t n = 1; n <= short_lengths(b) && !bench_spent(b); n++)
        for (int i = 0; i < 2; i++) {
            struct call c = call_of(n, MIXED + (int)(17 * n % 600));
            c.far = true;
            c.swapped = i;
            bench_check(b, &c);
        }
}

/* Nothing may be touched when there is nothing to do. */
static void probe_empty(struct bench *b)
{
    struct watch_report ignored;
    for (int i = 0; i < 4; i++) {
        struct call c = {.n = 0, .fill = i & 1, .soil = i >> 1, .nowhere = i == 2};
        bench_perform(b, &c, &ignored);
    }
}

/* ---- lengths of a size_t --------------------------------------------------------------------- */

/* A kernel that takes N for a 32-bit number returns soon; another one runs into the wall behind the
 * first pages, and that is the end that is due (probe_info.may_fault). */
static void check_huge(struct bench *b, size_t n)
{
    size_t front = (size_t)64 << 10, in = n * b->isize, out = n * b->osize;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    char *x = mmap(NULL, in + WALL, PROT_NONE, flags, -1, 0);
    char *y = mmap(NULL, out + WALL, PROT_NONE, flags, -1, 0);
    if (x == MAP_FAILED || y == MAP_FAILED || mprotect(x, front, PROT_READ | PROT_WRITE) ||
        mprotect(y, front, PROT_READ | PROT_WRITE))
        return;
    struct call c = {.n = front / (b->isize > b->osize ? b->isize : b->osize)};
    bench_fill_lanes(b, &c, x);
    memset(y, guard_fill_byte[0], front);
    c.n = n;
    b->page->call = c;
    b->page->progress++;
    b->page->calls++;
    b->page->phase = PHASE_CALL;
    subject_call(b->s, x, y, n);
    b->page->phase = PHASE_BETWEEN;
    bench_look_for_processes(b, &c);
    size_t done = 0, most = front / b->osize;
    while (done < most && !bench_is_fill(b, get(y + done * b->osize, b->osize), 0))
        done++;
    if (!b->over)
        bench_note(b, GUARD_LENGTH, &c,
                   "returns from a call of %zu elements after %s%zu: it takes the length for a "
                   "number of fewer bits",
                   n, done == most ? "at least " : "", done);
}

static void probe_huge_signed(struct bench *b)
{
    check_huge(b, ((size_t)1 << 31) + 3);
}

static void probe_huge(struct bench *b)
{
    check_huge(b, ((size_t)1 << 32) + 3);
}

/* ---- the child ------------------------------------------------------------------------------- */

static bool load(struct bench *b, int prints)
{
    struct surroundings before, after;
    struct guard_page *page = b->page;
    look_around(&before);
    page->phase = PHASE_LOAD;
    page->progress++;
    bool opened = subject_open(&b->job->subject, page->error, sizeof page->error);
    page->phase = PHASE_BETWEEN;
    bench_look_for_processes(b, NULL);
    if (!opened)
        return false;
    look_around(&after);
    compare_surroundings(b, &before, &after, " when loaded", false);
    bench_note_fp(b, NULL, b->s->load_changed, " when loaded");
    struct note *n;
    if (printed(prints) && (n = bench_note(b, GUARD_PRINTS, NULL, "prints when loaded")))
        n->judged = false;
    return true;
}

static void run_probes(struct bench *b)
{
    bool scalar = b->s->signature == SIGNATURE_SCALAR;
    for (int i = b->job->from; i < b->job->to && !b->over; i++) {
        if (scalar && probe_table[i].arrays)
            continue;
        b->page->probe = i;
        b->probe_start = cpu_seconds();
        probe_table[i].run(b);
        bench_look_for_late_writes(b);
    }
}

int guard_child(void *arg)
{
    struct bench bench, *b = &bench;
    struct surroundings before, after;
    if (!bench_make(b, arg))
        return 2;
    b->threads = thread_count();
    int prints = catch_prints();
    if (!load(b, prints))
        return 1;
    if (b->job->replays) {
        struct watch_report ignored;
        bench_perform(b, &b->job->replay, &ignored);
        return 0;
    }
    off_t so_far = printed(prints);
    look_around(&before);
    run_probes(b);
    look_around(&after);
    compare_surroundings(b, &before, &after, "", true);
    if (printed(prints) > so_far)
        bench_note(b, GUARD_PRINTS, NULL, "prints to standard output or standard error");
    return 0;
}

/* The probes in order.  What one finds first it also names, so the simple ones come first. */
const struct probe_info probe_table[] = {
    {.run = probe_alone},
    {.run = probe_again},
    {.run = probe_lengths, .arrays = true},
    {.run = probe_alignments, .arrays = true},
    {.run = probe_ends, .arrays = true},
    {.run = probe_in_place, .arrays = true},
    {.run = probe_read_only, .arrays = true},
    {.run = probe_neighbours, .arrays = true},
    {.run = probe_long, .arrays = true},
    {.run = probe_empty, .arrays = true},
    {.run = probe_many},
    {.run = probe_threads},
    {.run = probe_leaks},
    {.run = probe_first_call, .own = true},
    {.run = probe_first_calls, .own = true, .repeated = true},
    {.run = probe_far, .arrays = true, .own = true, .far = true, .memory = HUGE_SPACE},
    {.run = probe_huge_signed,
     .arrays = true,
     .own = true,
     .may_fault = true,
     .memory = HUGE_SPACE},
    {.run = probe_huge, .arrays = true, .own = true, .may_fault = true, .memory = HUGE_SPACE},
};
const int probe_count = sizeof probe_table / sizeof *probe_table;

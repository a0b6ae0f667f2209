/* guard-diagnose.c -- what it means that a result differs: see guard-bench.h.
 *
 * To tell a new cause: a question to the kernel in bench_diagnose (what lies outside the call) or
 * diagnose_call (what the call is like), in the order in which causes hide one another.
 */
#include "guard-bench.h"

enum { DIAGNOSES = 400, TIMES = 12 /* a call is repeated */ };

/* The shortest call like C that still goes wrong (C itself if none), with the sample of lane *K in
 * all lanes if ALIKE: C, *K and *Y become its own. */
static void shorten(struct bench *b, struct call *c, size_t *k, uint64_t *y, bool alike)
{
    struct call s = *c;
    struct watch_report ignored;
    if (alike) {
        s.content = CONTENT_SAME;
        s.first = call_sample(c, *k);
    }
    for (size_t n = 1; n <= c->n && n <= 4200 && !bench_spent(b); n += n < 300 ? 1 : n / 16) {
        size_t at = 0;
        s.n = n;
        bench_perform(b, &s, &ignored);
        if (bench_difference(b, &s, &at)) {
            *c = s;
            *k = at;
            *y = bench_result(b, at);
            return;
        }
    }
}

/* Notes a difference with the shortest call that shows it. */
static void note_shortest(struct bench *b, enum guard_kind kind, struct call c, size_t k,
                          uint64_t y, const char *how)
{
    if (bench_noted(b, kind))
        return;
    shorten(b, &c, &k, &y, kind != GUARD_NEIGHBOURS);
    bench_note_difference(b, kind, &c, k, y, b->page->alone[call_sample(&c, k)], how);
}

/* The difference in lane K of C (result Y) does not depend on memory or history: on what, then? */
static void diagnose_call(struct bench *b, const struct call *c, size_t k, uint64_t y, uint64_t due)
{
    enum format f = b->s->out;
    if (b->s->signature == SIGNATURE_SCALAR) { /* a longer call is but several calls */
        bench_note_difference(b, GUARD_STATE, c, k, y, due, "after calls with other inputs");
        return;
    }
    struct call away = *c, alike = *c, aligned = *c, other_side = *c;
    away.in_place = false;
    other_side.swapped = false;
    alike.content = CONTENT_SAME;
    alike.first = call_sample(c, k);
    aligned.in = aligned.out = PLACE_MIDDLE;
    aligned.offset_in = aligned.offset_out = 0;
    aligned.swapped = false;
    if (c->in_place && same_result(f, bench_repeat(b, away, k), due))
        note_shortest(b, GUARD_IN_PLACE, *c, k, y, "in place");
    else if (c->content != CONTENT_SAME && same_result(f, bench_repeat(b, alike, k), due))
        note_shortest(b, GUARD_NEIGHBOURS, *c, k, y, "beside other values");
    else if (c->swapped && same_result(f, bench_repeat(b, other_side, k), due))
        note_shortest(b, GUARD_ALIGNMENT, *c, k, y,
                      "where the output lies on the other side of the input in memory");
    else if (same_result(f, bench_repeat(b, aligned, k), due))
        note_shortest(b, GUARD_ALIGNMENT, *c, k, y, "at this alignment");
    else if (c->far)
        note_shortest(b, GUARD_ALIGNMENT, *c, k, y,
                      "where arrays and library lie elsewhere in memory, input and output 5 GiB "
                      "apart");
    else
        note_shortest(b, GUARD_TAIL, aligned, k, y, "as part of a longer call");
}

bool bench_follows(struct bench *b, const struct call *previous, const struct call *c, size_t k,
                   uint64_t y)
{
    for (int i = 0; i < TIMES; i++) {
        bench_repeat(b, *previous, 0);
        if (!same_result(b->s->out, bench_repeat(b, *c, k), y))
            return false;
    }
    return true;
}

/* Does lane K always come out as Y with the call C, and as one other value with OTHER? */
static bool depends(struct bench *b, const struct call *c, const struct call *other, size_t k,
                    uint64_t y)
{
    uint64_t z = bench_repeat(b, *other, k);
    for (int i = 0; i < TIMES && !same_result(b->s->out, y, z); i++)
        if (!same_result(b->s->out, bench_repeat(b, *c, k), y) ||
            !same_result(b->s->out, bench_repeat(b, *other, k), z))
            return false;
    return !same_result(b->s->out, y, z);
}

bool bench_stays(struct bench *b, const struct call *c, size_t k, uint64_t y)
{
    for (int i = 0; i < TIMES; i++)
        if (!same_result(b->s->out, bench_repeat(b, *c, k), y))
            return false;
    return true;
}

/* Is lane K of C, Y, only what lay in the output before (in place: the input)? */
static bool left_unwritten(struct bench *b, const struct call *c, size_t k, uint64_t y)
{
    struct call away = *c, other;
    away.in_place = false;
    other = away;
    other.fill = !c->fill;
    bool untouched =
        c->in_place ? y == b->page->sample[call_sample(c, k)] : bench_is_fill(b, y, c->fill);
    return untouched && bench_is_fill(b, bench_repeat(b, away, k), away.fill) &&
           bench_is_fill(b, bench_repeat(b, other, k), other.fill);
}

/* First what has nothing to do with the call itself: time, chance, memory, history. */
void bench_diagnose(struct bench *b, const struct call *previous, const struct call *c, size_t k)
{
    if (b->over || b->diagnoses++ >= DIAGNOSES)
        return;
    int sample = call_sample(c, k);
    uint64_t y = bench_result(b, k), due = b->page->alone[sample];
    char input[80];
    bench_input_text(b, sample, input, sizeof input);
    struct call filled = *c, soiled = *c, alone = call_alone(sample);
    filled.fill = !c->fill;
    soiled.soil = !c->soil;
    if (b->diagnoses <= 20)
        pause_us(1000);

    enum guard_kind kind;
    const char *text = NULL;
    if (bench_result(b, k) != y) {
        kind = GUARD_LATE;
        text = "is written after the call has returned";
        b->over = true;
    } else if (left_unwritten(b, c, k, y)) {
        kind = GUARD_UNWRITTEN;
        text = "is not written";
        b->spoiled |= c->n == 1;
    } else if (!bench_stays(b, c, k, y)) {
        bool history = bench_follows(b, previous, c, k, y);
        kind = history ? GUARD_STATE : GUARD_UNREPEATABLE;
        text = history ? "depends on the call before" : "differs when the call is repeated";
        b->spoiled |= !history;
    } else if (depends(b, c, &filled, k, y)) {
        kind = GUARD_OUTPUT_READ;
        text = "depends on what the output held before";
    } else if (depends(b, c, &soiled, k, y)) {
        kind = GUARD_UNSET;
        text = "depends on registers, stack, errno or exception flags that nobody set";
    } else if (!c->far && !bench_stays(b, &alone, 0, due)) {
        bench_repeat(b, *c, 0);
        uint64_t after = bench_repeat(b, alone, 0);
        bool history = !same_result(b->s->out, after, due) && bench_follows(b, c, &alone, 0, after);
        kind = history ? GUARD_STATE : GUARD_UNREPEATABLE;
        text =
            history ? "differs after calls with other inputs" : "differs when the call is repeated";
        b->spoiled |= !history;
    }
    if (text)
        bench_note_value(b,
                         bench_note(b, kind, c, "%s, element %zu of %zu, %s: 0x%0*llx", input,
                                    k + 1, c->n, text, (int)(2 * b->osize), (unsigned long long)y),
                         sample, y, due);
    else
        diagnose_call(b, c, k, y, due);
}

void bench_check(struct bench *b, const struct call *c)
{
    struct watch_report ignored;
    struct call previous = b->page->call;
    size_t at = 0;
    if (b->over)
        return;
    bench_perform(b, c, &ignored);
    if (bench_comparable(b) && bench_difference(b, c, &at))
        bench_diagnose(b, &previous, c, at);
}

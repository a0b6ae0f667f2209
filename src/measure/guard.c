/* guard.c -- the guard's side in the parent: children, findings, the smallest failing call.
 *
 * A child that dies leaves the call it was in on the shared page.  The fault's address tells an
 * access outside from other crashes; then the call is made smaller, a child for each attempt, and
 * the probes go on in a new child behind the one that failed, so that one fault does not hide the
 * others.
 */
#define _GNU_SOURCE
#include "guard.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../mem.h"
#include "clock.h"
#include "fpstate.h"
#include "guard-probes.h"
#include "watch.h"

enum {
    MAX_FAULTS = 4, /* after so many dead children the rest is left out */
    ATTEMPTS = 60,  /* children for making a failing call smaller */
    HANG_ATTEMPTS = 3
};
static const double ATTEMPT_SECONDS = 2;

#define FATAL  .fatal = true, .judged = true
#define JUDGED .judged = true
#define TOLD   .judged = false
const struct guard_kind_info guard_kinds[GUARD_KINDS] = {
    [GUARD_CRASH] = {"crash", "crashes", FATAL},
    [GUARD_EXIT] = {"exit", "ends the process", FATAL},
    [GUARD_HANG] = {"hang", "does not come back", FATAL},
    [GUARD_LOAD] = {"load", "cannot be loaded", FATAL},
    [GUARD_OVERREAD] = {"overread", "reads outside its arrays", FATAL},
    [GUARD_OVERWRITE] = {"overwrite", "writes outside its output", FATAL},
    [GUARD_MEMORY] = {"memory", "damages memory of its caller", FATAL},
    [GUARD_TAIL] = {"tail", "other bits in calls of other lengths", JUDGED, .keeps = KEEPS_STABLE},
    [GUARD_ALIGNMENT] = {"alignment", "other bits at other alignments or addresses", JUDGED,
                         .keeps = KEEPS_STABLE},
    [GUARD_NEIGHBOURS] = {"neighbours", "other bits beside other values", JUDGED,
                          .keeps = KEEPS_STABLE},
    [GUARD_IN_PLACE] = {"in-place", "other bits in place", JUDGED},
    [GUARD_UNREPEATABLE] = {"unrepeatable", "other bits when a call is repeated", JUDGED},
    [GUARD_STATE] = {"state", "results depend on earlier calls", JUDGED},
    [GUARD_OUTPUT_READ] = {"output-read", "results depend on what the output held", JUDGED},
    [GUARD_UNSET] = {"unset", "results depend on what nobody set", JUDGED},
    [GUARD_UNWRITTEN] = {"unwritten", "results are not written", JUDGED},
    [GUARD_LATE] = {"late", "results are written after the return", JUDGED},
    [GUARD_THREADS] = {"threads", "other bits when several threads call", JUDGED},
    [GUARD_LENGTH] = {"length", "takes lengths of fewer bits than a size_t", JUDGED},
    [GUARD_INPUT] = {"input", "changes its input", JUDGED},
    [GUARD_EMPTY] = {"empty", "touches memory for n = 0", JUDGED},
    [GUARD_ROUNDING] = {"rounding-mode", "leaves another rounding mode", JUDGED},
    [GUARD_FLUSH] = {"flush-to-zero", "leaves FTZ or DAZ changed", JUDGED},
    [GUARD_TRAPS] = {"exception-masks", "leaves exception masks changed", JUDGED},
    [GUARD_X87] = {"x87", "leaves the x87 control word changed", JUDGED},
    [GUARD_MMX] = {"mmx", "leaves x87 registers in use", JUDGED},
    [GUARD_CONTROL] = {"fp-control", "leaves the floating-point control changed", JUDGED},
    [GUARD_REGISTERS] = {"registers", "does not restore a callee-saved register", JUDGED},
    [GUARD_STACK] = {"stack", "moves the stack pointer", JUDGED},
    [GUARD_DIRECTION] = {"direction-flag", "leaves the direction flag set", JUDGED},
    [GUARD_SIGNALS] = {"signals", "changes signal handling", JUDGED},
    [GUARD_FILES] = {"files", "closes files of its caller", JUDGED},
    [GUARD_PRINTS] = {"prints", "prints", JUDGED},
    [GUARD_PROCESS] = {"process", "changes the process", JUDGED},
    [GUARD_PROCESSES] = {"processes", "leaves processes behind", JUDGED},
    [GUARD_RAISED] = {"raised", "raises exception flags for ordinary values", TOLD},
    [GUARD_NAN_BITS] = {"nan-bits", "NaNs of other bits in longer calls", TOLD},
    [GUARD_UPPER] = {"upper-halves", "leaves upper halves of vector registers in use", TOLD},
    [GUARD_LEAK] = {"leak", "keeps more memory with every call", TOLD},
    [GUARD_LEFT_THREADS] = {"left-threads", "leaves threads behind", JUDGED},
    [GUARD_LEFT_FILES] = {"left-files", "leaves files open", TOLD},
};

const struct guard_fp guard_fp[] = {
    {FP_ROUNDING, GUARD_ROUNDING, "leaves another rounding mode set"},
    {FP_FLUSH, GUARD_FLUSH, "leaves flush-to-zero (FTZ, DAZ) changed"},
    {FP_TRAPS, GUARD_TRAPS, "leaves floating-point exceptions masked or unmasked otherwise"},
    {FP_X87, GUARD_X87, "leaves the x87 control word changed"},
    {FP_MMX, GUARD_MMX, "leaves x87 registers in use: an emms is missing"},
    {FP_OTHER, GUARD_CONTROL, "leaves the floating-point control register changed"},
};
const int guard_fp_count = sizeof guard_fp / sizeof *guard_fp;

/* Words that stand for several kinds, or are another name for one. */
static const struct {
    const char *word;
    unsigned keeps; /* all kinds with this, */
    int kind;       /* or this one */
} waiver_sets[] = {
    {"bitwise-stable", KEEPS_STABLE, -1},
    {"stable", KEEPS_STABLE, -1},
    {"alias", 0, GUARD_IN_PLACE},
};

int guard_kind_by_word(const char *word)
{
    for (int i = 0; i < GUARD_KINDS; i++)
        if (!strcmp(guard_kinds[i].word, word))
            return i;
    return -1;
}

/* Does the waiver WORD cover KIND? */
static bool covers(const char *word, enum guard_kind kind)
{
    if (!strcmp(word, guard_kinds[kind].word))
        return true;
    for (size_t i = 0; i < sizeof waiver_sets / sizeof *waiver_sets; i++)
        if (!strcmp(word, waiver_sets[i].word) &&
            ((int)kind == waiver_sets[i].kind || guard_kinds[kind].keeps & waiver_sets[i].keeps))
            return true;
    return false;
}

bool guard_waivable(const char *word)
{
    for (int i = 0; i < GUARD_KINDS; i++)
        if (covers(word, (enum guard_kind)i))
            return true;
    return false;
}

/* ---- findings -------------------------------------------------------------------------------- */

struct guard {
    const struct subject *s;
    const struct guard_options *o;
    struct guard_page *page;
    struct contract *out;
};

static struct finding *add_finding(struct guard *g, enum guard_kind kind, char *text)
{
    struct contract *c = g->out;
    const char *word = guard_kinds[kind].word;
    for (int i = 0; i < c->nfindings; i++)
        if (!strcmp(c->finding[i].kind, word)) {
            free(text);
            return NULL;
        }
    c->finding = xrealloc(c->finding, (size_t)(c->nfindings + 1) * sizeof *c->finding);
    struct finding *f = &c->finding[c->nfindings++];
    unsigned keeps = guard_kinds[kind].keeps;
    *f = (struct finding){.kind = xstrdup(word), .text = text, .fatal = guard_kinds[kind].fatal};
    f->judged = guard_kinds[kind].judged && (!keeps || g->s->kernel->promise.keeps & keeps);
    for (int i = 0; i < g->o->nwaive; i++)
        f->waived |= covers(g->o->waive[i], kind);
    return f;
}

static int offset_of(enum place where, int offset, size_t bytes)
{
    return where == PLACE_MIDDLE ? offset : where == PLACE_END ? (int)(-bytes & 63) : 0;
}

static void set_call(const struct guard *g, struct finding *f, const struct call *c)
{
    size_t in = format_bytes(g->s->in), out = format_bytes(g->s->out);
    f->length = c->n;
    f->offset_out = offset_of(c->out, c->offset_out, c->n * out);
    f->offset_in = c->in_place ? f->offset_out : offset_of(c->in, c->offset_in, c->n * in);
}

static void set_input(const struct guard *g, struct finding *f, uint64_t x, const uint64_t *y,
                      const uint64_t *due)
{
    f->has_input = true;
    f->input = (struct witness){.x = x, .y_value = NAN, .exact = NAN};
    f->input.x_value = format_to_double(g->s->in, x);
    if (y) {
        f->input.y = *y;
        f->input.due = *due;
        f->input.y_value = format_to_double(g->s->out, *y);
    }
}

/* The notes of a child, which a kernel may have scribbled over. */
static void take_notes(struct guard *g)
{
    int n = g->page->nnotes;
    for (int i = 0; i < n && i < MAX_NOTES; i++) {
        struct note *note = &g->page->note[i];
        if ((unsigned)note->kind >= GUARD_KINDS)
            continue;
        note->text[sizeof note->text - 1] = 0;
        struct finding *f = add_finding(g, note->kind, xstrdup(note->text));
        if (!f)
            continue;
        f->judged &= note->judged;
        set_call(g, f, &note->call);
        if (note->has_input)
            set_input(g, f, note->x, &note->y, &note->due);
    }
}

/* ---- faults ---------------------------------------------------------------------------------- */

struct access {
    bool outside;
    long distance; /* bytes from the nearer end of the array: 1, 2 ... after, -1, -2 ... before */
    bool output;   /* the array is the output */
};

static void nearer(struct access *a, uintptr_t fault, uintptr_t start, size_t bytes, bool output)
{
    const long FAR = (64 << 10) + 4 * (long)bytes;
    long after = (long)(fault - (start + bytes)) + 1, before = (long)(fault - start);
    long d = after >= 1 ? after : before < 0 ? before : 0;
    if (start && d && labs(d) < FAR && (!a->outside || labs(d) < labs(a->distance)))
        *a = (struct access){.outside = true, .distance = d, .output = output};
}

/* Is the fault of R an access beside the arrays of the present call? */
static struct access access_outside(const struct guard_page *p, const struct child_result *r)
{
    struct access a = {0};
    if (r->end == CHILD_SIGNAL && (r->status == SIGSEGV || r->status == SIGBUS) && r->has_fault) {
        nearer(&a, r->fault, p->x, p->x_bytes, false);
        nearer(&a, r->fault, p->y, p->y_bytes, true);
    }
    return a;
}

static bool stack_overflow(const struct child_result *r)
{
    uintptr_t d = r->fault > r->stack ? r->fault - r->stack : r->stack - r->fault;
    return r->end == CHILD_SIGNAL && r->status == SIGSEGV && r->has_fault && r->fault && d < 65536;
}

static enum guard_kind kind_of_end(const struct child_result *r)
{
    return r->end == CHILD_EXITED ? GUARD_EXIT : r->end == CHILD_TIMEOUT ? GUARD_HANG : GUARD_CRASH;
}

static char *end_text(const struct child_result *r)
{
    char how[100];
    child_describe(r, how, sizeof how);
    switch (r->end) {
    case CHILD_EXITED:
        return xasprintf("ends the process (%s)", how);
    case CHILD_TIMEOUT:
        return xasprintf("does not come back (%s)", how);
    case CHILD_SIGNAL:
        return xasprintf("%s%s", how, stack_overflow(r) ? " (the stack overflows)" : "");
    default:
        return xstrdup(how);
    }
}

void finding_from_child(struct finding *f, const struct child_result *r, const char *when)
{
    char *text = end_text(r);
    *f = (struct finding){
        .kind = xstrdup(guard_kinds[kind_of_end(r)].word), .fatal = true, .judged = true};
    f->text = xasprintf("%s %s", text, when);
    free(text);
}

void finding_from_fp(struct finding *f, unsigned parts, const char *when)
{
    int i = 0;
    while (i < guard_fp_count - 1 && !(parts & guard_fp[i].part))
        i++;
    *f = (struct finding){.kind = xstrdup(guard_kinds[guard_fp[i].kind].word),
                          .text = xasprintf("%s %s", guard_fp[i].text, when),
                          .fatal = true,
                          .judged = true};
}

/* " in a call of 5 elements, input 4 and output 0 bytes after a 64-byte boundary" */
static char *call_text(const struct guard *g, const struct call *c)
{
    struct finding f = {0};
    set_call(g, &f, c);
    const char *s = c->n == 1 ? "" : "s";
    if (c->in_place)
        return xasprintf("in a call of %zu element%s in place, %d bytes after a 64-byte boundary",
                         c->n, s, f.offset_out);
    if (g->s->signature == SIGNATURE_SCALAR)
        return xasprintf("in a call");
    return xasprintf(
        "in a call of %zu element%s, input %d and output %d bytes after a 64-byte boundary%s", c->n,
        s, f.offset_in, f.offset_out, c->far ? " and 5 GiB apart" : "");
}

/* ---- the smallest failing call --------------------------------------------------------------- */

struct attempt {
    struct guard *g;
    struct child_result end; /* how the call ended, and must end again */
    int left;
    double until;
};

static struct child_limits limits_of(const struct guard *g, size_t memory)
{
    const struct guard_options *o = g->o;
    size_t kernel = o->memory ? o->memory : (size_t)2 << 30;
    return (struct child_limits){.seconds = o->seconds > 0 ? o->seconds : 10,
                                 .memory = kernel + ((size_t)1 << 30) + memory,
                                 .progress = &g->page->progress};
}

/* Does a fresh child that makes only the call C end the same way? */
static bool fails(struct attempt *a, const struct call *c)
{
    if (a->left-- <= 0 || clock_seconds() > a->until)
        return false;
    struct guard *g = a->g;
    struct probe_job job = {
        .subject = *g->s, .options = g->o, .page = g->page, .replay = *c, .replays = true};
    struct child_limits l = limits_of(g, c->far ? HUGE_SPACE : 0);
    if (a->end.end == CHILD_TIMEOUT && l.seconds > 1)
        l.seconds = 1;
    struct child_result r = child_run(guard_child, &job, l);
    if (r.end != a->end.end || (r.end != CHILD_TIMEOUT && r.status != a->end.status))
        return false;
    a->end = r;
    return true;
}

/* The length: halved as long as the call fails, then by one. */
static void shrink_length(struct attempt *a, struct call *c)
{
    struct call t = *c;
    size_t good = 0;
    while (c->n - good > 1) {
        t.n = good + (c->n - good) / 2;
        if (fails(a, &t))
            *c = t;
        else
            good = t.n;
        if (a->left <= 0)
            return;
    }
}

/* The input: any ordinary value will do, or one of the lanes' does alone.  True if it matters:
 * *sample. */
static bool shrink_content(struct attempt *a, struct call *c, int *sample)
{
    struct call t = *c;
    t.content = CONTENT_SAME;
    t.first = ORDINARY;
    if (fails(a, &t)) {
        *c = t;
        return false;
    }
    for (size_t k = 0; k < c->n && k < 24 && a->left > 0; k++) {
        if (c->content == CONTENT_POISON && k)
            break;
        t.first = c->content == CONTENT_WINDOW ? (int)(((size_t)c->first + k) % SAMPLES) : c->first;
        if (fails(a, &t)) {
            *c = t;
            *sample = t.first;
            return true;
        }
    }
    return false;
}

/* The alignment.  True if the call does not fail with both arrays on a boundary. */
static bool shrink_alignment(struct attempt *a, struct call *c)
{
    struct call t = *c;
    t.in = t.out = PLACE_MIDDLE;
    t.offset_in = t.offset_out = 0;
    if (fails(a, &t)) {
        *c = t;
        return false;
    }
    if (c->in_place || c->in != PLACE_MIDDLE || c->out != PLACE_MIDDLE)
        return true;
    t.offset_in = c->offset_in;
    if (c->offset_in && fails(a, &t)) {
        *c = t;
        return true;
    }
    t.offset_in = 0;
    t.offset_out = c->offset_out;
    if (c->offset_out && fails(a, &t))
        *c = t;
    return true;
}

/* A fault inside a call, made smaller and noted. */
static void fault_in_call(struct guard *g, struct child_result r)
{
    struct guard_page *p = g->page;
    struct call c = p->call;
    enum guard_kind kind = kind_of_end(&r);
    struct access at = access_outside(p, &r);
    bool in_threads = !p->x, relevant = false, aligned = false;
    if (in_threads && guard_is_fatal(g->out))
        return; /* the same again, more likely than not */
    int sample = c.content == CONTENT_WINDOW ? c.first % SAMPLES : c.first;
    struct attempt a = {
        .g = g, .end = r, .left = ATTEMPTS, .until = clock_seconds() + ATTEMPT_SECONDS};
    if (r.end == CHILD_TIMEOUT)
        a.left = HANG_ATTEMPTS;
    bool into_input =
        c.read_only && !at.outside && r.has_fault && r.fault >= p->x && r.fault < p->x + p->x_bytes;

    if (!in_threads && c.n && g->s->signature != SIGNATURE_SCALAR && !c.nowhere && fails(&a, &c)) {
        relevant = shrink_content(&a, &c, &sample);
        if (!at.outside && !into_input && kind == GUARD_CRASH && r.has_fault)
            aligned = shrink_alignment(&a, &c);
        shrink_length(&a, &c);
        at = access_outside(p, &a.end);
        r = a.end;
    } else if (c.n == 1) {
        relevant = true;
    }

    char *call = call_text(g, &c), *end = end_text(&r), *text;
    if (c.n == 0) {
        kind = GUARD_EMPTY;
        text = xasprintf("%s in a call with n = 0: there is nothing to touch", end);
    } else if (into_input) {
        kind = GUARD_INPUT;
        text = xasprintf("writes to its input (%s where it is read-only) %s", end, call);
    } else if (at.outside) {
        kind = r.access == 'w' || (r.access == '?' && at.output) ? GUARD_OVERWRITE : GUARD_OVERREAD;
        text = xasprintf("%s the byte %ld %s the %s %s",
                         kind == GUARD_OVERWRITE ? "writes" : "reads", labs(at.distance),
                         at.distance > 0 ? "after the end of" : "before the start of",
                         at.output ? "output" : "input", call);
    } else if (in_threads) {
        kind = kind == GUARD_CRASH ? GUARD_THREADS : kind;
        text = xasprintf("%s while several threads call", end);
    } else {
        kind = aligned ? GUARD_ALIGNMENT : kind;
        text = xasprintf("%s %s", end, call);
    }
    free(call);
    free(end);
    struct finding *f = add_finding(g, kind, text);
    if (!f)
        return;
    f->fatal = kind != GUARD_INPUT;
    f->judged = true;
    set_call(g, f, &c);
    if (relevant || c.n == 1)
        set_input(g, f, p->sample[sample], NULL, NULL);
}

static void fault(struct guard *g, const struct child_result *r)
{
    char *end = end_text(r);
    struct finding *f;
    enum guard_kind kind;
    bool killed = r->end == CHILD_SIGNAL && r->status == SIGKILL; /* no damage does that */
    switch (g->page->phase) {
    case PHASE_LOAD:
        add_finding(g, GUARD_LOAD, xasprintf("%s when loaded", end));
        break;
    case PHASE_CALL:
        fault_in_call(g, *r);
        break;
    default:
        kind = r->end == CHILD_EXITED ? GUARD_EXIT : killed ? GUARD_CRASH : GUARD_MEMORY;
        f = add_finding(
            g, kind,
            xasprintf("%s after a call with n = %zu had returned%s", end, g->page->call.n,
                      kind == GUARD_MEMORY ? ": the caller's memory or threads are damaged" : ""));
        if (f)
            set_call(g, f, &g->page->call);
        break;
    }
    free(end);
}

/* ---- the run --------------------------------------------------------------------------------- */

static struct child_result run_probes(struct guard *g, int from, int to)
{
    struct probe_job job = {
        .subject = *g->s, .options = g->o, .page = g->page, .from = from, .to = to};
    g->page->phase = PHASE_BETWEEN;
    g->page->probe = from;
    return child_run(guard_child, &job, limits_of(g, probe_table[from].memory));
}

static void note_strays(struct guard *g, const struct child_result *r)
{
    if (r->strays)
        add_finding(g, GUARD_PROCESSES,
                    xasprintf("leaves %d process%s behind", r->strays, r->strays == 1 ? "" : "es"));
}

/* What became of the child that ran the probes FROM to TO: true to go on at *NEXT. */
static bool go_on(struct guard *g, const struct child_result *r, int from, int to, int *next)
{
    *next = to;
    if (r->end == CHILD_OK || (probe_table[from].may_fault && r->end != CHILD_FAILED))
        return true;
    bool at_start = g->page->phase == PHASE_LOAD || !g->page->truth;
    int probe = g->page->probe;
    fault(g, r);
    if (probe >= from && probe < to)
        *next = probe + 1;
    return !at_start && r->end != CHILD_TIMEOUT;
}

/* Did a child note something after which results tell nothing more? */
static bool pointless(const struct guard *g)
{
    for (int i = 0; i < g->page->nnotes && i < MAX_NOTES; i++)
        if (g->page->note[i].kind == GUARD_LATE || g->page->note[i].kind == GUARD_PROCESSES)
            return true;
    return false;
}

/* The probes that share a child with probe FROM end before the result. */
static int end_of_share(int from)
{
    int to = from + 1;
    while (!probe_table[from].own && to < probe_count && !probe_table[to].own)
        to++;
    return to;
}

/* All probes, each child as far as it comes.  False if the system let none run. */
static bool run_all(struct guard *g)
{
    bool scalar = g->s->signature == SIGNATURE_SCALAR;
    int faults = 0, next;
    g->page->turns = 1;
    for (int i = 0; i < probe_count && faults < MAX_FAULTS && !pointless(g); i = next) {
        next = end_of_share(i);
        if (scalar && probe_table[i].arrays)
            continue;
        struct child_result r = run_probes(g, i, next);
        note_strays(g, &r);
        if (r.end == CHILD_FAILED && r.status == 1) {
            g->page->error[sizeof g->page->error - 1] = 0;
            add_finding(g, GUARD_LOAD, xstrdup(g->page->error));
            return true;
        }
        if (r.end == CHILD_FAILED || r.end == CHILD_NOT_STARTED || r.end == CHILD_STOPPED)
            return false;
        if (!go_on(g, &r, i, next, &next))
            return true;
        faults += r.end != CHILD_OK && !probe_table[i].may_fault;
        if (probe_table[i].repeated && r.end == CHILD_OK && ++g->page->turn < g->page->turns)
            next = i;
    }
    return true;
}

static int by_kind(const void *a, const void *b)
{
    const struct finding *p = a, *q = b;
    return guard_kind_by_word(p->kind) - guard_kind_by_word(q->kind);
}

bool guard_is_fatal(const struct contract *c)
{
    for (int i = 0; i < c->nfindings; i++)
        if (c->finding[i].fatal)
            return true;
    return false;
}

void guard_run(const struct subject *s, const struct guard_options *o, struct contract *out)
{
    struct guard g = {.s = s, .o = o, .page = shared_alloc(sizeof *g.page), .out = out};
    *out = (struct contract){0};
    watch_prepare();
    guard_make_samples(g.page->sample, s->in, o->seed);
    bool ran = run_all(&g);
    take_notes(&g);
    out->calls = g.page->calls;
    shared_free(g.page, sizeof *g.page);

    bool broken = false;
    for (int i = 0; i < out->nfindings; i++)
        broken |= out->finding[i].judged && !out->finding[i].waived;
    out->verdict = xstrdup(!ran ? "not run" : broken ? "broken" : "kept");
    if (out->nfindings)
        qsort(out->finding, (size_t)out->nfindings, sizeof *out->finding, by_kind);
}

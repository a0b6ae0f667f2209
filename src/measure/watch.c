/* watch.c -- the trampoline and what it tells: see watch.h. */
#include "watch.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#define VECTORS                                                                              \
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", \
        "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"
#endif

#if defined(__x86_64__)
enum { SAVED = 6 };
static const char *const saved_name[SAVED] = {"rbx", "rbp", "r12", "r13", "r14", "r15"};
#elif defined(__aarch64__)
enum { SAVED = 19 };
static const char *const saved_name[SAVED] = {"x19", "x20", "x21", "x22", "x23", "x24", "x25",
                                              "x26", "x27", "x28", "x29", "d8",  "d9",  "d10",
                                              "d11", "d12", "d13", "d14", "d15"};
#endif

#if defined(__x86_64__) || defined(__aarch64__)

/* What goes through the trampoline.  Its code knows these offsets. */
struct passage {
    _Alignas(16) uint64_t fp[2]; /* 0: the vector argument, then the result */
    void *entry;                 /* 16 */
    uint64_t arg[4];             /* 24: the integer arguments */
    uint64_t result;             /* 56 */
    uint64_t pattern;            /* 64: for scratch registers */
    uint64_t sp;                 /* 72: before */
    uint64_t sp_after;           /* 80 */
    uint64_t flags;              /* 88: of the processor, after */
    uint64_t frame;              /* 96: nonzero: the caller's frame was written */
    uint64_t saved[19];          /* 104: callee-saved registers after */
};
_Static_assert(offsetof(struct passage, result) == 56, "known to the trampoline");
_Static_assert(offsetof(struct passage, saved) == 104, "known to the trampoline");

/* What the trampoline puts into callee-saved register I: KEPT + I. */
static const uint64_t KEPT = 0x5a17c0de00000000u;

/* Where the passage of this thread is: after the call no register can be trusted to hold it. */
__thread struct passage *watch_passage
    __attribute__((tls_model("local-exec"), visibility("hidden")));

void watch_trampoline(struct passage *p) __attribute__((visibility("hidden")));
#endif

#if defined(__x86_64__)
/* 33 words of the frame are filled with the pattern "KEPT" and looked at afterwards. */
__asm__(".text\n"
        ".globl watch_trampoline\n"
        ".hidden watch_trampoline\n"
        ".type watch_trampoline, @function\n"
        "watch_trampoline:\n"
        "    endbr64\n"
        "    pushq %rbx\n    pushq %rbp\n    pushq %r12\n    pushq %r13\n    pushq %r14\n    pushq "
        "%r15\n"
        "    subq $264, %rsp\n"
        "    movq %rdi, %fs:watch_passage@tpoff\n"
        "    movq %rsp, 72(%rdi)\n"
        "    movq %rdi, %r11\n"
        "    movq %rsp, %rdi\n"
        "    movl $33, %ecx\n"
        "    movabsq $0x5a17c0de00000000, %rax\n"
        "    rep stosq\n"
        "    movq %rax, %rbx\n"
        "    leaq 1(%rax), %rbp\n    leaq 2(%rax), %r12\n    leaq 3(%rax), %r13\n"
        "    leaq 4(%rax), %r14\n    leaq 5(%rax), %r15\n"
        "    movq 64(%r11), %xmm1\n"
        "    punpcklqdq %xmm1, %xmm1\n"
        "    movaps %xmm1, %xmm2\n    movaps %xmm1, %xmm3\n    movaps %xmm1, %xmm4\n"
        "    movaps %xmm1, %xmm5\n    movaps %xmm1, %xmm6\n    movaps %xmm1, %xmm7\n"
        "    movaps %xmm1, %xmm8\n    movaps %xmm1, %xmm9\n    movaps %xmm1, %xmm10\n"
        "    movaps %xmm1, %xmm11\n    movaps %xmm1, %xmm12\n    movaps %xmm1, %xmm13\n"
        "    movaps %xmm1, %xmm14\n    movaps %xmm1, %xmm15\n"
        "    movaps (%r11), %xmm0\n"
        "    movq 24(%r11), %rdi\n    movq 32(%r11), %rsi\n    movq 40(%r11), %rdx\n"
        "    movq 48(%r11), %rcx\n"
        "    movq 64(%r11), %r8\n    movq %r8, %r9\n    movq %r8, %r10\n    movq %r8, %rax\n"
        "    movq 16(%r11), %r11\n"
        "    call *%r11\n"
        "    movq %fs:watch_passage@tpoff, %r11\n"
        "    movq %rax, 56(%r11)\n"
        "    movaps %xmm0, (%r11)\n"
        "    movq %rsp, 80(%r11)\n"
        "    movq %rbx, 104(%r11)\n    movq %rbp, 112(%r11)\n    movq %r12, 120(%r11)\n"
        "    movq %r13, 128(%r11)\n    movq %r14, 136(%r11)\n    movq %r15, 144(%r11)\n"
        "    movq 72(%r11), %rsp\n"
        "    pushfq\n    popq %rax\n"
        "    movq %rax, 88(%r11)\n"
        "    andq $~0x40400, %rax\n" /* direction and alignment check as they should be */
        "    pushq %rax\n    popfq\n"
        "    movq %rsp, %rdi\n"
        "    movl $33, %ecx\n"
        "    movabsq $0x5a17c0de00000000, %rax\n"
        "    cmpq %rax, %rax\n"
        "    repe scasq\n"
        "    setne %al\n"
        "    movzbl %al, %eax\n"
        "    movq %rax, 96(%r11)\n"
        "    addq $264, %rsp\n"
        "    popq %r15\n    popq %r14\n    popq %r13\n    popq %r12\n    popq %rbp\n    popq %rbx\n"
        "    ret\n"
        ".size watch_trampoline, . - watch_trampoline\n");
#elif defined(__aarch64__)
/* The frame: 176 bytes of saved registers and above the call 256 bytes of the pattern "KEPT". */
__asm__(".text\n"
        ".globl watch_trampoline\n"
        ".hidden watch_trampoline\n"
        ".type watch_trampoline, %function\n"
        "watch_trampoline:\n"
        "    stp x29, x30, [sp, #-176]!\n"
        "    stp x19, x20, [sp, #16]\n    stp x21, x22, [sp, #32]\n    stp x23, x24, [sp, #48]\n"
        "    stp x25, x26, [sp, #64]\n    stp x27, x28, [sp, #80]\n"
        "    stp d8, d9, [sp, #96]\n    stp d10, d11, [sp, #112]\n"
        "    stp d12, d13, [sp, #128]\n    stp d14, d15, [sp, #144]\n"
        "    sub sp, sp, #256\n"
        "    mrs x9, tpidr_el0\n"
        "    add x9, x9, #:tprel_hi12:watch_passage, lsl #12\n"
        "    add x9, x9, #:tprel_lo12_nc:watch_passage\n"
        "    str x0, [x9]\n"
        "    mov x9, sp\n"
        "    str x9, [x0, #72]\n"
        "    movz x19, #0xc0de, lsl #32\n    movk x19, #0x5a17, lsl #48\n"
        "    add x10, x9, #256\n"
        "1:  str x19, [x9], #8\n"
        "    cmp x9, x10\n"
        "    b.ne 1b\n"
        "    add x20, x19, #1\n    add x21, x19, #2\n    add x22, x19, #3\n    add x23, x19, #4\n"
        "    add x24, x19, #5\n    add x25, x19, #6\n    add x26, x19, #7\n    add x27, x19, #8\n"
        "    add x28, x19, #9\n    add x29, x19, #10\n"
        "    add x9, x19, #11\n    fmov d8, x9\n    add x9, x19, #12\n    fmov d9, x9\n"
        "    add x9, x19, #13\n    fmov d10, x9\n    add x9, x19, #14\n    fmov d11, x9\n"
        "    add x9, x19, #15\n    fmov d12, x9\n    add x9, x19, #16\n    fmov d13, x9\n"
        "    add x9, x19, #17\n    fmov d14, x9\n    add x9, x19, #18\n    fmov d15, x9\n"
        "    ldr x9, [x0, #64]\n"
        "    dup v1.2d, x9\n    mov v2.16b, v1.16b\n    mov v3.16b, v1.16b\n"
        "    mov v4.16b, v1.16b\n    mov v5.16b, v1.16b\n    mov v6.16b, v1.16b\n"
        "    mov v7.16b, v1.16b\n    mov v16.16b, v1.16b\n    mov v17.16b, v1.16b\n"
        "    mov v18.16b, v1.16b\n    mov v30.16b, v1.16b\n    mov v31.16b, v1.16b\n"
        "    mov x4, x9\n    mov x5, x9\n    mov x6, x9\n    mov x7, x9\n    mov x8, x9\n"
        "    mov x10, x9\n    mov x11, x9\n    mov x12, x9\n"
        "    ldr q0, [x0]\n"
        "    ldp x2, x3, [x0, #40]\n"
        "    ldr x1, [x0, #32]\n"
        "    ldr x16, [x0, #16]\n"
        "    ldr x0, [x0, #24]\n"
        "    blr x16\n"
        "    mrs x9, tpidr_el0\n"
        "    add x9, x9, #:tprel_hi12:watch_passage, lsl #12\n"
        "    add x9, x9, #:tprel_lo12_nc:watch_passage\n"
        "    ldr x9, [x9]\n"
        "    str x0, [x9, #56]\n"
        "    str q0, [x9]\n"
        "    mov x10, sp\n"
        "    str x10, [x9, #80]\n"
        "    str xzr, [x9, #88]\n"
        "    add x10, x9, #104\n"
        "    stp x19, x20, [x10]\n    stp x21, x22, [x10, #16]\n    stp x23, x24, [x10, #32]\n"
        "    stp x25, x26, [x10, #48]\n    stp x27, x28, [x10, #64]\n    str x29, [x10, #80]\n"
        "    stp d8, d9, [x10, #88]\n    stp d10, d11, [x10, #104]\n    stp d12, d13, [x10, #120]\n"
        "    stp d14, d15, [x10, #136]\n"
        "    ldr x10, [x9, #72]\n"
        "    mov sp, x10\n"
        "    movz x11, #0xc0de, lsl #32\n    movk x11, #0x5a17, lsl #48\n"
        "    mov x13, #0\n"
        "    add x12, x10, #256\n"
        "2:  ldr x14, [x10], #8\n"
        "    eor x14, x14, x11\n"
        "    orr x13, x13, x14\n"
        "    cmp x10, x12\n"
        "    b.ne 2b\n"
        "    str x13, [x9, #96]\n"
        "    add sp, sp, #256\n"
        "    ldp d14, d15, [sp, #144]\n    ldp d12, d13, [sp, #128]\n"
        "    ldp d10, d11, [sp, #112]\n    ldp d8, d9, [sp, #96]\n"
        "    ldp x27, x28, [sp, #80]\n    ldp x25, x26, [sp, #64]\n    ldp x23, x24, [sp, #48]\n"
        "    ldp x21, x22, [sp, #32]\n    ldp x19, x20, [sp, #16]\n"
        "    ldp x29, x30, [sp], #176\n"
        "    ret\n"
        ".size watch_trampoline, . - watch_trampoline\n");
#endif

/* ---- the state around a call ----------------------------------------------------------------- */

#if defined(__x86_64__)
static bool tells_upper; /* xgetbv tells which parts of the vector registers are in use */
#endif

void watch_prepare(void)
{
#if defined(__x86_64__)
    unsigned a, b, c, d;
    tells_upper = __get_cpuid(1, &a, &b, &c, &d) && c >> 27 & 1 &&
                  __get_cpuid_count(13, 1, &a, &b, &c, &d) && a >> 2 & 1;
#endif
}

/* Are upper halves of vector registers in use?  False where the processor does not tell. */
static bool upper_in_use(void)
{
#if defined(__x86_64__)
    unsigned low = 0, high;
    if (tells_upper)
        __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(1));
    return low >> 2 & 1;
#else
    return false;
#endif
}

/* Leaves PATTERN in the stack that the next call will use. */
__attribute__((noinline)) static void soil_stack(uint64_t pattern)
{
    char stack[2048];
    memset(stack, (int)(pattern & 0xff), sizeof stack);
    __asm__ volatile("" : : "r"(stack) : "memory"); /* so that it is not left out */
}

/* Leaves PATTERN in whole vector and mask registers.  Only what the trampoline does not set itself
 * is still there in the call: the upper parts. */
static void soil_vectors(uint64_t pattern)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f"))
        __asm__ volatile(
            "vpbroadcastq %0, %%zmm0\n\tvmovdqa64 %%zmm0, %%zmm1\n\tvmovdqa64 %%zmm0, %%zmm2\n\t"
            "vmovdqa64 %%zmm0, %%zmm3\n\tvmovdqa64 %%zmm0, %%zmm4\n\tvmovdqa64 %%zmm0, %%zmm5\n\t"
            "vmovdqa64 %%zmm0, %%zmm6\n\tvmovdqa64 %%zmm0, %%zmm7\n\tvmovdqa64 %%zmm0, %%zmm15\n\t"
            "vmovdqa64 %%zmm0, %%zmm16\n\tvmovdqa64 %%zmm0, %%zmm17\n\tvmovdqa64 %%zmm0, "
            "%%zmm31\n\t"
            "kmovw %k0, %%k1\n\tkmovw %k0, %%k2\n\tkmovw %k0, %%k3\n\tkmovw %k0, %%k4\n\t"
            "kmovw %k0, %%k5\n\tkmovw %k0, %%k6\n\tkmovw %k0, %%k7"
            :
            : "r"(pattern)
            : VECTORS);
    else if (__builtin_cpu_supports("avx"))
        __asm__ volatile(
            "vbroadcastsd %0, %%ymm0\n\tvmovaps %%ymm0, %%ymm1\n\tvmovaps %%ymm0, %%ymm2\n\t"
            "vmovaps %%ymm0, %%ymm3\n\tvmovaps %%ymm0, %%ymm4\n\tvmovaps %%ymm0, %%ymm5\n\t"
            "vmovaps %%ymm0, %%ymm6\n\tvmovaps %%ymm0, %%ymm7\n\tvmovaps %%ymm0, %%ymm15"
            :
            : "m"(pattern)
            : VECTORS);
#else
    (void)pattern;
#endif
}

static void clean_vectors(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f"))
        __asm__ volatile("kxorw %k1, %k1, %k1\n\tkxorw %k2, %k2, %k2\n\tkxorw %k3, %k3, %k3\n\t"
                         "kxorw %k4, %k4, %k4\n\tkxorw %k5, %k5, %k5\n\tkxorw %k6, %k6, %k6\n\t"
                         "kxorw %k7, %k7, %k7");
    if (__builtin_cpu_supports("avx"))
        __asm__ volatile("vzeroupper" : : : VECTORS);
#endif
}

static void look_at_fp(const struct fp_state *normal, struct watch_report *report)
{
    struct fp_state after = fp_state_get();
    report->raised |= fp_state_raised(&after);
    unsigned changed = fp_state_changes(normal, &after);
    if (changed) {
        fp_state_set(normal);
        report->fp |= changed;
    }
}

#if defined(__x86_64__) || defined(__aarch64__)

static void pass(struct passage *p, struct watch_report *report)
{
    watch_trampoline(p);
    for (int i = 0; i < SAVED && !report->registers; i++)
        if (p->saved[i] != KEPT + (uint64_t)i)
            report->registers = saved_name[i];
    report->stack |= p->sp != p->sp_after;
    report->frame |= p->frame != 0;
#if defined(__x86_64__)
    report->direction |= p->flags >> 10 & 1;
    report->alignment_check |= p->flags >> 18 & 1;
#endif
}

/* One scalar argument, one result: 16-bit formats are integers. */
static void pass_scalar(struct passage *p, const struct subject *s, const void *x, void *y,
                        struct watch_report *report)
{
    size_t in = format_bytes(s->in), out = format_bytes(s->out);
    memcpy(in == 2 ? (void *)p->arg : (void *)p->fp, x, in);
    pass(p, report);
    memcpy(y, out == 2 ? (void *)&p->result : (void *)p->fp, out);
}

static void call_through(const struct subject *s, const void *x, void *y, size_t n,
                         uint64_t pattern, struct watch_report *report)
{
    struct passage p = {.entry = s->entry, .pattern = pattern, .fp = {pattern, pattern}};
    uint64_t in = (uintptr_t)x, out = (uintptr_t)y;
    switch (s->signature) {
    case SIGNATURE_KERNEL:
    case SIGNATURE_ARRAY:
        p.arg[0] = in, p.arg[1] = out, p.arg[2] = n;
        p.arg[3] = s->signature == SIGNATURE_KERNEL ? (uintptr_t)s->param : pattern;
        pass(&p, report);
        break;
    case SIGNATURE_YXN:
        p.arg[0] = out, p.arg[1] = in, p.arg[2] = n, p.arg[3] = pattern;
        pass(&p, report);
        break;
    case SIGNATURE_NXY:
        p.arg[0] = n, p.arg[1] = in, p.arg[2] = out, p.arg[3] = pattern;
        pass(&p, report);
        break;
    case SIGNATURE_SCALAR:
        pass_scalar(&p, s, x, y, report);
        break;
    case SIGNATURE_COUNT:
        break;
    }
}
#else
static void call_through(const struct subject *s, const void *x, void *y, size_t n,
                         uint64_t pattern, struct watch_report *report)
{
    (void)pattern, (void)report;
    subject_call(s, x, y, n);
}
#endif

static void watch_one(const struct subject *s, const void *x, void *y, size_t n, int soil,
                      const struct fp_state *normal, struct watch_report *report)
{
    static const uint64_t patterns[2] = {0xa5a5a5a5a5a5a5a5u, 0x5a5a5a5a5a5a5a5au};
    soil_stack(patterns[soil]);
    fp_state_flags(normal, soil);
    if (soil)
        soil_vectors(patterns[soil]);
    bool upper = upper_in_use();
    errno = soil ? EDOM : 0;
    call_through(s, x, y, n, patterns[soil], report);
    report->upper |= !upper && upper_in_use();
    if (soil || report->upper)
        clean_vectors();
    look_at_fp(normal, report);
}

void watch_call(const struct subject *s, const void *x, void *y, size_t n, int soil,
                const struct fp_state *normal, struct watch_report *report)
{
    *report = (struct watch_report){0};
    if (s->signature == SIGNATURE_SCALAR)
        for (size_t i = 0; i < n; i++)
            watch_one(s, (const char *)x + i * format_bytes(s->in),
                      (char *)y + i * format_bytes(s->out), 1, soil, normal, report);
    else
        watch_one(s, x, y, n, soil, normal, report);
    if (soil)
        report->raised = 0;
}

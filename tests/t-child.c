/* t-child.c -- children: each way of ending is told from the others, and nothing is left behind. */
#include "../src/measure/child.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct page {
    volatile uint64_t progress;
    volatile pid_t pid;
    volatile int n;
} * page;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- works ----------------------------------------------------------------------------------- */

static int works(void *arg)
{
    return *(int *)arg;
}

static int exits(void *arg)
{
    exit(*(int *)arg);
}

static int exits_at_once(void *arg)
{
    _exit(*(int *)arg);
}

static int raises(void *arg)
{
    raise(*(int *)arg);
    return 0;
}

static int reads(void *arg)
{
    return *(volatile char *)*(uintptr_t *)arg;
}

static int writes(void *arg)
{
    *(volatile char *)*(uintptr_t *)arg = 1;
    return 0;
}

static int recurses(void *arg)
{
    volatile char frame[4096];
    frame[0] = 1;
    return page ? recurses(arg) + frame[0] : 0;
}

static int traps(void *arg)
{
    (void)arg;
    __builtin_trap();
}

static int spins(void *arg)
{
    (void)arg;
    while (page)
        page->n++;
    return 0;
}

static int sleeps(void *arg)
{
    (void)arg;
    while (page)
        pause();
    return 0;
}

static int progresses(void *arg)
{
    (void)arg;
    for (int i = 0; i < 20; i++) {
        page->progress++;
        usleep(20000);
    }
    return 0;
}

static int closes_everything(void *arg)
{
    (void)arg;
    for (int fd = 0; fd < 4096; fd++)
        close(fd);
    return 7;
}

static int prints(void *arg)
{
    (void)arg;
    puts("this may be seen nowhere");
    fflush(NULL);
    return 0;
}

static int writes_to(void *arg)
{
    return write(*(int *)arg, "x", 1) == 1;
}

static int kills_its_parent(void *arg)
{
    kill(getppid(), *(int *)arg);
    usleep(50000); /* time for the signal to do its work */
    return 3;
}

static int kills_its_group(void *arg)
{
    (void)arg;
    kill(0, SIGKILL);
    return 0;
}

static int leaves_a_daemon(void *arg)
{
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        page->pid = getpid();
        for (;;)
            pause();
    }
    while (!page->pid)
        usleep(1000);
    if (*(int *)arg)
        raise(*(int *)arg);
    return 0;
}

static int tells_signals(void *arg)
{
    (void)arg;
    sigset_t mask;
    sigprocmask(SIG_SETMASK, NULL, &mask);
    struct sigaction a;
    sigaction(SIGUSR1, NULL, &a);
    return sigismember(&mask, SIGUSR2) || a.sa_handler != SIG_DFL;
}

static int dies_with_parent(void *arg)
{
    (void)arg;
    page->pid = getpid();
    while (page)
        pause();
    return 0;
}

static void *exit_thread(void *arg)
{
    (void)arg;
    exit(9);
}

static int exits_in_a_thread(void *arg)
{
    (void)arg;
    pthread_t t;
    pthread_create(&t, NULL, exit_thread, NULL);
    pthread_join(t, NULL);
    return 0;
}

/* ---- the tests ------------------------------------------------------------------------------- */

static const struct child_limits within_10s = {.seconds = 10};

static void ends(const char *what, int (*work)(void *), intptr_t value, enum child_end end,
                 int status, const char *text)
{
    char buf[100];
    struct child_result r = child_run(work, &value, within_10s);
    child_describe(&r, buf, sizeof buf);
    ok(r.end == end && r.status == status && !strcmp(buf, text), "%s: %s (end %d, status %d)", what,
       buf, (int)r.end, r.status);
}

static void every_end(void)
{
    ends("work that returns 0", works, 0, CHILD_OK, 0, "ended well");
    ends("work that returns 5", works, 5, CHILD_FAILED, 5, "failed with 5");
    ends("work that returns -1", works, -1, CHILD_FAILED, -1, "failed with -1");
    ends("exit(0) is no return", exits, 0, CHILD_EXITED, 0, "exit 0");
    ends("exit(3)", exits, 3, CHILD_EXITED, 3, "exit 3");
    ends("exit in a thread", exits_in_a_thread, 0, CHILD_EXITED, 9, "exit 9");
    ends("_exit(0) is no return", exits_at_once, 0, CHILD_EXITED, 0, "exit 0");
    ends("abort", raises, SIGABRT, CHILD_SIGNAL, SIGABRT, "SIGABRT");
    ends("SIGFPE", raises, SIGFPE, CHILD_SIGNAL, SIGFPE, "SIGFPE");
    ends("SIGKILL", raises, SIGKILL, CHILD_SIGNAL, SIGKILL, "SIGKILL");
    ends("SIGSTOP", raises, SIGSTOP, CHILD_SIGNAL, SIGSTOP, "SIGSTOP");
    ends("closing every descriptor hides nothing", closes_everything, 0, CHILD_FAILED, 7,
         "failed with 7");
    ends("killing the parent kills the keeper only", kills_its_parent, SIGKILL, CHILD_SIGNAL,
         SIGKILL, "SIGKILL");
    ends("SIGTERM to the parent is not heeded", kills_its_parent, SIGTERM, CHILD_FAILED, 3,
         "failed with 3");
    ends("killing the process group", kills_its_group, 0, CHILD_SIGNAL, SIGKILL, "SIGKILL");

    struct child_result r = child_run(traps, NULL, within_10s);
    ok(r.end == CHILD_SIGNAL && (r.status == SIGILL || r.status == SIGTRAP), "trap: signal %d",
       r.status);
}

static void faults(void)
{
    long bytes = sysconf(_SC_PAGESIZE);
    char *p = mmap(NULL, (size_t)bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uintptr_t at = (uintptr_t)p + 10;
    struct child_result r = child_run(reads, &at, within_10s);
    ok(r.end == CHILD_SIGNAL && r.status == SIGSEGV && r.has_fault && r.fault == at,
       "a bad read is found at its address (%#zx, due %#zx)", (size_t)r.fault, (size_t)at);
#if defined(__x86_64__)
    ok(r.access == 'r', "and is a read (%c)", r.access);
#endif
    r = child_run(writes, &at, within_10s);
    ok(r.end == CHILD_SIGNAL && r.status == SIGSEGV && r.has_fault && r.fault == at,
       "a bad write is found at its address (%#zx)", (size_t)r.fault);
#if defined(__x86_64__)
    ok(r.access == 'w', "and is a write (%c)", r.access);
#endif
    r = child_run(recurses, &at, within_10s);
    ok(r.end == CHILD_SIGNAL && r.status == SIGSEGV && r.has_fault &&
           (r.fault > r.stack ? r.fault - r.stack : r.stack - r.fault) < 65536,
       "a stack that overflows: the address is near the stack pointer (%#zx, %#zx)",
       (size_t)r.fault, (size_t)r.stack);
    munmap(p, (size_t)bytes);
}

static void timeouts(void)
{
    page->progress = 0;
    double start = now();
    struct child_result r = child_run(spins, NULL, (struct child_limits){.seconds = 0.2});
    double took = now() - start;
    char buf[100];
    ok(r.end == CHILD_TIMEOUT && took < 5, "a spin ends after %.2f s: %s", took,
       child_describe(&r, buf, sizeof buf));
    start = now();
    r = child_run(sleeps, NULL, (struct child_limits){.seconds = 0.2, .progress = &page->progress});
    took = now() - start;
    ok(r.end == CHILD_TIMEOUT && took > 0.5 && took < 5, "a sleep ends after %.2f s", took);
    r = child_run(progresses, NULL,
                  (struct child_limits){.seconds = 0.1, .progress = &page->progress});
    ok(r.end == CHILD_OK, "0.4 s of work with progress outlive a limit of 0.1 s (%s)",
       child_describe(&r, buf, sizeof buf));
}

static int allocates(void *arg)
{
    void *p =
        mmap(NULL, *(size_t *)arg, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED;
}

static void memory(void)
{
    if (!child_limits_memory) {
        skip("a sanitizer's address space has no limit");
        return;
    }
    size_t little = 1 << 20, much = (size_t)1 << 30;
    struct child_limits l = {.seconds = 10, .memory = 64 << 20};
    struct child_result a = child_run(allocates, &little, l), b = child_run(allocates, &much, l);
    ok(a.end == CHILD_OK, "1 MiB fits in a limit of 64 MiB");
    ok(b.end == CHILD_FAILED, "1 GiB does not");
}

static int at_exit_fd;
static pid_t at_exit_pid;
static void at_exit_writes(void)
{
    if (getpid() != at_exit_pid)
        dprintf(at_exit_fd, "handler");
}

static void streams(void)
{
    int fd[2];
    if (pipe(fd))
        return;
    fcntl(fd[0], F_SETFL, O_NONBLOCK);
    int keep = dup(1);
    fflush(stdout);
    dup2(fd[1], 1);
    printf("pending ");
    struct child_result r = child_run(prints, NULL, within_10s);
    fflush(stdout);
    dup2(keep, 1);
    close(keep);
    char buf[100] = "";
    ssize_t n = read(fd[0], buf, sizeof buf - 1);
    ok(r.end == CHILD_OK && n == 8,
       "what the child prints goes nowhere, what is pending is written once (\"%s\")", buf);
    r = child_run(writes_to, &fd[1], within_10s);
    ok(r.end == CHILD_OK, "the parent's descriptors are closed in the child");

    at_exit_fd = fd[1];
    at_exit_pid = getpid();
    atexit(at_exit_writes);
    int status = 4;
    r = child_run(exits, &status, within_10s);
    n = read(fd[0], buf, sizeof buf);
    ok(r.end == CHILD_EXITED && r.status == 4 && n < 0, "exit runs none of the parent's handlers");
    close(fd[0]);
    close(fd[1]);
}

static void signals(void)
{
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, &old);
    signal(SIGUSR1, SIG_IGN);
    struct child_result r = child_run(tells_signals, NULL, within_10s);
    ok(r.end == CHILD_OK, "signal actions and mask are the default ones");
    sigprocmask(SIG_SETMASK, &old, NULL);
    signal(SIGUSR1, SIG_DFL);
}

static bool gone(pid_t pid)
{
    for (int i = 0; i < 200; i++) {
        if (kill(pid, 0) && errno == ESRCH)
            return true;
        usleep(10000);
    }
    return false;
}

static void strays(void)
{
    for (int sig = 0; sig <= SIGSEGV; sig += SIGSEGV) {
        page->pid = 0;
        struct child_result r = child_run(leaves_a_daemon, &sig, within_10s);
        ok(r.strays == 1 && gone(page->pid) && r.end == (sig ? CHILD_SIGNAL : CHILD_OK),
           "a daemon with its own session is found and ended (%d left behind, pid %d)", r.strays,
           (int)page->pid);
    }
    ok(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD, "no child of ours is left");
}

static void orphans(void)
{
    page->pid = 0;
    pid_t tool = fork();
    if (tool == 0) {
        struct child c;
        child_start(&c, dies_with_parent, NULL, (struct child_limits){0});
        while (!page->pid)
            usleep(1000);
        raise(SIGKILL);
    }
    waitpid(tool, NULL, 0);
    ok(page->pid && gone(page->pid), "a child dies with a parent that was killed");
}

static void several(void)
{
    struct child c[3];
    int fast = 0;
    child_start(&c[0], sleeps, NULL, (struct child_limits){0});
    child_start(&c[1], works, &fast, within_10s);
    child_start(&c[2], exits, &fast, within_10s);
    for (double until = now() + 10; (child_poll(&c[1]) + child_poll(&c[2])) && now() < until;)
        child_wait(c, 3, 0.1);
    ok(c[1].result.end == CHILD_OK && c[2].result.end == CHILD_EXITED, "several children at once");
    ok(child_poll(&c[0]), "one of them still runs");
    child_stop(&c[0]);
    ok(!child_poll(&c[0]) && c[0].result.end == CHILD_STOPPED, "until it is stopped");
}

int main(void)
{
    page = shared_alloc(sizeof *page);
    every_end();
    faults();
    timeouts();
    memory();
    streams();
    signals();
    strays();
    orphans();
    several();
    double start = now();
    int zero = 0;
    for (int i = 0; i < 50; i++)
        child_run(works, &zero, within_10s);
    printf("# %.2f ms a child\n", (now() - start) * 20);
    shared_free(page, sizeof *page);
    return done_testing();
}

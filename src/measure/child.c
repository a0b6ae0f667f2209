/* child.c -- forked children with limits: see child.h.
 *
 * parent -- keeper -- worker.  The three share one page.  The worker writes there that its work
 * returned (so an exit code alone never passes for it), its fault handler writes the address, the
 * keeper writes how the worker ended.  Nothing depends on descriptors, which a kernel may close.
 */
#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "clock.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif

#ifdef SANITIZED
const bool child_limits_memory = false;
#else
const bool child_limits_memory = true;
#endif

static const uint64_t RETURNED = 0x57ad1c8e0b6f2943u; /* no accident writes this */

struct child_page {
    volatile uint64_t returned; /* RETURNED: by the worker, when its work is done */
    volatile int work_status;
    volatile pid_t worker;
    volatile bool reaped; /* by the keeper, with wait_status as waitpid(2) has it */
    volatile int wait_status;
    volatile int strays;
    volatile bool has_fault;
    volatile uintptr_t fault, stack;
    volatile int access;
};

void *shared_alloc(size_t bytes)
{
    void *p =
        mmap(NULL, bytes ? bytes : 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        fprintf(stderr, "actulp: no %zu bytes of shared memory: %s\n", bytes, strerror(errno));
        abort();
    }
    return p;
}

void shared_free(void *p, size_t bytes)
{
    if (p)
        munmap(p, bytes ? bytes : 1);
}

/* ---- the worker ------------------------------------------------------------------------------ */

static struct child_page *worker_page; /* in the worker: where its handlers write */

/* The stack pointer and the kind of access from a signal's context. */
static void context_facts(int sig, const ucontext_t *u, uintptr_t *stack, int *access)
{
    *access = '?';
    *stack = 0;
#if defined(__x86_64__)
    *stack = (uintptr_t)u->uc_mcontext.gregs[REG_RSP];
    if (sig == SIGSEGV && u->uc_mcontext.gregs[REG_TRAPNO] == 14)
        *access = u->uc_mcontext.gregs[REG_ERR] & 2 ? 'w' : 'r';
#elif defined(__aarch64__)
    *stack = (uintptr_t)u->uc_mcontext.sp;
    const char *record = (const char *)u->uc_mcontext.__reserved;
    struct {
        uint32_t magic, size;
        uint64_t esr;
    } r;
    for (int i = 0; i < 16 && (sig == SIGSEGV || sig == SIGBUS); i++) {
        memcpy(&r, record, sizeof r);
        if (r.magic == 0x45535201) /* ESR_MAGIC; bit 6 of a data abort: write, not read */
            *access = r.esr >> 6 & 1 ? 'w' : 'r';
        if (!r.magic || r.size < 8)
            break;
        record += r.size;
    }
#else
    (void)sig, (void)u;
#endif
}

static void note_fault(int sig, siginfo_t *info, void *context)
{
    struct child_page *p = worker_page;
    if (!p->has_fault && info->si_code > 0) {
        uintptr_t stack;
        int access;
        context_facts(sig, context, &stack, &access);
        p->fault = (uintptr_t)info->si_addr;
        p->stack = stack;
        p->access = access;
        p->has_fault = true;
    }
    signal(sig, SIG_DFL);
    raise(sig); /* blocked until the handler returns; then it kills */
}

static void default_signals(void)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
    for (int sig = 1; sig < NSIG; sig++)
        signal(sig, SIG_DFL);

    size_t bytes = 64 << 10;
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack_t alternate = {.ss_sp = memory, .ss_size = bytes};
    if (memory != MAP_FAILED)
        sigaltstack(&alternate, NULL);
    struct sigaction note = {.sa_sigaction = note_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&note.sa_mask);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigaction(faults[i], &note, NULL);

    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_from(int first)
{
#ifdef SYS_close_range
    if (!syscall(SYS_close_range, (unsigned)first, ~0u, 0u))
        return;
#endif
    long max = sysconf(_SC_OPEN_MAX);
    for (int fd = first; fd < (max > 0 && max < 65536 ? max : 65536); fd++)
        close(fd);
}

static void null_streams(void)
{
    __fpurge(stdout); /* what the parent has not written yet is not ours to write */
    __fpurge(stderr);
    int null = open("/dev/null", O_RDWR);
    if (null >= 0) {
        dup2(null, 0);
        dup2(null, 1);
        if (!getenv("ACTULP_CHILD_STDERR"))
            dup2(null, 2);
    }
    close_from(3);
}

static size_t address_space(void)
{
    size_t pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f)
        return 0;
    if (fscanf(f, "%zu", &pages) != 1)
        pages = 0;
    fclose(f);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void lower_limit(int resource, rlim_t value)
{
    struct rlimit r;
    if (getrlimit(resource, &r))
        return;
    if (r.rlim_max != RLIM_INFINITY && r.rlim_max < value)
        value = r.rlim_max;
    r.rlim_cur = value;
    setrlimit(resource, &r);
}

static void set_limits(const struct child_limits *l)
{
    lower_limit(RLIMIT_CORE, 0);
    size_t used = l->memory && child_limits_memory ? address_space() : 0;
    if (used)
        lower_limit(RLIMIT_AS, (rlim_t)used + l->memory);
    if (l->seconds > 0 && !l->progress) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        lower_limit(RLIMIT_CPU, (rlim_t)(3 * l->seconds * (double)(cores > 0 ? cores : 1)) + 2);
    }
}

/* exit() comes here first, so that none of the parent's handlers runs. */
static void leave_at_exit(int status, void *unused)
{
    (void)unused;
    _exit(status);
}

__attribute__((noreturn)) static void be_worker(struct child_page *page, pid_t keeper,
                                                int (*work)(void *), void *arg,
                                                const struct child_limits *limits)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != keeper)
        _exit(127);
    worker_page = page;
    default_signals();
    null_streams();
    on_exit(leave_at_exit, NULL);
    set_limits(limits);
    int status = work(arg);
    page->work_status = status;
    page->returned = RETURNED;
    _exit(0);
}

/* ---- the keeper ------------------------------------------------------------------------------ */

/* Kills the children of this process, which as subreaper inherits every orphan below it. */
static int kill_own_children(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid());
    FILE *f = fopen(path, "r");
    int pid, n = 0;
    while (f && fscanf(f, "%d", &pid) == 1)
        n += !kill(pid, SIGKILL);
    if (f)
        fclose(f);
    return n;
}

/* Ends whatever the worker left behind; returns how many processes that were. */
static int end_strays(void)
{
    int strays = 0;
    for (double until = clock_seconds() + 1; clock_seconds() < until;) {
        pid_t pid = waitpid(-1, NULL, WNOHANG | __WALL);
        if (pid > 0) {
            strays++;
            continue;
        }
        if (pid < 0)
            break;
        kill_own_children();
        struct timespec pause = {.tv_nsec = 200000};
        nanosleep(&pause, NULL);
    }
    return strays;
}

__attribute__((noreturn)) static void be_keeper(struct child_page *page, pid_t parent,
                                                int (*work)(void *), void *arg,
                                                const struct child_limits *limits)
{
    sigset_t waited;
    sigemptyset(&waited);
    sigaddset(&waited, SIGCHLD);
    sigaddset(&waited, SIGTERM);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    sigprocmask(SIG_SETMASK, &waited, NULL);
    setpgid(0, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(127);

    pid_t self = getpid(), worker = fork();
    if (worker == 0)
        be_worker(page, self, work, arg, limits);
    if (worker < 0) {
        page->wait_status = errno;
        _exit(126);
    }
    setpgid(worker, worker);
    page->worker = worker;

    /* Until the worker has ended, is stopped, or the parent asks (or is gone).  A SIGTERM from
     * anybody else, such as the worker, is not heeded. */
    siginfo_t end = {0};
    int how = WEXITED | WSTOPPED | WNOWAIT;
    while (waitid(P_PID, (id_t)worker, &end, how | WNOHANG) == 0 && end.si_pid == 0) {
        siginfo_t got;
        if (sigwaitinfo(&waited, &got) == SIGTERM && (got.si_pid == parent || getppid() != parent))
            break;
    }
    bool stopped = end.si_code == CLD_STOPPED;
    kill(-worker, SIGKILL);
    kill(worker, SIGKILL);
    int status = 0;
    waitpid(worker, &status, __WALL);
    page->wait_status = stopped ? end.si_status : status; /* a stop reads as death by that signal */
    page->reaped = true;
    page->strays = end_strays();
    _exit(0);
}

/* ---- the parent ------------------------------------------------------------------------------ */

static void not_started(struct child *c, int error)
{
    c->running = false;
    c->result = (struct child_result){.end = CHILD_NOT_STARTED, .status = error};
}

void child_start(struct child *c, int (*work)(void *arg), void *arg, struct child_limits limits)
{
    *c = (struct child){.limits = limits, .end_fd = -1, .last_change = clock_seconds()};
    c->last_progress = limits.progress ? *limits.progress : 0;
    int fd[2];
    if (pipe2(fd, O_CLOEXEC)) {
        not_started(c, errno);
        return;
    }
    c->page = shared_alloc(sizeof *c->page);
    pid_t parent = getpid();
    c->pid = fork();
    if (c->pid == 0) {
        close(fd[0]);
        be_keeper(c->page, parent, work, arg, &c->limits); /* its end closes fd[1] */
    }
    int error = errno;
    close(fd[1]);
    if (c->pid < 0) {
        close(fd[0]);
        shared_free(c->page, sizeof *c->page);
        not_started(c, error);
        return;
    }
    c->end_fd = fd[0];
    c->running = true;
}

static struct child_result read_page(const struct child_page *p, int keeper_status)
{
    struct child_result r = {.strays = p->strays};
    if (p->returned == RETURNED) {
        r.status = p->work_status;
        r.end = r.status ? CHILD_FAILED : CHILD_OK;
    } else if (!p->reaped && WIFEXITED(keeper_status) && WEXITSTATUS(keeper_status) == 126) {
        r.end = CHILD_NOT_STARTED;
        r.status = p->wait_status;
    } else if (p->reaped && WIFEXITED(p->wait_status)) {
        r.end = CHILD_EXITED;
        r.status = WEXITSTATUS(p->wait_status);
    } else {
        /* Where the keeper itself was killed, the worker went with it. */
        r.end = CHILD_SIGNAL;
        r.status = p->reaped ? WTERMSIG(p->wait_status) : SIGKILL;
        r.has_fault = p->has_fault;
        r.fault = p->fault;
        r.stack = p->stack;
        r.access = p->access;
    }
    return r;
}

static void finish(struct child *c, int keeper_status)
{
    if (!c->page->reaped && c->page->worker > 0)
        kill(-c->page->worker, SIGKILL);
    c->result = read_page(c->page, keeper_status);
    c->running = false;
    close(c->end_fd);
    c->end_fd = -1;
    shared_free(c->page, sizeof *c->page);
    c->page = NULL;
}

/* CPU time of the worker so far, all threads; NAN-free: 0 where unknown. */
static double worker_cpu(const struct child *c)
{
    clockid_t clock;
    struct timespec t;
    pid_t pid = c->page->worker;
    if (pid <= 0 || clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &t))
        return 0;
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool hangs(struct child *c)
{
    if (c->limits.seconds <= 0)
        return false;
    double t = clock_seconds();
    if (c->limits.progress && *c->limits.progress != c->last_progress) {
        c->last_progress = *c->limits.progress;
        c->last_change = t;
        c->last_cpu = worker_cpu(c);
        return false;
    }
    double idle = t - c->last_change, allowed = c->limits.seconds;
    return idle >= 3 * allowed || (idle >= allowed && worker_cpu(c) - c->last_cpu >= allowed / 2);
}

/* Ends the child from outside; what the page says is replaced by END. */
static void end_from_outside(struct child *c, enum child_end end)
{
    int status = 0;
    kill(c->pid, SIGTERM);
    struct pollfd p = {.fd = c->end_fd, .events = POLLIN};
    poll(&p, 1, 3000);
    kill(c->pid, SIGKILL);
    waitpid(c->pid, &status, 0);
    double seconds = c->limits.seconds;
    finish(c, status);
    if (c->result.end == CHILD_SIGNAL || c->result.end == CHILD_EXITED)
        c->result =
            (struct child_result){.end = end, .strays = c->result.strays, .seconds = seconds};
}

bool child_poll(struct child *c)
{
    if (!c->running)
        return false;
    int status;
    pid_t got = waitpid(c->pid, &status, WNOHANG);
    if (got == c->pid)
        finish(c, status);
    else if (got < 0 && errno != EINTR)
        finish(c, 0);
    else if (hangs(c))
        end_from_outside(c, CHILD_TIMEOUT);
    return c->running;
}

void child_stop(struct child *c)
{
    if (c->running)
        end_from_outside(c, CHILD_STOPPED);
}

void child_wait(struct child *c, int n, double seconds)
{
    struct pollfd p[64];
    int k = 0;
    for (int i = 0; i < n && k < 64; i++)
        if (c[i].running)
            p[k++] = (struct pollfd){.fd = c[i].end_fd, .events = POLLIN};
    if (k)
        poll(p, (nfds_t)k, (int)(1000 * seconds));
}

struct child_result child_run(int (*work)(void *arg), void *arg, struct child_limits limits)
{
    struct child c;
    child_start(&c, work, arg, limits);
    double step = limits.seconds > 0 && limits.seconds < 0.4 ? limits.seconds / 8 : 0.05;
    while (child_poll(&c))
        child_wait(&c, 1, step);
    return c.result;
}

const char *child_describe(const struct child_result *r, char *buf, size_t len)
{
    const char *name;
    switch (r->end) {
    case CHILD_OK:
        snprintf(buf, len, "ended well");
        break;
    case CHILD_FAILED:
        snprintf(buf, len, "failed with %d", r->status);
        break;
    case CHILD_EXITED:
        snprintf(buf, len, "exit %d", r->status);
        break;
    case CHILD_SIGNAL:
        name = sigabbrev_np(r->status);
        if (name)
            snprintf(buf, len, "SIG%s", name);
        else
            snprintf(buf, len, "signal %d", r->status);
        break;
    case CHILD_TIMEOUT:
        snprintf(buf, len, "no progress for %g s", r->seconds);
        break;
    case CHILD_STOPPED:
        snprintf(buf, len, "stopped");
        break;
    case CHILD_NOT_STARTED:
        snprintf(buf, len, "no process: %s", strerror(r->status));
        break;
    }
    return buf;
}

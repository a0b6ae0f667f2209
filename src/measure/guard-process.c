/* guard-process.c -- what a kernel may change in its process: see guard-process.h. */
#define _GNU_SOURCE
#include "guard-process.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

extern char **environ;

static long file_bytes(const char *path)
{
    char text[4096];
    long n = 0;
    ssize_t got;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && (got = read(fd, text, sizeof text)) > 0)
        n += got;
    if (fd >= 0)
        close(fd);
    return n;
}

void look_around(struct surroundings *s)
{
    memset(s, 0, sizeof *s);
    for (int sig = 1; sig < NSIG; sig++)
        sigaction(sig, NULL, &s->action[sig]);
    sigprocmask(SIG_SETMASK, NULL, &s->mask);
    sigaltstack(NULL, &s->alternate);
    for (int fd = 0; fd < WATCHED_FDS; fd++)
        s->open[fd] = fcntl(fd, F_GETFD) >= 0;
    for (int fd = 0; fd < 3; fd++)
        if (fstat(fd, &s->stream[fd]))
            memset(&s->stream[fd], 0, sizeof s->stream[fd]);
    if (!getcwd(s->directory, sizeof s->directory))
        s->directory[0] = 0;
    const char *locale = setlocale(LC_ALL, NULL);
    snprintf(s->locale, sizeof s->locale, "%s", locale ? locale : "");
    s->umask = umask(0);
    umask(s->umask);
    sched_getaffinity(0, sizeof s->affinity, &s->affinity);
    s->nice = getpriority(PRIO_PROCESS, 0);
    for (int i = 0; i < 3; i++)
        getitimer((__itimer_which_t)i, &s->timer[i]);
    for (int i = 0; i < RLIM_NLIMITS; i++)
        getrlimit((__rlimit_resource_t)i, &s->limit[i]);
    s->environment = 14695981039346656037u;
    for (char **e = environ; e && *e; e++)
        for (const char *c = *e; *c; c++)
            s->environment = (s->environment ^ (unsigned char)*c) * 1099511628211u;
    s->thread_locale = uselocale((locale_t)0);
    prctl(PR_GET_NAME, s->thread_name);
    prctl(PR_GET_PDEATHSIG, &s->death_signal);
    s->scheduler = sched_getscheduler(0);
    s->group = getpgrp();
    s->session = getsid(0);
    s->posix_timers = file_bytes("/proc/self/timers");
}

static bool other_signals(const struct surroundings *a, const struct surroundings *z, int *which)
{
    for (int sig = 1; sig < NSIG; sig++) {
        const struct sigaction *p = &a->action[sig], *q = &z->action[sig];
        if (p->sa_sigaction != q->sa_sigaction || p->sa_flags != q->sa_flags) {
            *which = sig;
            return true;
        }
    }
    return false;
}

static const char *other_process(const struct surroundings *a, const struct surroundings *z)
{
    if (strcmp(a->directory, z->directory))
        return "the working directory";
    if (strcmp(a->locale, z->locale))
        return "the locale";
    if (a->umask != z->umask)
        return "the umask";
    if (memcmp(&a->affinity, &z->affinity, sizeof a->affinity))
        return "the CPUs this thread may run on";
    if (a->nice != z->nice)
        return "the priority";
    for (int i = 0; i < 3; i++)
        if (!a->timer[i].it_value.tv_sec != !z->timer[i].it_value.tv_sec ||
            !a->timer[i].it_value.tv_usec != !z->timer[i].it_value.tv_usec)
            return "a timer";
    if (memcmp(a->limit, z->limit, sizeof a->limit))
        return "a resource limit";
    if (a->environment != z->environment)
        return "an environment variable";
    if (a->thread_locale != z->thread_locale)
        return "the locale of its thread";
    if (strncmp(a->thread_name, z->thread_name, sizeof a->thread_name))
        return "the name of its thread";
    if (a->scheduler != z->scheduler)
        return "the scheduling policy";
    if (a->death_signal != z->death_signal || a->group != z->group || a->session != z->session)
        return "the process group, session or death signal";
    if (a->posix_timers != z->posix_timers)
        return "a timer (timer_create)";
    return NULL;
}

void compare_surroundings(struct bench *b, const struct surroundings *a,
                          const struct surroundings *z, const char *when, bool judged)
{
    int signal = 0, n = b->page->nnotes;
    const char *changed = other_process(a, z);
    if (other_signals(a, z, &signal))
        bench_note(b, GUARD_SIGNALS, NULL, "changes the action of SIG%s%s", sigabbrev_np(signal),
                   when);
    if (a->alternate.ss_sp != z->alternate.ss_sp || a->alternate.ss_flags != z->alternate.ss_flags)
        bench_note(b, GUARD_SIGNALS, NULL, "changes the alternate signal stack%s", when);
    if (memcmp(&a->mask, &z->mask, sizeof a->mask))
        bench_note(b, GUARD_SIGNALS, NULL, "changes which signals are blocked%s", when);
    if (changed)
        bench_note(b, GUARD_PROCESS, NULL, "changes %s%s", changed, when);
    for (int fd = 0; fd < 3; fd++)
        if (a->stream[fd].st_dev != z->stream[fd].st_dev ||
            a->stream[fd].st_ino != z->stream[fd].st_ino)
            bench_note(b, GUARD_FILES, NULL, "closes or redirects descriptor %d%s", fd, when);
    for (int fd = 3; fd < WATCHED_FDS; fd++) {
        if (a->open[fd] && !z->open[fd])
            bench_note(b, GUARD_FILES, NULL, "closes descriptor %d, which it did not open%s", fd,
                       when);
        if (!a->open[fd] && z->open[fd])
            bench_note(b, GUARD_LEFT_FILES, NULL, "leaves descriptor %d open%s", fd, when);
    }
    for (; !judged && n < b->page->nnotes; n++)
        b->page->note[n].judged = false;
}

int catch_prints(void)
{
    int fd = memfd_create("output", MFD_CLOEXEC);
    if (fd >= 0) {
        dup2(fd, 1);
        if (!getenv("ACTULP_CHILD_STDERR"))
            dup2(fd, 2);
    }
    return fd;
}

off_t printed(int fd)
{
    struct stat st;
    fflush(stdout);
    fflush(stderr);
    return fd >= 0 && !fstat(fd, &st) ? st.st_size : 0;
}

static size_t mapped_bytes(void)
{
    char text[128];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return 0;
    text[n] = 0;
    return strtoull(text, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
}

static size_t heap_bytes(void)
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
#else
    return 0;
#endif
}

int thread_count(void)
{
    struct stat st; /* a directory's links: itself twice, and one for each thread */
    return stat("/proc/self/task", &st) ? 1 : (int)st.st_nlink - 2;
}

/* Memory and threads that stay behind, told apart from what a kernel sets up once. */
void probe_leaks(struct bench *b)
{
    enum { CALLS = 200 };
    struct call c = {.n = 67, .first = ORDINARY};
    struct watch_report ignored;
    for (int i = 0; i < 20; i++)
        bench_perform(b, &c, &ignored);
    size_t heap = heap_bytes(), mapped = mapped_bytes();
    int threads = thread_count();
    for (int i = 0; i < CALLS; i++)
        bench_perform(b, &c, &ignored);
    size_t heap_after = heap_bytes(), mapped_after = mapped_bytes();
    int threads_after = thread_count();
    for (int i = 0; i < 10 && threads_after > b->threads; i++) {
        pause_us(500); /* one that has ended may still be counted */
        threads_after = thread_count();
    }
    if (heap_after >= heap + CALLS)
        bench_note(b, GUARD_LEAK, &c, "keeps about %zu bytes more of the heap with every call",
                   (heap_after - heap) / CALLS);
    else if (mapped_after >= mapped + (size_t)CALLS * 4096)
        bench_note(b, GUARD_LEAK, &c, "keeps about %zu bytes more mapped with every call",
                   (mapped_after - mapped) / CALLS);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    bool grows = threads_after >= threads + CALLS / 4 || threads > 64 + 8 * (int)cores;
    if (threads_after > b->threads) {
        struct note *n =
            bench_note(b, GUARD_LEFT_THREADS, &c, "%s (%d run after %llu calls)",
                       grows ? "leaves threads behind call by call" : "keeps threads of its own",
                       threads_after - b->threads, (unsigned long long)b->page->calls);
        if (n)
            n->judged = grows;
    }
}

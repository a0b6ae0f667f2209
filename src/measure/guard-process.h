/* guard-process.h -- the process as a kernel found it and as it leaves it.
 *
 * To watch something more: a field, a line in look_around, one where the two are compared.
 */
#ifndef MEASURE_GUARD_PROCESS_H
#define MEASURE_GUARD_PROCESS_H

#include <locale.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "guard-bench.h"

enum { WATCHED_FDS = 256 };

/* Everything a kernel might change beside memory. */
struct surroundings {
    struct sigaction action[NSIG];
    sigset_t mask;
    stack_t alternate;
    bool open[WATCHED_FDS];
    struct stat stream[3];
    char directory[512], locale[512];
    mode_t umask;
    cpu_set_t affinity;
    int nice;
    struct itimerval timer[3];
    struct rlimit limit[RLIM_NLIMITS];
    uint64_t environment;
    locale_t thread_locale;
    char thread_name[16];
    int scheduler, death_signal;
    pid_t group, session;
    long posix_timers; /* bytes that describe them; 0 where the system does not tell */
};

void look_around(struct surroundings *s);

/* Notes what differs; WHEN says what lies between A and Z; JUDGED is false for loading, which may
 * do more. */
void compare_surroundings(struct bench *b, const struct surroundings *a,
                          const struct surroundings *z, const char *when, bool judged);

/* Standard output and error go to a file in memory from then on, and so much was printed. */
int catch_prints(void);
off_t printed(int fd);

/* Threads of this process. */
int thread_count(void);

#endif

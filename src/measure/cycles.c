/* cycles.c -- see cycles.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* syscall */
#endif
#include "cycles.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#if defined(__linux__)
#include <linux/perf_event.h>
#include <sys/syscall.h>
#endif

#include "clock.h"

uint64_t cycles_read(int counter)
{
    uint64_t count;
    if (counter < 0 || read(counter, &count, sizeof count) != (ssize_t)sizeof count)
        return 0;
    return count;
}

bool cycles_plausible(uint64_t counted, uint64_t links)
{
    return counted >= links && counted - links <= links / 50;
}

static int open_counter(void)
{
#if defined(__linux__)
    struct perf_event_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.size = sizeof attr;
    attr.type = PERF_TYPE_HARDWARE;
    attr.config = PERF_COUNT_HW_CPU_CYCLES;
    attr.pinned = 1; /* on the processor always, or not at all: never scaled */
    attr.exclude_kernel = 1;
    attr.exclude_hv = 1;
    return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
#else
    return -1;
#endif
}

/* An interruption may add to one reading, so one of a few that is plausible is enough. */
static bool agrees_with_chain(int counter)
{
    enum { TRIES = 5 };
    for (int t = 0; t < TRIES; t++) {
        uint64_t start = cycles_read(counter), links = core_chain();
        if (links && cycles_plausible(cycles_read(counter) - start, links))
            return true;
    }
    return false;
}

int cycles_open(void)
{
    int counter = open_counter();
    if (counter >= 0 && !agrees_with_chain(counter)) {
        close(counter);
        return -1;
    }
    return counter;
}

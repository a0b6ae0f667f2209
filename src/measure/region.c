/* region.c -- memory between walls: see region.h. */
#define _GNU_SOURCE
#include "region.h"

#include <sys/mman.h>
#include <unistd.h>

bool region_make(struct region *r, size_t bytes, size_t wall)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char **alias[2] = {&r->data, &r->read_only};
    r->bytes = (bytes + page - 1) / page * page;
    int fd = memfd_create("buffer", MFD_CLOEXEC);
    bool made = fd >= 0 && !ftruncate(fd, (off_t)r->bytes);
    for (int i = 0; i < 2 && made; i++) {
        char *walls = mmap(NULL, r->bytes + 2 * wall, PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        made = walls != MAP_FAILED;
        if (made)
            *alias[i] = mmap(walls + wall, r->bytes, i ? PROT_READ : PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_FIXED, fd, 0);
        made = made && *alias[i] != MAP_FAILED;
    }
    if (fd >= 0)
        close(fd);
    return made;
}

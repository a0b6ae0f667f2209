/* checkpoint.c -- see checkpoint.h.
 *
 * The file: the magic, then sections (key, length, hash of the content, content) to its end.  It is
 * read on the machine that wrote it, so numbers are in its byte order.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "checkpoint.h"
#include "../mem.h"

static const char magic[16] = "actulp-checks-1\n";

struct header {
    uint64_t key, bytes, hash;
};

struct section {
    struct header header;
    void *data;
};

struct checkpoint {
    char *path, *temporary;
    struct section *section;
    size_t n;
};

uint64_t checkpoint_hash(uint64_t h, const void *data, size_t bytes)
{
    const unsigned char *p = data;
    for (size_t i = 0; i < bytes; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    return h;
}

uint64_t checkpoint_hash_file(uint64_t h, const char *path)
{
    char buffer[1 << 16];
    FILE *in = fopen(path, "rb");
    if (!in)
        return checkpoint_hash(h, path, strlen(path));
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, in)) > 0;)
        h = checkpoint_hash(h, buffer, n);
    fclose(in);
    return h;
}

static struct section *section_add(struct checkpoint *c, const struct header *h, void *data)
{
    c->section = xrealloc(c->section, (c->n + 1) * sizeof *c->section);
    c->section[c->n] = (struct section){*h, data};
    return &c->section[c->n++];
}

static bool read_sections(struct checkpoint *c, FILE *in)
{
    char start[sizeof magic];
    if (fread(start, 1, sizeof start, in) != sizeof start || memcmp(start, magic, sizeof magic))
        return false;
    struct header h;
    size_t n;
    while ((n = fread(&h, 1, sizeof h, in)) == sizeof h) {
        if (h.bytes > (UINT64_C(1) << 32))
            return false;
        void *data = xmalloc(h.bytes);
        if (fread(data, 1, h.bytes, in) != h.bytes ||
            checkpoint_hash(CHECKPOINT_SEED, data, h.bytes) != h.hash) {
            free(data);
            return false;
        }
        section_add(c, &h, data);
    }
    return n == 0 && !ferror(in);
}

static bool write_file(struct checkpoint *c)
{
    FILE *out = fopen(c->temporary, "wb");
    if (!out)
        return false;
    bool good = fwrite(magic, 1, sizeof magic, out) == sizeof magic;
    for (size_t i = 0; good && i < c->n; i++)
        good =
            fwrite(&c->section[i].header, 1, sizeof(struct header), out) == sizeof(struct header) &&
            fwrite(c->section[i].data, 1, c->section[i].header.bytes, out) ==
                c->section[i].header.bytes;
    good &= fflush(out) == 0 && fsync(fileno(out)) == 0;
    good &= fclose(out) == 0;
    if (good && rename(c->temporary, c->path) == 0)
        return true;
    int error = errno;
    unlink(c->temporary);
    errno = error;
    return false;
}

struct checkpoint *checkpoint_open(const char *path, char *err, size_t errlen)
{
    struct checkpoint *c = xcalloc(1, sizeof *c);
    c->path = xstrdup(path);
    c->temporary = xasprintf("%s.tmp", path);
    FILE *in = fopen(path, "rb");
    bool good = true;
    if (in) {
        good = read_sections(c, in);
        fclose(in);
        if (!good)
            snprintf(err, errlen,
                     "%s: not a checkpoint, or damaged; remove it or name another file", path);
    } else if (errno != ENOENT || !write_file(c)) {
        good = false;
        snprintf(err, errlen, "%s: %s", path, strerror(errno));
    }
    if (good)
        return c;
    checkpoint_close(c);
    return NULL;
}

void checkpoint_close(struct checkpoint *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n; i++)
        free(c->section[i].data);
    free(c->section);
    free(c->path);
    free(c->temporary);
    free(c);
}

static struct section *find(const struct checkpoint *c, uint64_t key)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->section[i].header.key == key)
            return &c->section[i];
    return NULL;
}

const void *checkpoint_find(const struct checkpoint *c, uint64_t key, size_t *bytes)
{
    struct section *s = find(c, key);
    if (!s)
        return NULL;
    *bytes = s->header.bytes;
    return s->data;
}

bool checkpoint_put(struct checkpoint *c, uint64_t key, const void *data, size_t bytes)
{
    struct section *s = find(c, key);
    if (!s)
        s = section_add(c, &(struct header){.key = key}, NULL);
    s->data = xrealloc(s->data, bytes);
    memcpy(s->data, data, bytes);
    s->header.bytes = bytes;
    s->header.hash = checkpoint_hash(CHECKPOINT_SEED, data, bytes);
    return write_file(c);
}

void checkpoint_remove(struct checkpoint *c)
{
    unlink(c->path);
}

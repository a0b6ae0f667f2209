/* machine.c -- the facts about processor, caches, system and build that stand in every result.
 *
 * A fact that cannot be read stays NULL, NAN or 0; nothing is guessed.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* gnu_get_libc_version, getloadavg */
#endif
#if HAVE_CONFIG_H
#include <config.h>
#include "src/revision.h" /* made by the build */
#endif
#include "machine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <gmp.h>
#include <jansson.h>
#include <mpfr.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif
#if defined(__x86_64__)
#include <cpuid.h>
#endif
#include "../mem.h"

#ifndef ACTULP_VERSION
#define ACTULP_VERSION NULL
#endif
#ifndef ACTULP_REVISION
#define ACTULP_REVISION NULL
#endif
#ifndef ACTULP_CC
#define ACTULP_CC NULL
#endif
#ifndef ACTULP_CFLAGS
#define ACTULP_CFLAGS NULL
#endif
#ifndef ACTULP_PASS_FLAGS
#define ACTULP_PASS_FLAGS NULL /* "scalar:-O2 ...\navx2:-O2 -mavx2 ..." */
#endif

static char *isa_list(void)
{
    char text[128] = "";
    for (int i = 0; i < ISA_COUNT; i++)
        if (i != ISA_EXT && isa_available((enum isa_id)i)) {
            strcat(text, *text ? " " : "");
            strcat(text, isa_word[i]);
        }
    return xstrdup(text);
}

/* ---- Files of /sys, /proc and /etc ---- */

/* The first line of PATH without its end, or NULL. */
static char *file_line(const char *path)
{
    char line[512];
    FILE *f = fopen(path, "r");
    if (!f)
        return NULL;
    bool read = fgets(line, sizeof line, f) != NULL;
    fclose(f);
    if (!read)
        return NULL;
    line[strcspn(line, "\n")] = '\0';
    return *line ? xstrdup(line) : NULL;
}

/* The text after KEY and SEPARATOR on the first line of PATH that opens with KEY; quotes removed.
 */
static char *file_value(const char *path, const char *key, char separator)
{
    char line[1024], *value = NULL;
    FILE *f = fopen(path, "r");
    if (!f)
        return NULL;
    while (!value && fgets(line, sizeof line, f)) {
        char *p = line + strlen(key);
        if (strncmp(line, key, strlen(key)) != 0)
            continue;
        p += strspn(p, " \t");
        if (*p++ != separator)
            continue;
        p += strspn(p, " \t\"");
        p[strcspn(p, "\"\n")] = '\0';
        value = *p ? xstrdup(p) : NULL;
    }
    fclose(f);
    return value;
}

/* ---- Caches ---- */

#if defined(__x86_64__)
/* Deterministic cache parameters: leaf 4 (Intel), or leaf 0x8000001d in the same form (AMD). */
static size_t cache_by_cpuid(int level)
{
    static const unsigned leaves[] = {4, 0x8000001d};
    for (int l = 0; l < 2; l++)
        for (unsigned sub = 0; sub < 16; sub++) {
            unsigned a, b, c, d;
            if (!__get_cpuid_count(leaves[l], sub, &a, &b, &c, &d))
                break;
            unsigned type = a & 31; /* 0 none, 1 data, 2 instructions, 3 unified */
            if (type == 0)
                break;
            if (type != 2 && (int)(a >> 5 & 7) == level) {
                size_t line = (b & 0xfff) + 1, parts = (b >> 12 & 0x3ff) + 1, ways = (b >> 22) + 1;
                return line * parts * ways * ((size_t)c + 1);
            }
        }
    return 0;
}
#else
static size_t cache_by_cpuid(int level)
{
    (void)level;
    return 0;
}
#endif

static size_t cache_by_sysfs(int level)
{
    size_t bytes = 0;
    for (int i = 0; i < 8 && !bytes; i++) {
        char path[128];
        const char *const names[] = {"level", "type", "size"};
        char *text[3];
        for (int k = 0; k < 3; k++) {
            snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/%s", i,
                     names[k]);
            text[k] = file_line(path);
        }
        if (text[0] && text[1] && text[2] && atoi(text[0]) == level &&
            strcmp(text[1], "Instruction") != 0) {
            char *unit;
            bytes = strtoul(text[2], &unit, 10);
            bytes *= *unit == 'K' ? 1024 : *unit == 'M' ? 1024 * 1024 : 1;
        }
        for (int k = 0; k < 3; k++)
            free(text[k]);
    }
    return bytes;
}

static size_t cache_by_sysconf(int level)
{
#ifdef _SC_LEVEL1_DCACHE_SIZE
    static const int names[] = {_SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE,
                                _SC_LEVEL3_CACHE_SIZE};
    long bytes = sysconf(names[level - 1]);
    return bytes > 0 ? (size_t)bytes : 0;
#else
    (void)level;
    return 0;
#endif
}

size_t machine_cache(int level)
{
    size_t bytes = 0;
    if (level < 1 || level > 3)
        return 0;
    bytes = cache_by_cpuid(level);
    if (!bytes)
        bytes = cache_by_sysfs(level);
    if (!bytes)
        bytes = cache_by_sysconf(level);
    return bytes;
}

/* ---- Processor ---- */

#if defined(__x86_64__)
static char *trimmed(const char *text)
{
    text += strspn(text, " ");
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == ' ')
        len--;
    return len ? xasprintf("%.*s", (int)len, text) : NULL;
}

static char *cpu_brand(void)
{
    unsigned r[12];
    char text[sizeof r + 1] = "";
    for (unsigned i = 0; i < 3; i++)
        if (!__get_cpuid(0x80000002 + i, &r[4 * i], &r[4 * i + 1], &r[4 * i + 2], &r[4 * i + 3]))
            return NULL;
    memcpy(text, r, sizeof r);
    return trimmed(text);
}

/* Who runs this virtual machine ("KVM", "Microsoft Hv"), "none" on bare metal. */
static char *hypervisor(void)
{
    unsigned a, r[3];
    char text[sizeof r + 1] = "";
    if (!__get_cpuid(1, &r[0], &r[1], &r[2], &a) || !(r[2] >> 31 & 1))
        return xstrdup("none");
    __cpuid(0x40000000, a, r[0], r[1], r[2]);
    memcpy(text, r, sizeof r);
    if (strncmp(text, "KVMKVMKVM", 9) == 0)
        return xstrdup("KVM");
    char *name = trimmed(text);
    return name ? name : xstrdup("unnamed");
}

static void describe_cpu(struct machine *m)
{
    unsigned a, b, c, d;
    char vendor[13] = "";
    if (__get_cpuid(0, &a, &b, &c, &d)) {
        memcpy(vendor, &b, 4);
        memcpy(vendor + 4, &d, 4);
        memcpy(vendor + 8, &c, 4);
        m->cpu_vendor = xstrdup(vendor);
    }
    if (__get_cpuid(1, &a, &b, &c, &d)) {
        int family = a >> 8 & 15, model = a >> 4 & 15;
        m->family = family + (family == 15 ? (int)(a >> 20 & 255) : 0);
        m->model = model + (family == 15 || family == 6 ? (int)(a >> 16 & 15) << 4 : 0);
        m->stepping = a & 15;
    }
    m->cpu_model = cpu_brand();
    m->hypervisor = hypervisor();
}
#else
/* Arm: implementer and part as /proc/cpuinfo gives them; there is no brand string. */
static void describe_cpu(struct machine *m)
{
    static const char info[] = "/proc/cpuinfo";
    char *part = file_value(info, "CPU part", ':'), *variant = file_value(info, "CPU variant", ':'),
         *revision = file_value(info, "CPU revision", ':');
    m->cpu_vendor = file_value(info, "CPU implementer", ':');
    m->cpu_model = file_value(info, "model name", ':');
    if (!m->cpu_model && m->cpu_vendor && part)
        m->cpu_model = xasprintf("implementer %s part %s", m->cpu_vendor, part);
    if (part)
        m->model = (int)strtol(part, NULL, 0);
    if (variant)
        m->family = (int)strtol(variant, NULL, 0);
    if (revision)
        m->stepping = (int)strtol(revision, NULL, 0);
    free(part);
    free(variant);
    free(revision);
}
#endif

static double cache_or_nan(int level)
{
    size_t bytes = machine_cache(level);
    return bytes ? (double)bytes : NAN;
}

void machine_describe(struct machine *m)
{
    struct utsname u;
    describe_cpu(m);
    m->isas = isa_list();
    m->cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    m->l1d_bytes = cache_or_nan(1);
    m->l2_bytes = cache_or_nan(2);
    m->l3_bytes = cache_or_nan(3);
    m->governor = file_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    if (uname(&u) == 0)
        m->kernel = xasprintf("%s %s %s", u.sysname, u.release, u.machine);
#ifdef __GLIBC__
    m->libc = xasprintf("glibc %s", gnu_get_libc_version());
#endif
    m->os = file_value("/etc/os-release", "PRETTY_NAME", '=');
}

double machine_load(void)
{
    double load;
    return getloadavg(&load, 1) == 1 ? load : NAN;
}

/* The first line of /proc/stat: user nice system idle iowait irq softirq steal, in jiffies since
 * the start. */
void machine_steal(uint64_t *stolen, uint64_t *total)
{
    char *line = file_line("/proc/stat");
    *stolen = *total = 0;
    if (line && strncmp(line, "cpu ", 4) == 0) {
        char *p = line + 4;
        for (int field = 0; field < 8; field++) {
            uint64_t jiffies = strtoull(p, &p, 10);
            *total += jiffies;
            if (field == 7)
                *stolen = jiffies;
        }
    }
    free(line);
}

/* ---- Build ---- */

void build_add_passes(struct build *b, const char *text)
{
    while (text && *text) {
        size_t line = strcspn(text, "\n"), name = strcspn(text, ":\n");
        if (name < line) {
            b->pass = xrealloc(b->pass, (size_t)(b->npasses + 1) * sizeof *b->pass);
            b->pass[b->npasses++] = (struct pass_flags){
                .pass = xasprintf("%.*s", (int)name, text),
                .flags = xasprintf("%.*s", (int)(line - name - 1), text + name + 1)};
        }
        text += line + (text[line] == '\n');
    }
}

void build_describe(struct build *b)
{
    b->version = xstrdup(ACTULP_VERSION);
    b->revision = xstrdup(ACTULP_REVISION);
    b->compiler = xstrdup(ACTULP_CC);
    b->cflags = xstrdup(ACTULP_CFLAGS);
    b->mpfr = xstrdup(mpfr_get_version());
    b->gmp = xstrdup(gmp_version);
    b->jansson = xstrdup(JANSSON_VERSION);
    build_add_passes(b, ACTULP_PASS_FLAGS);
}

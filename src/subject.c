/* subject.c -- opening and calling kernels: see subject.h.
 *
 * The library of an outside kernel is looked at before it is loaded, because the loader says too
 * little: glibc calls a library for another machine a missing file, and maps a truncated one that
 * faults later.
 *
 * To add a signature: a word, a case in subject_call, a case in measure/watch.c.
 */
#define _GNU_SOURCE
#include "subject.h"

#include <ctype.h>
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "measure/child.h"
#include "measure/fpstate.h"
#include "table.h"

const char *const signature_word[SIGNATURE_COUNT] = {"kernel", "array", "scalar", "yxn", "nxy"};

/* ---- bad input ---- */

/* Writes one line to ERR; what is not printable in a name becomes '?'.  Always false. */
__attribute__((format(printf, 3, 4))) static bool refuse(char *err, size_t errlen,
                                                         const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vsnprintf(err, errlen, format, ap);
    va_end(ap);
    for (char *c = err; *c; c++)
        if (iscntrl((unsigned char)*c))
            *c = '?';
    return false;
}

static bool is_identifier(const char *s)
{
    if (!isalpha((unsigned char)*s) && *s != '_')
        return false;
    while (isalnum((unsigned char)*s) || *s == '_')
        s++;
    return !*s;
}

static const char *machine_name(unsigned machine)
{
    static const struct {
        unsigned id;
        const char *name;
    } known[] = {{EM_X86_64, "x86-64"},  {EM_AARCH64, "AArch64"}, {EM_386, "32-bit x86"},
                 {EM_ARM, "32-bit Arm"}, {EM_RISCV, "RISC-V"},    {EM_PPC64, "POWER"},
                 {EM_S390, "s390"},      {EM_MIPS, "MIPS"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].id == machine)
            return known[i].name;
    return "another machine";
}

/* The ELF header of this program tells what a library must be like. */
static bool read_header(int fd, ElfW(Ehdr) * h)
{
    return pread(fd, h, sizeof *h, 0) == (ssize_t)sizeof *h && !memcmp(h->e_ident, ELFMAG, SELFMAG);
}

/* Do all segments lie in the file? */
static bool is_whole(int fd, const ElfW(Ehdr) * h, off_t size)
{
    for (int i = 0; i < h->e_phnum; i++) {
        ElfW(Phdr) p;
        off_t at = (off_t)h->e_phoff + (off_t)i * h->e_phentsize;
        if (pread(fd, &p, sizeof p, at) != (ssize_t)sizeof p)
            return false;
        if (p.p_type == PT_LOAD && p.p_offset + p.p_filesz > (uint64_t)size)
            return false;
    }
    return true;
}

static bool library_file_fits(int fd, const char *path, char *err, size_t errlen)
{
    struct stat st;
    if (fstat(fd, &st) || !S_ISREG(st.st_mode))
        return refuse(err, errlen, "%s: not a regular file; a shared library is needed", path);
    ElfW(Ehdr) lib, self;
    if (!read_header(fd, &lib))
        return refuse(err, errlen, "%s: not a shared library (it has no ELF header)", path);
    int own = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    bool known = own >= 0 && read_header(own, &self);
    if (own >= 0)
        close(own);
    if (known && (lib.e_machine != self.e_machine ||
                  memcmp(lib.e_ident + EI_CLASS, self.e_ident + EI_CLASS, 2)))
        return refuse(err, errlen, "%s: built for %s%s; this program runs on %s", path,
                      machine_name(lib.e_machine),
                      lib.e_machine == self.e_machine ? " in another class or byte order" : "",
                      machine_name(self.e_machine));
    if (lib.e_type != ET_DYN)
        return refuse(err, errlen, "%s: %s, not a shared library; link with -shared", path,
                      lib.e_type == ET_REL ? "an object file" : "a program");
    if (!is_whole(fd, &lib, st.st_size))
        return refuse(err, errlen, "%s: the file is cut short; build or copy it again", path);
    return true;
}

static bool library_path_fits(const char *path, char *err, size_t errlen)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return refuse(err, errlen, "%s: %s", path, strerror(errno));
    bool fits = library_file_fits(fd, path, err, errlen);
    close(fd);
    return fits;
}

/* One line from what the loader said. */
static bool refuse_load(const char *library, const char *said, char *err, size_t errlen)
{
    static const char undefined[] = "undefined symbol: ",
                      missing[] = "cannot open shared object file";
    size_t n = strlen(library);
    said = said ? said : "no reason given";
    const char *symbol = strstr(said, undefined);
    if (symbol) {
        symbol += strlen(undefined);
        return refuse(err, errlen,
                      "%s: nothing defines the symbol %.*s, which it uses; link it with "
                      "the library that does",
                      library, (int)strcspn(symbol, " \t("), symbol);
    }
    bool itself = !strncmp(said, library, n) && said[n] == ':';
    if (strstr(said, missing) && !itself)
        return refuse(err, errlen, "%s: needs %.*s, which is not found", library,
                      (int)strcspn(said, ":"), said);
    if (strstr(said, missing) && !strchr(library, '/') && !access(library, F_OK))
        return refuse(err, errlen,
                      "%s: not in the loader's search path; for the file here write ./%s", library,
                      library);
    if (strstr(said, missing))
        return refuse(err, errlen,
                      "%s: not in the loader's search path; give the path of the library", library);
    return refuse(err, errlen, "%s: cannot be loaded: %s", library, itself ? said + n + 2 : said);
}

/* ---- opening ---- */

struct segment_search {
    uintptr_t address;
    bool executable;
};

static int segment_holds(struct dl_phdr_info *info, size_t size, void *arg)
{
    (void)size;
    struct segment_search *s = arg;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + p->p_vaddr;
        if (p->p_type == PT_LOAD && s->address >= start && s->address - start < p->p_memsz) {
            s->executable = p->p_flags & PF_X;
            return 1;
        }
    }
    return 0;
}

/* Code, as far as the library tells: in an executable segment and not under the name of an object.
 * (The type alone does not do: behind an indirect function stands another symbol or none.) */
static bool is_function(void *address)
{
    struct segment_search search = {.address = (uintptr_t)address};
    dl_iterate_phdr(segment_holds, &search);
    if (!search.executable)
        return false;
    Dl_info info;
    void *extra = NULL;
    if (!dladdr1(address, &info, &extra, RTLD_DL_SYMENT) || !extra || info.dli_saddr != address)
        return true;
    int type = ELF64_ST_TYPE(((const ElfW(Sym) *)extra)->st_info);
    return type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_NOTYPE;
}

void *subject_load(const char *library, unsigned *changed, char *err, size_t errlen)
{
    if (!*library) {
        refuse(err, errlen, "the name of a library is empty");
        return NULL;
    }
    if (strchr(library, '/') && !library_path_fits(library, err, errlen))
        return NULL;
    struct fp_state before = fp_state_get();
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    struct fp_state after = fp_state_get();
    fp_state_set(&before);
    if (changed)
        *changed = fp_state_changes(&before, &after);
    if (!handle)
        refuse_load(library, dlerror(), err, errlen);
    return handle;
}

static void *find_symbol(void *handle, const struct subject *s, char *err, size_t errlen)
{
    void *entry = dlsym(handle, s->symbol);
    if (!entry)
        refuse(err, errlen, "%s: has no symbol %s; see `nm -D' (in C++ it must be extern \"C\")",
               s->library, s->symbol);
    return entry;
}

static bool open_library(struct subject *s, char *err, size_t errlen)
{
    void *handle = subject_load(s->library, &s->load_changed, err, errlen);
    if (!handle)
        return false;
    void *entry = s->row ? table_entry(handle, s->library, s->row, err, errlen)
                         : find_symbol(handle, s, err, errlen);
    if (!entry)
        return false;
    if (!is_function(entry))
        return refuse(err, errlen, "%s: the symbol %s is data, not a function", s->library,
                      s->symbol);
    s->entry = entry;
    return true;
}

bool subject_formats_fit(enum format in, enum format out)
{
    return in == out || (in == FORMAT_F32 && format_bytes(out) == 2);
}

bool subject_open(struct subject *s, char *err, size_t errlen)
{
    if (!subject_formats_fit(s->in, s->out))
        return refuse(err, errlen, "%s: no kernel takes %s and gives %s", s->name,
                      format_info[s->in].name, format_info[s->out].name);
    if (s->entry)
        return true;
    if (!s->library) {
        s->entry = (void *)(uintptr_t)s->kernel->call;
        return true;
    }
    if (!s->row && (!s->symbol || !is_identifier(s->symbol)))
        return refuse(err, errlen, "%s: \"%s\" is not the name of a C function", s->library,
                      s->symbol ? s->symbol : "");
    return open_library(s, err, errlen);
}

/* ---- probing ---- */

enum { PROBE_TEXT = 1024, PROBE_SECONDS = 10 };

struct probe_job {
    struct subject subject; /* a copy: the address found belongs to the child */
    char err[PROBE_TEXT];
};

static int probe_work(void *arg)
{
    struct probe_job *job = arg;
    return !subject_open(&job->subject, job->err, sizeof job->err);
}

enum probe subject_probe_end(const char *library, const struct child_result *r, const char *said,
                             char *err, size_t errlen)
{
    char how[100];
    if (r->end == CHILD_OK)
        return PROBE_FINE;
    if (r->end == CHILD_FAILED) {
        refuse(err, errlen, "%s", said);
        return PROBE_BAD_INPUT;
    }
    refuse(err, errlen, "%s: does not survive being loaded: %s", library,
           child_describe(r, how, sizeof how));
    return PROBE_FAULT;
}

enum probe subject_probe(const struct subject *s, char *err, size_t errlen)
{
    struct probe_job *job = shared_alloc(sizeof *job);
    job->subject = *s;
    struct child_result r =
        child_run(probe_work, job, (struct child_limits){.seconds = PROBE_SECONDS});
    enum probe end =
        subject_probe_end(s->library ? s->library : s->name, &r, job->err, err, errlen);
    shared_free(job, sizeof *job);
    return end;
}

/* ---- calling ---- */

#define SCALAR_LOOP(X, Y)          \
    for (size_t i = 0; i < n; i++) \
    ((Y *)y)[i] = ((Y(*)(X))entry)(((const X *)x)[i])

static void call_scalar(enum format in, enum format out, void *entry, const void *x, void *y,
                        size_t n)
{
    if (in == FORMAT_F64)
        SCALAR_LOOP(double, double);
    else if (in == FORMAT_F32 && out == FORMAT_F32)
        SCALAR_LOOP(float, float);
    else if (in == FORMAT_F32)
        SCALAR_LOOP(float, uint16_t);
    else
        SCALAR_LOOP(uint16_t, uint16_t);
}

void subject_call(const struct subject *s, const void *x, void *y, size_t n)
{
    switch (s->signature) {
    case SIGNATURE_KERNEL:
        ((kernel_fn *)s->entry)(x, y, n, s->param);
        break;
    case SIGNATURE_ARRAY:
        ((void (*)(const void *, void *, size_t))s->entry)(x, y, n);
        break;
    case SIGNATURE_YXN:
        ((void (*)(void *, const void *, size_t))s->entry)(y, x, n);
        break;
    case SIGNATURE_NXY:
        ((void (*)(size_t, const void *, void *))s->entry)(n, x, y);
        break;
    case SIGNATURE_SCALAR:
        call_scalar(s->in, s->out, s->entry, x, y, n);
        break;
    case SIGNATURE_COUNT:
        break;
    }
}

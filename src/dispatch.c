/* dispatch.c -- one method for several ISAs, exported together: see export.h.
 *
 * For a new ISA: a row in `ranks', the best first.
 */
#include <string.h>
#include "export.h"
#include "measure/machine.h"
#include "mem.h"

static const struct {
    enum isa_id isa;
    const char *architecture; /* NULL: any */
    const char *condition;    /* NULL: always there on that architecture */
} ranks[] = {
    {ISA_AVX512, "defined(__x86_64__)",
     "__builtin_cpu_supports(\"avx512f\") && __builtin_cpu_supports(\"avx512dq\") &&\n        "
     "__builtin_cpu_supports(\"avx512bw\") && __builtin_cpu_supports(\"avx512vl\") &&\n        "
     "__builtin_cpu_supports(\"fma\")"},
    {ISA_AVX2, "defined(__x86_64__)",
     "__builtin_cpu_supports(\"avx2\") && __builtin_cpu_supports(\"fma\")"},
    {ISA_SSE2, "defined(__x86_64__)", NULL},
    {ISA_NEON, "defined(__aarch64__)", NULL},
    {ISA_SCALAR, NULL, NULL},
};
enum { RANKS = sizeof ranks / sizeof *ranks };

static const struct subject *of_isa(const struct subject *const *s, int n, enum isa_id isa)
{
    for (int i = 0; i < n; i++)
        if (s[i]->kernel->isa == isa)
            return s[i];
    return NULL;
}

static void put_call(FILE *out, const struct subject *s, const char *name)
{
    fprintf(out, "%s_%s(x, y, n", name, isa_word[s->kernel->isa]);
    for (int i = 0; i < s->function->nparams; i++)
        fprintf(out, ", %s", s->function->param_name[i]);
    fputs(");\n", out);
}

/* The rank-th kernel: tried where its architecture is, taken if its condition holds. */
static void put_rank(FILE *out, const struct subject *s, const char *name, int rank)
{
    if (ranks[rank].architecture)
        fprintf(out, "#if %s\n", ranks[rank].architecture);
    if (ranks[rank].condition)
        fprintf(out, "    if (%s) {\n        ", ranks[rank].condition);
    else
        fputs("    ", out);
    put_call(out, s, name);
    if (ranks[rank].condition)
        fputs("        return;\n    }\n", out);
    else if (ranks[rank].architecture)
        fputs("    return;\n", out);
    if (ranks[rank].architecture)
        fputs("#endif\n", out);
}

static void put_declarations(FILE *out, const struct subject *const *s, int n, const char *name)
{
    for (int r = 0; r < RANKS; r++) {
        const struct subject *one = of_isa(s, n, ranks[r].isa);
        if (!one)
            continue;
        char *own = xasprintf("%s_%s", name, isa_word[ranks[r].isa]);
        export_prototype(one, own, out);
        fputs(";\n", out);
        free(own);
    }
}

static void put_selector(FILE *out, const struct subject *const *s, int n, const char *name)
{
    const struct kernel *k = s[0]->kernel;
    fprintf(out,
            "/* %s.c -- %s/%s/%s of actulp: calls the kernel for the best ISA of the processor.\n"
            " *\n"
            " * Made by actulp export, as the files beside it, which say what is promised.  "
            "Kernels with\n"
            " * fused steps (avx2, avx512, neon) give the same bits as each other, and so do those "
            "without\n"
            " * (scalar, sse2).\n */\n#include \"%s.h\"\n\n",
            name, k->function, k->dtype, k->method, name);
    put_declarations(out, s, n, name);
    fputc('\n', out);
    export_prototype(s[0], name, out);
    fputs("\n{\n", out);
    for (int r = 0; r < RANKS; r++) {
        const struct subject *one = of_isa(s, n, ranks[r].isa);
        if (one)
            put_rank(out, one, name, r);
    }
    fputs("}\n", out);
}

static void put_header(FILE *out, const struct subject *s, const char *name)
{
    fprintf(out,
            "/* %s.h -- y[i] = %s(x[i]) for i < n; x and y may be the same array. */\n#ifndef "
            "ACTULP_%s_H\n#define ACTULP_%s_H\n\n#include <stddef.h>\n#include <stdint.h>\n\n"
            "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n",
            name, s->function->id, name, name);
    export_prototype(s, name, out);
    fputs(";\n\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n", out);
}

static void put_makefile(FILE *out, const struct subject *const *s, int n, const char *name)
{
    fprintf(out,
            "# Each file with the flags of its ISA.  make: lib%s.a; make lib%s.so\n"
            "CFLAGS ?= -O2\nOBJECTS = %s.o",
            name, name, name);
    for (int r = 0; r < RANKS; r++)
        if (of_isa(s, n, ranks[r].isa))
            fprintf(out, " %s_%s.o", name, isa_word[ranks[r].isa]);
    fprintf(out,
            "\n\nlib%s.a: $(OBJECTS)\n\trm -f $@\n\t$(AR) rc $@ $(OBJECTS)\n"
            "lib%s.so: $(OBJECTS)\n\t$(CC) -shared -o $@ $(OBJECTS) -lm\n"
            "%s.o: %s.h\n",
            name, name, name, name);
    for (int r = 0; r < RANKS; r++) {
        const struct subject *one = of_isa(s, n, ranks[r].isa);
        if (one && *export_flags(one))
            fprintf(out, "%s_%s.o: ISA = %s\n", name, isa_word[ranks[r].isa], export_flags(one));
    }
    fputs("%.o: %.c\n\t$(CC) $(CPPFLAGS) $(CFLAGS) -fPIC $(ISA) -c -o $@ $<\n"
          "clean:\n\trm -f *.o *.a *.so\n.PHONY: clean\n",
          out);
}

/* A file of the folder: its stream, NULL if it could not be opened. */
static FILE *begin(struct report_folder *folder, const char *name, const char *suffix)
{
    char *file = xasprintf("%s%s", name, suffix);
    FILE *out = folder->open(folder, file);
    free(file);
    return out;
}

bool export_dispatch(const struct subject *const *s, int n, const char *name,
                     struct report_folder *folder, char *err, size_t errlen)
{
    bool good = of_isa(s, n, ISA_SCALAR) != NULL;
    FILE *out;
    if (!good)
        snprintf(err, errlen,
                 "%s/%s/%s: has no kernel that every processor can run, which a choice at run time "
                 "ends with; export one ISA",
                 s[0]->kernel->function, s[0]->kernel->dtype, s[0]->kernel->method);
    for (int r = 0; r < RANKS && good; r++) {
        const struct subject *one = of_isa(s, n, ranks[r].isa);
        char *own = xasprintf("%s_%s", name, isa_word[ranks[r].isa]);
        if (one && (out = begin(folder, own, ".c"))) {
            good = export_write(one, own, NULL, out, err, errlen);
            folder->close(folder, out);
        }
        free(own);
    }
    if (!good)
        return false;
    if ((out = begin(folder, name, ".c"))) {
        put_selector(out, s, n, name);
        folder->close(folder, out);
    }
    if ((out = begin(folder, name, ".h"))) {
        put_header(out, s[0], name);
        folder->close(folder, out);
    }
    if ((out = begin(folder, "Makefile", ""))) {
        put_makefile(out, s, n, name);
        folder->close(folder, out);
    }
    return true;
}

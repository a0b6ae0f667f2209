/* provenance.c -- see provenance.h. */
#include <math.h>
#include <string.h>
#include "export.h"
#include "measure/inputs.h"
#include "measure/machine.h"
#include "mem.h"
#include "provenance.h"

/* A digest of what functions of the C library give. */
static uint64_t libm_digest(void)
{
    static double (*const functions[])(double) = {exp,  expm1, log,  log1p, tanh,
                                                  sinh, erf,   erfc, sin};
    static float (*const singles[])(float) = {expf, expm1f, logf, log1pf, tanhf, erff, erfcf};
    uint64_t digest = UINT64_C(0xcbf29ce484222325), state = 42;
    for (int i = 0; i < 4096; i++) {
        /* Through a volatile, so that nothing is computed by the compiler. */
        volatile double x = (double)(random_next(&state) >> 11) * 0x1p-53 * 16 - (i % 2 ? 0 : 8);
        for (size_t f = 0; f < sizeof functions / sizeof *functions; f++) {
            double y = functions[f](x);
            uint64_t bits = 0;
            memcpy(&bits, &y, sizeof y);
            digest = (digest ^ (isnan(y) ? 0 : bits)) * UINT64_C(0x100000001b3);
        }
        for (size_t f = 0; f < sizeof singles / sizeof *singles; f++) {
            float y = singles[f]((float)x);
            uint32_t bits = 0;
            memcpy(&bits, &y, sizeof y);
            digest = (digest ^ (isnan(y) ? 0 : bits)) * UINT64_C(0x100000001b3);
        }
    }
    return digest;
}

void provenance_here(struct provenance *p)
{
    struct result *here = result_new();
    machine_describe(&here->machine);
    build_describe(&here->build);
    p->libm =
        xasprintf("%s, variant %08x", here->machine.libc ? here->machine.libc : "C library unknown",
                  (unsigned)(libm_digest() >> 32));
    p->compiler =
        xasprintf("%s, -ffast-math, %s",
                  here->build.compiler ? here->build.compiler : "compiler unknown", p->libm);
    result_free(here);
}

void provenance_free(struct provenance *p)
{
    free(p->libm);
    free(p->compiler);
}

const char *provenance_of(const struct provenance *p, const struct subject *s)
{
    if (s->library)
        return "";
    if (!strcmp(s->kernel->method, "naive-fastmath"))
        return p->compiler;
    return export_calls_libm(s) ? p->libm : "";
}

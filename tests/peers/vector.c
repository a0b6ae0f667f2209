/* vector.c -- the vector functions of SLEEF or of glibc's libmvec, composed (forms.h), for AVX-512
 * or AVX2, as the flags of the compiler say; bench.sh builds and measures them.
 *
 *     gcc -O2 -mavx512f -DPEER_SLEEF -shared -fPIC vector.c -o sleef.so -lsleef
 *     gcc -O2 -mavx2 -mfma -shared -fPIC vector.c -o libmvec.so -lmvec -lm
 */
#include <immintrin.h>
#include <stddef.h>

#ifdef __AVX512F__
typedef __m512 vector;
#define LANES       16
#define ISA_WORD(w) _mm512_##w
#define SLEEF(name) Sleef_##name##f16_u10
#define MVEC(name)  _ZGVeN16v_##name##f
#else
typedef __m256 vector;
#define LANES       8
#define ISA_WORD(w) _mm256_##w
#define SLEEF(name) Sleef_##name##f8_u10
#define MVEC(name)  _ZGVdN8v_##name##f
#endif

#ifdef PEER_SLEEF
#include <sleef.h>
#define CALL SLEEF
#else
#define CALL MVEC
vector MVEC(exp)(vector), MVEC(expm1)(vector), MVEC(log1p)(vector), MVEC(tanh)(vector),
    MVEC(erf)(vector);
#endif

static vector zero(void)
{
    return ISA_WORD(setzero_ps)();
}

#define EXP(x)      CALL(exp)(x)
#define EXPM1(x)    CALL(expm1)(x)
#define LOG1P(x)    CALL(log1p)(x)
#define TANH(x)     CALL(tanh)(x)
#define ERF(x)      CALL(erf)(x)
#define SQRT(x)     ISA_WORD(sqrt_ps)(x)
#define ABS(x)      ISA_WORD(max_ps)(x, -(x))
#define POSITIVE(x) ISA_WORD(max_ps)(zero(), x)
#define NEGATIVE(x) ISA_WORD(min_ps)(zero(), x)
#define SWISH(y, x) ((y) / (1.0f + EXP(-(x))))

/* The remainder goes through a vector of its own, so that a result does not depend on the length.
 */
#define PEER(name, value)                                                   \
    static vector name##_of(vector x)                                       \
    {                                                                       \
        return value;                                                       \
    }                                                                       \
    void name(const float *from, float *to, size_t n)                       \
    {                                                                       \
        for (; n >= LANES; n -= LANES, from += LANES, to += LANES)          \
            ISA_WORD(storeu_ps)(to, name##_of(ISA_WORD(loadu_ps)(from)));   \
        if (n > 0) {                                                        \
            float rest[LANES] = {0};                                        \
            for (size_t i = 0; i < n; i++)                                  \
                rest[i] = from[i];                                          \
            ISA_WORD(storeu_ps)(rest, name##_of(ISA_WORD(loadu_ps)(rest))); \
            for (size_t i = 0; i < n; i++)                                  \
                to[i] = rest[i];                                            \
        }                                                                   \
    }
#include "forms.h"

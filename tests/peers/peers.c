/* peers.c -- activations as others make them, for actulp's --library: the vector functions of one
 * mathematical library in the textbook forms.
 *
 *     gcc -O2 -mavx512f -DPEER_SLEEF -shared -fPIC peers.c -o sleef.so -lsleef
 *     gcc -O2 -mavx512f -shared -fPIC peers.c -o mvec.so -lmvec -lm
 *
 * bench.sh builds and measures them.  What the composition of two functions loses is not the
 * library's fault: libraries of this kind have no activations of their own.
 */
#include <immintrin.h>
#include <stddef.h>
#include <string.h>

#ifdef PEER_SLEEF
#include <sleef.h>
#define EXP   Sleef_expf16_u10
#define LOG1P Sleef_log1pf16_u10
#define TANH  Sleef_tanhf16_u10
#define ERF   Sleef_erff16_u10
#else
__m512 _ZGVeN16v_expf(__m512), _ZGVeN16v_log1pf(__m512), _ZGVeN16v_tanhf(__m512),
    _ZGVeN16v_erff(__m512);
#define EXP   _ZGVeN16v_expf
#define LOG1P _ZGVeN16v_log1pf
#define TANH  _ZGVeN16v_tanhf
#define ERF   _ZGVeN16v_erff
#endif

static __m512 softplus_of(__m512 x)
{
    const __m512 zero = _mm512_setzero_ps();
    return _mm512_max_ps(x, zero) + LOG1P(EXP(zero - _mm512_abs_ps(x)));
}

#define PEER(name, value)                                      \
    void name(const float *from, float *to, size_t n)          \
    {                                                          \
        for (; n > 0; from += 16, to += 16) {                  \
            const size_t part = n < 16 ? n : 16;               \
            const __mmask16 m = (__mmask16)((1u << part) - 1); \
            const __m512 x = _mm512_maskz_loadu_ps(m, from);   \
            _mm512_mask_storeu_ps(to, m, value);               \
            n -= part;                                         \
        }                                                      \
    }

PEER(exp_peer, EXP(x))
PEER(log1p_peer, LOG1P(x))
PEER(tanh_peer, TANH(x))
PEER(erf_peer, ERF(x))
PEER(sigmoid_peer, 1 / (1 + EXP(-x)))
PEER(silu_peer, x / (1 + EXP(-x)))
PEER(gelu_peer, 0.5f * x * (1 + ERF(x * 0.70710678f)))
PEER(gelu_tanh_peer, 0.5f * x * (1 + TANH(0.79788456f * (x + 0.044715f * x * x * x))))
PEER(softplus_peer, softplus_of(x))
PEER(mish_peer, x *TANH(softplus_of(x)))

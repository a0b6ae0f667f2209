/* xsimd.cc -- the functions of xsimd, composed (forms.h), for the widest vectors that the flags of
 * the compiler allow; bench.sh builds and measures them.
 *
 *     g++ -O2 -mavx512f -mavx512dq -mavx512bw -shared -fPIC xsimd.cc -o xsimd.so
 */
#include <cstddef>
#include <xsimd/xsimd.hpp>

using vector = xsimd::batch<float>;
constexpr std::size_t lanes = vector::size;

#define EXP(x)      xsimd::exp(x)
#define EXPM1(x)    xsimd::expm1(x)
#define LOG1P(x)    xsimd::log1p(x)
#define TANH(x)     xsimd::tanh(x)
#define ERF(x)      xsimd::erf(x)
#define SQRT(x)     xsimd::sqrt(x)
#define ABS(x)      xsimd::abs(x)
#define POSITIVE(x) xsimd::max(vector(0.0f), x)
#define NEGATIVE(x) xsimd::min(vector(0.0f), x)
#define SWISH(y, x) ((y) / (1.0f + EXP(-(x))))

#define PEER(name, value)                                                  \
    static vector name##_of(vector x)                                      \
    {                                                                      \
        return value;                                                      \
    }                                                                      \
    extern "C" void name(const float *from, float *to, std::size_t n)      \
    {                                                                      \
        for (; n >= lanes; n -= lanes, from += lanes, to += lanes)         \
            name##_of(vector::load_unaligned(from)).store_unaligned(to);   \
        if (n > 0) {                                                       \
            float rest[lanes] = {0};                                       \
            for (std::size_t i = 0; i < n; i++)                            \
                rest[i] = from[i];                                         \
            name##_of(vector::load_unaligned(rest)).store_unaligned(rest); \
            for (std::size_t i = 0; i < n; i++)                            \
                to[i] = rest[i];                                           \
        }                                                                  \
    }
#include "forms.h"

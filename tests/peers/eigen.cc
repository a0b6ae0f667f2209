/* eigen.cc -- the functions of Eigen's arrays, composed (forms.h) in one expression, which Eigen
 * makes one loop of; bench.sh builds and measures them.  The last elements go through Eigen's
 * scalar functions, which round otherwise than its vectors: the guard finds that.
 *
 *     g++ -O2 -mavx512f -mavx512dq -mfma -I/usr/include/eigen3 -shared -fPIC eigen.cc -o eigen.so
 */
#include <cstddef>
#include <Eigen/Core>
#include <unsupported/Eigen/SpecialFunctions>

#define EXP(x)      (x).exp()
#define EXPM1(x)    (x).expm1()
#define LOG1P(x)    (x).log1p()
#define TANH(x)     (x).tanh()
#define ERF(x)      (x).erf()
#define SQRT(x)     (x).sqrt()
#define ABS(x)      (x).abs()
#define POSITIVE(x) (x).max(0.0f)
#define NEGATIVE(x) (x).min(0.0f)
#define SWISH(y, x) ((y) * (x).logistic())

#define PEER(name, value)                                             \
    extern "C" void name(const float *from, float *to, std::size_t n) \
    {                                                                 \
        const auto length = static_cast<Eigen::Index>(n);             \
        const Eigen::Map<const Eigen::ArrayXf> x(from, length);       \
        Eigen::Map<Eigen::ArrayXf>(to, length) = value;               \
    }
#include "forms.h"
PEER(relu_peer, x.max(0.0f))
PEER(relu6_peer, x.max(0.0f).min(6.0f))
PEER(hardtanh_peer, x.max(-1.0f).min(1.0f))
PEER(leaky_relu_peer, x.max(0.01f * x))
PEER(hardsigmoid_peer, (x + 3.0f).max(0.0f).min(6.0f) / 6.0f)
PEER(hardswish_peer, x *(x + 3.0f).max(0.0f).min(6.0f) / 6.0f)

/* forms.h -- activations as users of a mathematical library write them.
 *
 * The includer has defined words of its library (EXP, LOG1P, EXPM1, TANH, ERF, SQRT, ABS, POSITIVE
 * for max(x, 0), NEGATIVE for min(x, 0), and SWISH(y, x) for y times the sigmoid of x) and
 * PEER(NAME, VALUE), which makes `void NAME(const float *, float *, size_t)` of an expression in x.
 * What the composition of two functions loses is not the library's fault: libraries of this kind
 * have few activations of their own.
 */
#define SOFTPLUS(x) (POSITIVE(x) + LOG1P(EXP(-ABS(x))))

PEER(exp_peer, EXP(x))
PEER(expm1_peer, EXPM1(x))
PEER(log1p_peer, LOG1P(x))
PEER(tanh_peer, TANH(x))
PEER(erf_peer, ERF(x))
PEER(sigmoid_peer, SWISH(1.0f, x))
PEER(silu_peer, SWISH(x, x))
PEER(gelu_quick_peer, SWISH(x, 1.702f * x))
PEER(gelu_peer, 0.5f * x * (1.0f + ERF(x * 0.70710678f)))
PEER(gelu_tanh_peer, 0.5f * x * (1.0f + TANH(0.79788456f * (x + 0.044715f * x * x * x))))
PEER(softplus_peer, SOFTPLUS(x))
PEER(logsigmoid_peer, NEGATIVE(x) - LOG1P(EXP(-ABS(x))))
PEER(mish_peer, x *TANH(SOFTPLUS(x)))
PEER(elu_peer, POSITIVE(x) + EXPM1(NEGATIVE(x)))
PEER(celu_peer, POSITIVE(x) + EXPM1(NEGATIVE(x)))
PEER(selu_peer, 1.0507010f * POSITIVE(x) + 1.7580993f * EXPM1(NEGATIVE(x)))
PEER(tanhshrink_peer, x - TANH(x))
PEER(softsign_peer, x / (1.0f + ABS(x)))
PEER(squareplus_peer, 0.5f * (x + SQRT(x * x + 4.0f)))

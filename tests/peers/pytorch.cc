/* pytorch.cc -- the operators of PyTorch (ATen); bench.sh builds and measures them.
 *
 *     g++ -std=gnu++17 -O2 -shared -fPIC pytorch.cc -o pytorch.so -ltorch_cpu -lc10
 *
 * PyTorch chooses its kernels as it runs; ATEN_CPU_CAPABILITY in the environment limits it.  Run
 * with OMP_NUM_THREADS=1.  The tensors over the arrays are kept from call to call, as a network
 * keeps its own: a call pays for the operator and its dispatch, not for them.  Each thread has its
 * own.  Functions that PyTorch composes (QuickGELU of its users, softsign, tanhshrink) are composed
 * here alike.
 */
#include <cstddef>
#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

namespace
{
class tensors
{
  public:
    void over(const float *from, float *to, std::size_t n)
    {
        if (from == from_ && to == to_ && n == n_)
            return;
        const auto length = static_cast<int64_t>(n);
        x = at::from_blob(const_cast<float *>(from), {length}, at::kFloat);
        y = at::from_blob(to, {length}, at::kFloat);
        from_ = from, to_ = to, n_ = n;
    }

    at::Tensor x, y;

  private:
    const float *from_ = nullptr;
    float *to_ = nullptr;
    std::size_t n_ = 0;
};
} // namespace

#define PEER(name, ...)                                               \
    extern "C" void name(const float *from, float *to, std::size_t n) \
    {                                                                 \
        const c10::InferenceMode inference;                           \
        thread_local tensors kept;                                    \
        if (n == 0)                                                   \
            return;                                                   \
        kept.over(from, to, n);                                       \
        const at::Tensor &x = kept.x;                                 \
        at::Tensor &y = kept.y;                                       \
        __VA_ARGS__;                                                  \
    }

constexpr double selu_scale = 1.0507009873554804934193349852946;
constexpr double selu_alpha = 1.6732632423543772848170429916717;

PEER(exp_peer, at::exp_out(y, x))
PEER(expm1_peer, at::expm1_out(y, x))
PEER(log1p_peer, at::log1p_out(y, x))
PEER(tanh_peer, at::tanh_out(y, x))
PEER(erf_peer, at::erf_out(y, x))
PEER(sigmoid_peer, at::sigmoid_out(y, x))
PEER(silu_peer, at::silu_out(y, x))
PEER(gelu_peer, at::gelu_out(y, x, "none"))
PEER(gelu_tanh_peer, at::gelu_out(y, x, "tanh"))
PEER(gelu_quick_peer, const at::Tensor t = (x * 1.702).sigmoid_(); at::mul_out(y, x, t))
PEER(softplus_peer, at::softplus_out(y, x))
PEER(logsigmoid_peer, at::log_sigmoid_out(y, x))
PEER(mish_peer, at::mish_out(y, x))
PEER(elu_peer, at::elu_out(y, x))
PEER(celu_peer, at::elu_out(y, x, 1, 1, 1))
PEER(selu_peer, at::elu_out(y, x, selu_alpha, selu_scale))
PEER(tanhshrink_peer, const at::Tensor t = at::tanh(x); at::sub_out(y, x, t))
PEER(softsign_peer, const at::Tensor t = at::abs(x).add_(1); at::div_out(y, x, t))
PEER(relu_peer, at::clamp_min_out(y, x, 0))
PEER(leaky_relu_peer, at::leaky_relu_out(y, x))
PEER(relu6_peer, at::hardtanh_out(y, x, 0, 6))
PEER(hardtanh_peer, at::hardtanh_out(y, x))
PEER(hardsigmoid_peer, at::hardsigmoid_out(y, x))
PEER(hardswish_peer, at::hardswish_out(y, x))

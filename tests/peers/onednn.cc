/* onednn.cc -- the eltwise primitives of oneDNN; bench.sh builds and measures them.
 *
 *     g++ -O2 -shared -fPIC onednn.cc -o onednn.so -ldnnl
 *
 * oneDNN generates its code as it runs; ONEDNN_MAX_CPU_ISA in the environment limits it.  A
 * primitive is made for the length of the array and kept, as a network keeps it, so that a call
 * pays for the execution alone.
 */
#include <cstddef>
#include <oneapi/dnnl/dnnl.hpp>

namespace
{
const dnnl::engine engine(dnnl::engine::kind::cpu, 0);

class eltwise
{
  public:
    eltwise(dnnl::algorithm algorithm, float alpha, float beta)
        : algorithm_(algorithm), alpha_(alpha), beta_(beta), stream_(engine)
    {
    }

    void operator()(const float *from, float *to, std::size_t n)
    {
        if (n == 0)
            return;
        if (n != n_)
            prepare(n);
        from_.set_data_handle(const_cast<float *>(from), stream_);
        to_.set_data_handle(to, stream_);
        primitive_.execute(stream_, {{DNNL_ARG_SRC, from_}, {DNNL_ARG_DST, to_}});
        stream_.wait();
    }

  private:
    void prepare(std::size_t n)
    {
        const dnnl::memory::desc shape({static_cast<dnnl::memory::dim>(n)},
                                       dnnl::memory::data_type::f32, dnnl::memory::format_tag::a);
        const dnnl::eltwise_forward::desc what(dnnl::prop_kind::forward_inference, algorithm_,
                                               shape, alpha_, beta_);
        primitive_ = dnnl::eltwise_forward({what, engine});
        from_ = dnnl::memory(shape, engine, nullptr);
        to_ = dnnl::memory(shape, engine, nullptr);
        n_ = n;
    }

    dnnl::algorithm algorithm_;
    float alpha_, beta_;
    dnnl::stream stream_;
    std::size_t n_ = 0;
    dnnl::eltwise_forward primitive_;
    dnnl::memory from_, to_;
};
} // namespace

#define PEER(name, kind, alpha, beta)                                 \
    extern "C" void name(const float *from, float *to, std::size_t n) \
    {                                                                 \
        thread_local eltwise f(dnnl::algorithm::kind, alpha, beta);   \
        f(from, to, n);                                               \
    }

PEER(exp_peer, eltwise_exp, 0, 0)
PEER(tanh_peer, eltwise_tanh, 0, 0)
PEER(sigmoid_peer, eltwise_logistic, 0, 0)
PEER(silu_peer, eltwise_swish, 1, 0)
PEER(gelu_quick_peer, eltwise_swish, 1.702f, 0)
PEER(gelu_peer, eltwise_gelu_erf, 0, 0)
PEER(gelu_tanh_peer, eltwise_gelu_tanh, 0, 0)
PEER(softplus_peer, eltwise_soft_relu, 0, 0)
PEER(logsigmoid_peer, eltwise_logsigmoid, 0, 0)
PEER(mish_peer, eltwise_mish, 0, 0)
PEER(elu_peer, eltwise_elu, 1, 0)
PEER(celu_peer, eltwise_elu, 1, 0)
PEER(relu_peer, eltwise_relu, 0, 0)
PEER(leaky_relu_peer, eltwise_relu, 0.01f, 0)
PEER(relu6_peer, eltwise_clip, 0, 6)
PEER(hardtanh_peer, eltwise_clip, -1, 1)
PEER(hardswish_peer, eltwise_hardswish, 0, 0)

// study-gbench.cc -- the kernels of the timer's study under Google Benchmark, as its users run it: one
// figure a run, half a second each.  Built by study-timer.sh where the library is found; nothing else uses it.
#include <benchmark/benchmark.h>
#include <vector>

#include "study-kernels.h"

static void run(benchmark::State &state, study_fn *call)
{
    std::vector<float> x(STUDY_N), y(STUDY_N);
    for (int i = 0; i < STUDY_N; i++) // the same range as the study's normal(0,3)
        x[i] = static_cast<float>((i * 7919) % 12001 - 6000) / 1000;
    for (auto _ : state) {
        call(x.data(), y.data(), STUDY_N, nullptr);
        benchmark::ClobberMemory();
    }
}

int main(int argc, char **argv)
{
    for (int k = 0; k < STUDY_KERNELS; k++)
        for (int s = 0; s < STUDY_SLOWDOWNS; s++)
            benchmark::RegisterBenchmark(
                (std::string(study_kernel[k].name) + "+" + std::to_string(study_slowdown[s])).c_str(), run,
                study_kernel[k].call[s]);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}

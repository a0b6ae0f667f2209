#!/bin/sh
# bench.sh -- our kernels beside those of SLEEF and glibc's libmvec, interleaved in one run per function.
#
#     tests/peers/bench.sh ACTULP [FUNCTION...]
#
# Needs AVX-512; SLEEF where Debian's libsleef-dev is installed.  What cannot be built is said and left out.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
actulp=${1:?usage: bench.sh ACTULP [FUNCTION...]}
shift
[ $# -gt 0 ] || set -- gelu gelu_tanh softplus mish silu sigmoid tanh exp erf log1p
grep -qw avx512f /proc/cpuinfo || { echo "bench.sh: skipped, this machine has no AVX-512"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
peers=
build() { # NAME FLAG...: the library $work/NAME.so
    name=$1
    shift
    if ${CC:-cc} -std=gnu11 -O2 -mavx512f -ffp-contract=off -shared -fPIC "$here/peers.c" -o "$work/$name.so" "$@" \
        2>/dev/null; then
        peers="$peers $name"
    else
        echo "bench.sh: without $name, which cannot be built here" >&2
    fi
}
build sleef -DPEER_SLEEF -lsleef
build libmvec -lmvec -lm
for function in "$@"; do
    libraries=
    for name in $peers; do
        libraries="$libraries --library $work/$name.so --symbol ${function}_peer --function $function --name $name"
    done
    # shellcheck disable=SC2086
    "$actulp" bench "$function/f32/*/avx512" "$function/f32/*/avx2" $libraries --size 2048 --time "${TIME:-5}" \
        --quiet || [ $? -eq 1 ]
done

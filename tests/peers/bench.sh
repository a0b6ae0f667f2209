#!/bin/sh
# bench.sh -- our kernels beside those of other libraries, all of some functions on one ISA in one interleaved run, with
# the errors of both: the page peers.md.
#
#     tests/peers/bench.sh ACTULP [FUNCTION,...]...       (make bench-peers)
#
# Peers are SLEEF, glibc's libmvec, xsimd, Eigen, oneDNN and PyTorch; what cannot be built here is said and left out
# (Debian: libsleef-dev libxsimd-dev libeigen3-dev libdnnl-dev libtorch-dev).  A peer of another kind is a line below
# and a file here with `void FUNCTION_peer(const float *, float *, size_t)`.  Needs jq.
#
# Results stay in the folder $OUT (peers.out), and what is there is not measured again.  $TIME is the seconds of a
# timing (20); $MEASURE and $CHECK stand before the commands that time and that grade, as in MEASURE='taskset -c 1'.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
actulp=${1:?usage: bench.sh ACTULP [FUNCTION,...]...}
shift
groups=${*:-sigmoid,tanh,exp,silu gelu,gelu_tanh,mish,softplus erf,expm1,log1p,elu,celu \
    selu,logsigmoid,gelu_quick,softsign,squareplus,tanhshrink relu,leaky_relu,relu6,hardtanh,hardsigmoid,hardswish}
command -v jq >/dev/null || { echo "bench.sh: needs jq" >&2; exit 2; }
out=${OUT:-peers.out}
export OMP_NUM_THREADS=1

build() { # NAME COMPILER SOURCE FLAG...: the library $dir/NAME.so
    library=$dir/$1.so name=$1 compiler=$2 source=$3
    shift 3
    [ -e "$library" ] && return
    # shellcheck disable=SC2086
    $compiler -O3 -DNDEBUG $flags -shared -fPIC "$here/$source" -o "$library" "$@" 2>"$dir/$name.log" \
        || echo "bench.sh: $isa: without $name, which cannot be built here ($dir/$name.log)" >&2
}

peers_of() { # FUNCTION: the options that name its peers
    for library in "$dir"/*.so; do
        nm -D "$library" 2>/dev/null | grep -q " T ${1}_peer$" || continue
        peer=${library##*/}
        echo "--library $library --symbol ${1}_peer --function $1 --name $1/f32/${peer%.so}/ext"
    done
}

ours_of() { # FUNCTION: its kernels fast, u1 and cr; all, where it has none of these
    all=$("$actulp" list "$1/f32/*/$isa" | awk -v a="$1/f32/" -v z="/$isa" \
        'index($1, a) == 1 && substr($1, length($1) - length(z) + 1) == z { print $1 }')
    echo "$all" | grep -E '/(fast|u1|cr)/' || echo "$all"
}

measure() { # FILE COMMAND...: unless it is there; a peer that breaks a promise is no reason to stop
    result=$1
    shift
    [ -e "$result" ] || "$@" --quiet --output "$result" >/dev/null || [ $? -eq 1 ]
}

for isa in avx512 avx2; do
    dir=$out/$isa
    mkdir -p "$dir"
    case $isa in
    avx512) cpu=avx512f flags='-mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma' onednn=AVX512_CORE ;;
    avx2) cpu=avx2 flags='-mavx2 -mfma' onednn=AVX2 ;;
    esac
    grep -qw "$cpu" /proc/cpuinfo || { echo "bench.sh: without $isa, which this machine has not" >&2; continue; }
    export ONEDNN_MAX_CPU_ISA="$onednn" ATEN_CPU_CAPABILITY=$isa
    build sleef "${CC:-cc} -std=gnu11" vector.c -DPEER_SLEEF -lsleef
    build libmvec "${CC:-cc} -std=gnu11" vector.c -lmvec -lm
    build xsimd "${CXX:-c++} -std=gnu++17" xsimd.cc
    build eigen "${CXX:-c++} -std=gnu++17" eigen.cc -I/usr/include/eigen3
    build onednn "${CXX:-c++} -std=gnu++17" onednn.cc -ldnnl
    build pytorch "${CXX:-c++} -std=gnu++17" pytorch.cc -ltorch_cpu -lc10
    for group in $groups; do
        kernels=$(for function in $(echo "$group" | tr , ' '); do ours_of "$function"; done)
        peers=$(for function in $(echo "$group" | tr , ' '); do peers_of "$function"; done)
        # shellcheck disable=SC2086
        {
            measure "$dir/$group.check.json" ${CHECK:-} "$actulp" check $kernels $peers
            measure "$dir/$group.ftz.json" ${CHECK:-} "$actulp" check --ftz $kernels $peers
            measure "$dir/$group.bench.json" ${MEASURE:-} "$actulp" bench $kernels $peers --size 2048,65536 \
                --time "${TIME:-20}"
        }
    done
done
jq -n -r -f "$here/peers.jq" "$out"/avx*/*.json >"$out/peers.md"
echo "$out/peers.md"

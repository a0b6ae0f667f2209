#!/bin/sh
# study-timer.sh -- runs the study of the timer and writes what came of it.
#
#     study-timer.sh OUTDIR [RUNS [WINDOWS [SECONDS]]]
#
# Writes OUTDIR/study-timer.tsv (every run), study-timer.md (the tables of doc/measuring.md) and
# study-timer.svg (its figure).  Takes about a quarter of an hour.  STUDY_TIMER names the program; Google Benchmark is run on
# the same kernels where a C++ compiler finds it.

out=${1:?usage: study-timer.sh OUTDIR [RUNS [WINDOWS [SECONDS]]]}
runs=${2:-20} windows=${3:-21} seconds=${4:-20}
program=${STUDY_TIMER:-tests/study-timer}
here=$(dirname "$0")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir -p "$out" || exit 1
tsv=$out/study-timer.tsv

uname -srm | sed 's/^/machine\t/' >"$tsv"
sed -n 's/^model name[^:]*: /machine\t/p' /proc/cpuinfo | head -n 1 >>"$tsv"
"$program" "$runs" "$windows" "$seconds" >>"$tsv" || exit 1

# Google Benchmark, one process a run, as its users compare two of them.
if ${CC:-cc} -O2 -c "$here/study-kernels.c" -o "$work/kernels.o" 2>/dev/null &&
    ${CXX:-c++} -O2 "$here/study-gbench.cc" "$work/kernels.o" -lbenchmark -lpthread -o "$work/gbench" 2>/dev/null
then
    for condition in idle other-core same-core; do
        echo "Google Benchmark, $condition: $runs runs" >&2
        load=
        [ $condition = idle ] || { "$program" --load $condition & load=$!; }
        run=0
        while [ $run -lt "$runs" ]; do
            taskset -c 0 "$work/gbench" --benchmark_format=csv --benchmark_min_time=0.5 \
                --benchmark_filter='[+]0$' 2>/dev/null |
                awk -F, -v c=$condition -v r=$run -v OFS='\t' \
                    '/^"/ { gsub(/"/, "", $1); sub(/[+]0/, "", $1); print "gbench", c, $1, r, $3, $4 }'
            run=$((run + 1))
        done >>"$tsv"
        [ -z "$load" ] || { kill "$load"; wait "$load" 2>/dev/null; }
    done
else
    echo 'Google Benchmark is not here; the study goes without it' >&2
fi

awk -F '\t' -f "$here/study-timer.awk" -v svg="$out/study-timer.svg" "$tsv" >"$out/study-timer.md"
cat "$out/study-timer.md"

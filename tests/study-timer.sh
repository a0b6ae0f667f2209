#!/bin/sh
# study-timer.sh -- runs the study of the timer and writes what came of it.
#
#     study-timer.sh OUTDIR [MINUTES [RUNS [WINDOWS [SECONDS]]]]
#
# Writes OUTDIR/study-timer.tsv (every run), study-timer.md (the tables of doc/measuring.md) and study-timer.svg
# (its figure).  The study is a row of parts, each a file in OUTDIR/parts: three conditions of paired comparisons,
# the same of Google Benchmark where a C++ compiler finds it, then windows of SECONDS.  After MINUTES (12) no part
# is begun; the same command goes on where it stopped, and what is there is summed up each time.  STUDY_TIMER
# names the program.

out=${1:?usage: study-timer.sh OUTDIR [MINUTES [RUNS [WINDOWS [SECONDS]]]]}
minutes=${2:-12} runs=${3:-20} windows=${4:-21} seconds=${5:-20}
program=${STUDY_TIMER:-tests/study-timer}
here=$(dirname "$0")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir -p "$out/parts" || exit 1
end=$(($(date +%s) + minutes * 60))
missing=0

# part NAME COMMAND...: the command's lines become a part, unless it is there.
part() {
    name=$1
    shift
    [ -e "$out/parts/$name" ] && return
    if [ "$(date +%s)" -ge $end ]; then
        missing=$((missing + 1))
        return
    fi
    echo "study-timer: $name" >&2
    "$@" >"$work/part" && mv "$work/part" "$out/parts/$name" || exit 1
}

# Google Benchmark, one process a run, as its users compare two of them.
gbench() {
    load=
    [ "$1" = idle ] || { "$program" load "$1" & load=$!; }
    run=0
    while [ $run -lt "$runs" ]; do
        taskset -c 0 "$work/gbench" --benchmark_format=csv --benchmark_min_time=0.5 \
            --benchmark_filter='[+]0$' 2>/dev/null |
            awk -F, -v c="$1" -v r=$run -v OFS='\t' \
                '/^"/ { gsub(/"/, "", $1); sub(/[+]0/, "", $1); print "gbench", c, $1, r, $3, $4 }'
        run=$((run + 1))
    done
    [ -z "$load" ] || { kill "$load"; wait "$load" 2>/dev/null; }
    :
}

for condition in idle other-core same-core; do
    part "1-paired-$condition" "$program" paired $condition "$runs"
done
if ${CC:-cc} -O2 -c "$here/study-kernels.c" -o "$work/kernels.o" 2>/dev/null &&
    ${CXX:-c++} -O2 "$here/study-gbench.cc" "$work/kernels.o" -lbenchmark -lpthread -o "$work/gbench" 2>/dev/null
then
    for condition in idle other-core same-core; do
        part "2-gbench-$condition" gbench $condition
    done
else
    echo 'study-timer: Google Benchmark is not here; the study goes without it' >&2
fi
window=0
while [ $window -lt "$windows" ]; do
    part "$(printf '3-window-%02d' $window)" "$program" window $window "$seconds"
    window=$((window + 1))
done
[ $missing -eq 0 ] || echo "study-timer: the time is up; $missing parts are for the next time" >&2

tsv=$out/study-timer.tsv
{
    uname -srm | sed 's/^/machine\t/'
    sed -n 's/^model name[^:]*: /machine\t/p' /proc/cpuinfo | head -n 1
    cat "$out"/parts/*
} >"$tsv"
awk -F '\t' -f "$here/study-timer.awk" -v svg="$out/study-timer.svg" "$tsv" >"$out/study-timer.md"
cat "$out/study-timer.md"

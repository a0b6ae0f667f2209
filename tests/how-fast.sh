#!/bin/sh
# how-fast.sh -- what it costs to certify all 2^32 floats: core-seconds of each function, for the reference, for one
# kernel and for grading it; and what MPFR alone would take, from the quick sweep's inputs.  `make how-fast' runs it.
#
#   how-fast.sh [FUNCTION...]     those functions; without, all (about ten minutes on two cores)
#
# Prints a Markdown table.  ACTULP_ISA="scalar sse2 avx2 fma" in the environment takes AVX-512 away.
set -u
actulp=${ACTULP:-./actulp}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
functions=$*
[ -n "$functions" ] || functions=$($actulp list | sed '1d; /^$/,$d' | awk '$2 > 0 { print $1 }')

# The first number that FILE gives for KEY.
value() { sed -nE "s/.*\"$2\": *([-0-9.e+]+).*/\1/p" "$1" | head -n 1; }

# The kernel that takes least: the widest vectors there are.
kernel() {
    for isa in avx512 avx2 neon sse2 scalar; do
        for method in select max poly fast stable naive; do
            $actulp check "$1/f32/$method/$isa" --sweep=1..1 -q >/dev/null 2>&1
            [ $? -le 1 ] && echo "$1/f32/$method/$isa" && return
        done
    done
}

echo '| function | reference | kernel | grading it | all | MPFR alone | asked of MPFR | peak MiB |'
echo '|:---|---:|---:|---:|---:|---:|---:|---:|'
for f in $functions; do
    k=$(kernel "$f")
    [ -n "$k" ] || continue
    : >"$work/peak"
    $actulp check "$k" --sweep full -q -o "$work/full.json" >/dev/null &
    while kill -0 $! 2>/dev/null; do # resident sizes of the tool and its children, in KiB
        ps -o rss=,pgid= -A 2>/dev/null | awk -v g="$(ps -o pgid= -p $! | tr -d ' ')" '$2 == g { s += $1 } END { print s }' >>"$work/peak"
        sleep 0.5
    done
    wait $!
    $actulp check "$k" --mpfr -q -o "$work/mpfr.json" >/dev/null
    mpfr=$(sed -nE 's/.*"mpfr": *([0-9]+).*/\1/p' "$work/full.json" | head -n 1)
    nan=16777214 # the reference has nothing to do for NaNs
    awk -v f="$f" -v k="${k#*/*/}" -v r="$(value "$work/full.json" seconds_reference)" \
        -v s="$(value "$work/full.json" seconds_kernel)" -v b="$(value "$work/full.json" seconds_bookkeeping)" \
        -v m="$(value "$work/mpfr.json" seconds_reference)" -v n="$(value "$work/mpfr.json" inputs)" \
        -v asked="$((${mpfr:-$nan} - nan))" -v peak="$(sort -n "$work/peak" | tail -n 1)" 'BEGIN {
            printf "| %s | %.1f | %.1f (%s) | %.1f | %.1f | %.0f | %d | %.0f |\n", f, r, s, k, b, r + s + b, m * 2^32 / n, asked, peak / 1024
        }'
done

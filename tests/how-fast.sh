#!/bin/sh
# how-fast.sh -- what it costs to certify all 2^32 floats: core-seconds of each function, for the reference, for one
# kernel and for grading it; and what MPFR alone would take, from the quick sweep's inputs.  `make how-fast' runs it.
#
#   how-fast.sh [FUNCTION...]     those functions; without, all (about ten minutes on two cores)
#
# Prints a Markdown table.  In the environment: ACTULP_ISA="scalar sse2 avx2 fma" takes AVX-512 away; PART=17 grades
# one unit of 2^20 magnitudes in 17, spread evenly over them all, and multiplies what it took.
set -u
actulp=${ACTULP:-./actulp}
part=${PART:-1}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
functions=$*
[ -n "$functions" ] || functions=$($actulp list | sed '1d; /^$/,$d' | awk '$2 > 0 { print $1 }')

# The first number that FILE gives for KEY.
value() { sed -nE "s/.*\"$2\": *([-0-9.e+]+).*/\1/p" "$1" | head -n 1; }

# The first kernel with the widest vectors there are.
kernel() {
    $actulp list "$1/f32" >"$work/list"
    for isa in avx512 avx2 neon sse2 scalar; do
        case " ${ACTULP_ISA:-$isa} " in *" $isa "*) ;; *) continue ;; esac
        k=$(sed -nE "s,^ *($1/f32/[^ ]*/$isa) .*,\1,p" "$work/list" | head -n 1)
        [ -n "$k" ] && echo "$k" && return
    done
}

shard=
[ "$part" -gt 1 ] && shard="--shard 1/$part"
echo '| function | reference | kernel | grading it | all | MPFR alone | peak MiB |'
echo '|:---|---:|---:|---:|---:|---:|---:|'
for f in $functions; do
    k=$(kernel "$f")
    [ -n "$k" ] || continue
    : >"$work/peak"
    # shellcheck disable=SC2086
    $actulp check "$k" --sweep full $shard -q -o "$work/full.json" >/dev/null &
    while kill -0 $! 2>/dev/null; do # resident sizes of the tool and its children, in KiB
        ps -o rss=,pid=,ppid= -A 2>/dev/null | awk -v top=$! '
            { size[$2] = $1; parent[$2] = $3 }
            END { for (p in size) { for (q = p; q in parent && q != top; q = parent[q]); if (q == top) s += size[p] } print s }' >>"$work/peak"
        sleep 0.2
    done
    wait $!
    $actulp check "$k" --mpfr -q -o "$work/mpfr.json" >/dev/null
    awk -v f="$f" -v k="${k#*/*/}" -v inputs="$(value "$work/full.json" inputs)" \
        -v r="$(value "$work/full.json" seconds_reference)" -v s="$(value "$work/full.json" seconds_kernel)" \
        -v b="$(value "$work/full.json" seconds_bookkeeping)" -v m="$(value "$work/mpfr.json" seconds_reference)" \
        -v n="$(value "$work/mpfr.json" inputs)" -v peak="$(sort -n "$work/peak" | tail -n 1)" 'BEGIN {
            scale = 2^32 / inputs
            printf "| %s | %.1f | %.1f (%s) | %.1f | %.1f | %.0f | %.0f |\n", f, scale * r, scale * s, k, scale * b,
                scale * (r + s + b), m * 2^32 / n, peak / 1024
        }'
done

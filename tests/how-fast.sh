#!/bin/sh
# how-fast.sh -- what it costs to certify all 2^32 floats: core-seconds of each function, for the reference, for one
# kernel and for grading it; the same with AVX2 where there is AVX-512; how many inputs the reference leaves to MPFR; and
# what MPFR alone would take, from the quick sweep's inputs.  `make how-fast' puts what it prints into doc/numerics.md.
#
#   how-fast.sh [FUNCTION...]     those functions; without, all (about half an hour on two cores)
#
# Prints a section in Markdown.  In the environment: PART=17 grades one unit of 2^20 magnitudes in 17, spread evenly over
# them all, and multiplies what it took.
set -u
actulp=${ACTULP:-./actulp}
part=${PART:-1}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
functions=$*
[ -n "$functions" ] || functions=$($actulp list | sed '1d; /^$/,$d' | awk '$2 > 0 { print $1 }')
less='scalar sse2 avx2 fma'

# The first number, or the first text, that FILE gives for KEY.
value() { sed -nE "s/.*\"$2\": *([-0-9.e+]+).*/\1/p" "$1" | head -n 1; }
text() { sed -nE "s/.*\"$2\": *\"([^\"]*)\".*/\1/p" "$1" | head -n 1; }

# The first kernel of FUNCTION with the widest of ISA.
kernel() { # FUNCTION ISA...
    $actulp list "$1/f32" >"$work/list"
    f=$1
    shift
    for isa; do
        k=$(sed -nE "s,^ *($f/f32/[^ ]*/$isa) .*,\1,p" "$work/list" | head -n 1)
        [ -n "$k" ] && echo "$k" && return
    done
}

# The resident size of process $1 and its children, in KiB.
resident() {
    ps -o rss=,pid=,ppid= -A 2>/dev/null | awk -v top="$1" '
        { size[$2] = $1; parent[$2] = $3 }
        END { for (p in size) { for (q = p; q in parent && q != top; q = parent[q]); if (q == top) s += size[p] } print s + 0 }'
}

# Sweeps KERNEL into FILE, which then also tells of the peak.
sweep() { # KERNEL FILE
    shard=
    [ "$part" -gt 1 ] && shard="--shard 1/$part"
    # shellcheck disable=SC2086
    $actulp check "$1" --sweep full $shard -q -o "$2" >/dev/null &
    while kill -0 $! 2>/dev/null; do
        resident $! >>"$work/peak"
        sleep 0.2
    done
    wait $!
}

# "reference kernel grading all mpfr" of FILE, for all floats.
figures() {
    awk -v inputs="$(value "$1" inputs)" -v r="$(value "$1" seconds_reference)" -v s="$(value "$1" seconds_kernel)" \
        -v b="$(value "$1" seconds_bookkeeping)" -v m="$(value "$1" mpfr)" 'BEGIN {
            scale = 2^32 / inputs
            printf "%.1f %.1f %.1f %.1f %.0f\n", scale * r, scale * s, scale * b, scale * (r + s + b), scale * m
        }'
}

for f in $functions; do
    k=$(kernel "$f" avx512 avx2 neon sse2 scalar)
    [ -n "$k" ] || continue
    sweep "$k" "$work/full.json"
    narrow='- - - - -'
    case $(text "$work/full.json" isas) in *avx512*)
        narrow=$(
            ACTULP_ISA=$less
            export ACTULP_ISA
            sweep "$(kernel "$f" avx2 sse2 scalar)" "$work/narrow.json"
            figures "$work/narrow.json"
        ) ;;
    esac
    $actulp check "$k" --mpfr -q -o "$work/mpfr.json" >/dev/null
    alone=$(awk -v m="$(value "$work/mpfr.json" seconds_reference)" -v n="$(value "$work/mpfr.json" inputs)" \
        'BEGIN { printf "%.0f", m * 2^32 / n }')
    echo "$f ${k#*/*/} $(figures "$work/full.json") $narrow $alone" >>"$work/rows"
done

echo "Core-seconds to certify all 2^32 floats with one kernel, on $(text "$work/full.json" cpu_model) ($(text "$work/full.json" isas)),"
echo "$(text "$work/full.json" compiler), at revision $(text "$work/full.json" revision)$(
    [ "$part" -gt 1 ] && echo ", from one unit of 2^20 magnitudes in $part")."
echo "*MPFR alone* is extrapolated from the inputs of the quick sweep; *left to MPFR* are inputs of the first sweep that the"
echo "fast reference did not decide. Memory, of the tool and its children together, was at most $(
    sort -n "$work/peak" | tail -n 1 | awk '{ printf "%.0f", $1 / 1024 }') MiB."
echo
echo "    $([ "$part" -gt 1 ] && echo "PART=$part ")make how-fast"
echo
echo '| function | reference | kernel | grading it | all | with AVX2: reference | all | MPFR alone | left to MPFR |'
echo '|:---|---:|---:|---:|---:|---:|---:|---:|---:|'
awk '{ printf "| %s | %s | %s (%s) | %s | %s | %s | %s | %s | %s |\n", $1, $3, $4, $2, $5, $6, $8, $11, $13, $7 }' "$work/rows"
echo
# What was aimed at, and who misses it.
awk '
    function note(list, name) { return list (list ? ", " : "") name }
    { if ($6 > 90) dear = note(dear, $1 " (" $6 ")"); if ($5 > 5) grading = note(grading, $1 " (" $5 ")")
      if ($7 > 2^20) open = note(open, $1 " (" $7 ")") }
    END {
        print "Above the 90 core-seconds aimed at: " (dear ? dear : "none") "."
        print "Grading a kernel above the 5 aimed at: " (grading ? grading : "none") "."
        print "More than 2^20 inputs left to MPFR: " (open ? open : "none") "."
    }' "$work/rows"

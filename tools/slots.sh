#!/bin/sh
# slots.sh -- the limit of a kernel's loop, from its instructions, for a core with two pipes of
# multiply-add and two of additions (Zen 5).
#
#     tools/slots.sh sigmoid u1 avx512        (in the source tree)
#
# Counts the instructions of the main loop, which handles two vectors.  Multiplications, fused steps,
# permutations and shuffles share two pipes (slots); a division takes 1.75 cycles of both, measured
# between fused steps, where 16 of them and a division take 9.75 cycles.  Additions, comparisons,
# conversions and integer steps have the other two pipes: all together at most four a cycle.
set -eu
fn=$1 method=$2 isa=$3
srcdir=$(cd "$(dirname "$0")/.." && pwd)
case $isa in
avx512) flags='-mavx512f -mavx512dq -mavx512bw -mavx512vl -mavx2 -mfma' lanes=16 ;;
avx2) flags='-mavx2 -mfma' lanes=8 ;;
*) echo "slots.sh: $isa: avx512 or avx2" >&2; exit 2 ;;
esac
# shellcheck disable=SC2086
${CC:-cc} -std=gnu11 ${CFLAGS:--O2} -ffp-contract=off -fschedule-insns $flags -DACTULP_PASS="$isa" -DACTULP_DTYPE=f32 \
    -S -o - "$srcdir/src/fn/$fn.c" | awk -v f="${fn}_$method" -v lanes="$lanes" -v div=1.75 '
    $0 == f ":" { inside = 1; next }
    inside && /^\t\.size/ { exit }
    !inside { next }
    /^\.L[0-9]+:/ { label = $1; sub(/:/, "", label); at[label] = n; next }
    /^\t\./ { next }
    { line[n++] = $0
      if ($1 ~ /^j/ && $2 in at && !found) { first = at[$2]; last = n; found = 1 } }
    END {
        for (i = first; i < last; i++) {
            split(line[i], w)
            if (w[1] ~ /^vdiv/) divisions++
            else if (w[1] ~ /^v(f[n]?m(add|sub)|mul|perm|extract|insert|pshuf|shuf|unpck)/) slots++
            if (w[1] ~ /^v/ && w[1] !~ /^vmov/) all++
        }
        pipes = slots / 2 + divisions * div
        width = (all + divisions * 3) / 4
        limit = (pipes > width ? pipes : width) / (2 * lanes)
        printf "%s %s: %d instructions, %d slots, %d divisions: %.3f cycles per element\n", f, lanes == 16 ? "avx512" : "avx2", all, slots, divisions, limit
    }'

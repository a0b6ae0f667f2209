#!/bin/sh
# check-exhaustive.sh -- the proof of all promises: every input of f32, f16 and bf16 through every kernel that this
# machine can run.  `make check-exhaustive' runs it.
#
#   check-exhaustive.sh [FUNCTION...]     those functions; without, all
#
# Results are kept in $EXHAUSTIVE (exhaustive/): a function is done again only if the machine code of its kernels, its
# formula or its promises changed since; an interrupted one goes on from its checkpoint.  At the end, exhaustive/summary.md holds the table that
# doc/kernels.md carries.
set -u
actulp=${ACTULP:-./actulp}
out=${EXHAUSTIVE:-exhaustive}
mkdir -p "$out" || exit 2
objects=${OBJECTS:-src/fn}

# What a function's proof is of: its kernels' objects without debug information, and what `actulp list' says.  f64 has
# no part in it.
key() {
    for o in "$objects"/*-"$1".o; do
        case $o in *_f64_*) continue ;; esac
        strip -g -o "$out/object.o" "$o" && cksum <"$out/object.o"
    done
    $actulp list "$1" | awk '/^  [^ ]*\/f64\// { getline; next } { print }'
}
functions=$*
[ -n "$functions" ] || functions=$($actulp list | sed '1d; /^$/,$d' | awk '$2 > 0 { print $1 }')
passed=0 failed=0

for f in $functions; do
    revision=$(key "$f" | cksum)
    if [ "$(cat "$out/$f.done" 2>/dev/null)" = "$revision" ]; then
        passed=$((passed + 1))
        continue
    fi
    patterns=
    for dtype in f32 f16 bf16; do
        $actulp list "$f/$dtype" >/dev/null 2>&1 && patterns="$patterns $f/$dtype"
    done
    printf '%s %s\n' "$(date -u +%H:%M:%S)" "$f"
    # shellcheck disable=SC2086
    $actulp check $patterns --sweep full --checkpoint "$out/$f.checkpoint" -o "$out/$f.json" >"$out/$f.txt"
    status=$?
    if [ $status -eq 0 ]; then
        passed=$((passed + 1))
        echo "$revision" >"$out/$f.done"
    else
        failed=$((failed + 1))
        echo "FAILED: $f (exit code $status); see $out/$f.txt"
    fi
done

# One line a kernel of each arithmetic class: the others give the same bits.
{
    echo '| kernel (ISAs that give the same bits) | promise (ulp) | largest error (ulp) | at x | correctly rounded | lost or of a wrong class | promise |'
    echo '|:---|:---|---:|:---|---:|---:|:---|'
    for f in $functions; do
        [ -s "$out/$f.json" ] && $actulp report "$out/$f.json" --format tsv | awk -F '\t' -f "${srcdir:-.}/tests/exhaustive.awk"
    done
} >"$out/summary.md"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]

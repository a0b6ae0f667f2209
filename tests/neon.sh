#!/bin/bash
# neon.sh -- the kernels on AArch64: all passes cross-compiled, and the tests of rows and of equal bits run under
# qemu.  Needs Debian's gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and qemu-user-static; without them it says so
# and succeeds.  MPFR is not needed there: nothing that these tests call uses it.
set -eu
srcdir=$(cd "$(dirname "$0")/.." && pwd)
cc=aarch64-linux-gnu-gcc qemu=qemu-aarch64-static
for tool in $cc $qemu; do
    command -v $tool >/dev/null || { echo "neon: skipped, $tool is missing"; exit 0; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p src
echo '#define HAVE_ISA_NEON 1' >config.h
echo '#define ACTULP_REVISION "cross"' >src/revision.h
[ -f "$srcdir/src/fn/functions.def" ] || (cd "$srcdir" && ./bootstrap >/dev/null)
flags="-std=gnu11 -O2 -Wall -Wextra -Werror -ffp-contract=off -I. -I$srcdir -I$srcdir/src"

for pass in scalar:f32 scalar:f64 scalar:f16 scalar:bf16 wide:f16 wide:bf16 fastmath:f32 fma:f32 neon:f32 fma:f64 neon:f64; do
    name=${pass%:*} dtype=${pass#*:} extra=
    case $name in
    scalar | wide | fma) extra=-fno-tree-vectorize ;;
    fastmath) extra="-fno-tree-vectorize -ffast-math" ;;
    esac
    for f in "$srcdir"/src/fn/*.c; do
        echo "$cc $flags $extra -DACTULP_PASS=$name -DACTULP_DTYPE=$dtype -c $f -o $name-$dtype-$(basename "$f" .c).o"
    done
done | xargs -P "$(nproc)" -I '{}' sh -c '{}'

headers="-idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu"
for test in t-kernels t-identity; do
    # shellcheck disable=SC2086
    $cc $flags $headers -static -Wl,--unresolved-symbols=ignore-all "$srcdir/tests/$test.c" \
        "$srcdir/src/isa.c" "$srcdir/ref/format.c" ./*-*.o -o $test -lm 2>/dev/null ||
        $cc $flags $headers -static -Wl,--unresolved-symbols=ignore-all "$srcdir/tests/$test.c" \
            "$srcdir/src/isa.c" ./*-*.o -o $test -lm
    $qemu ./$test >$test.out || { grep '^not ok' $test.out | head; exit 1; }
    echo "$test under qemu: $(grep -c '^ok' $test.out) passed"
done

#!/bin/sh
# t-cli-export.sh -- actulp export on the command line; t-export.c compiles and compares what it writes.
srcdir=${srcdir:-.}
actulp=${ACTULP:-./actulp}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
n=0 bad=0

ok() { # STATUS NAME
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else bad=1; echo "not ok $n - $2"; fi
}
expect() { # CODE NAME ARGUMENT...: the exit code of actulp export; what it says in $work/out
    want=$1 name=$2
    shift 2
    "$actulp" export "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
    [ $got -eq "$want" ]
    ok $? "$name: exit code $got"
    [ $got -eq "$want" ] || sed 's/^/# /' "$work/err"
}
has() { tr -s ' \n*' ' ' <"$1" | grep -qF -- "$2"; ok $? "  has $2"; }
refused() { # PATTERN NAME ARGUMENT...: exit code 2, one line that holds PATTERN, nothing on standard output
    pattern=$1
    shift
    expect 2 "$@"
    [ "$(wc -l <"$work/err")" -eq 1 ] && grep -qF -- "$pattern" "$work/err" && [ ! -s "$work/out" ]
    ok $? "  in one line: $(head -c 300 "$work/err")"
}

expect 0 'a kernel' sigmoid/f32/poly/scalar
has "$work/out" 'void sigmoid_f32_poly_scalar(const float x, float y, size_t n);'
has "$work/out" 'Permission is hereby granted'
has "$work/out" 'Promised and tested:'
has "$work/out" 'bitwise the same with every compiler'
! grep -qE '#include "|KERNEL|REST\(|\<R\(|\<real\>.*\(|ROWS|\<PASS' "$work/out"
ok $? 'nothing of ours is left in it'
"$actulp" export sigmoid/f32/poly/scalar -o "$work/a.c" && cmp -s "$work/a.c" "$work/out"
ok $? 'the same in a file'
expect 0 'with a name' sigmoid/f32/naive/scalar --name my_sigmoid
has "$work/out" 'void my_sigmoid(const float x'
has "$work/out" 'It calls the C library (link with -lm)'
expect 0 'for another machine than this, perhaps' sigmoid/f32/poly/avx2
has "$work/out" '-mavx2 -mfma'
expect 0 'half precision' sigmoid/bf16/stable/scalar
has "$work/out" 'const uint16_t x'
expect 0 'a parameter' leaky_relu/f64/naive/scalar
has "$work/out" 'size_t n, double alpha)'

# Figures of a result: those of the golden one are of kernels of other names, so one is renamed.
sed 's#sigmoid/f32/poly/scalar#sigmoid/f32/stable/scalar#' "$srcdir/tests/golden/small.json" >"$work/results.json"
expect 0 'with figures' sigmoid/f32/stable/scalar "$work/results.json"
has "$work/out" 'Measured: largest error 1.9735 ulp at x = -0x1.bda512p-10 (0xbaded289)'
has "$work/out" 'exhaustive: all 4,294,967,296 inputs'
expect 3 'a result without the kernel' sigmoid/f32/stable/scalar "$srcdir/tests/golden/small.json"

# ---- every ISA and a selector, built by the Makefile beside them: the bits of the best ISA here
MAKEFLAGS= MFLAGS= MAKELEVEL=
export MAKEFLAGS MFLAGS MAKELEVEL
digest() { sed -n 's/^ *"digest": "\(0x[0-9a-f]*\)".*/\1/p' "$1"; }
expect 0 'a method' sigmoid/f32/poly -o "$work/set" --name my_sigmoid
make -C "$work/set" libmy_sigmoid.so CC="${CC:-cc}" CFLAGS='-O2 -Wall -Wextra -Werror' >"$work/out" 2>&1
ok $? 'is built'
[ $? -eq 0 ] || sed 's/^/# /' "$work/out"
"$actulp" check --library "$work/set/libmy_sigmoid.so" --symbol my_sigmoid --function sigmoid --json >"$work/set.json"
best=$("$actulp" list sigmoid/f32/poly | sed -n 's/^ *\(sigmoid[^ ]*\).*/\1/p;/not here/d' | grep -E '/(avx512|avx2|neon|sse2)$' |
    while read -r k; do "$actulp" list "$k" | grep -q 'not here' || echo "$k"; done | tail -n 1)
"$actulp" check "$best" --json >"$work/best.json"
[ -n "$(digest "$work/best.json")" ] && [ "$(digest "$work/set.json")" = "$(digest "$work/best.json")" ]
ok $? "gives the bits of $best: $(digest "$work/set.json")"
expect 0 'again' sigmoid/f32/poly -o "$work/set" --name my_sigmoid
[ -e "$work/set/libmy_sigmoid.so" ]
ok $? 'what was built is kept'
refused 'fills a folder' 'a method without a folder' sigmoid/f32/poly
refused 'export one ISA' 'a method that not every processor can run' leaky_relu/f32/fma -o "$work/none"
refused 'no kernel is named' 'a method that is not there' sigmoid/f32/pooly -o "$work/none"
[ ! -e "$work/none" ]
ok $? 'makes no folder'

refused 'usage: actulp export' 'nothing'
refused 'no kernel is named' 'an unknown kernel' sigmoid/f32/pooly/scalar
refused 'no kernel is named' 'a pattern' sigmoid/f32
refused 'sigmoid/f32/naive/scalar' 'what -ffast-math made' sigmoid/f32/naive-fastmath/scalar
refused 'not a C identifier' 'a name that is none' sigmoid/f32/poly/scalar --name '1; x'
refused 'none.json' 'a result that is not there' sigmoid/f32/poly/scalar "$work/none.json"
refused 'cannot write' 'a full disk' sigmoid/f32/poly/scalar -o /dev/full
refused 'one too many' 'two kernels and a result' a b c
[ -z "$(find "$work" -name '*.tmp')" ]
ok $? 'nothing half-written is left'
echo "1..$n"
exit $bad

#!/bin/sh
# t-mixed.sh -- outside kernels from f32 to a format of 16 bits: one that is right at every float is said to be, one that
# is wrong at a single float, by one ulp of its results or by one sign of zero, is named with that float; and a full
# sweep looks at every float, not at 65,536 patterns.
actulp=${ACTULP:-./actulp}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0 bad=0
say() {
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else bad=1; echo "not ok $n - $2"; fi
}
prints() { # PATTERN
    grep -Eq -e "$1" "$work/out"
    said=$?
    say $said "  prints $1"
    [ $said = 0 ] || sed 's/^/# /' "$work/out"
}

cat >"$work/mixed.c" <<'E_C'
#include <math.h>
#include <stddef.h>
#include <stdint.h>
/* V > 0 rounded once, to P bits and exponents from EMIN up */
static uint16_t narrow(double v, int p, int emin)
{
    int e;
    if (isnan(v))
        return 0x7fff;
    frexp(v, &e);
    e = e - 1 < emin ? emin + 1 : e;
    return (uint16_t)(rint(ldexp(v, p - e)) + ldexp(e - 1 - emin, p - 1));
}
#define KERNEL(NAME, P, EMIN, AT, WRONG)                         \
    void NAME(const float *x, uint16_t *y, size_t n)             \
    {                                                            \
        for (size_t i = 0; i < n; i++) {                         \
            y[i] = narrow(1 / (1 + exp(-(double)x[i])), P, EMIN); \
            if (x[i] == AT)                                      \
                y[i] = WRONG;                                    \
        }                                                        \
    }
#define KERNELS(TYPE, P, EMIN)                                              \
    KERNEL(right_##TYPE, P, EMIN, 0, y[i])                                  \
    KERNEL(one_ulp_##TYPE, P, EMIN, -0x1.2468acp+1f, (uint16_t)(y[i] + 1)) \
    KERNEL(lost_sign_##TYPE, P, EMIN, -0x1.2468acp+7f, 0x8000)
KERNELS(bf16, 8, -126)
KERNELS(f16, 11, -14)
E_C
${CC:-cc} -O2 -shared -fPIC "$work/mixed.c" -o "$work/mixed.so" -lm || exit 1

check() { # EXIT NAME TYPE KERNEL OPTION...
    expected=$1 name=$2 type=$3 kernel=$4
    shift 4
    $actulp check --library "$work/mixed.so" --function sigmoid --dtype "f32>$type" --symbol "${kernel}_$type" \
        --max-ulp 0.51 -q "$@" >"$work/out" 2>&1
    code=$?
    [ $code = "$expected" ]
    say $? "$name, f32>$type: exit $code"
}
for type in bf16 f16; do
    check 0 "right" $type right --sweep=-2.3..-2.2
    prints '100 % correctly rounded'
    check 1 "one ulp off at one float" $type one_ulp --sweep=-2.3..-2.2
    prints 'largest found +(0.[5-9]|1.)[0-9]* ulp at x = -0x1.2468acp\+1 '
    prints 'BROKEN'
    check 1 "one sign of zero lost at one float" $type lost_sign --sweep=-147..-146
    prints 'zero.*: 1 input'
    prints '-0x1.2468acp\+7: -0'
    check 0 "all floats with one of 2^20 magnitudes" $type right --sweep full --shard 7/2048 --json
    prints '"inputs": 2097152'
done

echo "1..$n"
exit $bad

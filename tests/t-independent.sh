#!/bin/sh
# t-independent.sh -- the largest error of a sweep, computed again at its input by a short program of its own against
# MPFR at 300 bits, which shares nothing with ref/: the two agree to seven digits.
actulp=${ACTULP:-./actulp}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0 bad=0
say() {
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else bad=1; echo "not ok $n - $2"; fi
}

cat >"$work/again.c" <<'E_C'
/* again FUNCTION X Y ULP: is |Y - f(X)| / ulp(f(X)) in f32 ULP, to 1e-7 of it? */
#include <math.h>
#include <mpfr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int argc, char **argv)
{
    mpfr_t x, z, t;
    mpfr_inits2(300, x, z, t, (mpfr_ptr)0);
    mpfr_set_d(x, strtod(argv[argc - 3], NULL), MPFR_RNDN);
    mpfr_neg(t, x, MPFR_RNDN);
    mpfr_exp(t, t, MPFR_RNDN);
    mpfr_add_ui(t, t, 1, MPFR_RNDN);
    mpfr_ui_div(z, 1, t, MPFR_RNDN); /* sigmoid */
    if (!strcmp(argv[1], "silu"))
        mpfr_mul(z, z, x, MPFR_RNDN);
    else if (!strcmp(argv[1], "tanh"))
        mpfr_tanh(z, x, MPFR_RNDN);
    else if (!strcmp(argv[1], "expm1"))
        mpfr_expm1(z, x, MPFR_RNDN);
    else if (!strcmp(argv[1], "gelu")) {
        mpfr_sqrt_ui(t, 2, MPFR_RNDN);
        mpfr_div(t, x, t, MPFR_RNDN);
        mpfr_neg(t, t, MPFR_RNDN);
        mpfr_erfc(z, t, MPFR_RNDN);
        mpfr_mul(z, z, x, MPFR_RNDN);
        mpfr_div_ui(z, z, 2, MPFR_RNDN);
    }
    long e = mpfr_get_exp(z) - 1;
    mpfr_sub_d(t, z, strtod(argv[argc - 2], NULL), MPFR_RNDN);
    mpfr_mul_2si(t, t, 23 - (e < -126 ? -126 : e), MPFR_RNDN);
    double ulp = fabs(mpfr_get_d(t, MPFR_RNDN)), said = strtod(argv[argc - 1], NULL);
    printf("%.8f ulp (%.8f) at %s\n", said, ulp, argv[argc - 3]);
    return !(fabs(ulp - said) <= 1e-7 * fabs(ulp));
}
E_C
# shellcheck disable=SC2086
${CC:-cc} ${CPPFLAGS-} "$work/again.c" -o "$work/again" ${LDFLAGS-} -lmpfr -lgmp -lm || exit 1

# The number that the result gives first for KEY, in the order of the file: the first is the worst input's.
value() { grep -m 1 -o "\"$1\": [-+0-9.e]*" "$work/result.json" | sed 's/.*: //'; }

for k in sigmoid/f32/stable sigmoid/f32/poly tanh/f32/fast tanh/f32/naive silu/f32/fast silu/f32/naive expm1/f32/naive \
    gelu/f32/naive; do
    $actulp check "$k/scalar" --sweep=-9.5..9.5 --shard 3/40 -q -o "$work/result.json" >/dev/null
    grep '"worst"' "$work/result.json" | head -n 1 >"$work/worst"
    x=$(sed 's/.*"x_value": \([^,]*\),.*/\1/' "$work/worst") y=$(sed 's/.*"y_value": \([^,]*\),.*/\1/' "$work/worst")
    said=$("$work/again" "${k%%/*}" "$x" "$y" "$(value max_ulp)")
    say $? "$k: $said"
done
echo "1..$n"
exit $bad

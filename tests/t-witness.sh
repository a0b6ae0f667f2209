#!/bin/sh
# t-witness.sh -- what the comments of src/fn/ say of a kernel, `2.48 ulp at -0x1.0a2bd8p+4', is what `actulp eval' finds
# there, to the last digit written.
#
# A comment speaks of the body that follows it, in f32, or in f64 if that is a DKERNEL.  Bodies that call the C library
# are judged only with the version that the figures are from: another one rounds differently.
actulp=${ACTULP:-./actulp}
srcdir=${srcdir:-..}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
measured_with='glibc 2.36'
libm=$(getconf GNU_LIBC_VERSION 2>/dev/null || echo unknown)

# FUNCTION DTYPE METHOD ULP X KIND, one claim a line; KIND is libm or words.
cat >"$work/claims.awk" <<'EOF'
FNR == 1 { comment = ""; n = split(FILENAME, part, "/"); f = substr(part[n], 1, length(part[n]) - 2) }
/^\/\*/ { comment = ""; inside = 1 }
inside { text = $0; gsub(/^ ?\/?\*+\/?|\*\/ *$/, "", text); comment = comment " " text }
/\*\// { inside = 0 }
/^[VD]?KERNEL\(/ {
    body = $0; sub(/^[VD]?KERNEL\(/, "", body); sub(/[,)].*/, "", body)
    rest = comment
    k = 0
    while (match(rest, /[0-9][0-9.e]* ulp[^;:.]* at -?0x[0-9a-f.]+p[-+]?[0-9]+/)) {
        claim = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
        ulp = claim; sub(/ ulp.*/, "", ulp)
        x = claim; sub(/.* at /, "", x)
        said[body, ++k] = ulp " " x
    }
    count[body] = k
    comment = ""
}
/^    (NAIVE|LIBM|WORDS|FUSED|TABLE|DOUBLES)\(/ {
    row = $0; sub(/^ */, "", row)
    word = row; sub(/\(.*/, "", word)
    sub(/^[A-Z]*\(/, "", row)
    split(row, argument, /, */)
    method = "naive"; body = argument[1]
    if (word == "TABLE") method = "table"
    else if (word != "NAIVE") { method = argument[1]; gsub(/"/, "", method); body = argument[2] }
    for (i = 1; i <= count[body]; i++)
        print f, word == "DOUBLES" ? "f64" : "f32", method, said[body, i], word ~ /WORDS|FUSED|DOUBLES/ ? "words" : "libm"
}
EOF
for f in "$srcdir"/src/fn/*.c; do awk -f "$work/claims.awk" "$f"; done >"$work/claims"

# As many units of the last digit written as the two differ by: at most one, for figures are rounded up or to nearest.
cat >"$work/judge.awk" <<'EOF'
function unit(s,    mantissa, e, dot) {
    e = 0; mantissa = s
    if (index(s, "e")) { e = substr(s, index(s, "e") + 1); mantissa = substr(s, 1, index(s, "e") - 1) }
    dot = index(mantissa, ".")
    return 10 ^ (e - (dot ? length(mantissa) - dot : 0))
}
BEGIN { d = found - said; if (d < 0) d = -d; exit !(d <= unit(said) * 1.0001) }
EOF

n=0 bad=0
while read -r f dtype method ulp x kind; do
    n=$((n + 1))
    what="$f/$dtype/$method: $ulp ulp at $x"
    if [ "$kind" = libm ] && [ "$libm" != "$measured_with" ]; then
        echo "ok $n - $what # SKIP measured with $measured_with, here is $libm"
        continue
    fi
    found=$($actulp eval "$f" --dtype "$dtype" "$x" | awk -v name="$f/$dtype/$method" '
        $1 == name "/scalar" || $1 == name "/fma" { for (i = 2; i <= NF; i++) if ($i ~ /^ulp/) print $(i - 1) }')
    right=0
    for v in $found; do # a figure is that of the worse arithmetic class, plain or fused
        awk -v said="$ulp" -v found="$v" -f "$work/judge.awk" && right=1
    done
    if [ $right = 1 ]; then
        echo "ok $n - $what"
    else
        bad=1
        echo "not ok $n - $what, found" ${found:-nothing}
    fi
done <"$work/claims"
n=$((n + 1))
claims=$((n - 1))
if [ $claims -ge 50 ]; then
    echo "ok $n - $claims claims were read"
else
    bad=1
    echo "not ok $n - only $claims claims were read"
fi
echo "1..$n"
exit $bad

#!/bin/sh
# t-door.sh -- outside kernels as the manual shows them: the C files and commands of README.md and doc/adding.md are
# taken out of the pages and run as they stand, and bad libraries are refused in one line.
srcdir=$(cd "${srcdir:-.}" && pwd)
case ${ACTULP:-./actulp} in
/*) actulp=$ACTULP ;;
*) actulp=$(pwd)/${ACTULP:-./actulp} ;;
esac
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
n=0 bad=0

say() { # PASSED NAME
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else bad=1; echo "not ok $n - $2"; fi
}
skip() { n=$((n + 1)); echo "ok $n - $1 # SKIP $2"; }

# The C block of PAGE that begins with the comment /* NAME */, into NAME.
take() { # PAGE NAME
    awk -v first="/* $2 */" '$0 == "```" && on { exit } on { print } $0 == first { on = 1; print }' "$1" >"$2"
    [ -s "$2" ]
    say $? "$2 stands in ${1##*/}"
}

# The indented commands of PAGE that hold TEXT, run as they stand with actulp in place of ./actulp or build/actulp.
commands() { # PAGE TEXT
    awk -v text="$2" '/^    / && index($0, text) { sub(/^ +/, ""); print }' "$1" |
        sed -E "s#(\./|build/)actulp#$actulp#; s#^cc#${CC:-cc} -I$srcdir/include#"
}
run() { # PAGE TEXT PATTERN [OPTION...]
    page=$1 text=$2 pattern=$3
    shift 3
    commands "$page" "$text" >script
    [ -s script ]
    say $? "${page##*/} has commands for $text"
    while read -r line; do
        # shellcheck disable=SC2086
        case $line in *"$actulp "*) line="$line $*" ;; esac
        sh -c "$line" >out 2>err
        status=$?
        [ $status -eq 0 ] || sed 's/^/# /' err out | head -5
        say $status "$line" | sed "s#$actulp#actulp#g"
        n=$((n + 1)) # say ran in a pipe
        [ $status -eq 0 ] || bad=1
    done <script
    grep -qE -e "$pattern" out
    say $? "  prints $pattern"
}

# ---- the pages
adding=$srcdir/doc/adding.md readme=$srcdir/README.md
small='-q --sweep=1..4'
for page in "$adding" "$readme"; do
    take "$page" my_sigmoid.c
    # shellcheck disable=SC2086
    run "$page" my_sigmoid.so 'my_sigmoid@my_sigmoid.so' $small --time 0.2
done
take "$adding" my_kernels.c
# shellcheck disable=SC2086
run "$adding" my_kernels 'tanh/f32/libm@my_kernels.so/ext' $small
# shellcheck disable=SC2086
run "$adding" "libm.so.6 --symbol tanhf" '^tanh/f32/tanhf@libm.so.6/ext' $small
if grep -qw avx2 /proc/cpuinfo 2>/dev/null && echo 'int main(void) { return 0; }' >m.c &&
    ${CC:-cc} m.c -o m -lmvec 2>/dev/null; then
    take "$adding" mvec_expf.c
    # shellcheck disable=SC2086
    run "$adding" mvec_expf '^exp/f32/mvec_expf@mvec_expf.so/ext' $small
    if ${CC:-cc} m.c -o m -lsleef 2>/dev/null; then
        sed 's/_ZGVdN8v_expf/Sleef_expf8_u10avx2/g; s/mvec_expf/sleef_expf/g' mvec_expf.c >sleef_expf.c
        ${CC:-cc} -O2 -mavx2 -shared -fPIC sleef_expf.c -o sleef_expf.so -lsleef &&
            "$actulp" check --library ./sleef_expf.so --symbol sleef_expf --function exp --max-ulp 1 -q >out
        say $? "SLEEF by the same adapter keeps 1 ulp"
    else
        skip "SLEEF by the same adapter" "no libsleef"
    fi
else
    skip "libmvec by an adapter" "no AVX2 or no libmvec"
fi

# ---- every kind of finding is in the table
sed -n '/guard_kinds\[GUARD_KINDS\] = {/,/^};/p' "$srcdir/src/measure/guard.c" |
    sed -nE 's/.*\{"([a-z0-9-]+)", "([^"]+)".*/\1|\2/p' >kinds
[ "$(wc -l <kinds)" -gt 30 ]
say $? "guard.c names its kinds"
while IFS='|' read -r word title; do
    grep -qF "| \`$word\` | $title" "$adding" || { echo "# not in the table: $word"; bad=1; touch missing; }
done <kinds
[ ! -e missing ]
say $? "each of them stands in doc/adding.md"

# ---- bad libraries: exit code 2, one line
refuses() { # NAME PATTERN OPTION...
    name=$1 pattern=$2
    shift 2
    "$actulp" check -q "$@" >out 2>err </dev/null
    status=$?
    [ $status -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qE -e "$pattern" err && [ ! -s out ]
    status=$?
    [ $status -eq 0 ] || sed 's/^/# /' err
    say $status "$name: $(head -c 150 err | head -1)"
}
library() { # NAME: C from standard input
    ${CC:-cc} -I"$srcdir/include" -O1 -w -shared -fPIC -x c - -o "$1"
}
ours="--symbol f --function sigmoid"
echo 'int f = 1; void g(void) {}' | library data.so
echo 'extern float missing(float); float f(float x) { return missing(x); }' | library unresolved.so
echo text >text.so
# shellcheck disable=SC2086
{
    refuses "a symbol that is data" 'f is data' --library ./data.so $ours
    refuses "a symbol that is missing" 'no symbol f' --library libm.so.6 $ours
    refuses "an unresolved symbol" 'missing' --library ./unresolved.so $ours
    refuses "a text file" 'not a shared library' --library ./text.so $ours
    refuses "no such file" 'No such file' --library ./none.so $ours
    refuses "a symbol that is no identifier" 'not a C identifier' --library ./data.so --symbol 'f;g' --function tanh
}
refuses "a library without a table" 'no table actulp_kernels' --library libm.so.6
table() { # NAME ABI ROW
    printf '#include <actulp/kernel.h>\nstatic float f(float x) { return x; }\nstatic const struct actulp_kernel k[] = {%s};\nconst struct actulp_kernel_table actulp_kernels = {%s, sizeof *k, 1, k};\n' "$3" "$2" | library "$1"
}
table future.so 99 '{"tanh", "f32", "f", ACTULP_SCALAR, ACTULP_CALL(f)}'
table function.so 1 '{"tangens", "f32", "f", ACTULP_SCALAR, ACTULP_CALL(f)}'
table dtype.so 1 '{"tanh", "f31", "f", ACTULP_SCALAR, ACTULP_CALL(f)}'
table null.so 1 '{"tanh", "f32", "f", ACTULP_SCALAR, 0}'
table name.so 1 '{"tanh", "f32", "<script>", ACTULP_SCALAR, ACTULP_CALL(f)}'
table waive.so 1 '{"tanh", "f32", "f", ACTULP_SCALAR, ACTULP_CALL(f), 0, "everything"}'
refuses "a table of another ABI" 'ABI 99' --library ./future.so
refuses "a row of an unknown function" 'row 1 .*tangens' --library ./function.so
refuses "a row of an unknown dtype" 'row 1 .*f31' --library ./dtype.so
refuses "a row without a function" 'row 1 .*NULL' --library ./null.so
refuses "a row whose name is no name" 'row 1 .*name' --library ./name.so
refuses "a row that waives what there is not" 'row 1 .*everything' --library ./waive.so
for cross in aarch64-linux-gnu-gcc x86_64-linux-gnu-gcc; do
    if echo 'float f(float x) { return x; }' | $cross -shared -fPIC -x c - -o "$cross.so" 2>/dev/null &&
        [ "$($cross -dumpmachine | cut -d- -f1)" != "$(uname -m)" ]; then
        refuses "a library for another architecture" 'built for' --library "./$cross.so" \
            --symbol f --function tanh --signature scalar
    fi
done

# ---- tables and symbols, ours and others', in one run
"$actulp" check -q --sweep=1..2 --library ./my_kernels.so --library ./my_sigmoid.so --symbol my_sigmoid \
    --function sigmoid sigmoid/f32/stable/scalar -o mixed.json >out 2>err
say $? "a table, a symbol and a built-in kernel in one run"
for k in sigmoid/f32/halves@my_kernels.so/ext tanh/f32/libm@my_kernels.so/ext \
    sigmoid/f32/my_sigmoid@my_sigmoid.so/ext sigmoid/f32/stable/scalar; do
    grep -qF "\"$k\"" mixed.json
    say $? "  holds $k"
done
"$actulp" check -q --sweep=1..2 --library ./my_kernels.so --max-ulp 0.25 >out 2>err
[ $? -eq 1 ]
say $? "a promise that rows do not keep: exit code 1"

# ---- every signature and dtype, names, parameters, a function of the user's own: one run
library ways.so <<'END'
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
static float bf(uint16_t h) { uint32_t u = (uint32_t)h << 16; float v; memcpy(&v, &u, 4); return v; }
static uint16_t to_bf(float v)
{
    uint32_t u;
    memcpy(&u, &v, 4);
    return v != v ? 0x7fc0 : (u + 0x7fff + (u >> 16 & 1)) >> 16;
}
float scalar(float x) { return tanhf(x); }
void yxn(float *y, const float *x, size_t n) { for (size_t i = 0; i < n; i++) y[i] = tanhf(x[i]); }
void nxy(size_t n, const float *x, float *y) { for (size_t i = 0; i < n; i++) y[i] = tanhf(x[i]); }
void doubles(const double *x, double *y, size_t n) { for (size_t i = 0; i < n; i++) y[i] = tanh(x[i]); }
uint16_t bfloat(uint16_t x) { return to_bf(tanhf(bf(x))); }
void mixed(const float *x, uint16_t *y, size_t n) { for (size_t i = 0; i < n; i++) y[i] = to_bf(tanhf(x[i])); }
void leaky(const float *x, float *y, size_t n) { for (size_t i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : x[i] * 0.2f; }
float cube(float x) { return (float)((double)x * x * x); }
END
echo '(FPCore cube (x) (* x (* x x)))' >cube.fpcore
"$actulp" check -q --sweep=1..1.000000001 -o ways.json --param alpha=0.2 --fpcore cube.fpcore \
    --library ./ways.so --symbol scalar --function tanh --signature scalar --max-ulp 2.2 --name mine/f32/scalar/ext \
    --symbol yxn --signature yxn --symbol nxy --signature nxy --symbol doubles --signature array --dtype f64 \
    --symbol bfloat --signature scalar --dtype bf16 --max-ulp 0.6 \
    --symbol mixed --signature array --dtype 'f32>bf16' --symbol leaky --function leaky_relu --dtype f32 \
    --symbol cube --function cube --signature scalar leaky_relu/f32/naive/scalar tanh/f32/libm >out 2>err
say $? "signatures, dtypes, --name, --param and --fpcore together"
[ -s err ] && sed 's/^/# /' err
for k in mine/f32/scalar/ext tanh/f32/yxn@ways.so/ext tanh/f32/nxy@ways.so/ext tanh/f64/doubles@ways.so/ext \
    tanh/bf16/bfloat@ways.so/ext 'tanh/f32>bf16/mixed@ways.so/ext' leaky_relu/f32/leaky@ways.so/ext \
    cube/f32/cube@ways.so/ext leaky_relu/f32/naive/scalar tanh/f32/libm/scalar; do
    grep -qF "\"$k\"" ways.json
    say $? "  holds $k"
done

# ---- libraries that do not survive being loaded
for end in abort exit; do
    printf '#include <stdlib.h>\n__attribute__((constructor)) static void c(void) { %s; }\nfloat f(float x) { return x; }\n' \
        "$([ $end = exit ] && echo 'exit(0)' || echo 'abort()')" | library "$end.so"
    refuses "a table whose library calls $end when loaded" 'does not survive being loaded' --library "./$end.so"
    "$actulp" check -q --sweep=1..2 --library "./$end.so" --symbol f --function tanh --signature scalar \
        tanh/f32/libm >out 2>err
    [ $? -eq 1 ] && grep -q 'load: .* when loaded' out && grep -q '^tanh/f32/libm/scalar' out
    say $? "a kernel whose library calls $end when loaded: a finding, and the others are graded"
done

# ---- faults at one input of the sweep
library once.so <<'END'
#include <fenv.h>
#include <stdlib.h>
static volatile int forever = 1, *volatile nowhere = (int *)8;
float crashes(float x) { if (x == 0x1.8p0f) *nowhere = 0; return x > 0 ? x : 0; }
float ends(float x) { if (x == 0x1.8p0f) exit(0); return x > 0 ? x : 0; }
float rounds(float x) { if (x == 0x1.8p0f) fesetround(FE_UPWARD); return x > 0 ? x : 0; }
END
"$actulp" check -q --sweep=1.4..1.6 --library ./once.so --symbol crashes --function relu --signature scalar \
    --symbol ends --symbol rounds relu/f32/naive/scalar >out 2>err
[ $? -eq 1 ]
say $? "faults at one input: exit code 1"
tr -s ' \n' ' ' <out >flat
for text in 'crash: SIGSEGV while its results were graded' 'exit: ends the process (exit 0) while its results' \
    'rounding-mode: leaves another rounding mode set while'; do
    grep -qF "$text" flat && grep -q 'x = 0x1.8p+0)' flat
    say $? "  $text, at the input"
done
grep -qE 'naive/scalar .* (>=)?0 100 0x1.6' flat
say $? "  and the others are graded"

# ---- what is quoted is escaped
hostile='we"ird<script>
x.so'
cp ways.so "$hostile"
"$actulp" check -q --sweep=1..1.001 --library "./$hostile" --symbol scalar --function tanh --signature scalar \
    -o hostile.json >out 2>err
"$actulp" report hostile.json --format html -o hostile.html && "$actulp" report hostile.json --format json >again.json
say $? "a library with quotes, markup and a line feed in its name is reported"
grep -q 'we&quot;ird&lt;script\|we"ird&lt;script' hostile.html && ! grep -q 'ird<script' hostile.html
say $? "  escaped in HTML"
"$actulp" report hostile.json --format markdown >hostile.md && grep -q 'ird&lt;script' hostile.md && ! grep -q 'ird<script' hostile.md
say $? "  and in Markdown"
grep -q 'we\\"ird<script>\\nx.so\|we\\"ird<script>\\u000ax.so' hostile.json
say $? "  and in the result"
echo "1..$n"
exit $bad

#!/bin/sh
# t-versus.sh -- actulp versus: two builds in one process; every exit code; bits, accuracy, contract, times.
srcdir=${srcdir:-.}
actulp=${ACTULP:-./actulp}
cc=${CC:-cc}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
n=0 bad=0

ok() { # STATUS NAME
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else bad=1; echo "not ok $n - $2"; fi
}
expect() { # CODE NAME ARGUMENT...: the exit code of actulp versus; what it says in $work/out
    want=$1 name=$2
    shift 2
    "$actulp" versus "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
    [ $got -eq "$want" ]
    ok $? "$name: exit code $got"
    [ $got -eq "$want" ] || sed 's/^/# /' "$work/err" "$work/out"
}
says() { tr -s ' \n' ' ' <"$work/out" | grep -qE -- "$1"; ok $? "  says $1"; }
refused() { # PATTERN NAME ARGUMENT...: exit code 2, one line that holds PATTERN, nothing on standard output
    pattern=$1
    shift
    expect 2 "$@"
    [ "$(wc -l <"$work/err")" -eq 1 ] && grep -qF -- "$pattern" "$work/err" && [ ! -s "$work/out" ]
    ok $? "  in one line: $(head -c 300 "$work/err")"
}
compile() { # NAME: the library of $work/NAME.c
    $cc -std=gnu11 -O2 -ffp-contract=off -I"$srcdir/include" -shared -fPIC -o "$work/$1.so" "$work/$1.c" -lm
}
edited() { # NAME SED-SCRIPT: a library of the exported kernel with something changed, which must change it
    sed "$2" "$work/old.c" >"$work/$1.c"
    ! cmp -s "$work/old.c" "$work/$1.c" && compile "$1"
    ok $? "a library: $1"
}

"$actulp" export sigmoid/f32/poly/scalar --name mine >"$work/old.c" && compile old && cp "$work/old.so" "$work/new.so"
ok $? 'a library: old'
mine='--symbol mine --function sigmoid --bits 2'

# ---- bits, accuracy, contract
expect 0 'a copy' "$work/old.so" "$work/new.so" $mine --accuracy-only
says 'Nothing got worse: 1 kernel in both results, 1 compared, 1 without any difference'
(cd "$work" && "$actulp" versus old.so new.so $mine --accuracy-only >out)
ok $? 'files of this folder'
# A term beyond what the polynomial needs moves last bits, hardly more.
edited bits 's/0x1.55571p-5f/0x1.555712p-5f/'
expect 0 'a last bit of one coefficient' "$work/old.so" "$work/bits.so" $mine --accuracy-only
says 'sigmoid/f32/mine/ext: other results for [0-9,]+ of [0-9,]+ inputs, first x = -?0x1[.0-9a-fp+-]* \(0x[0-9a-f]{8}\): 0x1[.0-9a-fp+-]* -> 0x1'
edited worse 's/0x1.55571p-5f/0x1.56571p-5f/'
expect 1 'a coefficient that is wrong' "$work/old.so" "$work/worse.so" $mine --accuracy-only
says 'largest error 2\.[0-9]+ -> [0-9.e]+ ulp at x = -?0x1[.0-9a-fp+-]* \(0x[0-9a-f]{8}\)'
expect 1 'and all forms of the verdict' "$work/old.so" "$work/worse.so" $mine --accuracy-only --format json --write junit="$work/junit.xml" --write github="$work/notes"
grep -q '"verdict": "regression"' "$work/out" && grep -q '<failure ' "$work/junit.xml" && grep -q '^::error ' "$work/notes"
ok $? '  say so'
expect 0 'the same, allowed' "$work/old.so" "$work/worse.so" $mine --accuracy-only --allow-ulp 'sigmoid=1e9'
expect 0 'the other way round' "$work/worse.so" "$work/old.so" $mine --accuracy-only
says 'Better'
cat >"$work/tail.c" <<'C'
#include <stddef.h>
#include <math.h>
void mine(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float t = expf(-fabsf(x[i]));
        y[i] = (x[i] < 0 ? t : 1) / (1 + t);
    }
    if (n % 8 == 5)
        y[n - 1] += 0x1p-10f;
}
C
sed '/n % 8/,$d' "$work/tail.c" >"$work/whole.c" && echo '}' >>"$work/whole.c"
compile tail && compile whole
ok $? 'libraries: the last element of some lengths is wrong in one'
expect 1 'a contract that is broken' "$work/whole.so" "$work/tail.so" $mine --accuracy-only --waive monotone
says 'contract: '
sed 's/if (n % 8 == 5)/if (n > 0)/;s/y\[n - 1\] += 0x1p-10f/*(volatile float *)0 = 0/' "$work/tail.c" >"$work/crash.c" && compile crash
expect 1 'a crash' "$work/whole.so" "$work/crash.so" $mine --waive monotone
says 'SIGSEGV.*not run any further'

printf '#include <math.h>\ndouble mine(double x) { double t = exp(-fabs(x)); return (x < 0 ? t : 1) / (1 + t) * (1 + SHIFT); }\n' >"$work/search.c"
for shift in 0 0x1p-51; do $cc -O2 -DSHIFT=$shift -shared -fPIC -o "$work/search$shift.so" "$work/search.c" -lm; done
ok $? 'libraries: f64'
expect 1 'the worst inputs that were searched for, on either side' "$work/search0.so" "$work/search0x1p-51.so" --symbol mine \
    --function sigmoid --dtype f64 --signature scalar --waive monotone,range --accuracy-only
says 'error at the old worst input, x = -?0x1[.0-9a-fp+-]* \(0x[0-9a-f]{16}\): '
says 'largest error .* \(found by a search: a lower bound\)'
says 'error at the new worst input, x = -?0x1[.0-9a-fp+-]* \(0x[0-9a-f]{16}\): '

# ---- libraries that name their kernels
table() { # NAME FUNCTION/NAME...: kernels of y = x
    name=$1
    shift
    {
        echo '#include <actulp/kernel.h>'
        echo 'static void copy(const float *x, float *y, size_t n) { for (size_t i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : 0; }'
        echo 'static const struct actulp_kernel kernels[] = {'
        for k; do echo "{\"${k%/*}\", \"f32\", \"${k#*/}\", ACTULP_ARRAY, ACTULP_CALL(copy), 0, \"nan,inf,zero-sign\", NULL},"; done
        echo '}; const struct actulp_kernel_table actulp_kernels = {ACTULP_ABI, sizeof *kernels, sizeof kernels / sizeof *kernels, kernels};'
    } >"$work/$name.c"
    compile "$name"
}
table one relu/a relu/b relu/old && table two relu/b relu/a relu/new
ok $? 'libraries with tables'
expect 0 'two tables' "$work/one.so" "$work/two.so" --accuracy-only
says 'Added relu/f32/new/ext: new Not there any more relu/f32/old/ext: gone .*2 kernels in both results, 2 compared, 2 without'
expect 0 'some of them' "$work/one.so" "$work/two.so" relu/f32/a --accuracy-only
says '1 kernel in both results'
expect 3 'none of them' "$work/one.so" "$work/two.so" tanh --accuracy-only
table three relu/c
expect 3 'nothing in common' "$work/one.so" "$work/three.so"
mkdir -p "$work/prefix/lib"
table libactulp relu/select.scalar relu/gone.scalar && mv "$work/libactulp.so" "$work/prefix/lib/"
expect 0 'an installed library' --old "$work/prefix" relu/f32/select --accuracy-only
says '1 kernel in both results'
says 'relu/f32/select/scalar: promises nan'
if [ -e "$(dirname "$actulp")/libactulp.so" ]; then
    expect 0 'our own library' --old "$(dirname "$actulp")" relu/f32/select --accuracy-only --bits 1
    says '[2-9] kernels in both results, [2-9] compared, [2-9] without any difference'
fi

# ---- times
cat >"$work/slow.c" <<'C'
#include <stddef.h>
#include <math.h>
#include <time.h>
#ifdef FICKLE /* some processes are fast and some are slow */
static int turns;
__attribute__((constructor)) static void draw(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    turns = (unsigned)t.tv_nsec * 2654435761u >> 31 ? 3 : 1;
}
#else
enum { turns = TURNS };
#endif
void mine(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < turns; k++) {
            float v = x[i];
            __asm__ volatile("" : "+m"(v));
            v = v > 0 ? v : 0;
            __asm__ volatile("" : "+m"(v));
            if (k == turns - 1)
                y[i] = v;
        }
}
C
for turns in 1 2 3; do $cc -O1 -DTURNS=$turns -shared -fPIC -o "$work/turns$turns.so" "$work/slow.c"; done &&
    $cc -O1 -DFICKLE -shared -fPIC -o "$work/fickle.so" "$work/slow.c"
ok $? 'libraries: slow and fickle'
slow='--symbol mine --function relu --waive nan,zero-sign --speed-only --size 512'
expect 1 'three times the work' "$work/turns1.so" "$work/turns3.so" $slow --time 4
says 'slower: n = 512: .* -> .* ns \(\+[0-9.]+ to \+[0-9.]+ %'
expect 0 'a third of the work' "$work/turns3.so" "$work/turns1.so" $slow --time 4
says 'faster: n = 512'
expect 4 'faster in some processes, slower in others' "$work/turns2.so" "$work/fickle.so" $slow --time 2
says 'time not settled: n = 512'

# ---- bad input
refused 'usage: actulp versus' 'one library' "$work/old.so"
refused 'none.so' 'a library that is not there' "$work/old.so" "$work/none.so" $mine
refused 'has no table' 'no table, no symbol' "$work/old.so" "$work/new.so"
refused 'has no symbol yours' 'a symbol that is not there' "$work/old.so" "$work/new.so" --symbol yours --function sigmoid
refused 'takes its libraries as arguments' 'a library too many' "$work/old.so" "$work/new.so" --library "$work/old.so" $mine
refused 'no lib/libactulp.so' 'a prefix without a library' --old "$work"
refused '--old compares kernels of ours' 'a prefix and a symbol' --old "$work/prefix" $mine
refused 'unknown' 'an unknown form' "$work/old.so" "$work/new.so" $mine --format junitt
echo "1..$n"
exit $bad

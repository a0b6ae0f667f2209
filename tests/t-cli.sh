#!/bin/sh
# t-cli.sh -- the command line: what it answers, its exit codes, and that bad input gives one line and no file.
srcdir=${srcdir:-.}
actulp=${ACTULP:-./actulp}
data=$srcdir/tests/data
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0 bad=0

say() { # PASSED NAME
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else bad=1; echo "not ok $n - $2"; fi
}

# expect CODE NAME COMMAND...: the exit code; standard output and error are kept in $work
expect() {
    want=$1 name=$2
    shift 2
    "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
    [ $got -eq "$want" ]
    say $? "$name: exit code $got"
    [ $got -eq "$want" ] || sed 's/^/# /' "$work/err" "$work/out" | head -5
}
# In a line, or in a sentence that goes over several.
prints() {
    grep -qE -e "$1" "$work/out" || tr -s ' \n' ' ' <"$work/out" | grep -qE -e "$1"
    say $? "  prints $1"
}
says() { grep -qE -e "$1" "$work/err"; say $? "  says $1"; }
one_line() { [ "$(wc -l <"$work/err")" -eq 1 ]; say $? "  in one line: $(head -c 200 "$work/err" | head -1)"; }
refuses() { # NAME PATTERN COMMAND...: exit 2, one line that matches
    name=$1 pattern=$2
    shift 2
    expect 2 "$name" "$@"
    says "$pattern"
    one_line
}

# ---- the two measures of an error
expect 0 "check --ulp integer" $actulp check relu/f32/max/scalar sigmoid/f32/stable/scalar -q --sweep=-2..-1 --ulp integer
prints 'distance at most [2-9] representable numbers, at x = '
prints '0: all results are correctly rounded'
prints 'max error|largest found'
refuses "an unknown measure" "--ulp half: expected real or integer" $actulp check relu --ulp half

# ---- help and version
expect 0 "actulp --help" $actulp --help
prints 'Usage: actulp COMMAND'
expect 0 "actulp --version" $actulp --version
prints '^actulp [0-9]'
for c in list eval check bench run report; do
    expect 0 "actulp $c --help" $actulp $c --help
    prints '^Usage: '
    expect 0 "actulp $c --version" $actulp $c --version
done
refuses "an unknown command" "unknown command" $actulp chekc
expect 2 "no command" $actulp
expect 2 "an unknown option" $actulp check --swep full

# ---- list
expect 0 "actulp list" $actulp list
prints '^sigmoid '
prints 'This machine runs: scalar'
expect 0 "actulp list sigmoid" $actulp list sigmoid
prints 'sigmoid/f32/naive/scalar'
expect 0 "a framework's name" $actulp list torch.nn.Sigmoid
prints 'sigmoid/f32/naive/scalar'
refuses "a function that is not there" "no kernel is named" $actulp list sigmoidd
expect 3 "a glob that matches nothing" $actulp list 'zz*'

# ---- eval
expect 0 "actulp eval" $actulp eval sigmoid -89 0x1p-30 inf nan
prints '2\.2273639[0-9]*e-39'
prints 'sigmoid/f32/naive/scalar +0 +0x0p\+0 .*0 where a number is due'
prints 'exact +nan'
prints '^on .*(libc|glibc)'
prints '^by actulp [0-9]'
prints '^by the command actulp eval sigmoid -89 0x1p-30 inf nan$'
refuses "eval of an unknown function" "no function is named" $actulp eval sigmoyd 1
refuses "eval of a bad number" "not a number" $actulp eval sigmoid 1x
refuses "eval without inputs" "usage: actulp eval" $actulp eval sigmoid

# ---- check
expect 0 "a zero for a zero of either sign" $actulp check relu/f32/select/scalar relu/f32/naive/scalar -q
prints 'relu/f32/naive/scalar.*; 0 at x = -0 \(right: 0, -0\).*relu/f32/select/scalar.*; -0 at x = -0 \(right: 0, -0\)'
expect 0 "a gradient at a kink" $actulp check relu6_grad/f32/naive/scalar -q --json
prints '"x_value": 6, "y": "0x0", "y_value": 0, "right": \["0x0", "0x80000000", "0x3f000000", "0x3f800000"\]'
expect 0 "actulp check tanh/f32" $actulp check 'tanh/f32/*'
prints 'naive/scalar'
prints '[Nn]a[Nn]'
expect 1 "a broken promise" $actulp check --library libm.so.6 --symbol tanhf --signature scalar \
    --function tanh --max-ulp 0.6
prints 'at most 0.6 is promised'
expect 0 "a kept promise" $actulp check --library libm.so.6 --symbol tanhf --signature scalar \
    --function tanh --max-ulp 3
refuses "an unknown kernel" "no kernel is named" $actulp check tanh/f32/pooly
expect 3 "a glob that matches nothing" $actulp check 'tanh/f32/zz*'
expect 3 "nothing this machine can run" env ACTULP_ISA=scalar $actulp check '*/sse2'
refuses "an ISA that does not exist" "ACTULP_ISA" env ACTULP_ISA=sse9 $actulp check tanh
refuses "a library that is not there" "nowhere.so" $actulp check --library ./nowhere.so --symbol f --function tanh
refuses "a symbol that is not there" "nosuchf" $actulp check --library libm.so.6 --symbol nosuchf --function tanh
refuses "a symbol that is no identifier" "not a C identifier" $actulp check --library libm.so.6 --symbol 'a;b' --function tanh
refuses "half an outside kernel" "missing" $actulp check --library libm.so.6 --symbol tanhf
refuses "a bad sweep" "expected quick, full or A..B" $actulp check tanh --sweep 8..-8
expect 0 "a sweep of a range" $actulp check sigmoid/f32/poly/scalar --sweep -1.5..-1.4999
prints 'sampled \(-1.5..-1.4999\)'
expect 0 "another rounding direction" $actulp check sigmoid/f32/stable/scalar --sweep 1..1.001 --rounding up
prints 'mode +rounding up, around each call'
prints 'not judged in this mode'
expect 0 "  in the result" $actulp check sigmoid/f32/stable/scalar --sweep 1..1.001 --rounding up --json
prints '"rounding": "up"'
expect 0 "flush mode" $actulp check sigmoid/f32/poly/scalar --sweep=-88..-87.9 --ftz
prints 'mode +rounding nearest, subnormals flushed \(FTZ and DAZ\)'
prints 'subnormal results accepted as zero'
expect 0 "  in the result" $actulp check sigmoid/f32/poly/scalar --sweep=-88..-87.9 --ftz --json
prints '"ftz": true'
prints '"flushed_accepted": [1-9]'
expect 0 "MPFR alone" $actulp check sigmoid/f32/poly/scalar --sweep 1..1.0001 --mpfr
refuses "a direction that is none" "expected nearest, up, down or zero" $actulp check sigmoid --rounding upp
refuses "a bad number" "expected a whole number" $actulp check tanh --jobs 0
refuses "an unknown parameter" "no chosen function has a parameter" $actulp check tanh --param alpha=1
expect 0 "a parameter" $actulp check leaky_relu/f32/select --param alpha=0.2

# ---- FPCore files
printf '(FPCore (x) (+ x' >"$work/bad.fpcore"
refuses "a malformed FPCore file" "bad.fpcore:1:" $actulp check tanh --fpcore "$work/bad.fpcore"
refuses "a missing FPCore file" "none.fpcore" $actulp check tanh --fpcore "$work/none.fpcore"
printf '(FPCore bump (x) (exp (- (* x x))))' >"$work/bump.fpcore"
expect 0 "a function of the user's" $actulp eval --fpcore "$work/bump.fpcore" bump 0.5
prints '0\.7788007830714'

# ---- bench and run
expect 0 "actulp bench" $actulp bench sigmoid/f32/poly/scalar --time 300ms --size 256
prints 'poly/scalar'
for fact in 'noise floor' 'clock .*in steps of' 'meanwhile .*put off its core' 'epochs .*of the least' '\(copy\)' '\(relu\)' \
    '\(libm\)'
do
    prints "$fact"
done
expect 0 "bench --count" $actulp bench relu/f32/naive/scalar --time 100ms --size 256 --count --json
count=$(grep -o '"per_element": [0-9.]*' "$work/out")
expect 0 "  again" $actulp check relu/f32/naive/scalar --count -o "$work/counted.json"
grep -qF "$count" "$work/counted.json" && [ -n "$count" ]
say $? "  the same count both times: $count"
expect 0 "bench --mode" $actulp bench relu/f32/naive/scalar --time 200ms --size 1,64 --mode cold,latency,in-place
prints 'cold, 64 elements'
prints 'in-place, 1 elements'
prints 'latency'
# Where the TSC may not be read: a library that takes it away, as the loader itself reads it.
cat >"$work/no-tsc.c" <<'C'
#include <sys/prctl.h>
__attribute__((constructor)) static void take_away(void)
{
    prctl(PR_SET_TSC, PR_TSC_SIGSEGV);
}
C
if [ "$(uname -m)" = x86_64 ] && ${CC:-cc} -shared -fPIC "$work/no-tsc.c" -o "$work/no-tsc.so" 2>/dev/null; then
    expect 0 "run without the TSC" env ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD="$work/no-tsc.so" \
        $actulp run relu/f32/max/scalar --time 300ms --size 256 -q -o "$work/no-tsc.json"
    says 'time-stamp counter is disallowed'
    grep -q '"clock": "monotonic"' "$work/no-tsc.json"
    say $? "  another clock is used"
fi
expect 2 "an unknown mode" $actulp bench relu/f32/naive/scalar --mode warm
expect 0 "bench --size curve" $actulp bench relu/f32/naive/scalar --time 200ms --size curve
prints '1,024 elements a call'
expect 0 "actulp run" $actulp run sigmoid/f32 --time 500ms --size 256 -o "$work/results.json"
[ -s "$work/results.json" ]
say $? "  writes the result"
expect 0 "actulp report" $actulp report "$work/results.json" --format markdown -o "$work/report.md"
grep -q 'poly/scalar' "$work/report.md"
say $? "  writes the report"
sh "$srcdir/tests/t-schema.sh" "$work/results.json" >"$work/schema" 2>&1
say $? "  a real result fits the schema: $(grep -c '^ok' "$work/schema") checks"
expect 0 "actulp run --json" $actulp run sigmoid/f32/poly/scalar --time 300ms --size 256 --json
prints '"schema": *1'

# ---- input files
expect 0 "a tensor" $actulp check sigmoid/f32/poly/scalar --inputs "$data/f4-2x3.npy"
for f in "$data"/bad-*.npy; do
    [ -e "$f" ] || continue
    refuses "$(basename "$f")" "$(basename "$f")" $actulp check sigmoid/f32/poly/scalar --inputs "$f"
done
refuses "a tensor that is not there" "nowhere.npy" $actulp check sigmoid/f32/poly/scalar --inputs nowhere.npy

# ---- outputs
expect 0 "a result without its samples" $actulp report "$srcdir/tests/golden/small.json" --format json --no-samples
! grep -q '"samples": "[^"]' "$work/out" && grep -q '"samples": "[^"]' "$srcdir/tests/golden/small.json"
say $? "  has none"
refuses "a full disk" "cannot write" $actulp report "$work/results.json" -o /dev/full
refuses "a full disk for a result" "cannot write" $actulp run sigmoid/f32/poly/scalar --time 100ms --size 64 -o /dev/full
refuses "an unwritable output" "cannot write" $actulp run sigmoid/f32/poly/scalar -o /nonexistent/results.json
refuses "a missing result" "none.json" $actulp report "$work/none.json"
head -c 300 "$work/results.json" >"$work/cut.json"
refuses "a truncated result" "cut.json" $actulp report "$work/cut.json" -o "$work/cut.md"
sed 's/"schema": *1/"schema": 99/' "$work/results.json" >"$work/new.json"
refuses "a result of another schema" "schema" $actulp report "$work/new.json"
refuses "an unknown format" "unknown" $actulp report "$work/results.json" --format pdff
[ ! -e "$work/cut.md" ] && [ -z "$(ls "$work" | grep tmp)" ]
say $? "nothing half-written is left"

echo "1..$n"
exit $bad

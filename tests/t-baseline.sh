#!/bin/sh
# t-baseline.sh -- actulp baseline: what is saved is what is checked; every exit code; a kernel changed by its last bit.
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
skip() { n=$((n + 1)); echo "ok $n # SKIP $1"; }
expect() { # CODE NAME ARGUMENT...: the exit code of actulp baseline; what it says in $work/out
    want=$1 name=$2
    shift 2
    "$actulp" baseline "$@" >"$work/out" 2>"$work/err" </dev/null
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
change() { # NAME SED-SCRIPT: the baseline with something changed, which must change it
    sed "$2" "$base" >"$work/$1.json"
    ! cmp -s "$base" "$work/$1.json"
    ok $? "a baseline: $1"
}

base=$work/base.json
scalar='sigmoid/f16 sigmoid/f32/stable sigmoid/f32/poly/scalar sigmoid/f64/stable'
expect 0 'save' save "$base" $scalar --evals 2000
says 'base.json: 6 kernels'
cp "$base" "$work/copy.json"
expect 0 'check' check "$base"
says 'Nothing got worse: 6 kernels in both results, 6 compared, 6 without any difference'
cmp -s "$base" "$work/copy.json"
ok $? 'check changes nothing'
expect 0 'again in another order' save "$work/again.json" sigmoid/f64/stable sigmoid/f32/poly/scalar sigmoid/f32/stable sigmoid/f16 --evals 2000
sed '/"covers"/d' "$base" >"$work/a" && sed '/"covers"/d' "$work/again.json" | cmp -s - "$work/a"
ok $? 'the file is the same'
refused 'is there already' 'a file that is there' save "$base" sigmoid/f16

# ---- what is worse
change maximum '/stable\/scalar/s/"max_ulp": 2\.[0-9]*/"max_ulp": 1.75/'
expect 1 'a larger error' check "$work/maximum.json"
says 'sigmoid/f32/stable/scalar: largest error 1.75 -> 2\.[0-9]+ ulp at x = -?0x1[.0-9a-fp+-]* \(0x[0-9a-f]{8}\)'
expect 0 'allowed' check "$work/maximum.json" --allow-ulp 'sigmoid/*=3'
expect 0 'of other kernels' check "$work/maximum.json" sigmoid/f16
says '3 kernels in both results'
change count '/poly\/scalar/s/"misrounded": \([0-9]*\)[0-9],/"misrounded": \10,/'
expect 1 'one more misrounded' check "$work/count.json" sigmoid/f32/poly
says 'results not correctly rounded'
change infinite '/stable\/scalar/s/"max_ulp": 2\.[0-9]*/"max_ulp": "inf"/'
expect 0 'better than an infinite error' check "$work/infinite.json" sigmoid/f32
says 'largest error inf -> 2\.'
change class '/f16\/naive/s/}\(,*\)$/, "failures": {"nan": 3}}\1/'
expect 0 'fewer failures' check "$work/class.json" sigmoid/f16
says 'NaN where a number was due: 3 -> 0 inputs'
change digest '/poly\/scalar/s/"digest": "0x[^"]*"/"digest": "0x1"/'
expect 0 'other bits, equal figures' check "$work/digest.json" sigmoid/f32/poly
says 'other results \(digest 0x0*1 ->'
change finding '/f16\/naive/s/}\(,*\)$/, "findings": ["tail"]}\1/'
expect 0 'a finding that is gone' check "$work/finding.json" sigmoid/f16
says 'contract: no longer: tail'
change searched '/f64\/stable/s/"max_ulp": \([0-9.]*\), "x": "[^"]*"/"max_ulp": 1.5, "x": "0x3ff0000000000000"/'
expect 0 'a search found more: a lower bound' check "$work/searched.json" sigmoid/f64
says 'found by a search: a lower bound'
change replayed '/f64\/stable/s/"max_ulp": [0-9.]*/"max_ulp": 1.5/'
expect 1 'the old worst input tried again' check "$work/replayed.json" sigmoid/f64
says 'error at the old worst input, x = -?0x1[.0-9a-fp+-]* \(0x[0-9a-f]{16}\): 1.5 -> [12]\.'

# ---- what cannot be compared
change libc 's/"glibc[^"]*"/"glibc 1.0, variant 00000000"/'
expect 0 'another C library: told' check "$work/libc.json"
says '5 kernels that depend on C library or compiler are not compared'
says '1 kernel in both results'
expect 3 'asked to be strict' check "$work/libc.json" --strict
expect 3 'nothing that can be compared' check "$work/libc.json" sigmoid/f64
change formula 's#"sigmoid": "[^"]*"#"sigmoid": "1/(1 + exp(x))"#'
expect 3 'another formula' check "$work/formula.json" sigmoid/f16
says 'another formula'
change gone 's#sigmoid/f16/naive/scalar#sigmoid/f16/plain/scalar#'
expect 0 'a kernel that is gone, and one that is new' check "$work/gone.json" sigmoid/f16
says 'sigmoid/f16/plain/scalar: gone'
says 'sigmoid/f16/naive/scalar: new'

# ---- update
cp "$work/maximum.json" "$work/update.json"
refused '--reason is missing' 'update without a reason' update "$work/update.json"
expect 0 'update' update "$work/update.json" --reason 'it was 1.75 by "mistake"' sigmoid/f32/stable
says 'largest error 1.75 ->'
grep -q '"reason": "it was 1.75 by \\"mistake\\""' "$work/update.json"
ok $? 'the reason is kept'
sed '/"date"/d;/"covers"/d' "$base" >"$work/a" && sed '/"date"/d;/"covers"/d' "$work/update.json" | cmp -s - "$work/a"
ok $? 'the figures are those that were measured'
expect 0 'check after it' check "$work/update.json"
expect 0 'update of what is gone' update "$work/gone.json" --reason 'renamed'
! grep -q f16/plain "$work/gone.json" && grep -q f16/naive "$work/gone.json"
ok $? 'drops it, and takes over what is new'
expect 0 'show' show "$work/update.json" sigmoid/f32
says 'it was 1.75 by .*sigmoid/f32/poly/scalar +2\.[0-9]+ ulp at'
expect 3 'show nothing' show "$base" tanh

# ---- verdicts for CI
expect 1 'a verdict in files' check "$work/maximum.json" sigmoid/f32 --write junit="$work/junit.xml" \
    --write github="$work/annotations" --write markdown="$work/summary.md" --format json
grep -q '"verdict": "regression"' "$work/out" && grep -q '^::error title=sigmoid/f32/stable/scalar::largest error 1.75' "$work/annotations" &&
    grep -q '^### :x: actulp: REGRESSION' "$work/summary.md"
ok $? 'all say it'
if command -v xmllint >/dev/null; then
    xmllint --noout --schema "$srcdir/tests/data/junit.xsd" "$work/junit.xml" 2>"$work/err"
    ok $? 'JUnit: valid'
else
    skip 'no xmllint here'
fi

# ---- a kernel of the user's own, then with one bit of one coefficient changed
outside() { "$actulp" export sigmoid/f32/poly/scalar --name mine | sed "$1" >"$work/mine.c" &&
    $cc -O2 -ffp-contract=off -shared -fPIC -o "$work/mine.so" "$work/mine.c" -lm; }
group="--library $work/mine.so --symbol mine --function sigmoid --name sigmoid/f32/mine/ext"
outside ''
expect 0 'save an outside kernel' save "$work/mine.json" $group
expect 0 'check it' check "$work/mine.json" $group
says '1 kernel in both results, 1 compared, 1 without any difference'
grep -q '"covers": \[\]' "$work/mine.json"
ok $? 'built-in ones are no part of it'
before=$(cksum <"$work/mine.c")
outside 's/0x1.55571p-5f/0x1.55571p-5f * (1 + 0x1p-14f)/'
[ "$before" != "$(cksum <"$work/mine.c")" ]
ok $? 'a coefficient changed by 2^-14'
expect 1 'is a regression' check "$work/mine.json" $group
says 'sigmoid/f32/mine/ext: (largest error|results not correctly rounded).* at x = -?0x'
expect 3 'without the library' check "$work/mine.json"

# ---- times
expect 0 'save times' save "$work/times.json" sigmoid/f32/poly/scalar --speed --time 0.3 --size 512
base=$work/times.json
grep -q '"ns_hi"' "$base"
ok $? 'they are there'
change fast 's/"ns": [0-9.]*/"ns": 0.01/;s/"ns_lo": [0-9.]*/"ns_lo": 0.01/;s/"ns_hi": [0-9.]*/"ns_hi": 0.0101/;s/"quantiles": \[[^]]*/"quantiles": [0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01/'
# On a machine that is busy times may not settle, and then nothing is called slower.
"$actulp" baseline check "$work/fast.json" --speed-only --time 0.5 --size 512 >"$work/out" 2>&1
code=$?
case $code in
1) says 'slower: throughput, n = 512: 0.0100 -> ' ;;
4) says 'not settled|not so in a second run' ;;
*) ok 1 "far slower than it was: exit code $code" ;;
esac
change slow 's/"ns": [0-9.]*/"ns": 900/;s/"ns_lo": [0-9.]*/"ns_lo": 900/;s/"ns_hi": [0-9.]*/"ns_hi": 901/'
expect 0 'far faster than it was' check "$work/slow.json" --speed-only --time 0.3 --size 512
says 'faster: throughput'
change stepping 's/"stepping": [0-9-]*/"stepping": 99/'
expect 3 'another machine' check "$work/stepping.json" --speed-only --time 0.1 --size 512
says 'speed not compared: the machines differ or are not known in stepping'
expect 0 'another machine, accuracy too' check "$work/stepping.json" --speed --time 0.1 --size 512

# ---- bad input
base=$work/copy.json
refused 'usage: actulp baseline' 'no action'
refused 'usage: actulp baseline' 'an unknown action' chekc "$base"
refused 'cannot read' 'a file that is not there' check "$work/none.json"
refused 'actulp baseline save makes a baseline' 'a result' check "$srcdir/tests/golden/small.json"
head -c 700 "$base" >"$work/cut.json"
refused 'cut.json:' 'a truncated file' check "$work/cut.json"
change version 's/"actulp_baseline": 1/"actulp_baseline": 7/'
refused 'version 7 is not known' 'another version' check "$work/version.json"
change unknown 's/"coverage": "exhaustive"/"coverage": "exhaustive", "max_upl": 3/'
refused 'max_upl' 'a field that is not known' check "$work/unknown.json"
change misfit 's/"misrounded": [0-9]*/"misrounded": 99999999/'
refused 'do not fit each other' 'figures that do not fit' check "$work/misfit.json"
change word 's/"max_ulp": [0-9.]*/"max_ulp": "large"/'
refused 'do not fit each other' 'an error that is none' check "$work/word.json"
change pattern 's/"digest": "0x/"digest": "/'
refused 'is no pattern' 'a digest that is none' check "$work/pattern.json"
change failure '/f16\/naive/s/}\(,*\)$/, "failures": {"nam": 3}}\1/'
refused 'nam' 'a failure that is none' check "$work/failure.json"
refused 'are for save' 'another seed' check "$base" --seed 2
refused 'check changes nothing' 'a reason' check "$base" --reason x
refused 'no kernel is named' 'an unknown kernel' check "$base" sigmoid/f32/pooly
refused 'cannot write' 'a full disk' save /nonexistent/base.json sigmoid/f16
[ -z "$(find "$work" -name '*.tmp')" ]
ok $? 'nothing half-written is left'
echo "1..$n"
exit $bad

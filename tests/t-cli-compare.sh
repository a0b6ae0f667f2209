#!/bin/sh
# t-cli-compare.sh -- actulp compare: every exit code is reached; every form of the verdict is well-formed and escaped.
srcdir=${srcdir:-.}
actulp=${ACTULP:-./actulp}
small=$srcdir/tests/golden/small.json
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
n=0 bad=0

ok() { # STATUS NAME
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else bad=1; echo "not ok $n - $2"; fi
}
skip() { n=$((n + 1)); echo "ok $n # SKIP $1"; }
expect() { # CODE NAME ARGUMENT...: the exit code of actulp compare; what it says in $work/out
    want=$1 name=$2
    shift 2
    "$actulp" compare "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
    [ $got -eq "$want" ]
    ok $? "$name: exit code $got"
    [ $got -eq "$want" ] || sed 's/^/# /' "$work/err" "$work/out"
}
says() { tr -s ' \n' ' ' <"$work/out" | grep -qF -- "$1"; ok $? "  says $1"; }
refused() { # PATTERN NAME ARGUMENT...: exit code 2, one line that holds PATTERN, nothing on standard output
    pattern=$1
    shift
    expect 2 "$@"
    [ "$(wc -l <"$work/err")" -eq 1 ] && grep -qF -- "$pattern" "$work/err" && [ ! -s "$work/out" ]
    ok $? "  in one line: $(head -c 300 "$work/err")"
}
change() { # NAME SED-SCRIPT: the golden result with something changed, which must change it
    sed "$2" "$small" >"$work/$1.json"
    ! cmp -s "$small" "$work/$1.json"
    ok $? "a result: $1"
}

change ulp '/"poly\/sse2"/!s/"max_ulp": 1.9734217/"max_ulp": 2.5/'
change slow 's/"ns": 0.42,/"ns": 0.5,/;s/"ns_lo": 0.42,/"ns_lo": 0.5,/;s/"ns_hi": 0.425,/"ns_hi": 0.506,/'
change slight 's/"ns": 0.42,/"ns": 0.43,/;s/"ns_lo": 0.42,/"ns_lo": 0.43,/;s/"ns_hi": 0.425,/"ns_hi": 0.435,/'
change stepping 's/"stepping": .*/"stepping": 99,/'
change sweep 's/"coverage": "exhaustive"/"coverage": "sampled"/'
change others 's#"name": "\(sigmoid\|tanh\)/#"name": "other/#'
change noisy 's/"noise_floor": .*/"noise_floor": 0.3,/'

# ---- the exit codes
expect 0 'a result and itself' "$small" "$small"
says 'Nothing got worse: 8 kernels in both results, 8 compared'
expect 0 'better is not worse' "$work/ulp.json" "$small"
says 'Better'
expect 1 'a larger error' "$small" "$work/ulp.json"
says 'largest error 1.9734217 -> 2.5 ulp at x = -0x1.bda512p-10 (0xbaded289)'
expect 0 'the same, allowed' "$small" "$work/ulp.json" --allow-ulp 'sigmoid/f32/poly=2.5'
says 'Worse within what is allowed'
expect 1 'allowed to others' "$small" "$work/ulp.json" --allow-ulp 'tanh=2.5'
expect 1 'the last limit counts' "$small" "$work/ulp.json" --allow-ulp 'sigmoid=3' --allow-ulp '*/poly/*=2'
expect 0 'a limit for nothing' "$small" "$small" --allow-ulp 'sigmoyd=3'
says 'the limit for sigmoyd concerns no kernel'
expect 0 'of other kernels' "$small" "$work/ulp.json" tanh
says '3 kernels in both results'
expect 1 'of these kernels' "$small" "$work/ulp.json" tanh 'sigmoid/*/sse2'
expect 3 'kernels that are not there' "$small" "$work/ulp.json" gelu
says 'no kernel that matches is in both results'
expect 3 'nothing in common' "$small" "$work/others.json"
expect 3 'unlike coverage' "$small" "$work/sweep.json"
expect 3 'another machine, speed asked for' "$small" "$work/stepping.json" --require-speed
says 'speed not compared: the machines differ or are not known in stepping'
expect 0 'another machine, not asked for' "$small" "$work/stepping.json"
expect 4 'slower, by few samples' "$small" "$work/slow.json"
says 'Inconclusive'
expect 0 'slower, but accuracy alone is judged' "$small" "$work/slow.json" --accuracy-only
expect 0 'an error, but speed alone is judged' "$small" "$work/ulp.json" --speed-only
expect 0 '2.4 % slower' "$small" "$work/slight.json" --speed-only
expect 4 'at a tolerance of 3 %' "$small" "$work/slight.json" --speed-only --tolerance 3%
expect 4 'as a share' "$small" "$work/slight.json" --speed-only --tolerance 0.03
expect 0 'below what the machine can tell' "$small" "$work/noisy.json" --tolerance 3%
says 'tolerance of times raised from 3 % to the noise floor, 30 %'
expect 3 'results without times' "$srcdir/tests/golden/accuracy-only.json" "$srcdir/tests/golden/accuracy-only.json" --speed-only

refused 'usage: actulp compare' 'one result' "$small"
refused 'none.json' 'a result that is not there' "$small" "$work/none.json"
head -c 300 "$small" >"$work/cut.json"
refused 'cut.json' 'a truncated result' "$small" "$work/cut.json"
sed 's/"schema": *1/"schema": 99/' "$small" >"$work/schema.json"
refused 'schema' 'another schema' "$work/schema.json" "$small"
refused '--allow-ulp' 'a limit without a number' "$small" "$small" --allow-ulp sigmoid
refused '--allow-ulp' 'a negative limit' "$small" "$small" --allow-ulp sigmoid=-1
refused '--allow-ulp' 'a limit that is none' "$small" "$small" --allow-ulp sigmoid=nan
refused '--tolerance' 'a tolerance that is none' "$small" "$small" --tolerance 5
refused 'below 2 %' 'a tolerance that is too fine' "$small" "$small" --tolerance 1.9%
refused '--tolerance' 'a tolerance with a tail' "$small" "$small" --tolerance 5%%
refused 'excludes' 'neither accuracy nor speed' "$small" "$small" --accuracy-only --speed-only
refused 'unknown' 'an unknown form' "$small" "$small" --format junitt
refused '--write' 'a file without a form' "$small" "$small" --write out.xml
refused 'cannot write' 'a full disk' "$small" "$small" -o /dev/full
refused 'cannot write' 'a full disk for a second file' "$small" "$small" --write junit=/dev/full

# ---- the forms; a name and a message with all that is special to any of them
cat >"$work/script" <<'SED'
s#/opt/évil|lib<script>.so#&\\\\\&\\"'`*::,%0A]]>#g
s/"broken": \[\]/"broken": ["one,\\n::error::two 100%\\r<b>\&|"]/
s/"contract: SIGSEGV"/"contract: SIGILL"/
SED
sed -f "$work/script" "$small" >"$work/awkward.json"
sed '2,$d' "$work/script" | sed -f - "$small" >"$work/named.json"
expect 1 'one verdict, many forms' "$work/named.json" "$work/awkward.json" --write junit="$work/junit.xml" \
    --write json="$work/verdict.json" --write markdown="$work/summary.md" --write github="$work/annotations" \
    --write benchmark="$work/bench.json"
says 'breaks a promise: one,'
if command -v xmllint >/dev/null; then
    xmllint --noout --schema "$srcdir/tests/data/junit.xsd" "$work/junit.xml" 2>"$work/err"
    ok $? 'JUnit: valid'
    sed '1!s/classname=/class=/' "$work/junit.xml" >"$work/invalid.xml"
    ! xmllint --noout --schema "$srcdir/tests/data/junit.xsd" "$work/invalid.xml" 2>/dev/null
    ok $? 'JUnit: the schema can tell'
else
    skip 'no xmllint here'
fi
grep -q '<testcase classname="actulp.sigmoid.f32" name="sigmoid/f32/poly/sse2" time="3.200000">' "$work/junit.xml"
ok $? 'JUnit: a case a kernel'
"$actulp" compare "$small" "$work/ulp.json" --format junit | grep -q '<failure type="worse".*0xbaded289'
ok $? 'JUnit: the failure holds the input in hex'
grep -q 'property name="new.compiler" value="gcc 12.2.0"' "$work/junit.xml"
ok $? 'JUnit: the environment is there'
! grep -v '^::\(error\|warning\|notice\) title=[^:,]*::' "$work/annotations"
ok $? 'GitHub: every line is one command'
[ "$(wc -l <"$work/annotations")" -le 10 ]
ok $? 'GitHub: they are few'
grep -q '^::error title=.*::breaks a promise: one,%0A::error::two 100%25%0D<b>&|$' "$work/annotations"
ok $? 'GitHub: ends of lines and per cent are escaped'
grep -q '::.*more in the log' "$work/annotations"
ok $? 'GitHub: and the others counted'
! grep -n '<script>\|<b>' "$work/summary.md"
ok $? 'Markdown: no markup comes in'
[ "$(grep -c '^| .*breaks a promise' "$work/summary.md")" -eq "$(grep '^| .*breaks a promise' "$work/summary.md" | sed 's/\\\\//g;s/\\|//g' | grep -c '^|[^|]*|[^|]*|$')" ]
ok $? 'Markdown: every row has two cells'
if ${PYTHON:-python3} -c '' 2>/dev/null; then
    ${PYTHON:-python3} - "$work/verdict.json" "$work/bench.json" <<'PYTHON'
import json, sys
verdict, bench = (json.load(open(p)) for p in sys.argv[1:])
assert verdict["verdict"] == "regression" and verdict["exit_code"] == 1
assert all(set(f) == {"kind", "kernel", "text"} for f in verdict["findings"])
assert any(f["kind"] == "worse" and f["text"].endswith("one,\n::error::two 100%\r<b>&|") for f in verdict["findings"]), verdict
assert any("évil|lib<script>" in (f["kernel"] or "") for f in verdict["findings"])
assert bench and all(isinstance(b["name"], str) and isinstance(b["value"], (int, float)) and b["unit"] for b in bench)
assert len({b["name"] for b in bench}) == len(bench)
PYTHON
    ok $? 'JSON and benchmark: as they should be'
else
    skip 'no Python to read JSON'
fi
"$actulp" compare "$work/named.json" "$work/awkward.json" --format text -o "$work/one"
"$actulp" compare "$work/named.json" "$work/awkward.json" --format text >"$work/two"
cmp -s "$work/one" "$work/two" && ! LC_ALL=C grep -q '[[:cntrl:]]' "$work/one"
ok $? 'text: no control characters'
expect 0 'the list of forms' --format help
says 'junit'
echo "1..$n"
exit $bad

#!/bin/sh
# t-cli-choose.sh -- actulp choose: from a result and by measuring; its exit codes; JSON for build systems.
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
expect() { # CODE NAME ARGUMENT...: the exit code of actulp choose; what it says in $work/out
    want=$1 name=$2
    shift 2
    "$actulp" choose "$@" >"$work/out" 2>"$work/err" </dev/null
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

# ---- from a result
expect 0 'a result' sigmoid "$small"
says 'pick +sigmoid/f32/u1/avx2'
says 'runner-up +sigmoid/f32/poly/sse2'
says 'poly/avx2: breaks a promise'
expect 0 'by another name' torch.nn.Sigmoid "$small" --isa scalar,sse2 --require in-range,monotone
says 'pick +sigmoid/f32/poly/sse2'
expect 0 'a size and inputs' sigmoid "$small" --size 0x100000 --inputs 'normal:0,3'
says 'pick +sigmoid/f32/naive/scalar'
expect 0 'single calls' tanh "$small" --size 0
says 'by the latency of single calls pick +tanh/f32/stable/avx2'
expect 3 'too much asked for' sigmoid "$small" --max-ulp 0.5
says 'pick +none of [0-9]+ kernels meets every condition'
expect 3 'inputs that were not timed' sigmoid "$small" --inputs none.npy
says 'timed were'
expect 0 'no limit' sigmoid "$small" --size 0x100000 --inputs 'normal:0,3'
says 'mind it errs by [0-9.e]+ ulp; --max-ulp 4 asks for less'
expect 3 'a function that is not in it' relu "$small"
expect 3 'a dtype that is not in it' sigmoid "$small" --dtype f64
grep -q 'has no kernel of sigmoid in f64; --dtype f32 is there' "$work/err"
ok $? '  says so'

# ---- by measuring
expect 0 'without a result' tanh --max-ulp 3 --require monotone,bitwise-stable --isa scalar --time 0.2
says 'pick +tanh/f32/(poly|stable|libm|fast|u1|cr)/scalar'
says 'via-sigmoid/scalar: >=2.*e7 ulp'
expect 0 'half precision' sigmoid --dtype f16 --time 0.1 --size 64
says 'pick +sigmoid/f16/.*at most 0\.5'
expect 0 'under flushing' tanh --isa scalar --require ftz-safe --time 0.1
expect 0 'a tensor' sigmoid --isa scalar --time 0.1 --inputs "$srcdir/tests/data/f4-2x3.npy"
ACTULP_ISA=scalar
export ACTULP_ISA
expect 3 'an ISA that is not here' sigmoid --isa avx2
unset ACTULP_ISA

# ---- bad usage
refused 'usage: actulp choose' 'nothing'
refused 'no kernel is named' 'an unknown function' sigmoyd
refused '--dtype and --isa say more' 'a kernel for a function' sigmoid/f32
refused 'none.json' 'a result that is not there' sigmoid "$work/none.json"
refused 'montone' 'an unknown property' sigmoid "$small" --require montone
refused 'sse9' 'an unknown ISA' sigmoid "$small" --isa scalar,sse9
refused '--isa' 'no ISA at all' sigmoid "$small" --isa ''
refused '--require' 'no property at all' sigmoid "$small" --require ''
refused '--max-ulp' 'no number' sigmoid "$small" --max-ulp one
refused '--max-ulp' 'nothing below 0.5 is possible' sigmoid "$small" --max-ulp 0
refused '--size' 'no size' sigmoid "$small" --size -1
refused '--time' 'no time' sigmoid --time 0
refused '--format' 'an unknown form' sigmoid "$small" --format xml
refused 'one too many' 'two results' sigmoid "$small" "$small"
refused 'cannot write' 'a full disk' sigmoid "$small" -o /dev/full
refused '--inputs' 'inputs that are none' sigmoid --inputs 'normal(0'

# ---- JSON
if ${PYTHON:-python3} -c '' 2>/dev/null; then
    "$actulp" choose tanh "$small" --format json -o "$work/choice.json" &&
        ${PYTHON:-python3} - "$work/choice.json" <<'PYTHON'
import json, sys
c = json.load(open(sys.argv[1]))
assert c["pick"]["kernel"] == "tanh/f32/stable/avx2" and c["pick"]["max_ulp"] == 1.4999999, c
assert all(o["why_not"] for o in c["others"]) and any("script" in o["kernel"] for o in c["others"]), c
PYTHON
    ok $? 'JSON: pick, figures and reasons'
else
    skip 'no Python to read JSON'
fi
echo "1..$n"
exit $bad

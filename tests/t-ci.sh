#!/bin/sh
# t-ci.sh -- doc/ci.md: its files are taken out of the page and used; its YAML is read; the options it names exist.
srcdir=${srcdir:-.}
actulp=${ACTULP:-./actulp}
page=$srcdir/doc/ci.md
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
n=0 bad=0

ok() { # STATUS NAME
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else bad=1; echo "not ok $n - $2"; fi
}
skip() { n=$((n + 1)); echo "ok $n # SKIP $1"; }
block() { # LANGUAGE NUMBER: the NUMBER-th block of that language
    awk -v want="\`\`\`$1" -v number="$2" '
        $0 == want { n++; inside = n == number; next }
        /^```/ { inside = 0 }
        inside' "$page"
}
run() { # CODE NAME MAKE-ARGUMENT...: make's exit code; what it says in $work/out
    want=$1 name=$2
    shift 2
    (cd "$work" && make -f actulp.mk ACTULP="$actulp" CC="${CC:-cc}" "$@") >"$work/out" 2>&1
    got=$?
    [ $got -eq "$want" ]
    ok $? "$name: exit code $got"
    [ $got -eq "$want" ] || sed 's/^/# /' "$work/out"
}
MAKEFLAGS= MFLAGS= MAKELEVEL=
export MAKEFLAGS MFLAGS MAKELEVEL

block c 1 >"$work/kernels.c"
block make 1 >"$work/actulp.mk"
[ -s "$work/kernels.c" ] && [ -s "$work/actulp.mk" ]
ok $? 'the files are in the page'
run 2 'a baseline without a reason' baseline
run 0 'a baseline' baseline REASON='first figures'
grep -q '"reason": "first figures"' "$work/ci/baseline.json"
ok $? 'is written'
run 0 'unchanged kernels' check-accuracy
grep -q 'white_check_mark' "$work/reports/summary.md" && grep -q '^::notice' "$work/reports/annotations" &&
    grep -q 'failures="0"' "$work/reports/junit.xml"
ok $? 'all reports say so'
sed -i.bak 's/expf(-fabsf(x\[i\]))/& * (x[i] > 3 ? 1 + 0x1p-21f : 1)/' "$work/kernels.c"
run 2 'a kernel that got worse' check-accuracy
grep -q 'REGRESSION' "$work/out" && grep -q '^::error title=sigmoid/f32/' "$work/reports/annotations"
ok $? 'all reports say so'
run 0 'accepted' baseline REASON='faster'
run 0 'checked again' check-accuracy
mkdir "$work/old" && cp "$work/libkernels.so" "$work/old/"
sed -i.bak 's/--tolerance 3%/& --time 4 --size 256/' "$work/actulp.mk"
(cd "$work" && make -f actulp.mk ACTULP="$actulp" check-versus OLD=old/libkernels.so) >"$work/out" 2>&1
code=$?
# On a busy machine times may not settle, which passes.
[ $code -eq 0 ] && grep -qE 'Nothing got worse|Inconclusive' "$work/out" && [ -s "$work/reports/benchmark.json" ] &&
    [ -s "$work/reports/versus.xml" ] && [ -s "$work/reports/versus.md" ]
ok $? "the same build against itself: make ends with $code"
[ $code -eq 0 ] || sed 's/^/# /' "$work/out"

# Options that the page gives to a command are options of it.
grep -oE 'actulp (compare|baseline [a-z]+|versus|run|report|eval) .*|\$\(ACTULP\) .*' "$page" | sed 's/\$(ACTULP)/actulp/' >"$work/commands"
wrong=$(while read -r _ command rest; do
    case $command in '$$action' | baseline) command='baseline check' ;; esac
    for word in $rest; do
        word=$(printf %s "$word" | grep -oE '^`?--[a-z-]+' | tr -d '`')
        # shellcheck disable=SC2086
        [ -z "$word" ] || "$actulp" $command --help | grep -qE -- "$word\\b" || echo "$command $word"
    done
done <"$work/commands")
[ -z "$wrong" ] && [ "$(wc -l <"$work/commands")" -gt 8 ]
ok $? "every option exists${wrong:+: not $wrong}"

if ${PYTHON:-python3} -c 'import yaml' 2>/dev/null; then
    for i in 1 2 3; do block yaml $i >"$work/$i.yml"; done
    ${PYTHON:-python3} - "$work" <<'PYTHON'
import sys, yaml
github, chart, gitlab = (yaml.safe_load(open(f"{sys.argv[1]}/{i}.yml")) for i in (1, 2, 3))
steps = github["jobs"]["accuracy"]["steps"]
assert all(("uses" in s) != ("run" in s) for s in steps)
assert any("check-versus" in s.get("run", "") for s in steps)
assert any("check-accuracy" in s.get("run", "") for s in steps)
assert chart[0]["with"]["tool"] == "customSmallerIsBetter"
assert gitlab["versus"]["artifacts"]["reports"]["junit"] == "reports/versus.xml"
assert gitlab["accuracy"]["extends"] == ".actulp" and gitlab["accuracy"]["artifacts"]["reports"]["junit"] == "reports/junit.xml"
PYTHON
    ok $? 'the YAML is read'
else
    skip 'no Python with YAML here'
fi
echo "1..$n"
exit $bad

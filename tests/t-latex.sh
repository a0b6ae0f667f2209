#!/bin/sh
# t-latex.sh -- reports of several files: LaTeX is built with pdflatex where there is one, figures are read as XML.
#
#     T_REPORT=path of t-report
srcdir=${srcdir:-.}
t_report=${T_REPORT:-tests/t-report}
case $t_report in /*) ;; *) t_report=$PWD/$t_report ;; esac
golden=$(cd "$srcdir/tests/golden" && pwd)
n=0 bad=0
ok() { # STATUS NAME
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else bad=1; echo "not ok $n - $2"; fi
}
skip() { n=$((n + 1)); echo "ok $n # SKIP $1"; }

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
mkdir "$work/tex" "$work/again" "$work/svg" "$work/none" "$work/large"
# A method with everything that TeX takes for itself, and a character that few fonts have.
sed 's/poly/p_o%l\&y$#{}~^\\\\<>|\\"😀/g' "$golden/small.json" >"$work/awkward.json"

"$t_report" latex "$work/awkward.json" "$work/tex"
ok $? 'a folder of LaTeX is written'
"$t_report" latex "$work/awkward.json" "$work/again" && diff -r "$work/tex" "$work/again" >/dev/null
ok $? 'the same result gives the same files'
for file in preamble document table-sigmoid-f32 front-sigmoid-f32 error-sigmoid-f32; do
    [ -s "$work/tex/$file.tex" ]
    ok $? "$file.tex is there"
done
[ ! -e "$work/tex/throughput-sigmoid-f32.tex" ]
ok $? 'of one size no figure is drawn'
mkdir "$work/sizes"
awk '/"n": 2048,/ { a = b = $0; sub(/,$/, "", a); sub(/"n": 2048/, "\"n\": 4096", b); print a ","; print b; next } { print }' \
    "$golden/small.json" >"$work/sizes.json" && "$t_report" latex "$work/sizes.json" "$work/sizes" &&
    grep -q '(2048,.*(4096,' "$work/sizes/throughput-sigmoid-f32.tex"
ok $? 'of two sizes one is'
grep -q 'exhaustive: all 4,294,967,296 inputs' "$work/tex/table-sigmoid-f32.tex"
ok $? 'a caption says what is exhaustive'
grep -q 'Example CPU.*gcc 12.2.0' "$work/tex/front-sigmoid-f32.tex"
ok $? 'and names machine and compiler'
grep -q '2.textsuperscript{max(e, emin) - p + 1} for 2.textsuperscript{e}' "$work/tex/table-sigmoid-f32.tex"
ok $? 'powers in the definition of an ulp are powers'
sed 's/tanh\/\*. -o/tanh\/*'"' --size 64 -o/" "$golden/small.json" >"$work/command.json"
mkdir "$work/command" && "$t_report" latex "$work/command.json" "$work/command" && grep -q -e '-{}-size 64 -o' "$work/command/document.tex"
ok $? 'two hyphens of a command stay two'
grep -q 'geq.*1.5' "$work/tex/table-tanh-f32.tex"
ok $? 'an error found by a sample is a lower bound'
grep -q 'ymax=[0-9.]*e+08, ytick={1,10,100' "$work/tex/front-sigmoid-f32.tex" && grep -q 'ymax=3, ytick={.*0.25,0.5,1,2' "$work/tex/front-tanh-f32.tex"
ok $? 'ticks of errors suit their range'
sed 's/"max_ulp": 0\.93[0-9]*/"max_ulp": 5000/' "$work/awkward.json" >"$work/large.json" && "$t_report" latex "$work/large.json" "$work/large" &&
    grep -q 'ymode=log' "$work/large/error-sigmoid-f32.tex" && ! grep -q 'ymode=log' "$work/tex/error-sigmoid-f32.tex"
ok $? 'large errors against x stand on a logarithmic axis, small ones on a linear one'
"$t_report" latex "$golden/empty.json" "$work/none"
ok $? 'a result without kernels makes a document too'
"$t_report" latex "$golden/small.json" "$work/nowhere"
[ $? -eq 2 ]
ok $? 'a folder that is not there is noticed'

if command -v pdflatex >/dev/null && kpsewhich pgfplots.sty siunitx.sty booktabs.sty >/dev/null; then
    (cd "$work/tex" && pdflatex -interaction=nonstopmode -halt-on-error document >log 2>&1)
    status=$?
    [ $status -eq 0 ] || grep -A 4 '^!' "$work/tex/log" | sed 's/^/# /'
    ok $status 'the document builds'
    if command -v pdftotext >/dev/null; then
        text=$(pdftotext -layout "$work/tex/document.pdf" - 2>/dev/null)
        case $text in *'p_o%l&y$#{}'*) ok 0 'names are as they are' ;; *) ok 1 'names are as they are' ;; esac
        case $text in *'Table 1: Logistic sigmoid'*) ok 0 'the table is in it' ;; *) ok 1 'the table is in it' ;; esac
    else
        skip 'no pdftotext here'
    fi
else
    skip 'no pdflatex with pgfplots, siunitx and booktabs here'
fi

"$t_report" svg "$work/awkward.json" "$work/svg"
ok $? 'a folder of figures is written'
[ "$(ls "$work/svg" | wc -l)" -ge 12 ]
ok $? 'with all of them'
! grep -l 'var(' "$work"/svg/*.svg
ok $? 'a figure alone needs no variables of a page'
! grep -lE '="[^"]*(nan|inf)' "$work"/svg/*.svg
ok $? 'no coordinate is NaN or infinite'
if ${PYTHON:-python3} -c '' 2>/dev/null; then
    ${PYTHON:-python3} - "$work"/svg/*.svg <<'PYTHON'
import sys, xml.etree.ElementTree as tree
for path in sys.argv[1:]:
    root = tree.parse(path).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg" and root.get("aria-label"), path
PYTHON
    ok $? 'they are XML'
else
    skip 'no Python to read XML'
fi
echo "1..$n"
exit $bad

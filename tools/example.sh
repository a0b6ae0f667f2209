#!/bin/sh
# example.sh -- fills reports/example/ from one real run: make example.  Minutes, on a machine that is otherwise idle.
#
#     example.sh PROGRAM FOLDER
#
# The page of the LaTeX document as a picture needs pdflatex and pdftoppm; without them it stays as it was.
set -eu
actulp=$1 folder=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kernels='sigmoid/f32 sigmoid_grad/f32 tanh/f32 tanh_grad/f32 relu/f32 relu_grad/f32 leaky_relu/f32 gelu/f32 gelu_tanh/f32 silu/f32 softplus/f32 exp/f32'
if [ ! -f "${RESULTS-}" ]; then
    status=0
    # shellcheck disable=SC2086
    (cd "$work" && "$actulp" run $kernels --size curve --time 150 -o results.json) || status=$?
    [ $status -le 1 ] || exit $status
    RESULTS=$work/results.json
fi
mkdir -p "$folder"
"$actulp" report "$RESULTS" --format json --no-samples -o "$work/plain.json"
gzip -9n <"$work/plain.json" >"$folder/results.json.gz"
"$actulp" report "$work/plain.json" --format html -o "$folder/report.html"
"$actulp" report "$work/plain.json" --format markdown -o "$folder/report.md"
"$actulp" report "$work/plain.json" --format svg -o "$work/svg"
for figure in front-sigmoid-f32 throughput-sigmoid-f32 front-tanh-f32; do
    cp "$work/svg/$figure.svg" "$folder/$figure.svg"
done
"$actulp" report "$work/plain.json" --format latex -o "$work/latex"
if command -v pdflatex >/dev/null && command -v pdftoppm >/dev/null; then
    (cd "$work/latex" && pdflatex -interaction=batchmode document.tex >/dev/null)
    pdftoppm -r 90 -f 1 -l 1 -singlefile -png "$work/latex/document.pdf" "$folder/latex-page"
fi
ls -l "$folder"

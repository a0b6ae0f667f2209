#!/bin/sh
# naive-table.sh -- the table of doc/kernels.md: where, and how badly, the form that people write fails, function by
# function, from a result of actulp.  Needs jq.
#
#     build/actulp check '*/f32/naive/scalar' '*/f32/libm/scalar' -q -o naive.json
#     sh tools/naive-table.sh naive.json
#
# Functions whose naive form is the C library's (exp, erf ...) are shown by that one.
jq -r '
def num: if type == "string" then . elif . == null then "nan" elif . == 0 then (if (tostring | startswith("-")) then "-0" else "0" end)
    else . as $v | (if $v < 0 then -$v else $v end) as $a
        | ($a | log10 | floor) as $e
        | if $e >= -4 and $e < 7 then ($v * pow(10; 6 - $e) | round) / pow(10; 6 - $e) | tostring
          else (($v / pow(10; $e) * 1e4 | round) / 1e4 | tostring) + "e" + ($e | tostring) end end;
def ulp: if . == null then "none" elif . > 1e5 then . as $v | ($v | log10 | floor) as $e | "\($v / pow(10; $e) * 100 | ceil / 100)e\($e)" else . * 100 | ceil | . / 100 | tostring end;
def words: {"nan": "NaN", "not-nan": "a number for NaN", "inf": "infinite", "not-inf": "finite for infinite",
    "limit": "wrong limit", "zero-lost": "0 for a normal number", "flushed": "0 for a subnormal", "sign": "wrong sign",
    "zero-sign": "wrong sign of 0", "range": "out of range", "monotone": "steps back", "symmetry": "not symmetric"};
def failures: [ .accuracy as $a | ($a.failures // {}) | to_entries[]
    | "\(words[.key]): \(if .value.n == 1 then "" elif .value.n * 1000 < $a.inputs then "rarely, " else "\(.value.n * 1000 / $a.inputs | floor / 10) %, " end)\(if .value.n == 1 then "at" else "first at" end) \(.value.first.x_value | num)" ];
"| function | as it is written | largest error (ulp) | at x | gives | exact | correctly rounded | also |",
"|:---|:---|---:|---:|---:|---:|---:|:---|",
( [.kernels[] | select(.accuracy)] as $all
  | $all | map(select(.method == "naive" or ([.function] | inside([$all[] | select(.method == "naive") | .function]) | not)))
  | sort_by(.accuracy.max_ulp | -.) [] | .accuracy as $a
  | "| \(.function) | \(.how | gsub("\\|"; "\\|") | sub(", as it is written"; "")) | \($a.max_ulp | ulp) | \($a.worst.x_value | num) | \($a.worst.y_value | num) | \($a.worst.exact | num) | \($a.correctly_rounded / $a.numbers * 1000 | floor / 10) % | \(failures | join("; ")) |"
)' "$1"

#!/bin/sh
# naive-table.sh -- the table of doc/kernels.md: where, and how badly, the form that people write fails, function by
# function, from a baseline of actulp.  Needs jq.
#
#     sh tools/naive-table.sh tests/baseline.json
#
# Functions whose naive form is one call of the C library (exp, erf ...) are shown by that call.
jq -r '
def digit: if . >= 97 then . - 87 else . - 48 end;
def hex: sub("^0x"; "") | explode | reduce .[] as $d (0; . * 16 + ($d | digit));
def f32: hex as $b | ($b / 2147483648 | floor) as $s | ($b - $s * 2147483648) as $m
    | (if $s == 1 then -1 else 1 end) * (($m / 8388608 | floor) as $e
    | ($m - $e * 8388608) as $f
    | if $e == 0 then $f * pow(2; -149) else (1 + $f / 8388608) * pow(2; $e - 127) end);
def bf16: (hex * 65536) as $b | ($b / 2147483648 | floor) as $s | ($b - $s * 2147483648) as $m
    | (if $s == 1 then -1 else 1 end) * (($m / 8388608 | floor) as $e
    | ($m - $e * 8388608) as $f
    | if $e == 0 then $f * pow(2; -149) else (1 + $f / 8388608) * pow(2; $e - 127) end);
def decimals(n): . * pow(10; n) | round | . / pow(10; n) | tostring;
def number: if . == 0 then "0" else . as $v | ($v | fabs | log10 | floor) as $e
    | if $e >= -4 and $e < 6 then $v | decimals(5 - $e) else "\($v / pow(10; $e) | decimals(3))e\($e)" end end;
def up: if . == null then "none" elif . >= 1e5 then . as $v | ($v | log10 | floor) as $e
    | "\($v / pow(10; $e) * 100 | ceil | . / 100)e\($e)" else . * 100 | ceil | . / 100 | tostring end;
def words: {"nan": "NaN", "not-nan": "a number for NaN", "inf": "infinite", "not-inf": "finite for infinite",
    "limit": "wrong limit", "zero-lost": "0 for a normal number", "flushed": "0 for a subnormal", "sign": "wrong sign",
    "zero-sign": "wrong sign of 0", "range": "out of range", "monotone": "steps back", "symmetry": "not symmetric"};
def share($of): if . == 1 then "once" elif . * 1000 < $of then "\(.) inputs" else "\(. * 1000 / $of | floor | . / 10) %" end;
def failures: .inputs as $n | (.failures // {}) | to_entries | map("\(words[.key]) \(.value | share($n))") | join("; ");
(reduce (.kernels[] | to_entries[]) as $k ({}; .[$k.key] = $k.value)) as $all
| def row($name): $all[$name] | if . and .same_as then $all[.same_as] else . end;
"| function | f32: largest error (ulp) | at x | correctly rounded | also | bf16: largest error | at x |",
"|:---|---:|---:|---:|:---|---:|---:|",
( [$all | keys[] | select(test("/f32/naive/scalar$|/f32/libm/scalar$")) | split("/")]
  | group_by(.[0]) | map(sort_by(.[2] != "naive")[0])
  | map({f: .[0], m: .[2], a: row("\(.[0])/f32/\(.[2])/scalar"), b: row("\(.[0])/bf16/\(.[2])/scalar")})
  | sort_by(-.a.max_ulp, .f)[]
  | "| \(.f)\(if .m == "libm" then " (libm)" else "" end) | \(.a.max_ulp | up) | \(.a.x | f32 | number) | \((1 - .a.misrounded / .a.inputs) * 1000 | floor | . / 10) % | \(.a | failures) | \(.b.max_ulp | up) | \(.b.x // "0x0" | bf16 | number) |" )
' "$1"

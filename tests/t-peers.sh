#!/bin/sh
# t-peers.sh -- the verdicts of tests/peers/peers.jq, on made results: which peer counts as as accurate and faster.
srcdir=${srcdir:-.}
command -v jq >/dev/null || { echo "1..0 # SKIP needs jq"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0 bad=0
machine='"machine": {"core_ghz_min": 4, "core_ghz_max": 4, "load_before": 0}'
# accuracy ULP FAILURES; kernel NAME ORIGIN MEMBERS
accuracy() { echo "\"contract\": {\"findings\": []}, \"accuracy\": {\"max_ulp\": $1, \"failures\": {$2}}"; }
kernel() { echo "{\"name\": \"$1\", \"function\": \"tanh\", \"origin\": \"$2\", $3}"; }
speed() { echo "\"speed\": [{\"n\": 2048, \"cycles\": $1, \"ns\": $1}, {\"n\": 65536, \"cycles\": $2, \"ns\": $2}]"; }
# verdict NAME EXPECTED NORMAL-ULP FAILURES CYCLES CYCLES: ours has 2 ulp on normal results, 3 in all, 1 cycle
verdict() {
    rm -rf "$work/avx512"
    mkdir "$work/avx512"
    ours() { kernel tanh/f32/fast/avx512 built-in "$1"; }
    peer() { kernel tanh/f32/peer/ext peer.so "$1"; }
    echo "{\"kernels\": [$(ours "$(accuracy 3 "")"), $(peer "$(accuracy 4 "$4")")]}" >"$work/avx512/tanh.check.json"
    echo "{\"kernels\": [$(ours "$(accuracy 2 "")"), $(peer "$(accuracy "$3" "")")]}" >"$work/avx512/tanh.ftz.json"
    echo "{$machine, \"kernels\": [$(ours "$(speed 1 1)"), $(peer "$(speed "$5" "$6")")]}" >"$work/avx512/tanh.bench.json"
    got=$(jq -n -r -f "$srcdir/tests/peers/peers.jq" "$work"/avx512/*.json | sed -n '/^## Is no peer/,/^## tanh/s/^| tanh | \([^|]*\) | \([^|]*\) |.*/\1 \2/p')
    n=$((n + 1))
    if [ "$got" = "$2" ]; then echo "ok $n - $1"; else bad=1; echo "not ok $n - $1"; echo "# $got, not $2"; fi
}
flushed='"flushed": {"n": 5}' nan='"nan": {"n": 1}'
verdict "as accurate and faster" "**no: peer** **no: peer**" 2 "" 0.9 0.9
verdict "as accurate and faster once the call is paid" "yes **no: peer**" 2 "" 1.1 0.9
verdict "faster by less than a time is sure" "yes yes" 2 "" 0.98 0.98
verdict "faster, a larger error" "yes yes" 2.1 "" 0.5 0.5
verdict "faster, NaN where a number is due" "yes yes" 1 "$nan" 0.5 0.5
verdict "faster, flushing what ours does not" "yes yes" 1 "$flushed" 0.5 0.5
verdict "slower" "yes yes" 1 "" 2 2
echo "1..$n"
exit $bad

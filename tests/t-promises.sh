#!/bin/sh
# t-promises.sh -- every kernel that this machine can run keeps its promises and the contract: the quick sweep and the
# guard over all of them, a line a function.  The proof over every input is `make check-exhaustive'.
#
# ACTULP_QUICK in the environment: not now (builds of the same kernels with another compiler).
if [ -n "${ACTULP_QUICK:-}" ]; then
    echo "1..0 # SKIP ACTULP_QUICK is set"
    exit 0
fi
actulp=${ACTULP:-./actulp}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
functions=$($actulp list | sed '1d; /^$/,$d' | awk '$2 > 0 { print $1 }')

# Each function by itself, so that the cores share them.
cat >"$work/one" <<'EOF'
$1 check "$2" -q --jobs 1 -o "$3/$2.json" >"$3/$2.out" 2>&1
echo $? >"$3/$2.status"
EOF
echo "$functions" | xargs -P "$cores" -I{} sh "$work/one" "$actulp" {} "$work"

n=0 bad=0
for f in $functions; do
    n=$((n + 1))
    kernels=$(grep -c '"isa":' "$work/$f.json" 2>/dev/null)
    if [ "$(cat "$work/$f.status")" = 0 ] && [ "${kernels:-0}" -gt 0 ]; then
        echo "ok $n - $f: $kernels kernels keep what they promise"
    else
        bad=1
        echo "not ok $n - $f: $kernels kernels, exit code $(cat "$work/$f.status")"
        grep -E 'BROKEN|CONTRACT|^actulp' "$work/$f.out" | sed 's/^/# /' | head -20
    fi
done
echo "1..$n"
exit $bad

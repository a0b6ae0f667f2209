#!/bin/sh
# check-baseline.sh -- the accuracy of every built-in kernel against tests/baseline.json, function by function so that
# the cores share them: what `actulp baseline check FILE --accuracy-only' says, in less time.
#
#     check-baseline.sh FILE
#
# Functions that only the file knows are asked for too, and so are missed.
set -u
file=${1:?usage: check-baseline.sh FILE}
actulp=${ACTULP:-./actulp}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
$actulp baseline show "$file" >"$work/all" || exit
functions=$({
    $actulp list | sed '1d; /^$/,$d' | awk '$2 > 0 { print $1 }'
    awk '/^  [a-z]/ && $1 ~ "/" { sub("/.*", "", $1); print $1 }' "$work/all"
} | sort -u)

cat >"$work/one" <<'EOF'
$1 baseline check "$2" "$3" --accuracy-only --quiet --jobs 1 >"$4/$3.out" 2>&1
echo $? >"$4/$3.status"
EOF
echo "$functions" | xargs -P "$cores" -I{} sh "$work/one" "$actulp" "$file" {} "$work"

worst=0 held=0
for f in $functions; do
    status=$(cat "$work/$f.status")
    if [ "$status" = 0 ]; then
        held=$((held + 1))
    else
        echo "$f: exit code $status"
        cat "$work/$f.out"
        worst=1
    fi
done
echo "$held of $(echo "$functions" | wc -l) functions as $file says"
exit $worst

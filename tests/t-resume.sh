#!/bin/sh
# t-resume.sh -- a sweep that is killed (with SIGKILL, at ten random moments) and resumed, one on another number of
# cores, and two merged shards all give the result of one that ran undisturbed.
actulp=${ACTULP:-./actulp}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0 bad=0
say() {
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else bad=1; echo "not ok $n - $2"; fi
}

# Everything that was found, without how long it took.
figures() { sed -n '/"accuracy": {/,/"speed"/p' "$1" | grep -v '"seconds_\|"shard"\|"tally"'; }
same() { # FILE NAME
    figures "$1" >"$work/figures"
    cmp -s "$work/expected" "$work/figures"
    say $? "$2"
    [ "$bad" = 0 ] || diff "$work/expected" "$work/figures" | head -5 | sed 's/^/# /'
}
sweep() { # OUTPUT OPTION...
    out=$1
    shift
    $actulp check 'tanh/f32/fast/scalar' 'tanh/f32/via-sigmoid' --sweep -6..-0.5 -q -o "$out" "$@" >/dev/null 2>&1
}

sweep "$work/whole.json"
figures "$work/whole.json" >"$work/expected"
[ -s "$work/expected" ]
say $? "an undisturbed sweep: $(grep -m 1 '"inputs"' "$work/expected" | tr -d ' ",')"

sweep "$work/one.json" --jobs 1
same "$work/one.json" "one core gives the same"

# Killed at ten moments; the seed of the moments is printed.
seed=$(date +%s)
echo "# moments from seed $seed"
kills=0
while [ $kills -lt 10 ]; do
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    $actulp check 'tanh/f32/fast/scalar' 'tanh/f32/via-sigmoid' --sweep -6..-0.5 -q -o "$work/killed.json" \
        --checkpoint "$work/checkpoint" >/dev/null 2>&1 &
    pid=$!
    sleep "0.$(printf '%03d' $((seed / 65536 % 700)))"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    kills=$((kills + 1))
done
sweep "$work/killed.json" --checkpoint "$work/checkpoint"
say $? "the sweep ends after $kills kills"
same "$work/killed.json" "and gives the same"
[ ! -e "$work/checkpoint" ]
say $? "its checkpoint is gone"

sweep "$work/1.json" --shard 1/2
sweep "$work/2.json" --shard 2/2
$actulp merge "$work/2.json" "$work/1.json" -o "$work/merged.json"
say $? "two shards merge"
same "$work/merged.json" "and give the same"
$actulp merge "$work/1.json" "$work/1.json" -o "$work/twice.json" 2>/dev/null
[ $? -eq 3 ]
say $? "a shard given twice is refused"
[ ! -e "$work/twice.json" ]
say $? "and nothing is written"

# The method error of a function that stands in for another is merged too.
approximation() { # OUTPUT OPTION...
    out=$1
    shift
    $actulp check gelu_tanh/f32/naive/scalar --sweep -2..-1 -q -o "$out" "$@" >/dev/null 2>&1
}
approximation "$work/whole.json"
figures "$work/whole.json" >"$work/expected"
[ "$(grep -c '"inputs": 8388609' "$work/expected")" -eq 2 ]
say $? "gelu_tanh is graded twice"
approximation "$work/1.json" --shard 1/2
approximation "$work/2.json" --shard 2/2
$actulp merge "$work/1.json" "$work/2.json" -o "$work/merged.json"
same "$work/merged.json" "two shards of both give the same"

echo junk >"$work/junk"
sweep "$work/x.json" --checkpoint "$work/junk"
[ $? -eq 2 ] && [ "$(cat "$work/junk")" = junk ]
say $? "a file that is no checkpoint is refused and left alone"

echo "1..$n"
exit $bad

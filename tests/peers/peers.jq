# peers.jq -- the page of bench.sh, from its results (ISA/FUNCTION,....check.json, .ftz.json, .bench.json).
#
# A kernel is as accurate as another if its largest error where the result is normal is no larger, no more of its
# results are of a wrong class, and it flushes no subnormals unless the other does.  It is faster if it takes less
# than 97 % of the cycles, the width within which the bench calls a time settled.

# Core cycles per element on AVX-512 in L1 that were aimed at.
def aims: {
    exp: {fast: 0.58, u1: 0.60, cr: 1.7}, sigmoid: {fast: 0.70, u1: 1.7, cr: 2.1}, tanh: {fast: 0.77, u1: 1.4, cr: 2.1},
    silu: {fast: 0.85, u1: 1.8, cr: 2.3}, gelu: {fast: 1.6, u1: 2.6, cr: 3.5}, gelu_tanh: {fast: 1.0, u1: 2.0, cr: 2.8},
    softplus: {fast: 1.6, u1: 2.6, cr: 3.2}, mish: {fast: 1.6, u1: 2.6, cr: 3.2}, elu: {fast: 0.72, u1: 0.88, cr: 2.0}};
def order: ["exp", "sigmoid", "tanh", "silu", "gelu", "gelu_tanh", "softplus", "mish", "elu", "selu", "celu",
    "logsigmoid", "gelu_quick", "softsign", "squareplus", "tanhshrink", "erf", "expm1", "log1p"];
def sizes: ["2048", "65536"];

def decimals(n): . * pow(10; n) | round | . / pow(10; n) | tostring;
def figure: if . == null then "-" elif . == 0 then "0" else . as $v | (($v | fabs | log10 | floor) as $e
    | if $e >= 4 or $e < -3 then "\($v / pow(10; $e) | decimals(1))e\($e)" else $v | decimals([2 - $e, 0] | max) end) end;
def up: if . == null then "-" elif . == 0 then "0" else . as $v | (($v | log10 | floor) as $e
    | if $e >= 4 then "\($v / pow(10; $e) * 10 | ceil | . / 10)e\($e)"
      elif $e >= 1 then $v | ceil | tostring else $v * 100 | ceil | . / 100 | tostring end) end;
def words: {"nan": "NaN", "not-nan": "a number for NaN", "inf": "infinite", "not-inf": "finite for infinite",
    "limit": "wrong limit", "zero-lost": "0 for a normal number", "flushed": "0 for a subnormal", "sign": "wrong sign",
    "zero-sign": "wrong sign of 0", "range": "out of range", "monotone": "steps back", "symmetry": "not symmetric"};
def wrong_classes: ["nan", "not-nan", "inf", "not-inf", "limit", "zero-lost", "sign"];
def count($kind): .failures[$kind].n // 0;
def also: (.failures | to_entries | map("\(words[.key] // .key) \(.value.n)"))
    + ([.contract.findings[]? | select(.judged) | .kind] | unique) | join("; ");

# One row per kernel and ISA that was graded twice and timed.
def rows($files): [$files[] | .isa as $isa | .part as $part | .doc.kernels[] | {isa: $isa, part: $part, kernel: .}]
    | group_by([.isa, .kernel.name])
    | map(.[0].isa as $isa | (map({key: .part, value: .kernel}) | from_entries)
        | select(.check.accuracy and .ftz.accuracy and ((.bench.speed // []) | length > 1))
        | {isa: $isa, function: .check.function, ours: (.check.origin == "built-in"),
           method: (.check.name | split("/")[2]), contract: .check.contract,
           normal: ([.ftz.accuracy.max_ulp, .check.accuracy.max_ulp] | min), all: .check.accuracy.max_ulp,
           failures: (.check.accuracy.failures // {}),
           speed: (.bench.speed | map({key: (.n | tostring), value: {cycles, ns}}) | from_entries)}
        | .name = (if .ours then "**\(.method)**" else .method end)
        | .wrong = ([count(wrong_classes[])] | add) | .flushed = count("flushed"));
def as_accurate($k): .normal <= $k.normal and .wrong <= $k.wrong and (.flushed == 0 or $k.flushed > 0);
def faster($k; $n): .speed[$n].cycles < 0.97 * $k.speed[$n].cycles;
def cycles($n): .speed[$n].cycles | figure;
def call: if .ours then "" else (.speed["2048"].ns - .speed["65536"].ns) * 2048 * 32 / 31 | if . < 20 then "" else round | tostring end end;

def best_peer($group; $n): . as $k | [$group[] | select(.ours | not) | select(as_accurate($k))] | min_by(.speed[$n].cycles);
def cell($group): . as $k | sizes as [$small, $large] | best_peer($group; $small) as $a | best_peer($group; $large) as $b
    | if $a == null then "none" else "\($a.name) \($a | cycles($small))"
      + (if $a | faster($k; $small) then ", **faster**" else "" end)
      + (if $b | faster($k; $large) then "; **\($b.name) faster at 65,536: \($b | cycles($large)) to \($k | cycles($large))**" else "" end) end;
def both: "\(cycles("2048")), \(cycles("65536"))";
def before($p): if . == null or $p == null then "" else . as $k | [sizes[] as $n | $k | faster($p; $n)]
    | if all then "yes" elif any then "at one size" else "**no**" end end;
def aim($f): (aims[$f][.method] // null) as $a | .speed["2048"].cycles as $c
    | if $a == null then "" elif $c <= $a then "\($a)" else "\($a), missed by \($c - $a | figure)" end;

def summary($rows): order as $order
    | "| function | tier | aim | AVX-512 | fastest peer as accurate | AVX2 | fastest peer as accurate |",
    "|---|---|---|---|---|---|---|",
    ($order[] as $f | ("fast", "u1", "cr") as $tier
     | [("avx512", "avx2") as $isa | [$rows[] | select(.isa == $isa and .function == $f)] as $g
        | (first($g[] | select(.ours and .method == $tier)) // null) as $k
        | if $k == null then null else {k: $k, text: [($k | cycles("2048")), ($k | cell($g))]} end] as $c
     | select($c[0] != null or $c[1] != null)
     | "| \($f) | \($tier) | \($c[0] | if . then .k | aim($f) else "" end) | \([$c[] | (.text // ["", ""])[]] | join(" | ")) |");

# Times of cr and of PyTorch, at both sizes.  PyTorch left alone takes its AVX2 kernels.
def pytorch($rows): order as $order
    | "| function | cr, AVX-512 | PyTorch, AVX-512 | cr faster? | PyTorch as it comes, AVX2 | cr, AVX-512, faster? | cr, AVX2 | faster? |",
    "|---|---|---|---|---|---|---|---|",
    ($order[] as $f | [$rows[] | select(.function == $f)]
     | [("avx512", "avx2") as $isa | (.[] | select(.isa == $isa and .ours and .method == "cr")) // null] as [$k5, $k2]
     | [("avx512", "avx2") as $isa | (.[] | select(.isa == $isa and .name == "pytorch")) // null] as [$p5, $p2]
     | select($p5 != null or $p2 != null)
     | def text: if . == null then "" else both end;
       "| \($f) | \($k5 | text) | \($p5 | text) | \($k5 | before($p5)) | \($p2 | text) | \($k5 | before($p2)) | \($k2 | text) | \($k2 | before($p2)) |");

# No peer that is as accurate as one of ours is faster than all of ours that are as accurate as it.
def beaten($group; $n): [$group[] | select(.ours)] as $ours
    | [$group[] | select(.ours | not) | . as $p
       | select(any($ours[]; . as $k | $p | as_accurate($k) and faster($k; $n)))
       | select(all($ours[]; . as $k | (as_accurate($p) and ($p | faster($k; $n) | not)) | not)) | .name];
def front($group): . as $k | all($group[]; (as_accurate($k) and .speed["2048"].cycles < $k.speed["2048"].cycles) | not);

def section($rows; $f): [$rows[] | select(.function == $f)] as $all | select($all | length > 0)
    | "", "## \($f)", "",
    "| ISA | kernel | front | cycles at 2,048 | at 65,536 | ns a call | error, normal results | all results | also |",
    "|---|---|---|---|---|---|---|---|---|",
    ("avx512", "avx2") as $isa | ([$all[] | select(.isa == $isa)] | sort_by(.speed["2048"].cycles)) as $g | $g[]
    | "| \(.isa) | \(.name) | \(if front($g) then "x" else "" end) | \(cycles("2048")) | \(cycles("65536")) | \(call) | \(.normal | up) | \(.all | up) | \(also) |";

def verdicts($rows): "| function | AVX-512, 2,048 | 65,536 | AVX2, 2,048 | 65,536 |", "|---|---|---|---|---|",
    (([$rows[].function] | unique)[] as $f | "| \($f) | \([("avx512", "avx2") as $isa | sizes[] as $n
       | [$rows[] | select(.function == $f and .isa == $isa)] as $g
       | ($g | beaten($g; $n)) as $b | if ($g | length) == 0 then "" elif ($b | length) == 0 then "yes" else "**no: \($b | join(", "))**" end]
       | join(" | ")) |");

# What is to be known of the machine while the times were taken.
def conditions($files): [$files[] | select(.part == "bench") | .doc] | if length == 0 then empty else
    (.[0].machine | "\(.cpu_model), family \(.family), model \(.model), \(.cores) cores\(if .hypervisor then " under \(.hypervisor)" else "" end)")
    + "; core at \([.[].machine.core_ghz_min] | min | decimals(2)) to \([.[].machine.core_ghz_max] | max | decimals(2)) GHz"
    + ";\nload average when runs began \([.[].machine.load_before] | min | decimals(1)) to \([.[].machine.load_before] | max | decimals(1))"
    + "; noise floor up to \([.[].noise_floor // 0] | max * 100 | decimals(2)) %"
    + ";\n\([.[].kernels[].speed[]? | select(.settled | not)] | length) of \([.[].kernels[].speed[]?] | length) times not settled." end;

[inputs | (input_filename | split("/")) as $path | {isa: $path[-2], part: ($path[-1] | split(".")[1]), doc: .}] as $files
| rows($files) as $rows
| "# Kernels beside their peers", "",
  "    make bench-peers", "",
  "wrote this page. Times are core cycles per element, all kernels of a function on one ISA in one interleaved run, inputs",
  "normal(0,3), 2,048 elements a call (L1) and 65,536. `ns a call`, for peers, is what a call costs beside its elements, if",
  "20 ns or more. Errors are in ulps, the largest found by the quick sweep, over results that are normal numbers (with",
  "subnormals flushed, by `check --ftz`, if that is less than over all) and over all. `also` is results of a wrong class or shape, in numbers of the inputs of the sweep, and",
  "what the guard found.", "",
  "A kernel is *as accurate* as another if its error on normal results is no larger, no more of its results are of a",
  "wrong class, and it flushes subnormals only if the other does; *faster* is below 97 % of the cycles. On the front (`x`):",
  "nobody as accurate takes less time.", "",
  conditions($files), "",
  "## Aims, tiers and the fastest peer as accurate as each", "", summary($rows), "",
  "## Is no peer that is as accurate faster?", "", verdicts($rows), "",
  "## Is cr faster than PyTorch?", "",
  "Cycles at 2,048 elements, at 65,536.", "", pytorch($rows),
  section($rows; ([$rows[].function] | unique)[])

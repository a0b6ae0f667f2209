#!/bin/sh
# study-mutations.sh -- do the verdicts see what they should, and nothing else?  The table of doc/ci.md.
#
# usage: study-mutations.sh [accuracy] [speed] [unchanged]
#
# Kernels are exported as C files and changed in one place at a time; `actulp versus' judges each changed library
# against the unchanged one.  Whether a change alters any result is found out beside it, by a program of this file
# that goes through all 2^32 of them.  `unchanged' judges copies of one library, COPIES times (100).  The parts take about
# five, two and five minutes; times want a machine that has little else to do.  ONLY='clamp|tail' plants a part of the
# mutations of accuracy.
#
# To plant another mutation: a line in `mutations'.  Every line: kernel, class, sed script for the exported file.
set -u
actulp=${ACTULP:-./actulp}
cc=${CC:-cc}
copies=${COPIES:-100}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
: >"$work/table"

die() { echo "study-mutations: $*" >&2; exit 1; }
function_of() { echo "${1%%/*}"; }

build() { # KERNEL FILE.c LIBRARY: with the flags that the file itself asks for
    flags=$(sed -n 's/.*Compile with cc \(-O2[^.]*\)\..*/\1/p' "$2" | head -n 1)
    # shellcheck disable=SC2086
    $cc ${flags:--O2} -ffp-contract=off -shared -fPIC -o "$3" "$2" -lm 2>"$work/cc.log" ||
        { cat "$work/cc.log" >&2; die "$1: the changed file does not compile"; }
}

export_kernel() { # KERNEL: its file and library, made once; their name without suffix in $original
    original=$work/$(echo "$1" | tr / _)
    [ -e "$original.so" ] && return
    "$actulp" export "$1" --name mutant >"$original.c" || die "$1 cannot be exported; kernels change: mend the lists here"
    build "$1" "$original.c" "$original.so"
}

judge() { # KERNEL OLD.so NEW.so OPTION...: exit code in $code, verdict in $work/verdict
    kernel=$1
    shift
    "$actulp" versus "$@" --symbol mutant --function "$(function_of "$kernel")" --waive "$waived" --quiet \
        --format json >"$work/verdict" 2>"$work/err"
    code=$?
    case $code in 0 | 1 | 4) ;; *) cat "$work/err" >&2; die "$kernel: versus ended with $code" ;; esac
}
said() { grep -q "\"kind\": \"$1\"" "$work/verdict"; }
finding() { grep -m 1 -E '"kind": "(worse|better|changed|inconclusive)"' "$work/verdict" | sed 's/.*"text": "//;s/"}.*//' | cut -c 1-90; }
waived=monotone

# ---- what is planted

# The constants of a file, in order, one more in the last bit: f32 constants have 6 digits after the point, of which
# the last counts by twos; others have 13.
last_bits() { # FILE.c: one sed script a line
    sed 's/\/\*.*//;s/^ \*.*//' "$1" | grep -oE '0x1(\.[0-9a-f]+)?p[-+]?[0-9]+f?' | sort -u | awk '
        function bump(digits, add,    i, d, out) {
            out = ""
            for (i = length(digits); i > 0; i--) {
                d = index("0123456789abcdef", substr(digits, i, 1)) - 1 + add
                add = d > 15
                out = substr("0123456789abcdef", d % 16 + 1, 1) out
            }
            return add ? "" : out
        }
        {
            single = /f$/
            split($0, part, "p")
            digits = substr(part[1], 5)
            wanted = single ? 6 : 13
            if (length(digits) < 3) next # 1, 2, thresholds and the like
            while (length(digits) < wanted) digits = digits "0"
            new = bump(digits, single ? 2 : 1)
            if (new == "") next
            pattern = $0
            gsub(/[.+]/, "[&]", pattern)
            print "s/" pattern "/0x1." new "p" part[2] "/"
        }'
}

# One line a mutation: kernel, class, sed script.
mutations() {
    for kernel in sigmoid/f32/poly/avx2 tanh/f32/fast/avx2 exp/f32/fast/sse2 logsigmoid/f32/fast/scalar tanh/f32/u1/avx2; do
        export_kernel $kernel
        last_bits "$original.c" | sed "s#^#$kernel	last bit of a constant	#"
    done
    for kernel in sigmoid/f32/poly/avx2 tanh/f32/fast/sse2 mish/f32/poly/avx2 softsign/f32/fast/avx2; do
        echo "$kernel	lost tail	s/if (n > 0)/if (n > 1)/"
    done
    for kernel in exp/f32/fast/scalar hardswish/f32/select/scalar; do
        echo "$kernel	lost tail	s/i < n; i++/i < n - (n % 8 == 1); i++/"
    done
    cat <<'LIST'
sigmoid/f32/poly/avx2	clamp	s/v_set(-104)/v_set(-100)/
sigmoid/f32/poly/avx2	clamp	s/v_set(-104)/v_set(-103)/
tanh/f32/fast/avx2	clamp	s/v_set(-40)/v_set(-16)/
exp/f32/fast/sse2	clamp	s/v_set(89)/v_set(88.5f)/
exp/f32/fast/sse2	clamp	s/v_set(-104)/v_set(-87)/
silu/f32/u1/avx2	clamp	s/v_max(v_set(-110)/v_max(v_set(-50)/
mish/f32/poly/avx2	clamp	s/const vf c = v_max(v_set(-110)/const vf c = v_max(v_set(-50)/
softsign/f32/fast/avx2	clamp	s/v_set(0x1p100f)/v_set(0x1p20f)/
hardswish/f32/select/scalar	clamp	s/v_set(3)/v_set(2.5f)/
sigmoid/f32/poly/avx2	dropped NaN	s/v_max(v_set(-104), v_neg(v_abs(x)))/v_max(v_neg(v_abs(x)), v_set(-104))/
exp/f32/fast/sse2	dropped NaN	s/v_max(v_set(-104), x)/v_max(x, v_set(-104))/
tanh/f32/fast/avx2	dropped NaN	s/v_max(v_set(-40), v_abs(x) \* -2.0f)/v_max(v_abs(x) * -2.0f, v_set(-40))/
softsign/f32/fast/avx2	dropped NaN	s/v_min(v_set(0x1p100f), v_abs(x))/v_min(v_abs(x), v_set(0x1p100f))/
logsigmoid/f32/fast/scalar	dropped NaN	s/y\[i\] = logsigmoid_fast_at(x\[i\])/y[i] = x[i] == x[i] ? logsigmoid_fast_at(x[i]) : 0/
tanh/f32/fast/avx2	lost sign of zero	s/return v_copysign(t \/ (t + 2.0f), x)/return v_copysign(t \/ (t + 2.0f), x) + 0.0f/
softsign/f32/fast/avx2	lost sign of zero	s/return v_copysign(a \/ (a + 1.0f), x)/return v_copysign(a \/ (a + 1.0f), x) + 0.0f/
sigmoid/f32/poly/avx2	lost term	s/0x1.6b80e2p-10f/0/
tanh/f32/fast/avx2	lost term	s/0x1.6b80e2p-10f/0/
exp/f32/fast/sse2	lost term	s/0x1.105f6ep-7f/0/
logsigmoid/f32/fast/scalar	lost term	s/0x1.e1225ap-4f/0/
hardswish/f32/select/scalar	wrong comparison	s/v_ge(x, v_set(3))/v_le(x, v_set(-4))/
sigmoid/f32/poly/avx2	wrong comparison	s/v_lt(x, v_set(0))/v_lt(x, v_set(0x1p-20f))/
mish/f32/poly/avx2	wrong comparison	s/is_left = v_lt(x, v_set(0))/is_left = v_lt(x, v_set(0x1p-20f))/
LIST
}

# ---- which results really change

truth_program() {
    cat >"$work/truth.c" <<'C'
/* Does any of the 2^32 results differ (NaNs count as one)?  In calls of a length that leaves a tail.  Prints the
 * first such input. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
enum { LENGTH = 65521 };
static uint32_t x[LENGTH];
static float y[2][LENGTH];
int main(int argc, char **argv)
{
    void (*f[2])(const void *, float *, size_t);
    for (int k = 0; k < 2; k++) {
        void *library = argc == 3 ? dlopen(argv[k + 1], RTLD_NOW | RTLD_LOCAL) : NULL;
        void *symbol = library ? dlsym(library, "mutant") : NULL;
        if (!symbol)
            return 1;
        memcpy(&f[k], &symbol, sizeof symbol);
    }
    for (uint64_t at = 0; at < UINT64_C(1) << 32; at += LENGTH) {
        for (int i = 0; i < LENGTH; i++)
            x[i] = (uint32_t)at + (uint32_t)i;
        for (int k = 0; k < 2; k++)
            f[k](x, y[k], LENGTH);
        if (!memcmp(y[0], y[1], sizeof y[0]))
            continue;
        for (int i = 0; i < LENGTH; i++)
            if (memcmp(&y[0][i], &y[1][i], sizeof y[0][i]) && (y[0][i] == y[0][i] || y[1][i] == y[1][i]))
                return printf("0x%08x\n", (unsigned)x[i]) < 0;
    }
    puts("none");
    return 0;
}
C
    $cc -O3 -o "$work/truth" "$work/truth.c" -ldl || die "the program that compares all results does not compile"
}

# ---- the parts

row() { printf '%s\t%s\t%s\t%s\t%s\n' "$@" >>"$work/table"; }

accuracy() {
    truth_program
    mutations | grep -E "${ONLY:-.}" >"$work/list"
    tab=$(printf '\t')
    while IFS=$tab read -r kernel class script; do
        export_kernel "$kernel"
        sed "$script" "$original.c" >"$work/mutant.c"
        if cmp -s "$original.c" "$work/mutant.c"; then
            echo "$kernel: nothing to change with $script, as the kernel is another now; left out"
            continue
        fi
        build "$kernel" "$work/mutant.c" "$work/mutant.so"
        first=$("$work/truth" "$original.so" "$work/mutant.so") || die "$kernel: the results could not be compared"
        judge "$kernel" "$original.so" "$work/mutant.so" --accuracy-only --bits 600
        told=no
        if said worse || said changed || said better; then told=yes; fi
        changed=$([ "$first" = none ] && echo 0 || echo 1)
        printf '%-28s %-22s first other result: %-10s  told: %-3s exit code %d; %s; %s\n' "$kernel" "$class" "$first" $told \
            $code "$script" "$(finding)"
        row "$class" 1 "$changed" "$([ $told = yes ] && echo 1 || echo 0)" \
            "$([ "$changed$told" = 1no ] && echo 1 || echo 0)"
    done <"$work/list"
}

# Every P-th turn of the loop is done twice.
slower() { # P FILE.c
    awk -v p="$1" '
        /^    for \(; n >= VL/ { print "    unsigned turn = 0;"; sub(/\)$/, ") {"); loop = 1; print; next }
        /^    for \(size_t i = 0; i < n; i\+\+\)$/ { print "    unsigned turn = 0;"; sub(/\)$/, ") {"); loop = 1; print; next }
        loop {
            call = $0
            sub(/^ *(v_store\(y, |y\[i\] = )/, "", call)
            sub(/(\)\);|;)$/, "", call)
            vector = $0 ~ /v_store/
            f = call
            sub(/\(.*/, "", f)
            print "        if (++turn == " p ") {"
            print "            " (vector ? "vf u = v_load(x)" : "float u = x[i]") ";"
            print "            __asm__ volatile(\"\" : \"+m\"(u));"
            print "            u = " f "(u);"
            print "            __asm__ volatile(\"\" : \"+m\"(u));"
            print "            turn = 0;"
            print "        }"
            print
            print "    }"
            loop = 0
            next
        }
        { print }' "$2"
}

speed() {
    for kernel in sigmoid/f32/poly/avx2 tanh/f32/fast/avx2 exp/f32/fast/sse2 mish/f32/poly/avx2 silu/f32/u1/avx2 logsigmoid/f32/fast/scalar; do
        export_kernel $kernel
        for p in 33 20 10; do
            slower $p "$original.c" >"$work/mutant.c"
            ! cmp -s "$original.c" "$work/mutant.c" || die "$kernel: no loop to change"
            build $kernel "$work/mutant.c" "$work/mutant.so"
            judge $kernel "$original.so" "$work/mutant.so" --speed-only
            percent=$((100 / p))
            printf '%-28s %2d %% more work; exit code %d; %s\n' $kernel $percent $code "$(finding)"
            row "$percent % more work in the loop" 1 1 "$([ $code -eq 1 ] && echo 1 || echo 0)" "$([ $code -eq 1 ] && echo 0 || echo 1)"
        done
    done
}

unchanged() {
    i=0 alarms=0 open=0
    while [ $i -lt "$copies" ]; do
        for kernel in sigmoid/f32/poly/avx2 tanh/f32/fast/avx2 exp/f32/fast/sse2 mish/f32/poly/avx2 silu/f32/u1/avx2 \
            logsigmoid/f32/fast/scalar relu/f32/select/avx2 hardswish/f32/select/scalar softsign/f32/fast/avx2 tanh/f32/u1/scalar; do
            [ $i -lt "$copies" ] || break
            export_kernel $kernel
            cp "$original.so" "$work/copy.so"
            judge $kernel "$original.so" "$work/copy.so" --bits 1
            i=$((i + 1))
            case $code in
            1) alarms=$((alarms + 1)) ;;
            4) open=$((open + 1)) ;;
            esac
            [ $code -eq 0 ] || printf '%-28s unchanged; exit code %d; %s\n' $kernel $code "$(finding)"
        done
    done
    echo "$i comparisons of unchanged code: $alarms alarms, $open inconclusive"
    printf 'unchanged\t%d\t0\t%d\t%d\n' $i $alarms $open >>"$work/table"
}

parts=${*:-accuracy speed unchanged}
for part in $parts; do
    case $part in accuracy | speed | unchanged) $part ;; *) die "$part is none of accuracy, speed, unchanged" ;; esac
done

echo
awk -F '\t' '
    $1 == "unchanged" { copies = $2; alarms = $4; open = $5; next }
    !($1 in planted) { order[++n] = $1 }
    { planted[$1] += $2; changed[$1] += $3; told[$1] += $4; missed[$1] += $5 }
    END {
        if (n) print "| planted | how many | change a result or the time | told | missed |\n|:---|---:|---:|---:|---:|"
        for (i = 1; i <= n; i++) {
            c = order[i]
            printf "| %s | %d | %d | %d | %d |\n", c, planted[c], changed[c], told[c], missed[c]
        }
        if (copies) printf "\n%d comparisons of unchanged code: %d false alarms, %d inconclusive.\n", copies, alarms, open
    }' "$work/table"

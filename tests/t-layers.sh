#!/bin/sh
# t-layers.sh -- the arrows of doc/design.md: ref/ includes nothing of src/, reports/ and src/result/ nothing
# that measures, src/fn/ and src/simd/ nothing of ref/; nothing that measures prints.
srcdir=${srcdir:-.}
n=0 bad=0
check() { # NAME FOUND
    n=$((n + 1))
    if [ -z "$2" ]; then echo "ok $n - $1"; else bad=1; echo "not ok $n - $1"; echo "$2" | sed 's/^/# /'; fi
}
cd "$srcdir" || exit 1
check "ref/ includes nothing of src/" "$(grep -nE '#include "(\.\./)*(src|reports)/' ref/*.[ch])"
check "reports/ includes only src/result/" \
    "$(grep -nE '#include "' reports/*.[ch] | grep -vE '#include "(\.\./src/result/[a-z]+\.h|[a-z_-]+\.h)"')"
check "src/result/ includes nothing outside it but src/mem.h" \
    "$(grep -nE '#include "' src/result/*.[ch] | grep -vE '#include "(\.\./mem\.h|[a-z]+\.h)"')"
check "kernels include nothing of ref/ nor of what measures" \
    "$(grep -nE '#include ".*(ref/|measure/|result/)' src/fn/*.[ch] src/simd/*.h)"
check "what measures does not print" "$(grep -nE '(^|[^a-z_])(printf|puts|putchar|perror)\(' src/measure/*.c)"
echo "1..$n"
exit $bad

#!/bin/sh
# parameters.sh -- from ref/activations.fpcore: a line PARAMETERS(function, count, name, default, ...) for each function
# that has parameters, for src/library.c.
awk '/^\(FPCore / { f = $2 }
/^ *:param \(/ {
    gsub(/.*\(|\).*/, "")
    n = split($0, w, " ")
    printf "PARAMETERS(%s, %d", f, n / 2
    for (i = 1; i < 5; i += 2)
        printf i < n ? ", \"%s\", %s" : ", NULL, 0", w[i], w[i + 1]
    print ")"
}' "$1"

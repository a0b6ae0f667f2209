# study-timer.awk -- from the lines of study-timer.c (and of Google Benchmark) to tables and a figure.

function abs(x) { return x < 0 ? -x : x }
function max(a, b) { return a > b ? a : b }
function percent(x) { return sprintf(x < 0.001 ? "%.3f %%" : x < 0.1 ? "%.2f %%" : "%.0f %%", 100 * x) }

# One A/A difference: how far the ratio of two runs of the same code was from 1.
function difference(method, condition, r) {
    r = abs(r - 1)
    n[method, condition]++
    worst[method, condition] = max(worst[method, condition], r)
    over1[method, condition] += r > 0.01
    over2[method, condition] += r > 0.02
    point[method, condition, n[method, condition]] = r
}

# Ratios of runs next to each other, as one compares a run with the one before.
function against_last(method, condition, kernel, value,    key) {
    key = method SUBSEP condition SUBSEP kernel
    if (key in last) difference(method, condition, value / last[key])
    last[key] = value
}

$1 == "machine" { machine = machine (machine ? ", " : "") $2 }
$1 == "load" { loads = loads (loads ? ", " : "") $3 " (" $2 ")" }
$1 == "paired" && $4 == 0 {
    difference("paired", $2, $6)
    called += $7 > 1.02 || $8 < 1 / 1.02
}
$1 == "paired" {
    trials[$2, $4]++
    slower[$2, $4] += $7 > 1.02
    seen[$2, $4] += $7 > 1
    error[$2, $4] = max(error[$2, $4], abs($6 - 1 - $4 / 100))
    slowdown[$4] = 1
}
$1 == "single" { against_last("minimum", $2, $3, $5); against_last("median", $2, $3, $6) }
$1 == "gbench" { against_last("gbench", $2, $3, $5); against_last("gbench cpu", $2, $3, $6) }
$1 == "window" {
    key = $3
    if (key in window) {
        r = abs($5 / window[key] - 1); m = abs($8 / median[key] - 1); y = abs($9 / cycles[key] - 1)
        yclose3[key] += y <= 0.03; yworst[key] = max(yworst[key], y)
        windows[key]++; close3[key] += r <= 0.03; wworst[key] = max(wworst[key], r); mworst[key] = max(mworst[key], m)
    }
    window[key] = $5; median[key] = $8; cycles[key] = $9
    least[key] = least[key] && least[key] < $5 ? least[key] : $5
    most[key] = max(most[key], $5)
    settled[key] += $7 / $6 - 1 <= 0.03
    total[key]++
}

function table_of_differences(    i, c, m) {
    print "| A/A: the same code twice | idle: worst | > 1 % | > 2 % | other core: worst | > 1 % | > 2 % | same core: worst | > 1 % | > 2 % |"
    print "|---|---|---|---|---|---|---|---|---|---|"
    for (m = 1; m <= methods; m++) {
        if (!n[method[m], "idle"]) continue
        line = "| " title[m]
        for (c = 1; c <= 3; c++) {
            i = method[m] SUBSEP condition[c]
            line = line sprintf(" | %s | %d/%d | %d/%d", percent(worst[i]), over1[i], n[i], over2[i], n[i])
        }
        print line " |"
    }
}

function table_of_power(    c, d, i, line) {
    print "\n| work added | idle: called slower by > 2 % | interval above 1 | other core | | same core | | worst error of the ratio |"
    print "|---|---|---|---|---|---|---|---|"
    for (d = 0; d <= 5; d++) {
        if (!(d in slowdown)) continue
        line = sprintf("| %d %%", d); e = 0
        for (c = 1; c <= 3; c++) {
            i = condition[c] SUBSEP d
            line = line sprintf(" | %d/%d | %d/%d", slower[i], trials[i], seen[i], trials[i])
            e = max(e, error[i])
        }
        print line " | " percent(e) " |"
    }
}

function table_of_windows(    k) {
    print "\n| kernel | minima of windows next to each other within 3 % | worst | in cycles | worst | settled | medians: worst |"
    print "|---|---|---|---|---|---|---|"
    for (k in total)
        if (windows[k])
            printf "| %s | %d/%d | %s | %d/%d | %s | %d/%d | %s |\n", k, close3[k], windows[k], percent(wworst[k]),
                yclose3[k], windows[k], percent(yworst[k]), settled[k], total[k], percent(mworst[k]) | "sort"
    close("sort")
}

# What was to be reached, and what was.
function target(what, wanted, reached) { printf "| %s | %s | %s |\n", what, wanted, reached }
function table_of_targets(    c, i, k, aa, far, caught, tried, least) {
    for (c = 1; c <= 3; c++) {
        i = "paired" SUBSEP condition[c]
        aa += n[i]; far += over1[i]
        i = condition[c] SUBSEP 3
        caught += slower[i]; tried += trials[i]
    }
    print "\n| target | wanted | reached |\n|---|---|---|"
    target("the same code twice, three conditions: off by more than 1 %", "0 of 60", (far + 0) " of " aa)
    target("the same: called a difference at 2 %", "0 of 60", (called + 0) " of " aa)
    target("3 % slower, 200 ms a pair: called slower by more than 2 %", "57 of 60", caught " of " tried)
    least = ""
    for (k in total)
        if (windows[k] && (least == "" || close3[k] / windows[k] < close3[least] / windows[least]))
            least = k
    if (least != "")
        target("minima of two windows within 3 %, the worst kernel (" least ")", "18 of 20", \
               close3[least] " of " windows[least] "; in cycles " yclose3[least])
}

# A strip plot: one dot a comparison, |ratio - 1| on a logarithmic axis from 0.01 % to 100 %.
function x_of(r) { return 190 + 500 * (log(max(r, 0.0001)) - log(0.0001)) / (log(2) - log(0.0001)) }
function figure(    m, c, i, y, t) {
    y = 20
    printf "<svg role=\"img\" aria-label=\"Differences found between two runs of the same code\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 %d\" font-family=\"sans-serif\" font-size=\"11\" fill=\"currentColor\">\n", 60 + 3 * (methods * 16 + 26) >svg
    for (c = 1; c <= 3; c++) {
        printf "<text x=\"8\" y=\"%d\" font-weight=\"bold\">%s</text>\n", y + 4, load[c] >svg
        y += 18
        for (m = 1; m <= methods; m++) {
            if (!n[method[m], condition[c]]) continue
            printf "<text x=\"180\" y=\"%d\" text-anchor=\"end\">%s</text>\n", y + 4, title[m] >svg
            printf "<line x1=\"190\" x2=\"690\" y1=\"%d\" y2=\"%d\" stroke=\"currentColor\" stroke-opacity=\"0.15\"/>\n", y, y >svg
            for (i = 1; i <= n[method[m], condition[c]]; i++)
                printf "<circle cx=\"%.1f\" cy=\"%d\" r=\"3\" fill=\"%s\" fill-opacity=\"0.5\"/>\n", x_of(point[method[m], condition[c], i]), y, m == 1 ? "#0072b2" : "#d55e00" >svg
            y += 16
        }
        y += 8
    }
    split("0.0001 0.001 0.01 0.02 0.1 1", tick, " ")
    for (t = 1; t in tick; t++) {
        printf "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"12\" y2=\"%d\" stroke=\"currentColor\" stroke-opacity=\"%s\"/>\n", x_of(tick[t]), x_of(tick[t]), y, tick[t] == 0.02 ? "0.6" : "0.15" >svg
        printf "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%g %%</text>\n", x_of(tick[t]), y + 14, 100 * tick[t] >svg
    }
    printf "<text x=\"440\" y=\"%d\" text-anchor=\"middle\">how far from 1 the ratio of two runs of the same code is</text>\n", y + 30 >svg
    print "</svg>" >svg
}

END {
    split("idle other-core same-core", condition, " ")
    split("no load|load on the other core|load on the same core", load, "|")
    methods = split("paired|minimum|median|gbench|gbench cpu", method, "|")
    split("paired, 200 ms|minimum, 200 ms alone|median, 200 ms alone|Google Benchmark, real time|Google Benchmark, CPU time", title, "|")
    print "Machine: " machine ". Load averages when each part began: " loads ".\n"
    table_of_differences()
    table_of_power()
    table_of_windows()
    table_of_targets()
    if (svg) figure()
}

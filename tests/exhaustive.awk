# exhaustive.awk -- from the TSV of a result: a Markdown line per set of kernels that gave the same bits.
NR == 1 {
    for (i = 1; i <= NF; i++)
        column[$i] = i
    next
}
{
    key = $column["dtype"] "/" $column["method"] "/" $column["digest"]
    if (!(key in name)) {
        order[++n] = key
        name[key] = $column["function"] "/" $column["dtype"] "/" $column["method"]
        promised[key] = $column["promised_ulp"] == "" ? "none" : $column["promised_ulp"]
        error[key] = $column["max_error_ulp"]
        at[key] = $column["worst_x"]
        share[key] = $column["correctly_rounded_share"]
        wrong[key] = $column["class_failures"] + $column["failures_zero_lost"] + $column["failures_flushed"] + $column["failures_sign"]
        kept[key] = $column["broken_promises"] + 0 == 0 ? "kept" : "BROKEN"
    }
    isas[key] = isas[key] (isas[key] == "" ? "" : " ") $column["isa"]
}
END {
    for (i = 1; i <= n; i++) {
        k = order[i]
        printf "| %s (%s) | %s | %s | `%s` | %.4f %% | %s | %s |\n", name[k], isas[k], promised[k],
            error[k] < 1e4 ? sprintf("%.4f", error[k]) : sprintf("%.3g", error[k]), at[k], 100 * share[k],
            wrong[k] ? sprintf("%d", wrong[k]) : "none", kept[k]
    }
}

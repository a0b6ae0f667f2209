/* fields.c -- the field tables: see fields.h. */
#include "fields.h"
#include "result.h"

/* Rows; `struct_' is defined above each table as the struct that it describes. */
#define AT(member)                            offsetof(struct_, member)
#define F(kind_, key_, member)                .key = key_, .kind = FIELD_##kind_, .at = AT(member)
#define RECORD(key_, member, type)            F(RECORD, key_, member), .of = &type
#define MANY(kind_, key_, member, n)          F(kind_, key_, member), .count = AT(n)
#define RECORDS(key_, member, n, type)        MANY(RECORDS, key_, member, n), .of = &type
#define OPTIONAL(key_, member, has, t)        MANY(OPTIONAL, key_, member, has), .of = &t
#define NAMED(kind_, key_, member, n, names_) MANY(kind_, key_, member, n), .names = AT(names_)

#define struct_ struct witness
static const struct field witness_fields[] = {
    {F(BITS, "x", x)},
    {F(BITS, "y", y)},
    {F(BITS, "due", due)},
    {F(EXTENDED, "x_value", x_value)},
    {F(EXTENDED, "y_value", y_value)},
    {F(EXTENDED, "exact", exact)},
    {.key = NULL},
};
const struct record_type witness_type = {"witness", sizeof(struct_), true, witness_fields};
#undef struct_

#define struct_ struct count
static const struct field count_fields[] = {
    {F(COUNT, "n", n)},
    {RECORD("first", first, witness_type)},
    {.key = NULL},
};
const struct record_type count_type = {"count", sizeof(struct_), true, count_fields};
#undef struct_

#define struct_ struct under
static const struct field under_fields[] = {
    {F(TEXT, "inputs", inputs)},
    {F(COUNT, "n", n)},
    {F(NUMBER, "mean_ulp", mean_ulp)},
    {F(NUMBER, "correct", correct)},
    {F(NUMBER, "saturated", saturated)},
    {F(NUMBER, "exact_saturated", exact_saturated)},
    {F(NUMBER, "zero", zero)},
    {F(NUMBER, "exact_zero", exact_zero)},
    {F(NUMBER, "mean", mean)},
    {F(NUMBER, "exact_mean", exact_mean)},
    {.key = NULL},
};
static const struct record_type under_type = {"under", sizeof(struct_), false, under_fields};
#undef struct_

#define struct_ struct accuracy
static const struct field accuracy_fields[] = {
    {F(TEXT, "coverage", coverage)},
    {F(TEXT, "rigour", rigour)},
    {F(TEXT, "sweep", sweep)},
    {F(COUNT, "inputs", inputs)},
    {F(COUNT, "numbers", numbers)},
    {F(COUNT, "unjudged", unjudged)},
    {F(COUNT, "undecided", undecided)},
    {F(COUNT, "correctly_rounded", correctly_rounded)},
    {F(NUMBER, "max_ulp", max_ulp)},
    {RECORD("worst", worst, witness_type)},
    {F(COUNT, "max_distance", max_distance)},
    {RECORD("farthest", farthest, witness_type)},
    {F(NUMBER, "max_abs", max_abs)},
    {F(NUMBER, "max_rel", max_rel)},
    {F(NUMBER, "mean_ulp", mean_ulp)},
    {F(NUMBER, "rms_ulp", rms_ulp)},
    {F(NUMBER, "bias_ulp", bias_ulp)},
    {F(HISTOGRAM, "histogram", histogram)},
    {F(FAILURES, "failures", failure)},
    {F(NUMBER, "inf_as_ulp", inf_as_ulp)},
    {F(NUMBER, "largest_step_ulp", largest_step_ulp)},
    {F(NUMBER, "reflection_ulp", reflection_ulp)},
    {F(COUNT, "flushed_accepted", flushed_accepted)},
    {MANY(SEGMENTS, "segments", segment, nsegments)},
    {F(BITS, "digest", digest)},
    {F(EXTENDED, "saturates_below", saturates_below)},
    {F(EXTENDED, "saturates_above", saturates_above)},
    {F(EXTENDED, "exact_saturates_below", exact_saturates_below)},
    {F(EXTENDED, "exact_saturates_above", exact_saturates_above)},
    {OPTIONAL("under", under, has_under, under_type), .may_lack = true},
    {NAMED(TIERS, "tiers", tier_count, ntiers, tier_name)},
    {F(COUNT, "audits", audits)},
    {F(COUNT, "violations", violations)},
    {F(NUMBER, "seconds_kernel", seconds_kernel)},
    {F(NUMBER, "seconds_reference", seconds_reference)},
    {F(NUMBER, "seconds_bookkeeping", seconds_bookkeeping)},
    {F(TEXT_NULL, "shard", shard)},
    {F(TEXT_NULL, "tally", tally)},
    {.key = NULL},
};
static const struct record_type accuracy_type = {"accuracy", sizeof(struct_), false,
                                                 accuracy_fields};
#undef struct_

#define struct_ struct finding
static const struct field finding_fields[] = {
    {F(TEXT, "kind", kind)},
    {F(TEXT, "text", text)},
    {F(BOOL, "fatal", fatal)},
    {F(BOOL, "waived", waived)},
    {F(BOOL, "judged", judged)},
    {F(COUNT, "length", length)},
    {F(INT, "offset_in", offset_in)},
    {F(INT, "offset_out", offset_out)},
    {OPTIONAL("input", input, has_input, witness_type)},
    {.key = NULL},
};
static const struct record_type finding_type = {"finding", sizeof(struct_), true, finding_fields};
#undef struct_

#define struct_ struct contract
static const struct field contract_fields[] = {
    {F(TEXT, "verdict", verdict)},
    {F(COUNT, "calls", calls)},
    {RECORDS("findings", finding, nfindings, finding_type)},
    {.key = NULL},
};
static const struct record_type contract_type = {"contract", sizeof(struct_), false,
                                                 contract_fields};
#undef struct_

#define struct_ struct speed
static const struct field speed_fields[] = {
    {F(COUNT, "n", n)},
    {F(TEXT_NULL, "level", level)},
    {F(TEXT, "inputs", inputs)},
    {F(TEXT, "mode", mode)},
    {F(FINITE, "ns", ns)},
    {F(NUMBER, "ns_lo", ns_lo)},
    {F(NUMBER, "ns_hi", ns_hi)},
    {F(NUMBER, "cycles", cycles)},
    {F(NUMBER, "ratio", ratio)},
    {F(NUMBER, "ratio_lo", ratio_lo)},
    {F(NUMBER, "ratio_hi", ratio_hi)},
    {F(BOOL, "settled", settled)},
    {MANY(SAMPLES, "samples", sample, nsamples)},
    {.key = NULL},
};
const struct record_type speed_type = {"speed", sizeof(struct_), true, speed_fields};
#undef struct_

#define struct_ struct instructions
static const struct field instructions_fields[] = {
    {F(FINITE, "per_element", per_element)},
    {F(COUNT, "elements", elements)},
    {F(TEXT, "inputs", inputs)},
    {F(BOOL, "repeatable", repeatable)},
    {.key = NULL},
};
static const struct record_type instructions_type = {"instructions", sizeof(struct_), true,
                                                     instructions_fields};
#undef struct_

#define struct_ struct bound_record
static const struct field bound_fields[] = {
    {F(END, "lo", lo)},
    {F(END, "hi", hi)},
    {F(FINITE, "ulp", ulp)},
    {.key = NULL},
};
static const struct record_type bound_type = {"bound", sizeof(struct_), true, bound_fields};
#undef struct_

#define struct_ struct answer
static const struct field answer_fields[] = {
    {F(BITS, "x", x)},
    {F(EXTENDED, "x_value", x_value)},
    {F(BITS, "y", y)},
    {F(EXTENDED, "y_value", y_value)},
    {MANY(PATTERNS, "right", right, nright)},
    {.key = NULL},
};
static const struct record_type answer_type = {"answer", sizeof(struct_), true, answer_fields};
#undef struct_

#define struct_ struct kernel_record
static const struct field kernel_fields[] = {
    {F(TEXT, "name", name)},
    {F(TEXT, "function", function)},
    {F(TEXT, "dtype", dtype)},
    {F(TEXT, "method", method)},
    {F(TEXT, "isa", isa)},
    {F(TEXT_NULL, "how", how)},
    {F(TEXT_NULL, "origin", origin)},
    {F(TEXT_NULL, "origin_digest", origin_digest)},
    {F(TEXT_NULL, "symbol", symbol)},
    {F(TEXT_NULL, "signature", signature)},
    {F(TEXT_NULL, "arithmetic", arithmetic)},
    {RECORDS("bounds", bound, nbounds, bound_type)},
    {MANY(TEXTS, "keeps", keeps, nkeeps)},
    {MANY(TEXTS, "broken", broken, nbroken)},
    {F(TEXT_NULL, "same_bits_as", same_bits_as)},
    {OPTIONAL("contract", contract, has_contract, contract_type)},
    {OPTIONAL("accuracy", accuracy, has_accuracy, accuracy_type)},
    {OPTIONAL("ideal", ideal, has_ideal, accuracy_type), .may_lack = true},
    {RECORDS("answers", answer, nanswers, answer_type), .may_lack = true},
    {RECORDS("speed", speed, nspeed, speed_type)},
    {OPTIONAL("instructions", instructions, has_instructions, instructions_type), .may_lack = true},
    {.key = NULL},
};
const struct record_type kernel_type = {"kernel", sizeof(struct_), false, kernel_fields};
#undef struct_

#define struct_ struct function_record
_Static_assert(offsetof(struct_, range_hi) == offsetof(struct_, range_lo) + sizeof(double),
               "the two ends of the range are read as an array");
static const struct field function_fields[] = {
    {F(TEXT, "id", id)},
    {F(TEXT_NULL, "name", name)},
    {F(TEXT_NULL, "group", group)},
    {F(TEXT_NULL, "description", description)},
    {F(TEXT_NULL, "formula", formula)},
    {F(TEXT_NULL, "latex", latex)},
    {NAMED(PARAMETERS, "parameters", param, nparams, param_name)},
    {F(TEXT_NULL, "gradient", gradient)},
    {F(TEXT_NULL, "gradient_of", gradient_of)},
    {F(TEXT_NULL, "approximates", approximates)},
    {MANY(RANGE, "range", range_lo, has_range)},
    {MANY(CURVE, "curve", curve, ncurve)},
    {F(EXTENDED, "vanishes_below", vanishes_below)},
    {F(EXTENDED, "vanishes_above", vanishes_above)},
    {.key = NULL},
};
const struct record_type function_type = {"function", sizeof(struct_), false, function_fields};
#undef struct_

#define struct_ struct machine
static const struct field machine_fields[] = {
    {F(TEXT_NULL, "cpu_vendor", cpu_vendor)},
    {F(TEXT_NULL, "cpu_model", cpu_model)},
    {F(INT, "family", family)},
    {F(INT, "model", model)},
    {F(INT, "stepping", stepping)},
    {F(TEXT_NULL, "isas", isas)},
    {F(INT, "cores", cores)},
    {F(NUMBER, "l1d_bytes", l1d_bytes)},
    {F(NUMBER, "l2_bytes", l2_bytes)},
    {F(NUMBER, "l3_bytes", l3_bytes)},
    {F(TEXT_NULL, "governor", governor)},
    {F(TEXT_NULL, "hypervisor", hypervisor)},
    {F(TEXT_NULL, "kernel", kernel)},
    {F(TEXT_NULL, "libc", libc)},
    {F(TEXT_NULL, "os", os)},
    {F(TEXT_NULL, "clock", clock)},
    {F(NUMBER, "clock_hz", clock_hz)},
    {F(NUMBER, "clock_step_ns", clock_step_ns)},
    {F(NUMBER, "clock_overhead_ns", clock_overhead_ns)},
    {F(NUMBER, "core_ghz_min", core_ghz_min)},
    {F(NUMBER, "core_ghz_max", core_ghz_max)},
    {F(TEXT_NULL, "cycles_from", cycles_from), .may_lack = true},
    {F(NUMBER, "load_before", load_before)},
    {F(NUMBER, "load_after", load_after)},
    {F(NUMBER, "steal_share", steal_share)},
    {F(NUMBER, "switches", switches), .may_lack = true},
    {F(INT, "cpu", cpu)},
    {.key = NULL},
};
static const struct record_type machine_type = {"machine", sizeof(struct_), false, machine_fields};
#undef struct_

#define struct_ struct pass_flags
static const struct field pass_fields[] = {
    {F(TEXT, "pass", pass)},
    {F(TEXT, "flags", flags)},
    {.key = NULL},
};
static const struct record_type pass_type = {"pass", sizeof(struct_), true, pass_fields};
#undef struct_

#define struct_ struct build
static const struct field build_fields[] = {
    {F(TEXT_NULL, "version", version)},
    {F(TEXT_NULL, "revision", revision)},
    {F(TEXT_NULL, "compiler", compiler)},
    {F(TEXT_NULL, "cflags", cflags)},
    {F(TEXT_NULL, "mpfr", mpfr)},
    {F(TEXT_NULL, "gmp", gmp)},
    {F(TEXT_NULL, "jansson", jansson)},
    {RECORDS("passes", pass, npasses, pass_type)},
    {F(TEXT_NULL, "formulas_digest", formulas_digest)},
    {.key = NULL},
};
static const struct record_type build_type = {"build", sizeof(struct_), false, build_fields};
#undef struct_

#define struct_ struct request
static const struct field request_fields[] = {
    {F(TEXT_NULL, "command", command)},
    {F(TEXT_NULL, "time", time)},
    {F(BITS, "seed", seed)},
    {F(TEXT_NULL, "ulp", ulp)},
    {F(TEXT_NULL, "rounding", rounding)},
    {F(BOOL, "ftz", ftz)},
    {F(NUMBER, "seconds", seconds)},
    {.key = NULL},
};
static const struct record_type request_type = {"request", sizeof(struct_), false, request_fields};
#undef struct_

#define struct_ struct yardstick_record
static const struct field yardstick_fields[] = {
    {F(TEXT, "name", name)},
    {F(TEXT, "dtype", dtype)},
    {F(TEXT_NULL, "how", how)},
    {RECORDS("speed", speed, nspeed, speed_type)},
    {.key = NULL},
};
const struct record_type yardstick_type = {"yardstick", sizeof(struct_), false, yardstick_fields};
#undef struct_

#define struct_ struct result
static const struct field result_fields[] = {
    {F(INT, "schema", schema)},
    {RECORD("request", request, request_type)},
    {RECORD("machine", machine, machine_type)},
    {RECORD("build", build, build_type)},
    {F(NUMBER, "noise_floor", noise_floor)},
    {F(TEXT_NULL, "yardstick", yardstick)},
    {RECORDS("yardsticks", yardsticks, nyardsticks, yardstick_type), .may_lack = true},
    {F(HISTOGRAM, "modes", modes), .may_lack = true},
    {RECORDS("functions", function, nfunctions, function_type)},
    {RECORDS("kernels", kernel, nkernels, kernel_type)},
    {.key = NULL},
};
const struct record_type result_type = {"result", sizeof(struct_), false, result_fields};
#undef struct_

# tests.mk -- make check.  Every test prints TAP.  A C test is one file, tests/t-NAME.c; a shell test finds the
# program in $ACTULP.

LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
T_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_DRIVER = $(LOG_DRIVER)
TEST_EXTENSIONS = .sh
AM_TESTS_ENVIRONMENT = ACTULP='$(abs_builddir)/actulp'; export ACTULP; \
  srcdir='$(srcdir)'; export srcdir; builddir='$(builddir)'; export builddir; CC='$(CC)'; export CC; \
  T_REPORT='$(abs_builddir)/tests/t-report'; export T_REPORT;

C_TESTS = tests/t-block tests/t-child tests/t-choose tests/t-clock tests/t-compare tests/t-count tests/t-export tests/t-format tests/t-formulas tests/t-fpcore \
  tests/t-guard tests/t-identity tests/t-inputs tests/t-interval tests/t-json tests/t-kernels \
  tests/t-machine tests/t-registry tests/t-report tests/t-speed tests/t-stats tests/t-subject tests/t-sweep \
  tests/t-truth
SH_TESTS = tests/t-baseline.sh tests/t-ci.sh tests/t-cli-choose.sh tests/t-cli.sh tests/t-cli-compare.sh tests/t-cli-export.sh tests/t-door.sh tests/t-folder.sh tests/t-html.sh tests/t-independent.sh tests/t-latex.sh tests/t-resume.sh tests/t-layers.sh tests/t-library.sh tests/t-mixed.sh tests/t-npy.sh tests/t-peers.sh tests/t-promises.sh tests/t-schema.sh tests/t-versus.sh tests/t-witness.sh

check_PROGRAMS += $(C_TESTS)
TESTS += $(C_TESTS) $(SH_TESTS)
LDADD = libreports.a libmeasure.a $(PASSES) libref.a $(BLOCKS) libresult.a

REGISTRY = src/registry.c src/passes.c
tests_t_block_SOURCES = tests/t-block.c
tests_t_choose_SOURCES = tests/t-choose.c
tests_t_compare_SOURCES = tests/t-compare.c
tests_t_count_SOURCES = tests/t-count.c
tests_t_guard_SOURCES = tests/t-guard.c
tests_t_child_SOURCES = tests/t-child.c
tests_t_clock_SOURCES = tests/t-clock.c
tests_t_format_SOURCES = tests/t-format.c
tests_t_formulas_SOURCES = tests/t-formulas.c
tests_t_export_SOURCES = tests/t-export.c src/export.c src/excerpt.c src/verdict.c $(REGISTRY)
nodist_tests_t_export_SOURCES = src/embedded.c
tests_t_fpcore_SOURCES = tests/t-fpcore.c
tests_t_identity_SOURCES = tests/t-identity.c
tests_t_inputs_SOURCES = tests/t-inputs.c
tests_t_interval_SOURCES = tests/t-interval.c
tests_t_json_SOURCES = tests/t-json.c
tests_t_kernels_SOURCES = tests/t-kernels.c
tests_t_machine_SOURCES = tests/t-machine.c
tests_t_registry_SOURCES = tests/t-registry.c $(REGISTRY)
tests_t_report_SOURCES = tests/t-report.c
tests_t_speed_SOURCES = tests/t-speed.c
tests_t_stats_SOURCES = tests/t-stats.c
tests_t_subject_SOURCES = tests/t-subject.c
tests_t_sweep_SOURCES = tests/t-sweep.c
tests_t_truth_SOURCES = tests/t-truth.c

# Kernels that are broken on purpose, and sound ones that are unusual: shared libraries for t-guard.
fault_names = faults rare sound load-crash load-exit load-flush unresolved table table-wrong
fault_sos = $(fault_names:%=tests/faults/%.so)
tests/faults/%.so: tests/faults/%.c
	$(AM_V_CCLD)$(MKDIR_P) tests/faults && $(CC) -std=gnu11 -O2 $(FP_FLAGS) -I$(top_srcdir)/include -shared -fPIC -pthread $< -o $@ -lm
check_DATA = $(fault_sos)
CLEANFILES += $(fault_sos)
EXTRA_DIST += $(fault_names:%=tests/faults/%.c)

EXTRA_DIST += tests/tap.h tests/passes.h $(SH_TESTS) tests/data tests/golden

# Hours, not minutes: the proof of every promise of every f32, f16 and bf16 kernel; resumable.
check-exhaustive: actulp
	@ACTULP=./actulp srcdir='$(srcdir)' sh $(srcdir)/tests/check-exhaustive.sh
.PHONY: check-exhaustive
EXTRA_DIST += tests/check-exhaustive.sh tests/exhaustive.awk

# Minutes: core-seconds to certify all floats of each function, into doc/numerics.md.
how-fast: actulp
	@ACTULP=./actulp sh $(srcdir)/tests/how-fast.sh >how-fast.md
	@awk 'FNR == NR { table = table $$0 "\n"; next } \
	    /^<!-- end of make how-fast/ { printf "%s", table; inside = 0 } !inside; \
	    /^<!-- make how-fast/ { inside = 1 }' how-fast.md $(srcdir)/doc/numerics.md >how-fast.doc
	@mv how-fast.doc $(srcdir)/doc/numerics.md
	@cat how-fast.md
.PHONY: how-fast
CLEANFILES += how-fast.md
EXTRA_DIST += tests/how-fast.sh
# Our kernels beside those of SLEEF, libmvec, xsimd, Eigen, oneDNN and PyTorch, as far as they are installed, for
# doc/peers.md; a quarter of an hour.
bench-peers: actulp
	@CC='$(CC)' sh $(srcdir)/tests/peers/bench.sh ./actulp
.PHONY: bench-peers
EXTRA_DIST += tests/peers/bench.sh tests/peers/peers.jq tests/peers/forms.h tests/peers/vector.c tests/peers/xsimd.cc \
  tests/peers/eigen.cc tests/peers/onednn.cc tests/peers/pytorch.cc
# The accuracy of every built-in kernel, as committed.  What changes figures on purpose says so:
# actulp baseline update tests/baseline.json --reason 'why'
check-baseline: actulp
	@ACTULP=./actulp sh $(srcdir)/tests/check-baseline.sh $(srcdir)/tests/baseline.json
.PHONY: check-baseline
EXTRA_DIST += tests/baseline.json tests/check-baseline.sh

# The study behind doc/measuring.md, whose answer depends on the machine: 12 minutes, unless STUDY_MINUTES says
# otherwise; the same command goes on where the time was up.
EXTRA_PROGRAMS = tests/study-timer tests/study-isolation
tests_study_timer_SOURCES = tests/study-timer.c tests/study-kernels.c tests/study-kernels.h
study-timer: tests/study-timer$(EXEEXT)
	STUDY_TIMER=tests/study-timer sh $(srcdir)/tests/study-timer.sh study-timer.out $(STUDY_MINUTES)
.PHONY: study-timer

# What isolation costs in a sweep: half a minute on an idle machine.
tests_study_isolation_SOURCES = tests/study-isolation.c $(REGISTRY)
study-isolation: tests/study-isolation$(EXEEXT)
	tests/study-isolation
.PHONY: study-isolation
EXTRA_DIST += tests/study-timer.sh tests/study-timer.awk tests/study-gbench.cc

# The study behind the table of doc/ci.md: some ten minutes; make study-mutations PARTS=accuracy is one part of three.
study-mutations: actulp
	@ACTULP=./actulp CC='$(CC)' sh $(srcdir)/tests/study-mutations.sh $(PARTS)
.PHONY: study-mutations
EXTRA_DIST += tests/study-mutations.sh

# For a build with the sanitizers: without the tests that make kernels crash, count their instructions or time them,
# since the sanitizers catch the first before we do and change the others; that load a sanitized library into a plain
# program; or that only measure again and again, which takes minutes.
unsanitized = tests/t-baseline.sh tests/t-ci.sh tests/t-guard tests/t-subject tests/t-count tests/t-speed tests/t-sweep tests/t-cli.sh tests/t-door.sh \
  tests/t-library.sh tests/t-versus.sh
check-sanitized:
	ACTULP_QUICK=1 $(MAKE) check TESTS='$(filter-out $(unsanitized),$(TESTS))'
.PHONY: check-sanitized

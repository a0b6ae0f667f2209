# sources.mk -- what reports/ is built from; included by Makefile.am after libreports.a is declared.
#
# To add a format: its file here, its row in writers.c.

libreports_a_SOURCES = reports/writers.c reports/report.h reports/view.c reports/view.h \
  reports/numbers.c reports/numbers.h reports/words.h reports/alloc.h reports/assets.h \
  reports/text.c reports/markdown.c reports/csv.c reports/html.c reports/latex.c reports/svg.c \
  reports/figures.c reports/figure_curve.c reports/figures.h reports/plot.c reports/plot.h \
  reports/compare.c reports/compare.h reports/findings.c reports/benchmark.c reports/markup.h \
  reports/choose.c reports/choose.h

# Style and script of the page, as C strings: reports/page.css becomes page_css[] in reports/page_css.c.
REPORT_ASSETS = reports/figure_css.c reports/page_css.c reports/page_js.c
nodist_libreports_a_SOURCES = $(REPORT_ASSETS)
reports/figure_css.c: reports/figure.css tools/embed.sh
	$(AM_V_GEN)$(MKDIR_P) reports && sh $(srcdir)/tools/embed.sh figure_css \
	  $(srcdir)/reports/figure.css > $@.new && mv $@.new $@
reports/page_css.c: reports/page.css tools/embed.sh
	$(AM_V_GEN)$(MKDIR_P) reports && sh $(srcdir)/tools/embed.sh page_css \
	  $(srcdir)/reports/page.css > $@.new && mv $@.new $@
reports/page_js.c: reports/page.js tools/embed.sh
	$(AM_V_GEN)$(MKDIR_P) reports && sh $(srcdir)/tools/embed.sh page_js \
	  $(srcdir)/reports/page.js > $@.new && mv $@.new $@
BUILT_SOURCES += $(REPORT_ASSETS)
CLEANFILES += $(REPORT_ASSETS)
EXTRA_DIST += reports/sources.mk reports/figure.css reports/page.css reports/page.js

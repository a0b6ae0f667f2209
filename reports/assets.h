/* assets.h -- style and script of pages and figures: figure.css, page.css and page.js, embedded
 * when the program is built by tools/embed.sh. */
#ifndef REPORTS_ASSETS_H
#define REPORTS_ASSETS_H

extern const char figure_css[], page_css[], page_js[];

#endif

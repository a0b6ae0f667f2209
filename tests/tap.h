/* tap.h -- the Test Anything Protocol for our C tests; automake's tap-driver.sh reads it.
 *
 *     int main(void) { ok(1 + 1 == 2, "adds"); return done_testing(); }
 *
 * A failing line says what was found: ok() takes a printf format for the name of the test, so put
 * the values in it.
 */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static int tap_run, tap_failed;

__attribute__((format(printf, 2, 3), unused)) static bool ok(bool passed, const char *name, ...)
{
    va_list ap;
    printf("%sok %d - ", passed ? "" : "not ", ++tap_run);
    va_start(ap, name);
    vprintf(name, ap);
    va_end(ap);
    putchar('\n');
    fflush(stdout);
    tap_failed += !passed;
    return passed;
}

__attribute__((format(printf, 1, 2), unused)) static void skip(const char *why, ...)
{
    va_list ap;
    printf("ok %d # SKIP ", ++tap_run);
    va_start(ap, why);
    vprintf(why, ap);
    va_end(ap);
    putchar('\n');
    fflush(stdout);
}

__attribute__((unused)) static int done_testing(void)
{
    printf("1..%d\n", tap_run);
    return tap_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif

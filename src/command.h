/* command.h -- what the commands share: how they are found, how they end, how they say what is
 * wrong.
 *
 * To add a command: src/cmd_NAME.c, a row in main.c, a line in Makefile.am.
 */
#ifndef SRC_COMMAND_H
#define SRC_COMMAND_H

#include <argp.h>

/* Exit codes; relied on by CI. */
enum {
    EXIT_HELD = 0,         /* all held */
    EXIT_BROKEN = 1,       /* a promise was broken, a regression found */
    EXIT_USAGE = 2,        /* bad usage or bad input */
    EXIT_INCOMPARABLE = 3, /* nothing matched, nothing this machine can run, cannot be compared */
    EXIT_INCONCLUSIVE = 4
};

/* Each gets the words after its own name: argv[0] is "actulp check". */
typedef int command_fn(int argc, char **argv);
command_fn cmd_list, cmd_eval, cmd_check, cmd_bench, cmd_run, cmd_merge, cmd_report, cmd_compare,
    cmd_choose, cmd_export, cmd_baseline, cmd_versus;

/* "actulp COMMAND: message" on stderr, and the end with EXIT_USAGE (or CODE). */
__attribute__((noreturn, format(printf, 1, 2))) void die_usage(const char *format, ...);
__attribute__((noreturn, format(printf, 2, 3))) void die(int code, const char *format, ...);
/* The same without the end: a warning. */
__attribute__((format(printf, 1, 2))) void warn(const char *format, ...);

/* The command line as it was given, quoted for a shell. malloc'ed. */
char *command_line(void);

/* argp_parse with our exit code, --version and error style; words that are negative numbers are
 * arguments, not options. */
void command_parse(const struct argp *argp, int argc, char **argv, void *input);

#endif

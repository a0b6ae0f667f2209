/* main.c -- actulp: finds the command and runs it. */
#include "config.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "mem.h"

static const struct command {
    const char *name;
    command_fn *run;
    const char *about;
} commands[] = {
    {"list", cmd_list, "functions, kernels, and what this machine can run"},
    {"eval", cmd_eval, "the exact value at some inputs, and every kernel's answer"},
    {"check", cmd_check, "accuracy, shape and contract of kernels"},
    {"bench", cmd_bench, "speed of kernels"},
    {"run", cmd_run, "check and bench: the main job"},
    {"merge", cmd_merge, "the parts of a sharded sweep into one result"},
    {"report", cmd_report, "a readable report from a result file"},
    {"compare", cmd_compare, "what got worse between two results"},
    {"baseline", cmd_baseline, "the committed figures: save, show, update, check"},
    {"versus", cmd_versus, "two builds of a library, compared in one process"},
    {"choose", cmd_choose, "the kernel to use, and why not the others"},
    {"export", cmd_export, "a kernel as one C file to take home"},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

const char *argp_program_version = "actulp " ACTULP_VERSION;
static const char *running = "actulp";
static int whole_argc;
static char **whole_argv;

static void vwarn(const char *format, va_list ap)
{
    fflush(stdout);
    fprintf(stderr, "%s: ", running);
    vfprintf(stderr, format, ap);
    fputc('\n', stderr);
}

void warn(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vwarn(format, ap);
    va_end(ap);
}

void die(int code, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vwarn(format, ap);
    va_end(ap);
    exit(code);
}

void die_usage(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vwarn(format, ap);
    va_end(ap);
    exit(EXIT_USAGE);
}

static bool plain_word(const char *s)
{
    if (!*s)
        return false;
    for (; *s; s++)
        if (!isalnum((unsigned char)*s) && !strchr("-_./=:,+@%", *s))
            return false;
    return true;
}

char *command_line(void)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        mem_exhausted();
    for (int i = 0; i < whole_argc; i++) {
        const char *word = i ? whole_argv[i] : "actulp";
        if (i)
            fputc(' ', out);
        if (plain_word(word)) {
            fputs(word, out);
            continue;
        }
        fputc('\'', out);
        for (; *word; word++)
            fputs(*word == '\'' ? "'\\''" : (char[]){*word, 0}, out);
        fputc('\'', out);
    }
    if (fclose(out))
        mem_exhausted();
    return text;
}

static bool negative_number(const char *s)
{
    return s[0] == '-' && (isdigit((unsigned char)s[1]) || s[1] == '.' || !strcmp(s + 1, "inf") ||
                           !strcmp(s + 1, "nan") || !strcmp(s + 1, "infinity"));
}

void command_parse(const struct argp *argp, int argc, char **argv, void *input)
{
    /* A leading blank keeps argp from taking -89 for options; strtod skips it. */
    for (int i = 1; i < argc; i++)
        if (negative_number(argv[i]))
            argv[i] = xasprintf(" %s", argv[i]);
    argp_err_exit_status = EXIT_USAGE;
    argp_parse(argp, argc, argv, 0, NULL, input);
}

static int help(FILE *out)
{
    fputs("Usage: actulp COMMAND [ARGUMENT...]\n"
          "Measures implementations of neural-network activation functions: accuracy, proved\n"
          "against MPFR, and speed.\n\nCommands:\n",
          out);
    for (int i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].about);
    fputs("\nA kernel is named FUNCTION/DTYPE/METHOD/ISA, as sigmoid/f32/poly/avx2; the beginning\n"
          "of a name stands for all that begin so, and * ? [] are globs ('*/f32/poly/*').\n"
          "actulp COMMAND --help tells more.  Exit codes: 0 all held, 1 a promise was broken,\n"
          "2 bad usage or input, 3 nothing to measure or compare, 4 inconclusive.\n",
          out);
    return out == stdout ? EXIT_HELD : EXIT_USAGE;
}

int main(int argc, char **argv)
{
    whole_argc = argc;
    whole_argv = xcalloc((size_t)argc + 1, sizeof *whole_argv);
    for (int i = 0; i < argc; i++)
        whole_argv[i] = argv[i];
    if (argc < 2)
        return help(stderr);
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
        return help(stdout);
    if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
        puts(argp_program_version);
        return EXIT_HELD;
    }
    for (int i = 0; i < COMMANDS; i++)
        if (!strcmp(argv[1], commands[i].name)) {
            running = xasprintf("actulp %s", argv[1]);
            argv[1] = (char *)running;
            int code = commands[i].run(argc - 1, argv + 1);
            if (fflush(stdout) || ferror(stdout))
                die(EXIT_USAGE, "standard output: cannot write");
            return code;
        }
    die_usage("unknown command `%s'; actulp --help lists them", argv[1]);
}

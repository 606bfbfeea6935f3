/* options.h - the command line: one table of commands, one of options; parsing and help read the same */
#ifndef SINTER_OPTIONS_H
#define SINTER_OPTIONS_H

#include "diag.h"

#include <stdio.h>

typedef enum Command {
    CMD_BUILD, CMD_EMIT, CMD_CHECK, CMD_EVAL, CMD_IMPORT, CMD_EXPLAIN, CMD_RUN, CMD_DRAW, CMD_WEIGHTS, CMD_CHECK_WEIGHTS,
    CMD_CHECK_PLAN,
    CMD_REPL, CMD_COUNT_, CMD_NONE = CMD_COUNT_
} Command;

typedef struct Options {
    Command command;
    const char *model; /* .sinter or .rasp file, or directory */
    const char *model_dir, *out, *directory, *in, *dump, *threads, *completion, *target, *arch, *gemm, *forms, *numbers, *plan;
    const char *weights, *embeddings; /* of a program that is imported */
    const char *only;         /* name of a RASP value */
    const char *text_input;   /* CMD_DRAW */
    const char *vocab, *max_length, *all_up_to, *random, *seed; /* CMD_WEIGHTS, CMD_CHECK_WEIGHTS */
    const char *texts, *max_error; /* CMD_CHECK_PLAN */
    const char *const *input; /* the words behind the model are input[1..inputs] */
    int inputs;
    int freestanding, inline_weights, no_recognise, no_forms, json, trace, count, normal, text, man, help, version;
} Options;

/* Reads argv. On bad ones an error in `d`, with what was meant. */
void options_read(Options *options, Diag *d, int argc, char **argv);
/* What the file --plan says, as far as the command line did not. */
void options_plan(Options *options, Arena *arena, Diag *d);
void options_help(Command command, FILE *out); /* CMD_NONE: the overview */
void options_man(FILE *out);
void options_completion(const char *shell, FILE *out); /* "bash", "zsh", "fish" */

#endif

/* command.h - what the commands of sinter do with a model */
#ifndef SINTER_COMMAND_H
#define SINTER_COMMAND_H

#include "check.h"
#include "graph.h"
#include "options.h"

typedef struct Library {
    const Source *at[64];
    int n;
} Library;

Library command_library(Arena *arena);                             /* the texts that the compiler carries */
const char *command_folder(Arena *arena, const Options *options);  /* where config, weights and tokenizer are */

enum { TEXT_LIMIT = 16 << 20 };

int command_is_rasp(const Options *options);
Graph *command_rasp(Arena *arena, Diag *d, const Options *options, const Source *text);
struct RaspProgram *command_program(Arena *arena, Diag *d, const Options *options, const Source *text); /* NULL after reporting */
void command_weights(Arena *arena, Diag *d, const Options *options, FILE *out); /* weights, check-weights */
void command_run_rasp(Arena *arena, Diag *d, const Options *options); /* run, draw */
void command_console(Arena *arena, const Options *options);
int command_wants_console(void); /* `sinter` alone, at a terminal */
void command_import(Arena *arena, Diag *d, const Options *options);
void command_emit(Arena *arena, Diag *d, const Options *options, const Graph *graph);    /* emit, and build */
void command_check_plan(Arena *arena, Diag *d, const Options *options, const Graph *graph, FILE *out);
void command_explain(Arena *arena, Diag *d, const Options *options, const Graph *graph);
void command_dump(Arena *arena, Diag *d, const Options *options, Graph *graph);          /* of a stage behind the text */

#endif

/* options_table.h - what the command line knows: one table of commands and one of options feed the parser, help, manual and completions */
#ifndef SINTER_OPTIONS_TABLE_H
#define SINTER_OPTIONS_TABLE_H

#include "options.h"

#include <stddef.h>

typedef struct CommandRow {
    const char *name, *argument, *summary;
    int words; /* that may stand behind the model */
} CommandRow;

typedef struct OptionRow {
    const char *name;
    char letter;
    const char *value;   /* what stands for it in the help; NULL: a switch */
    unsigned commands;   /* bits, FOR(CMD_NONE): without a command */
    size_t field;        /* in Options */
    const char *allowed; /* the words a value may be, or "1" for a number from 1, "0" for one from 0; NULL: anything */
    const char *help;
} OptionRow;

#define FOR(command) (1u << (command))
#define PLANNED (1u << 31) /* beside commands: it may stand in a .plan file */

extern const CommandRow command_table[CMD_COUNT_];
extern const OptionRow option_table[];
extern const int option_rows;

/* Is this value one of those that are allowed? Anything else is reported, at `span`. */
int option_allows(const OptionRow *option, Diag *d, Span span, const char *value);

static inline int option_serves(const OptionRow *option, Command command)
{
    return (option->commands & FOR(command)) != 0;
}

#endif

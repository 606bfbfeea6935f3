#include "options_table.h"

#include <string.h>

static int is_named(const OptionRow *option, const char *text, size_t length)
{
    return strlen(option->name) == length && strncmp(option->name, text, length) == 0;
}

static const OptionRow *find(Command which, const char *text, size_t length)
{
    for (int i = 0; i < option_rows; i++) {
        if (option_serves(&option_table[i], which) && is_named(&option_table[i], text, length)) {
            return &option_table[i];
        }
    }
    return NULL;
}

static const OptionRow *find_letter(Command which, char letter)
{
    for (int i = 0; i < option_rows; i++) {
        if (letter && option_table[i].letter == letter && option_serves(&option_table[i], which)) {
            return &option_table[i];
        }
    }
    return NULL;
}

/* "'sinter build' and 'sinter emit'" */
static const char *owners(Arena *arena, unsigned commands)
{
    const char *text = "";
    commands &= ~PLANNED;
    for (int i = 0; i < CMD_COUNT_; i++) {
        if (commands & FOR(i)) {
            text = arena_printf(arena, "%s%s'sinter %s'", text, *text ? commands >> (i + 1) ? ", " : " and " : "", command_table[i].name);
        }
    }
    return text;
}

/* Of all options of this name. */
static unsigned commands_of(const char *name)
{
    unsigned commands = 0;
    for (int i = 0; i < option_rows; i++) {
        commands |= strcmp(option_table[i].name, name) == 0 ? option_table[i].commands : 0;
    }
    return commands;
}

static void unknown(Diag *d, Command which, const char *arg)
{
    Str *names = arena_array(d->arena, Str, option_rows);
    int n = 0;
    const char *equals = strchr(arg, '=');
    const size_t length = equals ? (size_t)(equals - arg) : strlen(arg);
    diag_error(d, (Span){0}, "unknown option '%.*s'", (int)length, arg);
    for (int i = 0; i < option_rows; i++) {
        if (length > 2 && is_named(&option_table[i], arg + 2, length - 2)) {
            if (which == CMD_NONE) {
                diag_hint(d, "the command stands first: sinter COMMAND ... --%s", option_table[i].name);
            } else {
                diag_hint(d, "it belongs to %s", owners(d->arena, commands_of(option_table[i].name)));
            }
            return;
        }
        if (option_serves(&option_table[i], which)) {
            names[n++] = str_format("--%s", option_table[i].name);
        }
    }
    diag_did_you_mean(d, str_of_n(arg, length), names, n);
}

int option_allows(const OptionRow *o, Diag *d, Span span, const char *value)
{
    const size_t n = strlen(value);
    if (!n) {
        diag_error(d, span, "'--%s' needs a value: %s", o->name, o->value);
        return 0;
    }
    if (!o->allowed) {
        return 1;
    }
    if (strcmp(o->allowed, "1") == 0 || strcmp(o->allowed, "0") == 0) {
        const int positive = o->allowed[0] == '1', digits = strspn(value, "0123456789") == n;
        const int number = digits && (positive ? n < 5 && value[0] != '0' : n < 10);
        if (!number) {
            diag_error(d, span, "'--%s=%s' is not a number from %s", o->name, value, positive ? "1 to 9999" : "0 to 999999999");
        }
        return number;
    }
    Str word[8];
    int words = 0;
    for (const char *at = o->allowed; *at; at += strspn(at, " ")) {
        const size_t size = strcspn(at, " ");
        if (size == n && strncmp(at, value, n) == 0) {
            return 1;
        }
        word[words++] = str_of_n(at, size);
        at += size;
    }
    diag_error(d, span, "'--%s=%s' is none of: %s", o->name, value, o->allowed);
    diag_did_you_mean(d, value, word, words);
    return 0;
}

/* One option at argv[*i]; its value may be the next argument. */
static void read_option(Options *o, Diag *d, int argc, char **argv, int *i)
{
    const char *arg = argv[*i], *value = NULL;
    const OptionRow *found;
    if (arg[1] == '-') {
        const char *equals = strchr(arg, '=');
        found = find(o->command, arg + 2, equals ? (size_t)(equals - arg - 2) : strlen(arg + 2));
        value = equals ? equals + 1 : NULL;
    } else {
        found = find_letter(o->command, arg[1]);
        value = arg[1] && arg[2] ? arg + 2 : NULL;
    }
    if (!found) {
        unknown(d, o->command, arg);
        return;
    }
    void *field = (char *)o + found->field;
    if (!found->value) {
        if (value) {
            diag_error(d, (Span){0}, "'--%s' takes no value", found->name);
        }
        *(int *)field = 1;
        return;
    }
    if (!value && *i + 1 < argc) {
        value = argv[++*i];
    }
    if (!value) {
        diag_error(d, (Span){0}, "'--%s' needs a value: %s", found->name, found->value);
        return;
    }
    if (option_allows(found, d, (Span){0}, value)) {
        *(const char **)field = value;
    }
}

static Command command_of(Diag *d, const char *name)
{
    Str names[CMD_COUNT_];
    for (int i = 0; i < CMD_COUNT_; i++) {
        names[i] = str_of(command_table[i].name);
        if (strcmp(command_table[i].name, name) == 0) {
            return (Command)i;
        }
    }
    diag_error(d, (Span){0}, "unknown command '%s'", name);
    diag_did_you_mean(d, name, names, CMD_COUNT_);
    return CMD_NONE;
}

void options_read(Options *o, Diag *d, int argc, char **argv)
{
    *o = (Options){.command = CMD_NONE};
    int named = 0, plain = 0;
    for (int i = 1; i < argc && d->errors == 0; i++) {
        if (!plain && strcmp(argv[i], "--") == 0) {
            plain = 1;
        } else if (!plain && argv[i][0] == '-' && argv[i][1]) {
            read_option(o, d, argc, argv, &i);
        } else if (!named) {
            o->command = command_of(d, argv[i]);
            named = 1;
        } else if (!o->model) {
            o->model = argv[i];
            o->input = (const char *const *)argv + i; /* the inputs are moved up behind it */
        } else if (o->command != CMD_NONE && o->inputs < command_table[o->command].words) {
            argv[o->input - (const char *const *)argv + ++o->inputs] = argv[i];
        } else {
            diag_error(d, (Span){0}, "one model at a time: '%s' and '%s'", o->model, argv[i]);
        }
    }
    if (d->errors == 0 && !o->help && !o->version && o->command != CMD_NONE && o->command != CMD_REPL && !o->model) {
        diag_error(d, (Span){0}, "'sinter %s' needs a model: sinter %s %s", command_table[o->command].name, command_table[o->command].name,
                   command_table[o->command].argument);
    }
}

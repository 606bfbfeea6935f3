#include "options.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name, *argument, *summary;
} command[CMD_COUNT_] = {
    [CMD_BUILD] = {"build", "MODEL -o FILE", "compile a model to one executable"},
    [CMD_EMIT] = {"emit", "MODEL -d DIR", "write the C sources of a model"},
    [CMD_CHECK] = {"check", "MODEL", "read a model and its weights, report everything that is wrong"},
    [CMD_EVAL] = {"eval", "MODEL --in FILE --out FILE", "evaluate in double precision, the reference of everything else"},
    [CMD_IMPORT] = {"import", "DIR", "print the model text that serves a Hugging Face directory"},
    [CMD_EXPLAIN] = {"explain", "MODEL", "say what each function computes, costs and stores"},
};

#define FOR(c) (1u << (c))
enum { ANY = FOR(CMD_COUNT_) - 1, SOURCES = FOR(CMD_BUILD) | FOR(CMD_EMIT) };

typedef struct Option {
    const char *name;
    char letter;
    const char *value; /* NULL: a switch */
    unsigned commands;
    size_t field;
    const char *help;
} Option;

static const Option option[] = {
    {"output", 'o', "FILE", FOR(CMD_BUILD) | FOR(CMD_IMPORT), offsetof(Options, out), "where the result goes"},
    {"directory", 'd', "DIR", SOURCES, offsetof(Options, directory), "where the sources go (build: keep them there)"},
    {"model-dir", 0, "DIR", ANY, offsetof(Options, model_dir), "where config, weights and tokenizer are (default: beside the text)"},
    {"in", 0, "FILE", FOR(CMD_EVAL), offsetof(Options, in), "safetensors with tensors <k>/<input>"},
    {"out", 0, "FILE", FOR(CMD_EVAL), offsetof(Options, out), "safetensors with tensors <k>/<output>"},
    {"threads", 0, "N", SOURCES, offsetof(Options, threads), "1: leave threads out of the binary (default: it takes --threads itself)"},
    {"freestanding", 0, NULL, SOURCES, offsetof(Options, freestanding), "C that needs nothing but memcpy and memset; no command line"},
    {"inline-weights", 0, NULL, SOURCES, offsetof(Options, inline_weights), "weights as C initialisers, up to 4 MB, instead of .incbin"},
    {"dump", 0, "STAGE", FOR(CMD_CHECK), offsetof(Options, dump), "print what a stage made: ast, graph, plan"},
    {"json", 0, NULL, FOR(CMD_EXPLAIN), offsetof(Options, json), "as JSON"},
    {"help", 'h', NULL, ANY, offsetof(Options, help), "this text"},
    {"version", 0, NULL, ANY, offsetof(Options, version), "the compiler's version"},
};
enum { OPTIONS = sizeof option / sizeof *option };

void options_help(Command which, FILE *out)
{
    if (which >= CMD_COUNT_) {
        fputs("sinter compiles a model - equations, weights and a tokenizer - to C sources or one executable.\n\n"
              "usage: sinter COMMAND ...\n\n",
              out);
        for (int i = 0; i < CMD_COUNT_; i++) {
            fprintf(out, "  %-8s %-28s %s\n", command[i].name, command[i].argument, command[i].summary);
        }
        fputs(
            "\nMODEL is a .sinter text, or a directory as Hugging Face writes them.\n'sinter COMMAND --help' lists a command's options.\n",
            out);
        return;
    }
    fprintf(out, "usage: sinter %s %s [options]\n%s\n\n", command[which].name, command[which].argument, command[which].summary);
    for (int i = 0; i < OPTIONS; i++) {
        if (option[i].commands & FOR(which)) {
            char left[64];
            snprintf(left, sizeof left, "%c%c%s--%s%s%s", option[i].letter ? '-' : ' ', option[i].letter ? option[i].letter : ' ',
                     option[i].letter ? ", " : "  ", option[i].name, option[i].value ? "=" : "", option[i].value ? option[i].value : "");
            fprintf(out, "  %-26s %s\n", left, option[i].help);
        }
    }
}

static const Option *find(Command which, const char *text, size_t length)
{
    for (int i = 0; i < OPTIONS; i++) {
        const int takes = which >= CMD_COUNT_ ? option[i].commands == ANY : (option[i].commands & FOR(which)) != 0;
        const int is_long = strlen(option[i].name) == length && strncmp(option[i].name, text, length) == 0;
        if (takes && is_long) {
            return &option[i];
        }
    }
    return NULL;
}

static const Option *find_letter(Command which, char letter)
{
    for (int i = 0; i < OPTIONS; i++) {
        if (letter && option[i].letter == letter && (which >= CMD_COUNT_ || (option[i].commands & FOR(which)))) {
            return &option[i];
        }
    }
    return NULL;
}

static void unknown(Diag *d, Command which, const char *arg)
{
    Str names[OPTIONS];
    int n = 0;
    for (int i = 0; i < OPTIONS; i++) {
        if (which >= CMD_COUNT_ || (option[i].commands & FOR(which))) {
            names[n++] = str_format("--%s", option[i].name);
        }
    }
    const char *equals = strchr(arg, '=');
    diag_error(d, (Span){0}, "unknown option '%s'", arg);
    diag_did_you_mean(d, equals ? str_of_n(arg, (size_t)(equals - arg)) : arg, names, n);
}

/* One option at argv[*i]; its value may be the next argument. */
static void read_option(Options *o, Diag *d, int argc, char **argv, int *i)
{
    const char *arg = argv[*i], *value = NULL;
    const Option *found;
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
    *(const char **)field = value;
}

static Command command_of(Diag *d, const char *name)
{
    Str names[CMD_COUNT_];
    for (int i = 0; i < CMD_COUNT_; i++) {
        names[i] = str_of(command[i].name);
        if (strcmp(command[i].name, name) == 0) {
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
        } else {
            diag_error(d, (Span){0}, "one model at a time: '%s' and '%s'", o->model, argv[i]);
        }
    }
    if (d->errors == 0 && !o->help && !o->version && o->command != CMD_NONE && !o->model) {
        diag_error(d, (Span){0}, "'sinter %s' needs a model: %s %s", command[o->command].name, command[o->command].name,
                   command[o->command].argument);
    }
}

/* What the tables of the command line say to people, to man and to shells. */
#include "options_table.h"

#include <stdio.h>
#include <string.h>

static const char about[] = "compiles a model - equations, weights and a tokenizer - to C sources or one executable";

/* "-o, --output=FILE" */
static void print_left(const OptionRow *o, char *left, size_t size)
{
    snprintf(left, size, "%c%c%s--%s%s%s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ', o->letter ? ", " : "  ", o->name,
             o->value ? "=" : "", o->value ? o->value : "");
}

static void print_options(Command which, FILE *out)
{
    for (int i = 0; i < option_rows; i++) {
        if (option_serves(&option_table[i], which)) {
            char left[64];
            print_left(&option_table[i], left, sizeof left);
            fprintf(out, "  %-26s %s\n", left, option_table[i].help);
        }
    }
}

void options_help(Command which, FILE *out)
{
    if (which != CMD_NONE) {
        const CommandRow *row = &command_table[which];
        fprintf(out, "usage: sinter %s%s%s [options]\n%s\n\n", row->name, *row->argument ? " " : "", row->argument, row->summary);
        print_options(which, out);
        return;
    }
    fprintf(out, "sinter %s.\n\nusage: sinter COMMAND ...\n\n", about);
    for (int i = 0; i < CMD_COUNT_; i++) {
        const CommandRow *row = &command_table[i];
        const int wide = strlen(row->name) > 8 || strlen(row->argument) > 28; /* what it does stands below */
        fprintf(out, wide ? "  %-8s %s\n%39s %s\n" : "  %-8s %-28s%s %s\n", row->name, row->argument, "", row->summary);
    }
    fputs("\n", out);
    print_options(which, out);
    fputs("\nMODEL is a .sinter or .rasp text, or a directory as Hugging Face writes them.\n"
          "'sinter COMMAND --help' lists a command's options.\n",
          out);
}

/* ---- man ---- */

/* A hyphen of roff may become another character; what a person types is a minus. */
static void print_roff(const char *text, FILE *out)
{
    for (; *text; text++) {
        fputs(*text == '-' ? "\\-" : *text == '\\' ? "\\e" : (const char[]){*text, 0}, out);
    }
}

static void man_options(Command which, FILE *out)
{
    for (int i = 0; i < option_rows; i++) {
        const OptionRow *o = &option_table[i];
        if (option_serves(o, which) && (which == CMD_NONE || !option_serves(o, CMD_NONE))) {
            char left[64];
            print_left(o, left, sizeof left);
            fputs(".TP\n.B ", out);
            print_roff(left + strspn(left, " "), out);
            fputs("\n", out);
            print_roff(o->help, out);
            fputs("\n", out);
        }
    }
}

void options_man(FILE *out)
{
    fprintf(out, ".TH SINTER 1 \"\" \"sinter %s\"\n.SH NAME\nsinter \\- a compiler from equations to C\n", SINTER_VERSION);
    fputs(".SH SYNOPSIS\n.B sinter\n.I COMMAND MODEL\n[\\fIoption\\fR ...]\n.SH DESCRIPTION\n.B sinter\n", out);
    print_roff(about, out);
    fputs(".\n.I MODEL\nis a .sinter or .rasp text, or a directory as Hugging Face writes them.\n", out);
    man_options(CMD_NONE, out);
    for (int i = 0; i < CMD_COUNT_; i++) {
        const CommandRow *row = &command_table[i];
        fprintf(out, ".SH SINTER %s\n.B sinter %s\n.I ", row->name, row->name);
        print_roff(row->argument, out);
        fputs("\n.P\n", out);
        print_roff(row->summary, out);
        fputs(".\n", out);
        man_options((Command)i, out);
    }
    fputs(".SH EXIT STATUS\n0: all is well. 1: what was given is not. 2: the compiler is not.\n"
          ".SH ENVIRONMENT\n.TP\n.B CC\nthe C compiler of sinter build, with options if need be (default: cc)\n"
          ".TP\n.B TMPDIR\nwhere sinter build puts sources that are not to stay (default: /tmp)\n",
          out);
}

/* ---- completions ---- */

static void print_words(Command which, FILE *out)
{
    const char *space = "";
    for (int i = 0; i < option_rows; i++) {
        const OptionRow *o = &option_table[i];
        if (option_serves(o, which)) {
            fprintf(out, "%s--%s%s", space, o->name, o->value ? "=" : "");
            space = " ";
        }
    }
}

static void print_bash(FILE *out)
{
    fputs("_sinter() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} words=\n"
          "    case $COMP_CWORD-${COMP_WORDS[1]} in\n"
          "    1-*) words='",
          out);
    for (int i = 0; i < CMD_COUNT_; i++) {
        fprintf(out, "%s ", command_table[i].name);
    }
    print_words(CMD_NONE, out);
    fputs("' ;;\n", out);
    for (int i = 0; i < CMD_COUNT_; i++) {
        fprintf(out, "    *-%s) [[ $word == -* ]] && words='", command_table[i].name);
        print_words((Command)i, out);
        fputs("' ;;\n", out);
    }
    fputs("    esac\n"
          "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
          "    [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
          "}\n"
          "complete -o default -F _sinter sinter\n",
          out);
}

static void print_fish(FILE *out)
{
    for (int i = 0; i < CMD_COUNT_; i++) {
        fprintf(out, "complete -c sinter -n __fish_use_subcommand -a %s -d '%s'\n", command_table[i].name, command_table[i].summary);
    }
    for (int which = 0; which <= CMD_NONE; which++) {
        for (int i = 0; i < option_rows; i++) {
            const OptionRow *o = &option_table[i];
            if (!option_serves(o, (Command)which)) {
                continue;
            }
            const int alone = which == CMD_NONE;
            fprintf(out, "complete -c sinter -n %s%s%s -l %s", alone ? "__fish_use_subcommand" : "'__fish_seen_subcommand_from ",
                    alone ? "" : command_table[which].name, alone ? "" : "'", o->name);
            if (o->letter) {
                fprintf(out, " -s %c", o->letter);
            }
            fputs(o->value ? " -r" : "", out);
            if (o->allowed && strcmp(o->allowed, "1") != 0) {
                fprintf(out, " -a '%s'", o->allowed);
            }
            fputs(" -d '", out);
            for (const char *c = o->help; *c; c++) {
                fprintf(out, *c == '\'' ? "\\%c" : "%c", *c);
            }
            fputs("'\n", out);
        }
    }
}

void options_completion(const char *shell, FILE *out)
{
    if (strcmp(shell, "fish") == 0) {
        print_fish(out);
        return;
    }
    if (strcmp(shell, "zsh") == 0) {
        fputs("autoload -U +X bashcompinit && bashcompinit\n", out);
    }
    print_bash(out);
}

/* files.c - what a directory gets: text, weights, configuration, tokenizer; all or none */
#include "stack.h"

#include "../../outfile.h"
#include "../../tokenizer/tokenizer.h"
#include "../../value.h"

#include <string.h>
#include <unistd.h>

/* ---- which texts a tokenizer can tell apart ------------------------------------------------------------------------------------------ */

static int characters(const char *text)
{
    int n = 0;
    for (; *text; text++) {
        n += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return n;
}

int vocab_is_characters(const Transformer *t)
{
    int all = 1;
    for (int i = 0; i < t->vocab.n && all; i++) {
        all = characters(atom_str_of(t->arena, &t->vocab.at[i])) == 1;
    }
    return all;
}

/* Tokens that are words stand with spaces between them, so nothing of theirs may be a space, or a mark that splits a word. */
int vocab_has_text(const Transformer *t)
{
    const int single = vocab_is_characters(t);
    int fine = 1;
    for (int i = 0; i < t->vocab.n && fine; i++) {
        const char *text = atom_str_of(t->arena, &t->vocab.at[i]);
        fine = text[0] != 0 && strlen(text) <= 100;
        for (const char *c = text; *c && fine; c++) {
            const int word = (*c >= '0' && *c <= '9') || ((*c | 32) >= 'a' && (*c | 32) <= 'z');
            fine = single ? (unsigned char)*c > ' ' && *c != 127 && strcmp(text, "\xC2\xA0") != 0 : word;
        }
    }
    return fine;
}

/* ---- JSON -------------------------------------------------------------------------------------------------------------------------- */

static void atoms_json(Arena *arena, const Atoms *set, int as_text, FILE *out)
{
    fputc('[', out);
    for (int i = 0; i < set->n; i++) {
        const Atom *a = &set->at[i];
        fputs(i ? ", " : "", out);
        if (a->type == ATOM_STR || as_text) {
            value_print_string(atom_str_of(arena, a), out);
        } else {
            fputs(a->type == ATOM_BOOL ? (a->integer ? "true" : "false") : atom_str_of(arena, a), out);
        }
    }
    fputc(']', out);
}

static void config_write(const Stack *s, FILE *out)
{
    const Transformer *t = s->t;
    int labels = 0;
    fputs("{\n  \"vocab\": ", out);
    atoms_json(t->arena, &t->vocab, 0, out);
    fprintf(out, ",\n  \"max_length\": %d", t->longest);
    for (int i = 0; i < t->result.n; i++) {
        const Result *r = &t->result.at[i];
        if (r->labels) {
            fprintf(out, "%s\n    \"%s\": ", labels++ ? "," : ",\n  \"labels\": {", r->name);
            atoms_json(t->arena, &r->value, 1, out);
        }
    }
    fprintf(out, "%s\n}\n", labels ? "\n  }" : "");
}

static void tokenizer_file_write(const Stack *s, FILE *out)
{
    const Transformer *t = s->t;
    Str *token = arena_array(t->arena, Str, t->vocab.n + 1);
    for (int i = 0; i < t->vocab.n; i++) {
        token[i] = str_of(atom_str_of(t->arena, &t->vocab.at[i]));
    }
    tokenizer_write(t->arena, token, t->vocab.n, vocab_is_characters(t), out);
}

/* ---- all of them ------------------------------------------------------------------------------------------------------------------- */

typedef void WriteText(const Stack *s, FILE *out);

static int text_file(const Stack *s, Diag *d, OutFiles *files, const char *name, WriteText *write)
{
    OutFile *out = outfiles_open(files, s->t->arena, d, arena_printf(s->t->arena, "%s/%s", s->t->options->directory, name));
    if (out) {
        write(s, out->stream);
    }
    return out != NULL;
}

static int weights_file(const Stack *s, Diag *d, OutFiles *files)
{
    OutFile *out = outfiles_open(files, s->t->arena, d, arena_printf(s->t->arena, "%s/model.safetensors", s->t->options->directory));
    return out && safetensors_put(s->t->arena, d, out, s->item.at, s->item.n);
}

int files_write(const Stack *s, Diag *d)
{
    OutFiles files = {0};
    const char *directory = s->t->options->directory;
    const int made = outfile_directory(d, directory);
    const int good = made >= 0 && weights_file(s, d, &files) && text_file(s, d, &files, "config.json", config_write) &&
                     (!vocab_has_text(s->t) || text_file(s, d, &files, "tokenizer.json", tokenizer_file_write)) &&
                     text_file(s, d, &files, "model.sinter", text_write) && outfiles_keep(&files, d);
    if (!good) {
        outfiles_drop(&files);
        if (made > 0) {
            rmdir(directory);
        }
    }
    return good;
}

int weights_write(RaspProgram *p, Arena *arena, const RaspValue *value, const WeightsOptions *options)
{
    Transformer *t = transformer_of(p, arena, value, options);
    const Stack *s = t ? stack_of(t) : NULL;
    return s && files_write(s, p->d);
}

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

/* What a reader of texts takes for a space, or for nothing. */
static int has_space(const char *text)
{
    static const char *const wide[] = {"\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\xA8", "\xE2\x80\xA9",
                                       "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};
    const char *quad = strstr(text, "\xE2\x80"); /* U+2000 to U+200D */
    int any = quad && (unsigned char)quad[2] < 0x8E;
    for (const char *c = text; *c && !any; c++) {
        any = (unsigned char)*c <= ' ' || *c == 127;
    }
    for (size_t i = 0; i < sizeof wide / sizeof *wide && !any; i++) {
        any = strstr(text, wide[i]) != NULL;
    }
    return any;
}

int vocab_has_text(const Transformer *t)
{
    enum { LONGEST = 100 };
    int fine = 1;
    for (int i = 0; i < t->vocab.n && fine; i++) {
        const char *text = atom_str_of(t->arena, &t->vocab.at[i]);
        fine = text[0] != 0 && strlen(text) <= LONGEST && !has_space(text);
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
    if (vocab_is_characters(t)) {
        tokenizer_write_characters(t->arena, token, t->vocab.n, out);
    } else {
        tokenizer_write_words(t->arena, token, t->vocab.n, out);
    }
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

/* What a program becomes: a model text, its tables, its classes and its words. */
#include "program.h"

#include "../outfile.h"
#include "../value.h"
#include "../weights/safetensors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the text ---------------------------------------------------------------------------------------------------------------------- */

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Where the class of an end stands; behind those that have scores if it has none. */
static int class_of(Import *m, const End *end, Names *classes)
{
    for (int i = 0; i < classes->at.n; i++) {
        if (classes->at.at[i].text == end->as) {
            return i;
        }
    }
    const Cell cell = {end->as, end->span};
    vec_push(m->arena, classes->at, cell);
    return classes->at.n - 1;
}

static int is_input(const Import *m, const Variable *of)
{
    return of == m->tokens || of == m->positions || strcmp(of->name, "ones") == 0;
}

static int adds(const Import *m, int numeric)
{
    for (int i = 0; i < m->score.n; i++) {
        const Score *score = &m->score.at[i];
        if (score->added && !is_input(m, score->of) && score->of->numeric == numeric) {
            return 1;
        }
    }
    return 0;
}

/* The scores of the inputs are one equation; functions add those of the other variables. */
static void write_scores(const Import *m, FILE *out)
{
    const char *before = "score[t,k] = ";
    if (adds(m, 0)) {
        fprintf(out, "fn scored(total[t,k], value[t]) { return total[t,k] + \"scores\"[value[t], k] }\n");
    }
    if (adds(m, 1)) {
        fprintf(out, "fn counted(total[t,k], n[t]) { return total[t,k] + n[t] * \"scores\"[k] }\n");
    }
    for (int i = 0; i < m->score.n; i++) {
        const Variable *of = m->score.at[i].of;
        if (m->score.at[i].added && is_input(m, of)) {
            fprintf(out, "%s\"%s.scores\"[%s]", before, of->name, of == m->tokens ? "tokens[t], k" : of == m->positions ? "t, k" : "k");
            before = " + ";
        }
    }
    fprintf(out, "%s\n", before[0] == 's' ? "score[t,k] = 0" : "");
    for (int i = 0; i < m->score.n; i++) {
        const Variable *of = m->score.at[i].of;
        if (m->score.at[i].added && !is_input(m, of)) {
            fprintf(out, "score = %s(\"%s\", score, %s)\n", of->numeric ? "counted" : "scored", of->name, of->name);
        }
    }
}

/* `scored` of the classes have scores, the others only stand at the ends of a text. */
static void write_classes(Import *m, int scored, int classes, int first, int last, FILE *out)
{
    const char *ends = "";
    if (last >= 0) {
        ends = arena_printf(m->arena, "t == len(t) - 1 and tokens[t] == %d ? %d : ", m->last.word, last);
    }
    if (first >= 0) {
        ends = arena_printf(m->arena, "%st == 0 and tokens[t] == %d ? %d : ", ends, m->first.word, first);
    }
    if (m->pooled) {
        fprintf(out, "total[k] = sum[t] score[t,k]\noutput prediction = argmax[k] total[k]\n");
    } else if (!*ends) {
        fprintf(out, "output prediction[t] = argmax[k] score[t,k]\n");
    } else {
        fprintf(out, "\n# %s of a text %s a class of %s own, whatever the scores.\n",
                first < 0  ? "The last token"
                : last < 0 ? "The first token"
                           : "The first and the last token",
                first >= 0 && last >= 0 ? "have" : "has", first >= 0 && last >= 0 ? "their" : "its");
        fprintf(out, "own[t] = %s-1\n", ends);
        fprintf(out, "best[t,class] = class == own[t] ? 4000000000000000000 : %s\n",
                classes > scored ? "score[t,class] ?? -4000000000000000000" : "score[t,class]");
        fprintf(out, "output prediction[t] = argmax[class] best[t,class]\n");
    }
}

/* A statement, and behind it what it means. */
static void write_noted(FILE *out, const char *statement, const char *note)
{
    fprintf(out, "%-44s# %s\n", statement, note);
}

static void write_nearest(const Import *m, FILE *out)
{
    const char *causal = m->helper[HELPER_CLOSEST].causal ? "t' <= t and " : "";
    fprintf(out,
            "# The nearest t' that has what t wants, the first of two; t itself is as far away as there are such t'. 0 where there is\n"
            "# none.\nfn nearest(want[t], key[t]) {\n");
    fprintf(out, "  n[t] = count[t' where %skey[t'] == want[t]]\n", causal);
    fprintf(out, "  return argmin[t' where %skey[t'] == want[t]] (t' == t ? n[t] : abs(t - t'))\n}\n\n", causal);
}

/* Whether a line but the one at `own` reads it. */
static int is_read(const Import *m, const char *what, int own)
{
    for (int i = 0; i < m->line.n; i++) {
        if (i != own && strstr(m->line.at[i], what)) {
            return 1;
        }
    }
    return 0;
}

/* The first of them, with their numbers. */
static const char *some_words(Import *m)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    int i = 0;
    for (long at = 0; out && i < m->words.at.n && at < 70; i++, at = ftell(out)) {
        fprintf(out, "%s%d ", i ? ", " : "", i);
        value_print_string(m->words.at.at[i].text, out);
    }
    if (!out || fclose(out) != 0) {
        return "";
    }
    const char *some = arena_printf(m->arena, "%s%s", text, i < m->words.at.n ? " .." : "");
    free(text);
    return some;
}

static void write_head(const Import *m, const char *name, FILE *out)
{
    fprintf(out, "# %s.sinter: imported from %s\n#\n", name, base_of(m->path));
    fprintf(out,
            "# A Transformer Program (Friedman, Wettig and Chen 2023): heads look for one value each, and tables say what is looked for\n"
            "# and what comes of it. A value is its number: of a word that in the vocabulary, of an int itself. -1 looks for nothing.\n");
    fprintf(out, "model %s\nconfig c = \"config.json\"\nweights \"model.safetensors\"\n", name);
    write_noted(out, "tokenizer \"tokenizer.json\"", "words with white space between them");
}

static void write_text(Import *m, const char *name, Names *classes, FILE *out)
{
    const int scored = classes->at.n;
    const int first = m->first.given && m->first.word >= 0 ? class_of(m, &m->first, classes) : -1;
    const int last = m->last.given && m->last.word >= 0 ? class_of(m, &m->last, classes) : -1;
    const int apart = first >= 0 || last >= 0;
    write_head(m, name, out);
    fprintf(out, "\n");
    write_noted(out, arena_printf(m->arena, "dim word = %d", m->words.at.n), some_words(m));
    fprintf(out, "dim %s = c.id2label\n", apart ? "class" : "k");
    if (apart) {
        write_noted(out, arena_printf(m->arena, "dim k = %d", scored), "those that have scores");
    }
    write_noted(out, arena_printf(m->arena, "ragged t <= %lld", (long long)m->positions->size), "as many positions have scores");
    fprintf(out, "input tokens[t]: word\n\n");
    if (is_read(m, "nearest(", -1)) {
        write_nearest(m, out);
    }
    for (int i = 0; i < m->line.n; i++) {
        const char *line = m->line.at[i];
        const int plain = strncmp(line, "positions[", 10) == 0 || strncmp(line, "ones[", 5) == 0;
        if (!plain || is_read(m, arena_printf(m->arena, "%.*s[", (int)strcspn(line, "["), line), i)) {
            fprintf(out, "%s\n", line);
        }
    }
    if (m->places == 0) {
        fprintf(out, "\n# Scores are whole numbers: ties are ties.\n");
    } else {
        fprintf(out, "\n# Scores in units of 10^-%d, %s: ties are ties.\n", m->places,
                m->rounded ? "rounded to them, then exact" : "exact");
    }
    write_scores(m, out);
    write_classes(m, scored, classes->at.n, first, last, out);
}

/* ---- the files --------------------------------------------------------------------------------------------------------------------- */

static void write_config(const Names *classes, FILE *out)
{
    fprintf(out, "{\n  \"id2label\": {\n");
    for (int i = 0; i < classes->at.n; i++) {
        fprintf(out, "    \"%d\": ", i);
        value_print_string(classes->at.at[i].text, out);
        fprintf(out, "%s\n", i + 1 < classes->at.n ? "," : "");
    }
    fprintf(out, "  }\n}\n");
}

static void write_words(const Names *words, FILE *out)
{
    fprintf(out,
            "{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n  \"added_tokens\": [],\n  \"normalizer\": null,\n"
            "  \"pre_tokenizer\": {\"type\": \"WhitespaceSplit\"},\n  \"post_processor\": null,\n  \"decoder\": null,\n"
            "  \"model\": {\n    \"type\": \"WordLevel\",\n    \"unk_token\": \"<unk>\",\n    \"vocab\": {\n");
    for (int i = 0; i < words->at.n; i++) {
        fprintf(out, "      ");
        value_print_string(words->at.at[i].text, out);
        fprintf(out, ": %d%s\n", i, i + 1 < words->at.n ? "," : "");
    }
    fprintf(out, "    }\n  }\n}\n");
}

static int write_tensors(Import *m, OutFile *out)
{
    VEC(SafetensorsItem) item = {0};
    for (int i = 0; i < m->stored.n; i++) {
        const Stored *t = &m->stored.at[i];
        const SafetensorsItem one = {t->name, t->wide ? DTYPE_I64 : DTYPE_I32, t->rank, t->shape,
                                     t->wide ? (const void *)t->wide : t->data};
        vec_push(m->arena, item, one);
    }
    return safetensors_put(m->arena, m->d, out, item.at, item.n);
}

static OutFile *open_in(Import *m, OutFiles *files, const char *directory, const char *name)
{
    return outfiles_open(files, m->arena, m->d, arena_printf(m->arena, "%s/%s", directory, name));
}

static int write_all(Import *m, const char *name, const char *directory, OutFiles *files)
{
    Names classes = {0};
    for (int i = 0; i < m->sheet->classes.at.n; i++) {
        vec_push(m->arena, classes.at, m->sheet->classes.at.at[i]);
    }
    OutFile *text = open_in(m, files, directory, arena_printf(m->arena, "%s.sinter", name));
    OutFile *config = text ? open_in(m, files, directory, "config.json") : NULL;
    OutFile *words = config ? open_in(m, files, directory, "tokenizer.json") : NULL;
    OutFile *tensors = words ? open_in(m, files, directory, "model.safetensors") : NULL;
    if (!tensors) {
        return 0;
    }
    write_text(m, name, &classes, text->stream);
    write_config(&classes, config->stream);
    write_words(&m->words, words->stream);
    return write_tensors(m, tensors) && outfiles_keep(files, m->d);
}

/* 1 if it was not there and is now, 0 if it was; -1: reported. */
static int make_directory(Import *m, const char *path)
{
    struct stat about;
    if (mkdir(path, 0777) == 0) {
        return 1;
    }
    const int why = errno;
    if (why == EEXIST && stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
        return 0;
    }
    diag_error_file(m->d, path, why == EEXIST ? "is not a directory" : "the directory cannot be made: %s", strerror(why));
    return -1;
}

int import_write(Import *m, const char *name, const char *directory)
{
    OutFiles files = {0};
    const int made = make_directory(m, directory), good = made >= 0 && write_all(m, name, directory, &files);
    if (!good) {
        outfiles_drop(&files);
    }
    if (!good && made > 0) {
        rmdir(directory);
    }
    return good;
}

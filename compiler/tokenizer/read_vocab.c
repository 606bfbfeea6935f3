/* vocab.txt, a token a line, and the tokenizer_config.json of a BertTokenizer beside it: made into what the fast tokenizer that
 * transformers builds from the two would be. */
#include "../value_jansson.h"
#include "inner.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_LARGEST = 1 << 28, WORD_CHARS = 100 };

static int is_white(unsigned char c)
{
    return c == ' ' || (c >= 9 && c <= 13);
}

/* The end of a line without the white space there: of ASCII, U+0085, U+00A0, U+1680, U+2000 .. 200A, 2028, 2029, 202F, 205F, 3000. */
static size_t trimmed(const char *line, size_t n)
{
    for (;;) {
        const unsigned char *end = (const unsigned char *)line + n;
        if (n >= 1 && is_white(end[-1])) {
            n -= 1;
        } else if (n >= 2 && end[-2] == 0xC2 && (end[-1] == 0x85 || end[-1] == 0xA0)) {
            n -= 2;
        } else if (n >= 3 && (memcmp(end - 3, "\xE1\x9A\x80", 3) == 0 || memcmp(end - 3, "\xE2\x81\x9F", 3) == 0 ||
                              memcmp(end - 3, "\xE3\x80\x80", 3) == 0)) {
            n -= 3;
        } else if (n >= 3 && end[-3] == 0xE2 && end[-2] == 0x80 &&
                   (end[-1] <= 0x8A || end[-1] == 0xA8 || end[-1] == 0xA9 || end[-1] == 0xAF)) {
            n -= 3;
        } else {
            return n;
        }
    }
}

/* Of equal lines the last one counts. Sorted by text, then line; all but the last of equals go. */
static int by_text_then_id(const void *a, const void *b)
{
    const Piece *x = a, *y = b;
    const int order = strcmp(x->text, y->text);
    return order ? order : x->id < y->id ? -1 : x->id > y->id;
}

static void drop_repeated(Tokenizer *t)
{
    int kept = 0;
    if (t->piece.n > 0) {
        qsort(t->piece.at, (size_t)t->piece.n, sizeof *t->piece.at, by_text_then_id);
    }
    for (int i = 0; i < t->piece.n; i++) {
        if (i + 1 == t->piece.n || strcmp(t->piece.at[i].text, t->piece.at[i + 1].text) != 0) {
            t->piece.at[kept++] = t->piece.at[i];
        }
    }
    t->piece.n = kept;
}

static int is_utf8(const char *text, size_t n)
{
    json_t *json = json_stringn(text, n); /* checks it */
    json_decref(json);
    return json != NULL;
}

static int read_lines(Tokenizer *t)
{
    const char *why;
    const Source *source = source_of_file(t->arena, t->path, FILE_LARGEST, &why);
    if (!source) {
        tokenizer_wrong(t, "%s", why);
        return 0;
    }
    int line = 0;
    for (size_t at = 0; at < source->bytes; line++) {
        const char *text = source->text + at;
        const char *end = memchr(text, '\n', source->bytes - at);
        const size_t size = end ? (size_t)(end - text) : source->bytes - at;
        const size_t n = trimmed(text, size);
        if (memchr(text, 0, n) || !is_utf8(text, n)) {
            tokenizer_wrong(t, "line %d is not UTF-8 text", line + 1);
            return 0;
        }
        const Piece piece = {str_of_n(text, n), line};
        if (n > 0) {
            vec_push(t->arena, t->piece, piece);
        }
        at += size + 1;
    }
    drop_repeated(t);
    return 1;
}

static int piece_id(const Tokenizer *t, Str text) /* sorted by now */
{
    const Piece key = {text, 0};
    int low = 0, high = t->piece.n;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (strcmp(t->piece.at[middle].text, key.text) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < t->piece.n && t->piece.at[low].text == key.text ? t->piece.at[low].id : -1;
}

/* A truth of the config; 0: reported. */
static int truth(Tokenizer *t, const json_t *config, const char *key, int *value)
{
    const json_t *json = json_object_get(config, key);
    if (!json || json_is_null(json)) {
        return 1;
    }
    if (!json_is_boolean(json)) {
        diag_error_file(t->d, t->config, "$.%s is not true or false", key);
        return 0;
    }
    *value = json_is_true(json);
    return 1;
}

/* A token of the config: a string, or an object with its content. */
static int token(Tokenizer *t, const json_t *config, const char *key, Str *value)
{
    const json_t *json = json_object_get(config, key);
    if (!json || json_is_null(json)) {
        return 1;
    }
    json = json_is_object(json) ? json_object_get(json, "content") : json;
    if (!json_is_string(json)) {
        diag_error_file(t->d, t->config, "$.%s is not a token", key);
        return 0;
    }
    *value = str_of(json_string_value(json));
    return 1;
}

/* Tokenizers that read a vocabulary as BertTokenizer does; "Fast" may follow. */
static int reads_such_a_vocabulary(const char *name)
{
    static const char *const names[] = {"BertTokenizer",     "DistilBertTokenizer", "ElectraTokenizer",
                                        "MobileBertTokenizer", "ConvBertTokenizer",   "SqueezeBertTokenizer"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const size_t n = strlen(names[i]);
        if (strncmp(name, names[i], n) == 0 && (name[n] == '\0' || strcmp(name + n, "Fast") == 0)) {
            return 1;
        }
    }
    return 0;
}

/* Special tokens are looked for in the text as it is. */
static void add_special(Tokenizer *t, Str text)
{
    const AddedToken added = {.text = text, .id = piece_id(t, text)};
    for (int i = 0; i < t->added.n; i++) {
        if (t->added.at[i].text == text) {
            return;
        }
    }
    if (added.id >= 0) {
        vec_push(t->arena, t->added, added);
    }
}

static void push_part(Tokenizer *t, Template *template, int text, int id, int type)
{
    const TemplatePart part = {text, id, type};
    vec_push(t->arena, *template, part);
}

/* [CLS] A [SEP], and [CLS] A [SEP] B [SEP]. */
static void make_templates(Tokenizer *t, int cls, int sep)
{
    for (int texts = 1; texts <= 2; texts++) {
        Template *template = texts == 1 ? &t->single : &t->pair;
        push_part(t, template, 0, cls, 0);
        for (int text = 1; text <= texts; text++) {
            push_part(t, template, text, 0, text - 1);
            push_part(t, template, 0, sep, text - 1);
        }
    }
}

static int read_config(Tokenizer *t, const json_t *config)
{
    enum { UNK, CLS, SEP, PAD, MASK, TOKENS };
    static const char *const key[TOKENS] = {"unk_token", "cls_token", "sep_token", "pad_token", "mask_token"};
    Str text[TOKENS] = {str_of("[UNK]"), str_of("[CLS]"), str_of("[SEP]"), str_of("[PAD]"), str_of("[MASK]")};
    const json_t *strip = json_object_get(config, "strip_accents"), *length = json_object_get(config, "model_max_length");
    const json_t *kept = json_object_get(config, "never_split"), *class = json_object_get(config, "tokenizer_class");
    int basic = 1;
    t->normalizer = (Normalizer){1, 1, 0, 1};
    t->prefix = str_of("##");
    t->word_chars = WORD_CHARS;
    if (json_is_string(class) && !reads_such_a_vocabulary(json_string_value(class))) {
        tokenizer_unsupported(t, "a vocabulary for %s", tokenizer_shown(t, json_string_value(class)));
        return 0;
    }
    if (!truth(t, config, "do_lower_case", &t->normalizer.lowercase) || !truth(t, config, "do_basic_tokenize", &basic) ||
        !truth(t, config, "tokenize_chinese_chars", &t->normalizer.space_ideographs)) {
        return 0;
    }
    t->normalizer.strip_accents = t->normalizer.lowercase;
    if (strip && !truth(t, config, "strip_accents", &t->normalizer.strip_accents)) {
        return 0;
    }
    if (!basic || json_array_size(kept) > 0) {
        tokenizer_unsupported(t, "$.%s of tokenizer_config.json", basic ? "never_split" : "do_basic_tokenize: false");
        return 0;
    }
    for (int i = 0; i < TOKENS; i++) {
        if (!token(t, config, key[i], &text[i])) {
            return 0;
        }
        if (i <= SEP && piece_id(t, text[i]) < 0) {
            tokenizer_wrong(t, "the %s '%s' is not in the vocabulary", key[i], tokenizer_shown(t, text[i]));
            return 0;
        }
        add_special(t, text[i]);
    }
    if (json_is_integer(length) && json_integer_value(length) > 0 && json_integer_value(length) < INT_MAX) {
        t->max_length = (int)json_integer_value(length);
    }
    t->unknown = text[UNK];
    make_templates(t, piece_id(t, text[CLS]), piece_id(t, text[SEP]));
    return 1;
}

int tokenizer_read_vocabulary(Tokenizer *t, const char *directory)
{
    json_t *config = NULL;
    t->config = tokenizer_in_directory(t->arena, directory, "tokenizer_config.json");
    if (!read_lines(t)) {
        return 0;
    }
    if (access(t->config, F_OK) == 0) {
        const char *why;
        const Source *source = source_of_file(t->arena, t->config, FILE_LARGEST, &why);
        if (!source) {
            diag_error_file(t->d, t->config, "%s", why);
            return 0;
        }
        config = json_tree(t->d, source, 0);
        if (config && !json_is_object(config)) {
            diag_error_file(t->d, t->config, "is not an object");
        }
        if (!json_is_object(config)) {
            json_decref(config);
            return 0;
        }
    }
    const int good = read_config(t, config);
    json_decref(config);
    return good;
}

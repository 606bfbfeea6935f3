/* tokenizer.json of the tokenizers library, version 1.0. Each problem names the place in the file: "$.model.vocab". */
#include "../value_jansson.h"
#include "inner.h"

#include <limits.h>
#include <string.h>

enum { FILE_LARGEST = 1 << 28 };

static const char *kind_of(const json_t *json)
{
    static const char *const name[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "a list",  [JSON_STRING] = "a string", [JSON_INTEGER] = "an integer",
        [JSON_REAL] = "a number",    [JSON_TRUE] = "a truth",  [JSON_FALSE] = "a truth",   [JSON_NULL] = "null",
    };
    return name[json_typeof(json)];
}

/* The member `key` of the object at place `at`, which has to be of this type (JSON_TRUE: either truth). NULL: reported. */
static json_t *member(Tokenizer *t, const json_t *object, const char *at, const char *key, json_type type)
{
    json_t *json = json_object_get(object, key);
    if (!json) {
        tokenizer_wrong(t, "%s.%s is missing", at, key);
        return NULL;
    }
    if (json_typeof(json) == type || (type == JSON_TRUE && json_is_boolean(json))) {
        return json;
    }
    static const char *const wanted[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "a list",  [JSON_STRING] = "a string", [JSON_INTEGER] = "an integer",
        [JSON_REAL] = "a number",    [JSON_TRUE] = "true or false",
    };
    tokenizer_wrong(t, "%s.%s is %s, not %s", at, key, kind_of(json), wanted[type]);
    return NULL;
}

static int member_truth(Tokenizer *t, const json_t *object, const char *at, const char *key, int *value)
{
    const json_t *json = member(t, object, at, key, JSON_TRUE);
    *value = json_is_true(json);
    return json != NULL;
}

static int member_string(Tokenizer *t, const json_t *object, const char *at, const char *key, Str *value)
{
    const json_t *json = member(t, object, at, key, JSON_STRING);
    *value = json ? str_of(json_string_value(json)) : NULL;
    return json != NULL;
}

static int in_range(Tokenizer *t, const json_t *json, const char *place, int least, int *value)
{
    const json_int_t n = json_integer_value(json);
    if (!json_is_integer(json) || n < least || n >= INT_MAX) {
        tokenizer_wrong(t, "%s is not an integer from %d to %d", place, least, INT_MAX - 1);
        return 0;
    }
    *value = (int)n;
    return 1;
}

static int member_integer(Tokenizer *t, const json_t *object, const char *at, const char *key, int least, int *value)
{
    const json_t *json = member(t, object, at, key, JSON_INTEGER);
    return json && in_range(t, json, arena_printf(t->arena, "%s.%s", at, key), least, value);
}

/* The member `key` of the root: an object with a type, or null, or absent. Returns 0 if it is something else; *type is "" for null. */
static int stage(Tokenizer *t, const json_t *root, const char *key, const json_t **json, Str *type)
{
    *json = json_object_get(root, key);
    *type = str_of("");
    if (!*json || json_is_null(*json)) {
        *json = NULL;
        return 1;
    }
    const char *at = arena_printf(t->arena, "$.%s", key);
    return member(t, root, "$", key, JSON_OBJECT) && member_string(t, *json, at, "type", type);
}

static int is(Str a, const char *b)
{
    return strcmp(a, b) == 0;
}

static int read_normalizer(Tokenizer *t, const json_t *root)
{
    const json_t *json;
    Str type;
    if (!stage(t, root, "normalizer", &json, &type)) {
        return 0;
    }
    if (!json) {
        return 1;
    }
    if (!is(type, "BertNormalizer")) {
        tokenizer_unsupported(t, "$.normalizer.type: %s", tokenizer_shown(t, type));
        return 0;
    }
    Normalizer *n = &t->normalizer;
    const json_t *strip = json_object_get(json, "strip_accents");
    if (!member_truth(t, json, "$.normalizer", "clean_text", &n->clean_text) ||
        !member_truth(t, json, "$.normalizer", "handle_chinese_chars", &n->space_ideographs) ||
        !member_truth(t, json, "$.normalizer", "lowercase", &n->lowercase)) {
        return 0;
    }
    if (!strip || json_is_null(strip)) {
        n->strip_accents = n->lowercase;
        return 1;
    }
    return member_truth(t, json, "$.normalizer", "strip_accents", &n->strip_accents);
}

static int read_pre_tokenizer(Tokenizer *t, const json_t *root)
{
    const json_t *json;
    Str type;
    if (!stage(t, root, "pre_tokenizer", &json, &type)) {
        return 0;
    }
    t->joins_punctuation = is(type, "WhitespaceSplit");
    if (!t->joins_punctuation && !is(type, "BertPreTokenizer")) {
        tokenizer_unsupported(t, "$.pre_tokenizer%s", json ? arena_printf(t->arena, ".type: %s", tokenizer_shown(t, type)) : ": null");
        return 0;
    }
    return 1;
}

static int read_vocabulary(Tokenizer *t, const json_t *model)
{
    json_t *vocabulary = member(t, model, "$.model", "vocab", JSON_OBJECT);
    const char *text;
    json_t *id;
    if (!vocabulary) {
        return 0;
    }
    json_object_foreach(vocabulary, text, id)
    {
        Piece piece = {str_of(text), 0};
        if (!json_is_integer(id) || json_integer_value(id) < 0 || json_integer_value(id) >= INT_MAX) {
            return in_range(t, id, arena_printf(t->arena, "$.model.vocab['%s']", tokenizer_shown(t, text)), 0, &piece.id);
        }
        piece.id = (int)json_integer_value(id);
        vec_push(t->arena, t->piece, piece);
    }
    return 1;
}

static int read_word_piece(Tokenizer *t, const json_t *model)
{
    if (!member_string(t, model, "$.model", "unk_token", &t->unknown) ||
        !member_string(t, model, "$.model", "continuing_subword_prefix", &t->prefix) ||
        !member_integer(t, model, "$.model", "max_input_chars_per_word", 0, &t->word_chars)) {
        return 0;
    }
    if (t->word_chars < 1 || t->word_chars > WORD_LONGEST) {
        tokenizer_unsupported(t, "$.model.max_input_chars_per_word: %d (1 to %d)", t->word_chars, WORD_LONGEST);
        return 0;
    }
    return read_vocabulary(t, model);
}

static int characters(const char *text)
{
    int n = 0;
    for (; *text; text++) {
        n += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return n;
}

/* Whole words are pieces of which none stands inside a word: no token begins with the prefix. A word longer than the longest is none. */
static int read_word_level(Tokenizer *t, const json_t *model)
{
    if (!member_string(t, model, "$.model", "unk_token", &t->unknown) || !read_vocabulary(t, model)) {
        return 0;
    }
    t->whole_words = 1;
    t->word_chars = 1;
    t->prefix = str_of("##");
    for (int i = 0; i < t->piece.n; i++) {
        Str text = t->piece.at[i].text;
        const int n = characters(text);
        t->word_chars = n > t->word_chars ? n : t->word_chars;
        while (strncmp(text, t->prefix, strlen(t->prefix)) == 0) {
            t->prefix = str_format("%s#", t->prefix);
            i = -1; /* again from the first */
        }
    }
    if (t->word_chars > WORD_LONGEST) {
        tokenizer_unsupported(t, "$.model.vocab: a word of %d characters", t->word_chars);
        return 0;
    }
    return 1;
}

static int read_model(Tokenizer *t, const json_t *root)
{
    const json_t *model = member(t, root, "$", "model", JSON_OBJECT);
    Str type = str_of("WordPiece"); /* files of old do not say it */
    if (!model) {
        return 0;
    }
    if (json_object_get(model, "type") || !json_object_get(model, "max_input_chars_per_word")) {
        if (!member_string(t, model, "$.model", "type", &type)) {
            return 0;
        }
    }
    if (is(type, "WordLevel")) {
        return read_word_level(t, model);
    }
    if (!is(type, "WordPiece")) {
        tokenizer_unsupported(t, "$.model.type: %s", tokenizer_shown(t, type));
        return 0;
    }
    return read_word_piece(t, model);
}

static int read_added(Tokenizer *t, const json_t *root)
{
    const json_t *list = json_object_get(root, "added_tokens");
    if (!list || json_is_null(list)) {
        return 1;
    }
    if (!member(t, root, "$", "added_tokens", JSON_ARRAY)) {
        return 0;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *json = json_array_get(list, i);
        const char *at = arena_printf(t->arena, "$.added_tokens[%zu]", i);
        AddedToken added = {.place = (int)i};
        int special;
        if (!json_is_object(json)) {
            tokenizer_wrong(t, "%s is %s, not an object", at, kind_of(json));
            return 0;
        }
        if (!member_integer(t, json, at, "id", 0, &added.id) || !member_string(t, json, at, "content", &added.text) ||
            !member_truth(t, json, at, "single_word", &added.single_word) || !member_truth(t, json, at, "lstrip", &added.left) ||
            !member_truth(t, json, at, "rstrip", &added.right) || !member_truth(t, json, at, "normalized", &added.normalized) ||
            !member_truth(t, json, at, "special", &special)) {
            return 0;
        }
        if (added.text[0]) { /* the library passes over an empty one */
            vec_push(t->arena, t->added, added);
        }
    }
    return 1;
}

static void push_part(Tokenizer *t, Template *template, int text, int id, int type)
{
    const TemplatePart part = {text, id, type};
    vec_push(t->arena, *template, part);
}

/* The ids behind the name of a special token. */
static int push_special(Tokenizer *t, Template *template, const json_t *processor, const char *at, const char *name, int type)
{
    const json_t *specials = member(t, processor, "$.post_processor", "special_tokens", JSON_OBJECT);
    const json_t *special = specials ? json_object_get(specials, name) : NULL;
    if (!json_is_object(special)) {
        if (specials) {
            tokenizer_wrong(t, "%s: '%s' is not in $.post_processor.special_tokens", at, tokenizer_shown(t, name));
        }
        return 0;
    }
    const char *place = arena_printf(t->arena, "$.post_processor.special_tokens['%s']", tokenizer_shown(t, name));
    const json_t *ids = member(t, special, place, "ids", JSON_ARRAY);
    for (size_t i = 0; i < json_array_size(ids); i++) {
        int id;
        if (!in_range(t, json_array_get(ids, i), arena_printf(t->arena, "%s.ids[%zu]", place, i), 0, &id)) {
            return 0;
        }
        push_part(t, template, 0, id, type);
    }
    return ids != NULL;
}

/* {"Sequence": {"id": "A", "type_id": 0}} or {"SpecialToken": {"id": "[CLS]", "type_id": 0}} */
static int read_part(Tokenizer *t, Template *template, const json_t *processor, const char *at, const json_t *json, int texts)
{
    const char *kind = json_object_get(json, "Sequence") ? "Sequence" : "SpecialToken";
    const json_t *body = json_object_get(json, kind);
    if (!json_is_object(body) || json_object_size(json) != 1) {
        tokenizer_wrong(t, "%s is not {\"Sequence\": {...}} or {\"SpecialToken\": {...}}", at);
        return 0;
    }
    const char *place = arena_printf(t->arena, "%s.%s", at, kind);
    Str id;
    int type;
    if (!member_string(t, body, place, "id", &id) || !member_integer(t, body, place, "type_id", 0, &type)) {
        return 0;
    }
    if (is(kind, "SpecialToken")) {
        return push_special(t, template, processor, place, id, type);
    }
    const int text = is(id, "A") ? 1 : is(id, "B") ? 2 : 0;
    if (text == 0 || text > texts) {
        tokenizer_wrong(t, "%s.id is '%s', not %s", place, tokenizer_shown(t, id), texts == 1 ? "'A'" : "'A' or 'B'");
        return 0;
    }
    push_part(t, template, text, 0, type);
    return 1;
}

static int read_template(Tokenizer *t, Template *template, const json_t *processor, const char *key, int texts)
{
    const json_t *list = member(t, processor, "$.post_processor", key, JSON_ARRAY);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *at = arena_printf(t->arena, "$.post_processor.%s[%zu]", key, i);
        if (!read_part(t, template, processor, at, json_array_get(list, i), texts)) {
            return 0;
        }
    }
    return list != NULL;
}

/* ["[SEP]", 102] */
static int read_pair(Tokenizer *t, const json_t *processor, const char *key, int *id)
{
    const json_t *pair = member(t, processor, "$.post_processor", key, JSON_ARRAY);
    if (pair && (json_array_size(pair) != 2 || !json_is_string(json_array_get(pair, 0)))) {
        tokenizer_wrong(t, "$.post_processor.%s is not a token and its id", key);
        return 0;
    }
    return pair && in_range(t, json_array_get(pair, 1), arena_printf(t->arena, "$.post_processor.%s[1]", key), 0, id);
}

static int read_processor(Tokenizer *t, const json_t *root)
{
    const json_t *json;
    Str type;
    int cls, sep;
    if (!stage(t, root, "post_processor", &json, &type)) {
        return 0;
    }
    if (is(type, "TemplateProcessing")) {
        return read_template(t, &t->single, json, "single", 1) && read_template(t, &t->pair, json, "pair", 2);
    }
    if (json && !is(type, "BertProcessing")) {
        tokenizer_unsupported(t, "$.post_processor.type: %s", tokenizer_shown(t, type));
        return 0;
    }
    if (json && (!read_pair(t, json, "cls", &cls) || !read_pair(t, json, "sep", &sep))) {
        return 0;
    }
    for (int texts = 1; texts <= 2; texts++) {
        Template *template = texts == 1 ? &t->single : &t->pair;
        for (int text = 1; text <= texts; text++) {
            if (json && text == 1) {
                push_part(t, template, 0, cls, 0);
            }
            push_part(t, template, text, 0, text - 1);
            if (json) {
                push_part(t, template, 0, sep, text - 1);
            }
        }
    }
    return 1;
}

/* Only the length counts, and the side, which has to be the right one. */
static int read_truncation(Tokenizer *t, const json_t *root)
{
    const json_t *json = json_object_get(root, "truncation");
    if (!json || json_is_null(json)) {
        return 1;
    }
    if (!member(t, root, "$", "truncation", JSON_OBJECT) || !member_integer(t, json, "$.truncation", "max_length", 1, &t->max_length)) {
        return 0;
    }
    const char *direction = json_string_value(json_object_get(json, "direction"));
    if (direction && strcmp(direction, "Right") != 0) {
        diag_warning_file(t->d, t->path, "$.truncation.direction: '%s' is not supported yet; long texts lose their end",
                          tokenizer_shown(t, direction));
    }
    return 1;
}

static int read_version(Tokenizer *t, const json_t *root)
{
    Str version;
    if (!member_string(t, root, "$", "version", &version)) {
        return 0;
    }
    if (!is(version, "1.0")) {
        tokenizer_wrong(t, "$.version is '%s', not '1.0'", tokenizer_shown(t, version));
        return 0;
    }
    return 1;
}

int tokenizer_parse_json(Tokenizer *t, const Source *source)
{
    json_t *root = json_tree(t->d, source, 0);
    if (!root) {
        return 0;
    }
    int good = json_is_object(root);
    if (!good) {
        tokenizer_wrong(t, "$ is %s, not an object", kind_of(root));
    }
    good = good && read_version(t, root) && read_model(t, root) && read_normalizer(t, root) && read_pre_tokenizer(t, root) &&
           read_added(t, root) && read_processor(t, root) && read_truncation(t, root);
    json_decref(root);
    return good;
}

int tokenizer_read_json(Tokenizer *t)
{
    const char *why;
    const Source *source = source_of_file(t->arena, t->path, FILE_LARGEST, &why);
    if (!source) {
        tokenizer_wrong(t, "%s", why);
        return 0;
    }
    return tokenizer_parse_json(t, source);
}

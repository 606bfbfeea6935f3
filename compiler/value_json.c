#include "value_jansson.h"
#include "value.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* jansson checks the text and unescapes the strings; where each value stands it does not say. So the checked text is walked a second
 * time side by side with the tree: jansson keeps members in the order of the text, and duplicates were rejected, so the two agree. */

enum { DEEPEST = 200, LARGEST = 100000000 };

typedef struct Walk {
    Arena *arena;
    Diag *d;
    const Source *source;
    size_t at;
    int too_deep;
} Walk;

static void skip_space(Walk *w)
{
    while (w->at < w->source->bytes && strchr(" \t\r\n", w->source->text[w->at]) && w->source->text[w->at]) {
        w->at++;
    }
}

static void skip_mark(Walk *w, char mark) /* a comma, colon or bracket, with the space before it */
{
    skip_space(w);
    if (w->at < w->source->bytes && w->source->text[w->at] == mark) {
        w->at++;
    }
}

static Span walk_string(Walk *w)
{
    const size_t begin = w->at++;
    while (w->at < w->source->bytes && w->source->text[w->at] != '"') {
        w->at += w->source->text[w->at] == '\\' ? 2 : 1;
    }
    w->at++;
    return (Span){w->source, (uint32_t)begin, (uint32_t)w->at};
}

static Span walk_word(Walk *w) /* a number, true, false, null */
{
    const size_t begin = w->at;
    while (w->at < w->source->bytes && !strchr(" \t\r\n,]}", w->source->text[w->at])) {
        w->at++;
    }
    return (Span){w->source, (uint32_t)begin, (uint32_t)w->at};
}

static Value walk(Walk *w, json_t *tree, int depth);

static void walk_list(Walk *w, json_t *tree, Value *value, int depth)
{
    value->list.n = (int)json_array_size(tree);
    value->list.at = arena_array(w->arena, Value, value->list.n);
    skip_mark(w, '[');
    for (int i = 0; i < value->list.n; i++) {
        value->list.at[i] = walk(w, json_array_get(tree, (size_t)i), depth);
        skip_mark(w, ',');
    }
    skip_mark(w, ']');
}

static void walk_object(Walk *w, json_t *tree, Value *value, int depth)
{
    value->object.n = (int)json_object_size(tree);
    value->object.at = arena_array(w->arena, ValueMember, value->object.n);
    skip_mark(w, '{');
    ValueMember *member = value->object.at;
    for (void *i = json_object_iter(tree); i; i = json_object_iter_next(tree, i), member++) {
        skip_space(w);
        member->name = str_of(json_object_iter_key(i));
        member->name_span = walk_string(w);
        skip_mark(w, ':');
        member->value = walk(w, json_object_iter_value(i), depth);
        skip_mark(w, ',');
    }
    skip_mark(w, '}');
}

/* {"__float__": "Infinity"} is how Hugging Face writes what JSON has no number for. */
static int is_float_object(const Value *value, double *real)
{
    static const struct { const char *word; double real; } known[] = {
        {"Infinity", (double)INFINITY}, {"-Infinity", (double)-INFINITY}, {"NaN", (double)NAN},
    };
    if (value->object.n != 1 || strcmp(value->object.at[0].name, "__float__") != 0 || value->object.at[0].value.kind != V_STR) {
        return 0;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(value->object.at[0].value.text, known[i].word) == 0) {
            *real = known[i].real;
            return 1;
        }
    }
    return 0;
}

static Value walk(Walk *w, json_t *tree, int depth)
{
    skip_space(w);
    const size_t begin = w->at;
    Value value = {.kind = V_NULL, .span = {w->source, (uint32_t)begin, (uint32_t)begin + 1}};
    if (w->too_deep) {
        return value;
    }
    if (depth > DEEPEST) {
        w->too_deep = 1;
        diag_error(w->d, value.span, "nested more than %d levels deep", DEEPEST);
        return value;
    }
    double real = 0;
    switch (json_typeof(tree)) {
    case JSON_OBJECT:
        value.kind = V_OBJECT;
        walk_object(w, tree, &value, depth + 1);
        value.span.end = (uint32_t)w->at;
        return is_float_object(&value, &real) ? value_real(value.span, real) : value;
    case JSON_ARRAY:
        value.kind = V_LIST;
        walk_list(w, tree, &value, depth + 1);
        value.span.end = (uint32_t)w->at;
        return value;
    case JSON_STRING: return value_str(walk_string(w), str_of(json_string_value(tree)));
    case JSON_INTEGER:
    case JSON_REAL: value.span = walk_word(w); return value_of_number(value.span, w->source->text + begin, w->at - begin);
    case JSON_TRUE:
    case JSON_FALSE: return value_bool(walk_word(w), json_is_true(tree));
    case JSON_NULL: return value_null(walk_word(w));
    }
    return value;
}

Value *value_from_json(Arena *arena, Diag *d, const Source *source)
{
    if (source->bytes > LARGEST) {
        diag_error_file(d, source->name, "is larger than %d bytes", LARGEST);
        return NULL;
    }
    /* Integers as reals: one beyond 64 bits is no error (tokenizer configs hold 10^30), and the walk reads the digits itself. */
    json_t *tree = json_tree(d, source, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL);
    if (!tree) {
        return NULL;
    }
    Walk w = {.arena = arena, .d = d, .source = source};
    Value *value = arena_new_of(arena, Value);
    *value = walk(&w, tree, 1);
    json_decref(tree);
    return w.too_deep ? NULL : value;
}

Value *value_from_json_file(Arena *arena, Diag *d, const char *path)
{
    const char *why = NULL;
    const Source *source = source_of_file(arena, path, LARGEST, &why);
    if (!source) {
        diag_error_file(d, path, "%s", why);
        return NULL;
    }
    return value_from_json(arena, d, source);
}

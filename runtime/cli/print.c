/* print.c - results as text and as JSON */
#include "cli.h"

static void print_real(bytes *out, double value, int as_json)
{
    char number[NUMBER_MOST];
    if (as_json && !isfinite(value)) {
        bytes_string(out, "null"); /* JSON has no infinity */
        return;
    }
    number_string(number, value);
    bytes_string(out, isnan(value) ? "nan" : number); /* no "-nan" */
}

static void print_int(bytes *out, int64_t value)
{
    char number[24];
    snprintf(number, sizeof number, "%" PRId64, value);
    bytes_string(out, number);
}

static void print_element(bytes *out, model_type type, const void *data, size_t i, int as_json)
{
    switch (type) {
    case MODEL_REAL: print_real(out, (double)((const float *)data)[i], as_json); break;
    case MODEL_INT: print_int(out, ((const int64_t *)data)[i]); break;
    case MODEL_BOOL: bytes_string(out, ((const uint8_t *)data)[i] ? "true" : "false"); break;
    case MODEL_INDEX: print_int(out, ((const int32_t *)data)[i]); break;
    case MODEL_CHAR: bytes_rune(out, (uint32_t)((const int32_t *)data)[i]); break;
    }
}

/* Characters in a row are a string. */
static void print_string(bytes *out, const void *data, size_t from, size_t count)
{
    bytes runes = {NULL, 0, 0, 0};
    for (size_t i = 0; i < count; i++) {
        print_element(&runes, MODEL_CHAR, data, from + i, 1);
    }
    out->failed |= runes.failed;
    json_quote(out, runes.at ? runes.at : "", runes.size);
    bytes_free(&runes);
}

/* Nested arrays, without recursion: before element i, as many brackets open as the inner dims that begin there. */
static void print_array(bytes *out, const model_tensor *x, const result *r)
{
    const int strings = x->type == MODEL_CHAR;
    const int depth = strings && x->rank > 0 ? x->rank - 1 : x->rank;
    const size_t step = strings && x->rank > 0 ? (size_t)r->shape[x->rank - 1] : 1;
    int64_t at[MODEL_MAX_RANK] = {0};
    int d = 0; /* brackets that are open */
    size_t next = 0;
    for (;;) {
        while (d < depth && at[d] < r->shape[d]) { /* down to an element, or to an empty array */
            bytes_char(out, '[');
            d++;
        }
        if (d < depth) {
            bytes_string(out, "[]");
        } else if (strings) {
            print_string(out, r->data, next, step);
            next += step;
        } else {
            print_element(out, x->type, r->data, next++, 1);
        }
        while (d > 0 && ++at[d - 1] == r->shape[d - 1]) {
            bytes_char(out, ']');
            at[--d] = 0;
        }
        if (d == 0) {
            return;
        }
        bytes_char(out, ',');
    }
}

/* One row a line; an empty line after a result of several rows. */
static void print_rows(bytes *out, const model_tensor *x, const result *r)
{
    const size_t width = x->rank > 0 ? (size_t)r->shape[x->rank - 1] : 1;
    const size_t rows = x->rank < 2 ? 1 : width > 0 ? r->elements / width : 0;
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < width; i++) {
            if (i > 0 && x->type != MODEL_CHAR) {
                bytes_char(out, ' ');
            }
            print_element(out, x->type, r->data, row * width + i, 0);
        }
        bytes_char(out, '\n');
    }
    if (x->rank > 1) {
        bytes_char(out, '\n');
    }
}

/* The axes of the one output without that of its labels, which a row of reals along them or an index into them stands for; -1: none. */
static int label_axes(void)
{
    const model_tensor *const x = &model.output[0];
    if (model.labels == 0 || model.outputs != 1) {
        return -1;
    }
    if (x->type == MODEL_INDEX) {
        return x->extent == model.labels ? x->rank : -1;
    }
    return x->type == MODEL_REAL && x->rank > 0 && model.dim[x->dim[x->rank - 1]].length == model.labels ? x->rank - 1 : -1;
}

/* A classifier has one output: a label, or one for each token. */
static view model_view(void)
{
    const int axes = label_axes();
    if (axes == 1 && model.ids >= 0 && model.output[0].dim[0] == model.input[model.ids].dim[0]) {
        return VIEW_TOKEN_LABELS;
    }
    return axes == 0 ? VIEW_LABEL : VIEW_VALUES;
}

/* Labels that were weighed against each other have a score. */
static int labels_score(void)
{
    return model.output[0].type == MODEL_REAL;
}

/* The best label of one row of logits, and its probability; or the label whose index stands there. */
static int best_label(const result *r, size_t row, double *score)
{
    const float *const logit = labels_score() ? (const float *)r->data + row * (size_t)model.labels : NULL;
    int best = 0;
    double total = 0;
    *score = 1;
    if (!logit) {
        return ((const int32_t *)r->data)[row];
    }
    for (int i = 1; i < model.labels; i++) {
        best = logit[i] > logit[best] ? i : best;
    }
    for (int i = 0; i < model.labels; i++) {
        total += exp((double)logit[i] - (double)logit[best]);
    }
    *score = model.multi_label ? 1 / (1 + exp(-(double)logit[best])) : 1 / total;
    return best;
}

static const char *row_of_token(const job *j, const item *it, size_t row, char number[16], size_t *size)
{
    if (row < (size_t)it->tokens) {
        return token_string(&j->token[it->token + row], number, size);
    }
    *size = (size_t)snprintf(number, 16, "%zu", row); /* --in: the place */
    return number;
}

/* A token on a line of its own: no newline, no tab. */
static void print_escaped(bytes *out, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c == 0x7F) {
            char escape[8];
            snprintf(escape, sizeof escape, c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\r' ? "\\r" : "\\x%02x", c);
            bytes_string(out, escape);
        } else {
            bytes_char(out, text[i]);
        }
    }
}

static void print_label(bytes *out, const result *r, size_t row)
{
    double score;
    bytes_string(out, model.label[best_label(r, row, &score)]);
    if (labels_score()) {
        bytes_char(out, '\t');
        print_real(out, score, 0);
    }
    bytes_char(out, '\n');
}

static void print_plain(bytes *out, const job *j, const item *it, const result *r)
{
    switch (model_view()) {
    case VIEW_VALUES: print_rows(out, &model.output[0], r); break;
    case VIEW_LABEL: print_label(out, r, 0); break;
    case VIEW_TOKEN_LABELS:
        for (size_t row = 0; row < (size_t)r->shape[0]; row++) {
            char number[16];
            size_t size;
            const char *const token = row_of_token(j, it, row, number, &size);
            print_escaped(out, token, size);
            bytes_char(out, '\t');
            print_label(out, r, row);
        }
        bytes_char(out, '\n');
        break;
    }
}

static void print_key(bytes *out, const char *key, char before)
{
    bytes_char(out, before);
    json_quote(out, key, strlen(key));
    bytes_char(out, ':');
}

/* "tokens", "labels", "scores": arrays along the tokens. */
static void print_token_labels(bytes *out, const job *j, const item *it, const result *r)
{
    static const char *const keys[] = {"tokens", "labels", "scores"};
    for (int k = 0; k < 2 + labels_score(); k++) {
        print_key(out, keys[k], k ? ',' : '{');
        bytes_char(out, '[');
        for (size_t row = 0; row < (size_t)r->shape[0]; row++) {
            char number[16];
            double score;
            size_t size;
            const char *const token = row_of_token(j, it, row, number, &size);
            const char *const label = model.label[best_label(r, row, &score)];
            if (row > 0) {
                bytes_char(out, ',');
            }
            if (k == 2) {
                print_real(out, score, 1);
            } else {
                json_quote(out, k ? label : token, k ? strlen(label) : size);
            }
        }
        bytes_char(out, ']');
    }
}

static void print_json(bytes *out, const job *j, const item *it, const result *r)
{
    const view v = model_view();
    char before = '{';
    if (v == VIEW_LABEL) {
        double score;
        const int best = best_label(r, 0, &score);
        print_key(out, "label", '{');
        json_quote(out, model.label[best], strlen(model.label[best]));
        if (labels_score()) {
            print_key(out, "score", ',');
            print_real(out, score, 1);
        }
        before = ',';
    } else if (v == VIEW_TOKEN_LABELS) {
        print_token_labels(out, j, it, r);
        before = ',';
    }
    for (int n = 0; n < model.outputs; n++) {
        print_key(out, model.output[n].name, before);
        print_array(out, &model.output[n], &r[n]);
        before = ',';
    }
    bytes_string(out, model.outputs > 0 ? "}\n" : "{}\n");
}

static void print_tokens_text(bytes *out, const job *j, const item *it)
{
    for (int32_t i = 0; i < it->tokens; i++) {
        const model_token *const token = &j->token[it->token + (size_t)i];
        char number[16], line[64];
        size_t size;
        const char *const text = token_string(token, number, &size);
        print_escaped(out, text, size);
        snprintf(line, sizeof line, "\t%" PRId32 "\t%" PRId32 "\t%" PRId32 "\n", token->id, token->begin, token->end);
        bytes_string(out, line);
    }
    bytes_char(out, '\n');
}

static void print_tokens_json(bytes *out, const job *j, const item *it, int pair)
{
    static const char *const keys[] = {"ids", "tokens", "offsets", "types"};
    for (int k = 0; k < 3 + pair; k++) {
        print_key(out, keys[k], k ? ',' : '{');
        bytes_char(out, '[');
        for (int32_t i = 0; i < it->tokens; i++) {
            const model_token *const token = &j->token[it->token + (size_t)i];
            char number[16];
            size_t size;
            if (i > 0) {
                bytes_char(out, ',');
            }
            if (k == 1) {
                const char *const text = token_string(token, number, &size);
                json_quote(out, text, size);
            } else if (k == 2) {
                bytes_char(out, '[');
                print_int(out, token->begin);
                bytes_char(out, ',');
                print_int(out, token->end);
                bytes_char(out, ']');
            } else {
                print_int(out, k ? token->type : token->id);
            }
        }
        bytes_char(out, ']');
    }
    bytes_string(out, "}\n");
}

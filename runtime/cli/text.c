/* text.c - an item that is text or ids: read in its format, made tokens, checked against the model */
#include "cli.h"

static size_t type_size(model_type type)
{
    switch (type) {
    case MODEL_REAL: return sizeof(float);
    case MODEL_INT: return sizeof(int64_t);
    case MODEL_BOOL: return sizeof(uint8_t);
    case MODEL_INDEX: return sizeof(int32_t);
    case MODEL_CHAR: return sizeof(int32_t);
    }
    return 1;
}

/* The string of a token, or its character, or its number where there is no vocabulary. */
static const char *token_string(const model_token *token, char number[16], size_t *size)
{
    if (model.token_text) {
        return model.token_text(token->id, size);
    }
    if (model.ids >= 0 && model.input[model.ids].type == MODEL_CHAR) {
        bytes rune = {number, 0, 16, 0}; /* four bytes at most: never grows */
        bytes_rune(&rune, (uint32_t)token->id);
        *size = rune.size;
        return number;
    }
    *size = (size_t)snprintf(number, 16, "%" PRId32, token->id);
    return number;
}

static int job_token_room(job *j, size_t more)
{
    void *at = j->token;
    const int have = more < SIZE_MAX / 2 - j->tokens && array_grow(&at, &j->token_room, j->tokens + more, sizeof *j->token);
    j->token = at;
    return have;
}

static void token_add(job *j, item *it, model_token token)
{
    if (it->tokens == INT32_MAX || !job_token_room(j, 1)) {
        trouble_memory(&j->trouble);
        return;
    }
    j->token[j->tokens++] = token;
    it->tokens++;
}

/* Ids with space between them. */
static void ids_read(const worker *w, job *j, item *it)
{
    const char *p = j->raw.at + it->raw;
    const char *const end = p + it->raw_size;
    const model_tensor *const input = &model.input[model.ids];
    while (!j->trouble.code) {
        while (p < end && (*p == ' ' || *p == '\t' || *p == '\r')) {
            p++;
        }
        if (p == end) {
            return;
        }
        const char *word = p;
        while (p < end && *p != ' ' && *p != '\t' && *p != '\r') {
            p++;
        }
        const shown name = show(word, (size_t)(p - word));
        const int minus = *word == '-';
        int64_t id = 0;
        int good = p - word > minus;
        for (word += minus; word < p && good; word++) {
            good = *word >= '0' && *word <= '9';
            id = good && id <= INT32_MAX ? id * 10 + (*word - '0') : id;
        }
        id = minus ? -id : id;
        if (!good) {
            trouble_set(&j->trouble, TROUBLE_USER, "%s: '%s' is not an id", source_place(w->source, it).text, name.text);
        } else if (input->type == MODEL_INDEX && (id < 0 || id >= input->extent)) {
            trouble_set(&j->trouble, TROUBLE_USER, "%s: id %s is not in 0 .. %" PRId64, source_place(w->source, it).text, name.text,
                        input->extent - 1);
        } else if (id < INT32_MIN || id > INT32_MAX) {
            trouble_set(&j->trouble, TROUBLE_USER, "%s: id %s is too large", source_place(w->source, it).text, name.text);
        } else {
            token_add(j, it, (model_token){(int32_t)id, 0, 0, 0});
        }
    }
}

/* Characters are their own tokens, for a model that takes characters; malformed bytes are read as U+FFFD. */
static void chars_read(job *j, item *it, model_text text)
{
    const unsigned char *const begin = (const unsigned char *)text.bytes, *const end = begin + text.size;
    for (const unsigned char *p = begin; p < end && !j->trouble.code;) {
        uint32_t rune;
        int length = rune_read(p, end, &rune);
        if (length == 0) {
            length = 1;
            rune = 0xFFFD;
        }
        token_add(j, it, (model_token){(int32_t)rune, 0, (int32_t)(p - begin), (int32_t)(p - begin) + length});
        p += length;
    }
}

/* A vocabulary of whole words may have no token for the others. */
static void words_check(const worker *w, job *j, const item *it, model_text text, const model_text *pair)
{
    for (int32_t n = 0; n < it->tokens; n++) {
        const model_token *const token = &j->token[it->token + (size_t)n];
        if (token->id < 0) {
            const char *const from = (token->type && pair ? pair->bytes : text.bytes) + token->begin;
            trouble_set(&j->trouble, TROUBLE_USER, "%s: '%s' is not in the vocabulary", source_place(w->source, it).text,
                        show(from, (size_t)(token->end - token->begin)).text);
            return;
        }
    }
}

static void texts_to_tokens(const worker *w, job *j, item *it, model_text text, const model_text *pair)
{
    const unsigned flags = w->options->value[opt_NO_SPECIAL] ? MODEL_NO_SPECIAL : 0;
    if (text.size > INT32_MAX || (pair && pair->size > INT32_MAX)) {
        trouble_set(&j->trouble, TROUBLE_USER, "%s: the text is longer than %" PRId32 " bytes", source_place(w->source, it).text,
                    INT32_MAX);
        return;
    }
    if (!model.tokenize) {
        chars_read(j, it, text);
        return;
    }
    int32_t need = 64;
    do {
        if (!job_token_room(j, (size_t)need)) {
            trouble_memory(&j->trouble);
            return;
        }
        const size_t space = j->token_room - j->tokens;
        const int32_t room_for = space < INT32_MAX ? (int32_t)space : INT32_MAX;
        need = model.tokenize(&text, pair, flags, j->token + j->tokens, room_for);
        it->tokens = need;
        if (need <= room_for) {
            break;
        }
    } while (1);
    j->tokens += (size_t)it->tokens;
    words_check(w, j, it, text, pair);
}

/* A JSON string, or an array of two. The second begins at *second of w->text; without --pair it is all of the first. */
static int json_read(worker *w, job *j, const item *it, size_t *second)
{
    const int pair = w->options->value[opt_PAIR] != NULL;
    json line = json_open(j->raw.at + it->raw, it->raw_size);
    if (pair) {
        json_want(&line, '[');
    }
    json_string(&line, &w->text);
    *second = w->text.size;
    if (pair && json_want(&line, ',') && json_string(&line, &w->text)) {
        json_want(&line, ']');
    }
    if (!json_end(&line)) {
        trouble_set(&j->trouble, TROUBLE_USER, "%s: not %s: byte %zu: %s", source_place(w->source, it).text,
                    pair ? "a JSON array of two strings" : "a JSON string", json_place(&line), line.error);
        return 0;
    }
    if (w->text.failed) {
        trouble_memory(&j->trouble);
        return 0;
    }
    return 1;
}

static void texts_read(worker *w, job *j, item *it)
{
    const int is_pair = w->options->value[opt_PAIR] != NULL;
    model_text text = {j->raw.at + it->raw, it->raw_size}, pair = {j->raw.at + it->pair, it->pair_size};
    if (w->options->format == FORMAT_JSON) {
        size_t second = 0;
        bytes_char(&w->text, '\0'); /* text.at is no null pointer */
        w->text.size = 0;
        if (!json_read(w, j, it, &second)) {
            return;
        }
        text = (model_text){w->text.at, second};
        pair = (model_text){w->text.at + second, w->text.size - second};
    } else if (is_pair && w->source->kind == SOURCE_LINES) {
        const char *const tab = text.size > 0 ? memchr(text.bytes, '\t', text.size) : NULL;
        const char *const end = text.bytes + text.size;
        if (!tab || memchr(tab + 1, '\t', (size_t)(end - tab - 1))) {
            trouble_set(&j->trouble, TROUBLE_USER, "%s: --pair wants two texts with one TAB between them",
                        source_place(w->source, it).text);
            trouble_hint(&j->trouble, "--input-format=json takes texts that have a TAB themselves");
            return;
        }
        text.size = (size_t)(tab - text.bytes);
        pair = (model_text){tab + 1, (size_t)(end - tab - 1)};
    }
    texts_to_tokens(w, j, it, text, is_pair ? &pair : NULL);
}

/* A vocabulary may have tokens for which the model has no row. */
static void tokens_check(const worker *w, job *j, const item *it)
{
    const model_tensor *const input = &model.input[model.ids];
    for (int32_t n = 0; n < it->tokens && input->type == MODEL_INDEX; n++) {
        const model_token *const token = &j->token[it->token + (size_t)n];
        if (token->id >= input->extent) {
            char number[16];
            size_t size;
            const char *const text = token_string(token, number, &size);
            trouble_set(&j->trouble, TROUBLE_USER, "%s: the token '%s' has the id %" PRId32 "; this model takes 0 .. %" PRId64,
                        source_place(w->source, it).text, show(text, size).text, token->id, input->extent - 1);
            return;
        }
    }
}

static void text_prepare(worker *w, job *j, size_t i)
{
    item *const it = &j->item[i];
    it->token = j->tokens;
    it->tokens = 0;
    if (w->options->format == FORMAT_IDS) {
        ids_read(w, j, it);
    } else {
        texts_read(w, j, it);
    }
    if (j->trouble.code) {
        return;
    }
    const model_dim *const dim = &model.dim[model.input[model.ids].dim[0]];
    memset(j->length + i * (size_t)model.dims, 0, (size_t)model.dims * sizeof *j->length);
    memset(j->present + i * (size_t)model.inputs, 0, (size_t)model.inputs);
    j->length[i * (size_t)model.dims + (size_t)model.input[model.ids].dim[0]] = it->tokens;
    j->present[i * (size_t)model.inputs + (size_t)model.ids] = 1;
    if (model.types >= 0 && model.tokenize && w->options->format != FORMAT_IDS) {
        j->present[i * (size_t)model.inputs + (size_t)model.types] = 1;
    }
    if (w->options->value[opt_TOKENS]) {
        return;
    }
    tokens_check(w, j, it);
    if (it->tokens > dim->bound) {
        trouble_set(&j->trouble, TROUBLE_USER, "%s: %" PRId32 " %s; this model takes at most %" PRId64, source_place(w->source, it).text,
                    it->tokens, w->options->format == FORMAT_IDS ? "ids" : "tokens", dim->bound);
    }
}

static void text_fill(const job *j, size_t i, int input, void *to)
{
    const item *const it = &j->item[i];
    for (int32_t n = 0; n < it->tokens; n++) {
        const model_token *const token = &j->token[it->token + (size_t)n];
        const int32_t value = input == model.types ? token->type : token->id;
        switch (model.input[input].type) {
        case MODEL_INDEX:
        case MODEL_CHAR: ((int32_t *)to)[n] = value; break;
        case MODEL_INT: ((int64_t *)to)[n] = value; break;
        case MODEL_BOOL: ((uint8_t *)to)[n] = value != 0; break;
        case MODEL_REAL: ((float *)to)[n] = (float)value; break;
        }
    }
}

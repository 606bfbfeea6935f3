/* tokenizer.c - model_tokenize(): the tokens of a text, cut to their number, and the special tokens around them */
#include "types.h"

#include "tables.h"

#include "unicode.h"

#if ADDED_SINGLE_WORD
#include "words.h"
#endif

#include "character.h"

#include "wordpiece.h"

#include "added.h"

#include "walk.h"

#include "normalize.h"

/* Tokens of a text without special ones around it: writes at most `room`, returns how many there are, at most `limit`. */
static int32_t text_tokens(const model_text *text, int32_t type, int32_t limit, model_token *token, int64_t room)
{
    Walk walk;
    walk.text = (const unsigned char *)text->bytes;
    walk.size = text->size < INT32_MAX ? (int32_t)text->size : INT32_MAX;
    walk.clear = ADDED_TEXT ? 0 : walk.size;
    walk.scanned = 0;
    walk.taken = 0;
    walk.found = NULL;
    walk.sink.token = token;
    walk.sink.room = room;
    walk.sink.limit = limit;
    walk.sink.n = 0;
    walk.sink.type = type;
    word_begin(&walk.word);
#if ADDED_NORMALIZED
    window_reset(&walk.window);
#endif
    int32_t at = 0;
    while (walk.sink.n < limit) {
        normalize(&walk, at);
        walk_end(&walk);
        if (!walk.found) {
            break;
        }
        sink_put(&walk.sink, walk.found->id, walk.begin, walk.end);
        walk.found = NULL;
        at = walk.clear = walk.taken = walk.end;
    }
    return walk.sink.n < limit ? walk.sink.n : limit;
}

/* How many tokens of either text stay when both may have `limit` together: the longer one is cut first, down to the shorter one, then
 * both alike. */
static void cut_longest(int32_t n[2], int32_t limit)
{
    const int longer = n[1] >= n[0];
    const int32_t shorter = n[!longer];
    if ((int64_t)n[0] + n[1] <= limit) {
        return;
    }
    n[longer] = limit - shorter;
    if (shorter > limit - shorter) {
        n[!longer] = limit / 2;
        n[longer] = limit - limit / 2;
    }
}

int32_t model_tokenize(const model_text *text, const model_text *pair, unsigned flags, model_token *tokens, int32_t room)
{
    const Part *part = pair ? pair_parts : single_parts;
    const int parts = pair ? PAIR_PARTS : SINGLE_PARTS;
    const int special = !(flags & MODEL_NO_SPECIAL);
    int32_t limit = MODEL_TOKENS_MAX;
    for (int i = 0; i < parts; i++) {
        limit -= special && part[i].text == 0;
    }
    int32_t n[2] = {limit, limit};
    if (pair) {
        n[0] = text_tokens(text, 0, limit, NULL, 0);
        n[1] = text_tokens(pair, 0, limit, NULL, 0);
        if (n[0] == limit && n[1] == limit) { /* which one is longer decides who gets an odd token */
            n[0] = text_tokens(text, 0, INT32_MAX, NULL, 0);
            n[1] = text_tokens(pair, 0, INT32_MAX, NULL, 0);
        }
        cut_longest(n, limit);
    }
    int32_t count = 0;
    for (int i = 0; i < parts; i++) {
        model_token *token = count < room ? tokens + count : NULL;
        const int64_t left = count < room ? room - count : 0;
        if (part[i].text > 0) {
            count += text_tokens(part[i].text == 1 ? text : pair, part[i].type, n[part[i].text - 1], token, left);
        } else if (special) {
            const model_token added = {part[i].id, part[i].type, 0, 0};
            if (token) {
                *token = added;
            }
            count++;
        }
    }
    return count;
}

const char *model_token_text(int32_t id, size_t *size)
{
    const char *text = id >= 0 && id < VOCABULARY ? text_of(id) : "";
    *size = 0;
    while (text[*size]) {
        ++*size;
    }
    return text;
}

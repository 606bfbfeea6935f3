/* What is the same for tokenizer.json and vocab.txt, once it is read: the table of ids, added tokens, templates, the limit. */
#include "inner.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static int by_text(const void *a, const void *b)
{
    const Piece *x = a, *y = b;
    return strcmp(x->text, y->text);
}

static int by_pattern(const void *a, const void *b)
{
    const AddedToken *x = a, *y = b;
    return strcmp(x->pattern, y->pattern);
}

/* Ids may leave gaps, but not so that the tables are mostly gaps. */
static int check_ids(Tokenizer *t)
{
    int64_t most = 0;
    for (int i = 0; i < t->piece.n; i++) {
        most = t->piece.at[i].id > most ? t->piece.at[i].id : most;
    }
    for (int i = 0; i < t->added.n; i++) {
        most = t->added.at[i].id > most ? t->added.at[i].id : most;
    }
    const int64_t tokens = (int64_t)t->piece.n + t->added.n;
    if (most >= 4 * tokens + 4096) {
        tokenizer_wrong(t, "the largest id is %lld, with only %lld tokens", (long long)most, (long long)tokens);
        return 0;
    }
    t->ids = (int)most + 1;
    return 1;
}

static int check_token(Tokenizer *t, Str text)
{
    if (strlen(text) > TOKEN_LONGEST) {
        tokenizer_unsupported(t, "a token of %zu bytes ('%s')", strlen(text), tokenizer_shown(t, text));
        return 0;
    }
    return 1;
}

static int take_pieces(Tokenizer *t)
{
    for (int i = 0; i < t->piece.n; i++) {
        const Piece *piece = &t->piece.at[i];
        if (!check_token(t, piece->text)) {
            return 0;
        }
        if (t->token[piece->id]) {
            tokenizer_wrong(t, "the tokens '%s' and '%s' have the same id %d", tokenizer_shown(t, t->token[piece->id]),
                            tokenizer_shown(t, piece->text), piece->id);
            return 0;
        }
        t->token[piece->id] = piece->text;
    }
    qsort(t->piece.at, (size_t)t->piece.n, sizeof *t->piece.at, by_text);
    return 1;
}

static int piece_id(const Tokenizer *t, Str text)
{
    const Piece key = {text, 0};
    const Piece *found = t->piece.n ? bsearch(&key, t->piece.at, (size_t)t->piece.n, sizeof key, by_text) : NULL;
    return found ? found->id : -1;
}

/* Of an added token that stands twice, as the library has it, the later one counts; its id has to be the same. */
static int join_repeated(Tokenizer *t)
{
    int kept = 0;
    for (int i = 0; i < t->added.n; i++) {
        const AddedToken *added = &t->added.at[i];
        int k = 0;
        while (k < kept && t->added.at[k].text != added->text) {
            k++;
        }
        if (k < kept && t->added.at[k].id != added->id) {
            tokenizer_wrong(t, "the added token '%s' has the id %d, and the id %d too", tokenizer_shown(t, added->text), t->added.at[k].id,
                            added->id);
            return 0;
        }
        t->added.at[k] = *added;
        kept += k == kept;
    }
    t->added.n = kept;
    return 1;
}

/* An added token that the vocabulary has keeps its id; the others are numbered on from the vocabulary, as the library does. */
static int take_added(Tokenizer *t)
{
    int next = t->piece.n;
    for (int i = 0; i < t->added.n; i++) {
        AddedToken *added = &t->added.at[i];
        const int known = piece_id(t, added->text), wanted = known >= 0 ? known : next;
        if (!check_token(t, added->text)) {
            return 0;
        }
        if (added->id != wanted) {
            tokenizer_wrong(t, "$.added_tokens[%d].id is %d, but '%s' %s %d", added->place, added->id, tokenizer_shown(t, added->text),
                            known >= 0 ? "has in the vocabulary the id" : "is not in the vocabulary, and the next free id is", wanted);
            return 0;
        }
        if (known < 0 && t->token[wanted]) {
            tokenizer_wrong(t, "the tokens '%s' and '%s' have the same id %d", tokenizer_shown(t, t->token[wanted]),
                            tokenizer_shown(t, added->text), wanted);
            return 0;
        }
        next += known < 0;
        added->pattern = added->normalized ? tokenizer_normalize(t, added->text) : added->text;
        if (!added->pattern[0]) {
            tokenizer_wrong(t, "$.added_tokens[%d].content: nothing of it is left after normalization", added->place);
            return 0;
        }
        if (!check_token(t, added->pattern)) {
            return 0;
        }
        t->token[added->id] = added->text;
        if (added->normalized) {
            vec_push(t->arena, t->in_normalized, *added);
        } else {
            vec_push(t->arena, t->in_text, *added);
        }
    }
    return 1;
}

static int is_prefix(Str prefix, Str text)
{
    return strncmp(prefix, text, strlen(prefix)) == 0;
}

/* Sorts a kind and links each of it to the longest other one that it begins with. Sorted, the chain of those that begin the one before
 * holds all that can begin this one. */
static int sort_added(Tokenizer *t, AddedTokens *added)
{
    if (added->n > 0) {
        qsort(added->at, (size_t)added->n, sizeof *added->at, by_pattern);
    }
    for (int i = 0; i < added->n; i++) {
        int shorter = i - 1;
        while (shorter >= 0 && !is_prefix(added->at[shorter].pattern, added->at[i].pattern)) {
            shorter = added->at[shorter].shorter;
        }
        added->at[i].shorter = shorter;
        if (shorter >= 0 && strcmp(added->at[shorter].pattern, added->at[i].pattern) == 0) {
            tokenizer_wrong(t, "the added tokens '%s' and '%s' read the same in a text", tokenizer_shown(t, added->at[shorter].text),
                            tokenizer_shown(t, added->at[i].text));
            return 0;
        }
    }
    return 1;
}

/* Room for the template's own tokens, and each text once at most. */
static int check_template(Tokenizer *t, const Template *template, const char *name)
{
    int special = 0, texts[3] = {0};
    for (int i = 0; i < template->n; i++) {
        const TemplatePart *part = &template->at[i];
        special += part->text == 0;
        texts[part->text]++;
        if (part->text == 0 && (part->id >= t->ids || !t->token[part->id])) {
            tokenizer_wrong(t, "$.post_processor: the special token of '%s' has the id %d, which no token has", name, part->id);
            return 0;
        }
    }
    if (texts[1] > 1 || texts[2] > 1) {
        tokenizer_unsupported(t, "$.post_processor.%s: a text that stands twice", name);
        return 0;
    }
    if (special > t->max_length) {
        tokenizer_wrong(t, "at most %d tokens leave no room for the %d special ones of '%s'", t->max_length, special, name);
        return 0;
    }
    return 1;
}

int tokenizer_finish(Tokenizer *t, int max_length)
{
    t->max_length = max_length > 0 ? max_length : t->max_length > 0 ? t->max_length : INT_MAX;
    if (t->piece.n == 0) {
        tokenizer_wrong(t, "the vocabulary is empty");
        return 0;
    }
    if (!check_ids(t)) {
        return 0;
    }
    t->token = arena_array(t->arena, Str, t->ids);
    if (!take_pieces(t) || !join_repeated(t) || !take_added(t) || !sort_added(t, &t->in_text) || !sort_added(t, &t->in_normalized)) {
        return 0;
    }
    t->unknown_id = piece_id(t, t->unknown);
    if (t->unknown_id < 0 && !t->whole_words) {
        tokenizer_wrong(t, "the unknown token '%s' is not in the vocabulary", tokenizer_shown(t, t->unknown));
        return 0;
    }
    return check_template(t, &t->single, "single") && check_template(t, &t->pair, "pair") && tokenizer_hash(t);
}

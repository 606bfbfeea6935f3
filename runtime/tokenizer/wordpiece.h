/* wordpiece.h - BertPreTokenizer or WhitespaceSplit, and WordPiece: from code points to tokens
 *
 * A word is collected character by character and then cut into the longest pieces that the vocabulary has, from left to right; a word
 * that does not come out even, or is longer than WORD_CHARS, is one unknown token. A piece is looked up by the hash of its bytes in a
 * perfect hash table: one probe and one comparison, longest piece first. Cost of a word of n characters: n * LONGEST_PIECE at worst.
 * WordLevel, whose tokens are whole words, is a vocabulary of which no piece begins with the prefix of those inside a word. */
#ifndef MODEL_WORDPIECE_H
#define MODEL_WORDPIECE_H

#include "character.h"

typedef struct Word {
    int chars;                           /* WORD_CHARS + 1: too many */
    int bytes;                           /* of the characters that are kept */
    int32_t last;                        /* end of the last character in the text, kept or not */
    int32_t begin[WORD_CHARS], end[WORD_CHARS]; /* of each character in the text */
    uint16_t from[WORD_CHARS + 1];       /* where each begins in utf8 */
    uint64_t hash[WORD_CHARS + 1];       /* of the bytes before it */
    unsigned char utf8[WORD_CHARS * 4];
} Word;

/* Where tokens go. */
typedef struct Sink {
    model_token *token;
    int64_t room;  /* how many can be written */
    int32_t limit; /* how many are wanted: a word may go over it before it turns out to be one unknown token */
    int32_t n;
    int32_t type;
} Sink;

static void sink_put(Sink *sink, int32_t id, int32_t begin, int32_t end)
{
    if (sink->n < sink->limit && sink->n < sink->room) {
        const model_token token = {id, sink->type, begin, end};
        sink->token[sink->n] = token;
    }
    sink->n++;
}

/* State of the hash after `n` more bytes. The compiler computes the same when it makes the table. */
static uint64_t hash_bytes(uint64_t hash, const unsigned char *bytes, int n)
{
    for (int i = 0; i < n; i++) {
        hash = (hash ^ bytes[i]) * HASH_FACTOR;
    }
    return hash;
}

static const char *text_of(int32_t id)
{
    const uint32_t at = text_group[id / TEXT_GROUP] + text_at[id];
    return &text_bytes[at / TEXT_ROW][at % TEXT_ROW];
}

/* The piece of the vocabulary with this hash and these bytes, the first `skip` of its own not counted; -1: none. */
static int32_t piece_find(uint64_t hash, int skip, const unsigned char *bytes, int n)
{
    const uint32_t high = (uint32_t)(hash >> 32);
    const uint64_t seed = hash_seed[(uint64_t)high * HASH_BUCKETS >> 32];
    const uint32_t mixed = (uint32_t)((hash ^ seed * HASH_FACTOR) * HASH_FACTOR >> 32);
    const int32_t id = (int32_t)hash_id[(uint64_t)mixed * HASH_SLOTS >> 32];
    const char *text = text_of(id);
    for (int i = 0; i < skip; i++) {
        if (text[i] != PIECE_PREFIX[i]) {
            return -1;
        }
    }
    text += skip;
    for (int i = 0; i < n; i++) {
        if ((unsigned char)text[i] != bytes[i]) {
            return -1;
        }
    }
    return text[n] == '\0' ? id : -1;
}

/* The longest piece of characters first .. last, whose hashes before each are given; returns the character after it, 0 if there is none. */
static int piece_longest(const Word *word, const uint64_t *hash, int first, int last, int32_t *id)
{
    const int skip = first > 0 ? PIECE_PREFIX_BYTES : 0;
    for (; last > first; last--) {
        *id = piece_find(hash[last], skip, word->utf8 + word->from[first], word->from[last] - word->from[first]);
        if (*id >= 0) {
            return last;
        }
    }
    return 0;
}

static int piece_first(const Word *word, int32_t *id)
{
    int last = word->chars;
    while (word->from[last] > LONGEST_FIRST) {
        last--;
    }
    return piece_longest(word, word->hash, 0, last, id);
}

static int piece_next(const Word *word, int first, int32_t *id)
{
    uint64_t hash[WORD_CHARS + 1];
    int last = first;
    hash[first] = HASH_NEXT;
    while (last < word->chars && word->from[last + 1] - word->from[first] <= LONGEST_NEXT) {
        hash[last + 1] = hash_bytes(hash[last], word->utf8 + word->from[last], word->from[last + 1] - word->from[last]);
        last++;
    }
    return piece_longest(word, hash, first, last, id);
}

static void word_begin(Word *word)
{
    word->chars = 0;
    word->bytes = 0;
    word->from[0] = 0;
    word->hash[0] = HASH_FIRST;
}

/* The word is over: its tokens. */
static void word_end(Word *word, Sink *sink)
{
    const int32_t before = sink->n;
    const int chars = word->chars;
    for (int first = 0, next; first < chars; first = next) {
        int32_t id;
        next = chars > WORD_CHARS ? 0 : first == 0 ? piece_first(word, &id) : piece_next(word, first, &id);
        if (next == 0) {
            sink->n = before;
            sink_put(sink, UNKNOWN, word->begin[0], word->last);
            break;
        }
        sink_put(sink, id, word->begin[first], word->end[next - 1]);
    }
    word_begin(word);
}

static void word_add(Word *word, uint32_t c, int32_t begin, int32_t end)
{
    word->last = end;
    if (word->chars >= WORD_CHARS) {
        word->chars = WORD_CHARS + 1;
        return;
    }
    unsigned char *utf8 = word->utf8 + word->bytes;
    const int n = utf8_write(utf8, c);
    utf8[0] = c ? utf8[0] : 0xFF; /* no piece has a NUL; so it is not taken for the end of one */
    word->begin[word->chars] = begin;
    word->end[word->chars] = end;
    word->bytes += n;
    word->hash[word->chars + 1] = hash_bytes(word->hash[word->chars], utf8, n);
    word->from[++word->chars] = (uint16_t)word->bytes;
}

/* White space parts words, punctuation parts them and is one, or is like any other character. */
static void word_char(Word *word, Sink *sink, uint32_t c, int32_t begin, int32_t end)
{
    const unsigned class = class_of(c) & (JOINS_PUNCTUATION ? CLASS_SPACE : CLASS_SPACE | CLASS_PUNCT);
    if (class) {
        word_end(word, sink);
    }
    if (!(class & CLASS_SPACE)) {
        word_add(word, c, begin, end);
    }
    if (class & CLASS_PUNCT) {
        word_end(word, sink);
    }
}

#endif

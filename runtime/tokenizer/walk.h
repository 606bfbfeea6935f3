/* walk.h - a walk over one text, piece by piece: a piece is what lies between two added tokens that stand in the text as it is */
#ifndef MODEL_WALK_H
#define MODEL_WALK_H

#include "added.h"

typedef struct Walk {
    const unsigned char *text;
    int32_t size;
    int32_t clear;   /* no added token begins before it */
    int32_t scanned; /* up to here they were looked for: clear, or beyond it where one was found */
    int32_t taken;   /* end of the last one, with the white space it takes */
    const Added *found; /* begins at clear; NULL: none known */
    int32_t begin, end; /* of what was found, white space included */
    Sink sink;
    Word word;
#if ADDED_NORMALIZED
    Window window;
#endif
} Walk;

enum { WALK_STRIDE = 4096 }; /* bytes looked through at a time: a text that is cut is not read to its end */

#if ADDED_TEXT
/* Widens what was found by the white space that it takes. */
static void walk_widen(Walk *walk)
{
    uint32_t c;
    for (int32_t before; walk->found->left && walk->begin > walk->taken; walk->begin = before) {
        before = utf8_before(walk->text, walk->begin);
        utf8_read(walk->text, before, walk->begin, &c);
        if (!is_space(c)) {
            break;
        }
    }
    for (int32_t after; walk->found->right && walk->end < walk->size; walk->end = after) {
        after = utf8_read(walk->text, walk->end, walk->size, &c);
        if (!is_space(c)) {
            break;
        }
    }
}

/* Looks for the next added token. */
static void walk_scan(Walk *walk)
{
    const int32_t stop = walk->size - walk->scanned < WALK_STRIDE ? walk->size : walk->scanned + WALK_STRIDE;
    while (walk->scanned < stop) {
        const int32_t at = walk->scanned;
        const Added *added = NULL;
        if (added_in_text_first[walk->text[at]]) {
            added = added_find(added_in_text, ADDED_TEXT, walk->text + at, walk->size - at);
        }
        walk->scanned += added ? added->size : 1;
        if (added && added_stands(added, walk->text, at, walk->scanned, walk->size)) {
            walk->found = added;
            walk->begin = at;
            walk->end = walk->scanned;
            walk_widen(walk);
            walk->clear = walk->begin;
            return;
        }
    }
    walk->clear = walk->scanned;
}
#endif

/* Whether the piece goes on at `at`. */
static int walk_more(Walk *walk, int32_t at)
{
#if ADDED_TEXT
    while (at >= walk->clear && !walk->found && walk->scanned < walk->size) {
        walk_scan(walk);
    }
#endif
    return at < walk->clear;
}

/* Words of ASCII letters and digits, and single spaces after them, in one go. */
static int32_t walk_plain(Walk *walk, int32_t at)
{
#if !ADDED_NORMALIZED
    Word *word = &walk->word;
    const unsigned char *text = walk->text;
    const int32_t end = walk->clear;
    while (at < end && walk->sink.n < walk->sink.limit) {
        int chars = word->chars, bytes = word->bytes;
        uint64_t hash = word->hash[chars < WORD_CHARS ? chars : 0];
        for (; at < end && chars < WORD_CHARS && text[at] < 128 && ascii_plain[text[at]]; at++) {
            word->utf8[bytes] = ascii_plain[text[at]];
            hash = hash_bytes(hash, word->utf8 + bytes, 1);
            word->begin[chars] = at;
            word->end[chars] = word->last = at + 1;
            word->from[++chars] = (uint16_t)++bytes;
            word->hash[chars] = hash;
        }
        word->chars = chars;
        word->bytes = bytes;
        if (at == end || text[at] != ' ') {
            break;
        }
        word_end(word, &walk->sink);
        at++;
    }
#else
    (void)walk;
#endif
    return at;
}

static void walk_char(Walk *walk, uint32_t c, int32_t begin, int32_t end)
{
#if ADDED_NORMALIZED
    window_add(&walk->window, &walk->word, &walk->sink, c, begin, end);
#else
    word_char(&walk->word, &walk->sink, c, begin, end);
#endif
}

/* Whether the tokens so far are enough. Between words only: before its end it is not known how many tokens a word is. */
static int walk_full(const Walk *walk)
{
#if ADDED_NORMALIZED
    if (walk->window.extending) {
        return 0;
    }
#endif
    return walk->sink.n >= walk->sink.limit && walk->word.chars == 0;
}

/* The piece is over. */
static void walk_end(Walk *walk)
{
#if ADDED_NORMALIZED
    window_end(&walk->window, &walk->word, &walk->sink);
#endif
    word_end(&walk->word, &walk->sink);
}

#endif

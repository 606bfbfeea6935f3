/* added.h - added tokens: strings that are tokens wherever they stand, looked for before the text is cut into words
 *
 * Each of the two kinds has a table of its own: those looked for in the text as it is (as "[SEP]"), and those looked for in the
 * normalized text. Both are found as the library finds them: leftmost, then longest, not overlapping.
 *
 * A table is sorted by bytes. All tokens that begin a text stand before it in that order, and every token between one of them and the
 * text begins with it too; so the longest is the last one that is not above the text, or among that one's own beginnings (`shorter`). */
#ifndef MODEL_ADDED_H
#define MODEL_ADDED_H

#include "wordpiece.h"

#if ADDED_TEXT || ADDED_NORMALIZED
static int added_begins(const Added *added, const unsigned char *text, int64_t size)
{
    return size >= added->size && memcmp(text, added->text, (size_t)added->size) == 0;
}

/* The longest of n tokens that the text begins with; NULL: none. */
static const Added *added_find(const Added *added, int n, const unsigned char *text, int64_t size)
{
    int low = 0, high = n; /* those before low are not above the text */
    while (low < high) {
        const int middle = (low + high) / 2;
        const int64_t both = size < added[middle].size ? size : added[middle].size;
        const int order = memcmp(added[middle].text, text, (size_t)both);
        if (order < 0 || (order == 0 && added[middle].size <= size)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (int i = low - 1; i >= 0; i = added[i].shorter) {
        if (added_begins(&added[i], text, size)) {
            return &added[i];
        }
    }
    return NULL;
}

static int is_space(uint32_t c)
{
    return (class_of(c) & CLASS_SPACE) != 0;
}

#if ADDED_SINGLE_WORD
static int is_word(uint32_t c)
{
    return range_find(&word_range[0][0], WORD_RANGES, 2, c) >= 0;
}
#endif
#endif

#if ADDED_TEXT
/* The place of the code point that ends before `at` > 0; in malformed text perhaps of a byte of it. */
static int32_t utf8_before(const unsigned char *text, int32_t at)
{
    int32_t begin = at - 1;
    while (begin > 0 && at - begin < 4 && (text[begin] & 0xC0) == 0x80) {
        begin--;
    }
    uint32_t c;
    return utf8_read(text, begin, at, &c) == at ? begin : at - 1;
}

/* Whether text[begin .. end) may be this token: one that must stand alone has no word character beside it. */
static int added_stands(const Added *added, const unsigned char *text, int32_t begin, int32_t end, int32_t size)
{
#if ADDED_SINGLE_WORD
    uint32_t before, after;
    if (added->single_word && begin > 0) {
        utf8_read(text, utf8_before(text, begin), begin, &before);
        if (is_word(before)) {
            return 0;
        }
    }
    if (added->single_word && end < size) {
        utf8_read(text, end, size, &after);
        return !is_word(after);
    }
#else
    (void)added, (void)text, (void)begin, (void)end, (void)size;
#endif
    return 1;
}
#endif

#if ADDED_NORMALIZED
/* The part of the normalized text in which the next added token is looked for. */
typedef struct Window {
    int first, chars;  /* characters first .. chars are still to be looked at */
    int bytes;
    int plain;         /* so many of them are no added token, having been one that did not stand alone */
    int extending;     /* the last token takes the white space after it */
    int32_t space;     /* where the white space before `first` begins, or -1 */
    uint32_t previous; /* the character before `first`, or WINDOW_EDGE */
    uint32_t c[WINDOW_CHARS];
    int32_t begin[WINDOW_CHARS], end[WINDOW_CHARS];
    int from[WINDOW_CHARS + 1];
    unsigned char utf8[WINDOW_CHARS * 4];
} Window;

enum { WINDOW_EDGE = 0x110000 };

static void window_reset(Window *window)
{
    window->first = window->chars = window->bytes = window->plain = window->extending = 0;
    window->space = -1;
    window->previous = WINDOW_EDGE;
    window->from[0] = 0;
}

/* How many characters from `first` on are an added token; 0: none. */
static int window_find(const Window *window, const Added **added)
{
    const unsigned char *text = window->utf8 + window->from[window->first];
    if (!added_in_normalized_first[text[0]]) {
        return 0;
    }
    *added = added_find(added_in_normalized, ADDED_NORMALIZED, text, window->bytes - window->from[window->first]);
    if (!*added) {
        return 0;
    }
    int last = window->first;
    while (window->from[last] < window->from[window->first] + (*added)->size) {
        last++;
    }
    return last - window->first;
}

/* Whether the token of n characters at `first` may be one: see added_stands(). */
static int window_stands(const Window *window, const Added *added, int n)
{
#if ADDED_SINGLE_WORD
    const int after = window->first + n;
    return !added->single_word ||
           ((window->previous == WINDOW_EDGE || !is_word(window->previous)) && (after == window->chars || !is_word(window->c[after])));
#else
    (void)window, (void)added, (void)n;
    return 1;
#endif
}

static void window_take(Window *window, int n)
{
    window->first += n;
    window->previous = window->c[window->first - 1];
}

/* An added token of n characters. */
static void window_added(Window *window, const Added *added, int n, Word *word, Sink *sink)
{
    const int last = window->first + n - 1;
    word_end(word, sink);
    sink_put(sink, added->id, added->left && window->space >= 0 ? window->space : window->begin[window->first], window->end[last]);
    window->extending = added->right;
    window->space = -1;
    window_take(window, n);
}

/* A character that is no added token. */
static void window_pass(Window *window, Word *word, Sink *sink)
{
    const int i = window->first;
    const int space = is_space(window->c[i]);
    if (window->extending && space) {
        const int32_t token = sink->n - 1;
        if (token < sink->limit && token < sink->room) {
            sink->token[token].end = window->end[i];
        }
    } else {
        window->extending = 0;
        window->space = !space ? -1 : window->space < 0 ? window->begin[i] : window->space;
        word_char(word, sink, window->c[i], window->begin[i], window->end[i]);
    }
    window_take(window, 1);
}

/* Looks at one character, or at the added token that begins there. */
static void window_step(Window *window, Word *word, Sink *sink)
{
    const Added *added = NULL;
    const int n = window->plain ? 0 : window_find(window, &added);
    if (n > 0 && window_stands(window, added, n)) {
        window_added(window, added, n, word, sink);
        return;
    }
    window->plain = n > 0 ? n : window->plain;
    window_pass(window, word, sink);
    window->plain -= window->plain > 0;
}

/* Moves what is left to the front. */
static void window_shift(Window *window)
{
    const int gone = window->first, bytes = window->from[gone];
    for (int i = gone; i < window->chars; i++) {
        window->c[i - gone] = window->c[i];
        window->begin[i - gone] = window->begin[i];
        window->end[i - gone] = window->end[i];
        window->from[i - gone] = window->from[i] - bytes;
    }
    memmove(window->utf8, window->utf8 + bytes, (size_t)(window->bytes - bytes));
    window->chars -= gone;
    window->bytes -= bytes;
    window->from[window->chars] = window->bytes;
    window->first = 0;
}

static void window_add(Window *window, Word *word, Sink *sink, uint32_t c, int32_t begin, int32_t end)
{
    if (window->chars == WINDOW_CHARS) {
        while (window->first < WINDOW_CHARS / 2) { /* the other half is as long as any token and one more character */
            window_step(window, word, sink);
        }
        window_shift(window);
    }
    const int i = window->chars++;
    window->c[i] = c;
    window->begin[i] = begin;
    window->end[i] = end;
    window->bytes += utf8_write(window->utf8 + window->bytes, c);
    window->from[i + 1] = window->bytes;
}

static void window_end(Window *window, Word *word, Sink *sink)
{
    while (window->first < window->chars) {
        window_step(window, word, sink);
    }
    window_reset(window);
}
#endif

#endif

/* normalize.h - UTF-8 and BertNormalizer: from the bytes of a text to clean code points, each with the bytes it came from
 *
 * Order of the steps: clean (drop control characters, make white space ' '), put spaces around ideographs, decompose canonically and drop
 * nonspacing marks, lower case. A step that the tokenizer does not have is off by its constant: CLEAN_TEXT, SPACE_IDEOGRAPHS,
 * STRIP_ACCENTS, LOWERCASE. The unit that includes this file defines them, the type Walk, and
 *     int walk_more(Walk *, int32_t at)                        does the piece of walk->text[walk->size] go on at `at`? To walk->clear
 *                                                              at least
 *     int32_t walk_plain(Walk *, int32_t at)                   may take bytes that no step changes; returns where it stopped
 *     void walk_char(Walk *, uint32_t c, int32_t begin, int32_t end)   takes a code point
 *     int walk_full(const Walk *)                              nobody wants more */
#ifndef MODEL_NORMALIZE_H
#define MODEL_NORMALIZE_H

#include "character.h"

/* Canonical combining class, of a code point with CLASS_JOINS. */
static uint32_t joins_of(uint32_t c)
{
    const int row = range_find(&joins_range[0][0], JOINS_RANGES, 3, c);
    return row < 0 ? 0 : joins_range[row][2];
}

/* What a map of unicode.h makes of c: returns how many code points, and where they are. `one` is room for a single one. */
static int map_find(uint32_t value, uint32_t c, uint32_t *one, const uint32_t **out)
{
    if (value >= 0xD800 && value < 0xE000) {
        *out = &sequences[value - 0xD800 + 1];
        return (int)sequences[value - 0xD800];
    }
    *one = value ? (c & 0x1F0000) | value : c;
    *out = one;
    return 1;
}

static void lower_char(Walk *walk, uint32_t c, int32_t begin, int32_t end)
{
    if (LOWERCASE && (class_of(c) & CLASS_LOWERS)) {
        uint32_t one;
        const uint32_t *low;
        const int n = map_find(lower_block[lower_index[c / MAP_BLOCK]][c % MAP_BLOCK], c, &one, &low);
        for (int i = 0; i < n; i++) {
            walk_char(walk, low[i], begin, end);
        }
    } else {
        walk_char(walk, c, begin, end);
    }
}

/* Hangul syllables decompose by arithmetic (Unicode Standard 3.12). */
static void hangul_char(Walk *walk, uint32_t c, int32_t begin, int32_t end)
{
    const uint32_t syllable = c - 0xAC00;
    walk_char(walk, 0x1100 + syllable / 588, begin, end);
    walk_char(walk, 0x1161 + syllable % 588 / 28, begin, end);
    if (syllable % 28) {
        walk_char(walk, 0x11A7 + syllable % 28, begin, end);
    }
}

/* A run: characters with a combining class, which canonical order sorts by it (stably), and dropped ones between them. Few of them survive
 * the stripping of marks: musical signs, and marks younger than Unicode 8. The library gives the k-th of the sorted run the bytes of the
 * k-th character of the run; so does this. `tail` are the survivors at the end of what the starter before the run decomposed to: they are
 * sorted with the run, and take the bytes of the character sorted before them.
 * Goes over the run once for each class in it: linear, without memory. */
typedef struct Run {
    int32_t begin, end; /* bytes of the text */
    int32_t from, to;   /* bytes whose turn it is */
    uint32_t tail[4];
    int tails;
} Run;

/* The next member of the run from `at`: returns the place after it, or -1 at the end. */
static int32_t run_next(const Walk *walk, const Run *run, int32_t at, int32_t *begin, uint32_t *c, uint32_t *joins)
{
    while (at < run->end) {
        *begin = at;
        at = utf8_read(walk->text, at, run->end, c);
        const unsigned class = class_of(*c);
        if (!(CLEAN_TEXT && (class & CLASS_DROP))) {
            *joins = joins_of(*c);
            return at;
        }
    }
    return -1;
}

/* Finds the end of the run that begins at run->begin. Returns whether anything of it survives. */
static int run_measure(Walk *walk, Run *run)
{
    int survivors = run->tails;
    run->end = run->begin;
    while (walk_more(walk, run->end)) {
        uint32_t c;
        const int32_t next = utf8_read(walk->text, run->end, walk->size, &c);
        const unsigned class = class_of(c);
        if (!(class & CLASS_JOINS) && !(CLEAN_TEXT && (class & CLASS_DROP))) {
            break;
        }
        survivors += (class & CLASS_JOINS) && !(class & CLASS_MARK);
        run->end = next;
    }
    return survivors;
}

static void run_chars(Walk *walk, Run *run)
{
    int32_t turn = run->begin; /* the next character whose bytes are taken */
    uint32_t unused;
    for (uint32_t least = 0, next = 0; next < 255; least = next + 1) {
        next = 255;
        for (int i = 0; i < run->tails; i++) { /* the smallest class that is left */
            const uint32_t joins = joins_of(run->tail[i]);
            next = joins >= least && joins < next ? joins : next;
        }
        uint32_t c, joins;
        int32_t begin;
        for (int32_t at = run->begin; (at = run_next(walk, run, at, &begin, &c, &joins)) >= 0;) {
            next = joins >= least && joins < next ? joins : next;
        }
        for (int i = 0; i < run->tails; i++) {
            if (joins_of(run->tail[i]) == next) {
                walk_char(walk, run->tail[i], run->from, run->to);
            }
        }
        for (int32_t at = run->begin; (at = run_next(walk, run, at, &begin, &c, &joins)) >= 0;) {
            if (joins == next) {
                turn = run_next(walk, run, turn, &run->from, &unused, &unused);
                run->to = turn;
                if (!(class_of(c) & CLASS_MARK)) {
                    walk_char(walk, c, run->from, run->to);
                }
            }
        }
    }
}

/* One code point after cleaning and spacing. Returns the place after it, or after the run that it begins. */
static int32_t strip_char(Walk *walk, uint32_t c, unsigned class, int32_t begin, int32_t end)
{
    if (!STRIP_ACCENTS || !(class & (CLASS_MARK | CLASS_JOINS | CLASS_STRIPS))) {
        lower_char(walk, c, begin, end);
        return end;
    }
    Run run = {end, end, begin, end, {0}, 0};
    if (class & CLASS_JOINS) {
        run.begin = begin;
    } else if (c >= 0xAC00 && c < 0xD7A4) {
        hangul_char(walk, c, begin, end);
        return end;
    } else if (!(class & CLASS_MARK)) {
        uint32_t one;
        const uint32_t *left;
        const int n = map_find(strip_block[strip_index[c / MAP_BLOCK]][c % MAP_BLOCK], c, &one, &left);
        for (int i = 0; i < n; i++) {
            if (i > 0 && (class_of(left[i]) & CLASS_JOINS)) {
                run.tail[run.tails++] = left[i];
            } else {
                lower_char(walk, left[i], begin, end);
            }
        }
    }
    if ((class & CLASS_JOINS) || run.tails) {
        if (run_measure(walk, &run)) {
            run_chars(walk, &run);
        }
    }
    return run.end;
}

/* Normalizes from `at` to the end of the piece, or until walk_full(). Returns where it stopped. */
static int32_t normalize(Walk *walk, int32_t at)
{
    while (walk_more(walk, at) && !walk_full(walk)) {
        at = walk_plain(walk, at);
        if (at >= walk->clear) {
            continue;
        }
        uint32_t c;
        const int32_t begin = at;
        at = utf8_read(walk->text, at, walk->size, &c);
        const unsigned class = class_of(c);
        if (CLEAN_TEXT && (class & CLASS_DROP)) {
            continue;
        }
        if (CLEAN_TEXT && (class & CLASS_SPACE)) {
            walk_char(walk, ' ', begin, at);
        } else if (SPACE_IDEOGRAPHS && (class & CLASS_CJK)) {
            walk_char(walk, ' ', begin, at);
            strip_char(walk, c, class, begin, at);
            walk_char(walk, ' ', begin, at);
        } else {
            at = strip_char(walk, c, class, begin, at);
        }
    }
    return at;
}

#endif

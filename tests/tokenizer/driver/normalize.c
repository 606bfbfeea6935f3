/* normalize.c - the normalizer and the pre-tokenizer alone, on every code point, for against_hf.py
 *
 * normalize CLEAN SPACE STRIP LOWER: for each code point c but surrogates, for the texts "c" and "acb": a line with the words they are
 * cut into, a NUL after each. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Walk {
    const unsigned char *text;
    int32_t size, clear;
    int inside; /* a word has begun */
} Walk;

static int CLEAN_TEXT, SPACE_IDEOGRAPHS, STRIP_ACCENTS, LOWERCASE;

#include "../../../runtime/tokenizer/character.h"

static int walk_more(const Walk *walk, int32_t at)
{
    return at < walk->clear;
}

static int32_t walk_plain(const Walk *walk, int32_t at)
{
    (void)walk;
    return at;
}

static int walk_full(const Walk *walk)
{
    (void)walk;
    return 0;
}

static void end_word(Walk *walk)
{
    if (walk->inside) {
        putchar('\0');
    }
    walk->inside = 0;
}

static void walk_char(Walk *walk, uint32_t c, int32_t begin, int32_t end)
{
    unsigned char utf8[4];
    const unsigned class = class_of(c);
    (void)begin, (void)end;
    if (class & (CLASS_SPACE | CLASS_PUNCT)) {
        end_word(walk);
    }
    if (!(class & CLASS_SPACE)) {
        fwrite(utf8, 1, (size_t)utf8_write(utf8, c), stdout);
        walk->inside = 1;
    }
    if (class & CLASS_PUNCT) {
        end_word(walk);
    }
}

#include "../../../runtime/tokenizer/normalize.h"

static void show(const unsigned char *text, int size)
{
    Walk walk = {text, size, size, 0};
    normalize(&walk, 0);
    end_word(&walk);
    putchar('\n');
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        return 2;
    }
    CLEAN_TEXT = atoi(argv[1]);
    SPACE_IDEOGRAPHS = atoi(argv[2]);
    STRIP_ACCENTS = atoi(argv[3]);
    LOWERCASE = atoi(argv[4]);
    for (uint32_t c = 0; c < 0x110000; c++) {
        unsigned char text[6] = {'a'};
        if (c < 0xD800 || c > 0xDFFF) {
            const int n = utf8_write(text + 1, c);
            show(text + 1, n);
            text[n + 1] = 'b';
            show(text, n + 2);
        }
    }
    return 0;
}

/* The normalizer at compile time: the code of the generated tokenizer, for the added tokens that are looked for in normalized text. */
#include "inner.h"

#include <string.h>

typedef struct Walk {
    const Normalizer *normalizer;
    const unsigned char *text;
    int32_t size, clear;
    unsigned char *out;
    size_t n;
} Walk;

#define CLEAN_TEXT       (walk->normalizer->clean_text)
#define SPACE_IDEOGRAPHS (walk->normalizer->space_ideographs)
#define STRIP_ACCENTS    (walk->normalizer->strip_accents)
#define LOWERCASE        (walk->normalizer->lowercase)

#include "../../runtime/tokenizer/character.h"

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

static void walk_char(Walk *walk, uint32_t c, int32_t begin, int32_t end)
{
    (void)begin, (void)end;
    walk->n += (size_t)utf8_write(walk->out + walk->n, c);
}

#include "../../runtime/tokenizer/normalize.h"

/* Room: a code point of at least one byte becomes at most four of at most four bytes, and two spaces. */
Str tokenizer_normalize(const Tokenizer *t, Str text)
{
    const size_t size = strlen(text);
    Walk walk = {&t->normalizer, (const unsigned char *)text, (int32_t)size, (int32_t)size, arena_alloc(t->arena, size * 18 + 1), 0};
    normalize(&walk, 0);
    return str_of_n((const char *)walk.out, walk.n);
}

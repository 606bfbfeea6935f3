/* The names that a text uses, for those who ask for many: one walk over the text, then a search among addresses (names are interned). */
#include "text.h"

#include <stdint.h>
#include <stdlib.h>

static int by_address(const void *a, const void *b)
{
    const uintptr_t x = (uintptr_t) * (const Str *)a, y = (uintptr_t) * (const Str *)b;
    return (x > y) - (x < y);
}

TextWords text_words(const Text *text)
{
    TextWords words = {0};
    const char *at = text->at.at;
    const int all = text->at.n;
    for (int i = 0; i < all; i++) {
        int end = i;
        while (end < all && text_is_word(at[end])) {
            end++;
        }
        if (end > i && (!i || (at[i - 1] != '.' && at[i - 1] != '>'))) {
            vec_push(text->arena, words, str_of_n(at + i, (size_t)(end - i)));
        }
        i = end;
        if (i + 1 < all && at[i] == '/' && at[i + 1] == '*') {
            for (i += 2; i + 1 < all && !(at[i] == '*' && at[i + 1] == '/'); i++) {
            }
        }
    }
    int n = 0;
    words.n ? qsort(words.at, (size_t)words.n, sizeof *words.at, by_address) : (void)0;
    for (int i = 0; i < words.n; i++) {
        if (!n || words.at[n - 1] != words.at[i]) {
            words.at[n++] = words.at[i];
        }
    }
    words.n = n;
    return words;
}

int text_words_have(const TextWords *words, Str word)
{
    return words->n && bsearch(&word, words->at, (size_t)words->n, sizeof *words->at, by_address) != NULL;
}

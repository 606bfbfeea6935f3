/* scalar_text.h - strings as symbols: one integer each, equal where the strings are
 *
 * Up to two code points are packed into the integer, the first lowest, the second plus one above 21 bits: a single character is its
 * code point. The empty string is text_empty. Longer strings are negative: places in a table of the process that grows with use. */
#ifndef SINTER_SCALAR_TEXT_H
#define SINTER_SCALAR_TEXT_H

#include <stddef.h>
#include <stdint.h>

enum { TEXT_MOST = 1 << 20 }; /* bytes of a string */

extern const int64_t text_empty;

int64_t text_symbol(const char *text, size_t bytes);         /* UTF-8 */
const char *symbol_text(int64_t symbol, size_t *bytes, char room[16]); /* in the table, or written to room */
int text_is_symbol(int64_t symbol);                          /* stands for a string at all */

/* An int that orders as the strings do, by code points: two code points and, for long strings, the place among the long ones. It holds
 * until another string is made, unless the string is short. 0: there are too many. */
int text_key(int64_t symbol, int64_t *key);
int text_key_is_fixed(int64_t symbol);

/* Return 0 when the result would pass TEXT_MOST bytes. */
int text_join(int64_t a, int64_t b, int64_t *result);
int text_times(int64_t a, int64_t n, int64_t *result);

/* The long strings so far: the symbol of the k-th is -1 - k. */
int text_long_count(void);
const char *text_long(int k, size_t *bytes);

void text_forget(void); /* frees the table; symbols of long strings mean nothing any more */

#endif

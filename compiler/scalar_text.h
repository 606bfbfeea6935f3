/* scalar_text.h - strings as symbols: one integer each, equal where the strings are
 *
 * Up to three code points are packed into the integer, the first lowest, each but the first plus one in 21 bits: a single character is
 * its code point. The empty string is text_empty. Longer strings are negative: places in a table of the process that grows with use. */
#ifndef SINTER_SCALAR_TEXT_H
#define SINTER_SCALAR_TEXT_H

#include <stddef.h>
#include <stdint.h>

enum { TEXT_MOST = 1 << 20 }; /* bytes of a string */

extern const int64_t text_empty;

int64_t text_symbol(const char *text, size_t bytes);         /* UTF-8 */
const char *symbol_text(int64_t symbol, size_t *bytes, char room[16]); /* in the table, or written to room */
int text_is_symbol(int64_t symbol);                          /* stands for a string at all */
int text_order(int64_t a, int64_t b);                        /* by code points: below 0, 0, above 0 */

/* Return 0 when the result would pass TEXT_MOST bytes. */
int text_join(int64_t a, int64_t b, int64_t *result);
int text_times(int64_t a, int64_t n, int64_t *result);

/* The long strings so far: the symbol of the k-th is -1 - k. */
int text_long_count(void);
const char *text_long(int k, size_t *bytes);

void text_forget(void); /* frees the table; symbols of long strings mean nothing any more */

#endif

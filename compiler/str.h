/* str.h - interned strings: two of equal text are one pointer, so equality is == */
#ifndef SINTER_STR_H
#define SINTER_STR_H

#include <stddef.h>

typedef const char *Str; /* NUL-terminated; lives until str_forget() */

Str str_of(const char *text);
Str str_of_n(const char *text, size_t bytes); /* ends at a NUL, should the text hold one */
Str str_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
void str_forget(void); /* frees every string; for tests and fuzzers that start over */

/* Smallest number of edits (insert, delete, replace, swap of neighbours) from a to b; Damerau 1964, without overlapping edits.
 * Texts of more than 256 bytes are not compared: their distance is the sum of their lengths. */
int str_distance(const char *a, const char *b);

#endif

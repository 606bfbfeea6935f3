/* decimal.h - decimal numbers as they are written, to be added up exactly */
#ifndef SINTER_IMPORT_DECIMAL_H
#define SINTER_IMPORT_DECIMAL_H

#include <stdint.h>

/* mantissa * 10^exponent; the mantissa does not end in 0. */
typedef struct Decimal {
    int64_t mantissa;
    int exponent;
} Decimal;

int decimal_read(const char *text, Decimal *out); /* "-12.5e-3"; 0: it is no finite number of up to 18 digits */
double decimal_size(const Decimal *x);            /* about |x| */
int64_t decimal_scaled(const Decimal *x, int places); /* x * 10^places, to the nearest, half to even; known to fit */

#endif

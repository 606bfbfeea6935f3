/* number.c - reals as text: nine digits, as %.9g prints them, which every float is told by */
#include "cli.h"

enum { DIGITS = 9, LOW_TEN = -4 };

/* d with 10^d <= size < 10^(d + 1), of 1e-4 <= size < 1e9. No float lies so near to a power of ten below 1 that its rounding matters. */
static int number_ten(double size)
{
    static const double above[] = {1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};
    int d = LOW_TEN;
    while (d < DIGITS - 1 && size >= above[d - LOW_TEN]) {
        d++;
    }
    return d;
}

/* size * 10^p as a whole number, the nearest, ties to even: the 24 bits of a float times 10^12 are below 2^64, so nothing is lost. */
static uint64_t number_digits(double size, int p)
{
    int exponent;
    const uint64_t bits = (uint64_t)ldexp(frexp(size, &exponent), FLT_MANT_DIG);
    const int shift = FLT_MANT_DIG - exponent;
    uint64_t scaled = bits;
    for (int i = 0; i < p; i++) {
        scaled *= 10;
    }
    if (shift <= 0) {
        return scaled << -shift;
    }
    const uint64_t whole = scaled >> shift, rest = scaled - (whole << shift), half = (uint64_t)1 << (shift - 1);
    return whole + (rest > half || (rest == half && whole % 2 == 1));
}

static void number_string(char *to, double value)
{
    const double size = fabs(value);
    if (!(size >= 1e-4 && size < 1e9) || (double)(float)value < value || (double)(float)value > value) {
        snprintf(to, NUMBER_MOST, "%.9g", value);
        return;
    }
    int ten = number_ten(size);
    uint64_t digits = number_digits(size, DIGITS - 1 - ten);
    if (digits >= 1000000000) { /* 9.9999999996 */
        digits /= 10;
        ten++;
    }
    char digit[DIGITS];
    int last = 0;
    for (int i = DIGITS - 1; i >= 0; i--) {
        digit[i] = (char)('0' + digits % 10);
        digits /= 10;
        last = last == 0 && digit[i] != '0' ? i : last;
    }
    if (value < 0) {
        *to++ = '-';
    }
    for (int place = ten < 0 ? 0 : ten; place >= ten - last || place >= 0; place--) {
        if (place == -1) {
            *to++ = '.';
        }
        *to++ = place > ten || place < ten - last ? '0' : digit[ten - place];
    }
    *to = '\0';
}

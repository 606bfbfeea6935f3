#include "decimal.h"

#include <stdlib.h>
#include <string.h>

int decimal_read(const char *text, Decimal *out)
{
    const int minus = *text == '-';
    int digits = 0, fraction = 0, point = 0, seen = 0;
    *out = (Decimal){0, 0};
    text += minus || *text == '+';
    for (; (*text >= '0' && *text <= '9') || (*text == '.' && !point); text++) {
        if (*text == '.') {
            point = 1;
            continue;
        }
        const size_t zeros = strspn(text, "0");
        const int tail = point && !(text[zeros] >= '0' && text[zeros] <= '9'); /* zeros at the end say nothing */
        seen = 1;
        if (tail && zeros > 0) {
            text += zeros - 1;
            continue;
        }
        digits += digits > 0 || *text != '0';
        if (digits > 18) {
            return 0;
        }
        out->mantissa = out->mantissa * 10 + (*text - '0');
        fraction += point;
    }
    long exponent = 0;
    if (seen && (*text == 'e' || *text == 'E')) {
        char *end;
        const char *number = text + 1 + (text[1] == '-' || text[1] == '+');
        exponent = strspn(number, "0123456789") > 0 && strlen(number) < 6 ? strtol(text + 1, &end, 10) : 10000;
        text = exponent == 10000 ? text : end;
    }
    if (!seen || *text || exponent < -400 || exponent > 400) {
        return 0;
    }
    out->exponent = out->mantissa ? (int)exponent - fraction : 0;
    out->mantissa = minus ? -out->mantissa : out->mantissa;
    for (; out->mantissa && out->mantissa % 10 == 0; out->mantissa /= 10) {
        out->exponent++;
    }
    return 1;
}

double decimal_size(const Decimal *x)
{
    double size = (double)(x->mantissa < 0 ? -x->mantissa : x->mantissa);
    for (int e = x->exponent; e > 0 && size < 1e300; e--) {
        size *= 10;
    }
    for (int e = x->exponent; e < 0 && size > 0; e++) {
        size /= 10;
    }
    return size;
}

int64_t decimal_scaled(const Decimal *x, int places)
{
    int64_t value = x->mantissa, divisor = 1;
    int power = x->mantissa ? x->exponent + places : 0;
    for (; power > 0; power--) {
        value *= 10;
    }
    for (; power < 0 && divisor < INT64_C(1000000000000000000); power++) {
        divisor *= 10;
    }
    const int64_t whole = power < 0 ? 0 : value / divisor, rest = power < 0 ? 0 : value % divisor;
    const int64_t twice = rest < 0 ? -rest : rest; /* compared with half of the divisor, which is even where it is not 1 */
    const int up = divisor > 1 && (twice > divisor / 2 || (twice == divisor / 2 && whole % 2 != 0));
    return whole + (up ? (x->mantissa < 0 ? -1 : 1) : 0);
}

/* What int() and float() of Python read of a token's text: no space around it, no underscores between digits, the digits of all scripts as
 * those from 0 to 9. */
#include <stdint.h>
#include <string.h>

/* Zeros of the scripts that have digits, each before its one to nine (Unicode 14). */
static const uint32_t number_zero[] = {
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50,
    0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50,
    0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136,
    0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0,
    0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0};

static int number_is_space(uint32_t c)
{
    return (c >= 9 && c <= 13) || (c >= 28 && c <= 32) || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
           c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/* The code point of UTF-8 at *at, which goes on. */
static uint32_t number_point(const char *text, size_t n, size_t *at)
{
    const unsigned char first = (unsigned char)text[(*at)++];
    uint32_t c = first < 0xC0 ? first : first < 0xE0 ? first & 0x1Fu : first < 0xF0 ? first & 0x0Fu : first & 0x07u;
    while (first >= 0xC0 && *at < n && ((unsigned char)text[*at] & 0xC0) == 0x80) {
        c = c << 6 | ((unsigned char)text[(*at)++] & 0x3Fu);
    }
    return c;
}

/* '0' to '9', another sign of numbers as it is, 0 for what none has. */
static char number_sign(uint32_t c)
{
    for (size_t i = 0; c > 127 && i < sizeof number_zero / sizeof *number_zero; i++) {
        if (c >= number_zero[i] && c <= number_zero[i] + 9) {
            return (char)('0' + (c - number_zero[i]));
        }
    }
    return c > 0 && c < 128 && strchr("+-0123456789.eEinfatyINFATY_", (int)c) ? (char)c : 0;
}

static int number_is_digit(char sign)
{
    return sign >= '0' && sign <= '9';
}

/* Writes it to room, with a 0 at its end. 0: it is no number, or does not fit. */
static int number_plain(const char *text, size_t n, char *to, size_t room)
{
    size_t at = 0, kept = 0, next = 0;
    int ended = 0;
    for (at = 0; at < n; at = next) {
        next = at;
        const uint32_t c = number_point(text, n, &next);
        if (number_is_space(c)) {
            ended = kept > 0;
            continue;
        }
        const char sign = number_sign(c);
        if (!sign || ended || kept + 1 >= room) {
            return 0;
        }
        to[kept++] = sign;
    }
    size_t written = 0;
    for (size_t i = 0; i < kept; i++) {
        const int between = i > 0 && i + 1 < kept && number_is_digit(to[i - 1]) && number_is_digit(to[i + 1]);
        if (to[i] == '_' && !between) {
            return 0;
        }
        to[written] = to[i];
        written += to[i] != '_';
    }
    to[written] = 0;
    return written > 0;
}

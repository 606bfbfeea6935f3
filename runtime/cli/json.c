/* json.c - JSON as RFC 8259 has it, read by pulling and written by quoting */
#include "cli.h"

static json json_open(const char *text, size_t size)
{
    const unsigned char *const p = (const unsigned char *)(text ? text : "");
    return (json){p, p, p + size, NULL};
}

static int json_fail(json *j, const char *error)
{
    if (!j->error) {
        j->error = error;
    }
    return 0;
}

static size_t json_place(const json *j)
{
    return (size_t)(j->at - j->begin) + 1;
}

static void json_space(json *j)
{
    while (j->at < j->end && (*j->at == ' ' || *j->at == '\t' || *j->at == '\n' || *j->at == '\r')) {
        j->at++;
    }
}

static int json_take(json *j, char c)
{
    json_space(j);
    if (j->error || j->at == j->end || *j->at != (unsigned char)c) {
        return 0;
    }
    j->at++;
    return 1;
}

static int json_want(json *j, char c)
{
    if (json_take(j, c)) {
        return 1;
    }
    switch (c) {
    case '{': return json_fail(j, "'{' expected");
    case '}': return json_fail(j, "',' or '}' expected");
    case '[': return json_fail(j, "'[' expected");
    case ']': return json_fail(j, "',' or ']' expected");
    case ':': return json_fail(j, "':' expected");
    case ',': return json_fail(j, "',' expected");
    default: return json_fail(j, "a string expected");
    }
}

static int json_end(json *j)
{
    json_space(j);
    return !j->error && (j->at == j->end || json_fail(j, "nothing more expected"));
}

/* RFC 3629: shortest forms only, no surrogates, nothing above U+10FFFF. */
static int rune_read(const unsigned char *p, const unsigned char *end, uint32_t *rune)
{
    if (*p < 0x80) {
        *rune = *p;
        return 1;
    }
    const int length = *p >= 0xC2 && *p <= 0xDF ? 2 : (*p & 0xF0) == 0xE0 ? 3 : *p >= 0xF0 && *p <= 0xF4 ? 4 : 0;
    if (length == 0 || end - p < length) {
        return 0;
    }
    uint32_t value = *p & (0x7Fu >> length);
    for (int i = 1; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return 0;
        }
        value = value << 6 | (p[i] & 0x3F);
    }
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        return 0;
    }
    *rune = value;
    return length;
}

static int json_hex4(json *j, uint32_t *value)
{
    *value = 0;
    for (int i = 0; i < 4; i++, j->at++) {
        if (j->at == j->end) {
            return json_fail(j, "four hexadecimal digits expected after \\u");
        }
        const unsigned char c = *j->at;
        const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0) {
            return json_fail(j, "four hexadecimal digits expected after \\u");
        }
        *value = *value << 4 | (uint32_t)digit;
    }
    return 1;
}

/* After the backslash. */
static int json_escape(json *j, bytes *into)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const unsigned char c = j->at < j->end ? *j->at : 0;
    if (c == 'u') {
        uint32_t rune, low;
        j->at++;
        if (!json_hex4(j, &rune)) {
            return 0;
        }
        if (rune >= 0xD800 && rune <= 0xDBFF) {
            if (j->end - j->at < 2 || j->at[0] != '\\' || j->at[1] != 'u') {
                return json_fail(j, "half of a surrogate pair");
            }
            j->at += 2;
            if (!json_hex4(j, &low)) {
                return 0;
            }
            if (low < 0xDC00 || low > 0xDFFF) {
                return json_fail(j, "half of a surrogate pair");
            }
            rune = 0x10000 + ((rune - 0xD800) << 10) + (low - 0xDC00);
        } else if (rune >= 0xDC00 && rune <= 0xDFFF) {
            return json_fail(j, "half of a surrogate pair");
        }
        bytes_rune(into, rune);
        return 1;
    }
    const char *const known = c ? strchr(from, c) : NULL;
    if (!known) {
        return json_fail(j, "unknown escape in a string");
    }
    bytes_char(into, to[known - from]);
    j->at++;
    return 1;
}

static int json_string(json *j, bytes *into)
{
    if (!json_want(j, '"')) {
        return 0;
    }
    while (j->at < j->end) {
        const unsigned char c = *j->at;
        uint32_t rune;
        if (c == '"') {
            j->at++;
            return 1;
        }
        if (c == '\\') {
            j->at++;
            if (!json_escape(j, into)) {
                return 0;
            }
            continue;
        }
        if (c < 0x20) {
            return json_fail(j, "control character in a string");
        }
        const int length = rune_read(j->at, j->end, &rune);
        if (length == 0) {
            return json_fail(j, "malformed UTF-8");
        }
        bytes_add(into, j->at, (size_t)length);
        j->at += length;
    }
    return json_fail(j, "the string does not end");
}

static int json_count(json *j, uint64_t *value)
{
    json_space(j);
    if (j->error || j->at == j->end || *j->at < '0' || *j->at > '9') {
        return json_fail(j, "a whole number expected");
    }
    if (*j->at == '0' && j->end - j->at > 1 && j->at[1] >= '0' && j->at[1] <= '9') {
        return json_fail(j, "a number does not begin with 0");
    }
    *value = 0;
    for (; j->at < j->end && *j->at >= '0' && *j->at <= '9'; j->at++) {
        const uint64_t digit = (uint64_t)(*j->at - '0');
        if (*value > (UINT64_MAX - digit) / 10) {
            return json_fail(j, "the number is too large");
        }
        *value = *value * 10 + digit;
    }
    if (j->at < j->end && (*j->at == '.' || *j->at == 'e' || *j->at == 'E')) {
        return json_fail(j, "a whole number expected");
    }
    return 1;
}

static void json_quote(bytes *b, const char *text, size_t size)
{
    const unsigned char *p = (const unsigned char *)text;
    const unsigned char *const end = p + size;
    bytes_char(b, '"');
    while (p < end) {
        uint32_t rune;
        const int length = rune_read(p, end, &rune);
        char escape[8];
        if (length == 0) {
            bytes_rune(b, 0xFFFD);
        } else if (rune == '"' || rune == '\\') {
            snprintf(escape, sizeof escape, "\\%c", (int)rune);
            bytes_string(b, escape);
        } else if (rune < 0x20) {
            static const char name[] = "btn?fr"; /* from 8 on */
            if (rune >= 8 && rune <= 13 && rune != 11) {
                snprintf(escape, sizeof escape, "\\%c", name[rune - 8]);
            } else {
                snprintf(escape, sizeof escape, "\\u%04x", (unsigned)rune);
            }
            bytes_string(b, escape);
        } else {
            bytes_add(b, p, (size_t)length);
        }
        p += length ? length : 1;
    }
    bytes_char(b, '"');
}

/* trouble.c - why the program stops: one sentence, and perhaps a hint */
#include "cli.h"

static void trouble_set(trouble *t, int code, const char *format, ...)
{
    if (t->code) {
        return;
    }
    t->code = code;
    va_list args;
    va_start(args, format);
    vsnprintf(t->text, sizeof t->text, format, args);
    va_end(args);
}

static void trouble_hint(trouble *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(t->hint, sizeof t->hint, format, args);
    va_end(args);
}

static void trouble_memory(trouble *t)
{
    trouble_set(t, TROUBLE_OURS, "out of memory");
}

static void trouble_print(const trouble *t)
{
    fprintf(stderr, "%s: error: %s\n", model.name, t->text);
    if (t->hint[0]) {
        fprintf(stderr, "  hint: %s\n", t->hint);
    }
}

/* What is no character, or controls a terminal, becomes '?', so that a file cannot speak to it; a long text is cut between characters. */
static shown show(const char *text, size_t size)
{
    shown s;
    const unsigned char *p = (const unsigned char *)text, *const end = p + size;
    size_t n = 0;
    while (p < end) {
        uint32_t rune = 0;
        const int length = rune_read(p, end, &rune);
        if (n + (size_t)(length > 0 ? length : 1) > SHOWN - 4) {
            break;
        }
        if (length == 0 || rune < 0x20 || (rune >= 0x7F && rune < 0xA0)) {
            s.text[n++] = '?';
        } else {
            memcpy(s.text + n, p, (size_t)length);
            n += (size_t)length;
        }
        p += length > 0 ? length : 1;
    }
    s.text[n] = '\0';
    if (p < end) {
        strcat(s.text, "...");
    }
    return s;
}

enum { NEAR_MOST = 40 };

/* Levenshtein distance of two short strings, one row at a time; NEAR_MOST when one is too long to be worth it. */
static int near_distance(const char *a, size_t n, const char *b, size_t m)
{
    if (n >= NEAR_MOST || m >= NEAR_MOST) {
        return NEAR_MOST;
    }
    int row[NEAR_MOST + 1];
    for (size_t j = 0; j <= m; j++) {
        row[j] = (int)j;
    }
    for (size_t i = 1; i <= n; i++) {
        int corner = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            const int change = corner + (a[i - 1] != b[j - 1]);
            const int drop = row[j] + 1, add = row[j - 1] + 1;
            corner = row[j];
            row[j] = change < drop ? change : drop;
            row[j] = row[j] < add ? row[j] : add;
        }
    }
    return row[m];
}

static void trouble_near(trouble *t, const char *wrong, size_t size, const char *const *names, int count)
{
    int best = size < 3 ? 1 : size < 6 ? 2 : (int)(size < NEAR_MOST ? size : NEAR_MOST) / 3 + 1;
    const char *found = NULL;
    for (int i = 0; i < count; i++) {
        const int distance = near_distance(wrong, size, names[i], strlen(names[i]));
        if (distance < best || (distance == best && !found)) {
            best = distance;
            found = names[i];
        }
    }
    if (found) {
        trouble_hint(t, "did you mean '%s'?", found);
    }
}

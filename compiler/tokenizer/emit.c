/* Writes a tokenizer's tables. */
#include "inner.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

enum { LINE = 138, ROW = 4096 };

/* Lines of values: each begins a new line when the last one is full. */
typedef struct Lines {
    FILE *out;
    size_t column;
} Lines;

static void lines_put(Lines *lines, const char *value, size_t n)
{
    if (lines->column > 0 && lines->column + n > LINE) {
        fputc('\n', lines->out);
        lines->column = 0;
    }
    lines->column += lines->column ? n : n + (size_t)fprintf(lines->out, "    ");
    fwrite(value, 1, n, lines->out);
}

static void lines_number(Lines *lines, int64_t value)
{
    char text[32];
    const int n = snprintf(text, sizeof text, "%" PRId64 ",", value);
    lines_put(lines, text, (size_t)n);
}

static void lines_end(Lines *lines)
{
    fputs(lines->column ? "\n};\n" : "};\n", lines->out);
}

/* A byte inside a C string. `?` is escaped for the sake of trigraphs; an octal escape has three digits and so ends by itself. */
static size_t escape(char *to, unsigned char c)
{
    if (c < 32 || c > 126) {
        return (size_t)sprintf(to, "\\%03o", c);
    }
    if (c == '"' || c == '\\' || c == '?') {
        return (size_t)sprintf(to, "\\%c", c);
    }
    to[0] = (char)c;
    return 1;
}

/* "text", with `tail` before the closing quote. */
static char *quoted(Arena *arena, Str text, const char *tail)
{
    char *to = arena_alloc(arena, strlen(text) * 4 + strlen(tail) + 3);
    size_t n = 0;
    to[n++] = '"';
    for (const char *c = text; *c; c++) {
        n += escape(to + n, (unsigned char)*c);
    }
    strcpy(to + n, tail);
    strcat(to + n, "\"");
    return to;
}

/* Where each token's bytes begin: token after token with a NUL after each, none across the end of a row. */
typedef struct Layout {
    int64_t *at; /* [ids] */
    int group;   /* so many ids share a base */
    int64_t rows;
} Layout;

static Layout lay_out(const Tokenizer *t)
{
    Layout layout = {arena_array(t->arena, int64_t, t->ids), 64, 0};
    int64_t end = 0;
    for (int id = 0; id < t->ids; id++) {
        const int64_t size = t->token[id] ? (int64_t)strlen(t->token[id]) + 1 : 1;
        end = end % ROW + size > ROW - 1 ? (end / ROW + 1) * ROW : end; /* a literal has at most 4095 bytes */
        layout.at[id] = end;
        end += size;
    }
    layout.rows = (end + ROW - 1) / ROW;
    for (int id = 0; id < t->ids; id++) {
        layout.group = layout.at[id] - layout.at[id / layout.group * layout.group] > UINT16_MAX ? 8 : layout.group;
    }
    return layout;
}

static void emit_texts(const Tokenizer *t, const Layout *layout, FILE *out)
{
    fprintf(out, "/* Every token, by id, each with a NUL after it, in rows of at most %d bytes. */\n", ROW - 1);
    fprintf(out, "static const char text_bytes[%" PRId64 "][TEXT_ROW] = {\n", layout->rows);
    Lines lines = {out, 0};
    for (int id = 0; id < t->ids; id++) {
        const char *text = quoted(t->arena, t->token[id] ? t->token[id] : "", "\\0");
        if (id > 0 && layout->at[id] % ROW == 0) { /* a new row */
            fputs(",\n", out);
            lines.column = 0;
        }
        if (lines.column > 0 && lines.column + strlen(text) + 1 > LINE) {
            fputc('\n', out);
            lines.column = 0;
        }
        if (lines.column > 0) {
            lines_put(&lines, " ", 1);
        }
        lines_put(&lines, text, strlen(text));
    }
    lines_end(&lines);
}

static void emit_places(const Tokenizer *t, const Layout *layout, FILE *out)
{
    fprintf(out, "\n/* Token id begins at byte text_group[id / TEXT_GROUP] + text_at[id] of them. */\n");
    fprintf(out, "static const uint32_t text_group[%d] = {\n", (t->ids - 1) / layout->group + 1);
    Lines groups = {out, 0};
    for (int id = 0; id < t->ids; id += layout->group) {
        lines_number(&groups, layout->at[id]);
    }
    lines_end(&groups);
    fprintf(out, "\nstatic const uint16_t text_at[%d] = {\n", t->ids);
    Lines places = {out, 0};
    for (int id = 0; id < t->ids; id++) {
        lines_number(&places, layout->at[id] - layout->at[id / layout->group * layout->group]);
    }
    lines_end(&places);
}

static void emit_hash(const Tokenizer *t, FILE *out)
{
    const PieceHash *h = &t->hash;
    fprintf(
        out,
        "\n/* A perfect hash table of the vocabulary: the hash chooses a bucket, the bucket's seed the slot, the slot has the id. */\n");
    fprintf(out, "static const uint16_t hash_seed[HASH_BUCKETS] = {\n");
    Lines seeds = {out, 0};
    for (int i = 0; i < h->buckets; i++) {
        lines_number(&seeds, h->seed[i]);
    }
    lines_end(&seeds);
    fprintf(out, "\nstatic const %s hash_id[HASH_SLOTS] = {\n", t->ids <= UINT16_MAX + 1 ? "uint16_t" : "uint32_t");
    Lines ids = {out, 0};
    for (int i = 0; i < h->slots; i++) {
        lines_number(&ids, h->id[i]);
    }
    lines_end(&ids);
}

/* Bytes of the longest token, and of the longest after the prefix of pieces inside a word. */
static void longest(const Tokenizer *t, size_t *first, size_t *next)
{
    const size_t prefix = strlen(t->prefix);
    *first = *next = 0;
    for (int i = 0; i < t->piece.n; i++) {
        const char *text = t->piece.at[i].text;
        const size_t n = strlen(text);
        *first = n > *first ? n : *first;
        if (strncmp(text, t->prefix, prefix) == 0 && n > prefix && n - prefix > *next) {
            *next = n - prefix;
        }
    }
}

static int has_single_word(const Tokenizer *t)
{
    for (int i = 0; i < t->added.n; i++) {
        if (t->added.at[i].single_word) {
            return 1;
        }
    }
    return 0;
}

/* Code points of the longest pattern that is looked for in normalized text. */
static int longest_pattern(const Tokenizer *t)
{
    int most = 0;
    for (int i = 0; i < t->in_normalized.n; i++) {
        int n = 0;
        for (const char *c = t->in_normalized.at[i].pattern; *c; c++) {
            n += ((unsigned char)*c & 0xC0) != 0x80;
        }
        most = n > most ? n : most;
    }
    return most;
}

static void emit_constants(const Tokenizer *t, const Layout *layout, FILE *out)
{
    size_t first, next;
    longest(t, &first, &next);
    fprintf(out, "/* The tokenizer: %s, %d tokens in the vocabulary, %d added ones. */\n", t->whole_words ? "WordLevel" : "WordPiece",
            t->piece.n, t->added.n);
    fprintf(out, "#define CLEAN_TEXT       %d /* drop control characters, make white space ' ' */\n", t->normalizer.clean_text);
    fprintf(out, "#define SPACE_IDEOGRAPHS %d /* each is a word */\n", t->normalizer.space_ideographs);
    fprintf(out, "#define STRIP_ACCENTS    %d /* decompose and drop nonspacing marks */\n", t->normalizer.strip_accents);
    fprintf(out, "#define LOWERCASE        %d\n", t->normalizer.lowercase);
    fprintf(out, "#define JOINS_PUNCTUATION %d /* only white space parts words */\n", t->joins_punctuation);
    fprintf(out, "#define ADDED_TEXT        %d /* added tokens that are looked for in the text as it is */\n", t->in_text.n);
    fprintf(out, "#define ADDED_NORMALIZED  %d /* in the normalized text */\n", t->in_normalized.n);
    fprintf(out, "#define ADDED_SINGLE_WORD %d /* whether one of them must stand alone */\n", has_single_word(t));
    if (t->in_normalized.n > 0) {
        fprintf(out, "#define WINDOW_CHARS      %d /* twice the longest one of these and the character after it */\n",
                2 * (longest_pattern(t) + 1));
    }
    fprintf(out, "#define PIECE_PREFIX       %s /* of a piece inside a word */\n", quoted(t->arena, t->prefix, ""));
    fprintf(out, "#define PIECE_PREFIX_BYTES %zu\n", strlen(t->prefix));
    fprintf(out, "#define HASH_FACTOR UINT64_C(0x%016" PRIX64 ")\n", TOKENIZER_HASH_FACTOR);
    fprintf(out, "#define HASH_FIRST  UINT64_C(0x%016" PRIX64 ")\n", t->hash.start);
    fprintf(out, "#define HASH_NEXT   UINT64_C(0x%016" PRIX64 ") /* after the prefix */\n\n",
            tokenizer_hash_bytes(t->hash.start, t->prefix, strlen(t->prefix)));
    fprintf(out, "enum {\n");
    fprintf(out, "    VOCABULARY = %d, /* ids */\n", t->ids);
    fprintf(out, "    UNKNOWN = %d, /* the token of a word that does not come out%s */\n", t->unknown_id,
            t->unknown_id < 0 ? ": there is none" : "");
    fprintf(out, "    WORD_CHARS = %d, /* a longer word is unknown */\n", t->word_chars);
    fprintf(out, "    LONGEST_FIRST = %zu, LONGEST_NEXT = %zu, /* bytes of the longest piece at the start of a word, and inside */\n",
            first, next);
    fprintf(out, "    TEXT_ROW = %d, TEXT_GROUP = %d, HASH_BUCKETS = %d, HASH_SLOTS = %d,\n", ROW, layout->group, t->hash.buckets,
            t->hash.slots);
    fprintf(out, "    SINGLE_PARTS = %d, PAIR_PARTS = %d\n};\n\n", t->single.n, t->pair.n);
}

static void emit_template(const Template *template, const char *comment, const char *name, FILE *out)
{
    fprintf(out, "/* What is made of %s: {0, id, type} a special token, {1, 0, type} the first text, {2, 0, type} the second. */\n",
            comment);
    fprintf(out, "static const Part %s_parts[] = {", name);
    for (int i = 0; i < template->n; i++) {
        fprintf(out, "%s{%d, %d, %d}", i ? ", " : "", template->at[i].text, template->at[i].id, template->at[i].type);
    }
    fprintf(out, "%s};\n\n", template->n ? "" : "{0, 0, 0}");
}

static void emit_added(const Tokenizer *t, const AddedTokens *added, const char *name, FILE *out)
{
    int first[256] = {0};
    if (added->n == 0) {
        return;
    }
    fprintf(
        out,
        "/* {text, bytes, id, the longest other one that it begins with, single word, takes white space on its left, on its right} */\n");
    fprintf(out, "static const Added added_in_%s[] = {\n", name);
    for (int i = 0; i < added->n; i++) {
        const AddedToken *a = &added->at[i];
        fprintf(out, "    {%s, %zu, %d, %d, %d, %d, %d},\n", quoted(t->arena, a->pattern, ""), strlen(a->pattern), a->id, a->shorter,
                a->single_word, a->left, a->right);
        first[(unsigned char)a->pattern[0]] = 1;
    }
    fprintf(out, "};\n\n/* Whether one of them begins with this byte. */\nstatic const unsigned char added_in_%s_first[256] = {\n", name);
    Lines lines = {out, 0};
    for (int i = 0; i < 256; i++) {
        lines_number(&lines, first[i]);
    }
    lines_end(&lines);
    fputc('\n', out);
}

static int is_alphanumeric(int c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static void emit_plain(const Tokenizer *t, FILE *out)
{
    fprintf(out, "/* What letters and digits of ASCII become; 0: something else. */\nstatic const unsigned char ascii_plain[128] = {\n");
    Lines lines = {out, 0};
    for (int c = 0; c < 128; c++) {
        lines_number(&lines, !is_alphanumeric(c) ? 0 : t->normalizer.lowercase && c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    lines_end(&lines);
    fputc('\n', out);
}

void tokenizer_emit(const Tokenizer *t, FILE *out)
{
    const Layout layout = lay_out(t);
    emit_constants(t, &layout, out);
    emit_template(&t->single, "a text", "single", out);
    emit_template(&t->pair, "a pair", "pair", out);
    emit_added(t, &t->in_text, "text", out);
    emit_added(t, &t->in_normalized, "normalized", out);
    if (t->in_normalized.n == 0) {
        emit_plain(t, out);
    }
    emit_texts(t, &layout, out);
    emit_places(t, &layout, out);
    emit_hash(t, out);
}

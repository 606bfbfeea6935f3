#include "weights_emit.h"

#include "../compiler/embed.h"

#include <errno.h>
#include <string.h>

enum { BUFFER_BYTES = 1 << 19, LARGEST_AS_C = 4 * 1024 * 1024, WORDS_A_LINE = 8 };

/* Beyond this .rodata would push what follows it out of the reach of 32-bit displacements. */
static const uint64_t largest_rodata = 3ull << 29;

static const struct { const char *name, *ctype; size_t bytes; } type_row[] = {
    [PACKED_F32] = {"float", "float", 4},   [PACKED_I32] = {"int32", "int32_t", 4},  [PACKED_I64] = {"int64", "int64_t", 8},
    [PACKED_U8] = {"uint8", "uint8_t", 1},  [PACKED_BF16] = {"bf16", "uint16_t", 2}, [PACKED_I8] = {"int8", "int8_t", 1},
};

PackedType weights_type(const char *ctype)
{
    int i = sizeof type_row / sizeof *type_row - 1;
    while (i > 0 && strcmp(type_row[i].ctype, ctype) != 0) {
        i--;
    }
    return (PackedType)i;
}

size_t weights_bytes(PackedType type)
{
    return type_row[type].bytes;
}

uint64_t weights_layout(PackedWeight *packed, int n)
{
    uint64_t end = 0;
    for (int i = 0; i < n; i++) {
        const uint64_t count = (uint64_t)packed[i].count, bytes = count * type_row[packed[i].type].bytes;
        packed[i].offset = end;
        if (packed[i].count < 0 || count > (uint64_t)1 << 59 || end > (uint64_t)1 << 62) {
            return 0;
        }
        end += (bytes + PACKED_ALIGNMENT - 1) / PACKED_ALIGNMENT * PACKED_ALIGNMENT;
    }
    return end ? end : PACKED_ALIGNMENT; /* C has no empty arrays */
}

/* ---- the block, piece by piece ---- */

/* Where the bytes of the block go, n of them, a multiple of 4. */
typedef int PutBytes(void *to, const unsigned char *bytes, size_t n);

static void to_little_endian(unsigned char *bytes, size_t n, size_t each)
{
    const uint16_t probe = 1;
    unsigned char first;
    memcpy(&first, &probe, 1);
    for (size_t i = 0; first == 0 && i < n; i += each) { /* on hosts of the other order */
        for (size_t k = 0; k < each / 2; k++) {
            const unsigned char byte = bytes[i + k];
            bytes[i + k] = bytes[i + each - 1 - k];
            bytes[i + each - 1 - k] = byte;
        }
    }
}

static int put_array(Diag *d, const PackedWeight *packed, unsigned char *buffer, PutBytes *put, void *to)
{
    static const unsigned char zeros[PACKED_ALIGNMENT];
    const size_t each = type_row[packed->type].bytes;
    const int64_t most = (int64_t)(BUFFER_BYTES / each);
    size_t n = 0;
    for (int64_t i = 0; i < packed->count; i += most) {
        const int64_t values = packed->count - i < most ? packed->count - i : most;
        if (!packed->fill(packed->context, d, i, values, buffer)) {
            return 0;
        }
        n = (size_t)values * each;
        to_little_endian(buffer, n, each);
        if (n % 4) { /* only at the end of an array: room is there, and the padding is zeros anyway */
            memset(buffer + n, 0, 4 - n % 4);
            n += 4 - n % 4;
        }
        if (!put(to, buffer, n)) {
            return 0;
        }
    }
    return put(to, zeros, (PACKED_ALIGNMENT - n % PACKED_ALIGNMENT) % PACKED_ALIGNMENT); /* BUFFER_BYTES is a multiple */
}

static int put_block(Arena *arena, Diag *d, const PackedWeight *packed, int n, uint64_t bytes, PutBytes *put, void *to)
{
    static const unsigned char zeros[PACKED_ALIGNMENT];
    unsigned char *buffer = arena_alloc(arena, BUFFER_BYTES + 4);
    uint64_t values = 0;
    for (int i = 0; i < n; i++) {
        values += (uint64_t)packed[i].count;
        if (!put_array(d, &packed[i], buffer, put, to)) {
            return 0;
        }
    }
    return values > 0 || put(to, zeros, (size_t)bytes);
}

/* ---- texts ---- */

static void write_head(const OutFile *out, const WeightsEmitOptions *options, const PackedWeight *packed, int n, uint64_t bytes)
{
    FILE *to = out->stream;
    fprintf(to, "/* %s_weights: the weights of %s, %llu bytes, little-endian\n", options->name, options->name, (unsigned long long)bytes);
    for (const char *line = options->banner; line && *line;) {
        const size_t length = strcspn(line, "\n");
        fputs(" *", to);
        for (size_t i = 0; i < length; i++) { /* a banner cannot end the comment */
            fputs(i == 0 ? " " : "", to);
            fputs(i > 0 && line[i] == '/' && line[i - 1] == '*' ? " " : "", to);
            fputc(line[i], to);
        }
        fputc('\n', to);
        line += length + (line[length] != 0);
    }
    fprintf(to, " *\n *      offset        count  type   array\n");
    for (int i = 0; i < n; i++) {
        fprintf(to, " * %11llu %12lld  %-5s  %s\n", (unsigned long long)packed[i].offset, (long long)packed[i].count,
                type_row[packed[i].type].name, packed[i].name);
    }
    fprintf(to, " */\n");
}

/* ---- skeletons: templates/skeleton/weights.S and weights.c ---- */

typedef struct Skeleton {
    Arena *arena;
    Diag *d;
    const WeightsEmitOptions *options;
    const PackedWeight *packed;
    int n;
    uint64_t bytes;
    uint64_t words; /* written so far */
    OutFile *out;
} Skeleton;

static int put_words(void *to, const unsigned char *bytes, size_t n)
{
    Skeleton *s = to;
    for (size_t i = 0; i < n; i += 4, s->words++) {
        const uint32_t word = bytes[i] | (uint32_t)bytes[i + 1] << 8 | (uint32_t)bytes[i + 2] << 16 | (uint32_t)bytes[i + 3] << 24;
        const char *gap = s->words == 0 ? "    " : s->words % WORDS_A_LINE ? " " : "\n    ";
        if (fprintf(s->out->stream, "%s0x%08lx,", gap, (unsigned long)word) < 0) {
            s->out->failed = errno;
            return 0;
        }
    }
    return 1;
}

static int hole_name(Skeleton *s)
{
    return fputs(s->options->name, s->out->stream) >= 0;
}

static int hole_bytes(Skeleton *s)
{
    return fprintf(s->out->stream, "%llu", (unsigned long long)s->bytes) > 0;
}

static int hole_words(Skeleton *s)
{
    return fprintf(s->out->stream, "%llu", (unsigned long long)s->bytes / 4) > 0;
}

static int hole_values(Skeleton *s)
{
    return put_block(s->arena, s->d, s->packed, s->n, s->bytes, put_words, s);
}

static int hole_nothing(Skeleton *s)
{
    (void)s;
    return 1;
}

static const struct { const char *text; int (*write)(Skeleton *); } hole_row[] = {
    {"$name", hole_name}, {"$bytes", hole_bytes}, {"$words", hole_words}, {"$values", hole_values}, {"$large", hole_nothing},
};

static int starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Writes the text with its holes filled. A line that begins with $large is only there for a block that needs a section of its own. */
static int fill_skeleton(Skeleton *s, const char *path)
{
    const Embedded *skeleton = embed_find(path);
    if (!skeleton) {
        diag_error_file(s->d, path, "is missing in this compiler");
        return 0;
    }
    int good = 1, line_begins = 1;
    for (const char *c = skeleton->text; good && *c;) {
        size_t hole = 0;
        if (line_begins && starts_with(c, "$large") && s->bytes <= largest_rodata) {
            c += strcspn(c, "\n") + 1;
            continue;
        }
        while (hole < sizeof hole_row / sizeof *hole_row && !starts_with(c, hole_row[hole].text)) {
            hole++;
        }
        line_begins = *c == '\n';
        if (hole < sizeof hole_row / sizeof *hole_row) {
            good = hole_row[hole].write(s);
            c += strlen(hole_row[hole].text);
        } else {
            fputc(*c++, s->out->stream);
        }
    }
    return good;
}

/* ---- the files ---- */

static int put_to_file(void *to, const unsigned char *bytes, size_t n)
{
    return outfile_write(to, bytes, n);
}

/* One of the files of the weights, as part of `files`. */
static OutFile *open_beside(Arena *arena, Diag *d, const WeightsEmitOptions *options, OutFiles *files, const char *suffix)
{
    const char *folder = options->directory ? options->directory : ".";
    return outfiles_open(files, arena, d, arena_printf(arena, "%s/%s_weights%s", folder, options->name, suffix));
}

static int emit_c(Arena *arena, Diag *d, const WeightsEmitOptions *options, OutFiles *files, const PackedWeight *packed, int n,
                  uint64_t bytes)
{
    if (bytes > LARGEST_AS_C) {
        diag_error(d, (Span){0},
                   "the weights have %llu bytes; as integers in C at most %d are written, compilers take minutes and "
                   "gigabytes beyond that",
                   (unsigned long long)bytes, LARGEST_AS_C);
        diag_hint(d, "leave them to the assembler, as is the default");
        return 0;
    }
    OutFile *out = open_beside(arena, d, options, files, ".c");
    if (!out) {
        return 0;
    }
    Skeleton s = {arena, d, options, packed, n, bytes, 0, out};
    write_head(out, options, packed, n, bytes);
    const int good = fill_skeleton(&s, "templates/skeleton/weights.c");
    return outfile_finish(out, d) && good;
}

static int emit_assembly(Arena *arena, Diag *d, const WeightsEmitOptions *options, OutFiles *files, const PackedWeight *packed, int n,
                         uint64_t bytes)
{
    OutFile *block = open_beside(arena, d, options, files, ".bin");
    OutFile *text = block ? open_beside(arena, d, options, files, ".S") : NULL;
    if (!text) {
        return 0;
    }
    Skeleton s = {arena, d, options, packed, n, bytes, 0, text};
    write_head(text, options, packed, n, bytes);
    const int good = put_block(arena, d, packed, n, bytes, put_to_file, block);
    return outfile_finish(block, d) && good && fill_skeleton(&s, "templates/skeleton/weights.S") && outfile_finish(text, d);
}

int weights_emit(Arena *arena, Diag *d, const WeightsEmitOptions *options, PackedWeight *packed, int n)
{
    const uint64_t bytes = weights_layout(packed, n);
    OutFiles own = {0}, *files = options->files ? options->files : &own;
    if (bytes == 0) {
        diag_error(d, (Span){0}, "the weights have more bytes than a machine can hold");
        return 0;
    }
    const int good = (options->as_c ? emit_c : emit_assembly)(arena, d, options, files, packed, n, bytes);
    if (!good) {
        outfiles_drop(&own);
    }
    return good && outfiles_keep(&own, d);
}

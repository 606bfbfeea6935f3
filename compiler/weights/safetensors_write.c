#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#endif

#include "safetensors.h"

#include "../outfile.h"
#include "../value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int in_file_order(const void *a, const void *b)
{
    const SafetensorsItem *x = *(const SafetensorsItem *const *)a, *y = *(const SafetensorsItem *const *)b;
    if (x->dtype != y->dtype) {
        return x->dtype > y->dtype ? -1 : 1;
    }
    return strcmp(x->name, y->name);
}

static uint64_t bytes_of(const SafetensorsItem *item)
{
    uint64_t count = 1;
    for (int i = 0; i < item->rank; i++) {
        count *= (uint64_t)item->shape[i];
    }
    return count * (uint64_t)dtype_bits(item->dtype) / 8;
}

/* The JSON, with spaces up to a multiple of 8 bytes, in memory that the caller frees; NULL when there is none. */
static char *header_of(const SafetensorsItem *const *items, int n, size_t *bytes)
{
    char *text = NULL;
    uint64_t at = 0;
    FILE *out = open_memstream(&text, bytes);
    if (!out) {
        return NULL;
    }
    fputc('{', out);
    for (int i = 0; i < n; i++) {
        fputs(i ? "," : "", out);
        value_print_string(items[i]->name, out); /* escapes as the format's own writer does */
        fprintf(out, ":{\"dtype\":\"%s\",\"shape\":[", dtype_name(items[i]->dtype));
        for (int k = 0; k < items[i]->rank; k++) {
            fprintf(out, "%s%lld", k ? "," : "", (long long)items[i]->shape[k]);
        }
        fprintf(out, "],\"data_offsets\":[%llu,", (unsigned long long)at);
        at += bytes_of(items[i]);
        fprintf(out, "%llu]}", (unsigned long long)at);
    }
    fputc('}', out);
    for (fflush(out); *bytes % 8; fflush(out)) {
        fputc(' ', out);
    }
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static int write_all(OutFile *out, const SafetensorsItem *const *items, int n)
{
    unsigned char length[8];
    size_t bytes = 0;
    char *header = header_of(items, n, &bytes);
    if (!header) {
        out->failed = ENOMEM;
        return 0;
    }
    for (int i = 0; i < 8; i++) {
        length[i] = (unsigned char)((uint64_t)bytes >> 8 * i);
    }
    int good = outfile_write(out, length, sizeof length) && outfile_write(out, header, bytes);
    for (int i = 0; good && i < n; i++) {
        good = outfile_write(out, items[i]->data, (size_t)bytes_of(items[i]));
    }
    free(header);
    return good;
}

int safetensors_put(Arena *arena, Diag *d, OutFile *out, const SafetensorsItem *items, int n)
{
    const SafetensorsItem **sorted = arena_array(arena, const SafetensorsItem *, n);
    for (int i = 0; i < n; i++) {
        sorted[i] = &items[i];
    }
    if (n > 0) {
        qsort(sorted, (size_t)n, sizeof *sorted, in_file_order);
    }
    if (!write_all(out, sorted, n)) {
        outfile_finish(out, d); /* says why */
        outfile_drop(out);
        return 0;
    }
    return 1;
}

int safetensors_write(Arena *arena, Diag *d, const char *path, const SafetensorsItem *items, int n)
{
    OutFile *out = outfile_open(arena, d, path);
    return out && safetensors_put(arena, d, out, items, n) && outfile_keep(out, d);
}

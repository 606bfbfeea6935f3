/* One safetensors file: from its bytes to its tensors. Rules and their order are those of the format's reference reader. */
#include "safetensors.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_HEADER = 100000000, LENGTH_BYTES = 8 };

typedef struct Entry {
    WeightTensor tensor;
    uint64_t begin, end; /* in the data */
} Entry;

typedef struct Reader {
    Arena *arena;
    Diag *d;
    const char *path;
} Reader;

static int entry_dtype(const Reader *r, Entry *entry, const json_t *json)
{
    const char *name = json_string_value(json);
    if (!name) {
        diag_error_file(r->d, r->path, "tensor '%s' has no dtype", entry->tensor.name);
        return 0;
    }
    for (int k = 0; k < DTYPES; k++) {
        if (strcmp(name, dtype_name((WeightDtype)k)) == 0) {
            entry->tensor.dtype = (WeightDtype)k;
            return 1;
        }
    }
    diag_error_file(r->d, r->path, "tensor '%s' has the unknown dtype '%s'", entry->tensor.name, name);
    return 0;
}

static int is_size(const json_t *json)
{
    return json_is_integer(json) && json_integer_value(json) >= 0;
}

static int entry_shape(const Reader *r, Entry *entry, const json_t *json)
{
    const size_t rank = json_array_size(json); /* 0 for what is no array */
    int64_t *shape = arena_array(r->arena, int64_t, rank);
    size_t i = 0;
    while (i < rank && is_size(json_array_get(json, i))) {
        shape[i] = json_integer_value(json_array_get(json, i));
        i++;
    }
    if (!json_is_array(json) || i < rank) {
        diag_error_file(r->d, r->path, "tensor '%s': 'shape' must be a list of integers, none below 0", entry->tensor.name);
        return 0;
    }
    entry->tensor.rank = (int)rank;
    entry->tensor.shape = shape;
    return 1;
}

static int entry_offsets(const Reader *r, Entry *entry, const json_t *json)
{
    const json_t *begin = json_array_get(json, 0), *end = json_array_get(json, 1);
    if (json_array_size(json) != 2 || !is_size(begin) || !is_size(end)) {
        diag_error_file(r->d, r->path, "tensor '%s': 'data_offsets' must be two integers, none below 0", entry->tensor.name);
        return 0;
    }
    entry->begin = (uint64_t)json_integer_value(begin);
    entry->end = (uint64_t)json_integer_value(end);
    return 1;
}

static int is_metadata(const json_t *json)
{
    int strings = json_is_object(json);
    for (void *i = json_object_iter((json_t *)(uintptr_t)json); i; i = json_object_iter_next((json_t *)(uintptr_t)json, i)) {
        strings = strings && json_is_string(json_object_iter_value(i));
    }
    return strings;
}

/* All entries of the header, unsorted; their number, or -1. */
static int entries_of(const Reader *r, json_t *header, Entry **entries)
{
    int n = 0;
    *entries = arena_array(r->arena, Entry, json_object_size(header));
    for (void *i = json_object_iter(header); i; i = json_object_iter_next(header, i)) {
        const char *name = json_object_iter_key(i);
        const json_t *json = json_object_iter_value(i);
        if (strcmp(name, "__metadata__") == 0) {
            if (!is_metadata(json)) {
                diag_error_file(r->d, r->path, "'__metadata__' must be an object of strings");
                return -1;
            }
            continue;
        }
        Entry *entry = &(*entries)[n++];
        entry->tensor.name = str_of(name);
        if (!json_is_object(json)) {
            diag_error_file(r->d, r->path, "tensor '%s' is no object with dtype, shape and data_offsets", name);
            return -1;
        }
        if (!entry_dtype(r, entry, json_object_get(json, "dtype")) || !entry_shape(r, entry, json_object_get(json, "shape")) ||
            !entry_offsets(r, entry, json_object_get(json, "data_offsets"))) {
            return -1;
        }
    }
    return n;
}

static int by_range(const void *a, const void *b)
{
    const Entry *x = a, *y = b;
    if (x->begin != y->begin) {
        return x->begin < y->begin ? -1 : 1;
    }
    if (x->end != y->end) {
        return x->end < y->end ? -1 : 1;
    }
    return strcmp(x->tensor.name, y->tensor.name); /* empty tensors: any order, but always the same */
}

/* The elements and bits that the shape asks for; 0 if they are not countable. */
static int count_bits(const WeightTensor *tensor, uint64_t *count, uint64_t *bits)
{
    *count = 1;
    for (int i = 0; i < tensor->rank; i++) {
        const uint64_t extent = (uint64_t)tensor->shape[i];
        if (extent && *count > INT64_MAX / extent) {
            return 0;
        }
        *count *= extent;
    }
    const uint64_t each = (uint64_t)dtype_bits(tensor->dtype);
    *bits = *count * each;
    return *count <= UINT64_MAX / each;
}

static int check_entry(const Reader *r, Entry *entry, uint64_t previous_end)
{
    WeightTensor *tensor = &entry->tensor;
    const unsigned long long begin = entry->begin, end = entry->end, before = previous_end;
    if (end < begin) {
        diag_error_file(r->d, r->path, "tensor '%s' ends at byte %llu, before it begins at byte %llu", tensor->name, end, begin);
        return 0;
    }
    if (begin != before) {
        diag_error_file(r->d, r->path, "tensor '%s' begins at byte %llu of the data, where %llu is the next: %s", tensor->name, begin,
                        before, begin > before ? "a hole" : "an overlap");
        return 0;
    }
    uint64_t count = 0, bits = 0;
    const int countable = count_bits(tensor, &count, &bits);
    if (!countable || bits % 8 || end - begin != bits / 8) {
        const char *shape = shape_text(r->arena, tensor->rank, tensor->shape), *dtype = dtype_name(tensor->dtype);
        if (!countable) {
            diag_error_file(r->d, r->path, "tensor '%s': the size of shape %s overflows", tensor->name, shape);
        } else if (bits % 8) {
            diag_error_file(r->d, r->path, "tensor '%s': %s of shape %s does not fill whole bytes", tensor->name, dtype, shape);
        } else {
            diag_error_file(r->d, r->path, "tensor '%s' has %llu bytes, but %s of shape %s takes %llu", tensor->name, end - begin, dtype,
                            shape, (unsigned long long)(bits / 8));
        }
        return 0;
    }
    tensor->count = (int64_t)count;
    tensor->bytes = (size_t)(bits / 8);
    return 1;
}

static int read_entries(const Reader *r, json_t *header, const unsigned char *data, size_t bytes, WeightTensors *tensors)
{
    Entry *entries = NULL;
    const int n = entries_of(r, header, &entries);
    uint64_t end = 0;
    if (n < 0) {
        return 0;
    }
    if (n > 0) {
        qsort(entries, (size_t)n, sizeof *entries, by_range);
    }
    for (int i = 0; i < n; i++) {
        if (!check_entry(r, &entries[i], end)) {
            return 0;
        }
        end = entries[i].end;
    }
    if (end != bytes) {
        diag_error_file(r->d, r->path, "the tensors take %llu bytes of data, but the file has %llu", (unsigned long long)end,
                        (unsigned long long)bytes);
        return 0;
    }
    for (int i = 0; i < n; i++) {
        WeightTensor tensor = entries[i].tensor;
        tensor.data = data + entries[i].begin;
        tensor.file = r->path;
        tensor.index = tensors->n;
        tensor.used = arena_new_of(r->arena, int);
        vec_push(r->arena, *tensors, tensor);
    }
    return 1;
}

/* What stands under the name of a checkpoint now and then. */
static void hint_format(Diag *d, const unsigned char *data, size_t bytes)
{
    static const struct { const char *begins, *hint; } known[] = {
        {"version https://git-lfs", "this is a pointer that Git LFS left: fetch the file itself, as with 'git lfs pull'"},
        {"PK\003\004", "this is a zip archive, as torch.save() writes: save the tensors as safetensors"},
        {"\200\002", "this is a Python pickle, as torch.save() wrote long ago: save the tensors as safetensors"},
        {"GGUF", "this is a GGUF file: its safetensors original is needed"},
        {"\211HDF", "this is an HDF5 file: save the tensors as safetensors"},
        {"<", "this is a page of the web: the download went wrong"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const size_t n = strlen(known[i].begins);
        if (bytes >= n && memcmp(data, known[i].begins, n) == 0) {
            diag_hint(d, "%s", known[i].hint);
            return;
        }
    }
}

int safetensors_read(Arena *arena, Diag *d, const char *path, const unsigned char *data, size_t bytes, WeightTensors *tensors)
{
    const Reader r = {arena, d, path};
    uint64_t length = 0;
    if (bytes < LENGTH_BYTES) {
        diag_error_file(d, path, "has %zu bytes, too few for a safetensors file", bytes);
        return 0;
    }
    for (int i = 0; i < LENGTH_BYTES; i++) {
        length |= (uint64_t)data[i] << 8 * i;
    }
    if (length > LARGEST_HEADER) {
        diag_error_file(d, path, "the header would have %llu bytes, more than %d: not a safetensors file", (unsigned long long)length,
                        LARGEST_HEADER);
        hint_format(d, data, bytes);
        return 0;
    }
    if (length > bytes - LENGTH_BYTES) {
        diag_error_file(d, path, "the header would have %llu bytes, but only %zu are left: a file cut off, or no safetensors file",
                        (unsigned long long)length, bytes - LENGTH_BYTES);
        return 0;
    }
    if (memchr(data + LENGTH_BYTES, 0, (size_t)length)) { /* jansson would skip some of them */
        diag_error_file(d, path, "the header is not valid JSON: a NUL byte");
        return 0;
    }
    json_error_t error;
    json_t *header = json_loadb((const char *)data + LENGTH_BYTES, (size_t)length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!header) {
        diag_error_file(d, path, "the header is not valid JSON: %s", error.text);
        return 0;
    }
    int good = json_is_object(header);
    if (!good) {
        diag_error_file(d, path, "the header is not a JSON object");
    }
    good = good && read_entries(&r, header, data + LENGTH_BYTES + length, bytes - LENGTH_BYTES - (size_t)length, tensors);
    json_decref(header);
    return good;
}

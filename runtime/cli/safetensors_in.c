/* safetensors_in.c - a strict reader of safetensors files
 *
 * 8 bytes: the length of the header, little-endian; the header: a JSON object of tensors, {"dtype", "shape", "data_offsets"}, and
 * perhaps "__metadata__", an object of strings; then the data, which the tensors fill without a hole or an overlap. */
#include "cli.h"

enum { HEADER_MOST = 100000000 };

typedef enum dtype_kind { DTYPE_REAL, DTYPE_SIGNED, DTYPE_UNSIGNED, DTYPE_BOOL, DTYPE_OTHER } dtype_kind;
typedef struct dtype_row {
    const char *name;
    int bits;
    dtype_kind kind;
} dtype_row;

static const dtype_row dtype_table[] = {
    {"F32", 32, DTYPE_REAL},        {"F64", 64, DTYPE_REAL},        {"F16", 16, DTYPE_REAL},      {"BF16", 16, DTYPE_REAL},
    {"I64", 64, DTYPE_SIGNED},      {"I32", 32, DTYPE_SIGNED},      {"I16", 16, DTYPE_SIGNED},    {"I8", 8, DTYPE_SIGNED},
    {"U64", 64, DTYPE_UNSIGNED},    {"U32", 32, DTYPE_UNSIGNED},    {"U16", 16, DTYPE_UNSIGNED},  {"U8", 8, DTYPE_UNSIGNED},
    {"BOOL", 8, DTYPE_BOOL},        {"F8_E4M3", 8, DTYPE_OTHER},    {"F8_E5M2", 8, DTYPE_OTHER},  {"F8_E8M0", 8, DTYPE_OTHER},
    {"F8_E4M3FNUZ", 8, DTYPE_OTHER}, {"F8_E5M2FNUZ", 8, DTYPE_OTHER}, {"F6_E2M3", 6, DTYPE_OTHER}, {"F6_E3M2", 6, DTYPE_OTHER},
    {"F4", 4, DTYPE_OTHER},         {"C64", 64, DTYPE_OTHER},
};
enum { DTYPES = sizeof dtype_table / sizeof *dtype_table, DTYPE_F32 = 0, DTYPE_BF16 = 3 };

static int dtype_find(const bytes *name)
{
    for (int i = 0; i < DTYPES; i++) {
        if (strlen(dtype_table[i].name) == name->size && memcmp(dtype_table[i].name, name->at, name->size) == 0) {
            return i;
        }
    }
    return -1;
}

/* Bits of shape and dtype; 0 in *fits when they are more than can be counted. */
static uint64_t tensor_shape(tensor *x, json *j, int *fits)
{
    uint64_t elements = 1;
    x->rank = 0;
    json_want(j, '[');
    if (json_take(j, ']')) {
        return elements;
    }
    do {
        uint64_t extent;
        if (!json_count(j, &extent)) {
            return 0;
        }
        if (extent > INT64_MAX || (elements > 0 && extent > INT64_MAX / elements)) {
            *fits = 0;
            extent = 0;
        }
        if (x->rank < MODEL_MAX_RANK) {
            x->shape[x->rank] = (int64_t)extent;
        }
        x->rank = x->rank < INT_MAX ? x->rank + 1 : x->rank;
        elements *= extent;
    } while (json_take(j, ','));
    json_want(j, ']');
    return elements;
}

static void tensor_offsets(tensor *x, json *j, size_t most, int *inside)
{
    uint64_t begin = 0, end = 0;
    if (json_want(j, '[') && json_count(j, &begin) && json_want(j, ',') && json_count(j, &end) && json_want(j, ']')) {
        *inside = begin <= end && end <= most;
        x->begin = *inside ? (size_t)begin : 0;
        x->end = *inside ? (size_t)end : 0;
    }
}

static shown tensor_name(const tensors *ts, const tensor *x)
{
    return show(ts->names.at + x->name, x->name_size);
}

/* The object of one tensor, after its name. */
static void tensor_parse(tensors *ts, tensor *x, json *j, bytes *word, size_t data_size, trouble *t)
{
    enum { DTYPE = 1, SHAPE = 2, OFFSETS = 4 };
    const shown name = tensor_name(ts, x);
    int seen = 0, fits = 1, inside = 0;
    uint64_t elements = 0;
    x->type = -1;
    json_want(j, '{');
    do {
        word->size = 0;
        if (!json_string(j, word) || !json_want(j, ':')) {
            return;
        }
        bytes_char(word, '\0');
        if (word->failed) {
            return;
        }
        const int key = strcmp(word->at, "dtype") == 0          ? DTYPE
                        : strcmp(word->at, "shape") == 0        ? SHAPE
                        : strcmp(word->at, "data_offsets") == 0 ? OFFSETS
                                                                : 0;
        if (key == 0 || seen & key || word->size != strlen(word->at) + 1) {
            trouble_set(t, TROUBLE_USER, "tensor '%s': %s key '%s'", name.text, key ? "double" : "unknown",
                        show(word->at, word->size - 1).text);
            return;
        }
        seen |= key;
        if (key == DTYPE) {
            word->size = 0;
            json_string(j, word);
            x->type = dtype_find(word);
            if (x->type < 0 && !j->error) {
                trouble_set(t, TROUBLE_USER, "tensor '%s': unknown dtype '%s'", name.text, show(word->at, word->size).text);
            }
        } else if (key == SHAPE) {
            elements = tensor_shape(x, j, &fits);
        } else {
            tensor_offsets(x, j, data_size, &inside);
        }
    } while (!t->code && json_take(j, ','));
    if (!json_want(j, '}') || t->code) {
        return;
    }
    if (seen != (DTYPE | SHAPE | OFFSETS)) {
        trouble_set(t, TROUBLE_USER, "tensor '%s' has no %s", name.text,
                    !(seen & DTYPE)   ? "dtype"
                    : !(seen & SHAPE) ? "shape"
                                      : "data_offsets");
        return;
    }
    const uint64_t bits = (uint64_t)dtype_table[x->type].bits;
    if (!fits || elements > UINT64_MAX / bits) {
        trouble_set(t, TROUBLE_USER, "tensor '%s': its shape is too large", name.text);
    } else if (!inside) {
        trouble_set(t, TROUBLE_USER, "tensor '%s': data_offsets outside the file's %zu bytes of data", name.text, data_size);
    } else if (elements * bits % 8 != 0 || elements * bits / 8 != x->end - x->begin) {
        trouble_set(t, TROUBLE_USER, "tensor '%s': %zu bytes of data do not make its shape", name.text, x->end - x->begin);
    }
}

static void metadata_parse(json *j, bytes *word)
{
    if (!json_want(j, '{') || json_take(j, '}')) {
        return;
    }
    do {
        word->size = 0;
        if (!json_string(j, word) || !json_want(j, ':') || !json_string(j, word)) {
            return;
        }
    } while (json_take(j, ','));
    json_want(j, '}');
}

/* "<k>/<input>": a number without zeros before it, and the name of an input. */
static void tensor_resolve(tensors *ts, tensor *x, trouble *t)
{
    const char *const name = ts->names.at + x->name;
    size_t at = 0;
    x->k = 0;
    while (at < x->name_size && at < 18 && name[at] >= '0' && name[at] <= '9') {
        x->k = x->k * 10 + (name[at++] - '0');
    }
    if (at == 0 || at == x->name_size || name[at] != '/' || (name[0] == '0' && at > 1)) {
        trouble_set(t, TROUBLE_USER, "tensor '%s' is not named <k>/<input>", tensor_name(ts, x).text);
        return;
    }
    const char *const wanted = name + at + 1;
    const size_t size = x->name_size - at - 1;
    for (x->input = 0; x->input < model.inputs; x->input++) {
        const char *const input = model.input[x->input].name;
        if (strlen(input) == size && memcmp(input, wanted, size) == 0) {
            return;
        }
    }
    trouble_set(t, TROUBLE_USER, "%s: this model has no input '%s'", tensor_name(ts, x).text, show(wanted, size).text);
    const char *names[32];
    int count = 0;
    while (count < model.inputs && count < 32) {
        names[count] = model.input[count].name;
        count++;
    }
    trouble_near(t, wanted, size, names, count);
}

static int tensor_by_data(const void *a, const void *b)
{
    const tensor *const x = a, *const y = b;
    return x->begin != y->begin ? (x->begin < y->begin ? -1 : 1) : x->end != y->end ? (x->end < y->end ? -1 : 1) : 0;
}

static int tensor_by_input(const void *a, const void *b)
{
    const tensor *const x = a, *const y = b;
    return x->k != y->k ? (x->k < y->k ? -1 : 1) : x->input - y->input;
}

static void tensors_check(tensors *ts, size_t data_size, trouble *t)
{
    size_t end = 0;
    if (ts->count > 0) {
        qsort(ts->at, ts->count, sizeof *ts->at, tensor_by_data);
    }
    for (size_t i = 0; i < ts->count; i++) {
        if (ts->at[i].begin != end) {
            trouble_set(t, TROUBLE_USER, "tensor '%s': its data %s", tensor_name(ts, &ts->at[i]).text,
                        ts->at[i].begin < end ? "overlaps another's" : "leaves a hole before it");
            return;
        }
        end = ts->at[i].end;
    }
    if (end != data_size) {
        trouble_set(t, TROUBLE_USER, "%zu bytes at the end belong to no tensor", data_size - end);
    }
    for (size_t i = 0; i < ts->count && !t->code; i++) {
        tensor_resolve(ts, &ts->at[i], t);
    }
    if (!t->code && ts->count > 0) {
        qsort(ts->at, ts->count, sizeof *ts->at, tensor_by_input);
    }
    for (size_t i = 1; !t->code && i < ts->count; i++) {
        if (tensor_by_input(&ts->at[i - 1], &ts->at[i]) == 0) {
            trouble_set(t, TROUBLE_USER, "tensor '%s' stands twice", tensor_name(ts, &ts->at[i]).text);
        }
    }
}

static void tensors_header(tensors *ts, json *j, bytes *word, size_t data_size, trouble *t)
{
    if (!json_want(j, '{') || json_take(j, '}')) {
        return;
    }
    int metadata = 0;
    do {
        tensor x = {0};
        x.name = ts->names.size;
        if (!json_string(j, &ts->names) || !json_want(j, ':')) {
            return;
        }
        x.name_size = ts->names.size - x.name;
        void *at = ts->at;
        if (ts->names.failed || !array_grow(&at, &ts->room, ts->count + 1, sizeof *ts->at)) {
            trouble_memory(t);
            return;
        }
        ts->at = at;
        if (x.name_size == 12 && memcmp(ts->names.at + x.name, "__metadata__", 12) == 0) {
            if (metadata++) {
                trouble_set(t, TROUBLE_USER, "the header has __metadata__ twice");
            }
            metadata_parse(j, word);
            continue;
        }
        tensor_parse(ts, &x, j, word, data_size, t);
        ts->at[ts->count++] = x;
    } while (!j->error && !t->code && json_take(j, ','));
    json_want(j, '}');
}

/* What the first 8 bytes of a file say. */
static uint64_t header_bytes(const bytes *file)
{
    uint64_t header = 0;
    for (int i = 7; i >= 0; i--) {
        header = header << 8 | (unsigned char)file->at[i];
    }
    return header;
}

/* Can there be such a header? Its least is "{}". */
static int is_header(uint64_t header)
{
    return header >= 2 && header <= HEADER_MOST;
}

static void tensors_parse(tensors *ts, trouble *t)
{
    const unsigned char *const file = (const unsigned char *)ts->file.at;
    const size_t size = ts->file.size;
    if (size < 8) {
        trouble_set(t, TROUBLE_USER, "no safetensors file: %zu bytes", size);
        return;
    }
    const uint64_t header = header_bytes(&ts->file);
    if (!is_header(header)) {
        trouble_set(t, TROUBLE_USER, "no safetensors file: a header of %" PRIu64 " bytes", header);
        return;
    }
    if (header > size - 8) {
        trouble_set(t, TROUBLE_USER, "no safetensors file: a header of %" PRIu64 " bytes in a file of %zu", header, size);
        return;
    }
    ts->data = file + 8 + header;
    const size_t data_size = size - 8 - (size_t)header;
    json j = json_open(ts->file.at + 8, (size_t)header);
    bytes word = {NULL, 0, 0, 0};
    bytes_char(&ts->names, '/'); /* names.at is no null pointer, even before the empty name */
    tensors_header(ts, &j, &word, data_size, t);
    if (!t->code) {
        json_end(&j);
    }
    if (word.failed || ts->names.failed) {
        trouble_memory(t);
    } else if (j.error) {
        trouble_set(t, TROUBLE_USER, "the header, byte %zu: %s", json_place(&j), j.error);
    }
    bytes_free(&word);
    if (!t->code) {
        tensors_check(ts, data_size, t);
    }
}

/* All of it; but what is seen to be none has no end to wait for: /dev/zero, a pipe of text. */
static void tensors_read_file(bytes *file, int fd, const char *shown_path, trouble *t)
{
    ssize_t n = 1;
    while (n != 0 && (file->size < 8 || is_header(header_bytes(file)))) {
        void *at = file->at;
        if (file->size > SIZE_MAX / 2 || !array_grow(&at, &file->room, file->size + (1u << 16), 1)) {
            trouble_memory(t);
            return;
        }
        file->at = at;
        n = read(fd, file->at + file->size, file->room - file->size);
        if (n < 0 && errno != EINTR) {
            trouble_set(t, TROUBLE_USER, "cannot read %s: %s", shown_path, strerror(errno));
            return;
        }
        file->size += n > 0 ? (size_t)n : 0;
    }
}

static void tensors_read(tensors *ts, const char *path, trouble *t)
{
    const shown name = show(path, strlen(path));
    const int fd = open(path, O_RDONLY);
    if (fd < 0) {
        trouble_set(t, TROUBLE_USER, "cannot read %s: %s", name.text, strerror(errno));
        return;
    }
    tensors_read_file(&ts->file, fd, name.text, t);
    close(fd);
    if (!t->code) {
        trouble inner = {0};
        tensors_parse(ts, &inner);
        if (inner.code) {
            trouble_set(t, inner.code, "%s: %s", name.text, inner.text);
            trouble_hint(t, "%s", inner.hint);
        }
    }
}

static void tensors_free(tensors *ts)
{
    bytes_free(&ts->file);
    bytes_free(&ts->names);
    free(ts->at);
    ts->at = NULL;
    ts->count = ts->room = 0;
}

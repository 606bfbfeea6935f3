/* safetensors_out.c - results as tensors <k>/<output>: reals F32, everything else I64
 *
 * The wide ones come first, so that all data is aligned; within a width the order is that of k and of the outputs. */
#include "cli.h"

static int tensor_is_wide(int output)
{
    return model.output[output].type != MODEL_REAL;
}

static void tensor_entry(bytes *header, int output, const result *r, int64_t k, uint64_t begin, uint64_t end)
{
    bytes name = {NULL, 0, 0, 0};
    char number[64];
    print_int(&name, k);
    bytes_char(&name, '/');
    bytes_string(&name, model.output[output].name);
    bytes_char(header, header->size > 1 ? ',' : ' ');
    header->size -= header->size == 2; /* "{ " is "{" */
    header->failed |= name.failed;
    json_quote(header, name.at ? name.at : "", name.size);
    bytes_string(header, tensor_is_wide(output) ? ":{\"dtype\":\"I64\",\"shape\":[" : ":{\"dtype\":\"F32\",\"shape\":[");
    for (int d = 0; d < model.output[output].rank; d++) {
        if (d > 0) {
            bytes_char(header, ',');
        }
        print_int(header, r->shape[d]);
    }
    snprintf(number, sizeof number, "],\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}", begin, end);
    bytes_string(header, number);
    bytes_free(&name);
}

/* One pass over the records for each width: entries into the header, or data into the file. */
static void tensors_pass(sink *s, result *r, int wide, bytes *header, uint64_t *offset, trouble *t)
{
    bytes data = {NULL, 0, 0, 0};
    const char *at = s->records.at;
    const char *const end = s->records.size ? at + s->records.size : at;
    while (at < end && !t->code) {
        int64_t k;
        at = record_read(at, &k, r);
        for (int n = 0; n < model.outputs; n++) {
            if (tensor_is_wide(n) != wide) {
                continue;
            }
            if (header) {
                const uint64_t size = (uint64_t)r[n].elements * (wide ? 8 : 4);
                tensor_entry(header, n, &r[n], k, *offset, *offset + size);
                *offset += size;
                continue;
            }
            for (size_t i = 0; i < r[n].elements; i++) {
                put_element(&data, model.output[n].type, r[n].data, i);
            }
        }
        if (data.failed) {
            trouble_memory(t);
        }
        if (data.size > 1u << 16 || at == end) {
            outfile_write(&s->file, data.at, data.size, t);
            data.size = 0;
        }
    }
    bytes_free(&data);
}

static void tensors_write(sink *s, trouble *t)
{
    bytes header = {NULL, 0, 0, 0};
    result *const r = calloc(model.outputs > 0 ? (size_t)model.outputs : 1, sizeof *r);
    uint64_t offset = 0;
    if (!r) {
        trouble_memory(t);
        return;
    }
    bytes_char(&header, '{');
    tensors_pass(s, r, 1, &header, &offset, t);
    tensors_pass(s, r, 0, &header, &offset, t);
    bytes_char(&header, '}');
    while (header.size % 8 != 0 && !header.failed) {
        bytes_char(&header, ' ');
    }
    if (header.failed) {
        trouble_memory(t);
    }
    char length[8];
    for (int b = 0; b < 8; b++) {
        length[b] = (char)(unsigned char)((uint64_t)header.size >> 8 * b & 0xFF);
    }
    if (!t->code) {
        outfile_open(&s->file, s->options->value[opt_OUT], t);
        outfile_write(&s->file, length, sizeof length, t);
        outfile_write(&s->file, header.at, header.size, t);
        tensors_pass(s, r, 1, NULL, &offset, t);
        tensors_pass(s, r, 0, NULL, &offset, t);
        outfile_keep(&s->file, t);
    }
    bytes_free(&header);
    free(r);
}

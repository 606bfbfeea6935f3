/* similarity.c - the cosine of each two results */
#include "cli.h"

static void similarity_open(sink *s, trouble *t)
{
    const model_tensor *const x = &model.output[s->output];
    if (x->rank != 1 || model.dim[x->dim[0]].length < 0) {
        trouble_set(t, TROUBLE_USER, "--similarity wants one vector of a fixed length for each text; '%s' is not", x->name);
    }
}

static float vector_at(const float *vectors, size_t length, size_t i, size_t d)
{
    float value;
    memcpy(&value, (const char *)vectors + (i * length + d) * sizeof value, sizeof value);
    return value;
}

static double vector_dot(const float *vectors, size_t length, size_t a, size_t b)
{
    double dot = 0;
    for (size_t d = 0; d < length; d++) {
        dot += (double)vector_at(vectors, length, a, d) * (double)vector_at(vectors, length, b, d);
    }
    return dot;
}

/* A vector of nothing but zeros is like none. */
static double cosine(const float *vectors, size_t length, size_t a, size_t b)
{
    const double size = sqrt(vector_dot(vectors, length, a, a)) * sqrt(vector_dot(vectors, length, b, b));
    return size > 0 ? vector_dot(vectors, length, a, b) / size : 0;
}

static void similarity_row(bytes *line, const float *vectors, size_t length, size_t count, size_t row, int as_json)
{
    if (as_json) {
        bytes_string(line, row == 0 ? "{\"similarity\":[[" : "[");
    }
    for (size_t column = 0; column < count; column++) {
        if (column > 0) {
            bytes_char(line, as_json ? ',' : ' ');
        }
        print_real(line, cosine(vectors, length, row, column), as_json);
    }
    if (as_json) {
        bytes_string(line, row + 1 < count ? "]," : "]]}");
    }
    if (!as_json || row + 1 == count) {
        bytes_char(line, '\n');
    }
}

static void similarity_print(sink *s, trouble *t)
{
    const size_t length = (size_t)model.dim[model.output[s->output].dim[0]].length, count = (size_t)s->count;
    const int as_json = s->options->value[opt_JSON] != NULL;
    bytes vectors = {NULL, 0, 0, 0}, line = {NULL, 0, 0, 0};
    result *const r = calloc((size_t)model.outputs, sizeof *r);
    const char *at = s->records.at;
    for (size_t i = 0; r && i < count; i++) {
        int64_t number;
        at = record_read(at, &number, r);
        bytes_add(&vectors, r[s->output].data, length * sizeof(float));
    }
    if (!r || vectors.failed) {
        trouble_memory(t);
    }
    free(r);
    if (count == 0 && as_json) {
        print_out("{\"similarity\":[]}\n", 18, t);
    }
    for (size_t row = 0; row < count && !t->code; row++) {
        line.size = 0;
        similarity_row(&line, (const float *)(const void *)vectors.at, length, count, row, as_json);
        if (line.failed) {
            trouble_memory(t);
        } else {
            print_out(line.at, line.size, t);
        }
    }
    bytes_free(&vectors);
    bytes_free(&line);
}

/* npy.c - results as one NumPy array, format 1.0: '<f4', C order
 *
 * A result of fixed shape is one row of the array. A result whose first dim is ragged is as many rows as that dim is long, one sequence
 * after the other. The header stands last in time: a file without it is no array. */
#include "cli.h"

enum { NPY_HEAD = 256 }; /* 64 would do for most; eight axes of 19 digits fit */

static const model_tensor *npy_of_tensor(const sink *s)
{
    return &model.output[s->output];
}

/* Is the first dim the one that rows are counted by? */
static int npy_joins(const sink *s)
{
    return npy_of_tensor(s)->rank > 0 && model.dim[npy_of_tensor(s)->dim[0]].length < 0;
}

static void npy_open(sink *s, trouble *t)
{
    static const char nothing[NPY_HEAD];
    outfile_open(&s->file, s->options->value[opt_NPY], t);
    if (!t->code && lseek(s->file.fd, 0, SEEK_CUR) < 0) {
        trouble_set(t, TROUBLE_USER, "--npy: %s is not a file whose beginning can be written last",
                    show(s->file.path, strlen(s->file.path)).text);
        outfile_drop(&s->file);
    }
    if (!t->code) {
        outfile_write(&s->file, nothing, sizeof nothing, t);
    }
}

static void npy_row(sink *s, const result *r, int64_t number, trouble *t)
{
    const int joins = npy_joins(s), rank = npy_of_tensor(s)->rank;
    for (int d = joins; d < rank; d++) {
        if (s->shaped && s->shape[d] != r->shape[d]) {
            const item it = {.number = number};
            trouble_set(t, TROUBLE_USER,
                        "%s: '%s' has %" PRId64 " along %s where earlier results have %" PRId64
                        ": they do not make one array; use --out FILE",
                        source_place(s->source, &it).text, npy_of_tensor(s)->name, r->shape[d], model.dim[npy_of_tensor(s)->dim[d]].name,
                        s->shape[d]);
            return;
        }
        s->shape[d] = r->shape[d];
    }
    s->shaped = 1;
    s->rows += joins ? r->shape[0] : 1;
}

static void npy_take(sink *s, const job *j, trouble *t)
{
    bytes data = {NULL, 0, 0, 0};
    result *const r = calloc((size_t)model.outputs, sizeof *r);
    const char *at = j->out.at;
    const char *const end = j->out.size ? at + j->out.size : at;
    while (r && at < end && !t->code) {
        int64_t number;
        at = record_read(at, &number, r);
        npy_row(s, &r[s->output], number, t);
        for (size_t i = 0; i < r[s->output].elements && !t->code; i++) {
            put_element(&data, MODEL_REAL, r[s->output].data, i);
        }
    }
    if (!r || data.failed) {
        trouble_memory(t);
    }
    outfile_write(&s->file, data.at, data.size, t);
    bytes_free(&data);
    free(r);
}

static void npy_finish(sink *s, trouble *t)
{
    const model_tensor *const x = npy_of_tensor(s);
    char header[NPY_HEAD + 1] = "\x93NUMPY\x01";
    char *const text = header + 10;
    const size_t room_for = NPY_HEAD - 10;
    size_t size = (size_t)snprintf(text, room_for, "{'descr': '<f4', 'fortran_order': False, 'shape': (%" PRId64 ",", s->rows);
    for (int d = npy_joins(s); d < x->rank; d++) {
        const int64_t fixed = model.dim[x->dim[d]].length;
        const int64_t length = s->shaped ? s->shape[d] : fixed >= 0 ? fixed : 0;
        size += (size_t)snprintf(text + size, room_for - size, "%s%" PRId64, d > npy_joins(s) ? ", " : " ", length);
    }
    snprintf(text + size, room_for - size, "), }");
    size = strlen(text);
    memset(text + size, ' ', room_for - size);
    text[room_for - 1] = '\n';
    header[7] = 0; /* version 1.0 */
    header[8] = (char)(unsigned char)(room_for & 0xFF);
    header[9] = (char)(unsigned char)(room_for >> 8);
    outfile_write_at_start(&s->file, header, NPY_HEAD, t);
    outfile_keep(&s->file, t);
}

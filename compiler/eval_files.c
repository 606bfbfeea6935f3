#include "eval_files.h"
#include "weights/safetensors.h"

#include <stdlib.h>
#include <string.h>

typedef struct Entry {
    int64_t number; /* the sequence */
    int input;
    const WeightTensor *tensor;
} Entry;

typedef VEC(Entry) Entries;

/* ---- numbers out of files ---------------------------------------------------------------------------------------------------------- */

static void read_numbers(const WeightTensor *from, int64_t elements, double *real, int64_t *integer)
{
    for (int64_t i = 0; i < elements; i++) {
        if (real) {
            real[i] = weight_value(from, i);
        } else {
            integer[i] = weight_int(from, i);
        }
    }
}

int64_t eval_load_weights(const void *context, Diag *d, Str path, int64_t elements, double *real, int64_t *integer)
{
    const WeightTensor *tensor = context ? weights_find(context, path) : NULL;
    if (!tensor) {
        diag_error(d, (Span){0}, "there is no parameter '%s'", path);
        return -1;
    }
    if (!weight_check(tensor, d)) {
        return -1;
    }
    if (tensor->count != elements || (integer && !weight_is_integer(tensor))) {
        diag_error_file(d, tensor->file, "tensor '%s' has %lld elements of %s, %lld %s are wanted", path, (long long)tensor->count,
                        dtype_name(tensor->dtype), (long long)elements, integer ? "integers" : "numbers");
        return -1;
    }
    read_numbers(tensor, elements, real, integer);
    return (int64_t)tensor->bytes;
}

/* U64 is the one type with numbers that an int has not. */
static int fits_int(const WeightTensor *tensor)
{
    for (int64_t i = 0; i < tensor->count && tensor->dtype == DTYPE_U64; i++) {
        if (weight_value(tensor, i) >= 9223372036854775808.0) {
            return 0;
        }
    }
    return 1;
}

static Tensor *read_input(Arena *arena, Diag *d, const Node *node, const WeightTensor *from)
{
    if (!weight_check(from, d)) {
        return NULL;
    }
    if (node->type != T_REAL && !weight_is_integer(from)) {
        diag_error_file(d, from->file, "'%s' is %s, but input '%s' is %s", from->name, dtype_name(from->dtype), node->name,
                        node->extent ? "an index" : type_name(node->type));
        return NULL;
    }
    if (node->type != T_REAL && !fits_int(from)) {
        diag_error_file(d, from->file, "'%s' has a number above 9223372036854775807", from->name);
        return NULL;
    }
    Tensor *tensor = tensor_new(arena, node->type, from->rank, from->shape);
    read_numbers(from, tensor->elements, tensor->real, tensor->integer);
    return tensor;
}

/* ---- which tensor is which input of which sequence ---------------------------------------------------------------------------------- */

/* "12/tok": decimal, without sign or leading zeros, so that a sequence has one name. Returns what follows the slash, or NULL. */
static const char *split_name(const char *name, int64_t *number)
{
    const size_t digits = strspn(name, "0123456789");
    if (digits == 0 || digits > 18 || name[digits] != '/' || (name[0] == '0' && digits > 1)) {
        return NULL;
    }
    *number = strtoll(name, NULL, 10);
    return name + digits + 1;
}

static int by_number(const void *a, const void *b)
{
    const Entry *x = a, *y = b;
    return x->number != y->number ? (x->number < y->number ? -1 : 1) : x->input - y->input;
}

static int find_input(const Graph *graph, const char *name)
{
    for (int i = 0; i < graph->inputs.n; i++) {
        if (strcmp(graph->inputs.at[i]->name, name) == 0) {
            return i;
        }
    }
    return -1;
}

static void unknown_input(const Graph *graph, Arena *arena, Diag *d, const WeightTensor *tensor, const char *name)
{
    Str *known = arena_array(arena, Str, graph->inputs.n);
    for (int i = 0; i < graph->inputs.n; i++) {
        known[i] = graph->inputs.at[i]->name;
    }
    diag_error_file(d, tensor->file, "'%s': the model has no input '%s'", tensor->name, name);
    diag_did_you_mean(d, name, known, graph->inputs.n);
}

/* In order of sequences. Returns 0 after reporting. */
static int sort_tensors(const Graph *graph, Arena *arena, Diag *d, const Weights *file, Entries *entries)
{
    const int errors = d->errors;
    for (int i = 0; i < weights_count(file); i++) {
        const WeightTensor *tensor = weights_at(file, i);
        Entry entry = {0, -1, tensor};
        const char *name = split_name(tensor->name, &entry.number);
        if (!name) {
            diag_error_file(d, tensor->file, "'%s' is not named <k>/<input>, as '0/%s'", tensor->name,
                            graph->inputs.n ? graph->inputs.at[0]->name : "x");
            continue;
        }
        entry.input = find_input(graph, name);
        if (entry.input < 0) {
            unknown_input(graph, arena, d, tensor, name);
        }
        vec_push(arena, *entries, entry);
    }
    if (entries->n) {
        qsort(entries->at, (size_t)entries->n, sizeof *entries->at, by_number);
    }
    return d->errors == errors;
}

/* ---- sequences --------------------------------------------------------------------------------------------------------------------- */

typedef VEC(EvalSequence) Sequences;

/* All inputs as tensors, all checked. Returns 0 after reporting. */
static int read_sequences(Eval *eval, const Graph *graph, Arena *arena, Diag *d, const Entries *entries, Sequences *sequences)
{
    const int errors = d->errors;
    for (int i = 0; i < entries->n; i++) {
        const Entry *entry = &entries->at[i];
        if (i == 0 || entry[-1].number != entry->number) {
            const EvalSequence fresh = {entry->number, entry->tensor->file, arena_array(arena, const Tensor *, graph->inputs.n)};
            vec_push(arena, *sequences, fresh);
        }
        sequences->at[sequences->n - 1].input[entry->input] = read_input(arena, d, graph->inputs.at[entry->input], entry->tensor);
    }
    const int read = d->errors == errors;
    for (int i = 0; i < sequences->n && read; i++) {
        eval_check(eval, &sequences->at[i]);
    }
    return d->errors == errors;
}

/* Little-endian bytes of what a tensor holds, eight each. */
static const void *bytes_of(Arena *arena, const Tensor *tensor)
{
    unsigned char *bytes = arena_array(arena, unsigned char, tensor->elements * 8);
    for (int64_t i = 0; i < tensor->elements; i++) {
        uint64_t word;
        if (tensor->type == T_REAL) {
            memcpy(&word, &tensor->real[i], sizeof word);
        } else {
            memcpy(&word, &tensor->integer[i], sizeof word);
        }
        for (int b = 0; b < 8; b++) {
            bytes[i * 8 + b] = (unsigned char)(word >> (8 * b));
        }
    }
    return bytes;
}

static int write_outputs(const Graph *graph, Arena *arena, Diag *d, const char *path, const Sequences *sequences, const Tensor *output)
{
    const int n = graph->outputs.n;
    SafetensorsItem *item = arena_array(arena, SafetensorsItem, (size_t)sequences->n * (size_t)n);
    for (int i = 0; i < sequences->n * n; i++) {
        const Tensor *tensor = &output[i];
        const long long number = sequences->at[i / n].number;
        item[i] = (SafetensorsItem){arena_printf(arena, "%lld/%s", number, graph->outputs.at[i % n]->name),
                                    tensor->type == T_REAL ? DTYPE_F64 : DTYPE_I64, tensor->rank, tensor->shape,
                                    bytes_of(arena, tensor)};
    }
    return safetensors_write(arena, d, path, item, sequences->n * n);
}

int eval_files(const Graph *graph, Arena *arena, Diag *d, const char *in, const char *out, FILE *count)
{
    Eval *eval = eval_new(graph, arena, d, eval_load_weights, graph->weight_file);
    Weights *file = weights_open(arena, d, in);
    Entries entries = {0};
    Sequences sequences = {0};
    if (!file) {
        return 0;
    }
    int fine = sort_tensors(graph, arena, d, file, &entries) && read_sequences(eval, graph, arena, d, &entries, &sequences) &&
               weights_check(file, d);
    Tensor *output = arena_array(arena, Tensor, (size_t)sequences.n * (size_t)graph->outputs.n);
    for (int i = 0; i < sequences.n && fine; i++) {
        fine = eval_run(eval, arena, &sequences.at[i], output + i * graph->outputs.n);
    }
    fine = fine && (!graph->weight_file || weights_check(graph->weight_file, d)) && write_outputs(graph, arena, d, out, &sequences, output);
    weights_close(file);
    if (count && fine) {
        eval_count_print(eval, graph, count);
    }
    return fine;
}

/* tensors.c - an item that is tensors of a file: checked against the model's inputs, converted to its types */
#include "cli.h"

static dtype_kind kind_wanted(model_type type)
{
    return type == MODEL_REAL ? DTYPE_REAL : type == MODEL_BOOL ? DTYPE_BOOL : DTYPE_SIGNED;
}

static int kind_fits(model_type type, dtype_kind kind)
{
    return kind_wanted(type) == DTYPE_REAL ? kind == DTYPE_REAL : kind == DTYPE_BOOL || kind == DTYPE_SIGNED || kind == DTYPE_UNSIGNED;
}

static void shape_string(char *to, size_t size, const model_tensor *input, const tensor *x)
{
    size_t at = (size_t)snprintf(to, size, "[");
    for (int d = 0; x && d < x->rank && d < MODEL_MAX_RANK && at < size; d++) {
        at += (size_t)snprintf(to + at, size - at, "%s%" PRId64, d ? "," : "", x->shape[d]);
    }
    for (int d = 0; !x && d < input->rank && at < size; d++) {
        const model_dim *const dim = &model.dim[input->dim[d]];
        at += (size_t)(dim->length >= 0 ? snprintf(to + at, size - at, "%s%" PRId64, d ? "," : "", dim->length)
                                        : snprintf(to + at, size - at, "%s%s", d ? "," : "", dim->name));
    }
    if (at < size) {
        snprintf(to + at, size - at, "%s]", x && x->rank > MODEL_MAX_RANK ? ",..." : "");
    }
}

/* Lengths that this tensor gives to ragged dims; `from` remembers which tensor gave one first. */
static void tensor_lengths(const tensors *ts, const tensor *x, int64_t *length, const tensor **from, trouble *t)
{
    const model_tensor *const input = &model.input[x->input];
    const shown name = tensor_name(ts, x);
    if (!kind_fits(input->type, dtype_table[x->type].kind)) {
        static const char *const wanted[] = {"reals (F32, F64, F16, BF16)", "integers", "integers", "booleans or integers"};
        trouble_set(t, TROUBLE_USER, "%s: dtype %s, but this input wants %s", name.text, dtype_table[x->type].name,
                    wanted[kind_wanted(input->type)]);
        return;
    }
    int same = x->rank == input->rank;
    for (int d = 0; same && d < input->rank; d++) {
        const int64_t fixed = model.dim[input->dim[d]].length;
        same = fixed < 0 || fixed == x->shape[d];
    }
    if (!same) {
        char has[200], wants[300];
        shape_string(has, sizeof has, input, x);
        shape_string(wants, sizeof wants, input, NULL);
        trouble_set(t, TROUBLE_USER, "%s: shape %s, but this input has %s", name.text, has, wants);
        return;
    }
    for (int d = 0; d < input->rank; d++) {
        const int n = input->dim[d];
        const model_dim *const dim = &model.dim[n];
        if (dim->length >= 0) {
            continue;
        }
        if (x->shape[d] > dim->bound) {
            trouble_set(t, TROUBLE_USER, "%s: %" PRId64 " along %s; this model takes at most %" PRId64, name.text, x->shape[d], dim->name,
                        dim->bound);
        } else if (from[n] && length[n] != x->shape[d]) {
            const shown other = tensor_name(ts, from[n]);
            trouble_set(t, TROUBLE_USER, "%s: %" PRId64 " along %s, but %s has %" PRId64, name.text, x->shape[d], dim->name,
                        from[n] == x ? "it also" : other.text, length[n]);
        }
        length[n] = x->shape[d];
        from[n] = x;
    }
}

static void tensors_prepare(worker *w, job *j, size_t i)
{
    const tensors *const ts = &w->source->tensors;
    const item *const it = &j->item[i];
    int64_t *const length = j->length + i * (size_t)model.dims;
    unsigned char *const present = j->present + i * (size_t)model.inputs;
    const tensor **const from = calloc(model.dims > 0 ? (size_t)model.dims : 1, sizeof *from);
    if (!from) {
        trouble_memory(&j->trouble);
        return;
    }
    memset(length, 0, (size_t)model.dims * sizeof *length);
    memset(present, 0, (size_t)model.inputs);
    for (size_t n = it->tensor; n < it->tensor + it->tensors && !j->trouble.code; n++) {
        present[ts->at[n].input] = 1;
        tensor_lengths(ts, &ts->at[n], length, from, &j->trouble);
    }
    free(from);
    for (int n = 0; n < model.inputs; n++) {
        if (!present[n] && !model.input[n].optional) {
            trouble_set(&j->trouble, TROUBLE_USER, "%" PRId64 "/%s is missing", it->number, model.input[n].name);
        }
    }
}

static uint64_t element_bits(const unsigned char *p, int bytes_each)
{
    uint64_t bits = 0;
    for (int i = bytes_each - 1; i >= 0; i--) {
        bits = bits << 8 | p[i];
    }
    return bits;
}

static double half_real(uint64_t bits)
{
    const int exponent = (int)(bits >> 10 & 31);
    const double fraction = (double)(bits & 1023);
    const double size = exponent == 0   ? ldexp(fraction, -24)
                        : exponent < 31 ? ldexp(1024 + fraction, exponent - 25)
                        : fraction > 0  ? (double)NAN
                                        : (double)INFINITY;
    return bits >> 15 & 1 ? -size : size;
}

static double element_real(const unsigned char *p, int type)
{
    const uint64_t bits = element_bits(p, dtype_table[type].bits / 8);
    if (dtype_table[type].bits == 64) {
        double value;
        memcpy(&value, &bits, sizeof value);
        return value;
    }
    if (dtype_table[type].bits == 32 || type == DTYPE_BF16) {
        const uint32_t word = (uint32_t)(type == DTYPE_BF16 ? bits << 16 : bits);
        float value;
        memcpy(&value, &word, sizeof value);
        return (double)value;
    }
    return half_real(bits);
}

/* Two's complement, without a conversion that C leaves open. */
static int64_t element_int(const unsigned char *p, int type, int *fits)
{
    const int bits_each = dtype_table[type].bits;
    const uint64_t bits = element_bits(p, bits_each / 8);
    if (dtype_table[type].kind == DTYPE_SIGNED && bits >> (bits_each - 1) & 1) {
        const uint64_t magnitude = (~bits & (UINT64_MAX >> (64 - bits_each))); /* -value - 1 */
        return -(int64_t)magnitude - 1;
    }
    *fits = bits <= INT64_MAX;
    return *fits ? (int64_t)bits : 0;
}

/* "3/tok[2,5]" */
static shown element_place(const tensors *ts, const tensor *x, size_t element)
{
    char name[SHOWN + MODEL_MAX_RANK * 21];
    int64_t at[MODEL_MAX_RANK];
    size_t rest = element;
    for (int d = x->rank - 1; d >= 0; d--) {
        at[d] = (int64_t)(rest % (size_t)x->shape[d]);
        rest /= (size_t)x->shape[d];
    }
    size_t size = (size_t)snprintf(name, SHOWN, "%s", tensor_name(ts, x).text);
    for (int d = 0; d < x->rank; d++) {
        size += (size_t)snprintf(name + size, sizeof name - size, "%s%" PRId64, d ? "," : "[", at[d]);
    }
    size += (size_t)snprintf(name + size, sizeof name - size, "%s", x->rank ? "]" : "");
    return show(name, size);
}

static void element_store(const tensors *ts, const tensor *x, size_t i, void *to, trouble *t)
{
    const model_tensor *const input = &model.input[x->input];
    const unsigned char *const p = ts->data + x->begin + i * (size_t)(dtype_table[x->type].bits / 8);
    if (input->type == MODEL_REAL) {
        const double value = element_real(p, x->type);
        /* the first double that rounds to more than FLT_MAX is FLT_MAX and half a step */
        if (isfinite(value) && fabs(value) >= (double)FLT_MAX + ldexp(1, 103)) {
            trouble_set(t, TROUBLE_USER, "%s: %.9g is too large for float32", element_place(ts, x, i).text, value);
            return;
        }
        ((float *)to)[i] = (float)value;
        return;
    }
    int fits = 1;
    const int64_t value = element_int(p, x->type, &fits);
    const int64_t most = input->type == MODEL_BOOL    ? 1
                         : input->type == MODEL_CHAR  ? 0x10FFFF
                         : input->type == MODEL_INDEX ? input->extent - 1
                                                      : INT64_MAX;
    if (!fits || value > most || (value < 0 && input->type != MODEL_INT)) {
        const shown place = element_place(ts, x, i);
        if (fits) {
            trouble_set(t, TROUBLE_USER, "%s: %" PRId64 " is not in 0 .. %" PRId64, place.text, value, most);
        } else {
            trouble_set(t, TROUBLE_USER, "%s: %" PRIu64 " does not fit in 64 bits with a sign", place.text, element_bits(p, 8));
        }
        return;
    }
    switch (input->type) {
    case MODEL_INT: ((int64_t *)to)[i] = value; break;
    case MODEL_BOOL: ((uint8_t *)to)[i] = (uint8_t)value; break;
    case MODEL_INDEX:
    case MODEL_CHAR: ((int32_t *)to)[i] = (int32_t)value; break;
    case MODEL_REAL: break;
    }
}

/* Floats stay what they are: nothing to check, and there may be many. */
static void floats_fill(const unsigned char *p, size_t elements, float *to)
{
    for (size_t i = 0; i < elements; i++, p += 4) {
        const uint32_t word = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        memcpy(to + i, &word, sizeof *to);
    }
}

static const tensor *tensor_of(const tensors *ts, const item *it, int input) /* it is present */
{
    const tensor *x = &ts->at[it->tensor];
    while (x->input != input) {
        x++;
    }
    return x;
}

static int tensor_is_floats(const tensor *x)
{
    return x->type == DTYPE_F32 && model.input[x->input].type == MODEL_REAL;
}

/* Where the model can read a tensor as it lies in the file: floats in the order of this machine's bytes. NULL: it has to be copied. */
static const void *tensors_at(const tensors *ts, const item *it, int input)
{
    const tensor *const x = tensor_of(ts, it, input);
    const unsigned char *const at = ts->data + x->begin;
    const uint32_t one = 1;
    const int little = *(const unsigned char *)&one == 1;
    return tensor_is_floats(x) && little && (uintptr_t)at % sizeof(float) == 0 ? at : NULL;
}

static void tensors_fill(const tensors *ts, const item *it, int input, void *to, trouble *t)
{
    const tensor *const x = tensor_of(ts, it, input);
    const size_t each = (size_t)dtype_table[x->type].bits / 8, elements = (x->end - x->begin) / each;
    if (tensor_is_floats(x)) {
        floats_fill(ts->data + x->begin, elements, to);
        return;
    }
    for (size_t i = 0; i < elements && !t->code; i++) {
        element_store(ts, x, i, to, t);
    }
}

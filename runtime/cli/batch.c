/* batch.c - sequences of a job, packed and run
 *
 * A pack is a run of neighbours that have the same optional inputs. It is cut by --batch, or else by rows, so that weights are read once
 * for many rows and the workspace stays small. Answers do not depend on it: the model computes each sequence by itself. */
#include "cli.h"

enum {
    PACK_ROWS = 256,
    PACK_ROWS_LAST = 384, /* where that is all there is */
    PACK_SEQUENCES = 32
};
static const size_t PACK_BYTES = (size_t)1 << 30;

static void *worker_array(size_t count, size_t size, trouble *t)
{
    void *const p = calloc(count > 0 ? count : 1, size);
    if (!p) {
        trouble_memory(t);
    }
    return p;
}

static void worker_open(worker *w, const options *o, const source *s, struct sink *to, trouble *t)
{
    const size_t inputs = (size_t)model.inputs, outputs = (size_t)model.outputs, begins = (size_t)model.begins;
    memset(w, 0, sizeof *w);
    w->options = o;
    w->source = s;
    w->sink = to;
    w->input = worker_array(inputs, sizeof *w->input, t);
    w->output = worker_array(outputs, sizeof *w->output, t);
    w->begin = worker_array(begins, sizeof *w->begin, t);
    w->input_at = worker_array(inputs, sizeof *w->input_at, t);
    w->output_at = worker_array(outputs, sizeof *w->output_at, t);
    w->state = worker_array((size_t)model.states, sizeof *w->state, t);
    w->state_at = worker_array((size_t)model.states, sizeof *w->state_at, t);
    w->begin_at = worker_array(begins, sizeof *w->begin_at, t);
    w->capacity = worker_array((size_t)model.capacities, sizeof *w->capacity, t);
    w->result = worker_array(outputs, sizeof *w->result, t);
}

static void rooms_free(room *rooms, int count)
{
    for (int i = 0; rooms && i < count; i++) {
        free(rooms[i].at);
    }
    free(rooms);
}

static void worker_close(worker *w)
{
    bytes_free(&w->text);
    free(w->workspace.at);
    rooms_free(w->input, model.inputs);
    rooms_free(w->output, model.outputs);
    rooms_free(w->begin, model.begins);
    rooms_free(w->state, model.states);
    free((void *)w->input_at);
    free(w->output_at);
    free(w->state_at);
    free(w->begin_at);
    free(w->capacity);
    free(w->result);
}

/* At least `need` bytes, aligned to 64, contents lost. */
static int room_make(room *r, size_t need)
{
    if (r->at && need <= r->bytes) {
        return 1;
    }
    free(r->at);
    r->at = NULL;
    r->bytes = 0;
    if (need > (size_t)PTRDIFF_MAX - 64 - need / 8) {
        return 0;
    }
    const size_t size = need + need / 8 + 64; /* a little more: the next pack is a little longer */
    void *at = NULL;
    if (posix_memalign(&at, 64, size) != 0) {
        return 0;
    }
    r->at = at;
    r->bytes = size;
    return 1;
}

/* Product of lengths, all >= 0; INT64_MAX when it is more. */
static int64_t times(int64_t a, int64_t b)
{
    return b > 0 && a > INT64_MAX / b ? INT64_MAX : a * b;
}

static const int64_t *item_lengths(const job *j, size_t i)
{
    return j->length + i * (size_t)model.dims;
}

static int64_t item_product(const job *j, size_t i, int capacity)
{
    const model_capacity *const c = &model.capacity[capacity];
    int64_t rows = 1;
    for (int d = 0; d < c->rank; d++) {
        rows = times(rows, item_lengths(j, i)[c->dim[d]]);
    }
    return rows;
}

static int64_t item_rows(const job *j, size_t i)
{
    return model.capacities > 0 ? item_product(j, i, 0) : 1;
}

static int64_t input_elements(const job *j, size_t i, int input)
{
    const model_tensor *const x = &model.input[input];
    int64_t elements = 1;
    for (int d = 0; d < x->rank; d++) {
        const model_dim *const dim = &model.dim[x->dim[d]];
        elements = times(elements, dim->length >= 0 ? dim->length : item_lengths(j, i)[x->dim[d]]);
    }
    return elements;
}

/* Capacities of items first .. first + count - 1 into w->capacity; 0: more than can be counted. */
static int pack_products(worker *w, const job *j, size_t first, size_t count)
{
    for (int c = 0; c < model.capacities; c++) {
        w->capacity[c] = 0;
        for (size_t i = first; i < first + count; i++) {
            const int64_t rows = item_product(j, i, c);
            if (rows > INT64_MAX - 1 - w->capacity[c]) {
                return 0;
            }
            w->capacity[c] += rows;
        }
    }
    return 1;
}

/* Offsets are int32_t. */
static int pack_begins(worker *w, const job *j, size_t first, size_t count)
{
    for (int b = 0; b < model.begins; b++) {
        if (!room_make(&w->begin[b], (count + 1) * sizeof(int32_t))) {
            return 0;
        }
        w->begin_at[b] = w->begin[b].at;
        memset(w->begin_at[b], 0, (count + 1) * sizeof(int32_t));
    }
    for (int d = 0; d < model.dims; d++) {
        int32_t *const begin = model.dim[d].begin >= 0 ? w->begin_at[model.dim[d].begin] : NULL;
        for (size_t i = 0; begin && model.dim[d].given && i < count; i++) {
            const int64_t length = item_lengths(j, first + i)[d];
            if (length > INT32_MAX - begin[i]) {
                return 0;
            }
            begin[i + 1] = begin[i] + (int32_t)length;
        }
    }
    return 1;
}

/* Texts are one conversation: each begins with the states that the one before left. Sequences of --in begin anew. */
static int states_go_on(const source *from)
{
    return model.states > 0 && (from->kind == SOURCE_ARGUMENTS || from->kind == SOURCE_LINES);
}

static int pack_states(worker *w, int32_t sequences)
{
    if (w->goes_on) {
        return 1;
    }
    for (int n = 0; n < model.states; n++) {
        if (!room_make(&w->state[n], (size_t)sequences * model.state_bytes[n])) {
            return 0;
        }
        w->state_at[n] = w->state[n].at;
    }
    if (model.states > 0) {
        model.begin(sequences, w->state_at);
    }
    w->goes_on = states_go_on(w->source);
    return 1;
}

/* How many rows a pack may have: a few more where the job ends with them, since weights are read once for however few. */
static int64_t pack_rows(const job *j, size_t first, size_t end)
{
    int64_t rows = 0;
    for (size_t i = first; i < end; i++) {
        const int64_t more = item_rows(j, i);
        if (more > PACK_ROWS_LAST - rows) {
            return PACK_ROWS;
        }
        rows += more;
    }
    return PACK_ROWS_LAST;
}

/* How many items from `first` on make a pack. */
static size_t pack_choose(worker *w, const job *j, size_t first, size_t end)
{
    const size_t inputs = (size_t)model.inputs;
    const size_t most = w->options->batch > 0 ? (size_t)w->options->batch : PACK_SEQUENCES;
    const int64_t most_rows = pack_rows(j, first, end);
    int64_t rows = item_rows(j, first);
    size_t count = 1;
    if (states_go_on(w->source)) {
        return 1;
    }
    while (first + count < end && count < most) {
        const size_t i = first + count;
        const int64_t more = item_rows(j, i);
        if (memcmp(j->present + i * inputs, j->present + first * inputs, inputs) != 0 ||
            (w->options->batch == 0 && (more > most_rows || rows + more > most_rows))) {
            break;
        }
        rows += more;
        count++;
    }
    return count;
}

/* An input of a pack that is there already, as the model takes it: of one item, whose tensor lies in the file like that. */
static const void *pack_lies(const worker *w, const job *j, size_t first, size_t count, int input)
{
    const int present = j->present[first * (size_t)model.inputs + (size_t)input];
    return present && count == 1 && w->source->kind == SOURCE_TENSORS ? tensors_at(&w->source->tensors, &j->item[first], input) : NULL;
}

/* Writes the inputs of a pack. Returns how many items are fine; an item that is not leaves its trouble in the job. 0 without trouble: too
 * large. */
static size_t pack_fill(worker *w, job *j, size_t first, size_t count)
{
    const unsigned char *const present = j->present + first * (size_t)model.inputs;
    for (int n = 0; n < model.inputs; n++) {
        const size_t size = type_size(model.input[n].type);
        int64_t elements = 0;
        for (size_t i = first; i < first + count; i++) {
            const int64_t more = input_elements(j, i, n);
            elements = more > INT64_MAX - elements ? INT64_MAX : elements + more;
        }
        w->input_at[n] = pack_lies(w, j, first, count, n);
        if (present[n] && !w->input_at[n]) {
            if ((uint64_t)elements > (uint64_t)PTRDIFF_MAX / size || !room_make(&w->input[n], (size_t)elements * size)) {
                return 0;
            }
            w->input_at[n] = w->input[n].at;
        }
    }
    for (int n = 0; n < model.inputs; n++) {
        char *to = w->input[n].at;
        const int copied = present[n] && w->input_at[n] == to;
        for (size_t i = first; copied && i < first + count; i++) {
            const size_t elements = (size_t)input_elements(j, i, n);
            trouble here = {0};
            switch (w->source->kind) {
            case SOURCE_ARGUMENTS:
            case SOURCE_LINES: text_fill(j, i, n, to); break;
            case SOURCE_TENSORS: tensors_fill(&w->source->tensors, &j->item[i], n, to, &here); break;
            case SOURCE_MADE: made_fill(n, elements, to); break;
            }
            if (here.code) { /* of several, the earliest item's stays */
                j->trouble = here;
                count = i - first;
            }
            to += elements * type_size(model.input[n].type);
        }
    }
    return count;
}

static int pack_rooms(worker *w, int32_t sequences, size_t *workspace)
{
    const size_t others = (crew_size(w->crew) - 1) * model.scratch, one = model.workspace(sequences, w->capacity);
    *workspace = one < SIZE_MAX - others ? one + others : SIZE_MAX;
    if (!room_make(&w->workspace, *workspace)) {
        return 0;
    }
    for (int n = 0; n < model.outputs; n++) {
        const int64_t elements = model.output_room(n, sequences, w->capacity);
        const size_t size = type_size(model.output[n].type);
        if (elements < 0 || (uint64_t)elements > (uint64_t)PTRDIFF_MAX / size || !room_make(&w->output[n], (size_t)elements * size)) {
            return 0;
        }
        w->output_at[n] = w->output[n].at;
    }
    return 1;
}

/* Hands out the results of a pack, item by item. */
static void pack_results(worker *w, job *j, size_t first, size_t count)
{
    for (int n = 0; n < model.outputs; n++) {
        w->result[n].data = w->output_at[n];
        w->result[n].elements = 0;
    }
    for (size_t i = 0; i < count; i++) {
        for (int n = 0; n < model.outputs; n++) {
            result *const r = &w->result[n];
            const model_tensor *const x = &model.output[n];
            r->data = (const char *)r->data + r->elements * type_size(x->type);
            r->elements = 1;
            for (int d = 0; d < x->rank; d++) {
                const model_dim *const dim = &model.dim[x->dim[d]];
                const int32_t *const begin = dim->length >= 0 ? NULL : w->begin_at[dim->begin];
                r->shape[d] = begin ? begin[i + 1] - begin[i] : dim->length;
                r->elements *= (size_t)r->shape[d];
            }
        }
        sink_item(w, j, first + i, w->result);
        j->texts++;
        j->rows += item_rows(j, first + i);
    }
}

static void pack_trouble(worker *w, job *j, size_t i, int status)
{
    const int ours = status < 0 || status > 31 || (model.ours >> status & 1);
    const shown place = source_place(w->source, &j->item[i]);
    memset(&j->trouble, 0, sizeof j->trouble);
    trouble_set(&j->trouble, ours ? TROUBLE_OURS : TROUBLE_USER, "%s: %s", place.text, model.error(status));
}

/* Runs `count` items, or fewer where they are too large or one of them fails. Returns how many were answered; 0: there is trouble. */
static size_t pack_answer(worker *w, job *j, size_t first, size_t count)
{
    for (;;) {
        size_t workspace = 0;
        int too_large = !pack_begins(w, j, first, count);
        const size_t good = too_large ? 0 : pack_fill(w, j, first, count);
        if (good == 0 && j->trouble.code) {
            return 0;
        }
        const int32_t sequences = (int32_t)good;
        too_large = too_large || good == 0 || !pack_products(w, j, first, good) ||
                    (w->options->batch == 0 && good > 1 && model.workspace(sequences, w->capacity) > PACK_BYTES) ||
                    !pack_rooms(w, sequences, &workspace) || !pack_states(w, sequences);
        if (too_large && count > 1) {
            count = (count + 1) / 2;
            memset(&j->trouble, 0, sizeof j->trouble);
            continue;
        }
        if (too_large) {
            trouble_set(&j->trouble, TROUBLE_OURS, "%s: out of memory: the sequence is too long",
                        source_place(w->source, &j->item[first]).text);
            return 0;
        }
        const model_call call = {sequences, w->begin_at, w->input_at, w->output_at, w->state_at, w->lane};
        const int status = crew_answer(w->crew, &call, w->workspace.at, workspace);
        if (status != 0 && good > 1) {
            count = 1; /* one by one, to answer those before the one that fails and to name it */
            memset(&j->trouble, 0, sizeof j->trouble);
            continue;
        }
        if (status != 0) {
            pack_trouble(w, j, first, status);
            return 0;
        }
        pack_results(w, j, first, good);
        return good;
    }
}

static void item_prepare(worker *w, job *j, size_t i)
{
    switch (w->source->kind) {
    case SOURCE_ARGUMENTS:
    case SOURCE_LINES: text_prepare(w, j, i); break;
    case SOURCE_TENSORS: tensors_prepare(w, j, i); break;
    case SOURCE_MADE: made_prepare(j, i); break;
    }
}

static void job_answer(worker *w, job *j)
{
    size_t good = 0;
    while (good < j->items && !j->trouble.code) {
        item_prepare(w, j, good);
        good += !j->trouble.code;
    }
    const trouble later = j->trouble; /* of the item after the good ones: those come first */
    memset(&j->trouble, 0, sizeof j->trouble);
    size_t singles = 0; /* items before this index run alone: a pack of them failed */
    for (size_t i = 0; i < good && !j->trouble.code;) {
        if (w->options->value[opt_TOKENS]) {
            sink_item(w, j, i++, NULL);
            j->texts++;
            continue;
        }
        const size_t wanted = i < singles ? 1 : pack_choose(w, j, i, good);
        const size_t done = pack_answer(w, j, i, wanted);
        singles = done < wanted && i + wanted > singles ? i + wanted : singles;
        i += done;
    }
    if (!j->trouble.code) {
        j->trouble = later;
    }
    if (j->out.failed) {
        trouble_memory(&j->trouble);
    }
}

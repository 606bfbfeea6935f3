/* sink.c - where results go. Workers write text or records into their jobs; here the jobs arrive in the order of the input. */
#include "cli.h"

static int only_real_output(const char *option, trouble *t)
{
    int found = -1;
    for (int n = 0; n < model.outputs; n++) {
        if (model.output[n].type == MODEL_REAL) {
            if (found >= 0) {
                trouble_set(t, TROUBLE_USER, "--%s: this model has several real outputs (%s, %s): use --out FILE", option,
                            model.output[found].name, model.output[n].name);
                return 0;
            }
            found = n;
        }
    }
    if (found < 0) {
        trouble_set(t, TROUBLE_USER, "--%s: this model has no real output", option);
        return 0;
    }
    return found;
}

static void sink_open(sink *s, const options *o, const source *from, trouble *t)
{
    memset(s, 0, sizeof *s);
    s->options = o;
    s->source = from;
    s->file.fd = -1;
    s->began = s->told = now();
    s->kind = o->value[opt_TOKENS]                       ? SINK_TOKENS
              : o->value[opt_NPY]                        ? SINK_NPY
              : o->value[opt_OUT]                        ? SINK_TENSORS
              : o->value[opt_SIMILARITY]                 ? SINK_SIMILARITY
              : o->value[opt_JSON] || model.outputs != 1 ? SINK_JSON
                                                         : SINK_TEXT;
    s->progress = isatty(STDERR_FILENO) &&
                  ((s->kind != SINK_TEXT && s->kind != SINK_JSON && s->kind != SINK_TOKENS) || !isatty(STDOUT_FILENO));
    if (s->kind == SINK_NPY) {
        s->output = only_real_output("npy", t);
        if (!t->code) {
            npy_open(s, t);
        }
    } else if (s->kind == SINK_SIMILARITY) {
        s->output = only_real_output("similarity", t);
        if (!t->code) {
            similarity_open(s, t);
        }
    }
}

static void record_write(bytes *out, const item *it, const result *r)
{
    bytes_add(out, &it->number, sizeof it->number);
    for (int n = 0; n < model.outputs; n++) {
        bytes_add(out, r[n].shape, (size_t)model.output[n].rank * sizeof *r[n].shape);
        bytes_add(out, r[n].data, r[n].elements * type_size(model.output[n].type));
    }
}

static const char *record_read(const char *at, int64_t *number, result *r)
{
    memcpy(number, at, sizeof *number);
    at += sizeof *number;
    for (int n = 0; n < model.outputs; n++) {
        memcpy(r[n].shape, at, (size_t)model.output[n].rank * sizeof *r[n].shape);
        at += (size_t)model.output[n].rank * sizeof *r[n].shape;
        r[n].elements = 1;
        for (int d = 0; d < model.output[n].rank; d++) {
            r[n].elements *= (size_t)r[n].shape[d];
        }
        r[n].data = at;
        at += r[n].elements * type_size(model.output[n].type);
    }
    return at;
}

static void put_element(bytes *out, model_type type, const void *data, size_t i)
{
    const char *const p = (const char *)data + i * type_size(type); /* in a record: anywhere */
    uint64_t bits = 0;
    if (type == MODEL_REAL) {
        uint32_t word;
        memcpy(&word, p, sizeof word);
        bits = word;
    } else if (type == MODEL_INT) {
        memcpy(&bits, p, sizeof bits);
    } else if (type == MODEL_BOOL) {
        bits = *p != 0;
    } else {
        int32_t index;
        memcpy(&index, p, sizeof index);
        bits = (uint64_t)(int64_t)index;
    }
    char little[8];
    for (int b = 0; b < 8; b++) {
        little[b] = (char)(unsigned char)(bits >> 8 * b & 0xFF);
    }
    bytes_add(out, little, type == MODEL_REAL ? 4 : 8);
}

static void sink_item(worker *w, job *j, size_t i, const result *r)
{
    const item *const it = &j->item[i];
    switch (w->sink->kind) {
    case SINK_TEXT: print_plain(&j->out, j, it, r); break;
    case SINK_JSON: print_json(&j->out, j, it, r); break;
    case SINK_TOKENS:
        if (w->options->value[opt_JSON]) {
            print_tokens_json(&j->out, j, it, w->options->value[opt_PAIR] != NULL);
        } else {
            print_tokens_text(&j->out, j, it);
        }
        break;
    case SINK_NPY:
    case SINK_TENSORS:
    case SINK_SIMILARITY: record_write(&j->out, it, r); break;
    case SINK_NONE: break;
    }
}

/* A line on a terminal once a second, from the second second on. */
static void sink_tell(sink *s, int last)
{
    const double time_now = now();
    if (s->progress && (last ? s->told > s->began : time_now - s->told >= 1)) {
        char line[96];
        const double seconds = time_now - s->began;
        const int n = snprintf(line, sizeof line, "\r%" PRId64 " done, %.0f/s \x1b[K%s", s->count, (double)s->count / seconds,
                               last ? "\n" : "");
        write_all(STDERR_FILENO, line, (size_t)n);
        s->told = time_now;
    }
}

static void sink_take(sink *s, job *j, trouble *t)
{
    s->count += j->texts;
    switch (s->kind) {
    case SINK_TEXT:
    case SINK_JSON:
    case SINK_TOKENS: print_out(j->out.at, j->out.size, t); break;
    case SINK_NPY: npy_take(s, j, t); break;
    case SINK_TENSORS:
    case SINK_SIMILARITY:
        bytes_add(&s->records, j->out.at, j->out.size);
        if (s->records.failed) {
            trouble_memory(t);
        }
        break;
    case SINK_NONE: s->rows += j->rows; break;
    }
    sink_tell(s, 0);
    if (j->trouble.code && !t->code) {
        *t = j->trouble;
    }
}

static void sink_finish(sink *s, trouble *t)
{
    sink_tell(s, 1);
    if (t->code) {
        sink_drop(s);
        return;
    }
    switch (s->kind) {
    case SINK_NPY: npy_finish(s, t); break;
    case SINK_TENSORS: tensors_write(s, t); break;
    case SINK_SIMILARITY: similarity_print(s, t); break;
    case SINK_TEXT:
    case SINK_JSON:
    case SINK_TOKENS:
    case SINK_NONE: break;
    }
    sink_drop(s);
}

static void sink_drop(sink *s)
{
    outfile_drop(&s->file);
    bytes_free(&s->records);
}

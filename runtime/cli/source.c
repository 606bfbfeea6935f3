/* source.c - where sequences come from: arguments, lines, a tensor file, or nowhere (for measurements) */
#include "cli.h"

enum {
    JOB_ITEMS = 32,
    JOB_TEXT = 3 << 10,       /* bytes of text in a job: some thousand tokens */
    JOB_TEXT_LEAST = 1 << 10, /* about a pack of rows */
    JOB_DATA = 1 << 20,       /* bytes of tensors */
    JOB_SHARE = 4             /* the least part of a job that is cut smaller at the end */
};
static const double JOB_FLOPS = 5e9; /* some hundredths of a second: what a thread may have to wait for another at the end */

/* How much text makes a job: of a large model little, but for a GPU. */
static size_t source_job_bytes(void)
{
    const double bytes_per_row = 4,
                 size = model.flops_per_row > 0 && !model.open_device ? JOB_FLOPS / model.flops_per_row * bytes_per_row : JOB_TEXT;
    return size < JOB_TEXT_LEAST ? JOB_TEXT_LEAST : size < JOB_TEXT ? (size_t)size : JOB_TEXT;
}

/* Bytes of all that there is to be read; SIZE_MAX: nobody knows. */
static size_t source_bytes(const source *s)
{
    size_t size = 0;
    struct stat file;
    const off_t at = s->kind == SOURCE_LINES ? lseek(s->lines.fd, 0, SEEK_CUR) : 0;
    switch (s->kind) {
    case SOURCE_ARGUMENTS:
        for (int i = 0; i < s->options->texts; i++) {
            size += strlen(s->options->text[i]);
        }
        return size;
    case SOURCE_TENSORS:
        for (size_t i = 0; i < s->tensors.count; i++) {
            size += s->tensors.at[i].end - s->tensors.at[i].begin;
        }
        return size;
    case SOURCE_LINES:
        if (at >= 0 && fstat(s->lines.fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_size >= at) {
            return (size_t)(file.st_size - at);
        }
        break;
    case SOURCE_MADE: break;
    }
    return SIZE_MAX;
}

static void source_again(source *s)
{
    s->next = 0;
    s->left = source_bytes(s);
}

/* How much makes the next job. Where threads take one after another, the last ones are smaller, so that none waits long for another at the
 * end: each takes its share of half of what is left (Polychronopoulos & Kuck 1987, guided self-scheduling). */
static size_t source_next_bytes(const source *s)
{
    const size_t threads = (size_t)s->options->threads, least = s->most_bytes / JOB_SHARE, share = s->left / (2 * threads);
    const int again = s->deadline > 0 && now() < s->deadline;
    if (threads == 1 || s->options->batch > 0 || again || model.open_device || share > s->most_bytes) {
        return s->most_bytes;
    }
    return share < least ? least : share;
}

/* Takes from what is left; where it is not known, nothing. */
static void source_took(source *s, size_t size)
{
    s->left -= s->left == SIZE_MAX ? 0 : size < s->left ? size : s->left;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void source_open(source *s, const options *o, trouble *t)
{
    memset(s, 0, sizeof *s);
    s->options = o;
    s->kind = o->value[opt_IN] ? SOURCE_TENSORS : o->texts > 0 ? SOURCE_ARGUMENTS : SOURCE_LINES;
    s->lines = (lines){STDIN_FILENO, -1, 0, {NULL, 0, 0, 0}, 0, 0};
    s->most_items = o->batch > 0 ? (size_t)o->batch : JOB_ITEMS;
    s->most_bytes = o->batch > 0 ? SIZE_MAX : s->kind == SOURCE_TENSORS ? JOB_DATA : source_job_bytes();
    if (s->kind == SOURCE_TENSORS) {
        tensors_read(&s->tensors, o->value[opt_IN], t);
    }
    s->left = source_bytes(s);
}

static void source_close(source *s)
{
    bytes_free(&s->lines.held);
    tensors_free(&s->tensors);
}

static void job_free(job *j)
{
    bytes_free(&j->raw);
    bytes_free(&j->out);
    free(j->item);
    free(j->token);
    free(j->length);
    free(j->present);
    memset(j, 0, sizeof *j);
}

static shown source_place(const source *s, const item *it)
{
    static const char *const what[] = {"argument ", "line ", "k = ", "sequence "};
    shown place;
    snprintf(place.text, sizeof place.text, "%s%" PRId64, what[s->kind], it->number);
    return place;
}

static int source_is_pair(const source *s)
{
    return s->options->value[opt_PAIR] && s->options->format == FORMAT_LINES;
}

static int argument_add(source *s, job *j, item *it)
{
    const options *const o = s->options;
    if (s->next >= (size_t)o->texts) {
        return 0;
    }
    it->number = (int64_t)s->next + 1;
    it->raw = j->raw.size;
    bytes_string(&j->raw, o->text[s->next++]);
    it->raw_size = j->raw.size - it->raw;
    if (source_is_pair(s)) {
        it->pair = j->raw.size;
        bytes_string(&j->raw, o->text[s->next++]);
        it->pair_size = j->raw.size - it->pair;
    }
    source_took(s, it->raw_size + it->pair_size);
    return 1;
}

static int line_add(source *s, job *j, item *it, trouble *t)
{
    it->raw = j->raw.size;
    if (lines_next(&s->lines, &j->raw, j->items == 0, t) != LINE_READ) {
        return 0;
    }
    it->number = ++s->number;
    it->raw_size = j->raw.size - it->raw;
    source_took(s, it->raw_size + 1);
    return 1;
}

/* All tensors of the next k. */
static int tensors_add(source *s, item *it, size_t *data)
{
    const tensors *const ts = &s->tensors;
    const size_t before = *data;
    if (s->next >= ts->count) {
        return 0;
    }
    it->tensor = s->next;
    it->number = ts->at[s->next].k;
    while (s->next < ts->count && ts->at[s->next].k == it->number) {
        *data += ts->at[s->next].end - ts->at[s->next].begin;
        s->next++;
    }
    it->tensors = s->next - it->tensor;
    source_took(s, *data - before);
    return 1;
}

static int item_add(source *s, job *j, item *it, size_t *data, trouble *t)
{
    switch (s->kind) {
    case SOURCE_ARGUMENTS: return argument_add(s, j, it);
    case SOURCE_LINES: return line_add(s, j, it, t);
    case SOURCE_TENSORS: return tensors_add(s, it, data);
    case SOURCE_MADE: it->number = (int64_t)++s->next; return s->next <= (size_t)s->made;
    }
    return 0;
}

static void job_empty(job *j)
{
    bytes_char(&j->raw, '\0'); /* raw.at is no null pointer, even where all texts are empty */
    j->raw.size = j->out.size = 0;
    j->items = j->tokens = 0;
    j->texts = j->rows = 0;
    j->done = 0;
    memset(&j->trouble, 0, sizeof j->trouble);
}

/* Room for one more item, with its lengths and presence. */
static int job_room(job *j)
{
    const size_t dims = model.dims > 0 ? (size_t)model.dims : 1, inputs = model.inputs > 0 ? (size_t)model.inputs : 1;
    void *items = j->item, *lengths = j->length, *presence = j->present;
    const size_t need = j->items + 1;
    if (need > SIZE_MAX / dims || need > SIZE_MAX / inputs) {
        return 0;
    }
    const int have = array_grow(&items, &j->item_room, need, sizeof *j->item) &
                     array_grow(&lengths, &j->length_room, need * dims, sizeof *j->length) &
                     array_grow(&presence, &j->present_room, need * inputs, 1);
    j->item = items;
    j->length = lengths;
    j->present = presence;
    return have;
}

/* Of arguments, tensors and what is made up: one more than the last `next`. */
static size_t source_size(const source *s)
{
    return s->kind == SOURCE_ARGUMENTS ? (size_t)s->options->texts : s->kind == SOURCE_TENSORS ? s->tensors.count : (size_t)s->made;
}

static int source_fill(source *s, job *j, trouble *t)
{
    size_t data = 0;
    job_empty(j);
    if (s->deadline > 0 && now() >= (s->next > 0 && s->next < source_size(s) ? s->limit : s->deadline)) {
        return 0;
    }
    const size_t most_bytes = source_next_bytes(s);
    while (!t->code && j->items < s->most_items && j->raw.size + data < most_bytes) {
        item it = {0};
        if (!job_room(j)) {
            trouble_memory(t);
            break;
        }
        if (!item_add(s, j, &it, &data, t)) {
            if (s->deadline > 0 && s->next > 0 && j->items == 0) {
                source_again(s); /* measuring */
                continue;
            }
            break;
        }
        j->item[j->items++] = it;
    }
    if (j->raw.failed) {
        trouble_memory(t);
        j->items = 0;
    }
    /* What was read before trouble is still answered: the caller runs the job first. */
    return j->items > 0;
}

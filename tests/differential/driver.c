/* driver.c - runs generated programs on batches in several orders, over poisoned memory, and says what they gave
 *
 * driver FILE [FROM]: writes to FILE, a line each: "program NAME", "status CODE" and "at SEQUENCE OUTPUT value value ...", for the first
 * batch. The other orders, each sequence alone, and no sequence at all have to give the same bits; "differs SEQUENCE OUTPUT" where not.
 * Tensors of the other batches begin at other addresses, one to three elements behind those that malloc gives. */
#include "driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORDERS = 4 };
static const int order[ORDERS][SEQUENCES] = {{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 0, 4, 1, 3}, {1, 3, 0, 4, 2}};

struct batch {
    const struct driven *p;
    int n;
    int at[SEQUENCES];          /* which sequences */
    size_t beside;              /* elements before a tensor */
    unsigned char *io;
    int32_t *begin[16];
    void *output[64];
};

static void *poisoned(size_t bytes, int pattern)
{
    void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64 + 64);
    memset(memory, pattern, (bytes + 63) / 64 * 64 + 64);
    return memory;
}

/* Exactly as much as is needed, so that a sanitizer sees the first byte too many. */
static void *tight(size_t bytes, int pattern)
{
    void *memory = malloc(bytes ? bytes : 1);
    memset(memory, pattern, bytes ? bytes : 1);
    return memory;
}

/* The same for a tensor of a batch. */
static unsigned char *room(const struct batch *b, const struct driven_tensor *t, size_t bytes)
{
    const size_t before = b->beside * t->bytes;
    return (unsigned char *)tight(before + bytes, 0xA5) + before;
}

static void set(struct batch *b, size_t field, const void *pointer)
{
    memcpy(b->io + field, &pointer, sizeof pointer);
}

static size_t elements(const struct driven_tensor *t, const struct driven_dim *dims, int sequence, int32_t *const *begin, int k)
{
    size_t n = 1;
    for (int i = 0; i < t->axes; i++) {
        const int d = t->dim[i];
        n *= (size_t)(d < 0 ? t->length[i] : dims[d].lengths ? dims[d].lengths[sequence] : begin ? begin[d][k + 1] - begin[d][k] : dims[d].most);
    }
    return n;
}

static void give_input(const struct driven *p, struct batch *b, const struct driven_tensor *t)
{
    size_t offset[SEQUENCES + 1] = {0}, bytes = 0;
    for (int s = 0; s < SEQUENCES; s++) {
        offset[s + 1] = offset[s] + elements(t, p->dim, s, NULL, 0) * t->bytes;
    }
    for (int k = 0; k < b->n; k++) {
        bytes += offset[b->at[k] + 1] - offset[b->at[k]];
    }
    unsigned char *memory = room(b, t, bytes), *to = memory;
    for (int k = 0; k < b->n; k++) {
        const size_t n = offset[b->at[k] + 1] - offset[b->at[k]];
        memcpy(to, (const unsigned char *)t->data + offset[b->at[k]], n);
        to += n;
    }
    set(b, t->field, memory);
}

static void give(const struct driven *p, struct batch *b)
{
    for (int i = 0; i < p->dims; i++) {
        b->begin[i] = tight(sizeof(int32_t) * (size_t)(b->n + 1), p->dim[i].lengths ? 0 : 0xFF);
        for (int k = 0; p->dim[i].lengths && k < b->n; k++) {
            b->begin[i][k + 1] = b->begin[i][k] + p->dim[i].lengths[b->at[k]];
        }
        if (p->dim[i].begin != (size_t)-1) {
            set(b, p->dim[i].begin, b->begin[i]);
        }
    }
    for (int i = 0; i < p->inputs; i++) {
        if (p->input[i].data) {
            give_input(p, b, &p->input[i]);
        } else {
            set(b, p->input[i].field, NULL);
        }
    }
    for (int i = 0; i < p->states; i++) {
        const size_t n = elements(&p->state[i], p->dim, 0, NULL, 0) * (size_t)b->n, bytes = p->state[i].bytes;
        unsigned char *memory = tight(n * bytes, 0);
        for (size_t j = 0; j < n; j++) {
            memcpy(memory + j * bytes, p->state[i].data, bytes);
        }
        set(b, p->state[i].field, memory);
    }
    for (int i = 0; i < p->outputs; i++) {
        size_t bytes = 0;
        for (int k = 0; k < b->n; k++) {
            bytes += elements(&p->output[i], p->dim, b->at[k], NULL, 0) * p->output[i].bytes;
        }
        b->output[i] = room(b, &p->output[i], bytes);
        set(b, p->output[i].field, b->output[i]);
    }
}

static void drop(const struct batch *b, const struct driven_tensor *t, size_t before)
{
    unsigned char *pointer;
    memcpy(&pointer, b->io + t->field, sizeof pointer);
    free(pointer ? pointer - before * t->bytes : NULL);
}

static void take_back(const struct driven *p, struct batch *b)
{
    for (int i = 0; i < p->dims; i++) {
        free(b->begin[i]);
    }
    for (int i = 0; i < p->inputs; i++) {
        drop(b, &p->input[i], b->beside);
    }
    for (int i = 0; i < p->states; i++) {
        drop(b, &p->state[i], 0);
    }
    for (int i = 0; i < p->outputs; i++) {
        drop(b, &p->output[i], b->beside);
    }
    free(b->io);
}

int64_t driven_total(const void *batch, int n, const int *dim)
{
    const struct batch *b = batch;
    int64_t total = 0;
    for (int k = 0; k < b->n; k++) {
        int64_t one = 1;
        for (int i = 0; i < n; i++) {
            one *= b->p->dim[dim[i]].lengths[b->at[k]];
        }
        total += one;
    }
    return total;
}

static int run(const struct driven *p, struct batch *b)
{
    b->p = p;
    b->io = tight(p->io_bytes, 0);
    const int32_t n = b->n;
    memcpy(b->io, &n, sizeof n); /* `sequences` is the first field */
    give(p, b);
    const size_t bytes = p->space(n, b);
    void *workspace = poisoned(bytes, 0xFF);
    const int status = p->run(b->io, workspace, bytes);
    free(workspace);
    return status;
}

static size_t begins(const struct driven *p, const struct batch *b, const struct driven_tensor *t, int k)
{
    size_t n = 0;
    for (int i = 0; i < k; i++) {
        n += elements(t, p->dim, b->at[i], b->begin, i);
    }
    return n * t->bytes;
}

static void print_value(FILE *out, const unsigned char *at, const struct driven_tensor *t)
{
    float real = 0;
    int32_t index = 0;
    int64_t integer = *at;
    memcpy(&real, at, t->bytes == sizeof real ? sizeof real : 0);
    memcpy(&index, at, t->bytes == sizeof index ? sizeof index : 0);
    memcpy(&integer, at, t->bytes == sizeof integer ? sizeof integer : 0);
    if (t->real) {
        fprintf(out, " %.17g", (double)real);
    } else {
        fprintf(out, " %lld", t->bytes == sizeof index ? (long long)index : (long long)integer);
    }
}

static void print(FILE *out, const struct driven *p, const struct batch *b)
{
    for (int k = 0; k < b->n; k++) {
        for (int i = 0; i < p->outputs; i++) {
            const struct driven_tensor *t = &p->output[i];
            const unsigned char *at = (const unsigned char *)b->output[i] + begins(p, b, t, k);
            const size_t n = elements(t, p->dim, b->at[k], b->begin, k);
            fprintf(out, "at %d %s", b->at[k], t->name);
            for (size_t j = 0; j < n; j++) {
                print_value(out, at + j * t->bytes, t);
            }
            fprintf(out, "\n");
        }
    }
}

/* The k-th sequence of b against the same one of the first batch, where it stands at its own number. */
static void compare(FILE *out, const struct driven *p, const struct batch *first, const struct batch *b, int k)
{
    for (int i = 0; i < p->outputs; i++) {
        const struct driven_tensor *t = &p->output[i];
        const size_t n = elements(t, p->dim, b->at[k], b->begin, k) * t->bytes;
        const int s = b->at[k];
        if (n != elements(t, p->dim, s, first->begin, s) * t->bytes ||
            memcmp((char *)b->output[i] + begins(p, b, t, k), (char *)first->output[i] + begins(p, first, t, s), n) != 0) {
            fprintf(out, "differs %d %s\n", s, t->name);
        }
    }
}

static void drive(FILE *out, const struct driven *p)
{
    fprintf(out, "program %s\n", p->name);
    fflush(out);
    struct batch first = {.n = SEQUENCES};
    memcpy(first.at, order[0], sizeof first.at);
    int status = run(p, &first);
    fprintf(out, "status %d\n", status);
    if (status == 0) {
        print(out, p, &first);
        for (int i = 1; i < ORDERS + SEQUENCES + 1; i++) { /* other orders, each alone, none */
            struct batch b = {.n = i < ORDERS ? SEQUENCES : i < ORDERS + SEQUENCES ? 1 : 0, .beside = (size_t)i % 4};
            memcpy(b.at, order[i < ORDERS ? i : 0], sizeof b.at);
            b.at[0] = b.n == 1 ? i - ORDERS : b.at[0];
            status = run(p, &b);
            if (status != 0) {
                fprintf(out, "status %d\n", status);
            }
            for (int k = 0; status == 0 && k < b.n; k++) {
                compare(out, p, &first, &b, k);
            }
            take_back(p, &b);
        }
    }
    take_back(p, &first);
    fflush(out);
}

int main(int argc, char **argv)
{
    FILE *out = fopen(argv[1], "w");
    for (int i = argc > 2 ? atoi(argv[2]) : 0; driven[i]; i++) {
        drive(out, driven[i]);
    }
    return fclose(out) != 0;
}

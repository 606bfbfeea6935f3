/* Weights: one file, or the shards that an index names. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "safetensors.h"

#include "../value.h"
#include "mapping.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define INDEX_SUFFIX ".index.json"

struct Weights {
    Arena *arena;
    WeightTensors tensor;
    VEC(Mapping *) file;
    const WeightTensor **sorted; /* by the address of the name, which is unique */
    Str *names;
};

/* Opens a file and appends its tensors. */
static int add_file(Weights *w, Diag *d, const char *path)
{
    Mapping *mapping = mapping_open(w->arena, d, path);
    if (!mapping) {
        return 0;
    }
    vec_push(w->arena, w->file, mapping);
    return safetensors_read(w->arena, d, mapping->path, mapping->data, mapping->bytes, &w->tensor);
}

static int by_name_address(const void *a, const void *b)
{
    const WeightTensor *x = *(const WeightTensor *const *)a, *y = *(const WeightTensor *const *)b;
    if (x->name == y->name) {
        return x->index - y->index;
    }
    return (uintptr_t)x->name < (uintptr_t)y->name ? -1 : 1;
}

/* Needs all tensors; leaves them findable, or an error where two have one name. */
static int sort_names(Weights *w, Diag *d)
{
    const int n = w->tensor.n;
    int good = 1;
    w->sorted = arena_array(w->arena, const WeightTensor *, n);
    w->names = arena_array(w->arena, Str, n);
    for (int i = 0; i < n; i++) {
        w->sorted[i] = &w->tensor.at[i];
        w->names[i] = w->tensor.at[i].name;
    }
    if (n > 0) {
        qsort(w->sorted, (size_t)n, sizeof *w->sorted, by_name_address);
    }
    for (int i = 0; i + 1 < n; i++) {
        const WeightTensor *a = w->sorted[i], *b = w->sorted[i + 1];
        if (a->name == b->name) {
            diag_error_file(d, b->file, "tensor '%s' stands in %s too", b->name, a->file);
            good = 0;
        }
    }
    return good;
}

/* ---- shards ---- */

/* An index comes with the model, from anywhere: its names may only mean files beside it. */
static int is_plain_name(const char *name)
{
    return *name && !strpbrk(name, "/\\") && !strstr(name, "..") && strcmp(name, ".") != 0;
}

static const char *beside(Arena *arena, const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    return arena_printf(arena, "%.*s%s", slash ? (int)(slash - path + 1) : 0, path, name);
}

static int has_file(const Weights *w, const char *path)
{
    for (int i = 0; i < w->file.n; i++) {
        if (strcmp(w->file.at[i]->path, path) == 0) {
            return 1;
        }
    }
    return 0;
}

static int add_shard(Weights *w, Diag *d, const char *index_path, const Value *name)
{
    if (name->kind != V_STR || !is_plain_name(name->text)) {
        diag_error(d, name->span, "a shard must be the name of a file beside the index");
        return 0;
    }
    const char *path = beside(w->arena, index_path, name->text);
    if (has_file(w, path)) {
        return 1;
    }
    const int good = add_file(w, d, path);
    if (!good) {
        diag_note(d, name->span, "named as a shard here");
    }
    return good;
}

static int check_listed(const Weights *w, Diag *d, const char *index_path, const ValueMember *listed)
{
    const WeightTensor *tensor = weights_find(w, listed->name);
    const char *path = beside(w->arena, index_path, listed->value.text);
    if (tensor && strcmp(tensor->file, path) == 0) {
        return 1;
    }
    diag_error(d, listed->name_span, "tensor '%s' is not in %s", listed->name, path);
    if (tensor) {
        diag_hint(d, "it is in %s", tensor->file);
    }
    return 0;
}

static int open_shards(Weights *w, Diag *d, const char *index_path)
{
    const Value *index = value_from_json_file(w->arena, d, index_path);
    if (!index) {
        return 0;
    }
    const Value *map = value_member(index, str_of("weight_map"));
    if (!map || map->kind != V_OBJECT) {
        diag_error(d, map ? map->span : index->span, "an index of weights needs an object 'weight_map'");
        return 0;
    }
    for (int i = 0; i < map->object.n; i++) {
        if (!add_shard(w, d, index_path, &map->object.at[i].value)) {
            return 0;
        }
    }
    int good = sort_names(w, d);
    for (int i = 0; good && i < map->object.n; i++) {
        good = check_listed(w, d, index_path, &map->object.at[i]);
    }
    return good;
}

/* ---- the whole ---- */

static int is_missing(const char *path)
{
    struct stat about;
    return stat(path, &about) != 0 && errno == ENOENT;
}

static int ends_in(const char *text, const char *suffix)
{
    const size_t n = strlen(text), m = strlen(suffix);
    return n >= m && strcmp(text + n - m, suffix) == 0;
}

static int open_path(Weights *w, Diag *d, const char *path)
{
    const char *index_path = ends_in(path, INDEX_SUFFIX) ? path : arena_printf(w->arena, "%s" INDEX_SUFFIX, path);
    if (index_path == path || (is_missing(path) && !is_missing(index_path))) {
        return open_shards(w, d, index_path);
    }
    return add_file(w, d, path) && sort_names(w, d);
}

/* One file, or several as shards; on their own, so that an index is compared with nothing else. */
Weights *weights_open(Arena *arena, Diag *d, const char *path)
{
    Weights *w = arena_new_of(arena, Weights);
    w->arena = arena;
    if (!open_path(w, d, path)) {
        weights_close(w);
        return NULL;
    }
    return w;
}

Weights *weights_add(Arena *arena, Diag *d, Weights *weights, Str prefix, const char *path)
{
    Weights *more = weights_open(arena, d, path);
    const char *index_path = arena_printf(arena, "%s" INDEX_SUFFIX, path);
    if (!more && is_missing(path) && is_missing(index_path) && !ends_in(path, INDEX_SUFFIX)) {
        diag_hint(d, "%s would do too", index_path);
    }
    for (int i = 0; more && prefix[0] && i < more->tensor.n; i++) {
        more->tensor.at[i].name = str_format("%s.%s", prefix, more->tensor.at[i].name);
    }
    for (int i = 0; weights && more && i < weights->file.n; i++) {
        vec_push(arena, more->file, weights->file.at[i]);
    }
    for (int i = 0; weights && more && i < weights->tensor.n; i++) {
        WeightTensor old = weights->tensor.at[i];
        old.index = more->tensor.n;
        vec_push(arena, more->tensor, old);
    }
    if (more && !sort_names(more, d)) {
        weights_close(more);
        return NULL;
    }
    return more;
}

int weights_count(const Weights *weights)
{
    return weights->tensor.n;
}

const WeightTensor *weights_at(const Weights *weights, int index)
{
    return &weights->tensor.at[index];
}

const WeightTensor *weights_find(const Weights *weights, Str name)
{
    int from = 0, to = weights->tensor.n;
    while (from < to) {
        const int middle = from + (to - from) / 2;
        const WeightTensor *tensor = weights->sorted[middle];
        if (tensor->name == name) {
            return tensor;
        }
        if ((uintptr_t)tensor->name < (uintptr_t)name) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return NULL;
}

const Str *weights_names(const Weights *weights, int *n)
{
    *n = weights->tensor.n;
    return weights->names;
}

int weights_check(const Weights *weights, Diag *d)
{
    int good = 1;
    for (int i = 0; i < weights->file.n; i++) {
        good = mapping_check(weights->file.at[i], d) && good;
    }
    return good;
}

void weights_close(Weights *weights)
{
    for (int i = 0; weights && i < weights->file.n; i++) {
        mapping_close(weights->file.at[i]);
    }
    if (weights) {
        weights->file.n = 0;
    }
}

#include "difference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Row {
    const double *wanted, *got;
    int64_t width;
} Row;

typedef VEC(Row) Rows;

static int same_shape(const WeightTensor *a, const WeightTensor *b)
{
    return a && b && a->rank == b->rank && (a->rank == 0 || memcmp(a->shape, b->shape, (size_t)a->rank * sizeof *a->shape) == 0);
}

/* Elements of a pair as doubles; those that are not finite become 0 on both sides. */
static void read_pair(Difference *all, const WeightTensor *a, const WeightTensor *b, double *wanted, double *got)
{
    for (int64_t i = 0; i < a->count; i++) {
        const double x = weight_value(a, i), y = weight_value(b, i);
        const int finite = isfinite(x) && isfinite(y);
        all->not_finite += !finite && !(x == y || (isnan(x) && isnan(y)));
        wanted[i] = finite ? x : 0;
        got[i] = finite ? y : 0;
    }
}

static void add_rows(Arena *arena, Difference *all, const WeightTensor *a, const WeightTensor *b, Rows *rows)
{
    const int64_t width = a->rank > 0 ? a->shape[a->rank - 1] : 1;
    double *wanted = arena_array(arena, double, a->count), *got = arena_array(arena, double, a->count);
    read_pair(all, a, b, wanted, got);
    for (int64_t at = 0; at < a->count; at += width) {
        const Row row = {wanted + at, got + at, width};
        vec_push(arena, *rows, row);
    }
    all->elements += a->count;
    all->tensors++;
}

static double dot(const double *a, const double *b, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

static double cosine(const double *a, const double *b, int64_t n)
{
    const double lengths = sqrt(dot(a, a, n)) * sqrt(dot(b, b, n));
    return lengths > 0 ? dot(a, b, n) / lengths : dot(a, a, n) == dot(b, b, n) ? 1 : 0;
}

static int64_t largest(const double *x, int64_t n)
{
    int64_t at = 0;
    for (int64_t i = 1; i < n; i++) {
        at = x[i] > x[at] ? i : at;
    }
    return at;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void measure_elements(Difference *all, const Rows *rows)
{
    double differences = 0, size = 0;
    for (int r = 0; r < rows->n; r++) {
        const Row *row = &rows->at[r];
        for (int64_t i = 0; i < row->width; i++) {
            const double apart = fabs(row->wanted[i] - row->got[i]);
            all->most = apart > all->most ? apart : all->most;
            differences += apart * apart;
            size += row->wanted[i] * row->wanted[i];
        }
    }
    all->relative = differences > 0 ? sqrt(differences) / sqrt(size) : 0;
}

static void measure_rows(Arena *arena, Difference *all, const Rows *rows)
{
    double *close = arena_array(arena, double, rows->n);
    int64_t wide = 0, alike = 0;
    for (int r = 0; r < rows->n; r++) {
        const Row *row = &rows->at[r];
        close[r] = cosine(row->wanted, row->got, row->width);
        if (row->width > 1) {
            wide++;
            alike += largest(row->wanted, row->width) == largest(row->got, row->width);
        }
    }
    all->argmax = wide > 0 ? (double)alike / (double)wide : NAN;
    if (rows->n > 0) {
        qsort(close, (size_t)rows->n, sizeof *close, by_size);
        all->cosine_least = close[0];
        all->cosine_median = (close[(rows->n - 1) / 2] + close[rows->n / 2]) / 2;
    }
}

/* Rows scaled to length 1, one behind the other. */
static double *directions(Arena *arena, const Rows *rows, int got)
{
    const int64_t width = rows->at[0].width;
    double *all = arena_array(arena, double, (int64_t)rows->n *width);
    for (int r = 0; r < rows->n; r++) {
        const double *x = got ? rows->at[r].got : rows->at[r].wanted;
        const double length = sqrt(dot(x, x, width));
        for (int64_t i = 0; i < width; i++) {
            all[r * width + i] = length > 0 ? x[i] / length : 0;
        }
    }
    return all;
}

static int nearest(const double *all, int n, int64_t width, int r)
{
    int at = -1;
    double best = -2;
    for (int k = 0; k < n; k++) {
        const double near = k == r ? -2 : dot(all + r * width, all + k * width, width);
        if (near > best) {
            best = near;
            at = k;
        }
    }
    return at;
}

static void measure_neighbours(Arena *arena, Difference *all, const Rows *rows)
{
    Rows some = {0};
    for (int r = 0; r < rows->n && some.n < NEIGHBOUR_ROWS; r++) {
        if (rows->at[r].width == rows->at[0].width) {
            vec_push(arena, some, rows->at[r]);
        }
    }
    if (some.n < 3) {
        return;
    }
    const double *wanted = directions(arena, &some, 0), *got = directions(arena, &some, 1);
    int same = 0;
    for (int r = 0; r < some.n; r++) {
        same += nearest(wanted, some.n, some.at[0].width, r) == nearest(got, some.n, some.at[0].width, r);
    }
    all->neighbour = (double)same / some.n;
}

Difference difference_of(Arena *arena, const WeightTensor *const *wanted, const WeightTensor *const *got, int n)
{
    Difference all = {.cosine_least = NAN, .cosine_median = NAN, .argmax = NAN, .neighbour = NAN};
    Rows rows = {0};
    for (int i = 0; i < n; i++) {
        if (same_shape(wanted[i], got[i])) {
            add_rows(arena, &all, wanted[i], got[i], &rows);
        } else {
            all.shapes++;
        }
    }
    all.rows = rows.n;
    measure_elements(&all, &rows);
    measure_rows(arena, &all, &rows);
    measure_neighbours(arena, &all, &rows);
    return all;
}

/* The order of operands: by content, first without the numbers of variables, then with them. */
#include "norm_inner.h"

#include <stdlib.h>
#include <string.h>

enum { RUN_MOST = 64 };

static int order(double a, double b)
{
    return (a > b) - (a < b);
}

static int order_int(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

int norm_compare_dim(const Dim *a, const Dim *b)
{
    int c = 0;
    if (a == b) {
        return 0;
    }
    c = order_int(a->kind, b->kind);
    c = c ? c : order_int(a->length, b->length);
    c = c ? c : order_int(a->bound, b->bound);
    c = c ? c : order_int(a->given, b->given);
    return c ? c : order_int(a->id, b->id);
}

uint64_t norm_dim_key(const Dim *dim)
{
    uint64_t h = norm_mix((uint64_t)dim->kind, (uint64_t)dim->length);
    return norm_mix(norm_mix(h, (uint64_t)dim->bound), (uint64_t)dim->given);
}

static int rank_in_unit(const Node *node)
{
    for (int i = 0; node->kind == NODE_ARG && node->unit && i < node->unit->args.n; i++) {
        if (node->unit->args.at[i] == node) {
            return i;
        }
    }
    return 0;
}

int norm_compare_source(const Node *a, const Node *b)
{
    int c = 0;
    if (a == b) {
        return 0;
    }
    c = order_int(a->kind, b->kind);
    c = c ? c : order_int(a->type, b->type);
    c = c ? c : order_int(a->free.n, b->free.n);
    for (int k = 0; k < a->free.n && !c; k++) {
        c = norm_compare_dim(a->free.at[k]->dim, b->free.at[k]->dim);
    }
    c = c ? c : order_int(a->input, b->input);
    c = c ? c : order_int(rank_in_unit(a), rank_in_unit(b));
    if (!c && a->path && b->path) {
        c = strcmp(a->path, b->path);
    }
    return c ? c : order_int(a->id, b->id);
}

uint64_t norm_source_key(const Node *node)
{
    uint64_t h = norm_mix((uint64_t)node->kind, ((uint64_t)node->type << 8) | (uint64_t)node->free.n);
    for (int k = 0; k < node->free.n; k++) {
        h = norm_mix(h, norm_dim_key(node->free.at[k]->dim));
    }
    h = norm_mix(h, (uint64_t)node->input);
    for (const char *c = node->path; c && *c; c++) {
        h = norm_mix(h, (uint64_t)(unsigned char)*c);
    }
    return norm_mix(h, (uint64_t)rank_in_unit(node));
}

/* ---- expressions --------------------------------------------------------------------------------------------------------------------- */

static int compare_own(const NormExpr *a, const NormExpr *b, int with_number)
{
    int c = order_int(a->kind, b->kind);
    c = c ? c : order_int(a->type, b->type);
    c = c ? c : order_int(a->op, b->op);
    c = c ? c : order_int(a->n, b->n);
    if (c) {
        return c;
    }
    if (a->kind != NORM_VAR || with_number) {
        c = order_int(a->var, b->var);
    }
    if (!c && a->dim && b->dim) {
        c = norm_compare_dim(a->dim, b->dim);
    }
    if (!c && (a->source != NULL || b->source != NULL)) {
        c = a->source && b->source ? norm_compare_source(a->source, b->source) : a->source ? -1 : 1;
    }
    if (!c && a->node && b->node) {
        c = norm_compare_node(a->node, b->node);
    }
    return c ? c : order(a->num, b->num);
}

static double number(const NormExpr *e, int k)
{
    return e->coef ? e->coef[k] : e->power ? e->power[k] : 0;
}

static int ascending(const void *a, const void *b)
{
    return order(*(const double *)a, *(const double *)b);
}

/* Coefficients or powers of operands from..to, which are alike but for their variables. */
static int compare_run(const NormExpr *a, const NormExpr *b, int from, int to)
{
    double x[RUN_MOST], y[RUN_MOST];
    const int n = to - from < RUN_MOST ? to - from : RUN_MOST;
    for (int k = 0; k < n; k++) {
        x[k] = number(a, from + k);
        y[k] = number(b, from + k);
    }
    qsort(x, (size_t)n, sizeof *x, ascending);
    qsort(y, (size_t)n, sizeof *y, ascending);
    int c = 0;
    for (int k = 0; k < n && !c; k++) {
        c = order(x[k], y[k]);
    }
    return c;
}

static int compare_shape(const NormExpr *a, const NormExpr *b)
{
    int c = a->shape == b->shape ? 0 : compare_own(a, b, 0);
    if (a->shape == b->shape || c) {
        return c;
    }
    for (int k = 0; k < a->n && !c; k++) {
        c = compare_shape(a->kid[k], b->kid[k]);
    }
    for (int from = 0, to; from < a->n && !c && (a->coef || a->power); from = to) {
        for (to = from + 1; to < a->n && a->kid[to]->shape == a->kid[from]->shape; to++) {
        }
        c = compare_run(a, b, from, to);
    }
    return c;
}

static int compare_numbers(const NormExpr *a, const NormExpr *b)
{
    if (a == b) {
        return 0;
    }
    int c = compare_own(a, b, 1);
    for (int k = 0; k < a->n && !c; k++) {
        c = norm_compare(a->kid[k], b->kid[k]);
        c = c ? c : order(number(a, k), number(b, k));
    }
    return c;
}

int norm_compare(const NormExpr *a, const NormExpr *b)
{
    if (a == b) {
        return 0;
    }
    const int c = compare_shape(a, b);
    return c ? c : compare_numbers(a, b);
}

int norm_compare_node(const NormNode *a, const NormNode *b)
{
    if (a == b) {
        return 0;
    }
    int c = order_int(a->reduce, b->reduce);
    c = c ? c : order_int(a->type, b->type);
    c = c ? c : order_int(a->free, b->free);
    c = c ? c : order_int(a->bound, b->bound);
    for (int i = 0; i < a->free + a->bound && !c; i++) {
        c = norm_compare(a->var[i], b->var[i]);
    }
    c = c ? c : norm_compare(a->body, b->body);
    return c ? c : norm_compare(a->where, b->where);
}

static int by_content(const void *a, const void *b)
{
    return norm_compare(*(NormExpr *const *)a, *(NormExpr *const *)b);
}

void norm_sort(int n, NormExpr **list)
{
    if (n > 1) {
        qsort(list, (size_t)n, sizeof *list, by_content);
    }
}

int norm_unique(int n, NormExpr **list)
{
    int kept = 0;
    for (int i = 0; i < n; i++) {
        if (kept == 0 || list[kept - 1] != list[i]) {
            list[kept++] = list[i];
        }
    }
    return kept;
}

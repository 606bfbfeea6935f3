/* Conditions. Of ints everything stands on one side, divided by its greatest common divisor; reals are compared as they are written. */
#include "norm_inner.h"

#include <math.h>

static NormExpr *truth(Norm *m, int value)
{
    return value ? m->yes : m->no;
}

static double common_divisor(const NormExpr *e)
{
    double g = 0;
    for (int k = 0; k < e->n; k++) {
        double a = fabs(e->coef[k]);
        while (a != 0) {
            const double rest = fmod(g, a);
            g = a;
            a = rest;
        }
    }
    return g;
}

/* e by `by`, its constant as given. */
static NormExpr *divided(Norm *m, const NormExpr *e, double by, double constant)
{
    NormTerms terms = {0};
    for (int k = 0; k < e->n; k++) {
        vec_push(m->arena, terms, ((NormTerm){e->kid[k], e->coef[k] / by}));
    }
    return norm_sum(m, T_INT, terms.n, terms.at, constant);
}

NormExpr *norm_at_most_0(Norm *m, NormExpr *e)
{
    double low, high;
    norm_range(e, &low, &high);
    if (high <= 0 || low > 0) {
        return truth(m, high <= 0);
    }
    if (e->kind == NORM_SUM) {
        const double by = common_divisor(e);
        e = by == 1 ? e : divided(m, e, by, ceil(e->num / by));
    }
    return norm_intern(m, &(NormExpr){.kind = NORM_LE, .type = T_BOOL, .n = 1, .kid = &e});
}

NormExpr *norm_is_0(Norm *m, NormExpr *e)
{
    double low, high;
    norm_range(e, &low, &high);
    if (low > 0 || high < 0 || (low == 0 && high == 0)) {
        return truth(m, low == 0);
    }
    if (e->kind == NORM_SUM) {
        const double by = common_divisor(e);
        if (fmod(e->num, by) != 0) {
            return m->no;
        }
        e = norm_unsigned(m, by == 1 ? e : divided(m, e, by, e->num / by));
    }
    return norm_intern(m, &(NormExpr){.kind = NORM_EQ, .type = T_BOOL, .n = 1, .kid = &e});
}

/* Both are whole, and their difference is. */
static int of_ints(Norm *m, const NormExpr *a, const NormExpr *b)
{
    double low, high;
    (void)m;
    if (a->type == T_REAL || b->type == T_REAL) {
        return (a->type != T_REAL && b->kind == NORM_NUM && b->num == floor(b->num) && norm_whole_range(a, &low, &high)) ||
               (b->type != T_REAL && a->kind == NORM_NUM && a->num == floor(a->num) && norm_whole_range(b, &low, &high));
    }
    return 1;
}

static NormExpr *whole(Norm *m, NormExpr *e)
{
    return e->kind == NORM_NUM ? norm_num(m, T_INT, e->num) : norm_as(m, e, T_INT);
}

static NormExpr *of_reals(Norm *m, NormKind kind, NormExpr *a, NormExpr *b)
{
    NormExpr *pair[2] = {norm_as_real(m, a), norm_as_real(m, b)};
    if (pair[0]->kind == NORM_NUM && pair[1]->kind == NORM_NUM) {
        const double x = pair[0]->num, y = pair[1]->num;
        return truth(m, kind == NORM_LT ? x < y : kind == NORM_LE ? x <= y : x == y);
    }
    if (pair[0] == pair[1] && kind == NORM_LT) {
        return m->no;
    }
    if (kind == NORM_EQ) {
        norm_sort(2, pair);
    }
    return norm_intern(m, &(NormExpr){.kind = kind, .type = T_BOOL, .n = 2, .kid = pair});
}

NormExpr *norm_less(Norm *m, NormExpr *a, NormExpr *b)
{
    if (!of_ints(m, a, b)) {
        return of_reals(m, NORM_LT, a, b);
    }
    return norm_at_most_0(m, norm_sum(m, T_INT, 2, (NormTerm[]){{whole(m, a), 1}, {whole(m, b), -1}}, 1));
}

NormExpr *norm_at_most(Norm *m, NormExpr *a, NormExpr *b)
{
    if (!of_ints(m, a, b)) {
        return of_reals(m, NORM_LE, a, b);
    }
    return norm_at_most_0(m, norm_subtract(m, whole(m, a), whole(m, b)));
}

NormExpr *norm_equal(Norm *m, NormExpr *a, NormExpr *b)
{
    if (a->type == T_BOOL && b->type == T_BOOL) { /* both or neither */
        NormExpr *neither = norm_both(m, norm_not(m, a), norm_not(m, b));
        return norm_or(m, 2, (NormExpr *[]){norm_both(m, a, b), neither});
    }
    if (!of_ints(m, a, b)) {
        return of_reals(m, NORM_EQ, a, b);
    }
    a = whole(m, a);
    b = whole(m, b);
    for (int k = 0; k < 2; k++) { /* a condition as a number: (p ? 1 : 0) == 0 */
        NormExpr *e = k ? b : a, *value = k ? a : b;
        if (e->kind == NORM_SELECT && value->kind == NORM_NUM && e->kid[1]->kind == NORM_NUM && e->kid[2]->kind == NORM_NUM) {
            NormExpr *yes = truth(m, e->kid[1]->num == value->num), *no = truth(m, e->kid[2]->num == value->num);
            return norm_select(m, e->kid[0], yes, no);
        }
    }
    return norm_is_0(m, norm_subtract(m, a, b));
}

/* ---- and, or, not -------------------------------------------------------------------------------------------------------------------- */

static int is_opposite(const NormExpr *a, const NormExpr *b)
{
    return (a->kind == NORM_NOT && a->kid[0] == b) || (b->kind == NORM_NOT && b->kid[0] == a);
}

static NormExpr *junction(Norm *m, NormKind kind, int n, NormExpr *const *kid)
{
    NormExpr *neutral = kind == NORM_AND ? m->yes : m->no, *zero = kind == NORM_AND ? m->no : m->yes;
    NormList all = {0};
    for (int i = 0; i < n; i++) {
        NormExpr *e = norm_as(m, kid[i], T_BOOL);
        if (e == zero) {
            return zero;
        }
        for (int k = 0; k < e->n && e->kind == kind; k++) {
            vec_push(m->arena, all, e->kid[k]);
        }
        if (e->kind != kind) {
            vec_push(m->arena, all, e);
        }
    }
    norm_sort(all.n, all.at);
    all.n = norm_unique(all.n, all.at);
    for (int i = 0; i < all.n; i++) {
        for (int k = 0; k < i; k++) {
            if (is_opposite(all.at[i], all.at[k])) {
                return zero;
            }
        }
    }
    if (all.n < 2) {
        return all.n ? all.at[0] : neutral;
    }
    return norm_intern(m, &(NormExpr){.kind = kind, .type = T_BOOL, .n = all.n, .kid = all.at});
}

NormExpr *norm_and(Norm *m, int n, NormExpr *const *kid)
{
    return junction(m, NORM_AND, n, kid);
}

NormExpr *norm_or(Norm *m, int n, NormExpr *const *kid)
{
    return junction(m, NORM_OR, n, kid);
}

NormExpr *norm_both(Norm *m, NormExpr *a, NormExpr *b)
{
    return norm_and(m, 2, (NormExpr *[]){a, b});
}

NormExpr *norm_not(Norm *m, NormExpr *e)
{
    e = norm_as(m, e, T_BOOL);
    if (e->kind == NORM_AND || e->kind == NORM_OR) {
        NormExpr **kid = arena_array(m->arena, NormExpr *, e->n);
        for (int k = 0; k < e->n; k++) {
            kid[k] = norm_not(m, e->kid[k]);
        }
        return junction(m, e->kind == NORM_AND ? NORM_OR : NORM_AND, e->n, kid);
    }
    if (e->kind == NORM_NOT) {
        return e->kid[0];
    }
    if (e->kind == NORM_LE && e->n == 1) {
        return norm_at_most_0(m, norm_sum(m, T_INT, 1, (NormTerm[]){{e->kid[0], -1}}, 1));
    }
    /* a < b fails for a NaN, so b <= a is another */
    return norm_intern(m, &(NormExpr){.kind = NORM_NOT, .type = T_BOOL, .n = 1, .kid = &e});
}

void norm_conjuncts(Norm *m, NormExpr *e, NormList *out)
{
    for (int k = 0; k < e->n && e->kind == NORM_AND; k++) {
        vec_push(m->arena, *out, e->kid[k]);
    }
    if (e->kind != NORM_AND) {
        vec_push(m->arena, *out, e);
    }
}

NormExpr *norm_in_range(Norm *m, NormExpr *index, Dim *dim)
{
    if (norm_inside(m, index, dim)) {
        return m->yes;
    }
    return norm_both(m, norm_at_most(m, m->zero, index), norm_less(m, index, norm_len(m, dim)));
}

/* ---- both at once? ------------------------------------------------------------------------------------------------------------------- */

/* Ints: a = 0 and b <= 0, or both <= 0, whose sum or difference is a number that forbids it. */
static int whole_clash(Norm *m, const NormExpr *a, const NormExpr *b)
{
    for (int sign = -1; sign <= 1; sign += 2) {
        if (sign < 0 && a->kind != NORM_EQ) {
            continue;
        }
        NormExpr *sum = norm_sum(m, T_INT, 2, (NormTerm[]){{b->kid[0], 1}, {a->kid[0], sign}}, 0);
        if (sum->kind == NORM_NUM && (b->kind == NORM_EQ ? sum->num != 0 : sum->num > 0)) {
            return 1;
        }
    }
    return 0;
}

static int real_clash(const NormExpr *a, const NormExpr *b)
{
    const int straight = a->kid[0] == b->kid[0] && a->kid[1] == b->kid[1], crossed = a->kid[0] == b->kid[1] && a->kid[1] == b->kid[0];
    if (b->kind != NORM_LT || !(straight || crossed)) {
        return 0;
    }
    return a->kind == NORM_EQ || (crossed && (a->kind == NORM_LE || a->kind == NORM_LT));
}

static int atoms_clash(Norm *m, const NormExpr *a, const NormExpr *b)
{
    const int compare = (a->kind == NORM_EQ || a->kind == NORM_LE || a->kind == NORM_LT) &&
                        (b->kind == NORM_EQ || b->kind == NORM_LE || b->kind == NORM_LT);
    if (is_opposite(a, b)) {
        return 1;
    }
    if (!compare || a->n != b->n) {
        return 0;
    }
    return a->n == 1 ? whole_clash(m, a, b) : real_clash(a, b);
}

int norm_exclude(Norm *m, const NormExpr *a, const NormExpr *b)
{
    NormList x = {0}, y = {0};
    norm_conjuncts(m, (NormExpr *)a, &x);
    norm_conjuncts(m, (NormExpr *)b, &y);
    for (int i = 0; i < x.n; i++) {
        for (int k = 0; k < y.n; k++) {
            if (atoms_clash(m, x.at[i], y.at[k]) || atoms_clash(m, y.at[k], x.at[i])) {
                return 1;
            }
        }
    }
    return 0;
}

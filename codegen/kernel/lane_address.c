/* Where a kernel finds what it reads: a sum of words times strides, as a row of the batch, a place in the sequence, or lane by lane. */
#include "../match/kernel_use.h"
#include "lane_inner.h"

#include <string.h>

typedef struct AddressTerm { /* of an address */
    Str word;
    int64_t times;
} AddressTerm;

typedef struct Sum {
    AddressTerm term[12];
    int n;
    int64_t whole;         /* elements of a sequence, of a tensor that has them side by side; 0: it has not, or they are counted */
    AddressTerm vector[6]; /* of vectors of ints: where lanes do not follow each other */
    int vectors;
    int64_t constant, lane;
    Str left; /* so many lanes are there; NULL: all that the kernel has */
} Sum;

static int add_term(Lane *l, Sum *sum, Str word, int64_t times)
{
    if (!word || strcmp(word, "0") == 0) {
        return word != NULL;
    }
    for (int i = 0; i < sum->n; i++) {
        if (sum->term[i].word == word) {
            sum->term[i].times += times;
            return 1;
        }
    }
    if (sum->n == (int)(sizeof sum->term / sizeof *sum->term)) {
        lane_refuse(l, "an address of too many parts");
        return 0;
    }
    sum->term[sum->n++] = (AddressTerm){word, times};
    return 1;
}

static int add_vector(Lane *l, Sum *sum, Str word, int64_t times)
{
    if (!word || sum->vectors == (int)(sizeof sum->vector / sizeof *sum->vector)) {
        lane_refuse(l, "an address of too many parts");
        return 0;
    }
    sum->vector[sum->vectors++] = (AddressTerm){word, times};
    return 1;
}

/* ---- strides ------------------------------------------------------------------------------------------------------------------------- */

/* Elements between neighbours of each variable. */
typedef struct Strides {
    const Var *var[16];
    int64_t times[16];
    Row row[16];
    int n;
} Strides;

static int add_stride(Lane *l, Strides *s, const Var *var, int64_t times, Row row)
{
    for (int i = 0; i < s->n; i++) {
        if (s->var[i] == var) {
            s->times[i] += times;
            return s->row[i] == row || lane_refuse(l, "a read that mixes a row with its place in the sequence");
        }
    }
    if (s->n == 16) {
        lane_refuse(l, "an address of too many parts");
        return 0;
    }
    s->var[s->n] = var;
    s->times[s->n] = times;
    s->row[s->n++] = row;
    return 1;
}

/* How the variables of a role move through memory. */
typedef struct Moves {
    int64_t times[8];
    Row row[8];
    int64_t step, whole; /* of the flattened index, if it is one; all of its elements */
    int any, together;
} Moves;

static int moves_of(Lane *l, const Strides *s, const Coord *c, Moves *m)
{
    *m = (Moves){.together = 1};
    if (c->vars.n > 8) {
        lane_refuse(l, "a role of too many indices");
        return 0;
    }
    for (int v = c->vars.n - 1; v >= 0; v--) {
        for (int i = 0; i < s->n; i++) {
            if (s->var[i] == c->vars.at[v]) {
                m->times[v] = s->times[i];
                m->row[v] = s->row[i];
            }
        }
        if (v == c->vars.n - 1) {
            m->step = m->whole = m->times[v];
        }
        m->together &= m->times[v] == m->whole && (m->row[v] == ROW_OF_ALL || !dim_is_ragged(c->vars.at[v]->dim) || lane_raggeds(c) == 1);
        m->any |= m->times[v] != 0;
        m->whole *= dim_is_ragged(c->vars.at[v]->dim) ? 1 : c->vars.at[v]->dim->length;
    }
    return 1;
}

static int add_each(Lane *l, Sum *sum, const Coord *c, const Moves *m)
{
    for (int v = 0; v < c->vars.n; v++) {
        if (m->times[v] && !add_term(l, sum, lane_part(l, c, v, m->row[v]), m->times[v])) {
            return 0;
        }
    }
    return 1;
}

/* Lanes are places in a sequence, the first one row `word`: of those that are there neighbours lie side by side. */
static int add_neighbours(Lane *l, Sum *sum, const Coord *c, const Moves *m)
{
    Arena *arena = l->pr->p->arena;
    Str length = lane_length(l, c->vars.at[0]->dim);
    Str place = str_of(arena_printf(arena, "(%s - %s)", c->word, c->first));
    sum->left = length ? str_of(arena_printf(arena, "%s - (int)%s", length, place)) : NULL;
    sum->lane += m->times[0];
    return length && add_term(l, sum, m->row[0] ? c->word : place, m->times[0]);
}

/* A row of the batch, or the place itself. */
static int add_places(Lane *l, Sum *sum, const Coord *c, const Moves *m)
{
    if (c->vars.n != 1 || (m->row[0] && !c->first)) {
        lane_refuse(l, "lanes of several indices");
        return 0;
    }
    if (m->times[0] == 1 && c->word && c->first && !sum->vectors) {
        return add_neighbours(l, sum, c, m);
    }
    return add_vector(l, sum, c->inside, m->times[0]) && (!m->row[0] || add_term(l, sum, c->first, m->times[0]));
}

/* Lanes that stay within the last index of their role move with it; others are taken apart, each by itself. */
static int add_lanes(Lane *l, Sum *sum, const Coord *c, const Moves *m)
{
    const int last = c->vars.n - 1, stay = lane_stays(c);
    if (l->together || !l->apart) {
        lane_refuse(l, l->together ? "its neighbours do not lie side by side" : "lanes that are not neighbours in memory");
        return 0;
    }
    for (int v = 0; v < c->vars.n; v++) {
        if (!m->times[v]) {
            continue;
        }
        if (!(stay ? add_term(l, sum, lane_part(l, c, v, ROW_OF_SEQUENCE), m->times[v])
                   : add_vector(l, sum, lane_part_of_lanes(l, c, v), m->times[v]))) {
            return 0;
        }
        sum->lane += stay && v == last ? m->times[v] : 0;
    }
    return 1;
}

/* Rows of all sequences: a step in memory, where sequences follow each other as their rows do. */
static int add_rows(Lane *l, Sum *sum, const Coord *c, const Moves *m)
{
    if (sum->whole && m->together && m->whole == sum->whole) {
        sum->whole = 0;
        sum->lane += c->lane ? m->step : 0;
        return add_term(l, sum, c->word, m->step);
    }
    if (c->lane && (m->any || sum->whole)) {
        lane_refuse(l, "rows that do not follow each other from sequence to sequence");
        return 0;
    }
    return add_each(l, sum, c, m);
}

/* The variables of a role move through memory as its flattened index does, or each by itself. */
static int add_coord(Lane *l, Sum *sum, const Strides *s, const Coord *c)
{
    Moves m;
    if (!moves_of(l, s, c, &m)) {
        return 0;
    }
    if (c->rows) {
        return add_rows(l, sum, c, &m);
    }
    if (!m.any) {
        return 1;
    }
    if (c->lane && c->inside) {
        return add_places(l, sum, c, &m);
    }
    Str word = !dim_is_ragged(c->vars.at[0]->dim) || m.row[0] ? c->word : c->inside;
    if (!word) {
        lane_refuse(l, "a read at the place in the sequence, which rows do not know");
        return 0;
    }
    if (m.together) {
        sum->lane += c->lane ? m.step : 0;
        return add_term(l, sum, word, m.step);
    }
    return c->lane ? add_lanes(l, sum, c, &m) : add_each(l, sum, c, &m);
}

/* ---- indices ------------------------------------------------------------------------------------------------------------------------- */

/* A row of the axis, so and so many before or behind: t, t - 1, t + k - 3. */
static int is_near(const Affine *a, const Dim *axis)
{
    int rows = 0;
    for (int i = 0; i < a->n; i++) {
        const int ragged = !a->var[i] || dim_is_ragged(a->var[i]->dim);
        rows += ragged && a->var[i] && a->var[i]->dim == axis && a->coef[i] == 1 ? 1 : ragged ? 2 : 0;
    }
    return rows == 1;
}

static int add_near(Lane *l, Sum *sum, Strides *s, const Affine *a, int64_t stride)
{
    sum->constant += a->constant * stride;
    for (int i = 0; i < a->n; i++) {
        if (!add_stride(l, s, a->var[i], a->coef[i] * stride, dim_is_ragged(a->var[i]->dim) ? ROW_OF_BATCH : ROW_OF_SEQUENCE)) {
            return 0;
        }
    }
    return 1;
}

static int add_index(Lane *l, Sum *sum, Strides *s, const Node *node, const Dim *axis, const Expr *index, int64_t stride)
{
    Affine a;
    if (dim_is_ragged(axis)) {
        if (node->kind != NODE_PARAM && affine_of(index, &a) && is_near(&a, axis)) {
            return add_near(l, sum, s, &a, stride);
        }
        Str begin = node->kind == NODE_PARAM ? lane_refuse(l, "a stored tensor over a ragged dim") : lane_begin(l, axis);
        if (!begin || !add_term(l, sum, begin, stride)) {
            return 0;
        }
    }
    if (affine_of(index, &a)) {
        sum->constant += a.constant * stride;
        for (int i = 0; i < a.n; i++) {
            Str length = a.var[i] ? NULL : lane_length(l, a.len[i]);
            if (!a.var[i]) {
                if (!length || !add_term(l, sum, length, a.coef[i] * stride)) {
                    return 0;
                }
                continue;
            }
            if (!add_stride(l, s, a.var[i], a.coef[i] * stride, ROW_OF_SEQUENCE)) {
                return 0;
            }
        }
        return 1;
    }
    if (stride == 0) {
        return 1; /* the tensor has no elements, and its kernel takes nothing to find them */
    }
    const char *before = l->reason;
    Str word = lane_scalar(l, index);
    if (word) {
        return add_term(l, sum, word, stride);
    }
    l->reason = before;
    word = lane_int(l, index);
    return word && add_vector(l, sum, word, stride);
}

/* ---- all ----------------------------------------------------------------------------------------------------------------------------- */

static const char *sum_text(Lane *l, const Sum *sum)
{
    Arena *arena = l->pr->p->arena;
    const char *text = NULL;
    for (int i = 0; i < sum->n; i++) {
        const AddressTerm *t = &sum->term[i];
        if (!t->times) {
            continue;
        }
        const char *one = t->times == 1 ? arena_printf(arena, "%s", t->word)
                                        : arena_printf(arena, "(ptrdiff_t)%s * %lld", t->word, (long long)t->times);
        text = text ? arena_printf(arena, "%s + %s", text, one) : one;
    }
    if (sum->constant || !text) {
        const char *sign = sum->constant < 0 ? "-" : "+";
        const long long size = sum->constant < 0 ? -(long long)sum->constant : (long long)sum->constant;
        text = text ? arena_printf(arena, "%s %s %lld", text, sign, size) : arena_printf(arena, "%lld", (long long)sum->constant);
    }
    return text;
}

static Str vectors_text(Lane *l, const Sum *sum)
{
    Arena *arena = l->pr->p->arena;
    Str all = NULL;
    for (int i = 0; i < sum->vectors; i++) {
        const AddressTerm *t = &sum->vector[i];
        Str one = str_of(t->times == 1 ? arena_printf(arena, "%s", t->word)
                                       : arena_printf(arena, "%s * visplat(%lld)", t->word, (long long)t->times));
        all = all ? str_of(arena_printf(arena, "%s + %s", all, one)) : one;
    }
    return all;
}

/* Can it be read at all? */
static int is_there(Lane *l, const Node *node)
{
    const Info *info = plan_info(l->pr->p, node);
    const int ragged = ragged_axes(node);
    if (info->kernel && !kernel_stores(info->kernel, node)) {
        return lane_refuse(l, "a value inside of the kernel, which its template does not have here") != NULL;
    }
    if (node->kind != NODE_PARAM && ragged == 0 && !l->sequence) {
        return lane_refuse(l, "a tensor of the sequence") != NULL;
    }
    return 1;
}

/* How many of its first axes in memory are those over which a role counts its rows, read as they stand; less than 2: it is not so. */
static int rows_together(const Lane *l, const Node *node, Expr *const *index)
{
    const Info *info = plan_info(l->pr->p, node);
    const int n = ragged_axes(node);
    for (int i = 0; i < l->coords; i++) {
        const Coord *c = &l->coord[i];
        int same = 0;
        while (same < n && same < lane_raggeds(c)) {
            const int axis = info->layout ? info->layout[same] : same;
            if (index[axis]->kind != EX_VAR || index[axis]->var != c->vars.at[same] || node->free.at[axis]->dim != index[axis]->var->dim) {
                break;
            }
            same++;
        }
        if (same > 1 && same == n && lane_raggeds(c) == n && node->kind != NODE_PARAM) {
            return n;
        }
    }
    return 0;
}

int lane_address(Lane *l, const Node *node, Expr *const *index, int writes, Address *out)
{
    Plan *p = l->pr->p;
    const Info *info = plan_info(p, node);
    Sum sum = {.n = 0};
    Strides strides = {.n = 0};
    int64_t stride = 1;
    *out = (Address){.lane = 0};
    if (!is_there(l, node)) {
        return 0;
    }
    const int first = node->free.n ? (info->layout ? info->layout[0] : 0) : -1, together = rows_together(l, node, index);
    if (node->kind != NODE_PARAM && ragged_axes(node) && !together &&
        (ragged_axes(node) > 1 || !dim_is_ragged(node->free.at[first]->dim))) {
        return lane_sequence_address(l, node, index, writes, out);
    }
    for (int k = node->free.n - 1; k >= 0; k--) {
        const int axis = info->layout ? info->layout[k] : k;
        const Dim *dim = node->free.at[axis]->dim;
        if (k < together) {
            if (!add_stride(l, &strides, index[axis]->var, stride, ROW_OF_ALL)) {
                return 0;
            }
            continue;
        }
        if (dim_is_ragged(dim) && k > 0) {
            return lane_refuse(l, "a tensor whose rows are not its first axis") != NULL;
        }
        if (!lane_guard(l, index[axis], dim, out) || !add_index(l, &sum, &strides, node, dim, index[axis], stride)) {
            return 0;
        }
        stride *= dim_is_ragged(dim) ? 1 : dim->length;
    }
    for (int i = 0; i < strides.n; i++) {
        if (!lane_coord(l, strides.var[i])) {
            return lane_refuse(l, "an index that the kernel does not have") != NULL;
        }
    }
    sum.whole = ragged_axes(node) == 0 && node->kind != NODE_PARAM ? stride : 0;
    for (int i = 0; i < l->coords; i++) {
        if (!add_coord(l, &sum, &strides, &l->coord[i])) {
            return 0;
        }
    }
    if (sum.whole && !add_term(l, &sum, l->sequence, sum.whole)) {
        return 0;
    }
    Str word = lane_param(l, node, writes);
    const char *text = sum_text(l, &sum);
    out->pointer = str_of(strcmp(text, "0") == 0 ? word : arena_printf(p->arena, "%s + %s", word, text));
    out->element = str_of(arena_printf(p->arena, "%s[%s]", word, text));
    out->lane = sum.lane;
    out->left = sum.left ? sum.left : l->left;
    out->index = vectors_text(l, &sum);
    return 1;
}

#include "lane.h"

#include "kernel_use.h"
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
} Sum;

void *lane_refuse(Lane *l, const char *reason)
{
    l->reason = l->reason ? l->reason : reason;
    return NULL;
}

static void *refuse(Lane *l, const char *reason)
{
    return lane_refuse(l, reason);
}

Str lane_param(Lane *l, const Node *node, int writes)
{
    Plan *p = l->pr->p;
    if (l->trial) {
        return str_of("x");
    }
    Str place = place_of(l->pr, node);
    for (int i = 0; i < l->params->n; i++) {
        if (l->params->at[i].place == place) {
            l->params->at[i].writes |= writes;
            return l->params->at[i].word;
        }
    }
    const char *last = place;
    for (const char *c = place; *c; c++) {
        last = *c == '>' || *c == '.' ? c + 1 : last;
    }
    Str word = name_fresh(p, l->words, l->locals, last);
    vec_push(p->arena, *l->params,
             ((KernelParam){place, word, node->kind == NODE_PARAM ? param_ctype(p, node) : store_ctype(p, node, NULL), writes}));
    return word;
}

/* ---- addresses ----------------------------------------------------------------------------------------------------------------------- */

static int add_term(Lane *l, Sum *sum, Str word, int64_t times)
{
    for (int i = 0; i < sum->n; i++) {
        if (sum->term[i].word == word) {
            sum->term[i].times += times;
            return 1;
        }
    }
    if (sum->n == (int)(sizeof sum->term / sizeof *sum->term)) {
        refuse(l, "an address of too many parts");
        return 0;
    }
    sum->term[sum->n++] = (AddressTerm){word, times};
    return 1;
}

static int add_vector(Lane *l, Sum *sum, Str word, int64_t times)
{
    if (sum->vectors == (int)(sizeof sum->vector / sizeof *sum->vector)) {
        refuse(l, "an address of too many parts");
        return 0;
    }
    sum->vector[sum->vectors++] = (AddressTerm){word, times};
    return 1;
}

const Coord *lane_coord(const Lane *l, const Var *var)
{
    for (int i = 0; i < l->coords; i++) {
        if (var_among(&l->coord[i].vars, var)) {
            return &l->coord[i];
        }
    }
    return NULL;
}

/* Elements between neighbours of each variable. */
typedef struct Strides {
    const Var *var[16];
    int64_t times[16];
    int absolute[16]; /* the row in the batch is meant */
    int n;
} Strides;

static int add_stride(Lane *l, Strides *s, const Var *var, int64_t times, int absolute)
{
    for (int i = 0; i < s->n; i++) {
        if (s->var[i] == var) {
            s->times[i] += times;
            return s->absolute[i] == absolute || refuse(l, "a read that mixes a row with its place in the sequence");
        }
    }
    if (s->n == 16) {
        refuse(l, "an address of too many parts");
        return 0;
    }
    s->var[s->n] = var;
    s->times[s->n] = times;
    s->absolute[s->n++] = absolute;
    return 1;
}

static int64_t stride_of(const Strides *s, const Var *var, int *absolute)
{
    for (int i = 0; i < s->n; i++) {
        if (s->var[i] == var) {
            *absolute |= s->absolute[i];
            return s->times[i];
        }
    }
    return 0;
}

/* One variable of a flattened role, from a word for all of it: "b / 4 % 3". */
static Str part_of(Lane *l, const Coord *c, int v, Str word)
{
    Arena *arena = l->pr->p->arena;
    int64_t inner = 1;
    for (int i = v + 1; i < c->vars.n; i++) {
        inner *= c->vars.at[i]->dim->length;
    }
    const char *text = inner == 1 ? word : arena_printf(arena, "%s / %lld", word, (long long)inner);
    return str_of(v || c->rows ? arena_printf(arena, "(%s %% %lld)", text, (long long)c->vars.at[v]->dim->length)
                               : arena_printf(arena, "(%s)", text));
}

/* The same of its row in the batch, or of its place in the sequence. NULL: the kernel does not know the place. */
static Str part_of_coord(Lane *l, const Coord *c, int v, int absolute)
{
    Str word = absolute || !dim_is_ragged(c->vars.at[v]->dim) ? c->word : c->inside;
    return word ? part_of(l, c, v, word) : refuse(l, "a read at the place in the sequence, which rows do not know");
}

/* Where lanes are places in a sequence: a row of the batch, or the place itself. */
static int add_places(Lane *l, Sum *sum, const Strides *s, const Coord *c)
{
    int absolute = 0;
    const int64_t times = stride_of(s, c->vars.at[0], &absolute);
    if (c->vars.n != 1 || (absolute && !c->first)) {
        refuse(l, "lanes of several indices");
        return 0;
    }
    return !times || (add_vector(l, sum, c->inside, times) && (!absolute || add_term(l, sum, c->first, times)));
}

/* Rows of all sequences: a step in memory, where sequences follow each other as their rows do. */
static int add_rows(Lane *l, Sum *sum, const Strides *s, const Coord *c)
{
    int absolute = 0, together = 1, moves = 0;
    int64_t expected = 0, first = 0;
    for (int i = c->vars.n - 1; i >= 0; i--) {
        const int64_t times = stride_of(s, c->vars.at[i], &absolute);
        if (i == c->vars.n - 1) {
            first = expected = times;
        }
        together &= times == expected;
        moves |= times != 0;
        expected *= c->vars.at[i]->dim->length;
    }
    if (sum->whole && together && expected == sum->whole) {
        sum->whole = 0;
        sum->lane += c->lane ? first : 0;
        return strcmp(c->word, "0") == 0 || add_term(l, sum, c->word, first);
    }
    if (c->lane && (moves || sum->whole)) {
        refuse(l, "rows that do not follow each other from sequence to sequence");
        return 0;
    }
    for (int i = 0; i < c->vars.n; i++) {
        const int64_t times = stride_of(s, c->vars.at[i], &absolute);
        if (times && !add_term(l, sum, part_of_coord(l, c, i, 1), times)) {
            return 0;
        }
    }
    return 1;
}

/* The variables of a role move through memory as its flattened index does, or each by itself. */
static int add_coord(Lane *l, Sum *sum, const Strides *s, const Coord *c)
{
    int absolute = 0, moves = 0, together = 1;
    int64_t expected = 0, first = 0;
    if (c->lane && c->inside && c->vars.n) {
        return add_places(l, sum, s, c);
    }
    if (c->rows) {
        return add_rows(l, sum, s, c);
    }
    for (int i = c->vars.n - 1; i >= 0; i--) {
        const Var *var = c->vars.at[i];
        const int64_t times = stride_of(s, var, &absolute);
        if (i == c->vars.n - 1) {
            first = expected = times;
        }
        together &= times == expected;
        moves |= times != 0;
        expected *= dim_is_ragged(var->dim) ? 1 : var->dim->length;
    }
    if (!moves) {
        return 1;
    }
    const int ragged = dim_is_ragged(c->vars.at[0]->dim);
    Str word = absolute || !ragged ? c->word : c->inside;
    if (!word) {
        refuse(l, "a read at the place in the sequence, which rows do not know");
        return 0;
    }
    if (c->lane) {
        sum->lane += first;
    }
    if (together) {
        return strcmp(word, "0") == 0 || add_term(l, sum, word, first);
    }
    if (c->lane) {
        refuse(l, "lanes that are not neighbours in memory");
        return 0;
    }
    for (int i = 0; i < c->vars.n; i++) {
        int row = 0;
        const int64_t times = stride_of(s, c->vars.at[i], &row);
        Str part = times ? part_of_coord(l, c, i, row) : NULL;
        if (times && (!part || !add_term(l, sum, part, times))) {
            return 0;
        }
    }
    return 1;
}

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
        if (!add_stride(l, s, a->var[i], a->coef[i] * stride, dim_is_ragged(a->var[i]->dim))) {
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
        Str begin = node->kind == NODE_PARAM ? refuse(l, "a stored tensor over a ragged dim") : lane_begin(l, axis);
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
            if (!add_stride(l, s, a.var[i], a.coef[i] * stride, 0)) {
                return 0;
            }
        }
        return 1;
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
        text = !text               ? arena_printf(arena, "%lld", (long long)sum->constant)
               : sum->constant < 0 ? arena_printf(arena, "%s - %lld", text, -(long long)sum->constant)
                                   : arena_printf(arena, "%s + %lld", text, (long long)sum->constant);
    }
    return text;
}

int lane_address(Lane *l, const Node *node, Expr *const *index, int writes, Address *out)
{
    Plan *p = l->pr->p;
    const Info *info = plan_info(p, node);
    Sum sum = {.n = 0};
    out->guard = out->mask = NULL;
    Strides strides = {.n = 0};
    int64_t stride = 1;
    const int ragged = ragged_axes(node);
    if (info->kernel && !kernel_stores(info->kernel, node)) {
        return refuse(l, "a value inside of the kernel, which its template does not have here") != NULL;
    }
    if (node->kind != NODE_PARAM && (ragged > 1 || (ragged == 0 && !l->sequence))) {
        return refuse(l, ragged ? "a tensor over several ragged dims" : "a tensor of the sequence") != NULL;
    }
    for (int k = node->free.n - 1; k >= 0; k--) {
        const int axis = info->layout ? info->layout[k] : k;
        const Dim *dim = node->free.at[axis]->dim;
        if (dim_is_ragged(dim) && k > 0) {
            return refuse(l, "a tensor whose rows are not its first axis") != NULL;
        }
        if (!lane_guard(l, index[axis], dim, out)) {
            return 0;
        }
        if (!add_index(l, &sum, &strides, node, dim, index[axis], stride)) {
            return 0;
        }
        stride *= dim_is_ragged(dim) ? 1 : dim->length;
    }
    for (int i = 0; i < strides.n; i++) {
        if (!lane_coord(l, strides.var[i])) {
            return refuse(l, "an index that the kernel does not have") != NULL;
        }
    }
    sum.whole = ragged == 0 && node->kind != NODE_PARAM ? stride : 0;
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
    out->index = NULL;
    for (int i = 0; i < sum.vectors; i++) {
        const AddressTerm *t = &sum.vector[i];
        Str one = str_of(t->times == 1 ? arena_printf(p->arena, "%s", t->word)
                                       : arena_printf(p->arena, "%s * visplat(%lld)", t->word, (long long)t->times));
        out->index = out->index ? str_of(arena_printf(p->arena, "%s + %s", out->index, one)) : one;
    }
    if (out->index && sum.lane) {
        return refuse(l, "lanes that follow each other and are chosen as well") != NULL;
    }
    return 1;
}

/* ---- values that are the same in all lanes ------------------------------------------------------------------------------------------- */

/* C divides as the language does where nothing is below 0. */
static Str divided(Lane *l, const Expr *e)
{
    int64_t low, high;
    if (e->kid[1]->kind != EX_CONST || e->kid[1]->integer <= 0 || !expr_range(e->kid[0], &low, &high) || low < 0) {
        return refuse(l, "a formula of ints");
    }
    Str a = lane_scalar(l, e->kid[0]);
    return a ? str_of(arena_printf(l->pr->p->arena, "(%s %s %lld)", a, e->op == OP_IDIV ? "/" : "%", (long long)e->kid[1]->integer)) : NULL;
}

Str lane_scalar(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    Address at;
    switch (e->kind) {
    case EX_CONST:
        return e->type == T_REAL ? real_text(l->pr->p, e->real, 1) : str_of(arena_printf(arena, "%lld", (long long)e->integer));
    case EX_VAR: {
        const Coord *c = lane_coord(l, e->var);
        Str word = c && !c->lane ? dim_is_ragged(e->var->dim) ? c->inside : c->word : NULL;
        for (int v = 0; word && (c->vars.n > 1 || c->rows) && v < c->vars.n; v++) {
            if (c->vars.at[v] == e->var) {
                return part_of_coord(l, c, v, 0);
            }
        }
        return word ? word : refuse(l, "an index by itself");
    }
    case EX_READ:
        if (e->otherwise || !lane_address(l, e->node, e->kid, 0, &at)) {
            return refuse(l, "a read that may be absent");
        }
        if (at.lane || at.index) {
            return refuse(l, "an index by data that differs between lanes");
        }
        return at.guard ? str_of(arena_printf(arena, "(%s ? %s : 0)", at.guard, at.element)) : at.element;
    case EX_OP:
        if ((e->op == OP_ADD || e->op == OP_SUB || e->op == OP_MUL) && e->type == T_INT) {
            Str a = lane_scalar(l, e->kid[0]), b = a ? lane_scalar(l, e->kid[1]) : NULL;
            return b ? str_of(arena_printf(arena, "(%s %s %s)", a, op_table[e->op].name, b)) : NULL;
        }
        if ((e->op == OP_MIN || e->op == OP_MAX) && e->type == T_INT) {
            Str a = lane_scalar(l, e->kid[0]), b = a ? lane_scalar(l, e->kid[1]) : NULL;
            return b ? str_of(arena_printf(arena, "%s(%s, %s)", use_part(l->pr->p, e->op == OP_MIN ? "i32_min" : "i32_max"), a, b)) : NULL;
        }
        return e->op == OP_IDIV || e->op == OP_MOD ? divided(l, e) : refuse(l, "a formula of ints");
    case EX_LEN: return lane_length(l, e->dim);
    case EX_POS:
    case EX_SELECT: break;
    }
    return refuse(l, "a formula of ints");
}

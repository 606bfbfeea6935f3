#include "lane.h"

#include "kernel_use.h"

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

static void *refuse(Lane *l, const char *reason)
{
    l->reason = l->reason ? l->reason : reason;
    return NULL;
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
    vec_push(p->arena, *l->params, ((KernelParam){place, word, store_ctype(p, node, NULL), writes}));
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

static const Coord *coord_of(const Lane *l, const Var *var)
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

/* One variable of a flattened role, from the word for all of it: "b / 4 % 3". */
static Str part_of_coord(Lane *l, const Coord *c, int v)
{
    Arena *arena = l->pr->p->arena;
    int64_t inner = 1;
    for (int i = v + 1; i < c->vars.n; i++) {
        inner *= c->vars.at[i]->dim->length;
    }
    const char *text = inner == 1 ? c->word : arena_printf(arena, "%s / %lld", c->word, (long long)inner);
    return str_of(v || c->rows ? arena_printf(arena, "(%s %% %lld)", text, (long long)c->vars.at[v]->dim->length)
                               : arena_printf(arena, "(%s)", text));
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
        if (times && !add_term(l, sum, part_of_coord(l, c, i), times)) {
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
    Str word = absolute || !ragged ? c->word : c->vars.n == 1 ? c->inside : NULL;
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
        const int64_t times = stride_of(s, c->vars.at[i], &absolute);
        if (times && !add_term(l, sum, part_of_coord(l, c, i), times)) {
            return 0;
        }
    }
    return 1;
}

static int add_index(Lane *l, Sum *sum, Strides *s, const Node *node, const Dim *axis, const Expr *index, int64_t stride)
{
    Affine a;
    if (dim_is_ragged(axis)) {
        if (index->kind != EX_VAR || index->var->dim != axis || node->kind == NODE_PARAM) {
            refuse(l, "a read of another row");
            return 0;
        }
        return add_stride(l, s, index->var, stride, 1);
    }
    if (affine_of(index, &a)) {
        sum->constant += a.constant * stride;
        for (int i = 0; i < a.n; i++) {
            if (!a.var[i]) {
                refuse(l, "an index by the length of the sequence");
                return 0;
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
        text = text ? arena_printf(arena, "%s + %lld", text, (long long)sum->constant)
                    : arena_printf(arena, "%lld", (long long)sum->constant);
    }
    return text;
}

int lane_address(Lane *l, const Node *node, Expr *const *index, int writes, Address *out)
{
    Plan *p = l->pr->p;
    const Info *info = plan_info(p, node);
    Sum sum = {.n = 0};
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
        if (!index_low_proven(index[axis]) || !index_high_proven(index[axis], dim)) {
            return refuse(l, "a read that may leave its tensor") != NULL;
        }
        if (!add_index(l, &sum, &strides, node, dim, index[axis], stride)) {
            return 0;
        }
        stride *= dim_is_ragged(dim) ? 1 : dim->length;
    }
    for (int i = 0; i < strides.n; i++) {
        if (!coord_of(l, strides.var[i])) {
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

Str lane_scalar(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    Address at;
    switch (e->kind) {
    case EX_CONST:
        return e->type == T_REAL ? real_text(l->pr->p, e->real, 0) : str_of(arena_printf(arena, "%lld", (long long)e->integer));
    case EX_VAR: {
        const Coord *c = coord_of(l, e->var);
        Str word = c && !c->lane ? dim_is_ragged(e->var->dim) ? c->vars.n == 1 ? c->inside : NULL : c->word : NULL;
        for (int v = 0; word && (c->vars.n > 1 || c->rows) && v < c->vars.n; v++) {
            if (c->vars.at[v] == e->var) {
                return part_of_coord(l, c, v);
            }
        }
        return word ? word : refuse(l, "an index by itself");
    }
    case EX_READ:
        if (e->otherwise || !lane_address(l, e->node, e->kid, 0, &at)) {
            return refuse(l, "a read that may be absent");
        }
        return at.lane || at.index ? refuse(l, "an index by data that differs between lanes") : at.element;
    case EX_OP:
        if ((e->op == OP_ADD || e->op == OP_SUB || e->op == OP_MUL) && e->type == T_INT) {
            Str a = lane_scalar(l, e->kid[0]), b = a ? lane_scalar(l, e->kid[1]) : NULL;
            return b ? str_of(arena_printf(arena, "(%s %s %s)", a, op_table[e->op].name, b)) : NULL;
        }
        if ((e->op == OP_MIN || e->op == OP_MAX) && e->type == T_INT) {
            Str a = lane_scalar(l, e->kid[0]), b = a ? lane_scalar(l, e->kid[1]) : NULL;
            return b ? str_of(arena_printf(arena, "%s(%s, %s)", use_part(l->pr->p, e->op == OP_MIN ? "i32_min" : "i32_max"), a, b)) : NULL;
        }
        return refuse(l, "a formula of ints");
    case EX_LEN:
        for (int i = 0; i < l->lengths; i++) {
            if (l->length[i].dim == e->dim) {
                return l->length[i].word;
            }
        }
        return refuse(l, "the length of the sequence");
    case EX_POS:
    case EX_SELECT: break;
    }
    return refuse(l, "a formula of ints");
}

/* ---- vectors ------------------------------------------------------------------------------------------------------------------------- */

typedef enum { AS_INFIX = 1, AS_WORD } Spelling;

static const struct {
    Spelling as;
    const char *text;
} word_table[OP_COUNT_] = {
    [OP_ADD] = {AS_INFIX, "+"},   [OP_SUB] = {AS_INFIX, "-"},   [OP_MUL] = {AS_INFIX, "*"},   [OP_DIV] = {AS_WORD, "vdiv"},
    [OP_MIN] = {AS_WORD, "vmin"}, [OP_MAX] = {AS_WORD, "vmax"}, [OP_ABS] = {AS_WORD, "vabs"}, [OP_EXP] = {AS_WORD, "vexp"},
    [OP_LOG] = {AS_WORD, "vlog"}, [OP_ERF] = {AS_WORD, "verf"}, [OP_TANH] = {AS_WORD, "vtanh"}, [OP_SQRT] = {AS_WORD, "vsqrt"},
    [OP_SIN] = {AS_WORD, "vsin"},   [OP_FLOOR] = {AS_WORD, "vfloor"}, [OP_CEIL] = {AS_WORD, "vceil"}, [OP_ROUND] = {AS_WORD, "vround"},
    [OP_TRUNC] = {AS_WORD, "vtrunc"}, [OP_SIGN] = {AS_WORD, "vsign"}, [OP_COS] = {AS_WORD, "vcos"},
    [OP_LT] = {AS_WORD, "vlt"},   [OP_LE] = {AS_WORD, "vle"},   [OP_EQ] = {AS_WORD, "veq"},
};

static int has_lane(const Lane *l, const Expr *e)
{
    for (int i = 0; i < l->coords; i++) {
        for (int v = 0; l->coord[i].lane && v < l->coord[i].vars.n; v++) {
            if (expr_uses(e, l->coord[i].vars.at[v])) {
                return 1;
            }
        }
    }
    return 0;
}

Str lane_int(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    if (!has_lane(l, e)) {
        Str word = lane_scalar(l, e);
        return word ? str_of(arena_printf(arena, "visplat((int32_t)%s)", word)) : NULL;
    }
    if (e->kind == EX_VAR) {
        const Coord *c = coord_of(l, e->var);
        if (c->vars.n != 1) {
            return refuse(l, "an index that is one of several in the lanes");
        }
        return dim_is_ragged(e->var->dim) ? c->inside ? c->inside : refuse(l, "the place in the sequence, which rows do not know")
                                          : str_of(arena_printf(arena, "(viota() + visplat((int32_t)%s))", c->word));
    }
    if (e->kind == EX_READ && !e->otherwise && ctype_of(l->pr->p, e->node) == C_I32) {
        Address at;
        if (!lane_address(l, e->node, e->kid, 0, &at)) {
            return NULL;
        }
        if (!at.index && at.lane == 1) {
            return str_of(l->left ? arena_printf(arena, "viload_n(%s, %s)", at.pointer, l->left)
                                  : arena_printf(arena, "viload(%s)", at.pointer));
        }
        return refuse(l, "ints that are chosen lane by lane");
    }
    if (e->kind == EX_OP && (e->op == OP_ADD || e->op == OP_SUB || e->op == OP_MUL) && e->n == 2) {
        Str a = lane_int(l, e->kid[0]), b = a ? lane_int(l, e->kid[1]) : NULL;
        return b ? str_of(arena_printf(arena, "(%s %s %s)", a, op_table[e->op].name, b)) : NULL;
    }
    if (e->kind == EX_OP && (e->op == OP_MIN || e->op == OP_MAX)) {
        Str a = lane_int(l, e->kid[0]), b = a ? lane_int(l, e->kid[1]) : NULL;
        return b ? str_of(arena_printf(arena, e->op == OP_MIN ? "vimin(%s, %s)" : "vimax(%s, %s)", a, b)) : NULL;
    }
    if (e->kind == EX_OP && e->op == OP_ABS) {
        Str a = lane_int(l, e->kid[0]);
        return a ? str_of(arena_printf(arena, "viabs(%s)", a)) : NULL;
    }
    if (e->kind == EX_OP && e->op == OP_NEG) {
        Str a = lane_int(l, e->kid[0]);
        return a ? str_of(arena_printf(arena, "(-%s)", a)) : NULL;
    }
    return refuse(l, "a formula of ints that differs between lanes");
}

static Str known_word(const Lane *l, const Expr *read)
{
    for (int i = 0; i < l->known.n; i++) {
        const Known *k = &l->known.at[i];
        int same = k->node == read->node;
        for (int a = 0; same && a < read->n; a++) {
            same = read->kid[a]->kind == EX_VAR && a < k->at.n && read->kid[a]->var == k->at.at[a];
        }
        if (same) {
            return k->word;
        }
    }
    return NULL;
}

static Str real_read(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    Address at;
    Str word = known_word(l, e);
    if (word) {
        return word;
    }
    if (e->otherwise || ctype_of(l->pr->p, e->node) != C_F32) {
        return refuse(l, "a read that may be absent, or in double precision");
    }
    if (!lane_address(l, e->node, e->kid, 0, &at)) {
        return NULL;
    }
    if (at.index) {
        return str_of(arena_printf(arena, "vgather(%s, %s)", at.pointer, at.index));
    }
    if (at.lane == 0) {
        return str_of(arena_printf(arena, "vsplat(%s)", at.element));
    }
    if (at.lane != 1) {
        return refuse(l, "lanes that are not neighbours in memory");
    }
    return str_of(l->left ? arena_printf(arena, "vload_n(%s, %s)", at.pointer, l->left) : arena_printf(arena, "vload(%s)", at.pointer));
}

static Str real_op(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    double power;
    if (e->op == OP_TO_REAL) {
        return lane_real(l, e->kid[0]);
    }
    Str a = lane_real(l, e->kid[0]), b = a && e->n > 1 ? lane_real(l, e->kid[1]) : NULL;
    if (!a || (e->n > 1 && !b)) {
        return NULL;
    }
    if (e->op == OP_NEG) {
        return str_of(arena_printf(arena, "(-%s)", a));
    }
    if (e->op == OP_POW && expr_is_const(e->kid[1], &power) && power == 2.0) {
        return str_of(arena_printf(arena, "(%s * %s)", a, a));
    }
    switch (word_table[e->op].as) {
    case AS_INFIX: return str_of(arena_printf(arena, "(%s %s %s)", a, word_table[e->op].text, b));
    case AS_WORD: return str_of(arena_printf(arena, b ? "%s(%s, %s)" : "%s(%s)", word_table[e->op].text, a, b));
    }
    return refuse(l, arena_printf(arena, "the function %s", op_table[e->op].name));
}

Str lane_real(Lane *l, const Expr *e)
{
    Plan *p = l->pr->p;
    if (e->type == T_BOOL) {
        Str mask = lane_mask(l, e);
        return mask ? str_of(arena_printf(p->arena, "vselect(%s, vsplat(1.0f), vsplat(0.0f))", mask)) : NULL;
    }
    if (e->type != T_REAL) {
        Str number = has_lane(l, e) ? lane_int(l, e) : lane_scalar(l, e);
        return number ? str_of(arena_printf(p->arena, has_lane(l, e) ? "vfloat(%s)" : "vsplat((float)%s)", number)) : NULL;
    }
    switch (e->kind) {
    case EX_CONST: return str_of(arena_printf(p->arena, "vsplat(%s)", real_text(p, e->real, 0)));
    case EX_READ: return real_read(l, e);
    case EX_OP: return real_op(l, e);
    case EX_SELECT: {
        Str mask = lane_mask(l, e->kid[0]), yes = mask ? lane_real(l, e->kid[1]) : NULL, no = yes ? lane_real(l, e->kid[2]) : NULL;
        return no ? str_of(arena_printf(p->arena, "vselect(%s, %s, %s)", mask, yes, no)) : NULL;
    }
    case EX_VAR:
    case EX_LEN:
    case EX_POS: break;
    }
    return refuse(l, "a formula of ints");
}

Str lane_mask(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    if (e->kind == EX_OP && (e->op == OP_AND || e->op == OP_OR)) {
        Str a = lane_mask(l, e->kid[0]), b = a ? lane_mask(l, e->kid[1]) : NULL;
        return b ? str_of(arena_printf(arena, "%s(%s, %s)", e->op == OP_AND ? "vand" : "vor", a, b)) : NULL;
    }
    if (e->kind == EX_OP && e->op == OP_NOT) {
        Str a = lane_mask(l, e->kid[0]);
        return a ? str_of(arena_printf(arena, "vnot(%s)", a)) : NULL;
    }
    if (e->kind == EX_OP && word_table[e->op].as == AS_WORD && e->n == 2 && e->kid[0]->type == T_REAL && e->kid[1]->type == T_REAL) {
        Str a = lane_real(l, e->kid[0]), b = a ? lane_real(l, e->kid[1]) : NULL;
        return b ? str_of(arena_printf(arena, "%s(%s, %s)", word_table[e->op].text, a, b)) : NULL;
    }
    if (e->kind == EX_CONST) {
        return str_of(arena_printf(arena, "vwhether(%d)", e->integer != 0));
    }
    if (e->kind == EX_OP && e->n == 2 && e->kid[0]->type != T_REAL && e->kid[1]->type != T_REAL) {
        const char *word = e->op == OP_LT ? "vilt" : e->op == OP_LE ? "vile" : e->op == OP_EQ || e->op == OP_NE ? "vieq" : NULL;
        Str a = word ? lane_int(l, e->kid[0]) : NULL, b = a ? lane_int(l, e->kid[1]) : NULL;
        return !b ? refuse(l, "a condition of this kind")
                  : str_of(arena_printf(arena, e->op == OP_NE ? "vnot(%s(%s, %s))" : "%s(%s, %s)", word, a, b));
    }
    if (e->kind == EX_READ && e->type == T_BOOL && !has_lane(l, e)) {
        Str word = lane_scalar(l, e);
        return word ? str_of(arena_printf(arena, "vwhether(%s)", word)) : NULL;
    }
    return refuse(l, "a condition of this kind");
}

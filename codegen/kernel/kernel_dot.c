/* The dot products in a score. Several that are added, each times a number and what depends on the query or the key alone, are one over all
 * their numbers, side by side; each begins at a multiple of LANES, and what is between them is 0. */
#include "kernel_holes.h"
#include "../match/kernel_use.h"

enum { LANES = 16 /* most of them in any tier */ };

const Expr *kernel_read_of(const Expr *e, const Node *node)
{
    if (e->kind == EX_READ && e->node == node) {
        return e;
    }
    for (int i = 0; i < e->n; i++) {
        const Expr *found = kernel_read_of(e->kid[i], node);
        if (found) {
            return found;
        }
    }
    return NULL;
}

/* ---- which there are ----------------------------------------------------------------------------------------------------------------- */

/* Is this read one of the sums of products? Its number, or -1. */
static int dot_of(const Kernel *k, const Expr *e)
{
    for (int i = 0; e->kind == EX_READ && i < k->inside.n; i++) {
        if (k->inside.at[i] == e->node) {
            return i;
        }
    }
    return -1;
}

static int dots_in(const Kernel *k, const Expr *e)
{
    int n = dot_of(k, e) >= 0;
    for (int i = 0; !n && i < e->n; i++) {
        n += dots_in(k, e->kid[i]);
    }
    return n;
}

static Expr *times(Filling *with, Expr *a, Expr *b)
{
    return !a ? b : !b ? a : expr_op(with->p->graph, OP_MUL, a, b, b->span);
}

/* What an expression is multiplied with. */
typedef struct Scale {
    double number;
    Expr *factor; /* NULL: 1 */
} Scale;

static Scale scaled(Filling *with, Scale by, Expr *e, int divided)
{
    double number;
    if (expr_is_const(e, &number) && (number != 0 || !divided)) {
        by.number = divided ? by.number / number : by.number * number;
    } else {
        Expr *one = divided ? expr_op(with->p->graph, OP_DIV, expr_real(with->p->graph, 1, e->span), e, e->span) : e;
        by.factor = times(with, by.factor, one);
    }
    return by;
}

/* 1 where none of the conditions holds that are joined by or, else 0: a factor for each. */
static Expr *nowhere(Filling *with, Expr *condition)
{
    Graph *g = with->p->graph;
    if (condition->kind == EX_OP && condition->op == OP_OR) {
        return times(with, nowhere(with, condition->kid[0]), nowhere(with, condition->kid[1]));
    }
    return expr_select(g, condition, expr_real(g, 0, condition->span), expr_real(g, 1, condition->span), condition->span);
}

static Expr *split(Filling *with, Expr *e, Scale by, int *failed);

/* Of `condition ? 0 : sum` the sum has factors, and is what is left of it. */
static Expr *split_choice(Filling *with, Expr *e, Scale by, int *failed)
{
    Graph *g = with->p->graph;
    double zero = 1;
    if (!expr_is_const(e->kid[1], &zero) || zero != 0 || dots_in(with->k, e->kid[0])) {
        *failed = 1;
        return NULL;
    }
    const int before = with->dot.n;
    Expr *rest = split(with, e->kid[2], by, failed);
    for (int i = before; i < with->dot.n; i++) {
        with->dot.at[i].factor = times(with, with->dot.at[i].factor, nowhere(with, e->kid[0]));
    }
    return rest ? expr_select(g, e->kid[0], expr_real(g, 0, e->span), rest, e->span) : NULL;
}

/* Adds the dot products of a sum, of which what is left is returned: NULL where nothing is. failed: it is no such sum. */
static Expr *split(Filling *with, Expr *e, Scale by, int *failed)
{
    Graph *g = with->p->graph;
    const int op = e->kind == EX_OP ? (int)e->op : -1;
    if (!dots_in(with->k, e)) {
        Expr *rest = by.number == 1 ? e : expr_op(g, OP_MUL, expr_real(g, by.number, e->span), e, e->span);
        return times(with, by.factor, rest);
    }
    if (dot_of(with->k, e) >= 0) {
        vec_push(with->p->arena, with->dot, ((Dot){e, by.number, by.factor}));
        return NULL;
    }
    if (op == OP_NEG) {
        by.number = -by.number;
        return split(with, e->kid[0], by, failed);
    }
    if (op == OP_MUL || (op == OP_DIV && !dots_in(with->k, e->kid[1]))) {
        const int inner = !dots_in(with->k, e->kid[0]);
        if (!dots_in(with->k, e->kid[1 - inner])) {
            return split(with, e->kid[inner], scaled(with, by, e->kid[1 - inner], op == OP_DIV), failed);
        }
    }
    if (e->kind == EX_SELECT) {
        return split_choice(with, e, by, failed);
    }
    if (op != OP_ADD && op != OP_SUB) {
        *failed = 1;
        return NULL;
    }
    Expr *a = split(with, e->kid[0], by, failed);
    by.number = op == OP_SUB ? -by.number : by.number;
    Expr *b = split(with, e->kid[1], by, failed);
    return a && b ? expr_op(g, OP_ADD, a, b, e->span) : a ? a : b;
}

/* The sum of all dot products, and what is added to it, becomes the first one and the same. NULL: it is no such sum. */
static Expr *as_one(Filling *with, Expr *e)
{
    Graph *g = with->p->graph;
    int within = 0, last = 0;
    for (int i = 0; i < e->n; i++) {
        within += dots_in(with->k, e->kid[i]);
        last = dots_in(with->k, e->kid[i]) ? i : last;
    }
    if (within == 1 && e->kind != EX_READ) { /* all of them stand in one part of it */
        Expr *inner = as_one(with, e->kid[last]);
        Expr *copy = arena_new_of(with->p->arena, Expr);
        *copy = *e;
        copy->kid = arena_array(with->p->arena, Expr *, e->n + 1);
        for (int i = 0; i < e->n; i++) {
            copy->kid[i] = i == last ? inner : e->kid[i];
        }
        return inner ? copy : NULL;
    }
    int failed = 0;
    Expr *rest = split(with, e, (Scale){1, NULL}, &failed);
    if (failed || !with->dot.n) {
        return NULL;
    }
    const Dot *first = &with->dot.at[0];
    Expr *one = first->times == 1 ? (Expr *)first->read
                                  : expr_op(g, OP_MUL, expr_real(g, first->times, e->span), (Expr *)first->read, e->span);
    return rest ? expr_op(g, OP_ADD, one, rest, e->span) : one;
}

static int has_indices(const Expr *read)
{
    for (int i = 0; i < read->n; i++) {
        if (read->kid[i]->kind != EX_VAR) {
            return 0;
        }
    }
    return 1;
}

void kernel_find_dot(Filling *with)
{
    const int hole = form_hole(with->k->form, "$s");
    if (hole < 0 || !with->k->inside.n) {
        return;
    }
    const Expr *score = with->k->part.at[0].bind[hole].value, *only = kernel_read_of(score, with->k->inside.at[0]);
    if (with->k->inside.n == 1 && only) { /* as it is, whatever is made of it */
        vec_push(with->p->arena, with->dot, ((Dot){only, 1, NULL}));
        with->score = score;
    } else {
        with->score = as_one(with, (Expr *)score);
    }
    for (int i = 0; with->score && i < with->dot.n; i++) {
        with->score = has_indices(with->dot.at[i].read) && with->dot.at[0].times != 0 ? with->score : NULL;
    }
    for (int i = 0; with->score && i < with->dot.at[0].read->n; i++) {
        vec_push(with->p->arena, with->dot_at, with->dot.at[0].read->kid[i]->var);
    }
    with->dot.n = with->score ? with->dot.n : 0;
}

/* ---- their sides --------------------------------------------------------------------------------------------------------------------- */

static int uses_role(const Expr *e, const VarList *vars)
{
    for (int i = 0; i < vars->n; i++) {
        if (expr_uses(e, vars->at[i])) {
            return 1;
        }
    }
    return 0;
}

/* Factors of the product that read the keys, or all others. */
static Expr *side(Filling *with, Expr *e, const VarList *queries, const VarList *keys, int of_keys, int *mixed)
{
    Graph *g = with->p->graph;
    if (e->kind == EX_OP && e->op == OP_MUL) {
        Expr *a = side(with, e->kid[0], queries, keys, of_keys, mixed), *b = side(with, e->kid[1], queries, keys, of_keys, mixed);
        return a && b ? expr_op(g, OP_MUL, a, b, e->span) : a ? a : b;
    }
    const int query = uses_role(e, queries), key = uses_role(e, keys);
    *mixed |= query && key;
    return key == of_keys ? e : NULL;
}

/* Up to the first number of the next one. */
static int64_t size_of(const Filling *with, int dot)
{
    const int64_t n = role_count(&with->dot.at[dot].read->node->bound);
    return dot + 1 < with->dot.n && !filling_by_threads(with) ? (n + LANES - 1) / LANES * LANES : n;
}

static const char *one_side(Filling *with, Lane l, const Dot *d, int of_keys, Str at)
{
    const Part *part = &with->k->part.at[0];
    const int q = form_role(with->k->form, 'q'), u = form_role(with->k->form, 'u');
    const VarList none = {0}, *queries = q < 0 ? &none : &part->role[q];
    Graph *g = with->p->graph;
    const Node *dot = d->read->node;
    int mixed = 0;
    if (dot->where || dot->reduce != RED_SUM) {
        return filling_refuse(with, "a score whose sum has a condition");
    }
    Expr *body = times(with, d->factor, expr_replace(g, dot->body, &dot->free, d->read->kid));
    Expr *value = side(with, body, queries, &part->role[u], of_keys, &mixed);
    if (mixed) {
        return filling_refuse(with, "a score whose factors read query and key");
    }
    const double ratio = of_keys ? 1 : d->times / with->dot.at[0].times;
    value = ratio == 1 ? value : times(with, expr_real(g, ratio, dot->span), value);
    const int64_t n = role_count(&dot->bound);
    l.coord[l.coords++] = (Coord){.letter = 'i', .vars = dot->bound, .word = at, .side = 1, .lane = !filling_by_threads(with)};
    l.left = n % LANES && !filling_by_threads(with) ? arena_printf(with->p->arena, "%lld - %s", (long long)n, at) : NULL;
    Str text = value ? lane_real(&l, value) : str_of("vsplat(1.0f)");
    return text ? text : filling_refuse(with, l.reason);
}

const char *kernel_dot_side(Filling *with, Lane *l, int of_keys, Str argument)
{
    Arena *arena = with->p->arena;
    if (!with->dot.n) {
        return with->k->inside.n ? filling_refuse(with, "a score that is no sum of dot products") : "vsplat(0.0f)";
    }
    const char *text = NULL;
    int64_t begin = 0;
    for (int i = 0; i < with->dot.n; i++) {
        begin += size_of(with, i);
    }
    for (int i = with->dot.n - 1; i >= 0; i--) { /* the last one first */
        begin -= size_of(with, i);
        Str at = begin ? str_of(arena_printf(arena, "(%s - %lld)", argument, (long long)begin)) : argument;
        const char *one = one_side(with, *l, &with->dot.at[i], of_keys, at);
        if (!one) {
            return NULL;
        }
        text = text ? arena_printf(arena, "(%s < %lld ? %s : %s)", argument, (long long)begin + size_of(with, i), one, text) : one;
    }
    return text;
}

/* The only dot product's side of keys; NULL: there are several, or it has a factor. */
static const Expr *only_key(const Filling *with)
{
    const Dot *d = with->dot.at;
    const int q = form_role(with->k->form, 'q'), u = form_role(with->k->form, 'u');
    const VarList none = {0}, *queries = q < 0 ? &none : &with->k->part.at[0].role[q];
    int mixed = 0;
    if (with->dot.n != 1 || d->factor || d->read->node->where || d->read->node->reduce != RED_SUM) {
        return NULL;
    }
    const Node *dot = d->read->node;
    Expr *body = expr_replace(with->p->graph, dot->body, &dot->free, d->read->kid);
    const Expr *value = side((Filling *)with, body, queries, &with->k->part.at[0].role[u], 1, &mixed);
    return value && !mixed && value->kind == EX_READ && !value->otherwise && ctype_of(with->p, value->node) == C_F32 ? value : NULL;
}

const char *kernel_key_at(Filling *with, Lane *l)
{
    const Expr *value = only_key(with);
    Address at;
    if (!value || l->coords == MOST_COORDS) {
        return filling_refuse(with, "keys that are not one tensor");
    }
    l->coord[l->coords++] = (Coord){.letter = 'i', .vars = with->dot.at[0].read->node->bound, .word = str_of("0"), .side = 1, .lane = 1};
    l->together = 1;
    if (!lane_address(l, value->node, value->kid, 0, &at) || at.guard || at.mask || at.index || at.lane != 1) {
        return filling_refuse(with, l->reason ? l->reason : "keys whose numbers do not lie side by side");
    }
    return at.pointer;
}

const char *kernel_key_step(Filling *with)
{
    const Expr *value = only_key(with);
    const VarList *role = &with->k->part.at[0].role[form_role(with->k->form, 'u')];
    const Str parameter[] = {str_of("b"), str_of("u")}, argument[] = {str_of("at"), str_of("at")};
    Address at;
    if (!value || filling_is_chosen(value, role)) {
        return filling_refuse(with, value ? "keys that data choose" : "keys that are not one tensor");
    }
    Lane l = filling_lane(with, &with->k->part.at[0], parameter, argument, 2, 'u');
    l.coord[l.coords++] = (Coord){.letter = 'i', .vars = with->dot.at[0].read->node->bound, .word = str_of("0"), .side = 1};
    l.together = 1;
    l.sequence = l.sequence ? l.sequence : str_of("at");
    if (!lane_address(&l, value->node, value->kid, 0, &at) || at.index) {
        return filling_refuse(with, l.reason ? l.reason : "keys that do not lie one behind the other");
    }
    return arena_printf(with->p->arena, "%lld", (long long)at.lane);
}

int kernel_key_in_place(Filling *with)
{
    static const char *const letter[] = {"s", "b", "u", "ui"};
    Filling trial = *with;
    Str parameter[4], word[4];
    trial.trial = 1;
    trial.reason = NULL;
    for (int i = 0; i < 4; i++) {
        parameter[i] = str_of(letter[i]);
        word[i] = str_of("at");
    }
    Lane l = filling_lane(&trial, &with->k->part.at[0], parameter, word, 4, 0);
    kernel_key_at(&trial, &l);
    if (!trial.reason && template_asks(with->t, str_of("key_step_u"))) {
        kernel_key_step(&trial);
    }
    return !trial.reason;
}

int64_t kernel_dot_count(const Filling *with)
{
    int64_t n = with->dot.n ? 0 : 1;
    for (int i = 0; i < with->dot.n; i++) {
        n += size_of(with, i);
    }
    return n;
}

const char *kernel_dot_size(Filling *with)
{
    const int64_t n = kernel_dot_count(with);
    const TemplateHole *score = template_hole(with->t, str_of("s"));
    return score && n > score->dot
               ? filling_refuse(with, arena_printf(with->p->arena, "a dot product over more than %d numbers", score->dot))
               : arena_printf(with->p->arena, "%lld", (long long)n);
}

/* select.c - selectors as heads
 *
 * A selector is a conjunction of conditions, each of some spaces at the key and some at the query. The score of a key is 100 for each
 * condition that it meets. A condition on several spaces of one side reads a product of them, which hidden units make first. */
#include "transformer.h"

#include <string.h>

enum { PAIRS_MOST = 1 << 21, WITHIN_MOST = 16 };

/* All of these trees (or their opposites) hold. */
typedef struct Condition {
    struct {
        const Selector *tree;
        int opposite;
    } all[WITHIN_MOST];
    int n;
    View key, query; /* their arguments */
} Condition;

typedef VEC(Condition) Conditions;

static int slot_after(int ready)
{
    return (ready + 2) & ~1;
}

/* ---- conditions -------------------------------------------------------------------------------------------------------------------- */

/* Compared with a constant, few classes of values will do; else all values are told apart, in a space that others may share. */
static int leaves_no_classes(const View *side, const Sop *other)
{
    return side->args > 1 || other->kind != SOP_CONST;
}

/* The arguments of a tree's keys, or queries, go to `side`. */
static int gather(Transformer *t, const Selector *s, int query, View *side)
{
    if (s->kind != SEL_COMPARE) {
        return gather(t, s->a, query, side) && (!s->b || gather(t, s->b, query, side));
    }
    View *leaf = view_of(t, query ? s->query : s->key);
    if (!leaf || (leaves_no_classes(leaf, query ? s->key : s->query) && !view_settled(t, leaf))) {
        return 0;
    }
    if (!view_unite(side, leaf)) {
        transformer_refuse(t, s->span, "this selector depends on too much at once: on too many combinations of values");
        return 0;
    }
    return 1;
}

static int is_part(const View *small, const View *large)
{
    int part = 1;
    for (int a = 0; a < small->args && part; a++) {
        part = 0;
        for (int i = 0; i < large->args; i++) {
            part |= arg_same(&small->arg[a], &large->arg[i]);
        }
    }
    return part;
}

static int split(Transformer *t, const Selector *s, int opposite, Conditions *out)
{
    if (s->kind == SEL_NOT) {
        return split(t, s->a, !opposite, out);
    }
    if (s->kind == (opposite ? SEL_OR : SEL_AND)) {
        return split(t, s->a, opposite, out) && split(t, s->b, opposite, out);
    }
    if (s->fixed == !opposite) {
        return 1;
    }
    Condition c = {.n = 1, .key.combos = 1, .query.combos = 1};
    c.all[0].tree = s;
    c.all[0].opposite = opposite;
    if (!gather(t, s, 0, &c.key) || !gather(t, s, 1, &c.query)) {
        return 0;
    }
    vec_push(t->arena, *out, c);
    return 1;
}

/* A condition that reads no more than another one does becomes part of that. */
static void merge(Conditions *list)
{
    for (int i = 0; i < list->n; i++) {
        Condition *small = &list->at[i];
        for (int k = 0; k < list->n; k++) {
            Condition *large = &list->at[k];
            if (k == i || small->n + large->n > WITHIN_MOST || !is_part(&small->key, &large->key) ||
                !is_part(&small->query, &large->query)) {
                continue;
            }
            memcpy(&large->all[large->n], small->all, sizeof *small->all * (size_t)small->n);
            large->n += small->n;
            memmove(small, small + 1, sizeof *small * (size_t)(list->n - i - 1));
            list->n--;
            i--;
            break;
        }
    }
}

/* 1, 0, or -1: the program never gets there. */
static int meets_tree(Transformer *t, const Condition *c, const Selector *s, int key, int query)
{
    if (s->kind == SEL_COMPARE) {
        const View *a = t->view.at[s->key->id], *b = t->view.at[s->query->id];
        const int i = a->at[view_combo(&c->key, key, a)], k = b->at[view_combo(&c->query, query, b)];
        const char *why;
        Atom out;
        const int fine = i >= 0 && k >= 0 && atom_binary(t->p->arena, s->op, &a->value.at[i], &b->value.at[k], &out, &why);
        return fine ? (int)out.integer : -1;
    }
    const int a = meets_tree(t, c, s->a, key, query), b = s->b ? meets_tree(t, c, s->b, key, query) : 0;
    return a < 0 || b < 0 ? -1 : s->kind == SEL_NOT ? !a : s->kind == SEL_AND ? a && b : a || b;
}

static int meets(Transformer *t, const Condition *c, int key, int query)
{
    int all = 1;
    for (int i = 0; i < c->n && all; i++) {
        const int one = meets_tree(t, c, c->all[i].tree, key, query);
        all = one >= 0 && one != c->all[i].opposite;
    }
    return all;
}

/* ---- scores ------------------------------------------------------------------------------------------------------------------------ */

/* One side of a condition: its arguments, their classes, a form for each combination of classes. */
typedef struct Side {
    const View *view;
    Classes classes[ARGS_MOST];
    Forms form;
} Side;

static int same_args(const View *a, const View *b)
{
    int same = a->args == b->args;
    for (int i = 0; i < a->args && same; i++) {
        same = arg_same(&a->arg[i], &b->arg[i]);
    }
    return same;
}

/* Classes that keep apart what a or b keeps apart. */
static Classes refined(Transformer *t, const Classes *a, const Classes *b, int values)
{
    Classes both = {arena_array(t->arena, int, values + 1), 0};
    for (int v = 0; v < values; v++) {
        int like = 0;
        while (like < v && (a->of[like] != a->of[v] || b->of[like] != b->of[v])) {
            like++;
        }
        both.of[v] = like < v ? both.of[like] : both.n++;
    }
    return both;
}

static int side_forms(Transformer *t, Side *side)
{
    const View *v = side->view;
    if (v->args == 0) {
        const Form here = form_here(t->arena, 1);
        vec_push(t->arena, side->form, here);
    } else if (v->args == 1) {
        side->form = mlp_classes(t, &v->arg[0], &side->classes[0]);
    } else {
        return mlp_product(t, v->args, v->arg, side->classes, &side->form);
    }
    return !t->failed;
}

/* A combination of values that is in this combination of classes. */
static int example_of(const Side *side, int combo)
{
    int class[ARGS_MOST], at = 0;
    for (int a = side->view->args - 1; a >= 0; a--) {
        class[a] = combo % side->classes[a].n;
        combo /= side->classes[a].n;
    }
    for (int a = 0; a < side->view->args; a++) {
        int value = 0;
        while (side->classes[a].of[value] != class[a]) {
            value++;
        }
        at = at * arg_values(&side->view->arg[a]) + value;
    }
    return at;
}

static int rows_equal(const int *a, const int *b, const int *at, int n)
{
    int equal = 1;
    for (int q = 0; q < n && equal; q++) {
        equal = a[at[q]] == b[at[q]];
    }
    return equal;
}

/* What the queries that want this row of keys have in common. */
static Form query_of(Transformer *t, const Side *query, const int *row, const int *at)
{
    int all = 1;
    Form form = {.ready = -1};
    for (int q = 0; q < query->form.n; q++) {
        all &= row[at[q]];
        form_add(t->arena, &form, &query->form.at[q], row[at[q]] ? SCORE : 0);
    }
    return all ? form_here(t->arena, SCORE) : form;
}

/* A score for each different row of `met`, by key and query; nothing for rows of zeros. */
static void add_scores(Transformer *t, Head *head, const Side *key, const Side *query, const int *met)
{
    const int keys = key->form.n, queries = query->form.n;
    const int **row = arena_array(t->arena, const int *, keys + 1);
    int *at = arena_array(t->arena, int, queries + 1), *score = arena_array(t->arena, int, keys + 1);
    for (int q = 0; q < queries; q++) {
        at[q] = example_of(query, q);
    }
    for (int k = 0; k < keys; k++) {
        int like = 0, any = 0;
        row[k] = met + (size_t)example_of(key, k) * (size_t)query->view->combos;
        for (int q = 0; q < queries; q++) {
            any |= row[k][at[q]];
        }
        while (like < k && !rows_equal(row[like], row[k], at, queries)) {
            like++;
        }
        score[k] = like < k ? score[like] : any ? head->score.n : -1;
        if (score[k] == head->score.n) {
            const Score one = {{.ready = -1}, query_of(t, query, row[k], at)};
            vec_push(t->arena, head->score, one);
        }
        if (score[k] >= 0) {
            form_add(t->arena, &head->score.at[score[k]].key, &key->form.at[k], 1);
        }
    }
}

static void add_condition(Transformer *t, Head *head, const Condition *c)
{
    const int keys = c->key.combos, queries = c->query.combos, args = c->key.args + c->query.args;
    if ((int64_t)keys * queries > PAIRS_MOST || args > ARGS_MOST) {
        transformer_refuse(t, head->selector->span, "this selector depends on too much at once: on %d values of keys and %d of queries",
                           keys, queries);
        return;
    }
    Arg arg[ARGS_MOST];
    int *met = arena_array(t->arena, int, keys *queries + 1);
    Side key = {.view = &c->key}, query = {.view = &c->query};
    for (int i = 0; i < keys * queries; i++) {
        met[i] = meets(t, c, i / queries, i % queries);
    }
    for (int a = 0; a < args; a++) {
        arg[a] = a < c->key.args ? c->key.arg[a] : c->query.arg[a - c->key.args];
    }
    for (int a = 0; a < args; a++) {
        *(a < c->key.args ? &key.classes[a] : &query.classes[a - c->key.args]) = classes_of(t, args, arg, a, met);
    }
    for (int a = 0; a < c->key.args && c->key.args > 1 && same_args(&c->key, &c->query); a++) { /* one product serves both */
        key.classes[a] = query.classes[a] = refined(t, &key.classes[a], &query.classes[a], arg_values(&arg[a]));
    }
    if (side_forms(t, &key) && side_forms(t, &query)) {
        add_scores(t, head, &key, &query, met);
        head->conditions++;
    }
}

/* ---- heads ------------------------------------------------------------------------------------------------------------------------- */

static int forms_equal(const Form *a, const Form *b)
{
    int equal = a->term.n == b->term.n;
    for (int i = 0; i < a->term.n && equal; i++) {
        equal = form_weight(b, a->term.at[i].direction) == a->term.at[i].weight;
    }
    return equal;
}

static int heads_equal(const Head *a, const Head *b)
{
    int equal = a->counts == b->counts && a->conditions == b->conditions && a->score.n == b->score.n;
    for (int i = 0; i < a->score.n && equal; i++) {
        equal = forms_equal(&a->score.at[i].key, &b->score.at[i].key) && forms_equal(&a->score.at[i].query, &b->score.at[i].query);
    }
    return equal;
}

/* The head that looks as s says, in a layer after `ready`. NULL after reporting. */
Head *select_head(Transformer *t, const Selector *s, int counts, int ready)
{
    Conditions list = {0};
    Head *head = arena_new_of(t->arena, Head);
    *head = (Head){.selector = s, .counts = counts, .slot = ready};
    if (!split(t, s, 0, &list)) {
        return NULL;
    }
    merge(&list);
    for (int i = 0; i < list.n && !t->failed; i++) {
        add_condition(t, head, &list.at[i]);
    }
    if (t->failed) {
        return NULL;
    }
    if (list.n == 0) { /* everything is selected */
        const Score all = {form_here(t->arena, 1), form_here(t->arena, SCORE)};
        vec_push(t->arena, head->score, all);
        head->conditions = 1;
    }
    for (int i = 0; i < head->score.n; i++) {
        const Score *score = &head->score.at[i];
        head->slot = score->key.ready > head->slot ? score->key.ready : head->slot;
        head->slot = score->query.ready > head->slot ? score->query.ready : head->slot;
    }
    head->slot = slot_after(head->slot);
    for (int i = 0; i < t->head.n; i++) {
        if (t->head.at[i]->slot >= slot_after(ready) && heads_equal(t->head.at[i], head)) {
            return t->head.at[i];
        }
    }
    vec_push(t->arena, t->head, head);
    return head;
}

/* Combinations of values that a product for this selector would hold; 1 where none is needed. */
double select_product(Transformer *t, const Selector *s)
{
    View side[2] = {{.combos = 1}, {.combos = 1}};
    double size = 1;
    for (int k = 0; k < 2; k++) {
        if (!gather(t, s, k, &side[k])) {
            return -1;
        }
        size = side[k].args > 1 && side[k].combos > size ? side[k].combos : size;
    }
    return size;
}

/* same.c - which s-ops and selectors of a value are the same computation, so that it is done once; what nobody reads is not done at all */
#include "lower.h"

#include <stdlib.h>

static Str atom_key(const Atom *a)
{
    return a->type == ATOM_STR     ? str_format("s%s", a->text)
           : a->type == ATOM_FLOAT ? str_format("f%a", a->real)
                                   : str_format("%d:%lld", a->type, (long long)a->integer);
}

Str sop_key(const Sop *x)
{
    switch (x->kind) {
    case SOP_INPUT: return str_format("%d", x->input);
    case SOP_CONST: return atom_key(&x->atom);
    case SOP_MAP: return str_format("%d", x->op);
    case SOP_AGGREGATE: return atom_key(&x->other);
    case SOP_INDICES: case SOP_IF: case SOP_TRUTH: case SOP_WIDTH: return str_of("");
    case SOP_LOOKUP: break;
    }
    Str key = x->has_other ? atom_key(&x->other) : str_format("%d", x->place);
    for (int i = 0; i < x->pair.n; i++) {
        key = str_format("%s,%s=%s", key, atom_key(&x->pair.at[i].key), atom_key(&x->pair.at[i].value));
    }
    return key;
}

/* ---- by what they are and what they read -------------------------------------------------------------------------------------------- */

static Str key_of_sop(const Lower *l, const Sop *x)
{
    int kid[3] = {-1, -1, -1};
    for (int k = 0; k < x->kids; k++) {
        kid[k] = l->same[x->kid[k]->id]->id;
    }
    return str_format("%d %d %d %d %d %s", (int)x->kind, kid[0], kid[1], kid[2], x->selector ? l->alike[x->selector->id]->id : -1,
                      sop_key(x));
}

static Str key_of_selector(const Lower *l, const Selector *s)
{
    if (s->kind == SEL_COMPARE) {
        return str_format("select %d %d %s", l->same[s->key->id]->id, l->same[s->query->id]->id, rasp_op_name[s->op]);
    }
    return str_format("selector %d %d %d", (int)s->kind, l->alike[s->a->id]->id, s->b ? l->alike[s->b->id]->id : -1);
}

static int by_order(const void *a, const void *b)
{
    return ((const LoweredStep *)a)->order - ((const LoweredStep *)b)->order;
}

/* The first step with this key, or where it would stand: keys are kept once, so their addresses tell them apart. */
static int *place_of(Str const *key, int *table, size_t size, Str wanted)
{
    size_t at = (size_t)((uintptr_t)wanted / 16 * 2654435761U) % size;
    while (table[at] >= 0 && key[table[at]] != wanted) {
        at = (at + 1) % size;
    }
    return &table[at];
}

void same_find(Lower *l)
{
    const int n = l->step.n;
    const size_t size = (size_t)n * 2 + 1;
    Str *key = arena_array(l->p->arena, Str, n + 1);
    int *table = arena_array(l->p->arena, int, size);
    for (size_t i = 0; i < size; i++) {
        table[i] = -1;
    }
    qsort(l->step.at, (size_t)n, sizeof *l->step.at, by_order);
    for (int i = 0; i < n; i++) {
        LoweredStep *s = &l->step.at[i];
        key[i] = s->sop ? key_of_sop(l, s->sop) : key_of_selector(l, s->selector);
        int *known = place_of(key, table, size, key[i]);
        s->again = *known >= 0;
        *known = *known < 0 ? i : *known;
        if (s->sop) {
            Sop *first = l->step.at[*known].sop;
            l->same[s->sop->id] = first;
            l->namer[first->id] = l->namer[first->id] || !s->sop->name ? l->namer[first->id] : s->sop;
        } else {
            l->alike[s->selector->id] = l->step.at[*known].selector;
        }
    }
}

/* ---- what is needed ----------------------------------------------------------------------------------------------------------------- */

static void need(char *needed, const Expr *e)
{
    if (!e) {
        return;
    }
    if (e->kind == EX_READ) {
        needed[e->node->id] = 1;
    }
    for (int k = 0; k < e->n; k++) {
        need(needed, e->kid[k]);
    }
    need(needed, e->otherwise);
}

void same_drop(Lower *l)
{
    Unit *top = l->graph->top;
    char *needed = arena_array(l->graph->arena, char, l->graph->nodes + 1), *kept = arena_array(l->graph->arena, char, top->step.n + 1);
    for (int i = top->step.n - 1; i >= 0; i--) { /* readers stand behind what they read */
        const Node *node = top->step.at[i].node;
        kept[i] = top->step.at[i].kind == STEP_REQUIRE || node->output || needed[node->id];
        if (top->step.at[i].kind == STEP_REQUIRE) {
            needed[node->id] = 1;
        } else if (kept[i]) {
            need(needed, node->where);
            need(needed, node->body);
            need(needed, node->empty);
        }
    }
    int n = 0;
    for (int i = 0; i < top->step.n; i++) {
        if (kept[i]) {
            top->step.at[n++] = top->step.at[i];
        }
    }
    top->step.n = n;
}

/* What the result of a kernel may be written over. The head of its form says what a template promises: `over` of $store that each place is
 * stored once, after what is read there, `early` of another hole that what it reads at the result's own place is read by then. */
#include "../in_place.h"
#include "../template/template.h"
#include "kernel_use.h"

static const TemplateHole *said_of(const Kernel *k, const char *name)
{
    return template_hole(k->form->text, str_of(name));
}

/* Is a role of the result that the hole may read: at another place of it than the result's own, something may be stored already. */
static int tells_places_apart(const Kernel *k, const Part *part, int hole, const Var *var)
{
    for (int r = 0; r < k->form->roles; r++) {
        for (int v = 0; k->form->role[r].result && (k->form->hole[hole].roles >> r & 1) && v < part->role[r].n; v++) {
            if (part->role[r].at[v] == var) {
                return 1;
            }
        }
    }
    return 0;
}

/* All reads of `old` in e are at the place that is stored: of $store (part NULL) at every index, of a hole where it tells places apart. */
static int at_own_place(const Kernel *k, const Part *part, int hole, const Expr *e, const Node *old, const VarList *axes)
{
    if (!e) {
        return 1;
    }
    for (int i = 0; i < e->n; i++) {
        const int reads = e->kind == EX_READ && e->node == old;
        const int own = reads && e->kid[i]->kind == EX_VAR && e->kid[i]->var == axes->at[i];
        if (reads && !own && (!part || tells_places_apart(k, part, hole, axes->at[i]))) {
            return 0;
        }
        if (!at_own_place(k, part, hole, e->kid[i], old, axes)) {
            return 0;
        }
    }
    return at_own_place(k, part, hole, e->otherwise, old, axes);
}

static int part_reads_before(const Kernel *k, const Part *part, const Node *old, const VarList *axes)
{
    for (int h = 0; h < k->form->holes; h++) {
        const Expr *value = part->bind[h].value;
        const TemplateHole *said = said_of(k, k->form->hole[h].name + 1);
        if (reads_node(value, old) && !(said && said->early && at_own_place(k, part, h, value, old, axes))) {
            return 0;
        }
    }
    const PredicateClass *seen = &part->predicate;
    return !reads_node(seen->low, old) && !reads_node(seen->high, old) && !reads_node(part->result->empty, old);
}

int kernel_reads_before_storing(const Kernel *k, const Node *node, const Node *old)
{
    const Stored *stored = NULL;
    int safe = !kernel_stores(k, old);
    for (int i = 0; i < k->stored.n; i++) {
        stored = k->stored.at[i].node == node ? &k->stored.at[i] : stored;
        safe &= k->stored.at[i].node == node || !reads_node(k->stored.at[i].value, old);
    }
    const TemplateHole *said = k->form->text ? said_of(k, "store") : NULL;
    if (!stored || !safe || !said || !said->over || !at_own_place(k, NULL, 0, stored->value, old, &stored->axes)) {
        return 0;
    }
    for (int i = 0; i < k->part.n && safe; i++) {
        safe = part_reads_before(k, &k->part.at[i], old, &stored->axes);
    }
    for (int i = 0; i < k->inside.n && safe; i++) {
        const Node *inside = k->inside.at[i];
        safe = !reads_node(inside->body, old) && !reads_node(inside->where, old) && !reads_node(inside->empty, old);
    }
    return safe;
}

#include "kernel_use.h"

#include "../in_place.h"

Kernel *item_kernel(Plan *p, const Item *item)
{
    const int computes = item->kind == STEP_NODE || item->kind == STEP_ALONG;
    return computes && item->nodes.n && !item->default_of ? plan_info(p, item->nodes.at[0])->kernel : NULL;
}

int kernel_first(Plan *p, const Func *f, const Kernel *k)
{
    int i = 0;
    while (i < f->item.n && item_kernel(p, &f->item.at[i]) != k) {
        i++;
    }
    return i;
}

int kernel_last(Plan *p, const Func *f, const Kernel *k)
{
    int i = f->item.n - 1;
    while (i >= 0 && item_kernel(p, &f->item.at[i]) != k) {
        i--;
    }
    return i;
}

int kernel_stores(const Kernel *k, const Node *node)
{
    for (int i = 0; i < k->stored.n; i++) {
        if (k->stored.at[i].node == node) {
            return 1;
        }
    }
    return 0;
}

static void use_node(const Node *node, void (*use)(void *context, const Expr *e), void *context)
{
    use(context, node->body);
    use(context, node->where);
    use(context, node->empty);
}

void kernel_exprs(const Kernel *k, void (*use)(void *context, const Expr *e), void *context)
{
    for (int i = 0; i < k->part.n; i++) {
        for (int h = 0; h < k->form->holes; h++) {
            use(context, k->part.at[i].bind[h].value);
        }
        use_node(k->part.at[i].result, use, context);
    }
    for (int i = 0; i < k->inside.n; i++) {
        use_node(k->inside.at[i], use, context);
    }
    for (int i = 0; i < k->helper.n; i++) {
        use_node(k->helper.at[i], use, context);
    }
    for (int i = 0; i < k->stored.n; i++) {
        use(context, k->stored.at[i].value);
    }
}

int kernel_made_of(const Kernel *k, const Stored *s, const Part *part)
{
    int found = reads_node(s->value, part->result);
    for (int i = 0; i < k->stored.n && &k->stored.at[i] < s && !found; i++) {
        found = reads_node(s->value, k->stored.at[i].node) && kernel_made_of(k, &k->stored.at[i], part);
    }
    return found;
}

void kernel_mates(const Kernel *k, int *mate)
{
    for (int i = 0; i < k->part.n; i++) {
        mate[i] = i;
    }
    for (int n = 0; n < k->stored.n; n++) {
        for (int i = 0, first = -1; i < k->part.n; i++) {
            if (!kernel_made_of(k, &k->stored.at[n], &k->part.at[i])) {
                continue;
            }
            first = first < 0 ? mate[i] : first;
            for (int j = 0, old = mate[i]; j < k->part.n; j++) { /* both are one from now on, called by the first of them */
                mate[j] = mate[j] == old || mate[j] == first ? (old < first ? old : first) : mate[j];
            }
            first = mate[i];
        }
    }
}

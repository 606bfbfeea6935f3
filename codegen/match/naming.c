/* Names of what kernels store: the author's equation that has the same value, up to a constant factor, gives its name and its place in the
 * text. What no equation says is called after the first reduction in it. */
#include "covering.h"

/* Two values that differ in the names of their indices and in a factor have the same one. */
static const NormNode *key_of(Cover *c, NormExpr *value, double *factor)
{
    NormFactors factors = {0};
    *factor = 1;
    norm_factors(c->norm, value, &factors, factor);
    NormExpr *bare = norm_product(c->norm, value->type, factors.n, factors.at);
    if (!bare->nvars) {
        return NULL;
    }
    const NormExpr *read = norm_node(c->norm, RED_SUM, value->type, 0, NULL, c->norm->yes, bare);
    return read->kind == NORM_READ ? read->node : NULL;
}

typedef struct Named {
    const NormNode *key;
    double factor;
    const Node *node;
} Named;
typedef VEC(Named) NamedList;

static void take_name(Temp *t, const Named *named, double factor)
{
    const Node *from = named->node;
    t->node->name = from->name;
    t->node->span = from->span;
    if (named->factor == factor) {
        t->node->named = from->named;
        t->node->library = from->library;
        t->node->quote = from->quote;
    }
}

static void take_word(Temp *t)
{
    const DraftPart *part = t->draft && t->draft->part.n ? &t->draft->part.at[0] : NULL;
    const Node *from = part && part->node ? part->node->from : NULL;
    t->node->name = from && from->name ? from->name : str_of("value");
    t->node->span = from ? from->span : t->node->span;
}

static void name_one(Cover *c, Temp *t, const NamedList *list)
{
    double factor = 1;
    const int own = !t->out || t->out->id >= c->made;
    const NormNode *key = !own ? NULL : key_of(c, t->origin, &factor);
    const Named *best = NULL;
    for (int j = 0; key && j < list->n; j++) {
        if (list->at[j].key == key && (!best || list->at[j].node->named > best->node->named)) {
            best = &list->at[j];
        }
    }
    if (best) {
        t->equation = best->node;
        take_name(t, best, factor);
    } else if (own) {
        take_word(t);
    }
}

void naming(Cover *c, const NodeList *equations)
{
    NamedList list = {0};
    for (int i = 0; i < equations->n; i++) {
        const char *why = NULL;
        NormExpr *value = norm_equation(c->graph, equations->at[i], &why);
        Named named = {.node = equations->at[i]};
        named.key = value ? key_of(c, value, &named.factor) : NULL;
        if (named.key) {
            vec_push(c->p->arena, list, named);
        }
    }
    for (int i = 0; i < c->done.n; i++) {
        for (int k = 0; k < c->done.at[i]->stored.n; k++) {
            name_one(c, c->done.at[i]->stored.at[k], &list);
        }
    }
    for (int i = 0; i < c->stash.n; i++) {
        name_one(c, c->stash.at[i].temp, &list);
    }
}

/* Reductions that a kernel of several reductions computes where it reads them: what a score is made of. */
#include "covering.h"
#include "../template/template.h"

int needs_query(const Form *form)
{
    for (int r = 0; r < form->roles; r++) {
        if (form->role[r].result && form->role[r].needed) {
            return 1;
        }
    }
    return 0;
}

static int summed_by(const Draft *d, const NormExpr *var)
{
    for (int r = 0; r < d->form->roles; r++) {
        if (!d->form->role[r].result && list_has(&d->part.at[0].role[r], var)) {
            return 1;
        }
    }
    return 0;
}

/* The sum of products of a form that has a single query: each key is read once, so what reads it may stay where it is read. Not what is a
 * product of the same key with the weights of several results. */
static int is_dot(Cover *c, const Draft *d, const NormExpr *read)
{
    const NormNode *node = read->node;
    const TemplateHole *score = d->form->text ? template_hole(d->form->text, str_of("s")) : NULL;
    double n = 1;
    if (!score || d->inside.n || node->reduce != RED_SUM || node->where != c->norm->yes ||
        ragged_vars(node->var + node->free, node->bound)) {
        return 0;
    }
    for (int k = node->free; k < node->free + node->bound; k++) {
        n *= (double)node->var[k]->dim->length;
    }
    NormFactors all = {0};
    double coef;
    unsigned used = 0;
    int weights = 1;
    norm_factors(c->norm, box_body(c, node), &all, &coef);
    for (int i = 0; i < all.n; i++) {
        unsigned own = 0, key = 0;
        for (int k = 0; k < node->free; k++) {
            const unsigned bit = norm_uses(all.at[i].e, node->var[k]) ? 1u << k : 0;
            own |= bit;
            key |= summed_by(d, read->kid[k]) ? bit : 0;
        }
        used |= key ? own : 0;
        weights &= key || is_params(c, all.at[i].e);
    }
    return n <= score->dot && (!weights || used + 1 == 1u << node->free);
}

/* A reduction over pairs of a result's index and a summed one. */
static int spans(Cover *c, const Draft *d, const NormExpr *read)
{
    int result = 0, summed = 0;
    for (int r = 0; r < d->form->roles; r++) {
        const FormRole *role = &d->form->role[r];
        for (int k = 0; role->needed && k < read->nvars; k++) {
            const int in = list_has(&d->part.at[0].role[r], read->vars[k]);
            result |= in && role->result;
            summed |= in && !role->result;
        }
    }
    for (int k = 0; k < read->n; k++) {
        if (read->kid[k]->kind != NORM_VAR) {
            return 0;
        }
    }
    return summed && (needs_query(d->form) ? result : is_dot(c, d, read));
}

static void inside_of(Cover *c, Draft *d, NormExpr *e)
{
    NormList reads = {0};
    norm_reads(c->norm, e, &reads);
    for (int i = 0; i < reads.n; i++) {
        NormExpr *read = reads.at[i];
        if (!read->node || box_is_inside(d, read->node) || !spans(c, d, read)) {
            continue;
        }
        vec_push(c->p->arena, d->inside, read->node);
        const NormInstance inner = box_instance(c, read->node, read->kid, NULL);
        inside_of(c, d, inner.where);
        inside_of(c, d, inner.body);
    }
}

void formula_close(Cover *c, Draft *d)
{
    for (int i = 0; i < c->box.n; i++) {
        if (c->box.at[i].kind == BOX_HOLE && c->box.at[i].draft == d) {
            inside_of(c, d, c->box.at[i].e);
        }
    }
    for (int i = 0; i < d->inside.n; i++) {
        NormNode *node = d->inside.at[i];
        const Box where = {.kind = BOX_INSIDE_WHERE, .draft = d, .inside = node, .e = box_where(c, node)};
        const Box body = {.kind = BOX_INSIDE_BODY, .draft = d, .inside = node, .e = box_body(c, node)};
        vec_push(c->p->arena, c->box, where);
        vec_push(c->p->arena, c->box, body);
    }
}

/* A product whose left side are windows that overlap reads each value many times: a formula in it is stored once, before the product. In
 * `sum[i,k] w[o,i,k] * (0 <= t + k < len(t) ? f(t + k, i) : 0)` that is f(t, i); outside of a tensor all is 0. Where f is a kernel's result
 * with a bias and an activation the result grows to it, and nothing is stored twice. */
#include "covering.h"
#include "../template/template.h"

typedef struct Window { /* the sums of indices that a formula is read at, and the index each becomes */
    Cover *c;
    const NormList *along, *over;
    NormList sum, index;
    int mixed; /* something else reads both */
} Window;

static int slides(const Window *w, const NormExpr *e)
{
    return norm_affine(e) && norm_uses_any(e, w->along->n, w->along->at) && norm_uses_any(e, w->over->n, w->over->at);
}

static void find_sums(Window *w, NormExpr *e)
{
    for (int k = 0; k < e->n; k++) {
        if (e->kind == NORM_READ && slides(w, e->kid[k])) {
            if (!list_has(&w->sum, e->kid[k])) {
                const Dim *axis = e->source ? e->source->free.at[k]->dim : e->node->var[k]->dim;
                vec_push(w->c->p->arena, w->sum, e->kid[k]);
                vec_push(w->c->p->arena, w->index, norm_fresh(w->c->norm, (Dim *)axis));
            }
        } else {
            find_sums(w, e->kid[k]);
        }
    }
}

static NormExpr *exchanged(void *context, NormExpr *e)
{
    const Window *w = context;
    for (int i = 0; i < w->sum.n; i++) {
        if (w->sum.at[i] == e) {
            return w->index.at[i];
        }
    }
    return NULL;
}

/* Every part of the condition says that one of the sums is within its dim. */
static int is_range(const Window *w, NormExpr *condition)
{
    Norm *m = w->c->norm;
    NormList have = {0}, said = {0};
    norm_conjuncts(m, condition, &have);
    for (int i = 0; i < w->sum.n; i++) {
        norm_conjuncts(m, norm_in_range(m, w->sum.at[i], w->index.at[i]->dim), &said);
    }
    for (int i = 0; i < have.n; i++) {
        if (!list_has(&said, have.at[i])) {
            return 0;
        }
    }
    return 1;
}

static int is_proven(const Window *w)
{
    for (int i = 0; i < w->sum.n; i++) {
        if (!norm_inside(w->c->norm, w->sum.at[i], w->index.at[i]->dim)) {
            return 0;
        }
    }
    return 1;
}

/* The factor as a read of a tensor; itself where it is one already, or cannot be. */
static NormExpr *stored(Cover *c, NormExpr *factor, const NormList *along, const NormList *over)
{
    Window w = {.c = c, .along = along, .over = over};
    NormExpr *e = factor->kind == NORM_SELECT && norm_is_num(factor->kid[2], 0) ? factor->kid[1] : factor;
    if (e->kind == NORM_READ && !e->node) {
        return factor;
    }
    find_sums(&w, e);
    if (!w.sum.n || !(e == factor ? is_proven(&w) : is_range(&w, factor->kid[0]))) {
        return factor;
    }
    NormExpr *value = norm_rebuild(c->norm, e, exchanged, &w);
    for (int i = 0; i < w.sum.n; i++) {
        if (norm_uses_any(value, w.sum.at[i]->nvars, w.sum.at[i]->vars)) {
            return factor; /* it depends on more than the place */
        }
    }
    NormExpr *read = stash_of(c, value, 1);
    return read == value ? factor : norm_replace(c->norm, read, w.index.n, w.index.at, w.sum.at);
}

int form_reads_runs(const Form *form)
{
    for (int h = 0; form->text && h < form->holes; h++) {
        const TemplateHole *said = template_hole(form->text, str_of(form->hole[h].name + 1));
        if (said && said->runs) {
            return 1;
        }
    }
    return 0;
}

/* Bound indices are what is summed over; free ones that the weight does not read are places. */
static void look(Cover *c, Box *box)
{
    const NormNode *node = box->node;
    NormFactors all = {0};
    NormList along = {0}, over = {0};
    double coef = 1;
    norm_factors(c->norm, box->e, &all, &coef);
    for (int k = 0; k < node->free + node->bound; k++) {
        int weighs = 0;
        for (int i = 0; i < all.n; i++) {
            weighs |= is_load_time(c, all.at[i].e) && norm_uses(all.at[i].e, node->var[k]);
        }
        if (k >= node->free) {
            vec_push(c->p->arena, over, node->var[k]);
        } else if (!weighs) {
            vec_push(c->p->arena, along, node->var[k]);
        }
    }
    if (along.n == node->free) { /* no columns */
        return;
    }
    for (int i = 0; i < all.n; i++) {
        if (all.at[i].power == 1 && !is_load_time(c, all.at[i].e)) {
            all.at[i].e = stored(c, all.at[i].e, &along, &over);
        }
    }
    NormExpr *made = norm_scale(c->norm, norm_product(c->norm, T_REAL, all.n, all.at), coef);
    for (int i = 0; i < c->box.n; i++) { /* they may have moved */
        if (c->box.at[i].kind == BOX_BODY && c->box.at[i].node == node) {
            c->box.at[i].e = made;
        }
    }
}

void windows_store(Cover *c)
{
    int known = 0;
    for (int i = 0; i < c->form.n; i++) {
        known |= form_reads_runs(c->form.at[i]);
    }
    const int boxes = known ? c->box.n : 0;
    for (int i = 0; i < boxes; i++) {
        Box box = c->box.at[i];
        if (box.kind == BOX_BODY && box.node->reduce == RED_SUM && box.node->type == T_REAL) {
            look(c, &box);
        }
    }
}

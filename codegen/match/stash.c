/* Formulas that a kernel would compute again for each pair of a query and a key: an operand of a product inside (a rotated query), a value.
 * They depend on one side only, and are stored once, as maps. Where that side is a kernel's result already, the result grows to it, and
 * nothing is stored twice. */
#include "covering.h"
#include "../template/template.h"

typedef enum Side { SIDE_NONE, SIDE_QUERY, SIDE_KEY, SIDE_BOTH } Side;

/* Query: an index of the result that the form needs; key: one that is summed. */
static Side side_of_var(const Draft *d, const NormExpr *var)
{
    for (int r = 0; r < d->form->roles; r++) {
        const FormRole *role = &d->form->role[r];
        if (role->needed && list_has(&d->part.at[0].role[r], var)) {
            return role->result ? SIDE_QUERY : SIDE_KEY;
        }
    }
    return SIDE_NONE;
}

/* How a reduction inside is read in the holes: which index each of its variables is. */
static const NormExpr *read_of(Cover *c, const Draft *d, const NormNode *node)
{
    for (int i = 0; i < c->box.n; i++) {
        NormList reads = {0};
        if (c->box.at[i].kind != BOX_HOLE || c->box.at[i].draft != d) {
            continue;
        }
        norm_reads(c->norm, c->box.at[i].e, &reads);
        for (int k = 0; k < reads.n; k++) {
            if (reads.at[k]->node == node) {
                return reads.at[k];
            }
        }
    }
    return NULL;
}

static Side side_of(const Draft *d, const NormExpr *read, const NormExpr *e)
{
    int side = SIDE_NONE;
    for (int k = 0; k < e->nvars; k++) {
        const int var = e->vars[k]->var;
        if (!read) {
            side |= (int)side_of_var(d, e->vars[k]);
        } else if (var < read->n) {
            side |= (int)side_of_var(d, read->kid[var]);
        }
    }
    return (Side)side;
}

/* One tensor, read in place. */
static int is_bare(const NormExpr *e)
{
    for (int k = 0; k < e->n; k++) {
        if (!norm_affine(e->kid[k])) {
            return 0;
        }
    }
    return e->kind == NORM_READ && !e->node;
}

NormExpr *stash_of(Cover *c, NormExpr *e, int pairs)
{
    NormExpr *own = norm_node(c->norm, RED_SUM, T_REAL, 0, NULL, c->norm->yes, e), *axis[NORM_AXES];
    if (own->kind != NORM_READ || !own->node || (!pairs && ragged_vars(e->vars, e->nvars) > 1)) {
        return e;
    }
    for (int i = 0; i < c->stash.n; i++) {
        if (c->stash.at[i].key == own->node) { /* the same for another kernel */
            return temp_read_as(c, c->stash.at[i].temp, c->stash.at[i].own, own->kid);
        }
    }
    NormExpr *fresh[NORM_AXES];
    for (int k = 0; k < own->n; k++) {
        fresh[k] = norm_fresh(c->norm, own->kid[k]->dim);
        axis[k] = fresh[k];
    }
    NormExpr *value = norm_replace(c->norm, e, own->n, own->kid, fresh);
    stride_sort(&value, 1, axis, own->n);
    Stash s = {.key = own->node, .own = norm_read_node(c->norm, own->node, fresh)};
    s.temp = temp_new(c, own->n, axis, value, temp_origin(c, value));
    vec_push(c->p->arena, c->stash, s);
    vec_push(c->p->arena, c->box, ((Box){.kind = BOX_STASH, .stash = s.temp, .e = value}));
    return temp_read_as(c, s.temp, s.own, own->kid);
}

/* It is computed again for each pair, or made of reductions that their kernel can finish. */
static int wants_storing(Cover *c, const Draft *d, NormExpr *e)
{
    NormList reads = {0};
    int made = needs_query(d->form);
    norm_reads(c->norm, e, &reads);
    for (int i = 0; i < reads.n; i++) {
        made |= reads.at[i]->node != NULL;
    }
    return made && !is_bare(e);
}

/* The operands of a product inside, each of one side. */
static NormExpr *operands(Cover *c, const Draft *d, const NormExpr *read, NormExpr *body)
{
    NormFactors all = {0}, side[4] = {{0}}, made = {0};
    double coef = 1;
    norm_factors(c->norm, body, &all, &coef);
    for (int i = 0; i < all.n; i++) {
        Side s = side_of(d, read, all.at[i].e);
        s = s == SIDE_NONE ? SIDE_QUERY : s;
        vec_push(c->p->arena, side[s], all.at[i]);
    }
    if (side[SIDE_BOTH].n || !side[SIDE_KEY].n || !side[SIDE_QUERY].n) {
        return body;
    }
    for (int s = SIDE_QUERY; s <= SIDE_KEY; s++) {
        NormExpr *e = norm_product(c->norm, T_REAL, side[s].n, side[s].at);
        e = side_of(d, read, e) != SIDE_NONE && wants_storing(c, d, e) ? stash_of(c, e, 0) : e;
        vec_push(c->p->arena, made, ((NormFactor){e, 1}));
    }
    return norm_scale(c->norm, norm_product(c->norm, T_REAL, made.n, made.at), coef);
}

/* A hole that is one side alone: values. Conditions and scores are what they are. */
static int is_one_side(const Draft *d, const Box *box)
{
    const FormHole *hole = &d->form->hole[box->hole];
    int result = 0, summed = 0;
    for (int r = 0; r < d->form->roles; r++) {
        result |= (hole->roles >> r & 1u) && d->form->role[r].needed && d->form->role[r].result;
        summed |= (hole->roles >> r & 1u) && d->form->role[r].needed && !d->form->role[r].result;
    }
    const TemplateHole *said = d->form->text ? template_hole(d->form->text, str_of(hole->name + 1)) : NULL;
    return !hole->predicate && summed && !result && !(said && said->dot);
}

void stash_operands(Cover *c, Draft *d)
{
    const int boxes = c->box.n;
    for (int i = 0; i < boxes; i++) {
        const Box box = c->box.at[i];
        NormExpr *e = box.e;
        if (box.draft == d && box.kind == BOX_INSIDE_BODY && box.inside->reduce == RED_SUM) {
            const NormExpr *read = read_of(c, d, box.inside);
            e = read ? operands(c, d, read, e) : e;
        } else if (box.draft == d && box.kind == BOX_HOLE && is_one_side(d, &box) && wants_storing(c, d, e) && e->nvars) {
            e = stash_of(c, e, 0);
        }
        c->box.at[i].e = e;
    }
}

/* ---- when what it reads is there ---------------------------------------------------------------------------------------------------- */

typedef struct Same {
    Cover *c;
    const Temp *stash;
    const NormExpr *e; /* a read of another tensor, over the axes of the stash */
} Same;

static NormExpr *same(void *context, NormExpr *e)
{
    Same *s = context;
    return e->kind == NORM_READ && e->source == s->stash->node
               ? norm_replace(s->c->norm, (NormExpr *)s->e, s->stash->n, s->stash->axis, e->kid)
               : NULL;
}

/* Its axes lie as those of what it reads, which is known only now. */
static void lay_out(Cover *c, Temp *t)
{
    NormExpr *axis[NORM_AXES];
    int same = 1;
    for (int k = 0; k < t->n; k++) {
        axis[k] = t->axis[k];
    }
    stride_sort(&t->value, 1, axis, t->n);
    for (int k = 0; k < t->n; k++) {
        for (int i = 0; i < t->n; i++) {
            t->out_axis[k] = t->axis[i] == axis[k] ? i : t->out_axis[k];
        }
        same &= t->out_axis[k] == k;
    }
    t->out = same ? NULL : temp_node(c, t->n, axis, t->node->type);
}

int stash_advance(Cover *c)
{
    for (int i = 0; i < c->box.n; i++) {
        const Box box = c->box.at[i];
        if (box.kind != BOX_STASH || box.stash->ready || !is_known(c, box.e, NULL, 0)) {
            continue;
        }
        for (int k = i + 1; k < c->box.n; k++) {
            c->box.at[k - 1] = c->box.at[k];
        }
        c->box.n--;
        if (is_bare(box.e)) { /* a kernel stored it */
            boxes_rewrite(c, same, &(Same){c, box.stash, box.e});
        } else {
            box.stash->ready = 1;
            box.stash->value = box.e;
            lay_out(c, box.stash);
            vec_push(c->p->arena, c->event, ((Event){.map = box.stash}));
        }
        return 1;
    }
    return 0;
}

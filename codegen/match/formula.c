/* Forms of several reductions: every product of every open expression is tried. A match is repeated in variables of its own, since the same
 * product may be read at several places (x[t - 1] and x[t']), and every instance of it becomes a read of the result. */
#include "covering.h"

typedef struct Match {
    NormExpr *core, *big; /* in variables of their own; big: the reduction with the most axes */
    Env env;
    NormList role[MOST_ROLES];
} Match;

typedef struct Formula {
    Cover *c;
    const Form *form;
    NormList tried;
    Match match;
} Formula;

static NormExpr *without(Cover *c, NormExpr *product, const NormFactors *left)
{
    NormFactors all = {0}, kept = {0};
    double coef;
    norm_factors(c->norm, product, &all, &coef);
    for (int i = 0; i < all.n; i++) {
        int rest = 0;
        for (int k = 0; k < left->n && !rest; k++) {
            rest = left->at[k].e == all.at[i].e && left->at[k].power == all.at[i].power;
        }
        if (!rest) {
            vec_push(c->p->arena, kept, all.at[i]);
        }
    }
    return norm_product(c->norm, product->type, kept.n, kept.at);
}

static NormExpr *largest_read(Cover *c, NormExpr *core)
{
    NormFactors all = {0};
    double coef;
    NormExpr *big = NULL;
    norm_factors(c->norm, core, &all, &coef);
    for (int i = 0; i < all.n; i++) {
        NormExpr *e = all.at[i].e;
        if (e->kind == NORM_READ && e->node && all.at[i].power == 1 && (!big || e->n > big->n)) {
            big = e;
        }
    }
    return big;
}

/* ---- variables of its own ----------------------------------------------------------------------------------------------------------- */

typedef struct Own {
    Cover *c;
    const NormExpr *big;
    NormExpr *fresh[NORM_AXES];
} Own;

static NormExpr *own_index(const Own *o, const NormExpr *e)
{
    for (int k = 0; k < o->big->n; k++) {
        if (o->big->kid[k] == e) {
            return o->fresh[k];
        }
    }
    return NULL;
}

static NormExpr *to_own(void *context, NormExpr *e)
{
    Own *o = context;
    if (e->kind == NORM_VAR) {
        return own_index(o, e);
    }
    if (e->kind != NORM_READ || !e->node) {
        return NULL;
    }
    NormExpr *index[NORM_AXES];
    for (int k = 0; k < e->n; k++) {
        NormExpr *mine = own_index(o, e->kid[k]);
        index[k] = mine ? mine : norm_rebuild(o->c->norm, e->kid[k], to_own, o);
    }
    return norm_read_node(o->c->norm, e->node, index);
}

static int distinct_kids(const NormExpr *e)
{
    for (int k = 0; k < e->n; k++) {
        for (int i = 0; i < k; i++) {
            if (e->kid[i] == e->kid[k]) {
                return 0;
            }
        }
    }
    return 1;
}

static Str in_own_variables(Formula *f, NormExpr *core)
{
    Cover *c = f->c;
    Own own = {.c = c, .big = largest_read(c, core)};
    if (!own.big || !distinct_kids(own.big)) {
        return str_of("the weighted sum lacks an index of its divisor");
    }
    for (int k = 0; k < own.big->n; k++) {
        own.fresh[k] = norm_fresh(c->norm, own.big->node->var[k]->dim);
    }
    NormExpr *mine = norm_rebuild(c->norm, core, to_own, &own);
    for (int k = 0; k < mine->nvars; k++) {
        int found = 0;
        for (int i = 0; i < own.big->n && !found; i++) {
            found = own.fresh[i] == mine->vars[k];
        }
        if (!found) {
            return str_of("the weighted sum lacks an index of its divisor");
        }
    }
    Unify u = {.cover = c, .form = f->form};
    EnvList env = {0};
    unify(&u, f->form->head->root, mine, &(Env){0}, &env);
    Str why = str_of("the product does not match in variables of its own");
    for (int i = 0; i < env.n; i++) {
        why = roles_of(c, f->form, &env.at[i], f->match.role);
        if (!why) {
            f->match.core = mine;
            f->match.big = norm_read_node(c->norm, own.big->node, own.fresh);
            f->match.env = env.at[i];
            why = contract_when(c, f->form, f->match.role, env.at[i].hole);
            if (!why) {
                return NULL;
            }
        }
    }
    return why;
}

/* ---- search ------------------------------------------------------------------------------------------------------------------------- */

static int try_product(Formula *f, NormExpr *e, const NormNode *about)
{
    Unify u = {.cover = f->c, .form = f->form};
    ProductMatches matches = {0};
    unify_product(&u, f->form->head->root, e, &(Env){0}, &matches);
    Str why = u.many ? str_of("too many factors") : NULL;
    for (int i = 0; i < matches.n; i++) {
        why = in_own_variables(f, without(f->c, e, &matches.at[i].left));
        if (!why) {
            return 1;
        }
    }
    if (why) {
        NormExpr *big = largest_read(f->c, e);
        why_add(f->c, NULL, f->form, big ? big->node : about, why);
    }
    return 0;
}

static int try_within(Formula *f, NormExpr *e, const NormNode *about)
{
    if (list_has(&f->tried, e)) {
        return 0;
    }
    for (int k = 0; k < e->n; k++) {
        if (e->kid[k]->n && try_within(f, e->kid[k], about)) {
            return 1;
        }
    }
    const int alone = e->kind == NORM_READ && e->node && f->form->head->root->kind == NORM_READ; /* a sum of what another sum gives */
    if ((e->kind == NORM_PRODUCT || alone) && try_product(f, e, about)) {
        return 1;
    }
    vec_push(f->c->p->arena, f->tried, e);
    return 0;
}

/* ---- taking it ---------------------------------------------------------------------------------------------------------------------- */

typedef struct Instances {
    Cover *c;
    const Match *match;
    const Temp *result;
} Instances;

static NormExpr *instance(void *context, NormExpr *e)
{
    Instances *s = context;
    Norm *m = s->c->norm;
    NormFactors all = {0}, kept = {0};
    double coef;
    if (e->kind != NORM_PRODUCT && (e->kind != NORM_READ || e->node != s->match->big->node)) {
        return NULL;
    }
    norm_factors(m, e, &all, &coef);
    for (int i = 0; i < all.n; i++) {
        const NormExpr *read = all.at[i].e;
        if (read->kind != NORM_READ || read->node != s->match->big->node) {
            continue;
        }
        NormFactors want = {0};
        norm_factors(m, norm_replace(m, s->match->core, read->n, s->match->big->kid, read->kid), &want, &coef);
        kept.n = 0;
        int found = 0;
        for (int k = 0; k < all.n; k++) {
            int wanted = 0;
            for (int w = 0; w < want.n && !wanted; w++) {
                wanted = want.at[w].e == all.at[k].e && want.at[w].power == all.at[k].power;
            }
            found += wanted;
            if (!wanted) {
                vec_push(s->c->p->arena, kept, ((NormFactor){norm_rebuild(m, all.at[k].e, instance, s), all.at[k].power}));
            }
        }
        if (found == want.n) {
            NormExpr *index[NORM_AXES];
            for (int k = 0; k < read->n; k++) {
                index[k] = norm_rebuild(m, read->kid[k], instance, s);
            }
            vec_push(s->c->p->arena, kept, ((NormFactor){temp_read_as(s->c, s->result, s->match->big, index), 1}));
            return norm_product(m, e->type, kept.n, kept.at);
        }
    }
    return NULL;
}

typedef struct Largest { /* reads of the maximum become reads of the running one */
    Cover *c;
    NormExpr *read;
    Node *node;
} Largest;

static NormExpr *running(void *context, NormExpr *e)
{
    Largest *l = context;
    return e == l->read ? norm_read(l->c->norm, l->node, e->kid) : NULL;
}

static void open_holes(Cover *c, Draft *d, DraftPart *part, const Match *match)
{
    Largest l = {.c = c};
    for (int i = 0; i < match->env.pairs; i++) {
        if (match->env.model_read[i]->node->reduce == RED_MAX) {
            l.read = part->largest = match->env.model_read[i];
            l.node = part->maximum = temp_node(c, l.read->n, l.read->kid, T_REAL);
        }
    }
    for (int h = 0; h < d->form->holes; h++) {
        NormExpr *e = match->env.rest[h] ? match->env.rest[h] : match->env.hole[h];
        const FormHole *known = &d->form->hole[h];
        if (known->fades[0]) {
            e = fades(c, e, &match->role[form_role(d->form, known->fades[0])], &match->role[form_role(d->form, known->fades[1])]);
        }
        const Box box = {.kind = BOX_HOLE, .draft = d, .hole = h, .e = l.read ? norm_rebuild(c->norm, e, running, &l) : e};
        vec_push(c->p->arena, c->box, box);
    }
}

static void take(Formula *f)
{
    Cover *c = f->c;
    const Match *match = &f->match;
    Draft *d = arena_new_of(c->p->arena, Draft);
    DraftPart part = {.core = match->core};
    d->form = f->form;
    for (int r = 0; r < f->form->roles; r++) {
        part.role[r] = match->role[r];
    }
    NormExpr *axis[NORM_AXES];
    for (int r = 0; r < f->form->roles; r++) {
        stride_sort(match->env.hole, f->form->holes, part.role[r].at, part.role[r].n);
    }
    stride_sort_result(c, match->big, match->env.hole, f->form, part.role, axis);
    part.read = match->big;
    part.accumulator = temp_new(c, match->big->n, axis, NULL, match->core);
    part.accumulator->accumulator = 1;
    part.first = temp_new(c, match->big->n, axis, temp_read(c, part.accumulator, axis), match->core);
    part.first->draft = d;
    vec_push(c->p->arena, d->part, part);
    vec_push(c->p->arena, c->pending, d);
    open_holes(c, d, &d->part.at[0], match);
    Instances s = {c, match, part.first};
    boxes_rewrite(c, instance, &s);
}

static int find(Formula *f)
{
    for (int i = 0; i < f->c->box.n; i++) {
        if (try_within(f, f->c->box.at[i].e, f->c->box.at[i].node)) {
            return 1;
        }
    }
    return 0;
}

/* Of two positions, as weights are. */
static int is_weight(const NormExpr *e)
{
    int positions = 0;
    for (int i = 0; i < e->nvars; i++) {
        positions += dim_is_ragged(e->vars[i]->dim);
    }
    return positions > 1;
}

/* That of sums weighted by exp(..). */
static const Form *weighted_form(const Cover *c)
{
    for (int i = 0; i < c->form.n; i++) {
        if (c->form.at[i]->head->formula) {
            return c->form.at[i];
        }
    }
    return NULL;
}

static int is_exp_of(const NormExpr *e)
{
    return e->kind == NORM_CALL && e->op == OP_EXP;
}

/* What is left, and almost is one. */
void formula_almost(Cover *c)
{
    const Form *form = weighted_form(c);
    for (int i = 0; form && i < c->box.n; i++) {
        NormFactors all = {0};
        double coef;
        int exps = 0, others = 0;
        const Box *box = &c->box.at[i];
        if (box->kind != BOX_BODY || box->node->reduce != RED_SUM) {
            continue;
        }
        norm_factors(c->norm, box->e, &all, &coef);
        for (int k = 0; k < all.n; k++) {
            const int is_exp = is_exp_of(all.at[k].e);
            exps |= is_exp;
            others |= !is_exp && is_weight(all.at[k].e);
        }
        if (exps && all.n > 1) {
            why_add(c, NULL, form, box->node,
                    str_of(others ? "a weight that is exp(..) times another factor: as exp(.. + log(factor)) it is a score"
                                  : "a sum weighted by exp(..) that is not divided by the sum of the same weights over the same domain"));
        }
    }
}

/* A sum over positions of what each place is worth to another, by weights of another kind: it stays plain loops. */
void formula_other_weights(Cover *c, const NormNode *node)
{
    const Form *form = weighted_form(c);
    NormFactors all = {0};
    double coef;
    int exps = 0, weights = 0;
    if (!form || node->reduce != RED_SUM || node->bound != 1 || !dim_is_ragged(node->var[node->free]->dim)) {
        return;
    }
    norm_factors(c->norm, box_body(c, node), &all, &coef);
    for (int k = 0; k < all.n; k++) {
        exps |= is_exp_of(all.at[k].e);
        weights |= is_weight(all.at[k].e) && norm_uses(all.at[k].e, node->var[node->free]);
    }
    if (weights && !exps && all.n > 1) {
        why_add(c, NULL, form, node, str_of("its weights are no exp(..) of a score divided by their sum"));
    }
}

void formula_cover(Cover *c, const Form *form)
{
    Formula f = {.c = c, .form = form};
    while (find(&f)) {
        take(&f);
    }
}

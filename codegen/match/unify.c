/* A head against an expression in normal form. Both are walked together; what stands for a hole must be the same everywhere. All ways in
 * which sums and products can be matched are tried, up to a limit. */
#include "covering.h"

static void add(Unify *u, EnvList *out, const Env *env)
{
    if (out->n >= MOST_ENVS) {
        u->many = 1;
        return;
    }
    vec_push(u->cover->p->arena, *out, *env);
}

static int role_of_letter(const Unify *u, const NormExpr *var)
{
    for (int r = 0; r < u->form->roles; r++) {
        if (u->form->head->letter[r] == var || u->form->head->letter[r]->dim == var->dim) {
            return r;
        }
    }
    return -1;
}

/* ---- holes and letters -------------------------------------------------------------------------------------------------------------- */

static void bind_hole(Unify *u, int hole, NormExpr *e, const Env *env, EnvList *out)
{
    if (env->hole[hole]) {
        if (env->hole[hole] == e) {
            add(u, out, env);
        }
        return;
    }
    Env more = *env;
    more.hole[hole] = e;
    add(u, out, &more);
}

static void letter(Unify *u, const NormExpr *head, NormExpr *e, const Env *env, EnvList *out)
{
    const int r = role_of_letter(u, head);
    if (r < 0 || e->kind != NORM_VAR) {
        return;
    }
    if (env->letters[r]) {
        if (env->letters[r] == 1 && env->letter[r][0] == e) {
            add(u, out, env);
        }
        return;
    }
    Env more = *env;
    more.letter[r][0] = e;
    more.letters[r] = 1;
    add(u, out, &more);
}

/* ---- in order ----------------------------------------------------------------------------------------------------------------------- */

static void in_order(Unify *u, int n, NormExpr *const *head, NormExpr *const *e, const Env *env, EnvList *out)
{
    if (!n) {
        add(u, out, env);
        return;
    }
    EnvList first = {0};
    unify(u, head[0], e[0], env, &first);
    for (int i = 0; i < first.n; i++) {
        in_order(u, n - 1, head + 1, e + 1, &first.at[i], out);
    }
}

/* ---- products ----------------------------------------------------------------------------------------------------------------------- */

typedef struct Shares { /* factors that are left, dealt to the holes of a product */
    NormFactors hard, hole;
    ProductMatches *out;
} Shares;

/* What stands in a hole of which this share is a whole power; NULL: it is none. */
static NormExpr *root(Unify *u, const NormFactors *share, int power)
{
    NormFactors one = {0};
    for (int k = 0; k < share->n; k++) {
        if (share->at[k].power % power) {
            return NULL;
        }
        vec_push(u->cover->p->arena, one, ((NormFactor){share->at[k].e, share->at[k].power / power}));
    }
    return norm_product(u->cover->norm, T_REAL, one.n, one.at);
}

static void deal(Unify *u, const Shares *s, const NormFactors *left, const Env *env)
{
    const int holes = s->hole.n;
    int pick[16] = {0};
    if (left->n > 16) {
        u->many = 1;
        return;
    }
    for (;;) {
        EnvList now = {0};
        add(u, &now, env);
        for (int h = 0; h < holes && now.n; h++) {
            NormFactors share = {0};
            for (int k = 0; k < left->n; k++) {
                if (pick[k] == h) {
                    vec_push(u->cover->p->arena, share, left->at[k]);
                }
            }
            NormExpr *value = root(u, &share, s->hole.at[h].power);
            EnvList next = {0};
            for (int i = 0; i < now.n && value; i++) {
                bind_hole(u, s->hole.at[h].e->var, value, &now.at[i], &next);
            }
            now = next;
        }
        for (int i = 0; i < now.n; i++) {
            ProductMatch match = {.env = now.at[i]};
            vec_push(u->cover->p->arena, *s->out, match);
        }
        int k = 0;
        while (k < left->n && ++pick[k] == holes) {
            pick[k++] = 0;
        }
        if (k == left->n || s->out->n >= MOST_ENVS) {
            u->many |= s->out->n >= MOST_ENVS;
            return;
        }
    }
}

static void hard_factors(Unify *u, const Shares *s, int at, const NormFactors *left, const Env *env)
{
    if (at == s->hard.n) {
        if (s->hole.n) {
            deal(u, s, left, env);
        } else if (s->out->n < MOST_ENVS) {
            ProductMatch match = {.env = *env, .left = *left};
            vec_push(u->cover->p->arena, *s->out, match);
        }
        return;
    }
    for (int k = 0; k < left->n; k++) {
        if (left->at[k].power != s->hard.at[at].power) {
            continue;
        }
        EnvList now = {0};
        unify(u, s->hard.at[at].e, left->at[k].e, env, &now);
        NormFactors rest = {0};
        for (int i = 0; i < left->n; i++) {
            if (i != k) {
                vec_push(u->cover->p->arena, rest, left->at[i]);
            }
        }
        for (int i = 0; i < now.n; i++) {
            hard_factors(u, s, at + 1, &rest, &now.at[i]);
        }
    }
}

/* The factors of a head that are no holes, the largest first: the fewest ways to be wrong. */
static void sort_head(Unify *u, NormExpr *head, Shares *s)
{
    NormFactors all = {0};
    double coef = 1;
    norm_factors(u->form->head->norm, head, &all, &coef);
    for (int i = 0; i < all.n; i++) {
        if (all.at[i].e->kind == NORM_HOLE) {
            vec_push(u->cover->p->arena, s->hole, all.at[i]);
            continue;
        }
        int at = s->hard.n;
        vec_push(u->cover->p->arena, s->hard, all.at[i]);
        for (; at > 0 && s->hard.at[at - 1].e->size < all.at[i].e->size; at--) {
            s->hard.at[at] = s->hard.at[at - 1];
        }
        s->hard.at[at] = all.at[i];
    }
}

void unify_product(Unify *u, NormExpr *head, NormExpr *e, const Env *env, ProductMatches *out)
{
    Shares s = {.out = out};
    sort_head(u, head, &s);
    NormFactors factors = {0};
    double coef = 1;
    norm_factors(u->cover->norm, e, &factors, &coef);
    if (coef != 1) {
        vec_push(u->cover->p->arena, factors, ((NormFactor){norm_num(u->cover->norm, T_REAL, coef), 1}));
    }
    hard_factors(u, &s, 0, &factors, env);
}

/* ---- sums --------------------------------------------------------------------------------------------------------------------------- */

/* A known part of a head, in the words of the model. */
static NormExpr *image(Unify *u, NormExpr *head, const Env *env)
{
    Norm *m = u->cover->norm;
    for (int i = 0; i < env->pairs; i++) {
        if (env->head_read[i] == head) {
            return env->model_read[i];
        }
    }
    if (head->kind == NORM_NUM) {
        return norm_num(m, head->type, head->num);
    }
    if (head->kind == NORM_VAR) {
        const int r = role_of_letter(u, head);
        return r >= 0 && env->letters[r] == 1 ? env->letter[r][0] : NULL;
    }
    NormExpr *kid[8];
    if (head->n > 8 || head->kind == NORM_READ || head->kind == NORM_HOLE) {
        return NULL;
    }
    for (int k = 0; k < head->n; k++) {
        kid[k] = image(u, head->kid[k], env);
        if (!kid[k]) {
            return NULL;
        }
    }
    return norm_with_kids(m, head, kid);
}

/* $z * known = rest. */
static void divide(Unify *u, const NormTerm *soft, NormExpr *rest, const Env *env, EnvList *out)
{
    Norm *m = u->cover->norm;
    NormFactors all = {0}, quotient = {0};
    double coef = 1, constant = 0;
    int hole = -1;
    norm_factors(u->form->head->norm, soft->e, &all, &coef);
    for (int i = 0; i < all.n; i++) {
        if (all.at[i].e->kind == NORM_HOLE && all.at[i].power == 1) {
            hole = all.at[i].e->var;
            continue;
        }
        NormExpr *known = image(u, all.at[i].e, env);
        if (!known) {
            return;
        }
        vec_push(u->cover->p->arena, quotient, ((NormFactor){known, -all.at[i].power}));
    }
    if (hole < 0) {
        return;
    }
    Env more = *env;
    more.rest[hole] = rest;
    if (norm_is_num(rest, 0)) {
        bind_hole(u, hole, norm_num(m, T_REAL, 0), &more, out);
        return;
    }
    NormTerms terms = {0}, made = {0};
    norm_terms(m, rest, &terms, &constant);
    if (constant != 0) {
        vec_push(u->cover->p->arena, terms, ((NormTerm){norm_num(m, T_REAL, 1), constant}));
    }
    for (int i = 0; i < terms.n; i++) {
        NormFactors factors = {0};
        for (int k = 0; k < quotient.n; k++) {
            vec_push(u->cover->p->arena, factors, quotient.at[k]);
        }
        vec_push(u->cover->p->arena, factors, ((NormFactor){terms.at[i].e, 1}));
        vec_push(u->cover->p->arena, made, ((NormTerm){norm_product(m, T_REAL, factors.n, factors.at), terms.at[i].coef / soft->coef}));
    }
    bind_hole(u, hole, norm_sum(m, T_REAL, made.n, made.at, 0), &more, out);
}

static void hard_terms(Unify *u, const NormTerms *hard, int at, const NormTerm *soft, const NormTerms *left, double constant,
                       const Env *env, EnvList *out)
{
    if (at == hard->n) {
        NormExpr *rest = norm_sum(u->cover->norm, left->n && left->at[0].e->type == T_INT && !soft ? T_INT : T_REAL, left->n, left->at,
                                  constant);
        if (soft) {
            divide(u, soft, rest, env, out);
        } else if (norm_is_num(rest, 0)) {
            add(u, out, env);
        }
        return;
    }
    for (int k = 0; k < left->n; k++) {
        if (left->at[k].coef != hard->at[at].coef) {
            continue;
        }
        EnvList now = {0};
        unify(u, hard->at[at].e, left->at[k].e, env, &now);
        NormTerms rest = {0};
        for (int i = 0; i < left->n; i++) {
            if (i != k) {
                vec_push(u->cover->p->arena, rest, left->at[i]);
            }
        }
        for (int i = 0; i < now.n; i++) {
            hard_terms(u, hard, at + 1, soft, &rest, constant, &now.at[i], out);
        }
    }
}

static void unify_sum(Unify *u, NormExpr *head, NormExpr *e, const Env *env, EnvList *out)
{
    NormTerms all = {0}, hard = {0}, mine = {0};
    NormTerm soft = {0};
    double wanted = 0, have = 0;
    norm_terms(u->form->head->norm, head, &all, &wanted);
    norm_terms(u->cover->norm, e, &mine, &have);
    for (int i = 0; i < all.n; i++) {
        if (!all.at[i].e->has_hole) { /* a reduction has its holes in its body */
            vec_push(u->cover->p->arena, hard, all.at[i]);
            continue;
        }
        if (soft.e) {
            return;
        }
        soft = all.at[i];
    }
    hard_terms(u, &hard, 0, soft.e ? &soft : NULL, &mine, have - wanted, env, out);
}

/* ---- reductions --------------------------------------------------------------------------------------------------------------------- */

static void one_order(Unify *u, NormExpr *head, NormExpr *e, int r, const Env *env, NormExpr *const *bound, EnvList *out)
{
    const NormNode *mine = e->node;
    NormInstance there = norm_instance(u->form->head->norm, head->node, head->kid, &u->form->head->letter[r]);
    NormInstance here = box_instance(u->cover, mine, e->kid, bound);
    Env more = *env;
    if (!bound) {
        for (int k = 0; k < mine->bound; k++) {
            more.letter[r][k] = here.bound[k];
        }
        more.letters[r] = mine->bound;
        more.tuple[r] = 1;
    }
    if (more.pairs == MOST_PAIRS) {
        return;
    }
    more.head_read[more.pairs] = head;
    more.model_read[more.pairs++] = e;
    EnvList bodies = {0};
    unify(u, there.body, here.body, &more, &bodies);
    for (int i = 0; i < bodies.n; i++) {
        unify(u, there.where, here.where, &bodies.at[i], out);
    }
}

/* All orders of the bound indices that the letter already stands for. */
static void orders(Unify *u, NormExpr *head, NormExpr *e, int r, const Env *env, NormExpr **bound, int at, EnvList *out)
{
    const NormNode *mine = e->node;
    if (at == mine->bound) {
        one_order(u, head, e, r, env, bound, out);
        return;
    }
    for (int k = 0; k < mine->bound; k++) {
        NormExpr *var = env->letter[r][k];
        int used = var->dim != mine->var[mine->free + at]->dim;
        for (int i = 0; i < at; i++) {
            used |= bound[i] == var;
        }
        if (!used) {
            bound[at] = var;
            orders(u, head, e, r, env, bound, at + 1, out);
        }
    }
}

static void reduction(Unify *u, NormExpr *head, NormExpr *e, const Env *env, EnvList *out)
{
    for (int i = 0; i < env->pairs; i++) {
        if (env->head_read[i] == head) {
            if (env->model_read[i] == e) {
                add(u, out, env);
            }
            return;
        }
    }
    const NormNode *mine = e->node;
    const int r = role_of_letter(u, head->node->var[head->node->free]);
    const int any = u->form->head->any && mine->reduce != RED_PICK;
    if (r < 0 || head->node->bound != 1 || mine->bound > MOST_BOUND || (mine->reduce != head->node->reduce && !any)) {
        return;
    }
    if (!env->tuple[r]) {
        if (!env->letters[r]) {
            one_order(u, head, e, r, env, NULL, out);
        }
    } else if (env->letters[r] == mine->bound) {
        NormExpr *bound[MOST_BOUND];
        orders(u, head, e, r, env, bound, 0, out);
    }
}

/* ---- any expression ----------------------------------------------------------------------------------------------------------------- */

void unify(Unify *u, NormExpr *head, NormExpr *e, const Env *env, EnvList *out)
{
    if (head->kind == NORM_HOLE) {
        bind_hole(u, head->var, e, env, out);
        return;
    }
    if (e->kind == NORM_NONZERO && head->kind != NORM_NONZERO) {
        e = e->kid[0];
    }
    if (head->kind == NORM_PRODUCT) {
        ProductMatches matches = {0};
        unify_product(u, head, e, env, &matches);
        for (int i = 0; i < matches.n; i++) {
            if (!matches.at[i].left.n) {
                add(u, out, &matches.at[i].env);
            }
        }
        return;
    }
    if (head->kind == NORM_SUM) {
        unify_sum(u, head, e, env, out);
        return;
    }
    if (head->kind == NORM_VAR) {
        letter(u, head, e, env, out);
        return;
    }
    if (head->kind != e->kind) {
        return;
    }
    switch (head->kind) {
    case NORM_NUM:
        if (head->num == e->num) {
            add(u, out, env);
        }
        return;
    case NORM_READ:
        if (head->node && e->node) {
            reduction(u, head, e, env, out);
        }
        return;
    case NORM_CALL:
        if (head->op != e->op) {
            return;
        }
        break;
    case NORM_LEN:
    case NORM_POS: return;
    default: break;
    }
    if (head->n == e->n) {
        in_order(u, head->n, head->kid, e->kid, env, out);
    }
}

/* The normal form for people. */
#include "norm_inner.h"

static void say(const NormNodes *list, const NormExpr *e, FILE *out);

static void say_all(const NormNodes *list, const NormExpr *e, const char *between, FILE *out)
{
    for (int k = 0; k < e->n; k++) {
        fputs(k ? between : "", out);
        say(list, e->kid[k], out);
    }
}

static void say_sum(const NormNodes *list, const NormExpr *e, FILE *out)
{
    fputc('(', out);
    for (int k = 0; k < e->n; k++) {
        const double c = e->coef[k], size = c < 0 ? -c : c;
        fputs(k ? c < 0 ? " - " : " + " : c < 0 ? "-" : "", out);
        if (size != 1) {
            fprintf(out, "%.9g*", size);
        }
        say(list, e->kid[k], out);
    }
    if (e->num != 0) {
        fprintf(out, e->num < 0 ? " - %.9g" : " + %.9g", e->num < 0 ? -e->num : e->num);
    }
    fputc(')', out);
}

static void say_read(const NormNodes *list, const NormExpr *e, FILE *out)
{
    int at = -1;
    for (int i = 0; e->node && list && i < list->n; i++) {
        at = list->at[i] == e->node ? i : at;
    }
    if (e->source) {
        fputs(e->source->name ? e->source->name : e->source->path ? e->source->path : "?", out);
    } else {
        fprintf(out, "N%d", at >= 0 ? at : e->node->id);
    }
    if (e->n > 0) {
        fputc('[', out);
        say_all(list, e, ",", out);
        fputc(']', out);
    }
}

static void say_compare(const NormNodes *list, const NormExpr *e, const char *sign, FILE *out)
{
    say(list, e->kid[0], out);
    fprintf(out, " %s ", sign);
    if (e->n == 1) {
        fputc('0', out);
    } else {
        say(list, e->kid[1], out);
    }
}

static void say_group(const NormNodes *list, const NormExpr *e, const char *name, const char *between, FILE *out)
{
    fprintf(out, "%s(", name);
    say_all(list, e, between, out);
    fputc(')', out);
}

static void say(const NormNodes *list, const NormExpr *e, FILE *out)
{
    switch (e->kind) {
    case NORM_NUM: fprintf(out, "%.9g", e->num); return;
    case NORM_VAR: fprintf(out, "%s.%d", e->dim->name, e->var); return;
    case NORM_LEN: fprintf(out, "len(%s)", e->dim->name); return;
    case NORM_POS:
        fprintf(out, "%s", e->dim->name);
        say_group(list, e, "@", ",", out);
        return;
    case NORM_READ: say_read(list, e, out); return;
    case NORM_HOLE:
        fprintf(out, "$%d", e->var);
        say_group(list, e, "", ",", out);
        return;
    case NORM_SUM: say_sum(list, e, out); return;
    case NORM_PRODUCT:
        for (int k = 0; k < e->n; k++) {
            fputs(k ? "*" : "", out);
            say(list, e->kid[k], out);
            if (e->power[k] != 1) {
                fprintf(out, "^%d", e->power[k]);
            }
        }
        return;
    case NORM_CALL: say_group(list, e, op_table[e->op].name, ", ", out); return;
    case NORM_SELECT: say_group(list, e, "where", ", ", out); return;
    case NORM_LE: say_compare(list, e, "<=", out); return;
    case NORM_LT: say_compare(list, e, "<", out); return;
    case NORM_EQ: say_compare(list, e, "==", out); return;
    case NORM_AND:
    case NORM_OR:
        if (e->n == 0) {
            fputs(e->kind == NORM_AND ? "true" : "false", out);
        } else {
            say_group(list, e, "", e->kind == NORM_AND ? " and " : " or ", out);
        }
        return;
    case NORM_NOT: say_group(list, e, "not", "", out); return;
    case NORM_NONZERO: say_group(list, e, "nonzero", "", out); return;
    }
}

void norm_print(const NormExpr *e, FILE *out)
{
    say(NULL, e, out);
}

void norm_print_in(const NormNodes *list, const NormExpr *e, FILE *out)
{
    say(list, e, out);
}

static void say_vars(int n, NormExpr *const *var, FILE *out)
{
    for (int k = 0; k < n; k++) {
        fprintf(out, "%s%s.%d", k ? "," : "", var[k]->dim->name, var[k]->var);
    }
}

void norm_print_nodes(const NormNodes *list, FILE *out)
{
    static const char *const word[] = {[RED_NONE] = "map", [RED_SUM] = "sum", [RED_PROD] = "prod", [RED_MAX] = "max",  [RED_MIN] = "min",
                                       [RED_ANY] = "any",  [RED_ALL] = "all", [RED_PICK] = "pick"};
    for (int i = 0; i < list->n; i++) {
        const NormNode *node = list->at[i];
        fprintf(out, "N%d", i);
        if (node->free) {
            fputc('[', out);
            say_vars(node->free, node->var, out);
            fputc(']', out);
        }
        fprintf(out, " = %s[", word[node->reduce]);
        say_vars(node->bound, node->var + node->free, out);
        if (!(node->where->kind == NORM_AND && node->where->n == 0)) {
            fputs(" where ", out);
            say(list, node->where, out);
        }
        fputs("] ", out);
        say(list, node->body, out);
        fputc('\n', out);
    }
}

/* ---- promises ------------------------------------------------------------------------------------------------------------------------ */

static const char *broken_sum(const NormExpr *e)
{
    for (int k = 0; k < e->n; k++) {
        if (e->coef[k] == 0) {
            return "a sum has a term of nothing";
        }
        const int inner = e->kid[k]->kind == NORM_SUM && e->kid[k]->type == e->type;
        if (e->kid[k]->kind == NORM_NUM || (inner && (e->type == T_INT || e->coef[k] == 1 || e->coef[k] == -1))) {
            return "a sum is not flat";
        }
    }
    return e->n == 1 && e->coef[0] == 1 && e->num == 0 ? "a sum of one term" : NULL;
}

static const char *broken_product(const NormExpr *e)
{
    int exps = 0;
    for (int k = 0; k < e->n; k++) {
        const NormExpr *kid = e->kid[k];
        exps += norm_is_exp(kid);
        if (e->power[k] == 0 || kid->kind == NORM_NUM || (kid->kind == NORM_PRODUCT && kid->type == e->type) ||
            (kid->kind == NORM_SUM && kid->type == e->type && kid->n == 1 && kid->num == 0)) {
            return "a product is not flat";
        }
    }
    return exps > 1 ? "a product has two exps" : e->n == 1 && e->power[0] == 1 ? "a product of one factor" : NULL;
}

const char *norm_verify(Norm *m, const NormExpr *e)
{
    const char *broken = e->kind == NORM_SUM ? broken_sum(e) : e->kind == NORM_PRODUCT ? broken_product(e) : NULL;
    for (int k = 0; k < e->n && !broken; k++) {
        broken = norm_verify(m, e->kid[k]);
    }
    if (!broken && norm_with_kids(m, e, e->kid) != e) {
        broken = "building it again makes another";
    }
    return broken;
}

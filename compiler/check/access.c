/* Reads of tensors and of parameters: which index stands for which axis.
 *
 * Adjacent indices merge row-major, left to right, into one axis of their product (`[h,e]` reads an axis of h*e as h*len(e)+e), and one
 * index splits over adjacent axes. Where one index stands on one axis is told in place.c. */
#include "checker.h"

#include <string.h>

/* ---- indices on axes -------------------------------------------------------------------------------------------------------------- */

static int64_t extent(const Expr *e) /* how many values an index takes, where that is a fixed number; else -1 */
{
    if (e->kind == EX_VAR) {
        const Dim *dim = e->var->dim;
        return dim->kind != DIM_FIXED ? -1 : dim->length;
    }
    if (e->kind == EX_READ && e->node->extent) {
        return e->node->extent->length;
    }
    return -1;
}

typedef struct Axes {
    int n;
    Dim **dim;
    const char *what;
    Span declared;
    int may_miss;
    VEC(char) formula; /* by index: more than a name was written, so it may leave the axis, even if it comes to a plain variable */
} Axes;

static int too_many(Check *c, const Axes *axes, int given, Span span)
{
    const char *text = "";
    for (int i = 0; i < axes->n; i++) {
        text = dim_is_ragged(axes->dim[i]) ? arena_printf(c->arena, "%s%s%s", text, i ? "," : "", axes->dim[i]->name)
                                           : arena_printf(c->arena, "%s%s%lld", text, i ? "," : "", (long long)axes->dim[i]->length);
    }
    check_error(c, span, "%s is [%s] and does not fit the %d %s given", axes->what, text, given, given == 1 ? "index" : "indices");
    if (axes->declared.source) {
        check_note(c, axes->declared, "%s is made here", axes->what);
    }
    return 0;
}

static int64_t taken(const Axes *axes, const ExprList *in, int k)
{
    return axes->formula.at[k] ? -1 : extent(in->at[k]);
}

/* Merges and splits: indices[0..m) onto axes; out gets one per axis. An index or an axis of one element may lack on the other side. */
static int regroup(Check *c, const Axes *axes, const ExprList *in, ExprList *out, Span span)
{
    int i = 0;
    for (int a = 0; a < axes->n;) {
        const int64_t wanted = dim_is_ragged(axes->dim[a]) ? -1 : axes->dim[a]->length;
        int64_t have = i < in->n ? taken(axes, in, i) : 0;
        const int left = in->n - i, axes_left = axes->n - a;
        if (wanted == 1 && left < axes_left && have != 1 && have >= 0) {
            vec_push(c->arena, *out, expr_int(c->graph, 0, span));
            a++;
            continue;
        }
        if (a > 0 && have == 1 && left > axes_left && wanted != 1) {
            out->at[a - 1] = expr_op(c->graph, OP_ADD, out->at[a - 1], in->at[i++], span);
            continue;
        }
        if (i == in->n) {
            return too_many(c, axes, in->n, span);
        }
        Expr *index = in->at[i];
        if (wanted >= 0 && have >= 0 && have < wanted && left > axes_left &&
            !(index->kind == EX_VAR && place_is_part(c, index, axes->dim[a]))) {
            int j = i + 1; /* merge */
            while (j < in->n && have < wanted && taken(axes, in, j) >= 0) {
                const int64_t next = taken(axes, in, j);
                index = expr_op(c->graph, OP_ADD, expr_op(c->graph, OP_MUL, index, expr_int(c->graph, next, span), span), in->at[j], span);
                have *= next;
                j++;
            }
            if (have != wanted) {
                return too_many(c, axes, in->n, span);
            }
            vec_push(c->arena, *out, index);
            i = j;
            a++;
            continue;
        }
        if (wanted >= 0 && have > wanted && left < axes_left) { /* split */
            int64_t product = 1;
            int b = a;
            while (b < axes->n && !dim_is_ragged(axes->dim[b]) && product < have) {
                product *= axes->dim[b++]->length;
            }
            if (product != have) {
                return too_many(c, axes, in->n, span);
            }
            for (int64_t below = product; a < b; a++) {
                below /= axes->dim[a]->length;
                Expr *part = below > 1 ? expr_op(c->graph, OP_IDIV, index, expr_int(c->graph, below, span), span) : index;
                if (below * axes->dim[a]->length != product) {
                    part = expr_op(c->graph, OP_MOD, part, expr_int(c->graph, axes->dim[a]->length, span), span);
                }
                vec_push(c->arena, *out, part);
            }
            i++;
            continue;
        }
        index = place_checked(c, index, axes->dim[a], axes->what, axes->declared, axes->formula.at[i], axes->may_miss);
        if (!index) {
            return 0;
        }
        vec_push(c->arena, *out, index);
        i++;
        a++;
    }
    while (axes->n > 0 && i < in->n && taken(axes, in, i) == 1) {
        out->at[axes->n - 1] = expr_op(c->graph, OP_ADD, out->at[axes->n - 1], in->at[i++], span);
    }
    return i == in->n || too_many(c, axes, in->n, span);
}

/* The expressions of an index list; *a gives all of a tuple. */
static int items(Check *c, Scope *scope, const AstList *list, Dim *const *axes, int n, Axes *into, ExprList *out)
{
    int fine = 1;
    for (int k = 0; k < list->n; k++) {
        const Ast *ast = list->at[k];
        if (ast->kind == AST_STAR) {
            const Entity *tuple = scope_find(scope, ast->name);
            if (!tuple || tuple->kind != EN_TUPLE) {
                scope_unknown(c, scope, ast->name, ast->span, "tuple of dims");
                return 0;
            }
            for (int i = 0; i < tuple->index.n; i++) {
                const Entity *var = scope_var(scope, str_format("*%s:%d", ast->name, i));
                if (!var) {
                    check_error(c, ast->span, "the indices '*%s' are not bound here", ast->name);
                    return 0;
                }
                scope_saw(c, scope, var->var);
                vec_push(c->arena, *out, expr_var(c->graph, var->var, ast->span));
                vec_push(c->arena, into->formula, 0);
            }
            continue;
        }
        if (ast->kind == AST_RANGE) {
            check_error(c, ast->span, "a range cannot be an index; make a dim of it");
            fine = 0;
            continue;
        }
        Dim *const outer = c->last;
        c->last = list->n == n && axes ? axes[k] : NULL;
        Expr *e = scalar(c, scope, ast);
        c->last = outer;
        if (e) {
            e = whole_to_int(c, e);
            if (e->type != T_INT) {
                check_error(c, ast->span, "an index has to be an integer, this is a real number");
                check_hint(c, "write 'int(%s)'", span_text(ast->span));
                e = NULL;
            }
        }
        fine &= e != NULL;
        if (e) {
            vec_push(c->arena, *out, e);
            vec_push(c->arena, into->formula, ast->kind != AST_NAME && e->kind == EX_VAR);
        }
    }
    return fine;
}

/* ---- tensors ---------------------------------------------------------------------------------------------------------------------- */

/* What stands for an element that is not there, as one of the node's. */
static Expr *otherwise_of(Check *c, const Node *node, Expr *otherwise, Span span)
{
    if (otherwise->type == T_REAL && node->type != T_REAL) {
        check_error(c, span,
                    "the value after '?"
                    "?' is real, what is read is not");
        return NULL;
    }
    return expr_to(c->graph, otherwise, node->type);
}

static Expr *read(Check *c, const Entity *tensor, const ExprList *index, Expr *otherwise, Span span)
{
    Node *node = unit_reach(c, tensor->node);
    Expr **at = arena_array(c->arena, Expr *, index->n + 1);
    for (int k = 0; k < index->n; k++) {
        at[tensor->axis[k]] = index->at[k];
    }
    if (otherwise && !(otherwise = otherwise_of(c, node, otherwise, span))) {
        return NULL;
    }
    return node->type == T_ERROR ? NULL : expr_read(c->graph, node, index->n, at, otherwise, span);
}

Expr *access_otherwise(Check *c, const Expr *read, Expr *otherwise)
{
    otherwise = otherwise_of(c, read->node, otherwise, read->span);
    return otherwise ? expr_read(c->graph, read->node, read->n, read->kid, otherwise, read->span) : NULL;
}

static int is_taken(const ExprList *indices, const Var *var)
{
    for (int k = 0; k < indices->n; k++) {
        if (indices->at[k]->kind == EX_VAR && indices->at[k]->var == var) {
            return 1;
        }
    }
    return 0;
}

/* The variable an index of a tensor stands for here: of that name as it is bound; or as it is shown (`*r` binds t as "*r:0"); or, where
 * names differ on the two sides of a call, the only one over its dim that no other index of the tensor has. */
static Var *var_of_index(const Scope *scope, const Index *index, const ExprList *taken)
{
    const Entity *found = scope_var(scope, index->name);
    Var *only = NULL;
    int candidates = 0;
    for (; !found && scope; scope = scope->parent) {
        for (int i = scope->vars.n - 1; i >= 0 && !found; i--) {
            Var *var = scope->vars.at[i]->var;
            found = var->name == index->name && var->dim == index->dim ? scope->vars.at[i] : NULL;
            if (var->dim == index->dim && var != only && !is_taken(taken, var)) {
                only = var;
                candidates++;
            }
        }
        if (scope->barrier) {
            break;
        }
    }
    return found ? found->var : candidates == 1 ? only : NULL;
}

Expr *access_whole(Check *c, Scope *scope, const Entity *tensor, Span span)
{
    ExprList at = {0};
    Scope *open = scope_open(scope), *statement = NULL;
    for (int k = 0; k < tensor->index.n; k++) {
        const Index *index = &tensor->index.at[k];
        Var *var = var_of_index(scope, index, &at);
        if (!var && open) {
            var = graph_var(c->graph, index->dim, index->name);
            scope_bind_var(c, open, index->name, var);
            vec_push(c->arena, open->opened, var);
        }
        if (!var) {
            check_error(c, span, "'%s' has the index '%s', which is not bound here", tensor->name, index->name);
            check_note(c, tensor->span, "'%s' is made here", tensor->name);
            check_hint(c, "write its indices, as in %s[...], or sum over '%s'", tensor->name, index->name);
            return NULL;
        }
        scope_saw(c, scope, var);
        Expr *e = place_checked(c, expr_var(c->graph, var, span), index->dim, arena_printf(c->arena, "'%s'", tensor->name), tensor->span, 0,
                                0);
        if (!e) {
            return NULL;
        }
        vec_push(c->arena, at, e);
    }
    for (statement = scope; statement && !statement->barrier && !statement->function; statement = statement->parent) {
        if (statement->statement) {
            const Whole whole = {tensor, span};
            vec_push(c->arena, statement->whole, whole);
            break;
        }
    }
    return read(c, tensor, &at, NULL, span);
}

Expr *access_entity(Check *c, Scope *scope, const Entity *tensor, const Ast *ast, const AstList *list, Expr *otherwise)
{
    Axes axes = {tensor->index.n, arena_array(c->arena, Dim *, tensor->index.n + 1), arena_printf(c->arena, "'%s'", tensor->name),
                 tensor->span, otherwise != NULL, {0}};
    for (int k = 0; k < tensor->index.n; k++) {
        axes.dim[k] = tensor->index.at[k].dim;
    }
    ExprList in = {0}, at = {0};
    if (!items(c, scope, list, axes.dim, axes.n, &axes, &in) || !regroup(c, &axes, &in, &at, ast->span)) {
        return NULL;
    }
    return read(c, tensor, &at, otherwise, ast->span);
}

/* ---- parameters ------------------------------------------------------------------------------------------------------------------- */

static Expr *param(Check *c, Scope *scope, const Ast *ast)
{
    Dim *family = NULL;
    Str first = NULL, path = stored_path(c, scope, ast, &family, &first);
    if (!path) {
        return NULL;
    }
    if (family && family->length == 0) {
        return expr_real(c->graph, 0, ast->span); /* no member, and no index to read one at */
    }
    Node *node = stored_node(c, path, first, family, ast->span);
    if (!node) {
        return NULL;
    }
    Str shown = family ? first : path;
    Axes axes = {node->free.n, arena_array(c->arena, Dim *, node->free.n + 1), arena_printf(c->arena, "'%s'", shown), (Span){0}, 0, {0}};
    ExprList in = {0}, at = {0};
    for (int k = 0; k < node->free.n; k++) {
        axes.dim[k] = node->free.at[k]->dim;
    }
    if (family) {
        const Ast *text = ast->kid.at[0];
        for (int i = 0; i < text->kid.n; i++) {
            const Entity *var = text->kid.at[i]->kind == AST_NAME ? scope_var(scope, text->kid.at[i]->name) : NULL;
            if (var) {
                vec_push(c->arena, in, expr_var(c->graph, var->var, ast->span));
                vec_push(c->arena, axes.formula, 0);
                break;
            }
        }
    }
    c->stored_read++;
    const int read_all = items(c, scope, &ast->item, family ? axes.dim + 1 : axes.dim, axes.n - (family != NULL), &axes, &in);
    c->stored_read--;
    if (!read_all) {
        return NULL;
    }
    int fits = regroup(c, &axes, &in, &at, ast->span);
    for (int k = 0; fits && k < at.n; k++) {
        fits = stored_rows_suffice(c, at.at[k], axes.dim[k], shown);
    }
    if (!fits) {
        stored_note(c, first);
        return NULL;
    }
    for (int k = 0; k < at.n; k++) {
        const Expr *index = at.at[k];
        if (index->kind == EX_VAR && index->var->dim->kind == DIM_FIXED && index->var->dim->length == axes.dim[k]->length &&
            !axes.dim[k]->span.source) {
            Dim *dim = index->var->dim; /* the first reader's dim has a name; of a part that is all, the whole one's */
            while (dim->parent && dim->parent->length == dim->length) {
                dim = dim->parent;
            }
            node->free.at[k]->dim = dim;
            node->free.at[k]->name = dim->name;
        }
    }
    return expr_read(c->graph, node, at.n, at.at, NULL, ast->span);
}

/* chosen@l[t,k] with an index l: the members of the family as one tensor that has l's dim. */
static Expr *member_by_index(Check *c, Scope *scope, const Ast *ast, Expr *otherwise)
{
    enum { MOST = 4096 };
    const Ast *base = ast->kid.at[0];
    Expr *which = scalar(c, scope, base->at), *chosen = NULL;
    int64_t low, high;
    if (!which) {
        return NULL;
    }
    if (which->type != T_INT || !expr_range(which, &low, &high) || high - low >= MOST) {
        check_error(c, base->at->span, "which member of '%s' this is has to be known, or an index over a fixed dim", base->name);
        return NULL;
    }
    for (int64_t k = high; k >= low; k--) {
        Str word = str_format("%s@%lld", base->name, (long long)k);
        const Entity *entity = scope_find(scope, word);
        if (!entity || entity->kind != EN_TENSOR) {
            if (!entity) {
                scope_unknown(c, scope, word, base->span, "tensor");
            } else if (entity->kind != EN_ERROR) {
                check_error(c, base->span, "'%s' is no tensor", word);
                check_note(c, entity->span, "it is made here");
            }
            return NULL;
        }
        Expr *one = access_entity(c, scope, entity, ast, &ast->item, otherwise);
        if (!one) {
            return NULL;
        }
        Expr *here = expr_op(c->graph, OP_EQ, which, expr_int(c->graph, k, ast->span), ast->span);
        chosen = chosen ? expr_select(c->graph, here, one, chosen, ast->span) : one;
    }
    return chosen;
}

Expr *access_at(Check *c, Scope *scope, const Ast *ast, Expr *otherwise)
{
    const Ast *base = ast->kid.at[0];
    if (ast->arrow) {
        check_error(c, ast->span, "'->' belongs to the call of a function");
        return NULL;
    }
    if (base->kind == AST_STR) {
        return param(c, scope, ast);
    }
    if (base->kind == AST_CALL && call_is_fn(c, scope, base)) {
        EntityList results = {0};
        if (!call_results(c, scope, base, &results)) {
            return NULL;
        }
        if (results.n != 1) {
            check_error(c, base->span, "one tensor was expected, this gives %d", results.n);
            return NULL;
        }
        return access_entity(c, scope, results.at[0], ast, &ast->item, otherwise);
    }
    const Value *list = base->kind == AST_NAME || base->kind == AST_MEMBER ? fixed_try(c, scope, base) : NULL;
    if (list == &fixed_error) {
        return NULL;
    }
    if (list && list->kind == V_LIST) {
        return list_at(c, scope, list, ast, otherwise);
    }
    if (base->kind != AST_NAME) {
        check_error(c, base->span, "'%s' is no tensor", span_text(base->span));
        return NULL;
    }
    if (base->at && !fixed_try(c, scope, base->at)) {
        return member_by_index(c, scope, ast, otherwise);
    }
    Str word = name_of(c, scope, base->name, base->at, base->span);
    const Entity *entity = word ? scope_find(scope, word) : NULL;
    if (!word) {
        return NULL;
    }
    if (!entity) {
        scope_unknown(c, scope, word, base->span, "tensor");
        return NULL;
    }
    if (entity->kind != EN_TENSOR) {
        if (entity->kind != EN_ERROR) {
            check_error(c, base->span, "'%s' is no tensor", word);
            check_note(c, entity->span, "it is made here");
        }
        return NULL;
    }
    return access_entity(c, scope, entity, ast, &ast->item, otherwise);
}

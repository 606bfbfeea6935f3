/* Stored parameters: their paths, their axes, and what is said when one is not there. */
#include "checker.h"

#include <string.h>

static Str joined(Str prefix, Str path)
{
    return !prefix[0] ? path : !path[0] ? prefix : str_format("%s.%s", prefix, path);
}

/* "a.\001x\001.b" with member k of the family put in */
static Str member_path(Str path, int64_t k)
{
    const char *from = strchr(path, '\001'), *to = strchr(from + 1, '\001');
    return str_format("%.*s%lld%s", (int)(from - path), path, (long long)k, to + 1);
}

Str stored_path(Check *c, Scope *scope, const Ast *ast, Dim **family, Str *first)
{
    Str text = fixed_path(c, scope, ast->kid.at[0], family);
    if (!text) {
        return NULL;
    }
    text = joined(c->prefix, text);
    *first = *family ? member_path(text, 0) : text;
    return text;
}

int access_stored(Check *c, Str path)
{
    return c->weights && weights_find(c->weights, joined(c->prefix, path));
}

int access_param_exists(Check *c, Scope *scope, const Ast *ast)
{
    if (ast->kind == AST_ABSENT) {
        const int left = access_param_exists(c, scope, ast->kid.at[0]);
        return left < 0 ? -1 : left || access_param_exists(c, scope, ast->kid.at[1]) != 0;
    }
    if (ast->kind != AST_INDEX || ast->kid.at[0]->kind != AST_STR) {
        return -1;
    }
    Dim *family = NULL;
    Str first = NULL, path = stored_path(c, scope, ast, &family, &first);
    const int of_nothing = family && family->length == 0; /* all its members are there */
    return !path || of_nothing || (c->weights && weights_find(c->weights, first) != NULL);
}

Str access_param_name(Check *c, Scope *scope, const Ast *ast)
{
    Dim *family = NULL;
    Str first = NULL;
    const int plain = ast->kind == AST_INDEX && ast->kid.at[0]->kind == AST_STR && stored_path(c, scope, ast, &family, &first);
    return plain ? first : span_text(ast->span);
}

static int ends_in(Str name, Str tail) /* "a.b.c" in "b.c" */
{
    const size_t n = strlen(name), m = strlen(tail);
    return n > m && name[n - m - 1] == '.' && strcmp(name + n - m, tail) == 0;
}

/* Which tensor may have been meant: of the same name behind another prefix, or of nearly the same name. */
static void meant(Check *c, Str path)
{
    int n = 0;
    const Str *names = weights_names(c->weights, &n);
    for (int i = 0; i < n; i++) {
        if (ends_in(names[i], path)) {
            const int more = (int)(strlen(names[i]) - strlen(path) - 1);
            check_hint(c, "they have '%s': 'under \"%.*s\" { ... }' puts a prefix before names", names[i], more, names[i]);
            return;
        }
        if (ends_in(path, names[i])) {
            check_hint(c, "they have '%s'", names[i]);
            return;
        }
    }
    check_did_you_mean(c, path, names, n);
}

static void missing(Check *c, Str path, Span span)
{
    c->broken = 1;
    if (c->unreadable) {
        return;
    }
    if (!c->weights) {
        check_error(c, span, "the parameter '%s' is read, but the text names no weights", path);
        check_hint(c, "write 'weights \"model.safetensors\"'");
        return;
    }
    check_error(c, span, "the weights have no tensor '%s'", path);
    meant(c, path);
    check_hint(c, "if it may be absent, write '... ?? 0'");
}

/* An axis of a stored tensor, until a reader gives it a better name. */
static Dim *stored_dim(Check *c, int64_t length)
{
    for (int i = 0; i < c->stored_dims.n; i++) {
        if (c->stored_dims.at[i]->length == length) {
            return c->stored_dims.at[i];
        }
    }
    Dim *dim = graph_dim(c->graph, DIM_FIXED, str_format("n%lld", (long long)length), (Span){0});
    dim->length = length;
    vec_push(c->arena, c->stored_dims, dim);
    return dim;
}

/* path: with the mark of its family (see fixed_path), or plain. */
Node *stored_node(Check *c, Str path, Str first, const Dim *family, Span span)
{
    for (int i = 0; i < c->stored.n; i++) {
        Node *old = c->stored.at[i];
        if (old->name == path && (!family || old->free.at[0]->dim == family)) {
            return old;
        }
    }
    const WeightTensor *w = c->weights ? weights_find(c->weights, first) : NULL;
    if (!w) {
        missing(c, first, span);
        return NULL;
    }
    if (!dtype_is_readable(w->dtype)) {
        check_error(c, span, "'%s' is stored as %s, which is not supported yet", first, dtype_name(w->dtype));
        return NULL;
    }
    Node *node = graph_node(c->graph, NODE_PARAM, path, span);
    node->path = first;
    node->name = path;
    node->span = c->author.source ? c->author : span;
    node->type = weight_is_integer(w) ? (w->dtype == DTYPE_BOOL ? T_BOOL : T_INT) : T_REAL;
    if (family) {
        node->family_n = (int)family->length;
        node->family = arena_array(c->arena, Str, node->family_n + 1);
        for (int k = 0; k < node->family_n; k++) {
            node->family[k] = member_path(path, k);
            const WeightTensor *m = weights_find(c->weights, node->family[k]);
            if (!m) {
                missing(c, node->family[k], span);
                return NULL;
            }
            if (m->rank != w->rank || m->dtype != w->dtype || memcmp(m->shape, w->shape, sizeof *m->shape * (size_t)m->rank) != 0) {
                check_error(c, span, "'%s' and '%s' have different shapes or types", first, node->family[k]);
                return NULL;
            }
        }
        vec_push(c->arena, node->free, graph_var(c->graph, (Dim *)family, family->name));
    }
    for (int k = 0; k < w->rank; k++) {
        Dim *dim = stored_dim(c, w->shape[k]);
        vec_push(c->arena, node->free, graph_var(c->graph, dim, dim->name));
    }
    vec_push(c->arena, c->stored, node);
    return node;
}

/* A whole ragged dim needs as many rows as it may be long; any expression has to be able to hit. */
int stored_rows_suffice(Check *c, const Expr *index, const Dim *axis, Str path)
{
    int64_t low, high;
    if (!expr_range(index, &low, &high) || (index->kind == EX_VAR && index->var->dim->kind == DIM_FIXED && !index->var->dim->length)) {
        return 1;
    }
    if (index->kind == EX_VAR && dim_is_ragged(index->var->dim) && index->var->dim->kind == DIM_GIVEN && high >= axis->length) {
        const Dim *dim = index->var->dim;
        if (dim->bound == INT64_MAX) {
            check_error(c, index->span, "'%s' has %lld rows, but '%s' may be of any length", path, (long long)axis->length, dim->name);
            check_hint(c, "write 'ragged %s <= %lld'", dim->name, (long long)axis->length);
        } else {
            check_error(c, index->span, "'%s' has %lld rows, but '%s' may be %lld long", path, (long long)axis->length, dim->name,
                        (long long)dim->bound);
        }
        check_note(c, dim->span, "'%s' is made here", dim->name);
        return 0;
    }
    if (low >= axis->length || (index->kind == EX_READ && index->node->extent && high >= axis->length)) {
        check_error(c, index->span, "'%s' has %lld rows, this reads up to row %lld", path, (long long)axis->length, (long long)high);
        return 0;
    }
    return 1;
}

/* Below an error about the shape of a parameter: what the file has. */
void stored_note(Check *c, Str path)
{
    const WeightTensor *w = c->weights ? weights_find(c->weights, path) : NULL;
    if (w) {
        const Span file = span_of_source(source_of_text(c->arena, w->file, NULL, 0));
        check_note(c, file, "'%s' is %s %s", path, dtype_name(w->dtype), shape_text(c->arena, w->rank, w->shape));
    }
}

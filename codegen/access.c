/* Where a value lies. A tensor is packed sequence after sequence; inside a sequence it is row-major over its axes.
 * Rows get a pointer at the loop that knows them: `const float *x_t = x + (ptrdiff_t)(first + t) * D;`. */
#include "launch.h"

#include <string.h>

CType ctype_of(Plan *p, const Node *node)
{
    const char *name = store_ctype(p, node, NULL);
    return strcmp(name, "float") == 0     ? C_F32
           : strcmp(name, "double") == 0  ? C_F64
           : strcmp(name, "int32_t") == 0 ? C_I32
           : strcmp(name, "int64_t") == 0 ? C_I64
                                          : C_BOOL;
}

/* In words of the function that holds the structs. */
static Str place_in(Printer *pr, const Node *node)
{
    Plan *p = pr->p;
    const Info *info = plan_info(p, node);
    if (node->kind == NODE_PARAM) {
        for (int i = 0; i < pr->f->param.n; i++) {
            if (pr->f->param.at[i] == node) {
                plan_info(p, node)->touched = 1;
                return str_of(arena_printf(p->arena, "%s%s", pr->f->weights_at, pr->f->param_name.at[i]));
            }
        }
    }
    if (node->kind == NODE_INPUT && node->optional) {
        return info->local;
    }
    if (node->kind == NODE_INPUT || node->kind == NODE_STATE) {
        pr->f->uses_io = 1;
        return str_of(arena_printf(p->arena, "%s%s", pr->f->io_at, info->cname));
    }
    if (info->over) {
        return place_in(pr, info->over);
    }
    for (int i = 0; pr->f->unit->kind == UNIT_TOP && i < p->outputs.n; i++) {
        if (p->outputs.at[i] == node || plan_info(p, p->outputs.at[i]) == info) { /* the node, or what is computed for it */
            pr->f->uses_io = 1;
            return str_of(arena_printf(p->arena, "%s%s", pr->f->io_at, info->cname));
        }
    }
    if (info->slot) {
        return str_of(arena_printf(p->arena, "%s%s", pr->f->buffers_at, info->slot->cname));
    }
    return info->cname ? info->cname : str_of("unknown");
}

Str place_of(Printer *pr, const Node *node)
{
    return launch_place(pr, place_in(pr, node), store_ctype(pr->p, node, NULL));
}

/* ---- widths -------------------------------------------------------------------------------------------------------------------------- */

static Str dim_text(Printer *pr, Dim *dim)
{
    return dim_is_ragged(dim) ? length_word(pr, dim) : constant_of(pr->p, dim);
}

/* Product of the lengths of axes from .. n - 1, as a factor; NULL for 1. */
static Str width_text(Printer *pr, Dim *const *dim, int from, int n)
{
    const char *text = NULL;
    int factors = 0;
    for (int k = from; k < n; k++) {
        Str factor = dim_text(pr, dim[k]);
        text = text ? arena_printf(pr->p->arena, "%s * %s", text, factor) : factor;
        factors++;
    }
    return !text ? NULL : factors > 1 ? str_of(arena_printf(pr->p->arena, "(%s)", text)) : str_of(text);
}

static int is_zero(const Expr *e)
{
    return e->kind == EX_CONST && e->integer == 0;
}

static int is_large(Dim *const *dim, int from, int n)
{
    int64_t product = 1;
    for (int k = from; k < n; k++) {
        const int64_t length = dim_is_ragged(dim[k]) ? INT64_C(1) << 24 : dim[k]->length > 0 ? dim[k]->length : 1;
        product = product > INT64_C(1) << 31 ? product : product * length;
    }
    return product >= INT64_C(1) << 31;
}

/* Row-major place over axes from .. n - 1. */
static Piece flat_place(Printer *pr, Dim *const *dim, Expr *const *index, int from, int n)
{
    Arena *arena = pr->p->arena;
    Piece sum = {NULL, BIND_ALL, C_I32};
    for (int k = from; k < n; k++) {
        if (sum.text) {
            const int wide = is_large(dim, from, n) && sum.bind != BIND_MUL;
            Str left = piece_in(pr, sum, wide ? BIND_UNARY : BIND_MUL);
            sum.text = str_of(arena_printf(arena, "%s%s * %s", wide ? "(ptrdiff_t)" : "", left, dim_text(pr, dim[k])));
            sum.bind = BIND_MUL;
        }
        if (!is_zero(index[k])) {
            const Piece i = print_expr(pr, index[k], WANT_INT);
            sum = sum.text ? (Piece){str_of(arena_printf(arena, "%s + %s", sum.text, piece_in(pr, i, BIND_MUL))), BIND_ADD, C_I32} : i;
        }
    }
    return sum.text ? sum : (Piece){str_of("0"), BIND_ALL, C_I32};
}

static Str flat_text(Printer *pr, Dim *const *dim, Expr *const *index, int from, int n)
{
    return flat_place(pr, dim, index, from, n).text;
}

/* ---- pointers ------------------------------------------------------------------------------------------------------------------------ */

static Block *block_knowing(Printer *pr, const Expr *e)
{
    Block *b = pr->block;
    while (b->up && !(b->head && b->head->var && e && expr_uses(e, b->head->var))) {
        b = b->up;
    }
    return b;
}

static Str base_word(const char *base)
{
    const char *last = base;
    for (const char *c = base; *c; c++) {
        last = *c == '>' || *c == '.' ? c + 1 : last;
    }
    return str_of(last);
}

static Str pointer_to(Printer *pr, Str base, Str offset, const Expr *leading, const char *type, int write, const char *suffix)
{
    Plan *p = pr->p;
    Str name = NULL;
    for (int i = 0; i < pr->known.n && !name; i++) {
        if (pr->known.at[i].base == base && pr->known.at[i].offset == offset) {
            name = pr->known.at[i].name;
        }
    }
    if (!name) {
        name = name_fresh(p, &pr->taken, (const Words *)&pr->f->words, arena_printf(p->arena, "%s_%s", base_word(base), suffix));
        vec_push(p->arena, pr->known, ((Pointer){name, base, offset, type, 0}));
    }
    Block *at = block_knowing(pr, leading);
    for (Block *b = pr->block; b; b = b->up) {
        for (int i = 0; i < b->pointer.n; i++) {
            if (b->pointer.at[i].name == name) {
                b->pointer.at[i].writes |= write;
                return name;
            }
        }
    }
    vec_push(p->arena, at->pointer, ((Pointer){name, base, offset, type, write}));
    return name;
}

static int reads_nest(Printer *pr, const Expr *e)
{
    if (e->kind == EX_READ) {
        const Info *info = plan_info(pr->p, e->node);
        for (int i = 0; i < info->member.n; i++) {
            if (info->member.at[i]->cluster == pr->c) {
                return 1;
            }
        }
    }
    for (int k = 0; k < e->n; k++) {
        if (reads_nest(pr, e->kid[k])) {
            return 1;
        }
    }
    return e->otherwise && reads_nest(pr, e->otherwise);
}

/* Computing the address alone must not leave the array, and what it takes must be there where the loop begins. */
static int may_point(Printer *pr, const Expr *index, const Dim *axis)
{
    return index_low_proven(index) && index_high_proven(index, axis) && !reads_nest(pr, index);
}

static Str suffix_of(Printer *pr, const Expr *index)
{
    VarList vars = {0};
    const char *text = "";
    expr_vars(index, pr->p->arena, &vars);
    for (int i = 0; i < vars.n && i < 3; i++) {
        text = arena_printf(pr->p->arena, "%s%s", text, var_word(pr, vars.at[i]));
    }
    return str_of(*text ? text : "row");
}

/* base[row * width + rest], through a pointer to the row where there is one. */
static Str row_access(Printer *pr, Str base, Str row, const Expr *leading, const Dim *axis, Dim *const *dim, Expr *const *index, int n,
                      const char *type, int write)
{
    Arena *arena = pr->p->arena;
    Str width = width_text(pr, dim, 1, n);
    if (!width) {
        return str_of(arena_printf(arena, "%s[%s]", base, row));
    }
    const Piece column = flat_place(pr, dim, index, 1, n);
    Str rest = column.text;
    const int simple = strspn(row, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == strlen(row);
    Str offset = str_of(arena_printf(arena, simple ? "(ptrdiff_t)%s * %s" : "(ptrdiff_t)(%s) * %s", row, width));
    if (strcmp(row, "0") == 0) {
        return str_of(arena_printf(arena, "%s[%s]", base, rest));
    }
    if (leading->kind == EX_CONST || !may_point(pr, leading, axis)) {
        return str_of(arena_printf(arena, strcmp(rest, "0") == 0 ? "%s[%s]" : "%s[%s + %s]", base, offset, piece_in(pr, column, BIND_MUL)));
    }
    Str pointer = pointer_to(pr, base, offset, leading, type, write, suffix_of(pr, leading));
    return str_of(arena_printf(arena, "%s[%s]", pointer, rest));
}

/* A value without axes, where only one sequence is known. */
Str single_of(Printer *pr, const Node *node)
{
    const Slot *slot = plan_info(pr->p, node)->slot;
    Str place = place_of(pr, node);
    return slot && slot->local ? place : str_of(arena_printf(pr->p->arena, "*%s", place));
}

static Str sequence_access(Printer *pr, const Node *node, Str base, Dim *const *dim, Expr *const *index, int n, const char *type, int write)
{
    Plan *p = pr->p;
    int fixed = 0;
    Basis basis = {.kind = BASIS_ROWS};
    Dim *width[8] = {NULL};
    for (int k = 0; k < n; k++) {
        if (!dim_is_ragged(dim[k])) {
            width[fixed++] = dim[k];
        } else if (basis.n < 4) {
            basis.dim[basis.n++] = dim[k];
        }
    }
    (void)node;
    Str factor = width_text(pr, width, 0, fixed);
    const char *start;
    if (pr->f->in_steps) {
        return n ? str_of(arena_printf(p->arena, "%s[%s]", base, flat_text(pr, dim, index, 0, n))) : single_of(pr, node);
    }
    if (!basis.n) {
        start = own(p, OWN_SEQUENCE);
    } else if (basis.n == 1) {
        start = first_word(pr, basis.dim[0]);
    } else {
        start = arena_printf(p->arena, "%s[%s]", batch_pairs(p, basis), own(p, OWN_SEQUENCE));
    }
    if (!n) {
        return str_of(arena_printf(p->arena, "%s[%s]", base, start));
    }
    Str offset = str_of(factor ? arena_printf(p->arena, "(ptrdiff_t)%s * %s", start, factor) : arena_printf(p->arena, "%s", start));
    Str pointer = pointer_to(pr, base, offset, NULL, type, write, own(p, OWN_SEQUENCE));
    return str_of(arena_printf(p->arena, "%s[%s]", pointer, flat_text(pr, dim, index, 0, n)));
}

Piece print_access(Printer *pr, const Node *node, Expr *const *index, int write)
{
    Plan *p = pr->p;
    Dim *dim[8];
    Expr *at[8];
    const int n = node->free.n < 8 ? node->free.n : 8;
    const Info *info = plan_info(p, node);
    for (int k = 0; k < n; k++) {
        const int axis = info->layout ? info->layout[k] : k;
        dim[k] = node->free.at[axis]->dim;
        at[k] = index[axis];
    }
    Piece piece = {NULL, BIND_ALL, ctype_of(p, node)};
    Str base = place_of(pr, node);
    const char *type = store_ctype(p, node, NULL);
    if (write) {
        launch_writes(p, base);
    }
    if (node->kind == NODE_PARAM) {
        const Piece row = n ? print_expr(pr, at[0], WANT_INT) : (Piece){str_of("0"), BIND_ALL, C_I32};
        piece.text = row_access(pr, base, row.text, n ? at[0] : NULL, n ? dim[0] : NULL, dim, at, n, type, write);
    } else if (ragged_axes(node) == 1 && dim_is_ragged(dim[0])) {
        const Piece row = print_expr(pr, at[0], WANT_INT);
        Str place = row.text;
        if (!pr->rows && !pr->f->in_steps) {
            place = is_zero(at[0]) ? first_word(pr, dim[0])
                                   : str_of(arena_printf(p->arena, "%s + %s", first_word(pr, dim[0]), piece_in(pr, row, BIND_MUL)));
        }
        piece.text = row_access(pr, base, place, at[0], dim[0], dim, at, n, type, write);
    } else {
        piece.text = sequence_access(pr, node, base, dim, at, n, type, write);
    }
    return piece;
}

Piece print_member(Printer *pr, Member *m, Expr *const *index, int write)
{
    Plan *p = pr->p;
    if (m->root) {
        return print_access(pr, m->node, index, write);
    }
    if (m->aliased) {
        for (int i = 0; i < m->cluster->member.n; i++) {
            Member *root = m->cluster->member.at[i];
            if (root->root) {
                Expr **args = arena_array(p->arena, Expr *, root->node->free.n + 1);
                for (int k = 0; k < root->node->free.n; k++) {
                    args[k] = expr_var(p->graph, root->arg[k], root->node->span);
                }
                return print_access(pr, root->node, args, 1);
            }
        }
    }
    Piece piece = {m->cname, BIND_ALL, C_BOOL};
    if (m->node->type == T_REAL) {
        piece.type = plan_info(p, m->node)->wide ? C_F64 : C_F32;
    } else if (m->node->type == T_INT) {
        piece.type = C_I64;
    }
    if (m->kept.n) {
        Dim *dim[8];
        Expr *at[8];
        int n = 0;
        for (int k = 0; k < m->kept.n && n < 8; k++, n++) {
            dim[n] = m->kept.at[k]->dim;
            at[n] = expr_var(p->graph, m->kept.at[k], m->node->span);
        }
        Str base = m->slot ? launch_room(pr, m->slot) : m->cname;
        piece.text = str_of(arena_printf(p->arena, "%s[%s]", base, flat_text(pr, dim, at, 0, n)));
    }
    return piece;
}

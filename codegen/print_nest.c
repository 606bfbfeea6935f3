/* One nest of loops: what it computes in the author's words, then the loops. */
#include "launch.h"
#include "quote.h"
#include "recognise.h"
#include "share.h"
#include "wrong.h"

#include <string.h>

static void print_block(Printer *pr, Block *b, Text *out);

/* ---- does it need to know where sequences begin? ------------------------------------------------------------------------------------- */

static int row_expr(Plan *p, const Cluster *c, const Expr *e, const Var *row)
{
    if (!e) {
        return 1;
    }
    if (e->kind == EX_LEN || e->kind == EX_POS || (e->kind == EX_VAR && e->var == row)) {
        return 0;
    }
    if (e->kind == EX_READ) {
        const Node *node = e->node;
        const int local = node->kind == NODE_EQ && plan_info(p, node)->keep == KEEP_LOCAL;
        for (int k = 0; k < e->n; k++) {
            const int plain = e->kid[k]->kind == EX_VAR && e->kid[k]->var == row;
            if (local && plain) {
                continue;
            }
            if (node->kind != NODE_PARAM && !local && k == 0 && plain && node->free.at[0]->dim == row->dim && ragged_axes(node) == 1) {
                continue;
            }
            if (plain || !row_expr(p, c, e->kid[k], row)) {
                return 0;
            }
        }
        if (node->kind != NODE_PARAM && !local) {
            const Expr *first = e->n ? e->kid[0] : NULL;
            return first && first->kind == EX_VAR && first->var == row && row_expr(p, c, e->otherwise, row);
        }
        return row_expr(p, c, e->otherwise, row);
    }
    for (int k = 0; k < e->n; k++) {
        if (!row_expr(p, c, e->kid[k], row)) {
            return 0;
        }
    }
    return 1;
}

int rows_only(Plan *p, const Cluster *c)
{
    if (c->along || c->join || c->tree->kid.n != 1 || !c->tree->kid.at[0]->head || !c->tree->kid.at[0]->head->var) {
        return 0;
    }
    const Header *h = c->tree->kid.at[0]->head;
    if (!dim_is_ragged(h->var->dim) || h->low.n || h->high.n) {
        return 0;
    }
    for (int i = 0; i < c->member.n; i++) {
        const Member *m = c->member.at[i];
        for (int k = 0; k < m->node->free.n; k++) {
            if (dim_is_ragged(m->arg[k]->dim) && m->arg[k] != h->var) {
                return 0;
            }
        }
        for (int k = 0; k < m->node->bound.n; k++) {
            if (dim_is_ragged(m->bound[k]->dim)) {
                return 0;
            }
        }
        if (m->root && (!m->node->free.n || m->arg[0] != h->var || m->node->free.at[0]->dim != h->var->dim || ragged_axes(m->node) != 1)) {
            return 0;
        }
        if (!row_expr(p, c, m->body, h->var) || !row_expr(p, c, m->empty, h->var)) {
            return 0;
        }
        for (int k = 0; k < m->atoms.n + m->guard.n; k++) {
            if (!row_expr(p, c, k < m->atoms.n ? m->atoms.at[k] : m->guard.at[k - m->atoms.n], h->var)) {
                return 0;
            }
        }
        for (int k = 0; k < m->kept.n; k++) {
            if (dim_is_ragged(m->kept.at[k]->dim)) {
                return 0;
            }
        }
    }
    return 1;
}

/* ---- statements ---------------------------------------------------------------------------------------------------------------------- */

static const char *local_type(Plan *p, const Member *m)
{
    return m->node->type == T_REAL  ? (plan_info(p, m->node)->wide ? "double" : "float")
           : m->node->type == T_INT ? "int64_t"
           : m->kept.n              ? "uint8_t"
                                    : "int";
}

static Want want_of(Plan *p, const Node *node)
{
    return node->type == T_REAL ? (plan_info(p, node)->wide ? WANT_F64 : WANT_F32) : node->type == T_INT ? WANT_INT : WANT_BOOL;
}

static Expr **own_index(Printer *pr, const Member *m)
{
    Expr **index = arena_array(pr->p->arena, Expr *, m->node->free.n + 1);
    for (int k = 0; k < m->node->free.n; k++) {
        index[k] = expr_var(pr->p->graph, m->arg[k], m->node->span);
    }
    return index;
}

Str start_value(Printer *pr, const Member *m)
{
    const int real = m->node->type == T_REAL, wide = plan_info(pr->p, m->node)->wide;
    switch (m->node->reduce) {
    case RED_NONE:
    case RED_SUM: return str_of(!real ? "0" : wide ? "0.0" : "0.0f");
    case RED_PROD: return str_of(!real ? "1" : wide ? "1.0" : "1.0f");
    case RED_MAX: return str_of(real ? "-INFINITY" : m->node->type == T_INT ? "INT64_MIN" : "0");
    case RED_MIN: return str_of(real ? "INFINITY" : m->node->type == T_INT ? "INT64_MAX" : "1");
    case RED_ANY: return str_of("0");
    case RED_ALL: return str_of("1");
    case RED_PICK:
        if (m->empty) {
            return print_expr(pr, m->empty, want_of(pr->p, m->node)).text;
        }
        return str_of(!real ? "0" : wide ? "0.0" : "0.0f");
    }
    return str_of("0");
}

Str converted(Printer *pr, const Expr *e, CType to)
{
    Plan *p = pr->p;
    const Want want = to == C_F64 ? WANT_F64 : to == C_F32 ? WANT_F32 : to == C_BOOL ? WANT_BOOL : WANT_INT;
    const Piece x = print_expr(pr, e, want);
    const char *cast = NULL;
    if (to == C_F32 && x.type == C_F64) {
        cast = "(float)";
    } else if (to == C_I32 && x.type == C_I64) {
        cast = "(int32_t)";
    } else if (to == C_BOOL && e->kind != EX_CONST && !(e->kind == EX_OP && e->op != OP_AND && e->op != OP_OR)) {
        cast = "(uint8_t)";
    }
    return cast ? str_of(arena_printf(p->arena, "%s%s", cast, piece_in(pr, x, BIND_UNARY))) : x.text;
}

static int starts_here(const Printer *pr, const Block *leaf, const Member *m)
{
    (void)pr;
    return !m->kept.n && !m->aliased && !m->root && leaf->up == m->scope && leaf->stmt->kind != STMT_UPDATE;
}

static void print_update(Printer *pr, Block *leaf, Text *out)
{
    Plan *p = pr->p;
    Member *m = leaf->stmt->member;
    const Piece to = print_member(pr, m, own_index(pr, m), 1);
    const Want want = want_of(p, m->node);
    const Piece x = print_expr(pr, m->body, want);
    int64_t low, high;
    const int small = expr_range(m->body, &low, &high) && low >= INT32_MIN && high <= INT32_MAX && m->node->reduce == RED_SUM;
    const char *suffix = want == WANT_F64 ? "f64" : "f32";
    switch (m->node->reduce) {
    case RED_NONE: break;
    case RED_SUM:
    case RED_PROD: {
        const char op = m->node->reduce == RED_SUM ? '+' : '*';
        if (m->node->type == T_INT && !small) {
            use_part(p, op == '+' ? "int_add" : "int_mul");
            text_line(out, "%s = %s(%s, %s, %s);", to.text, op == '+' ? "int_add" : "int_mul", to.text, x.text,
                      wrong_cell(p, m->node->span, "integer overflow"));
        } else if (m->node->type == T_INT && m->body->kind == EX_CONST && m->body->integer == 1) {
            text_line(out, "%s++;", to.text);
        } else {
            text_line(out, "%s %c= %s;", to.text, op, x.text);
        }
        break;
    }
    case RED_MAX:
    case RED_MIN: {
        const char *word = m->node->reduce == RED_MAX ? "max" : "min";
        if (m->node->type == T_REAL) {
            const char *part = arena_printf(p->arena, "%s_%s", word, suffix);
            text_line(out, "%s = %s(%s, %s);", to.text, use_part(p, part), to.text, x.text);
        } else if (m->node->type == T_INT) {
            text_line(out, "%s = %s(%s, %s);", to.text, use_part(p, arena_printf(p->arena, "int_%s", word)), to.text, x.text);
        } else {
            text_line(out, "%s = %s %s %s;", to.text, to.text, m->node->reduce == RED_MAX ? "||" : "&&", piece_in(pr, x, BIND_EQUAL));
        }
        break;
    }
    case RED_ANY:
    case RED_ALL:
        if (m->body->kind == EX_CONST) {
            text_line(out, "%s = %lld;", to.text, (long long)m->body->integer);
        } else {
            text_line(out, "%s = %s %s %s;", to.text, to.text, m->node->reduce == RED_ANY ? "||" : "&&", piece_in(pr, x, BIND_EQUAL));
        }
        break;
    case RED_PICK:
        text_line(out, "%s = %s;", to.text,
                  converted(pr, m->body,
                            m->node->type == T_BOOL               ? C_BOOL
                            : x.type == C_F64 && want == WANT_F32 ? C_F32
                                                                  : x.type));
        if (m->update_alone) {
            text_line(out, "break;");
        }
        break;
    }
}

static void print_leaf(Printer *pr, Block *leaf, Text *out)
{
    Plan *p = pr->p;
    Member *m = leaf->stmt->member;
    const int here = starts_here(pr, leaf, m);
    Expr **index = own_index(pr, m);
    if (leaf->stmt->kind == STMT_UPDATE) {
        print_update(pr, leaf, out);
        return;
    }
    if (leaf->stmt->kind == STMT_INIT) {
        const Piece to = print_member(pr, m, index, 1);
        text_line(out, "%s%s%s = %s;", here ? local_type(p, m) : "", here ? " " : "", to.text, start_value(pr, m));
        return;
    }
    Str left = print_member(pr, m, index, 1).text;
    const CType to = m->root                   ? ctype_of(p, m->node)
                     : m->node->type == T_REAL ? (plan_info(p, m->node)->wide ? C_F64 : C_F32)
                     : m->node->type == T_INT  ? C_I64
                                               : C_BOOL;
    if (m->root && m->node->type == T_REAL && m->body->kind == EX_OP &&
        (m->body->op == OP_ADD || m->body->op == OP_SUB || m->body->op == OP_DIV)) {
        const Expr *a = m->body->kid[0], *b = m->body->kid[1];
        const char *op = m->body->op == OP_ADD ? "+" : m->body->op == OP_SUB ? "-" : "/";
        Str first = converted(pr, a, to), second = converted(pr, b, to);
        if (first == left || (second == left && m->body->op == OP_ADD)) {
            Str value = first == left ? second : first;
            if (strncmp(value, left, strlen(left)) != 0 && strlen(op) == 1) {
                text_line(out, "%s %s= %s;", left, op, value);
                return;
            }
        }
    }
    Str value = converted(pr, m->body, to);
    if (value == left) {
        return; /* it grew in its place */
    }
    text_line(out, "%s%s%s%s = %s;", here ? "const " : "", here ? local_type(p, m) : "", here ? " " : "", left, value);
}

/* ---- loops --------------------------------------------------------------------------------------------------------------------------- */

static Str ends(Printer *pr, const ExprList *list, int with_default, const char *usual, const char *part)
{
    const char *text = with_default ? usual : NULL;
    for (int i = 0; i < list->n; i++) {
        const Piece e = print_expr(pr, list->at[i], WANT_INT);
        text = text ? arena_printf(pr->p->arena, "%s(%s, %s)", use_part(pr->p, part), text, e.text) : piece_in(pr, e, BIND_ADD);
    }
    return str_of(text ? text : usual);
}

/* t2 < t + 1 reads better as t2 <= t. */
static Str upper_end(Printer *pr, const Header *h, Str var)
{
    Arena *arena = pr->p->arena;
    if (!h->to_length && h->high.n == 1) {
        Affine a;
        if (affine_of(h->high.at[0], &a) && a.constant == 1 && a.n) {
            a.constant = 0;
            return str_of(arena_printf(arena, "%s <= %s", var, piece_in(pr, print_expr(pr, affine_expr(pr->p, &a), WANT_INT), BIND_ADD)));
        }
    }
    Str length = pr->rows ? own_of(pr->p, OWN_ROWS, h->var->dim) : NULL;
    if (!length && h->to_length) {
        length = dim_is_ragged(h->var->dim) ? length_word(pr, h->var->dim) : constant_of(pr->p, h->var->dim);
    }
    if (pr->rows && dim_is_ragged(h->var->dim) && h->var->dim->kind != DIM_GIVEN) { /* known once it is made */
        return str_of(arena_printf(arena, "%s < %s[%s->sequences]", var, batch_begin(pr->p, h->var->dim), own(pr->p, OWN_BATCH)));
    }
    if (pr->rows && dim_is_ragged(h->var->dim)) {
        pr->f->uses_rows = 1;
        batch_begin(pr->p, h->var->dim);
        return str_of(arena_printf(arena, "%s < %s", var, length));
    }
    if (pr->rows) {
        length = constant_of(pr->p, h->var->dim);
    }
    return str_of(arena_printf(arena, "%s < %s", var, ends(pr, &h->high, h->to_length, length ? length : "0", "i32_min")));
}

static void loop_head(Printer *pr, const Header *h, Text *out)
{
    Str var = var_word(pr, h->var);
    if (h->down) {
        Str length = dim_is_ragged(h->var->dim) ? length_word(pr, h->var->dim) : constant_of(pr->p, h->var->dim);
        text_line(out, "for (int32_t %s = %s - 1; %s >= %s; %s--) {", var, ends(pr, &h->high, h->to_length, length, "i32_min"), var,
                  ends(pr, &h->low, h->from_zero, "0", "i32_max"), var);
        return;
    }
    Str low = ends(pr, &h->low, h->from_zero, "0", "i32_max");
    text_line(out, "for (int32_t %s = %s; %s; %s++) {", var, low, upper_end(pr, h, var), var);
}

static void declare_locals(Printer *pr, Block *b, Text *out)
{
    for (int i = 0; i < pr->c->member.n; i++) {
        Member *m = pr->c->member.at[i];
        if (m->root || m->aliased || m->slot || m->scope != b) {
            continue;
        }
        if (m->kept.n) {
            const char *size = "";
            int none = 0; /* C has no empty arrays */
            for (int k = 0; k < m->kept.n; k++) {
                size = arena_printf(pr->p->arena, "%s%s%s", size, k ? " * " : "", constant_of(pr->p, m->kept.at[k]->dim));
                none |= m->kept.at[k]->dim->length == 0;
            }
            size = none ? "1" : size;
            text_line(out, "%s %s[%s];", local_type(pr->p, m), m->cname, size);
            continue;
        }
        int inline_start = 0;
        for (int k = 0; k < b->kid.n; k++) {
            const Block *leaf = b->kid.at[k];
            inline_start |= leaf->stmt && leaf->stmt->member == m && leaf->stmt->kind != STMT_UPDATE;
        }
        if (!inline_start) {
            text_line(out, "%s %s = %s;", local_type(pr->p, m), m->cname,
                      m->node->type != T_REAL           ? "0"
                      : plan_info(pr->p, m->node)->wide ? "0.0"
                                                        : "0.0f");
        }
    }
}

/* The inside of a block, printed first: only then it is known which pointers it needs. */
void print_inside(Printer *pr, Block *b, Text *out)
{
    Block *before = pr->block;
    Text *body = text_new(pr->p->arena, out->indent);
    pr->block = b;
    for (int i = 0; i < b->kid.n; i++) {
        print_block(pr, b->kid.at[i], body);
    }
    for (int i = 0; body->at.n && i < b->pointer.n; i++) {
        const Pointer *at = &b->pointer.at[i];
        text_line(out, "%s%s *%s = %s + %s;", at->writes ? "" : "const ", at->type, at->name, at->base, at->offset);
    }
    if (body->at.n) { /* what grew in its place needs no work */
        declare_locals(pr, b, out);
        text_add(out, body);
    }
    pr->block = before;
}

static void print_block(Printer *pr, Block *b, Text *out)
{
    if (b->stmt) {
        print_leaf(pr, b, out);
        return;
    }
    Text *head = text_new(pr->p->arena, out->indent), *inside = text_new(pr->p->arena, out->indent + 1);
    if (b->head->var) {
        loop_head(pr, b->head, head);
    } else {
        text_line(head, "if (%s) {", print_expr(pr, b->head->condition, WANT_BOOL).text);
    }
    print_inside(pr, b, inside);
    if (inside->at.n) {
        text_add(out, head);
        text_add(out, inside);
        text_line(out, "}");
    }
}

/* ---- all ----------------------------------------------------------------------------------------------------------------------------- */

static Str word_of(const Member *m)
{
    return str_of(m->node->name ? m->node->name : "value");
}

void print_sequence_words(Printer *pr, Text *out)
{
    Plan *p = pr->p;
    Str s = own(p, OWN_SEQUENCE);
    for (int i = 0; i < pr->first.n; i++) {
        text_line(out, "const int32_t %s = %s[%s];", own_of(p, OWN_FIRST, pr->first.at[i]), batch_begin(p, pr->first.at[i]), s);
    }
    for (int i = 0; i < pr->length.n; i++) {
        Dim *dim = pr->length.at[i];
        int has_first = 0;
        for (int k = 0; k < pr->first.n; k++) {
            has_first |= pr->first.at[k] == dim;
        }
        text_line(out, has_first ? "const int32_t %s = %s[%s + 1] - %s;" : "const int32_t %s = %s[%s + 1] - %s[%s];",
                  own_of(p, OWN_LENGTH, dim), batch_begin(p, dim), s, has_first ? own_of(p, OWN_FIRST, dim) : batch_begin(p, dim), s);
    }
}

void print_sequence_head(Printer *pr, Text *out)
{
    Str s = own(pr->p, OWN_SEQUENCE);
    text_line(out, "for (int32_t %s = 0; %s < %s->sequences; %s++) {", s, s, own(pr->p, OWN_BATCH), s);
    out->indent++;
    print_sequence_words(pr, out);
}

/* Pointers of a printing before this one. */
static void forget_pointers(Block *b)
{
    b->pointer.n = 0;
    for (int i = 0; i < b->kid.n; i++) {
        forget_pointers(b->kid.at[i]);
    }
}

void print_nest(Plan *p, Func *f, Cluster *c, Text *out)
{
    if (c->tree) {
        forget_pointers(c->tree);
    }
    Printer pr = {.p = p, .f = f, .c = c, .block = c->tree};
    for (int i = 0; i < c->vars.n; i++) { /* the author's letters come first */
        var_word(&pr, c->vars.at[i]);
    }
    for (int i = 0; i < c->member.n; i++) {
        Member *m = c->member.at[i];
        if (!m->root && !m->slot) {
            m->cname = name_fresh(p, &pr.taken, (const Words *)&f->words, word_of(m));
        }
    }
    const int alone = f->in_steps; /* its sequence is all there is */
    pr.rows = !alone && rows_only(p, c);
    f->uses_batch = 1;
    if (launches(p, f)) {
        Text *about = text_new(p->arena, 0);
        quote_nest(p, c, about);
        grid_print(&pr, about, out);
        return;
    }
    quote_nest(p, c, out);
    Text *body = text_new(p->arena, pr.rows || alone ? out->indent : out->indent + 1);
    if (c->join) {
        join_print(&pr, body);
    } else {
        print_inside(&pr, c->tree, body);
    }
    if (pr.rows || alone || !body->at.n) {
        text_add(out, body);
        text_line(out, "%s", "");
        return;
    }
    print_sequence_head(&pr, out);
    out->indent--;
    text_add(out, body);
    text_line(out, "}");
    text_line(out, "%s", "");
}

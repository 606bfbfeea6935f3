/* Expressions of the evaluator: a tree with everything looked up once per equation, so that the loops only compute. */
#include "eval_inner.h"
#include "scalar.h"

/* offset += *value * step */
typedef struct Term {
    const int64_t *value;
    int64_t step;
} Term;

/* An index that must be looked at each time: by data, shifted, or of a turn that may be still to come. */
typedef struct Checked {
    const Code *index;
    int64_t length, step;
    const int64_t *turn; /* the axis runs along: turns from this one on (`same`: behind this one) are not computed yet */
    int down, same;
} Checked;

struct Code {
    ExprKind kind;
    Op op;
    Type type, operands;
    const Expr *expr;
    const Code *a, *b, *c;
    const int64_t *value; /* EX_VAR */
    int64_t integer;      /* EX_CONST, EX_LEN; EX_POS: length of the sub-dim */
    double real;
    const int64_t *member; /* EX_POS; NULL: the element itself */
    /* EX_READ: element at base + terms + checked indices */
    const double *reals;
    const int64_t *integers;
    int64_t base;
    Term *term;
    int terms;
    Checked *checked;
    int checks;
    const Code *otherwise;
};

/* ---- indices that are sums of variables, within the axis for all their values ---- */

enum { TERMS = 12 };

/* base + sum of value * step; its values, and those of its parts, are in low .. high. */
typedef struct Affine {
    int64_t base, low, high;
    int n;
    Term term[TERMS];
} Affine;

/* Anything beyond is evaluated step by step, where overflow is found. Products of two such fit. */
static const int64_t affine_limit = INT64_C(1) << 31;

static int affine_of(Run *run, const Expr *e, Affine *a);

static int affine_scale(Affine *a, int64_t factor)
{
    const int64_t x = a->low * factor, y = a->high * factor;
    a->base *= factor;
    a->low = x < y ? x : y;
    a->high = x < y ? y : x;
    for (int i = 0; i < a->n; i++) {
        a->term[i].step *= factor;
    }
    return 1;
}

static int affine_add(Affine *a, const Affine *b)
{
    if (a->n + b->n > TERMS) {
        return 0;
    }
    a->base += b->base;
    a->low += b->low;
    a->high += b->high;
    for (int i = 0; i < b->n; i++) {
        a->term[a->n++] = b->term[i];
    }
    return 1;
}

static int affine_of_op(Run *run, const Expr *e, Affine *a)
{
    Affine b;
    switch (e->op) {
    case OP_NEG: return affine_of(run, e->kid[0], a) && affine_scale(a, -1);
    case OP_ADD: return affine_of(run, e->kid[0], a) && affine_of(run, e->kid[1], &b) && affine_add(a, &b);
    case OP_SUB: return affine_of(run, e->kid[0], a) && affine_of(run, e->kid[1], &b) && affine_scale(&b, -1) && affine_add(a, &b);
    case OP_MUL:
        if (!affine_of(run, e->kid[0], a) || !affine_of(run, e->kid[1], &b) || (a->n && b.n)) {
            return 0;
        }
        if (b.n) {
            const Affine swap = *a;
            *a = b;
            b = swap;
        }
        return affine_scale(a, b.base);
    default: return 0;
    }
}

static int affine_of(Run *run, const Expr *e, Affine *a)
{
    *a = (Affine){0};
    if (e->kind == EX_VAR) {
        const int64_t length = run_length(run, e->var->dim);
        a->high = length > 0 ? length - 1 : 0;
        a->term[a->n++] = (Term){&run->value[e->var->id], 1};
    } else if (e->kind == EX_CONST || e->kind == EX_LEN) {
        a->base = a->low = a->high = e->kind == EX_CONST ? e->integer : run_length(run, e->dim);
    } else if (e->kind != EX_OP || !affine_of_op(run, e, a)) {
        return 0;
    }
    int small = a->low >= -affine_limit && a->high <= affine_limit;
    for (int i = 0; i < a->n; i++) { /* of a variable that is always 0 only this tells */
        small &= a->term[i].step >= -affine_limit && a->term[i].step <= affine_limit;
    }
    return small;
}

/* ---- binding ----------------------------------------------------------------------------------------------------------------------- */

static int is_turning(const Run *run, const Node *node, int axis, int *before)
{
    if (!run->along || axis >= node->free.n || node->free.at[axis] != run->along->var) {
        return 0;
    }
    int place = -1, reader = -1;
    for (int i = 0; i < run->along->group.n; i++) {
        place = run->along->group.at[i] == node ? i : place;
        reader = run->along->group.at[i] == run->node ? i : reader;
    }
    *before = place < reader;
    return place >= 0;
}

static int bind_read(Run *run, Arena *arena, Code *code, const Expr *e)
{
    const Tensor *tensor = run_tensor(run, e->node);
    if (!tensor) {
        return 0;
    }
    code->reals = tensor->real;
    code->integers = tensor->integer;
    code->term = arena_array(arena, Term, e->n * TERMS);
    code->checked = arena_array(arena, Checked, e->n);
    int64_t stride = 1;
    for (int k = e->n - 1; k >= 0; k--) {
        Affine a;
        int before = 0;
        const int turning = is_turning(run, e->node, k, &before);
        if (!turning && affine_of(run, e->kid[k], &a) && a.low >= 0 && a.high < tensor->shape[k]) {
            code->base += a.base * stride;
            for (int i = 0; i < a.n; i++) {
                code->term[code->terms++] = (Term){a.term[i].value, a.term[i].step * stride};
            }
        } else {
            Checked *checked = &code->checked[code->checks++];
            *checked = (Checked){code_bind(run, arena, e->kid[k]), tensor->shape[k], stride, NULL, 0, 0};
            if (turning) {
                checked->turn = &run->value[run->along->var->id];
                checked->down = run->along->down;
                checked->same = before;
            }
        }
        stride *= tensor->shape[k];
    }
    code->otherwise = e->otherwise ? code_bind(run, arena, e->otherwise) : NULL;
    return !run->failed;
}

Code *code_bind(Run *run, Arena *arena, const Expr *e)
{
    Code *code = arena_new_of(arena, Code);
    code->kind = e->kind;
    code->op = e->op;
    code->type = e->type;
    code->expr = e;
    switch (e->kind) {
    case EX_CONST:
        code->integer = e->integer;
        code->real = e->real;
        break;
    case EX_VAR: code->value = &run->value[e->var->id]; break;
    case EX_LEN: code->integer = run_length(run, e->dim); break;
    case EX_READ: return bind_read(run, arena, code, e) ? code : NULL;
    case EX_POS:
        code->integer = run_length(run, e->dim);
        code->member = e->dim->kind == DIM_WHERE ? run->member[e->dim->id] : e->dim->member;
        break;
    case EX_OP: code->operands = e->kid[0]->type; break;
    case EX_SELECT: break;
    }
    code->a = e->n > 0 ? code_bind(run, arena, e->kid[0]) : NULL;
    code->b = e->n > 1 ? code_bind(run, arena, e->kid[1]) : NULL;
    code->c = e->n > 2 ? code_bind(run, arena, e->kid[2]) : NULL;
    return run->failed ? NULL : code;
}

/* ---- evaluation -------------------------------------------------------------------------------------------------------------------- */

/* Place of the element, -1 if some index is out of range. */
static int64_t offset_of(Run *run, const Code *code)
{
    int64_t offset = code->base;
    for (int i = 0; i < code->terms; i++) {
        offset += *code->term[i].value * code->term[i].step;
    }
    for (int i = 0; i < code->checks; i++) {
        const Checked *checked = &code->checked[i];
        const int64_t index = code_int(run, checked->index);
        if (index < 0 || index >= checked->length) {
            return -1;
        }
        if (checked->turn) {
            const int64_t ahead = checked->down ? *checked->turn - index : index - *checked->turn;
            if (ahead > 0 || (ahead == 0 && !checked->same)) {
                run_fail(run, code->expr->span, "'%s' is read at turn %lld, which is not computed yet", code->expr->node->name,
                         (long long)index);
            }
        }
        offset += index * checked->step;
    }
    return offset;
}

double code_real(Run *run, const Code *code)
{
    switch (code->kind) {
    case EX_CONST: return code->real;
    case EX_READ: {
        const int64_t offset = offset_of(run, code);
        return offset >= 0 ? code->reals[offset] : code->otherwise ? code_real(run, code->otherwise) : 0;
    }
    case EX_SELECT: return code_real(run, code_int(run, code->a) ? code->b : code->c);
    case EX_OP:
        if (code->op == OP_TO_REAL) {
            return (double)code_int(run, code->a);
        } else {
            const double a = code_real(run, code->a), b = code->b ? code_real(run, code->b) : 0;
            return code->op == OP_MUL ? a * b : scalar_real(code->op, a, b);
        }
    case EX_VAR: case EX_LEN: case EX_POS: break; /* ints */
    }
    return 0;
}

/* The elements that a read visits while var runs from 0: the first, and how far the next. 0 if indices must be looked at each time. */
static int line_of(const Code *code, const int64_t *var, const double **first, int64_t *step)
{
    int64_t offset = code->base;
    if (code->kind != EX_READ || code->checks || code->type != T_REAL) {
        return 0;
    }
    *step = 0;
    for (int i = 0; i < code->terms; i++) {
        const int runs = code->term[i].value == var;
        *step += runs ? code->term[i].step : 0;
        offset += runs ? 0 : *code->term[i].value * code->term[i].step;
    }
    *first = code->reals + offset;
    return 1;
}

int code_dot(const Code *code, const int64_t *var, int64_t length, double *total)
{
    const double *a, *b;
    int64_t a_step, b_step;
    if (code->kind != EX_OP || code->op != OP_MUL || code->type != T_REAL || !line_of(code->a, var, &a, &a_step) ||
        !line_of(code->b, var, &b, &b_step)) {
        return 0;
    }
    for (int64_t i = 0; i < length; i++) {
        *total += a[i * a_step] * b[i * b_step];
    }
    return 1;
}

static int64_t int_op(Run *run, const Code *code)
{
    int64_t value = 0;
    if (code->operands == T_REAL) {
        const double a = code_real(run, code->a);
        if (code->op != OP_TO_INT) {
            return scalar_compare_real(code->op, a, code_real(run, code->b));
        }
        if (!scalar_real_to_int(a, &value)) {
            run_fail(run, code->expr->span, "%g does not fit an integer", a);
        }
        return value;
    }
    const int64_t a = code_int(run, code->a);
    if ((code->op == OP_AND && !a) || (code->op == OP_OR && a)) {
        return a; /* the right side does not matter */
    }
    const int64_t b = code->b ? code_int(run, code->b) : 0;
    if (!scalar_int(code->op, a, b, &value)) {
        const int by_zero = (code->op == OP_IDIV || code->op == OP_MOD) && b == 0;
        const int text = code->op == OP_TEXT_JOIN || code->op == OP_TEXT_TIMES;
        run_fail(run, code->expr->span,
                 by_zero                   ? "division of an integer by zero"
                 : text                    ? "a string of more than 1 MiB"
                 : code->op == OP_TEXT_KEY ? "more than two million strings are put in order"
                                           : "integer overflow");
        return 0;
    }
    return value;
}

int64_t code_int(Run *run, const Code *code)
{
    switch (code->kind) {
    case EX_CONST: case EX_LEN: return code->integer;
    case EX_VAR: return *code->value;
    case EX_POS: {
        const int64_t element = code_int(run, code->a);
        return element < 0 || element >= code->integer ? -1 : code->member ? code->member[element] : element;
    }
    case EX_READ: {
        const int64_t offset = offset_of(run, code);
        return offset >= 0 ? code->integers[offset] : code->otherwise ? code_int(run, code->otherwise) : 0;
    }
    case EX_SELECT: return code_int(run, code_int(run, code->a) ? code->b : code->c);
    case EX_OP: return int_op(run, code);
    }
    return 0;
}

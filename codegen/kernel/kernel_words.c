/* What single forms ask for: how a reduction goes on, where a condition holds, what is added to a divisor. */
#include "kernel_holes.h"
#include "../match/kernel_use.h"

#include <string.h>

/* ---- reductions ---------------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *start, *join, *over; /* join NULL: + */
} reduce_table[] = {
    [RED_SUM] = {"vsplat(0.0f)", NULL, "vsum"},
    [RED_MAX] = {"(-vof_bits(visplat(0x7F800000)))", "vmax", "vhigh"},
    [RED_MIN] = {"vof_bits(visplat(0x7F800000))", "vmin", "vlow"},
};

static const char *reduction(Filling *with, Str name, const Str *argument, int arguments)
{
    const int part = with->part < 0 ? 0 : with->part;
    const Reduce reduce = with->k->part.at[part].result->reduce;
    const int starts = strcmp(name, "start") == 0, joins = strcmp(name, "join") == 0 && arguments == 2;
    if (!starts && !joins && (strcmp(name, "over") != 0 || arguments != 1)) {
        return NULL;
    }
    if (reduce != RED_SUM && reduce != RED_MAX && reduce != RED_MIN) {
        return filling_refuse(with, "a reduction of this kind");
    }
    if (with->k->part.at[part].result->type != T_REAL && !kernel_sum_is_small(with->k->part.at[part].result)) {
        return filling_refuse(with, "a reduction of large ints");
    }
    if (starts) {
        return reduce_table[reduce].start;
    }
    if (joins && !reduce_table[reduce].join) {
        return arena_printf(with->p->arena, "%s + %s", argument[0], argument[1]);
    }
    return joins ? arena_printf(with->p->arena, "%s(%s, %s)", reduce_table[reduce].join, argument[0], argument[1])
                 : arena_printf(with->p->arena, "%s(%s)", reduce_table[reduce].over, argument[0]);
}

/* ---- where a condition holds --------------------------------------------------------------------------------------------------------- */

static const char *bound_hole(Filling *with, Lane *l, int low)
{
    const PredicateClass *class = &with->k->part.at[0].predicate;
    const Expr *bound = low ? class->low : class->high;
    if (!bound) {
        return low ? "0" : "keys - 1";
    }
    Str text = lane_scalar(l, bound);
    return text ? text : filling_refuse(with, l->reason);
}

/* ---- sinks --------------------------------------------------------------------------------------------------------------------------- */

static Expr *without(Plan *p, Expr *e, const Node *node)
{
    if (e->kind == EX_READ && e->node == node) {
        return expr_real(p->graph, 0, e->span);
    }
    if (e->kind != EX_OP || (e->op != OP_ADD && e->op != OP_SUB && e->op != OP_NEG && e->op != OP_MUL)) {
        return kernel_read_of(e, node) ? NULL : e;
    }
    Expr *a = without(p, e->kid[0], node), *b = a && e->n > 1 ? without(p, e->kid[1], node) : NULL;
    return a && (e->n == 1 || b) ? expr_op(p->graph, e->op, a, b, e->span) : NULL;
}

const Expr *kernel_sink(Plan *p, const Kernel *k, const Part *part)
{
    const Expr *z = part->bind[form_hole(k->form, "$z")].value;
    if (!part->maximum || z->kind != EX_OP || z->op != OP_EXP || !kernel_read_of(z->kid[0], part->maximum)) {
        return NULL;
    }
    return without(p, z->kid[0], part->maximum);
}

static int has_sink(const Filling *with)
{
    const int hole = form_hole(with->k->form, "$z");
    double value = 1;
    return hole >= 0 && !(expr_is_const(with->k->part.at[0].bind[hole].value, &value) && value == 0);
}

/* Something in it fades with the distance, and is not 1 at all of them. */
static int is_faded(const Filling *with)
{
    for (int h = 0; h < with->k->form->holes; h++) {
        double value = 0;
        const Expr *weight = with->k->part.at[0].bind[h].value;
        if (with->k->form->hole[h].fades[0] && !(expr_is_const(weight, &value) && value == 1)) {
            return 1;
        }
    }
    return 0;
}

/* ---- conditions ---------------------------------------------------------------------------------------------------------------------- */

Str lane_condition(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    if (e->kind == EX_OP && e->n == 2 && (e->op == OP_AND || e->op == OP_OR)) {
        Str a = lane_condition(l, e->kid[0]), b = a ? lane_condition(l, e->kid[1]) : NULL;
        return b ? str_of(arena_printf(arena, "(%s %s %s)", a, e->op == OP_AND ? "&&" : "||", b)) : NULL;
    }
    if (e->kind == EX_OP && e->n == 2 && (e->op == OP_LT || e->op == OP_LE || e->op == OP_EQ || e->op == OP_NE)) {
        const char *word = e->op == OP_LT ? "<" : e->op == OP_LE ? "<=" : e->op == OP_EQ ? "==" : "!=";
        Str a = lane_scalar(l, e->kid[0]), b = a ? lane_scalar(l, e->kid[1]) : NULL;
        return b ? str_of(arena_printf(arena, "%s %s %s", a, word, b)) : NULL;
    }
    if (e->kind == EX_OP && e->op == OP_NOT) {
        Str a = lane_condition(l, e->kid[0]);
        return a ? str_of(arena_printf(arena, "!(%s)", a)) : NULL;
    }
    return lane_scalar(l, e);
}

/* ---- all ----------------------------------------------------------------------------------------------------------------------------- */

static const char *number(const Filling *with, int n)
{
    return arena_printf(with->p->arena, "%d", n);
}

Arithmetic kernel_operands(const Plan *p, const Kernel *k)
{
    const Arithmetic wanted = p->options->weights;
    const int halves = wanted == ARITHMETIC_BF16 || wanted == ARITHMETIC_F16; /* bytes are of stored matrices */
    return halves && k->form->text && template_asks(k->form->text, str_of("operands")) ? wanted : ARITHMETIC_F32;
}

const char *form_hole_text(Filling *with, Lane *l, Str name, const Str *argument, int arguments)
{
    const int part = with->part < 0 ? 0 : with->part;
    const char *text = reduction(with, name, argument, arguments);
    if (text) {
        return text;
    }
    if (strcmp(name, "acc") == 0) {
        return part ? arena_printf(with->p->arena, "acc%d", part + 1) : "acc";
    }
    if (strcmp(name, "parts") == 0) {
        return number(with, with->k->part.n);
    }
    if (strcmp(name, "part") == 0) {
        return number(with, part);
    }
    if (strcmp(name, "N_i") == 0) {
        return kernel_dot_size(with);
    }
    if ((strcmp(name, "query") == 0 || strcmp(name, "key") == 0) && arguments == 5) {
        return kernel_dot_side(with, l, name[0] == 'k', argument[4]);
    }
    if (strcmp(name, "operands") == 0) {
        static const char *const kind[ARITHMETICS] = {"OPERAND_F32", "OPERAND_BF16", "OPERAND_F16"};
        return kind[kernel_operands(with->p, with->k)];
    }
    if (strcmp(name, "key_at") == 0) {
        return kernel_key_at(with, l);
    }
    if (strcmp(name, "key_step_u") == 0) {
        return kernel_key_step(with);
    }
    if (strcmp(name, "low") == 0 || strcmp(name, "high") == 0) {
        return bound_hole(with, l, name[0] == 'l');
    }
    if (strcmp(name, "down") == 0) {
        return with->k->down ? "1" : "0";
    }
    if (strcmp(name, "exact") == 0) {
        return with->k->part.at[0].predicate.exact ? "1" : "0";
    }
    if (strcmp(name, "wide") == 0) {
        const char *class = with->k->part.at[0].predicate.name;
        return class && strcmp(class, "window") == 0 ? "((NV + 1) / 2)" : "NV";
    }
    return NULL;
}

static int is_part_stored(const Filling *with, const Part *part)
{
    for (int i = 0; i < with->k->stored.n; i++) {
        if (kernel_made_of(with->k, &with->k->stored.at[i], part)) {
            return 1;
        }
    }
    return 0;
}

int form_times(Filling *with, Str name)
{
    if (strncmp(name, "tiles_", 6) == 0 && form_role(with->k->form, name[6]) >= 0) {
        return kernel_is_tiled(with, form_role(with->k->form, name[6]));
    }
    if (strcmp(name, "key_in_place") == 0) {
        return kernel_key_in_place(with);
    }
    const int hole = form_hole(with->k->form, "$p"), part = with->part < 0 ? 0 : with->part;
    if (strcmp(name, "predicate") == 0 && hole >= 0) {
        return with->k->part.at[part].bind[hole].value != NULL;
    }
    if (strcmp(name, "dot") == 0) {
        return with->dot.n > 0;
    }
    if (strcmp(name, "sink") == 0) {
        return has_sink(with);
    }
    if (strcmp(name, "faded") == 0) {
        return is_faded(with);
    }
    if (strcmp(name, "stored") == 0) {
        return is_part_stored(with, &with->k->part.at[part]);
    }
    const TemplateHole *store = template_hole(with->t, str_of("store"));
    const int lanes = store ? form_role(with->k->form, store->lanes) : -1;
    if (lanes < 0) {
        return -1;
    }
    const VarList *vars = &with->k->part.at[0].role[lanes];
    if (strcmp(name, "partial") == 0) {
        int64_t n = 1;
        for (int i = 0; i < vars->n; i++) {
            n *= vars->at[i]->dim->length;
        }
        return n % 16 != 0;
    }
    if (strcmp(name, "columns") == 0) {
        for (int i = 0; i < with->k->stored.n; i++) {
            for (int v = 0; v < vars->n; v++) {
                if (var_among(&with->k->stored.at[i].axes, vars->at[v])) {
                    return 1;
                }
            }
        }
        return 0;
    }
    return -1;
}

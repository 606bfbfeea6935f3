/* What an expression costs: operations on reals and reads of tensors. Integers and indices are free. */
#include "graph.h"

static int *counter_of(Work *work, Op op)
{
    switch (op) {
    case OP_ADD: case OP_SUB: case OP_NEG: return &work->adds;
    case OP_MUL: return &work->multiplies;
    case OP_DIV: return &work->divides;
    default: return &work->functions;
    }
}

Work work_sum(Work a, Work b)
{
    return (Work){a.adds + b.adds, a.multiplies + b.multiplies, a.divides + b.divides, a.functions + b.functions, a.reads + b.reads};
}

int work_flops(Work work)
{
    return work.adds + work.multiplies + work.divides + work.functions;
}

static Work work_of_choice(const Expr *e)
{
    const Work yes = expr_work(e->kid[1]), no = expr_work(e->kid[2]);
    return work_sum(expr_work(e->kid[0]), work_flops(yes) >= work_flops(no) ? yes : no);
}

Work expr_work(const Expr *e)
{
    Work work = {0, 0, 0, 0, 0};
    if (e->kind == EX_SELECT) {
        return work_of_choice(e);
    }
    work.reads = e->kind == EX_READ;
    if (e->kind == EX_OP && e->type == T_REAL && e->op != OP_TO_REAL) {
        ++*counter_of(&work, e->op);
    }
    for (int k = 0; k < e->n; k++) {
        work = work_sum(work, expr_work(e->kid[k]));
    }
    return e->otherwise ? work_sum(work, expr_work(e->otherwise)) : work;
}

Work node_work(const Node *node)
{
    Work work = expr_work(node->body);
    if (node->type == T_REAL) {
        work.adds += node->reduce == RED_SUM;
        work.multiplies += node->reduce == RED_PROD;
        work.functions += node->reduce == RED_MAX || node->reduce == RED_MIN;
    }
    return work;
}

static int branches(const Expr *e)
{
    int found = e->kind == EX_SELECT || e->otherwise != NULL;
    for (int k = 0; k < e->n; k++) {
        found |= branches(e->kid[k]);
    }
    return found;
}

int node_work_varies(const Node *node)
{
    return node->where || node->empty || node->reduce == RED_PICK || branches(node->body);
}

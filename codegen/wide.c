/* Sums that reach a comparison, a whole number, an index or a length are computed and stored in double: one rounding to float could
 * move them to the other side. Marks go backwards from such uses through pointwise equations and stop at sums; picked,
 * largest and smallest values pass them on, since they are compared with what they were taken from. */
#include "normal/normal.h"
#include "plan.h"
#include "target.h"

static void mark_node(Plan *p, const Node *node);

static void mark_values(Plan *p, const Expr *e)
{
    if (e->kind == EX_READ) {
        if (e->type == T_REAL) {
            mark_node(p, e->node);
        }
        if (e->otherwise) {
            mark_values(p, e->otherwise);
        }
        return;
    }
    const int first = e->kind == EX_SELECT;
    for (int k = first; k < e->n; k++) {
        if (e->kid[k]->type == T_REAL) {
            mark_values(p, e->kid[k]);
        }
    }
}

static void mark_node(Plan *p, const Node *node)
{
    Info *info = plan_info(p, node);
    if (info->wide || node->type != T_REAL) {
        return;
    }
    switch (node->kind) {
    case NODE_INPUT:
    case NODE_STATE:
    case NODE_PARAM: return;
    case NODE_ARG:
    case NODE_RESULT:
        info->wide = 1;
        mark_node(p, node->source);
        info->wide = node->source->kind == NODE_EQ || node->source->kind == NODE_ARG || node->source->kind == NODE_RESULT
                         ? plan_info(p, node->source)->wide
                         : 0;
        return;
    case NODE_EQ: break;
    }
    info->wide = 1;
    if (node->reduce == RED_NONE || node->reduce == RED_MAX || node->reduce == RED_MIN || node->reduce == RED_PICK) {
        mark_values(p, node->body);
    }
}

/* Plain C keeps every comparison. */
static int smooth_counts(const Plan *p)
{
    return !p->options || target_is_fast(p->options->target);
}

static void find_decisions(Plan *p, const Expr *e);

/* Of a choice that decides nothing: its comparisons do not count, what they compare may hold decisions. */
static void inside_condition(Plan *p, const Expr *e)
{
    const int logic = e->kind == EX_OP && (e->op == OP_AND || e->op == OP_OR || e->op == OP_NOT);
    const int compares = e->kind == EX_OP && (e->op == OP_LT || e->op == OP_LE);
    if (!logic && !compares) {
        find_decisions(p, e);
        return;
    }
    for (int k = 0; k < e->n; k++) {
        if (logic) {
            inside_condition(p, e->kid[k]);
        } else {
            find_decisions(p, e->kid[k]);
        }
    }
}

/* Uses of reals as decisions. */
static void find_decisions(Plan *p, const Expr *e)
{
    if (e->kind == EX_OP) {
        switch (e->op) {
        case OP_LT:
        case OP_LE:
        case OP_EQ:
        case OP_NE:
        case OP_FLOOR:
        case OP_CEIL:
        case OP_ROUND:
        case OP_TRUNC:
        case OP_SIGN:
        case OP_TO_INT:
            for (int k = 0; k < e->n; k++) {
                if (e->kid[k]->type == T_REAL) {
                    mark_values(p, e->kid[k]);
                }
            }
            break;
        default: break;
        }
    }
    const int smooth = e->kind == EX_SELECT && smooth_counts(p) && norm_smooth(p->arena, p->graph, e);
    for (int k = 0; k < e->n; k++) {
        if (k == 0 && smooth) {
            inside_condition(p, e->kid[0]);
        } else {
            find_decisions(p, e->kid[k]);
        }
    }
    if (e->otherwise) {
        find_decisions(p, e->otherwise);
    }
}

static void look_at(Plan *p, const Node *node)
{
    if (node->body) {
        find_decisions(p, node->body);
    }
    if (node->where) {
        find_decisions(p, node->where);
    }
    if (node->empty) {
        find_decisions(p, node->empty);
    }
}

/* A tensor that goes round a loop is one array: what one turn needs in double, all keep so. */
static int spread(Plan *p)
{
    int changed = 0;
    for (int i = 0; i < p->graph->units.n; i++) {
        const Unit *unit = p->graph->units.at[i];
        for (int k = 0; k < unit->args.n; k++) {
            Info *arg = plan_info(p, unit->args.at[k]);
            const Node *source = unit->args.at[k]->source;
            if (arg->wide != plan_info(p, source)->wide && source->kind != NODE_PARAM && source->kind != NODE_INPUT &&
                source->kind != NODE_STATE) {
                if (!arg->wide) {
                    arg->wide = 1;
                } else {
                    mark_node(p, source);
                }
                changed |= plan_info(p, source)->wide;
            }
        }
        for (int k = 0; unit->kind == UNIT_LOOP && k < unit->carried; k++) {
            Info *arg = plan_info(p, unit->args.at[k]);
            const Node *next = unit->results.at[k];
            if (arg->wide != plan_info(p, next)->wide) {
                arg->wide = 1;
                mark_node(p, next);
                changed |= plan_info(p, next)->wide;
            }
        }
        for (int s = 0; s < unit->step.n; s++) {
            for (int k = 0; k < unit->step.at[s].results.n; k++) {
                Node *result = unit->step.at[s].results.at[k];
                if (plan_info(p, result->source)->wide && !plan_info(p, result)->wide) {
                    plan_info(p, result)->wide = 1;
                    changed = 1;
                }
            }
        }
    }
    return changed;
}

void wide_mark(Plan *p)
{
    const Graph *graph = p->graph;
    for (int u = 0; u < graph->units.n; u++) {
        for (int s = 0; s < graph->units.at[u]->step.n; s++) {
            const Step *step = &graph->units.at[u]->step.at[s];
            if (step->kind == STEP_NODE) {
                look_at(p, step->node);
            } else if (step->kind == STEP_ALONG) {
                for (int k = 0; k < step->group.n; k++) {
                    look_at(p, step->group.at[k]);
                }
            } else if (step->kind == STEP_DIM && step->dim->formula) {
                mark_values(p, step->dim->formula);
                find_decisions(p, step->dim->formula);
            }
        }
    }
    for (int tries = 0; tries < 100 && spread(p); tries++) {
    }
}

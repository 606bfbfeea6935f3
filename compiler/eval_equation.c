/* One equation of the evaluator: loops over its free indices, and over the bound ones inside, in the order they are written. */
#include "eval_inner.h"
#include "scalar.h"

typedef struct Loops {
    int n;
    const Var **var;
    int64_t *length;
} Loops;

struct Equation {
    const Node *node;
    Tensor *into;
    Loops free, bound;
    const Code *body, *where, *empty;
    Work work;          /* of one evaluation of body */
    double evaluations; /* of body, in this run */
};

/* How two elements become one. */
static const Op combine[] = {[RED_NONE] = OP_COUNT_, [RED_SUM] = OP_ADD, [RED_PROD] = OP_MUL, [RED_MAX] = OP_MAX,  [RED_MIN] = OP_MIN,
                             [RED_ANY] = OP_OR,      [RED_ALL] = OP_AND, [RED_PICK] = OP_COUNT_};

static Loops loops_of(Run *run, Arena *arena, const VarList *vars)
{
    Loops loops = {vars->n, arena_array(arena, const Var *, vars->n), arena_array(arena, int64_t, vars->n)};
    for (int i = 0; i < vars->n; i++) {
        loops.var[i] = vars->at[i];
        loops.length[i] = run_length(run, vars->at[i]->dim);
    }
    return loops;
}

/* All variables but `fixed` to 0. Returns 0 if there is nothing to visit. */
static int loops_start(Run *run, const Loops *loops, const Var *fixed)
{
    for (int i = 0; i < loops->n; i++) {
        if (loops->length[i] == 0) {
            return 0;
        }
        if (loops->var[i] != fixed) {
            run->value[loops->var[i]->id] = 0;
        }
    }
    return 1;
}

/* The last variable runs fastest. Returns 0 at the end. */
static int loops_next(Run *run, const Loops *loops, const Var *fixed)
{
    for (int i = loops->n - 1; i >= 0; i--) {
        int64_t *value = &run->value[loops->var[i]->id];
        if (loops->var[i] == fixed) {
            continue;
        }
        if (++*value < loops->length[i]) {
            return 1;
        }
        *value = 0;
    }
    return 0;
}

static int64_t loops_place(const Run *run, const Loops *loops)
{
    int64_t place = 0;
    for (int i = 0; i < loops->n; i++) {
        place = place * loops->length[i] + run->value[loops->var[i]->id];
    }
    return place;
}

Equation *equation_bind(Run *run, Arena *arena, const Node *node, Tensor *into)
{
    Equation *q = arena_new_of(arena, Equation);
    run->node = node;
    q->node = node;
    q->into = into;
    q->free = loops_of(run, arena, &node->free);
    q->bound = loops_of(run, arena, &node->bound);
    q->body = run->failed ? NULL : code_bind(run, arena, node->body);
    q->where = node->where && !run->failed ? code_bind(run, arena, node->where) : NULL;
    q->empty = node->empty && !run->failed ? code_bind(run, arena, node->empty) : NULL;
    q->work = node_work(node);
    return run->failed ? NULL : q;
}

/* A sum without condition, its innermost loop done by code_dot. Returns 0 if it is none such; `total` is then meaningless. */
static int sum_of_products(Run *run, Equation *q, double *total)
{
    const int last = q->bound.n - 1;
    *total = 0;
    if (q->node->reduce != RED_SUM || q->where || q->empty || last < 0) {
        return 0;
    }
    for (int more = loops_start(run, &q->bound, NULL); more; more = loops_next(run, &q->bound, q->bound.var[last])) {
        if (!code_dot(q->body, &run->value[q->bound.var[last]->id], q->bound.length[last], total)) {
            return 0;
        }
        q->evaluations += (double)q->bound.length[last];
    }
    return 1;
}

static double reduce_real(Run *run, Equation *q)
{
    const Reduce reduce = q->node->reduce;
    double total;
    int elements = 0;
    if (sum_of_products(run, q, &total)) {
        return total;
    }
    total = reduce == RED_PROD ? 1 : 0;
    for (int more = loops_start(run, &q->bound, NULL); more && !run->failed; more = loops_next(run, &q->bound, NULL)) {
        if (q->where && !code_int(run, q->where)) {
            continue;
        }
        const double value = code_real(run, q->body);
        q->evaluations++;
        if (reduce == RED_SUM) {
            total += value;
        } else if (reduce == RED_PROD || elements) {
            total = scalar_real(combine[reduce], total, value);
        } else {
            total = value;
        }
        elements = 1;
        if (reduce == RED_PICK) {
            break;
        }
    }
    return elements || !q->empty ? total : code_real(run, q->empty);
}

static int64_t reduce_int(Run *run, Equation *q)
{
    const Reduce reduce = q->node->reduce;
    int64_t total = reduce == RED_PROD || reduce == RED_ALL;
    int elements = 0;
    for (int more = loops_start(run, &q->bound, NULL); more && !run->failed; more = loops_next(run, &q->bound, NULL)) {
        if (q->where && !code_int(run, q->where)) {
            continue;
        }
        const int64_t value = code_int(run, q->body);
        q->evaluations++;
        if (!elements && (reduce == RED_MAX || reduce == RED_MIN || reduce == RED_PICK)) {
            total = value;
        } else if (!scalar_int(combine[reduce], total, value, &total)) {
            run_fail(run, q->node->span, "integer overflow");
        }
        elements = 1;
        if (reduce == RED_PICK) {
            break;
        }
    }
    return elements || !q->empty ? total : code_int(run, q->empty);
}

static void compute_element(Run *run, Equation *q, int64_t place)
{
    const int plain = q->node->reduce == RED_NONE;
    q->evaluations += plain;
    if (q->into->type == T_REAL) {
        q->into->real[place] = plain ? code_real(run, q->body) : reduce_real(run, q);
    } else {
        q->into->integer[place] = plain ? code_int(run, q->body) : reduce_int(run, q);
    }
}

/* Bytes of stored parameters that e reads in so many evaluations: each tensor once at most, fewer where fewer elements are looked up. */
static double weight_bytes(const Eval *eval, const Expr *e, double evaluations)
{
    const Node *node = e->kind == EX_READ ? e->node : NULL;
    double bytes = 0;
    while (node && node->source) { /* handed on by calls */
        node = node->source;
    }
    if (node && node->kind == NODE_PARAM && eval->param[node->id]) {
        const double all = (double)eval->param_bytes[node->id], elements = (double)eval->param[node->id]->elements;
        bytes = elements > evaluations ? all / elements * evaluations : all;
    }
    for (int k = 0; k < e->n; k++) {
        bytes += weight_bytes(eval, e->kid[k], evaluations);
    }
    return bytes;
}

static void count(Eval *eval, const Equation *q)
{
    const Unit *unit = q->node->unit ? q->node->unit : eval->graph->top;
    EvalCounters *c = &eval->unit[unit->id];
    c->adds += q->evaluations * q->work.adds;
    c->multiplies += q->evaluations * q->work.multiplies;
    c->divides += q->evaluations * q->work.divides;
    c->functions += q->evaluations * q->work.functions;
    c->reads += q->evaluations * q->work.reads;
    c->flops += q->evaluations * work_flops(q->work);
    c->weight_bytes += weight_bytes(eval, q->node->body, q->evaluations);
}

void equation_run(Run *run, Equation *q, const Var *fixed)
{
    run->node = q->node;
    q->evaluations = 0;
    for (int more = loops_start(run, &q->free, fixed); more && !run->failed; more = loops_next(run, &q->free, fixed)) {
        compute_element(run, q, loops_place(run, &q->free));
    }
    if (!run->eval->loading) {
        count(run->eval, q);
    }
}

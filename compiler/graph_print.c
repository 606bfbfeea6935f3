/* --dump=graph: one equation per line in the language's own notation. `x.12` is node 12, which the author calls x; parameters stand under
 * their paths. What is called is shown indented below its call. */
#include "graph.h"

#include <math.h>
#include <string.h>

enum { SELECT_PRECEDENCE = 0, TIGHTEST = 10 };

/* The shortest decimal that reads back as the same double, always recognisable as a real. */
static void print_real(double value, FILE *out)
{
    char text[32];
    if (isnan(value) || isinf(value)) {
        fputs(isnan(value) ? "nan" : value < 0 ? "-inf" : "inf", out);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        double again = 0;
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (sscanf(text, "%lf", &again) == 1 && again == value) {
            break;
        }
    }
    fprintf(out, "%s%s", text, strpbrk(text, ".e") ? "" : ".0");
}

static void print_node_name(const Node *node, FILE *out)
{
    if (node->kind == NODE_PARAM && node->path) {
        fprintf(out, "\"%s\"", node->path);
    } else if (node->kind == NODE_INPUT || node->kind == NODE_STATE) {
        fputs(node->name, out);
    } else {
        fprintf(out, "%s.%d", node->name ? node->name : "", node->id);
    }
}

static void print_at(const Expr *e, int precedence, FILE *out);

static void print_list(Expr *const *kid, int n, FILE *out)
{
    for (int k = 0; k < n; k++) {
        fputs(k ? ", " : "", out);
        print_at(kid[k], SELECT_PRECEDENCE, out);
    }
}

static void open_if(int yes, FILE *out)
{
    fputs(yes ? "(" : "", out);
}

static void close_if(int yes, FILE *out)
{
    fputs(yes ? ")" : "", out);
}

static void print_const(const Expr *e, FILE *out)
{
    if (e->type == T_ERROR) {
        fputs("error", out);
    } else if (e->type == T_BOOL) {
        fputs(e->integer ? "true" : "false", out);
    } else if (e->type == T_INT) {
        fprintf(out, "%lld", (long long)e->integer);
    } else {
        print_real(e->real, out);
    }
}

static void print_op(const Expr *e, int precedence, FILE *out)
{
    const OpInfo *info = &op_table[e->op];
    const int parentheses = info->precedence < precedence;
    if (info->infix) {
        const int right_to_left = e->op == OP_POW, relation = info->precedence == op_table[OP_LT].precedence;
        open_if(parentheses, out);
        print_at(e->kid[0], info->precedence + (right_to_left || relation), out);
        fprintf(out, e->op == OP_POW ? "%s" : " %s ", info->name);
        print_at(e->kid[1], info->precedence + !right_to_left, out);
        close_if(parentheses, out);
    } else if (e->op == OP_NEG || e->op == OP_NOT) {
        open_if(parentheses, out);
        fputs(e->op == OP_NEG ? "-" : "not ", out);
        print_at(e->kid[0], info->precedence, out);
        close_if(parentheses, out);
    } else {
        fprintf(out, "%s(", info->name);
        print_list(e->kid, e->n, out);
        fputc(')', out);
    }
}

static void print_at(const Expr *e, int precedence, FILE *out)
{
    switch (e->kind) {
    case EX_CONST: {
        const int negative = e->type == T_REAL ? signbit(e->real) != 0 : e->integer < 0;
        open_if(negative && precedence > op_table[OP_NEG].precedence, out);
        print_const(e, out);
        close_if(negative && precedence > op_table[OP_NEG].precedence, out);
        break;
    }
    case EX_VAR: fputs(e->var->name, out); break;
    case EX_LEN: fprintf(out, "len(%s)", e->dim->name); break;
    case EX_READ:
        open_if(e->otherwise && precedence > SELECT_PRECEDENCE, out);
        print_node_name(e->node, out);
        fputc('[', out);
        print_list(e->kid, e->n, out);
        fputc(']', out);
        if (e->otherwise) {
            fputs(" ?? ", out);
            print_at(e->otherwise, TIGHTEST, out);
        }
        close_if(e->otherwise && precedence > SELECT_PRECEDENCE, out);
        break;
    case EX_POS:
        fprintf(out, "place(%s, ", e->dim->name);
        print_list(e->kid, 1, out);
        fputc(')', out);
        break;
    case EX_OP: print_op(e, precedence, out); break;
    case EX_SELECT:
        open_if(precedence > SELECT_PRECEDENCE, out);
        print_at(e->kid[0], SELECT_PRECEDENCE + 1, out);
        fputs(" ? ", out);
        print_at(e->kid[1], SELECT_PRECEDENCE + 1, out);
        fputs(" : ", out);
        print_at(e->kid[2], SELECT_PRECEDENCE, out);
        close_if(precedence > SELECT_PRECEDENCE, out);
        break;
    }
}

void expr_print(const Expr *e, FILE *out)
{
    print_at(e, SELECT_PRECEDENCE, out);
}

/* ---- the graph --------------------------------------------------------------------------------------------------------------------- */

static void indent(int depth, FILE *out)
{
    fprintf(out, "%*s", 2 * depth, "");
}

/* `t`, `t'`, or `u in t` when the name does not say the dim; a fixed length is shown where it is introduced. */
static void print_vars(const VarList *vars, int lengths, FILE *out)
{
    for (int i = 0; i < vars->n; i++) {
        const Var *var = vars->at[i];
        const size_t n = strlen(var->dim->name);
        fprintf(out, "%s%s", i ? ", " : "", var->name);
        if (strncmp(var->name, var->dim->name, n) != 0 || strspn(var->name + n, "'") != strlen(var->name + n)) {
            fprintf(out, " in %s", var->dim->name);
        }
        if (lengths && !dim_is_ragged(var->dim)) {
            fprintf(out, "=%lld", (long long)var->dim->length);
        }
    }
}

static void print_head(const Node *node, FILE *out)
{
    fputs(node->output ? "output " : "", out);
    print_node_name(node, out);
    fputc('[', out);
    print_vars(&node->free, 1, out);
    fprintf(out, "]: %s", node->extent ? node->extent->name : type_name(node->type));
}

static void print_equation(const Node *node, FILE *out)
{
    static const char *const name[] = {[RED_SUM] = "sum", [RED_PROD] = "prod", [RED_MAX] = "max", [RED_MIN] = "min",
                                       [RED_ANY] = "any", [RED_ALL] = "all",   [RED_PICK] = "pick"};
    if (node->reduce != RED_NONE) {
        fprintf(out, "%s%s[", node->empty ? "(" : "", name[node->reduce]);
        print_vars(&node->bound, 1, out);
        if (node->where) {
            fputs(" where ", out);
            expr_print(node->where, out);
        }
        fputs("] ", out);
    }
    if (node->body) {
        print_at(node->body, node->reduce == RED_NONE ? SELECT_PRECEDENCE : op_table[OP_MUL].precedence, out);
    }
    if (node->empty) {
        fputs(") ?? ", out);
        print_at(node->empty, TIGHTEST, out);
    }
}

static void print_node(const Node *node, int depth, FILE *out)
{
    indent(depth, out);
    print_head(node, out);
    fputs(" = ", out);
    print_equation(node, out);
    if (node->library) {
        fprintf(out, "  # %s", node->library);
    }
    fputc('\n', out);
}

static void print_dim(const Dim *dim, int depth, FILE *out)
{
    indent(depth, out);
    fprintf(out, "%s %s", dim_is_ragged(dim) ? "ragged" : "dim", dim->name);
    if (dim_is_ragged(dim) && dim->bound != INT64_MAX) {
        fprintf(out, " <= %lld", (long long)dim->bound);
    }
    switch (dim->kind) {
    case DIM_FIXED:
        fprintf(out, " = %lld", (long long)dim->length);
        if (dim->parent) {
            fprintf(out, " of %s", dim->parent->name);
        }
        break;
    case DIM_GIVEN: break;
    case DIM_FORMULA:
        fputs(" = ", out);
        expr_print(dim->formula, out);
        break;
    case DIM_WHERE:
        fprintf(out, " = %s where ", dim->parent->name);
        print_node_name(dim->mask, out);
        fprintf(out, "[%s]", dim->parent->name);
        break;
    case DIM_TAKEN: break;
    }
    if (dim->most) {
        fputs(", at most ", out);
        expr_print(dim->most, out);
    }
    fprintf(out, "  # dim %d\n", dim->id);
}

static void print_unit(const Unit *unit, int depth, FILE *out);

static void print_call(const Step *step, int depth, FILE *out)
{
    const Unit *unit = step->unit;
    indent(depth, out);
    for (int i = 0; i < step->results.n; i++) {
        fputs(i ? ", " : "", out);
        print_head(step->results.at[i], out);
    }
    fprintf(out, "%s%s(", step->results.n ? " = " : "", unit->name ? unit->name : "");
    for (int i = 0; i < unit->args.n; i++) {
        fputs(i ? ", " : "", out);
        print_node_name(unit->args.at[i], out);
        fputs(" = ", out);
        print_node_name(unit->args.at[i]->source, out);
    }
    fputc(')', out);
    if (unit->kind == UNIT_TURN) {
        fprintf(out, "  # turn %d of %d of loop %d, %d carried", unit->turn, unit->turns, unit->loop, unit->carried);
    }
    if (unit->kind == UNIT_LOOP) {
        fprintf(out, "  # %s, %d carried", step->once ? "one turn at most" : "turn by turn", unit->carried);
    }
    if (unit->prefix && *unit->prefix) {
        fprintf(out, "%s under \"%s\"", unit->kind == UNIT_FUNCTION ? "  #" : ",", unit->prefix);
    }
    fputs(" {\n", out);
    print_unit(unit, depth + 1, out);
    indent(depth, out);
    fputs("}\n", out);
}

static void print_step(const Step *step, int depth, FILE *out)
{
    switch (step->kind) {
    case STEP_NODE: print_node(step->node, depth, out); break;
    case STEP_DIM: print_dim(step->dim, depth, out); break;
    case STEP_CALL:
    case STEP_LOOP: print_call(step, depth, out); break;
    case STEP_LEAVE:
        indent(depth, out);
        fputs("leave unless ", out);
        print_node_name(step->node, out);
        fputc('\n', out);
        break;
    case STEP_REQUIRE:
        indent(depth, out);
        fputs("require ", out);
        print_node_name(step->node, out);
        fprintf(out, " < 0, \"%s\"\n", step->message);
        break;
    case STEP_ALONG:
        indent(depth, out);
        fprintf(out, "along %s%s {\n", step->var->name, step->down ? " down" : "");
        for (int i = 0; i < step->group.n; i++) {
            print_node(step->group.at[i], depth + 1, out);
        }
        indent(depth, out);
        fputs("}\n", out);
        break;
    }
}

static void print_unit(const Unit *unit, int depth, FILE *out)
{
    for (int i = 0; i < unit->step.n; i++) {
        print_step(&unit->step.at[i], depth, out);
    }
    if (unit->results.n) {
        indent(depth, out);
        fputs("return ", out);
        for (int i = 0; i < unit->results.n; i++) {
            fputs(i ? ", " : "", out);
            print_node_name(unit->results.at[i], out);
        }
        fputc('\n', out);
    }
}

static void print_leaf(const char *word, const Node *node, FILE *out)
{
    fprintf(out, "%s ", word);
    print_head(node, out);
    if (node->family) {
        fprintf(out, " in %d parts, the last \"%s\"", node->family_n, node->family[node->family_n - 1]);
    }
    if (node->body) {
        fputs(" = ", out);
        print_equation(node, out);
    }
    if (node->next) {
        fputs(", then ", out);
        print_node_name(node->next, out);
    }
    fputc('\n', out);
}

void graph_print(const Graph *graph, FILE *out)
{
    fprintf(out, "model %s\n", graph->name ? graph->name : "");
    for (int i = 0; i < graph->dims.n; i++) {
        const Dim *dim = graph->dims.at[i];
        if (dim->kind == DIM_FIXED || dim->kind == DIM_GIVEN) {
            print_dim(dim, 0, out);
        }
    }
    for (int i = 0; i < graph->inputs.n; i++) {
        print_leaf("input", graph->inputs.at[i], out);
    }
    for (int i = 0; i < graph->states.n; i++) {
        print_leaf("state", graph->states.at[i], out);
    }
    for (int i = 0; i < graph->params.n; i++) {
        if (graph->params.at[i]->kind == NODE_PARAM) {
            print_leaf("param", graph->params.at[i], out);
        }
    }
    if (graph->top) {
        fputc('\n', out);
        print_unit(graph->top, 0, out);
    }
}

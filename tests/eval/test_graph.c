/* The dump of a graph, and what graph_verify finds. */
#include "build.h"

#include <string.h>

/* x[t,d] = a W a; softmax piece; a call; a loop; an output */
static Node *result_of(Unit *callee, Node *source, Var *t)
{
    Node *result = graph_node(graph, NODE_RESULT, source->name, (Span){0});
    result->type = source->type;
    result->free = vars(t, NULL);
    result->source = source;
    result->unit = callee->caller;
    Step step = {.kind = STEP_CALL, .unit = callee};
    vec_push(arena, step.results, result);
    vec_push(arena, unit->step, step);
    return result;
}

static Node *arg_of(Unit *callee, Node *source, Var *t)
{
    Node *arg = graph_node(graph, NODE_ARG, str_of("x"), (Span){0});
    arg->type = source->type;
    arg->free = vars(t, NULL);
    arg->source = source;
    arg->unit = callee;
    vec_push(arena, callee->args, arg);
    return arg;
}

static Dim *dt;
static Node *x, *w, *keep, *y, *r;
static Unit *callee;

static void a_small_model(void)
{
    dt = given("t", 512);
    Dim *dd = fixed("d", 4), *dz = graph_dim(graph, DIM_WHERE, str_of("z"), (Span){0});
    Var *t = over(dt, "t"), *u = over(dt, "t'"), *d_ = over(dd, "d"), *z = over(dz, "z");
    x = input("x", T_REAL, NULL, vars(over(dt, "t"), NULL));
    Node *kind = input("kind", T_INT, dd, vars(t, NULL));
    kind->optional = 1;
    kind->body = num(0);
    w = param("w.weight", T_REAL, vars(over(dd, "d"), NULL));
    keep = equation("keep", vars(t, NULL), op(OP_LT, real(0.5), read_at(x, at(t), NULL)));
    dz->parent = dt;
    dz->mask = keep;
    dz->bound = 64;
    step_dim(dz);
    equation("at", vars(z, NULL), read_at(x, expr_pos(graph, dz, at(z), (Span){0}), NULL));
    Node *s = reduction("s", vars(t, NULL), RED_SUM, vars(u, d_, NULL), op(OP_LE, at(u), at(t)),
                        op(OP_ADD, read_at(w, at(d_), NULL), read_at(x, at(u), NULL)));
    s->library = str_of("norm");
    Node *h = loose("h", T_REAL, vars(t, NULL));
    h->body = op(OP_ADD, read_or(h, op(OP_SUB, at(t), num(1)), real(1)), read_at(s, at(t), NULL));
    along(t, 1, h, NULL);
    h->body = op(OP_ADD, read_or(h, op(OP_ADD, at(t), num(1)), real(1)), read_at(s, at(t), NULL));
    callee = graph_unit(graph, UNIT_TURN, str_of("layer"), (Span){0});
    callee->caller = unit;
    callee->loop = callee->turns = callee->turn = 1;
    callee->carried = 1;
    callee->prefix = str_of("layer.0");
    Node *arg = arg_of(callee, h, over(dt, "t"));
    unit = callee;
    y = equation("y", vars(t, NULL), op(OP_MUL, read_at(arg, at(t), NULL), real(2)));
    vec_push(arena, callee->results, y);
    unit = graph->top;
    r = output(result_of(callee, y, over(dt, "t")));
}

static void a_dump_reads_as_the_text(void **state)
{
    (void)state;
    a_small_model();
    assert_null(graph_verify(graph));
    assert_string_equal(dumped(), "model test\n"
                                  "ragged t <= 512  # dim 0\n"
                                  "dim d = 4  # dim 1\n"
                                  "input x[t]: real\n"
                                  "input kind[t]: d = 0\n"
                                  "param \"w.weight\"[d=4]: real\n"
                                  "\n"
                                  "keep.3[t]: bool = 0.5 < x[t]\n"
                                  "ragged z <= 64 = t where keep.3[t]  # dim 2\n"
                                  "at.4[z]: real = x[place(z, z)]\n"
                                  "s.5[t]: real = sum[t', d=4 where t' <= t] (\"w.weight\"[d] + x[t'])  # norm\n"
                                  "along t down {\n"
                                  "  h.6[t]: real = (h.6[t + 1] ?? 1.0) + s.5[t]\n"
                                  "}\n"
                                  "output y.9[t]: real = layer(x.7 = h.6)  # turn 1 of 1 of loop 1, 1 carried, under \"layer.0\" {\n"
                                  "  y.8[t]: real = x.7[t] * 2.0\n"
                                  "  return y.8\n"
                                  "}\n");
}

static void broken(const char *part)
{
    const char *wrong = graph_verify(graph);
    if (!wrong || !strstr(wrong, part)) {
        fail_msg("'%s' is not in '%s'", part, wrong ? wrong : "(nothing)");
    }
}

typedef struct Breakage {
    const char *part;
    void (*make)(void);
} Breakage;

static void foreign_variable(void)
{
    y->body = expr_to(graph, at(over(dt, "u")), T_REAL);
}

static void wrong_type(void)
{
    y->type = T_INT;
}

static void too_few_indices(void)
{
    Expr *read = read_at(x, at(keep->free.at[0]), NULL);
    read->n = 0;
    keep->body = op(OP_LT, read, real(0));
}

static void read_of_another_unit(void)
{
    y->body = read_at(x, at(y->free.at[0]), NULL);
}

static void read_too_early(void)
{
    keep->body = op(OP_LT, read_at(r, at(keep->free.at[0]), NULL), real(0));
}

static void dim_too_early(void)
{
    vec_push(arena, unit->step, unit->step.at[1]);
    unit->step.at[1] = unit->step.at[2];
}

static void computed_twice(void)
{
    vec_push(arena, unit->step, unit->step.at[0]);
}

static void free_and_bound(void)
{
    y->reduce = RED_SUM;
    y->bound = y->free;
}

static void domain_without_reduction(void)
{
    keep->where = expr_bool(graph, 1, (Span){0});
}

static void no_result(void)
{
    callee->results.n = 0;
}

static void lost_argument(void)
{
    callee->args.at[0]->source = r;
}

static void extent_of_a_real(void)
{
    x->extent = fixed("e", 3);
}

static void ragged_parameter(void)
{
    w->free = vars(over(dt, "t"), NULL);
}

static void listed_twice(void)
{
    vec_push(arena, graph->inputs, x);
}

static void not_along(void)
{
    for (int i = 0; i < unit->step.n; i++) {
        if (unit->step.at[i].kind == STEP_ALONG) {
            unit->step.at[i].var = over(dt, "t");
        }
    }
}

static void changed_shape(void)
{
    r->type = T_INT;
}

static void error_inside(void)
{
    keep->body->kid[0]->type = T_ERROR;
}

static void negative_dim(void)
{
    fixed("e", -1);
}

static void no_top(void)
{
    graph->top = NULL;
}

static void every_broken_invariant_is_found(void **state)
{
    static const Breakage row[] = {
        {"variable u is used where it has no value, in y", foreign_variable},
        {"y.8 is int, its equation real", wrong_type},
        {"x.0 has 1 axes and is read at 0 indices", too_few_indices},
        {"x.0 is read in unit layer, where it is not", read_of_another_unit},
        {"y.9 is read before it is computed", read_too_early},
        {"ragged dim z is used before it is made", dim_too_early},
        {"keep.3 is computed twice", computed_twice},
        {"index t of y.8 is free and bound", free_and_bound},
        {"keep.3 is no reduction, but has a domain", domain_without_reduction},
        {"y.9 is no result of unit layer", no_result},
        {"argument y.9 is handed over before it is computed", lost_argument},
        {"x.0 holds indices into e, but is no int", extent_of_a_real},
        {"parameter w.weight.2 has a ragged axis", ragged_parameter},
        {"x.0 is listed twice", listed_twice},
        {"h.6 runs along t, which is none of its indices", not_along},
        {"y.9 and y.8 are one tensor with two shapes", changed_shape},
        {"'<' of error and real gives bool", error_inside},
        {"dim e has length -1", negative_dim},
        {"the graph has no top unit", no_top},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        a_small_model();
        assert_null(graph_verify(graph));
        row[i].make();
        broken(row[i].part);
        end(state);
        begin(state);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {TEST(a_dump_reads_as_the_text), TEST(every_broken_invariant_is_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

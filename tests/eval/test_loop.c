/* Loops whose turns depend on data: what they carry, dims that take another length in every turn, how they are left. */
#include "build.h"

#include <string.h>

static Dim *given_t, *inside, *longer, *after;
static Node *x, *n, *going, *ids, *count, *ids_arg, *count_arg, *ids_out, *count_out;
static Unit *loop;

static Node *handed(NodeKind kind, const char *name, Node *source, Unit *owner, Var *var)
{
    Node *node = graph_node(graph, kind, str_of(name), (Span){0});
    node->type = source->type;
    node->source = source;
    node->unit = owner;
    if (var) {
        vec_push(arena, node->free, var);
    }
    return node;
}

static Dim *made(DimKind kind, const char *name, Expr *formula, Expr *most)
{
    Dim *dim = graph_dim(graph, kind, str_of(name), (Span){0});
    dim->formula = formula;
    dim->most = most;
    dim->bound = 100;
    return dim;
}

/* while count < n { ids gets the count at its end; count += 1 }, ids at most twice as long as t */
static void a_loop(int once)
{
    const VarList none = {0};
    given_t = given("t", 50);
    Var *t = over(given_t, "t");
    x = input("x", T_INT, NULL, vars(t, NULL));
    n = input("n", T_INT, NULL, none);
    Node *start = equation("ids", vars(over(given_t, "t"), NULL), num(7));
    Node *zero = equation("count", none, num(0));
    Expr *most = op(OP_MUL, num(2), expr_len(graph, given_t, (Span){0}));
    inside = made(DIM_TAKEN, "ids", NULL, most);
    after = made(DIM_TAKEN, "ids", NULL, most);
    loop = graph_unit(graph, UNIT_LOOP, str_of("while_ids"), (Span){0});
    loop->caller = unit;
    loop->carried = 2;
    ids_arg = handed(NODE_ARG, "ids", start, loop, over(inside, "i"));
    count_arg = handed(NODE_ARG, "count", zero, loop, NULL);
    Node *n_arg = handed(NODE_ARG, "n", n, loop, NULL);
    vec_push(arena, loop->args, ids_arg);
    vec_push(arena, loop->args, count_arg);
    vec_push(arena, loop->args, n_arg);
    Unit *outer = unit;
    unit = loop;
    going = equation("going", none, op(OP_LT, read_at(count_arg, NULL), read_at(n_arg, NULL)));
    const Step leave = {.kind = STEP_LEAVE, .node = going};
    vec_push(arena, loop->step, leave);
    longer = made(DIM_FORMULA, "ids", op(OP_ADD, expr_len(graph, inside, (Span){0}), num(1)), most);
    step_dim(longer);
    Var *i = over(longer, "i");
    ids = equation("ids", vars(i, NULL),
                   expr_select(graph, op(OP_LT, at(i), expr_len(graph, inside, (Span){0})), read_at(ids_arg, at(i), NULL),
                               read_at(count_arg, NULL), (Span){0}));
    count = equation("count", none, op(OP_ADD, read_at(count_arg, NULL), num(1)));
    vec_push(arena, loop->results, ids);
    vec_push(arena, loop->results, count);
    unit = outer;
    ids_out = handed(NODE_RESULT, "ids", ids, unit, over(after, "i"));
    count_out = handed(NODE_RESULT, "count", count, unit, NULL);
    Step step = {.kind = STEP_LOOP, .unit = loop, .once = once};
    vec_push(arena, step.results, ids_out);
    vec_push(arena, step.results, count_out);
    vec_push(arena, unit->step, step);
    Var *j = over(after, "j");
    output(equation("out", vars(j, NULL), read_at(ids_out, at(j), NULL)));
    output(equation("times", none, read_at(count_out, NULL)));
}

static const Tensor *of_length(int64_t length)
{
    return tensor_of_ints(T_INT, 1, &length, (const int64_t[50]){0});
}

static const Tensor *single(int64_t value)
{
    return tensor_of_ints(T_INT, 0, NULL, &value);
}

static void goes_on_while_it_may(void **state)
{
    (void)state;
    a_loop(0);
    const Tensor *out = run(of_length(3), single(2), NULL);
    INTS(&out[0], 7, 7, 7, 0, 1);
    INTS(&out[1], 2);
}

static void is_left_at_once(void **state)
{
    (void)state;
    a_loop(0);
    const Tensor *out = run(of_length(1), single(-1), NULL);
    INTS(&out[0], 7);
    INTS(&out[1], 0);
}

static void once_is_one_turn(void **state)
{
    (void)state;
    a_loop(1);
    const Tensor *out = run(of_length(2), single(9), NULL);
    INTS(&out[0], 7, 7, 0);
    INTS(&out[1], 1);
}

static void grows_as_far_as_it_may(void **state)
{
    (void)state;
    a_loop(0);
    assert_null(run(of_length(2), single(3), NULL));
    expect_error("'ids' has length 5 here, its bound is 4");
}

static void ends_in_any_case(void **state)
{
    (void)state;
    a_loop(0);
    going->body = op(OP_LT, num(0), op(OP_ADD, read_at(count_arg, NULL), num(1)));
    longer->formula = expr_len(graph, inside, (Span){0});
    assert_null(run(of_length(2), single(3), NULL));
    expect_error("this loop does not end: it was left after 1048576 turns");
}

static void a_dump_reads_as_the_text(void **state)
{
    (void)state;
    a_loop(0);
    assert_null(graph_verify(graph));
    assert_string_equal(dumped(), "model test\n"
                                  "ragged t <= 50  # dim 0\n"
                                  "input x[t]: int\n"
                                  "input n[]: int\n"
                                  "\n"
                                  "ids.2[t]: int = 7\n"
                                  "count.3[]: int = 0\n"
                                  "ids.10[i in ids]: int, count.11[]: int = while_ids(ids.4 = ids.2, count.5 = count.3, n.6 = n)"
                                  "  # turn by turn, 2 carried {\n"
                                  "  going.7[]: bool = count.5[] < n.6[]\n"
                                  "  leave unless going.7\n"
                                  "  ragged ids <= 100 = len(ids) + 1, at most 2 * len(t)  # dim 3\n"
                                  "  ids.8[i in ids]: int = i < len(ids) ? ids.4[i] : count.5[]\n"
                                  "  count.9[]: int = count.5[] + 1\n"
                                  "  return ids.8, count.9\n"
                                  "}\n"
                                  "output out.12[j in ids]: int = ids.10[j]\n"
                                  "output times.13[]: int = count.11[]\n");
}

static void no_leave(void)
{
    for (int i = 1; i + 1 < loop->step.n; i++) {
        loop->step.at[i] = loop->step.at[i + 1];
    }
    loop->step.n--;
}

static void carries_too_few(void)
{
    loop->carried = 1;
}

static void another_type(void)
{
    count->type = T_REAL;
    count->body = real(1);
}

static void another_dim(void)
{
    ids->free.at[0]->dim = fixed("f", 3);
}

static void leaves_by_a_number(void)
{
    loop->step.at[1].node = count_arg;
}

static void leaves_what_is_no_loop(void)
{
    const Step leave = {.kind = STEP_LEAVE, .node = going};
    vec_push(arena, unit->step, leave);
}

static void length_before_it_is_handed_over(void)
{
    output(equation("early", (VarList){0}, expr_len(graph, made(DIM_TAKEN, "late", NULL, NULL), (Span){0})));
}

static void bound_of_reals(void)
{
    longer->most = real(4);
}

static void every_broken_invariant_is_found(void **state)
{
    static const struct {
        const char *part;
        void (*make)(void);
    } row[] = {
        {"loop while_ids has 0 ends", no_leave},
        {"loop while_ids carries 1 tensors, but gives back 2", carries_too_few},
        {"count.5 and count.9 are one tensor with two shapes", another_type},
        {"ids.4 and ids.8 are one tensor with two shapes", another_dim},
        {"count.5 says when a loop ends, but is no bool that is known", leaves_by_a_number},
        {"unit test is left, but is no loop", leaves_what_is_no_loop},
        {"ragged dim late is used before it is made", length_before_it_is_handed_over},
        {"what bounds ragged dim ids is no int", bound_of_reals},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        a_loop(0);
        assert_null(graph_verify(graph));
        row[i].make();
        const char *wrong = graph_verify(graph);
        assert_non_null(wrong);
        if (!strstr(wrong, row[i].part)) {
            fail_msg("'%s' was expected, this was found: %s", row[i].part, wrong);
        }
        end(state);
        begin(state);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {TEST(goes_on_while_it_may), TEST(is_left_at_once), TEST(once_is_one_turn),
                                       TEST(grows_as_far_as_it_may), TEST(ends_in_any_case), TEST(a_dump_reads_as_the_text),
                                       TEST(every_broken_invariant_is_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

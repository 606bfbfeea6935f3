/* Dims that a sequence makes, by predicate, formula or data; equations that run along a dim, turn by turn. */
#include "build.h"

#include <math.h>

/* ragged z = t where keep[t]; y[z] = x[t at z]; a sum over z; z over nothing */
static void a_dim_by_predicate(void **state)
{
    const double x[] = {10, -1, 20, -2, 30}, no[] = {-1, -1};
    (void)state;
    Dim *dt = given("t", 64), *dz = graph_dim(graph, DIM_WHERE, str_of("z"), (Span){0});
    Var *t = over(dt, "t"), *z = over(dz, "z");
    Node *nx = input("x", T_REAL, NULL, vars(over(dt, "t"), NULL));
    dz->parent = dt;
    dz->mask = equation("keep", vars(t, NULL), op(OP_LT, num(0), read_at(nx, at(t), NULL)));
    step_dim(dz);
    Expr *place = expr_pos(graph, dz, at(z), (Span){0});
    output(equation("y", vars(z, NULL), read_at(nx, place, NULL)));
    output(equation("place", vars(z, NULL), place));
    output(equation("n", vars(NULL, NULL), expr_len(graph, dz, (Span){0})));
    Expr *before = expr_pos(graph, dz, op(OP_SUB, at(z), num(1)), (Span){0}); /* absent at the first */
    output(equation("before", vars(z, NULL), read_or(nx, before, real(7))));
    const Tensor *y = run(tensor_of_reals(1, (int64_t[]){5}, x));
    REALS(&y[0], 10, 20, 30);
    INTS(&y[1], 0, 2, 4);
    INTS(&y[2], 3);
    REALS(&y[3], 7, 10, 20);
    y = run(tensor_of_reals(1, (int64_t[]){2}, no));
    assert_int_equal(y[0].elements, 0);
    INTS(&y[2], 0);
}

/* dim g = f where f in a list, read at its parent; and the first elements */
static void a_fixed_sub_dim(void **state)
{
    const double w[] = {0, 10, 20, 30};
    const Stored weights[] = {{"w", 4, w}, {NULL, 0, NULL}};
    static int64_t member[] = {3, 1};
    (void)state;
    stored = weights;
    Dim *df = fixed("f", 4), *dg = fixed("g", 2), *dk = fixed("k", 3);
    dg->parent = dk->parent = df;
    dg->member = member;
    Var *g = over(dg, "g"), *k = over(dk, "k");
    Node *nw = param("w", T_REAL, vars(over(df, "f"), NULL));
    output(equation("y", vars(g, NULL), read_at(nw, expr_pos(graph, dg, at(g), (Span){0}), NULL)));
    output(equation("z", vars(k, NULL), read_at(nw, expr_pos(graph, dk, at(k), (Span){0}), NULL)));
    const Tensor *y = run(NULL);
    REALS(&y[0], 30, 10);
    REALS(&y[1], 0, 10, 20);
}

/* ragged m = (len(t) - 4) div 2 + 1, nothing for short t; y[m] = x[2m] */
static void a_dim_by_formula(void **state)
{
    const double x[] = {0, 1, 2, 3, 4, 5, 6};
    (void)state;
    Dim *dt = given("t", 64), *dm = graph_dim(graph, DIM_FORMULA, str_of("m"), (Span){0});
    dm->formula = op(OP_ADD, op(OP_IDIV, op(OP_SUB, expr_len(graph, dt, (Span){0}), num(4)), num(2)), num(1));
    Var *m = over(dm, "m");
    Node *nx = input("x", T_REAL, NULL, vars(over(dt, "t"), NULL));
    step_dim(dm);
    output(equation("y", vars(m, NULL), read_at(nx, op(OP_MUL, num(2), at(m)), NULL)));
    REALS(run(tensor_of_reals(1, (int64_t[]){7}, x)), 0, 2);
    REALS(run(tensor_of_reals(1, (int64_t[]){4}, x)), 0);
    assert_int_equal(run(tensor_of_reals(1, (int64_t[]){3}, x))->elements, 0);
    assert_int_equal(run(tensor_of_reals(1, (int64_t[]){0}, x))->elements, 0); /* -2 + 1 is nothing */
}

/* ragged m = n, a scalar found by a reduction; over its bound it is an error */
static void a_dim_by_data(void **state)
{
    const int64_t x[] = {2, 3, 1}, big[] = {2, 9, 1};
    (void)state;
    Dim *dt = given("t", 64), *dm = graph_dim(graph, DIM_FORMULA, str_of("m"), (Span){0});
    Var *t = over(dt, "t"), *m = over(dm, "m");
    Node *nx = input("x", T_INT, NULL, vars(over(dt, "t"), NULL));
    Node *n = reduction("n", vars(NULL, NULL), RED_MAX, vars(t, NULL), NULL, read_at(nx, at(t), NULL));
    dm->formula = read_at(n, NULL);
    dm->bound = 5;
    step_dim(dm);
    output(equation("y", vars(m, NULL), op(OP_MUL, at(m), at(m))));
    INTS(run(tensor_of_ints(T_INT, 1, (int64_t[]){3}, x)), 0, 1, 4);
    assert_null(run(tensor_of_ints(T_INT, 1, (int64_t[]){3}, big)));
    expect_error("'m' has length 9 here, its bound is 5");
}

/* h[t] = 0.5 h[t-1] + x[t], then y[t] = h[t] + y[t-1]: the second reads the first at the same turn; and downwards */
static void recurrences(void **state)
{
    enum { T = 4 };
    const double x[T] = {1, -2, 3, 5};
    double h[T], y[T], b[T];
    (void)state;
    for (int t = 0; t < T; t++) {
        h[t] = x[t] + (t ? 0.5 * h[t - 1] : 0);
        y[t] = h[t] + (t ? y[t - 1] : 100);
    }
    for (int t = T - 1; t >= 0; t--) {
        b[t] = x[t] + (t + 1 < T ? 2 * b[t + 1] : 0);
    }
    Dim *dt = given("t", 64);
    Var *t = over(dt, "t");
    Node *nx = input("x", T_REAL, NULL, vars(over(dt, "t"), NULL));
    Expr *before = op(OP_SUB, at(t), num(1));
    Node *nh = loose("h", T_REAL, vars(t, NULL)), *ny = loose("y", T_REAL, vars(t, NULL)), *nb = loose("b", T_REAL, vars(t, NULL));
    nh->body = op(OP_ADD, op(OP_MUL, real(0.5), read_at(nh, before, NULL)), read_at(nx, at(t), NULL));
    ny->body = op(OP_ADD, read_at(nh, at(t), NULL), read_or(ny, before, real(100)));
    nb->body = op(OP_ADD, op(OP_MUL, num(2), read_at(nb, op(OP_ADD, at(t), num(1)), NULL)), read_at(nx, at(t), NULL));
    along(t, 0, nh, ny, NULL);
    along(t, 1, nb, NULL);
    output(nh);
    output(ny);
    output(nb);
    const Tensor *out = run(tensor_of_reals(1, (int64_t[]){T}, x));
    expect_reals(&out[0], T, h);
    expect_reals(&out[1], T, y);
    expect_reals(&out[2], T, b);
    assert_int_equal(run(tensor_of_reals(1, (int64_t[]){0}, x))[1].elements, 0);
}

/* a matrix in the loop: s[t,d] = tanh(x[t,d] + sum[d'] W[d,d'] s[t-1,d']), the sum a node of the group of its own */
static void a_recurrence_with_a_product(void **state)
{
    enum { T = 3, D = 2 };
    const double x[T * D] = {0.1, 0.2, -0.3, 0.4, 0.5, -0.6}, w[D * D] = {0.7, -0.2, 0.3, 0.9};
    const Stored weights[] = {{"w", D * D, w}, {NULL, 0, NULL}};
    double s[T * D];
    (void)state;
    for (int t = 0; t < T; t++) {
        for (int i = 0; i < D; i++) {
            double sum = 0;
            for (int j = 0; t > 0 && j < D; j++) {
                sum += w[i * D + j] * s[(t - 1) * D + j];
            }
            s[t * D + i] = tanh(x[t * D + i] + sum);
        }
    }
    stored = weights;
    Dim *dt = given("t", 64), *dd = fixed("d", D);
    Var *t = over(dt, "t"), *i = over(dd, "d"), *j = over(dd, "d'");
    Node *nx = input("x", T_REAL, NULL, vars(over(dt, "t"), over(dd, "d"), NULL));
    Node *nw = param("w", T_REAL, vars(over(dd, "d"), over(dd, "d'"), NULL));
    Node *ns = loose("s", T_REAL, vars(t, i, NULL)), *nm = loose("m", T_REAL, vars(t, i, NULL));
    nm->reduce = RED_SUM;
    nm->bound = vars(j, NULL);
    nm->body = op(OP_MUL, read_at(nw, at(i), at(j), NULL), read_at(ns, op(OP_SUB, at(t), num(1)), at(j), NULL));
    ns->body = op(OP_TANH, op(OP_ADD, read_at(nx, at(t), at(i), NULL), read_at(nm, at(t), at(i), NULL)), NULL);
    along(t, 0, nm, ns, NULL);
    output(ns);
    expect_reals(run(tensor_of_reals(2, (int64_t[]){T, D}, x)), T * D, s);
}

static void a_turn_to_come_is_not_read(void **state)
{
    const double x[] = {1, 2, 3};
    (void)state;
    Dim *dt = given("t", 64);
    Var *t = over(dt, "t");
    Node *nx = input("x", T_REAL, NULL, vars(over(dt, "t"), NULL));
    Node *nh = loose("h", T_REAL, vars(t, NULL));
    nh->body = op(OP_ADD, read_at(nh, op(OP_ADD, at(t), num(1)), NULL), read_at(nx, at(t), NULL));
    along(t, 0, nh, NULL);
    output(nh);
    assert_null(run(tensor_of_reals(1, (int64_t[]){3}, x)));
    expect_error("'h' is read at turn 1, which is not computed yet at t = 0");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_dim_by_predicate), TEST(a_fixed_sub_dim), TEST(a_dim_by_formula), TEST(a_dim_by_data), TEST(recurrences),
        TEST(a_recurrence_with_a_product), TEST(a_turn_to_come_is_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Small graphs built by hand against numbers computed here by plain loops. */
#include "build.h"

#include <math.h>
#include <string.h>

static double noise(int i)
{
    return sin(i * 12.9898) * 1.7;
}

/* y[t,o] = sum[i] W[o,i] * x[t,i] + b[o] */
static void a_matrix_product(void **state)
{
    enum { I = 5, O = 3, T = 4 };
    double w[O * I], b[O], x[T * I], y[T * O];
    (void)state;
    for (int i = 0; i < O * I; i++) {
        w[i] = noise(i);
    }
    for (int i = 0; i < T * I; i++) {
        x[i] = noise(100 + i);
    }
    for (int o = 0; o < O; o++) {
        b[o] = noise(200 + o);
        for (int t = 0; t < T; t++) {
            y[t * O + o] = b[o];
            for (int i = 0; i < I; i++) {
                y[t * O + o] += w[o * I + i] * x[t * I + i];
            }
        }
    }
    Dim *dt = given("t", 100), *di = fixed("i", I), *dd = fixed("o", O);
    Var *t = over(dt, "t"), *i = over(di, "i"), *o = over(dd, "o");
    Node *nw = param("w", T_REAL, vars(over(dd, "o"), over(di, "i"), NULL)), *nb = param("b", T_REAL, vars(over(dd, "o"), NULL));
    Node *nx = input("x", T_REAL, NULL, vars(over(dt, "t"), over(di, "i"), NULL));
    Node *sum = reduction("sum", vars(t, o, NULL), RED_SUM, vars(i, NULL), NULL,
                          op(OP_MUL, read_at(nw, at(o), at(i), NULL), read_at(nx, at(t), at(i), NULL)));
    output(equation("y", vars(t, o, NULL), op(OP_ADD, read_at(sum, at(t), at(o), NULL), read_at(nb, at(o), NULL))));
    const Stored weights[] = {{"w", O * I, w}, {"b", O, b}, {NULL, 0, NULL}};
    stored = weights;
    expect_reals(run(tensor_of_reals(2, (int64_t[]){T, I}, x)), T * O, y);
    assert_int_equal(loads, 2);
    const Tensor *none = run(tensor_of_reals(2, (int64_t[]){0, I}, x)); /* n = 0 */
    assert_int_equal(none->elements, 0);
    assert_int_equal(none->shape[1], O);
}

/* y[o] = sum[j, i] w[i, o, j] * x[j, i]: i runs fastest but lies farthest apart in w; another order would give other bits */
static void sums_over_two_indices_in_order(void **state)
{
    enum { I = 4, J = 3, O = 2 };
    double w[I * O * J], x[J * I], want[O] = {0};
    const Stored weights[] = {{"w", I * O * J, w}, {NULL, 0, NULL}};
    (void)state;
    stored = weights;
    for (int i = 0; i < I * O * J; i++) {
        w[i] = noise(i) * pow(10, i % 7);
    }
    for (int i = 0; i < J * I; i++) {
        x[i] = noise(i + 50) * pow(10, i % 5);
    }
    for (int o = 0; o < O; o++) {
        for (int j = 0; j < J; j++) {
            for (int i = 0; i < I; i++) {
                want[o] += w[(i * O + o) * J + j] * x[j * I + i];
            }
        }
    }
    Dim *di = fixed("i", I), *dj = fixed("j", J), *dd = fixed("o", O);
    Var *i = over(di, "i"), *j = over(dj, "j"), *o = over(dd, "o");
    Node *nw = param("w", T_REAL, vars(over(di, "i"), over(dd, "o"), over(dj, "j"), NULL));
    Node *nx = input("x", T_REAL, NULL, vars(over(dj, "j"), over(di, "i"), NULL));
    output(reduction("y", vars(o, NULL), RED_SUM, vars(j, i, NULL), NULL,
                     op(OP_MUL, read_at(nw, at(i), at(o), at(j), NULL), read_at(nx, at(j), at(i), NULL))));
    const Tensor *y = run(tensor_of_reals(2, (int64_t[]){J, I}, x));
    assert_non_null(y);
    assert_memory_equal(y->real, want, sizeof want);
}

static void work_is_counted(void **state)
{
    const double w[6] = {1, 2, 3, 4, 5, 6}, x[3] = {1, 1, 1};
    const Stored weights[] = {{"w", 6, w}, {NULL, 0, NULL}};
    (void)state;
    stored = weights;
    Dim *di = fixed("i", 3), *dd = fixed("o", 2);
    Var *i = over(di, "i"), *o = over(dd, "o");
    Node *nw = param("w", T_REAL, vars(over(dd, "o"), over(di, "i"), NULL)), *nx = input("x", T_REAL, NULL, vars(over(di, "i"), NULL));
    output(reduction("y", vars(o, NULL), RED_SUM, vars(i, NULL), NULL,
                     op(OP_MUL, read_at(nw, at(o), at(i), NULL), read_at(nx, at(i), NULL))));
    const Tensor *in = tensor_of_reals(1, (int64_t[]){3}, x);
    Tensor out;
    Eval *eval = eval_new(graph, arena, d, load_stored, NULL);
    const EvalSequence sequence = {-1, NULL, &in};
    assert_true(eval_run(eval, arena, &sequence, &out));
    assert_true(eval_counters(eval).flops == 12); /* six products, six sums */
    assert_true(eval_counters(eval).weight_bytes == 24);
    assert_true(eval_run(eval, arena, &sequence, &out));
    assert_true(eval_counters(eval).flops == 24);
    assert_int_equal(loads, 1);
}

/* softmax over t' <= t: most, exp, total, quotient */
static void a_causal_softmax(void **state)
{
    enum { T = 5 };
    double s[T * T], want[T * T] = {0};
    (void)state;
    for (int i = 0; i < T * T; i++) {
        s[i] = 3 * noise(i);
    }
    for (int t = 0; t < T; t++) {
        double total = 0;
        for (int u = 0; u <= t; u++) {
            total += exp(s[t * T + u]);
        }
        for (int u = 0; u <= t; u++) {
            want[t * T + u] = exp(s[t * T + u]) / total;
        }
    }
    Dim *dt = given("t", 64);
    Var *t = over(dt, "t"), *u = over(dt, "t'"), *v = over(dt, "t''");
    Node *ns = input("s", T_REAL, NULL, vars(over(dt, "t"), over(dt, "t'"), NULL));
    Expr *seen = op(OP_LE, at(v), at(t));
    Node *most = reduction("most", vars(t, NULL), RED_MAX, vars(v, NULL), seen, read_at(ns, at(t), at(v), NULL));
    Node *e = equation("e", vars(t, u, NULL),
                       expr_select(graph, op(OP_LE, at(u), at(t)),
                                   op(OP_EXP, op(OP_SUB, read_at(ns, at(t), at(u), NULL), read_at(most, at(t), NULL)), NULL), num(0),
                                   (Span){0}));
    Node *total = reduction("total", vars(t, NULL), RED_SUM, vars(v, NULL), seen, read_at(e, at(t), at(v), NULL));
    output(equation("p", vars(t, u, NULL), op(OP_DIV, read_at(e, at(t), at(u), NULL), read_at(total, at(t), NULL))));
    expect_reals(run(tensor_of_reals(2, (int64_t[]){T, T}, s)), T * T, want);
}

/* out of range is 0 or the otherwise; negative and computed indices too */
static void shifted_reads(void **state)
{
    const double x[] = {1, 2, 3};
    const int64_t far[] = {2, -7, 9};
    (void)state;
    Dim *dt = given("t", 64);
    Var *t = over(dt, "t"), *j = over(fixed("j", 3), "j");
    Node *nx = input("x", T_REAL, NULL, vars(over(dt, "t"), NULL)), *ni = input("far", T_INT, NULL, vars(over(dt, "t"), NULL));
    output(equation("back", vars(t, NULL), read_at(nx, op(OP_SUB, at(t), num(1)), NULL)));
    output(equation("ahead", vars(t, NULL), read_or(nx, op(OP_ADD, at(t), num(2)), real(-5))));
    output(equation("by", vars(t, NULL), read_or(nx, read_at(ni, at(t), NULL), op(OP_NEG, read_at(nx, at(t), NULL), NULL))));
    output(reduction("conv", vars(t, NULL), RED_SUM, vars(j, NULL), NULL,
                     op(OP_MUL, op(OP_ADD, at(j), num(1)), read_at(nx, op(OP_SUB, op(OP_ADD, at(t), at(j)), num(2)), NULL))));
    output(equation("reverse", vars(t, NULL),
                    read_at(nx, op(OP_SUB, op(OP_SUB, expr_len(graph, dt, (Span){0}), at(t)), num(1)), NULL)));
    const Tensor *y = run(tensor_of_reals(1, (int64_t[]){3}, x), tensor_of_ints(T_INT, 1, (int64_t[]){3}, far));
    REALS(&y[0], 0, 1, 2);
    REALS(&y[1], 3, -5, -5);
    REALS(&y[2], 3, -2, -3);
    REALS(&y[3], 3, 2 + 6, 1 + 4 + 9);
    REALS(&y[4], 3, 2, 1);
}

/* an index that regroups two axes: W[h * 3 + e] */
static void regrouped_reads(void **state)
{
    const double w[] = {0, 1, 2, 3, 4, 5};
    const Stored weights[] = {{"w", 6, w}, {NULL, 0, NULL}};
    (void)state;
    stored = weights;
    Dim *dh = fixed("h", 2), *de = fixed("e", 3);
    Var *h = over(dh, "h"), *e = over(de, "e");
    Node *nw = param("w", T_REAL, vars(over(fixed("d", 6), "d"), NULL));
    Expr *read = read_at(nw, op(OP_ADD, op(OP_MUL, at(h), num(3)), at(e)), NULL);
    assert_int_equal(read->inside, 1);
    output(equation("y", vars(e, h, NULL), read));
    REALS(run(NULL), 0, 3, 1, 4, 2, 5);
}

/* steps that no offset holds belong to variables that are always 0; others are outside, or overflow */
static void far_reads(void **state)
{
    const double x[] = {1, 2};
    (void)state;
    Dim *dt = given("t", 64);
    Var *t = over(dt, "t");
    Node *nx = input("x", T_REAL, NULL, vars(over(dt, "t"), NULL));
    Expr *far = at(t);
    for (int i = 0; i < 2; i++) {
        far = op(OP_MUL, far, num(INT64_C(1) << 31));
    }
    output(equation("y", vars(t, NULL), read_at(nx, far, NULL)));
    output(equation("z", vars(t, NULL), read_at(nx, op(OP_MUL, far, num(2)), NULL)));
    REALS(&run(tensor_of_reals(1, (int64_t[]){1}, x))[0], 1);
    assert_null(run(tensor_of_reals(1, (int64_t[]){2}, x)));
    expect_error("integer overflow at t = 1");
}

/* every reduction over few, and over none */
static void all_reductions(void **state)
{
    const int64_t x[] = {4, -3, 4, 2};
    static const struct {
        Reduce reduce;
        int64_t few, none;
    } row[] = {{RED_SUM, 7, 0}, {RED_PROD, -96, 1}, {RED_MAX, 4, 0}, {RED_MIN, -3, 0}, {RED_PICK, 4, 0}};
    (void)state;
    Dim *dt = given("t", 64);
    Var *t = over(dt, "t");
    Node *nx = input("x", T_INT, NULL, vars(over(dt, "t"), NULL));
    for (int i = 0; i < N(row); i++) {
        output(reduction("r", vars(NULL, NULL), row[i].reduce, vars(t, NULL), NULL, read_at(nx, at(t), NULL)));
        output(reduction("q", vars(NULL, NULL), row[i].reduce, vars(t, NULL), NULL, op(OP_DIV, read_at(nx, at(t), NULL), num(2))));
    }
    Expr *four = op(OP_EQ, read_at(nx, at(t), NULL), num(4)), *small = op(OP_LT, read_at(nx, at(t), NULL), num(5));
    output(reduction("any", vars(NULL, NULL), RED_ANY, vars(t, NULL), NULL, four));
    output(reduction("all", vars(NULL, NULL), RED_ALL, vars(t, NULL), NULL, four));
    output(reduction("all", vars(NULL, NULL), RED_ALL, vars(t, NULL), NULL, small));
    output(reduction("count", vars(NULL, NULL), RED_SUM, vars(t, NULL), four, num(1)));
    output(reduction("last", vars(NULL, NULL), RED_PICK, vars(t, NULL), op(OP_LT, read_at(nx, at(t), NULL), num(4)), at(t)));
    Node *or_else = output(reduction("most", vars(NULL, NULL), RED_MAX, vars(t, NULL), op(OP_LT, num(10), read_at(nx, at(t), NULL)),
                                     read_at(nx, at(t), NULL)));
    or_else->empty = num(77);
    const Tensor *y = run(tensor_of_ints(T_INT, 1, (int64_t[]){4}, x));
    const int scales[] = {1, 2, 4, 8, 16};
    for (int i = 0; i < N(row); i++) {
        INTS(&y[2 * i], row[i].few);
        REALS(&y[2 * i + 1], (double)row[i].few / (row[i].reduce == RED_PROD ? scales[4] : 2));
    }
    const Tensor *rest = y + 2 * N(row);
    INTS(&rest[0], 1);
    INTS(&rest[1], 0);
    INTS(&rest[2], 1);
    INTS(&rest[3], 2);
    INTS(&rest[4], 1);
    INTS(&rest[5], 77);
    y = run(tensor_of_ints(T_INT, 1, (int64_t[]){0}, x));
    for (int i = 0; i < N(row); i++) {
        INTS(&y[2 * i], row[i].none);
        REALS(&y[2 * i + 1], (double)row[i].none);
    }
    rest = y + 2 * N(row);
    INTS(&rest[0], 0);
    INTS(&rest[1], 1);
    INTS(&rest[2], 1);
    INTS(&rest[3], 0);
    INTS(&rest[4], 0);
    INTS(&rest[5], 77);
}

/* RASP's sort: place[t] = how many come before, out[t] = tok of the one whose place is t */
static void sorting_by_picking(void **state)
{
    const int64_t x[] = {3, 1, 2, 1};
    (void)state;
    Dim *dt = given("t", 64), *char_ = fixed("char", 5);
    Var *t = over(dt, "t"), *u = over(dt, "t'");
    Node *nx = input("tok", T_INT, char_, vars(over(dt, "t"), NULL));
    Expr *mine = read_at(nx, at(t), NULL), *other = read_at(nx, at(u), NULL);
    Expr *first = op(OP_OR, op(OP_LT, other, mine), op(OP_AND, op(OP_EQ, other, mine), op(OP_LT, at(u), at(t))));
    Node *place = reduction("place", vars(t, NULL), RED_SUM, vars(u, NULL), first, num(1));
    output(reduction("sorted", vars(t, NULL), RED_PICK, vars(u, NULL), op(OP_EQ, read_at(place, at(u), NULL), at(t)), other));
    INTS(run(tensor_of_ints(T_INT, 1, (int64_t[]){4}, x)), 1, 1, 2, 3);
}

static void integers_that_fail(void **state)
{
    const int64_t x[] = {2, INT64_MAX, 0};
    const char *const message[] = {"integer overflow at t = 1", "division of an integer by zero at t = 2",
                                   "does not fit an integer at t = 1", "integer overflow at t = 1"};
    for (int i = 0; i < 4; i++) {
        Dim *dt = given("t", 64);
        Var *t = over(dt, "t");
        Node *nx = input("x", T_INT, NULL, vars(over(dt, "t"), NULL));
        Expr *value = read_at(nx, at(t), NULL);
        Expr *body[] = {op(OP_MUL, value, value), op(OP_IDIV, num(7), value),
                        op(OP_TO_INT, op(OP_MUL, op(OP_DIV, value, num(1)), real(4)), NULL), op(OP_ADD, value, num(1))};
        output(equation("y", vars(t, NULL), body[i]));
        assert_null(run(tensor_of_ints(T_INT, 1, (int64_t[]){3}, x)));
        expect_error(message[i]);
        assert_int_equal(end(state), 0);
        assert_int_equal(begin(state), 0);
    }
}

/* a ? b : c and `and`, `or` do not look at what does not matter */
static void what_does_not_matter_cannot_fail(void **state)
{
    const int64_t x[] = {2, 0};
    (void)state;
    Dim *dt = given("t", 64);
    Var *t = over(dt, "t");
    Node *nx = input("x", T_INT, NULL, vars(over(dt, "t"), NULL));
    Expr *value = read_at(nx, at(t), NULL), *zero = op(OP_EQ, value, num(0)), *seventh = op(OP_IDIV, num(7), value);
    output(equation("y", vars(t, NULL), expr_select(graph, zero, num(-1), seventh, (Span){0})));
    output(equation("b", vars(t, NULL), op(OP_OR, zero, op(OP_LT, num(0), seventh))));
    const Tensor *y = run(tensor_of_ints(T_INT, 1, (int64_t[]){2}, x));
    INTS(&y[0], 3, -1);
    INTS(&y[1], 1, 1);
}

/* a function called twice with an inner dim of its own, and a tensor from outside; a unit's own tensors end with it */
static Node *call_double(Node *x, Node *outside, Dim *dt)
{
    Unit *caller = unit, *callee = graph_unit(graph, UNIT_FUNCTION, str_of("double"), (Span){0});
    unit = callee;
    callee->caller = caller;
    Var *t = over(dt, "t"), *u = over(dt, "t");
    Node *const from[2] = {x, outside};
    Node *args[2];
    for (int i = 0; i < 2; i++) {
        args[i] = graph_node(graph, NODE_ARG, str_of(i ? "outside" : "x"), (Span){0});
        args[i]->type = T_REAL;
        args[i]->free = vars(over(dt, "t"), NULL);
        args[i]->source = from[i];
        args[i]->unit = callee;
        vec_push(arena, callee->args, args[i]);
    }
    Node *twice = equation("twice", vars(t, NULL), op(OP_MUL, num(2), read_at(args[0], at(t), NULL)));
    Node *y = equation("y", vars(u, NULL), op(OP_ADD, read_at(twice, at(u), NULL), read_at(args[1], at(u), NULL)));
    vec_push(arena, callee->results, y);
    unit = caller;
    Node *result = graph_node(graph, NODE_RESULT, str_of("y"), (Span){0});
    result->type = T_REAL;
    result->free = vars(over(dt, "t"), NULL);
    result->source = y;
    result->unit = caller;
    Step step = {.kind = STEP_CALL, .unit = callee};
    vec_push(arena, step.results, result);
    vec_push(arena, unit->step, step);
    return result;
}

static void calls(void **state)
{
    const double x[] = {1, 2};
    (void)state;
    Dim *dt = given("t", 64);
    Node *nx = input("x", T_REAL, NULL, vars(over(dt, "t"), NULL));
    output(call_double(call_double(nx, nx, dt), nx, dt));
    REALS(run(tensor_of_reals(1, (int64_t[]){2}, x)), 7, 14); /* 2 (2 x + x) + x */
}

/* input type[t] = t mod 2; state m = 5; a parameter computed from another, once */
static void defaults_states_and_computed_parameters(void **state)
{
    const int64_t tok[] = {9, 9, 9}, type[] = {7, 8, 9};
    const double w[] = {3, 4};
    const Stored weights[] = {{"w", 2, w}, {NULL, 0, NULL}};
    (void)state;
    stored = weights;
    Dim *dt = given("t", 64), *dd = fixed("d", 2);
    Var *t = over(dt, "t"), *u = over(dt, "t"), *i = over(dd, "d"), *j = over(dd, "d");
    input("tok", T_INT, NULL, vars(over(dt, "t"), NULL));
    Node *optional = input("type", T_INT, NULL, vars(u, NULL));
    optional->optional = 1;
    optional->body = op(OP_MOD, at(u), num(2));
    Node *memory = graph_node(graph, NODE_STATE, str_of("m"), (Span){0});
    memory->type = T_REAL;
    memory->unit = unit;
    memory->body = real(5);
    Node *nw = param("w", T_REAL, vars(over(dd, "d"), NULL));
    Node *norm = graph_node(graph, NODE_PARAM, str_of("norm"), (Span){0});
    norm->type = T_REAL;
    norm->reduce = RED_SUM;
    norm->bound = vars(i, NULL);
    norm->body = op(OP_MUL, read_at(nw, at(i), NULL), read_at(nw, at(i), NULL));
    output(equation("y", vars(t, NULL), read_at(optional, at(t), NULL)));
    output(equation("z", vars(j, NULL), op(OP_ADD, op(OP_DIV, read_at(nw, at(j), NULL), op(OP_SQRT, read_at(norm, NULL), NULL)),
                                           read_at(memory, NULL))));
    const Tensor *y = run(tensor_of_ints(T_INT, 1, (int64_t[]){3}, tok), NULL);
    INTS(&y[0], 0, 1, 0);
    REALS(&y[1], 5.6, 5.8);
    assert_int_equal(loads, 1);
    y = run(tensor_of_ints(T_INT, 1, (int64_t[]){3}, tok), tensor_of_ints(T_INT, 1, (int64_t[]){3}, type));
    INTS(&y[0], 7, 8, 9);
}

static void inputs_that_do_not_fit(void **state)
{
    static const int64_t ids[] = {1, 2, 30, -1};
    static const double numbers[8] = {0};
    const struct {
        int64_t tokens, width, length, first;
        const char *message;
    } row[] = {
        {2, 2, 3, 0, "'x' has length 3 along 't', but 'tok' has 2"},
        {2, 3, 2, 0, "'x' has 3 elements along 'd', which is 2"},
        {4, 2, 4, 0, "'tok' has length 4 along 't', more than its bound 3"},
        {2, 2, 2, 1, "'tok[1]' is 30, an index into 'v' is 0 to 9"},
        {1, 2, 1, 3, "'tok[0]' is -1, an index into 'v' is 0 to 9"},
    };
    for (int i = 0; i < N(row); i++) {
        Dim *dt = given("t", 3), *dd = fixed("d", 2), *dv = fixed("v", 10);
        Node *tok = input("tok", T_INT, dv, vars(over(dt, "t"), NULL));
        input("x", T_REAL, NULL, vars(over(dt, "t"), over(dd, "d"), NULL));
        Var *t = over(dt, "t");
        output(equation("y", vars(t, NULL), read_at(tok, at(t), NULL)));
        assert_null(run(tensor_of_ints(T_INT, 1, &row[i].tokens, ids + row[i].first),
                        tensor_of_reals(2, (int64_t[]){row[i].length, row[i].width}, numbers)));
        assert_true(d->errors >= 1);
        if (!strstr(d->item.at[0].text, row[i].message)) {
            fail_msg("'%s' is not in '%s'", row[i].message, d->item.at[0].text);
        }
        assert_int_equal(end(state), 0);
        assert_int_equal(begin(state), 0);
    }
}

static void what_no_memory_holds(void **state)
{
    const double x[] = {1};
    (void)state;
    Dim *dt = given("t", 64), *big = fixed("big", 1 << 16);
    Var *a = over(big, "big"), *b = over(big, "big'"), *t = over(dt, "t");
    Node *nx = input("x", T_REAL, NULL, vars(over(dt, "t"), NULL));
    output(equation("y", vars(t, a, b, NULL), read_at(nx, at(t), NULL)));
    assert_int_equal(run(tensor_of_reals(1, (int64_t[]){0}, x))->elements, 0);
    assert_null(run(tensor_of_reals(1, (int64_t[]){1}, x)));
    expect_error("'y' does not fit into memory");
}

static void scalars_of_all_kinds(void **state)
{
    static const struct {
        Op op;
        double a, b, value;
    } row[] = {
        {OP_ADD, 2, 3, 5},      {OP_SUB, 2, 3, -1},    {OP_MUL, 2, 3, 6},     {OP_DIV, 3, 2, 1.5},     {OP_NEG, 2, 0, -2},
        {OP_IDIV, -7, 2, -4},   {OP_MOD, -7, 2, 1},    {OP_MOD, 7, -2, -1},   {OP_POW, 2, -2, 0.25},   {OP_LT, 1, 2, 1},
        {OP_LE, 2, 2, 1},       {OP_EQ, 2, 2, 1},      {OP_NE, 2, 2, 0},      {OP_MIN, 2, 3, 2},       {OP_MAX, 2, 3, 3},
        {OP_ABS, -2.5, 0, 2.5}, {OP_SIGN, -2, 0, -1},  {OP_EXP, 0, 0, 1},     {OP_LOG, 1, 0, 0},       {OP_LOG1P, 0, 0, 0},
        {OP_EXPM1, 0, 0, 0},    {OP_SIN, 0, 0, 0},     {OP_COS, 0, 0, 1},     {OP_TANH, 0, 0, 0},      {OP_ERF, 0, 0, 0},
        {OP_SQRT, 9, 0, 3},     {OP_FLOOR, -1.5, 0, -2}, {OP_CEIL, 1.2, 0, 2}, {OP_ROUND, 2.5, 0, 2}, {OP_ROUND, 3.5, 0, 4},
        {OP_ROUND, -0.5, 0, 0}, {OP_TRUNC, -1.7, 0, -1}, {OP_TO_INT, -1.7, 0, -1},
    };
    (void)state;
    Node *x = input("x", T_REAL, NULL, vars(over(fixed("n", N(row)), "n"), NULL));
    Node *y = input("y", T_REAL, NULL, vars(over(fixed("n", N(row)), "n"), NULL));
    double a[N(row)], b[N(row)];
    for (int i = 0; i < N(row); i++) {
        a[i] = row[i].a;
        b[i] = row[i].b;
        Expr *e = op(row[i].op, read_at(x, num(i), NULL), op_table[row[i].op].arity > 1 ? read_at(y, num(i), NULL) : NULL);
        Expr *folded = op(row[i].op, real(a[i]), op_table[row[i].op].arity > 1 ? real(b[i]) : NULL);
        double value;
        assert_true(expr_is_const(folded, &value));
        assert_true(value == row[i].value);
        output(equation("z", vars(NULL, NULL), expr_to(graph, e, T_REAL)));
    }
    const int64_t n = N(row);
    const Tensor *z = run(tensor_of_reals(1, &n, a), tensor_of_reals(1, &n, b));
    for (int i = 0; i < N(row); i++) {
        REALS(&z[i], row[i].value);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_matrix_product), TEST(sums_over_two_indices_in_order), TEST(work_is_counted), TEST(a_causal_softmax),
        TEST(shifted_reads), TEST(regrouped_reads), TEST(far_reads), TEST(all_reductions), TEST(sorting_by_picking),
        TEST(integers_that_fail), TEST(what_does_not_matter_cannot_fail), TEST(calls),
        TEST(defaults_states_and_computed_parameters), TEST(inputs_that_do_not_fit), TEST(what_no_memory_holds),
        TEST(scalars_of_all_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

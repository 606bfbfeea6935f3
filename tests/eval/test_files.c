/* `--in` and `--out`: which tensor is which input of which sequence, every error by its name, and what is written. */
#include "build.h"

#include "../../compiler/eval_files.h"
#include "../../compiler/weights/safetensors.h"
#include "../files.h"

static int start(void **state)
{
    files_begin();
    return begin(state);
}

static int finish(void **state)
{
    files_end();
    return end(state);
}

/* tok[t]: v, scale = 2, x[t,d];  y[t] = scale * sum[d] w[d] x[t,d], n = len(t), big[t] = tok[t] > 4 */
static void a_model(void)
{
    Dim *dt = given("t", 4), *dd = fixed("d", 2), *dv = fixed("v", 10);
    Var *t = over(dt, "t"), *i = over(dd, "d"), *u = over(dt, "t");
    Node *tok = input("tok", T_INT, dv, vars(over(dt, "t"), NULL));
    Node *x = input("x", T_REAL, NULL, vars(over(dt, "t"), over(dd, "d"), NULL)), *scale = input("scale", T_REAL, NULL, vars(NULL, NULL));
    scale->optional = 1;
    scale->body = real(2);
    Node *w = param("w", T_REAL, vars(over(dd, "d"), NULL));
    Node *sum = reduction("sum", vars(t, NULL), RED_SUM, vars(i, NULL), NULL,
                          op(OP_MUL, read_at(w, at(i), NULL), read_at(x, at(t), at(i), NULL)));
    output(equation("y", vars(u, NULL), op(OP_MUL, read_at(scale, NULL), read_at(sum, at(u), NULL))));
    output(equation("n", vars(NULL, NULL), expr_len(graph, dt, (Span){0})));
    output(equation("big", vars(u, NULL), op(OP_LT, num(4), read_at(tok, at(u), NULL))));
}

static const float weights_w[] = {10, 1};
static const int64_t shapes[][2] = {{0, 2}, {1, 2}, {2, 2}, {3, 2}, {4, 2}, {5, 2}};

static const int64_t shape_23[] = {2, 3};

static void put(const char *path, const SafetensorsItem *items, int n)
{
    assert_true(safetensors_write(arena, d, path, items, n));
}

static void put_weights(void)
{
    const SafetensorsItem w = {"w", DTYPE_F32, 1, shapes[2], weights_w};
    put("w.safetensors", &w, 1);
    graph->weight_file = weights_open(arena, d, "w.safetensors");
    assert_non_null(graph->weight_file);
}

static int evaluate(void)
{
    assert_null(graph_verify(graph));
    return eval_files(graph, arena, d, "in", "out", NULL);
}

static const WeightTensor *found(const Weights *file, const char *name, WeightDtype dtype, int rank, int64_t count)
{
    const WeightTensor *tensor = weights_find(file, str_of(name));
    assert_non_null(tensor);
    assert_int_equal(tensor->dtype, dtype);
    assert_int_equal(tensor->rank, rank);
    assert_int_equal(tensor->count, count);
    return tensor;
}

static void sequences_are_run_one_by_one(void **state)
{
    static const int64_t ids[] = {1, 9}, none[1] = {0};
    static const int8_t id[] = {5};
    static const double x2[] = {1, 2, 3, 4}, three = 3;
    static const uint16_t half[] = {0x3c00, 0x4000}; /* 1, 2 */
    const SafetensorsItem items[] = {
        {"10/tok", DTYPE_I64, 1, shapes[2], ids}, {"10/x", DTYPE_F64, 2, shapes[2], x2},   {"10/scale", DTYPE_F64, 0, NULL, &three},
        {"2/tok", DTYPE_I8, 1, shapes[1], id},    {"2/x", DTYPE_F16, 2, shapes[1], half},  {"7/tok", DTYPE_I64, 1, shapes[0], none},
        {"7/x", DTYPE_F32, 2, shapes[0], NULL},
    };
    (void)state;
    a_model();
    put_weights();
    put("in", items, 7);
    if (!evaluate()) {
        fail_msg("%s", diag_text(arena, d));
    }
    Weights *out = weights_open(arena, d, "out");
    assert_int_equal(weights_count(out), 9);
    const WeightTensor *y = found(out, "10/y", DTYPE_F64, 1, 2);
    assert_true(weight_value(y, 0) == 36 && weight_value(y, 1) == 102);
    assert_true(weight_value(found(out, "2/y", DTYPE_F64, 1, 1), 0) == 24);
    found(out, "7/y", DTYPE_F64, 1, 0);
    found(out, "7/big", DTYPE_I64, 1, 0);
    assert_int_equal(weight_int(found(out, "7/n", DTYPE_I64, 0, 1), 0), 0);
    assert_int_equal(weight_int(found(out, "10/n", DTYPE_I64, 0, 1), 0), 2);
    const WeightTensor *big = found(out, "10/big", DTYPE_I64, 1, 2);
    assert_int_equal(weight_int(big, 0), 0);
    assert_int_equal(weight_int(big, 1), 1);
    weights_close(out);
    weights_close((Weights *)graph->weight_file);
}

static void no_sequence_is_no_error(void **state)
{
    (void)state;
    a_model();
    put_weights();
    put("in", NULL, 0);
    assert_true(evaluate());
    Weights *out = weights_open(arena, d, "out");
    assert_int_equal(weights_count(out), 0);
    weights_close(out);
    weights_close((Weights *)graph->weight_file);
}

/* each file differs from a good one by one item */
static void errors_name_the_tensor(void **state)
{
    static const int64_t ids[] = {1, 9, 3, 4, 10}, far[] = {1, -1};
    static const uint64_t huge[] = {1, UINT64_MAX};
    static const float x[10] = {0};
    static const struct {
        SafetensorsItem tok, x;
        const char *message;
    } row[] = {
        {{"0/tok", DTYPE_I64, 1, shapes[2], ids}, {"0/xx", DTYPE_F32, 2, shapes[2], x},
         "in: error: '0/xx': the model has no input 'xx'\n"
         "  hint: did you mean 'x'?\n"},
        {{"0/tok", DTYPE_I64, 1, shapes[2], ids}, {"x", DTYPE_F32, 2, shapes[2], x},
         "in: error: 'x' is not named <k>/<input>, as '0/tok'\n"},
        {{"0/tok", DTYPE_I64, 1, shapes[2], ids}, {"00/x", DTYPE_F32, 2, shapes[2], x},
         "in: error: '00/x' is not named"},
        {{"0/tok", DTYPE_I64, 1, shapes[2], ids}, {"-1/x", DTYPE_F32, 2, shapes[2], x},
         "in: error: '-1/x' is not named"},
        {{"0/tok", DTYPE_I64, 1, shapes[2], ids}, {"9999999999999999999/x", DTYPE_F32, 2, shapes[2], x},
         "is not named"},
        {{"0/tok", DTYPE_I64, 1, shapes[2], ids}, {"1/x", DTYPE_F32, 2, shapes[2], x},
         "in: error: input '0/x' is missing\n"
         "in: error: input '1/tok' is missing\n"},
        {{"3/tok", DTYPE_F32, 1, shapes[2], x}, {"3/x", DTYPE_F32, 2, shapes[2], x},
         "in: error: '3/tok' is F32, but input 'tok' is an index\n"},
        {{"3/tok", DTYPE_U64, 1, shapes[2], huge}, {"3/x", DTYPE_F32, 2, shapes[2], x},
         "'3/tok' has a number above 9223372036854775807"},
        {{"3/tok", DTYPE_I64, 1, shapes[2], ids}, {"3/x", DTYPE_C64, 2, shapes[1], x},
         "C64"},
        {{"3/tok", DTYPE_I64, 1, shapes[2], ids}, {"3/x", DTYPE_F32, 1, shapes[2], x},
         "in: error: '3/x' has 1 axes, not 2\n"},
        {{"3/tok", DTYPE_I64, 1, shapes[2], ids}, {"3/x", DTYPE_F32, 2, shapes[3], x},
         "in: error: '3/x' has length 3 along 't', but 'tok' has 2\n"},
        {{"3/tok", DTYPE_I64, 1, shapes[2], ids}, {"3/x", DTYPE_F32, 2, shape_23, x},
         "'3/x' has 3 elements along 'd', which is 2\n"},
        {{"3/tok", DTYPE_I64, 1, shapes[5], ids}, {"3/x", DTYPE_F32, 2, shapes[5], x},
         "in: error: '3/tok' has length 5 along 't', more than its bound 4\n"},
        {{"3/tok", DTYPE_I64, 1, shapes[2], far}, {"3/x", DTYPE_F32, 2, shapes[2], x},
         "in: error: '3/tok[1]' is -1, an index into 'v' is 0 to 9\n"},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const SafetensorsItem items[] = {row[i].tok, row[i].x};
        a_model();
        put_weights();
        put("in", items, 2);
        assert_false(evaluate());
        const char *text = diag_text(arena, d);
        if (!strstr(text, row[i].message)) {
            fail_msg("'%s' is not in '%s'", row[i].message, text);
        }
        assert_int_not_equal(access("out", F_OK), 0);
        weights_close((Weights *)graph->weight_file);
        end(state);
        begin(state);
    }
}

static void a_failure_says_in_which_sequence(void **state)
{
    static const int64_t shape[] = {1}, fine[] = {1}, zero[] = {0};
    const SafetensorsItem items[] = {{"4/n", DTYPE_I64, 1, shape, fine}, {"12/n", DTYPE_I64, 1, shape, zero}};
    (void)state;
    Dim *dt = given("t", 4);
    Var *t = over(dt, "t");
    Node *n = input("n", T_INT, NULL, vars(over(dt, "t"), NULL));
    output(equation("y", vars(t, NULL), op(OP_IDIV, num(5), read_at(n, at(t), NULL))));
    put("in", items, 2);
    assert_false(evaluate());
    expect_error("division of an integer by zero at t = 0, in sequence 12");
    assert_int_not_equal(access("out", F_OK), 0);
}

/* "experts.{x}.w"[d]: two stored tensors are one with the axis x in front; integers stay exact */
static void families_of_parameters(void **state)
{
    static const int64_t a[] = {INT64_MAX, 1}, b[] = {3, 4}, shape[] = {2}, one[] = {1}, x[] = {1};
    const SafetensorsItem items[] = {{"experts.0.w", DTYPE_I64, 1, shape, a}, {"experts.1.w", DTYPE_I64, 1, shape, b}};
    const SafetensorsItem in = {"0/x", DTYPE_I64, 1, one, x};
    Str family[] = {str_of("experts.0.w"), str_of("experts.1.w")};
    (void)state;
    put("w.safetensors", items, 2);
    put("in", &in, 1);
    graph->weight_file = weights_open(arena, d, "w.safetensors");
    Dim *dx = fixed("x", 2), *dd = fixed("d", 2);
    Var *k = over(dx, "x"), *i = over(dd, "d");
    input("x", T_INT, NULL, vars(over(fixed("one", 1), "one"), NULL));
    Node *w = param("experts.0.w", T_INT, vars(over(dx, "x"), over(dd, "d"), NULL));
    w->family = family;
    w->family_n = 2;
    output(equation("y", vars(i, k, NULL), read_at(w, at(k), at(i), NULL)));
    if (!evaluate()) {
        fail_msg("%s", diag_text(arena, d));
    }
    Weights *out = weights_open(arena, d, "out");
    const WeightTensor *y = found(out, "0/y", DTYPE_I64, 2, 4);
    assert_true(weight_int(y, 0) == INT64_MAX && weight_int(y, 1) == 3 && weight_int(y, 2) == 1 && weight_int(y, 3) == 4);
    weights_close(out);
    weights_close((Weights *)graph->weight_file);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)
    const struct CMUnitTest tests[] = {TEST(sequences_are_run_one_by_one), TEST(no_sequence_is_no_error), TEST(errors_name_the_tensor),
                                       TEST(a_failure_says_in_which_sequence), TEST(families_of_parameters)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

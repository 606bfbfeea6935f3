/* Constructors fold what is exact and nothing else; ranges; substitution; how expressions are shown. */
#include "build.h"

#include <math.h>
#include <string.h>

static Dim *dt, *dd, *dz;
static Var *t, *u, *i, *z;
static Node *x, *n, *p, *tok; /* real x[t], int n[t], bool p[t], tok[t]: d */

static void leaves(void)
{
    dt = given("t", 100);
    dd = fixed("d", 4);
    t = over(dt, "t");
    u = over(dt, "t'");
    i = over(dd, "d");
    x = input("x", T_REAL, NULL, vars(over(dt, "t"), NULL));
    n = input("n", T_INT, NULL, vars(over(dt, "t"), NULL));
    p = input("p", T_BOOL, NULL, vars(over(dt, "t"), NULL));
    tok = input("tok", T_INT, dd, vars(over(dt, "t"), NULL));
    dz = graph_dim(graph, DIM_WHERE, str_of("z"), (Span){0});
    dz->parent = dt;
    dz->mask = p;
    z = over(dz, "z");
}

static Expr *X(void)
{
    return read_at(x, at(t), NULL);
}

static Expr *M(void)
{
    return read_at(n, at(t), NULL);
}

static Expr *P(void)
{
    return read_at(p, at(t), NULL);
}

static Expr *yes(int value)
{
    return expr_bool(graph, value, (Span){0});
}

static void constants_fold(void **state)
{
    (void)state;
    assert_string_equal(printed(op(OP_ADD, num(2), num(3))), "5");
    assert_string_equal(printed(op(OP_DIV, num(1), num(4))), "0.25");
    assert_string_equal(printed(op(OP_SQRT, num(16), NULL)), "4.0");
    assert_string_equal(printed(op(OP_POW, num(2), num(10))), "1024");
    assert_string_equal(printed(op(OP_POW, num(2), num(-1))), "0.5");
    assert_string_equal(printed(op(OP_IDIV, num(-7), num(2))), "-4");
    assert_string_equal(printed(op(OP_MOD, num(-7), num(2))), "1");
    assert_string_equal(printed(op(OP_LT, num(1), real(1.5))), "true");
    assert_string_equal(printed(op(OP_TO_INT, real(-2.9), NULL)), "-2");
    assert_string_equal(printed(op(OP_ADD, yes(1), yes(1))), "2");
    assert_string_equal(printed(op(OP_DIV, num(1), num(0))), "inf");
    assert_string_equal(printed(op(OP_ROUND, real(2.5), NULL)), "2.0");
    assert_string_equal(printed(op(OP_FLOOR, num(3), NULL)), "3");
    assert_string_equal(printed(expr_select(graph, yes(0), num(1), real(2), (Span){0})), "2.0");
}

/* what has no value stays an expression, whose evaluation is an error at run time */
static void what_fails_does_not_fold(void **state)
{
    (void)state;
    assert_int_equal(op(OP_ADD, num(INT64_MAX), num(1))->kind, EX_OP);
    assert_int_equal(op(OP_NEG, num(INT64_MIN), NULL)->kind, EX_OP);
    assert_int_equal(op(OP_ABS, num(INT64_MIN), NULL)->kind, EX_OP);
    assert_int_equal(op(OP_MUL, num(INT64_MAX), num(2))->kind, EX_OP);
    assert_int_equal(op(OP_IDIV, num(1), num(0))->kind, EX_OP);
    assert_int_equal(op(OP_IDIV, num(INT64_MIN), num(-1))->kind, EX_OP);
    assert_int_equal(op(OP_MOD, num(1), num(0))->kind, EX_OP);
    assert_int_equal(op(OP_POW, num(3), num(64))->kind, EX_OP);
    assert_int_equal(op(OP_TO_INT, real(NAN), NULL)->kind, EX_OP);
    assert_int_equal(op(OP_TO_INT, real(1e19), NULL)->kind, EX_OP);
    assert_string_equal(printed(op(OP_MOD, num(INT64_MIN), num(-1))), "0");
    assert_string_equal(printed(op(OP_POW, num(-1), num(INT64_MAX))), "-1");
}

static void exact_identities(void **state)
{
    (void)state;
    leaves();
    Expr *const real_x = X(), *const m = M(), *const b = P();
    assert_ptr_equal(op(OP_ADD, m, num(0)), m);
    assert_ptr_equal(op(OP_ADD, num(0), m), m);
    assert_ptr_equal(op(OP_SUB, m, num(0)), m);
    assert_ptr_equal(op(OP_MUL, m, num(1)), m);
    assert_ptr_equal(op(OP_MUL, num(1), real_x), real_x);
    assert_ptr_equal(op(OP_DIV, real_x, num(1)), real_x);
    assert_ptr_equal(op(OP_SUB, real_x, num(0)), real_x);
    assert_ptr_equal(op(OP_NEG, op(OP_NEG, real_x, NULL), NULL), real_x);
    assert_ptr_equal(op(OP_NOT, op(OP_NOT, b, NULL), NULL), b);
    assert_ptr_equal(op(OP_AND, b, yes(1)), b);
    assert_ptr_equal(op(OP_OR, yes(0), b), b);
    assert_string_equal(printed(op(OP_AND, b, yes(0))), "false");
    assert_string_equal(printed(op(OP_OR, yes(1), b)), "true");
    assert_string_equal(printed(op(OP_MUL, at(t), num(0))), "0");
    assert_ptr_equal(expr_select(graph, yes(1), real_x, real(1), (Span){0}), real_x);
}

/* each of these has an input for which the shorter form is another value, or an error less */
static void inexact_identities_stay(void **state)
{
    (void)state;
    leaves();
    assert_int_equal(op(OP_ADD, X(), num(0))->kind, EX_OP);         /* -0 + 0 is 0 */
    assert_int_equal(op(OP_SUB, X(), real(-0.0))->kind, EX_OP);
    assert_int_equal(op(OP_MUL, X(), num(0))->kind, EX_OP);         /* NaN, infinity */
    assert_int_equal(op(OP_SUB, X(), X())->kind, EX_OP);
    assert_int_equal(op(OP_DIV, X(), X())->kind, EX_OP);
    assert_int_equal(op(OP_NOT, op(OP_LT, X(), num(0)), NULL)->kind, EX_OP);
    assert_int_equal(op(OP_NEG, op(OP_NEG, M(), NULL), NULL)->kind, EX_OP);
    assert_int_equal(op(OP_MUL, op(OP_MUL, M(), M()), num(0))->kind, EX_OP); /* overflow */
    Expr *fails = op(OP_LT, op(OP_IDIV, num(1), M()), num(0));
    assert_int_equal(op(OP_AND, fails, yes(0))->kind, EX_OP);
    assert_string_equal(printed(op(OP_AND, yes(0), fails)), "false"); /* the right side is not evaluated then */
}

static void types_and_conversions(void **state)
{
    (void)state;
    leaves();
    assert_int_equal(op(OP_ADD, M(), P())->type, T_INT);
    assert_int_equal(op(OP_ADD, M(), X())->type, T_REAL);
    assert_int_equal(op(OP_DIV, M(), num(2))->type, T_REAL);
    assert_int_equal(op(OP_LT, P(), X())->type, T_BOOL);
    assert_int_equal(op(OP_POW, num(2), at(t))->type, T_INT);
    assert_int_equal(op(OP_POW, num(2), M())->type, T_REAL); /* its exponent may be negative */
    assert_int_equal(op(OP_FLOOR, X(), NULL)->type, T_REAL);
    assert_string_equal(printed(op(OP_ADD, P(), X())), "real(p[t]) + x[t]");
    assert_string_equal(printed(expr_to(graph, expr_to(graph, P(), T_INT), T_REAL)), "real(p[t])");
    assert_string_equal(printed(expr_to(graph, expr_to(graph, at(t), T_REAL), T_INT)), "t");
    assert_string_equal(printed(expr_to(graph, expr_to(graph, M(), T_REAL), T_INT)), "int(real(n[t]))"); /* beyond 2^53 */
    assert_string_equal(printed(expr_to(graph, M(), T_BOOL)), "n[t] != 0");
    Node *const wrong = input("wrong", T_ERROR, NULL, vars(over(dt, "t"), NULL));
    Expr *const e = read_at(wrong, at(t), NULL);
    assert_int_equal(op(OP_ADD, e, num(1))->type, T_ERROR);
    assert_int_equal(op(OP_EXP, e, NULL)->type, T_ERROR);
    assert_int_equal(read_at(x, e, NULL)->type, T_ERROR);
    assert_int_equal(expr_select(graph, P(), e, num(1), (Span){0})->type, T_ERROR);
    assert_int_equal(expr_to(graph, e, T_REAL)->type, T_ERROR);
    assert_int_equal(expr_pos(graph, dz, e, (Span){0})->type, T_ERROR);
}

static void reads_know_when_they_are_inside(void **state)
{
    (void)state;
    leaves();
    Dim *const dh = fixed("h", 2), *const de = fixed("e", 2), *const sub = fixed("s", 2);
    static int64_t member[] = {3, 0};
    sub->parent = dd;
    sub->member = member;
    Var *const h = over(dh, "h"), *const e = over(de, "e"), *const s = over(sub, "s");
    Node *const w = param("w", T_REAL, vars(over(dd, "d"), over(dt, "t"), NULL));
    assert_int_equal(read_at(x, at(u), NULL)->inside, 1);
    assert_int_equal(read_at(x, op(OP_SUB, at(t), num(1)), NULL)->inside, 0);
    assert_int_equal(read_at(x, at(i), NULL)->inside, 0); /* a short sequence has no x[3] */
    assert_int_equal(read_at(w, at(i), at(t), NULL)->inside, 3);
    assert_int_equal(read_at(w, op(OP_ADD, at(i), num(1)), at(t), NULL)->inside, 2);
    assert_int_equal(read_at(w, op(OP_ADD, op(OP_MUL, at(h), num(2)), at(e)), at(t), NULL)->inside, 3);
    assert_int_equal(read_at(w, op(OP_MOD, at(t), num(4)), at(t), NULL)->inside, 3);
    assert_int_equal(read_at(w, read_at(tok, at(t), NULL), at(t), NULL)->inside, 3);
    assert_int_equal(read_at(w, read_at(tok, op(OP_SUB, at(t), num(1)), NULL), at(t), NULL)->inside, 3); /* absent: 0, which is inside */
    assert_int_equal(read_at(w, read_or(tok, op(OP_SUB, at(t), num(1)), num(-1)), at(t), NULL)->inside, 2);
    assert_int_equal(read_at(w, M(), at(t), NULL)->inside, 2);
    assert_int_equal(read_at(w, expr_pos(graph, sub, at(s), (Span){0}), at(t), NULL)->inside, 3);
    assert_int_equal(read_at(x, expr_pos(graph, dz, at(z), (Span){0}), NULL)->inside, 1);
    assert_int_equal(read_at(x, expr_pos(graph, dz, op(OP_SUB, at(z), num(1)), (Span){0}), NULL)->inside, 0);
    assert_null(read_or(x, at(t), real(1))->otherwise); /* never needed */
    assert_non_null(read_or(x, op(OP_SUB, at(t), num(1)), real(1))->otherwise);
    assert_string_equal(printed(read_or(x, num(-1), num(7))), "7.0"); /* always absent */
    assert_string_equal(printed(read_at(w, num(4), at(t), NULL)), "0.0");
    assert_string_equal(printed(expr_pos(graph, sub, num(0), (Span){0})), "3");
}

static void ranges(void **state)
{
    (void)state;
    leaves();
    Dim *const free_dim = given("y", INT64_MAX);
    const struct {
        Expr *e;
        int known;
        int64_t low, high;
    } row[] = {
        {num(7), 1, 7, 7},
        {at(t), 1, 0, 99},
        {at(i), 1, 0, 3},
        {at(z), 1, 0, 99},
        {at(over(free_dim, "y")), 1, 0, INT32_MAX - 1},
        {expr_len(graph, dt, (Span){0}), 1, 0, 100},
        {expr_len(graph, dd, (Span){0}), 1, 4, 4},
        {op(OP_ADD, at(t), num(1)), 1, 1, 100},
        {op(OP_SUB, at(t), at(u)), 1, -99, 99},
        {op(OP_MUL, op(OP_SUB, at(t), num(50)), num(-2)), 1, -98, 100},
        {op(OP_NEG, at(i), NULL), 1, -3, 0},
        {op(OP_ABS, op(OP_SUB, at(i), num(2)), NULL), 1, 0, 2},
        {op(OP_IDIV, op(OP_SUB, at(t), num(1)), num(2)), 1, -1, 49},
        {op(OP_MOD, op(OP_SUB, at(t), num(1)), num(8)), 1, 0, 7},
        {op(OP_MOD, at(i), num(8)), 1, 0, 3},
        {op(OP_MIN, at(t), num(5)), 1, 0, 5},
        {op(OP_MAX, op(OP_SUB, at(t), num(3)), num(0)), 1, 0, 96},
        {op(OP_MAX, M(), num(0)), 1, 0, INT64_MAX},
        {op(OP_MAX, op(OP_ADD, M(), num(1)), num(0)), 0, 0, 0},
        {op(OP_SIGN, op(OP_SUB, at(t), at(u)), NULL), 1, -1, 1},
        {op(OP_POW, num(2), at(i)), 1, 1, 8},
        {op(OP_LT, at(t), at(u)), 1, 0, 1},
        {expr_select(graph, P(), at(i), num(-5), (Span){0}), 1, -5, 3},
        {read_at(tok, at(t), NULL), 1, 0, 3},
        {read_or(tok, op(OP_SUB, at(t), num(1)), num(9)), 1, 0, 9},
        {expr_pos(graph, dz, at(z), (Span){0}), 1, 0, 99},
        {expr_pos(graph, dz, at(t), (Span){0}), 1, -1, 99},
        {M(), 0, 0, 0},
        {op(OP_ADD, M(), num(1)), 0, 0, 0},
        {X(), 0, 0, 0},
        {op(OP_TO_INT, X(), NULL), 0, 0, 0},
        {op(OP_MUL, at(t), num(INT64_MAX / 2)), 0, 0, 0},
        {op(OP_IDIV, num(7), at(t)), 0, 0, 0},
        {op(OP_MOD, num(7), op(OP_SUB, at(t), num(9))), 0, 0, 0},
    };
    for (int k = 0; k < N(row); k++) {
        int64_t low = 0, high = 0;
        const int known = expr_range(row[k].e, &low, &high);
        if (known != row[k].known || low != row[k].low || high != row[k].high) {
            fail_msg("%s: %d, %lld .. %lld", printed(row[k].e), known, (long long)low, (long long)high);
        }
    }
}

/* Whatever expr_range says holds for all values: small expressions at random, each tried with all values of its variables. */
static void ranges_hold(void **state)
{
    static const Op whole[] = {OP_ADD, OP_SUB, OP_MUL, OP_IDIV, OP_MOD, OP_MIN, OP_MAX, OP_ABS, OP_NEG, OP_SIGN};
    enum { A = 3, B = 4 };
    uint32_t seed = 1;
    int known = 0;
    (void)state;
    Var *const a = over(fixed("a", A), "a"), *const b = over(fixed("b", B), "b");
    const VarList from = vars(a, b, NULL);
    for (int round = 0; round < 3000; round++) {
        Expr *pool[8] = {at(a), at(b), num(round % 7 - 3)};
        for (int k = 3; k < 8; k++) {
            seed = seed * 1664525 + 1013904223;
            const Op o = whole[(seed >> 8) % (uint32_t)N(whole)];
            pool[k] = op(o, pool[(seed >> 16) % (uint32_t)k], op_table[o].arity > 1 ? pool[(seed >> 22) % (uint32_t)k] : NULL);
        }
        int64_t low, high;
        if (!expr_range(pool[7], &low, &high)) {
            continue;
        }
        known++;
        for (int v = 0; v < A * B; v++) {
            Expr *const to[2] = {num(v / B), num(v % B)};
            double value;
            assert_true(expr_is_const(expr_replace(graph, pool[7], &from, to), &value));
            assert_true(value >= (double)low && value <= (double)high);
        }
    }
    assert_true(known > 1000);
}

static void sameness_and_variables(void **state)
{
    (void)state;
    leaves();
    Expr *const e = op(OP_ADD, X(), read_at(x, op(OP_SUB, at(u), num(1)), NULL));
    assert_true(expr_same(e, op(OP_ADD, X(), read_at(x, op(OP_SUB, at(u), num(1)), NULL))));
    assert_false(expr_same(e, op(OP_ADD, X(), read_at(x, op(OP_SUB, at(u), num(2)), NULL))));
    assert_false(expr_same(e, op(OP_ADD, X(), read_or(x, op(OP_SUB, at(u), num(1)), real(3)))));
    assert_false(expr_same(real(0.0), real(-0.0)));
    assert_true(expr_same(real(NAN), real(NAN)));
    assert_false(expr_same(num(1), real(1)));
    assert_true(expr_uses(e, u));
    assert_false(expr_uses(e, i));
    assert_true(expr_uses(read_or(x, op(OP_SUB, at(t), num(1)), op(OP_DIV, at(i), num(2))), i));
    VarList used = {0};
    expr_vars(op(OP_ADD, op(OP_ADD, at(u), at(t)), at(u)), arena, &used);
    assert_int_equal(used.n, 2);
    assert_ptr_equal(used.at[0], u);
    assert_ptr_equal(used.at[1], t);
}

static void substitution(void **state)
{
    (void)state;
    leaves();
    const VarList from = vars(t, u, NULL);
    Expr *const swapped[2] = {at(u), at(t)}, *const shifted[2] = {op(OP_SUB, at(t), num(1)), at(u)};
    Expr *const kept = read_at(x, at(i), NULL), *const e = op(OP_ADD, op(OP_SUB, at(t), at(u)), op(OP_MUL, kept, X()));
    assert_string_equal(printed(expr_replace(graph, e, &from, swapped)), "real(t' - t) + x[d] * x[t']"); /* all at once */
    assert_ptr_equal(expr_replace(graph, kept, &from, swapped), kept);                                    /* shared, not copied */
    assert_ptr_equal(expr_replace(graph, e, &from, swapped)->kid[1]->kid[0], kept);
    Expr *const moved = expr_replace(graph, X(), &from, shifted);
    assert_string_equal(printed(moved), "x[t - 1]");
    assert_int_equal(moved->inside, 0); /* judged again */
    Expr *const constant[2] = {num(3), num(1)};
    assert_string_equal(printed(expr_replace(graph, op(OP_MUL, at(t), at(u)), &from, constant)), "3");
}

static void notation(void **state)
{
    (void)state;
    leaves();
    const struct {
        Expr *e;
        const char *text;
    } row[] = {
        {op(OP_MUL, op(OP_ADD, X(), real(1)), X()), "(x[t] + 1.0) * x[t]"},
        {op(OP_SUB, X(), op(OP_SUB, X(), real(2))), "x[t] - (x[t] - 2.0)"},
        {op(OP_SUB, op(OP_SUB, X(), real(2)), X()), "x[t] - 2.0 - x[t]"},
        {op(OP_POW, op(OP_NEG, X(), NULL), real(2)), "(-x[t])^2.0"},
        {op(OP_NEG, op(OP_POW, X(), real(2)), NULL), "-x[t]^2.0"},
        {op(OP_POW, op(OP_POW, X(), real(3)), real(2)), "(x[t]^3.0)^2.0"},
        {op(OP_POW, X(), real(-2)), "x[t]^(-2.0)"},
        {op(OP_DIV, X(), op(OP_MUL, X(), X())), "x[t] / (x[t] * x[t])"},
        {op(OP_AND, op(OP_LE, at(t), at(u)), op(OP_OR, P(), op(OP_NOT, P(), NULL))), "t <= t' and (p[t] or not p[t])"},
        {op(OP_NOT, op(OP_LT, X(), real(0)), NULL), "not x[t] < 0.0"},
        {op(OP_NOT, op(OP_AND, P(), P()), NULL), "not (p[t] and p[t])"},
        {op(OP_MAX, X(), op(OP_EXP, X(), NULL)), "max(x[t], exp(x[t]))"},
        {expr_select(graph, P(), X(), op(OP_ADD, X(), real(1)), (Span){0}), "p[t] ? x[t] : x[t] + 1.0"},
        {op(OP_ADD, expr_select(graph, P(), X(), real(1), (Span){0}), X()), "(p[t] ? x[t] : 1.0) + x[t]"},
        {read_or(x, op(OP_ADD, at(t), num(1)), real(1e-12)), "x[t + 1] ?? 1e-12"},
        {op(OP_POW, read_or(x, op(OP_ADD, at(t), num(1)), real(0.1)), real(2)), "(x[t + 1] ?? 0.1)^2.0"},
        {op(OP_IDIV, expr_len(graph, dt, (Span){0}), num(2)), "len(t) div 2"},
        {real(1.0 / 3), "0.3333333333333333"},
        {real(-INFINITY), "-inf"},
        {expr_pos(graph, dz, at(z), (Span){0}), "place(z, z)"},
    };
    for (int k = 0; k < N(row); k++) {
        assert_string_equal(printed(row[k].e), row[k].text);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(constants_fold), TEST(what_fails_does_not_fold), TEST(exact_identities), TEST(inexact_identities_stay),
        TEST(types_and_conversions), TEST(reads_know_when_they_are_inside), TEST(ranges), TEST(ranges_hold),
        TEST(sameness_and_variables), TEST(substitution), TEST(notation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

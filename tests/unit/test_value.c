/* Static values: JSON as they read it, exact decimals, places, members read and unread. */
#include "../fixture.h"

#include "../../compiler/value.h"

#include <math.h>
#include <sys/stat.h>

static Value *parse(const char *json)
{
    return value_from_json(arena, d, source_of_text(arena, "c.json", json, strlen(json)));
}

static const char *printed(const Value *value)
{
    char *text = NULL;
    size_t n = 0;
    FILE *stream = open_memstream(&text, &n);
    value_print(value, stream);
    fclose(stream);
    const char *copy = arena_printf(arena, "%s", text);
    free(text);
    return copy;
}

static Value number(const char *digits)
{
    return value_of_number((Span){0}, digits, strlen(digits));
}

static void json_prints_canonically_and_reads_back(void **state)
{
    (void)state;
    static const struct { const char *json, *want; } rows[] = {
        {"null", "null"},
        {" [ ] ", "[]"},
        {"{}", "{}"},
        {"true", "true"},
        {"{\"b\":[1,2.50,-3e2],\"a\":{\"x\":false}}", "{\"b\": [1, 2.5, -300.0], \"a\": {\"x\": false}}"},
        {"\"\\u0041\\n\\u001f\\/\\\"\\\\\\ud83d\\ude00\"", "\"A\\n\\u001f/\\\"\\\\\xF0\x9F\x98\x80\""},
        {"[1e-12, 0.000, -0.0, 1E5, 1.0e+2]", "[1e-12, 0.0, -0.0, 100000.0, 100.0]"},
        {"[1e30, 0.1234567890123456789, 5e-324]", "[1e+30, 0.12345678901234568, 5e-324]"},
        {"[0.123456789012345678, 12345678.9012345678e0, 1e16, 0.0001, 0.00001, 1234567890123456.5, 2e15, 9.007199254740993e15]",
         "[0.123456789012345678, 12345678.9012345678, 1e+16, 0.0001, 1e-05, 1234567890123456.5, 2000000000000000.0, 9007199254740993.0]"},
        {"[5678901234567890123.4567890]", "[5.67890123456789e+18]"},
        {"[9223372036854775807, -9223372036854775808, 9223372036854775808]",
         "[9223372036854775807, -9223372036854775808, 9.223372036854776e+18]"},
        {"1000000000000000019884624838656", "1e+30"},
        {"[{\"__float__\":\"Infinity\"}, {\"__float__\":\"-Infinity\"}, {\"__float__\":\"NaN\"}]",
         "[{\"__float__\": \"Infinity\"}, {\"__float__\": \"-Infinity\"}, {\"__float__\": \"NaN\"}]"},
        {"{\"__float__\":\"one\"}", "{\"__float__\": \"one\"}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const Value *value = parse(rows[i].json);
        assert_non_null(value);
        assert_string_equal(printed(value), rows[i].want);
        assert_string_equal(printed(parse(rows[i].want)), rows[i].want);
    }
    assert_string_equal(diag_text(arena, d), "");
    assert_true(parse("{\"__float__\":\"-Infinity\"}")->real < -1e308);
}

static void short_decimals_are_exact(void **state)
{
    (void)state;
    static const struct { const char *digits; int64_t numerator, denominator; } rows[] = {
        {"0.7", 7, 10},
        {"0.70", 7, 10},
        {"-0.125", -125, 1000},
        {"1.5e3", 1500, 1},
        {"1e-12", 1, 1000000000000},
        {"12300e-2", 123, 1},
        {"1e-18", 1, 1000000000000000000},
        {"1e18", 1000000000000000000, 1},
        {"0.0e99999999999999999999", 0, 1},
        {"922337203685477580.7", INT64_MAX, 10},
        {"1000000.000001", 1000000000001, 1000000},
        {"1e-19", 0, 0},
        {"1e19", 0, 0},
        {"922337203685477580.8", 0, 0},
        {"1e99999999999999999999", 0, 0},
        {"123456789012345678901234567890.5", 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const Value x = number(rows[i].digits);
        assert_int_equal(x.kind, V_REAL);
        assert_true(x.real == strtod(rows[i].digits, NULL));
        assert_int_equal(x.denominator, rows[i].denominator);
        int64_t n = 0, of = 0;
        assert_int_equal(value_is_exact(&x, &n, &of), rows[i].denominator != 0);
        assert_true(n == rows[i].numerator && of == rows[i].denominator);
    }
    const Value i = number("-42");
    int64_t n, of;
    assert_true(i.kind == V_INT && i.integer == -42 && value_is_exact(&i, &n, &of) && n == -42 && of == 1);
    char zeros[201];
    memset(zeros, '0', 200);
    zeros[0] = '1', zeros[200] = 0;
    assert_true(number(zeros).real == 1e199);
}

static void values_know_their_place(void **state)
{
    (void)state;
    const Value *v = parse("{\n  \"a\\n\" : 12,\n  \"b\": [ true, {\"c\": \"x\\\"y\"} ],\n  \"\xC3\xA9\": -1.5e3}");
    assert_non_null(v);
    static const struct { int member; int line, column; const char *text; } rows[] = {{0, 2, 11, "12"}, {2, 4, 8, "-1.5e3"}};
    for (size_t i = 0; i < 2; i++) {
        const Span span = v->object.at[rows[i].member].value.span;
        const Place place = source_place(span.source, span.begin);
        assert_int_equal(place.line, rows[i].line);
        assert_int_equal(place.column, rows[i].column);
        assert_string_equal(span_text(span), rows[i].text);
    }
    const Value *list = &v->object.at[1].value;
    assert_string_equal(span_text(list->span), "[ true, {\"c\": \"x\\\"y\"} ]");
    assert_string_equal(span_text(list->list.at[0].span), "true");
    assert_string_equal(span_text(list->list.at[1].object.at[0].value.span), "\"x\\\"y\"");
    assert_string_equal(span_text(v->object.at[2].name_span), "\"\xC3\xA9\"");
    assert_string_equal(span_text(v->object.at[0].name_span), "\"a\\n\"");
}

static void members_are_found_and_marked(void **state)
{
    (void)state;
    const Value *v = parse("{\"n\": null, \"a\": 1}");
    assert_int_equal(value_member(v, str_of("a"))->integer, 1);
    assert_true(value_is_absent(value_member(v, str_of("n"))));
    assert_true(value_is_absent(value_member(v, str_of("b"))));
    assert_null(value_member(NULL, str_of("b")));
    assert_null(value_member(value_member(v, str_of("a")), str_of("b")));
    int n = 0;
    const Str *names = value_names(arena, v, &n);
    assert_true(n == 2 && names[0] == str_of("n") && names[1] == str_of("a"));
    value_names(arena, NULL, &n);
    assert_int_equal(n, 0);
}

static void collect(void *context, const ValueMember *member, Str path)
{
    char **all = context;
    *all = arena_printf(arena, "%s%s at %u;", *all, path, member->name_span.begin);
}

static void members_not_read_are_visited(void **state)
{
    (void)state;
    const Value *v = parse("{\"a\":1,\"b\":{\"c\":2,\"d\":[3,{\"e\":4}]},\"f\":{\"g\":5}}");
    value_member(value_member(v, str_of("b")), str_of("d"));
    char *all = arena_printf(arena, "%s", "");
    value_each_unread(v, collect, &all);
    assert_string_equal(all, "a at 1;b.c at 12;b.d[1].e at 26;f at 35;");
    value_mark_read(v);
    all = arena_printf(arena, "%s", "");
    value_each_unread(v, collect, &all);
    assert_string_equal(all, "");
}

static char *nested(int levels)
{
    char *text = arena_alloc(arena, (size_t)levels * 2 + 1);
    memset(text, '[', (size_t)levels);
    memset(text + levels, ']', (size_t)levels);
    return text;
}

static void bad_json_is_refused_at_its_place(void **state)
{
    (void)state;
    static const struct { const char *json, *want; } rows[] = {
        {"", "c.json:1:1: error: invalid JSON: unexpected token near end of file\n"},
        {"{\"a\":1,\n \"a\":2}", "c.json:2:2: error: invalid JSON: duplicate object key near '\"a\"'\n"},
        {"{\"a\":\n  NaN}", "c.json:2:3: error: JSON has no NaN\n"},
        {"[1, -Infinity]", "c.json:1:5: error: JSON has no -Infinity\n"},
        {"[Infinity]", "c.json:1:2: error: JSON has no Infinity\n"},
        {"{\"a\":}", "c.json:1:6: error: invalid JSON: unexpected token near '}'\n"},
        {"{\"a\" 1}", "c.json:1:6: error: invalid JSON: ':' expected near '1'\n"},
        {"[1,2", "c.json:1:5: error: invalid JSON: ']' expected near end of file\n"},
        {"[1,]", "c.json:1:4: error: invalid JSON: unexpected token near ']'\n"},
        {"[01]", "c.json:1:2: error: invalid JSON: invalid token near '0'\n"},
        {"[1] x", "c.json:1:5: error: invalid JSON: end of file expected near 'x'\n"},
        {"[1e400]", "c.json:1:2: error: invalid JSON: real number overflow near '1e400'\n"},
        {"[\"\xFF\"]", "c.json:1:2: error: invalid JSON: unable to decode byte 0xff near '\"'\n"},
        {"[\"\\u0000\"]", "c.json:1:2: error: invalid JSON: a NUL (\\u0000) in a string\n"},
        {"[\"\\ud800\"]", "c.json:1:2: error: invalid JSON: invalid Unicode '\\uD800' near '\"\\ud800\"'\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        d = diag_new(arena);
        assert_null(parse(rows[i].json));
        const char *text = diag_text(arena, d);
        assert_string_equal(arena_printf(arena, "%.*s", (int)strcspn(text, "\n") + 1, text), rows[i].want);
        assert_int_equal(d->errors, 1);
    }
    d = diag_new(arena);
    assert_null(parse("[NaN]"));
    assert_string_equal(diag_text(arena, d), "c.json:1:2: error: JSON has no NaN\n    1 | [NaN]\n      |  ^~~\n"
                                             "  hint: write {\"__float__\": \"NaN\"}\n");
    assert_non_null(parse(nested(200)));
    d = diag_new(arena);
    assert_null(parse(nested(201)));
    assert_non_null(strstr(diag_text(arena, d), "c.json:1:201: error: nested more than 200 levels deep\n"));
    d = diag_new(arena);
    assert_null(parse(nested(100000)));
    assert_int_equal(d->errors, 1);
}

static void bad_files_are_refused(void **state)
{
    (void)state;
    assert_null(value_from_json_file(arena, d, "none.json"));
    assert_null(value_from_json_file(arena, d, "."));
    assert_null(value_from_json_file(arena, d, "/dev/zero"));
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_null(value_from_json_file(arena, d, "fifo"));
    files_put("nul.json", "[1]\0", 4);
    assert_null(value_from_json_file(arena, d, "nul.json"));
    assert_string_equal(diag_text(arena, d), "none.json: error: No such file or directory\n"
                                             ".: error: is a directory, not a file\n"
                                             "/dev/zero: error: is larger than 100000000 bytes\n"
                                             "fifo:1:1: error: invalid JSON: unexpected token near end of file\n"
                                             "    1 | \n      | ^\n"
                                             "nul.json:1:4: error: invalid JSON: a NUL byte\n"
                                             "    1 | [1]?\n      |    ^\n");
    files_put_text("good.json", "{\"hidden_size\": 384}\n");
    assert_int_equal(value_member(value_from_json_file(arena, d, "good.json"), str_of("hidden_size"))->integer, 384);
}

static void kinds_have_names(void **state)
{
    (void)state;
    assert_string_equal(value_kind_name(V_NULL), "null");
    assert_string_equal(value_kind_name(V_INT), "an integer");
    assert_string_equal(value_kind_name(V_OBJECT), "an object");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(json_prints_canonically_and_reads_back),
        TEST(short_decimals_are_exact),
        TEST(values_know_their_place),
        TEST(members_are_found_and_marked),
        TEST(members_not_read_are_visited),
        TEST(bad_json_is_refused_at_its_place),
        TEST(bad_files_are_refused),
        TEST(kinds_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

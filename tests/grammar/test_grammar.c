/* The texts of this folder, each with what is expected of it in its last lines:
 *     #! error 2:44 message      (and warning, note, hint) every diagnostic, in order
 *     #! ast                     then the tree, a line each
 * `test_grammar_grammar --update` rewrites those lines; read the difference before keeping it. */
#include "ast.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../files.h"

static const char expectation[] = "#! ";

/* ---- a text and what comes of it ---- */

typedef struct Reading {
    Arena *arena;
    Diag *diag;
    StmtList text;
} Reading;

static Reading read_bytes(const char *text, size_t bytes)
{
    Reading r = {.arena = arena_new()};
    r.diag = diag_new(r.arena);
    r.text = ast_parse(r.arena, r.diag, source_of_text(r.arena, "t.sinter", text, bytes));
    return r;
}

static Reading read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

static void forget(Reading *r)
{
    arena_free(r->arena);
}

static char *printed(Arena *arena, const StmtList *text)
{
    char *bytes = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&bytes, &n);
    assert_non_null(out);
    ast_print(text, out);
    fclose(out);
    char *copy = arena_printf(arena, "%s", bytes);
    free(bytes);
    return copy;
}

static char *printed_expr(Arena *arena, const Ast *e)
{
    char *bytes = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&bytes, &n);
    assert_non_null(out);
    ast_print_expr(e, out);
    fclose(out);
    char *copy = arena_printf(arena, "%s", bytes);
    free(bytes);
    return copy;
}

static int points_at(Span span) /* a place in a text, not just its file */
{
    return span.source && span.begin <= span.source->bytes;
}

/* One line a diagnostic. */
static char *heard(Reading *r)
{
    static const char *const word[] = {"error", "warning", "note", "hint"};
    char *all = arena_printf(r->arena, "%s", "");
    for (int i = 0; i < r->diag->item.n; i++) {
        const DiagItem *item = &r->diag->item.at[i];
        const Place place = points_at(item->span) ? source_place(item->span.source, item->span.begin) : (Place){0};
        all = place.line ? arena_printf(r->arena, "%s%s %d:%d %s\n", all, word[item->kind], place.line, place.column, item->text)
                         : arena_printf(r->arena, "%s%s %s\n", all, word[item->kind], item->text);
    }
    return all;
}

/* What the last lines of a file should be. */
static char *expected_of(Reading *r)
{
    char *lines = heard(r);
    if (r->text.n) {
        lines = arena_printf(r->arena, "%sast\n%s", lines, printed(r->arena, &r->text));
    }
    char *all = arena_printf(r->arena, "%s", "");
    for (char *line = lines; *line;) {
        char *end = strchr(line, '\n');
        all = arena_printf(r->arena, "%s%s%.*s\n", all, expectation, (int)(end - line), line);
        line = end + 1;
    }
    return all;
}

/* ---- what holds of every tree ---- */

static void check_tree(Reading *r, const Ast *e, Span around);

static void check_trees(Reading *r, const AstList *list, Span around)
{
    for (int i = 0; i < list->n; i++) {
        check_tree(r, list->at[i], around);
    }
}

/* The span of an expression is its whole text: read alone it is the same expression. And it lies in that of its parent. */
static void check_tree(Reading *r, const Ast *e, Span around)
{
    if (!e) {
        return;
    }
    assert_true(around.begin <= e->span.begin && e->span.begin <= e->span.end && e->span.end <= around.end);
    assert_true(e->depth >= 1 && e->depth <= 1000);
    if (e->kind != AST_TEXT && e->kind != AST_STAR && e->kind != AST_RANGE) {
        Reading alone = read_text(arena_printf(r->arena, "x = (%s)", span_text(e->span)));
        assert_string_equal(heard(&alone), "");
        assert_int_equal(alone.text.n, 1);
        assert_string_equal(printed_expr(r->arena, alone.text.at[0]->value), printed_expr(r->arena, e));
        forget(&alone);
    }
    const int called_reducer = e->kind == AST_CALL && e->kid.at[0]->kind == AST_NAME; /* `max` alone is not an expression */
    for (int i = called_reducer; i < e->kid.n; i++) {
        check_tree(r, e->kid.at[i], e->span);
    }
    check_trees(r, &e->item, e->span);
    check_trees(r, &e->to, e->span);
    check_tree(r, e->at, e->span);
    check_tree(r, e->domain.where, e->span);
}

static void check_text(Reading *r, const StmtList *text)
{
    for (int i = 0; i < text->n; i++) {
        const Stmt *s = text->at[i];
        check_tree(r, s->value, s->span);
        check_tree(r, s->other, s->span);
        check_tree(r, s->under, s->span);
        check_trees(r, &s->values, s->span);
        for (int k = 0; k < s->lhs.n; k++) {
            assert_true(strncmp(span_text(s->lhs.at[k].span), s->lhs.at[k].name, strlen(s->lhs.at[k].name)) == 0);
            check_tree(r, s->lhs.at[k].value, s->span);
        }
        if (s->name && !s->at) {
            assert_string_equal(span_text(s->name_span), s->name);
        }
        check_text(r, &s->body);
        check_text(r, &s->otherwise);
    }
}

static void check_reads_back(Reading *r)
{
    const char *once = printed(r->arena, &r->text);
    Reading again = read_text(once);
    assert_string_equal(heard(&again), "");
    assert_string_equal(printed(again.arena, &again.text), once);
    forget(&again);
}

/* ---- the files ---- */

static void test_file(void **state)
{
    Arena *arena = arena_new();
    const char *path = *state;
    size_t n = 0;
    const char *whole = files_get(arena, path, &n);
    const char *begin = strncmp(whole, expectation, strlen(expectation)) == 0 ? whole : strstr(whole, "\n#! ");
    const size_t bytes = !begin ? n : begin == whole ? 0 : (size_t)(begin - whole) + 1;
    Reading r = read_bytes(arena_printf(arena, "%.*s", (int)bytes, whole), bytes);
    const char *wanted = whole + bytes, *got = expected_of(&r);
    if (getenv("SINTER_UPDATE")) {
        files_put_text(path, arena_printf(arena, "%.*s%s", (int)bytes, whole, got));
    } else {
        assert_string_equal(got, wanted);
    }
    if (r.diag->item.n == 0) {
        check_reads_back(&r);
        check_text(&r, &r.text);
    }
    forget(&r);
    arena_free(arena);
}

/* ---- what a file of text cannot say ---- */

static void expect_errors(const char *text, size_t bytes, const char *wanted)
{
    Reading r = read_bytes(text, bytes);
    assert_string_equal(heard(&r), wanted);
    forget(&r);
}

static void test_bytes(void **state)
{
    (void)state;
    expect_errors("", 0, "");
    expect_errors("# only this", 11, "");
    expect_errors("x = \0", 5, "error 1:5 this byte is 0x00: this is not a text\n");
    expect_errors("x = 1\ny = \xFF", 11, "error 2:5 this byte (0xFF) is not UTF-8\n");
    expect_errors("# \xC3\xA9\n# \xE2\x82", 9, "error 2:3 this byte (0xE2) is not UTF-8\n");
    expect_errors("\xED\xA0\x80", 3, "error 1:1 this byte (0xED) is not UTF-8\n"); /* a surrogate */
    expect_errors("\xC0\x80", 2, "error 1:1 this byte (0xC0) is not UTF-8\n");     /* overlong */
    expect_errors("\xF4\x90\x80\x80", 4, "error 1:1 this byte (0xF4) is not UTF-8\n");
    expect_errors("\x01", 1, "error 1:1 unexpected control character 0x01\n");
    expect_errors("x = \"abc", 8, "error 1:5 this string does not end on its line\n");
    expect_errors("x = \"abc\\", 9, "error 1:9 unknown escape '\\' in a string\nhint write \\\", \\\\, \\n or \\t\n"
                                    "error 1:5 this string does not end on its line\n");
}

static void test_line_ends(void **state)
{
    (void)state;
    Reading r = read_text("\xEF\xBB\xBFlet a = 1\r\nlet b = \"x\" # c\r\nfor i in 0..a {\r\n\ty = a\r\n}\r\n");
    assert_string_equal(heard(&r), "");
    assert_string_equal(printed(r.arena, &r.text), "let a = 1\nlet b = \"x\"\nfor i in 0..a {\n  y = a\n}\n");
    assert_string_equal(span_text(r.text.at[0]->span), "let a = 1");
    forget(&r);
    expect_errors("# \xC3\xA9\xC3\xA9\r\n\t\"\xC3\xA9\"[t] )", 17, "error 2:2 unexpected string, expected a statement\n");
}

static char *repeated(Arena *arena, const char *head, const char *unit, int n, const char *tail)
{
    const size_t bytes = strlen(head) + strlen(unit) * (size_t)n + strlen(tail);
    char *text = arena_alloc(arena, bytes + 1), *at = text;
    memcpy(at, head, strlen(head));
    at += strlen(head);
    for (int i = 0; i < n; i++, at += strlen(unit)) {
        memcpy(at, unit, strlen(unit));
    }
    memcpy(at, tail, strlen(tail));
    return text;
}

/* However deep, one error and no more. */
static void test_deep(void **state)
{
    (void)state;
    static const char *const nested[][2] = {
        {"x = ", "("},         {"x = ", "["},        {"x = ", "f("},        {"x = ", "a["},
        {"x = ", "-"},         {"x = ", "not "},     {"x = ", "2^"},        {"x = ", "a ? b : "},
        {"x = ", "a ?? "},     {"x = ", "sum[i] "},  {"x = ", "sum[i where "}, {"x = a", "+a"},
        {"x = a", ".b"},       {"x = a", "[b]"},     {"x = a", "*a"},       {"x = a", " and a"},
        {"x = ", "\"{"},       {"", "under a {"},    {"x = ", "f@("},       {"if a {} ", "else if a {}"},
        {"", "if a {} else {"}, {"x = a", "<a"},
    };
    for (size_t i = 0; i < sizeof nested / sizeof nested[0]; i++) {
        Arena *arena = arena_new();
        Reading r = read_text(repeated(arena, nested[i][0], nested[i][1], 100000, ""));
        const int chain = strcmp(nested[i][1], "<a") == 0; /* one node, however long */
        if (r.diag->errors != !chain) {
            print_error("%s: %s\n", nested[i][1], heard(&r));
        }
        assert_int_equal(r.diag->errors, !chain);
        forget(&r);
        arena_free(arena);
    }
}

static void expect_deep(const char *unit, int n, const char *wanted)
{
    Arena *arena = arena_new();
    const char *text = repeated(arena, "x = ", unit, n, "a");
    expect_errors(text, strlen(text), wanted);
    arena_free(arena);
}

static void test_deep_messages(void **state)
{
    (void)state;
    expect_deep("-", 999, "");
    expect_deep("-", 1000, "error 1:5 this expression is more than 1000 levels deep\n");
    expect_deep("-", 20000, "error 1:10000 this is nested too deeply to be read\n");
    expect_deep("(", 1001, "error 1:1005 brackets are more than 1000 levels deep here\n");
    expect_errors("", ((size_t)64 << 20) + 1, "error this text is longer than 64 MiB\n"); /* refused before it is read */
}

static void test_long(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Reading r = read_text(repeated(arena, "", "x[t] = a + b\n", 20000, ""));
    assert_string_equal(heard(&r), "");
    assert_int_equal(r.text.n, 20000);
    forget(&r);
    r = read_text(repeated(arena, "x = [0", ", 1", 100000, "]"));
    assert_string_equal(heard(&r), "");
    assert_int_equal(r.text.at[0]->value->kid.n, 100001);
    forget(&r);
    r = read_text(repeated(arena, "", "x = )\n", 1000, "y = 1\n"));
    assert_int_equal(r.diag->errors, 51);
    forget(&r);
    r = read_text(repeated(arena, "x = a", "a", 1000000, ""));
    assert_string_equal(heard(&r), "");
    forget(&r);
    arena_free(arena);
}

/* ---- main ---- */

static int is_case(const struct dirent *entry)
{
    const size_t n = strlen(entry->d_name);
    return n > 7 && strcmp(entry->d_name + n - 7, ".sinter") == 0;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--update") == 0) {
        setenv("SINTER_UPDATE", "1", 1);
    }
    struct dirent **entry;
    const int files = scandir(".", &entry, is_case, alphasort);
    if (files <= 0) {
        fprintf(stderr, "no cases here: run me in tests/grammar\n");
        return 1;
    }
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_deep),
        cmocka_unit_test(test_deep_messages),
        cmocka_unit_test(test_long),
    };
    const size_t n = sizeof fixed / sizeof fixed[0];
    struct CMUnitTest *test = calloc(n + (size_t)files, sizeof *test);
    memcpy(test, fixed, sizeof fixed);
    for (int i = 0; i < files; i++) {
        test[n + (size_t)i] = (struct CMUnitTest){.name = entry[i]->d_name, .test_func = test_file, .initial_state = entry[i]->d_name};
    }
    const int failed = _cmocka_run_group_tests("grammar", test, n + (size_t)files, NULL, NULL);
    for (int i = 0; i < files; i++) {
        free(entry[i]);
    }
    free(entry);
    free(test);
    str_forget();
    return failed;
}

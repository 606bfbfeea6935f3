/* The base library: arena, interned strings, sources and places, diagnostics. */
#include "../fixture.h"

#include <sys/stat.h>
#include <sys/wait.h>

static void arena_memory_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    const size_t size[] = {0, 1, 15, 16, 17, 1 << 14, (1 << 14) + 1, 1 << 16, 1 << 20, 3};
    enum { N = sizeof size / sizeof *size };
    unsigned char *at[N];
    for (int i = 0; i < N; i++) {
        at[i] = arena_alloc(arena, size[i]);
        assert_int_equal((uintptr_t)at[i] % 16, 0);
        for (size_t k = 0; k < size[i]; k++) {
            assert_int_equal(at[i][k], 0);
        }
        memset(at[i], i + 1, size[i]);
    }
    for (int i = 0; i < N; i++) {
        for (size_t k = 0; k < size[i]; k++) {
            assert_int_equal(at[i][k], i + 1);
        }
    }
}

static void a_vec_keeps_what_was_pushed(void **state)
{
    (void)state;
    VEC(int) v = {0};
    for (int i = 0; i < 10000; i++) {
        vec_push(arena, v, i * 7);
    }
    assert_int_equal(v.n, 10000);
    for (int i = 0; i < v.n; i++) {
        assert_int_equal(v.at[i], i * 7);
    }
}

/* Runs `act` in a child; returns its exit code. */
static int exit_code_of(void (*act)(void))
{
    const pid_t child = fork();
    if (child == 0) {
        fclose(stderr);
        act();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void ask_for_everything(void)
{
    arena_alloc(arena, (size_t)-1);
}

static void ask_for_a_product_that_wraps(void)
{
    volatile size_t n = (size_t)1 << 61;
    arena_array(arena, int64_t, n + 1);
}

static void ask_for_a_negative_number(void)
{
    volatile int n = -1;
    arena_array(arena, char, n);
}

static void sizes_that_do_not_exist_end_the_process(void **state)
{
    (void)state;
    assert_int_equal(exit_code_of(ask_for_everything), 2);
    assert_int_equal(exit_code_of(ask_for_a_product_that_wraps), 2);
    assert_int_equal(exit_code_of(ask_for_a_negative_number), 2);
}

static void arena_printf_has_no_length_limit(void **state)
{
    (void)state;
    const char *text = arena_printf(arena, "%0*d%s", 100000, 7, "end");
    assert_int_equal(strlen(text), 100003);
    assert_string_equal(text + 99999, "7end");
}

static void equal_strings_are_one_pointer(void **state)
{
    (void)state;
    Str seen[5000];
    for (int i = 0; i < 5000; i++) {
        seen[i] = str_format("name_%d", i);
    }
    for (int i = 0; i < 5000; i++) {
        char text[32];
        const int n = snprintf(text, sizeof text, "name_%d", i);
        assert_ptr_equal(str_of(text), seen[i]);
        text[n] = 'x'; /* str_of_n must not look behind the end */
        assert_ptr_equal(str_of_n(text, (size_t)n), seen[i]);
    }
    assert_ptr_equal(str_of(""), str_of_n(NULL, 0));
    assert_ptr_equal(str_of_n("ab", 1), str_of("a"));
    assert_ptr_equal(str_of_n("a\0b", 3), str_of("a"));
    assert_ptr_not_equal(str_of("a"), str_of("b"));
}

static void distance_counts_edits(void **state)
{
    (void)state;
    static const struct { const char *a, *b; int want; } rows[] = {
        {"", "", 0},           {"", "abc", 3},      {"softmax", "sofmax", 1}, {"ab", "ba", 1},
        {"kitten", "sitting", 3}, {"flaw", "lawn", 2}, {"ca", "abc", 3},         {"abcdef", "badcfe", 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(str_distance(rows[i].a, rows[i].b), rows[i].want);
        assert_int_equal(str_distance(rows[i].b, rows[i].a), rows[i].want);
    }
    char long_a[301], long_b[257];
    memset(long_a, 'a', 300), long_a[300] = 0;
    memset(long_b, 'a', 256), long_b[256] = 0;
    assert_int_equal(str_distance(long_b, long_b), 0);
    assert_int_equal(str_distance(long_a, long_b), 556);
}

static void places_count_lines_and_code_points(void **state)
{
    (void)state;
    const char *text = "a\n\xC3\xA9\xE2\x82\xAC" "x\n\nlast";
    const Source *s = source_of_text(arena, "t", text, strlen(text));
    static const struct { uint32_t at; int line, column; } rows[] = {
        {0, 1, 1}, {1, 1, 2}, {2, 2, 1}, {4, 2, 2}, {7, 2, 3}, {9, 3, 1}, {10, 4, 1}, {14, 4, 5}, {99, 4, 5},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const Place p = source_place(s, rows[i].at);
        assert_int_equal(p.line, rows[i].line);
        assert_int_equal(p.column, rows[i].column);
    }
    static const uint32_t begin[] = {0, 0, 2, 9, 10, 14, 14}; /* of line 0, which is none, to 6 */
    for (int i = 0; i < 7; i++) {
        assert_int_equal(source_line(s, i), begin[i]);
    }
    assert_ptr_equal(span_text((Span){s, 2, 4}), str_of("\xC3\xA9"));
    assert_ptr_equal(span_text((Span){s, 4, 2}), str_of(""));
    assert_ptr_equal(span_text((Span){s, 0, 99}), str_of(""));
    assert_ptr_equal(span_text((Span){0}), str_of(""));
}

static void spans_join(void **state)
{
    (void)state;
    const Source *s = source_of_text(arena, "t", "0123456789", 10), *other = source_of_text(arena, "u", "", 0);
    const Span j = span_join((Span){s, 4, 6}, (Span){s, 1, 2});
    assert_true(j.source == s && j.begin == 1 && j.end == 6);
    assert_true(span_join((Span){0}, (Span){s, 1, 2}).begin == 1);
    assert_true(span_join((Span){s, 3, 4}, (Span){other, 0, 0}).begin == 3);
}

static const char *why_not(const char *path, size_t limit)
{
    const char *why = NULL;
    const Source *s = source_of_file(arena, path, limit, &why);
    assert_true((s == NULL) == (why != NULL));
    return why ? why : "";
}

static void files_are_read_whole_or_refused(void **state)
{
    (void)state;
    const char *why;
    files_put_text("empty", "");
    const Source *s = source_of_file(arena, "empty", 10, &why);
    assert_true(s && s->bytes == 0 && s->text[0] == 0);
    char *big = arena_alloc(arena, 100000);
    memset(big, 'b', 100000);
    files_put("big", big, 100000);
    s = source_of_file(arena, "big", 100000, &why);
    assert_true(s && s->bytes == 100000 && memcmp(s->text, big, 100000) == 0 && s->text[100000] == 0);
    assert_string_equal(s->name, "big");
    assert_string_equal(why_not("big", 99999), "is larger than 99999 bytes");
    assert_string_equal(why_not("nowhere", 10), "No such file or directory");
    assert_string_equal(why_not(".", 10), "is a directory, not a file");
    assert_string_equal(why_not("/dev/zero", 5000), "is larger than 5000 bytes");
    assert_string_equal(why_not("/dev/null", 10), "");
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_string_equal(why_not("fifo", 10), ""); /* nobody writes: empty, and no waiting */
}

static void a_pipe_is_read_to_its_end(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < 3; i++) {
            usleep(20000);
            if (write(ends[1], "part", 4) != 4) {
                _exit(1);
            }
        }
        _exit(0);
    }
    close(ends[1]);
    const char *why = NULL;
    const Source *s = source_of_file(arena, arena_printf(arena, "/dev/fd/%d", ends[0]), 100, &why);
    assert_true(s && strcmp(s->text, "partpartpart") == 0);
    close(ends[0]);
    waitpid(child, NULL, 0);
}

static Span at(const Source *s, const char *what)
{
    const char *found = strstr(s->text, what);
    assert_non_null(found);
    return (Span){s, (uint32_t)(found - s->text), (uint32_t)(found - s->text + (long)strlen(what))};
}

static const Source *text(const char *name, const char *content)
{
    return source_of_text(arena, name, content, strlen(content));
}

static void a_diagnostic_shows_its_place(void **state)
{
    (void)state;
    const Source *s = text("mlp.sinter", "model x\n\th = sofmax[t'] s[t,t']\n");
    const Str names[] = {str_of("sum"), str_of("softmax"), str_of("max")};
    diag_error(d, at(s, "sofmax"), "unknown function '%s'", "sofmax");
    diag_did_you_mean(d, "sofmax", names, 3);
    diag_note(d, at(s, "model"), "in this model");
    assert_string_equal(diag_text(arena, d), "mlp.sinter:2:6: error: unknown function 'sofmax'\n"
                                             "    2 | \th = sofmax[t'] s[t,t']\n"
                                             "      | \t    ^~~~~~\n"
                                             "  hint: did you mean 'softmax'?\n"
                                             "mlp.sinter:1:1: note: in this model\n"
                                             "    1 | model x\n"
                                             "      | ^~~~~\n");
    assert_int_equal(d->errors, 1);
    assert_int_equal(d->warnings, 0);
}

static void messages_are_sorted_within_each_file(void **state)
{
    (void)state;
    const Source *a = text("a", "0123456789\n"), *b = text("b", "xyz\n");
    diag_error(d, at(a, "9"), "late");
    diag_hint(d, "stays with late");
    diag_warning_file(d, "w.bin", "first");
    diag_error(d, at(b, "z"), "other");
    diag_error(d, at(a, "1"), "early");
    diag_error_file(d, "w.bin", "second");
    diag_error(d, at(a, "1"), "early too");
    diag_error(d, (Span){0}, "no place");
    assert_string_equal(diag_text(arena, d), "a:1:2: error: early\n    1 | 0123456789\n      |  ^\n"
                                             "a:1:2: error: early too\n    1 | 0123456789\n      |  ^\n"
                                             "a:1:10: error: late\n    1 | 0123456789\n      |          ^\n"
                                             "  hint: stays with late\n"
                                             "w.bin: warning: first\nw.bin: error: second\n"
                                             "b:1:3: error: other\n    1 | xyz\n      |   ^\n"
                                             "sinter: error: no place\n");
    assert_int_equal(d->errors, 6);
    assert_int_equal(d->warnings, 1);
}

static void odd_lines_print_safely(void **state)
{
    (void)state;
    const Source *s = source_of_text(arena, "odd", "a\x1B[2Jb\0c\r\nlast", 13);
    diag_error(d, (Span){s, 6, 7}, "escape \x1B[2J in a message");
    diag_error(d, (Span){s, 13, 13}, "at the very end");
    diag_error(d, span_of_source(s), "of the whole file");
    assert_string_equal(diag_text(arena, d), "odd:1:7: error: escape ?[2J in a message\n    1 | a?[2Jb?c\n      |       ^\n"
                                             "odd:2:4: error: at the very end\n    2 | las\n      |    ^\n"
                                             "odd: error: of the whole file\n");
}

static void of_a_long_line_the_surroundings_are_shown(void **state)
{
    (void)state;
    char *line = arena_alloc(arena, 100001);
    for (int i = 0; i < 100000; i += 2) {
        memcpy(line + i, "\xC3\xA9", 2);
    }
    memcpy(line + 50000, "BAD", 3);
    const Source *s = text("one-line.json", line);
    diag_error(d, at(s, "BAD"), "here");
    const char *out = diag_text(arena, d);
    assert_true(strlen(out) < 500);
    assert_non_null(strstr(out, "one-line.json:1:25001: error: here\n    1 | ...\xC3\xA9"));
    assert_non_null(strstr(out, "BAD"));
    const char *caret = strstr(out, "^~~");
    assert_non_null(caret);
}

static void hints_need_a_near_name(void **state)
{
    (void)state;
    const Str names[] = {str_of("hidden_size"), str_of("vocab_size")};
    diag_error(d, (Span){0}, "first");
    diag_did_you_mean(d, "hiden_size", names, 2);
    diag_did_you_mean(d, "rope_theta", names, 2);
    diag_did_you_mean(d, "", names, 2);
    diag_did_you_mean(d, "x", names, 0);
    diag_did_you_mean(d, "hidden_size", names, 2);
    assert_string_equal(diag_text(arena, d), "sinter: error: first\n  hint: did you mean 'hidden_size'?\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(arena_memory_is_zeroed_aligned_and_apart),
        TEST(a_vec_keeps_what_was_pushed),
        TEST(sizes_that_do_not_exist_end_the_process),
        TEST(arena_printf_has_no_length_limit),
        TEST(equal_strings_are_one_pointer),
        TEST(distance_counts_edits),
        TEST(places_count_lines_and_code_points),
        TEST(spans_join),
        TEST(files_are_read_whole_or_refused),
        TEST(a_pipe_is_read_to_its_end),
        TEST(a_diagnostic_shows_its_place),
        TEST(messages_are_sorted_within_each_file),
        TEST(odd_lines_print_safely),
        TEST(of_a_long_line_the_surroundings_are_shown),
        TEST(hints_need_a_near_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

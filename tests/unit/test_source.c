/* Jobs of the command line: all that is read is in one, and the last ones are small where threads take them by turns. */
#include "../command_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { TEXTS = 2000, TEXT = 10, MOST_JOBS = TEXTS };

typedef struct run {
    size_t jobs, items[MOST_JOBS];
} run;

static run jobs_of(source *from)
{
    run r = {0, {0}};
    trouble t = {0};
    job j;
    memset(&j, 0, sizeof j);
    while (source_fill(from, &j, &t)) {
        assert_true(r.jobs < MOST_JOBS);
        r.items[r.jobs++] = j.items;
    }
    assert_int_equal(t.code, TROUBLE_NONE);
    job_free(&j);
    return r;
}

/* All texts, in jobs that are `most` texts at first and a quarter of that or less at the end. */
static void check_shrinks(const run *r, size_t most)
{
    size_t all = 0;
    for (size_t i = 0; i < r->jobs; i++) {
        all += r->items[i];
        assert_true(i == 0 || r->items[i] <= r->items[i - 1]);
    }
    assert_int_equal(all, TEXTS);
    assert_int_equal(r->items[0], most);
    assert_true(r->items[r->jobs - 1] * 4 <= most + 4);
}

static void check_same(const run *r, size_t most)
{
    for (size_t i = 0; i + 1 < r->jobs; i++) {
        assert_int_equal(r->items[i], most);
    }
}

static run jobs_of_arguments(int threads, int batch)
{
    static char text[] = "ten bytes.", *texts[TEXTS];
    trouble t = {0};
    const options o = {.threads = threads, .batch = batch, .text = texts, .texts = TEXTS};
    source from;
    for (int i = 0; i < TEXTS; i++) {
        texts[i] = text;
    }
    source_open(&from, &o, &t);
    from.most_bytes = batch ? from.most_bytes : 40 * TEXT;
    from.most_items = batch ? (size_t)batch : SIZE_MAX;
    const run r = jobs_of(&from);
    source_close(&from);
    return r;
}

static void test_arguments(void **state)
{
    (void)state;
    const run alone = jobs_of_arguments(1, 0), four = jobs_of_arguments(4, 0), given = jobs_of_arguments(4, 7);
    check_same(&alone, 40);
    check_shrinks(&four, 40);
    check_same(&given, 7);
}

static void write_lines(int fd)
{
    for (int i = 0; i < TEXTS; i++) {
        assert_int_equal(write(fd, "nine byte\n", TEXT), TEXT);
    }
}

static run jobs_of_lines(int fd)
{
    trouble t = {0};
    const options o = {.threads = 4};
    source from;
    source_open(&from, &o, &t);
    from.lines.fd = fd;
    from.left = source_bytes(&from);
    from.most_items = SIZE_MAX;
    from.most_bytes = 36 * TEXT;
    const run r = jobs_of(&from);
    source_close(&from);
    return r;
}

static void test_file(void **state)
{
    (void)state;
    FILE *const file = tmpfile();
    assert_non_null(file);
    write_lines(fileno(file));
    assert_int_equal(lseek(fileno(file), 0, SEEK_SET), 0);
    const run r = jobs_of_lines(fileno(file));
    fclose(file);
    check_shrinks(&r, 40);
}

static void test_pipe(void **state)
{
    (void)state;
    int end[2];
    assert_int_equal(pipe(end), 0);
    write_lines(end[1]); /* less than a pipe holds */
    close(end[1]);
    const run r = jobs_of_lines(end[0]);
    close(end[0]);
    check_same(&r, 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_arguments), cmocka_unit_test(test_file), cmocka_unit_test(test_pipe)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

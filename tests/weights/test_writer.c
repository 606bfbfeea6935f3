/* Writing: what is read back, byte for byte what the format's own writer gives, and nothing at all when something fails. */
#include "../fixture.h"

#include "../../compiler/outfile.h"
#include "../../compiler/weights/safetensors.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const int64_t shape_23[] = {2, 3}, shape_0[] = {5, 0}, shape_3[] = {3};
static const unsigned char bytes[48] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24};
static const SafetensorsItem items[] = {
    {"b.weight", DTYPE_F32, 2, shape_23, bytes}, {"a\"\\\n\x01\xC3\xA9", DTYPE_F32, 0, NULL, bytes + 24},
    {"0/ids", DTYPE_I64, 1, shape_3, bytes},     {"mask", DTYPE_BOOL, 1, shape_3, bytes},
    {"none", DTYPE_F64, 2, shape_0, NULL},       {"half", DTYPE_BF16, 2, shape_23, bytes + 3},
};
enum { ITEMS = sizeof items / sizeof *items };

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    assert_int_equal(safetensors_write(arena, d, "w", items, ITEMS), 1);
    assert_int_equal(files_count(), 1);
    Weights *w = weights_open(arena, d, "w");
    assert_non_null(w);
    assert_int_equal(weights_count(w), ITEMS);
    for (int i = 0; i < ITEMS; i++) {
        const WeightTensor *t = weights_find(w, str_of(items[i].name));
        assert_non_null(t);
        assert_int_equal(t->dtype, items[i].dtype);
        assert_int_equal(t->rank, items[i].rank);
        for (int k = 0; k < t->rank; k++) {
            assert_int_equal(t->shape[k], items[i].shape[k]);
        }
        assert_true(t->bytes == 0 || memcmp(t->data, items[i].data, t->bytes) == 0);
        assert_true(t->dtype == DTYPE_BOOL || (uintptr_t)t->data % (size_t)(dtype_bits(t->dtype) / 8) == 0);
    }
    weights_close(w);
}

static void bytes_are_those_of_the_formats_writer(void **state)
{
    (void)state;
    /* Order, escapes and padding as safetensors 0.8 gives them (numpy.save; there with F16 for BF16). */
    static const char header[] =
        "{\"0/ids\":{\"dtype\":\"I64\",\"shape\":[3],\"data_offsets\":[0,24]},"
        "\"none\":{\"dtype\":\"F64\",\"shape\":[5,0],\"data_offsets\":[24,24]},"
        "\"a\\\"\\\\\\n\\u0001\xC3\xA9\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[24,28]},"
        "\"b.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[28,52]},"
        "\"half\":{\"dtype\":\"BF16\",\"shape\":[2,3],\"data_offsets\":[52,64]},"
        "\"mask\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[64,67]}}";
    size_t n = 0, padded = (sizeof header - 1 + 7) / 8 * 8;
    assert_int_equal(safetensors_write(arena, d, "w", items, ITEMS), 1);
    const char *file = files_get(arena, "w", &n);
    assert_int_equal(n, 8 + padded + 67);
    assert_int_equal((unsigned char)file[0] | (unsigned char)file[1] << 8, padded);
    assert_memory_equal(file + 8, header, sizeof header - 1);
    for (size_t i = sizeof header - 1; i < padded; i++) {
        assert_int_equal(file[8 + i], ' ');
    }
    SafetensorsItem reversed[ITEMS];
    for (int i = 0; i < ITEMS; i++) {
        reversed[i] = items[ITEMS - 1 - i];
    }
    assert_int_equal(safetensors_write(arena, d, "again", reversed, ITEMS), 1);
    size_t m = 0;
    assert_memory_equal(files_get(arena, "again", &m), file, n);
    assert_int_equal(m, n);
    assert_int_equal(safetensors_write(arena, d, "empty", NULL, 0), 1);
    assert_memory_equal(files_get(arena, "empty", &n), "\x08\0\0\0\0\0\0\0{}      ", 16);
    assert_int_equal(n, 16);
}

static void failures_are_said_and_leave_nothing(void **state)
{
    (void)state;
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(safetensors_write(arena, d, "/dev/full", items, ITEMS), 0);
    assert_int_equal(safetensors_write(arena, d, "folder", items, ITEMS), 0);
    assert_int_equal(safetensors_write(arena, d, "none/w", items, ITEMS), 0);
    assert_string_equal(diag_text(arena, d), "/dev/full: error: cannot be written: No space left on device\n"
                                             "folder: error: cannot be written: Is a directory\n"
                                             "none/w: error: cannot be written: No such file or directory\n");
    assert_int_equal(files_count(), 1);
    struct stat about;
    assert_true(stat("/dev/full", &about) == 0 && S_ISCHR(about.st_mode));
}

/* In a child, so that the limit ends with it: 0 if all went as it should. */
static int write_under_limit(const char *path, size_t size, rlim_t limit)
{
    const pid_t child = fork();
    if (child == 0) {
        struct rlimit most = {limit, limit};
        const int64_t shape[] = {(int64_t)size};
        const SafetensorsItem item = {"a", DTYPE_U8, 1, shape, arena_alloc(arena, size)};
        setrlimit(RLIMIT_FSIZE, &most);
        const int written = safetensors_write(arena, d, path, &item, 1);
        const char *want = arena_printf(arena, "%s: error: cannot be written: File too large\n", path);
        _exit(written ? 1 : strcmp(diag_text(arena, d), want) ? 2 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

static void a_limit_on_file_sizes_leaves_what_was_there(void **state)
{
    (void)state;
    files_put_text("w", "old");
    assert_int_equal(write_under_limit("w", 100000, 5000), 0); /* fails while writing */
    assert_int_equal(write_under_limit("w", 100, 50), 0);      /* fails when flushed */
    assert_int_equal(write_under_limit("w", 100, 0), 0);
    assert_int_equal(write_under_limit("new", 100000, 5000), 0);
    size_t n = 0;
    assert_string_equal(files_get(arena, "w", &n), "old");
    assert_int_equal(files_count(), 1);
}

static void the_target_is_replaced_in_one_step(void **state)
{
    (void)state;
    files_put_text("w", "old");
    assert_int_equal(chmod("w", 0640), 0);
    assert_int_equal(symlink("w", "link"), 0);
    OutFile *out = outfile_open(arena, d, "link");
    assert_non_null(out);
    fprintf(out->stream, "%s", "new and longer");
    assert_int_equal(outfile_write(out, "!", 1), 1);
    size_t n = 0;
    assert_string_equal(files_get(arena, "w", &n), "old");
    assert_int_equal(outfile_keep(out, d), 1);
    assert_string_equal(files_get(arena, "w", &n), "new and longer!");
    struct stat about;
    assert_true(lstat("link", &about) == 0 && S_ISLNK(about.st_mode));
    assert_true(stat("w", &about) == 0 && (about.st_mode & 0777) == 0640);
    assert_int_equal(files_count(), 2);
    unlink("link");
}

static void what_is_dropped_was_never_there(void **state)
{
    (void)state;
    OutFile *out = outfile_open(arena, d, "w");
    fprintf(out->stream, "half");
    outfile_drop(out);
    outfile_drop(out);
    outfile_drop(NULL);
    assert_int_equal(files_count(), 0);
    OutFile *a = outfile_open(arena, d, "a"), *b = outfile_open(arena, d, "b");
    fprintf(a->stream, "a"), fprintf(b->stream, "b");
    assert_true(outfile_finish(a, d) && outfile_finish(b, d));
    assert_int_equal(access("a", F_OK), -1);
    assert_true(outfile_keep(a, d) && outfile_keep(b, d));
    assert_int_equal(access("a", F_OK), 0);
    assert_int_equal(files_count(), 2);
}

static void a_pipe_is_written_directly(void **state)
{
    (void)state;
    int ends[2];
    char got[16] = {0};
    assert_int_equal(pipe(ends), 0);
    OutFile *out = outfile_open(arena, d, arena_printf(arena, "/dev/fd/%d", ends[1]));
    assert_non_null(out);
    fprintf(out->stream, "through");
    assert_int_equal(outfile_keep(out, d), 1);
    assert_int_equal(read(ends[0], got, sizeof got), 7);
    assert_string_equal(got, "through");
    close(ends[0]), close(ends[1]);
    assert_int_equal(files_count(), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_is_read_back),
        TEST(bytes_are_those_of_the_formats_writer),
        TEST(failures_are_said_and_leave_nothing),
        TEST(a_limit_on_file_sizes_leaves_what_was_there),
        TEST(the_target_is_replaced_in_one_step),
        TEST(what_is_dropped_was_never_there),
        TEST(a_pipe_is_written_directly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

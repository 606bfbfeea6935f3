/* Packed weights: the block, the assembly and the C that carry it into a program, and nothing at all when something fails. */
#include "../fixture.h"

#include "../../codegen/weights_emit.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Values that show their place; they come in order, each once. */
typedef struct Count {
    int64_t next;
    int64_t fail_at; /* 0: never */
    PackedType type;
} Count;

static int fill(void *context, Diag *diag, int64_t first, int64_t n, void *out)
{
    Count *count = context;
    assert_int_equal(first, count->next);
    assert_true(n > 0);
    if (count->fail_at && first + n >= count->fail_at) {
        diag_error_file(diag, "model", "cannot be read");
        return 0;
    }
    for (int64_t i = 0; i < n; i++) {
        switch (count->type) {
        case PACKED_F32: ((float *)out)[i] = (float)(first + i) + 0.5f; break;
        case PACKED_I32: ((int32_t *)out)[i] = (int32_t)(-first - i); break;
        case PACKED_I64: ((int64_t *)out)[i] = (first + i) * 10000000000; break;
        case PACKED_U8: ((uint8_t *)out)[i] = (uint8_t)(first + i); break;
        case PACKED_BF16: ((uint16_t *)out)[i] = (uint16_t)(first + i); break;
        case PACKED_I8: ((int8_t *)out)[i] = (int8_t)-(first + i); break;
        }
    }
    count->next += n;
    return 1;
}

static PackedWeight weight(const char *name, PackedType type, int64_t count)
{
    Count *context = arena_new_of(arena, Count);
    context->type = type;
    return (PackedWeight){.name = name, .type = type, .count = count, .fill = fill, .context = context};
}

static PackedWeight *some(int *n)
{
    PackedWeight *w = arena_array(arena, PackedWeight, 5);
    w[0] = weight("query_weight", PACKED_F32, 5);
    w[1] = weight("mask", PACKED_U8, 67);
    w[2] = weight("none", PACKED_F32, 0);
    w[3] = weight("ids", PACKED_I32, 16);
    w[4] = weight("far", PACKED_I64, 3);
    *n = 5;
    return w;
}

static int emit(const char *name, int as_c, PackedWeight *w, int n)
{
    return weights_emit(arena, d, &(WeightsEmitOptions){.name = name, .banner = "first line\nlast */ line", .as_c = as_c}, w, n);
}

static void arrays_are_aligned_in_the_order_given(void **state)
{
    (void)state;
    int n;
    PackedWeight *w = some(&n);
    assert_int_equal(weights_layout(w, n), 64 + 128 + 0 + 64 + 64);
    static const uint64_t offset[] = {0, 64, 192, 192, 256};
    for (int i = 0; i < n; i++) {
        assert_int_equal(w[i].offset, offset[i]);
    }
    assert_int_equal(weights_layout(NULL, 0), 64);
    PackedWeight huge[2] = {weight("a", PACKED_I64, INT64_MAX), weight("b", PACKED_U8, 1)};
    assert_int_equal(weights_layout(huge, 2), 0);
    huge[0].count = -1;
    assert_int_equal(weights_layout(huge, 1), 0);
}

static void the_block_holds_the_values(void **state)
{
    (void)state;
    int n;
    PackedWeight *w = some(&n);
    assert_int_equal(emit("m", 0, w, n), 1);
    assert_int_equal(files_count(), 2);
    size_t bytes = 0;
    const char *block = files_get(arena, "m_weights.bin", &bytes);
    assert_int_equal(bytes, 320);
    float real;
    int32_t small;
    int64_t large;
    memcpy(&real, block + 16, 4);
    assert_true(real == 4.5f);
    assert_int_equal((unsigned char)block[64 + 66], 66);
    memcpy(&small, block + 192 + 60, 4);
    assert_int_equal(small, -15);
    memcpy(&large, block + 256 + 16, 8);
    assert_true(large == 20000000000);
    for (size_t i = 0; i < bytes; i++) { /* between the arrays: zeros */
        if ((i >= 20 && i < 64) || (i >= 64 + 67 && i < 192) || i >= 256 + 24) {
            assert_int_equal(block[i], 0);
        }
    }
}

static void the_head_lists_the_arrays(void **state)
{
    (void)state;
    int n;
    PackedWeight *w = some(&n);
    assert_int_equal(emit("m", 0, w, n), 1);
    static const char want[] = "/* m_weights: the weights of m, 320 bytes, little-endian\n"
                               " * first line\n"
                               " * last * / line\n"
                               " *\n"
                               " *      offset        count  type   array\n"
                               " *           0            5  float  query_weight\n"
                               " *          64           67  uint8  mask\n"
                               " *         192            0  float  none\n"
                               " *         192           16  int32  ids\n"
                               " *         256            3  int64  far\n"
                               " */\n";
    size_t bytes = 0;
    assert_memory_equal(files_get(arena, "m_weights.S", &bytes), want, sizeof want - 1);
    assert_null(strstr(files_get(arena, "m_weights.S", &bytes), "$"));
    assert_null(strstr(files_get(arena, "m_weights.S", &bytes), "lrodata"));
}

static const char program[] = "#include <stdint.h>\n"
                              "#include <stdio.h>\n"
                              "extern const uint32_t m_weights_data[];\n"
                              "int main(void)\n"
                              "{\n"
                              "    const unsigned char *block = (const unsigned char *)m_weights_data;\n"
                              "    FILE *out = fopen(\"out\", \"wb\");\n"
                              "    return fwrite(block, 1, 320, out) != 320 || fclose(out) || (uintptr_t)block % 64;\n"
                              "}\n";

static void a_program_finds_the_same_bytes(const char *weights, const char *block_path)
{
    const char *cc = getenv("CC");
    files_put_text("p.c", program);
    const char *command = arena_printf(arena, "%s -std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror -o p p.c %s && ./p",
                                       cc ? cc : "cc", weights);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a compiler is what is tested */
    size_t n = 0, m = 0;
    const char *block = files_get(arena, block_path, &n);
    assert_memory_equal(files_get(arena, "out", &m), block, n);
    assert_int_equal(n, m);
}

static void assembly_and_c_carry_the_same_block(void **state)
{
    (void)state;
    int n;
    PackedWeight *w = some(&n);
    assert_int_equal(emit("m", 0, w, n), 1);
    a_program_finds_the_same_bytes("m_weights.S", "m_weights.bin");
    w = some(&n);
    assert_int_equal(emit("m", 1, w, n), 1);
    a_program_finds_the_same_bytes("m_weights.c", "m_weights.bin");
    assert_int_equal(mkdir("sub", 0700), 0);
    assert_int_equal(rename("m_weights.bin", "sub/m_weights.bin"), 0);
    a_program_finds_the_same_bytes("-DSINTER_WEIGHTS_FILE='\"sub/m_weights.bin\"' m_weights.S", "sub/m_weights.bin");
    unlink("sub/m_weights.bin");
}

static void a_model_without_weights_has_a_block_too(void **state)
{
    (void)state;
    size_t n = 0;
    assert_int_equal(emit("m", 0, NULL, 0), 1);
    files_get(arena, "m_weights.bin", &n);
    assert_int_equal(n, 64);
    assert_int_equal(emit("m", 1, NULL, 0), 1);
    assert_non_null(strstr(files_get(arena, "m_weights.c", &n), "m_weights_data[16] = {\n    0x00000000, 0x00000000,"));
}

static void long_arrays_come_in_pieces(void **state)
{
    (void)state;
    enum { LONG = 300001 };
    PackedWeight w[] = {weight("a", PACKED_U8, 600001), weight("b", PACKED_F32, LONG), weight("c", PACKED_I64, 65536)};
    assert_int_equal(emit("m", 0, w, 3), 1);
    size_t n = 0;
    const char *block = files_get(arena, "m_weights.bin", &n);
    assert_int_equal(n, 600064 + 1200064 + 524288);
    float last;
    memcpy(&last, block + 600064 + 4 * (LONG - 1), 4);
    assert_true(last == LONG - 0.5f);
    assert_int_equal((unsigned char)block[600000], 600000 % 256);
    PackedWeight again[] = {weight("a", PACKED_U8, 600001), weight("b", PACKED_F32, LONG), weight("c", PACKED_I64, 65536)};
    assert_int_equal(emit("again", 0, again, 3), 1);
    size_t m = 0;
    assert_memory_equal(files_get(arena, "again_weights.bin", &m), block, n);
}

static void much_is_not_written_as_c(void **state)
{
    (void)state;
    PackedWeight w[] = {weight("a", PACKED_U8, 4 * 1024 * 1024 + 1)};
    assert_int_equal(emit("m", 1, w, 1), 0);
    assert_string_equal(diag_text(arena, d),
                        "sinter: error: the weights have 4194368 bytes; as integers in C at most 4194304 are written, "
                        "compilers take minutes and gigabytes beyond that\n  hint: leave them to the assembler, as is the default\n");
    w[0].count = INT64_MAX;
    assert_int_equal(emit("m", 0, w, 1), 0);
    assert_int_equal(files_count(), 0);
}

static void failures_leave_nothing(void **state)
{
    (void)state;
    PackedWeight w[] = {weight("a", PACKED_F32, 100), weight("b", PACKED_F32, 300000)};
    ((Count *)w[1].context)->fail_at = 200000;
    assert_int_equal(emit("m", 0, w, 2), 0);
    PackedWeight v[] = {weight("a", PACKED_F32, 100)};
    ((Count *)v[0].context)->fail_at = 10;
    assert_int_equal(emit("m", 1, v, 1), 0);
    const WeightsEmitOptions nowhere = {.directory = "none", .name = "m"};
    assert_int_equal(weights_emit(arena, d, &nowhere, v, 1), 0);
    assert_string_equal(diag_text(arena, d), "model: error: cannot be read\nmodel: error: cannot be read\n"
                                             "none/m_weights.bin: error: cannot be written: No such file or directory\n");
    assert_int_equal(files_count(), 0);
}

static void a_full_disk_leaves_nothing(void **state)
{
    (void)state;
    for (int as_c = 0; as_c < 2; as_c++) {
        const pid_t child = fork();
        if (child == 0) {
            struct rlimit most = {20000, 20000};
            setrlimit(RLIMIT_FSIZE, &most);
            PackedWeight w[] = {weight("a", PACKED_F32, 10000)};
            const int written = emit("m", as_c, w, 1);
            _exit(written ? 1 : strstr(diag_text(arena, d), "error: cannot be written: File too large\n") ? 0 : 2);
        }
        int status = 0;
        waitpid(child, &status, 0);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
        assert_int_equal(files_count(), 0);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(arrays_are_aligned_in_the_order_given),
        TEST(the_block_holds_the_values),
        TEST(the_head_lists_the_arrays),
        TEST(assembly_and_c_carry_the_same_block),
        TEST(a_model_without_weights_has_a_block_too),
        TEST(long_arrays_come_in_pieces),
        TEST(much_is_not_written_as_c),
        TEST(failures_leave_nothing),
        TEST(a_full_disk_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

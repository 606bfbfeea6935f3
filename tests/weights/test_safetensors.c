/* The reader of weights: what it accepts, what it says of everything else, shards, and every number of the short types. */
#include "../fixture.h"

#include "../../compiler/value.h"
#include "../../compiler/weights/safetensors.h"

#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>

static char *vectors; /* the text of safetensors_vectors.json */
static size_t vectors_bytes;

static int read_vectors(void **state)
{
    (void)state;
    static Arena *outer;
    outer = arena_new();
    const char *text = files_get(outer, cases_path(outer, "safetensors_vectors.json"), &vectors_bytes);
    vectors = malloc(vectors_bytes);
    memcpy(vectors, text, vectors_bytes);
    arena_free(outer);
    return 0;
}

static int free_vectors(void **state)
{
    (void)state;
    free(vectors);
    return 0;
}

static size_t base64(const char *text, unsigned char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    size_t n = 0;
    int have = 0;
    for (; *text && *text != '='; text++) {
        bits = bits << 6 | (uint32_t)(strchr(digits, *text) - digits);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (unsigned char)(bits >> have);
        }
    }
    return n;
}

/* A file of this header and `data` bytes 0, 1, 2, ... */
static void put(const char *name, const char *header, size_t data)
{
    const size_t n = strlen(header);
    unsigned char *file = arena_alloc(arena, 8 + n + data);
    for (int i = 0; i < 8; i++) {
        file[i] = (unsigned char)((uint64_t)n >> 8 * i);
    }
    memcpy(file + 8, header, n);
    for (size_t i = 0; i < data; i++) {
        file[8 + n + i] = (unsigned char)i;
    }
    files_put(name, file, 8 + n + data);
}

static const char *error_of(const char *path)
{
    d = diag_new(arena);
    Weights *w = weights_open(arena, d, path);
    const int opened = w != NULL;
    weights_close(w);
    assert_int_equal(opened, d->errors == 0);
    return diag_text(arena, d);
}

static void published_vectors_are_judged_as_the_reference_does(void **state)
{
    (void)state;
    const Value *rows = value_from_json(arena, d, source_of_text(arena, "vectors", vectors, vectors_bytes));
    assert_non_null(rows);
    assert_int_equal(rows->list.n, 24);
    for (int i = 0; i < rows->list.n; i++) {
        const Value *row = &rows->list.at[i];
        const char *text = value_member(row, str_of("bytes_b64"))->text;
        unsigned char *bytes = arena_alloc(arena, strlen(text) + 1);
        files_put("v", bytes, base64(text, bytes));
        const char *said = error_of("v");
        const int accepted = d->errors == 0;
        if (accepted != value_member(row, str_of("accept"))->boolean) {
            fail_msg("%s: %s", value_member(row, str_of("id"))->text, said);
        }
    }
}

#define U8(name, n, from, to) "\"" name "\":{\"dtype\":\"U8\",\"shape\":[" #n "],\"data_offsets\":[" #from "," #to "]}"

static void bad_files_are_refused_by_name(void **state)
{
    (void)state;
    static const struct { const char *header; size_t data; const char *want; } rows[] = {
        {"{", 0, "the header is not valid JSON: string or '}' expected near end of file"},
        {"\xFF", 0, "the header is not valid JSON: unable to decode byte 0xff"},
        {"[]", 0, "the header is not a JSON object"},
        {"{" U8("a", 1, 0, 1) "," U8("a", 1, 1, 2) "}", 2, "the header is not valid JSON: duplicate object key near '\"a\"'"},
        {"{\"__metadata__\":{\"a\":1}}", 0, "'__metadata__' must be an object of strings"},
        {"{\"__metadata__\":[]}", 0, "'__metadata__' must be an object of strings"},
        {"{\"a\":1}", 0, "tensor 'a' is no object with dtype, shape and data_offsets"},
        {"{\"a\":{}}", 0, "tensor 'a' has no dtype"},
        {"{\"a\":{\"dtype\":\"Q4_0\"}}", 0, "tensor 'a' has the unknown dtype 'Q4_0'"},
        {"{\"a\":{\"dtype\":\"f32\"}}", 0, "tensor 'a' has the unknown dtype 'f32'"},
        {"{\"a\":{\"dtype\":\"F32\"}}", 0, "tensor 'a': 'shape' must be a list of integers, none below 0"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,-1]}}", 0, "tensor 'a': 'shape' must be a list of integers, none below 0"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0]}}", 0, "tensor 'a': 'shape' must be a list of integers, none below 0"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 0, "tensor 'a': 'data_offsets' must be two integers, none below 0"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 0,
         "tensor 'a': 'data_offsets' must be two integers, none below 0"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4,
         "tensor 'a': 'data_offsets' must be two integers, none below 0"},
        {"{" U8("a", 4, 0, 4) "," U8("b", 4, 8, 12) "}", 12, "tensor 'b' begins at byte 8 of the data, where 4 is the next: a hole"},
        {"{" U8("a", 4, 0, 4) "," U8("b", 4, 2, 6) "}", 6, "tensor 'b' begins at byte 2 of the data, where 4 is the next: an overlap"},
        {"{" U8("a", 4, 4, 0) "}", 4, "tensor 'a' ends at byte 0, before it begins at byte 4"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,8]}}", 8,
         "tensor 'a' has 8 bytes, but F32 of shape [2, 3] takes 24"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", 0,
         "tensor 'a': the size of shape [4294967296, 4294967296] overflows"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807],\"data_offsets\":[0,0]}}", 0,
         "tensor 'a': the size of shape [9223372036854775807] overflows"},
        {"{\"a\":{\"dtype\":\"F6_E2M3\",\"shape\":[3],\"data_offsets\":[0,2]}}", 2,
         "tensor 'a': F6_E2M3 of shape [3] does not fill whole bytes"},
        {"{" U8("a", 4, 0, 4) "}", 5, "the tensors take 4 bytes of data, but the file has 5"},
        {"{" U8("a", 4, 0, 4) "}", 3, "the tensors take 4 bytes of data, but the file has 3"},
        {"{}", 1, "the tensors take 0 bytes of data, but the file has 1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put("bad", rows[i].header, rows[i].data);
        assert_string_equal(error_of("bad"), arena_printf(arena, "bad: error: %s\n", rows[i].want));
    }
    files_put("nul", "\x04\0\0\0\0\0\0\0{}\0 ", 12);
    assert_string_equal(error_of("nul"), "nul: error: the header is not valid JSON: a NUL byte\n");
    files_put("short", "1234567", 7);
    assert_string_equal(error_of("short"), "short: error: has 7 bytes, too few for a safetensors file\n");
    files_put("long", "\x01\xE1\xF5\x05\0\0\0\0", 8);
    assert_string_equal(error_of("long"), "long: error: the header would have 100000001 bytes, more than 100000000: "
                                          "not a safetensors file\n");
    files_put("cut", "\x05\0\0\0\0\0\0\0{}", 10);
    assert_string_equal(error_of("cut"), "cut: error: the header would have 5 bytes, but only 2 are left: "
                                         "a file cut off, or no safetensors file\n");
}

static void what_is_no_file_is_refused(void **state)
{
    (void)state;
    files_put_text("empty", "");
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_string_equal(error_of("empty"), "empty: error: has 0 bytes, too few for a safetensors file\n");
    assert_string_equal(error_of("folder"), "folder: error: is a directory, not a file\n");
    assert_string_equal(error_of("fifo"), "fifo: error: is not a regular file\n");
    assert_string_equal(error_of("/dev/null"), "/dev/null: error: is not a regular file\n");
    assert_string_equal(error_of("none"), "none: error: No such file or directory\n");
    assert_string_equal(error_of("empty/x"), "empty/x: error: Not a directory\n");
    if (geteuid() != 0) {
        put("secret", "{}", 0);
        assert_int_equal(chmod("secret", 0), 0);
        assert_string_equal(error_of("secret"), "secret: error: Permission denied\n");
    }
}

static void tensors_stand_in_the_order_of_their_data(void **state)
{
    (void)state;
    put("m", " \n{" U8("second", 4, 2, 6) ",\"__metadata__\":{\"format\":\"pt\"}," U8("first", 2, 0, 2) ","
             U8("none.b", 0, 2, 2) "," U8("none.a", 0, 2, 2) ",\"\":{\"dtype\":\"I16\",\"shape\":[],\"data_offsets\":[6,8]}} ", 8);
    Weights *w = weights_open(arena, d, "m");
    assert_non_null(w);
    static const char *const names[] = {"first", "none.a", "none.b", "second", ""};
    assert_int_equal(weights_count(w), 5);
    for (int i = 0; i < 5; i++) {
        const WeightTensor *t = weights_at(w, i);
        assert_string_equal(t->name, names[i]);
        assert_int_equal(t->index, i);
        assert_string_equal(t->file, "m");
        assert_ptr_equal(weights_find(w, str_of(names[i])), t);
        assert_int_equal(*t->used, 0);
    }
    assert_null(weights_find(w, str_of("third")));
    const WeightTensor *scalar = weights_find(w, str_of(""));
    assert_true(scalar->rank == 0 && scalar->count == 1 && scalar->bytes == 2 && weight_int(scalar, 0) == 0x0706);
    const WeightTensor *none = weights_find(w, str_of("none.a"));
    assert_true(none->rank == 1 && none->count == 0 && none->bytes == 0);
    assert_int_equal(weight_int(weights_find(w, str_of("second")), 3), 5);
    *weights_at(w, 0)->used = 1;
    int n = 0;
    assert_true(weights_names(w, &n)[3] == str_of("second") && n == 5);
    assert_int_equal(weights_check(w, d), 1);
    weights_close(w);
    put("nothing", "{}", 0);
    w = weights_open(arena, d, "nothing");
    assert_true(w && weights_count(w) == 0 && !weights_find(w, str_of("a")));
    weights_close(w);
    weights_close(NULL);
}

static void every_dtype_of_the_format_is_known(void **state)
{
    (void)state;
    static const char readable[] = "BOOL U8 I8 I16 U16 F16 BF16 I32 U32 F32 F64 I64 U64 ";
    static const char integer[] = "BOOL U8 I8 I16 U16 I32 U32 I64 U64 ";
    for (int k = 0; k < DTYPES; k++) {
        const char *name = dtype_name((WeightDtype)k);
        const int bytes = dtype_bits((WeightDtype)k); /* of 8 elements */
        put("t", arena_printf(arena, "{\"a\":{\"dtype\":\"%s\",\"shape\":[2,4],\"data_offsets\":[0,%d]}}", name, bytes), (size_t)bytes);
        d = diag_new(arena);
        Weights *w = weights_open(arena, d, "t");
        assert_non_null(w);
        const WeightTensor *t = weights_at(w, 0);
        const char *word = arena_printf(arena, "%s ", name);
        const int wanted = strncmp(readable, word, strlen(word)) == 0 || strstr(readable, arena_printf(arena, " %s", word));
        assert_int_equal(weight_check(t, d), wanted);
        const char *want = wanted ? "" : arena_printf(arena, "t: error: tensor 'a' is %s, which is not supported\n", name);
        assert_string_equal(diag_text(arena, d), want);
        assert_int_equal(weight_is_integer(t), wanted && (strncmp(integer, word, strlen(word)) == 0 ||
                                                          strstr(integer, arena_printf(arena, " %s", word)) != NULL));
        assert_int_equal(t->count, 8);
        weights_close(w);
    }
}

/* ---- numbers ---- */

static WeightTensor tensor_of(WeightDtype dtype, const void *data, int64_t count)
{
    return (WeightTensor){.name = "t", .dtype = dtype, .rank = 1, .count = count, .data = data, .file = "f"};
}

/* What the bits of a 16-bit float mean, by the definition. */
static double meaning(unsigned bits, int exponent_bits)
{
    const int fraction_bits = 15 - exponent_bits, bias = (1 << (exponent_bits - 1)) - 1;
    const int exponent = (int)(bits >> fraction_bits) & ((1 << exponent_bits) - 1), fraction = (int)(bits & ((1u << fraction_bits) - 1));
    const double size = exponent == (1 << exponent_bits) - 1 ? (fraction ? (double)NAN : (double)INFINITY)
                        : exponent == 0                      ? ldexp(fraction, 1 - bias - fraction_bits)
                                                             : ldexp(fraction + (1 << fraction_bits), exponent - bias - fraction_bits);
    return bits & 0x8000 ? -size : size;
}

static int same(double a, double b)
{
    return (isnan(a) && isnan(b)) || (a == b && signbit(a) == signbit(b));
}

static void all_patterns_of_16_bit_floats(void **state)
{
    (void)state;
    enum { ALL = 65536 };
    unsigned char *data = arena_alloc(arena, 2 * ALL + 1);
    float *out = arena_array(arena, float, ALL);
    for (unsigned i = 0; i < ALL; i++) { /* at an odd address */
        data[1 + 2 * i] = (unsigned char)i;
        data[2 + 2 * i] = (unsigned char)(i >> 8);
    }
    static const struct { WeightDtype dtype; int exponent_bits; } rows[] = {{DTYPE_F16, 5}, {DTYPE_BF16, 8}};
    for (int k = 0; k < 2; k++) {
        const WeightTensor t = tensor_of(rows[k].dtype, data + 1, ALL);
        weight_to_f32(&t, 0, ALL, out);
        for (unsigned i = 0; i < ALL; i++) {
            const double want = meaning(i, rows[k].exponent_bits);
            if (!same(weight_value(&t, i), want) || !same((double)out[i], want)) {
                fail_msg("%s %04x: %a and %a, not %a", dtype_name(t.dtype), i, weight_value(&t, i), (double)out[i], want);
            }
        }
    }
}

#define VALUES(T, dtype, ...)                                                                                                     \
    const T values[] = {__VA_ARGS__};                                                                                             \
    const int64_t n = sizeof values / sizeof *values;                                                                             \
    unsigned char odd[sizeof values + 1];                                                                                         \
    memcpy(odd + 1, values, sizeof values);                                                                                       \
    const WeightTensor t = tensor_of(dtype, odd + 1, n);                                                                          \
    float out[sizeof values / sizeof *values];                                                                                    \
    weight_to_f32(&t, 0, n, out);

static void integers_are_exact(void **state)
{
    (void)state;
#define CHECK(T, dtype, ...)                                                                                                      \
    do {                                                                                                                          \
        VALUES(T, dtype, __VA_ARGS__)                                                                                             \
        for (int64_t i = 0; i < n; i++) {                                                                                         \
            assert_true(weight_int(&t, i) == (int64_t)values[i]);                                                                 \
            assert_true(weight_value(&t, i) == (double)values[i]);                                                                \
            assert_true(out[i] == (float)values[i]);                                                                              \
        }                                                                                                                         \
    } while (0)
    CHECK(uint8_t, DTYPE_U8, 0, 1, 127, 128, 255);
    CHECK(int8_t, DTYPE_I8, 0, 1, -1, 127, -128);
    CHECK(uint16_t, DTYPE_U16, 0, 32768, 65535);
    CHECK(int16_t, DTYPE_I16, 0, -1, 32767, -32768);
    CHECK(uint32_t, DTYPE_U32, 0, 2147483648u, 4294967295u, 16777217u);
    CHECK(int32_t, DTYPE_I32, 0, -1, INT32_MAX, INT32_MIN);
    CHECK(int64_t, DTYPE_I64, 0, -1, INT64_MAX, INT64_MIN, (1ll << 53) + 1, (1ll << 54) + (1ll << 30) + 1);
    CHECK(uint64_t, DTYPE_U64, 0, 1, (uint64_t)INT64_MAX);
#undef CHECK
    VALUES(uint64_t, DTYPE_U64, UINT64_MAX, (uint64_t)INT64_MAX + 1)
    assert_true(weight_value(&t, 0) == 0x1p64 && weight_value(&t, 1) == 0x1p63);
    assert_true(weight_int(&t, 0) == INT64_MAX && weight_int(&t, 1) == INT64_MAX);
    assert_true(out[0] == 0x1p64f && out[1] == 0x1p63f);
    const WeightTensor truth = tensor_of(DTYPE_BOOL, (const unsigned char *)"\0\1\2", 3);
    assert_true(weight_int(&truth, 0) == 0 && weight_int(&truth, 1) == 1 && weight_int(&truth, 2) == 1);
}

static void doubles_are_rounded_once_to_nearest_even(void **state)
{
    (void)state;
    VALUES(double, DTYPE_F64, 0.1, -0.0, 1 + 0x1p-24, 1 + 0x1p-24 + 0x1p-52, 1 + 0x3p-24, 0x1p-150, 0x1.8p-150, 0x1.fffffefffffffp127,
           0x1.ffffffp127, -1e300, (double)INFINITY, (double)NAN)
    static const float want[] = {0.1f,     -0.0f,          1,         1 + 0x1p-23f, 1 + 0x1p-22f, 0, 0x1p-149f, 0x1.fffffep127f,
                                 INFINITY, -INFINITY, INFINITY, NAN};
    for (int64_t i = 0; i < n; i++) {
        assert_true(same(weight_value(&t, i), values[i]));
        if (!same((double)out[i], (double)want[i])) {
            fail_msg("%a gives %a, not %a", values[i], (double)out[i], (double)want[i]);
        }
    }
}

static void floats_pass_unchanged_from_anywhere(void **state)
{
    (void)state;
    VALUES(float, DTYPE_F32, 1, -2.5f, 0x1p-149f, 3.4e38f, INFINITY, 7)
    for (int64_t i = 0; i < n; i++) {
        assert_true(out[i] == values[i] && weight_value(&t, i) == (double)values[i]);
    }
    float some[2] = {0, 0};
    weight_to_f32(&t, 4, 2, some);
    assert_true(some[0] == INFINITY && some[1] == 7);
    weight_to_f32(&t, 6, 0, NULL);
    const WeightTensor small = tensor_of(DTYPE_F8_E4M3, odd, 1);
    assert_true(isnan(weight_value(&small, 0)));
}

static void shapes_have_a_text(void **state)
{
    (void)state;
    const int64_t shape[] = {384, INT64_MAX, INT64_MAX};
    assert_string_equal(shape_text(arena, 0, NULL), "[]");
    assert_string_equal(shape_text(arena, 1, shape), "[384]");
    assert_string_equal(shape_text(arena, 3, shape), "[384, 9223372036854775807, 9223372036854775807]");
}

/* ---- shards ---- */

static void shards_are_one_set_of_weights(void **state)
{
    (void)state;
    put("one", "{" U8("a", 2, 0, 2) "," U8("b", 1, 2, 3) "}", 3);
    put("two", "{" U8("c", 4, 0, 4) "," U8("unlisted", 1, 4, 5) "}", 5);
    files_put_text("m.index.json", "{\"metadata\":{\"total_size\":8},\"weight_map\":{\"c\":\"two\",\"a\":\"one\",\"b\":\"one\"}}");
    static const char *const paths[] = {"m", "m.index.json", "./m"};
    for (int i = 0; i < 3; i++) {
        Weights *w = weights_open(arena, d, paths[i]);
        assert_non_null(w);
        assert_int_equal(weights_count(w), 4);
        assert_string_equal(weights_at(w, 0)->name, "c");
        assert_string_equal(weights_at(w, 2)->file, i == 2 ? "./one" : "one");
        assert_int_equal(weight_int(weights_find(w, str_of("c")), 3), 3);
        assert_int_equal(weights_check(w, d), 1);
        weights_close(w);
    }
    put("m", "{" U8("alone", 1, 0, 1) "}", 1);
    Weights *w = weights_open(arena, d, "m"); /* a file goes before an index */
    assert_true(w && weights_count(w) == 1);
    weights_close(w);
}

static void bad_indexes_are_refused(void **state)
{
    (void)state;
    put("one", "{" U8("a", 2, 0, 2) "," U8("b", 1, 2, 3) "}", 3);
    put("two", "{" U8("c", 4, 0, 4) "," U8("a", 1, 4, 5) "}", 5);
    static const struct { const char *index, *want; } rows[] = {
        {"{}", "i.index.json:1:1: error: an index of weights needs an object 'weight_map'\n    1 | {}\n      | ^~\n"},
        {"{\"weight_map\":3}", "i.index.json:1:15: error: an index of weights needs an object 'weight_map'\n"},
        {"{\"weight_map\":{\"a\":1}}", "i.index.json:1:20: error: a shard must be the name of a file beside the index\n"},
        {"{\"weight_map\":{\"a\":\"../one\"}}", "i.index.json:1:20: error: a shard must be the name of a file beside the index\n"},
        {"{\"weight_map\":{\"a\":\"..\"}}", "i.index.json:1:20: error: a shard must be the name of a file beside the index\n"},
        {"{\"weight_map\":{\"a\":\"/etc/passwd\"}}", "i.index.json:1:20: error: a shard must be the name of a file beside the index\n"},
        {"{\"weight_map\":{\"a\":\"\"}}", "i.index.json:1:20: error: a shard must be the name of a file beside the index\n"},
        {"{\"weight_map\":{\"a\":\"gone\"}}", "gone: error: No such file or directory\ni.index.json:1:20: note: named as a shard here\n"},
        {"{\"weight_map\":{\"z\":\"one\"}}", "i.index.json:1:16: error: tensor 'z' is not in one\n"},
        {"{\"weight_map\":{\"a\":\"one\",\"c\":\"two\"}}", "two: error: tensor 'a' stands in one too\n"},
        {"{\"weight_map\":{\"a\":\"one\",\"a\":\"two\"}}", "i.index.json:1:26: error: invalid JSON: duplicate object key near '\"a\"'\n"},
        {"{", "i.index.json:1:2: error: invalid JSON: string or '}' expected near end of file\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        files_put_text("i.index.json", rows[i].index);
        const char *said = error_of("i");
        assert_memory_equal(said, rows[i].want, strlen(said) < strlen(rows[i].want) ? strlen(said) + 1 : strlen(rows[i].want));
    }
    put("two", "{" U8("c", 4, 0, 4) "}", 4);
    files_put_text("i.index.json", "{\"weight_map\":{\"a\":\"two\",\"c\":\"two\",\"b\":\"one\"}}");
    assert_non_null(strstr(error_of("i"), "error: tensor 'a' is not in two\n"));
    assert_non_null(strstr(error_of("i"), "  hint: it is in one\n"));
}

/* ---- files that change meanwhile ---- */

static void a_file_cut_short_is_noticed(void **state)
{
    (void)state;
    enum { BYTES = 100000 };
    put("m", "{" U8("a", 100000, 0, 100000) "}", BYTES);
    put("other", "{" U8("b", 3, 0, 3) "}", 3);
    Weights *w = weights_open(arena, d, "m"), *other = weights_open(arena, d, "other");
    assert_true(w && other);
    const WeightTensor *t = weights_at(w, 0);
    assert_int_equal(weight_int(t, 7), 7);
    assert_int_equal(truncate("m", 10), 0);
    int64_t sum = 0;
    for (int64_t i = 0; i < t->count; i++) { /* would be SIGBUS */
        sum += weight_int(t, i);
    }
    assert_true(sum >= 0);
    assert_int_equal(weights_check(w, d), 0);
    assert_string_equal(diag_text(arena, d), "m: error: was changed while it was being read\n");
    assert_int_equal(weights_check(other, d), 1);
    assert_int_equal(weight_int(weights_at(other, 0), 2), 2);
    weights_close(w);
    weights_close(other);
}

static void a_file_that_looks_unchanged_again_is_noticed(void **state)
{
    (void)state;
    enum { BYTES = 100000 };
    struct stat about;
    put("m", "{" U8("a", 100000, 0, 100000) "}", BYTES);
    assert_int_equal(stat("m", &about), 0);
    Weights *w = weights_open(arena, d, "m");
    assert_int_equal(truncate("m", 10), 0);
    assert_int_equal(weight_int(weights_at(w, 0), BYTES - 1), 0);
    const struct timespec times[2] = {about.st_atim, about.st_mtim};
    assert_int_equal(truncate("m", about.st_size), 0);
    assert_int_equal(utimensat(AT_FDCWD, "m", times, 0), 0);
    assert_int_equal(weights_check(w, d), 0);
    weights_close(w);
}

static void a_file_replaced_by_another_stays_readable(void **state)
{
    (void)state;
    put("m", "{" U8("a", 5, 0, 5) "}", 5);
    Weights *w = weights_open(arena, d, "m");
    put("n", "{" U8("a", 1, 0, 1) "}", 1);
    assert_int_equal(rename("n", "m"), 0);
    assert_int_equal(weight_int(weights_at(w, 0), 4), 4);
    assert_int_equal(weights_check(w, d), 1);
    weights_close(w);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(published_vectors_are_judged_as_the_reference_does),
        TEST(bad_files_are_refused_by_name),
        TEST(what_is_no_file_is_refused),
        TEST(tensors_stand_in_the_order_of_their_data),
        TEST(every_dtype_of_the_format_is_known),
        TEST(all_patterns_of_16_bit_floats),
        TEST(integers_are_exact),
        TEST(doubles_are_rounded_once_to_nearest_even),
        TEST(floats_pass_unchanged_from_anywhere),
        TEST(shapes_have_a_text),
        TEST(shards_are_one_set_of_weights),
        TEST(bad_indexes_are_refused),
        TEST(a_file_cut_short_is_noticed),
        TEST(a_file_that_looks_unchanged_again_is_noticed),
        TEST(a_file_replaced_by_another_stays_readable),
    };
    return cmocka_run_group_tests(tests, read_vectors, free_vectors);
}

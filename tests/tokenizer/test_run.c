/* Generated tokenizers, compiled and run: the tables are what they should be, and texts become the tokens they should. */
#include "../fixture.h"

#include "made.h"

#include "../../compiler/tokenizer/inner.h"

#include <jansson.h>
#include <time.h>

static char began_in[4096]; /* the folder of this test: each test goes to another one */

static const char *source_tree(void)
{
    const char *tree = getenv("SINTER_SOURCE");
    return tree ? tree : arena_printf(arena, "%s/../..", began_in);
}

static const char *case_file(const char *name)
{
    const char *path = cases_path(arena, name);
    return path[0] == '/' ? path : arena_printf(arena, "%s/%s", began_in, path);
}

static const char *in_tree(const char *name)
{
    return arena_printf(arena, "%s/%s", source_tree(), name);
}

/* Compiles the tokenizer strictly, with sanitizers, and the driver with it: ./driver. */
static void compile(const Tokenizer *t, const char *flags)
{
    const char *cc = getenv("CC");
    assert_string_equal(diag_text(arena, d), "");
    assert_non_null(t);
    assert_true(made_write(t, source_tree(), files_folder));
    const char *command = arena_printf(
        arena,
        "%s -std=c99 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wpedantic -Wconversion -Werror %s -I. -o driver "
        "tiny_tokenizer.c '%s'",
        cc && *cc ? cc : "cc", flags, in_tree("tests/tokenizer/driver/driver.c"));
    assert_int_equal(system(command), 0);
}

#define SANITIZED "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all"

static void request(FILE *out, int flags, int room, const char *text, size_t size, const char *pair)
{
    const int32_t head[] = {flags, room, (int32_t)size};
    const int32_t tail = pair ? (int32_t)strlen(pair) : -1;
    assert_int_equal(fwrite(head, sizeof *head, 3, out), 3);
    assert_int_equal(fwrite(text, 1, size, out), size);
    assert_int_equal(fwrite(&tail, sizeof tail, 1, out), 1);
    if (pair) {
        assert_int_equal(fwrite(pair, 1, strlen(pair), out), strlen(pair));
    }
}

/* Runs ./driver on the file "requests": its lines, and NULL. */
static char **answers(void)
{
    assert_int_equal(system("./driver < requests > answers"), 0);
    size_t n;
    char *text = files_get(arena, "answers", &n);
    VEC(char *) lines = {0};
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        vec_push(arena, lines, line);
    }
    vec_push(arena, lines, (char *)NULL);
    return lines.at;
}

static char *answer(int flags, int room, const char *text, size_t size, const char *pair)
{
    FILE *out = fopen("requests", "wb");
    assert_non_null(out);
    request(out, flags, room, text, size, pair);
    assert_int_equal(fclose(out), 0);
    return answers()[0];
}

static void check(int flags, int room, const char *text, const char *pair, const char *wanted)
{
    assert_string_equal(answer(flags, room, text, strlen(text), pair), wanted);
}

/* The ids of an answer, with a space before each. */
static const char *ids_of(char *line)
{
    char *out = arena_printf(arena, "%s", ""), *rest = strchr(line, ' ');
    for (char *item = rest ? strtok(rest, " ") : NULL; item; item = strtok(NULL, " ")) {
        out = arena_printf(arena, "%s %.*s", out, (int)strcspn(item, ":"), item);
    }
    return out;
}

/* --- tables */

static char *emitted(const Tokenizer *t)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    fputs(made_tables_head, out);
    tokenizer_emit(t, out);
    fputs(made_tables_tail, out);
    fclose(out);
    char *copy = arena_printf(arena, "%s", text);
    free(text);
    return copy;
}

static Tokenizer *read_tiny(void)
{
    return tokenizer_read(arena, d, in_tree("tests/tokenizer/tiny/tokenizer.json"), NULL, 0);
}

static void test_tables(void **state)
{
    (void)state;
    size_t n;
    const char *wanted = files_get(arena, in_tree("runtime/tokenizer/tables.h"), &n);
    assert_string_equal(emitted(read_tiny()), wanted);
    assert_string_equal(emitted(read_tiny()), wanted);
}

/* --- texts */

static void test_tiny(void **state)
{
    (void)state;
    compile(read_tiny(), SANITIZED);
    check(0, 99, "Wanted, runn\xC3\xAFng.", NULL, "8 2:0:0:0 5:0:0:4 7:0:4:6 12:0:6:7 10:0:8:12 11:0:12:16 13:0:16:17 3:0:0:0");
}

static void test_tiny_more(void **state)
{
    (void)state;
    compile(read_tiny(), SANITIZED);
    check(1, 99, "", NULL, "0");
    check(0, 99, "", NULL, "2 2:0:0:0 3:0:0:0");
    check(0, 1, "", NULL, "2 2:0:0:0");
    check(0, 0, "the", NULL, "3");
    check(0, 99, "the", "a b", "6 2:0:0:0 16:0:0:3 3:0:0:0 18:1:0:1 19:1:2:3 3:1:0:0");
    check(1, 99, "the", "a b", "3 16:0:0:3 18:1:0:1 19:1:2:3");
    check(1, 99, "the [MASK]. x", NULL, "4 16:0:0:3 4:0:3:10 13:0:10:11 1:0:12:13"); /* [MASK] takes the space before it */
    check(1, 99, "a <new> b<new><new>", NULL, "4 18:0:0:1 41:0:1:8 19:0:8:9 42:0:9:19");
    check(1, 99, "COVID-19  a abc abcd slow low", NULL, "6 43:0:0:10 18:0:10:11 44:0:12:15 1:0:16:20 1:0:21:25 24:0:25:29");
    check(1, 99, "\xE4\xB8\xAD\xE6\x96\x87", NULL, "2 27:0:0:3 28:0:3:6");
    check(1, 99, "\xED\x95\x9C", NULL, "3 30:0:0:3 31:0:0:3 32:0:0:3"); /* a syllable in three parts, all of the same bytes */
    check(1, 99, "CAFE\xCC\x81", NULL, "1 17:0:0:4"); /* the library does not count the accent that it drops */
    check(1, 99, "aaaaaaaaaaaaaaaaaaaaa the", NULL, "2 1:0:0:21 16:0:22:25");
    check(0, 99, "a a a a a a a a a a a a a a a a a a", NULL,
          "16 2:0:0:0 18:0:0:1 18:0:2:3 18:0:4:5 18:0:6:7 18:0:8:9 18:0:10:11 18:0:12:13 18:0:14:15 18:0:16:17 18:0:18:19 18:0:20:21 "
          "18:0:22:23 18:0:24:25 18:0:26:27 3:0:0:0");
    check(1, 99, "a a a", "b b b b b b b b b b b b b b b b b b b b",
          "16 18:0:0:1 18:0:2:3 18:0:4:5 19:1:0:1 19:1:2:3 19:1:4:5 19:1:6:7 19:1:8:9 19:1:10:11 19:1:12:13 19:1:14:15 19:1:16:17 "
          "19:1:18:19 19:1:20:21 19:1:22:23 19:1:24:25");
}

/* Malformed UTF-8 is U+FFFD, which cleaning drops: a word goes on across it. */
static void test_malformed(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
    } row[] = {
        {"a\x80z b", "2 1:0:0:3 19:0:4:5"},   {"\xFF", "0"},  {"th\xC3", "1 1:0:0:2"},         {"th\xE4\xB8 a", "2 1:0:0:2 18:0:5:6"},
        {"\xF0\x9F\x98", "0"},                {"\xC0\x80", "0"}, {"\xED\xA0\x80 a", "1 18:0:4:5"}, {"\xF4\x90\x80\x80 a", "1 18:0:5:6"},
        {"w\xE4\xB8" "a", "1 8:0:0:4"},
    };
    compile(read_tiny(), SANITIZED);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        check(1, 99, row[i].text, NULL, row[i].wanted);
    }
    assert_string_equal(answer(1, 99, "a\0b c", 5, NULL), "3 18:0:0:1 22:0:2:3 20:0:4:5");
}

/* Whole words between white space: no part of a word is one, and punctuation is like any other character. */
static void test_words(void **state)
{
    (void)state;
    static const char json[] = "{\"version\":\"1.0\",\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"},\"model\":{\"type\":\"WordLevel\","
                               "\"unk_token\":\"<unk>\",\"vocab\":{\"a\":0,\"<s>\":1,\"##b\":2,\"ab\":3,\"(),.\":4,\"\xC3\x89t\xC3\xA9\":5%s}}}";
    files_put_text("words.json", arena_printf(arena, json, ""));
    compile(tokenizer_read(arena, d, "words.json", NULL, 0), SANITIZED);
    check(0, 99, "<s> a ab  ##b\t(),.\xC2\xA0\xC3\x89t\xC3\xA9 ", NULL, "6 1:0:0:3 0:0:4:5 3:0:6:8 2:0:10:13 4:0:14:18 5:0:20:25");
    check(0, 99, "aa a##b abc ( \xC3\xA9t\xC3\xA9 aaaaaaaaaaaa", NULL,
          "6 -1:0:0:2 -1:0:3:7 -1:0:8:11 -1:0:12:13 -1:0:14:19 -1:0:20:32");
    check(0, 99, "a", "<s> ab", "3 0:0:0:1 1:1:0:3 3:1:4:6");
    files_put_text("words.json", arena_printf(arena, json, ",\"<unk>\":6"));
    compile(tokenizer_read(arena, d, "words.json", NULL, 2), SANITIZED);
    check(0, 99, "abc a a", NULL, "2 6:0:0:3 0:0:4:5");
}

static void test_texts(void **state)
{
    (void)state;
    compile(read_tiny(), SANITIZED);
    FILE *out = fopen("requests", "wb");
    fclose(out);
    assert_int_equal(system("./driver --texts < requests > answers"), 0);
    size_t n;
    const char *text = files_get(arena, "answers", &n);
    assert_non_null(strstr(text, "-1 0 \n0 5 [PAD]\n"));
    assert_non_null(strstr(text, "\n29 5 ##\xE6\x96\x87\n"));
    assert_non_null(strstr(text, "\n44 3 abc\n45 0 \n"));
}

/* Ten million bytes of each kind; what is not linear would take hours. */
static void test_hostile(void **state)
{
    (void)state;
    static const char *const unit[] = {"a",        "[",        "\xCC\x81", "\xF0\x9D\x85\xA5\xF0\x9D\x85\xAD", "\x80", "<new",
                                       "\xE4\xB8\xAD", " ",   "covid-1",  "\xED\x95\x9C", ",", "\xF0\x9D\x85\xA0"};
    enum { SIZE = 10000000 };
    Tokenizer *t = read_tiny();
    t->max_length = INT32_MAX; /* to the end of each */
    t->path = "none";
    compile(t, "-O2");
    char *text = arena_alloc(arena, SIZE);
    for (size_t k = 0; k < sizeof unit / sizeof *unit; k++) {
        for (size_t i = 0; i < SIZE; i++) {
            text[i] = unit[k][i % strlen(unit[k])];
        }
        const clock_t start = clock();
        const char *line = answer(1, 1, text, SIZE, k % 2 ? "a" : NULL);
        assert_null(strstr(line, "OVERRUN"));
        assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 60);
    }
}

/* --- observed cases */

static json_t *load(const char *path)
{
    json_error_t error;
    json_t *json = json_load_file(path, JSON_ALLOW_NUL, &error);
    assert_non_null(json);
    return json;
}

static void put_request(FILE *out, int flags, int room, const json_t *text)
{
    request(out, flags, room, json_string_value(text), json_string_length(text), NULL);
}

static const char *minilm_tokenizer(void)
{
    const char *folder = getenv("SINTER_MINILM");
    return folder && *folder ? arena_printf(arena, "%s/tokenizer.json", folder) : NULL;
}

static const char *json_ids(const json_t *ids)
{
    char *out = arena_printf(arena, "%s", "");
    for (size_t i = 0; i < json_array_size(ids); i++) {
        out = arena_printf(arena, "%s %d", out, (int)json_integer_value(json_array_get(ids, i)));
    }
    return out;
}

static void test_minilm(void **state)
{
    (void)state;
    if (!minilm_tokenizer()) {
        print_message("skipped: SINTER_MINILM does not name the folder of all-MiniLM-L6-v2\n");
        return;
    }
    compile(tokenizer_read(arena, d, minilm_tokenizer(), NULL, 256), SANITIZED);
    json_t *texts = load(case_file("minilm/texts.json"));
    FILE *out = fopen("requests", "wb");
    for (size_t i = 0; i < json_array_size(texts); i++) {
        put_request(out, 0, 256, json_object_get(json_array_get(texts, i), "text"));
    }
    fclose(out);
    char **line = answers();
    for (size_t i = 0; i < json_array_size(texts); i++) {
        assert_non_null(line[i]);
        assert_string_equal(ids_of(line[i]), json_ids(json_object_get(json_array_get(texts, i), "ids")));
    }
    assert_int_equal(json_array_size(texts), 120);
    json_decref(texts);
}

/* What the tokens of a case are called, one after the other. */
static const char *json_tokens(const json_t *tokens)
{
    char *out = arena_printf(arena, "%s", "");
    for (size_t i = 0; i < json_array_size(tokens); i++) {
        out = arena_printf(arena, "%s %s", out, json_string_value(json_array_get(tokens, i)));
    }
    return out;
}

static const char *tokens_of(const Tokenizer *t, char *line)
{
    char *out = arena_printf(arena, "%s", ""), *rest = strchr(line, ' ');
    for (char *item = rest ? strtok(rest, " ") : NULL; item; item = strtok(NULL, " ")) {
        out = arena_printf(arena, "%s %s", out, tokenizer_token(t, atoi(item)));
    }
    return out;
}

static int encode_flags(const json_t *c)
{
    return json_is_false(json_object_get(c, "add_special_tokens"));
}

/* The cases with the vocabulary of bert-base-uncased, which is that of MiniLM. */
static void test_bert_cases(void **state)
{
    (void)state;
    if (!minilm_tokenizer()) {
        print_message("skipped: SINTER_MINILM does not name the folder of all-MiniLM-L6-v2\n");
        return;
    }
    json_t *file = load(case_file("tokenizer_cases.json"));
    int n = 0;
    for (int spaced = 1; spaced >= 0; spaced--) { /* without the spaces around ideographs for the cases that ask for it */
        json_t *tokenizer = load(minilm_tokenizer());
        json_object_set_new(json_object_get(tokenizer, "normalizer"), "handle_chinese_chars", json_boolean(spaced));
        assert_int_equal(json_dump_file(tokenizer, "tokenizer.json", 0), 0);
        json_decref(tokenizer);
        const Tokenizer *t = tokenizer_read(arena, d, "tokenizer.json", NULL, 512);
        compile(t, SANITIZED);
        size_t i;
        json_t *c;
        json_array_foreach(json_object_get(file, "cases"), i, c)
        {
            const json_t *wanted = json_object_get(json_object_get(c, "expected"), "bert-base-uncased");
            const int off = json_is_false(json_object_get(json_object_get(c, "options"), "handle_chinese_chars"));
            if (wanted && off == !spaced) {
                const json_t *input = json_object_get(c, "input"), *ids = json_object_get(wanted, "ids");
                char *line = answer(encode_flags(c), 999, json_string_value(input), json_string_length(input), NULL);
                const char *again = arena_printf(arena, "%s", line);
                assert_string_equal(tokens_of(t, line), json_tokens(json_object_get(wanted, "tokens")));
                if (ids) {
                    assert_string_equal(ids_of(arena_printf(arena, "%s", again)), json_ids(ids));
                }
                n++;
            }
        }
    }
    json_decref(file);
    assert_int_equal(n, 29);
}

/* Puts tokenizer.json of these pieces and options there. */
static void put_tokenizer(const json_t *pieces, int clean, int spaced, int strip, int lower)
{
    json_t *vocabulary = json_object();
    for (size_t i = 0; i < json_array_size(pieces); i++) {
        json_object_set_new(vocabulary, json_string_value(json_array_get(pieces, i)), json_integer((json_int_t)i));
    }
    json_t *json = json_pack("{s:s, s:{s:s,s:b,s:b,s:b,s:b}, s:{s:s}, s:{s:s,s:s,s:s,s:i,s:o}}", "version", "1.0", "normalizer", "type",
                             "BertNormalizer", "clean_text", clean, "handle_chinese_chars", spaced, "strip_accents", strip, "lowercase",
                             lower, "pre_tokenizer", "type", "BertPreTokenizer", "model", "type", "WordPiece", "unk_token", "[UNK]",
                             "continuing_subword_prefix", "##", "max_input_chars_per_word", 100, "vocab", vocabulary);
    assert_non_null(json);
    assert_int_equal(json_dump_file(json, "tokenizer.json", 0), 0);
    json_decref(json);
}

static int option(const json_t *c, const char *key, int otherwise)
{
    const json_t *value = json_object_get(json_object_get(c, "options"), key);
    return value ? json_is_true(value) : otherwise;
}

/* Cases of words: the vocabulary is what should come out, so that anything else shows. */
static void check_words(const json_t *c, const json_t *wanted, int bert)
{
    const json_t *input = json_object_get(c, "input"), *tokens = json_object_get(wanted, "tokens"),
                 *offsets = json_object_get(wanted, "offsets");
    const int lower = option(c, "lowercase", 0);
    json_t *pieces = json_pack("[s]", "[UNK]");
    for (size_t i = 0; i < json_array_size(tokens); i++) {
        json_array_append(pieces, json_array_get(tokens, i));
    }
    put_tokenizer(pieces, bert, 1, option(c, "strip_accents", lower), lower);
    json_decref(pieces);
    const Tokenizer *t = tokenizer_read(arena, d, "tokenizer.json", NULL, 0);
    compile(t, SANITIZED);
    char *line = answer(1, 999, json_string_value(input), json_string_length(input), NULL);
    for (size_t i = 0; i < json_array_size(offsets); i++) {
        const json_t *pair = json_array_get(offsets, i);
        const char *place = arena_printf(arena, ":%d:%d", (int)json_integer_value(json_array_get(pair, 0)),
                                         (int)json_integer_value(json_array_get(pair, 1)));
        assert_non_null(strstr(line, place));
    }
    assert_string_equal(tokens_of(t, line), json_tokens(tokens));
}

static void test_word_cases(void **state)
{
    (void)state;
    json_t *file = load(case_file("tokenizer_cases.json"));
    size_t i;
    json_t *c;
    int n = 0;
    json_array_foreach(json_object_get(file, "cases"), i, c)
    {
        const json_t *expected = json_object_get(c, "expected");
        const json_t *basic = json_object_get(expected, "basic-tokenizer"), *cut = json_object_get(expected, "BertPreTokenizer");
        const json_t *normal = json_object_get(expected, "BertNormalizer");
        if (basic || cut) {
            check_words(c, basic ? basic : cut, basic != NULL);
            n++;
        } else if (normal) {
            const Tokenizer t = {.arena = arena, .normalizer = {option(c, "clean_text", 1), option(c, "handle_chinese_chars", 1),
                                                                option(c, "strip_accents", 1), option(c, "lowercase", 1)}};
            assert_string_equal(tokenizer_normalize(&t, str_of(json_string_value(json_object_get(c, "input")))),
                                json_string_value(json_object_get(normal, "text")));
            n++;
        }
    }
    json_decref(file);
    assert_int_equal(n, 9);
}

static void test_fixture_case(void **state)
{
    (void)state;
    json_t *file = load(case_file("tokenizer_cases.json"));
    const json_t *pieces = json_object_get(json_object_get(json_object_get(file, "fixtures"), "bert-goog11"), "vocab");
    put_tokenizer(pieces, 1, 1, 1, 1);
    compile(tokenizer_read(arena, d, "tokenizer.json", NULL, 0), SANITIZED);
    check(1, 99,
          "UNwant\xC3\xA9"
          "d,running",
          NULL, "6 7:0:0:2 4:0:2:6 5:0:6:9 10:0:9:10 8:0:10:14 9:0:14:17");
    json_decref(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_tables, begin, end),       cmocka_unit_test_setup_teardown(test_tiny, begin, end),
        cmocka_unit_test_setup_teardown(test_tiny_more, begin, end),    cmocka_unit_test_setup_teardown(test_malformed, begin, end),
    cmocka_unit_test_setup_teardown(test_words, begin, end),
        cmocka_unit_test_setup_teardown(test_texts, begin, end),        cmocka_unit_test_setup_teardown(test_hostile, begin, end),
        cmocka_unit_test_setup_teardown(test_minilm, begin, end),       cmocka_unit_test_setup_teardown(test_bert_cases, begin, end),
        cmocka_unit_test_setup_teardown(test_word_cases, begin, end),   cmocka_unit_test_setup_teardown(test_fixture_case, begin, end),
    };
    if (!getcwd(began_in, sizeof began_in)) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

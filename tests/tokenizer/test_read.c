/* Reading tokenizers: what is taken, what is refused, and with which words. */
#include "../fixture.h"

#include "../../compiler/tokenizer/tokenizer.h"

#include <limits.h>

/* The parts of a good file, each of which a test replaces. */
#define MODEL     "{\"type\":\"WordPiece\",\"unk_token\":\"[UNK]\",\"continuing_subword_prefix\":\"##\",\"max_input_chars_per_word\":100,\"vocab\":" VOCAB "}"
#define VOCAB     "{\"[UNK]\":0,\"[CLS]\":1,\"[SEP]\":2,\"a\":3,\"##b\":4}"
#define BERT      "{\"type\":\"BertNormalizer\",\"clean_text\":true,\"handle_chinese_chars\":true,\"strip_accents\":null,\"lowercase\":true}"
#define CUT       "{\"type\":\"BertPreTokenizer\"}"
#define PROCESSOR "{\"type\":\"BertProcessing\",\"sep\":[\"[SEP]\",2],\"cls\":[\"[CLS]\",1]}"
#define ADDED(id, content, normalized)                                                                                            \
    "{\"id\":" id ",\"content\":\"" content "\",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,\"normalized\":" normalized \
    ",\"special\":false}"
#define TEMPLATE(single, pair, specials)                                                                                          \
    "{\"type\":\"TemplateProcessing\",\"single\":" single ",\"pair\":" pair ",\"special_tokens\":" specials "}"
#define A       "[{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}]"
#define SPECIAL "[{\"SpecialToken\":{\"id\":\"[CLS]\",\"type_id\":0}}]"
#define FILE_OF(version, model, normalizer, cut, processor, added, rest)                                                          \
    "{\"version\":" version ",\"model\":" model ",\"normalizer\":" normalizer ",\"pre_tokenizer\":" cut ",\"post_processor\":" processor \
    ",\"added_tokens\":" added rest "}"
#define GOOD FILE_OF("\"1.0\"", MODEL, BERT, CUT, PROCESSOR, "[]", "")

static Tokenizer *read_json(const char *json, int max_length)
{
    files_put_text("tokenizer.json", json);
    return tokenizer_read(arena, d, "tokenizer.json", NULL, max_length);
}

static void test_good(void **state)
{
    (void)state;
    const Tokenizer *t = read_json(GOOD, 12);
    assert_string_equal(diag_text(arena, d), "");
    assert_non_null(t);
    assert_int_equal(tokenizer_ids(t), 5);
    assert_string_equal(tokenizer_token(t, 4), "##b");
    assert_null(tokenizer_token(t, 5));
    assert_null(tokenizer_token(t, -1));
    assert_int_equal(tokenizer_id(t, "[SEP]"), 2);
    assert_int_equal(tokenizer_id(t, "none"), -1);
    assert_int_equal(tokenizer_max_length(t), 12);
    assert_int_equal(tokenizer_max_length(read_json(GOOD, 0)), INT_MAX);
    assert_int_equal(
        tokenizer_max_length(read_json(FILE_OF("\"1.0\"", MODEL, BERT, CUT, PROCESSOR, "[]", ",\"truncation\":{\"max_length\":7}"), 0)), 7);
    assert_int_equal(
        tokenizer_max_length(read_json(FILE_OF("\"1.0\"", MODEL, BERT, CUT, PROCESSOR, "[]", ",\"truncation\":{\"max_length\":7}"), 9)), 9);
}

static void test_added_ids(void **state)
{
    (void)state;
    const Tokenizer *t = read_json(
        FILE_OF("\"1.0\"", MODEL, BERT, CUT, PROCESSOR, "[" ADDED("2", "[SEP]", "false") "," ADDED("5", "New", "true") "]", ""), 12);
    assert_string_equal(diag_text(arena, d), "");
    assert_int_equal(tokenizer_ids(t), 6);
    assert_string_equal(tokenizer_token(t, 5), "New");
    assert_int_equal(tokenizer_id(t, "New"), 5);
}

#define LEVEL(vocab) "{\"type\":\"WordLevel\",\"unk_token\":\"<unk>\",\"vocab\":" vocab "}"
#define SPACES       "{\"type\":\"WhitespaceSplit\"}"

/* Whole words; they may lack an unknown one. */
static void test_words(void **state)
{
    (void)state;
    static const char *const vocab[] = {LEVEL("{\"##\":1,\"###b\":2,\"(\":0}"), LEVEL("{\"<unk>\":0,\"a b\":1,\"\":2}")};
    for (size_t i = 0; i < sizeof vocab / sizeof *vocab; i++) {
        const char *json = arena_printf(arena, "{\"version\":\"1.0\",\"model\":%s,\"normalizer\":null,\"pre_tokenizer\":" SPACES "}", vocab[i]);
        const Tokenizer *t = read_json(json, 0);
        assert_string_equal(diag_text(arena, d), "");
        assert_int_equal(tokenizer_ids(t), 3);
        assert_string_equal(tokenizer_token(t, 1), i ? "a b" : "##");
    }
}

/* Of one that stands twice the later counts: here it is looked for in the text as it is. */
static void test_added_twice(void **state)
{
    (void)state;
    const Tokenizer *t = read_json(FILE_OF("\"1.0\"", MODEL, BERT, CUT, PROCESSOR,
                                           "[" ADDED("5", "New", "true") "," ADDED("6", "x", "true") "," ADDED("5", "New", "false") "]", ""),
                                   12);
    assert_string_equal(diag_text(arena, d), "");
    assert_int_equal(tokenizer_ids(t), 7);
    assert_int_equal(tokenizer_id(t, "New"), 5);
}

static const struct {
    const char *json, *says;
} bad[] = {
    {"", "1:1: error: invalid JSON: '[' or '{' expected near end of file\n    1 | \n      | ^"},
    {"{\"version\":\"1.0\"", "1:17: error: invalid JSON: '}' expected near end of file\n    1 | {\"version\":\"1.0\"\n      |                 ^"},
    {"{\"a\":1,\"a\":2}", "1:8: error: invalid JSON: duplicate object key near '\"a\"'\n    1 | {\"a\":1,\"a\":2}\n      |        ^~~"},
    {"[]", "error: $ is a list, not an object"},
    {"{}", "error: $.version is missing"},
    {FILE_OF("2", MODEL, BERT, CUT, PROCESSOR, "[]", ""), "error: $.version is an integer, not a string"},
    {FILE_OF("\"2.0\"", MODEL, BERT, CUT, PROCESSOR, "[]", ""), "error: $.version is '2.0', not '1.0'"},
    {FILE_OF("\"1.0\"", "[]", BERT, CUT, PROCESSOR, "[]", ""), "error: $.model is a list, not an object"},
    {FILE_OF("\"1.0\"", "{}", BERT, CUT, PROCESSOR, "[]", ""), "error: $.model.type is missing"},
    {FILE_OF("\"1.0\"", "{\"type\":\"WordPiece\"}", BERT, CUT, PROCESSOR, "[]", ""), "error: $.model.unk_token is missing"},
    {FILE_OF("\"1.0\"", "{\"type\":\"BPE\"}", BERT, CUT, PROCESSOR, "[]", ""),
     "warning: $.model.type: BPE is not supported yet: the model will take ids, not text"},
    {FILE_OF("\"1.0\"", "{\"type\":\"WordPiece\",\"unk_token\":\"u\",\"continuing_subword_prefix\":\"##\",\"max_input_chars_per_word\":1e2,\"vocab\":{}}", BERT, CUT,
             PROCESSOR, "[]", ""),
     "error: $.model.max_input_chars_per_word is a number, not an integer"},
    {FILE_OF("\"1.0\"", "{\"type\":\"WordPiece\",\"unk_token\":\"u\",\"continuing_subword_prefix\":\"##\",\"max_input_chars_per_word\":5000,\"vocab\":{}}", BERT, CUT,
             PROCESSOR, "[]", ""),
     "warning: $.model.max_input_chars_per_word: 5000 (1 to 1000) is not supported yet: the model will take ids, not text"},
    {FILE_OF("\"1.0\"", "{\"type\":\"WordPiece\",\"unk_token\":\"u\",\"continuing_subword_prefix\":\"##\",\"max_input_chars_per_word\":5,\"vocab\":{}}", BERT, CUT,
             PROCESSOR, "[]", ""),
     "error: the vocabulary is empty"},
    {FILE_OF("\"1.0\"", "{\"type\":\"WordPiece\",\"unk_token\":\"u\",\"continuing_subword_prefix\":\"##\",\"max_input_chars_per_word\":5,\"vocab\":{\"a\":-1}}", BERT, CUT,
             PROCESSOR, "[]", ""),
     "error: $.model.vocab['a'] is not an integer from 0 to 2147483646"},
    {FILE_OF("\"1.0\"", "{\"type\":\"WordPiece\",\"unk_token\":\"u\",\"continuing_subword_prefix\":\"##\",\"max_input_chars_per_word\":5,\"vocab\":{\"a\":1,\"b\":1}}", BERT, CUT,
             PROCESSOR, "[]", ""),
     "error: the tokens 'a' and 'b' have the same id 1"},
    {FILE_OF("\"1.0\"", "{\"type\":\"WordPiece\",\"unk_token\":\"u\",\"continuing_subword_prefix\":\"##\",\"max_input_chars_per_word\":5,\"vocab\":{\"a\":2000000000}}", BERT, CUT,
             PROCESSOR, "[]", ""),
     "error: the largest id is 2000000000, with only 1 tokens"},
    {FILE_OF("\"1.0\"", "{\"type\":\"WordPiece\",\"unk_token\":\"u\",\"continuing_subword_prefix\":\"##\",\"max_input_chars_per_word\":5,\"vocab\":{\"a\":1}}", BERT, CUT,
             "null", "[]", ""),
     "error: the unknown token 'u' is not in the vocabulary"},
    {FILE_OF("\"1.0\"", MODEL, "{\"type\":\"NFC\"}", CUT, PROCESSOR, "[]", ""),
     "warning: $.normalizer.type: NFC is not supported yet: the model will take ids, not text"},
    {FILE_OF("\"1.0\"", MODEL, "{\"type\":\"BertNormalizer\",\"clean_text\":1}", CUT, PROCESSOR, "[]", ""),
     "error: $.normalizer.clean_text is an integer, not true or false"},
    {FILE_OF("\"1.0\"", MODEL, "\"x\"", CUT, PROCESSOR, "[]", ""), "error: $.normalizer is a string, not an object"},
    {FILE_OF("\"1.0\"", MODEL, BERT, "null", PROCESSOR, "[]", ""),
     "warning: $.pre_tokenizer: null is not supported yet: the model will take ids, not text"},
    {FILE_OF("\"1.0\"", MODEL, BERT, "{\"type\":\"Metaspace\"}", PROCESSOR, "[]", ""),
     "warning: $.pre_tokenizer.type: Metaspace is not supported yet: the model will take ids, not text"},
    {FILE_OF("\"1.0\"", "{\"type\":\"WordLevel\",\"vocab\":{\"a\":0}}", "null", SPACES, "null", "[]", ""),
     "error: $.model.unk_token is missing"},
    {FILE_OF("\"1.0\"", LEVEL("{}"), "null", SPACES, "null", "[]", ""), "error: the vocabulary is empty"},
    {FILE_OF("\"1.0\"", LEVEL("{\"a\":0.5}"), "null", SPACES, "null", "[]", ""),
     "error: $.model.vocab['a'] is not an integer from 0 to 2147483646"},
    {FILE_OF("\"1.0\"", MODEL, BERT, CUT, "{\"type\":\"RobertaProcessing\"}", "[]", ""),
     "warning: $.post_processor.type: RobertaProcessing is not supported yet: the model will take ids, not text"},
    {FILE_OF("\"1.0\"", MODEL, BERT, CUT, "{\"type\":\"BertProcessing\",\"cls\":[1,2],\"sep\":[]}", "[]", ""),
     "error: $.post_processor.cls is not a token and its id"},
    {FILE_OF("\"1.0\"", MODEL, BERT, CUT, "{\"type\":\"BertProcessing\",\"cls\":[\"a\",77],\"sep\":[\"a\",3]}", "[]", ""),
     "error: $.post_processor: the special token of 'single' has the id 77, which no token has"},
    {FILE_OF("\"1.0\"", MODEL, BERT, CUT, TEMPLATE("[1]", A, "{}"), "[]", ""),
     "error: $.post_processor.single[0] is not {\"Sequence\": {...}} or {\"SpecialToken\": {...}}"},
    {FILE_OF("\"1.0\"", MODEL, BERT, CUT, TEMPLATE("[{\"Sequence\":{\"id\":\"B\",\"type_id\":0}}]", A, "{}"), "[]", ""),
     "error: $.post_processor.single[0].Sequence.id is 'B', not 'A'"},
    {FILE_OF("\"1.0\"", MODEL, BERT, CUT, TEMPLATE(SPECIAL, A, "{}"), "[]", ""),
     "error: $.post_processor.single[0].SpecialToken: '[CLS]' is not in $.post_processor.special_tokens"},
    {FILE_OF("\"1.0\"", MODEL, BERT, CUT, TEMPLATE(SPECIAL, A, "{\"[CLS]\":{\"ids\":[\"x\"]}}"), "[]", ""),
     "error: $.post_processor.special_tokens['[CLS]'].ids[0] is not an integer from 0 to 2147483646"},
    {FILE_OF("\"1.0\"", MODEL, BERT, CUT, TEMPLATE("[{\"Sequence\":{\"id\":\"A\",\"type_id\":0}},{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}]", A, "{}"), "[]", ""),
     "warning: $.post_processor.single: a text that stands twice is not supported yet: the model will take ids, not text"},
    {FILE_OF("\"1.0\"", MODEL, BERT, CUT, PROCESSOR, "{}", ""), "error: $.added_tokens is an object, not a list"},
    {FILE_OF("\"1.0\"", MODEL, BERT, CUT, PROCESSOR, "[0]", ""), "error: $.added_tokens[0] is an integer, not an object"},
    {FILE_OF("\"1.0\"", MODEL, BERT, CUT, PROCESSOR, "[{\"id\":5}]", ""), "error: $.added_tokens[0].content is missing"},
    {FILE_OF("\"1.0\"", MODEL, BERT, CUT, PROCESSOR, "[" ADDED("4", "new", "true") "]", ""),
     "error: $.added_tokens[0].id is 4, but 'new' is not in the vocabulary, and the next free id is 5"},
    {FILE_OF("\"1.0\"", MODEL, BERT, CUT, PROCESSOR, "[" ADDED("4", "a", "true") "]", ""),
     "error: $.added_tokens[0].id is 4, but 'a' has in the vocabulary the id 3"},
    {FILE_OF("\"1.0\"", MODEL, BERT, CUT, PROCESSOR, "[" ADDED("5", "New", "true") "," ADDED("6", "New", "false") "]", ""),
     "error: the added token 'New' has the id 5, and the id 6 too"},
    {FILE_OF("\"1.0\"", MODEL, BERT, CUT, PROCESSOR, "[" ADDED("5", "New", "true") "," ADDED("6", "new", "true") "]", ""),
     "error: the added tokens 'New' and 'new' read the same in a text"},
    {FILE_OF("\"1.0\"", MODEL, BERT, CUT, PROCESSOR, "[" ADDED("5", "\\u0301", "true") "]", ""),
     "error: $.added_tokens[0].content: nothing of it is left after normalization"},
    {FILE_OF("\"1.0\"", MODEL, BERT, CUT, PROCESSOR, "[]", ",\"truncation\":{\"max_length\":0}"),
     "error: $.truncation.max_length is not an integer from 1 to 2147483646"},
    {FILE_OF("\"1.0\"", MODEL, BERT, CUT, PROCESSOR, "[]", ",\"truncation\":{\"max_length\":2}"),
     "error: at most 2 tokens leave no room for the 3 special ones of 'pair'"},
};

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        d = diag_new(arena);
        assert_null(read_json(bad[i].json, 0));
        assert_string_equal(diag_text(arena, d), arena_printf(arena, "tokenizer.json:%s%s\n", bad[i].says[0] == '1' ? "" : " ", bad[i].says));
    }
}

static void test_missing(void **state)
{
    (void)state;
    assert_null(tokenizer_read(arena, d, "none.json", NULL, 0));
    assert_null(tokenizer_read(arena, d, NULL, files_folder, 0));
    assert_string_equal(diag_text(arena, d),
                        arena_printf(arena,
                                     "none.json: warning: the tokenizer is not there: the model will take ids, not text\n"
                                     "%s: warning: neither tokenizer.json nor vocab.txt is there: the model will take ids, not text\n",
                                     files_folder));
}

static void test_vocabulary(void **state)
{
    (void)state;
    files_put_text("vocab.txt", "[UNK]\n[CLS] \r\n[SEP]\na\n\na\n##b\xE3\x80\x80\n");
    files_put_text("tokenizer_config.json",
                   "{\"model_max_length\":40,\"tokenizer_class\":\"BertTokenizerFast\",\"unk_token\":{\"content\":\"[UNK]\"}}");
    const Tokenizer *t = tokenizer_read(arena, d, NULL, files_folder, 0);
    assert_string_equal(diag_text(arena, d), "");
    assert_int_equal(tokenizer_ids(t), 7);
    assert_string_equal(tokenizer_token(t, 1), "[CLS]");
    assert_null(tokenizer_token(t, 3)); /* the later of two equal lines counts */
    assert_string_equal(tokenizer_token(t, 5), "a");
    assert_string_equal(tokenizer_token(t, 6), "##b");
    assert_int_equal(tokenizer_max_length(t), 40);
}

static const struct {
    const char *vocabulary, *config, *says;
} bad_vocabulary[] = {
    {"", "{}", "vocab.txt: error: the unk_token '[UNK]' is not in the vocabulary"},
    {"[UNK]\n[CLS]\n", "{}", "vocab.txt: error: the sep_token '[SEP]' is not in the vocabulary"},
    {"[UNK]\n\xFF\n", "{}", "vocab.txt: error: line 2 is not UTF-8 text"},
    {"[UNK]\n[CLS]\n[SEP]\n", "[]", "tokenizer_config.json: error: is not an object"},
    {"[UNK]\n[CLS]\n[SEP]\n", "{", "tokenizer_config.json:1:2: error: invalid JSON: string or '}' expected near end of file\n    1 | {\n      |  ^"},
    {"[UNK]\n[CLS]\n[SEP]\n", "{\"do_lower_case\":1}", "tokenizer_config.json: error: $.do_lower_case is not true or false"},
    {"[UNK]\n[CLS]\n[SEP]\n", "{\"cls_token\":1}", "tokenizer_config.json: error: $.cls_token is not a token"},
    {"[UNK]\n[CLS]\n[SEP]\n", "{\"tokenizer_class\":\"T5Tokenizer\"}",
     "vocab.txt: warning: a vocabulary for T5Tokenizer is not supported yet: the model will take ids, not text"},
    {"[UNK]\n[CLS]\n[SEP]\n", "{\"never_split\":[\"x\"]}",
     "vocab.txt: warning: $.never_split of tokenizer_config.json is not supported yet: the model will take ids, not text"},
};

static void test_bad_vocabulary(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_vocabulary / sizeof *bad_vocabulary; i++) {
        d = diag_new(arena);
        files_put_text("vocab.txt", bad_vocabulary[i].vocabulary);
        files_put_text("tokenizer_config.json", bad_vocabulary[i].config);
        assert_null(tokenizer_read(arena, d, "vocab.txt", ".", 0));
        assert_string_equal(diag_text(arena, d), arena_printf(arena, "%s\n", bad_vocabulary[i].says));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_good, begin, end),
        cmocka_unit_test_setup_teardown(test_added_ids, begin, end),
        cmocka_unit_test_setup_teardown(test_words, begin, end),
        cmocka_unit_test_setup_teardown(test_added_twice, begin, end),
        cmocka_unit_test_setup_teardown(test_bad, begin, end),
        cmocka_unit_test_setup_teardown(test_missing, begin, end),
        cmocka_unit_test_setup_teardown(test_vocabulary, begin, end),
        cmocka_unit_test_setup_teardown(test_bad_vocabulary, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

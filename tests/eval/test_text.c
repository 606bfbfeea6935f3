/* Strings as symbols. */
#include "scalar_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const word[] = {"", "\x01", "a", "aa", "aaa", "aaab", "aab", "ab", "abc", "abcd", "b", "zebra", "\xC3\xA9", "\xC3\xA9t\xC3\xA9",
                                   "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF\xF4\x8F\xBF\xBF", ("\xF4\x8F\xBF\xBF\xF4\x8F\xBF\xBF" "a")};
enum { WORDS = sizeof word / sizeof *word };

static int64_t symbol(const char *text)
{
    return text_symbol(text, strlen(text));
}

static void symbols_are_their_strings(void **state)
{
    (void)state;
    for (int i = 0; i < WORDS; i++) {
        char room[16];
        size_t bytes;
        const char *text = symbol_text(symbol(word[i]), &bytes, room);
        assert_int_equal(bytes, strlen(word[i]));
        assert_memory_equal(text, word[i], bytes);
        assert_int_equal(symbol(word[i]), symbol(word[i]));
        assert_true(text_is_symbol(symbol(word[i])));
    }
    assert_int_equal(symbol("a"), 'a');
    assert_true(symbol("abcd") < 0);
    assert_false(text_is_symbol(0x110000));
    assert_false(text_is_symbol(-1000000));
}

/* The words stand in the order of their bytes, which is that of their code points. */
static void keys_order_as_strings(void **state)
{
    (void)state;
    for (int i = 0; i < WORDS; i++) {
        for (int k = 0; k < WORDS; k++) {
            int64_t a = 0, b = 0;
            const int64_t x = symbol(word[i]), y = symbol(word[k]);
            assert_true(text_key(x, &a) && text_key(y, &b));
            assert_int_equal((a > b) - (a < b), (i > k) - (i < k));
        }
    }
}

static void strings_are_made(void **state)
{
    int64_t made;
    (void)state;
    assert_true(text_join(symbol("ab"), symbol("cd"), &made));
    assert_int_equal(made, symbol("abcd"));
    assert_true(text_times(symbol("a"), 2, &made));
    assert_int_equal(made, symbol("aa"));
    assert_true(text_times(symbol("abc"), -1, &made));
    assert_int_equal(made, text_empty);
    assert_true(text_times(symbol("a"), TEXT_MOST, &made));
    const int64_t longest = made;
    assert_false(text_times(symbol("a"), TEXT_MOST + 1, &made));
    assert_false(text_join(longest, symbol("a"), &made));
    assert_true(text_join(longest, text_empty, &made));
    assert_int_equal(made, longest);
}

static int forget(void **state)
{
    (void)state;
    text_forget();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symbols_are_their_strings),
        cmocka_unit_test(keys_order_as_strings),
        cmocka_unit_test(strings_are_made),
    };
    return cmocka_run_group_tests(tests, NULL, forget);
}

/* Lines of emitted text that are too long: comments go on with a star, C does not, whatever it begins with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../codegen/text.h"
#include "../../compiler/str.h"

#include <string.h>

static const char LONG[] = "what is long enough that it has to go on in the next line, whether it is a comment or not, and then some more of it, "
                           "so that it does;";

static const char *wrapped(Arena *arena, const char *begin)
{
    Text *text = text_new(arena, 0);
    text_wrap(text, arena_printf(arena, "%s%s", begin, LONG));
    text_bytes(text, "", 1);
    return text->at.at;
}

static void test_stars(void **state)
{
    Arena *arena = arena_new();
    (void)state;
    assert_non_null(strstr(wrapped(arena, "     * "), "\n     * "));
    assert_null(strstr(wrapped(arena, "    *to = "), "\n     * "));
    assert_non_null(strstr(wrapped(arena, "    *to = "), "\n            "));
    arena_free(arena);
    str_forget();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stars)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

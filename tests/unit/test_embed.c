/* The texts inside the compiler are those of the source tree, whole and in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "embed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void each_is_the_file_it_is_named_after(void **state)
{
    (void)state;
    const char *root = getenv("SINTER_SOURCE");
    if (!root) {
        puts("skipped: SINTER_SOURCE is not set");
        skip();
    }
    for (size_t i = 0; i < embed_count(); i++) {
        const Embedded *text = embed_at(i);
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", root, text->path);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        char *bytes = malloc(text->bytes + 1);
        assert_non_null(bytes);
        assert_int_equal(fread(bytes, 1, text->bytes + 1, file), text->bytes); /* not shorter, not longer */
        assert_memory_equal(bytes, text->text, text->bytes);
        assert_int_equal(text->text[text->bytes], 0);
        free(bytes);
        fclose(file);
    }
}

static void paths_ascend_and_are_found(void **state)
{
    (void)state;
    assert_true(embed_count() > 0);
    for (size_t i = 0; i < embed_count(); i++) {
        assert_true(i == 0 || strcmp(embed_at(i - 1)->path, embed_at(i)->path) < 0);
        assert_ptr_equal(embed_find(embed_at(i)->path), embed_at(i));
    }
}

static void others_are_not_found(void **state)
{
    (void)state;
    assert_null(embed_find(""));
    assert_null(embed_find("runtime"));
    assert_null(embed_find("zzz"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_the_file_it_is_named_after),
        cmocka_unit_test(paths_ascend_and_are_found),
        cmocka_unit_test(others_are_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* fixture.h - what most unit tests begin with: cmocka, and for each test an arena, its diagnostics and an empty folder
 *
 * Included first by a test's only translation unit; begin() and end() are for cmocka_unit_test_setup_teardown. */
#ifndef SINTER_TESTS_FIXTURE_H
#define SINTER_TESTS_FIXTURE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "files.h"

static Arena *arena;
static Diag *d;

static int begin(void **state)
{
    (void)state;
    arena = arena_new();
    d = diag_new(arena);
    files_begin();
    return 0;
}

static int end(void **state)
{
    (void)state;
    files_end();
    arena_free(arena);
    str_forget();
    return 0;
}

#endif

/* files.h - what unit tests need: a folder that goes away, small files in it, diagnostics as one text
 *
 * Included once by a test's only translation unit, after <cmocka.h>. */
#ifndef SINTER_TESTS_FILES_H
#define SINTER_TESTS_FILES_H

#include "../compiler/arena.h"
#include "../compiler/diag.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char files_folder[256];

/* Makes an empty folder and goes there, so that names in messages are short. */
static inline void files_begin(void)
{
    const char *base = getenv("TMPDIR");
    snprintf(files_folder, sizeof files_folder, "%s/sinter-test-XXXXXX", base && strlen(base) < 200 ? base : "/tmp");
    assert_non_null(mkdtemp(files_folder));
    assert_int_equal(chdir(files_folder), 0);
}

static inline int files_count(void) /* of the folder, without . and .. */
{
    DIR *dir = opendir(files_folder);
    int n = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(dir);
    return n;
}

static inline void files_end(void)
{
    DIR *dir = opendir(files_folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && unlink(entry->d_name) != 0) {
            rmdir(entry->d_name);
        }
    }
    closedir(dir);
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(rmdir(files_folder), 0);
}

static inline void files_put(const char *name, const void *bytes, size_t n)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static inline void files_put_text(const char *name, const char *text)
{
    files_put(name, text, strlen(text));
}

static inline char *files_get(Arena *arena, const char *name, size_t *n)
{
    FILE *file = fopen(name, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    const long size = ftell(file);
    rewind(file);
    char *bytes = arena_alloc(arena, (size_t)size + 1);
    *n = fread(bytes, 1, (size_t)size, file);
    assert_int_equal(*n, size);
    fclose(file);
    return bytes;
}

/* Everything diag_print() would say. */
static inline char *diag_text(Arena *arena, const Diag *d)
{
    char *text = NULL;
    size_t n = 0;
    FILE *stream = open_memstream(&text, &n);
    assert_non_null(stream);
    diag_print(d, stream);
    fclose(stream);
    char *copy = arena_printf(arena, "%s", text);
    free(text);
    return copy;
}

/* A file of test data: in SINTER_CASES, else in tests/cases as seen from the test's folder (so: to be asked before files_begin). */
static inline const char *cases_path(Arena *arena, const char *name)
{
    const char *folder = getenv("SINTER_CASES");
    return arena_printf(arena, "%s/%s", folder ? folder : "../cases", name);
}

#endif

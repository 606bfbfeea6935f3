#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700 /* realpath */
#endif

#include "build.h"
#include "process.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef VEC(char *) Words;

static int is_there(const char *path)
{
    return access(path, R_OK) == 0;
}

/* $CC may hold options: "ccache gcc -m64". */
static void add_words(Arena *arena, Words *words, const char *text)
{
    while (*text) {
        const size_t n = strcspn(text, " \t\n");
        if (n) {
            vec_push(arena, *words, arena_printf(arena, "%.*s", (int)n, text));
        }
        text += n;
        text += strspn(text, " \t\n");
    }
}

static char *absolute(Arena *arena, const char *path)
{
    char folder[4096];
    const int as_it_is = path[0] == '/' || !getcwd(folder, sizeof folder);
    return as_it_is ? arena_printf(arena, "%s", path) : arena_printf(arena, "%s/%s", folder, path);
}

/* Runs the C compiler, called `shown` by the user, which should make the file `made`. 0: it did not, and that is said. */
static int compile(Diag *d, const char *shown, const char *directory, char *const *argv, const char *made)
{
    const int status = process_run(directory, argv);
    if (status == 0 && access(made, F_OK) == 0) {
        return 1;
    }
    if (!process_started(status)) {
        diag_error(d, (Span){0}, "the C compiler '%s' cannot be run", shown);
    } else if (WIFSIGNALED(status)) {
        diag_error(d, (Span){0}, "the C compiler '%s' was ended by signal %d (%s)", shown, WTERMSIG(status), strsignal(WTERMSIG(status)));
    } else if (status == 0) {
        diag_error(d, (Span){0}, "the C compiler '%s' made no executable", shown);
    } else {
        diag_error(d, (Span){0}, "the C compiler '%s' failed with exit code %d", shown, WEXITSTATUS(status));
    }
    diag_hint(d, "the environment variable CC names another one");
    return 0;
}

static const char *upper(Arena *arena, const char *name)
{
    char *text = arena_printf(arena, "%s", name);
    for (char *p = text; *p; p++) {
        *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
    }
    return text;
}

/* NAME_kernels.c becomes one object for each tier; their names are added to `objects`. */
static int compile_tiers(Arena *arena, Diag *d, const char *directory, const char *name, const Target *target, const Words *cc,
                         const char *shown, Words *objects)
{
    for (int i = 0; target && i < MOST_TIERS && target->tier[i]; i++) {
        const Tier *tier = target->tier[i];
        const char *object = arena_printf(arena, "%s_kernels_%s.o", name, tier->name);
        Words words = {0};
        for (int k = 0; k < cc->n; k++) {
            vec_push(arena, words, cc->at[k]);
        }
        add_words(arena, &words, tier->flags);
        add_words(arena, &words,
                  arena_printf(arena, "-D%s_TIER_%s -c %s_kernels.c -o %s", upper(arena, name), upper(arena, tier->name), name, object));
        vec_push(arena, words, NULL);
        if (!compile(d, shown, directory, words.at, arena_printf(arena, "%s/%s", directory, object))) {
            return 0;
        }
        vec_push(arena, *objects, arena_printf(arena, "%s", object));
    }
    return 1;
}

/* The compiler of a device as it is called, and where it stands: "" if it is found nowhere. */
static const char *device_compiler(Arena *arena, const Device *device, const char **folder)
{
    const char *named = getenv(device->variable), *path = getenv("PATH");
    const char *shown = named && *named ? named : device->compiler;
    *folder = "";
    if (strchr(shown, '/')) {
        char *real = realpath(shown, NULL);
        *folder = real ? arena_printf(arena, "%.*s", (int)(strrchr(real, '/') - real), real) : "";
        free(real);
    }
    for (const char *at = path ? path : ""; *at && !strchr(shown, '/') && !**folder;) {
        const size_t n = strcspn(at, ":");
        char *real = realpath(arena_printf(arena, "%.*s/%s", (int)n, at, shown), NULL);
        *folder = real ? arena_printf(arena, "%.*s", (int)(strrchr(real, '/') - real), real) : "";
        free(real);
        at += n + (at[n] == ':');
    }
    return shown;
}

/* NAME.cu becomes NAME.fatbin, which NAME_fatbin.S includes. Words for the C compiler are added, and to `link` those for the end. */
static int compile_device(Arena *arena, Diag *d, const char *directory, const char *name, const Device *device, const char *arch,
                          Words *words, Words *link)
{
    const char *folder, *shown = device_compiler(arena, device, &folder);
    Words own = {0};
    if (!*folder) {
        diag_error(d, (Span){0}, "the compiler '%s' for GPUs is not found", shown);
        diag_hint(d, "the environment variable %s names another one; 'sinter emit' writes the sources without it", device->variable);
        return 0;
    }
    vec_push(arena, own, arena_printf(arena, "%s", strchr(shown, '/') ? absolute(arena, shown) : shown));
    add_words(arena, &own, arena_printf(arena, "%s %s -fatbin %s.cu -o %s.fatbin", device->flags, arch, name, name));
    vec_push(arena, own, NULL);
    const int status = process_run(directory, own.at);
    if (status != 0) {
        diag_error(d, (Span){0}, "the compiler '%s' for GPUs failed with exit code %d", shown,
                   WIFEXITED(status) ? WEXITSTATUS(status) : -1);
        diag_hint(d, "the environment variable %s names another one", device->variable);
        return 0;
    }
    for (const char *ending = device->sources; *ending; ending += strspn(ending, " ")) {
        const size_t n = strcspn(ending, " ");
        vec_push(arena, *words, arena_printf(arena, "%s%.*s", name, (int)n, ending));
        ending += n;
    }
    vec_push(arena, *words, arena_printf(arena, "-I%s/../include", folder));
    vec_push(arena, *link, arena_printf(arena, "-L%s/../lib64", folder));
    vec_push(arena, *link, arena_printf(arena, "-L%s/../lib", folder));
    add_words(arena, link, device->link);
    return 1;
}

int build_executable(Arena *arena, Diag *d, const char *directory, const char *name, const Target *target, const char *arch, int threads,
                     const char *out)
{
    static const char *const part[] = {".c", "_weights.S", "_weights.c", "_tokenizer.c", "_text.c", "_main.c"};
    const char *cc = getenv("CC");
    Words words = {0};
    add_words(arena, &words, cc && cc[strspn(cc, " \t\n")] ? cc : "cc");
    const char *shown = words.at[0];
    if (strchr(shown, '/')) {
        words.at[0] = absolute(arena, shown); /* it runs elsewhere */
    }
    add_words(arena, &words, "-std=c99 -O3 -ffp-contract=off");
    if (threads) {
        add_words(arena, &words, arena_printf(arena, "-D%s_THREADS -pthread", upper(arena, name)));
    }
    const Words alone = words;
    words = (Words){0};
    for (int i = 0; i < alone.n; i++) {
        vec_push(arena, words, alone.at[i]);
    }
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        if (is_there(arena_printf(arena, "%s/%s%s", directory, name, part[i]))) {
            vec_push(arena, words, arena_printf(arena, "%s%s", name, part[i]));
        }
    }
    char *real = realpath(out, NULL); /* a symbolic link stays one */
    const char *final = absolute(arena, real ? real : out);
    free(real);
    char *made = arena_printf(arena, "%s.%ld.tmp", final, (long)getpid());
    struct stat about;
    if (stat(final, &about) == 0 && !S_ISREG(about.st_mode)) { /* a device would be replaced by the program */
        diag_error_file(d, out, S_ISDIR(about.st_mode) ? "is a directory, not a file" : "is not a regular file");
        return 0;
    }
    FILE *trial = fopen(made, "wb"); /* before a compiler runs for seconds */
    if (!trial) {
        diag_error_file(d, out, "cannot be written: %s", strerror(errno));
        return 0;
    }
    fclose(trial);
    unlink(made);
    const int objects = words.n;
    Words link = {0};
    int good = compile_tiers(arena, d, directory, name, target, &alone, shown, &words);
    const int end = words.n;
    if (good && target_has_device(target)) {
        good = compile_device(arena, d, directory, name, target->device, arch, &words, &link);
    }
    vec_push(arena, words, arena_printf(arena, "-o"));
    vec_push(arena, words, made);
    for (int i = 0; i < link.n; i++) {
        vec_push(arena, words, link.at[i]);
    }
    vec_push(arena, words, arena_printf(arena, "-lm"));
    vec_push(arena, words, NULL);
    good = good && compile(d, shown, directory, words.at, made);
    for (int i = objects; i < end; i++) {
        unlink(arena_printf(arena, "%s/%s", directory, words.at[i]));
    }
    if (!good) {
        unlink(made);
        return 0;
    }
    if (rename(made, final) != 0) {
        diag_error_file(d, out, "cannot be written: %s", strerror(errno));
        unlink(made);
        return 0;
    }
    return 1;
}

char *build_temporary(Arena *arena, Diag *d)
{
    const char *folder = getenv("TMPDIR");
    char *path = arena_printf(arena, "%s/sinter-XXXXXX", folder && *folder ? folder : "/tmp");
    if (!mkdtemp(path)) {
        diag_error_file(d, path, "no temporary directory can be made: %s", strerror(errno));
        return NULL;
    }
    return path;
}

void build_remove(Arena *arena, const char *directory)
{
    DIR *folder = opendir(directory);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            unlink(arena_printf(arena, "%s/%s", directory, entry->d_name));
        }
    }
    if (folder) {
        closedir(folder);
    }
    rmdir(directory);
}

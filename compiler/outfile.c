#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700 /* realpath */
#endif

#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where a symbolic link leads, else the path itself. */
static const char *target_of(Arena *arena, const char *path)
{
    char *real = realpath(path, NULL);
    const char *target = arena_printf(arena, "%s", real ? real : path);
    free(real);
    return target;
}

/* A name beside the target that nothing has yet; sets errno on failure. The permissions are those of the file it replaces. */
static int open_temporary(Arena *arena, const char *target, mode_t mode, const char **name)
{
    enum { TRIES = 100 };
    for (int i = 0; i < TRIES; i++) {
        *name = arena_printf(arena, "%s.%ld-%d.tmp", target, (long)getpid(), i);
        const int file = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (file >= 0 || errno != EEXIST) {
            return file;
        }
    }
    return -1;
}

OutFile *outfile_open(Arena *arena, Diag *d, const char *path)
{
    struct stat about;
    OutFile *out = arena_new_of(arena, OutFile);
    const int exists = stat(path, &about) == 0;
    out->path = arena_printf(arena, "%s", path);
    out->target = exists ? target_of(arena, path) : out->path;
    int file;
    signal(SIGXFSZ, SIG_IGN);
    if (exists && S_ISDIR(about.st_mode)) {
        file = -1;
        errno = EISDIR;
    } else if (exists && !S_ISREG(about.st_mode)) {
        file = open(path, O_WRONLY | O_CLOEXEC);
    } else {
        file = open_temporary(arena, out->target, exists ? about.st_mode & 0777 : 0666, &out->temporary);
    }
    out->stream = file < 0 ? NULL : fdopen(file, "wb");
    if (!out->stream) {
        diag_error_file(d, path, "cannot be written: %s", strerror(errno));
        return NULL;
    }
    return out;
}

int outfile_write(OutFile *out, const void *bytes, size_t n)
{
    if (n == 0 || fwrite(bytes, 1, n, out->stream) == n) {
        return 1;
    }
    out->failed = out->failed ? out->failed : errno;
    return 0;
}

int outfile_finish(OutFile *out, Diag *d)
{
    if (!out->stream) {
        return 1;
    }
    errno = 0;
    const int flushed = fflush(out->stream) == 0;
    int why = out->failed ? out->failed : flushed ? 0 : errno;
    if (ferror(out->stream) && !why) {
        why = EIO; /* an fprintf() failed earlier; its errno is gone */
    }
    if (fclose(out->stream) != 0 && !why) {
        why = errno;
    }
    out->stream = NULL;
    if (why) {
        diag_error_file(d, out->path, "cannot be written: %s", strerror(why));
        outfile_drop(out);
    }
    return !why;
}

int outfile_keep(OutFile *out, Diag *d)
{
    if (!outfile_finish(out, d)) {
        return 0;
    }
    if (out->temporary && rename(out->temporary, out->target) != 0) {
        diag_error_file(d, out->path, "cannot be written: %s", strerror(errno));
        outfile_drop(out);
        return 0;
    }
    out->temporary = NULL;
    return 1;
}

void outfile_drop(OutFile *out)
{
    if (out && out->stream) {
        fclose(out->stream);
        out->stream = NULL;
    }
    if (out && out->temporary) {
        unlink(out->temporary);
        out->temporary = NULL;
    }
}

int outfile_directory(Diag *d, const char *path)
{
    struct stat about;
    if (mkdir(path, 0777) == 0) {
        return 1;
    }
    const int why = errno;
    if (why == EEXIST && stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
        return 0;
    }
    diag_error_file(d, path, why == EEXIST ? "is not a directory" : "the directory cannot be made: %s", strerror(why));
    return -1;
}

OutFile *outfiles_open(OutFiles *files, Arena *arena, Diag *d, const char *path)
{
    OutFile *out = outfile_open(arena, d, path);
    if (out) {
        vec_push(arena, *files, out);
    }
    return out;
}

int outfiles_keep(OutFiles *files, Diag *d)
{
    int good = 1;
    for (int i = 0; i < files->n && good; i++) {
        good = outfile_finish(files->at[i], d);
    }
    for (int i = 0; i < files->n && good; i++) {
        good = outfile_keep(files->at[i], d);
    }
    if (!good) {
        outfiles_drop(files);
    }
    return good;
}

void outfiles_drop(OutFiles *files)
{
    for (int i = 0; i < files->n; i++) {
        outfile_drop(files->at[i]);
    }
}

/* file.c - output: to a descriptor, or to a file that is whole or not there
 *
 * A file is written under another name beside its own and renamed when all is well, so an error leaves what was there before. */
#include "cli.h"

static int write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        const ssize_t n = write(fd, data, size < 1u << 30 ? size : 1u << 30);
        if (n >= 0) {
            data += n;
            size -= (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            struct pollfd ready = {fd, POLLOUT, 0};
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

static void print_out(const char *data, size_t size, trouble *t)
{
    const int error = write_all(STDOUT_FILENO, data, size);
    if (error) {
        trouble_set(t, TROUBLE_USER, "cannot write to standard output: %s", strerror(error));
    }
}

static void outfile_fail(const outfile *f, int error, trouble *t)
{
    trouble_set(t, TROUBLE_USER, "cannot write %s: %s", show(f->path, strlen(f->path)).text, strerror(error));
}

static void outfile_open(outfile *f, const char *path, trouble *t)
{
    struct stat s;
    *f = (outfile){path, NULL, -1};
    if (stat(path, &s) == 0 && !S_ISREG(s.st_mode)) {
        f->fd = open(path, O_WRONLY);
        if (f->fd < 0) {
            outfile_fail(f, errno, t);
        }
        return;
    }
    const size_t room_for = strlen(path) + 32;
    f->part = malloc(room_for);
    if (!f->part) {
        trouble_memory(t);
        return;
    }
    for (int i = 0; i < 100 && f->fd < 0; i++) {
        snprintf(f->part, room_for, "%s.%ld.%d.part", path, (long)getpid(), i);
        f->fd = open(f->part, O_RDWR | O_CREAT | O_EXCL, 0666);
        if (f->fd < 0 && errno != EEXIST) {
            break;
        }
    }
    if (f->fd < 0) {
        outfile_fail(f, errno, t);
        free(f->part);
        f->part = NULL;
    }
}

static void outfile_write(outfile *f, const char *data, size_t size, trouble *t)
{
    const int error = t->code ? 0 : write_all(f->fd, data, size);
    if (error) {
        outfile_fail(f, error, t);
    }
}

static void outfile_write_at_start(outfile *f, const char *data, size_t size, trouble *t)
{
    if (!t->code && lseek(f->fd, 0, SEEK_SET) != 0) {
        outfile_fail(f, errno, t);
    }
    outfile_write(f, data, size, t);
}

/* A symbolic link stays one: its end is replaced. */
static int outfile_rename(const outfile *f)
{
    struct stat s;
    if (lstat(f->path, &s) == 0 && S_ISLNK(s.st_mode)) {
        char *const end = realpath(f->path, NULL);
        if (end) {
            const int status = rename(f->part, end);
            free(end);
            return status;
        }
    }
    return rename(f->part, f->path);
}

static void outfile_keep(outfile *f, trouble *t)
{
    if (!t->code && close(f->fd) != 0) {
        f->fd = -1;
        outfile_fail(f, errno, t);
    } else if (!t->code) {
        f->fd = -1;
        if (f->part && outfile_rename(f) != 0) {
            outfile_fail(f, errno, t);
        }
    }
    if (t->code) {
        outfile_drop(f);
        return;
    }
    free(f->part);
    f->part = NULL;
}

static void outfile_drop(outfile *f)
{
    if (f->fd >= 0) {
        close(f->fd);
        f->fd = -1;
    }
    if (f->part) {
        unlink(f->part);
        free(f->part);
        f->part = NULL;
    }
}

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#endif

#include "mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static Mapping *first_mapping; /* the only way for a signal handler to know */
static struct sigaction before;

/* mmap is not on POSIX's list of what a handler may call; on the systems that have the signal it is a plain system call. */
static void on_bus_error(int number, siginfo_t *about, void *context)
{
    (void)number;
    (void)context;
    const uintptr_t address = (uintptr_t)about->si_addr;
    for (Mapping *m = first_mapping; m; m = m->next) {
        if (address >= (uintptr_t)m->data && address - (uintptr_t)m->data < m->bytes) {
            void *zeros = mmap((void *)(uintptr_t)m->data, m->bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
            m->lost = 1;
            if (zeros != MAP_FAILED) {
                return;
            }
        }
    }
    sigaction(SIGBUS, &before, NULL); /* not ours: the access is repeated and ends as it always would */
}

static void watch(Mapping *mapping)
{
    if (!first_mapping) {
        struct sigaction ours = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO};
        sigemptyset(&ours.sa_mask);
        sigaction(SIGBUS, &ours, &before);
    }
    mapping->next = first_mapping;
    first_mapping = mapping;
}

static void forget(Mapping *mapping)
{
    Mapping **link = &first_mapping;
    while (*link && *link != mapping) {
        link = &(*link)->next;
    }
    if (*link) {
        *link = mapping->next;
        if (!first_mapping) {
            sigaction(SIGBUS, &before, NULL);
        }
    }
}

/* Why the file cannot be mapped, or NULL. */
static const char *why_not(int file, struct stat *about)
{
    if (file < 0 || fstat(file, about) != 0) {
        return strerror(errno);
    }
    if (S_ISDIR(about->st_mode)) {
        return "is a directory, not a file";
    }
    if (!S_ISREG(about->st_mode)) {
        return "is not a regular file";
    }
    return (uintmax_t)about->st_size > SIZE_MAX / 2 ? "is too large for this machine" : NULL;
}

Mapping *mapping_open(Arena *arena, Diag *d, const char *path)
{
    struct stat about;
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* NONBLOCK: a FIFO is refused, not waited for */
    const char *why = why_not(file, &about);
    void *data = NULL;
    if (!why && about.st_size > 0) {
        data = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, file, 0);
        why = data == MAP_FAILED ? strerror(errno) : NULL;
    }
    if (why) {
        diag_error_file(d, path, "%s", why);
        if (file >= 0) {
            close(file);
        }
        return NULL;
    }
    Mapping *mapping = arena_new_of(arena, Mapping);
    *mapping = (Mapping){
        .path = arena_printf(arena, "%s", path),
        .data = data,
        .bytes = (size_t)about.st_size,
        .file = file,
        .changed = {about.st_mtim.tv_sec, about.st_mtim.tv_nsec},
    };
    watch(mapping);
    return mapping;
}

int mapping_check(const Mapping *mapping, Diag *d)
{
    struct stat about;
    const int same = fstat(mapping->file, &about) == 0 && (uintmax_t)about.st_size == mapping->bytes &&
                     about.st_mtim.tv_sec == mapping->changed[0] && about.st_mtim.tv_nsec == mapping->changed[1];
    if (same && !mapping->lost) {
        return 1;
    }
    diag_error_file(d, mapping->path, "was changed while it was being read");
    return 0;
}

void mapping_close(Mapping *mapping)
{
    forget(mapping);
    if (mapping->data) {
        munmap((void *)(uintptr_t)mapping->data, mapping->bytes);
    }
    close(mapping->file);
}

/* lines.c - lines of standard input, given out as soon as they are whole */
#include "cli.h"

enum { LINES_READ = 1 << 16 };

static int lines_ready(const lines *l, int wait)
{
    struct pollfd on[2] = {{l->fd, POLLIN, 0}, {l->wake, POLLIN, 0}};
    const nfds_t count = l->wake >= 0 ? 2 : 1;
    int n;
    do {
        n = poll(on, count, wait ? -1 : 0);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        return 1; /* the read will say what is wrong */
    }
    return count == 2 && on[1].revents ? -1 : on[0].revents != 0;
}

/* Reads once more; what was given out is dropped first. 0: nothing came. */
static int lines_more(lines *l, trouble *t)
{
    bytes *const held = &l->held;
    if (l->from > 0) {
        memmove(held->at, held->at + l->from, held->size - l->from);
        held->size -= l->from;
        l->looked -= l->from;
        l->from = 0;
    }
    void *at = held->at;
    if (held->size > SIZE_MAX - LINES_READ || !array_grow(&at, &held->room, held->size + LINES_READ, 1)) {
        trouble_memory(t);
        return 0;
    }
    held->at = at;
    ssize_t n;
    do {
        n = read(l->fd, held->at + held->size, LINES_READ);
    } while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return 1;
    }
    if (n < 0) {
        trouble_set(t, TROUBLE_USER, "cannot read standard input: %s", strerror(errno));
    }
    if (n <= 0) {
        l->ended = 1;
        return 0;
    }
    held->size += (size_t)n;
    return 1;
}

static line_state lines_next(lines *l, bytes *into, int wait, trouble *t)
{
    for (;;) {
        const char *const start = l->held.at ? l->held.at + l->from : "";
        const char *const newline = l->looked < l->held.size ? memchr(l->held.at + l->looked, '\n', l->held.size - l->looked) : NULL;
        if (newline) {
            bytes_add(into, start, (size_t)(newline - start));
            l->from = l->looked = (size_t)(newline - l->held.at) + 1;
            return LINE_READ;
        }
        l->looked = l->held.size;
        if (l->ended) {
            if (l->from == l->held.size) {
                return LINE_END;
            }
            bytes_add(into, start, l->held.size - l->from);
            l->from = l->held.size;
            return LINE_READ;
        }
        const int ready = lines_ready(l, wait);
        if (ready <= 0) {
            return ready < 0 ? LINE_STOP : LINE_LATER;
        }
        lines_more(l, t);
        if (t->code) {
            return LINE_STOP;
        }
    }
}

#include "command_keys.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#ifdef SINTER_EDITLINE
#include <histedit.h>
#endif

enum { HISTORY_LINES = 1000, LINE_LIMIT = 1 << 20 };

struct Keys {
    Arena *arena;
    KeysComplete complete;
    void *context;
    struct sigaction before; /* what Ctrl-C does while no line is read */
    sigset_t mask;           /* the signals that were blocked then */
#ifdef SINTER_EDITLINE
    EditLine *edit;
    History *history;
    const char *file; /* of the history; NULL: nowhere to keep it */
    const char *prompt;
#endif
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

/* Ctrl-C ends the reading of a line, and nothing else; what is computed it stops as anywhere. It comes in while a key is waited for
 * only, so none is missed between looking and waiting. */
static void catch_interrupt(Keys *keys)
{
    struct sigaction action = {.sa_handler = interrupt};
    sigset_t held;
    sigemptyset(&action.sa_mask);
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigprocmask(SIG_BLOCK, &held, &keys->mask);
    interrupted = 0;
    sigaction(SIGINT, &action, &keys->before);
}

static void release_interrupt(Keys *keys)
{
    sigaction(SIGINT, &keys->before, NULL);
    sigprocmask(SIG_SETMASK, &keys->mask, NULL);
}

/* 1, or 0: the end, -1: an error, or Ctrl-C. */
static int read_byte(const Keys *keys, char *byte)
{
    int ready;
    do {
        fd_set in;
        FD_ZERO(&in);
        FD_SET(STDIN_FILENO, &in);
        ready = pselect(STDIN_FILENO + 1, &in, NULL, NULL, NULL, &keys->mask);
    } while (ready < 0 && errno == EINTR && !interrupted);
    return ready < 0 ? -1 : (int)read(STDIN_FILENO, byte, 1);
}

static KeysRead ended(Keys *keys)
{
    const KeysRead how = interrupted ? KEYS_DROPPED : KEYS_END;
    release_interrupt(keys);
    fputs(how == KEYS_DROPPED ? "^C\n" : "\n", stdout);
    return how;
}

#ifdef SINTER_EDITLINE

/* $XDG_STATE_HOME/sinter/history, ~/.local/state where that is not set, its folders made; NULL: there is no such place. */
static const char *history_file(Arena *arena)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (!state || state[0] != '/') {
        state = home && home[0] == '/' ? arena_printf(arena, "%s/.local/state", home) : NULL;
    }
    if (!state) {
        return NULL;
    }
    char *path = arena_printf(arena, "%s/sinter/history", state);
    for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = 0;
        mkdir(path, 0700);
        *at = '/';
    }
    return path;
}

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* How many bytes all of them have in common. */
static size_t common(const KeysNames *names)
{
    size_t bytes = strlen(names->at[0]);
    for (int i = 1; i < names->n; i++) {
        size_t same = 0;
        while (same < bytes && names->at[i][same] == names->at[0][same]) {
            same++;
        }
        bytes = same;
    }
    return bytes;
}

static void list_names(const KeysNames *names)
{
    size_t width = 0, column = 0;
    for (int i = 0; i < names->n; i++) {
        width = strlen(names->at[i]) > width ? strlen(names->at[i]) : width;
    }
    putchar('\n');
    for (int i = 0; i < names->n; i++) {
        column += width + 2;
        if (column > 78 || i + 1 == names->n) {
            fprintf(stdout, "%s\n", names->at[i]);
            column = 0;
        } else {
            fprintf(stdout, "%-*s", (int)width + 2, names->at[i]);
        }
    }
    fflush(stdout);
}

/* The tabulator: what is common to all names that begin so, or else all of them. */
static unsigned char tabulator(EditLine *edit, int key)
{
    (void)key;
    Keys *keys;
    el_get(edit, EL_CLIENTDATA, &keys);
    const LineInfo *line = el_line(edit);
    const char *begin = line->cursor;
    while (begin > line->buffer && is_letter(begin[-1])) {
        begin--;
    }
    const size_t bytes = (size_t)(line->cursor - begin);
    const KeysNames names = keys->complete(keys->context, keys->arena, begin, bytes);
    if (!names.n) {
        return CC_ERROR;
    }
    const size_t same = common(&names);
    if (same > bytes) {
        return el_insertstr(edit, arena_printf(keys->arena, "%.*s", (int)(same - bytes), names.at[0] + bytes)) == 0 ? CC_REFRESH : CC_ERROR;
    }
    if (names.n > 1) {
        list_names(&names);
        return CC_REDISPLAY;
    }
    return CC_NORM;
}

/* A key, of one byte or several. libedit's own reading goes on after a signal; this ends with Ctrl-C. */
static int read_key(EditLine *edit, wchar_t *key)
{
    mbstate_t state = {0};
    Keys *keys;
    char byte;
    el_get(edit, EL_CLIENTDATA, &keys);
    for (;;) {
        const int n = read_byte(keys, &byte);
        const size_t length = n == 1 ? mbrtowc(key, &byte, 1, &state) : 0;
        if (n != 1 || length <= 1) {
            return n;
        }
        if (length == (size_t)-1) { /* no letter: it is dropped */
            state = (mbstate_t){0};
        }
    }
}

static char *prompt_of(EditLine *edit)
{
    Keys *keys;
    el_get(edit, EL_CLIENTDATA, &keys);
    return (char *)keys->prompt;
}

Keys *keys_open(Arena *arena, KeysComplete complete, void *context)
{
    HistEvent event;
    Keys *keys = arena_new_of(arena, Keys);
    *keys = (Keys){.arena = arena, .complete = complete, .context = context, .prompt = ""};
    if (!setlocale(LC_CTYPE, "") || MB_CUR_MAX == 1) {
        setlocale(LC_CTYPE, "C.UTF-8"); /* letters of more than a byte can be typed anywhere */
    }
    keys->file = history_file(arena);
    keys->history = history_init();
    keys->edit = el_init("sinter", stdin, stdout, stderr);
    history(keys->history, &event, H_SETSIZE, HISTORY_LINES);
    history(keys->history, &event, H_SETUNIQUE, 1);
    if (keys->file) {
        history(keys->history, &event, H_LOAD, keys->file);
    }
    el_set(keys->edit, EL_CLIENTDATA, keys);
    el_set(keys->edit, EL_EDITOR, "emacs");
    el_set(keys->edit, EL_PROMPT, prompt_of);
    el_set(keys->edit, EL_GETCFN, read_key);
    el_set(keys->edit, EL_HIST, history, keys->history);
    el_set(keys->edit, EL_ADDFN, "sinter-complete", "completes a name", tabulator);
    el_set(keys->edit, EL_BIND, "\t", "sinter-complete", NULL);
    el_set(keys->edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
    el_source(keys->edit, NULL); /* ~/.editrc */
    return keys;
}

KeysRead keys_line(Keys *keys, const char *prompt, const char **line)
{
    HistEvent event;
    int bytes = 0;
    keys->prompt = prompt;
    catch_interrupt(keys);
    el_resize(keys->edit);
    const char *text = el_gets(keys->edit, &bytes);
    if (!text || bytes <= 0) {
        return ended(keys);
    }
    release_interrupt(keys);
    bytes -= text[bytes - 1] == '\n';
    *line = arena_printf(keys->arena, "%.*s", bytes, text);
    if (bytes > 0) {
        history(keys->history, &event, H_ENTER, *line);
    }
    return KEYS_LINE;
}

void keys_close(Keys *keys)
{
    HistEvent event;
    if (keys->file) {
        history(keys->history, &event, H_SAVE, keys->file);
    }
    history_end(keys->history);
    el_end(keys->edit);
}

#else

Keys *keys_open(Arena *arena, KeysComplete complete, void *context)
{
    Keys *keys = arena_new_of(arena, Keys);
    *keys = (Keys){.arena = arena, .complete = complete, .context = context};
    return keys;
}

KeysRead keys_line(Keys *keys, const char *prompt, const char **line)
{
    VEC(char) text = {0};
    char byte = 0;
    catch_interrupt(keys);
    fputs(prompt, stdout);
    fflush(stdout);
    int n = read_byte(keys, &byte);
    for (; n == 1 && byte != '\n' && text.n < LINE_LIMIT; n = read_byte(keys, &byte)) {
        vec_push(keys->arena, text, byte);
    }
    if (n != 1 && (interrupted || text.n == 0)) {
        return ended(keys);
    }
    release_interrupt(keys);
    vec_push(keys->arena, text, 0);
    *line = text.at;
    return KEYS_LINE;
}

void keys_close(Keys *keys)
{
    (void)keys;
}

#endif

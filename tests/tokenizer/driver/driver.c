/* driver.c - runs a generated tokenizer on the requests of stdin
 *
 * A request: int32 flags, int32 room, int32 size, the text, int32 size of the pair or -1, the pair. The answer is a line: the returned
 * count, then id:type:begin:end of what was written. With "--time N" it is one line, the seconds of N rounds over all requests. */
#include "tiny.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REQUESTS = 1 << 20 };

typedef struct Request {
    int32_t flags, room;
    tiny_text text, pair;
    int paired;
} Request;

static int read_number(int32_t *n)
{
    return fread(n, sizeof *n, 1, stdin) == 1;
}

/* Exactly the bytes and no more, so that a sanitizer sees who reads beyond them. */
static tiny_text read_text(int32_t size)
{
    char *bytes = malloc((size_t)size + (size == 0));
    if (!bytes || fread(bytes, 1, (size_t)size, stdin) != (size_t)size) {
        exit(2);
    }
    const tiny_text text = {bytes, (size_t)size};
    return text;
}

static int read_request(Request *r)
{
    int32_t size;
    if (!read_number(&r->flags) || !read_number(&r->room) || !read_number(&size)) {
        return 0;
    }
    r->text = read_text(size);
    r->paired = read_number(&size) && size >= 0;
    if (r->paired) {
        r->pair = read_text(size);
    }
    return 1;
}

static int32_t run(const Request *r, tiny_token *token)
{
    return tiny_tokenize(&r->text, r->paired ? &r->pair : NULL, (unsigned)r->flags, token, r->room);
}

static void answer(const Request *r)
{
    tiny_token *token = malloc(sizeof *token * ((size_t)r->room + 1));
    if (!token) {
        exit(2);
    }
    memset(token, 0x55, sizeof *token * ((size_t)r->room + 1));
    const int32_t n = run(r, token);
    printf("%d", (int)n);
    for (int32_t i = 0; i < n && i < r->room; i++) {
        printf(" %d:%d:%d:%d", (int)token[i].id, (int)token[i].type, (int)token[i].begin, (int)token[i].end);
    }
    printf("%s\n", token[r->room].id == 0x55555555 ? "" : " OVERRUN");
    free(token);
}

static void measure(const Request *request, int n, int rounds)
{
    static tiny_token token[1 << 16];
    int64_t tokens = 0;
    const clock_t begin = clock();
    for (int i = 0; i < rounds; i++) {
        for (int k = 0; k < n; k++) {
            tokens += run(&request[k], token);
        }
    }
    printf("%.6f seconds, %.0f tokens\n", (double)(clock() - begin) / CLOCKS_PER_SEC, (double)tokens);
}

int main(int argc, char **argv)
{
    Request *request = malloc(sizeof *request * REQUESTS);
    int n = 0;
    while (request && n < REQUESTS && read_request(&request[n])) {
        n++;
    }
    if (argc == 3 && strcmp(argv[1], "--time") == 0) {
        measure(request, n, atoi(argv[2]));
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "--texts") == 0) {
        for (int32_t id = -1; id <= TINY_IDS; id++) {
            size_t size;
            const char *text = tiny_token_text(id, &size);
            printf("%d %d %s\n", (int)id, (int)size, text);
        }
    }
    for (int i = 0; i < n; i++) {
        answer(&request[i]);
        free((void *)(uintptr_t)request[i].text.bytes);
        if (request[i].paired) {
            free((void *)(uintptr_t)request[i].pair.bytes);
        }
    }
    free(request);
    return 0;
}

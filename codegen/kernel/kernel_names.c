/* Words for what a kernel is made of, each once: three sums are total, total2 and total3 to people. */
#include "kernel_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static Str word_of(Plan *p, const Node *node)
{
    Str cname = node->named || node->kind != NODE_EQ ? NULL : plan_info(p, node)->cname;
    return cname ? cname : node->name ? node->name : str_of("value");
}

static int knows(const KernelNames *names, const Node *node)
{
    for (int i = 0; i < names->n; i++) {
        if (names->at[i].node == node) {
            return 1;
        }
    }
    return 0;
}

static int is_taken(const KernelNames *names, Str word)
{
    for (int i = 0; i < names->n; i++) {
        if (names->at[i].word == word) {
            return 1;
        }
    }
    return 0;
}

static int is_authors(const Node *node)
{
    return node->named || node->kind != NODE_EQ;
}

/* The author's words are kept as they are; a made word takes a number where it is taken. */
static void add(Plan *p, KernelNames *names, const Node *node)
{
    Str wish = word_of(p, node), word = wish;
    if (knows(names, node)) {
        return;
    }
    for (int k = 2; !is_authors(node) && is_taken(names, word); k++) {
        word = str_format("%s%d", wish, k);
    }
    const KernelName one = {node, word};
    vec_push(p->arena, *names, one);
}

static void collect(Plan *p, NodeList *list, const Expr *e)
{
    if (!e) {
        return;
    }
    if (e->kind == EX_READ) {
        vec_push(p->arena, *list, e->node);
    }
    collect(p, list, e->otherwise);
    for (int i = 0; i < e->n; i++) {
        collect(p, list, e->kid[i]);
    }
}

/* All that is printed of it, in that order. */
static NodeList nodes_of(Plan *p, const Kernel *k)
{
    NodeList list = {0};
    for (int i = 0; i < k->part.n; i++) {
        const Part *part = &k->part.at[i];
        vec_push(p->arena, list, part->result);
        collect(p, &list, part->predicate.low);
        collect(p, &list, part->predicate.high);
        for (int h = 0; h < k->form->holes; h++) {
            collect(p, &list, part->bind[h].value);
        }
    }
    for (int i = 0; i < k->inside.n; i++) {
        vec_push(p->arena, list, k->inside.at[i]);
        collect(p, &list, k->inside.at[i]->body);
    }
    for (int i = 0; i < k->stored.n; i++) {
        vec_push(p->arena, list, k->stored.at[i].node);
        collect(p, &list, k->stored.at[i].value);
    }
    return list;
}

KernelNames kernel_names(Plan *p, const Kernel *k)
{
    KernelNames names = {0};
    const NodeList list = nodes_of(p, k);
    for (int authors = 1; authors >= 0; authors--) {
        for (int i = 0; i < list.n; i++) {
            if (is_authors(list.at[i]) == authors) {
                add(p, &names, list.at[i]);
            }
        }
    }
    return names;
}

Str kernel_name(const KernelNames *names, const Node *node)
{
    for (int i = 0; i < names->n; i++) {
        if (names->at[i].node == node) {
            return names->at[i].word;
        }
    }
    return node->name ? node->name : str_of("value");
}

/* Of "total.17[t]": the bytes of "total", which may have dots of its own, and of ".17"; 0: no node is meant. */
static size_t name_bytes(const char *text, size_t *number)
{
    size_t n = 0, digits = 0;
    while (isalnum((unsigned char)text[n]) || (text[n] && strchr("_'.", text[n]))) {
        n++;
    }
    while (digits < n && isdigit((unsigned char)text[n - 1 - digits])) {
        digits++;
    }
    *number = digits && digits < n && text[n - 1 - digits] == '.' && text[n] == '[' ? digits + 1 : 0;
    return n - *number;
}

static Str word_of_id(const KernelNames *names, int id)
{
    for (int i = 0; i < names->n; i++) {
        if (names->at[i].node->id == id) {
            return names->at[i].word;
        }
    }
    return NULL;
}

static void put_named(const KernelNames *names, const char *text, FILE *out)
{
    for (size_t number = 0; *text;) {
        const size_t n = name_bytes(text, &number), quoted = *text == '"' ? strcspn(text + 1, "\"") + 2 : 0;
        Str word = number ? word_of_id(names, atoi(text + n + 1)) : NULL;
        const size_t bytes = n ? n : quoted ? quoted : number ? 0 : 1;
        fprintf(out, "%.*s", word ? 0 : (int)bytes, text);
        fputs(word ? word : "", out);
        text += bytes + number;
    }
}

Str kernel_expr_text(const KernelNames *names, const Expr *e)
{
    char *text = NULL, *named = NULL;
    size_t bytes = 0, all = 0;
    FILE *plain = open_memstream(&text, &bytes), *out = open_memstream(&named, &all);
    if (!plain || !out) {
        return str_of("?");
    }
    expr_print(e, plain);
    fclose(plain);
    put_named(names, text, out);
    fclose(out);
    Str made = str_of_n(named, all);
    free(text);
    free(named);
    return made;
}

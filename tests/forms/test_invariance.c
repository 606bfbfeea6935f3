/* The order of operands and the seed of the hash table do not matter: every text is read twice, once with the operands of all commutative
 * operators swapped and another seed, and its normal form is printed alike. What is built again from its own parts stays. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../codegen/normal/normal.h"
#include "../../compiler/check.h"
#include "../../compiler/command.h"
#include "../../compiler/import/import.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

static int texts, wrong;

/* ---- swapped ------------------------------------------------------------------------------------------------------------------------- */

static Expr *swapped(Graph *graph, const Expr *e)
{
    static const Op commutative[] = {OP_ADD, OP_MUL, OP_AND, OP_OR, OP_MIN, OP_MAX, OP_EQ, OP_NE};
    if (!e) {
        return NULL;
    }
    Expr *copy = arena_new_of(graph->arena, Expr);
    *copy = *e;
    copy->kid = arena_array(graph->arena, Expr *, e->n);
    for (int k = 0; k < e->n; k++) {
        copy->kid[k] = swapped(graph, e->kid[k]);
    }
    copy->otherwise = swapped(graph, e->otherwise);
    for (size_t i = 0; i < sizeof commutative / sizeof *commutative && e->kind == EX_OP; i++) {
        if (e->op == commutative[i]) {
            copy->kid[0] = swapped(graph, e->kid[1]);
            copy->kid[1] = swapped(graph, e->kid[0]);
        }
    }
    return copy;
}

static void swap_node(Graph *graph, Node *node)
{
    if (node->kind == NODE_EQ) {
        node->body = swapped(graph, node->body);
        node->where = swapped(graph, node->where);
        node->empty = swapped(graph, node->empty);
    }
}

static void swap_all(Graph *graph)
{
    for (int u = 0; u < graph->units.n; u++) {
        const Unit *unit = graph->units.at[u];
        for (int s = 0; s < unit->step.n; s++) {
            if (unit->step.at[s].kind == STEP_NODE) {
                swap_node(graph, unit->step.at[s].node);
            }
        }
    }
}

/* ---- texts --------------------------------------------------------------------------------------------------------------------------- */

/* NULL: it has errors. */
static Graph *graph_of(Arena *arena, const char *path, const char *folder)
{
    const char *why = NULL;
    Diag *d = diag_new(arena);
    const Source *text = path ? source_of_file(arena, path, 1 << 20, &why) : import_text(arena, d, folder, folder);
    const Library lib = command_library(arena);
    const CheckInput input = {text, folder, lib.at, lib.n};
    return text ? check_model(arena, d, &input) : NULL;
}

static char *printed(Arena *arena, Graph *graph, uint64_t seed)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    norm_dump(graph, seed, out);
    fclose(out);
    char *copy = arena_printf(arena, "%s", text);
    free(text);
    return copy;
}

static void show_difference(const char *name, const char *a, const char *b)
{
    while (*a) {
        const size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");
        if (n != m || strncmp(a, b, n) != 0) {
            print_message("%s:\n%.*s\n%.*s\n", name, (int)n, a, (int)m, b);
            return;
        }
        a += n + (a[n] == '\n');
        b += m + (b[m] == '\n');
    }
}

static void compare(const char *path, const char *folder)
{
    Arena *arena = arena_new();
    Graph *graph = graph_of(arena, path, folder);
    if (graph) {
        const char *first = printed(arena, graph, 1);
        swap_all(graph);
        const char *second = printed(arena, graph, 99991);
        texts++;
        norm_rewrite(graph, 3);
        const char *broken = graph_verify(graph);
        if (broken) {
            wrong++;
            print_message("%s: rewritten, %s\n", path ? path : folder, broken);
        }
        if (strcmp(first, second) != 0) {
            wrong++;
            show_difference(path ? path : folder, first, second);
        }
    }
    arena_free(arena);
    str_forget();
}

static const char *source(void)
{
    const char *folder = getenv("SINTER_SOURCE");
    return folder ? folder : "../..";
}

static void each(const char *pattern, void visit(const char *path))
{
    glob_t found;
    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            visit(found.gl_pathv[i]);
        }
        globfree(&found);
    }
}

static void beside(const char *path)
{
    char folder[1024];
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    compare(path, folder);
}

static void model(const char *config)
{
    char folder[1024], path[2048];
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(config, '/') - config), config);
    snprintf(path, sizeof path, "%s/examples/systems/%s.sinter", source(), strrchr(folder, '/') + 1);
    FILE *text = fopen(path, "r");
    if (text) {
        fclose(text);
    }
    compare(text ? path : NULL, folder);
}

static void small_texts(void **state)
{
    char pattern[1024];
    (void)state;
    texts = wrong = 0;
    snprintf(pattern, sizeof pattern, "%s/tests/check/*.sinter", source());
    each(pattern, beside);
    print_message("%d texts, %d differ\n", texts, wrong);
    assert_true(texts > 30);
    assert_int_equal(wrong, 0);
}

static void systems_and_models(void **state)
{
    char pattern[1024];
    const char *cases = getenv("SINTER_CASES");
    (void)state;
    texts = wrong = 0;
    for (int hf = 0; hf < 2 && cases; hf++) {
        snprintf(pattern, sizeof pattern, "%s/%s/*/config.json", cases, hf ? "hf" : "systems");
        each(pattern, model);
    }
    print_message(texts ? "%d texts, %d differ\n" : "skipped: the observed cases are not here\n", texts, wrong);
    assert_int_equal(wrong, 0);
}

/* With arguments: those texts. */
int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        beside(argv[i]);
    }
    if (argc > 1) {
        return wrong > 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(small_texts), cmocka_unit_test(systems_and_models)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

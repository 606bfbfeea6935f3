/* A head in normal form: its text through the front end, its holes as holes. */
#include "covering.h"

#include "head_graph.h"

#include <string.h>

typedef struct HoleView {
    const Form *form;
    const Graph *graph;
} HoleView;

static NormView view_of(void *context, Node *node)
{
    const HoleView *v = context;
    for (int i = 0; i < v->graph->inputs.n; i++) {
        if (v->graph->inputs.at[i] == node) {
            return (NormView){.node = node, .hole = i};
        }
    }
    return (NormView){.node = node, .inlined = node->kind == NODE_EQ, .hole = -1};
}

static const HeadField *field_of(const HeadField *field, int n, const char *key)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(field[i].key, key) == 0) {
            return &field[i];
        }
    }
    return NULL;
}

/* "need m, n", "grid m" */
static int read_roles(Diag *d, const HeadField *field, Form *form)
{
    for (const char *at = field ? field->text : ""; *at; at++) {
        if (*at < 'a' || *at > 'z') {
            continue;
        }
        const int r = form_role(form, *at);
        if (r < 0) {
            diag_error(d, field->span, "'%c' is no role of '%s'", *at, form->name);
            return 0;
        }
        *(field->key[0] == 'n' ? &form->role[r].needed : &form->role[r].grid) = 1;
    }
    return 1;
}

static int read_when(Arena *arena, Diag *d, const HeadField *field, Form *form)
{
    if (!field) {
        return 1;
    }
    Str error = NULL;
    form->head->when = condition_parse(arena, field->text, &error);
    if (error) {
        diag_error(d, field->span, "the condition of '%s' cannot be read: %s", form->name, error);
    }
    return !error;
}

static double one(const void *context, char role)
{
    (void)context;
    (void)role;
    return 1;
}

/* How much memory it asks for; here only whether that can be read. */
static int read_amount(Arena *arena, Diag *d, const HeadField *field, const Form *form)
{
    const Facts facts = {.size = one};
    Str error = NULL;
    if (field) {
        (void)condition_number(arena, field->text, &facts, &error);
    }
    if (error) {
        diag_error(d, field->span, "the shared memory of '%s' cannot be read: %s", form->name, error);
    }
    return !error;
}

/* "$a in place or staged; $w load-time layout panel48", "$d fades t u": words about each hole. */
static void read_holes(const HeadField *field, Form *form)
{
    for (int h = 0; field && h < form->holes; h++) {
        const char *at = strstr(field->text, form->hole[h].name), *end = at ? strchr(at, ';') : NULL;
        const char *word = at ? strstr(at, "load-time") : NULL, *fades = at ? strstr(at, "fades ") : NULL;
        form->hole[h].load_time |= word && (!end || word < end);
        if (fades && strlen(fades) >= strlen("fades t u")) {
            form->hole[h].fades[0] = fades[6];
            form->hole[h].fades[1] = fades[8];
        }
    }
}

/* Both roles that a hole fades along are there. */
static int knows_fades(Diag *d, const HeadField *field, const Form *form)
{
    for (int h = 0; h < form->holes; h++) {
        for (int i = 0; i < 2; i++) {
            const char letter = form->hole[h].fades[i];
            if (letter && form_role(form, letter) < 0) {
                diag_error(d, field->span, "%s fades along '%c', which is no role of '%s'", form->hole[h].name, letter, form->name);
                return 0;
            }
        }
    }
    return 1;
}

static int normalise(Arena *arena, Graph *graph, Form *form)
{
    Head *head = form->head;
    HoleView view = {form, graph};
    head->norm = norm_new(arena, graph, 1);
    NormGraph *g = norm_graph_new(head->norm, view_of, &view);
    const char *why = NULL;
    Node *output = graph->outputs.at[0];
    head->root = norm_equation(g, output, &why);
    for (int r = 0; r < form->roles; r++) {
        for (int k = 0; k < graph->dims.n; k++) {
            if (graph->dims.at[k]->name[0] == form->role[r].letter && !graph->dims.at[k]->name[1]) {
                head->letter[r] = norm_fresh(head->norm, graph->dims.at[k]);
            }
        }
    }
    if (!head->root) {
        return 0;
    }
    NormExpr *axis[NORM_AXES], *to[NORM_AXES];
    for (int k = 0; k < output->free.n; k++) {
        axis[k] = norm_var(head->norm, k, output->free.at[k]->dim);
        to[k] = head->letter[form_role(form, output->free.at[k]->dim->name[0])];
    }
    head->root = norm_replace(head->norm, head->root, output->free.n, axis, to);
    head->wanted = -1;
    if (head->root->kind == NORM_SELECT && head->root->kid[0]->kind == NORM_HOLE && norm_is_num(head->root->kid[2], 0)) {
        head->wanted = head->root->kid[0]->var;
        head->root = head->root->kid[1];
    }
    NormNodes nodes = {0};
    norm_nodes(head->norm, head->root, &nodes);
    head->formula = nodes.n > 1;
    head->map = nodes.n == 0;
    return 1;
}

Form *form_read(Arena *arena, Diag *d, const HeadField *field, int n)
{
    Form *form = arena_new_of(arena, Form);
    HeadText text = {0};
    const HeadField *equation = field_of(field, n, "form");
    if (!equation || !head_text(arena, d, equation, form, &text)) {
        return NULL;
    }
    form->head = arena_new_of(arena, Head);
    form->head->any = text.any;
    form->head->row = text.row;
    Graph *graph = head_graph(arena, d, form->name, text.text);
    const HeadField *prefer = field_of(field, n, "prefer");
    const HeadField *along = field_of(field, n, "along");
    form->head->along = along ? along->text[0] : 0;
    form->head->prefer_load_time = prefer && strstr(prefer->text, "load-time") != NULL;
    read_holes(field_of(field, n, "hole"), form);
    for (int i = 0; i < n; i++) {
        if (strcmp(field[i].key, "hole") == 0) {
            read_holes(&field[i], form);
        }
    }
    return graph && knows_fades(d, equation, form) && read_roles(d, field_of(field, n, "need"), form) &&
                   read_roles(d, field_of(field, n, "grid"), form) && read_when(arena, d, field_of(field, n, "when"), form) &&
                   read_amount(arena, d, field_of(field, n, "shared"), form) && normalise(arena, graph, form)
               ? form
               : NULL;
}

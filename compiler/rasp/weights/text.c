/* text.c - the model text: a table of what stands where, and the layers as equations */
#include "stack.h"

#include <string.h>

enum { WIDEST = 130, INDENT = 15, SELECTOR_DEEPEST = 6 };

/* ---- the table --------------------------------------------------------------------------------------------------------------------- */

static const char *atom_text(Arena *arena, const Atom *a)
{
    const char *text = atom_str_of(arena, a);
    return arena_printf(arena, a->type == ATOM_STR ? "\"%s\"" : "%s", text);
}

/* Words of a comment, as many on a line as fit. */
typedef struct Words {
    FILE *out;
    int column;
} Words;

static void put_word(Words *w, const char *word)
{
    const int width = (int)strlen(word) + 1;
    if (w->column + width > WIDEST) {
        fprintf(w->out, "\n#%*s", INDENT - 1, "");
        w->column = INDENT;
    }
    fputc(' ', w->out);
    for (const char *c = word; *c; c++) { /* a comment is one line */
        fputc((unsigned char)*c < ' ' ? ' ' : *c, w->out);
    }
    w->column += width;
}

static const char *label_text(Arena *arena, const Space *space, int value)
{
    return space->label ? space->label[value] : atom_text(arena, &space->value.at[value]);
}

static void put_values(Words *w, Arena *arena, const Space *space)
{
    for (int k = 0; k < space->size; k++) {
        put_word(w, label_text(arena, space, space->holds[k]));
    }
    if (space->other >= 0) {
        put_word(w, arena_printf(arena, "(all 0: %s)", label_text(arena, space, space->other)));
    }
}

static void space_row(const Stack *s, const Space *space, FILE *out)
{
    char place[32];
    snprintf(place, sizeof place, space->size > 1 ? "%d..%d" : "%d", space->first, space->first + space->size - 1);
    const char *head = arena_printf(s->t->arena, "#   %-10s %s: %s", place, space->name, space->meaning);
    if (space->size) {
        Words words = {out, (int)strlen(head)};
        fputs(head, out);
        if (!space->number) {
            put_word(&words, "-");
            put_values(&words, s->t->arena, space);
        }
        fputc('\n', out);
    }
}

static const char *selector_text(const Stack *s, const Selector *x, int depth)
{
    Transformer *t = s->t;
    if (depth > SELECTOR_DEEPEST) {
        return "..";
    }
    switch (x->kind) {
    case SEL_NOT: return arena_printf(t->arena, "not (%s)", selector_text(s, x->a, depth + 1));
    case SEL_AND: case SEL_OR:
        return arena_printf(t->arena, "(%s) %s (%s)", selector_text(s, x->a, depth + 1), x->kind == SEL_AND ? "and" : "or",
                            selector_text(s, x->b, depth + 1));
    case SEL_COMPARE: break;
    }
    return arena_printf(t->arena, "key %s %s query %s", transformer_name(t, x->key), rasp_op_name[x->op], transformer_name(t, x->query));
}

static const Space *space_of(const Stack *s, int direction)
{
    const Space *found = NULL;
    for (int i = 0; i < s->t->space.n && !found; i++) {
        const Space *space = s->t->space.at[i];
        found = direction >= space->first && direction < space->first + space->size ? space : NULL;
    }
    return found;
}

static void head_row(const Stack *s, const Head *head, int layer, int number, FILE *out)
{
    fprintf(out, "#   layer %d, head %d: %s%s%s%s -> ", layer, number, head->selector->name ? head->selector->name : "",
            head->selector->name ? ": " : "", head->selector->fixed == 1 ? "all" : selector_text(s, head->selector, 0),
            head->counts ? ", and the first position" : "");
    const Space *last = NULL;
    for (int k = 0; k < head->brought.n; k++) {
        const Space *space = space_of(s, head->brought.at[k].direction);
        if (space && space != last) {
            fprintf(out, "%s%s", last ? ", " : "", space->name);
        }
        last = space;
    }
    fputc('\n', out);
}

/* The space that a unit writes to; units of one space stand together. */
static const Space *target_of(const Stack *s, const Hidden *hidden)
{
    return hidden->out.n ? space_of(s, hidden->out.at[0].direction) : NULL;
}

static void layer_rows(const Stack *s, int number, FILE *out)
{
    const Layer *layer = &s->layer.at[number];
    for (int i = 0; i < layer->head.n; i++) {
        head_row(s, layer->head.at[i], number, i, out);
    }
    for (int i = 0; i < layer->hidden.n;) {
        const Space *space = target_of(s, layer->hidden.at[i]);
        int end = i + 1;
        while (end < layer->hidden.n && target_of(s, layer->hidden.at[end]) == space) {
            end++;
        }
        fprintf(out, "#   layer %d, hidden units %d..%d -> %s\n", number, i, end - 1, space ? space->name : "");
        i = end;
    }
}

static void table(const Stack *s, FILE *out)
{
    const Transformer *t = s->t;
    const char *slash = strrchr(t->p->source->name, '/');
    const char *head = arena_printf(t->arena, "# %s as a transformer, of at most %d tokens:", slash ? slash + 1 : t->p->source->name,
                                    t->longest);
    Words words = {out, (int)strlen(head)};
    fputs(head, out);
    for (int i = 0; i < t->vocab.n; i++) {
        put_word(&words, atom_text(t->arena, &t->vocab.at[i]));
    }
    fputs("\n#\n# The residual stream. A space of several directions holds 1 where it is this value, else 0; a space of one, a number.\n",
          out);
    fputs("#   0          bos: 1 at the first position, which holds no token\n#   1          here: 1 at every token\n", out);
    for (int i = 0; i < t->space.n; i++) {
        space_row(s, t->space.at[i], out);
    }
    fputs("#\n# Heads: a position looks at the first position where no other is selected. Hidden units: steps of numbers, and conditions"
          "\n# that hold together.\n",
          out);
    for (int i = 0; i < s->layer.n; i++) {
        layer_rows(s, i, out);
    }
    fputc('\n', out);
}

/* ---- equations --------------------------------------------------------------------------------------------------------------------- */

static const char attend_text[] = "fn attend[h,k,e](x[s,d]) {\n"
                                  "  query[s,h,k] = sum[d] \"query\"[h,k,d] * x[s,d]\n"
                                  "  key[s,h,k] = sum[d] \"key\"[h,k,d] * x[s,d]\n"
                                  "  value[s,h,e] = sum[d] \"value\"[h,e,d] * x[s,d]\n"
                                  "  look[h,s,s'] = softmax[s'] sum[k] query[s,h,k] * key[s',h,k]\n"
                                  "  brought[s,h,e] = sum[s'] look[h,s,s'] * value[s',h,e]\n"
                                  "  added[s,d] = sum[h,e] \"output\"[d,h,e] * brought[s,h,e]\n"
                                  "  return added\n"
                                  "}\n\n";

static const char feed_text[] = "fn feed[f](x[s,d]) {\n"
                                "  hidden[s,f] = max(0, sum[d] \"in\"[f,d] * x[s,d])\n"
                                "  added[s,d] = sum[f] \"out\"[d,f] * hidden[s,f]\n"
                                "  return added\n"
                                "}\n\n";

static int uses(const Stack *s, int heads)
{
    int any = 0;
    for (int i = 0; i < s->layer.n; i++) {
        any |= heads ? s->layer.at[i].head.n > 0 : s->layer.at[i].hidden.n > 0;
    }
    return any;
}

static void dims(const Stack *s, FILE *out)
{
    const Transformer *t = s->t;
    fputs("config c = \"config.json\"\n", out);
    fprintf(out, "let words = len(c.vocab)\ndim d = %d, v = words%s\n", t->directions, vocab_is_characters(t) ? " * 2" : "");
    for (int i = 0; i < s->layer.n; i++) {
        const Layer *layer = &s->layer.at[i];
        if (layer->head.n) {
            fprintf(out, "dim h_%d = %d, k_%d = %d, e_%d = %d\n", i, layer->head.n, i, layer->keys, i, layer->values);
        }
        if (layer->hidden.n) {
            fprintf(out, "dim f_%d = %d\n", i, layer->hidden.n);
        }
    }
    fputs("ragged t <= c.max_length\nragged s = len(t) + 1\nweights \"model.safetensors\"\n", out);
    if (vocab_has_text(t)) {
        fputs("tokenizer \"tokenizer.json\"\n", out);
    }
}

static void results(const Stack *s, FILE *out)
{
    const Transformer *t = s->t;
    for (int i = 0; i < t->result.n; i++) {
        const Result *r = &t->result.at[i];
        const char *read = arena_printf(t->arena, "sum[d] \"output.%s\"[d] * x[t + 1,d]", r->name);
        if (r->labels) {
            fprintf(out, "dim y_%d = c.labels[\"%s\"]\noutput %s[t,y_%d] = sum[d] \"output.%s\"[y_%d,d] * x[t + 1,d]\n", i, r->name,
                    r->name, i, r->name, i);
        } else {
            fprintf(out, "output %s[t] = %s%s%s\n", r->name,
                    r->bools   ? "("
                    : r->whole ? "int(round("
                               : "",
                    read,
                    r->bools   ? ") > 0.5"
                    : r->whole ? "))"
                               : "");
        }
    }
}

void text_write(const Stack *s, FILE *out)
{
    table(s, out);
    dims(s, out);
    fputs("\ninput tok[t]: v\n\n", out);
    fputs(uses(s, 1) ? attend_text : "", out);
    fputs(uses(s, 0) ? feed_text : "", out);
    fprintf(out, "x[s,d] = s == 0 ? \"embedding.bos\"[d] : \"embedding.token\"[tok[s - 1] mod words,d]%s\n",
            has_positions(s->t) ? " + \"embedding.position\"[s - 1,d]" : "");
    for (int i = 0; i < s->layer.n; i++) {
        if (s->layer.at[i].head.n) {
            fprintf(out, "x = x + attend[h_%d,k_%d,e_%d](\"layer.%d.attention\", x)\n", i, i, i, i);
        }
        if (s->layer.at[i].hidden.n) {
            fprintf(out, "x = x + feed[f_%d](\"layer.%d.mlp\", x)\n", i, i);
        }
    }
    fputc('\n', out);
    results(s, out);
}

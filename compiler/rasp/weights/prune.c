/* prune.c - what nobody reads goes */
#include "transformer.h"

static int mark(const Form *form, char *read)
{
    int fresh = 0;
    for (int i = 0; i < form->term.n; i++) {
        if (form->term.at[i].weight != 0 && !read[form->term.at[i].direction]) {
            read[form->term.at[i].direction] = 1;
            fresh = 1;
        }
    }
    return fresh;
}

static int mark_head(const Head *head, char *read)
{
    int fresh = 0, used = 0;
    for (int i = 0; i < head->brought.n; i++) {
        if (read[head->brought.at[i].direction]) {
            used = 1;
            fresh |= mark(&head->brought.at[i].value, read);
        }
    }
    for (int i = 0; i < head->score.n && used; i++) {
        fresh |= mark(&head->score.at[i].key, read);
        fresh |= mark(&head->score.at[i].query, read);
    }
    return fresh;
}

static int is_read(const Hidden *hidden, const char *read)
{
    int any = 0;
    for (int i = 0; i < hidden->out.n; i++) {
        any |= read[hidden->out.at[i].direction];
    }
    return any;
}

static void mark_all(Transformer *t, char *read)
{
    read[DIRECTION_BOS] = read[DIRECTION_HERE] = 1;
    for (int i = 0; i < t->result.n; i++) {
        mark(&t->result.at[i].number, read);
        for (int k = 0; k < t->result.at[i].is.n; k++) {
            mark(&t->result.at[i].is.at[k], read);
        }
    }
    for (int fresh = 1; fresh;) {
        fresh = 0;
        for (int i = 0; i < t->head.n; i++) {
            fresh |= mark_head(t->head.at[i], read);
        }
        for (int i = 0; i < t->hidden.n; i++) {
            fresh |= is_read(&t->hidden.at[i], read) && mark(&t->hidden.at[i].in, read);
        }
    }
}

/* ---- new numbers ------------------------------------------------------------------------------------------------------------------- */

static void renumber(Form *form, const int *place)
{
    int kept = 0;
    for (int i = 0; i < form->term.n; i++) {
        const Term term = form->term.at[i];
        if (place[term.direction] >= 0 && term.weight != 0) {
            form->term.at[kept++] = (Term){place[term.direction], term.weight};
        }
    }
    form->term.n = kept;
}

static Form renumbered(Transformer *t, const Form *form, const int *place)
{
    Form own = {.ready = form->ready}; /* forms share their terms */
    form_add(t->arena, &own, form, 1);
    renumber(&own, place);
    return own;
}

static void keep_heads(Transformer *t, const int *place)
{
    int heads = 0;
    for (int i = 0; i < t->head.n; i++) {
        Head *head = t->head.at[i];
        int kept = 0;
        for (int k = 0; k < head->brought.n; k++) {
            const Brought b = head->brought.at[k];
            if (place[b.direction] >= 0) {
                head->brought.at[kept++] = (Brought){renumbered(t, &b.value, place), b.at_bos, place[b.direction]};
            }
        }
        head->brought.n = kept;
        for (int k = 0; k < head->score.n && kept; k++) {
            Score *score = &head->score.at[k];
            *score = (Score){renumbered(t, &score->key, place), renumbered(t, &score->query, place)};
        }
        if (kept) {
            t->head.at[heads++] = head;
        }
    }
    t->head.n = heads;
}

static void keep_hidden(Transformer *t, const char *read, const int *place)
{
    int kept = 0;
    for (int i = 0; i < t->hidden.n; i++) {
        Hidden hidden = t->hidden.at[i];
        if (is_read(&hidden, read)) {
            Form out = {.term = {hidden.out.at, hidden.out.n, hidden.out.cap}};
            renumber(&out, place);
            hidden.out.n = out.term.n;
            hidden.in = renumbered(t, &hidden.in, place);
            t->hidden.at[kept++] = hidden;
        }
    }
    t->hidden.n = kept;
}

static void keep_spaces(Transformer *t, const int *place)
{
    for (int i = 0; i < t->space.n; i++) {
        Space *space = t->space.at[i];
        int kept = 0, first = 0;
        for (int k = 0; k < space->size; k++) {
            if (place[space->first + k] >= 0) {
                first = kept ? first : place[space->first + k];
                space->holds[kept++] = space->holds[k];
            }
        }
        space->first = first;
        space->size = kept;
    }
}

void prune(Transformer *t)
{
    char *read = arena_array(t->arena, char, t->directions + 1);
    int *place = arena_array(t->arena, int, t->directions + 1), kept = 0;
    mark_all(t, read);
    for (int i = 0; i < t->directions; i++) {
        place[i] = read[i] ? kept++ : -1;
    }
    keep_heads(t, place);
    keep_hidden(t, read, place);
    keep_spaces(t, place);
    for (int i = 0; i < t->result.n; i++) {
        Result *r = &t->result.at[i];
        r->number = renumbered(t, &r->number, place);
        for (int k = 0; k < r->is.n; k++) {
            r->is.at[k] = renumbered(t, &r->is.at[k], place);
        }
    }
    t->directions = kept;
}

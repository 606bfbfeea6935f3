#include "capacity.h"

#include "names.h"

#include <string.h>

static const Capacity unknown = {.known = 0};

static Capacity constant_capacity(int64_t n)
{
    Capacity c = {.known = 1};
    if (n != 0) {
        c.n = 1;
        c.term[0] = (Term){.num = n, .den = 1};
    }
    return c;
}

static int same_product(const Term *a, const Term *b)
{
    int same = a->n == b->n && a->den == b->den;
    for (int i = 0; same && i < a->n; i++) {
        same = a->dim[i] == b->dim[i];
    }
    return same;
}

static Capacity sum_of(Capacity a, Capacity b)
{
    if (!a.known || !b.known) {
        return unknown;
    }
    for (int i = 0; i < b.n; i++) {
        int k = 0;
        while (k < a.n && !same_product(&a.term[k], &b.term[i])) {
            k++;
        }
        if (k < a.n) {
            a.term[k].num += b.term[i].num;
        } else if (a.n < 12) {
            a.term[a.n++] = b.term[i];
        } else {
            return unknown;
        }
    }
    return a;
}

static int64_t ceil_div(int64_t a, int64_t b)
{
    return a >= 0 ? (a + b - 1) / b : -(-a / b);
}

static Capacity scaled(Capacity a, int64_t num, int64_t den)
{
    for (int i = 0; a.known && i < a.n; i++) {
        Term *t = &a.term[i];
        if (num > (1 << 30) || den > (1 << 30) || t->num > (INT64_C(1) << 32) || t->den > (1 << 30)) {
            return unknown;
        }
        t->num *= num;
        t->den *= den;
        if (t->n == 0) {
            t->num = ceil_div(t->num, t->den);
            t->den = 1;
        }
    }
    return a;
}

static Capacity product_of(Capacity a, Capacity b)
{
    Capacity c = {.known = a.known && b.known};
    for (int i = 0; c.known && i < a.n; i++) {
        for (int k = 0; k < b.n; k++) {
            Term t = a.term[i];
            if (t.n + b.term[k].n > 4 || t.num < 0 || b.term[k].num < 0) {
                return unknown;
            }
            for (int d = 0; d < b.term[k].n; d++) {
                int at = t.n++;
                while (at > 0 && t.dim[at - 1]->given > b.term[k].dim[d]->given) {
                    t.dim[at] = t.dim[at - 1];
                    at--;
                }
                t.dim[at] = b.term[k].dim[d];
            }
            t.num *= b.term[k].num;
            t.den *= b.term[k].den;
            const Capacity one = {.known = 1, .n = 1, .term = {t}};
            c = sum_of(c, one);
        }
    }
    return c;
}

static Capacity positive(Capacity a)
{
    for (int i = 0; a.known && i < a.n; i++) {
        if (a.term[i].num <= 0) {
            a.term[i--] = a.term[--a.n];
        }
    }
    return a;
}

/* An upper bound of an integer expression in each sequence. */
static Capacity limit_of(Plan *p, const Expr *e)
{
    int64_t low, high;
    Capacity a, b;
    switch (e->kind) {
    case EX_CONST: return constant_capacity(e->integer);
    case EX_LEN: return capacity_of_dim(p, e->dim);
    case EX_SELECT: return sum_of(positive(limit_of(p, e->kid[1])), positive(limit_of(p, e->kid[2])));
    case EX_OP:
        switch (e->op) {
        case OP_ADD: return sum_of(limit_of(p, e->kid[0]), limit_of(p, e->kid[1]));
        case OP_SUB:
            if (expr_range(e->kid[1], &low, &high)) {
                return sum_of(limit_of(p, e->kid[0]), constant_capacity(-low));
            }
            break;
        case OP_NEG: /* -(-n div m), which is n / m rounded up */
            if (e->kid[0]->kind == EX_OP && e->kid[0]->op == OP_IDIV && e->kid[0]->kid[1]->kind == EX_CONST &&
                e->kid[0]->kid[1]->integer > 0) {
                const Expr *over = e->kid[0]->kid[0];
                if (over->kind == EX_OP && over->op == OP_NEG) {
                    const int64_t by = e->kid[0]->kid[1]->integer;
                    return scaled(sum_of(limit_of(p, over->kid[0]), constant_capacity(by - 1)), 1, by);
                }
            }
            break;
        case OP_MUL:
            for (int k = 0; k < 2; k++) {
                if (e->kid[k]->kind == EX_CONST && e->kid[k]->integer >= 0) {
                    return scaled(limit_of(p, e->kid[1 - k]), e->kid[k]->integer, 1);
                }
            }
            if (expr_range(e->kid[0], &low, &high) && low >= 0 && expr_range(e->kid[1], &low, &high) && low >= 0) {
                return product_of(positive(limit_of(p, e->kid[0])), positive(limit_of(p, e->kid[1])));
            }
            break;
        case OP_IDIV:
            if (e->kid[1]->kind == EX_CONST && e->kid[1]->integer > 0) {
                return scaled(limit_of(p, e->kid[0]), 1, e->kid[1]->integer);
            }
            if (expr_range(e->kid[1], &low, &high) && low >= 1) {
                return positive(limit_of(p, e->kid[0]));
            }
            break;
        case OP_MIN:
            a = limit_of(p, e->kid[0]);
            b = limit_of(p, e->kid[1]);
            return a.known && (!b.known || a.n <= b.n) ? a : b;
        case OP_MAX: return sum_of(positive(limit_of(p, e->kid[0])), positive(limit_of(p, e->kid[1])));
        default: break;
        }
        break;
    case EX_VAR:
    case EX_READ:
    case EX_POS: break;
    }
    /* a length inside counts for what the caller may give, 2^31 - 1, when it has no bound: no limit that memory could be made for */
    if (expr_range(e, &low, &high) && high < (1 << 24)) {
        return constant_capacity(high);
    }
    return unknown;
}

Capacity capacity_of_dim(Plan *p, Dim *dim)
{
    Capacity c = unknown;
    switch (dim->kind) {
    case DIM_FIXED: return constant_capacity(dim->length);
    case DIM_GIVEN: return (Capacity){1, 1, {{.num = 1, .den = 1, .n = 1, .dim = {dim}}}};
    case DIM_WHERE: c = capacity_of_dim(p, dim->parent); break;
    case DIM_FORMULA: c = positive(limit_of(p, dim->most ? dim->most : dim->formula)); break;
    case DIM_TAKEN: c = positive(limit_of(p, dim->most)); break;
    }
    if (!c.known && dim->bound < (1 << 24)) {
        return constant_capacity(dim->bound);
    }
    return c;
}

Capacity capacity_of(Plan *p, const Basis *basis)
{
    switch (basis->kind) {
    case BASIS_ONE: return constant_capacity(1);
    case BASIS_SEQUENCES: return constant_capacity(1);
    case BASIS_OFFSETS: return constant_capacity(1);
    case BASIS_LONGEST: return capacity_of_dim(p, basis->dim[0]);
    case BASIS_ROWS: break;
    }
    Capacity c = constant_capacity(1);
    for (int i = 0; i < basis->n; i++) {
        c = product_of(c, capacity_of_dim(p, basis->dim[i]));
    }
    return c;
}

static void add_capacity(Plan *p, const Term *term)
{
    Basis b = {.kind = BASIS_ROWS, .n = term->n};
    memcpy(b.dim, term->dim, sizeof b.dim);
    for (int i = term->n; i < 4; i++) {
        b.dim[i] = NULL;
    }
    for (int i = 0; i < p->capacity.n; i++) {
        if (same_basis(&p->capacity.at[i], &b)) {
            return;
        }
    }
    vec_push(p->arena, p->capacity, b);
}

void capacity_collect(Plan *p, const Basis *basis)
{
    const Capacity c = capacity_of(p, basis);
    if (!c.known) {
        Dim *dim = basis->dim[0];
        for (int i = 0; i < basis->n; i++) {
            dim = capacity_of_dim(p, basis->dim[i]).known ? dim : basis->dim[i];
        }
        diag_error(p->diag, dim->span, "no limit is known for the length of '%s', so no memory can be planned for it", dim->name);
        diag_hint(p->diag, "give it one: 'ragged %s <= N'", dim->name);
        return;
    }
    for (int i = 0; i < c.n; i++) {
        if (c.term[i].n) {
            add_capacity(p, &c.term[i]);
        }
    }
}

int same_basis(const Basis *a, const Basis *b)
{
    int same = a->kind == b->kind && a->n == b->n;
    for (int i = 0; same && i < a->n; i++) {
        same = a->dim[i] == b->dim[i];
    }
    return same;
}

/* What a ragged dim would like to be called, beside the words of run() and of what it calls. */
static Str wish_of(Plan *p, const Dim *dim)
{
    static const char *const taken[] = {"io", "bytes", "s",   "i",   "more",    "batch",  "buffers", "fault",
                                        "at", "b",     "gpu", "now", "workers", "stream", "there",   "status",
                                        "on", "lane", "first", "read", "written", "texts"};
    Str word = name_clean(p, dim->name ? dim->name : "dim");
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        if (strcmp(taken[i], word) == 0) {
            return str_of(arena_printf(p->arena, "%s_", word));
        }
    }
    return word;
}

/* The words of all dims so far, each once: the second of a name has a number. */
static void know_dim_words(Plan *p)
{
    for (int i = p->dim_word.n; i < p->graph->dims.n; i++) {
        Str word = wish_of(p, p->graph->dims.at[i]);
        int before = 0;
        for (int k = 0; k < i; k++) {
            before += dim_is_ragged(p->graph->dims.at[k]) && p->dim_wish.at[k] == word;
        }
        vec_push(p->arena, p->dim_wish, word);
        vec_push(p->arena, p->dim_word, before ? str_of(arena_printf(p->arena, "%s_%d", word, before + 1)) : word);
    }
}

Str dim_word(Plan *p, const Dim *dim)
{
    know_dim_words(p);
    return p->dim_word.at[dim->id];
}

static int is_dim_word(Plan *p, Str word)
{
    know_dim_words(p);
    for (int i = 0; i < p->dim_word.n; i++) {
        if (p->dim_word.at[i] == word && dim_is_ragged(p->graph->dims.at[i])) {
            return 1;
        }
    }
    return 0;
}

/* Words that the functions around the workspace have themselves. */
static int is_word_of_run(const char *word)
{
    static const char *const own[] = {"io", "bytes", "batch",  "buffers", "at",   "s",     "i",
                                      "k",  "fault", "before", "rows",    "size", "limit", "n"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (strcmp(own[i], word) == 0) {
            return 1;
        }
    }
    return 0;
}

Str capacity_word(Plan *p, const Term *term)
{
    Str word = NULL;
    for (int i = 0; i < term->n; i++) {
        Str dim = dim_word(p, term->dim[i]);
        word = word ? str_of(arena_printf(p->arena, "%s_%s", word, dim)) : dim;
    }
    while (word && term->n > 1 && is_dim_word(p, word)) {
        word = str_of(arena_printf(p->arena, "%s_", word));
    }
    word = word ? word : str_of("sequences");
    const char *other = arena_printf(p->arena, "%s_0", word); /* no product: no dim is called 0 */
    while (is_dim_word(p, str_of(other))) {
        other = arena_printf(p->arena, "%s0", other);
    }
    return is_word_of_run(word) ? str_of(other) : word;
}

static Str term_text(Plan *p, const Term *t, int wrap)
{
    const char *word = capacity_word(p, t);
    word = wrap ? arena_printf(p->arena, "(size_t)(%s)", word) : word;
    if (t->den != 1) {
        return str_of(t->num == 1 ? arena_printf(p->arena, "(%s + %lld) / %lld", word, (long long)(t->den - 1), (long long)t->den)
                                  : arena_printf(p->arena, "(%s * %lld + %lld) / %lld", word, (long long)t->num, (long long)(t->den - 1),
                                                 (long long)t->den));
    }
    return str_of(t->num == 1 ? word : arena_printf(p->arena, "%s * %lld", word, (long long)t->num));
}

Str capacity_text(Plan *p, const Basis *basis, CapacityFor what)
{
    if (basis->each) {
        Basis one = *basis;
        one.each = 0;
        Str text = capacity_text(p, &one, what);
        return str_of(strcmp(text, "1") == 0 ? "(int64_t)workers" : arena_printf(p->arena, "((int64_t)workers * %s)", text));
    }
    static const char *const one[] = {[FOR_C] = "(int64_t)1", [FOR_MACRO] = "1u", [FOR_READERS] = "1"};
    const int wrap = what == FOR_MACRO;
    const char *open = wrap ? "(size_t)(" : "", *close = wrap ? ")" : "";
    switch (basis->kind) {
    case BASIS_ONE: return str_of("1");
    case BASIS_SEQUENCES: return str_of(arena_printf(p->arena, "%ssequences%s", open, close));
    case BASIS_OFFSETS: return str_of(arena_printf(p->arena, "(%ssequences%s + %s)", open, close, one[what]));
    case BASIS_LONGEST:
    case BASIS_ROWS: break;
    }
    const Capacity c = capacity_of(p, basis);
    const char *text = NULL;
    for (int i = 0; i < c.n; i++) {
        Str term = term_text(p, &c.term[i], wrap);
        text = text ? arena_printf(p->arena, "%s + %s", text, term) : term;
    }
    text = text ? text : "0";
    if (c.n > 1 || (c.n == 1 && (c.term[0].num != 1 || c.term[0].den != 1))) {
        text = arena_printf(p->arena, "(%s)", text);
    }
    if (basis->kind == BASIS_LONGEST && basis->dim[0]->bound < INT32_MAX) {
        const char *most = arena_printf(p->arena, "%lld%s", (long long)basis->dim[0]->bound, wrap ? "u" : "");
        text = what == FOR_READERS ? arena_printf(p->arena, "min(%s, %s)", text, most)
                                   : arena_printf(p->arena, "(%s < %s ? %s : %s)", text, most, text, most);
    }
    return str_of(text);
}

/* atoms.c - finite sets of values
 *
 * Numbers of equal value are one element, as Python compares them; of an int and a float the int stays, which can do all that the float
 * can. */
#include "transformer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1 << 16, MOST_PAIRS = 1 << 20 };
static const double near = 1e-11;

/* NaN is one value, too. */
static int is_same(const Atom *a, const Atom *b)
{
    return atom_equal(a, b) || (a->type == ATOM_FLOAT && b->type == ATOM_FLOAT && isnan(a->real) && isnan(b->real));
}

static int find(const Atoms *set, const Atom *a)
{
    for (int i = 0; i < set->n; i++) {
        if (is_same(&set->at[i], a)) {
            return i;
        }
    }
    return -1;
}

int atoms_add(Arena *arena, Atoms *set, Atom a)
{
    const int found = find(set, &a);
    if (found >= 0) {
        set->at[found] = set->at[found].type == ATOM_FLOAT ? a : set->at[found];
        return found;
    }
    vec_push(arena, *set, a);
    return set->n - 1;
}

static size_t hash_of(const Atom *a)
{
    uint64_t bits = (uint64_t)(uintptr_t)a->text; /* equal strings are one */
    if (a->type != ATOM_STR) {
        const double real = isnan(a->real) ? NAN : a->real + 0; /* of -0 and 0 the latter */
        memcpy(&bits, &real, sizeof bits);
    }
    bits *= UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(bits ^ (bits >> 29));
}

static int *slot_of(const AtomIndex *index, const Atoms *set, const Atom *a)
{
    size_t at = hash_of(a) % (size_t)index->slots;
    while (index->slot[at] && !is_same(&set->at[index->slot[at] - 1], a)) {
        at = (at + 1) % (size_t)index->slots;
    }
    return &index->slot[at];
}

int atoms_add_fast(Arena *arena, Atoms *set, AtomIndex *index, Atom a)
{
    if (2 * set->n >= index->slots) {
        index->slots = index->slots ? 2 * index->slots : 64;
        index->slot = arena_array(arena, int, index->slots);
        for (int i = 0; i < set->n; i++) {
            *slot_of(index, set, &set->at[i]) = i + 1;
        }
    }
    int *slot = slot_of(index, set, &a);
    if (!*slot) {
        vec_push(arena, *set, a);
        *slot = set->n;
    } else if (set->at[*slot - 1].type == ATOM_FLOAT) {
        set->at[*slot - 1] = a;
    }
    return *slot - 1;
}

int atoms_are_numbers(const Atoms *set)
{
    int fine = 1;
    for (int i = 0; i < set->n && fine; i++) {
        fine = set->at[i].type != ATOM_STR && isfinite(set->at[i].real);
    }
    return fine;
}

static int ascending(const void *a, const void *b)
{
    const double x = ((const Atom *)a)->real, y = ((const Atom *)b)->real;
    return x < y ? -1 : x > y;
}

/* What differs by rounding only is one value; a whole one stands for the others. */
void atoms_sort(Atoms *set)
{
    int kept = 0;
    if (set->n) {
        qsort(set->at, (size_t)set->n, sizeof *set->at, ascending);
    }
    for (int i = 0; i < set->n; i++) {
        const Atom a = set->at[i];
        Atom *last = kept ? &set->at[kept - 1] : NULL;
        const int whole = last && last->type != ATOM_FLOAT && a.type != ATOM_FLOAT;
        if (!last || a.real - last->real > (whole ? 0 : near * fmax(1, fabs(a.real)))) {
            set->at[kept++] = a;
        } else if ((last->type == ATOM_FLOAT && a.type != ATOM_FLOAT) || (last->real != floor(last->real) && a.real == floor(a.real))) {
            *last = a;
        }
    }
    set->n = kept;
}

void atoms_keep(Atoms *set, double low, double high)
{
    int kept = 0;
    for (int i = 0; i < set->n; i++) {
        if (set->at[i].real >= low && set->at[i].real <= high) {
            set->at[kept++] = set->at[i];
        }
    }
    set->n = kept;
}

static int sums(Arena *arena, const Atoms *a, const Atoms *b, double sign, Atoms *out)
{
    *out = (Atoms){0};
    if ((int64_t)a->n * b->n > MOST_PAIRS) {
        return 0;
    }
    for (int i = 0; i < a->n; i++) {
        for (int k = 0; k < b->n; k++) {
            const double sum = a->at[i].real + sign * b->at[k].real;
            const int whole = a->at[i].type != ATOM_FLOAT && b->at[k].type != ATOM_FLOAT && fabs(sum) < 9e15;
            vec_push(arena, *out, whole ? atom_int((int64_t)sum) : atom_float(sum));
        }
    }
    atoms_sort(out);
    return out->n <= MOST;
}

int atoms_sums(Arena *arena, const Atoms *a, const Atoms *b, int subtract, Atoms *out)
{
    return sums(arena, a, b, subtract ? -1 : 1, out);
}

static Atom quotient(const Atom *total, int n)
{
    const double mean = total->real / n;
    return total->type != ATOM_FLOAT && mean == floor(mean) ? atom_int((int64_t)mean) : atom_float(mean);
}

int atoms_means(Arena *arena, const Atoms *of, int most, Atoms *out)
{
    Atoms total = {0};
    *out = (Atoms){0};
    for (int n = 1; n <= most; n++) {
        Arena *scratch = arena_new();
        Atoms next = {0};
        const Atoms none = {.at = (Atom[]){atom_int(0)}, .n = 1, .cap = 1};
        const int fits = sums(scratch, n == 1 ? &none : &total, of, 1, &next);
        total.n = 0;
        for (int i = 0; i < next.n && fits; i++) {
            vec_push(arena, total, next.at[i]);
            vec_push(arena, *out, quotient(&next.at[i], n));
        }
        arena_free(scratch);
        if (!fits || out->n > 16 * MOST) {
            return 0;
        }
    }
    atoms_sort(out);
    return out->n <= MOST;
}

/* ---- one element of a map ------------------------------------------------------------------------------------------------------------ */

static int find_pair(const Sop *x, const Atom *key, Atom *out)
{
    Atom place = *key;
    if (x->place == ATOM_INT) { /* places count from the end below 0 */
        if (key->type > ATOM_INT) {
            return 0;
        }
        place = atom_int(key->integer < 0 ? key->integer + x->pair.n : key->integer);
    }
    for (int i = 0; i < x->pair.n; i++) {
        if (atom_equal(&x->pair.at[i].key, &place)) {
            *out = x->pair.at[i].value;
            return 1;
        }
    }
    *out = x->other;
    return x->has_other && x->place != ATOM_INT;
}

static int map(RaspProgram *p, const Sop *x, Atom *const *kid, Atom *out)
{
    const char *why = NULL;
    switch ((int)x->op) {
    case ROP_AND: *out = atom_bool(atom_truth(kid[0]) && atom_truth(kid[1])); return 1;
    case ROP_OR: *out = atom_bool(atom_truth(kid[0]) || atom_truth(kid[1])); return 1;
    default: break;
    }
    return x->kids > 1 ? atom_binary(p->arena, x->op, kid[0], kid[1], out, &why) : atom_unary(p->arena, x->op, kid[0], out, &why);
}

int atoms_apply(RaspProgram *p, const Sop *x, Atom *const *kid, Atom *out)
{
    switch (x->kind) {
    case SOP_MAP: return map(p, x, kid, out);
    case SOP_IF: *out = *(atom_truth(kid[1]) ? kid[0] : kid[2]); return 1;
    case SOP_TRUTH: *out = atom_bool(atom_truth(kid[0])); return 1;
    case SOP_LOOKUP: return find_pair(x, kid[0], out);
    default: return 0;
    }
}

/* transformer.h - a RASP program as the weights of a transformer: what the files of this folder share
 *
 * The residual stream has a direction for each thing that is known at a position. Two are always there: `bos` is 1 at the first position,
 * which holds no token, and `here` is 1 at every other. Each value of the program is a space of its own:
 *
 *   one-hot   a direction for each of finitely many values; all of them 0 may stand for one more value, `other`
 *   number    one direction that holds it
 *
 * Whatever a layer needs of the stream it reads by forms: sums of directions that are 0 at the first position. A function of a single
 * one-hot space is linear and so costs nothing; a function of several, or of a number, needs hidden units (mlp.c). Attention scores 100
 * for every condition that a key meets, and the first position half of that less than a key that meets all: it gets the weight
 * exactly where no key does (select.c).
 *
 *   atoms.c      finite sets of values
 *   form.c       forms, numbers
 *   space.c      directions; what the embedding knows
 *   view.c       s-ops as functions of spaces      twin.c  equal ones are one
 *   mlp.c        functions that need hidden units      known.c  those that the stream holds already
 *   select.c     selectors as heads      attend.c  aggregates and widths as what heads bring
 *   prune.c      what nobody reads goes
 *   transformer.c the whole
 *   stack.c      layers, and the tensors of each
 *   text.c       the model text      files.c  what is written
 *   check.c      written weights against the program */
#ifndef SINTER_RASP_WEIGHTS_TRANSFORMER_H
#define SINTER_RASP_WEIGHTS_TRANSFORMER_H

#include "../program.h"
#include "../weights.h"

typedef VEC(Atom) Atoms;

/* ---- forms ------------------------------------------------------------------------------------------------------------------------- */

typedef struct Term {
    int direction;
    double weight;
} Term;

enum { DIRECTION_BOS, DIRECTION_HERE, DIRECTION_FIRST };
enum { SCORE = 100 }; /* of a condition that a key meets, and of the label that is right */

/* A sum over the residual stream, 0 at the first position. `ready`: the half layer after which it is known; the embedding is -1, the
 * attention of layer l is 2l, its hidden units are 2l + 1. */
typedef struct Form {
    VEC(Term) term;
    int ready;
} Form;

typedef VEC(Form) Forms;

/* A form that has finitely many values at tokens, in ascending order. */
typedef struct Number {
    Str name;
    Form form;
    Atoms value;
} Number;

/* ---- spaces ------------------------------------------------------------------------------------------------------------------------ */

typedef struct Space {
    Str name;
    const char *meaning;
    Atoms value;     /* one-hot: what it may be. A number: one direction, and what it holds */
    Str *label;      /* what a value is called; NULL: itself */
    Form *is;        /* one-hot: by value, 1 where it is this one, else 0 */
    int other;       /* the value that all 0 stands for, or -1 */
    int first, size; /* directions */
    int *holds;      /* by direction less `first`: index of the value whose direction it is */
    int number;
} Space;

/* ---- functions --------------------------------------------------------------------------------------------------------------------- */

typedef struct Arg { /* one of both */
    const Space *space;
    const Number *number;
} Arg;

enum { ARGS_MOST = 8 };

/* An s-op as a function of what is in the stream. */
typedef struct View {
    Span span;
    Str name;
    int args;
    Arg arg[ARGS_MOST];
    int combos; /* of values of the args, the last one varying fastest */
    int *at;    /* by combination: index into value; -1: the program never gets there, or fails */
    Atoms value;
    const Number *number; /* the same as a form; NULL: not known to be one */
    double cost;          /* hidden units that make a one-hot space of it */
} View;

/* ---- layers ------------------------------------------------------------------------------------------------------------------------ */

typedef struct Hidden {
    Form in;
    VEC(Term) out;
    int slot; /* half layer */
} Hidden;

typedef struct Score { /* key times query */
    Form key, query;
} Score;

typedef struct Brought { /* value of the key's position, and where it goes */
    Form value;
    double at_bos; /* what is brought where no key is selected */
    int direction;
} Brought;

typedef struct Head {
    const Selector *selector;
    int counts;     /* the first position is always looked at: what it brings is 1 / (1 + width) */
    int conditions; /* that a key has to meet */
    VEC(Score) score;
    VEC(Brought) brought;
    int slot;
} Head;

typedef struct Result { /* an output */
    Str name;
    Atoms value;
    Form number; /* of numbers: the value itself */
    Forms is;    /* of labels: by value */
    int labels, whole, bools;
} Result;

typedef struct Known { /* a function that has a space */
    int args, combos;
    Arg arg[ARGS_MOST];
    const int *at; /* by combination: value of the space, or -1 */
    const Space *space;
} Known;

typedef struct Transformer {
    RaspProgram *p;
    Arena *arena;
    const WeightsOptions *options;
    Atoms vocab;
    int longest;
    int directions, failed;
    Span place; /* of what is being compiled, for messages about what has none of its own */
    const Space *tokens, *indices;
    VEC(Space *) space;
    VEC(Head *) head;
    VEC(Hidden) hidden;
    VEC(Result) result;
    VEC(Known) known;
    VEC(View *) view;      /* by Sop.id, or NULL */
    VEC(const Sop *) seen; /* those whose views are no others' */
} Transformer;

/* NULL after reporting. */
Transformer *transformer_of(RaspProgram *p, Arena *arena, const RaspValue *value, const WeightsOptions *options);
void transformer_refuse(Transformer *t, Span span, const char *format, ...) __attribute__((format(printf, 3, 4)));
Str transformer_name(Transformer *t, const Sop *x); /* the author's, or its text, shortened */

/* ---- atoms.c */
typedef struct AtomIndex { /* where the elements of a large set are */
    int *slot, slots;
} AtomIndex;
int atoms_add(Arena *arena, Atoms *set, Atom a); /* its index */
int atoms_add_fast(Arena *arena, Atoms *set, AtomIndex *index, Atom a);
int atoms_are_numbers(const Atoms *set);              /* finite ones */
void atoms_sort(Atoms *set);                          /* numbers, ascending; near ones become one */
void atoms_keep(Atoms *set, double low, double high); /* of numbers those that are in between */
int atoms_means(Arena *arena, const Atoms *of, int most, Atoms *out); /* of 1 .. most of them. 0: too many */
int atoms_sums(Arena *arena, const Atoms *a, const Atoms *b, int subtract, Atoms *out); /* 0: too many */
int atoms_apply(RaspProgram *p, const Sop *x, Atom *const *kid, Atom *out); /* one element of a map; 0: it fails */

/* ---- form.c */
Form form_one(Arena *arena, int direction, int ready); /* not 0 at the first position, if that has the direction */
void form_add(Arena *arena, Form *to, const Form *from, double factor);
Form form_here(Arena *arena, double value); /* the same at every token */
double form_weight(const Form *form, int direction);
const Number *number_new(Transformer *t, Str name, Form form, Atoms value);

/* ---- space.c */
Space *space_one_hot(Transformer *t, Str name, const char *meaning, const Atoms *value, int other, int ready); /* other -1: there is none */
const Space *space_sum(Transformer *t, Str name, const Atoms *value, const Forms *is); /* without directions of its own */
Space *space_number(Transformer *t, Str name, const char *meaning, const Atoms *value);
const Space *space_tokens(Transformer *t);
const Space *space_indices(Transformer *t);

/* ---- view.c: NULL after reporting */
View *view_of(Transformer *t, Sop *x);
View *view_of_arg(Transformer *t, const Sop *x, Arg arg);   /* the argument itself */
View *view_constant(Transformer *t, const Sop *x, Atom a);
View *view_of_input(Transformer *t, const Sop *x);
View *view_of_map(Transformer *t, Sop *x);
int view_is_sum(const Sop *x);
int view_unite(View *v, const View *other);                 /* arguments and combinations of both; 0: too many */
int view_combo(const View *v, int combo, const View *part); /* which combination of part's arguments it is */
View *view_settled(Transformer *t, View *v);          /* of one one-hot space at most */
const Number *view_number(Transformer *t, View *v, const char *what);
Form view_is(Transformer *t, const View *v, int value); /* of a settled one */
int arg_values(const Arg *arg);
const Atom *arg_value(const Arg *arg, int i);
Str arg_name(const Arg *arg);
int arg_same(const Arg *a, const Arg *b);

/* ---- mlp.c */
/* The values of an argument in classes: those that make no difference to `of`, a function of all combinations, are one. */
typedef struct Classes {
    int *of; /* by value */
    int n;
} Classes;
Classes classes_of(Transformer *t, int args, const Arg *arg, int which, const int *of);
Forms mlp_classes(Transformer *t, const Arg *arg, const Classes *classes); /* by class: 1 or 0 */
const Space *mlp_function(Transformer *t, const View *v); /* a space of the values of v */
/* Forms by combination of classes. 0: reported */
int mlp_product(Transformer *t, int args, const Arg *arg, const Classes *classes, Forms *out);
double mlp_cost(Transformer *t, const View *v);

/* ---- known.c: `at` and `values` are a function of all combinations. 0: the stream does not hold it */
int known_forms(Transformer *t, int args, const Arg *arg, const int *at, int values, Forms *out);
void known_keep(Transformer *t, int args, const Arg *arg, const int *at, const Space *space);

/* ---- prune.c: after this nothing is added */
void prune(Transformer *t);

/* ---- select.c */
Head *select_head(Transformer *t, const Selector *s, int counts, int ready); /* in a layer after `ready`. NULL: reported */
double select_product(Transformer *t, const Selector *s); /* values of the product that it needs; 1: of none; -1: reported */

/* ---- attend.c: NULL after reporting */
View *attend_width_view(Transformer *t, Sop *x);
View *attend_aggregate_view(Transformer *t, Sop *x);

#endif

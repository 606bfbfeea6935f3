/* kernel_holes.h - what stands in the holes of a kernel's template: kernel_print.c, kernel_prepare.c */
#ifndef SINTER_FORMS_KERNEL_HOLES_H
#define SINTER_FORMS_KERNEL_HOLES_H

#include "kernel_print.h"
#include "../template/template.h"

/* A sum of products in a score. */
typedef struct Dot {
    const Expr *read;
    double times;
    Expr *factor;  /* and this; NULL: 1 */
} Dot;

typedef struct Filling {
    Plan *p;
    Func *f;
    const Kernel *k;
    const Template *t;
    Printer pr;
    Str name;            /* of the function */
    Words words;         /* taken in it */
    Words locals;        /* those of its variables that the holes declare */
    KernelParams params;
    int part;            /* within `each mate` and `each part`: which; -1 */
    int mate;            /* it is `each mate`: acc is that mate's */
    int *mates;          /* of each part: the first part of its mate (kernel_use.h) */
    int product;         /* within `each product` of a mate: which; else 0 */
    VEC(Dot) dot;        /* in a score: which are added to each other */
    VarList dot_at;      /* indices of the first, which stands for their sum in */
    const Expr *score;   /* NULL: it is no such sum */
    unsigned located;    /* bit r: something asks for the sequence of a row of this role, or its place there */
    int trial;           /* nothing has a name yet: whether, not what */
    const char *reason;  /* why not */
} Filling;

Filling filling_of(Plan *p, Func *f, const Kernel *k, int trial);
const char *filling_hole(void *filling, Str name, const Str *argument, int arguments);
int filling_times(void *filling, Str name);
int filling_by_threads(const Filling *with); /* each thread of a GPU computes one value, not W */
int filling_ends(const Filling *with, Str name, const char *ending, int *hole); /* "a_at" of hole "$a": 1 and the hole */
const char *filling_refuse(Filling *with, const char *reason);

/* kernel_parts.c */
const Part *filling_part(const Filling *with); /* the first where none is meant: then holes are alike */
int filling_part_of_mate(const Filling *with, int mate, int n); /* its n-th part; -1: it has fewer */
int filling_mates(const Filling *with);
int filling_products(const Filling *with); /* of this mate */
int filling_most_products(const Filling *with); /* of the mate that has the most */
void filling_turn(void *filling, Str name, int i);

/* kernel_coords.c: where the kernel is, as the arguments of a hole say; `lane` is the letter that runs along the vector, or 0 */
Lane filling_lane(Filling *with, const Part *part, const Str *parameter, const Str *argument, int n, char lane);
int part_is_ragged(const Part *part);

/* kernel_at.c: what is read where it lies */
const char *filling_at(Filling *with, Lane *l, int hole, char lane);
int filling_is_chosen(const Expr *read, const VarList *role); /* is a row of the role read where data or a formula say? */
const char *filling_step(Filling *with, int hole, char letter);
int filling_in_place(Filling *with, int hole); /* of every part */

/* kernel_panels.c: right sides as they are kept */
const char *filling_panel(Filling *with, const Node *param, const Str *argument, int n);
const char *filling_rows(Filling *with, int hole, const Node *param, const Str *argument, int n);
int filling_is_kept(const Filling *with, int hole, Arithmetic arithmetic);
int filling_kept_as(const Filling *with, Str name);
int filling_pairs(const Kernel *k);
int part_pairs(const Kernel *k, const Part *part); /* does this product, where a tier has the ports for it? */

/* kernel_store.c */
const char *kernel_store(Filling *with, Lane *l, int columns);   /* those over what lies side by side, or those of rows alone */
const char *kernel_left(const Filling *with, const Lane *l);     /* lanes that count where a vector may be partial; NULL: all */
int kernel_has_lanes(const Lane *l);
int kernel_has_columns(const Lane *l); /* something lies in the lanes; else all results are single numbers */
Coord kernel_store_lane(const Filling *with);                    /* the role that results are stored along, at no place */

/* kernel_size.c: of a role's variables */
const char *role_size(const Filling *with, const VarList *vars); /* the product of its fixed dims, in C */
int64_t role_count(const VarList *vars);
Dim *role_ragged(const VarList *vars); /* the outermost, if it is ragged; else NULL */
int role_raggeds(const VarList *vars);
Basis role_basis(const VarList *vars); /* the outermost ones, as far as they are ragged */
Str rows_begin(const Filling *with, Dim *dim);                      /* "batch->begin_t", whatever the function calls its batch */
Str rows_begin_together(const Filling *with, const VarList *vars); /* "batch->pairs_y_x", where rows are counted over several */
const char *filling_size(Filling *with, Str name, const Str *argument, int arguments); /* "N_k", "first_q"; NULL: it is none of these */

int kernel_is_tiled(const Filling *with, int role); /* its positions are one dim's, whose lengths the host knows */
int filling_allows(const Filling *with, const Template *t); /* does the head of another text of its form allow this kernel? */
int filling_beside(const Filling *with);            /* can the text beside that of its form print it too? */
int64_t filling_shared(const Filling *with); /* bytes of shared memory that a block of it asks for */

int kernel_is_deep(const Filling *with); /* rows of the left side are multiplied part by part */

/* kernel_places.c: does the template say where in its sequence a row is? What it says, as far as holes ask for it, noted when they are
 * rendered before: x_sequence, and x_place; of rows over several ragged dims x_place, x_place2 .. */
int kernel_is_located(const Filling *with, const VarList *vars, int role);
const char *kernel_locate(Filling *with, char letter, Str row);
void kernel_note_places(Filling *with, const char *text);
void filling_take_words(Filling *with); /* those of the template, and of places: no tensor is called so */

/* kernel_words.c: what only some forms ask for. NULL, -1: it is none of them. */
const char *form_hole_text(Filling *with, Lane *l, Str name, const Str *argument, int arguments);
int form_times(Filling *with, Str name);
/* Of `c + sum exp(..)`: the logarithm of c, in the scale of the scores. NULL: it is no exponential. */
const Expr *kernel_sink(Plan *p, const Kernel *k, const Part *part);

/* kernel_dot.c */
void kernel_find_dot(Filling *with);
const char *kernel_dot_side(Filling *with, Lane *l, int of_keys, Str argument);
const char *kernel_dot_size(Filling *with);
int64_t kernel_dot_count(const Filling *with);
const char *kernel_key_at(Filling *with, Lane *l); /* where a row of keys lies, whose numbers are neighbours; refuses where they are not */
const char *kernel_key_step(Filling *with);       /* numbers from one key to the next */
int kernel_key_in_place(Filling *with);
const Expr *kernel_read_of(const Expr *e, const Node *node); /* NULL: it does not read it */

/* kernel_runs.c: puts what is summed over in order, so that the hole is read in few runs. 0: it is none, or there are too many. */
int runs_choose(Plan *p, Func *f, Kernel *k, int hole);
const char *runs_size(Filling *with, const Part *part);
const char *run_hole(Filling *with, Lane *l, const Part *part, int hole, Str run);

#endif

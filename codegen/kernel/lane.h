/* lane.h - expressions of a kernel as words of runtime/simd
 *
 * A kernel walks flattened roles: `row` for {t}, `col` for {h,e}. One of them is the lane: W neighbours of it are computed at once, and a
 * value is a vector. What is read becomes an address: a sum of words times strides. Where no such sum exists the expression is not
 * printable, and the reason is kept. */
#ifndef SINTER_FORMS_LANE_H
#define SINTER_FORMS_LANE_H

#include "../print.h"

/* A flattened role: its variables, outermost first, and the word for where the kernel is. */
typedef struct Coord {
    char letter;
    VarList vars;
    Str word;    /* of a ragged role: the row in the batch. NULL: it may not occur. The ragged indices of one role, if there are several,
                    count rows together */
    Str inside;  /* the place in its own sequence; NULL: not known here. Of a lane: those of all W, a vector of ints */
    Str first;   /* of a lane with places: the row of the batch where the sequence begins */
    int lane;    /* W of it are computed at once */
    int side;    /* results lie side by side along it: of processors the lane */
    int rows;    /* of fixed dims: word goes on from sequence to sequence, as the rows of a tensor do */
} Coord;

enum { MOST_COORDS = 6 };

/* A pointer that the kernel takes. */
typedef struct KernelParam {
    Str place;   /* in the function that calls: "buffers->q" */
    Str word;    /* in the kernel: "q" */
    const char *type;
    int writes;
} KernelParam;
typedef VEC(KernelParam) KernelParams;

/* A value that the kernel has in a variable: an accumulator, or a result computed before. */
typedef struct Known {
    const Node *node;
    VarList at;  /* it is known at these indices only */
    Str word;
    int ints;    /* a vector of ints; else of floats, an int too */
} Known;
typedef VEC(Known) KnownList;

typedef struct Lane {
    Printer *pr;
    Words *words, *locals; /* taken in the kernel: for its parameters, for its variables */
    KernelParams *params;
    Coord coord[MOST_COORDS];
    int coords;
    struct {
        const Dim *dim;
        Str word;
    } length[2];          /* of the sequence, where that is known */
    int lengths;
    Str sequence;         /* the number of the sequence, where that is known */
    int together;         /* lanes have to follow each other in memory, all of them: a pointer or a step is asked for, no value */
    int apart;            /* else: where a value is read, they do, or are all the same */
    int trial;            /* nothing has a name yet: whether, not what */
    KnownList known;
    const char *left;     /* how many lanes count, where the last vector may be partial; NULL: all do */
    const char *reason;   /* why something cannot be printed; the first */
} Lane;

/* An element of a node, or the first of W of them. */
typedef struct Address {
    Str pointer;  /* "q + (ptrdiff_t)row * 384 + col" */
    Str element;  /* "q[(ptrdiff_t)row * 384 + col]" */
    int64_t lane; /* distance of two lanes in elements; 0: all read the same */
    Str index;    /* lanes read pointer[index + lane], a vector of ints; NULL: they follow each other */
    Str guard;    /* it is there under this condition of C only; NULL: always */
    Str mask;     /* in these lanes; NULL: in all */
    Str left;     /* in so many of the first lanes; NULL: in all */
} Address;

/* Where lanes lie that do not follow each other, behind the pointer: a vector of ints. */
const char *lane_offsets(Lane *l, const Address *at);

/* The place of node[index]; 0: not printable. */
int lane_address(Lane *l, const Node *node, Expr *const *index, int writes, Address *out);

/* A real expression as a vector ("vf"); NULL: not printable. */
Str lane_real(Lane *l, const Expr *e);
/* An int expression as a vector ("vi"). */
Str lane_int(Lane *l, const Expr *e);
/* A condition as a mask ("vm"). */
Str lane_mask(Lane *l, const Expr *e);
/* An int expression that is the same in all lanes, as C. */
Str lane_scalar(Lane *l, const Expr *e);

/* A condition in C that is the same in all lanes. */
Str lane_condition(Lane *l, const Expr *e);

const char *lane_quotient(Arena *arena, const char *text, int64_t by); /* by 0: of places that are none, and nothing asks for */
Str lane_param(Lane *l, const Node *node, int writes); /* its word in the kernel */

#endif

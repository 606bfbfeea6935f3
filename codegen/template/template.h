/* template.h - a form's file: what its head says, and its text with the holes filled
 *
 *     //$ form   gemm: y[b,m,n] = $store(sum[k] $a(b,m,k) * $w(b,n,k))
 *     //$ need   n
 *     //$ hole   $a in place, staged, lanes k
 *     //$ sample
 *     #define $K 384
 *     #define $store(row, col, acc) vstore(y + (row) * 384 + (col), acc)
 *     //$ end
 *     static void $kernel(..)
 *     {
 *     //$ each mate
 *         $store(row, col, acc);
 *     //$ end
 *     }
 *
 * The file is C that compiles as it stands. The sample declares the holes: one defined with parameters is always used with that many
 * arguments, each a name of the text around it; one without never takes any. Lines of the text:
 *
 *     //$ if NAME, //$ if not NAME, //$ else, //$ end     a part that is there or not
 *     //$ each NAME, //$ end                              a part as often as there are NAMEs
 *     //$ # why                                           a comment for readers of the template
 *
 * A line that goes on begins with "//$" and four blanks or more. */
#ifndef SINTER_FORMS_TEMPLATE_H
#define SINTER_FORMS_TEMPLATE_H

#include "../text.h"
#include "diag.h"
#include "head_field.h"

enum { TEMPLATE_ARGUMENTS = 12 };

/* ---- what the head says ------------------------------------------------------------------------------------------------------------- */

typedef struct TemplateHole { /* "//$ hole   $a  in place, staged, lanes k" */
    Str name;                 /* "a" */
    char lanes;               /* the letter of the index whose neighbours lie side by side in a vector; 0: a scalar */
    int in_place;             /* read where it is stored, if that has unit stride in the lanes */
    int runs;                 /* read in runs of neighbours, which may be absent */
    int staged;               /* else, or always: written out once before it is read many times */
    int over;                 /* $store: each place is stored once, after what is read there; the result may be written over that */
    int early;                /* what it reads at the result's own place is read before anything is stored there */
    Str layout;               /* "load-time panel48": packed by the compiler in this layout; NULL: not */
    unsigned stored;          /* "stored bf16 int8 pairs": bit a: the text knows this Arithmetic besides f32 */
    int pairs;                /* it knows floats that are multiplied in pairs */
    int dot;                  /* "dot 256": may hold sums of products over fixed dims of at most so many; 0: none */
    Str classes;              /* "classes full causal window": of a condition; NULL: none */
    Span span;
} TemplateHole;

enum { TARGET_C = 1, TARGET_AVX2 = 2, TARGET_AVX512 = 4, TARGET_NEON = 8, TARGET_CUDA = 16 };

typedef VEC(Str) StrList;

typedef struct Template {
    const Source *source;
    Str name;                          /* "gemm" */
    VEC(HeadField) head;               /* every line, in order: form, need, hole, prefer, when, cost, target, along, scratch,
                                          shared, beside, before, after */
    VEC(TemplateHole) hole;            /* those that have a line of their own in the head */
    unsigned targets;
    struct TemplatePart *part;         /* the text: template_text.c */
    struct TemplateSample *sample;
    StrList words;                     /* every name in the text */
} Template;

const HeadField *template_field(const Template *t, const char *key);    /* the first of this key; NULL: there is none */
/* Names of the parameters of a hole in the sample, -1: it takes none or is not declared. */
int template_parameters(const Template *t, Str name, const Str **parameter);
const TemplateHole *template_hole(const Template *t, const char *name); /* "a"; NULL: the head says nothing of it */

int template_asks(const Template *t, Str name);    /* $name is somewhere in the text */
int template_repeats(const Template *t, Str name); /* "each name" is */

/* ---- reading ------------------------------------------------------------------------------------------------------------------------ */

Template *template_read(Arena *arena, Diag *d, const Source *source); /* NULL: reported */

/* The forms inside the compiler and the *.c and *.cu of the folders, sorted by name; one of a later folder stands for an earlier one of
 * its name and kind, beside the same form if beside one. */
typedef VEC(Template *) Templates;
int templates_load(Arena *arena, Diag *d, const char *const *folder, int folders, Templates *out); /* 0: reported */

/* ---- rendering ---------------------------------------------------------------------------------------------------------------------- */

typedef struct TemplateFill { /* who knows what stands in the holes */
    void *with;
    /* The text of $name or $name(arguments); lines after the first are indented as the line is. NULL: it has none, which is an error
     * at the hole. A line that holds nothing but an empty hole is left out. */
    const char *(*hole)(void *with, Str name, const Str *argument, int arguments);
    /* "if": 0 or not. "each": how often. -1: it is not known, an error. */
    int (*times)(void *with, Str name);
    /* Before the i-th turn of an each, and with -1 after its last. May be NULL. */
    void (*turn)(void *with, Str name, int i);
} TemplateFill;

int template_render(const Template *t, const TemplateFill *fill, Text *out, Diag *d); /* 0: reported */

#endif

/* kernel_holes.h - what stands in the holes of a kernel's template: kernel_print.c, kernel_prepare.c */
#ifndef SINTER_FORMS_KERNEL_HOLES_H
#define SINTER_FORMS_KERNEL_HOLES_H

#include "kernel_print.h"
#include "template.h"

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
    int part;            /* within `each mate`: which; -1 */
    int trial;           /* nothing has a name yet: whether, not what */
    const char *reason;  /* why not */
} Filling;

Filling filling_of(Plan *p, Func *f, const Kernel *k, int trial);
const char *filling_hole(void *filling, Str name, const Str *argument, int arguments);
int filling_times(void *filling, Str name);
void filling_turn(void *filling, Str name, int i);

int filling_in_place(Filling *with, int hole); /* of every part */

#endif

/* making.h - drafts become kernels: kernel_make.c */
#ifndef SINTER_FORMS_MAKING_H
#define SINTER_FORMS_MAKING_H

#include "covering.h"

typedef struct Making {
    Cover *c;
    const Draft *d;
    NormWriter writer;
    Span span;
    NormNodes inside;
    NodeList inside_node;
    NormList head_read;   /* reductions of the head, */
    NodeList head_node;   /* and the nodes they became */
    NodeList helper;      /* all nodes that are no results, in order of computation */
} Making;

/* Reads of what is not stored are put in; outputs are read as the author's tensors. */
NormExpr *making_final(Cover *c, NormExpr *e);
Kernel *kernel_make(Cover *c, Draft *d, NodeList *helper);

#endif

/* kernel_text.h - which kernels a function has, what they compute, and why not others */
#ifndef SINTER_FORMS_KERNEL_TEXT_H
#define SINTER_FORMS_KERNEL_TEXT_H

#include "../json_text.h"
#include "../match/kernel.h"

void kernels_explain(Plan *p, const Func *f, Text *out);
void kernels_json(Plan *p, const Func *f, Json *j); /* members of the function */

/* kernel_names.c: words for the nodes of a kernel, each once, and expressions with them */
typedef struct KernelName {
    const Node *node;
    Str word;
} KernelName;
typedef VEC(KernelName) KernelNames;

KernelNames kernel_names(Plan *p, const Kernel *k);
Str kernel_name(const KernelNames *names, const Node *node);
Str kernel_expr_text(const KernelNames *names, const Expr *e);

/* kernel_equations.c: the author's equations that it computes, by lines of the text: "minilm.sinter:17 q, 18 k" */
Str kernel_equations_text(Plan *p, const Kernel *k);
void kernel_equations_json(Plan *p, const Kernel *k, Json *j);

#endif

/* kernel_text.h - which kernels a function has, what they compute, and why not others */
#ifndef SINTER_FORMS_KERNEL_TEXT_H
#define SINTER_FORMS_KERNEL_TEXT_H

#include "../json_text.h"
#include "kernel.h"

void kernels_explain(const Func *f, Text *out);
void kernels_json(Plan *p, const Func *f, Json *j); /* members of the function */

#endif

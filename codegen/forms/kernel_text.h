/* kernel_text.h - which kernels a function has, what they compute, and why not others */
#ifndef SINTER_FORMS_KERNEL_TEXT_H
#define SINTER_FORMS_KERNEL_TEXT_H

#include "../text.h"
#include "kernel.h"

void kernels_explain(const Func *f, Text *out);

#endif

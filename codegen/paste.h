/* paste.h - fixed text: files of runtime/ that go into the output as they are, but for the model's prefix */
#ifndef SINTER_CODEGEN_PASTE_H
#define SINTER_CODEGEN_PASTE_H

#include "plan.h"
#include "text.h"

/* Appends runtime/`path`: include guards and what is included already are left out, model_ and MODEL_ at the begin of a word become the
 * prefix. */
void paste_file(Plan *p, const char *path, Text *out);

#endif

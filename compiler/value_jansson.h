/* value_jansson.h - JSON as jansson reads it, its complaints with their places */
#ifndef SINTER_VALUE_JANSSON_H
#define SINTER_VALUE_JANSSON_H

#include "diag.h"

#include <jansson.h>

/* The tree of a text in strict JSON: UTF-8, no NUL, no key twice. `flags`: more of jansson's. NULL: an error was reported. */
json_t *json_tree(Diag *d, const Source *source, size_t flags);

#endif

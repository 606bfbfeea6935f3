/* embed.h - the texts inside the compiler: runtime C files, the prelude, model texts, templates
 *
 * The build puts them there (cmake/SinterEmbed.cmake), named by their path in the source tree, sorted by it. */
#ifndef SINTER_EMBED_H
#define SINTER_EMBED_H

#include <stddef.h>

typedef struct Embedded {
    const char *path; /* "runtime/math/exp.c" */
    const char *text; /* followed by a NUL that does not count */
    size_t bytes;
} Embedded;

const Embedded *embed_find(const char *path); /* NULL: there is none */

size_t embed_count(void);
const Embedded *embed_at(size_t i); /* i < embed_count(), by path in the order of strcmp */

/* Written by the build; read through the functions above. */
extern const Embedded embed_table[];
extern const size_t embed_table_n;

#endif

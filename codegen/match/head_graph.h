/* head_graph.h - the front end, for heads */
#ifndef SINTER_FORMS_HEAD_GRAPH_H
#define SINTER_FORMS_HEAD_GRAPH_H

#include "diag.h"
#include "graph.h"

Graph *head_graph(Arena *arena, Diag *d, Str form, Str text); /* NULL: reported */

#endif

#include "head_graph.h"

#include "../../compiler/check.h"

#include <string.h>

Graph *head_graph(Arena *arena, Diag *d, Str form, Str text)
{
    const Source *source = source_of_text(arena, str_format("the head of %s", form), text, strlen(text));
    const CheckInput input = {.text = source, .directory = "."};
    return check_model(arena, d, &input);
}

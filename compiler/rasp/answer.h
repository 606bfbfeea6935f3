/* answer.h - a value on an input: its graph evaluated, its outputs as atoms and grids again */
#ifndef SINTER_RASP_ANSWER_H
#define SINTER_RASP_ANSWER_H

#include "lower.h"

typedef struct Answer {
    const Lowered *lowered;      /* NULL: the value needs no input */
    const struct Tensor *output;
    const RaspTokens *tokens;
} Answer;

int answer_compute(RaspProgram *p, Arena *arena, const RaspValue *value, const RaspTokens *tokens, Answer *out); /* 0: reported */

/* Of a leaf: an s-op or a selector of the value, in the order of LoweredValue. */
int64_t answer_length(const Answer *a);
Atom answer_atom(const Answer *a, int leaf, int64_t i);
int answer_selects(const Answer *a, int leaf, int64_t query, int64_t key);

/* ---- show.c: a leaf on one line (a grid as text on several), an element as a sequence shows it */
const char *show_leaf(Arena *arena, const Answer *answer, int leaf, RaspFormat format);
const char *show_element(Arena *arena, const Atom *atom);

#endif

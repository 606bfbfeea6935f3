/* stack.h - a transformer as layers, and as the tensors of a file */
#ifndef SINTER_RASP_WEIGHTS_STACK_H
#define SINTER_RASP_WEIGHTS_STACK_H

#include "transformer.h"
#include "../../weights/safetensors.h"

typedef struct Layer {
    VEC(const Head *) head;
    VEC(const Hidden *) hidden;
    int keys, values; /* of the head that has most: the others have rows of zeros */
} Layer;

typedef struct Stack {
    Transformer *t;
    VEC(Layer) layer;
    VEC(SafetensorsItem) item;
    int64_t weights;
} Stack;

enum { STACK_WEIGHTS_MOST = 1 << 26 };

Stack *stack_of(Transformer *t); /* NULL after reporting */

void text_write(const Stack *stack, FILE *out); /* model.sinter */
int files_write(const Stack *stack, Diag *d);   /* 1, or 0 after reporting */
int has_positions(const Transformer *t);
int vocab_is_characters(const Transformer *t);
int vocab_has_text(const Transformer *t);       /* a tokenizer can tell the tokens apart */

#endif

/* weights.h - RASP programs as weights of a transformer, and whether they compute the same */
#ifndef SINTER_RASP_WEIGHTS_H
#define SINTER_RASP_WEIGHTS_H

#include "../graph.h"
#include "../rasp.h"

typedef struct WeightsOptions {
    const char *vocab;     /* a text, whose characters are the tokens; or a JSON array of tokens */
    int longest;           /* tokens of an input */
    const char *directory; /* where model.sinter, model.safetensors, config.json and tokenizer.json go, all or none */
} WeightsOptions;

/* 1, or 0 after reporting. */
int weights_write(RaspProgram *program, Arena *arena, const struct RaspValue *value, const WeightsOptions *options);

typedef struct WeightsTrial {
    const char *directory;
    const Graph *graph;       /* of the model text in the directory, with its weights open */
    int all_up_to;            /* all inputs of up to so many tokens; 0: none; -1: as many as are quick */
    int random;               /* inputs of any length up to the longest */
    uint64_t seed;
} WeightsTrial;

typedef struct WeightsVerdict {
    int64_t inputs, refused, agree; /* refused: for which the program has no value, so there is nothing to agree on */
    int all_up_to, longest, random, vocab;
    int64_t weights, changed;       /* numbers in the file; those that are not what the program compiles to */
    const char *disagreement;       /* the first, as a sentence, or NULL */
    const char *change;             /* the first changed weight, as a sentence, or NULL */
} WeightsVerdict;

/* 1: compared, see the verdict. 0 after reporting. */
int weights_check_program(RaspProgram *program, Arena *arena, Diag *d, const struct RaspValue *value, const WeightsTrial *trial,
                          WeightsVerdict *verdict);

#endif

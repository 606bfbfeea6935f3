/* flow.h - a program as a transformer computes it: steps in layers, attention in heads
 *
 *   flow.c      the steps that a value needs, and which of them are the same
 *   schedule.c  layers and heads
 *   formula.c   steps as a program writes them
 *   trace.c     the steps of an input, one after the other
 *   draw.c      a picture of them: draw_layout.c, draw_svg.c and draw_html.c, draw_dot.c, draw_json.c
 *
 * A head is a selector in a layer; it averages for every aggregate of that layer which has this selector. Between heads stand the
 * feed-forward parts, whose values depend on one position only. */
#ifndef SINTER_RASP_FLOW_H
#define SINTER_RASP_FLOW_H

#include "answer.h"

typedef struct FlowStep {
    Sop *sop;           /* or */
    Selector *selector;
    int kid[3], kids;   /* of an s-op; of a selector: key and query, or what it is composed of */
    int by;             /* the selector of an aggregate, else -1 */
    int like;           /* the first step with the same values on every input */
    int same;           /* the first one that is drawn for all of them: names differ between those with several */
    int uses;           /* how many steps read it */
    int result;         /* it is asked for */
    int drawn;          /* on its own; else it is part of the formulas that read it */
    int layer;          /* in which an s-op is computed, 0: before all attention; the earliest in which a selector can select */
    int head;           /* of an aggregate, -1: none */
    int leaf;           /* of the answer, -1: a constant */
    Str label;          /* what it is called: no two that are drawn have the same */
} FlowStep;

typedef struct FlowHead {
    int selector, layer, number; /* number: in its layer, from 1 */
    VEC(int) step;               /* what it brings back; empty: the selector itself is asked for */
} FlowHead;

typedef struct Flow { /* RaspProgram keeps one */
    RaspProgram *p;
    const RaspValue *value, *all; /* all: a list of what has leaves */
    VEC(FlowStep) step;           /* in the order in which they were made: inputs before what reads them */
    VEC(FlowHead) head;           /* by layer */
    int layers;
} Flow;

/* Of the s-ops and selectors in the value. NULL after reporting: there are none. */
Flow *flow_of(RaspProgram *p, const RaspValue *value);

void schedule(Flow *flow);
int flow_heads(const Flow *flow, int layer);
int flow_most_heads(const Flow *flow); /* in one layer */

/* ---- formula.c: at most `most` bytes, then ".." */
const char *formula_of(const Flow *flow, Arena *arena, int step, int most);       /* what is drawn is called by its label */
const char *formula_whole(const Flow *flow, Arena *arena, int step, int most);    /* only the author's names */
const char *formula_label(const Flow *flow, Arena *arena, int step, int most);    /* its label, or formula if it has none */
const char *formula_short(Arena *arena, const char *text, int most);
const char *input_name(RaspInput input);

#endif

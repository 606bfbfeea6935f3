/* loop.h - a block of control on its way into the graph, for control.c */
#ifndef SINTER_CHECK_LOOP_H
#define SINTER_CHECK_LOOP_H

#include "checker.h"

typedef VEC(Str) StrList;

/* A dim of something that grows, as the caller knows it, in the turn, at the end of the turn, and after the loop. */
typedef struct Growing {
    Dim *before, *inside, *end, *after;
    const Expr *most;
    int appended;
} Growing;

typedef struct Carried {
    Entity *outside; /* NULL: the number of the turn */
    Entity *inside;
    Node *start, *arg;
} Carried;

typedef struct Loop {
    Unit *unit;
    Scope *scope; /* of the block */
    VEC(Carried) carried;
    VEC(Growing) growing;
    Span span;
} Loop;

void bound_names(Check *c, const StmtList *list, StrList *names, StrList *appended); /* names that statements bind anew */
int is_named(const StrList *names, Str name);                                        /* of a family's member: the family is */

/* What `body` carries, copied in front of the loop; nothing is entered yet. */
Loop loop_of(Check *c, Scope *scope, const Stmt *stmt, const StmtList *body, StrList *appended);
void loop_enter(Check *c, Scope *scope, Loop *loop, const char *word); /* word: "while", begins the name of its unit */
void loop_unless(Check *c, Expr *condition, Span span);                /* the loop is left unless the condition holds */
void loop_leave(Check *c, Loop *loop, int once); /* outside, the names stand for what the loop ended with */
/* An argument or a result of the loop, over the dims that the loop has there. */
Node *loop_handed(Check *c, Loop *loop, NodeKind kind, Node *source, Unit *unit, int after);

#endif

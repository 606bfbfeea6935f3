/* checker.h - what the files of the checker share
 *
 * report.c  messages
 * scope.c   names and what they stand for
 * number.c  arithmetic on values that are known before anything runs
 * fixed.c   expressions of such values
 * formula.c expressions
 * place.c   where on an axis an index stands
 * access.c  reads of tensors and parameters, regrouping of indices
 * stored.c  parameters in the checkpoint
 * list.c    lists of numbers as tensors
 * reduce.c  reductions, and the reducers of the prelude
 * bind.c    what formal dims and parameters of a function stand for
 * call.c    functions
 * unit.c    tensors across functions and turns of loops
 * dims.c    dim, ragged
 * declare.c inputs, states, parameters
 * tensor.c  expressions as tensors
 * equation.c  equations and outputs
 * stmt.c    statements
 * along.c   recurrences
 * control.c while, and repeat and if of a sequence
 * loop.c    what they carry
 * grow.c    grow, append, cut
 * files.c   configs, weights, the tokenizer
 * model.c   the whole text */
#ifndef SINTER_CHECKER_H
#define SINTER_CHECKER_H

#include "../check.h"
#include "../value.h"

typedef struct Scope Scope;
typedef struct Entity Entity;
typedef struct Check Check;
typedef struct Reducing Reducing;
typedef struct Whole Whole;

/* A name for one axis, and the dim it runs over: indices of tensors as declared, formal dims of functions. */
typedef struct Index {
    Str name;
    Dim *dim;
} Index;
typedef VEC(Index) IndexList;

typedef VEC(Expr *) ExprList;
typedef VEC(Entity *) EntityList;

typedef enum EntityKind {
    EN_FIXED,   /* value: known now (config, let, a static argument, a turn of a loop) */
    EN_DIM,     /* dim */
    EN_TUPLE,   /* index: several dims under one name, `*a` */
    EN_TENSOR,  /* node, read at index[k] on axis[k] */
    EN_SCALAR,  /* expr: an argument without indices of its own */
    EN_VAR,     /* var: an index that is bound here */
    EN_FN,      /* stmt */
    EN_REDUCER, /* stmt */
    EN_BODY,    /* the body handed to a reducer, see Reducing */
    EN_ERROR    /* reported already */
} EntityKind;

struct Entity {
    EntityKind kind;
    Str name;
    Span span;
    const Value *value;
    Dim *dim;
    IndexList index;
    Node *node;
    int *axis; /* EN_TENSOR: axis of the node that index k stands for */
    Expr *expr;
    Var *var;
    const Stmt *stmt;
    int grows;   /* EN_TENSOR: its first index grows (`grow`), over a dim of its own */
    Scope *home; /* EN_FN, EN_REDUCER: where it was written */
    Str shown; /* EN_DIM bound to a formal dim: the index's name where it was given */
    int used;
};

/* A tensor that was read without brackets. */
struct Whole {
    const Entity *tensor;
    Span span;
};

struct Scope {
    Scope *parent;
    VEC(Entity *) entity;
    VEC(Entity *) vars;
    int function; /* names assigned below do not reach above */
    int open;     /* indices may still be introduced by reading a tensor whole: they are added to vars and to opened */
    int barrier;  /* indices bound above are not seen: the argument is a tensor by itself */
    VarList opened;
    VarList seen;  /* where open: indices in the order in which they were read, but for those of stored tensors */
    int statement; /* the right side of an equation is read here: */
    VEC(Whole) whole; /* the tensors in it without brackets, to check that their indices agree */
    Reducing *reducing; /* of a reducer being applied */
    Str bound_as;       /* here its index, by this name, is .. */
    VarList bound;      /* .. these */
};

/* softmax[t' where P] e, while the text of the reducer is read: its index stands for `over`, its body for `body`, a function of `over`. */
struct Reducing {
    Str index, name;
    VarList over, outside; /* outside: the indices of these names around the call, once used_outside */
    Expr *where, *body;
    int used_outside;
    const Ast *call;
    Scope *scope; /* of the call */
};

/* `dim u = a + b`: the place in u of element 0 of a part. */
typedef struct Part {
    Dim *whole, *part;
    Expr *offset;
} Part;

struct Check {
    Arena *arena;
    Diag *d;
    Graph *graph;
    Weights *weights;
    const char *directory;
    Scope *library, *global;
    Unit *unit;
    Str prefix;        /* of parameter names: "encoder.layer.0" */
    Span author;       /* the author's equation being read; while library text is read, errors are shown here */
    Str library_name;  /* of the library function being dissolved */
    Span quote;
    Str hint;          /* a word for unnamed results, from the last piece of a path */
    Dim *last;         /* dim of the axis whose index is being read: meaning of `last` */
    Step *along;       /* the block being read, NULL if none */
    int load;          /* inside `param`: everything is evaluated by the compiler */
    int stored_read;   /* the indices of a stored tensor are being read */
    int depth;         /* of calls and expressions, bounded */
    const Stmt *returning; /* the `return` that was reached .. */
    Str returning_under;   /* .. and the prefix there */
    int inline_scalar; /* the function being read works on single values of its caller */
    int loops;
    int broken;        /* something was wrong: the model cannot be used, whether or not it was said */
    int silent;        /* the last error was said before, so its notes and hints are not said again */
    VEC(Node *) stored; /* parameters by path */
    VEC(Dim *) stored_dims;
    VEC(Part) parts; /* of dims that are joined from others */
    EntityList states;
    NodeList state_nodes;
    VEC(const Value *) configs;
    Str config_name;   /* the first one's file */
    int unreadable;    /* weights that could not be read: that a parameter is missing follows from it */
};

enum { CHECK_DEPTH = 400, CHECK_NODES = 2000000 };

/* ---- report.c */
void check_error(Check *c, Span span, const char *format, ...) __attribute__((format(printf, 3, 4)));
void check_note(Check *c, Span span, const char *format, ...) __attribute__((format(printf, 3, 4))); /* these belong to the last error */
void check_hint(Check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
void check_did_you_mean(Check *c, Str wrong, const Str *names, int n);
void check_absent(Check *c, Str what, const Ast *otherwise); /* of `what ?? otherwise` the right side was taken, for --info */

/* ---- scope.c */
Scope *scope_new(Check *c, Scope *parent);
Entity *scope_add(Check *c, Scope *scope, EntityKind kind, Str name, Span span);
Scope *scope_of_function(const Check *c, Scope *scope); /* where names live that are seen in the whole function, or at the top */
Entity *scope_define(Check *c, Scope *scope, EntityKind kind, Str name, Span span); /* the same for the author's name, to be free */
Entity *scope_find(const Scope *scope, Str name);     /* NULL: unknown */
int scope_has_value(Check *c, Scope *scope, const Ast *ast);
Entity *scope_var(const Scope *scope, Str name);      /* an index bound here, NULL: none */
void scope_bind_var(Check *c, Scope *scope, Str key, Var *var);
Scope *scope_open(Scope *scope);                      /* where indices may be introduced; NULL: nowhere */
void scope_saw(Check *c, Scope *scope, Var *var);     /* an index is read here */
void scope_unknown(Check *c, const Scope *scope, Str name, Span span, const char *what);
void scope_assign(Check *c, Scope *scope, Entity *entity); /* defines a name, or binds it anew where it was defined */
Str name_without_primes(Str name);
Str name_of(Check *c, Scope *scope, Str name, const Ast *at, Span span); /* name@k with k known */

/* ---- number.c */
const Value *number_int(Check *c, int64_t i, Span span);
const Value *number_bool(Check *c, int b, Span span);
const Value *number_real(Check *c, double r, Span span);
const Value *number_ratio(Check *c, int64_t numerator, int64_t denominator, Span span);
const Value *number_decimal(Check *c, const Ast *ast);
const Value *number_arithmetic(Check *c, AstOp op, const Value *a, const Value *b, Span span); /* also joins strings and lists */
int number_is(const Value *v);                            /* a bool is 0 or 1 */
int64_t number_as_int(const Value *v);
double number_as_real(const Value *v);
int number_as_ratio(const Value *v, int64_t *n, int64_t *d); /* 0: it is not exact */
int64_t number_floor_div(int64_t a, int64_t b);
int number_same(const Value *a, const Value *b);          /* equal; of any kind */

/* ---- fixed.c */
/* The value of an expression when everything in it is known now; NULL if not. An error in it is reported and gives fixed_error. */
const Value *fixed_try(Check *c, Scope *scope, const Ast *ast);
extern const Value fixed_error;
Value *fixed_make(Check *c, ValueKind kind, Span span);
const Value *fixed_fail(Check *c, Span span, const char *text); /* reports, gives fixed_error */
const Value *fixed_must(Check *c, Scope *scope, const Ast *ast, const char *what); /* reports when not known */
int fixed_int(Check *c, Scope *scope, const Ast *ast, const char *what, int64_t *out); /* 0: reported */
void fixed_note(Check *c, const Ast *ast, const Value *value); /* below an error about the value of ast: where it stands, if elsewhere */
Str fixed_path(Check *c, Scope *scope, const Ast *ast, Dim **family);        /* a string with its {..}; family: of an index in it */
const char *fixed_show(Check *c, const Value *value);
Expr *fixed_expr(Check *c, const Value *value, Span span);

/* ---- formula.c */
Expr *scalar(Check *c, Scope *scope, const Ast *ast);                 /* NULL: reported */
Expr *scalar_of(Check *c, Scope *scope, const Ast *ast, Type type, const char *what);
Expr *scalar_int_exact(Check *c, Scope *scope, const Ast *ast);       /* floor/ceil of a ratio of integers, exact; NULL: it is none */
Dim *dim_of(Check *c, Scope *scope, const Ast *ast);                  /* the dim an expression names; NULL: reported */
Expr *whole_to_int(Check *c, Expr *e); /* a floor, or a bool, as an integer; anything else as it is */
Expr *absent_else(Check *c, Scope *scope, const Ast *ast);            /* a ?? b */

/* ---- place.c */
int place_is_part(Check *c, Expr *index, const Dim *axis); /* whether its dim is the axis' own, or a part of it */
/* formula: more than a name was written. may_miss: the author says with `??` what holds outside of the axis. Either way an index over
 * another dim is meant. NULL: reported */
Expr *place_checked(Check *c, Expr *index, const Dim *axis, const char *what, Span declared, int formula, int may_miss);

/* ---- access.c */
Expr *access_whole(Check *c, Scope *scope, const Entity *tensor, Span span);
Expr *access_at(Check *c, Scope *scope, const Ast *index, Expr *otherwise); /* tensor[..] or "path"[..] */
Expr *access_otherwise(Check *c, const Expr *read, Expr *otherwise);        /* the same, with a value where it is out of range */
int access_param_exists(Check *c, Scope *scope, const Ast *ast);            /* 1, 0; -1 when ast is no parameter */
int access_stored(Check *c, Str path);                                     /* "path" in weights */
Str access_param_name(Check *c, Scope *scope, const Ast *ast);              /* of a parameter its path, else what is written */
Expr *access_entity(Check *c, Scope *scope, const Entity *tensor, const Ast *ast, const AstList *items, Expr *otherwise);

/* ---- stored.c */
Str stored_path(Check *c, Scope *scope, const Ast *ast, Dim **family, Str *first); /* of "path"[..], with its prefix; NULL: reported */
Node *stored_node(Check *c, Str path, Str first, const Dim *family, Span span);   /* path: with the mark of its family (fixed_path) */
int stored_rows_suffice(Check *c, const Expr *index, const Dim *axis, Str path);  /* 0: reported */
void stored_note(Check *c, Str path);                                             /* below an error: what the file has */

/* ---- list.c */
Expr *list_at(Check *c, Scope *scope, const Value *list, const Ast *ast, Expr *otherwise); /* list[..] at an index not known now */

/* ---- reduce.c */
Expr *reduce(Check *c, Scope *scope, const Ast *ast, Expr *empty);
int bind_indices(Check *c, Scope *scope, const AstBinds *binds, Scope *into, VarList *out); /* new variables; 0: reported */
Expr *reduce_over(Check *c, Reduce op, const VarList *bound, Expr *where, Expr *body, Expr *empty, Span span);
Expr *reduce_name(Check *c, Scope *scope, Str name, Span span); /* the index or the body of the reducer being applied; NULL: neither */
Node *node_of(Check *c, Str name, Expr *value, const VarList *free, Span span); /* an equation, emitted */
Expr *read_own(Check *c, Node *node, Span span);                                /* node at its own indices */
Expr *kept(Check *c, Str name, Expr *value); /* the value, computed once: a leaf, or an equation of its own */

/* ---- bind.c */
int bind_call(Check *c, Scope *caller, Scope *scope, const Ast *ast, const Stmt *fn, int own_unit); /* 0: reported */
int ast_uses(const Ast *ast, Str name); /* how often it reads this name */
Str last_word(Str path);                /* "dense" of "output.dense" */

/* ---- call.c */
Expr *call_scalar(Check *c, Scope *scope, const Ast *ast);                 /* a call inside an expression */
int call_results(Check *c, Scope *scope, const Ast *ast, EntityList *out); /* 0: reported; tensors it gives back, none if a scalar */
const Entity *call_is_fn(Check *c, Scope *scope, const Ast *ast);          /* the function an AST_CALL calls, or NULL */
int fn_has_tensors(const Stmt *fn);
int op_of_name(Str name);                                             /* exp, max, ... or -1 */

/* ---- unit.c */
Node *unit_reach(Check *c, Node *node);                                /* the node as it is known in c->unit */
Node *unit_emit(Check *c, Node *node);                                 /* appends it to the current unit, or to what is being loaded */
Node *unit_copy(Check *c, NodeKind kind, Node *source, Unit *unit);    /* an argument or a result of the same shape */
Unit *unit_enter(Check *c, UnitKind kind, Str name, Span span);
void unit_leave(Check *c, Unit *unit);
void unit_for(Check *c, Scope *scope, const Stmt *stmt);

/* ---- dims.c */
void dims_statement(Check *c, Scope *scope, const Stmt *stmt);

/* ---- tensor.c */
/* keys: names of the indices; NULL: those of its variables */
Entity *tensor_entity(Check *c, Str name, Span span, Node *node, const Str *keys);
Entity *tensor_of(Check *c, Scope *scope, const Ast *ast, Str name, const VarList *order); /* any expression as a tensor; NULL: reported */
/* The equation of a value; where it only reads a nameless one made since `since`, that one takes the name. */
Node *tensor_named(Check *c, Str name, Expr *value, const VarList *free, int since, Span span, int **axis);
void tensor_order(VarList *free, const VarList *order, const Scope *open, const VarList *used, Arena *arena);
void tensor_opened(const Scope *open, VarList *used, Arena *arena);
int whole_agree(Check *c, const Scope *scope, const VarList *wanted);
int same_shape(const Dim *a, const Dim *b); /* one dim, or two fixed ones of one length */

/* ---- equation.c */
void equation(Check *c, Scope *scope, const Stmt *stmt);
Entity *tensor_with_brackets(Check *c, Scope *scope, const AstLhs *lhs, const Ast *value, Str name); /* y[t,o] = value; NULL: reported */
Str *tensor_keys(Check *c, const Scope *bound, int n);           /* names of the n indices that brackets bound */
void tensor_failed(Check *c, Scope *scope, Str name, Span span); /* reported: the name stays silent from now on */

/* ---- declare.c */
void declare_input(Check *c, Scope *scope, const Stmt *stmt);
void declare_state(Check *c, Scope *scope, const Stmt *stmt);
void declare_param(Check *c, Scope *scope, const Stmt *stmt);

/* ---- control.c */
int control_grows(const StmtList *body); /* something is appended or cut in it */
void control_while(Check *c, Scope *scope, const Stmt *stmt);
void control_repeat(Check *c, Scope *scope, const Stmt *stmt);
void control_if(Check *c, Scope *scope, const Stmt *stmt);

/* ---- grow.c */
void grow_statement(Check *c, Scope *scope, const Stmt *stmt); /* grow, append, cut */

/* ---- stmt.c */
void statements(Check *c, Scope *scope, const StmtList *list);
void prefix_under(Check *c, Scope *scope, const Ast *under);           /* adds to c->prefix */
void along(Check *c, Scope *scope, const Stmt *stmt);                  /* along.c */

/* ---- files.c */
void file_statement(Check *c, Scope *scope, const Stmt *stmt);      /* model, config, weights, tokenizer */
int files_open(Check *c, const StmtList *text);                     /* weights of the whole text; 0: reported */
void files_warn_unread(Check *c);                                   /* keys of configs */
void files_note_values(Check *c, Scope *scope, const Ast *ast);     /* "'hidden_act' is \"x\" here" below an error about ast */

#endif

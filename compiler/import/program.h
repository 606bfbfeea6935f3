/* program.h - a Transformer Program, as its authors' tool prints it, becomes a model text and tables
 *
 * The text is a Python file of one shape (docs/rasp.md says which): helper functions, and `run(tokens)`, whose statements are, in the order
 * they are read here: the classifier's weights; variables of the input; predicates, heads and tables, each of which makes one variable
 * more; the scores of variables; the sum of scores and the class that has most. It is parsed, never run. */
#ifndef SINTER_IMPORT_PROGRAM_H
#define SINTER_IMPORT_PROGRAM_H

#include "csv.h"
#include "decimal.h"
#include "python.h"

enum {
    WORDS_MOST = 1 << 20,     /* of a vocabulary */
    POSITIONS_MOST = 1 << 16, /* that have scores */
    NUMBER_MOST = 1 << 20,    /* of what stands in a program */
    TABLE_MOST = 1 << 24,     /* entries of one table */
    TABLES_MOST = 1 << 26,    /* of all */
    NAMES_MOST = 4096,        /* variables, patterns, functions */
    PARAMS_MOST = 4,          /* of a table's function */
};

#define COUNT_MOST (INT64_C(1) << 50) /* what a numerical variable can come to */

/* ---- values ------------------------------------------------------------------------------------------------------------------------ */

/* What a categorical variable holds: values of two sorts are never equal, as in Python. Of each sort they are numbered from 0. */
typedef enum Sort {
    SORT_WORDS,  /* strings: words of the vocabulary */
    SORT_INTS,
    SORT_MEMBERS /* Emb2.V05: of the group 2 the number 5 */
} Sort;

typedef struct Literal {
    Sort sort;
    int group;      /* of members */
    int64_t number; /* of ints and members */
    Str word;
    Span span;
} Literal;

typedef struct Variable {
    Str name;
    Span span;
    int numeric;      /* a count or a sum of such, 0 .. most; else: */
    int64_t most;
    Sort sort;
    int group;
    int64_t size;     /* values are 0 .. size - 1 */
    const unsigned char *possible; /* [size] which of them; NULL: all */
    int scored;       /* its scores were read */
} Variable;

/* Of names that differ, each with a number. */
typedef struct Names {
    VEC(Cell) at;        /* by number */
    VEC(int) by_text;    /* numbers, sorted by name; made by names_sort() */
} Names;

/* ---- functions --------------------------------------------------------------------------------------------------------------------- */

/* `if PARAMS in {..}: return RESULT`: the literals first .. first + n - 1, as many for each key as there are parameters. */
typedef struct Rule {
    int first, n;
    int always; /* `return RESULT` */
    Literal result;
} Rule;

typedef struct Function {
    Str name;
    Span span;
    int predicate;
    Str param[PARAMS_MOST];
    int params;
    int used;
    VEC(Literal) literal;
    VEC(Rule) rule;
} Function;

/* A head's pattern of attention: who looks where. */
typedef struct Pattern {
    Str name;
    Span span;
    int closest; /* one place each; else all that fit */
    const Variable *key;
    const char *wanted; /* in the model text: the key that t looks for */
} Pattern;

/* ---- weights ----------------------------------------------------------------------------------------------------------------------- */

typedef struct SheetRow {
    Str feature, value;
    Span span;
    const Decimal *weight; /* [classes] */
    int repeated;          /* the mark `_` of values that do not exist, which may stand more than once */
} SheetRow;

/* The table of weights. */
typedef struct Sheet {
    const Source *source;
    Names classes;
    VEC(SheetRow) row;       /* in the order of the file */
    VEC(SheetRow) sorted;    /* by feature and value */
} Sheet;

typedef struct Score {
    Str name; /* of the Python variable */
    Span span;
    Variable *of;
    const SheetRow **row; /* [size], [1] of a numeric one; NULL where the value does not come up */
    int added;            /* it is one of those that are summed */
} Score;

/* ---- what comes out ---------------------------------------------------------------------------------------------------------------- */

typedef struct Stored {
    Str name;
    int rank;
    int64_t shape[PARAMS_MOST];
    int32_t *data; /* or */
    int64_t *wide;
} Stored;

/* At a text's begin or end a word is its own class. */
typedef struct End {
    int given;
    int word;    /* number in the vocabulary, -1: it never comes up */
    Str as;      /* the class */
    Span span;
} End;

typedef struct Import {
    Arena *arena;
    Diag *d;
    Python p;
    const char *path, *folder;            /* of the program */
    const char *weights, *embeddings;     /* files; NULL: as the program says */
    struct { int given, causal; } helper[4]; /* by Helper */
    Sheet *sheet;
    Names words;
    Variable *tokens, *positions; /* NULL: not yet */
    VEC(const int32_t *) codes;           /* [columns]: of each word the code */
    Names columns;
    int64_t entries;                      /* of all tables so far */
    int groups;                           /* Emb0 .. below this were imported */
    VEC(Variable *) variable;
    VEC(Function *) function;
    VEC(Pattern) pattern;
    VEC(Score) score;
    VEC(const char *) line;               /* of the model text: one for each variable */
    VEC(Stored) stored;
    End first, last;
    int summed;                           /* the scores that are summed are known */
    int pooled;                           /* one class for the whole text */
    int places, rounded;                  /* of scores: in units of 10^-places, to which they had to be rounded */
    int details;                          /* run(tokens, return_details=False) */
} Import;

typedef enum Helper { HELPER_CLOSEST, HELPER_SELECT, HELPER_COPY, HELPER_SUM } Helper;

/* program_helper.c: `def select_closest(..): ..` and the like, at its `def`. */
int import_helper(Import *m);
int import_needs_helper(Import *m, Helper helper, Span span); /* 1, or an error */

/* program_value.c */
void names_sort(Import *m, Names *names);
int names_find(const Names *names, Str text); /* -1: it is none of them */
int import_is_called(Str name, const char *prefix, const char *ending); /* PREFIX L_N ENDING, as "attn_0_1_outputs" */
Variable *import_variable(Import *m, Token name);                   /* that was defined before; or NULL and an error */
Variable *import_define(Import *m, Str name, Span span, Variable like); /* NULL: there is one already */
int import_literal(Import *m, Literal *out);                        /* at the token: "word", 3, Emb0.V07 */
int64_t import_code(const Import *m, const Variable *of, const Literal *literal); /* -1: the variable never has this value */
Str import_value_text(Import *m, const Variable *of, int64_t code);   /* as Python's str() has it */
int import_room(Import *m, int names, Span span);                      /* 1, or an error: there are too many */
void import_line(Import *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* program_function.c: `def predicate_0_1(..): ..`, `def mlp_0_0(..): ..`, behind its `def`; and the table that it is for its arguments. */
int import_function(Import *m);
Function *import_called(Import *m, Token name, int predicate); /* or NULL and an error */
/* Its table, stored; gives what reads it at t in the model text. NULL: reported. */
const char *import_predicate(Import *m, const Function *f, const Variable *query, const Variable *key);
/* The same, and in `result` the size and possible values of what it gives. */
const char *import_table(Import *m, const Function *f, Variable *const *of, Variable *result);

/* program_sheet.c: tables, and the variables of the input that they know the values of */
int import_weights(Import *m, Token path);
int import_needs_weights(Import *m);                                       /* 1, or an error */
const SheetRow *import_row(const Sheet *sheet, Str feature, Str value); /* NULL: there is none, or several */
int import_words(Import *m, Token place);                                  /* `tokens`: the words that have a row */
int import_positions(Import *m);
int import_embeddings(Import *m, Token path);
int import_stop(Import *m); /* after an error outside of the program: 0 */

/* program_scores.c */
int import_score(Import *m, Token name);
int import_scores(Import *m); /* the tables of those that are summed */

/* program_head.c: what makes a variable */
int import_pattern(Import *m, Token name);
int import_outputs(Import *m, Token name);
int import_column(Import *m, Token name);

/* program_read.c: all but what is written. */
int import_read(Import *m, const Source *source);

/* program_write.c */
int import_write(Import *m, const char *name, const char *directory);

#endif

/* csv.h - a table as comma-separated text (RFC 4180), row by row */
#ifndef SINTER_IMPORT_CSV_H
#define SINTER_IMPORT_CSV_H

#include "../arena.h"
#include "../diag.h"
#include "../source.h"

typedef struct Cell {
    Str text;
    Span span;
} Cell;

typedef struct Csv {
    Arena *arena;
    Diag *d;
    const Source *source;
    size_t at;
    Span row;       /* where the last row stands */
    VEC(Cell) cell; /* its cells */
} Csv;

/* NULL: the file cannot be read or is no text, which was reported. */
Csv *csv_open(Arena *arena, Diag *d, const char *path);
Csv *csv_of(Arena *arena, Diag *d, const Source *source);

/* The next row that is not empty: 1; 0: there is none, or it is none, which was reported. */
int csv_next(Csv *csv);

#endif

/* launch.h - functions that a device runs, and the line of the host that starts each
 *
 * The plan of a device (EmitOptions.device) prints every nest as a function of its own. While its text is printed, what it reads and writes
 * in memory becomes its parameters: pointers, all of 8 bytes. What varies with the batch it reads from `batch`, in the device's memory. */
#ifndef SINTER_LAUNCH_H
#define SINTER_LAUNCH_H

#include "print.h"

typedef struct LaunchParam {
    Str place; /* in words of the host's function: "layer->dense_weight" */
    Str name;  /* in the device's function: "dense_weight" */
    const char *type;
    int writes;
    const Slot *room; /* of a nest: each worker may have one of its own */
    int copied;       /* the host hands over a copy */
} LaunchParam;

typedef struct Launch {
    VEC(LaunchParam) param;
} Launch;

typedef enum GridSize {
    GRID_ONE,     /* one thread */
    GRID_BLOCK,   /* one block */
    GRID_BLOCKS,  /* blocks, each with one worker's room */
    GRID_WORKERS, /* a thread for each worker's room */
    GRID_ALL,     /* as many as run at once */
    GRID_BESIDE   /* of a kernel beside another, for GPUs that have more */
} GridSize;

int launches(const Plan *p, const Func *f); /* nests of this function are functions of a device */

/* A function that is called both by the host and, in a loop whose turns depend on data, by a thread of the device is there twice. */
void launch_find_within(Plan *p);
Str launch_callee(const Plan *p, const Func *caller, const Func *callee); /* its name for this caller */

void launch_begin(Plan *p, Launch *launch);

/* What `place` is called in the function that is printed; the place itself where none is. */
Str launch_place(Printer *pr, Str place, const char *type);
void launch_writes(Plan *p, Str name);

/* A buffer of a nest: in a grid, this worker's own. */
Str launch_room(Printer *pr, const Slot *slot);

/* "batch->room_0", the number of it: elements of a basis at most in this batch. */
int launch_basis(Plan *p, const Basis *basis);

/* A struct of the host's, copied to the device: `place` is its address, type that of its struct. */
Str launch_struct(Printer *pr, Str place, const char *type);

/* Its definition goes to Plan.device, under `about`; what starts it to out. */
void launch_end(Plan *p, Func *f, const char *wish, const Text *about, const Text *body, GridSize size, Text *out);

/* Of a kernel that is printed elsewhere: its name, and what starts it with pointers at these places; `shared`: bytes of shared memory. */
Str launch_name(Plan *p, const Func *f, const char *wish);
void launch_print(Plan *p, Str name, GridSize size, int64_t shared, const char *const *place, int n, Text *out);

/* device_dim.c: a dim that data make. */
void device_dim_print(Plan *p, Func *f, Dim *dim, Text *out);

/* grid.c: a nest whose outer loops are dealt among all threads. */
void grid_print(Printer *pr, const Text *about, Text *out);

#endif

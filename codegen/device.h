/* device.h - the part of a model that a GPU runs: NAME.cu, and NAME_cuda.c, which starts what is in it */
#ifndef SINTER_DEVICE_H
#define SINTER_DEVICE_H

#include "model.h"

/* The plan for the device of a model whose plan for the processor is `like`; both read the same packed weights, and
 * what it needs besides stands behind them. Nothing of `like` can be printed afterwards. 0: reported. */
int device_make(Model *m, const Model *like, Diag *d);

void device_kernels_print(Model *m, Text *out); /* NAME.cu */
void device_host_print(Model *m, Text *out);    /* NAME_cuda.c */
void device_fatbin_print(Model *m, Text *out);  /* NAME_fatbin.S */
void device_header_print(Model *m, Text *out);  /* for NAME.h */

/* device_run.c */
void device_setup_print(Model *m, Text *out);   /* what the device does before a run: lines of the host. Before NAME.cu is printed */
int device_offsets(Model *m);                   /* given offsets arrays that the device reads */
int device_returned(Model *m);                  /* arrays that a run writes */
void device_where_print(Model *m, Text *out);
void device_run_print(Model *m, const Text *setup, Text *out);

#endif

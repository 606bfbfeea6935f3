/* source.h - pieces of sources: those of the processor and those of a device have them alike */
#ifndef SINTER_SOURCE_FILE_H
#define SINTER_SOURCE_FILE_H

#include "model.h"

void source_banner(Model *m, const char *ending, Text *out);
void source_dims(Model *m, const Text *used, Text *out); /* lengths, of those dims that the text mentions */
void source_tables(Model *m, Text *out);                 /* of places in a larger dim */
void source_batch(Model *m, Text *out);
void source_weight_types(Model *m, Text *out);
void source_buffer_types(Model *m, Text *out);
void source_weights(Model *m, Text *out);                /* pointers into the block of weights */
void source_regions(Model *m, Text *out);
void source_leases(Model *m, Text *out);                  /* pointers into the workspace */

/* run.c: the head of a run */
void run_pointers_check(Model *m, Text *out);
void run_offsets_check(Model *m, Text *out);
void run_values_check(Model *m, Text *out);
void run_capacities(Model *m, const char *too_many, Text *out);

#endif

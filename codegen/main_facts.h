/* main_facts.h - words about a model in the file of its command line */
#ifndef SINTER_MAIN_FACTS_H
#define SINTER_MAIN_FACTS_H

#include "model.h"

const char *quoted(Plan *p, const char *text); /* a string of C, whatever its bytes */

int label_count(Model *m); /* how many names of classes the one output has */
void print_labels(Model *m, Text *out);
void print_facts(Model *m, Text *out); /* the inputs' hashes from the banner, the target, the workspace, what was absent */

#endif

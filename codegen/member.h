/* member.h - members of nests, and the sites that read them: store.c decides, member.c makes them */
#ifndef SINTER_MEMBER_H
#define SINTER_MEMBER_H

#include "plan.h"

void site_find(Plan *p, Info *info); /* of all its readers, which are settled */
int site_same(const Site *a, const Site *b, int n); /* the first n indices agree */
void member_root(Plan *p, Func *f, Node *node, Item *item); /* a stored reduction is a local accumulator and a map that stores it */
void member_local(Plan *p, Node *node); /* one in each nest that reads it, for each way in which it does */

#endif

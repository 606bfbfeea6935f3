/* maps.h - stored equations without a reduction, as kernels
 *
 * Forms without a reduction in their head take them. The last fixed axes are the role that results are stored along: as many as lie side by
 * side in all that is read; the others are the other role. Of several forms the first whose condition holds. */
#ifndef SINTER_FORMS_MAPS_H
#define SINTER_FORMS_MAPS_H

#include "../plan.h"

/* Needs: what is stored is decided. */
void maps_take(Plan *p, Func *f);

#endif

/* forms.h - the forms that a plan may use */
#ifndef SINTER_FORMS_FORMS_H
#define SINTER_FORMS_FORMS_H

#include "../plan.h"

/* Those inside the compiler and those of the folders named on the command line, as far as the target has them, into p->form: forms of
 * several reductions first, then by name. 0: reported. */
int forms_load(Plan *p);

#endif

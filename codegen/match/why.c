/* Reasons, for explain. */
#include "covering.h"

Str why_var(const NormExpr *var)
{
    return var->dim && var->dim->name ? var->dim->name : str_of("?");
}

void why_add(Cover *c, Draft *d, const Form *form, const NormNode *node, Str reason)
{
    const Why why = {.form = form ? form->name : NULL,
                     .what = node && node->from ? node->from->name : NULL,
                     .reason = reason,
                     .span = node && node->from ? node->from->span : (Span){0}};
    for (int i = 0; i < (d ? d->why.n : c->why.n); i++) {
        const Why *old = d ? &d->why.at[i] : &c->why.at[i];
        if (old->form == why.form && old->reason == reason && old->what == why.what) {
            return;
        }
    }
    if (d) {
        vec_push(c->p->arena, d->why, why);
    } else {
        vec_push(c->p->arena, c->why, why);
    }
}

/* Reasons, for explain. */
#include "covering.h"

Str why_var(const NormExpr *var)
{
    return var->dim && var->dim->name ? var->dim->name : str_of("?");
}

void why_add(Cover *c, Draft *d, const Form *form, const NormNode *node, Str reason)
{
    const Node *from = node ? node->from : NULL;
    const Span span = !from ? (Span){0} : from->said.source ? from->said : from->span;
    const Why why = {.form = form ? form->name : NULL, .what = from ? from->name : NULL, .reason = reason, .span = span};
    for (int i = 0; i < (d ? d->why.n : c->why.n); i++) {
        const Why *old = d ? &d->why.at[i] : &c->why.at[i];
        if (old->form == why.form && old->reason == reason && old->what == why.what && old->span.source == span.source &&
            old->span.begin == span.begin) {
            return;
        }
    }
    if (d) {
        vec_push(c->p->arena, d->why, why);
    } else {
        vec_push(c->p->arena, c->why, why);
    }
}

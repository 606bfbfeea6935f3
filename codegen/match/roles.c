/* Roles by incidence: an index of the model gets the role with the fewest holes that has all the holes it occurs in. */
#include "covering.h"

typedef struct Incidence {
    NormExpr *var;
    unsigned holes; /* that read it */
} Incidence;
typedef VEC(Incidence) IncidenceList;

static unsigned holes_of_role(const Form *form, int r)
{
    unsigned holes = 0;
    for (int h = 0; h < form->holes; h++) {
        holes |= (form->hole[h].roles >> r & 1u) << h;
    }
    return holes;
}

static Str names_of(const Form *form, unsigned holes)
{
    Str names = str_of("");
    for (int h = 0; h < form->holes; h++) {
        if (holes >> h & 1u) {
            names = str_format("%s%s%s", names, *names ? " and " : "", form->hole[h].name);
        }
    }
    return names;
}

static int several(unsigned holes)
{
    return (holes & (holes - 1)) != 0;
}

static void occurrences(Cover *c, const Form *form, const Env *env, IncidenceList *out)
{
    for (int h = 0; h < form->holes; h++) {
        NormExpr *e = env->rest[h] ? env->rest[h] : env->hole[h];
        for (int k = 0; e && k < e->nvars; k++) {
            int i = 0;
            while (i < out->n && out->at[i].var != e->vars[k]) {
                i++;
            }
            if (i == out->n) {
                vec_push(c->p->arena, *out, ((Incidence){e->vars[k], 0}));
            }
            out->at[i].holes |= 1u << h;
        }
    }
}

static int role_of_var(const Form *form, const NormList role[], const NormExpr *var)
{
    for (int r = 0; r < form->roles; r++) {
        if (list_has(&role[r], var)) {
            return r;
        }
    }
    return -1;
}

static int bits(unsigned holes)
{
    int n = 0;
    for (; holes; holes &= holes - 1) {
        n++;
    }
    return n;
}

static int smallest_role(const Form *form, unsigned holes)
{
    int best = -1, least = 0;
    for (int r = 0; r < form->roles; r++) {
        const unsigned own = holes_of_role(form, r);
        if (form->role[r].result && !(holes & ~own) && (best < 0 || bits(own) < least)) {
            best = r;
            least = bits(own);
        }
    }
    return best;
}

Str roles_of(Cover *c, const Form *form, const Env *env, NormList role[MOST_ROLES])
{
    IncidenceList seen = {0};
    occurrences(c, form, env, &seen);
    for (int r = 0; r < form->roles; r++) {
        role[r] = (NormList){0};
        for (int k = 0; k < env->letters[r]; k++) {
            vec_push(c->p->arena, role[r], env->letter[r][k]);
        }
    }
    for (int i = 0; i < seen.n; i++) {
        const int r = role_of_var(form, role, seen.at[i].var);
        if (r < 0) {
            const int found = smallest_role(form, seen.at[i].holes);
            if (found < 0) {
                return str_format("index %s occurs in %s, which no role allows", why_var(seen.at[i].var), names_of(form, seen.at[i].holes));
            }
            vec_push(c->p->arena, role[found], seen.at[i].var);
            continue;
        }
        const unsigned wrong = seen.at[i].holes & ~holes_of_role(form, r);
        if (wrong) {
            return str_format("%s read%s index %s, which is %c", names_of(form, wrong), several(wrong) ? "" : "s", why_var(seen.at[i].var),
                              form->role[r].letter);
        }
    }
    for (int r = 0; r < form->roles; r++) {
        if (form->role[r].needed && !role[r].n) {
            return str_format("role %c is empty", form->role[r].letter);
        }
    }
    return NULL;
}

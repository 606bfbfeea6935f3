/* --dump=plan: what the passes made of a graph, before it becomes C. */
#include "capacity.h"
#include "model.h"
#include "place.h"

static const char *const step_word[] = {[STEP_NODE] = "equation", [STEP_DIM] = "dim",     [STEP_CALL] = "call",
                                        [STEP_ALONG] = "along",   [STEP_LOOP] = "repeat", [STEP_LEAVE] = "leave"};
static const char *const reduce_word[] = {[RED_NONE] = "map", [RED_SUM] = "sum", [RED_PROD] = "prod", [RED_MAX] = "max",
                                          [RED_MIN] = "min",  [RED_ANY] = "any", [RED_ALL] = "all",   [RED_PICK] = "pick"};

static void dump_vars(const char *before, const VarList *vars, const char *after, FILE *out)
{
    fputs(before, out);
    for (int i = 0; i < vars->n; i++) {
        fprintf(out, "%s%s", i ? " " : "", vars->at[i]->name);
    }
    fputs(after, out);
}

static void dump_member(Plan *p, const Member *m, FILE *out)
{
    fprintf(out, "      %s %s.%d",
            m->root      ? "root "
            : m->aliased ? "grows"
            : m->hoisted ? "value"
                         : "local",
            m->node->name ? m->node->name : "", m->node->id);
    fprintf(out, " %s", reduce_word[m->node->reduce]);
    dump_vars(", loops (", &m->order, ")", out);
    if (m->row) {
        fprintf(out, ", a row of the last %d", m->row);
    }
    if (m->kept.n) {
        dump_vars(", kept for (", &m->kept, ")", out);
    }
    if (plan_info(p, m->node)->wide) {
        fputs(", double", out);
    }
    fputs(" = ", out);
    expr_print(m->body, out);
    for (int i = 0; i < m->guard.n + m->atoms.n; i++) {
        fputs(i ? " and " : " where ", out);
        expr_print(i < m->guard.n ? m->guard.at[i] : m->atoms.at[i - m->guard.n], out);
    }
    fputc('\n', out);
}

static void dump_nest(Plan *p, const Cluster *c, FILE *out)
{
    fprintf(out, "    nest%s\n", c->join ? " by lookup" : c->along ? " in order" : "");
    for (int i = 0; i < c->member.n; i++) {
        dump_member(p, c->member.at[i], out);
    }
    for (int i = 0; i < c->inlined.n; i++) {
        fprintf(out, "      dissolved %s.%d\n", c->inlined.at[i]->name ? c->inlined.at[i]->name : "", c->inlined.at[i]->id);
    }
}

static void dump_func(Plan *p, const Func *f, FILE *out)
{
    fprintf(out, "function %s, %d %s%s\n", f->cname, f->units.n, f->units.n == 1 ? "unit" : "units", f->in_line ? ", in place" : "");
    for (int i = 0; i < f->item.n; i++) {
        const Item *item = &f->item.at[i];
        fprintf(out, "  %d %s", i, step_word[item->kind]);
        if (item->callee) {
            fprintf(out, " %s, %d times", item->callee->cname, item->turns);
        }
        if (item->dim) {
            fprintf(out, " %s", item->dim->name);
        }
        for (int k = 0; k < item->nodes.n; k++) {
            const Info *info = plan_info(p, item->nodes.at[k]);
            fprintf(out, " %s.%d%s%s", item->nodes.at[k]->name ? item->nodes.at[k]->name : "", item->nodes.at[k]->id, info->why ? ": " : "",
                    info->why ? info->why : "");
        }
        fputc('\n', out);
        for (int k = item->nest.n - 1; k >= 0; k--) {
            dump_nest(p, item->nest.at[k], out);
        }
    }
    for (int i = 0; i < f->slot.n; i++) {
        const Slot *slot = f->slot.at[i];
        fprintf(out, "  buffer %s %s%s, %lld * %s, steps %d to %d\n", slot->type, slot->cname, slot->comment, (long long)slot->width,
                capacity_text(p, &slot->basis, FOR_READERS), slot->first, slot->last);
    }
}

int codegen_dump(const Graph *graph, const EmitOptions *options, Diag *d, FILE *out)
{
    Model m;
    if (!model_make(&m, graph, options, d)) {
        return 0;
    }
    for (int i = 0; i < m.p->func.n; i++) {
        dump_func(m.p, m.p->func.at[i], out);
    }
    for (int i = 0; i < m.space->lease.n; i++) {
        const Lease *l = &m.space->lease.at[i];
        fprintf(out, "place %s in %s at %lld, moments %d to %d\n", l->path, m.space->region.at[l->region].name, (long long)l->offset,
                l->from, l->to);
    }
    return 1;
}

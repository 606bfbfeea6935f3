/* Weights as the kernels read them: axes in the order of the loops, equations of parameters evaluated in double, rounded once. */
#include "match/kernel_use.h"
#include "kernel/panel.h"
#include "pack.h"
#include "target.h"

#include "../compiler/eval_files.h"
#include "../compiler/eval_inner.h"
#include "../compiler/weights/safetensors.h"

#include <string.h>

/* ---- layout -------------------------------------------------------------------------------------------------------------------------- */

static Info *find(Info *info)
{
    while (info->tie != info) {
        info = info->tie;
    }
    return info;
}

/* Parameters that equal units read at the same place are read by one line of C. */
static void tie_all(Plan *p)
{
    for (int u = 0; u < p->func.n; u++) {
        const Func *f = p->func.at[u];
        for (int i = 0; i < f->units.n; i++) {
            const NodeList *param = &p->unit[f->units.at[i]->id].param;
            for (int k = 0; k < f->param.n && k < param->n; k++) {
                Info *a = find(plan_info(p, f->param.at[k])), *b = find(plan_info(p, param->at[k]));
                if (a != b) {
                    b->tie = a;
                    a->rigid |= b->rigid;
                }
            }
        }
    }
}

static int depth_in(const Member *m, const Expr *index)
{
    int depth = -1;
    for (int i = 0; i < m->order.n; i++) {
        if (expr_uses(index, m->order.at[i])) {
            depth = i;
        }
    }
    return depth;
}

/* Axes sorted by the loop that moves along them, outermost first. */
static void wish(Plan *p, const Member *m, const Expr *e)
{
    if (!e) {
        return;
    }
    if (e->kind == EX_READ && e->node->kind == NODE_PARAM && e->n > 1) {
        Info *info = find(plan_info(p, e->node));
        int *order = arena_array(p->arena, int, e->n);
        for (int k = 0; k < e->n; k++) {
            int at = k;
            while (at > 0 && depth_in(m, e->kid[order[at - 1]]) > depth_in(m, e->kid[k])) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = k;
        }
        if (!info->layout_tried) {
            info->layout = order;
            info->layout_tried = 1;
        } else if (memcmp(info->layout, order, sizeof *order * (size_t)e->n) != 0) {
            info->rigid = 1; /* readers disagree */
        }
    }
    for (int k = 0; k < e->n; k++) {
        wish(p, m, e->kid[k]);
    }
    wish(p, m, e->otherwise);
}

/* A kernel reads parameters as they stand. */
static void keep_order(void *context, const Expr *e)
{
    if (e && e->kind == EX_READ && e->node->kind == NODE_PARAM) {
        find(plan_info(context, e->node))->rigid = 1;
    }
    for (int k = 0; e && k < e->n; k++) {
        keep_order(context, e->kid[k]);
    }
}

void layout_choose(Plan *p)
{
    tie_all(p);
    for (int u = 0; u < p->func.n; u++) {
        for (int i = 0; i < p->func.at[u]->item.n; i++) {
            const Item *item = &p->func.at[u]->item.at[i];
            const Kernel *kernel = item_kernel(p, item);
            if (kernel) {
                kernel_exprs(kernel, keep_order, p);
            }
            for (int k = 0; !kernel && k < item->nest.n; k++) {
                for (int j = 0; j < item->nest.at[k]->member.n; j++) {
                    const Member *m = item->nest.at[k]->member.at[j];
                    wish(p, m, m->body);
                    wish(p, m, m->empty);
                    for (int a = 0; a < m->atoms.n; a++) {
                        wish(p, m, m->atoms.at[a]);
                    }
                }
            }
        }
    }
    for (int i = 0; i < p->graph->params.n; i++) {
        Info *info = plan_info(p, p->graph->params.at[i]), *root = find(info);
        info->layout = p->like ? plan_info((Plan *)p->like, p->graph->params.at[i])->layout : root->rigid ? NULL : root->layout;
    }
}

/* ---- values -------------------------------------------------------------------------------------------------------------------------- */

typedef struct PackSource {
    Plan *p;
    const Panel *panel; /* NULL: in the order of its axes */
    const Node *node;
    const WeightTensor **member; /* stored: one, or those of a family */
    int members;
    int64_t each; /* elements of a member */
    const Tensor *made;
    int rank;
    int64_t length[8], step[8]; /* of axes in memory: length, and distance in the source */
} PackSource;

/* A place in memory order, and in the source. */
typedef struct Walk {
    int64_t index[8], at;
} Walk;

static Walk walk_to(const PackSource *s, int64_t i)
{
    Walk walk = {{0}, 0};
    for (int k = s->rank - 1; k >= 0; k--) {
        walk.index[k] = i % s->length[k];
        walk.at += walk.index[k] * s->step[k];
        i /= s->length[k];
    }
    return walk;
}

static void walk_on(const PackSource *s, Walk *walk)
{
    for (int k = s->rank - 1; k >= 0; k--) {
        walk->at += s->step[k];
        if (++walk->index[k] < s->length[k]) {
            return;
        }
        walk->at -= s->step[k] * s->length[k];
        walk->index[k] = 0;
    }
}

static double element(const void *source, int64_t at)
{
    const PackSource *s = source;
    return s->made ? s->made->real[at] : weight_value(s->member[at / s->each], at % s->each);
}

static int fill(void *context, Diag *d, int64_t first, int64_t n, void *out)
{
    const PackSource *s = context;
    if (s->panel) {
        panel_fill(s->p->arena, s->panel, element, s, first, n, out);
        return 1;
    }
    const int real = s->node->type == T_REAL;
    const int index = s->node->type == T_INT && s->node->extent && s->node->extent->length <= INT32_MAX;
    (void)d;
    Walk walk = walk_to(s, first);
    for (int64_t i = 0; i < n; i++, walk_on(s, &walk)) {
        const int64_t at = walk.at;
        const WeightTensor *t = s->made ? NULL : s->member[at / s->each];
        if (real) {
            ((float *)out)[i] = (float)(t ? weight_value(t, at % s->each) : s->made->real[at]);
            continue;
        }
        const int64_t value = t ? weight_int(t, at % s->each) : s->made->integer[at];
        if (s->node->type == T_BOOL) {
            ((uint8_t *)out)[i] = value != 0;
        } else if (index) {
            ((int32_t *)out)[i] = (int32_t)value;
        } else {
            ((int64_t *)out)[i] = value;
        }
    }
    return 1;
}

static const WeightTensor *stored(Plan *p, const Node *node, Str path)
{
    const WeightTensor *t = p->graph->weight_file ? weights_find(p->graph->weight_file, path) : NULL;
    if (!t) {
        diag_error(p->diag, node->span, "there is no parameter '%s'", path);
        return NULL;
    }
    return weight_check(t, p->diag) ? t : NULL;
}

static PackSource *source_of(Plan *p, Eval *eval, const Node *node, int64_t *count)
{
    PackSource *s = arena_new_of(p->arena, PackSource);
    const Info *info = plan_info(p, node);
    node = info->packs ? info->packs : node;
    s->panel = info->panel;
    int64_t step[8], all = 1;
    s->p = p;
    s->node = node;
    s->rank = node->free.n;
    for (int k = s->rank - 1; k >= 0; k--) {
        step[k] = all;
        all *= node->free.at[k]->dim->length;
    }
    for (int k = 0; k < s->rank; k++) {
        const int axis = info->layout ? info->layout[k] : k;
        s->length[k] = node->free.at[axis]->dim->length;
        s->step[k] = step[axis];
    }
    *count = all;
    if (node->body) {
        Run *run = run_new(eval, p->arena, -1);
        s->made = run_tensor(run, node);
        *count = s->panel ? panel_count(s->panel) : all;
        return s->made ? s : NULL;
    }
    s->members = node->family ? node->family_n : 1;
    s->member = arena_array(p->arena, const WeightTensor *, s->members + 1);
    for (int i = 0; i < s->members; i++) {
        s->member[i] = stored(p, node, node->family ? node->family[i] : node->path);
        if (!s->member[i]) {
            return NULL;
        }
    }
    s->each = s->members && all ? all / s->members : 1;
    for (int i = 0; i < s->members; i++) {
        if (s->member[i]->count != s->each && all) {
            diag_error(p->diag, node->span, "'%s' has %lld elements, %lld are read", s->member[i]->name, (long long)s->member[i]->count,
                       (long long)s->each);
            return NULL;
        }
    }
    *count = s->panel ? panel_count(s->panel) : all;
    return s;
}

/* Parameters that nothing printed reads, because kernels read packed copies, are left out. Needs: all functions printed. */
static void prune(Plan *p)
{
    for (int i = 0; i < p->graph->states.n; i++) {
        plan_info(p, p->graph->states.at[i]->body->node)->touched = 1;
    }
    for (int u = 0; u < p->func.n && (p->form.n || target_is_fast(p->options->target)); u++) {
        Func *f = p->func.at[u];
        int kept = 0;
        for (int k = 0; k < f->param.n; k++) {
            if (!plan_info(p, f->param.at[k])->touched) {
                continue;
            }
            for (int i = 0; i < f->units.n; i++) {
                NodeList *param = &p->unit[f->units.at[i]->id].param;
                param->at[kept] = param->at[k];
            }
            f->param.at[kept] = f->param.at[k];
            f->param_name.at[kept++] = f->param_name.at[k];
        }
        for (int i = 0; i < f->units.n; i++) {
            p->unit[f->units.at[i]->id].param.n = kept;
        }
        f->param.n = f->param_name.n = kept;
    }
}

/* Numbers of the checkpoint. */
static int64_t parameters_of(const Panel *panel, int64_t count)
{
    return !panel ? count : panel->scales ? 0 : panel->b * panel->n * panel->k;
}

enum { READ_AS_IT_IS = 1, MADE_INTO_OTHERS = 2 };

/* A parameter that a device makes of others: those are read instead. */
static int is_made(Plan *p, const Node *node)
{
    const Panel *panel = plan_info(p, node)->panel;
    return panel && panel->rows;
}

static uint64_t aligned(uint64_t bytes)
{
    return (bytes + PACKED_ALIGNMENT - 1) / PACKED_ALIGNMENT * PACKED_ALIGNMENT;
}

/* Those that kernels of a device read as they are, in the order of the block; behind them those that it makes. */
static void place_on_device(Plan *p, Pack *pack, const char *used)
{
    for (int i = 0; i < pack->weight.n; i++) {
        const int reads = (used[pack->node.at[i]->id] & READ_AS_IT_IS) != 0;
        vec_push(p->arena, pack->device_at, reads ? pack->device_bytes : PACK_NOWHERE);
        pack->device_bytes += reads ? aligned((uint64_t)pack->weight.at[i].count * weights_bytes(pack->weight.at[i].type)) : 0;
    }
    for (int i = 0; i < p->graph->params.n; i++) {
        Node *node = p->graph->params.at[i];
        if (used[node->id] && is_made(p, node)) {
            const Panel *panel = plan_info(p, node)->panel;
            const uint64_t bytes = (uint64_t)panel_map(panel) +
                                   (uint64_t)panel_count(panel) * weights_bytes(weights_type(panel_type(panel)));
            vec_push(p->arena, pack->made, node);
            vec_push(p->arena, pack->made_at, pack->device_bytes);
            pack->device_bytes += aligned(bytes);
        }
    }
}

int pack_add(Plan *p, Pack *pack)
{
    prune(p);
    p->graph->nodes = p->nodes; /* those that were made for kernels included */
    Eval *eval = eval_new(p->graph, p->arena, p->diag, eval_load_weights, p->graph->weight_file);
    char *used = arena_array(p->arena, char, p->nodes + 1);
    for (int u = 0; u < p->func.n; u++) {
        for (int i = 0; i < p->func.at[u]->units.n; i++) {
            const NodeList *param = &p->unit[p->func.at[u]->units.at[i]->id].param;
            for (int k = 0; k < param->n; k++) {
                used[param->at[k]->id] |= READ_AS_IT_IS;
                if (is_made(p, param->at[k])) {
                    used[plan_info(p, param->at[k])->packs->id] |= MADE_INTO_OTHERS;
                }
            }
        }
    }
    for (int i = 0; i < p->graph->params.n; i++) {
        Node *node = p->graph->params.at[i];
        int64_t count = 0;
        if (!used[node->id] || node->kind != NODE_PARAM || is_made(p, node) || pack_find(pack, node)) {
            continue;
        }
        PackSource *source = source_of(p, eval, node, &count);
        if (!source) {
            return 0;
        }
        const PackedWeight w = {.name = node->path ? node->path : node->name,
                                .type = weights_type(param_ctype(p, node)),
                                .count = count,
                                .fill = fill,
                                .context = source};
        vec_push(p->arena, pack->weight, w);
        vec_push(p->arena, pack->node, node);
        pack->parameters += parameters_of(source->panel, count);
    }
    pack->bytes = weights_layout(pack->weight.at, pack->weight.n);
    if (p->options->device) {
        place_on_device(p, pack, used);
    }
    return 1;
}

Pack *pack_weights(Plan *p)
{
    Pack *pack = arena_new_of(p->arena, Pack);
    return pack_add(p, pack) ? pack : NULL;
}

uint64_t pack_place(const Pack *pack, const Node *param)
{
    const PackedWeight *w = pack_find(pack, param);
    return w ? w->offset : 0;
}

uint64_t pack_on_device(const Pack *pack, const Node *param)
{
    for (int i = 0; i < pack->made.n; i++) {
        if (pack->made.at[i] == param) {
            return pack->made_at.at[i];
        }
    }
    const PackedWeight *w = pack_find(pack, param);
    return w ? pack->device_at.at[w - pack->weight.at] : PACK_NOWHERE;
}

const PackedWeight *pack_find(const Pack *pack, const Node *param)
{
    for (int i = 0; i < pack->node.n; i++) {
        if (pack->node.at[i] == param) {
            return &pack->weight.at[i];
        }
    }
    return NULL;
}

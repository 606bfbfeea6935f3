/* Weights that a device reads otherwise than the processor: the table of what is made of what, when it is opened. */
#include "kernel/panel.h"
#include "model.h"
#include "paste.h"

/* In the order of Arithmetic: what rows are made of. */
static const char *const kind_word[ARITHMETICS] = {"REPACK_F32", "REPACK_BF16", "REPACK_F16", "REPACK_BYTES"};

/* Elements between neighbours of an axis, as the parameter lies in memory. */
static int64_t step_of(Plan *p, const Node *node, int axis)
{
    const int *layout = plan_info(p, node)->layout;
    int64_t step = 1;
    for (int k = node->free.n - 1; k >= 0; k--) {
        const int at = layout ? layout[k] : k;
        if (at == axis) {
            return step;
        }
        step *= node->free.at[at]->dim->length;
    }
    return step;
}

/* How far an index of a role moves in memory. */
static int64_t step_of_var(Plan *p, const Node *node, const Expr *read, const Var *var)
{
    int64_t step = 0;
    for (int k = 0; k < read->n; k++) {
        Affine at;
        for (int i = 0; affine_of(read->kid[k], &at) && i < at.n; i++) {
            step += at.var[i] == var ? at.coef[i] * step_of(p, node, k) : 0;
        }
    }
    return step;
}

static int64_t first_of(Plan *p, const Node *node, const Expr *read)
{
    int64_t first = 0;
    for (int k = 0; k < read->n; k++) {
        Affine at;
        first += affine_of(read->kid[k], &at) ? at.constant * step_of(p, node, k) : 0;
    }
    return first;
}

/* Axes of all roles, outermost first. */
static const char *axes_text(Plan *p, const Panel *panel, const Node *from)
{
    const char *length = "", *step = "";
    for (int r = 0; r < 3; r++) {
        for (int v = 0; v < panel->index[r].n; v++) {
            const Var *var = panel->index[r].at[v];
            const char *comma = *length ? ", " : "";
            length = arena_printf(p->arena, "%s%s%lld", length, comma, (long long)var->dim->length);
            step = arena_printf(p->arena, "%s%s%lld", step, comma, (long long)step_of_var(p, from, panel->read, var));
        }
    }
    return arena_printf(p->arena, "{%s}, {%s}", *length ? length : "1", *step ? step : "0");
}

static int axes_of(const Panel *panel)
{
    return panel->index[0].n + panel->index[1].n + panel->index[2].n;
}

/* Where the scales of these bytes are: one array of the two knows the other by what they share. */
static uint64_t scales_of(const Model *m, const Panel *bytes)
{
    for (int i = 0; i < m->pack->made.n; i++) {
        const Panel *panel = plan_info(m->p, m->pack->made.at[i])->panel;
        if (panel->scales && panel->scale == bytes->scale) {
            return m->pack->made_at.at[i];
        }
    }
    return 0;
}

static void print_one(Model *m, const Node *node, uint64_t to, Text *out)
{
    Plan *p = m->p;
    const Info *info = plan_info(p, node);
    const Panel *panel = info->panel;
    const long long columns = panel->b * panel->n;
    const unsigned long long rows = to + (unsigned long long)panel_map(panel);
    const uint64_t from = pack_place(m->pack, info->packs) + 4 * (uint64_t)first_of(p, info->packs, panel->read);
    text_line(out, "    {%s, %d, %llu, %llu, %llu, %lld, %lld, %lld, %s},", kind_word[panel->arithmetic], axes_of(panel),
              (unsigned long long)from, rows, (unsigned long long)scales_of(m, panel), columns, (long long)panel->k,
              (long long)panel_row(panel), axes_text(p, panel, info->packs));
}

void repack_kernel(Plan *p)
{
    enum { PARAMETERS = 2 };
    Text *all = text_new(p->arena, 0);
    paste_file(p, "cuda/repack.h", all);
    text_line(all, "%s", "");
    paste_file(p, "cuda/repack.cu", all);
    text_line(all, "%s", "");
    text_add(all, p->device);
    p->device = all;
    vec_push(p->arena, p->kernel_name, str_of("repack_weights"));
    vec_push(p->arena, p->kernel_name, str_of("repack_sm90"));
    p->kernel_params = p->kernel_params < PARAMETERS ? PARAMETERS : p->kernel_params;
}

void repack_print(Model *m, Text *out)
{
    Plan *p = m->p;
    Text *rows = text_new(p->arena, 0);
    int n = 0;
    for (int i = 0; i < m->pack->made.n; i++) {
        if (!plan_info(p, m->pack->made.at[i])->panel->scales) {
            print_one(m, m->pack->made.at[i], m->pack->made_at.at[i], rows);
            n++;
        }
    }
    text_line(out, "/* The weights of the block, and behind it those that are made of them for products. */");
    text_line(out, "static const size_t %s_weights_bytes = %llu, %s_weights_all = %llu;", p->prefix, (unsigned long long)m->pack->bytes,
              p->prefix, (unsigned long long)m->pack->made_bytes);
    text_line(out, "#define REPACKS %d /* so many are made */", n);
    text_line(out, "#define USES_MAPS %d", text_contains(p->device, "copy_box("));
    text_line(out, "%s", "");
    if (!n) {
        text_line(out, "#define REPACKS_BYTES 0");
        text_line(out, "%s", "");
    } else {
        paste_file(p, "cuda/repack.h", out);
        text_line(out, "%s", "");
        text_line(out, "static const struct %s_repack %s_repacks[] = {", p->prefix, p->prefix);
        text_add(out, rows);
        text_line(out, "};");
        text_line(out, "#define REPACKS_BYTES sizeof %s_repacks", p->prefix);
        text_line(out, "%s", "");
    }
}

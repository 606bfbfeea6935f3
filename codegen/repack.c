/* Weights that a device reads otherwise than the processor: the table of what is made of what, when it is opened. */
#include "kernel/panel.h"
#include "model.h"
#include "paste.h"

/* In the order of Arithmetic: what rows are made of. */
static const char *const kind_word[ARITHMETICS] = {"REPACK_F32", "REPACK_BF16", "REPACK_F16", "REPACK_BYTES"};

static unsigned long long bytes_of(const PackedWeight *w)
{
    return (unsigned long long)w->count * weights_bytes(w->type);
}

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
    const uint64_t kept = pack_on_device(m->pack, info->packs);
    const PackedWeight *source = pack_find(m->pack, info->packs);
    text_line(out, "    {%s, %d, %llu, %llu, %lld, %lld,", kind_word[panel->arithmetic], axes_of(panel), (unsigned long long)source->offset,
              bytes_of(source), kept == PACK_NOWHERE ? -1 : (long long)kept, (long long)first_of(p, info->packs, panel->read) * 4);
    text_line(out, "     %llu, %llu, %lld, %lld, %lld, %s},", rows, (unsigned long long)scales_of(m, panel), columns, (long long)panel->k,
              (long long)panel_row(panel), axes_text(p, panel, info->packs));
}

static void add_kernel(Plan *p, const char *file, const char *name, Text *out)
{
    enum { PARAMETERS = 3 };
    paste_file(p, file, out);
    text_line(out, "%s", "");
    vec_push(p->arena, p->kernel_name, str_of(name));
    p->kernel_params = p->kernel_params < PARAMETERS ? PARAMETERS : p->kernel_params;
}

void repack_kernels(Plan *p, int makes)
{
    Text *all = text_new(p->arena, 0);
    if (makes) {
        paste_file(p, "cuda/repack.h", all);
        text_line(all, "%s", "");
        add_kernel(p, "cuda/repack.cu", "repack_weights", all);
    }
    if (text_contains(p->device, "SM90_ALL")) {
        add_kernel(p, "cuda/sm90.cu", "runs_sm90", all);
    }
    text_add(all, p->device);
    p->device = all;
}

/* ", 4096 more while it is opened": the largest array that is there for as long only. */
static const char *passing_text(const Model *m)
{
    unsigned long long most = 0;
    for (int i = 0; i < m->pack->made.n; i++) {
        const Node *from = plan_info(m->p, m->pack->made.at[i])->packs;
        const unsigned long long bytes = bytes_of(pack_find(m->pack, from));
        most = pack_on_device(m->pack, from) == PACK_NOWHERE && bytes > most ? bytes : most;
    }
    return most ? arena_printf(m->p->arena, ", and up to %llu while it is opened", most) : "";
}

/* Weights that kernels read as they are: neighbours are one piece. How many pieces. */
static int print_pieces(Model *m, Text *out)
{
    const Pack *pack = m->pack;
    Text *rows = text_new(m->p->arena, 0);
    int n = 0;
    for (int i = 0; i < pack->weight.n; i++) {
        const PackedWeight *first = &pack->weight.at[i], *last = first;
        if (pack->device_at.at[i] == PACK_NOWHERE) {
            continue;
        }
        while (i + 1 < pack->weight.n && pack->device_at.at[i + 1] != PACK_NOWHERE) {
            last = &pack->weight.at[++i];
        }
        text_line(rows, "    {%llu, %llu, %llu},", (unsigned long long)first->offset,
                  (unsigned long long)pack->device_at.at[first - pack->weight.at],
                  (unsigned long long)(last->offset - first->offset) + bytes_of(last));
        n++;
    }
    if (n) {
        text_line(out, "/* Pieces of the block that kernels read as they are: where they begin there and on the GPU, and their bytes. */");
        text_line(out, "static const size_t %s_pieces[][3] = {", m->p->prefix);
        text_add(out, rows);
        text_line(out, "};");
    }
    return n;
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
    const int pieces = print_pieces(m, out);
    const unsigned long long all = m->pack->device_bytes + PACKED_ALIGNMENT;
    text_line(out,
              "static const size_t %s_weights_all = %llu; /* bytes, with those that are made of others for products, and a room of 64 */",
              p->prefix, all);
    text_line(out, "const char %s_cuda_weights[] = \"weights on a GPU %llu bytes%s\";", p->prefix, all, passing_text(m));
    text_line(out, "#define PIECES %d", pieces);
    text_line(out, "#define REPACKS %d /* so many are made */", n);
    text_line(out, "#define USES_SM90 %d", text_contains(p->device, "runs_sm90("));
    text_line(out, "#define USES_MAPS %d", text_contains(p->device, "copy_box("));
    text_line(out, "%s", "");
    if (n) {
        paste_file(p, "cuda/repack.h", out);
        text_line(out, "%s", "");
        text_line(out, "static const struct %s_repack %s_repacks[] = {", p->prefix, p->prefix);
        text_add(out, rows);
        text_line(out, "};");
        text_line(out, "%s", "");
    }
}

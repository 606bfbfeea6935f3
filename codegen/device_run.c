/* A run on a device: the batch is checked by the host, then everything is enqueued; nothing comes back before the answer. */
#include "device.h"
#include "launch.h"
#include "source.h"

#include <string.h>

/* ---- before the model ---------------------------------------------------------------------------------------------------------------- */

/* Offsets that follow from those given. */
static void launch_offsets(Model *m, Func *top, Text *out)
{
    Plan *p = m->p;
    Launch launch;
    Text *body = text_new(p->arena, 1);
    const char *batch = arena_printf(p->arena, "%s->", own(p, OWN_BATCH));
    launch_begin(p, &launch);
    if (m->single) {
        single_clear(m, batch, arena_printf(p->arena, "%ssequences", batch), body);
    }
    for (int i = 0; i < p->pairs.n; i++) {
        pairs_print(p, &p->pairs.at[i], NULL, batch, body);
    }
    if (body->at.n) {
        launch_end(p, top, "offsets", NULL, body, GRID_BLOCK, out);
    }
    p->launch = NULL;
}

static void launch_check(Model *m, Func *top, const Node *node, Text *out)
{
    Plan *p = m->p;
    Printer pr = {.p = p, .f = top};
    Launch launch;
    Text *body = text_new(p->arena, 1), *lines = text_new(p->arena, node->optional ? out->indent + 1 : out->indent);
    launch_begin(p, &launch);
    Str place = str_of(arena_printf(p->arena, "io->%s", plan_info(p, node)->cname));
    Str name = launch_place(&pr, place, store_ctype(p, node, NULL));
    text_line(body, "const int64_t count = (int64_t)(%s);", tensor_count(p, node));
    text_line(body, "for (int64_t item = grid_first(); item < count; item += grid_step()) {");
    text_line(body, "    if (%s[item] < 0 || %s[item] >= %lld) {", name, name, (long long)node->extent->length);
    text_line(body, "        %s->fault[%s_BAD_INDEX] = 1;", own(p, OWN_BATCH), p->PREFIX);
    text_line(body, "    }");
    text_line(body, "}");
    launch_end(p, top, arena_printf(p->arena, "check_%s", node->name), NULL, body, GRID_ALL, lines);
    text_trim(lines);
    if (node->optional) {
        text_line(out, "if (%s) {", place);
    }
    text_add(out, lines);
    if (node->optional) {
        text_line(out, "}");
    }
}

/* A batch that is wrong becomes an empty one. */
static void launch_stop(Model *m, Text *out)
{
    Plan *p = m->p;
    vec_push(p->arena, p->kernel_name, str_of("stop_if_wrong"));
    text_line(p->device, "__global__ void __launch_bounds__(256) stop_if_wrong(struct %s_batch *batch)", p->prefix);
    text_line(p->device, "{");
    text_line(p->device, "    if (batch->fault[%s_BAD_INDEX]) {", p->PREFIX);
    text_line(p->device, "        batch->sequences = 0;");
    text_line(p->device, "    }");
    text_line(p->device, "}");
    text_line(p->device, "%s", "");
    text_line(out, "launch(gpu, RUN_stop_if_wrong, gpu->one, 1, (const void *const[]){%s});", own(p, OWN_BATCH));
}

void device_setup_print(Model *m, Text *out)
{
    Plan *p = m->p;
    Func *top = p->func.at[p->func.n - 1];
    int checks = 0;
    for (int i = 0; i < p->graph->inputs.n; i++) { /* may need offsets of its own */
        const Node *node = p->graph->inputs.at[i];
        if (node->type == T_INT && node->extent) {
            (void)tensor_count(p, node);
        }
    }
    launch_offsets(m, top, out);
    for (int i = 0; i < p->graph->inputs.n; i++) {
        const Node *node = p->graph->inputs.at[i];
        if (node->type == T_INT && node->extent) {
            launch_check(m, top, node, out);
            checks++;
        }
    }
    if (checks) {
        launch_stop(m, out);
    }
    text_trim(out);
}

/* ---- the functions of the interface -------------------------------------------------------------------------------------------------- */

static void print_head_check(Model *m, Text *out)
{
    Plan *p = m->p;
    text_line(out, "if (!io || !gpu || io->sequences < 0 || io->sequences > %d) {", 1 << 30);
    text_line(out, "    return %s_BAD_BATCH;", p->PREFIX);
    text_line(out, "}");
    run_pointers_check(m, out);
    run_offsets_check(m, out);
    run_capacities(m, arena_printf(m->p->arena, "%s_NO_SPACE", m->p->PREFIX), out);
}

static int is_exposed(const Model *m, const Dim *dim)
{
    for (int k = 0; k < m->made.n; k++) {
        if (m->made.at[k] == dim) {
            return 1;
        }
    }
    return 0;
}

/* Tiles of a dim at most: no sequence has more than one that is not full. */
static const char *most_tiles(Plan *p, Dim *dim)
{
    const Basis rows = {.kind = BASIS_ROWS, .n = 1, .dim = {dim}};
    return arena_printf(p->arena, "sequences + %s / 64", capacity_text(p, &rows, FOR_C));
}

static const char *all_tiles(Plan *p)
{
    const char *text = NULL;
    for (int i = 0; i < p->tiled.n; i++) {
        const char *one = most_tiles(p, p->tiled.at[i]);
        text = text ? arena_printf(p->arena, "%s + %s", text, one) : one;
    }
    return text ? text : "0";
}

static void print_batch_setup(Model *m, Text *out)
{
    Plan *p = m->p;
    int given = 0;
    text_line(out, "struct %s_batch now = {.sequences = io->sequences};", p->prefix);
    for (int i = 0; i < p->begin.n; i++) {
        const Dim *dim = p->begin.at[i];
        if (dim->kind == DIM_GIVEN) {
            text_line(out, "now.begin_%s = put_offsets(gpu, %d, io->%s, io->sequences);", dim_word(p, dim), given++, io_begin(m, dim));
        } else if (is_exposed(m, dim)) {
            text_line(out, "now.begin_%s = io->%s;", dim_word(p, dim), io_begin(m, dim));
        }
    }
    for (int i = 0; i < p->tiled.n; i++) {
        Dim *dim = p->tiled.at[i];
        text_line(out, "now.tiles_%s = put_tiles(gpu, io->%s, io->sequences, %s);", dim_word(p, dim), io_begin(m, dim), most_tiles(p, dim));
    }
    for (int i = 0; i < p->room.n; i++) {
        Basis one = p->room.at[i];
        one.each = 0;
        text_line(out, "now.room_%d = %s;", i, capacity_text(p, &one, FOR_C));
    }
    if (m->texts) {
        text_line(out, "now.texts = io->texts;");
    }
    text_line(out, "now.fault = faults(gpu);");
}

int device_offsets(Model *m)
{
    const Plan *p = m->p;
    int n = 0;
    for (int i = 0; i < p->begin.n; i++) {
        n += p->begin.at[i]->kind == DIM_GIVEN;
    }
    return n;
}

/* ---- arrays of the host -------------------------------------------------------------------------------------------------------------- */

/* An array of the interface: its elements at most, each so many bytes. */
typedef struct Array {
    Str name;
    const char *count;
    int bytes;
    int in, out, optional;
} Array;

static const char *count_of(Plan *p, const Node *node)
{
    Basis basis = {.kind = BASIS_SEQUENCES};
    int64_t width = 1;
    for (int k = 0; k < node->free.n; k++) {
        Dim *dim = node->free.at[k]->dim;
        if (dim_is_ragged(dim) && basis.n < 4) {
            basis.kind = BASIS_ROWS;
            basis.dim[basis.n++] = dim;
        } else if (!dim_is_ragged(dim)) {
            width *= dim->length;
        }
    }
    Str rows = capacity_text(p, &basis, FOR_C);
    return arena_printf(p->arena, "%s * INT64_C(%lld)", rows, (long long)width);
}

typedef VEC(Array) ArrayList;

static void add_array(Plan *p, ArrayList *list, const Node *node, int in, int out)
{
    int bytes;
    (void)store_ctype(p, node, &bytes);
    const Array array = {plan_info(p, node)->cname, count_of(p, node), bytes, in, out, node->kind == NODE_INPUT && node->optional};
    vec_push(p->arena, *list, array);
}

static ArrayList arrays_of(Model *m)
{
    Plan *p = m->p;
    ArrayList list = {0};
    for (int i = 0; i < p->graph->inputs.n; i++) {
        add_array(p, &list, p->graph->inputs.at[i], 1, 0);
    }
    for (int i = 0; i < p->graph->states.n; i++) {
        add_array(p, &list, p->graph->states.at[i], 1, 1);
    }
    for (int i = 0; i < p->outputs.n; i++) {
        add_array(p, &list, p->outputs.at[i], 0, 1);
    }
    for (int i = 0; i < m->made.n; i++) {
        const Array array = {io_begin(m, m->made.at[i]), "(int64_t)io->sequences + 1", 4, 0, 1, 0};
        vec_push(p->arena, list, array);
    }
    return list;
}

static void print_enqueue(Model *m, const Text *setup, Text *out)
{
    Plan *p = m->p;
    const Func *top = p->func.at[p->func.n - 1];
    const ArrayList list = arrays_of(m);
    const char *tiles = all_tiles(p);
    text_line(out, "/* The run of a batch that is well formed. Of rows there are no more than the capacities say. */");
    text_line(out, "static %s_status enqueue(const %s_io *io, %s_cuda *gpu, void *stream%s)", p->prefix, p->prefix, p->prefix,
              caps_params(p, "int64_t"));
    text_line(out, "{");
    out->indent++;
    text_line(out, "const int32_t sequences = (int32_t)room(io->sequences);");
    for (int i = 0; i < p->capacity.n; i++) {
        Term term = {.n = p->capacity.at[i].n};
        memcpy(term.dim, p->capacity.at[i].dim, sizeof term.dim);
        if (!m->space->region.n && !strstr(tiles, capacity_word(p, &term))) {
            text_line(out, "(void)%s;", capacity_word(p, &term));
        }
    }
    text_line(out, "if (!begin_run(gpu, stream, sequences, %s)) {", tiles);
    text_line(out, "    return status_of(gpu->error);");
    text_line(out, "}");
    if (m->space->region.n) {
        text_line(out, "struct %s_regions at;", p->prefix);
        text_line(out, "const size_t bytes = %s_regions(&at, sequences%s, gpu->workers_n);", p->prefix, caps_names(p));
        text_line(out, "if (!reserve(gpu, &gpu->arena, bytes)) {");
        text_line(out, "    return status_of(gpu->error);");
        text_line(out, "}");
    }
    print_batch_setup(m, out);
    text_line(out, "struct %s_where where;", p->prefix);
    text_line(out, "memset(&where, 0, sizeof where);");
    if (m->space->lease.n) {
        text_line(out, "%s_place(%s%sgpu->arena.at, sequences%s, gpu->workers_n);", p->prefix, top->buffers ? "&where.buffers, " : "",
                  p->batch_slot.n ? "&now, " : "", caps_names(p));
    }
    for (int i = 0; i < p->multiplied.n; i++) {
        text_line(out, "gpu->rows[%d] = where.rows[%d] = (struct %s_rows){now.room_%d, now.left_%d, now.sums_%d};", i, i, p->prefix,
                  launch_basis(p, &p->multiplied.at[i]), i, i);
    }
    text_line(out, "const struct %s_batch *const %s = put_batch(gpu, &now);", p->prefix, own(p, OWN_BATCH));
    text_line(out, "where.array[0] = %s;", own(p, OWN_BATCH));
    for (int i = 0; i < list.n; i++) {
        text_line(out, "where.array[%d] = io->%s;", i + 1, list.at[i].name);
    }
    if (m->texts) {
        text_line(out, "where.array[%d] = io->texts;", list.n + 1);
    }
    text_line(out, "if (!replay(gpu, &where)) {");
    out->indent++;
    text_indented(out, setup);
    const char *args[8];
    int n = 0;
    if (top->weights) {
        args[n++] = "&gpu->placed";
    }
    if (top->buffers) {
        args[n++] = "&where.buffers";
    }
    args[n++] = "gpu";
    args[n++] = own(p, OWN_BATCH);
    args[n++] = "io";
    text_list(out, arena_printf(p->arena, "%s(", top->cname), args, n, ");");
    text_line(out, "keep_graph(gpu);");
    out->indent--;
    text_line(out, "}");
    text_line(out, "return end_run(gpu);");
    out->indent--;
    text_line(out, "}");
    text_line(out, "%s", "");
}

static void print_run(Model *m, const Text *setup, Text *out)
{
    Plan *p = m->p;
    print_enqueue(m, setup, out);
    text_line(out, "%s_status %s_cuda_run(const %s_io *io, %s_cuda *gpu, void *stream)", p->prefix, p->prefix, p->prefix, p->prefix);
    text_line(out, "{");
    out->indent++;
    print_head_check(m, out);
    const char *rooms = "";
    for (int i = 0; i < p->capacity.n; i++) {
        Term term = {.n = p->capacity.at[i].n};
        memcpy(term.dim, p->capacity.at[i].dim, sizeof term.dim);
        rooms = arena_printf(p->arena, "%s, room(%s)", rooms, capacity_word(p, &term));
    }
    text_line(out, "return enqueue(io, gpu, stream%s);", rooms);
    out->indent--;
    text_line(out, "}");
    text_line(out, "%s", "");
}

/* Bytes at `at_NAME` of a lane: a constant of that name, and `bytes` behind it. */
static void print_room(Text *out, const char *name, const char *count, const char *size)
{
    text_line(out, "const size_t at_%s = bytes;", name);
    text_line(out, "bytes = space(bytes, %s, %s);", count, size);
}

/* Arrays in the order of a lane: those that are read, those that are both, those that are written. */
static void print_lane_rooms(Model *m, const ArrayList *list, Text *out)
{
    for (int kind = 0; kind < 3; kind++) {
        if (kind == 1) {
            text_line(out, "const size_t written = bytes;");
        } else if (kind == 2) {
            text_line(out, "const size_t read = bytes;");
        }
        for (int i = 0; i < list->n; i++) {
            const Array *a = &list->at[i];
            if (kind == (a->in && a->out ? 1 : a->out ? 2 : 0)) {
                print_room(out, a->name, a->count, arena_printf(m->p->arena, "%d", a->bytes));
            }
        }
        if (kind == 1 && m->texts) {
            print_room(out, "texts", "1", "sizeof *io->texts");
            print_room(out, "strings", "(int64_t)io->texts->bytes", "1");
        }
    }
}

/* A table of strings is one struct and memory; there it points to memory there, here to that of the caller. */
static void print_lane_texts(Model *m, Text *out)
{
    const char *p = m->p->prefix;
    text_line(out, "%s_texts texts = *io->texts;", p);
    text_line(out, "texts.memory = lane_read(on, at_strings, io->texts->memory, io->texts->bytes);");
    text_line(out, "there.texts = lane_read(on, at_texts, &texts, sizeof texts);");
    text_line(out, "lane_written(on, at_strings, io->texts->memory, io->texts->bytes);");
    text_line(out, "lane_written(on, at_texts + offsetof(%s_texts, bytes), &io->texts->bytes, sizeof texts - offsetof(%s_texts, bytes));",
              p, p);
}

static void print_lane_arrays(Model *m, const ArrayList *list, Text *out)
{
    for (int i = 0; i < list->n; i++) {
        const Array *a = &list->at[i];
        const char *bytes = arena_printf(m->p->arena, "(size_t)(%s) * %d", a->count, a->bytes);
        if (a->in) {
            text_line(out, "there.%s = lane_read(on, at_%s, io->%s, %s);", a->name, a->name, a->name, bytes);
        }
        if (a->out) {
            text_line(out, "%s%s%slane_written(on, at_%s, io->%s, %s);", a->in ? "" : "there.", a->in ? "" : a->name, a->in ? "" : " = ",
                      a->name, a->name, bytes);
        }
    }
    if (m->texts) {
        print_lane_texts(m, out);
    }
}

static void print_send(Model *m, Text *out)
{
    Plan *p = m->p;
    const ArrayList list = arrays_of(m);
    text_line(out, "%s_status %s_cuda_send(const %s_io *io, %s_cuda *gpu, int lane)", p->prefix, p->prefix, p->prefix, p->prefix);
    text_line(out, "{");
    out->indent++;
    print_head_check(m, out);
    text_line(out, "if (lane < 0 || lane >= %s_CUDA_LANES || gpu->lane[lane].busy) {", p->PREFIX);
    text_line(out, "    return %s_BAD_BATCH;", p->PREFIX);
    text_line(out, "}");
    run_values_check(m, out);
    Text *body = text_new(p->arena, out->indent);
    text_line(body, "size_t bytes = %s_FAULTS * sizeof(int);", p->PREFIX);
    text_line(body, "const size_t first = bytes;");
    print_lane_rooms(m, &list, body);
    text_line(body, "%s_lane *const on = take_lane(gpu, lane, bytes);", p->prefix);
    text_line(body, "if (!on) {");
    text_line(body, "    return status_of(gpu->error);");
    text_line(body, "}");
    text_line(body, "%s_io there = *io;", p->prefix);
    print_lane_arrays(m, &list, body);
    text_line(body, "%s_status status = lane_send(gpu, on, first, read);", p->prefix);
    text_line(body, "status = status == %s_OK ? %s_cuda_run(&there, gpu, NULL) : status;", p->PREFIX, p->prefix);
    text_line(body, "return lane_return(gpu, on, status, written, bytes);");
    if (text_has_word(body, "sequences")) {
        text_line(out, "const int32_t sequences = io->sequences;");
    }
    for (int i = 0; i < p->capacity.n; i++) {
        Term term = {.n = p->capacity.at[i].n};
        memcpy(term.dim, p->capacity.at[i].dim, sizeof term.dim);
        if (!text_has_word(body, capacity_word(p, &term))) {
            text_line(out, "(void)%s;", capacity_word(p, &term));
        }
    }
    text_add(out, body);
    out->indent--;
    text_line(out, "}");
    text_line(out, "%s", "");
}

static void print_answer(Model *m, Text *out)
{
    const char *p = m->p->prefix;
    text_line(out, "%s_status %s_cuda_answer(const %s_io *io, %s_cuda *gpu)", p, p, p, p);
    text_line(out, "{");
    text_line(out, "    const %s_status status = %s_cuda_send(io, gpu, 0);", p, p);
    text_line(out, "    return status == %s_OK ? %s_cuda_receive(gpu, 0) : status;", m->p->PREFIX, p);
    text_line(out, "}");
    text_line(out, "%s", "");
}

/* What buffers take: the formula, and of a batch on this GPU. */
static void print_arena(Model *m, Text *out)
{
    Plan *p = m->p;
    const char *from = workspace_text(m), *plus;
    text_raw(out, "const char %s_cuda_formula[] = \"", p->prefix);
    while ((plus = strstr(from + 1, " + 64 *")) != NULL) { /* a term a line */
        text_raw(out, "%.*s\\n\"\n                                  \"   ", (int)(plus - from), from);
        from = plus;
    }
    text_line(out, "%s bytes\";", from);
    text_line(out, "%s", "");
    text_line(out, "size_t %s_cuda_arena(const %s_cuda *gpu, const %s_io *io)", p->prefix, p->prefix, p->prefix);
    text_line(out, "{");
    if (m->space->region.n) {
        const char *rooms = "";
        for (int i = 0; i < p->capacity.n; i++) {
            Term term = {.n = p->capacity.at[i].n};
            memcpy(term.dim, p->capacity.at[i].dim, sizeof term.dim);
            rooms = arena_printf(p->arena, "%s, room(%s)", rooms, capacity_word(p, &term));
        }
        out->indent++;
        run_capacities(m, "0", out);
        out->indent--;
        text_line(out, "    struct %s_regions at;", p->prefix);
        text_line(out, "    return %s_regions(&at, (int32_t)room(io->sequences)%s, gpu->workers_n);", p->prefix, rooms);
    } else {
        text_line(out, "    (void)gpu;");
        text_line(out, "    (void)io;");
        text_line(out, "    return 0;");
    }
    text_line(out, "}");
    text_line(out, "%s", "");
}

int device_returned(Model *m)
{
    const ArrayList list = arrays_of(m);
    int n = m->texts ? 2 : 0;
    for (int i = 0; i < list.n; i++) {
        n += list.at[i].out;
    }
    return n;
}

void device_run_print(Model *m, const Text *setup, Text *out)
{
    print_run(m, setup, out);
    print_send(m, out);
    print_answer(m, out);
    print_arena(m, out);
}

/* Where things are in a run: what launches depend on. */
void device_where_print(Model *m, Text *out)
{
    Plan *p = m->p;
    const Func *top = p->func.at[p->func.n - 1];
    if (p->multiplied.n) {
        text_line(out, "/* Rows that cuBLASLt multiplies: how many there is room for, where they lie and where their sums do. */");
        text_line(out, "struct %s_rows {", p->prefix);
        text_line(out, "    int64_t rows;");
        text_line(out, "    unsigned char *left;");
        text_line(out, "    float *sums;");
        text_line(out, "};");
        text_line(out, "%s", "");
    }
    text_line(out, "/* Where everything is in a run: what its launches depend on. */");
    text_line(out, "struct %s_where {", p->prefix);
    text_line(out, "    const void *array[%d]; /* the batch, arrays of the interface */", arrays_of(m).n + 1 + m->texts);
    if (top->buffers) {
        text_line(out, "    struct %s_buffers buffers;", p->prefix);
    }
    if (p->multiplied.n) {
        text_line(out, "    struct %s_rows rows[MULTIPLIED];", p->prefix);
    }
    text_line(out, "};");
    text_line(out, "%s", "");
}

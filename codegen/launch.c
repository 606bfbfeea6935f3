#include "launch.h"

#include <ctype.h>
#include <string.h>

int launches(const Plan *p, const Func *f)
{
    return p->options && p->options->device && !f->alone && !p->within;
}

void launch_find_within(Plan *p)
{
    for (int i = p->func.n - 1; i >= 0; i--) {
        const Func *f = p->func.at[i];
        for (int k = 0; k < f->item.n; k++) {
            Func *callee = f->item.at[k].callee;
            if (callee && (f->alone || f->within) && !callee->alone) {
                callee->within = 1;
            }
        }
    }
}

Str launch_callee(const Plan *p, const Func *caller, const Func *callee)
{
    return launches(p, caller) || callee->alone || !p->options->device ? callee->cname
                                                                       : str_of(arena_printf(p->arena, "%s_within", callee->cname));
}

void launch_begin(Plan *p, Launch *launch)
{
    *launch = (Launch){0};
    p->launch = launch;
}

/* "dense_weight" of "layer->attend.dense_weight". */
static Str last_name(Str place)
{
    const char *last = place;
    for (const char *c = place; *c; c++) {
        last = *c == '>' || *c == '.' ? c + 1 : last;
    }
    return str_of(last);
}

static Str add_param(Printer *pr, Str place, const char *type, const Slot *room, int copied)
{
    Plan *p = pr->p;
    Launch *launch = p->launch;
    for (int i = 0; launch && i < launch->param.n; i++) {
        if (launch->param.at[i].place == place) {
            return launch->param.at[i].name;
        }
    }
    if (!launch) {
        return place;
    }
    Str last = last_name(place);
    const int own = last == place && !name_is_taken(&pr->taken, place); /* a name of the function's already */
    if (own) {
        vec_push(p->arena, pr->taken, place);
    }
    const LaunchParam param = {place, own ? place : name_fresh(p, &pr->taken, (const Words *)&pr->f->words, last), type, 0, room, copied};
    vec_push(p->arena, launch->param, param);
    return param.name;
}

Str launch_place(Printer *pr, Str place, const char *type)
{
    return add_param(pr, place, type, NULL, 0);
}

Str launch_room(Printer *pr, const Slot *slot)
{
    Str place = str_of(arena_printf(pr->p->arena, "%s%s", pr->f->buffers_at, slot->cname));
    return add_param(pr, place, slot->type, slot, 0);
}

Str launch_struct(Printer *pr, Str place, const char *type)
{
    return add_param(pr, place, type, NULL, 1);
}

void launch_writes(Plan *p, Str name)
{
    for (int i = 0; p->launch && i < p->launch->param.n; i++) {
        p->launch->param.at[i].writes |= p->launch->param.at[i].name == name;
    }
}

/* ---- rooms --------------------------------------------------------------------------------------------------------------------------- */

int launch_basis(Plan *p, const Basis *basis)
{
    int k = 0;
    while (k < p->room.n && !same_basis(&p->room.at[k], basis)) {
        k++;
    }
    if (k == p->room.n) {
        vec_push(p->arena, p->room, *basis);
    }
    return k;
}

/* Elements between the rooms of two workers. */
static const char *room_step(Plan *p, const Slot *slot)
{
    if (slot->basis.kind == BASIS_ONE) {
        return arena_printf(p->arena, "%lld", (long long)slot->width);
    }
    const char *step = arena_printf(p->arena, "%s->room_%d", own(p, OWN_BATCH), launch_basis(p, &slot->basis));
    return slot->width == 1 ? step : arena_printf(p->arena, "%s * %lld", step, (long long)slot->width);
}

static void print_rooms(Plan *p, const Launch *launch, GridSize size, Text *out)
{
    for (int i = 0; i < launch->param.n; i++) {
        const LaunchParam *a = &launch->param.at[i];
        if (a->room && a->room->basis.each) {
            text_line(out, "%s *const %s = all_%s + %s * (%s);", a->type, a->name, a->name,
                      size == GRID_BLOCKS ? "(ptrdiff_t)blockIdx.x" : "grid_first()", room_step(p, a->room));
        }
    }
}

/* ---- all ----------------------------------------------------------------------------------------------------------------------------- */

Str launch_name(Plan *p, const Func *f, const char *wish)
{
    Words *names = (Words *)&p->kernel_name;
    return name_fresh(p, names, NULL, arena_printf(p->arena, "%s_%s", f->cname, wish));
}

void launch_print(Plan *p, Str name, GridSize size, int64_t shared, const char *const *place, int n, Text *out)
{
    static const char *const grid_word[] = {
        [GRID_ONE] = "one", [GRID_BLOCK] = "block", [GRID_BLOCKS] = "blocks", [GRID_WORKERS] = "workers", [GRID_ALL] = "all",
        [GRID_BESIDE] = "beside"};
    p->kernel_params = n > p->kernel_params ? n : p->kernel_params;
    const char *gpu = own(p, OWN_GPU), *shape = arena_printf(p->arena, "%s->%s", gpu, grid_word[size]);
    if (shared) {
        shape = arena_printf(p->arena, "(%s_shape){%s.blocks, %s.threads, %lld}", p->prefix, shape, shape, (long long)shared);
    }
    text_list(out, arena_printf(p->arena, "launch(%s, RUN_%s, %s, %d, (const void *const[]){", gpu, name, shape, n), place, n, "});");
    text_line(out, "%s", "");
}

void launch_end(Plan *p, Func *f, const char *wish, const Text *about, const Text *body, GridSize size, Text *out)
{
    const Launch *launch = p->launch;
    Str name = launch_name(p, f, wish), batch = own(p, OWN_BATCH);
    const char **param = arena_array(p->arena, const char *, launch->param.n + 2);
    const char **arg = arena_array(p->arena, const char *, launch->param.n + 2);
    int n = 0;
    param[n] = arena_printf(p->arena, "const struct %s_batch *%s", p->prefix, batch);
    arg[n++] = batch;
    for (int i = 0; i < launch->param.n; i++) {
        const LaunchParam *a = &launch->param.at[i];
        const int each = a->room && a->room->basis.each;
        size = a->room && !each ? GRID_ONE : each && size == GRID_ALL ? GRID_WORKERS : size;
        param[n] = arena_printf(p->arena, "%s%s *%s%s", a->writes || a->room ? "" : "const ", a->type, each ? "all_" : "", a->name);
        arg[n++] = a->copied ? arena_printf(p->arena, "put_struct(%s, %s, sizeof(%s))", own(p, OWN_GPU), a->place, a->type) : a->place;
    }
    if (text_contains(body, arena_printf(p->arena, "%s->texts", batch))) {
        size = GRID_ONE; /* it adds to their table */
    }
    f->uses_batch = 1;
    p->device = p->device ? p->device : text_new(p->arena, 0);
    if (about) {
        text_add(p->device, about);
    }
    text_list(p->device, arena_printf(p->arena, "__global__ void __launch_bounds__(256) %s(", name), param, n, ")");
    text_line(p->device, "{");
    if (!text_contains(body, arena_printf(p->arena, "%s->", batch))) {
        text_line(p->device, "    (void)%s;", batch);
    }
    p->device->indent++;
    print_rooms(p, launch, size, p->device);
    p->device->indent--;
    text_add(p->device, body);
    text_trim(p->device);
    text_line(p->device, "}");
    text_line(p->device, "%s", "");
    p->launch = NULL;
    launch_print(p, name, size, 0, arg, n, out);
}

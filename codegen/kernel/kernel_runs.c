/* Left sides that are read in runs: a window of an image, a row of some places before and behind. Of what is summed over, the innermost
 * indices go through memory side by side, and none of them decides whether there is anything to read; the others count the runs. */
#include "kernel_holes.h"
#include "lane_inner.h"

enum { MOST_RUNS = 512 }; /* of a row; its pointers lie on the stack */

static int summed_role(const Form *form)
{
    int r = 0;
    while (form->role[r].result) {
        r++;
    }
    return r;
}

static VarList part_of_list(Plan *p, const VarList *vars, int from, int to)
{
    VarList some = {0};
    for (int i = from; i < to; i++) {
        vec_push(p->arena, some, vars->at[i]);
    }
    return some;
}

/* What is read, where a condition allows it; else it is 0. */
static const Expr *read_of_run(const Expr *value, const Expr **condition)
{
    double other = 1;
    const int chosen = value->kind == EX_SELECT && expr_is_const(value->kid[2], &other) && other == 0;
    *condition = chosen ? value->kid[0] : NULL;
    return chosen ? value->kid[1] : value;
}

static int add_condition(Lane *l, const Expr *condition, Address *at)
{
    Str text = lane_varies(l, condition) ? NULL : lane_condition(l, condition);
    if (text) {
        at->guard = at->guard ? str_of(arena_printf(l->pr->p->arena, "%s && %s", text, at->guard)) : text;
    }
    return text != NULL;
}

/* Where the run begins that `run` counts; 0: it is no run, the reason is in l. */
static int run_address(Filling *with, Lane *l, const Part *part, int hole, Str run, Address *at)
{
    const Expr *condition, *value = read_of_run(part->bind[hole].value, &condition);
    const VarList *vars = &part->role[summed_role(with->k->form)];
    const VarList outer = part_of_list(with->p, vars, 0, part->runs), inner = part_of_list(with->p, vars, part->runs, vars->n);
    if (value->kind != EX_READ || value->otherwise || ctype_of(with->p, value->node) != C_F32) {
        l->reason = l->reason ? l->reason : "it is not one tensor";
        return 0;
    }
    l->coord[l->coords++] = (Coord){.letter = 'k', .vars = outer, .word = run};
    l->coord[l->coords++] = (Coord){.letter = 'k', .vars = inner, .word = str_of("0"), .lane = 1};
    if (!lane_address(l, value->node, value->kid, 0, at)) {
        return 0;
    }
    if (condition && !add_condition(l, condition, at)) {
        l->reason = l->reason ? l->reason : "a condition that is not the same for all of a run";
        return 0;
    }
    if (at->index || at->mask || (inner.n && role_count(&inner) > 1 && at->lane != 1)) {
        l->reason = l->reason ? l->reason : "its neighbours do not lie side by side";
        return 0;
    }
    return 1;
}

static Lane lane_of_row(Filling *with, const Part *part, int hole)
{
    Str letter[MOST_ROLES], word[MOST_ROLES];
    int n = 0;
    for (int r = 0; r < with->k->form->roles; r++) {
        const char name[2] = {with->k->form->role[r].letter, 0};
        if ((with->k->form->hole[hole].roles >> r & 1) && with->k->form->role[r].result) {
            letter[n] = str_of(name);
            word[n++] = str_of("at");
        }
    }
    return filling_lane(with, part, letter, word, n, 0);
}

static int is_run(Filling *with, const Part *part, int hole)
{
    Address at;
    Lane l = lane_of_row(with, part, hole);
    return run_address(with, &l, part, hole, str_of("run"), &at);
}

static void move_var(VarList *vars, int from, int to)
{
    Var *var = vars->at[from];
    for (; from > to; from--) {
        vars->at[from] = vars->at[from - 1];
    }
    for (; from < to; from++) {
        vars->at[from] = vars->at[from + 1];
    }
    vars->at[to] = var;
}

/* The indices of one run go to the end of the role, innermost last; as many as there are. */
static int choose(Filling *with, Part *part, int hole)
{
    VarList *vars = &part->role[summed_role(with->k->form)];
    int longer = 1;
    for (part->runs = vars->n; longer && part->runs; part->runs -= longer) {
        longer = 0;
        for (int i = part->runs - 1; i >= 0 && !longer; i--) {
            move_var(vars, i, part->runs - 1);
            part->runs--;
            longer = is_run(with, part, hole);
            part->runs++;
            if (!longer) {
                move_var(vars, part->runs - 1, i);
            }
        }
    }
    const VarList outer = part_of_list(with->p, vars, 0, part->runs);
    return is_run(with, part, hole) && role_count(&outer) <= MOST_RUNS;
}

int runs_choose(Plan *p, Func *f, Kernel *k, int hole)
{
    for (int i = 0; i < k->part.n; i++) {
        Filling with = filling_of(p, f, k, 1);
        if (!choose(&with, &k->part.at[i], hole)) {
            return 0;
        }
    }
    return 1;
}

const char *runs_size(Filling *with, const Part *part)
{
    const VarList outer = part_of_list(with->p, &part->role[summed_role(with->k->form)], 0, part->runs);
    return role_size(with, &outer);
}

const char *run_hole(Filling *with, Lane *l, const Part *part, int hole, Str run)
{
    Address at;
    if (!run_address(with, l, part, hole, run, &at)) {
        return filling_refuse(with, l->reason);
    }
    return at.guard ? arena_printf(with->p->arena, "(%s ? %s : NULL)", at.guard, at.pointer) : at.pointer;
}

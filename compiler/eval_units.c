/* Steps in the order of the text: equations, calls, recurrences, loops. */
#include "eval_inner.h"

static Arena *home_of(const Run *run, const Node *node)
{
    return run->home[node->id] ? run->home[node->id] : run->arena;
}

void run_node(Run *run, const Node *node)
{
    run->tensor[node->id] = run_equation(run, home_of(run, node), node);
}

/* Turn by turn, the group in order within each. */
static void run_along(Run *run, const Step *step)
{
    const int64_t turns = run_length(run, step->var->dim);
    Equation **equation = arena_array(run->arena, Equation *, step->group.n);
    Tensor **into = arena_array(run->arena, Tensor *, step->group.n);
    for (int i = 0; i < step->group.n && !run->failed; i++) {
        into[i] = run_store(run, home_of(run, step->group.at[i]), step->group.at[i]);
        run->tensor[step->group.at[i]->id] = into[i];
    }
    run->along = step;
    for (int i = 0; i < step->group.n && !run->failed; i++) {
        equation[i] = equation_bind(run, run->arena, step->group.at[i], into[i]);
    }
    for (int64_t turn = 0; turn < turns && !run->failed; turn++) {
        run->value[step->var->id] = step->down ? turns - 1 - turn : turn;
        for (int i = 0; i < step->group.n && !run->failed; i++) {
            equation_run(run, equation[i], step->var);
        }
    }
    run->along = NULL;
    run->node = NULL;
}

/* What a unit computes is freed at its end, but for its results, which live where the caller's tensors do. */
static void run_call(Run *run, const Step *step)
{
    const Unit *unit = step->unit;
    Arena *outer = run->arena;
    int64_t live = run->live;
    for (int i = 0; i < unit->args.n && !run->failed; i++) {
        run->tensor[unit->args.at[i]->id] = run_tensor(run, unit->args.at[i]->source);
    }
    for (int i = 0; i < step->results.n; i++) {
        const Node *result = step->results.at[i];
        run->home[result->source->id] = home_of(run, result);
    }
    run->arena = arena_new();
    run_unit(run, unit);
    arena_free(run->arena);
    run->arena = outer;
    for (int i = 0; i < step->results.n && !run->failed; i++) {
        const Node *result = step->results.at[i];
        run->tensor[result->id] = run_tensor(run, result->source);
        live += run->failed ? 0 : run->tensor[result->id]->elements;
    }
    run->live = live;
}

/* ---- loops ------------------------------------------------------------------------------------------------------------------------- */

/* Dims that a turn makes are made anew by the next one. */
static void forget_dims(Run *run, const Unit *unit)
{
    for (int i = 0; i < unit->step.n; i++) {
        const Step *step = &unit->step.at[i];
        if (step->kind == STEP_DIM) {
            run->length[step->dim->id] = -1;
        } else if (step->unit) {
            forget_dims(run, step->unit);
        }
    }
}

/* `to` holds this tensor now, and dims that take their length from it are as long as it is. */
static void hand_over(Run *run, const Node *to, const Tensor *tensor)
{
    run->tensor[to->id] = tensor;
    for (int k = 0; tensor && k < to->free.n; k++) {
        if (to->free.at[k]->dim->kind == DIM_TAKEN) {
            run->length[to->free.at[k]->dim->id] = tensor->shape[k];
        }
    }
}

/* What is carried lives in `kept`, which each turn fills anew. */
static void run_loop(Run *run, const Step *step)
{
    const Unit *unit = step->unit;
    Arena *outer = run->arena, *kept = arena_new();
    const int64_t live = run->live;
    for (int i = 0; i < unit->args.n && !run->failed; i++) {
        hand_over(run, unit->args.at[i], run_tensor(run, unit->args.at[i]->source));
    }
    for (int64_t turn = 0; !run->failed && !(step->once && turn == 1); turn++) {
        if (turn == LOOP_TURNS) {
            run_fail(run, unit->span, "this loop does not end: it was left after %d turns", LOOP_TURNS);
        }
        Arena *next = arena_new();
        forget_dims(run, unit);
        for (int i = 0; i < unit->results.n; i++) {
            run->home[unit->results.at[i]->id] = next;
        }
        run->arena = arena_new();
        const int left = !run->failed && run_unit(run, unit);
        arena_free(run->arena);
        run->arena = outer;
        if (left) {
            arena_free(next);
            break;
        }
        run->live = live;
        for (int i = 0; i < unit->carried && !run->failed; i++) {
            hand_over(run, unit->args.at[i], run_tensor(run, unit->results.at[i]));
            run->live += run->failed ? 0 : run->tensor[unit->args.at[i]->id]->elements;
        }
        arena_free(kept);
        kept = next;
    }
    for (int i = 0; i < step->results.n && !run->failed; i++) {
        Tensor *result = arena_new_of(home_of(run, step->results.at[i]), Tensor);
        *result = tensor_copy(home_of(run, step->results.at[i]), run->tensor[unit->args.at[i]->id]);
        hand_over(run, step->results.at[i], result);
    }
    arena_free(kept);
}

static void run_require(Run *run, const Step *step)
{
    const Tensor *wrong = run_tensor(run, step->node);
    if (wrong && wrong->integer[0] >= 0) {
        run_fail(run, step->span, "%s, at position %lld", step->message, (long long)wrong->integer[0]);
    }
}

int run_unit(Run *run, const Unit *unit)
{
    for (int i = 0; i < unit->step.n && !run->failed; i++) {
        const Step *step = &unit->step.at[i];
        switch (step->kind) {
        case STEP_NODE: run_node(run, step->node); break;
        case STEP_DIM: run_length(run, step->dim); break;
        case STEP_CALL: run_call(run, step); break;
        case STEP_ALONG: run_along(run, step); break;
        case STEP_LOOP: run_loop(run, step); break;
        case STEP_LEAVE:
            if (!run_tensor(run, step->node)->integer[0]) {
                return 1;
            }
            break;
        case STEP_REQUIRE: run_require(run, step); break;
        }
    }
    return 0;
}

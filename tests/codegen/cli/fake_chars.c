/* fake_chars.c - a model of characters by hand: text[t] -> back[t], the same backwards */
#include "../../../runtime/cli/model.h"

static size_t fake_workspace(int32_t sequences, const int64_t *capacity)
{
    (void)sequences;
    return (size_t)capacity[0];
}

static int64_t fake_room(int output, int32_t sequences, const int64_t *capacity)
{
    (void)output;
    (void)sequences;
    return capacity[0];
}

static int fake_run(const model_call *call, void *workspace, size_t bytes)
{
    const int32_t *const begin = call->begin[0];
    (void)workspace;
    (void)bytes;
    for (int32_t s = 0; s < call->sequences; s++) {
        for (int32_t i = begin[s]; i < begin[s + 1]; i++) {
            ((int32_t *)call->output[0])[i] = ((const int32_t *)call->input[0])[begin[s + 1] - 1 - (i - begin[s])];
        }
    }
    return 0;
}

static const char *fake_error(int status)
{
    (void)status;
    return "never";
}

static const model_dim fake_dims[] = {{"t", -1, 4096, 0, 1}};
static const model_tensor fake_inputs[] = {{"text", MODEL_CHAR, 0, 1, {0}, 0}};
static const model_tensor fake_outputs[] = {{"back", MODEL_CHAR, 0, 1, {0}, 0}};
static const model_capacity fake_capacities[] = {{1, {0}}};

static const char *const fake_facts[] = {"", NULL};

const model_about model = {
    .name = "fake", .version = "0.0.0", .title = "", .facts = fake_facts,
    .dims = 1, .inputs = 1, .outputs = 1, .capacities = 1, .begins = 1,
    .dim = fake_dims, .input = fake_inputs, .output = fake_outputs, .capacity = fake_capacities, .ids = 0, .types = -1,
    .workspace = fake_workspace, .output_room = fake_room, .run = fake_run, .error = fake_error,
};

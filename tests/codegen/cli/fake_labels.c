/* fake_labels.c - classifiers by hand, over ids, without a tokenizer: tok[t] -> logits[k], or logits[t,k] with FAKE_PER_TOKEN
 *
 * Per token: logit k of id i is 1 where i mod 3 = k, else 0. Of a sequence: the sum of those over its tokens. */
#include "../../../runtime/cli/model.h"

static size_t fake_workspace(int32_t sequences, const int64_t *capacity)
{
    (void)sequences;
    (void)capacity;
    return 0;
}

static int64_t fake_room(int output, int32_t sequences, const int64_t *capacity)
{
    (void)output;
#ifdef FAKE_PER_TOKEN
    (void)sequences;
    return 3 * capacity[0];
#else
    (void)capacity;
    return 3 * (int64_t)sequences;
#endif
}

static int fake_run(const model_call *call, void *workspace, size_t bytes)
{
    float *const out = call->output[0];
    const int32_t *const tok = call->input[0];
    (void)workspace;
    (void)bytes;
    for (int32_t s = 0; s < call->sequences; s++) {
        for (int k = 0; k < 3; k++) {
            float sum = 0;
            for (int32_t i = call->begin[0][s]; i < call->begin[0][s + 1]; i++) {
                const float logit = tok[i] % 3 == k ? 1.0f : 0.0f;
#ifdef FAKE_PER_TOKEN
                out[3 * i + k] = logit;
#endif
                sum += logit;
            }
#ifdef FAKE_PER_TOKEN
            (void)sum;
#else
            out[3 * s + k] = sum;
#endif
        }
    }
    return 0;
}

static const char *fake_error(int status)
{
    (void)status;
    return "never";
}

#ifndef FAKE_MULTI
#define FAKE_MULTI 0
#endif

static const model_dim fake_dims[] = {{"t", -1, 100, 0, 1}, {"k", 3, 3, -1, 0}};
static const model_tensor fake_inputs[] = {{"tok", MODEL_INDEX, 1000, 1, {0}, 0}};
#ifdef FAKE_PER_TOKEN
static const model_tensor fake_outputs[] = {{"logits", MODEL_REAL, 0, 2, {0, 1}, 0}};
#else
static const model_tensor fake_outputs[] = {{"logits", MODEL_REAL, 0, 1, {1}, 0}};
#endif
static const model_capacity fake_capacities[] = {{1, {0}}};
static const char *const fake_label[] = {"fizz", "one \"more\"", "two"};

static const char *const fake_facts[] = {"", NULL};

const model_about model = {
    .name = "fake", .version = "0.0.0", .title = "", .facts = fake_facts,
    .dims = 2, .inputs = 1, .outputs = 1, .capacities = 1, .begins = 1,
    .dim = fake_dims, .input = fake_inputs, .output = fake_outputs, .capacity = fake_capacities,
    .labels = 3, .label = fake_label, .multi_label = FAKE_MULTI, .ids = 0, .types = -1,
    .workspace = fake_workspace, .output_room = fake_room, .run = fake_run, .error = fake_error,
};

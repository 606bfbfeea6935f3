/* fake_tensors.c - a model by hand, without a tokenizer: x[c,t] real, tok[u] index, see[t,t] bool (may be absent: all true), add int
 * (may be absent: 100) -> y[t,c] real, seen[t] int, kept[m] index (the u whose tok is odd), any bool, sum real
 *
 * y[t,c] = 2 x[c,t]; seen[t] = add + number of t' that t sees; sum = sum of x. */
#include "../../../runtime/cli/model.h"

static size_t fake_workspace(int32_t sequences, const int64_t *capacity)
{
    return 64 * (size_t)sequences + (size_t)capacity[0] + (size_t)capacity[1] + (size_t)capacity[2];
}

static int64_t fake_room(int output, int32_t sequences, const int64_t *capacity)
{
    const int64_t elements[] = {capacity[0] * 2, capacity[0], capacity[1], sequences, sequences};
    return elements[output];
}

static int fake_run(const model_call *call, void *workspace, size_t bytes)
{
    const int32_t *const t = call->begin[0], *const u = call->begin[1];
    int32_t *const m = call->begin[2];
    const float *const x = call->input[0];
    const int32_t *const tok = call->input[1];
    const uint8_t *see = call->input[2];
    const int64_t *const add = call->input[3];
    int32_t *const kept = call->output[2];
    (void)workspace;
    (void)bytes;
    m[0] = 0;
    for (int32_t s = 0; s < call->sequences; s++) {
        const int32_t n = t[s + 1] - t[s];
        float sum = 0;
        for (int32_t i = 0; i < n; i++) {
            int64_t seen = add ? add[s] : 100;
            for (int32_t j = 0; j < n; j++) {
                seen += see ? see[i * n + j] : 1;
            }
            ((int64_t *)call->output[1])[t[s] + i] = seen;
            for (int32_t c = 0; c < 2; c++) {
                const float value = x[2 * t[s] + c * n + i];
                ((float *)call->output[0])[2 * (t[s] + i) + c] = 2 * value;
                sum += value;
            }
        }
        see = see ? see + n * n : NULL;
        m[s + 1] = m[s];
        for (int32_t i = u[s]; i < u[s + 1]; i++) {
            if (tok[i] % 2 == 1) {
                kept[m[s + 1]++] = i - u[s];
            }
        }
        ((uint8_t *)call->output[3])[s] = m[s + 1] > m[s];
        ((float *)call->output[4])[s] = sum;
    }
    return 0;
}

static const char *fake_error(int status)
{
    (void)status;
    return "never";
}

static const model_dim fake_dims[] = {
    {"t", -1, 5, 0, 1}, {"u", -1, INT64_MAX, 1, 1}, {"m", -1, INT64_MAX, 2, 0}, {"c", 2, 2, -1, 0}};
static const model_tensor fake_inputs[] = {{"x", MODEL_REAL, 0, 2, {3, 0}, 0},
                                           {"tok", MODEL_INDEX, 10, 1, {1}, 0},
                                           {"see", MODEL_BOOL, 0, 2, {0, 0}, 1},
                                           {"add", MODEL_INT, 0, 0, {0}, 1}};
static const model_tensor fake_outputs[] = {{"y", MODEL_REAL, 0, 2, {0, 3}, 0},
                                            {"seen", MODEL_INT, 0, 1, {0}, 0},
                                            {"kept", MODEL_INDEX, 10, 1, {2}, 0},
                                            {"any", MODEL_BOOL, 0, 0, {0}, 0},
                                            {"sum", MODEL_REAL, 0, 0, {0}, 0}};
static const model_capacity fake_capacities[] = {{1, {0}}, {1, {1}}, {2, {0, 0}}};

static const char *const fake_facts[] = {"", NULL};

const model_about model = {
    .name = "fake", .version = "0.0.0", .title = "", .facts = fake_facts,
    .dims = 4, .inputs = 4, .outputs = 5, .capacities = 3, .begins = 3,
    .dim = fake_dims, .input = fake_inputs, .output = fake_outputs, .capacity = fake_capacities, .ids = -1, .types = -1,
    .workspace = fake_workspace, .output_room = fake_room, .run = fake_run, .error = fake_error,
};

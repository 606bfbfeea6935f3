/* fake_embed.c - a model by hand: tok[t] (and type[t]) -> embedding[4]; its tokenizer cuts at spaces
 *
 * embedding = (number of tokens, sum of ids, sum of id * place, sum of types). The id of a word is 3 + its first byte; 1 and 2 stand
 * around a text, 2 also between two. A longer text than 8 tokens is cut and keeps its end. A token 77 makes the run fail. */
#include "../../../runtime/cli/model.h"

#include <string.h>

enum { FAKE_MOST = 8, FAKE_IDS = 300 };

static int32_t fake_words(const model_text *text, int32_t type, model_token *to, int32_t n, int32_t room)
{
    const char *const p = text->bytes;
    for (size_t i = 0; i < text->size;) {
        size_t end = i;
        while (end < text->size && p[end] != ' ') {
            end++;
        }
        if (end > i) {
            if (n < room) {
                to[n] = (model_token){3 + (unsigned char)p[i], type, (int32_t)i, (int32_t)end};
            }
            n++;
        }
        i = end + 1;
    }
    return n;
}

static int32_t fake_tokenize(const model_text *text, const model_text *pair, unsigned flags, model_token *to, int32_t room)
{
    const int special = !(flags & MODEL_NO_SPECIAL);
    model_token all[64];
    int32_t n = special;
    all[0] = (model_token){1, 0, 0, 0};
    n = fake_words(text, 0, all, n, 60);
    if (special) {
        all[n < 60 ? n : 60] = (model_token){2, 0, 0, 0};
        n++;
    }
    if (pair) {
        n = fake_words(pair, 1, all, n, 60);
        if (special) {
            all[n < 60 ? n : 60] = (model_token){2, 1, 0, 0};
            n++;
        }
    }
    if (n > FAKE_MOST) {
        n = FAKE_MOST;
        if (special) {
            all[n - 1] = (model_token){2, pair != NULL, 0, 0};
        }
    }
    for (int32_t i = 0; i < n && i < room; i++) {
        to[i] = all[i];
    }
    return n;
}

static const char *fake_token_text(int32_t id, size_t *size)
{
    static const char text[] = "abcdefghijklmnopqrstuvwxyz", special[] = "[CLS][SEP]";
    if (id == 1 || id == 2) {
        *size = 5;
        return special + 5 * (id - 1);
    }
    *size = id >= 3 + 'a' && id <= 3 + 'z';
    return *size ? text + (id - 3 - 'a') : "";
}

static size_t fake_workspace(int32_t sequences, const int64_t *capacity)
{
    return 64 + (size_t)capacity[0] * 64 + (size_t)sequences;
}

static int64_t fake_room(int output, int32_t sequences, const int64_t *capacity)
{
    (void)output;
    (void)capacity;
    return 4 * (int64_t)sequences;
}

static int fake_run(const model_call *call, void *workspace, size_t bytes)
{
    const int32_t *const begin = call->begin[0];
    const int32_t *const tok = call->input[0], *const type = call->input[1];
    float *const out = call->output[0];
    const int64_t capacity = begin[call->sequences];
    if (bytes < fake_workspace(call->sequences, &capacity) || (uintptr_t)workspace % 64 != 0) {
        return 2;
    }
    memset(workspace, 0xA5, bytes);
    for (int32_t i = 0; i < begin[call->sequences]; i++) {
        if (tok[i] == 77) {
            return 1;
        }
    }
    for (int32_t s = 0; s < call->sequences; s++) {
        double sum[4] = {0, 0, 0, 0};
        for (int32_t i = begin[s]; i < begin[s + 1]; i++) {
            sum[0] += 1;
            sum[1] += tok[i];
            sum[2] += (double)tok[i] * (i - begin[s]);
            sum[3] += type ? type[i] : 0;
        }
        for (int d = 0; d < 4; d++) {
            out[4 * s + d] = (float)sum[d];
        }
    }
    return 0;
}

static const char *fake_error(int status)
{
    return status == 1 ? "the token 77 is bad luck" : "the workspace is too small";
}

static const model_dim fake_dims[] = {{"t", -1, FAKE_MOST, 0, 1}, {"d", 4, 4, -1, 0}};
static const model_tensor fake_inputs[] = {{"tok", MODEL_INDEX, FAKE_IDS, 1, {0}, 0}, {"type", MODEL_INDEX, 2, 1, {0}, 1}};
static const model_tensor fake_outputs[] = {{"embedding", MODEL_REAL, 0, 1, {1}, 0}};
static const model_capacity fake_capacities[] = {{1, {0}}};

static const char *const fake_facts[] = {"from fake.sinter (sha256 00)", NULL};

const model_about model = {
    .name = "fake", .version = "0.0.0", .title = "sums of tokens", .facts = fake_facts,
    .dims = 2, .inputs = 2, .outputs = 1, .capacities = 1, .begins = 1,
    .dim = fake_dims, .input = fake_inputs, .output = fake_outputs, .capacity = fake_capacities,
    .weight_bytes = 12, .parameters = 3, .flops_per_row = 8, .ids = 0, .types = 1, .ours = 1u << 2,
    .tokenize = fake_tokenize, .token_text = fake_token_text,
    .workspace = fake_workspace, .output_room = fake_room, .run = fake_run, .error = fake_error,
};

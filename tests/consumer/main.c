/* Three texts, as token ids, through a compiled model. Prints how similar the second and the third (it is empty) are to the first. */
#include <minilm.h>

#include <stdio.h>

enum { TEXTS = 3, TOKENS = 7, WIDTH = MINILM_V };

int main(void)
{
    static const int32_t begin[TEXTS + 1] = {0, 3, 7, 7};
    static const int32_t tok[TOKENS] = {1, 2, 3, 3, 2, 1, 1};
    static float embedding[TEXTS][WIDTH];
    _Alignas(64) static unsigned char workspace[MINILM_WORKSPACE(TOKENS, TEXTS)];

    const minilm_io io = {.sequences = TEXTS, .begin = begin, .tok = tok, .embedding = embedding[0]};
    const minilm_status status = minilm_run(&io, workspace, sizeof workspace);
    if (status != MINILM_OK) {
        fprintf(stderr, "%s\n", minilm_error(status));
        return 1;
    }
    for (int text = 1; text < TEXTS; text++) {
        double product = 0;
        for (int i = 0; i < WIDTH; i++) {
            product += (double)embedding[0][i] * (double)embedding[text][i];
        }
        printf("%.9g\n", product);
    }
    return 0;
}

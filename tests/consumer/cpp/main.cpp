// The same as ../main.c, through the header as C++ reads it.
#include <minilm.h>

#include <cstdio>
#include <numeric>
#include <vector>

int main()
{
    const std::vector<int32_t> begin = {0, 3, 7, 7}, tok = {1, 2, 3, 3, 2, 1, 1};
    const int32_t texts = 3, tokens = 7;
    std::vector<float> embedding(texts * MINILM_V);
    struct alignas(64) Line {
        unsigned char byte[64];
    };
    const std::size_t bytes = minilm_workspace(tokens, texts);
    std::vector<Line> workspace(bytes / sizeof(Line) + 1);

    minilm_io io = {};
    io.sequences = texts;
    io.begin = begin.data();
    io.tok = tok.data();
    io.embedding = embedding.data();
    if (minilm_run(&io, workspace.data(), workspace.size() * sizeof(Line)) != MINILM_OK) {
        return 1;
    }
    for (int text = 1; text < texts; text++) {
        const float *row = embedding.data() + text * MINILM_V;
        std::printf("%.9g\n", std::inner_product(row, row + MINILM_V, embedding.data(), 0.0));
    }
    return 0;
}

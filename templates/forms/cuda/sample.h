/* What the samples of forms for GPUs compile with, beside emu.h or nvcc. */
#include "../../../runtime/cuda/copy.h"
#include "../../../runtime/cuda/lane.h"
#include "../../../runtime/cuda/matrix.h"
#include "../../../runtime/cuda/operand.h"
#include "../../../runtime/cuda/warp.h"
#include "../../../runtime/cuda/words.h"
#include "../../../runtime/cuda/tile.h"
#include "../../../runtime/cuda/bytes.h"

struct model_batch {
    int32_t sequences, begin[8];
    const int32_t *tiles;
    int64_t room;
    unsigned char *left;
    float *sums;
};

/* Products of rows 1 .. 512 with K x N weights: share of the peak. */
#define _POSIX_C_SOURCE 200809L
#include "kernels.h"

#include "gemm.c"

static float *x, *w, *bias, *y;
static unsigned char *scratch;
static int32_t rows_now;

static void run(void)
{
    static const model_team alone = {0, 1};
    const struct model_batch batch = {1, rows_now, scratch};
    gemm(&alone, &batch, x, w, bias, y);
}

int main(void)
{
    static const int rows[] = {1, 8, 16, 17, 32, 64, 128, 256, 512};
    enum { PANELS = ($N_n + 47) / 48 };
    x = floats(512 * $N_k), w = floats(PANELS * 48 * $N_k), bias = floats(PANELS * 48), y = floats(512 * $N_n);
    scratch = (unsigned char *)floats($scratch / sizeof(float));
    printf("gemm K %d N %d:", $N_k, $N_n);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        rows_now = rows[i];
        const Timing t = timed(run);
        printf("  %d rows %.0f%%", rows[i], 200.0 * rows[i] * $N_k * $N_n / t.least / t.peak);
        fflush(stdout);
    }
    printf("\n");
    return 0;
}

/* One sequence, 12 heads: share of the peak and time of a score that the predicate lets through, and the largest error of some outputs. */
#define _POSIX_C_SOURCE 200809L
#include "kernels.h"

#include <math.h>

enum { HEADS = 12 };
#ifndef LENGTH
#define LENGTH 4096
#endif
#ifndef HEAD
#define HEAD 32
#endif
#define $N_i HEAD
#define $N_e HEAD
#define $row (HEADS * HEAD)
#define SCALE (1.0f / sqrtf((float)HEAD))
#if defined CAUSAL
#define NAME "causal"
#define $low(s, q) 0
#define $high(s, q) (q)
#define $p(s, b, q, qi, u, ui) vile(visplat(ui), qi)
#define SEES(q, u) ((u) <= (q))
#elif defined WINDOW
#define NAME "window"
#define $low(s, q) ((q) - WINDOW / 2)
#define $high(s, q) ((q) + WINDOW / 2)
#define $p(s, b, q, qi, u, ui) vand(vile(qi - visplat(WINDOW / 2), visplat(ui)), vile(visplat(ui), qi + visplat(WINDOW / 2)))
#define SEES(q, u) ((u) >= (q) - WINDOW / 2 && (u) <= (q) + WINDOW / 2)
#else
#define NAME "full"
#define $low(s, q) 0
#define $high(s, q) (keys - 1)
#define $p(s, b, q, qi, u, ui) vile(visplat((ui) - keys), qi)
#define SEES(q, u) 1
#endif
#if defined ALIBI
#define $s(s, b, q, qi, u, ui, dot) vfma(dot, vsplat(SCALE), vfloat(visplat(ui) - qi) * vsplat(0.01f))
#define SCORE(q, u, dot) ((dot) * (double)SCALE + 0.01 * ((u) - (q)))
#else
#define $s(s, b, q, qi, u, ui, dot) ((dot) * vsplat(SCALE))
#define SCORE(q, u, dot) ((dot) * (double)SCALE)
#endif
#include "attention.c"

static float *query, *key, *value, *y;
static unsigned char *scratch;

static void run(void)
{
    static const model_team alone = {0, 1};
    const struct model_batch batch = {1, {0, LENGTH}, scratch};
    attention(&alone, &batch, query, key, value, y);
}

static double error_of(int q, int head)
{
    double sum[HEAD] = {0.0}, total = 0.0, worst = 0.0;
    for (int u = 0; u < LENGTH; u++) {
        double dot = 0.0;
        for (int e = 0; e < HEAD; e++) {
            dot += (double)query[q * $row + head * HEAD + e] * (double)key[u * $row + head * HEAD + e];
        }
        const double weight = SEES(q, u) ? exp(SCORE(q, u, dot)) : 0.0;
        total += weight;
        for (int e = 0; e < HEAD; e++) {
            sum[e] += weight * (double)value[u * $row + head * HEAD + e];
        }
    }
    for (int e = 0; e < HEAD; e++) {
        const double error = fabs(sum[e] / total - (double)y[q * $row + head * HEAD + e]);
        worst = error > worst ? error : worst;
    }
    return worst;
}

int main(void)
{
    const size_t n = (size_t)LENGTH * $row;
    query = floats(n), key = floats(n), value = floats(n), y = floats(n);
    scratch = (unsigned char *)floats($scratch / sizeof(float));
    double scores = 0.0, worst = 0.0;
    for (int q = 0; q < LENGTH; q++) {
        for (int u = 0; u < LENGTH; u++) {
            scores += SEES(q, u);
        }
    }
    const Timing t = timed(run);
    for (int i = 0; i < 20; i++) {
        const double error = error_of(i * 7919 % LENGTH, i % HEADS);
        worst = error > worst ? error : worst;
    }
    scores *= HEADS;
    printf("attention of %d, %d x %d, %s: %.2f ms, %.0f%% of the peak, %.4f ns a score, error %.1e\n", LENGTH, HEADS, HEAD, NAME,
           t.least * 1e3, 400.0 * scores * HEAD / t.least / t.peak, t.least / scores * 1e9, worst);
    return 0;
}

/* soft.h - a softmax that goes on as scores come: of two rows, each held by four lanes */
#ifndef MODEL_CUDA_SOFT_H
#define MODEL_CUDA_SOFT_H

/* n scores, a multiple of 4, of every four two of each row, become weights: exp(score - top), top being the most so far. total: this lane's
 * share of their sum; shrink: what was weighed with the top before is times this. */
static __device__ __forceinline__ void soft_rows(float *score, int n, float *top, float *total, float *shrink)
{
    UNROLLED for (int r = 0; r < 2; r++)
    {
        float most = top[r];
        UNROLLED for (int i = 0; i < n; i++)
        {
            most = i % 4 / 2 == r ? vmax(most, score[i]) : most;
        }
        most = vmax(most, lane_xor(most, 1));
        most = vmax(most, lane_xor(most, 2));
        shrink[r] = expf(top[r] - most);
        top[r] = most;
        total[r] *= shrink[r];
        UNROLLED for (int i = 0; i < n; i++)
        {
            if (i % 4 / 2 == r) {
                score[i] = expf(score[i] - most);
                total[r] += score[i];
            }
        }
    }
}

#endif

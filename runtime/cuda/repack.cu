/* repack.cu - weights as products read them: see struct model_repack
 *
 * Bytes have a scale for each 192 numbers of a row, and the sum of those; as the compiler rounds them for processors. */

/* The i-th number of all rows. */
static __device__ __forceinline__ float repack_number(const struct model_repack *r, const float *from, int64_t i)
{
    int64_t at = 0;
    for (int64_t axis = r->axes - 1; axis >= 0; axis--) {
        at += i % r->length[axis] * r->step[axis];
        i /= r->length[axis];
    }
    return from[at];
}

static __device__ __forceinline__ void repack_numbers(const struct model_repack *r, const float *from, unsigned char *weights)
{
    for (int64_t i = grid_first(); i < r->rows * r->row; i += grid_step()) {
        const int64_t k = i % r->row;
        const float x = k < r->k ? repack_number(r, from, i / r->row * r->k + k) : 0.0f;
        if (r->kind == REPACK_F32) {
            ((float *)(void *)(weights + r->to))[i] = x;
        } else {
            ((uint16_t *)(void *)(weights + r->to))[i] = (uint16_t)(r->kind == REPACK_BF16 ? pack_bf16(x, 0.0f) : pack_f16(x, 0.0f));
        }
    }
}

static __device__ __forceinline__ void repack_bytes(const struct model_repack *r, const float *from, unsigned char *weights)
{
    const int64_t groups = (r->k + 191) / 192;
    for (int64_t i = grid_first(); i < r->rows * groups; i += grid_step()) {
        const int64_t row = i / groups, group = i % groups, first = group * 192, end = group == groups - 1 ? r->k : first + 192;
        int8_t *const to = (int8_t *)(weights + r->to) + row * r->row;
        float *const part = (float *)(void *)(weights + r->scales) + i * 2;
        float most = 0.0f;
        int32_t sum = 0;
        int finite = 1;
        for (int64_t k = first; k < end; k++) {
            const float x = fabsf(repack_number(r, from, row * r->k + k));
            finite &= x - x == 0.0f;
            most = x > most ? x : most;
        }
        const float scale = (float)((double)most / 127.0);
        for (int64_t k = first; k < end || (end == r->k && k < r->row); k++) {
            const int there = k < end && finite && scale > 0.0f;
            const double byte = there ? rint((double)repack_number(r, from, row * r->k + k) / (double)scale) : 0.0;
            to[k] = (int8_t)fmax(-127.0, fmin(127.0, byte));
            sum += to[k];
        }
        part[0] = finite ? scale : NAN;
        part[1] = (float)sum;
    }
}

__global__ void __launch_bounds__(256) repack_weights(const struct model_repack *r, const float *from, unsigned char *weights)
{
    if (r->kind == REPACK_BYTES) {
        repack_bytes(r, from, weights);
    } else {
        repack_numbers(r, from, weights);
    }
}

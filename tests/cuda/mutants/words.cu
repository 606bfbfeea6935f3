/* words.cu - words of runtime/cuda alone, asked what no model asks: alone.py has what they are asked, and what they should say
 *
 * in: four numbers, of which n is the first, n more (of sorted: behind room for n entries); out: what is compared, which ends where the
 * last of it ends. */

/* The fault, offsets, and these backwards: nobody reads them too early. Twice, one right behind the other. */
__global__ void __launch_bounds__(256) offsets(const int32_t *in, int32_t *out, const void *maps)
{
    const int32_t n = in[0], most = in[1], *const length = in + 4, me = (int32_t)threadIdx.x;
    int32_t *const back = out + 1, *const begin = back + 2 * (n + 1), *const again = begin - (n + 1);
    if (me == 0) {
        out[0] = 0;
    }
    for (int32_t i = me; i < n; i += 256) {
        begin[i + 1] = length[i];
        again[i + 1] = length[n - 1 - i];
    }
    add_up(again, n, most, out);
    add_up(begin, n, most, out);
    for (int32_t i = me; i <= n; i += 256) {
        back[i] = begin[n - i];
    }
    (void)maps;
}

__global__ void __launch_bounds__(256) offsets_i64(const int32_t *in, int64_t *out, const void *maps)
{
    const int32_t n = in[0], *const length = in + 4, me = (int32_t)threadIdx.x;
    int64_t *const back = out, *const begin = out + n + 1;
    for (int32_t i = me; i < n; i += 256) {
        begin[i + 1] = (int64_t)length[n - 1 - i] * (1 << 30);
    }
    add_up_i64(begin, n);
    for (int32_t i = me; i <= n; i += 256) {
        back[i] = begin[n - i];
    }
    (void)maps;
}

/* How many take part, and of all what stands at 0, 1, ..: key and place. A key of -1 equals nothing, one of -9 takes part in nothing. */
__global__ void __launch_bounds__(256) sorted(const int32_t *in, int64_t *out, const void *maps)
{
    const int32_t n = in[0], me = (int32_t)threadIdx.x, *const key = in + 4 + 4 * n;
    int64_t *const back = out + 2;
    struct sort_entry *const spare = (struct sort_entry *)(void *)(uintptr_t)(in + 4), *const entry = (struct sort_entry *)(void *)(back + 2 * n);
    for (int32_t i = me; i < n; i += 256) {
        entry[i] = key[i] == -9 ? entry_dropped(i) : entry_of_real((uint64_t)(int64_t)key[i], i);
    }
    sort_block(entry, spare, n);
    const int32_t kept_n = entries_kept(entry, n);
    if (me == 0) {
        out[0] = out[1] = kept_n;
    }
    __syncthreads();
    for (int32_t i = me; i < n; i += 256) {
        back[i] = (int64_t)entry[n - 1 - i].key;
        back[n + i] = entry[n - 1 - i].at;
        memset(&entry[n - 1 - i], 0, sizeof *entry);
    }
    (void)maps;
}

/* How many places of a sorted list are of those that take part. */
__global__ void __launch_bounds__(32) kept(const int32_t *in, int64_t *out, const void *maps)
{
    __shared__ struct sort_entry entry[8];
    const int32_t n = in[0], me = (int32_t)threadIdx.x;
    if (me < n) {
        entry[me].key = 0;
        entry[me].at = in[4 + me];
    }
    __syncthreads();
    if (me == 0) {
        out[0] = entries_kept(entry, n);
    }
    (void)maps;
}

/* A product of 16 x 8 by 16 numbers, in floats 8, in the layouts of operand.h; in[1] is the kind. */
__global__ void __launch_bounds__(32) operands(const int32_t *in, float *out, const void *maps)
{
    const int32_t kind = in[1], k = kind == OPERAND_F32 ? 8 : 16, *const a = in + 4, *const b = a + 16 * k;
    const int lane = (int)threadIdx.x;
    float left[8], right[4] = {1.0f, 1.0f, 1.0f, 1.0f}, c[4] = {0.0f};
    uint32_t rows[8], columns[4];
    for (int n = 0; n < 8; n++) {
        left[n] = n < k / 2 ? (float)a[(lane / 4 + n % 2 * 8) * k + n / 2 * 4 + lane % 4] : 1.0f;
    }
    for (int n = 0; n < k / 4; n++) {
        right[n] = (float)b[lane / 4 * k + n * 4 + lane % 4];
    }
    operand_rows(kind, rows, left);
    operand_columns(kind, columns, right);
    operand_multiply(kind, c, rows, columns);
    for (int n = 0; n < 4; n++) {
        out[(lane / 4 + n / 2 * 8) * 8 + lane % 4 * 2 + n % 2] = c[n];
    }
    (void)maps;
}

/* n numbers, four by a thread, from in[1] numbers behind 16 bytes on; behind them zeros. */
__global__ void __launch_bounds__(32) copied(const int32_t *in, float *out, const void *maps)
{
    __shared__ __align__(16) float s[128];
    const int me = (int)threadIdx.x, first = me * 4;
    copy_async_floats(s + first, (const float *)(const void *)(in + 4 + in[1] + first), between(in[0] - in[1] - first, 0, 4));
    copy_group();
    copy_wait(0);
    __syncwarp();
    for (int i = me; i < 128; i += 32) {
        out[i] = s[i];
    }
    (void)maps;
}

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

/* A product of 16 x 32 by 64 bytes of each row, from floats to floats; in[1] is the kind. Then what stands behind the numbers that a lane
 * loads, which stays. */
__global__ void __launch_bounds__(32) tiles(const int32_t *in, float *out, const void *maps)
{
    __shared__ __align__(1024) unsigned char a[16 * 64], b[32 * 64];
    __shared__ __align__(16) float sums[512];
    const int32_t kind = in[1], each = kind == TILE_F32 ? 4 : 8;
    const int lane = (int)threadIdx.x;
    float held[12], sum[4][4] = {{0.0f}};
    for (int at = lane; at < 48 * 4; at += 32) {
        held[each] = 7.0f;
        load_16(held, (const float *)(const void *)(in + 4 + at * each), each);
        out[512 + lane] = held[each];
        tile_put(kind, row_64(at / 64 ? b : a, at / 4 - (at / 64 ? 16 : 0), at % 4), held);
    }
    __syncwarp();
    for (int k32 = 0; k32 < 2; k32++) {
        uint32_t left[4], right[4][2];
        tile_rows(left, a, 0, k32);
        tile_columns(right[0], b, 0, k32);
        tile_columns(right[2], b, 16, k32);
        for (int j = 0; j < 4; j++) {
            tile_multiply(kind, sum[j], left, right[j]);
        }
    }
    tile_out(sums, sum);
    __syncwarp();
    for (int row = 0; row < 16; row++) {
        out[row * 32 + lane] = sums[tile_out_at(row)];
    }
    (void)maps;
}

/* A group of a row as bytes, in[1] words of them, in three tiles; scale and zero. A number behind those of a lane counts nothing. */
__global__ void __launch_bounds__(32) bytes(const int32_t *in, int32_t *out, const void *maps)
{
    __shared__ __align__(1024) unsigned char tile[3][2 * 64];
    const int lane = (int)threadIdx.x;
    float x[9];
    x[8] = 1e30f;
    for (int e = 0; e < 8; e++) {
        const int at = e / 4 * 128 + lane * 4 + e % 4;
        x[e] = at < in[0] ? float_of((uint32_t)in[4 + at]) : 0.0f;
    }
    for (int i = lane; i < 3 * 32; i += 32) {
        ((uint32_t *)(void *)tile)[i] = 0x05050505;
    }
    __syncwarp();
    const part_u8 part = row_u8(x, tile[0], 2 * 64, 1, in[1]);
    __syncwarp();
    for (int i = lane; i < 48; i += 32) {
        out[i] = (int32_t)((const uint32_t *)(const void *)row_64(tile[i / 16], 1, i % 16 / 4))[i % 4];
    }
    out[48 + lane] = (int32_t)bits_of(part.scale);
    out[80 + lane] = (int32_t)bits_of(part.zero);
    (void)maps;
}

/* 64 rows of in[1] numbers become halves in tiles of 64; in[2]: the kind; in[3]: how many rows there are, and how far they are apart. */
__global__ void __launch_bounds__(128) halves(const int32_t *in, int32_t *out, const void *maps)
{
    __shared__ __align__(1024) unsigned char tile[2][8192];
    const int n = in[1], across = (n + 63) / 64 * 64;
    tile_halves(in[2], tile[0], (const float *)(const void *)(in + 4), in[3] >> 16, n, in[3] & 65535);
    __syncthreads();
    for (int at = (int)threadIdx.x; at < 64 * across; at += 128) {
        const int row = at / across, i = at % across;
        out[at] = ((const uint16_t *)(const void *)row_128(tile[i / 64], row, i % 64 / 8))[i % 8];
    }
    (void)maps;
}

/* Each thread has a row of in[1] numbers brought, in[2] apart; those of odd rows, if in[3], from nowhere. Then all the first four. */
__global__ void __launch_bounds__(32) rows(const int32_t *in, float *out, const void *maps)
{
    __shared__ __align__(16) float s[32 * 12];
    __shared__ uint64_t come;
    const int me = (int)threadIdx.x, n = in[1];
    const float *const x = (const float *)(const void *)(in + 4);
    for (int i = 0; i < 12; i++) {
        s[me * 12 + i] = -5.0f;
    }
    fence_async();
    if (me == 0) {
        mbarrier_begin(&come, 32);
        fence_async();
    }
    __syncthreads();
    copy_row(s + me * 12, me % 2 && in[3] ? NULL : x + me * in[2], n, &come);
    mbarrier_wait(&come, 0);
    for (int i = 0; i < 12; i++) {
        out[me * 12 + i] = s[((me + 1) % 32) * 12 + i];
    }
    __syncthreads();
    copy_row(s + me * 12, x, 4, &come);
    mbarrier_wait(&come, 1);
    for (int i = 0; i < 12; i++) {
        out[(32 + me) * 12 + i] = s[((me + 1) % 32) * 12 + i];
    }
    (void)maps;
}

/* The weights that the struct at in + 4 tells of, from those behind it. */
__global__ void __launch_bounds__(256) repacked(const int32_t *in, unsigned char *out, const void *maps)
{
    const struct model_repack *const r = (const struct model_repack *)(const void *)(in + 4);
    const float *const from = (const float *)(const void *)(r + 1);
    repack_weights(r, from, out);
    (void)maps;
}

//$ form   rms: y[m] = $row(sum[n] $x(m,n) ^ 2)
//$ need   n
//$ target cpu
//$ hole   $x  lanes n
//$ hole   $store  lanes n
//$ when   fixed(n)
//$ cost   4*m*n flops; 2*m*n values
//$ #
//$ # A form that is not in the compiler: a sum of squares over a row, two vectors at once, and all that is made of the row by it.
//$ sample
#include "../../../runtime/simd/simd.h"
typedef struct model_team {
    int32_t rank, size;
} model_team;
struct model_batch {
    int32_t sequences, rows;
};
#define $team model_team
#define $batch model_batch
#define $kernel rms
#define $params , const float *x, const float *gain, float *y, float *length
#define $rows_m batch->rows
#define $N_n 384
#define $locate_m(m)
#define $x(m, n) vload_n(x + (m) * $N_n + (n), $N_n - (n))
#define $store_m(m, acc) vstore_n(length + (m), vsqrt(acc), 1)
#define $store(m, n, acc) \
    vstore_n(y + (m) * $N_n + (n), vdiv(vload_n(x + (m) * $N_n + (n), $N_n - (n)) * vload(gain + (n)), vsqrt(acc)), $N_n - (n))
//$ end
static void $kernel(const $team *team, const struct $batch *batch $params)
{
    const ptrdiff_t rows = $rows_m;
    for (ptrdiff_t m = rows * team->rank / team->size; m < rows * (team->rank + 1) / team->size; m++) {
        $locate_m(m)
        vf even = vsplat(0.0f), odd = vsplat(0.0f);
        for (int n = 0; n < $N_n; n += W) {
            vf value = $x(m, n);
//$ if partial
            value = vselect(vfirst($N_n - n), value, vsplat(0.0f));
//$ end
            const vf sum = vfma(value, value, even);
            even = odd;
            odd = sum;
        }
        const vf acc = vsplat(vsum(even + odd));
        $store_m(m, acc);
//$ if columns
        for (int n = 0; n < $N_n; n += W) {
            $store(m, n, acc);
        }
//$ end
    }
}

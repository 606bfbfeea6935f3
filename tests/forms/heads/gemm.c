//$ form   gemm: y[b,m,n] = $store(sum[k] $a(b,m,k) * $w(b,n,k))
//$ need   n
//$ hole   $w load-time panel48
//$ prefer load-time $w
//$ target c avx2 avx512 neon
//$ sample
//$ end

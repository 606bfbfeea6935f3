//$ form   scan: y[t,n] = $store(sum[u where u <= t] $f(u,n))
//$ need   t, u
//$ target c avx2 avx512 neon
//$ sample
//$ end

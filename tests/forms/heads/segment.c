//$ form   segment: y[n] = $store(reduce[u where $p(u)] $f(u,n))
//$ need   u
//$ when   ragged(u) and not ragged(n)
//$ target c avx2 avx512 neon
//$ sample
//$ end

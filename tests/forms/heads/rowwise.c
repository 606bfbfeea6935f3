//$ form   rowwise: y[m] = $row(reduce[n where $p(m,n)] $f(m,n))
//$ need   n
//$ when   fixed(n)
//$ target c avx2 avx512 neon
//$ sample
//$ end

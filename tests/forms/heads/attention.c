//$ form   attention: y[b,q,e] = $store((sum[u where $p(b,q,u)] exp($s(b,q,u)) * $v(b,u,e)) / ($z(b,q) + sum[u where $p(b,q,u)] exp($s(b,q,u))))
//$ need   q, u
//$ when   e <= 256
//$ target c avx2 avx512 neon
//$ sample
//$ end

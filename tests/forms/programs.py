"""Models in a few lines each, and the kernels that they have to become.

A text is the language with three short forms in front: `par W[f,d]` is a stored tensor, `in x[t,d]` a real input, `int tok[t]` an input of
whole numbers. WANTED is a list of forms in order of computation ("gemm gated", "gemm merged"), a set of such lists, or a predicate over
what explain says of the function; None: only the values count."""
import collections

Program = collections.namedtuple('Program', 'name text wanted lengths')
PROGRAMS = []
BASE = """
dim h = 2, e = 4, d = 8, f = 12, w = 3, r = 5, g = 2, s = 4
ragged t
in x[t,d] y0[t,d] xh[t,h] xe[t,e] q[t,h,e] k[t,h,e] v[t,h,e]
fn gel(x) = 0.5 * x * (1 + erf(x / sqrt(2)))
fn sil(x) = x / (1 + exp(-x))
fn leak(x) = max(x, 0.01 * x)
fn clip(x, a, b) = max(min(x, b), a)
"""
LENGTHS = ((5,), (1,), (0,), (7,))


def program(name, text, wanted=None, lengths=LENGTHS):
    PROGRAMS.append(Program(name, text, wanted, lengths))


def kernels(*forms):
    return list(forms)


# ---- a whole layer, pooling
LAYER = BASE + """
par Wq[d,d] Wk[d,d] Wv[d,d] Wo[d,d] bq[d] bk[d] bv[d] bo[d] g1[d] c1[d] W1[f,d] b1[f] W2[d,f] b2[d] g2[d] c2[d]
q1[t,h,e] = (sum[d] Wq[h,e,d] * x[t,d]) + bq[h,e]
k1[t,h,e] = (sum[d] Wk[h,e,d] * x[t,d]) + bk[h,e]
u1[t,h,e] = (sum[d] Wv[h,e,d] * x[t,d]) + bv[h,e]
a[h,t,t'] = softmax[t'] ((sum[e] q1[t,h,e] * k1[t',h,e]) / sqrt(len(e)))
c[t,h,e] = sum[t'] a[h,t,t'] * u1[t',h,e]
r1[t,d] = x[t,d] + (sum[h,e] Wo[d,h,e] * c[t,h,e]) + bo[d]
m1[t] = mean[d] r1[t,d]
v1[t] = mean[d] (r1[t,d] - m1[t]) ^ 2
y1[t,d] = g1[d] * (r1[t,d] - m1[t]) / sqrt(v1[t] + 0.00001) + c1[d]
z[t,f] = gel((sum[d] W1[f,d] * y1[t,d]) + b1[f])
r2[t,d] = y1[t,d] + (sum[f] W2[d,f] * z[t,f]) + b2[d]
m2[t] = mean[d] r2[t,d]
v2[t] = mean[d] (r2[t,d] - m2[t]) ^ 2
output y2[t,d] = g2[d] * (r2[t,d] - m2[t]) / sqrt(v2[t] + 0.00001) + c2[d]
"""
program('an encoder layer', LAYER, kernels('gemm merged', 'attention', 'gemm', 'rowwise', 'gemm', 'gemm', 'rowwise'))
program('mean pooling and unit length', BASE + """
mean1[d] = mean[t] x[t,d]
output o[d] = mean1[d] / max(sqrt(sum[d'] mean1[d'] * mean1[d']), 0.000001)
""", kernels('segment', 'rowwise'))

# ---- attention: scores and domains
DOT = "(sum[e] q[t,h,e] * k[t',h,e])"


def attention(name, score, where='', extra='', domain='full'):
    where = ' where ' + where if where else ''
    program('attention ' + name, BASE + extra + f"""
a[h,t,t'] = softmax[t'{where}] ({score})
output o[t,h,e] = sum[t'{where}] a[h,t,t'] * v[t',h,e]
""", lambda k: [(x.word, x.domain) for x in k] == [('attention', domain)])


attention('scaled', DOT + ' / sqrt(len(e))')
attention('causal', DOT, "t' <= t", domain='causal')
attention('of a window', DOT, "t' <= t and t - t' < 3", domain='window')
attention('dilated', DOT, "t' <= t and (t - t') mod 2 == 0", domain='dilated')
attention('strictly causal: empty domains', DOT, "t' < t", domain='causal')
attention('with linear biases', DOT + " - sl[h] * abs(t - t')", extra="par sl[h]\n")
attention('with a table of biases', DOT + " + B[clip(t' - t + 2, 0, 4), h]", extra="par B[r,h]\n")
attention('with a table of biases by data', DOT + " + B[clip(pos[t'] - pos[t] + 2, 0, 4), h]", extra="par B[r,h]\nint pos[t]\n")
attention('softcapped', "50 * tanh(" + DOT + " / 50)")
attention('of all before and some', DOT, "t' <= t or gl[t'] == 1", extra="int gl[t]\n", domain='data')
attention('of neighbours and some', DOT, "abs(t - t') <= 1 or gl[t'] == 1 or gl[t] == 1", extra="int gl[t]\n", domain='data')
attention('in blocks', DOT, "t div 3 == t' div 3", domain='block')
attention('of neighbours or the first', DOT, "abs(t - t') <= 1 or t' <= t and t - t' < 4", domain='union')
attention('within a document', DOT, "seg[t] == seg[t']", extra="int seg[t]\n", domain='data')
program('attention of unit queries and keys', BASE + """
par gq[e]
qn[t,h,e] = q[t,h,e] * gq[e] / sqrt((mean[e'] q[t,h,e'] ^ 2) + 0.000001)
kn[t,h,e] = k[t,h,e] / sqrt((mean[e'] k[t,h,e'] ^ 2) + 0.000001)
a[h,t,t'] = softmax[t' where t' <= t] (sum[e] qn[t,h,e] * kn[t',h,e])
output o[t,h,e] = sum[t' where t' <= t] a[h,t,t'] * v[t',h,e]
""", lambda k: sorted(x.name for x in k) == ['attention', 'map', 'rowwise', 'rowwise'])
program('attention, grouped queries', BASE + """
in qq[t,h,g,e]
a[h,g,t,t'] = softmax[t' where t' <= t] (sum[e] qq[t,h,g,e] * k[t',h,e])
output o[t,h,g,e] = sum[t' where t' <= t] a[h,g,t,t'] * v[t',h,e]
""", lambda k: [x.name for x in k] == ['attention'] and sorted(k[0].roles['q']) == ['g', 't'] and k[0].roles['b'] == ['h'])
program('attention, one key for all heads', BASE + """
in k1[t,e] v1[t,e]
a[h,t,t'] = softmax[t'] (sum[e] q[t,h,e] * k1[t',e])
output o[t,h,e] = sum[t'] a[h,t,t'] * v1[t',e]
""", ['attention'])
program('attention to another sequence', BASE + """
ragged m
in mem[m,h,e] memv[m,h,e]
a[h,t,m] = softmax[m] (sum[e] q[t,h,e] * mem[m,h,e])
output o[t,h,e] = sum[m] a[h,t,m] * memv[m,h,e]
""", ['attention'], ((5, 3), (1, 0), (0, 4), (3, 7)))


# ---- softmax in many spellings
def soft(name, body, wanted=('attention',)):
    program('softmax ' + name, BASE + "s1[h,t,t'] = sum[e] q[t,h,e] * k[t',h,e]\n" + body, wanted and list(wanted))


soft('with a maximum, inside', """m[h,t] = max[t'] s1[h,t,t']
output o[t,h,e] = sum[t'] exp(s1[h,t,t'] - m[h,t]) / (sum[t''] exp(s1[h,t,t''] - m[h,t])) * v[t',h,e]
""")
soft('without a maximum, outside', "output o[t,h,e] = (sum[t'] exp(s1[h,t,t']) * v[t',h,e]) / (sum[t'] exp(s1[h,t,t']))\n")
soft('with a maximum, divided outside', """m[h,t] = max[t'] s1[h,t,t']
output o[t,h,e] = (sum[t'] exp(s1[h,t,t'] - m[h,t]) * v[t',h,e]) / (sum[t'] exp(s1[h,t,t'] - m[h,t]))
""")
soft('of quotients of exps', """m[h,t] = max[t'] s1[h,t,t']
output o[t,h,e] = (sum[t'] v[t',h,e] * exp(s1[h,t,t']) / exp(m[h,t])) / (sum[t'] exp(s1[h,t,t']) / exp(m[h,t]))
""")
soft('by a reciprocal', """z[h,t] = 1 / (sum[t'] exp(s1[h,t,t']))
output o[t,h,e] = sum[t'] z[h,t] * exp(s1[h,t,t']) * v[t',h,e]
""")
soft('with a bias of the query that cancels', "output o[t,h,e] = (sum[t'] exp(s1[h,t,t'] + x[t,0]) * v[t',h,e]) / (sum[t'] exp(s1[h,t,t'] + x[t,0]))\n")
soft('with a maximum over another domain', """m[h,t] = max[t' where t' <= t] s1[h,t,t']
output o[t,h,e] = (sum[t'] exp(s1[h,t,t'] - m[h,t]) * v[t',h,e]) / (sum[t'] exp(s1[h,t,t'] - m[h,t]))
""")
soft('with a sink', "output o[t,h,e] = (sum[t'] exp(s1[h,t,t']) * v[t',h,e]) / (exp(xh[t,h]) + sum[t'] exp(s1[h,t,t']))\n")
soft('with a sink and a maximum', """m[h,t] = max(xh[t,h], max[t'] s1[h,t,t'])
output o[t,h,e] = (sum[t'] exp(s1[h,t,t'] - m[h,t]) * v[t',h,e]) / (exp(xh[t,h] - m[h,t]) + sum[t'] exp(s1[h,t,t'] - m[h,t]))
""")
soft('plus one, with a maximum', """m[h,t] = max[t'] s1[h,t,t']
output o[t,h,e] = sum[t'] exp(s1[h,t,t'] - m[h,t]) / (exp(0 - m[h,t]) + sum[t''] exp(s1[h,t,t''] - m[h,t])) * v[t',h,e]
""")
soft('plus one', "output o[t,h,e] = (sum[t'] exp(s1[h,t,t']) * v[t',h,e]) / (1 + sum[t'] exp(s1[h,t,t']))\n")
soft('whose weights are an output as well', """a[h,t,t'] = softmax[t'] s1[h,t,t']
output w1[h,t,t'] = a[h,t,t']
output o[t,h,e] = sum[t'] a[h,t,t'] * v[t',h,e]
""", None)
soft('of mixed heads', """par Th[h,h]
s2[h,t,t'] = sum[h'] Th[h,h'] * s1[h',t,t']
a[h,t,t'] = softmax[t' where t' <= t] s2[h,t,t']
output o[t,h,e] = sum[t' where t' <= t] a[h,t,t'] * v[t',h,e]
""")
soft('mixed afterwards', """par Th[h,h]
a[h,t,t'] = softmax[t'] s1[h,t,t']
output o[t,h,e] = sum[t'] (sum[h'] Th[h,h'] * a[h',t,t']) * v[t',h,e]
""", None)
soft('of a score without a product', "output o[t,h,e] = (sum[t'] exp(0 - abs(xh[t,h] - xh[t',h])) * v[t',h,e]) / (sum[t'] exp(0 - abs(xh[t,h] - xh[t',h])))\n")
soft('of values that are gathered and gated', """par E1[d,h,e]
int tok[t]
output o[t,h,e] = sum[t'] exp(s1[h,t,t']) / (sum[t''] exp(s1[h,t,t''])) * E1[tok[t'],h,e] / (1 + exp(0 - xh[t',h]))
""", ['map', 'attention'])
program('two relative scores', BASE + """
par Kr[r,h,e] Qr[r,h,e]
a[h,t,t'] = softmax[t'] ((sum[e] q[t,h,e] * k[t',h,e]) / 3 + (sum[e] q[t,h,e] * Kr[clip(t - t' + 2, 0, 4),h,e]) / 3 + (sum[e] k[t',h,e] * Qr[clip(t' - t + 2, 0, 4),h,e]) / 3)
output o[t,h,e] = sum[t'] a[h,t,t'] * v[t',h,e]
""", lambda k: sorted(x.name for x in k) == ['attention', 'gemm', 'gemm'])
program('attention of channels', BASE + """
a[h,e,e'] = softmax[e'] (sum[t] q[t,h,e] * k[t,h,e'])
output o[t,h,e] = sum[e'] a[h,e,e'] * v[t,h,e']
""")
program('attention over two fixed dims', BASE + """
in qi[g,w,e] ki[g,w,e] vi[g,w,e]
n1[g,w,e] = sum[g',w'] exp(sum[e'] qi[g,w,e'] * ki[g',w',e']) * vi[g',w',e]
z1[g,w] = sum[g',w'] exp(sum[e'] qi[g,w,e'] * ki[g',w',e'])
output o[g,w,e] = n1[g,w,e] / z1[g,w]
""", ['attention'])
program('a prefix before the keys', BASE + """
dim p = 3
par Kp[p,h,e] Vp[p,h,e]
ragged u = len(p) + len(t)
ku[u,h,e] = u < len(p) ? (Kp[u,h,e] ?? 0) : (k[u - len(p),h,e] ?? 0)
vu[u,h,e] = u < len(p) ? (Vp[u,h,e] ?? 0) : (v[u - len(p),h,e] ?? 0)
a[h,t,u] = softmax[u where u - len(p) <= t] (sum[e] q[t,h,e] * ku[u,h,e])
output o[t,h,e] = sum[u where u - len(p) <= t] a[h,t,u] * vu[u,h,e]
""", ['map', 'map', 'attention'])
program('regrouped: [t,h,e] read as [t,d]', BASE + """
par Wo[d,d]
c[t,h,e] = tanh(q[t,h,e])
output o[t,d] = sum[d'] Wo[d,d'] * c[t,d']
""", ['gemm'])
program('attention, then regrouped', BASE + """
par Wo[d,d]
c[t,h,e] = (sum[t'] exp(sum[e'] q[t,h,e'] * k[t',h,e']) * v[t',h,e]) / (sum[t'] exp(sum[e'] q[t,h,e'] * k[t',h,e']))
output o[t,d] = x[t,d] + sum[d'] Wo[d,d'] * c[t,d']
""", ['map', 'attention', 'gemm'])


# ---- norms
def norm(name, body, wanted=('rowwise',)):
    program('norm ' + name, BASE + "par g1[d] c1[d]\n" + body, list(wanted))


norm('centred', """m[t] = mean[d] x[t,d]
output o[t,d] = g1[d] * (x[t,d] - m[t]) / sqrt((mean[d'] (x[t,d'] - m[t]) ^ 2) + 0.00001) + c1[d]
""")
norm('by moments', """m[t] = mean[d] x[t,d]
output o[t,d] = g1[d] * (x[t,d] - m[t]) / sqrt((mean[d'] x[t,d'] ^ 2) - m[t] ^ 2 + 0.00001) + c1[d]
""")
norm('by the standard deviation', """m[t] = mean[d] x[t,d]
sd[t] = sqrt((sum[d] (x[t,d] - m[t]) ^ 2) / (len(d) - 1))
output o[t,d] = g1[d] * (x[t,d] - m[t]) / (sd[t] + 0.000001) + c1[d]
""")
norm('by the root mean square, 1 + w', "output o[t,d] = x[t,d] * (1 + g1[d]) / sqrt((mean[d'] x[t,d'] ^ 2) + 0.000001)\n")
norm('by a product of x and its centred self', """m[t] = mean[d] x[t,d]
output o[t,d] = g1[d] * (x[t,d] - m[t]) / sqrt(abs(mean[d'] x[t,d'] * (x[t,d'] - m[t])) + 0.000001) + c1[d]
""")
norm('of unit length', "output o[t,d] = x[t,d] / max(sqrt(sum[d'] x[t,d'] * x[t,d']), 0.000001)\n")
norm('of groups', """m[t,h] = mean[e] q[t,h,e]
output o[t,h,e] = (q[t,h,e] - m[t,h]) / sqrt((mean[e'] (q[t,h,e'] - m[t,h]) ^ 2) + 0.00001)
""")
norm('softmax over a fixed dim', "output o[t,d] = exp(3 * x[t,d] - (max[d'] 3 * x[t,d'])) / (sum[d'] exp(3 * x[t,d'] - (max[d''] 3 * x[t,d''])))\n")
norm('by the root mean square, then a product', """par W1[f,d]
n1[t,d] = x[t,d] * g1[d] / sqrt((mean[d'] x[t,d'] ^ 2) + 0.000001)
output o[t,f] = sum[d] W1[f,d] * n1[t,d]
""", ['rowwise', 'gemm'])
norm('centred, then a product', """par W1[f,d]
m[t] = mean[d] x[t,d]
n1[t,d] = g1[d] * (x[t,d] - m[t]) / sqrt((mean[d'] (x[t,d'] - m[t]) ^ 2) + 0.00001) + c1[d]
output o[t,f] = sum[d] W1[f,d] * n1[t,d]
""", ['rowwise', 'gemm'])


# ---- feed-forward
def ffn(name, body, wanted):
    program('ffn ' + name, BASE + "par W1[f,d] W3[f,d] W2[d,f] b2[d]\n" + body, wanted)


ffn('gated by silu', "output o[t,d] = x[t,d] + sum[f] W2[d,f] * (sil(sum[d'] W1[f,d'] * x[t,d']) * (sum[d'] W3[f,d'] * x[t,d']))\n", ['gemm gated', 'gemm'])
ffn('gated by gelu', "output o[t,d] = b2[d] + sum[f] W2[d,f] * (gel(sum[d'] W1[f,d'] * x[t,d']) * (sum[d'] W3[f,d'] * x[t,d']))\n", ['gemm gated', 'gemm'])
ffn('squared', "output o[t,d] = sum[f] W2[d,f] * max(sum[d'] W1[f,d'] * x[t,d'], 0) ^ 2\n", ['gemm', 'gemm'])
ffn('leaky', "output o[t,d] = sum[f] W2[d,f] * leak(sum[d'] W1[f,d'] * x[t,d'])\n", ['gemm', 'gemm'])
ffn('beside attention', """par Wo[d,d]
at[t,h,e] = sum[t' where t' <= t] (exp(sum[e'] q[t,h,e'] * k[t',h,e']) / (sum[t'' where t'' <= t] exp(sum[e'] q[t,h,e'] * k[t'',h,e']))) * v[t',h,e]
output o[t,d] = x[t,d] + (sum[h,e] Wo[d,h,e] * at[t,h,e]) + sum[f] W2[d,f] * gel(sum[d'] W1[f,d'] * x[t,d'])
""", lambda k: sorted(x.name for x in k) == ['attention', 'gemm', 'gemm', 'gemm'])
ffn('whose sum is read twice', """y1[t,d] = x[t,d] + sum[f] W2[d,f] * max(sum[d'] W1[f,d'] * x[t,d'], 0)
output o1[t,d] = y1[t,d]
output o2[t,d] = tanh(y1[t,d])
""", None)
program('parameters as tokens', BASE + """
dim p = 6
par Kp[p,d] Vp[p,d]
s1[t,p] = sum[d] Kp[p,d] * x[t,d]
output o[t,d] = sum[p] Vp[p,d] * gel(sqrt(len(p)) * s1[t,p] / sqrt((sum[p'] s1[t,p'] ^ 2) + 0.000001))
""", ['gemm', 'rowwise', 'gemm'])
program('the two of eight that a gate ranks first', BASE + """
dim x1 = 4
par gw[x1,d] W1[x1,f,d] W2[x1,d,f]
gl[t,x1] = sum[d] gw[x1,d] * x[t,d]
top[t,x1] = rank[x1] gl[t,x1] < 2 ? gl[t,x1] : 0
output o[t,d] = sum[x1] top[t,x1] * sum[f] W2[x1,d,f] * max(sum[d'] W1[x1,f,d'] * x[t,d'], 0)
""", None)
program('cosines of all positions', BASE + """
y1[t,d] = sum[d'] cos(6.283185307179586 * d * d' / len(d)) * x[t,d']
y2[t,d] = sum[d'] sin(6.283185307179586 * d * d' / len(d)) * x[t,d']
output o[t,d] = (sum[t'] cos(6.283185307179586 * t * t' / len(t)) * y1[t',d]) - (sum[t'] sin(6.283185307179586 * t * t' / len(t)) * y2[t',d])
""", lambda k: [x.word for x in k][0] == 'gemm merged')
program('a causal convolution of channels', BASE + """
par wc[d,w]
output o[t,d] = sum[w] wc[d,w] * x[t + w - len(w) + 1, d]
""")
program('a convolution of a map', BASE + """
par wc[d,w]
y1[t,d] = exp(x[t,d])
output o[t,d] = sum[w] wc[d,w] * y1[t + w - 1, d]
""")
program('keys projected along a fixed dim', BASE + """
dim n = 7, p = 3
par E1[p,n] F1[p,n]
in kf[n,h,e] vf[n,h,e]
kl[p,h,e] = sum[n] E1[p,n] * kf[n,h,e]
vl[p,h,e] = sum[n] F1[p,n] * vf[n,h,e]
n1[t,h,e] = sum[p] exp(sum[e'] q[t,h,e'] * kl[p,h,e']) * vl[p,h,e]
output o[t,h,e] = n1[t,h,e] / (sum[p] exp(sum[e'] q[t,h,e'] * kl[p,h,e']))
""", lambda k: sorted(x.name for x in k) == ['attention', 'gemm', 'gemm'])
FEATURES = """par om[r,e]
fn phi(a, b) = exp(a - b / 2)
pq[t,h,r] = phi(sum[e] om[r,e] * q[t,h,e], sum[e] q[t,h,e] ^ 2)
pk[t,h,r] = phi(sum[e] om[r,e] * k[t,h,e], sum[e] k[t,h,e] ^ 2)
"""
program('random features', BASE + FEATURES + """
S[h,r,e] = sum[t] pk[t,h,r] * v[t,h,e]
z[h,r] = sum[t] pk[t,h,r]
output o[t,h,e] = (sum[r] pq[t,h,r] * S[h,r,e]) / (sum[r] pq[t,h,r] * z[h,r])
""")
program('random features, causal', BASE + FEATURES + """
S[t,h,r,e] = sum[t' where t' <= t] pk[t',h,r] * v[t',h,e]
z[t,h,r] = sum[t' where t' <= t] pk[t',h,r]
output o[t,h,e] = (sum[r] pq[t,h,r] * S[t,h,r,e]) / (sum[r] pq[t,h,r] * z[t,h,r])
""")
program('frames where a sum passes whole numbers', BASE + """
in al0[t]
al[t] = 1 / (1 + exp(0 - al0[t]))
c[t] = sum[t' where t' <= t] al[t']
before[t] = c[t - 1]
ragged b = t where floor(c[t]) > floor(before[t])
P[t,d] = (sum[t' where t' <= t] al[t'] * x[t',d]) - (c[t] - floor(c[t])) * x[t,d]
output o[b,d] = P[b,d]
""")
program('attention on a part of the positions', BASE + """
in p[t]
ragged b = t where p[t] > 0
qb[b,h,e] = q[b,h,e]
kb[b,h,e] = k[b,h,e]
vb[b,h,e] = v[b,h,e]
s1[h,b,b'] = sum[e] qb[b,h,e] * kb[b',h,e]
output o[b,h,e] = (sum[b' where b' <= b] exp(s1[h,b,b']) * vb[b',h,e]) / (sum[b' where b' <= b] exp(s1[h,b,b']))
""", ['map', 'map', 'map', 'attention'])

# ---- counting and picking: left to lookups and recurrences, or plain
WORDS = "ragged t\nint tok[t]\n"


def words(name, body):
    program('words: ' + name, WORDS + body, None, ((9,), (1,), (0,), (23,)))


HISTOGRAM = "hist[t] = count[t' where tok[t'] == tok[t]]\n"
words('histogram', 'output ' + HISTOGRAM)
words('histogram of histograms', HISTOGRAM + """first[t] = count[t' where tok[t'] == tok[t] and t' < t]
output o[t] = count[t' where hist[t'] == hist[t] and first[t'] == 0]
""")
words('sorted', """place[t] = count[t' where tok[t'] < tok[t] or tok[t'] == tok[t] and t' < t]
output o[t] = pick[t' where place[t'] == t] tok[t']
""")
words('most frequent', HISTOGRAM + "output o[t] = pick[t' where hist[t'] == (max[t''] hist[t''])] tok[t']\n")
words('brackets', """b[t] = (count[t' where t' <= t and tok[t'] == 0]) - (count[t' where t' <= t and tok[t'] == 1])
neg[t] = count[t' where t' <= t and b[t'] < 0]
output o[t] = b[t] == 0 and neg[t] == 0 ? 1 : 0
""")
words('shifted', "output o[t] = pick[t' where t' == t - 1] tok[t']\n")
words('reversed', "output o[t] = pick[t' where t' == len(t) - 1 - t] tok[t']\n")
words('counted in a window', "output o[t] = count[t' where t' <= t and t - t' < 3 and tok[t'] == 1]\n")
words('two keys', "int b[t]\noutput o[t] = count[t' where tok[t'] == tok[t] and b[t'] == b[t]]\n")
words('no order', "in p[t]\noutput o[t] = count[t' where p[t] * p[t'] > 1]\n")
words('a point with a range', "output o[t] = pick[t' where t' == t - 1] (tok[t'] + 5)\n")


# ---- what is no attention, and why
def no_attention(name, body, reason=None):
    def wanted(k):
        return 'attention' not in [x.name for x in k] and (reason is None or any(reason in r for r in k.reasons))
    program('no attention: ' + name, BASE + "s1[h,t,t'] = sum[e] q[t,h,e] * k[t',h,e]\n" + body, wanted)


ALMOST = 'not divided by the sum of the same weights'
no_attention('two domains', "output o[t,h,e] = (sum[t' where t' <= t] exp(s1[h,t,t']) * v[t',h,e]) / (sum[t'] exp(s1[h,t,t']))\n", ALMOST)
no_attention('a value that knows the query', "output o[t,h,e] = (sum[t'] exp(s1[h,t,t']) * v[t',h,e] * tanh(xe[t,e] + xe[t',e])) / (sum[t'] exp(s1[h,t,t']))\n", 'role q is empty')
no_attention('two scales', "output o[t,h,e] = (sum[t'] exp(2 * s1[h,t,t']) * v[t',h,e]) / (sum[t'] exp(s1[h,t,t']))\n", ALMOST)
no_attention('nothing to divide by', "output o[t,h,e] = sum[t'] exp(s1[h,t,t'] - (max[t''] s1[h,t,t''])) * v[t',h,e]\n", ALMOST)
OTHER = 'its weights are no exp(..) of a score divided by their sum'
no_attention('squares of what is positive', "output o[t,h,e] = sum[t'] max(s1[h,t,t'], 0) ^ 2 * v[t',h,e]\n", OTHER)
no_attention('sigmoids, up to here', "output o[t,h,e] = sum[t' where t' <= t] (1 / (1 + exp(-s1[h,t,t']))) * v[t',h,e]\n", OTHER)
no_attention('sigmoids divided by their sum', "a[h,t,t'] = 1 / (1 + exp(-s1[h,t,t']))\noutput o[t,h,e] = sum[t'] a[h,t,t'] / (sum[t''] a[h,t,t'']) * v[t',h,e]\n", OTHER)
no_attention('an empty domain stays 0', """z[h,t] = sum[t' where t' < t] exp(s1[h,t,t'])
output o[t,h,e] = sum[t' where t' < t] exp(s1[h,t,t']) / z[h,t] * v[t',h,e] * tanh(xe[t,e] + xe[t',e])
""")
no_attention('a maximum that is in no quotient stays', """s9[t,t'] = sum[d] x[t,d] * x[t',d]
m[t] = max[t'] 90 * s9[t,t']
output o[t] = sum[t'] exp(90 * s9[t,t'] - m[t]) * x[t',0]
""")
program('a divisor stays in a sum that may be empty', BASE + "z[t] = count[t' where t' < t]\noutput o[t,d] = sum[t' where t' < t] x[t',d] / z[t]\n")
program('a divisor that is 0 gives infinity', BASE + "output o[t,d] = sum[t' where t' < t] x[t',d] ^ 2 / max(x[t,d], 0)\n")
program('no lift of what may be out of range', BASE + "par Kr[r,h,e]\noutput o[t,h] = sum[t'] (max[e] (q[t,h,e] + Kr[t - t' + 2,h,e]))\n")

#!/usr/bin/env python3
"""Programs of a few lines that the forms inside the compiler take: printed kernels against the evaluator, in every tier that runs here.

    test_printed.py [WORD ...]

Of each: the kernels are those that are wanted, and nothing of what they could take is left to plain loops; values are the evaluator's; one by
one, in another order and by two threads the bits are the same (one by one and by threads apart: of the first tier). Lengths 0 and 1 are
among the sequences."""
import json
import os
import pathlib
import re
import sys
import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor

import running
from running import oracle

TARGET = 'x86' if os.uname().machine in ('x86_64', 'AMD64') else 'neon'
LENGTHS = ((5,), (1,), (0,), (19,))
MORE = []  # options for sinter
PROGRAMS = []


def program(name, text, wanted, lengths=LENGTHS):
    PROGRAMS.append((name, text, wanted, lengths))


# ---- maps: values without a sum, and rows of tables that data choose
BASE = 'dim d = 20, h = 2, e = 10, v = 6, p = 32\nragged t\nin x[t,d] y[t,d]\n'
program('a chain of functions', BASE + 'par g[d]\noutput o[t,d] = tanh(x[t,d] * g[d]) / (1 + exp(-y[t,d]))', ['map'])
program('a smooth step', BASE + 'output o[t,d] = max(x[t,d], 0) + log1p(exp(-abs(x[t,d]))) * y[t,d]', ['map'])
program('a sum of three tables', BASE + 'par E[v,d] P[p,d] S[v,d]\nint tok[t] seg[t]\noutput o[t,d] = E[tok[t],d] + P[min(t, 31),d] + S[seg[t],d]', ['map'])
program('a number of a row, and one of a head', BASE + 'in z[t] w[t,h]\npar b[h]\noutput o[t,h,e] = max(x[t,h,e] * z[t] + w[t,h] - b[h], 0)', ['map'])
program('the row before and that behind', BASE + 'output o[t,d] = (x[t - 1,d] ?? 1) - (x[t + 1,d] ?? 0) * y[t,d]', ['map'])
NONE = 'dim c = 0, k = 5, n = 9, d = 20\nragged t\nin x[t,c] y[t,c,d]\n'
program('windows of no channels', NONE + 'par w[n,k,c] b[n]\noutput o[t,n] = (sum[k,c] x[t + k - 3,c] * w[n,k,c]) + b[n]', ['conv2d'])
program('rows of heads that are none', NONE + 'par w[n,d]\noutput o[t,c,n] = sum[d] y[t,c,d] * w[n,d]', ['gemm'])
program('norms of heads that are none', NONE + 'm[t,c] = mean[d] y[t,c,d]\noutput o[t,c,d] = y[t,c,d] - m[t,c]', ['rowwise'])
program('maps of heads that are none', NONE + 'par g[c,d] h[c]\noutput o[t,c,d] = tanh(y[t,c,d] * g[c,d] + h[c] + t)', ['map'])
program('rows of no width by number', NONE + 'int v[t]\npar w[n,c] g[c,n]\noutput o[t,n] = (sum[c] w[v[t],c] * g[c,n]) + v[t]', ['map', 'gemm'])
program('products of heads that are none', NONE + 'in z[n,d]\noutput o[t,c,n] = sum[d] y[t,c,d] * z[n,d]', ['product'])
program('segments of no columns', NONE + 'output o[c,d] = sum[t] y[t,c,d]', ['segment'])
program('from the other end', BASE + 'output o[t,d] = x[len(t) - 1 - t,d] + t / (1 + len(t))', ['map'])
program('the row that data choose', BASE + 'int tok[t]\noutput o[t,d] = x[tok[t],d] ?? -1', ['map'])
program('a row of the sequence', BASE + 'in z[d]\npar b[h]\noutput o[h,e] = z[h,e] * b[h] + x[0,h,e]', ['map'])
program('a choice by place', BASE + 'output o[t,h,e] = t mod 3 == 0 ? x[t,h,e] : h == 1 and t < 4 ? -y[t,h,e] : 0', ['map'])
program('dims called as tiers are', 'dim c = 20, neon = 3\nragged t\nin x[t,c,neon]\npar g[c]\noutput o[t,c,neon] = x[t,c,neon] * g[c]', ['map'])
ROPE = BASE + 'in q[t,h,e]\n'
program('halves that turn together', ROPE + """w[e] = 10000 ^ (-2 * (e mod 5) / len(e))
output o[t,h,e] = q[t,h,e] * cos(t * w[e]) + (e < 5 ? -q[t,h,e + 5] : q[t,h,e - 5]) * sin(t * w[e])""", ['map'])
program('pairs that turn', ROPE + """angle[t,e] = t * 100 ^ (-2 * (e div 2) / len(e))
output o[t,h,e] = q[t,h,e] * cos(angle[t,e]) + (e mod 2 == 0 ? -q[t,h,e + 1] : q[t,h,e - 1]) * sin(angle[t,e])""", ['map'])
program('slopes', ROPE + 'output o[t,h,e] = q[t,h,e] * 2 ^ (-8 * (h + 1) / len(h)) + (q[t,h,e + 3] ?? e / 2)', ['map'])

program('rows that go on, beside what they were', BASE + """in s[t]
ragged z = t where s[t] > 0.3
w[z,d] = x[z,d] * y[z,d] - 1
output o[z,d] = tanh(w[z,d]) + w[z - 1,d]""", ['map'])

# ---- rows that know their sequence and their place in it
program('a norm of embeddings at places', BASE + """par P[p,d]
z[t,d] = x[t,d] + P[min(t, 31),d] + y[len(t) - 1 - t,d]
m[t] = (sum[d] z[t,d]) / 20
output o[t,d] = z[t,d] - m[t]""", ['rowwise'])
program('a row and what its sequence has once', BASE + 'in z[d]\noutput o[t] = (sum[d] x[t,d] * z[d]) / len(t)', ['rowwise'])
program('keys of a fixed number', BASE + """par q[h,e,d]
dim s = 7
in m[s,h,e] n[s,h,e]
r[t,h,e] = sum[d] q[h,e,d] * x[t,d]
a[h,t,s] = softmax[s] sum[e] r[t,h,e] * m[s,h,e]
output o[t,h,e] = sum[s] a[h,t,s] * n[s,h,e]""", ['gemm', 'attention'])

# ---- products of long rows, part by part: a chunk of rows and some, one part and some
LONG = 'dim d = 1777, f = 53\nragged t\nin x[t,d]\npar W[f,d] U[f,d] b[f]\n'
program('a product of long rows', LONG + 'output o[t,f] = max((sum[d] x[t,d] * W[f,d]) / 16 + b[f], 0)', ['gemm'], ((261,), (1,), (0,), (17,)))
program('a gate of long rows', LONG + """u[t,f] = (sum[d] x[t,d] * W[f,d]) / 42
output o[t,f] = u[t,f] / (1 + exp(-u[t,f])) * (sum[d] x[t,d] * U[f,d]) / 42""", ['gemm gated'], ((261,), (1,), (0,), (17,)))

# ---- lanes that are no neighbours, ints in lanes, what decides in double precision
program('a sum over the outer index', BASE + 'output o[t,e] = (sum[h] x[t,h,e] * y[t,h,e]) / 2', ['rowwise'])
program('columns of another order', BASE + 'in z[t,v,d]\noutput o[t,d,v] = tanh(z[t,v,d]) * x[t,d]', ['map'])
program('the largest among columns far apart', BASE + 'in z[t,d,v]\noutput o[t,v] = (max[d] z[t,d,v]) - sum[d] z[t,d,v] * x[t,d]', ['rowwise'])
program('how many are larger', BASE + "output o[t,d] = count[d' where x[t,d'] > x[t,d] or (x[t,d'] == x[t,d] and d' < d)]", ['rowwise', 'rowwise'])
program('a mean of the largest three', BASE + """place[t,d] = count[d' where x[t,d'] > x[t,d]]
output o[t] = (sum[d where not place[t,d] > 2] y[t,d]) / 3""", ['rowwise', 'rowwise'])

# ---- products of two computed sides
program('a state for each sequence', BASE + """s[h,e,d] = sum[t] y[t,h,e] * x[t,d]
output o[t,h,d] = (sum[e] x[t,h,e] * s[h,e,d]) / len(t)""", ['segment', 'product'])
program('keys of a formula', 'dim d = 24, h = 2, e = 12, r = 50\nragged t\nin x[t,h,e]\npar P[r,h,d] Q[d,e]\n' + """k[r,h,e] = tanh(sum[d] P[r,h,d] * Q[d,e])
output o[t,h,r] = exp(-abs(sum[e] x[t,h,e] * k[r,h,e]))""", ['map', 'gemm', 'product'])

# ---- scores of several sums, and of tensors over both places
TWO = 'dim h = 3, e = 12, r = 5\nragged t\nin q[t,h,e] k[t,h,e] v[t,h,e] a[t,h,r] b[t,r] f[t] g[t]\n'
program('a score of two products', TWO + """s[h,t,t'] = softmax[t' where t' <= t] ((sum[e] q[t,h,e] * k[t',h,e]) + (sum[r] a[t,h,r] * b[t',r]) / 2)
output o[t,h,e] = sum[t'] s[h,t,t'] * v[t',h,e]""", ['attention'])
program('a score of scaled products', TWO + """s[h,t,t'] = softmax[t'] (0.3 * f[t] * g[t'] * (sum[e] q[t,h,e] * k[t',h,e]) - g[t'] / (1 + f[t] ^ 2) * (sum[r] a[t,h,r] * b[t',r]) + 0.1 * abs(t - t'))
output o[t,h,e] = sum[t'] s[h,t,t'] * v[t',h,e]""", ['attention'])
program('a score that is nothing where it begins', TWO + """s[h,t,t'] = softmax[t'] ((sum[e] q[t,h,e] * k[t',h,e]) + (t == 0 or t' == 0 ? 0 : f[t] + sum[r] a[t,h,r] * b[t',r]))
output o[t,h,e] = sum[t'] s[h,t,t'] * v[t',h,e]""", ['attention'])
program('values of a single number', TWO + """s[h,t,t'] = softmax[t'] (sum[e] q[t,h,e] * k[t',h,e])
output o[t,h] = sum[t'] s[h,t,t'] * a[t',h,2]""", ['attention'])

program('a bias that all layers share', 'dim h = 2, e = 6, d = 12\nragged t\nin x[t,d]\npar B[h,d] V[d,d]\n' + """fn look(x[t,d], bias[h,t,u]) {
  a[h,t,u] = softmax[u] (bias[h,t,u] + sum[e] x[t,h,e] * x[u,h,e])
  z[t,h,e] = sum[u] a[h,t,u] * x[u,h,e]
  return z[t,d]
}
near[h,t,t'] = B[h,(t - t') mod 12] * (1 + x[t,0] * x[t',1])
none[h,t,t'] = 0
for l in 0..2 { x = look(x, near) + look(x, none) }
output o[t,d] = x[t,d]""", ['map', 'attention', 'attention', 'map'])

# ---- several products of one left side, some of them gates
program('gates among others', 'dim d = 24, f = 52, h = 2, e = 12, r = 3\nragged t\nin x[t,d]\npar Q[h,e,d] K[r,e,d] G[f,d] U[f,d]\n' + """q[t,h,e] = sum[d] Q[h,e,d] * x[t,d]
k[t,r,e] = sum[d] K[r,e,d] * x[t,d]
u[t,f] = silu(sum[d] G[f,d] * x[t,d]) * sum[d] U[f,d] * x[t,d]
output o[t,h,e] = q[t,h,e]
output p[t,r,e] = k[t,r,e]
output m[t,f] = u[t,f]""", ['gemm gated'])

program('places of rows and columns', 'dim d = 20\nragged t\nragged y\nin x[t,d] z[y,d]\n' + """m[t] = sum[d] (x[t,d] * (z[t div len(y),d] ?? 0) + x[t mod len(y),d])
output o[t,d] = x[t,d] - m[t]""", ['rowwise'], ((7, 2), (1, 1), (0, 0), (13, 5)))

# ---- scores that look up a distance
program('buckets of distances', BASE + """par B[h,p]
at[t,t'] = min(int(4 * log(1 + abs(t - t'))), 31)
a[h,t,t'] = softmax[t'] ((sum[e] x[t,h,e] * y[t',h,e]) + B[h, at[t,t']])
output o[t,h,e] = sum[t'] a[h,t,t'] * y[t',h,e]""", ['attention'])
program('buckets of the past', BASE + """par B[p,h]
a[h,t,t'] = softmax[t' where t' <= t] ((sum[e] x[t,h,e] * y[t',h,e]) + B[min(int(3 * log(1 + max(t - t', 0))), 31), h])
output o[t,h,e] = sum[t'] a[h,t,t'] * y[t',h,e]""", ['attention'])

program('a curve of distances', BASE + """a[h,t,t'] = softmax[t'] (2 ^ (-h) * softplus(0.3 * abs(t - t')) + sum[e] x[t,h,e] * y[t',h,e])
output o[t,h,e] = sum[t'] a[h,t,t'] * y[t',h,e]""", ['attention'], ((5,), (1,), (0,), (19,), (70,), (64,)))
program('curves of the past, in layers', BASE + """for l in 0..2 {
  s[h,t,t'] = (sum[e] x[t,h,e] * y[t',h,e]) * exp(-0.1 * (t - t')) - (t - t' + 2 * l) ^ 0.6
  a[h,t,t'] = softmax[t' where t' <= t] s[h,t,t']
  x[t,d] = x[t,d] + sum[t'] a[d div 10,t,t'] * y[t',d]
}
output o[t,d] = x[t,d]""", ['attention', 'map'], ((5,), (1,), (0,), (19,), (70,)))
program('a curve of distances between two sequences', 'dim d = 20\nragged t\nragged y\nin x[t,d] z[y,d]\n' + """a[t,y] = softmax[y] ((sum[d] x[t,d] * z[y,d]) + 0.2 * log(1 + abs(t - y)))
output o[t,d] = sum[y] a[t,y] * z[y,d]""", ['attention'], ((7, 2), (1, 1), (0, 0), (13, 5), (3, 0)))
program('a number of each query and a curve', BASE + """in w[t]
a[h,t,t'] = softmax[t'] (w[t] * (sum[e] x[t,h,e] * y[t',h,e]) - w[t'] * sin(0.2 * (t' - t + 3)))
output o[t,h,e] = sum[t'] a[h,t,t'] * y[t',h,e]""", ['attention'])

program('a count up to an index', 'dim n = 20\nragged t\nin x[t]\noutput o[n] = 1.0 - count[t where t <= n]', [])

# ---- more sums than a recurrence carries
program('sums of many columns up to here', 'dim d = 300\nragged t\nin x[t,d]\n' + "output o[t,d] = x[t,d] - sum[t' where t' <= t] x[t',d] * (x[t' - 3,d] ?? 1)",
        ['scan'])

# ---- convolutions along the sequence, of each column by itself
CONV = 'dim d = 52, h = 2, e = 5, g = 3, k = 4, w = 3\nragged t\nin x[t,d] z[t,h,g,e]\npar W[d,k] U[w,d] V[h,e,k] b[d]\n'
program('a convolution of what was before', CONV + 'output o[t,d] = max((sum[k] W[d,k] * (x[t + k - 3,d] ?? 0)) + b[d], 0)', ['conv'])
program('a convolution around', CONV + 'output o[t,d] = x[t,d] + sum[w] U[w,d] * x[t + w - 1,d]', ['conv'])
program('a convolution of columns among others', CONV + 'output o[t,h,e] = sum[k] V[h,e,k] * z[t + k - 3,h,1,e]', ['conv'])

# ---- convolutions of several channels to several: windows that are never written out
IMAGE = """dim p = 20, o = 52, f = 24, y = 9, x = 11, i = 3, j = 3, yo = 5, xo = 6, g = 4, r = 5, q = 13
ragged t
in u[p,y,x] v[y,x,p] z[t,p] a[t,f]
par W[o,p,i,j] V[f,o,i,j] b[o] U[f,p,i] G[g,q,r,i]
"""
program('an image whose channels come first', IMAGE + 'output h[y,x,o] = max((sum[p,i,j] W[o,p,i,j] * u[p,y + i - 1,x + j - 1]) + b[o], 0)', ['conv2d'])
program('every second place of an image', IMAGE + 'output h[yo,xo,o] = b[o] - sum[p,i,j] W[o,p,i,j] * v[2 * yo + i - 1,2 * xo + j - 1,p]', ['conv2d'])
program('one behind the other', IMAGE + """h[y,x,o] = max((sum[p,i,j] W[o,p,i,j] * v[y + i - 1,x + j - 1,p]) + b[o], 0)
output k[y,x,f] = tanh(0.01 * sum[o,i,j] V[f,o,i,j] * h[y + i - 1,x + j - 1,o])""", ['conv2d', 'conv2d'])
program('of what is no tensor yet', IMAGE + """h[y,x,p] = v[y,x,p] / (1 + abs(v[y,x,p]))
output k[y,x,o] = sum[p,i,j] W[o,p,i,j] * h[y + i - 1,x + j - 1,p]""", ['map', 'conv2d'])
GRID = 'dim o = 20, p = 6, i = 3, j = 3, f = 10\nragged y\nragged w\nin u[y,w,p] r[y] s[w] q[y,w]\npar W[o,p,i,j] V[f,p]\n'
SIZES = ((5, 3), (0, 4), (1, 1), (17, 9))
program('an image of any size', GRID + 'output h[y,w,o] = max((sum[p,i,j] W[o,p,i,j] * u[y + i - 1,w + j - 1,p]) + r[y] * s[w] + q[y,w], 0)', ['conv2d'], SIZES)
program('what slides is made of it', GRID + 'output h[y,w,o] = sum[p,i,j] W[o,p,i,j] * u[(y + i - 1) div 2,(w + j - 1) div 2,p]', ['conv2d'], SIZES)
program('every place of it by itself', GRID + 'output h[y,w,f] = q[y,w] - sum[p] V[f,p] * u[y,w,p]', ['gemm'], SIZES)
program('columns first', GRID + 'output h[w,y,f] = sum[p] V[f,p] * u[y,w,p] * r[y]', ['gemm'], SIZES)
program('inputs called as places are', GRID.replace('r[y] s[w] q[y,w]', 'm_place[y] m_first[w] m_sequence[y,w]')
        + 'output h[y,w,o] = (sum[p,i,j] W[o,p,i,j] * u[y + i - 1,w + j - 1,p]) + m_place[y] * m_first[w] + m_sequence[y,w]', ['conv2d'], SIZES)
program('along the sequence', IMAGE + 'output h[t,f] = a[t,f] + gelu(sum[p,i] U[f,p,i] * z[t + i - 1,p])', ['conv2d'])
program('along the sequence, channels first', IMAGE + """in w[p,t]
output h[f,t] = a[t,f] * (sum[p,i] U[f,p,i] * w[p,t + i - 1])""", ['conv2d'])
program('along the sequence, in groups', IMAGE + 'output h[t,g,q] = sum[r,i] G[g,q,r,i] * z[t + i - 2,r * 4 + g]', ['conv2d'])

# ---- experts: of several matrices each row wants some
EXPERTS = """dim d = 20, g = 5, f = 52
ragged t
in x[t,d] s[t,g]
int k[t]
par A[g,f,d] B[g,f,d] D[g,d,f] b[g,f] c[g,d]
"""
program('those of some weight, gated', EXPERTS + """h[t,g,f] = (sum[d] A[g,f,d] * x[t,d]) * sigmoid((sum[d] B[g,f,d] * x[t,d]) + b[g,f])
output o[t,g,d] = s[t,g] > 0.25 ? s[t,g] * (x[t,d] + 0.1 * (sum[f] D[g,d,f] * h[t,g,f]) + c[g,d]) : -1""", ['moe gated', 'moe', 'map'])
program('one that data choose', EXPERTS + """h[t,g,f] = tanh(sum[d] A[g,f,d] * x[t,d])
output o[t,d] = sum[g where k[t] == g] sum[f] D[g,d,f] * h[t,g,f]""", ['moe', 'moe', 'map'])

# ---- recurrences, and sums that are carried along
program('sums of all before', BASE + "output o[t,d] = sum[t' where t' <= t] x[t',d] * y[t',d]", ['recur'])
program('the largest of all behind', BASE + "output o[t,d] = max[t' where t' >= t] x[t',d]", ['recur'])
program('a state that decays', BASE + 'par a[h]\nalong t { s[t,h,e] = exp(-abs(a[h])) * s[t - 1,h,e] + x[t,h,e] * y[t,h,e] }\noutput o[t,h,e] = s[t,h,e]', ['recur', 'map'])
program('a state of products, by data', BASE + """in f[t,h] w[t,v]
along t { s[t,h,e,v] = f[t,h] * s[t - 1,h,e,v] / 4 + x[t,h,e] * w[t,v] }
output o[t,h,e,v] = s[t,h,e,v] - x[t,h,e]""", ['recur', 'map'])
program('several equations, one of them from the start', BASE + """along t {
  top[t,d] = max((top[t - 1,d] ?? -inf) - 0.5, x[t,d])
  old[t,d] = exp((top[t - 1,d] ?? -inf) - 0.5 - top[t,d])
  z[t,d] = old[t,d] * z[t - 1,d] + exp(x[t,d] - top[t,d]) * y[t,d]
}
output o[t,d] = z[t,d] + top[t,d]""", ['recur', 'map'])
program('columns that know each other', BASE + 'along t { s[t,d] = (s[t - 1,d + 1] ?? 1) / 2 + x[t,d] }\noutput o[t,d] = s[t,d]', ['map'])
program('powers that quarters make up', BASE + 'z[t,d] = 0.3 + x[t,d] ^ 2\noutput o[t,d] = z[t,d] ^ 0.75 + z[t,d] ^ -0.25 + z[t,d] ^ 1.5 + z[t,d] ^ -2.5 + z[t,d] ^ 3.25',
        ['map'])

# ---- one thing, written in three ways
NORM = 'dim d = 40\nragged t\nin x[t,d]\npar g[d] b[d]\n'
program('a norm: mean and variance', NORM + """m[t] = mean[d] x[t,d]
u[t] = mean[d] (x[t,d] - m[t]) ^ 2
output o[t,d] = (x[t,d] - m[t]) / sqrt(u[t] + 0.001) * g[d] + b[d]""", ['rowwise'])
program('a norm: centred first', NORM + """c[t,d] = x[t,d] - (sum[d'] x[t,d']) / len(d)
output o[t,d] = b[d] + g[d] * c[t,d] * (1 / sqrt(0.001 + (sum[d'] c[t,d'] * c[t,d']) / 40))""", ['rowwise'])
program('a norm: length of what is left of the mean', NORM + """s[t] = sum[d] x[t,d]
n[t] = sqrt(0.04 + sum[d] square(len(d) * x[t,d] - s[t]) / 1600)
output o[t,d] = (40 * x[t,d] - s[t]) * g[d] / (n[t] * sqrt(40)) + b[d]""", ['rowwise'])
ACT = 'dim d = 40, f = 52\nragged t\nin x[t,d]\npar W[f,d] b[f]\na[t,f] = (sum[d] W[f,d] * x[t,d]) + b[f]\n'
program('an activation: as in the paper', ACT + 'output o[t,f] = a[t,f] / 2 * (1 + erf(a[t,f] / sqrt(2)))', ['gemm'])
program('an activation: as a mixture', ACT + 'p[t,f] = 0.5 + 0.5 * erf(a[t,f] * 0.7071067811865476)\noutput o[t,f] = p[t,f] * a[t,f]', ['gemm'])
program('an activation: what is taken away', ACT + 'output o[t,f] = a[t,f] - a[t,f] * (1 - erf(a[t,f] / sqrt(2))) / 2', ['gemm'])
LOOK = 'dim h = 3, e = 12\nragged t\nin q[t,h,e] k[t,h,e] v[t,h,e]\n'
program('attention: weights that sum to one', LOOK + """a[h,t,t'] = softmax[t' where t' <= t] sum[e] q[t,h,e] * k[t',h,e] / sqrt(len(e))
output o[t,h,e] = sum[t'] a[h,t,t'] * v[t',h,e]""", ['attention'])
program('attention: a quotient of two sums', LOOK + """s[h,t,t'] = (sum[e] k[t',h,e] * q[t,h,e]) * 12 ^ -0.5
output o[t,h,e] = (sum[t' where t' <= t] v[t',h,e] * exp(s[h,t,t'])) / sum[t' where t' <= t] exp(s[h,t,t'])""", ['attention'])
program('attention: the largest score taken off, divided last', LOOK + """s[h,t,t'] = sum[e] q[t,h,e] / sqrt(12) * k[t',h,e]
m[h,t] = max[t' where t' <= t] s[h,t,t']
n[h,t] = 1 / sum[t' where not t' > t] exp(s[h,t,t'] - m[h,t])
output o[t,h,e] = n[h,t] * sum[t' where t' <= t] exp(s[h,t,t'] - m[h,t]) * v[t',h,e]""", ['attention'])
program('attention of a single head, and what is made of it', 'dim e = 12, d = 20\nragged t\nin q[t,e] k[t,e] v[t,d]\npar W[e,d]\n' + """a[t,t'] = softmax[t'] sum[e] q[t,e] * k[t',e] / sqrt(len(e))
y[t,d] = sum[t'] a[t,t'] * v[t',d]
output o[t,e] = sum[d] W[e,d] * y[t,d]""", ['attention', 'gemm'])

# ---- linear attention: what is carried along is stored nowhere
LINEAR = 'dim h = 3, m = 18, e = 70, g = 2\nragged t\nin q[t,h,m] k[t,h,m] v[t,h,e]\n'
LONG = ((5,), (1,), (0,), (64,), (203,))
program('linear attention, divided by what it weighs', LINEAR + """f[t,h,m] = max(q[t,h,m], 0) + 0.1
g1[t,h,m] = max(k[t,h,m], 0) + 0.1
s[t,h,m,e] = sum[t' where t' <= t] g1[t',h,m] * v[t',h,e]
z[t,h,m] = sum[t' where t' <= t] g1[t',h,m]
output o[t,h,e] = (sum[m] f[t,h,m] * s[t,h,m,e]) / sum[m] f[t,h,m] * z[t,h,m]""", ['recur', 'map', 'linear', 'rowwise', 'map'], LONG)
program('linear attention with groups of queries', LINEAR + """in p[t,h,g,m]
output o[t,h,g,e] = sum[m] p[t,h,g,m] * sum[t' where t' <= t] k[t',h,m] * v[t',h,e]""", ['linear'])
program('running sums that others read too', 'dim d = 300\nragged t\nin x[t,d]\n' + """s[t,d] = sum[t' where t' <= t] x[t',d]
output o[t,d] = s[t,d] / (t + 1)""", ['scan'], LONG)

# ---- one query
ONE = 'dim h = 3, g = 2, e = 20, d = 40, p = 64, w = 24\nragged t\nin k[t,h,e] v[t,h,e] x[t,d]\n'
program('a query of the sequence, each head its own', ONE + """in q[h,e]
a[h,t] = softmax[t] sum[e] q[h,e] * k[t,h,e] / sqrt(len(e))
output o[h,e] = sum[t] a[h,t] * v[t,h,e]""", ['pool'], LONG)
program('the last position asks', ONE + """par W[h,e,d]
q[h,e] = sum[d] W[h,e,d] * x[last,d]
a[h,t] = softmax[t where t != 2 and t mod 3 != 1] ((sum[e] q[h,e] * k[t,h,e] / sqrt(len(e))) - 0.1 * (len(t) - t))
output o[h,e] = sum[t] a[h,t] * v[t,h,e]""", ['map', 'gemm', 'pool'], LONG)
program('heads in groups, keys that turn, a bias, a sink', ONE + """in q[h,g,e] sink[h,g]
par b[p,h]
a[h,g,t] = exp((sum[e] q[h,g,e] * cos(t / (1 + e)) * k[t,h,e]) + b[min(t, 63),h])
z[h,g] = exp(sink[h,g]) + sum[t] a[h,g,t]
output o[h,g,e] = (sum[t] a[h,g,t] * (v[t,h,e] + g)) / z[h,g]""", ['pool'], LONG)
program('a learnt query, and what is made of its answer', ONE + """par s[d] W[w,d]
a[t] = softmax[t] sum[d] s[d] * x[t,d]
y[d] = sum[t] a[t] * x[t,d]
output o[w] = sum[d] W[w,d] * y[d]""", ['pool', 'gemm'], LONG)
program('a score that is a sum of functions', ONE + """par s[d] u[d]
a[t] = softmax[t] sum[d] s[d] * tanh(x[t,d] + u[d])
output o[d] = sum[t] a[t] * x[t,d]""", ['pool'], LONG)
program('scores of all heads from one row', ONE + """par W[h,d]
a[h,t] = softmax[t] sum[d] W[h,d] * x[t,d]
output o[h,e] = sum[t] a[h,t] * v[t,h,e]""", ['gemm', 'pool'], LONG)
program('keys and values of a fixed number', ONE + """in q[h,e] m[w,h,e] n[w,h,e]
a[h,w] = softmax[w] sum[e] q[h,e] * m[w,h,e]
output o[h,e] = sum[w] a[h,w] * n[w,h,e]""", ['pool'])

SPANS = ((5,), (2600,), (0,), (1024,), (1025,))  # one is taken by several threads together, span by span
program('one query to many keys', ONE + """in q[d]
a[t] = softmax[t] sum[d] q[d] * x[t,d] / sqrt(len(d))
output o[d] = sum[t] a[t] * x[t,d]""", ['pool'], SPANS)
program('three heads and a sink, of many keys some in the last spans', ONE + """in q[h,e] sink[h]
a[h,t] = t > 1100 and t mod 3 != 1 ? exp(0.001 * t + (sum[e] q[h,e] * k[t,h,e])) : 0
output o[h,e] = (sum[t] a[h,t] * v[t,h,e]) / (exp(sink[h]) + sum[t] a[h,t])""", ['pool'], SPANS)

# ---- more keys than a block has, whose scores rise from block to block
BLOCKS = LOOK + "s[h,t,t'] = (sum[e] q[t,h,e] * k[t',h,e]) / 4 + 0.1 * t'\n"
for where in ('', "where t' <= t", "where t' <= t and t - t' < 70"):
    program('blocks of keys ' + where, BLOCKS + f"a[h,t,t'] = softmax[t' {where}] s[h,t,t']\noutput o[t,h,e] = sum[t' {where}] a[h,t,t'] * v[t',h,e]",
            ['attention'], ((150,), (0,), (65,), (64,)))


def explained(folder, wanted):
    """Forms of the kernels that are printed, in order, and why others are not."""
    done = oracle.run(oracle.SINTER, 'explain', folder / 'm.sinter', '--json', '--target=' + TARGET, *MORE)
    forms, reasons = [], []
    for f in json.loads(done.stdout)['functions']:
        for k in f['kernels']:
            back = [w['reason'] for w in k['not'] if w['form'] == k['form']]
            forms += [] if back else [k['form'] + (' gated' if k['gated'] else '')]
            reasons += [k['form'] + ': ' + w for w in back]
        reasons += [f"{w['form']}: {w['reason']}" for w in f['plain'] if w['form'] == 'map' or w['form'] in wanted]
    reasons = [r for r in reasons if r != 'map: it has no fixed axis']  # tensors over two positions, which no form stores
    return forms, reasons


def reordered(folder, n):
    """The sequences from the last to the first; how answers are called there."""
    given = oracle.load(folder / 'in.safetensors')
    oracle.save(folder / 'back.safetensors', {f'{n - 1 - k}/{name}': x for k, s in enumerate(oracle.sequences(given)) for name, x in s.items()})
    return lambda name: '%d/%s' % (n - 1 - int(name.split('/', 1)[0]), name.split('/', 1)[1])


def compiled(folder, name):
    """Without a warning: all kernels by clang, which takes a third of the time, and of every third program those of one tier by gcc."""
    tiers, chance = re.findall(r'(?m)^(m_kernels_\w+\.o):', (folder / 'Makefile').read_text()), zlib.crc32(name.encode())
    if chance % 3 == 0:
        oracle.make(folder, 'm', *oracle.WARNINGS, '-O1', goal=tiers[chance // 3 % len(tiers)]).unlink()
    return oracle.make(folder, 'm', *oracle.WARNINGS, '-O0', cc=oracle.QUICK)


def look(name, text, wanted, lengths, folder):
    """What is wrong with a program: sentences."""
    running.Text(text).write(folder, lengths)
    forms, reasons = explained(folder, wanted)
    if forms != wanted or reasons:
        return [f'kernels {forms}, wanted {wanted}; not taken: {reasons}']
    given, wrong = folder / 'in.safetensors', []
    exact = oracle.evaluate(folder / 'm.sinter', folder, given, folder / 'want.safetensors')
    oracle.run(oracle.SINTER, 'emit', folder / 'm.sinter', '-d', folder / 'c', '--target=' + TARGET, *MORE)
    made, back = compiled(folder / 'c', name), reordered(folder, len(lengths))
    options = oracle.kernel_options(made)
    for option in options:
        got = oracle.answer(made, given, folder / 'got.safetensors', *option)
        said = running.differs(got, exact)
        wrong += [f'{option}: {said}'] if said else []
        ways = (['--batch=1'], ['--threads=2'], ['--threads=2', '--batch=1'])
        for more in ways if option == options[0] else ways[-1:]:
            other = oracle.answer(made, given, folder / 'other.safetensors', *option, *more)
            wrong += [f'{option}: {n} has other bits with {more}' for n in got if got[n].tobytes() != other[n].tobytes()]
        other = oracle.answer(made, folder / 'back.safetensors', folder / 'other.safetensors', *option)
        wrong += [f'{option}: {n} has other bits in another order' for n in got if got[n].tobytes() != other[back(n)].tobytes()]
    return wrong


def check(programs):
    """How many of these programs are wrong."""
    bad = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(min(2, os.cpu_count())) as pool:
        def job(i):
            try:
                return look(*programs[i], pathlib.Path(folder) / str(i))
            except oracle.Wrong as error:
                return [str(error)[:3000]]
        oracle.TARGET = TARGET
        for (name, _, wanted, _), wrong in zip(programs, pool.map(job, range(len(programs)))):
            bad += bool(wrong)
            print('%-5s %-45s %s' % ('FAIL' if wrong else 'ok', name, ', '.join(wanted)))
            for sentence in wrong:
                print('      ' + sentence)
            sys.stdout.flush()
    return bad


def main():
    only = sys.argv[1:]
    chosen = [p for p in PROGRAMS if not only or any(word in p[0] for word in only)]
    bad = check(chosen)
    print(f'{bad} wrong\ncases: {len(chosen)}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())

"""A parser, and attention along the tree."""
from formulas import *

CONFIG = dict(hidden_size=12, nlayers=2, ntokens=29, nhead=3, dim_feedforward=19, n_parser_layers=2, conv_size=5)
OPTIONS = [dict(hidden_size=10, nlayers=1, ntokens=13, nhead=2, dim_feedforward=7, n_parser_layers=1, conv_size=3),
           dict(n_parser_layers=0)]


def inputs(c, draw):
    return tokens(draw, c['ntokens'], (0, 1, 2, 2, 2, 3, 8), low=1)


def outputs(c, P, i):
    n, d, h, J, tok = len(i['tok']), c['hidden_size'], c['nhead'], c['conv_size'], i['tok']
    emb = P('emb.weight', c['ntokens'], d)

    def conv(name, z, size, first):
        w, y = P(name + '.weight', d, d, size), np.tile(P(name + '.bias', d), (n, 1))
        for t in range(n):
            for j in range(size):
                y[t] += w[:, :, j] @ z[t + j + first] if 0 <= t + j + first < n else 0
        return y
    squash = lambda y: np.tanh(standard(y, 1e-5))
    z = emb[tok]
    for k in range(c['n_parser_layers']):
        z = squash(conv(f'parser_layers.{k}.0.conv', z, J, -(J - 1) // 2))
    height = linear(P, 'height_ff.3', squash(linear(P, 'height_ff.0', z, d)), 1)[:, 0]
    dist = linear(P, 'distance_ff.3', squash(conv('distance_ff.0.conv', z, 2, 0)), 1)[:, 0]
    dist[n - 1:] = np.inf
    before = np.concatenate([[np.inf], dist])
    spans = [(l, r) for l in range(n) for r in range(l, n) if (l, r) != (0, n - 1)]
    margin = max([max(0, min(before[l], dist[r]) - height[l:r + 1].max()) for l, r in spans], default=0)
    s0, s1 = np.exp(P('_scaler', 2))
    with np.errstate(over='ignore'):
        g = sigmoid(s0 * (height[:, None] - (dist - margin)))
    left, right, head = np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n))
    for t in range(n):
        BL = [min([1, *g[t, l:t]]) if l <= t else 0 for l in range(n)]
        BR = [min([1, *g[t, t:r]]) if r >= t else 0 for r in range(n)] + [0]
        left[t] = [BL[l] - (BL[l - 1] if l else 0) if l <= t else 0 for l in range(n)]
        right[t] = [BR[r] - BR[r + 1] if r >= t else 0 for r in range(n)]
    for t in range(n):
        for l in range(t + 1):
            for r in range(t, n):
                head[t, l:r + 1] += left[t, l] * right[t, r] * softmax(s1 * height[l:r + 1])
        head[t, t] = 0
    W = softmax(P('_rel_weight', c['nlayers'], h, 2))
    x = emb[tok]
    for l in range(c['nlayers']):
        L = P.under(f'layers.{l}.')
        u = layernorm(L, 'norm', x, 1e-5)
        q, k, w = (linear(L, f'self_attn.{a}_proj', u, d).reshape(n, h, d // h) for a in 'qkv')
        dep = W[l][:, 0, None, None] * head + W[l][:, 1, None, None] * head.T
        a = sigmoid(np.einsum('the,uhe->htu', q, k) / (d // h) ** 0.5) * dep
        x = x + linear(L, 'self_attn.out_proj', flat(np.einsum('htu,uhe->the', a, w)), d)
        m = linear(L, 'feedforward.1', layernorm(L, 'feedforward.0', x, 1e-5), c['dim_feedforward'])
        x = x + linear(L, 'feedforward.4', np.where(m > 0, m, 0.01 * m), d)
    logits = layernorm(P, 'norm', x, 1e-5) @ emb.T + P('output_layer.bias', c['ntokens'])
    return {'height': height, 'head': head, 'logits': logits}

"""Performer: positive random features."""
from formulas import *

CONFIG = dict(dim=6, heads=2, dim_head=4, ff_dim=7, nb_features=5, depth=2, kernel_eps=1e-4)
OPTIONS = [dict(heads=1, dim_head=3, kernel_eps=1e-2), dict(heads=3, nb_features=1, depth=1)]


def inputs(c, draw):
    return vectors(draw, c['dim'])


def stack(c, w, x, forward):
    d, h, e, m = c['dim'], c['heads'], c['dim_head'], c['nb_features']
    for l in range(c['depth']):
        p, n = f'layer.{l}.', len(x)
        q, k, v = (linear(w, p + f'attn.to_{name}', layernorm(w, p + 'norm1', x, 1e-5), h, e, bias=False) for name in 'qkv')
        R = w(p + 'attn.projection_matrix', m, e)

        def features(y, most):
            A = np.einsum('me,the->thm', R, y) / e ** 0.25
            return (np.exp(A - (y ** 2).sum(axis=-1, keepdims=True) / (2 * math.sqrt(e)) - most(A)) + c['kernel_eps']) / math.sqrt(m)
        if forward:
            Q, K = features(q, lambda A: 0), features(k, lambda A: 0)
        else:
            Q, K = features(q, lambda A: A.max(axis=2, keepdims=True)), features(k, lambda A: A.max(axis=(0, 2), keepdims=True) if len(A) else 0)
        weight = np.einsum('thm,uhm->htu', Q, K) * (causal(n) if forward else 1)
        o = np.einsum('htu,uhe->the', weight / weight.sum(axis=-1, keepdims=True), v).reshape(n, h * e)
        x = x + linear(w, p + 'attn.to_out', o, d)
        x = x + linear(w, p + 'ffn.w2', gelu(linear(w, p + 'ffn.w1', layernorm(w, p + 'norm2', x, 1e-5), c['ff_dim'])), d)
    return x


def outputs(c, w, x):
    return dict(bi=stack(c, w, x['x'], False), causal=stack(c, w, x['x'], True))

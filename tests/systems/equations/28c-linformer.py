"""Linformer: keys and values projected along the sequence."""
from formulas import *

CONFIG = dict(dim=6, heads=2, ff_dim=7, seq_len=12, k=4, depth=2)
OPTIONS = [dict(heads=1, k=1), dict(heads=3, k=15, depth=1)]


def inputs(c, draw):
    return vectors(draw, c['dim'], (0, 1, 2, 9, 12))


def outputs(c, w, x):
    d, h, T, x = c['dim'], c['heads'], c['seq_len'], x['x']
    for l in range(c['depth']):
        p, n = f'net.layers.{l}.', len(x)
        u = layernorm(w, p + '0.norm', x, 1e-5)
        q, k, v = (linear(w, p + f'0.fn.to_{name}', u, h, d // h, bias=False) for name in 'qkv')
        k, v = (np.einsum('tr,the->rhe', w(p + f'0.fn.proj_{name}', T, c['k'])[:n], y) for name, y in (('k', k), ('v', v)))
        x = x + linear(w, p + '0.fn.to_out', attend(q, k, v), d)
        x = x + linear(w, p + '1.fn.w2', gelu(linear(w, p + '1.fn.w1', layernorm(w, p + '1.norm', x, 1e-5), c['ff_dim'])), d)
    return dict(y=x)

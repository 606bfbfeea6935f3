"""PaLM: parallel block, one key and value head."""
from formulas import *

CONFIG = dict(dim=6, heads=2, dim_head=4, ff_inner_dim=7, num_tokens=11, depth=2)
OPTIONS = [dict(heads=1, dim_head=6), dict(heads=3, dim_head=2, depth=1)]


def inputs(c, draw):
    return tokens(draw, c['num_tokens'])


def outputs(c, w, x):
    d, h, e, f, table, n = c['dim'], c['heads'], c['dim_head'], c['ff_inner_dim'], w('0.weight', c['num_tokens'], c['dim'], spread=1), len(x['tok'])
    x = table[x['tok']]
    for l in range(1, c['depth'] + 1):
        p = f'{l}.fn.'
        z = linear(w, p + 'fused_attn_ff_proj', standard(x, 1e-5) * w(p + 'norm.gamma', d, around=1), h * e + 2 * e + 2 * f, bias=False)
        q, k, v, a, b = np.split(z, np.cumsum([h * e, e, e, f]), axis=-1)
        o = attend(rope(q.reshape(n, h, e), 10000), rope(k[:, None], 10000), v[:, None], causal(n))
        x = x + linear(w, p + 'attn_out', o, d, bias=False) + linear(w, p + 'ff_out.1', silu(b) * a, d, bias=False)
    return dict(logits=standard(x, 1e-5) * w(f'{c["depth"] + 1}.gamma', d, around=1) @ table.T)

"""Longformer: dilated windows and global positions."""
from formulas import *

CONFIG = dict(hidden_size=6, num_attention_heads=2, intermediate_size=7, num_hidden_layers=2, one_sided_window=[1, 2], dilation=[1, 2],
              layer_norm_eps=1e-5)
OPTIONS = [dict(dilation=[3, 1], one_sided_window=[2, 0]), dict(num_hidden_layers=1, one_sided_window=[1], dilation=[1], num_attention_heads=1)]


def inputs(c, draw):
    return [dict(x, **{'global': draw.integers(0, 2, len(x['x']))}) for x in vectors(draw, c['hidden_size'], (0, 1, 2, 9, 12))]


def outputs(c, w, x):
    d, h, eps, whole, x = c['hidden_size'], c['num_attention_heads'], c['layer_norm_eps'], x['global'] == 1, x['x']
    for l in range(c['num_hidden_layers']):
        p, n, reach, step = f'layer.{l}.', len(x), c['one_sided_window'][l], c['dilation'][l]
        apart = distance(n)
        see = whole[None] | (np.abs(apart) <= reach * step) & (apart % step == 0)
        near = attend(*(linear(w, p + f'attn.{name}', x, h, d // h) for name in ('query', 'key', 'value')), see)
        far = attend(*(linear(w, p + f'attn.{name}_global', x, h, d // h) for name in ('query', 'key', 'value')))
        x = layernorm(w, p + 'norm1', x + linear(w, p + 'attn.out', np.where(whole[:, None], far, near), d), eps)
        x = layernorm(w, p + 'norm2', x + linear(w, p + 'ffn.w2', gelu(linear(w, p + 'ffn.w1', x, c['intermediate_size'])), d), eps)
    return dict(y=x)

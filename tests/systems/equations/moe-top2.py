"""Mixtral's mixture of experts."""
from formulas import *

CONFIG = dict(hidden_size=6, intermediate_size=5, num_local_experts=4, num_experts_per_tok=2, num_hidden_layers=2, rms_norm_eps=1e-5)
OPTIONS = [dict(num_experts_per_tok=1), dict(num_experts_per_tok=3, num_local_experts=3, num_hidden_layers=1), dict(num_local_experts=1, num_experts_per_tok=1)]


def inputs(c, draw):
    return vectors(draw, c['hidden_size'])


def outputs(c, w, x):
    d, f, k, x = c['hidden_size'], c['intermediate_size'], c['num_experts_per_tok'], x['x']
    for l in range(c['num_hidden_layers']):
        p = f'layer.{l}.moe.'
        u = rmsnorm(w, f'layer.{l}.norm', x, c['rms_norm_eps'])
        s = linear(w, p + 'gate', u, c['num_local_experts'], bias=False)
        g = softmax(s, where=s >= np.sort(s, axis=-1)[:, -k, None])
        for j in range(c['num_local_experts']):
            E = p + f'experts.{j}.'
            m = silu(linear(w, E + 'w1', u, f, bias=False)) * linear(w, E + 'w3', u, f, bias=False)
            x = x + g[:, j, None] * linear(w, E + 'w2', m, d, bias=False)
    return dict(y=x)

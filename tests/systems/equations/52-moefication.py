"""MoEfication: experts cut from T5's feed-forward, no gates."""
from formulas import *

CONFIG = dict(d_model=6, d_ff=12, num_experts=4, num_selected_experts=2, num_layers=2, layer_norm_epsilon=1e-6)
OPTIONS = [dict(num_selected_experts=1), dict(num_selected_experts=4), dict(num_layers=1, num_experts=3)]


def inputs(c, draw):
    return vectors(draw, c['d_model'])


def outputs(c, w, x):
    d, f, E, k, x, chosen = c['d_model'], c['d_ff'], c['num_experts'], c['num_selected_experts'], x['x'], []
    for l in range(c['num_layers']):
        p = f'block.{l}.layer.1.'
        u = rmsnorm(w, p + 'layer_norm', x, c['layer_norm_epsilon'])
        p += 'DenseReluDense.'
        length = np.sqrt((u ** 2).sum(axis=-1, keepdims=True))
        s = np.tanh(u / length @ w(p + 'mlp.0.weight', E, d).T) @ w(p + 'mlp.2.weight', E, E).T
        top = np.sort(np.argsort(-s, axis=-1, kind='stable')[:, :k], axis=-1)
        labels = w.given(p + 'labels', np.random.default_rng(l).permutation(np.arange(f) % E).astype(np.int64))
        used = (labels[None, :, None] == top[:, None]).any(axis=-1)
        x = x + (used * relu(u @ w(p + 'wi.weight', f, d).T)) @ w(p + 'wo.weight', d, f).T
        chosen.append(top)
    return dict(y=x, selected=np.array(chosen))

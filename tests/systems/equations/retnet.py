"""RetNet, in its recurrent form."""
from formulas import *

CONFIG = dict(vocab_size=11, hidden_size=12, num_heads=2, value_size=8, ffn_size=7, num_layers=2, layernorm_eps=1e-6)
OPTIONS = [dict(num_heads=3, value_size=15), dict(num_heads=1, num_layers=1)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'])


def turn(x):
    n, k = x.shape[0], x.shape[-1]
    angle = np.arange(n)[:, None, None] * 10000.0 ** (-np.arange(k // 2) / (k // 2 - 1))
    y, u, v = x.copy(), x[..., 0::2], x[..., 1::2]
    y[..., 0::2], y[..., 1::2] = u * np.cos(angle) - v * np.sin(angle), v * np.cos(angle) + u * np.sin(angle)
    return y


def retention(c, w, p, y):
    n, d, h, V = len(y), c['hidden_size'], c['num_heads'], c['value_size']
    q, key = (turn(linear(w, p + name, y, h, d // h, bias=False)) for name in ('q_proj', 'k_proj'))
    v, g = linear(w, p + 'v_proj', y, h, V // h, bias=False), linear(w, p + 'g_proj', y, V, bias=False)
    gamma, S, o = 1 - 2.0 ** (-5 - np.arange(h)), np.zeros((h, d // h, V // h)), np.zeros((n, h, V // h))
    for t in range(n):
        S = gamma[:, None, None] * S + np.einsum('hk,hw->hkw', key[t] / math.sqrt(d // h), v[t])
        o[t] = np.einsum('hk,hkw->hw', q[t], S)
    return linear(w, p + 'out_proj', silu(g) * unit(o, c['layernorm_eps']).reshape(n, V), d, bias=False)


def outputs(c, w, x):
    d, eps = c['hidden_size'], c['layernorm_eps']
    x = w('embed_tokens.weight', c['vocab_size'], d)[x['tok']] * math.sqrt(d)
    for l in range(c['num_layers']):
        p = f'layers.{l}.'
        x = x + retention(c, w, p + 'retention.', rmsnorm(w, p + 'retention_layer_norm', x, eps))
        y = rmsnorm(w, p + 'final_layer_norm', x, eps)
        m = gelu(linear(w, p + 'ffn.fc1', y, c['ffn_size'], bias=False)) * linear(w, p + 'ffn.gate', y, c['ffn_size'], bias=False)
        x = x + linear(w, p + 'ffn.fc2', m, d, bias=False)
    return dict(logits=linear(w, 'output_projection', rmsnorm(w, 'layer_norm', x, eps), c['vocab_size'], bias=False))

"""Mamba-2."""
from formulas import *

CONFIG = dict(vocab_size=11, hidden_size=6, num_heads=4, head_dim=3, state_size=5, n_groups=2, conv_kernel=4, num_hidden_layers=2,
              layer_norm_epsilon=1e-5, use_conv_bias=True, expand=2, time_step_limit=[0.0, 1e30])
OPTIONS = [dict(use_conv_bias=False), dict(time_step_limit=[0.5, 0.8]), dict(n_groups=1, time_step_limit=[0.0, {'__float__': 'Infinity'}]),
           dict(n_groups=4, conv_kernel=1)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'])


def mixer(c, w, p, x):
    n, H, e, N, G = len(x), c['num_heads'], c['head_dim'], c['state_size'], c['n_groups']
    I = H * e
    z, m, dt = np.split(linear(w, p + 'in_proj', x, 2 * I + 2 * G * N + H, bias=False), [I, 2 * I + 2 * G * N], axis=-1)
    m = causal_conv(m, w(p + 'conv1d.weight', I + 2 * G * N, 1, c['conv_kernel']))
    m = silu(m + w(p + 'conv1d.bias', I + 2 * G * N)) if c['use_conv_bias'] else silu(m)
    u, B, C = (part.reshape(n, *shape) for part, shape in zip(np.split(m, [I, I + G * N], axis=-1), ((H, e), (G, N), (G, N))))
    B, C = np.repeat(B, H // G, axis=1), np.repeat(C, H // G, axis=1)
    low, high = (math.inf if isinstance(limit, dict) else limit for limit in c['time_step_limit'])
    dt = np.clip(softplus(dt + w(p + 'dt_bias', H)), low, high)
    a, S, o = np.exp(-np.exp(w(p + 'A_log', H)) * dt), np.zeros((H, e, N)), np.zeros((n, H, e))
    for t in range(n):
        S = a[t][:, None, None] * S + np.einsum('j,je,jn->jen', dt[t], u[t], B[t])
        o[t] = np.einsum('jen,jn->je', S, C[t]) + w(p + 'D', H)[:, None] * u[t]
    y = unit((o.reshape(n, I) * silu(z)).reshape(n, G, I // G), c['layer_norm_epsilon']).reshape(n, I)
    return linear(w, p + 'out_proj', y * w(p + 'norm.weight', I, around=1), c['hidden_size'], bias=False)


def outputs(c, w, x):
    table = w('backbone.embeddings.weight', c['vocab_size'], c['hidden_size'])
    x = table[x['tok']]
    for l in range(c['num_hidden_layers']):
        p = f'backbone.layers.{l}.'
        x = x + mixer(c, w, p + 'mixer.', rmsnorm(w, p + 'norm', x, c['layer_norm_epsilon']))
    return dict(logits=rmsnorm(w, 'backbone.norm_f', x, c['layer_norm_epsilon']) @ table.T)

"""Gated DeltaNet, the linear layers of Qwen3-Next."""
from formulas import *

CONFIG = dict(vocab_size=11, hidden_size=8, linear_num_key_heads=2, linear_num_value_heads=4, linear_key_head_dim=3,
              linear_value_head_dim=2, linear_conv_kernel_dim=3, intermediate_size=7, num_hidden_layers=2, rms_norm_eps=1e-6)
OPTIONS = [dict(linear_num_value_heads=2, linear_conv_kernel_dim=1), dict(linear_num_key_heads=1, linear_value_head_dim=5,
           linear_conv_kernel_dim=4)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'])


def delta(c, w, p, y):
    n, H, V, k, v = len(y), c['linear_num_key_heads'], c['linear_num_value_heads'], c['linear_key_head_dim'], c['linear_value_head_dim']
    R = V // H
    q, key, u, z = np.split(linear(w, p + 'in_proj_qkvz', y, H, 2 * k + 2 * R * v, bias=False), [k, 2 * k, 2 * k + R * v], axis=-1)
    b, a = np.split(linear(w, p + 'in_proj_ba', y, H, 2 * R, bias=False), 2, axis=-1)
    m = np.concatenate([part.reshape(n, part.shape[1] * part.shape[2]) for part in (q, key, u)], axis=-1)
    m = silu(causal_conv(m, w(p + 'conv1d.weight', m.shape[1], 1, c['linear_conv_kernel_dim'])))
    q, key, u = (part.reshape(n, *shape) for part, shape in zip(np.split(m, [H * k, 2 * H * k], axis=-1), ((H, k), (H, k), (V, v))))
    q, key = (np.repeat(part / np.sqrt((part ** 2).sum(axis=-1, keepdims=True) + 1e-6), R, axis=1) for part in (q, key))
    beta = sigmoid(b.reshape(n, V))
    decay = np.exp(-np.exp(w(p + 'A_log', V)) * softplus(a.reshape(n, V) + w(p + 'dt_bias', V)))
    S, o = np.zeros((V, k, v)), np.zeros((n, V, v))
    for t in range(n):
        S = decay[t][:, None, None] * S
        S = S + np.einsum('jk,jv->jkv', key[t], beta[t][:, None] * (u[t] - np.einsum('jkv,jk->jv', S, key[t])))
        o[t] = np.einsum('jkv,jk->jv', S, q[t]) / math.sqrt(k)
    o = rmsnorm(w, p + 'norm', o, c['rms_norm_eps']) * silu(z.reshape(n, V, v))
    return linear(w, p + 'out_proj', o.reshape(n, V * v), c['hidden_size'], bias=False)


def outputs(c, w, x):
    eps = c['rms_norm_eps']
    x = w('model.embed_tokens.weight', c['vocab_size'], c['hidden_size'])[x['tok']]
    for l in range(c['num_hidden_layers']):
        p = f'model.layers.{l}.'
        x = x + delta(c, w, p + 'linear_attn.', rmsnorm(w, p + 'input_layernorm', x, eps, plus=1))
        x = x + gated(w, p + 'mlp.', rmsnorm(w, p + 'post_attention_layernorm', x, eps, plus=1), c['intermediate_size'], silu)
    return dict(logits=linear(w, 'lm_head', rmsnorm(w, 'model.norm', x, eps, plus=1), c['vocab_size'], bias=False))

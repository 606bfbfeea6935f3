"""FIT, autoregressive."""
from formulas import *

CONFIG = dict(x_dim=6, latent_dim=8, x_num_heads=3, latent_num_heads=2, x_per_group=3, latents_per_group=2, max_groups=4, mlp_ratio=2,
              vocab_size=11, x_layers=[1, 1], l_layers=[1, 0])
OPTIONS = [dict(x_layers=[0, 2], l_layers=[2, 1]), dict(x_layers=[1, 1, 1], l_layers=[0, 1, 0]), dict(x_layers=[1], l_layers=[1]),
           dict(latent_dim=4, latents_per_group=1, mlp_ratio=1)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (0, 1, 2, 3, 10))


def mha(w, p, a, b, inner, heads, see):
    q, k, v = (linear(w, p + name, u, heads, inner // heads) for name, u in (('.q', a), ('.k', b), ('.v', b)))
    return linear(w, p + '.o', attend(q, k, v, see), a.shape[1])


def layer(c, w, p, u, heads, see):
    d = u.shape[1]
    n = layernorm(w, p + 'self_mha_ln', u, 1e-6)
    u = u + mha(w, p + 'self_mha', n, n, d, heads, see)
    m = gelu(linear(w, p + 'ffn.dense1', layernorm(w, p + 'ffn_ln', u, 1e-6), c['mlp_ratio'] * d))
    return u + linear(w, p + 'ffn.dense2', m, d)


def outputs(c, w, x):
    g, m, d, y, n = c['x_per_group'], c['latents_per_group'], c['x_dim'], c['latent_dim'], len(x['tok'])
    C, table, heads, inner = -(-n // g), w('token_embedding', c['vocab_size'], d), min(c['x_num_heads'], c['latent_num_heads']), min(d, y)
    group, owner = np.arange(n) // g, np.repeat(np.arange(C), m)
    X = table[x['tok']] + w('x_pos_emb', g, d)[np.arange(n) % g]
    Z = w('latent_pos_emb', c['max_groups'], m, y)[:C].reshape(C * m, y)
    for b in range(len(c['x_layers'])):
        for k in range(c['x_layers'][b]):
            X = layer(c, w, f'x_network.{b}.layer.{k}.', X, c['x_num_heads'], causal(n) & (group[:, None] == group[None]))
        if c['l_layers'][b] == 0:
            continue
        p = f'l2x_cross_attn.{b}.cross_mha'
        Z = Z + mha(w, p, layernorm(w, p + '_ln', Z, 1e-6), layernorm(w, p + '_enc_ln', X, 1e-6), inner, heads, owner[:, None] == group[None])
        for k in range(c['l_layers'][b]):
            Z = layer(c, w, f'l_network.{b}.layer.{k}.', Z, c['latent_num_heads'], owner[:, None] >= owner[None])
        if b + 1 < len(c['x_layers']):
            p = f'x2l_cross_attn.{b}.cross_mha'
            before = np.concatenate([np.zeros((m, y)), Z])[:C * m]
            X = X + mha(w, p, layernorm(w, p + '_ln', X, 1e-6), layernorm(w, p + '_enc_ln', before, 1e-6), inner, heads, group[:, None] == owner[None])
    return dict(logits=layernorm(w, 'x_output_ln', X, 1e-6) @ table.T + w('outp_bias', c['vocab_size']))

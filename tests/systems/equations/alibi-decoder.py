"""BLOOM: a bias by distance instead of positions."""
from formulas import *

CONFIG = dict(vocab_size=11, hidden_size=12, n_head=3, n_layer=2, layer_norm_epsilon=1e-5, apply_residual_connection_post_layernorm=False)
OPTIONS = [dict(apply_residual_connection_post_layernorm=True), dict(n_head=4), dict(n_head=1), dict(n_head=6, hidden_size=18)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'])


def slopes(h):
    n = 1 << (h.bit_length() - 1)
    return np.array([2 ** (-8 * (j + 1) / n) for j in range(n)] + [2 ** (-4 * (2 * j + 1) / n) for j in range(h - n)])


def outputs(c, w, x):
    d, h, eps, n = c['hidden_size'], c['n_head'], c['layer_norm_epsilon'], len(x['tok'])
    table = w('transformer.word_embeddings.weight', c['vocab_size'], d, spread=1)
    x, after = layernorm(w, 'transformer.word_embeddings_layernorm', table[x['tok']], eps), c['apply_residual_connection_post_layernorm']
    for l in range(c['n_layer']):
        p = f'transformer.h.{l}.'
        y = layernorm(w, p + 'input_layernorm', x, eps)
        z = linear(w, p + 'self_attention.query_key_value', y, h, 3, d // h)
        s = np.einsum('the,uhe->htu', z[:, :, 0], z[:, :, 1]) / math.sqrt(d // h) - slopes(h)[:, None, None] * distance(n)
        o = np.einsum('htu,uhe->the', softmax(s, where=causal(n)), z[:, :, 2]).reshape(n, d)
        x = (y if after else x) + linear(w, p + 'self_attention.dense', o, d)
        y = layernorm(w, p + 'post_attention_layernorm', x, eps)
        u = linear(w, p + 'mlp.dense_h_to_4h', y, 4 * d)
        u = u / 2 * (1 + np.tanh(0.79788456 * u * (1 + 0.044715 * u ** 2)))
        x = (y if after else x) + linear(w, p + 'mlp.dense_4h_to_h', u, d)
    return dict(logits=layernorm(w, 'transformer.ln_f', x, eps) @ table.T)

"""Griffin: RG-LRU layers and attention to a window."""
from formulas import *

CONFIG = dict(vocab_size=11, hidden_size=8, num_attention_heads=2, num_key_value_heads=1, lru_width=6, intermediate_size=10, conv1d_width=3,
              num_hidden_layers=3, block_types=['recurrent', 'recurrent', 'attention'], attention_window_size=3, rms_norm_eps=1e-6,
              logits_soft_cap=8.0, partial_rotary_factor=0.5, rope_theta=10000.0, embedding_normalizer=2.828125)
OPTIONS = [dict(block_types=['attention', 'recurrent'], attention_window_size=1), dict(block_types=['recurrent']),
           dict(block_types=['attention'], partial_rotary_factor=1.0, num_key_value_heads=2, conv1d_width=1)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'])


def recurrent(c, w, p, y):
    W, h, n = c['lru_width'], c['num_attention_heads'], len(y)
    s, u = gelu_tanh(linear(w, p + 'linear_y', y, W)), linear(w, p + 'linear_x', y, W)
    u = causal_conv(u, w(p + 'conv_1d.weight', W, 1, c['conv1d_width'])) + w(p + 'conv_1d.bias', W)

    def gate(name):
        z = np.einsum('thi,hij->thj', u.reshape(n, h, W // h), w(p + f'rg_lru.{name}_weight', h, W // h, W // h))
        return sigmoid(z + w(p + f'rg_lru.{name}_bias', h, W // h)).reshape(n, W)
    loga = -8 * gate('recurrent_gate') * softplus(w(p + 'rg_lru.recurrent_param', W))
    i, S, o = gate('input_gate'), np.zeros(W), np.zeros((n, W))
    for t in range(n):
        S = np.exp(loga[t]) * S + (np.sqrt(1 - np.exp(2 * loga[t])) if t else 1) * i[t] * u[t]
        o[t] = S
    return linear(w, p + 'linear_out', o * s, c['hidden_size'])


def attention(c, w, p, y):
    h, g, n = c['num_attention_heads'], c['num_key_value_heads'], len(y)
    e = c['hidden_size'] // h
    turned = int(e * c['partial_rotary_factor'])
    q = rope(linear(w, p + 'q_proj', y, h, e, bias=False), c['rope_theta'], turned)
    k = rope(linear(w, p + 'k_proj', y, g, e, bias=False), c['rope_theta'], turned)
    v = linear(w, p + 'v_proj', y, g, e, bias=False)
    return linear(w, p + 'o_proj', attend(q, k, v, causal(n) & (distance(n) < c['attention_window_size'])), c['hidden_size'])


def outputs(c, w, x):
    eps, C = c['rms_norm_eps'], c['logits_soft_cap']
    table = w('model.embed_tokens.weight', c['vocab_size'], c['hidden_size'])
    x = table[x['tok']] * c['embedding_normalizer']
    for l in range(c['num_hidden_layers']):
        p = f'model.layers.{l}.'
        block = recurrent if c['block_types'][l % len(c['block_types'])] == 'recurrent' else attention
        x = x + block(c, w, p + 'temporal_block.', rmsnorm(w, p + 'temporal_pre_norm', x, eps, plus=1))
        y = rmsnorm(w, p + 'channel_pre_norm', x, eps, plus=1)
        x = x + gated(w, p + 'mlp_block.', y, c['intermediate_size'] // 2, gelu_tanh, bias=True)
    return dict(logits=C * np.tanh(rmsnorm(w, 'model.final_norm', x, eps, plus=1) @ table.T / C))

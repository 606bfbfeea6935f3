"""Reactive Transformer: two calls of one step, and the memory after them."""
from formulas import *

CONFIG = dict(embed_dim=12, att_heads=3, stm_size=4, num_experts=4, moe_top_k=2, moe_ff_dim=5, encoder_ff_dim=7, vocab_size=11, num_layers=2,
              rms_norm_eps=1e-6, rope_base=10000.0, use_tanh_gate=False)
OPTIONS = [dict(use_tanh_gate=True), dict(moe_top_k=1, num_layers=1, att_heads=2), dict(moe_top_k=4, use_tanh_gate=True, stm_size=1)]


def inputs(c, draw):
    return [dict(a_tok=draw.integers(0, c['vocab_size'], n), b_tok=draw.integers(0, c['vocab_size'], m)) for n, m in ((1, 2), (0, 3), (5, 0), (7, 4))]


def outputs(c, w, x):
    d, h, E, eps = c['embed_dim'], c['att_heads'], c['num_experts'], c['rms_norm_eps']

    def norm(name, y):
        return rmsnorm(w, name, y, eps)

    def attention(p, a, b, turn_q, turn_k, see=None):
        q, k, v = (linear(w, f'{p}.{n}_proj', y, h, d // h, bias=False) for n, y in (('q', a), ('k', b), ('v', b)))
        q = rope(q, c['rope_base'], pairs=True) if turn_q else q
        k = rope(k, c['rope_base'], pairs=True) if turn_k else k
        return linear(w, p + '.out_proj', attend(q, k, v, see), d)

    def feed(p, u, f):
        return linear(w, p + '.fc2', gelu(linear(w, p + '.fc1', u, f)), d)

    def decode(tok, m):
        y = w('embedding.weight', c['vocab_size'], d)[tok]
        for l in range(c['num_layers']):
            p = f'decoder.layers.{l}.'
            u = norm(p + 'norm1', y)
            y = y + attention(p + 'attention', u, u, True, True, causal(len(y)))
            y = y + attention(p + 'memory_cross_attention', norm(p + 'norm2', y), norm(p + 'stm_norm', m[l]), True, False)
            u = norm(p + 'norm3', y)
            gate = softmax(u @ w(p + 'ff.router.gate.weight', E, d).T)
            chosen = np.argsort(np.argsort(-gate, axis=1, kind='stable'), axis=1) < c['moe_top_k']
            share = np.where(chosen, gate, 0) / (np.where(chosen, gate, 0).sum(axis=1, keepdims=True) + 1e-9)
            y = y + sum(share[:, g:g + 1] * feed(f'{p}ff.experts.{g}', u, c['moe_ff_dim']) for g in range(E))
        return linear(w, 'decoder.head', norm('decoder.head_norm', y), c['vocab_size'])

    def update(tok, m):
        y, m = w('embedding.weight', c['vocab_size'], d)[tok], m.copy()
        for l in range(c['num_layers']):
            p = f'encoder.layers.{l}.'
            u = norm(p + 'norm1', y)
            y = y + attention(p + 'attention', u, u, True, True)
            y = y + feed(p + 'ff', norm(p + 'norm3', y), c['encoder_ff_dim'])
            new = attention(f'memory.attention_layers.{l}', norm(f'memory.memory_norm_layers.{l}', m[l]),
                            norm(f'memory.memory_input_norm_layers.{l}', y), False, True)
            gate = w(f'memory.residual_gate_layers.{l}.gate', c['stm_size'], 1, spread=1)
            g = np.tanh(gate) if c['use_tanh_gate'] else sigmoid(gate)
            m[l] = (1 + g if c['use_tanh_gate'] else g) * new + (1 - g) * m[l]
        return m

    m = w('stm.memory', c['num_layers'], c['stm_size'], d)
    a = decode(x['a_tok'], m)
    m = update(x['a_tok'], m)
    b = decode(x['b_tok'], m)
    return dict(a_logits=a, b_logits=b, stm=update(x['b_tok'], m))

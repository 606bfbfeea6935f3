"""Gemma 2: capped scores, windows in even layers, four norms."""
from formulas import *

CONFIG = dict(vocab_size=11, hidden_size=8, num_attention_heads=4, num_key_value_heads=2, head_dim=6, intermediate_size=7,
              num_hidden_layers=2, rms_norm_eps=1e-6, sliding_window=3, query_pre_attn_scalar=9, attn_logit_softcapping=2.5,
              final_logit_softcapping=6.0, rope_theta=10000.0)
OPTIONS = [dict(num_key_value_heads=1, head_dim=2, sliding_window=1), dict(num_hidden_layers=3, attn_logit_softcapping=0.5)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'])


def outputs(c, w, x):
    d, h, g, e, n, eps = c['hidden_size'], c['num_attention_heads'], c['num_key_value_heads'], c['head_dim'], len(x['tok']), c['rms_norm_eps']
    table, C, K = w('model.embed_tokens.weight', c['vocab_size'], d), c['attn_logit_softcapping'], c['final_logit_softcapping']
    x = table[x['tok']] * math.sqrt(d)
    for l in range(c['num_hidden_layers']):
        p = f'model.layers.{l}.'

        def norm(name, y):
            return rmsnorm(w, p + name, y, eps, plus=1)
        y = norm('input_layernorm', x)
        q, k, v = (linear(w, p + f'self_attn.{name}_proj', y, heads, e, bias=False) for name, heads in zip('qkv', (h, g, g)))
        q, k = rope(q, c['rope_theta']), rope(k, c['rope_theta'])
        k, v = np.repeat(k, h // g, axis=1), np.repeat(v, h // g, axis=1)
        s = C * np.tanh(np.einsum('the,uhe->htu', q, k) / math.sqrt(c['query_pre_attn_scalar']) / C)
        a = softmax(s, where=causal(n) & (distance(n) < c['sliding_window']) if l % 2 == 0 else causal(n))
        o = linear(w, p + 'self_attn.o_proj', np.einsum('htu,uhe->the', a, v).reshape(n, h * e), d, bias=False)
        x = x + norm('post_attention_layernorm', o)
        x = x + norm('post_feedforward_layernorm', gated(w, p + 'mlp.', norm('pre_feedforward_layernorm', x), c['intermediate_size'], gelu_tanh))
    return dict(logits=K * np.tanh(rmsnorm(w, 'model.norm', x, eps, plus=1) @ table.T / K))

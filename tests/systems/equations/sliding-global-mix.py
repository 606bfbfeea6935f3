"""Cohere 2: rope in sliding layers only."""
from formulas import *

CONFIG = dict(vocab_size=11, hidden_size=8, num_attention_heads=4, num_key_value_heads=2, head_dim=6, intermediate_size=7,
              num_hidden_layers=2, layer_norm_eps=1e-5, sliding_window=3, layer_types=['sliding_attention', 'full_attention'],
              logit_scale=0.25, rope_theta=50000.0)
OPTIONS = [dict(layer_types=['full_attention', 'full_attention']), dict(layer_types=['sliding_attention', 'sliding_attention'],
           sliding_window=1), dict(num_key_value_heads=4, head_dim=2, logit_scale=1.0)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'])


def outputs(c, w, x):
    d, h, g, e, n, eps = c['hidden_size'], c['num_attention_heads'], c['num_key_value_heads'], c['head_dim'], len(x['tok']), c['layer_norm_eps']
    table = w('model.embed_tokens.weight', c['vocab_size'], d)
    x = table[x['tok']]
    for l in range(c['num_hidden_layers']):
        p = f'model.layers.{l}.'
        y = layernorm(w, p + 'input_layernorm', x, eps, bias=False)
        q, k, v = (linear(w, p + f'self_attn.{name}_proj', y, heads, e, bias=False) for name, heads in zip('qkv', (h, g, g)))
        see = causal(n)
        if c['layer_types'][l] == 'sliding_attention':
            q, k, see = rope(q, c['rope_theta'], pairs=True), rope(k, c['rope_theta'], pairs=True), see & (distance(n) < c['sliding_window'])
        x = x + linear(w, p + 'self_attn.o_proj', attend(q, k, v, see), d, bias=False) + gated(w, p + 'mlp.', y, c['intermediate_size'], silu)
    return dict(logits=c['logit_scale'] * layernorm(w, 'model.norm', x, eps, bias=False) @ table.T)

"""Positions pruned by the sums of attention columns."""
from formulas import *
from fractions import Fraction

CONFIG = dict(hidden_size=6, num_attention_heads=2, intermediate_size=7, vocab_size=11, max_position_embeddings=20, num_hidden_layers=3,
              layer_norm_eps=1e-6, prune_after_attention=[0, 1], keep_ratio=0.7)
OPTIONS = [dict(keep_ratio=1.0), dict(keep_ratio=0.3, prune_after_attention=[2]), dict(prune_after_attention=[], num_attention_heads=1)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (0, 1, 2, 9, 10, 20))


def outputs(c, w, x):
    d, h, eps, at = c['hidden_size'], c['num_attention_heads'], c['layer_norm_eps'], np.arange(len(x['tok']))
    x = w('embed.tok.weight', c['vocab_size'], d, spread=1)[x['tok']] + w('embed.pos.weight', c['max_position_embeddings'], d)[:len(at)]
    for l in range(c['num_hidden_layers']):
        p = f'layer.{l}.'
        u = layernorm(w, p + 'norm1', x, eps)
        q, k, v = (linear(w, p + f'attn.w{name}', u, h, d // h) for name in 'qkv')
        a = softmax(np.einsum('the,uhe->htu', q, k) / math.sqrt(d // h))
        x = x + linear(w, p + 'attn.wo', np.einsum('htu,uhe->the', a, v).reshape(len(x), d), d)
        if l in c['prune_after_attention']:
            keep = math.ceil(Fraction(str(c['keep_ratio'])) * len(x))
            best = np.sort(np.argsort(-a.sum(axis=(0, 1)), kind='stable')[:keep])
            x, at = x[best], at[best]
        x = x + linear(w, p + 'ffn.w2', gelu(linear(w, p + 'ffn.w1', layernorm(w, p + 'norm2', x, eps), c['intermediate_size'])), d)
    return dict(y=layernorm(w, 'final_norm', x, eps), kept=at)

"""Pruning by power iteration on the attention graph."""
from fractions import Fraction

from formulas import *

CONFIG = dict(hidden_size=6, num_attention_heads=3, intermediate_size=7, vocab_size=11, max_position_embeddings=20, num_hidden_layers=3,
              layer_norm_eps=1e-6, prune_after_attention=[0, 2], keep_ratio=0.7, power_iterations=3, var_min=0.001, var_max=0.02)
OPTIONS = [dict(power_iterations=1, keep_ratio=0.5), dict(prune_after_attention=[]), dict(var_min=10.0, var_max=20.0, keep_ratio=0.3),
           dict(prune_after_attention=[1], power_iterations=8, num_attention_heads=2, var_min=0.0, var_max=0.003),
           dict(var_min=0.01, var_max=1.0), dict(var_min=0.0039, var_max=1.0), dict(var_max=0.0032, var_min=0.0)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (0, 1, 2, 10, 17))


def outputs(c, w, x):
    d, h, eps = c['hidden_size'], c['num_attention_heads'], c['layer_norm_eps']
    y = w('embed.tok.weight', c['vocab_size'], d)[x['tok']] + w('embed.pos.weight', c['max_position_embeddings'], d)[:len(x['tok'])]
    kept = np.arange(len(y))
    for l in range(c['num_hidden_layers']):
        p = f'layer.{l}.'
        u = layernorm(w, p + 'norm1', y, eps)
        q, k, v = (linear(w, p + 'attn.' + n, u, h, d // h) for n in ('wq', 'wk', 'wv'))
        a = softmax(np.einsum('the,uhe->htu', q, k) / math.sqrt(d // h))
        y = y + linear(w, p + 'attn.wo', np.einsum('htu,uhe->the', a, v).reshape(len(y), d), d)
        m = len(y)
        if l in c['prune_after_attention'] and m:
            s = np.full((h, m), 1 / m)
            for _ in range(c['power_iterations']):
                s = np.einsum('htu,ht->hu', a, s)
            var = s.var(axis=1)
            heads = (c['var_min'] <= var) & (var <= c['var_max'])
            score = np.sqrt((s[heads if heads.any() else slice(None)] ** 2).mean(axis=0))
            keep = math.ceil(Fraction(str(c['keep_ratio'])) * m)
            best = np.sort(np.argsort(-score, kind='stable')[:keep])
            y, kept = y[best], kept[best]
        y = y + linear(w, p + 'ffn.w2', gelu(linear(w, p + 'ffn.w1', layernorm(w, p + 'norm2', y, eps), c['intermediate_size'])), d)
    return dict(y=layernorm(w, 'final_norm', y, eps), kept=kept)

"""Attention to the own segment and to summaries of those before."""
from formulas import *

CONFIG = dict(hidden_size=12, num_attention_heads=3, intermediate_size=19, vocab_size=29, max_position_embeddings=40, num_hidden_layers=2,
              layer_norm_eps=1e-05, max_seg_len=4)
OPTIONS = [dict(hidden_size=15, num_attention_heads=5, intermediate_size=8, max_seg_len=3, max_position_embeddings=13,
           num_hidden_layers=1), dict(max_seg_len=1), dict(max_seg_len=50)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (0, 1, 2, 7, 13))


def outputs(c, P, i):
    d, h, w, n, eps = c['hidden_size'], c['num_attention_heads'], c['max_seg_len'], len(i['tok']), c['layer_norm_eps']
    E, e, whole = P('embed.tok.weight', c['vocab_size'], d), d // h, n // w
    x = E[i['tok']] + P('embed.pos.weight', c['max_position_embeddings'], d)[:n]
    t, u = np.arange(n)[:, None], np.arange(n)[None, :]
    see = np.concatenate([(t // w == u // w) & (u <= t), np.arange(whole)[None, :] < t // w], 1)
    for l in range(c['num_hidden_layers']):
        L = P.under(f'layer.{l}.')
        y = layernorm(L, 'norm1', x, eps)
        q, k, z = (linear(L, 'attn.' + name, y, h, e) for name in 'qkv')
        q = q / e ** 0.5
        parts = lambda a: a[:whole * w].reshape(whole, w, h, e)
        ks = parts(k).max(1, initial=-np.inf)
        p = softmax(np.einsum('she,sjhe->shj', parts(q).max(1, initial=-np.inf), parts(k)))
        zs = np.einsum('shj,sjhe->she', p, parts(z))
        y = attend(q, np.concatenate([k, ks]), np.concatenate([z, zs]), see, scale=1)
        x = x + linear(L, 'attn.o', flat(y), d)
        x = x + linear(L, 'ffn.w2', gelu(linear(L, 'ffn.w1', layernorm(L, 'norm2', x, eps), c['intermediate_size'])), d)
    return {'logits': layernorm(P, 'final_norm', x, eps) @ E.T}

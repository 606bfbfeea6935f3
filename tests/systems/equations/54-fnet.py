"""FNet: a Fourier transform instead of attention."""
from formulas import *

CONFIG = dict(hidden_size=5, intermediate_size=7, vocab_size=11, max_position_embeddings=12, num_hidden_layers=2, layer_norm_eps=1e-12)
OPTIONS = [dict(hidden_size=8, num_hidden_layers=1)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (0, 1, 2, 7, 12))


def outputs(c, w, x):
    d, eps, n = c['hidden_size'], c['layer_norm_eps'], len(x['tok'])
    x = w('embed.tok.weight', c['vocab_size'], d)[x['tok']] + w('embed.pos.weight', c['max_position_embeddings'], d)[:n]
    x = layernorm(w, 'embed.norm', x, eps)
    for l in range(c['num_hidden_layers']):
        p = f'layer.{l}.'
        x = layernorm(w, p + 'norm1', x + (np.fft.fft2(x).real if n else x), eps)
        x = layernorm(w, p + 'norm2', x + linear(w, p + 'ffn.w2', gelu(linear(w, p + 'ffn.w1', x, c['intermediate_size'])), d), eps)
    return dict(y=x)

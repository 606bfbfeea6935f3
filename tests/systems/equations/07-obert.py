"""BERT, and its linears in 8 bits."""
from families import *

CONFIG = dict(vocab_size=29, max_position_embeddings=50, type_vocab_size=2, hidden_size=24, num_attention_heads=3, intermediate_size=44,
              num_hidden_layers=2, layer_norm_eps=1e-12, sparsity_pattern='unstructured')
OPTIONS = [dict(sparsity_pattern='block4'), dict(hidden_size=15, num_attention_heads=5, intermediate_size=22, num_hidden_layers=2,
           type_vocab_size=1)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (0, 1, 2))


def linear8(P, name, x, out):
    W = P(name + '.weight', out, x.shape[-1])
    sw, sx = abs(W).max(1) / 127, abs(x).max(-1, keepdims=True) / 127 if len(x) else np.zeros((0, 1))
    whole = lambda a, s: np.where(s > 0, np.round(a / np.where(s > 0, s, 1)), 0)
    return sx * sw * (whole(x, sx) @ whole(W, sw[:, None]).T) + P(name + '.bias', out)


def outputs(c, P, i):
    x = bert_embed(c, P.under('embeddings.'), i['tok'])
    return {'hidden': bert(c, P, x), 'hidden_int8': bert(c, P, x, linear8)}

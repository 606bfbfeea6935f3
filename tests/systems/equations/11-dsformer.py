"""BERT whose weights are dense blocks times sparse ones."""
from families import *

CONFIG = dict(hidden_size=20, num_attention_heads=4, intermediate_size=36, num_hidden_layers=2, layer_norm_eps=1e-12, num_blocks=2,
              rank=7, nnz=3)
OPTIONS = [dict(hidden_size=12, num_attention_heads=2, intermediate_size=18, num_blocks=3, rank=5, nnz=2, num_hidden_layers=1),
           dict(nnz=1, num_blocks=1)]


def inputs(c, draw):
    return vectors(draw, c['hidden_size'], (0, 1, 2, 7, 13))


def outputs(c, P, i):
    b, m, n = c['num_blocks'], c['rank'], c['nnz']

    def factored(P, name, x, out):
        shape = (b, x.shape[-1], n)
        index = P.given(name + '.index', np.random.default_rng(x.shape[-1] + out).random(shape[:2] + (m,)).argsort(-1)[..., :n])
        S = np.zeros((b, m, x.shape[-1]))
        np.put_along_axis(S, index.transpose(0, 2, 1), P(name + '.value', *shape).transpose(0, 2, 1), 1)
        W = np.einsum('brm,bmi->bri', P(name + '.dense', b, out // b, m), S).reshape(out, -1)
        return x @ W.T + P(name + '.bias', out)
    return {'hidden': bert(c, P, i['x'], factored)}

"""One query against a context."""
from formulas import *

CONFIG = dict(num_heads=2, head_dim=3)
OPTIONS = [dict(num_heads=5, head_dim=4), dict(num_heads=1, head_dim=1)]


def inputs(c, draw):
    h, e = c['num_heads'], c['head_dim']
    return [{'q': draw.normal(0, 3, (h, e)).astype(np.float32), 'k': draw.normal(0, 3, (n, h, e)).astype(np.float32),
             'v': draw.normal(0, 1, (n, h, e)).astype(np.float32)} for n in (0, 1, 2, 300)]


def outputs(c, P, i):
    a = softmax(np.einsum('he,the->ht', i['q'], i['k']) / c['head_dim'] ** 0.5)
    return {'o': np.einsum('ht,the->he', a, i['v'])}

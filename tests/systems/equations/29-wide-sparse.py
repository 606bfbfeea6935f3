"""Wide attention in the patterns of the sparse transformer."""
from formulas import *

CONFIG = dict(vocab_size=11, hidden_size=6, num_heads=4, head_dim=2, intermediate_size=7, max_length=24, num_classes=3, pattern='fixed',
              block_size=4, c=1, bandwidth=2, stride=3)
OPTIONS = [dict(pattern='strided'), dict(block_size=5, c=3), dict(pattern='strided', bandwidth=1, stride=5)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (0, 1, 2, 9, 17))


def outputs(c, w, x):
    def attention(y):
        n, B = len(y), c['block_size']
        q, k, v = (linear(w, f'attention.{name}', y, c['num_heads'], c['head_dim']) for name in ('query', 'key', 'value'))
        t, u = np.arange(n)[:, None], np.arange(n)[None]
        if c['pattern'] == 'fixed':
            see = (t // B == u // B) | (u % B == 0) | (u % B >= B - c['c'])
        else:
            see = (t - u < c['bandwidth']) | ((t - u) % c['stride'] == 0)
        return attend(q, k, v, see & causal(n))
    return wide(c, w, x['tok'], attention)

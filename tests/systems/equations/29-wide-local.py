"""One wide layer: local."""
from families import *

CONFIG = dict(vocab_size=33, hidden_size=14, num_heads=8, head_dim=3, intermediate_size=25, max_length=75, num_classes=5, block_size=9)
OPTIONS = [dict(vocab_size=21, hidden_size=11, num_heads=3, head_dim=5, intermediate_size=13, max_length=31, num_classes=4,
           block_size=4), dict(block_size=1)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (0, 1, 2, 8, 19, 31))


def outputs(c, P, i):
    b = np.arange(len(i['tok'])) // c['block_size']
    return wide_seen(c, P, i['tok'], b[:, None] == b[None, :])

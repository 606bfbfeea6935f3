"""One wide layer: bigbird."""
from families import *

CONFIG = dict(vocab_size=33, hidden_size=14, num_heads=8, head_dim=3, intermediate_size=25, max_length=75, num_classes=5, block_size=5,
              max_num_blocks=15, num_rand_blocks=2)
OPTIONS = [dict(vocab_size=21, hidden_size=11, num_heads=3, head_dim=5, intermediate_size=13, max_length=31, num_classes=4,
           block_size=4, max_num_blocks=9, num_rand_blocks=3)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (0, 1, 2, 8, 19, 31))


def outputs(c, P, i):
    blocks, most = np.arange(len(i['tok'])) // c['block_size'], c['max_num_blocks']
    drawn = P.integers('attention.rand_blocks', (c['num_heads'], most, c['num_rand_blocks']), 0, most)
    b, u = blocks[:, None], blocks[None, :]
    last = (len(i['tok']) - 1) // c['block_size']
    fixed = (abs(b - u) <= 1) | (u == 0) | (u == last) | (b == 0) | (b == last)
    chosen = (drawn[:, blocks][:, :, None, :] == u[None, :, :, None]).any(-1) if len(blocks) else np.zeros((c['num_heads'], 0, 0), bool)
    return wide_seen(c, P, i['tok'], fixed[None] | chosen)

"""MASFormer: full, window and block layers in Llama."""
from formulas import *

CONFIG = dict(hidden_size=12, num_attention_heads=3, num_key_value_heads=1, intermediate_size=7, vocab_size=11, num_hidden_layers=3,
              rms_norm_eps=1e-5, rope_theta=10000.0, layer_kind=[0, 1, 2], window_size=3, block_size=2)
OPTIONS = [dict(layer_kind=[0, 0, 0]), dict(layer_kind=[1, 1, 2], window_size=1, num_key_value_heads=3), dict(layer_kind=[2, 2, 0],
           block_size=4)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'])


def outputs(c, w, x):
    n = len(x['tok'])
    block = np.arange(n) // c['block_size']
    near = [np.ones((n, n), bool), distance(n) < c['window_size'], block[:, None] - block[None] <= 1]
    return dict(logits=llama(c, w, x['tok'], lambda l: causal(n) & near[c['layer_kind'][l]]))

"""One wide layer: synthesizer dense."""
from families import *

CONFIG = dict(vocab_size=33, hidden_size=14, num_heads=8, head_dim=3, intermediate_size=25, max_length=75, num_classes=5)
OPTIONS = [dict(vocab_size=21, hidden_size=11, num_heads=3, head_dim=5, intermediate_size=13, max_length=31, num_classes=4)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (0, 1, 2, 8, 19, 31))


def outputs(c, P, i):
    n = len(i['tok'])

    def mix(part):
        u = relu(part('dense_syn'))
        s = np.einsum('je,the->htj', P('attention.dense_syn_len.weight', c['max_length'], c['head_dim'])[:n], u)
        s = s + P('attention.dense_syn_len.bias', c['max_length'])[:n]
        return np.einsum('htu,uhe->the', softmax(s), part('value'))
    return wide(c, P, i['tok'], mix)

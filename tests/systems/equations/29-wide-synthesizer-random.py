"""Wide attention with stored scores."""
from formulas import *

CONFIG = dict(vocab_size=11, hidden_size=6, num_heads=4, head_dim=2, intermediate_size=7, max_length=12, num_classes=3, synthesizer_mode='random', k=3)
OPTIONS = [dict(synthesizer_mode='factorized_random'), dict(synthesizer_mode='factorized_random', k=1, num_heads=1)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'])


def outputs(c, w, x):
    def attention(y):
        n, h, most = len(y), c['num_heads'], c['max_length']
        v = linear(w, 'attention.value', y, h, c['head_dim'])
        if c['synthesizer_mode'] == 'random':
            s = w('attention.random', h, most, most, spread=1)
        else:
            s = w('attention.random1', h, most, c['k'], spread=1) @ w('attention.random2', h, c['k'], most, spread=1)
        return np.einsum('htu,uhe->the', softmax(s[:, :n, :n]), v).reshape(n, h * c['head_dim'])
    return wide(c, w, x['tok'], attention)

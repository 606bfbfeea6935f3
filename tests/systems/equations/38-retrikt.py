"""A small student with its nearest neighbours in a store."""
from formulas import *

CONFIG = dict(vocab_size=11, embed_size=4, hidden_size=5, key_size=3, value_size=2, store_size=20, k=4, temperature=0.7, num_classes=3)
CONFIG['lambda'] = 0.4
OPTIONS = [{'k': 1, 'lambda': 1.0, 'temperature': 2.0}, {'k': 20, 'lambda': 0.0}]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'])


def outputs(c, w, x):
    h = np.tanh(linear(w, 'encoder.dense', mean(w('embed.weight', c['vocab_size'], c['embed_size'])[x['tok']], 0), c['hidden_size']))
    s = w('store.keys', c['store_size'], c['key_size']) @ linear(w, 'query', h, c['key_size'])
    best = np.argsort(-s, kind='stable')[:c['k']]
    near = softmax(s[best] / c['temperature'])
    labels = w.integers('store.labels', (c['store_size'],), 0, c['num_classes'])
    known = np.array([near[labels[best] == o].sum() for o in range(c['num_classes'])])
    value = near @ w('store.values', c['store_size'], c['value_size'])[best]
    p = softmax(linear(w, 'classifier', h, c['num_classes']) + w('fuse.weight', c['num_classes'], c['value_size']) @ value)
    return dict(probs=c['lambda'] * known + (1 - c['lambda']) * p, neighbours=best)

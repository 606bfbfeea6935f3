"""Two small nets, their mean, and the cascade."""
from formulas import *

CONFIG = dict(input_size=3, num_classes=4, net0_size=5, hidden_size=6, num_heads=3, intermediate_size=7, num_layers=2, threshold=0.4)
OPTIONS = [dict(threshold=0.0), dict(threshold=1.0, num_layers=1)]


def inputs(c, draw):
    return vectors(draw, c['input_size'])


def outputs(c, w, x):
    d, h, o = c['hidden_size'], c['num_heads'], c['num_classes']
    first = softmax(linear(w, 'net.0.fc2', relu(linear(w, 'net.0.fc1', mean(x['x'], 0), c['net0_size'])), o))
    y = linear(w, 'net.1.embed', x['x'], d)
    for l in range(c['num_layers']):
        p = f'net.1.layer.{l}.'
        u = layernorm(w, p + 'norm1', y, 1e-5)
        q, k, v = (linear(w, p + n, u, h, d // h) for n in ('wq', 'wk', 'wv'))
        y = y + linear(w, p + 'wo', attend(q, k, v), d)
        y = y + linear(w, p + 'fc2', gelu(linear(w, p + 'fc1', layernorm(w, p + 'norm2', y, 1e-5), c['intermediate_size'])), d)
    both = (first + softmax(linear(w, 'net.1.head', mean(y, 0), o))) / 2
    sure = first.max() >= c['threshold']
    return dict(mean=both, cascade=first if sure else both, used=np.array([1 if sure else 2]))

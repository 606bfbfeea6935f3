"""RWKV-4, by its sums."""
from formulas import *

CONFIG = dict(vocab_size=11, hidden_size=6, attention_hidden_size=8, intermediate_size=9, num_hidden_layers=2, layer_norm_epsilon=1e-5)
OPTIONS = [dict(attention_hidden_size=5, num_hidden_layers=1), dict(hidden_size=10, num_hidden_layers=3)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'])


def mixed(w, p, y, name):
    a = w(p + f'time_mix_{name}', 1, 1, y.shape[1], around=0.5, spread=0.3)[0, 0]
    return y * a + np.concatenate([np.zeros((1, y.shape[1])), y])[:len(y)] * (1 - a)


def attention(c, w, p, y):
    n, a = len(y), c['attention_hidden_size']
    k, v, r = (linear(w, p + name, mixed(w, p, y, name), a, bias=False) for name in ('key', 'value', 'receptance'))
    speed, first, wkv = np.exp(w(p + 'time_decay', a)), w(p + 'time_first', a), np.zeros((n, a))
    for t in range(n):
        e = np.exp(np.concatenate([k[:t] - (t - 1 - np.arange(t))[:, None] * speed, k[t:t + 1] + first]))
        wkv[t] = (e * v[:t + 1]).sum(axis=0) / e.sum(axis=0)
    return linear(w, p + 'output', sigmoid(r) * wkv, c['hidden_size'], bias=False)


def feed(c, w, p, y):
    k = relu(linear(w, p + 'key', mixed(w, p, y, 'key'), c['intermediate_size'], bias=False)) ** 2
    r = sigmoid(linear(w, p + 'receptance', mixed(w, p, y, 'receptance'), c['hidden_size'], bias=False))
    return r * linear(w, p + 'value', k, c['hidden_size'], bias=False)


def outputs(c, w, x):
    eps = c['layer_norm_epsilon']
    x = w('rwkv.embeddings.weight', c['vocab_size'], c['hidden_size'])[x['tok']]
    x = layernorm(w, 'rwkv.blocks.0.pre_ln', x, eps)
    for l in range(c['num_hidden_layers']):
        p = f'rwkv.blocks.{l}.'
        x = x + attention(c, w, p + 'attention.', layernorm(w, p + 'ln1', x, eps))
        x = x + feed(c, w, p + 'feed_forward.', layernorm(w, p + 'ln2', x, eps))
    return dict(logits=linear(w, 'head', layernorm(w, 'rwkv.ln_out', x, eps), c['vocab_size'], bias=False))

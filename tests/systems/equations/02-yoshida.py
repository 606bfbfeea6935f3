"""GPT-2 over windows, with one vector from the window before."""
from formulas import *

CONFIG = dict(n_embd=12, n_head=3, n_inner=7, vocab_size=11, n_positions=6, n_layer=3, layer_norm_epsilon=1e-5, window_size=4, insert_layer=1,
              pool_layer=2, recurrence_layers=2)
OPTIONS = [dict(insert_layer=0), dict(insert_layer=2, pool_layer=0, recurrence_layers=1), dict(insert_layer=1, pool_layer=1, window_size=1),
           dict(window_size=6, n_layer=1, insert_layer=0, pool_layer=0, recurrence_layers=3)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (0, 1, 4, 5, 11, 13))


def matrix(w, name, x, *out):
    return (x @ w(name + '.weight', x.shape[-1], math.prod(out)) + w(name + '.bias', math.prod(out))).reshape(x.shape[:-1] + out)


def outputs(c, w, x):
    d, h, e, eps, size = c['n_embd'], c['n_head'], c['n_embd'] // c['n_head'], c['layer_norm_epsilon'], c['window_size']
    table, logits, states = w('transformer.wte.weight', c['vocab_size'], d), [], []
    place = w('transformer.wpe.weight', c['n_positions'], d)
    for first in range(0, len(x['tok']), size):
        tok = x['tok'][first:first + size]
        n = len(tok)
        y = table[tok] + place[:n]
        for l in range(c['n_layer']):
            p = f'transformer.h.{l}.'
            more = int(l == c['insert_layer'] and len(states) > 0)
            keys = np.concatenate([states[-1][None], y]) if more else y
            qkv = matrix(w, p + 'attn.c_attn', layernorm(w, p + 'ln_1', keys, eps), 3, h, e)
            see = np.concatenate([np.ones((n, more), bool), causal(n)], axis=1)
            y = y + matrix(w, p + 'attn.c_proj', attend(qkv[more:, 0], qkv[:, 1], qkv[:, 2], see), d)
            y = y + matrix(w, p + 'mlp.c_proj', gelu_tanh(matrix(w, p + 'mlp.c_fc', layernorm(w, p + 'ln_2', y, eps), c['n_inner'])), d)
            if l == c['pool_layer']:
                g = mean(y, 0)
        logits.append(layernorm(w, 'transformer.ln_f', y, eps) @ table.T)
        for j in range(c['recurrence_layers']):
            g = linear(w, f'recurrence.{j}', g, d)
            g = gelu_tanh(g) if j < c['recurrence_layers'] - 1 else g
        states.append(g)
    return dict(logits=np.concatenate(logits + [np.zeros((0, c['vocab_size']))]), state=np.array(states).reshape(len(states), d))

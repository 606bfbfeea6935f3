"""GPT-2 with learned keys and values in front."""
from formulas import *

CONFIG = dict(n_embd=12, n_head=3, n_inner=19, vocab_size=29, n_positions=40, n_layer=2, layer_norm_epsilon=1e-05, num_virtual_tokens=5)
OPTIONS = [dict(n_embd=15, n_head=5, n_inner=11, n_positions=16, n_layer=1, num_virtual_tokens=3), dict(num_virtual_tokens=1, n_head=1,
           n_layer=3)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (0, 1, 2, 7, 13))


def outputs(c, P, i):
    d, h, p, n, T = c['n_embd'], c['n_head'], c['num_virtual_tokens'], len(i['tok']), P.under('transformer.')
    wte = T('wte.weight', c['vocab_size'], d)
    x = wte[i['tok']] + T('wpe.weight', c['n_positions'], d)[p:p + n]
    stored = P('prompt_encoder.default.embedding.weight', p, 2 * c['n_layer'] * d).reshape(p, c['n_layer'], 2, h, d // h)
    turned = lambda L, name, x, o: x @ L(name + '.weight', x.shape[-1], o) + L(name + '.bias', o)
    for l in range(c['n_layer']):
        L = T.under(f'h.{l}.')
        q, k, w = turned(L, 'attn.c_attn', layernorm(L, 'ln_1', x, c['layer_norm_epsilon']), 3 * d).reshape(n, 3, h, d // h).swapaxes(0, 1)
        see = np.concatenate([np.ones((n, p), bool), causal(n)], 1)
        y = attend(q, np.concatenate([stored[:, l, 0], k]), np.concatenate([stored[:, l, 1], w]), see)
        x = x + turned(L, 'attn.c_proj', flat(y), d)
        x = x + turned(L, 'mlp.c_proj', gelu_tanh(turned(L, 'mlp.c_fc', layernorm(L, 'ln_2', x, c['layer_norm_epsilon']), c['n_inner'])), d)
    return {'logits': layernorm(T, 'ln_f', x, c['layer_norm_epsilon']) @ wte.T}

"""MemoryFormer: tables chosen by signs."""
from formulas import *

CONFIG = dict(hidden_size=8, num_table=4, code_length=2, ffn_extra_bit=1, num_attention_heads=2, vocab_size=11, num_layers=2,
              layernorm_epsilon=1e-5, rotary_emb_base=10000.0, scale='paper')
OPTIONS = [dict(scale='repo'), dict(scale='repo', num_table=2, code_length=4, ffn_extra_bit=2), dict(num_table=8, code_length=1, ffn_extra_bit=0)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'])


def memory(c, w, p, x, bits, out):
    n, K = len(x), c['num_table']
    z = x.reshape(n, K, bits)
    code = ((z >= 0) * 2 ** np.arange(bits - 1, -1, -1)).sum(axis=-1)
    sure = 1 / np.prod(1 + np.exp(-2 * np.abs(z)), axis=-1)
    sure = sure * np.abs(z).sum(axis=-1) if c['scale'] == 'repo' else sure
    tables = w(p + '.tables', K * 2 ** bits, out).reshape(K, 2 ** bits, out)
    return w(p + '.bias', out) + sum(sure[:, k, None] * tables[k][code[:, k]] for k in range(K))


def outputs(c, w, x):
    d, h, eps, tau = c['hidden_size'], c['num_attention_heads'], c['layernorm_epsilon'], c['code_length']
    table, more = w('embed.weight', c['vocab_size'], d, spread=1), tau + c['ffn_extra_bit']
    x = table[x['tok']]
    for l in range(c['num_layers']):
        p, n = f'layer.{l}.', len(x)
        u = layernorm(w, p + 'input_layernorm', x, eps)
        q, k, v = (memory(c, w, p + f'attention.{name}_proj', u, tau, d).reshape(n, h, d // h) for name in ('query', 'key', 'value'))
        x = x + attend(rope(q, c['rotary_emb_base']), rope(k, c['rotary_emb_base']), v, causal(n))
        m = memory(c, w, p + 'mlp.0', layernorm(w, p + 'post_attention_layernorm', x, eps), tau, c['num_table'] * more)
        x = x + memory(c, w, p + 'mlp.2', layernorm(w, p + 'mlp.1', m, eps), more, d)
    return dict(logits=layernorm(w, 'final_norm', x, eps) @ table.T)

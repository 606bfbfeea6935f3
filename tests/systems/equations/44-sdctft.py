"""sDCTFT: a few cosine coefficients added to weights of BERT."""
from formulas import *

CONFIG = dict(hidden_size=6, num_attention_heads=2, intermediate_size=7, num_hidden_layers=2, layer_norm_eps=1e-12, n_frequency=5,
              alpha=1.5, target_modules=['attention.self.query', 'attention.self.value'])
OPTIONS = [dict(target_modules=['attention.self.key', 'intermediate.dense', 'output.dense'], alpha=0.5),
           dict(target_modules=['attention.output.dense'], n_frequency=1), dict(target_modules=[])]


def inputs(c, draw):
    return vectors(draw, c['hidden_size'])


def wave(k, size):
    n = np.arange(size)
    return math.sqrt((1 if k == 0 else 2) / size) * np.cos(math.pi * (2 * n + 1) * k / (2 * size))


def tuned(c, w, p, name, x, out):
    n, size = p + name, x.shape[-1]
    weight = w(n + '.weight', out, size)
    if name in c['target_modules']:
        pairs = np.random.default_rng(len(n)).choice(out * size, c['n_frequency'], replace=False)
        index = w.given(n + '.index', np.stack([pairs // size, pairs % size], 1).astype(np.int64))
        coef = w(n + '.coef', c['n_frequency'])
        weight = weight + c['alpha'] * sum(coef[j] * np.outer(wave(a, out), wave(b, size)) for j, (a, b) in enumerate(index))
    return x @ weight.T + w(n + '.bias', out)


def outputs(c, w, x):
    d, h, eps, x = c['hidden_size'], c['num_attention_heads'], c['layer_norm_eps'], x['x']
    for l in range(c['num_hidden_layers']):
        p = f'encoder.layer.{l}.'
        q, k, v = (tuned(c, w, p, f'attention.self.{n}', x, d).reshape(-1, h, d // h) for n in ('query', 'key', 'value'))
        x = layernorm(w, p + 'attention.output.LayerNorm', x + tuned(c, w, p, 'attention.output.dense', attend(q, k, v), d), eps)
        m = gelu(tuned(c, w, p, 'intermediate.dense', x, c['intermediate_size']))
        x = layernorm(w, p + 'output.LayerNorm', x + tuned(c, w, p, 'output.dense', m, d), eps)
    return dict(hidden=x)

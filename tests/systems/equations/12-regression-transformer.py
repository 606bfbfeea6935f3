"""XLNet with encodings of numbers and a given mask."""
from formulas import *

CONFIG = dict(d_model=12, n_head=3, d_head=5, d_inner=19, vocab_size=31, n_layer=2, layer_norm_eps=1e-12, numerical_vmax=9.0,
              num_numeric_tokens=12)
OPTIONS = [dict(d_model=14, n_head=2, d_head=3, d_inner=9, vocab_size=17, n_layer=1, numerical_vmax=4.5, num_numeric_tokens=17)]


def inputs(c, draw):
    return [{'tok': draw.integers(0, c['vocab_size'], n), 'hide': draw.integers(0, 2, (n, n))} for n in (0, 1, 2, 9)]


def outputs(c, P, i):
    d, h, e, v, n = c['d_model'], c['n_head'], c['d_head'], c['vocab_size'], len(i['tok'])
    E = P('transformer.word_embedding.weight', v, d)
    values = P.given('numerical_encodings.values', np.random.default_rng(v).integers(0, 10, v).astype(np.float32)).astype(np.float64)
    num = np.zeros((v, d))
    for k in range(0, d, 2):
        num[:, k] = 10 * values / (c['numerical_vmax'] * (k + 1))
    num[:, 1::2] = -num[:, ::2][:, :d // 2]
    x = E[i['tok']] + num[i['tok']]
    angle = (np.arange(n)[:, None] - np.arange(n)[None, :])[..., None] * 10000.0 ** (-2 * np.arange(d // 2) / d)
    R = np.concatenate([np.sin(angle), np.cos(angle)], -1)
    see = (i['hide'] == 0) | np.eye(n, dtype=bool)
    for l in range(c['n_layer']):
        A = P.under(f'transformer.layer.{l}.rel_attn.')
        q, k, w = (np.einsum('dhe,td->the', A(name, d, h, e), x) for name in 'qkv')
        r = np.einsum('dhe,tud->tuhe', A('r', d, h, e), R)
        s = np.einsum('the,uhe->htu', q + A('r_w_bias', h, e), k) + np.einsum('the,tuhe->htu', q + A('r_r_bias', h, e), r)
        y = np.einsum('htu,uhe->the', softmax(s / e ** 0.5, where=see), w)
        x = layernorm(A, 'layer_norm', x + np.einsum('dhe,the->td', A('o', d, h, e), y), c['layer_norm_eps'])
        F = P.under(f'transformer.layer.{l}.ff.')
        x = layernorm(F, 'layer_norm', x + linear(F, 'layer_2', gelu(linear(F, 'layer_1', x, c['d_inner'])), d), c['layer_norm_eps'])
    return {'logits': x @ E.T + P('lm_loss.bias', v)}

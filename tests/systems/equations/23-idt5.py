"""T5 with rows of its vocabulary chosen."""
from formulas import *

CONFIG = dict(vocab_size=70, cut_vocab_size=27, d_model=18, num_heads=3, d_kv=5, d_ff=25, num_layers=2, num_decoder_layers=3,
              relative_attention_num_buckets=10, relative_attention_max_distance=21, layer_norm_epsilon=1e-06)
OPTIONS = [dict(d_model=14, num_heads=2, d_kv=3, d_ff=9, num_layers=1, num_decoder_layers=2, vocab_size=31, cut_vocab_size=12,
           relative_attention_num_buckets=8, relative_attention_max_distance=19)]


def inputs(c, draw):
    return [{'src': draw.integers(0, c['cut_vocab_size'], n), 'dec': draw.integers(0, c['cut_vocab_size'], m)}
            for n, m in ((1, 1), (2, 1), (1, 4), (31, 26))]


def bucket(r, n, far, both):
    m, base, a = (n // 2, n // 2 if r > 0 else 0, abs(r)) if both else (n, 0, max(-r, 0))
    s = m // 2
    return base + (a if a < s else min(m - 1, s + int(np.floor(np.log(a / s) / np.log(far / s) * (m - s)))))


def outputs(c, P, i):
    d, h, e, eps = c['d_model'], c['num_heads'], c['d_kv'], c['layer_norm_epsilon']
    keep = P.given('keep_ids', np.random.default_rng(5).permutation(c['vocab_size'])[:c['cut_vocab_size']])
    E, H = (P(name, c['vocab_size'], d)[keep] for name in ('shared.weight', 'lm_head.weight'))

    def mix(L, x, y, bias, see=True):
        q, k, w = linear(L, 'q', x, h, e, bias=False), linear(L, 'k', y, h, e, bias=False), linear(L, 'v', y, h, e, bias=False)
        s = np.einsum('the,uhe->htu', q, k) + bias
        return linear(L, 'o', flat(np.einsum('htu,uhe->the', softmax(s, where=see), w)), d, bias=False)

    def feed(L, x):
        y, F = rmsnorm(L, 'layer_norm', x, eps), L.under('DenseReluDense.')
        m = gelu_tanh(linear(F, 'wi_0', y, c['d_ff'], bias=False)) * linear(F, 'wi_1', y, c['d_ff'], bias=False)
        return x + linear(F, 'wo', m, d, bias=False)

    def table(side, n, both):
        N, far = c['relative_attention_num_buckets'], c['relative_attention_max_distance']
        R = P(f'{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight', N, h)
        return np.array([[R[bucket(u - t, N, far, both)] for u in range(n)] for t in range(n)]).transpose(2, 0, 1)
    x, y = E[i['src']], E[i['dec']]
    near, before = table('encoder', len(x), True), table('decoder', len(y), False)
    for l in range(c['num_layers']):
        L = P.under(f'encoder.block.{l}.layer.')
        n = rmsnorm(L, '0.layer_norm', x, eps)
        x = feed(L.under('1.'), x + mix(L.under('0.SelfAttention.'), n, n, near))
    x = rmsnorm(P, 'encoder.final_layer_norm', x, eps)
    for l in range(c['num_decoder_layers']):
        L = P.under(f'decoder.block.{l}.layer.')
        n = rmsnorm(L, '0.layer_norm', y, eps)
        y = y + mix(L.under('0.SelfAttention.'), n, n, before, causal(len(y)))
        y = feed(L.under('2.'), y + mix(L.under('1.EncDecAttention.'), rmsnorm(L, '1.layer_norm', y, eps), x, 0))
    return {'logits': rmsnorm(P, 'decoder.final_layer_norm', y, eps) @ H.T}

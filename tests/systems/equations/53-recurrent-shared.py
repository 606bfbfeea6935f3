"""Encoder and decoder of one layer each, looped."""
from formulas import *

CONFIG = dict(d_model=6, num_heads=3, d_ff=7, src_vocab_size=9, tgt_vocab_size=11, encoder_repeats=2, decoder_repeats=3)
OPTIONS = [dict(encoder_repeats=0, decoder_repeats=1), dict(encoder_repeats=5, decoder_repeats=0, num_heads=2)]


def inputs(c, draw):
    return [dict(src=draw.integers(0, c['src_vocab_size'], n), tgt=draw.integers(0, c['tgt_vocab_size'], m))
            for n, m in ((1, 1), (2, 0), (0, 3), (7, 4))]


def waves(n, d):
    w = 10000.0 ** (-2 * (np.arange(d) // 2) / d)
    at = np.arange(n)[:, None] * w
    return np.where(np.arange(d) % 2 == 0, np.sin(at), np.cos(at))


def outputs(c, w, x):
    d, h, f = c['d_model'], c['num_heads'], c['d_ff']

    def norm(name, y):
        return layernorm(w, name, y, 1e-6)

    def mha(p, a, b, see=None):
        q, k, v = (linear(w, p + n, y, h, d // h) for n, y in (('q', a), ('k', b), ('v', b)))
        return linear(w, p + 'o', attend(q, k, v, see), d)

    def feed(p, y):
        return linear(w, p + 'w2', relu(linear(w, p + 'w1', y, f)), d)

    y = math.sqrt(d) * w('src_embed.weight', c['src_vocab_size'], d)[x['src']] + waves(len(x['src']), d)
    for _ in range(c['encoder_repeats']):
        u = norm('encoder.layer.norm1', y)
        y = y + mha('encoder.layer.self_attn.', u, u)
        y = y + feed('encoder.layer.ffn.', norm('encoder.layer.norm2', y))
    m = norm('encoder.norm', y)
    table = w('tgt_embed.weight', c['tgt_vocab_size'], d)
    z = math.sqrt(d) * table[x['tgt']] + waves(len(x['tgt']), d)
    for _ in range(c['decoder_repeats']):
        u = norm('decoder.layer.norm1', z)
        z = z + mha('decoder.layer.self_attn.', u, u, causal(len(z)))
        z = z + mha('decoder.layer.cross_attn.', norm('decoder.layer.norm2', z), m)
        z = z + feed('decoder.layer.ffn.', norm('decoder.layer.norm3', z))
    return dict(logits=norm('decoder.norm', z) @ table.T)

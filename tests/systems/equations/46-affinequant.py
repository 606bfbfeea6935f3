"""AffineQuant: grouped weights of few bits; activations real, or of few bits."""
from formulas import *

CONFIG = dict(vocab_size=11, num_layers=1, num_heads=2, head_dim=4, hidden_size=12, intermediate_size=16, group_size=4, wbits=4, abits=4,
              affine_norm_bias=True)
OPTIONS = [dict(affine_norm_bias=False), dict(wbits=2, abits=8, group_size=2), dict(wbits=8, abits=3, num_layers=2)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'])


def coarse(c, x, bits):
    if not bits or not x.size:
        return x
    top, low = 2 ** c['abits'] - 1, x.min(axis=-1, keepdims=True)
    s = (x.max(axis=-1, keepdims=True) - low) / top
    z = np.round(-low / s)
    return (np.clip(np.round(x / s) + z, 0, top) - z) * s


def quantized(c, w, n, x, out, bits):
    i, g = x.shape[-1], c['group_size']
    codes = w.integers(n + '.qweight', (out, i), 0, 2 ** c['wbits'], np.uint8)
    zeros = w.integers(n + '.zeros', (out, i // g), 0, 2 ** c['wbits'] if c['wbits'] < 8 else 127, np.int8)
    scales = w(n + '.scales', out, i // g, around=2 / 2 ** c['wbits'] / math.sqrt(i), spread=0.2 / 2 ** c['wbits'] / math.sqrt(i))
    return coarse(c, x, bits) @ ((codes - np.repeat(zeros, g, 1)) * np.repeat(scales, g, 1)).T


def logits(c, w, tok, bits):
    d, h, e, n = c['hidden_size'], c['num_heads'], c['head_dim'], len(tok)
    x = w('embed.weight', c['vocab_size'], d, spread=1)[tok]

    def norm(p, x):
        return rmsnorm(w, p, x, 1e-6) + (w(p + '.bias', d) if c['affine_norm_bias'] else 0)

    def Q(n, x, out):
        return quantized(c, w, p + n, x, out, bits)
    for l in range(c['num_layers']):
        p = f'layers.{l}.'
        y = norm(p + 'input_layernorm', x)
        q, k, v = (Q(f'self_attn.{n}_proj', y, h * e).reshape(-1, h, e) for n in 'qkv')
        q, k, v = coarse(c, rope(q, 10000), bits), coarse(c, rope(k, 10000), bits), coarse(c, v, bits)
        x = x + Q('self_attn.o_proj', attend(q, k, v, causal(n)), d)
        y = norm(p + 'post_attention_layernorm', x)
        f = c['intermediate_size']
        x = x + Q('mlp.down_proj', silu(Q('mlp.gate_proj', y, f)) * Q('mlp.up_proj', y, f), d)
    return linear(w, 'lm_head', rmsnorm(w, 'norm', x, 1e-6), c['vocab_size'], bias=False)


def outputs(c, w, x):
    return dict(logits_w4a16=logits(c, w, x['tok'], False), logits_w4a4=logits(c, w, x['tok'], True))

"""Primer: short convolutions, squared relu, buckets of distances."""
from formulas import *

CONFIG = dict(d_model=6, num_heads=2, d_kv=4, d_ff=7, vocab_size=11, num_layers=2, relative_attention_num_buckets=6,
              relative_attention_max_distance=9, layer_norm_epsilon=1e-6)
OPTIONS = [dict(num_heads=1, d_kv=5), dict(relative_attention_num_buckets=4, relative_attention_max_distance=50, num_layers=1)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (0, 1, 2, 9, 16))


def outputs(c, w, x):
    d, h, e, n, B = c['d_model'], c['num_heads'], c['d_kv'], len(x['tok']), c['relative_attention_num_buckets']

    def PN(name, x):
        m = x.mean(axis=-1, keepdims=True)
        y = (x - m) / np.sqrt((x * (x - m)).mean(axis=-1, keepdims=True) + c['layer_norm_epsilon'])
        return y * w(name + '.scale', d, around=1) + w(name + '.bias', d)

    def conv(name, x):
        kernel, past = w(name + '.weight', h * e, 3, spread=0.5), np.concatenate([np.zeros((2, h * e)), x])
        return sum(kernel[:, j] * past[2 - j:2 - j + n] for j in range(3))
    table, bias, half = w('embedding.weight', c['vocab_size'], d, spread=1), w('relative_attention_bias.weight', h, B, spread=1), B // 2
    bucket = [k if k < half else min(B - 1, half + int(math.log(k / half) / math.log(c['relative_attention_max_distance'] / half) * (B - half)))
              for k in range(n)]
    near = bias[:, np.array(bucket, int)[np.maximum(distance(n), 0)]]
    x = table[x['tok']]
    for l in range(c['num_layers']):
        p = f'layer.{l}.'
        u = PN(p + 'norm1', x)
        k = conv(p + 'attn.qk_dconv', linear(w, p + 'attn.q', u, h * e, bias=False))
        q = linear(w, p + 'attn.q_solo_project', k, h, e, bias=False)
        v = conv(p + 'attn.v_dconv', linear(w, p + 'attn.v', u, h * e, bias=False)).reshape(n, h, e)
        a = softmax(np.einsum('the,uhe->htu', q, k.reshape(n, h, e)) + near, where=causal(n))
        x = x + linear(w, p + 'attn.o', np.einsum('htu,uhe->the', a, v).reshape(n, h * e), d, bias=False)
        x = x + PN(p + 'norm2', linear(w, p + 'ffn.wo', relu(linear(w, p + 'ffn.wi', x, c['d_ff'])) ** 2, d))
    return dict(logits=PN('final_norm', x) @ table.T / math.sqrt(d))

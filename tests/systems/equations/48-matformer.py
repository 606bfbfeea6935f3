"""MatFormer: the first m[l] units of each feed-forward of Llama."""
from formulas import *

CONFIG = dict(hidden_size=8, num_attention_heads=2, num_key_value_heads=2, intermediate_size=9, vocab_size=11, num_hidden_layers=3,
              rms_norm_eps=1e-5, rope_theta=10000.0, m=[9, 2, 5], act_on_product=False)
OPTIONS = [dict(act_on_product=True), dict(m=[1, 9, 0])]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'])


def outputs(c, w, x):
    def feed(l, p, u):
        m, f, d = c['m'][l], c['intermediate_size'], c['hidden_size']
        a, b = u @ w(p + 'gate_proj.weight', f, d)[:m].T, u @ w(p + 'up_proj.weight', f, d)[:m].T
        return (silu(a * b) if c['act_on_product'] else silu(a) * b) @ w(p + 'down_proj.weight', d, f)[:, :m].T
    return dict(logits=llama(c, w, x['tok'], lambda l: causal(len(x['tok'])), feed))

"""Llama whose late layers have no attention."""
from formulas import *

CONFIG = dict(hidden_size=8, num_attention_heads=2, num_key_value_heads=1, intermediate_size=7, vocab_size=11, num_hidden_layers=3,
              rms_norm_eps=1e-5, rope_theta=10000.0, num_attention_layers=2)
OPTIONS = [dict(num_attention_layers=0), dict(num_attention_layers=3)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'])


def outputs(c, w, x):
    return dict(logits=llama(c, w, x['tok'], lambda l: causal(len(x['tok'])) if l < c['num_attention_layers'] else None))

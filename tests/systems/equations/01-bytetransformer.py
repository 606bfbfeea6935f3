"""BERT's layers."""
from formulas import *

CONFIG = dict(hidden_size=6, num_attention_heads=2, intermediate_size=7, num_hidden_layers=2, layer_norm_eps=1e-12)
OPTIONS = [dict(num_attention_heads=1), dict(num_attention_heads=6, num_hidden_layers=1)]


def inputs(c, draw):
    return vectors(draw, c['hidden_size'])


def outputs(c, w, x):
    x = x['x']
    for l in range(c['num_hidden_layers']):
        x = bert_layer(c, w, f'encoder.layer.{l}.', x)
    return dict(hidden=x)

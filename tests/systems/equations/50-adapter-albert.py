"""ALBERT with adapters of several tasks."""
from formulas import *

CONFIG = dict(hidden_size=6, embedding_size=4, num_attention_heads=3, intermediate_size=7, vocab_size=11, max_position_embeddings=12,
              num_hidden_layers=3, layer_norm_eps=1e-12, adapter_size=2, num_labels=3, num_tasks=2, task=1)
OPTIONS = [dict(task=0), dict(num_tasks=3, task=2, num_hidden_layers=1)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (1, 2, 9))


def outputs(c, w, x):
    d, h, b, eps = c['hidden_size'], c['num_attention_heads'], c['embedding_size'], c['layer_norm_eps']
    E, B, A = 'albert.embeddings.', 'albert.encoder.albert_layer_groups.0.albert_layers.0.', f'adapters.{c["task"]}.'
    z = w(E + 'word_embeddings.weight', c['vocab_size'], b)[x['tok']] + w(E + 'token_type_embeddings.weight', 2, b)[0]
    z = z + w(E + 'position_embeddings.weight', c['max_position_embeddings'], b)[:len(z)]
    x = linear(w, 'albert.encoder.embedding_hidden_mapping_in', layernorm(w, E + 'LayerNorm', z, eps), d)

    def adapt(name, o):
        return o + linear(w, A + name + '.up', relu(linear(w, A + name + '.down', o, c['adapter_size'])), d)
    for _ in range(c['num_hidden_layers']):
        q, k, v = (linear(w, B + 'attention.' + n, x, h, d // h) for n in ('query', 'key', 'value'))
        x = layernorm(w, B + 'attention.LayerNorm', x + adapt('attention', linear(w, B + 'attention.dense', attend(q, k, v), d)), eps)
        o = linear(w, B + 'ffn_output', gelu_tanh(linear(w, B + 'ffn', x, c['intermediate_size'])), d)
        x = layernorm(w, B + 'full_layer_layer_norm', x + adapt('ffn', o), eps)
    return dict(hidden=x, logits=linear(w, A + 'classifier', x[0], c['num_labels']))

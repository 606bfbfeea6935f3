"""ALBERT: shared blocks."""
from formulas import *

CONFIG = dict(vocab_size=11, embedding_size=4, hidden_size=6, num_attention_heads=2, intermediate_size=7, num_hidden_layers=3, num_hidden_groups=1,
              inner_group_num=1, max_position_embeddings=12, type_vocab_size=2, layer_norm_eps=1e-12)
OPTIONS = [dict(num_hidden_groups=2), dict(num_hidden_groups=3, inner_group_num=2), dict(inner_group_num=2, num_hidden_layers=1)]


def inputs(c, draw):
    return [dict(tok=draw.integers(0, c['vocab_size'], n), type=draw.integers(0, c['type_vocab_size'], n)) for n in (1, 2, 9)]


def outputs(c, w, x):
    d, h, g, eps = c['hidden_size'], c['num_attention_heads'], c['embedding_size'], c['layer_norm_eps']
    z = w('embeddings.word_embeddings.weight', c['vocab_size'], g)[x['tok']]
    z = z + w('embeddings.position_embeddings.weight', c['max_position_embeddings'], g)[:len(z)]
    z = z + w('embeddings.token_type_embeddings.weight', c['type_vocab_size'], g)[x['type']]
    x = linear(w, 'encoder.embedding_hidden_mapping_in', layernorm(w, 'embeddings.LayerNorm', z, eps), d)
    for l in range(c['num_hidden_layers']):
        for k in range(c['inner_group_num']):
            B = f'encoder.albert_layer_groups.{l * c["num_hidden_groups"] // c["num_hidden_layers"]}.albert_layers.{k}.'
            q, key, v = (linear(w, B + f'attention.{n}', x, h, d // h) for n in ('query', 'key', 'value'))
            x = layernorm(w, B + 'attention.LayerNorm', x + linear(w, B + 'attention.dense', attend(q, key, v), d), eps)
            m = gelu_tanh(linear(w, B + 'ffn', x, c['intermediate_size']))
            x = layernorm(w, B + 'full_layer_layer_norm', x + linear(w, B + 'ffn_output', m, d), eps)
    return dict(hidden=x, pooled=np.tanh(linear(w, 'pooler', x[0], d)))

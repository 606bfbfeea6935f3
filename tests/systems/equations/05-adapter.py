"""RoBERTa with adapters."""
from families import *

CONFIG = dict(hidden_size=12, num_attention_heads=3, intermediate_size=21, vocab_size=29, max_position_embeddings=34, num_hidden_layers=2,
              layer_norm_eps=1e-05, pad_token_id=1, adapter_size=5, num_labels=7)
OPTIONS = [dict(hidden_size=15, num_attention_heads=5, intermediate_size=22, num_hidden_layers=2, adapter_size=2, num_labels=3,
           pad_token_id=4, max_position_embeddings=19)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (0, 1, 2, 7, 13), low=2)


def outputs(c, P, i):
    d = c['hidden_size']
    adapt = lambda L, name, z: z + linear(L, name + '.up', relu(linear(L, name + '.down', z, c['adapter_size'])), d)
    x = bert_embed(c, P.under('roberta.embeddings.'), i['tok'], c['pad_token_id'] + 1)
    return {'logits': linear(P, 'classifier', bert(c, P.under('roberta.'), x, linear, adapt), c['num_labels'])}

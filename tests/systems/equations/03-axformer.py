"""AxFormer: BERT with pieces removed and attention to the largest scores."""
from formulas import *

CONFIG = dict(hidden_size=6, num_attention_heads=2, intermediate_size=7, vocab_size=11, max_position_embeddings=12, num_hidden_layers=2,
              layer_norm_eps=1e-12, use_attention=[True, True], use_ffn=[True, True], attention_topk=[0, 2])
OPTIONS = [dict(use_attention=[False, True]), dict(use_ffn=[True, False], attention_topk=[1, 0]),
           dict(use_attention=[False, False], use_ffn=[False, True]), dict(attention_topk=[3, 20])]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'])


def outputs(c, w, x):
    d, h, eps = c['hidden_size'], c['num_attention_heads'], c['layer_norm_eps']
    x = bert_embeddings(c, w, 'embeddings.', x['tok'])
    for l in range(c['num_hidden_layers']):
        p, n, k = f'encoder.layer.{l}.', len(x), c['attention_topk'][l]
        if c['use_attention'][l]:
            q, key, v = (linear(w, p + f'attention.self.{name}', x, h, d // h) for name in ('query', 'key', 'value'))
            s, see = np.einsum('the,uhe->htu', q, key), np.ones((h, n, n), bool)
            if 0 < k < n:
                see = s >= np.sort(s, axis=-1)[..., -k, None]
            x = layernorm(w, p + 'attention.output.LayerNorm', x + linear(w, p + 'attention.output.dense', attend(q, key, v, see), d), eps)
        if c['use_ffn'][l]:
            m = gelu(linear(w, p + 'intermediate.dense', x, c['intermediate_size']))
            x = layernorm(w, p + 'output.LayerNorm', x + linear(w, p + 'output.dense', m, d), eps)
    return dict(y=x)

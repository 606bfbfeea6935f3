"""TokenFormer: attention to parameter tokens."""
from formulas import *

CONFIG = dict(hidden_size=8, num_attention_heads=2, qkv_slot_num=5, proj_slot_num=7, ffn_slot_num=6, vocab_size=11, num_layers=2,
              rotary_pct=0.5, rotary_emb_base=10000.0, layernorm_epsilon=1e-5, norm_activation_type='l2_norm_gelu')
OPTIONS = [dict(norm_activation_type='gelu_l2_norm'), dict(norm_activation_type='softmax'), dict(rotary_pct=1.0, num_attention_heads=1),
           dict(rotary_pct=0.25, num_attention_heads=1)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'])


def outputs(c, w, x):
    d, h, eps, r = c['hidden_size'], c['num_attention_heads'], c['layernorm_epsilon'], int(c['hidden_size'] // c['num_attention_heads'] * c['rotary_pct'])

    def PA(name, x, m):
        s = x @ w(name + '.key_param_tokens', m, d).T
        if c['norm_activation_type'] == 'softmax':
            a = m * softmax(s)
        else:
            first = c['norm_activation_type'] == 'gelu_l2_norm'
            s = gelu(s) if first else s
            a = math.sqrt(m) * s / np.sqrt((s ** 2).sum(axis=-1, keepdims=True))
            a = a if first else gelu(a)
        return a @ w(name + '.value_param_tokens', m, d)
    table = w('word_embeddings.weight', c['vocab_size'], d)
    x = table[x['tok']]
    for l in range(c['num_layers']):
        p, n, u = f'layer.{l}.', len(x), standard(x, eps)
        q, k, v = (PA(p + f'attention.{name}', u, c['qkv_slot_num']).reshape(n, h, d // h) for name in ('query', 'key', 'value'))
        q, k = rope(q, c['rotary_emb_base'], r), rope(k, c['rotary_emb_base'], r)
        x = x + PA(p + 'attention.proj', attend(q, k, v, causal(n)), c['proj_slot_num'])
        x = x + PA(p + 'mlp', standard(x, eps), c['ffn_slot_num'])
    return dict(logits=layernorm(w, 'final_norm', x, eps) @ table.T)

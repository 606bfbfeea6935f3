"""A pre-norm Transformer whose keys are a given subset."""
from formulas import *

CONFIG = dict(patch_dim=11, hidden_size=24, num_attention_heads=4, intermediate_size=37, num_hidden_layers=2, num_positions=35,
              num_classes=5)
OPTIONS = [dict(patch_dim=7, hidden_size=15, num_attention_heads=5, intermediate_size=22, num_hidden_layers=1, num_positions=11,
           num_classes=2)]


def inputs(c, draw):
    return [{'patch': draw.normal(0, 1, (t, c['patch_dim'])).astype(np.float32), 'keys': np.sort(draw.permutation(t)[:s])}
            for t, s in ((0, 0), (1, 0), (1, 1), (2, 1), (9, 4), (9, 9), (11, 0))]


def outputs(c, P, i):
    d, h = c['hidden_size'], c['num_attention_heads']
    x = linear(P, 'patch_embed.proj', i['patch'], d)
    for l in range(c['num_hidden_layers']):
        L = P.under(f'blocks.{l}.')
        qkv = linear(L, 'attn.qkv', layernorm(L, 'norm1', x, 1e-6), 3 * d).reshape(len(x), 3, h, d // h)
        x = x + linear(L, 'attn.proj', flat(attend(qkv[:, 0], qkv[i['keys'], 1], qkv[i['keys'], 2])), d)
        x = x + linear(L, 'mlp.fc2', gelu(linear(L, 'mlp.fc1', layernorm(L, 'norm2', x, 1e-6), c['intermediate_size'])), d)
    z = layernorm(P, 'norm', x, 1e-6)
    pooled = z.mean(0) if len(z) else np.zeros(d)
    return {'pos_logits': linear(P, 'head', z, c['num_positions']), 'cls_logits': linear(P, 'cls_head', pooled, c['num_classes'])}

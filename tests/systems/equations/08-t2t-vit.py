"""T2T-ViT: performer layers that make tokens of tokens."""
from formulas import *

CONFIG = dict(in_chans=2, img_height=12, img_width=20, token_dim=4, embed_dim=6, depth=2, num_heads=2, mlp_ratio=1.5, qkv_bias=False,
              qk_scale=0.3, num_classes=3)
OPTIONS = [dict(qkv_bias=True), dict(qk_scale=1.0, num_heads=3, depth=1), dict(img_width=12, token_dim=5, mlp_ratio=2),
           dict(img_height=17, img_width=41, in_chans=1)]


def inputs(c, draw):
    return images(draw, c['in_chans'], [(c['img_height'], c['img_width'])] * 2)


def unfold(x, k, s, p):
    x = np.pad(x, ((0, 0), (p, p), (p, p)))
    rows, columns = (x.shape[1] - k) // s + 1, (x.shape[2] - k) // s + 1
    return np.array([x[:, a * s:a * s + k, b * s:b * s + k].reshape(-1) for a in range(rows) for b in range(columns)]), rows, columns


def performer(c, w, p, x):
    E = c['token_dim']
    k, q, v = np.split(linear(w, p + 'kqv', layernorm(w, p + 'norm1', x, 1e-5), 3 * E), 3, axis=-1)
    features = w(p + 'w', int(E / 2), E, spread=0.5)

    def phi(u):
        return np.exp(u @ features.T - (u ** 2).sum(axis=-1, keepdims=True) / 2) / math.sqrt(len(features))
    y = phi(q) @ (phi(k).T @ v) / ((phi(q) @ phi(k).sum(axis=0))[:, None] + 1e-8)
    x = v + linear(w, p + 'proj', y, E)
    return x + linear(w, p + 'mlp.2', gelu(linear(w, p + 'mlp.0', layernorm(w, p + 'norm2', x, 1e-5), E)), E)


def outputs(c, w, x):
    d, h, T = c['embed_dim'], c['num_heads'], 'tokens_to_token.'
    x, rows, columns = unfold(x['img'], 7, 4, 2)
    for a in (1, 2):
        x = performer(c, w, T + f'attention{a}.', x)
        x, rows, columns = unfold(x.T.reshape(-1, rows, columns), 3, 2, 1)
    x = np.concatenate([w('cls_token', 1, 1, d)[0], linear(w, T + 'project', x, d)])
    x = x + w('pos_embed', 1, len(x), d)[0]
    for l in range(c['depth']):
        p = f'blocks.{l}.'
        z = linear(w, p + 'attn.qkv', layernorm(w, p + 'norm1', x, 1e-5), 3, h, d // h, bias=c['qkv_bias'])
        x = x + linear(w, p + 'attn.proj', attend(z[:, 0], z[:, 1], z[:, 2], scale=c['qk_scale']), d)
        x = x + linear(w, p + 'mlp.fc2', gelu(linear(w, p + 'mlp.fc1', layernorm(w, p + 'norm2', x, 1e-5), int(d * c['mlp_ratio']))), d)
    return dict(logits=linear(w, 'head', layernorm(w, 'norm', x, 1e-5)[0], c['num_classes']))

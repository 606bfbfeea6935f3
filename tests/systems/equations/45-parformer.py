"""ParFormer: channel attention beside a separable convolution."""
from formulas import *

CONFIG = dict(in_chans=2, embed_dims=[4, 6], depths=[2, 1], mlp_ratios=[2, 3], head_dim=2, num_classes=3, token_shift=True,
              patch_attention=True)
OPTIONS = [dict(token_shift=False), dict(patch_attention=False), dict(head_dim=5), dict(embed_dims=[6], depths=[3], mlp_ratios=[1])]


def inputs(c, draw):
    return images(draw, c['in_chans'], [(8, 8), (17, 8), (16, 9)])


def across(c, w, p, z):
    """z[n, d/2]: attention between channels."""
    half, e = z.shape[1], c['head_dim']
    h = max(1, half // e)
    qkv = linear(w, p + 'qkv', z, 3, h, e)
    a = softmax(np.einsum('nhe,nhf->hef', qkv[:, 0], qkv[:, 1]) / math.sqrt(e))
    return linear(w, p + 'proj', np.einsum('nhe,hef->nhf', qkv[:, 2], a).reshape(-1, h * e), half, bias=False)


def separable(w, p, z, rows, columns):
    half = z.shape[1]
    u = linear(w, p + 'pwconv1', z, 2 * half, bias=False).T.reshape(-1, rows, columns)
    kernel = w(p + 'dwconv.weight', 2 * half, 1, 7, 7, spread=0.3)
    u = np.stack([conv2d(u[k:k + 1], kernel[k:k + 1], 1, 3)[0] for k in range(2 * half)])
    return linear(w, p + 'pwconv2', gelu(u).reshape(2 * half, -1).T, half, bias=False)


def outputs(c, w, x):
    x = x['img']
    for s, d in enumerate(c['embed_dims']):
        k, st, pad = (7, 4, 2) if s == 0 else (3, 2, 1)
        p = f'downsamplings.{s}.'
        u = conv2d(x, w(p + 'conv_proj.weight', d, len(x), k, k, spread=0.2), st, pad) + w(p + 'conv_proj.bias', d)[:, None, None]
        if c['patch_attention']:
            m = maxpool2d(x, k + k // 2, st, k // 2)
            u = u + gelu(conv2d(m, w(p + 'pw_proj.weight', d, len(x), 1, 1, spread=0.5)) + w(p + 'pw_proj.bias', d)[:, None, None])
        rows, columns = u.shape[1:]
        t = layernorm(w, p + 'norm', u.reshape(d, -1).T, 1e-5)
        for b in range(c['depths'][s]):
            p = f'stages.{s}.{b}.'
            n = layernorm(w, p + 'norm1', t, 1e-6)
            m1, m2 = across(c, w, p + 'tokenmixer1.', n[:, :d // 2]), separable(w, p + 'tokenmixer2.', n[:, d // 2:], rows, columns)
            m = np.concatenate([m2, m1] if c['token_shift'] and b % 2 else [m1, m2], 1)
            t = n + w(p + 'scale1', d, around=1) * m
            g = gelu(linear(w, p + 'mlp.fc1', layernorm(w, p + 'norm2', t, 1e-6), c['mlp_ratios'][s] * d))
            t = t + w(p + 'scale2', d, around=1) * linear(w, p + 'mlp.fc2', g, d)
        x = t.T.reshape(d, rows, columns)
    y = layernorm(w, 'out_norm', t.mean(axis=0), 1e-6)
    y = layernorm(w, 'head.norm', gelu(linear(w, 'head.fc1', y, 4 * d)), 1e-5)
    return dict(logits=linear(w, 'head.fc2', y, c['num_classes']))

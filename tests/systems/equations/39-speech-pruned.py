"""Structurally pruned wav2vec 2.0."""
from formulas import *

CONFIG = dict(conv_dim=[3, 4], conv_kernel=[5, 2], conv_stride=[3, 2], conv_bias=False, feat_extract_norm='group', hidden_size=8,
              num_conv_pos_embeddings=4, num_conv_pos_embedding_groups=2, do_stable_layer_norm=False, num_hidden_layers=2, head_dim=4,
              head_sizes_qk=[[3, 2], [4]], head_sizes_v=[[4, 1], [2]], intermediate_sizes=[7, 5], layer_norm_eps=1e-5)
OPTIONS = [dict(conv_bias=True), dict(feat_extract_norm='layer'), dict(do_stable_layer_norm=True), dict(conv_bias=True,
           feat_extract_norm='layer', do_stable_layer_norm=True, num_conv_pos_embeddings=5, num_conv_pos_embedding_groups=4),
           dict(head_sizes_qk=[[1], [4, 4, 2]], head_sizes_v=[[3], [1, 4, 2]])]


def inputs(c, draw):
    return [dict(wave=draw.standard_normal(n).astype(np.float32)) for n in (0, 1, 2, 13, 40)]


def stack(c, w, x):
    for l, o in enumerate(c['conv_dim']):
        p, k, s = f'feature_extractor.conv_layers.{l}.', c['conv_kernel'][l], c['conv_stride'][l]
        frames = max(0, (x.shape[1] - k) // s + 1)
        kernel = w(p + 'conv.weight', o, len(x), k)
        y = np.zeros((o, frames)) if not frames else np.stack([np.einsum('ocj,cj->o', kernel, x[:, s * t:s * t + k]) for t in range(frames)], 1)
        if c['conv_bias']:
            y = y + w(p + 'conv.bias', o)[:, None]
        if c['feat_extract_norm'] == 'layer':
            y = layernorm(w, p + 'layer_norm', y.T, 1e-5).T
        elif l == 0:
            weight, bias = w(p + 'layer_norm.weight', o, around=1)[:, None], w(p + 'layer_norm.bias', o)[:, None]
            y = standard(y, 1e-5) * weight + bias if frames else y
        x = gelu(y)
    return x.T


def positions(c, w, x):
    p, d, K, G = 'encoder.pos_conv_embed.conv.', c['hidden_size'], c['num_conv_pos_embeddings'], c['num_conv_pos_embedding_groups']
    g, v = w(p + 'weight_g', 1, 1, K, around=1), w(p + 'weight_v', d, d // G, K)
    kernel, at = g * v / np.sqrt((v ** 2).sum(axis=(0, 1))), np.pad(x, ((K // 2, K), (0, 0)))
    y = np.tile(w(p + 'bias', d), (len(x), 1))
    for o in range(d):
        first = o // (d // G) * (d // G)
        for t in range(len(x)):
            y[t, o] += np.einsum('ij,ji->', kernel[o], at[t:t + K, first:first + d // G])
    return y


def attention(c, w, p, x, qk, vs):
    q, k, v = linear(w, p + 'q_proj', x, sum(qk)), linear(w, p + 'k_proj', x, sum(qk)), linear(w, p + 'v_proj', x, sum(vs))
    o, a, b = [], 0, 0
    for n, m in zip(qk, vs):
        s = q[:, a:a + n] @ k[:, a:a + n].T / math.sqrt(c['head_dim'])
        o, a, b = o + [softmax(s) @ v[:, b:b + m]], a + n, b + m
    return linear(w, p + 'out_proj', np.concatenate(o, 1), c['hidden_size'])


def outputs(c, w, x):
    d, eps, stable = c['hidden_size'], c['layer_norm_eps'], c['do_stable_layer_norm']
    x = linear(w, 'feature_projection.projection', layernorm(w, 'feature_projection.layer_norm', stack(c, w, x['wave'][None]), eps), d)
    x = x + gelu(positions(c, w, x)) if len(x) else x + 0 * positions(c, w, x)
    x = x if stable else layernorm(w, 'encoder.layer_norm', x, eps)
    for l in range(c['num_hidden_layers']):
        p = f'encoder.layers.{l}.'

        def A(y):
            return attention(c, w, p + 'attention.', y, c['head_sizes_qk'][l], c['head_sizes_v'][l])

        def F(y):
            return linear(w, p + 'feed_forward.output_dense',
                          gelu(linear(w, p + 'feed_forward.intermediate_dense', y, c['intermediate_sizes'][l])), d)
        if stable:
            x = x + A(layernorm(w, p + 'layer_norm', x, eps))
            x = x + F(layernorm(w, p + 'final_layer_norm', x, eps))
        else:
            x = layernorm(w, p + 'layer_norm', x + A(x), eps)
            x = layernorm(w, p + 'final_layer_norm', x + F(x), eps)
    return dict(hidden=layernorm(w, 'encoder.layer_norm', x, eps) if stable else x)

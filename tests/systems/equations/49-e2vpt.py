"""E2VPT: token prompts, key and value prompts, pruning masks."""
from formulas import *

CONFIG = dict(img_height=4, img_width=6, patch_size=2, hidden_size=6, num_heads=2, mlp_dim=7, num_layers=2, NUM_TOKENS_P=3, NUM_TOKENS=2,
              CLS_TOKEN_P_PIECES_NUM=2, SHARE_PARAM_KV=True, num_classes=3)
OPTIONS = [dict(SHARE_PARAM_KV=False), dict(CLS_TOKEN_P_PIECES_NUM=6, NUM_TOKENS=1, num_layers=3), dict(img_width=2, NUM_TOKENS_P=1)]


def inputs(c, draw):
    return images(draw, 3, [(c['img_height'], c['img_width'])] * 2)


def outputs(c, w, x):
    d, h, s, n, m = c['hidden_size'], c['num_heads'], c['patch_size'], c['NUM_TOKENS_P'], c['NUM_TOKENS']
    e, T = d // h, 'transformer.'
    u = conv2d(x['img'], w(T + 'embeddings.patch_embeddings.weight', d, 3, s, s, spread=0.4), s).reshape(d, -1).T
    u = u + w(T + 'embeddings.patch_embeddings.bias', d)
    place = w(T + 'embeddings.position_embeddings', 1, 1 + len(u), d)[0]
    mask = w.integers(T + 'prompt_soft_tokens_mask_cls_token', (n,), 0, 2, np.float32)
    pieces = w.integers(T + 'prompt_soft_tokens_pieces_mask_cls_token', (n, c['CLS_TOKEN_P_PIECES_NUM']), 0, 2, np.float32)
    keep = mask[:, None] * pieces[:, np.arange(d) % c['CLS_TOKEN_P_PIECES_NUM']]
    x = np.concatenate([w(T + 'embeddings.cls_token', 1, 1, d)[0] + place[:1], w(T + 'prompt_embeddings', 1, n, d)[0] * keep, u + place[1:]])
    for l in range(c['num_layers']):
        if l:
            x[1:1 + n] = w(T + 'deep_prompt_embeddings', c['num_layers'] - 1, n, d)[l - 1] * keep
        p = T + f'encoder.layer.{l}.'
        y = layernorm(w, p + 'attention_norm', x, 1e-6)
        q, k, v = (linear(w, p + 'attn.' + name, y, h, e) for name in ('query', 'key', 'value'))
        names = ['', ''] if c['SHARE_PARAM_KV'] else ['_K', '_V']
        pk, pv = (w(p + 'attn.deep_QKV_embeddings' + name, h, m, e).transpose(1, 0, 2) for name in names)
        x = x + linear(w, p + 'attn.out', attend(q, np.concatenate([pk, k]), np.concatenate([pv, v])), d)
        x = x + linear(w, p + 'ffn.fc2', gelu(linear(w, p + 'ffn.fc1', layernorm(w, p + 'ffn_norm', x, 1e-6), c['mlp_dim'])), d)
    return dict(logits=linear(w, 'head', layernorm(w, T + 'encoder.encoder_norm', x, 1e-6)[0], c['num_classes']))

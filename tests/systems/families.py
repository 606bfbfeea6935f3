"""What several of the equations in equations/ have in common: BERT's layers, the frame of wide attention, H-Net, CCT."""
from formulas import *


def bert_embed(c, P, tok, first=0):
    d = c['hidden_size']
    x = P('word_embeddings.weight', c['vocab_size'], d)[tok]
    x = x + P('position_embeddings.weight', c['max_position_embeddings'], d)[first:first + len(tok)]
    x = x + P('token_type_embeddings.weight', c.get('type_vocab_size', -1), d)[0]
    return layernorm(P, 'LayerNorm', x, c['layer_norm_eps'])


def bert_heads(c, P, x, dense, prefix='attention.self.'):
    """What the heads give, before the output."""
    d, h = c['hidden_size'], c['num_attention_heads']
    return [dense(P, prefix + name, x, d).reshape(len(x), h, d // h) for name in ('query', 'key', 'value')]


def bert(c, P, x, dense=linear, adapt=lambda P, name, z: z):
    d, eps = c['hidden_size'], c['layer_norm_eps']
    for l in range(c['num_hidden_layers']):
        L = P.under(f'encoder.layer.{l}.')
        z = dense(L, 'attention.output.dense', flat(attend(*bert_heads(c, L, x, dense))), d)
        x = layernorm(L, 'attention.output.LayerNorm', x + adapt(L, 'attention.output.adapter', z), eps)
        z = dense(L, 'output.dense', gelu(dense(L, 'intermediate.dense', x, c['intermediate_size'])), d)
        x = layernorm(L, 'output.LayerNorm', x + adapt(L, 'output.adapter', z), eps)
    return x


def wide(c, P, tok, mix):
    n, h = len(tok), c['num_heads']
    x = P('embed.weight', c['vocab_size'], c['hidden_size'])[tok] + P('pos_embed.weight', c['max_length'], c['hidden_size'])[:n]
    y = layernorm(P, 'norm1', x, 1e-6)
    parts = lambda name: linear(P, 'attention.' + name, y, h, c['head_dim'])
    x = x + linear(P, 'attention.out', flat(mix(parts)), c['hidden_size'])
    m = gelu_tanh(linear(P, 'mlp.fc1', layernorm(P, 'norm2', x, 1e-6), c['intermediate_size']))
    x = x + linear(P, 'mlp.fc2', m, c['hidden_size'])
    hidden = layernorm(P, 'norm', x, 1e-6)
    pooled = hidden.mean(0) if n else np.zeros(c['hidden_size'])
    return {'hidden': hidden, 'logits': linear(P, 'head', pooled, c['num_classes'])}


def wide_seen(c, P, tok, see):
    return wide(c, P, tok, lambda part: attend(part('query'), part('key'), part('value'), see))


def mamba(c, M, u):
    N, J, m, v = c['ssm_cfg']['d_state'], c['ssm_cfg']['d_conv'], c['ssm_cfg']['expand'] * u.shape[-1], c['ssm_cfg']['headdim']
    g, n = m // v, len(u)
    z, w, dt = np.split(linear(M, 'in_proj', u, 2 * m + 2 * N + g, bias=False), [m, 2 * m + 2 * N], 1)
    padded = np.concatenate([np.zeros((J - 1, m + 2 * N)), w])
    kernel = M('conv1d.weight', m + 2 * N, 1, J)[:, 0]
    w = silu(M('conv1d.bias', m + 2 * N) + sum((padded[j:j + n] * kernel[:, j] for j in range(J)), np.zeros((n, m + 2 * N))))
    X, B, C = w[:, :m].reshape(n, g, v), w[:, m:m + N], w[:, m + N:]
    dt, A, D = softplus(dt + M('dt_bias', g)), -np.exp(M('A_log', g)), M('D', g)
    S, o = np.zeros((g, v, N)), np.zeros((n, g, v))
    for t in range(n):
        S = np.exp(dt[t] * A)[:, None, None] * S + dt[t][:, None, None] * X[t][..., None] * B[t]
        o[t] = S @ C[t] + D[:, None] * X[t]
    return linear(M, 'out_proj', rmsnorm(M, 'norm', o.reshape(n, m) * silu(z), 1e-5), u.shape[-1], bias=False)


def hnet(c, P, x, outer):
    (d, D), h, F, r = c['d_model'], c['num_heads'][1], c['d_intermediate'][1], c['rotary_emb_dim'][1]
    x = outer('encoder', x)
    res = linear(P, 'residual_proj', x, d)
    q, k = (linear(P, f'routing_module.{a}_proj_layer', x, d, bias=False) for a in 'qk')
    norm = lambda a: a / np.maximum(np.sqrt((a * a).sum(-1, keepdims=True)), 1e-12)
    p = np.concatenate([np.ones(1), (1 - (norm(q[:-1]) * norm(k[1:])).sum(-1)) / 2])[:len(x)]
    z = x[p > 0.5]
    b = np.clip(p[p > 0.5], 1e-4, 1 - 1e-4)
    z = np.concatenate([z, np.tile(P('main_network.pad_dimension', D - d), (len(z), 1))], 1)
    for l in range(c['num_main_layers']):
        L = P.under(f'main_network.main_network.layers.{l}.')
        qkv = linear(L, 'mixer.Wqkv', rmsnorm(L, 'norm1', z, 1e-5), 3 * D, bias=False).reshape(len(z), 3, h, D // h)
        y = attend(rope(qkv[:, 0], 10000, r), rope(qkv[:, 1], 10000, r), qkv[:, 2], causal(len(z)))
        z = z + linear(L, 'mixer.out_proj', flat(y), D, bias=False)
        g = linear(L, 'mlp.fc1', rmsnorm(L, 'norm2', z, 1e-5), 2 * F, bias=False)
        z = z + linear(L, 'mlp.fc2', silu(g[:, F:]) * g[:, :F], D, bias=False)
    z = rmsnorm(P, 'main_network.main_network.rmsnorm', z, 1e-5)[:, :d]
    Z = np.zeros((len(z) + 1, d))
    for k in range(len(z)):
        Z[k + 1] = b[k] * z[k] + (1 - b[k]) * Z[k]
    return {'y': outer('decoder', Z[np.cumsum(p > 0.5)] + res), 'p': p, 'count': np.int64(len(z))}


def cct(c, w, x):
    """From tokens on: layers, then a softmax over all tokens says how much each counts."""
    d, h = c['embedding_dim'], c['num_heads']
    for l in range(c['num_layers']):
        p = f'classifier.blocks.{l}.'
        z = linear(w, p + 'self_attn.qkv', layernorm(w, p + 'pre_norm', x, 1e-5), 3, h, d // h, bias=False)
        x = layernorm(w, p + 'norm1', x + linear(w, p + 'self_attn.proj', attend(z[:, 0], z[:, 1], z[:, 2]), d), 1e-5)
        x = x + linear(w, p + 'linear2', gelu(linear(w, p + 'linear1', x, int(d * c['mlp_ratio']))), d)
    x = layernorm(w, 'classifier.norm', x, 1e-5)
    a = softmax(linear(w, 'classifier.attention_pool', x, 1)[:, 0])
    return linear(w, 'classifier.fc', a @ x, c['num_classes'])

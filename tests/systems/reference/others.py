"""08, 09, 09b, 20, 28b; and the options of 10, 14, 17 and 28a."""
import numpy as np

from .parts import attend, causal, flat, gelu, layernorm, linear, relu, rms, rope, rows, sigmoid, silu, softmax, softplus, standardize
from .parts import system, tokens


# ---- 08

def unfold(x, k, s, p):
    """x[y,x,ch] -> [y',x',ch*k*k], the channel slowest"""
    x = np.pad(x, ((p, p), (p, p), (0, 0)))
    Y, X = (x.shape[0] - k) // s + 1, (x.shape[1] - k) // s + 1
    return np.array([[x[s * y:s * y + k, s * z:s * z + k].transpose(2, 0, 1).ravel() for z in range(X)] for y in range(Y)])


def images(c, rng):
    return [{'img': rng.normal(0, 1, (c['in_chans'], c['img_height'], c['img_width'])).astype(np.float32)} for _ in range(2)]


@system('08-t2t-vit', images, {'qkv_bias': True, 'img_height': 17, 'img_width': 41, 'in_chans': 1, 'token_dim': 7, 'embed_dim': 15,
                               'num_heads': 5, 'mlp_ratio': 1.3, 'depth': 1, 'qk_scale': 0.3, 'num_classes': 2})
def t2t(c, P, i):
    E, d, h = c['token_dim'], c['embed_dim'], c['num_heads']
    m = int(E / 2)

    def transform(T, x):
        shape, x = x.shape[:2], x.reshape(-1, x.shape[-1])
        k, q, v = np.split(linear(T, 'kqv', layernorm(T, 'norm1', x, 1e-5), 3 * E), 3, -1)
        w = T('w', m, E)
        phi = lambda u: np.exp(u @ w.T - (u * u).sum(-1, keepdims=True) / 2) / m ** 0.5  # noqa
        y = phi(q) @ (phi(k).T @ v) / ((phi(q) @ phi(k).sum(0))[:, None] + 1e-8)
        x = v + linear(T, 'proj', y, E)
        x = x + linear(T, 'mlp.2', gelu(linear(T, 'mlp.0', layernorm(T, 'norm2', x, 1e-5), E)), E)
        return x.reshape(shape + (E,))
    x = transform(P.under('tokens_to_token.attention1.'), unfold(i['img'].transpose(1, 2, 0), 7, 4, 2))
    x = unfold(transform(P.under('tokens_to_token.attention2.'), unfold(x, 3, 2, 1)), 3, 2, 1)
    x = linear(P, 'tokens_to_token.project', x.reshape(-1, x.shape[-1]), d)
    x = np.concatenate([P('cls_token', 1, 1, d)[0], x])
    x = x + P('pos_embed', 1, len(x), d)[0]
    for l in range(c['depth']):
        B = P.under(f'blocks.{l}.')
        qkv = linear(B, 'attn.qkv', layernorm(B, 'norm1', x, 1e-5), 3 * d, bias=c['qkv_bias']).reshape(-1, 3, h, d // h)
        x = x + linear(B, 'attn.proj', flat(attend(qkv[:, 0], qkv[:, 1], qkv[:, 2], scale=c['qk_scale'])), d)
        x = x + linear(B, 'mlp.fc2', gelu(linear(B, 'mlp.fc1', layernorm(B, 'norm2', x, 1e-5), int(d * c['mlp_ratio']))), d)
    return {'logits': linear(P, 'head', layernorm(P, 'norm', x, 1e-5)[0], c['num_classes'])}


# ---- 09, 09b

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
    return linear(M, 'out_proj', rms(M, 'norm', o.reshape(n, m) * silu(z), 1e-5), u.shape[-1], bias=False)


def hnet(c, P, x, outer):
    (d, D), h, F, r = c['d_model'], c['num_heads'][1], c['d_intermediate'][1], c['rotary_emb_dim'][1]
    x = outer('encoder', x)
    res = linear(P, 'residual_proj', x, d)
    q, k = (linear(P, f'routing_module.{a}_proj_layer', x, d, bias=False) for a in 'qk')
    norm = lambda a: a / np.maximum(np.sqrt((a * a).sum(-1, keepdims=True)), 1e-12)  # noqa
    p = np.concatenate([np.ones(1), (1 - (norm(q[:-1]) * norm(k[1:])).sum(-1)) / 2])[:len(x)]
    z = x[p > 0.5]
    b = np.clip(p[p > 0.5], 1e-4, 1 - 1e-4)
    z = np.concatenate([z, np.tile(P('main_network.pad_dimension', D - d), (len(z), 1))], 1)
    for l in range(c['num_main_layers']):
        L = P.under(f'main_network.main_network.layers.{l}.')
        qkv = linear(L, 'mixer.Wqkv', rms(L, 'norm1', z, 1e-5), 3 * D, bias=False).reshape(len(z), 3, h, D // h)
        y = attend(rope(qkv[:, 0], 10000, r), rope(qkv[:, 1], 10000, r), qkv[:, 2], causal(len(z)))
        z = z + linear(L, 'mixer.out_proj', flat(y), D, bias=False)
        g = linear(L, 'mlp.fc1', rms(L, 'norm2', z, 1e-5), 2 * F, bias=False)
        z = z + linear(L, 'mlp.fc2', silu(g[:, F:]) * g[:, :F], D, bias=False)
    z = rms(P, 'main_network.main_network.rmsnorm', z, 1e-5)[:, :d]
    Z = np.zeros((len(z) + 1, d))
    for k in range(len(z)):
        Z[k + 1] = b[k] * z[k] + (1 - b[k]) * Z[k]
    return {'y': outer('decoder', Z[np.cumsum(p > 0.5)] + res), 'p': p, 'count': np.int64(len(z))}


def levels(c, rng):
    return [{'x': rng.normal(0, 1, (n, c['d_model'][0])).astype(np.float32)} for n in (0, 1, 2, 9, 17)]


@system('09-hnet-chunk', levels, {'d_model': [6, 16], 'd_intermediate': [0, 9], 'num_heads': [2, 2], 'rotary_emb_dim': [0, 6],
                                  'num_main_layers': 2})
def chunks(c, P, i):
    return hnet(c, P, i['x'], lambda side, x: x)


@system('09b-hnet-mamba', levels, {'num_outer_layers': 2, 'd_model': [6, 16], 'rotary_emb_dim': [0, 8],
                                   'ssm_cfg': {'d_state': 3, 'd_conv': 2, 'expand': 3, 'headdim': 6}}, {'num_outer_layers': 0})
def chunks_mamba(c, P, i):
    def outer(side, x):
        for l in range(c['num_outer_layers']):
            L = P.under(f'{side}.layers.{l}.')
            x = x + mamba(c, L.under('mixer.'), rms(L, 'norm1', x, 1e-5))
        return rms(P, side + '.rmsnorm', x, 1e-5)
    return hnet(c, P, i['x'], outer)


# ---- 10, 14

def causal_lm(c, P, i, emb, eps, normal, heads, out, feed):
    """tok -> logits: q, k, w from one norm; a feed-forward; tied head"""
    n, h = len(i['tok']), c['num_attention_heads']
    E = P(emb, c['vocab_size'], c['hidden_size'])
    x, e = E[i['tok']], c['hidden_size'] // h
    for l in range(c['num_layers']):
        L = P.under(f'layer.{l}.')
        u, r = normal(L, 'input_layernorm', x), int(e * c.get('rotary_pct', 1))
        q, k, w = (a.reshape(n, h, e) for a in heads(L, u))
        q, k = rope(q, c['rotary_emb_base'], r), rope(k, c['rotary_emb_base'], r)
        x = x + out(L, flat(attend(q, k, w, causal(n))))
        x = x + feed(L, normal(L, 'post_attention_layernorm', x))
    return {'logits': layernorm(P, 'final_norm', x, eps) @ E.T}


@system('10-tokenformer', tokens(), {'norm_activation_type': 'gelu_l2_norm'}, {'norm_activation_type': 'softmax', 'rotary_pct': 0.25},
        {'hidden_size': 10, 'num_attention_heads': 1, 'rotary_pct': 1.0, 'qkv_slot_num': 7, 'proj_slot_num': 4, 'ffn_slot_num': 9})
def tokenformer(c, P, i):
    def pa(L, name, x, m):
        s = x @ L(name + '.key_param_tokens', m, x.shape[-1]).T
        l2 = lambda a: m ** 0.5 * a / np.sqrt((a * a).sum(-1, keepdims=True))  # noqa
        kind = c['norm_activation_type']
        a = gelu(l2(s)) if kind == 'l2_norm_gelu' else l2(gelu(s)) if kind == 'gelu_l2_norm' else m * softmax(s)
        return a @ L(name + '.value_param_tokens', m, x.shape[-1])
    return causal_lm(c, P, i, 'word_embeddings.weight', c['layernorm_epsilon'], lambda L, name, x: standardize(x, c['layernorm_epsilon']),
                     lambda L, u: [pa(L, 'attention.' + a, u, c['qkv_slot_num']) for a in ('query', 'key', 'value')],
                     lambda L, y: pa(L, 'attention.proj', y, c['proj_slot_num']), lambda L, u: pa(L, 'mlp', u, c['ffn_slot_num']))


@system('14-memoryformer', tokens(), {'scale': 'repo'}, {'hidden_size': 12, 'num_table': 3, 'code_length': 4, 'ffn_extra_bit': 1,
                                                         'num_attention_heads': 2, 'scale': 'paper'})
def memoryformer(c, P, i):
    d, K, tau, eps = c['hidden_size'], c['num_table'], c['code_length'], c['layernorm_epsilon']
    more = tau + c['ffn_extra_bit']

    def mem(L, name, x, b, out):
        z = x.reshape(len(x), K, b)
        code = (z >= 0) @ (2 ** np.arange(b)[::-1])
        p = np.prod(1 / (1 + np.exp(-2 * abs(z))), -1) * (1 if c['scale'] == 'paper' else abs(z).sum(-1))
        tables = L(name + '.tables', K << b, out).reshape(K, 1 << b, out)
        return L(name + '.bias', out) + np.einsum('tk,tko->to', p, tables[np.arange(K), code])

    def feed(L, u):
        m = layernorm(L, 'mlp.1', mem(L, 'mlp.0', u, tau, K * more), eps)
        return mem(L, 'mlp.2', m, more, d)
    return causal_lm(c, P, i, 'embed.weight', eps, lambda L, name, x: layernorm(L, name, x, eps),
                     lambda L, u: [mem(L, f'attention.{a}_proj', u, tau, d) for a in ('query', 'key', 'value')], lambda L, y: y, feed)


# ---- 17

@system('17-paraformer-cif', rows('input_size'), {'sanm_shift': 1, 'noise_threshold': 0.1, 'kernel_size': 3, 'l_order': 2, 'r_order': 0},
        {'input_size': 8, 'output_size': 10, 'attention_heads': 2, 'linear_units': 7, 'num_blocks': 3, 'tail_threshold': 0.9, 'sanm_shift': -1})
def paraformer(c, P, i):
    n, I, d, h, J = len(i['x']), c['input_size'], c['output_size'], c['attention_heads'], c['kernel_size']
    angle = (np.arange(n)[:, None] + 1) * 10000.0 ** (-np.arange(I // 2) / (I // 2 - 1))
    x = d ** 0.5 * i['x'] + np.concatenate([np.sin(angle), np.cos(angle)], 1)
    for b in range(c['num_blocks']):
        L = P.under(f'encoder.encoders.{b - 1}.' if b else 'encoder.encoders0.0.')
        q, k, v = np.split(linear(L, 'self_attn.linear_q_k_v', layernorm(L, 'norm1', x, 1e-12), 3 * d), 3, 1)
        w = L('self_attn.fsmn_block.weight', d, 1, J)[:, 0]
        m = v.copy()
        for t in range(n):
            for j in range(J):
                s = t + j - (J - 1) // 2 - c['sanm_shift']
                m[t] += w[:, j] * v[s] if 0 <= s < n else 0
        a = linear(L, 'self_attn.linear_out', flat(attend(*(u.reshape(n, h, d // h) for u in (q, k, v)))), d) + m
        x = x + a if b else a
        x = x + linear(L, 'feed_forward.w_2', relu(linear(L, 'feed_forward.w_1', layernorm(L, 'norm2', x, 1e-12), c['linear_units'])), d)
    H, lo, ro = layernorm(P, 'encoder.after_norm', x, 1e-12), c['l_order'], c['r_order']
    padded = np.concatenate([np.zeros((lo, d)), H, np.zeros((ro, d))])
    w = P('predictor.cif_conv1d.weight', d, d, lo + ro + 1)
    z = relu(P('predictor.cif_conv1d.bias', d) + sum(padded[j:j + n] @ w[:, :, j].T for j in range(lo + ro + 1)))
    alpha = np.maximum(0, c['smooth_factor'] * sigmoid(linear(P, 'predictor.cif_output', z, 1)[:, 0]) - c['noise_threshold'])
    weight, H = np.append(alpha, c['tail_threshold']), np.concatenate([H, np.zeros((1, d))])
    total = np.cumsum(weight)
    fires = np.flatnonzero(np.floor(total) > np.floor(np.concatenate([[0], total[:-1]])))
    part = np.cumsum(weight[:, None] * H, 0) - (total - np.floor(total))[:, None] * H
    return {'alpha': alpha, 'count': np.int64(len(fires)), 'emb': np.diff(part[fires], axis=0, prepend=np.zeros((1, d)))}


# ---- 20

@system('20-structformer', tokens('ntokens', low=1, lengths=(0, 1, 2, 2, 2, 3, 8)), {
    'hidden_size': 10, 'nlayers': 1, 'ntokens': 13, 'nhead': 2, 'dim_feedforward': 7, 'n_parser_layers': 1, 'conv_size': 3}, {'n_parser_layers': 0})
def structformer(c, P, i):
    n, d, h, J, tok = len(i['tok']), c['hidden_size'], c['nhead'], c['conv_size'], i['tok']
    emb = P('emb.weight', c['ntokens'], d)

    def conv(name, z, size, first):
        w, y = P(name + '.weight', d, d, size), np.tile(P(name + '.bias', d), (n, 1))
        for t in range(n):
            for j in range(size):
                y[t] += w[:, :, j] @ z[t + j + first] if 0 <= t + j + first < n else 0
        return y
    squash = lambda y: np.tanh(standardize(y, 1e-5))  # noqa
    z = emb[tok]
    for k in range(c['n_parser_layers']):
        z = squash(conv(f'parser_layers.{k}.0.conv', z, J, -(J - 1) // 2))
    height = linear(P, 'height_ff.3', squash(linear(P, 'height_ff.0', z, d)), 1)[:, 0]
    dist = linear(P, 'distance_ff.3', squash(conv('distance_ff.0.conv', z, 2, 0)), 1)[:, 0]
    dist[n - 1:] = np.inf
    before = np.concatenate([[np.inf], dist])
    spans = [(l, r) for l in range(n) for r in range(l, n) if (l, r) != (0, n - 1)]
    margin = max([max(0, min(before[l], dist[r]) - height[l:r + 1].max()) for l, r in spans], default=0)
    s0, s1 = np.exp(P('_scaler', 2))
    with np.errstate(over='ignore'):
        g = sigmoid(s0 * (height[:, None] - (dist - margin)))
    left, right, head = np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n))
    for t in range(n):
        BL = [min([1, *g[t, l:t]]) if l <= t else 0 for l in range(n)]
        BR = [min([1, *g[t, t:r]]) if r >= t else 0 for r in range(n)] + [0]
        left[t] = [BL[l] - (BL[l - 1] if l else 0) if l <= t else 0 for l in range(n)]
        right[t] = [BR[r] - BR[r + 1] if r >= t else 0 for r in range(n)]
    for t in range(n):
        for l in range(t + 1):
            for r in range(t, n):
                head[t, l:r + 1] += left[t, l] * right[t, r] * softmax(s1 * height[l:r + 1])
        head[t, t] = 0
    W = softmax(P('_rel_weight', c['nlayers'], h, 2))
    x = emb[tok]
    for l in range(c['nlayers']):
        L = P.under(f'layers.{l}.')
        u = layernorm(L, 'norm', x, 1e-5)
        q, k, w = (linear(L, f'self_attn.{a}_proj', u, d).reshape(n, h, d // h) for a in 'qkv')
        dep = W[l][:, 0, None, None] * head + W[l][:, 1, None, None] * head.T
        a = sigmoid(np.einsum('the,uhe->htu', q, k) / (d // h) ** 0.5) * dep
        x = x + linear(L, 'self_attn.out_proj', flat(np.einsum('htu,uhe->the', a, w)), d)
        m = linear(L, 'feedforward.1', layernorm(L, 'feedforward.0', x, 1e-5), c['dim_feedforward'])
        x = x + linear(L, 'feedforward.4', np.where(m > 0, m, 0.01 * m), d)
    logits = layernorm(P, 'norm', x, 1e-5) @ emb.T + P('output_layer.bias', c['ntokens'])
    return {'height': height, 'head': head, 'logits': logits}


# ---- 28a

def windows(c, rng):
    return [{'x': rng.normal(0, 1, (n, c['hidden_size'])).astype(np.float32), 'global': (rng.random(n) < p).astype(np.int64)}
            for n, p in ((0, 0), (1, 0), (2, 1), (9, 0), (17, 0.2))]


@system('28a-longformer-window', windows, {'one_sided_window': [1, 0], 'dilation': [3, 1], 'hidden_size': 15, 'num_attention_heads': 5})
def longformer(c, P, i):
    x, d, h, eps, n = i['x'], c['hidden_size'], c['num_attention_heads'], c['layer_norm_eps'], len(i['x'])
    whole, apart = i['global'] == 1, np.arange(n)[:, None] - np.arange(n)[None, :]
    for l in range(c['num_hidden_layers']):
        L = P.under(f'layer.{l}.')
        part = lambda name: linear(L, 'attn.' + name, x, d).reshape(n, h, d // h)  # noqa
        w, s = c['one_sided_window'][l], c['dilation'][l]
        near = attend(part('query'), part('key'), part('value'), whole[None, :] | (abs(apart) <= w * s) & (apart % s == 0))
        far = attend(part('query_global'), part('key_global'), part('value_global'))
        x = layernorm(L, 'norm1', x + linear(L, 'attn.out', flat(np.where(whole[:, None, None], far, near)), d), eps)
        x = layernorm(L, 'norm2', x + linear(L, 'ffn.w2', gelu(linear(L, 'ffn.w1', x, c['intermediate_size'])), d), eps)
    return {'y': x}


# ---- 28b

def reformer(c, P, tok, rounds, wrap):
    n, d, h, m, B, eps = len(tok), c['hidden_size'], c['num_attention_heads'], c['chunk_length'], c['num_buckets'], c['layer_norm_eps']
    E = P('embed.tok.weight', c['vocab_size'], d)
    y1 = y2 = E[tok] + P('embed.pos.weight', c['max_position_embeddings'], d)[:n]
    for l in range(c['num_hidden_layers']):
        L = P.under(f'layer.{l}.')
        u = layernorm(L, 'norm1', y2, eps)
        q, w = (linear(L, 'attn.' + a, u, d).reshape(n, h, d // h) for a in ('qk', 'v'))
        k = q / np.maximum(np.sqrt((q * q).sum(-1, keepdims=True)), 1e-12)
        s = np.einsum('the,uhe->htu', q, k) / (d // h) ** 0.5
        s[:, np.arange(n), np.arange(n)] = -5e4
        R, y = L('attn.rotations', c['max_rounds'], d // h, B // 2), np.zeros((n, h, d // h))
        for a in range(h):
            lists = []  # the chunks of all rounds
            for r in range(rounds):
                z = q[:, a] @ R[r]
                order = np.argsort(np.concatenate([z, -z], 1).argmax(1), kind='stable')
                lists.append([order[j:j + m] for j in range(0, n, m)])
            out, weight = np.zeros((rounds, n, d // h)), np.full((rounds, n), -np.inf)
            for r in range(rounds):
                for j, chunk in enumerate(lists[r]):
                    if wrap:
                        before = lists[r][j - 1] if j else lists[r - 1][-1]
                        before = [] if sum(map(len, lists)) == 1 else before
                    else:
                        before = lists[r][j - 1] if j else []
                    for t in chunk:
                        see = [u for u in [*chunk, *before] if not c['causal'] or u <= t]
                        top = s[a, t, see].max()
                        p = np.exp(s[a, t, see] - top)
                        out[r, t], weight[r, t] = p @ w[see, a] / p.sum(), np.log(p.sum()) + top
            y[:, a] = np.einsum('tr,rte->te', softmax(weight.T), out)
        y1 = y1 + linear(L, 'attn.o', flat(y), d)
        y2 = y2 + linear(L, 'ffn.w2', gelu(linear(L, 'ffn.w1', layernorm(L, 'norm2', y1, eps), c['intermediate_size'])), d)
    return layernorm(P, 'final_norm', (y1 + y2) / 2, eps) @ E.T


HASHED = ({'causal': False}, {'hidden_size': 10, 'num_attention_heads': 2, 'chunk_length': 3, 'num_buckets': 4, 'max_rounds': 3, 'rounds': [3, 1],
                              'intermediate_size': 7}, {'chunk_length': 1, 'causal': False, 'rounds': [2, 2]}, {'chunk_length': 20})


@system('28b-reformer', tokens(), *HASHED)
def reformer_sorted(c, P, i):
    return {f'logits{k + 1}': reformer(c, P, i['tok'], c['rounds'][k], False) for k in (0, 1)}


@system('28b-reformer-wrap', tokens(), *HASHED)
def reformer_wrap(c, P, i):
    return {f'logits{k + 1}': reformer(c, P, i['tok'], c['rounds'][k], True) for k in (0, 1)}

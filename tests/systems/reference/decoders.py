"""Language models with something of their own in the domain of attention: 12, 15, 18, 23, 24, 25."""
import numpy as np

from .parts import attend, causal, flat, gelu, gelu_tanh, layernorm, linear, rms, rope, silu, softmax, system, tokens


def some_heads(P, name, x, heads, width, **more):
    return linear(P, name, x, heads * width, **more).reshape(x.shape[:-1] + (heads, width))


# ---- 12

def masked(c, rng):
    return [{'tok': rng.integers(0, c['vocab_size'], n), 'hide': rng.integers(0, 2, (n, n))} for n in (0, 1, 2, 9)]


@system('12-regression-transformer', masked, {'d_model': 14, 'n_head': 2, 'd_head': 3, 'd_inner': 9, 'vocab_size': 17, 'n_layer': 1,
                                              'numerical_vmax': 4.5, 'num_numeric_tokens': 17})
def regression(c, P, i):
    d, h, e, v, n = c['d_model'], c['n_head'], c['d_head'], c['vocab_size'], len(i['tok'])
    E = P('transformer.word_embedding.weight', v, d)
    values = P('numerical_encodings.values', v, of=lambda rng, s: rng.integers(0, 10, s).astype(np.float32))
    num = np.zeros((v, d))
    for k in range(0, d, 2):
        num[:, k] = 10 * values / (c['numerical_vmax'] * (k + 1))
    num[:, 1::2] = -num[:, ::2][:, :d // 2]
    x = E[i['tok']] + num[i['tok']]
    angle = (np.arange(n)[:, None] - np.arange(n)[None, :])[..., None] * 10000.0 ** (-2 * np.arange(d // 2) / d)
    R = np.concatenate([np.sin(angle), np.cos(angle)], -1)
    see = (i['hide'] == 0) | np.eye(n, dtype=bool)
    for l in range(c['n_layer']):
        A = P.under(f'transformer.layer.{l}.rel_attn.')
        q, k, w = (np.einsum('dhe,td->the', A(name, d, h, e), x) for name in 'qkv')
        r = np.einsum('dhe,tud->tuhe', A('r', d, h, e), R)
        s = np.einsum('the,uhe->htu', q + A('r_w_bias', h, e), k) + np.einsum('the,tuhe->htu', q + A('r_r_bias', h, e), r)
        y = np.einsum('htu,uhe->the', softmax(s / e ** 0.5, see), w)
        x = layernorm(A, 'layer_norm', x + np.einsum('dhe,the->td', A('o', d, h, e), y), c['layer_norm_eps'])
        F = P.under(f'transformer.layer.{l}.ff.')
        x = layernorm(F, 'layer_norm', x + linear(F, 'layer_2', gelu(linear(F, 'layer_1', x, c['d_inner'])), d), c['layer_norm_eps'])
    return {'logits': x @ E.T + P('lm_loss.bias', v)}


# ---- 15

@system('15-prefix', tokens(), {'n_embd': 15, 'n_head': 5, 'n_inner': 11, 'n_positions': 16, 'n_layer': 1, 'num_virtual_tokens': 3},
        {'num_virtual_tokens': 1, 'n_head': 1, 'n_layer': 3})
def prefix(c, P, i):
    d, h, p, n, T = c['n_embd'], c['n_head'], c['num_virtual_tokens'], len(i['tok']), P.under('transformer.')
    wte = T('wte.weight', c['vocab_size'], d)
    x = wte[i['tok']] + T('wpe.weight', c['n_positions'], d)[p:p + n]
    stored = P('prompt_encoder.default.embedding.weight', p, 2 * c['n_layer'] * d).reshape(p, c['n_layer'], 2, h, d // h)
    turned = lambda L, name, x, o: x @ L(name + '.weight', x.shape[-1], o) + L(name + '.bias', o)  # noqa
    for l in range(c['n_layer']):
        L = T.under(f'h.{l}.')
        q, k, w = turned(L, 'attn.c_attn', layernorm(L, 'ln_1', x, c['layer_norm_epsilon']), 3 * d).reshape(n, 3, h, d // h).swapaxes(0, 1)
        see = np.concatenate([np.ones((n, p), bool), causal(n)], 1)
        y = attend(q, np.concatenate([stored[:, l, 0], k]), np.concatenate([stored[:, l, 1], w]), see)
        x = x + turned(L, 'attn.c_proj', flat(y), d)
        x = x + turned(L, 'mlp.c_proj', gelu_tanh(turned(L, 'mlp.c_fc', layernorm(L, 'ln_2', x, c['layer_norm_epsilon']), c['n_inner'])), d)
    return {'logits': layernorm(T, 'ln_f', x, c['layer_norm_epsilon']) @ wte.T}


# ---- 18

@system('18-combiner', tokens(), {'hidden_size': 15, 'num_attention_heads': 5, 'intermediate_size': 8, 'max_seg_len': 3,
                                  'max_position_embeddings': 13, 'num_hidden_layers': 1}, {'max_seg_len': 1}, {'max_seg_len': 50})
def combiner(c, P, i):
    d, h, w, n, eps = c['hidden_size'], c['num_attention_heads'], c['max_seg_len'], len(i['tok']), c['layer_norm_eps']
    E, e, whole = P('embed.tok.weight', c['vocab_size'], d), d // h, n // w
    x = E[i['tok']] + P('embed.pos.weight', c['max_position_embeddings'], d)[:n]
    t, u = np.arange(n)[:, None], np.arange(n)[None, :]
    see = np.concatenate([(t // w == u // w) & (u <= t), np.arange(whole)[None, :] < t // w], 1)
    for l in range(c['num_hidden_layers']):
        L = P.under(f'layer.{l}.')
        y = layernorm(L, 'norm1', x, eps)
        q, k, z = (some_heads(L, 'attn.' + name, y, h, e) for name in 'qkv')
        q = q / e ** 0.5
        parts = lambda a: a[:whole * w].reshape(whole, w, h, e)  # noqa
        ks = parts(k).max(1, initial=-np.inf)
        p = softmax(np.einsum('she,sjhe->shj', parts(q).max(1, initial=-np.inf), parts(k)))
        zs = np.einsum('shj,sjhe->she', p, parts(z))
        y = attend(q, np.concatenate([k, ks]), np.concatenate([z, zs]), see, scale=1)
        x = x + linear(L, 'attn.o', flat(y), d)
        x = x + linear(L, 'ffn.w2', gelu(linear(L, 'ffn.w1', layernorm(L, 'norm2', x, eps), c['intermediate_size'])), d)
    return {'logits': layernorm(P, 'final_norm', x, eps) @ E.T}


# ---- 23

def pairs(c, rng):
    return [{'src': rng.integers(0, c['cut_vocab_size'], n), 'dec': rng.integers(0, c['cut_vocab_size'], m)}
            for n, m in ((1, 1), (2, 1), (1, 4), (31, 26))]


def bucket(r, n, far, both):
    m, base, a = (n // 2, n // 2 if r > 0 else 0, abs(r)) if both else (n, 0, max(-r, 0))
    s = m // 2
    return base + (a if a < s else min(m - 1, s + int(np.floor(np.log(a / s) / np.log(far / s) * (m - s)))))


@system('23-idt5', pairs, {'d_model': 14, 'num_heads': 2, 'd_kv': 3, 'd_ff': 9, 'num_layers': 1, 'num_decoder_layers': 2, 'vocab_size': 31,
                           'cut_vocab_size': 12, 'relative_attention_num_buckets': 8, 'relative_attention_max_distance': 19})
def idt5(c, P, i):
    d, h, e, eps = c['d_model'], c['num_heads'], c['d_kv'], c['layer_norm_epsilon']
    keep = P('keep_ids', c['cut_vocab_size'], of=lambda rng, s: rng.permutation(c['vocab_size'])[:s[0]])
    E, H = (P(name, c['vocab_size'], d)[keep] for name in ('shared.weight', 'lm_head.weight'))

    def mix(L, x, y, bias, see=True):
        q, k, w = some_heads(L, 'q', x, h, e, bias=False), some_heads(L, 'k', y, h, e, bias=False), some_heads(L, 'v', y, h, e, bias=False)
        s = np.einsum('the,uhe->htu', q, k) + bias
        return linear(L, 'o', flat(np.einsum('htu,uhe->the', softmax(s, see), w)), d, bias=False)

    def feed(L, x):
        y, F = rms(L, 'layer_norm', x, eps), L.under('DenseReluDense.')
        m = gelu_tanh(linear(F, 'wi_0', y, c['d_ff'], bias=False)) * linear(F, 'wi_1', y, c['d_ff'], bias=False)
        return x + linear(F, 'wo', m, d, bias=False)

    def table(side, n, both):
        N, far = c['relative_attention_num_buckets'], c['relative_attention_max_distance']
        R = P(f'{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight', N, h)
        return np.array([[R[bucket(u - t, N, far, both)] for u in range(n)] for t in range(n)]).transpose(2, 0, 1)
    x, y = E[i['src']], E[i['dec']]
    near, before = table('encoder', len(x), True), table('decoder', len(y), False)
    for l in range(c['num_layers']):
        L = P.under(f'encoder.block.{l}.layer.')
        n = rms(L, '0.layer_norm', x, eps)
        x = feed(L.under('1.'), x + mix(L.under('0.SelfAttention.'), n, n, near))
    x = rms(P, 'encoder.final_layer_norm', x, eps)
    for l in range(c['num_decoder_layers']):
        L = P.under(f'decoder.block.{l}.layer.')
        n = rms(L, '0.layer_norm', y, eps)
        y = y + mix(L.under('0.SelfAttention.'), n, n, before, causal(len(y)))
        y = feed(L.under('2.'), y + mix(L.under('1.EncDecAttention.'), rms(L, '1.layer_norm', y, eps), x, 0))
    return {'logits': rms(P, 'decoder.final_layer_norm', y, eps) @ H.T}


# ---- 24

def prompts(c, rng):
    return [{'tok': rng.integers(0, c['vocab_size'], n), 'next': rng.integers(0, c['vocab_size'], m)} for n, m in ((1, 0), (1, 3), (2, 0), (9, 5))]


@system('24-kv-prediction', prompts, {'auxkv_num_layers_to_basekv_num_layers': [1, 0, 1]}, {
    'base': {'model_dim': 9, 'head_dim': 4, 'num_query_heads': [3, 4], 'num_kv_heads': [3, 1], 'ffn_dims': [5, 6]},
    'auxiliary': {'model_dim': 7, 'head_dim': 2, 'num_query_heads': [1, 4, 3], 'num_kv_heads': [1, 2, 3], 'ffn_dims': [3, 2, 4]},
    'auxkv_num_layers_to_basekv_num_layers': [2, 1], 'rope_freq_constant': 50.0})
def kv_prediction(c, P, i):
    n, eps, v = len(i['tok']), c['rms_norm_eps'], c['vocab_size']

    def block(M, L, l, x, first, past):
        d, e, H, G, f = M['model_dim'], M['head_dim'], M['num_query_heads'][l], M['num_kv_heads'][l], M['ffn_dims'][l]
        z = some_heads(L, 'attn.qkv_proj', rms(L, 'attn_norm', x, eps), H + 2 * G, e, bias=False)
        own = z[:, H:H + G], z[:, H + G:]
        k, w = (np.concatenate([a, b]) for a, b in zip(past, own))
        q = rope(rms(L, 'attn.q_norm', z[:, :H], eps), c['rope_freq_constant'], e, first)
        k = rope(rms(L, 'attn.k_norm', k, eps), c['rope_freq_constant'], e)
        g = np.arange(H) * G // H
        see = np.arange(len(k))[None, :] <= first + np.arange(len(x))[:, None]
        x = x + linear(L, 'attn.out_proj', flat(attend(q, k[:, g], w[:, g], see)), d, bias=False)
        y = linear(L, 'ffn.proj_1', rms(L, 'ffn_norm', x, eps), 2 * f, bias=False)
        return x + linear(L, 'ffn.proj_2', silu(y[:, :f]) * y[:, f:], d, bias=False), own
    A, B = c['auxiliary'], c['base']
    x, cache = P('auxiliary.token_embeddings.weight', v, A['model_dim'])[i['tok'][:-1]], []
    for l in range(len(A['ffn_dims'])):
        empty = np.zeros((0, A['num_kv_heads'][l], A['head_dim']))
        x, own = block(A, P.under(f'auxiliary.layers.{l}.'), l, x, 0, (empty, empty))
        cache.append(own)
    E = P('base.token_embeddings.weight', v, B['model_dim'])
    y = E[np.concatenate([i['tok'][-1:], i['next']]).astype(np.int64)]
    for l in range(len(B['ffn_dims'])):
        from_ = cache[c['auxkv_num_layers_to_basekv_num_layers'][l]]
        past = [some_heads(P, f'predicter.auxkv_to_basekv.{kind}_transforms.{l}', flat(a), B['num_kv_heads'][l], B['head_dim'])
                for kind, a in zip(('key', 'value'), from_)]
        y, _ = block(B, P.under(f'base.layers.{l}.'), l, y, n - 1, past)
    return {'logits': rms(P, 'base.norm', y, eps) @ E.T}


# ---- 25

@system('25-fit', tokens(lengths=(0, 1, 2, 7, 16)),
        {'x_layers': [2, 1, 0], 'l_layers': [0, 2, 1], 'x_dim': 15, 'latent_dim': 8, 'x_num_heads': 3, 'latent_num_heads': 2, 'x_per_group': 4,
         'latents_per_group': 3, 'max_groups': 4, 'mlp_ratio': 3}, {'x_layers': [1], 'l_layers': [1], 'x_per_group': 6},
        {'l_layers': [2, 2], 'x_per_group': 3, 'latents_per_group': 1})
def fit(c, P, i):
    dx, dy, g, m, n = c['x_dim'], c['latent_dim'], c['x_per_group'], c['latents_per_group'], len(i['tok'])
    groups, hc, inner = -(-n // g), min(c['x_num_heads'], c['latent_num_heads']), min(dx, dy)
    E = P('token_embedding', c['vocab_size'], dx)
    norm = lambda L, name, u: layernorm(L, name, u, 1e-6)  # noqa
    mha = lambda A, p, r, h, inner, see: linear(  # noqa
        A, 'o', flat(attend(*(some_heads(A, name, u, h, inner // h) for name, u in (('q', p), ('k', r), ('v', r))), see)), p.shape[-1])

    def layer(L, u, h, see):
        y = norm(L, 'self_mha_ln', u)
        u = u + mha(L.under('self_mha.'), y, y, h, u.shape[-1], see)
        return u + linear(L, 'ffn.dense2', gelu(linear(L, 'ffn.dense1', norm(L, 'ffn_ln', u), c['mlp_ratio'] * u.shape[-1])), u.shape[-1])

    def cross(L, u, r, see):
        return u + mha(L.under('cross_mha.'), norm(L, 'cross_mha_ln', u), norm(L, 'cross_mha_enc_ln', r), hc, inner, see)
    t, of = np.arange(n), np.arange(groups).repeat(m)
    X = E[i['tok']] + P('x_pos_emb', g, dx)[t % g]
    Z = P('latent_pos_emb', c['max_groups'], m, dy)[:groups].reshape(groups * m, dy)
    for b, (nx, nl) in enumerate(zip(c['x_layers'], c['l_layers'])):
        for k in range(nx):
            X = layer(P.under(f'x_network.{b}.layer.{k}.'), X, c['x_num_heads'], (t[:, None] // g == t // g) & causal(n))
        if nl:
            Z = cross(P.under(f'l2x_cross_attn.{b}.'), Z, X, of[:, None] == t // g)
            for k in range(nl):
                Z = layer(P.under(f'l_network.{b}.layer.{k}.'), Z, c['latent_num_heads'], of <= of[:, None])
            if b < len(c['x_layers']) - 1:
                Y = np.concatenate([np.zeros((m, dy)), Z])
                X = cross(P.under(f'x2l_cross_attn.{b}.'), X, Y, t[:, None] // g == np.arange(groups + 1).repeat(m))
    return {'logits': norm(P, 'x_output_ln', X) @ E.T + P('outp_bias', c['vocab_size'])}

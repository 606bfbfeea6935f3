"""A small model whose keys and values are mapped to those of a large one."""
from formulas import *

CONFIG = dict(vocab_size=29, rms_norm_eps=1e-06, rope_freq_constant=10000.0, auxkv_num_layers_to_basekv_num_layers=[0, 0, 1],
              base=dict(model_dim=14, head_dim=6, num_query_heads=[2, 4, 4], num_kv_heads=[1, 2, 4], ffn_dims=[11, 17, 19]),
              auxiliary=dict(model_dim=10, head_dim=4, num_query_heads=[2, 3], num_kv_heads=[2, 1], ffn_dims=[9, 13]))
OPTIONS = [dict(auxkv_num_layers_to_basekv_num_layers=[1, 0, 1]), dict(base=dict(model_dim=9, head_dim=4, num_query_heads=[3, 4],
           num_kv_heads=[3, 1], ffn_dims=[5, 6]), auxiliary=dict(model_dim=7, head_dim=2, num_query_heads=[1, 4, 3], num_kv_heads=[1, 2,
           3], ffn_dims=[3, 2, 4]), auxkv_num_layers_to_basekv_num_layers=[2, 1], rope_freq_constant=50.0)]


def inputs(c, draw):
    return [{'tok': draw.integers(0, c['vocab_size'], n), 'next': draw.integers(0, c['vocab_size'], m)}
            for n, m in ((1, 0), (1, 3), (2, 0), (9, 5))]


def outputs(c, P, i):
    n, eps, v = len(i['tok']), c['rms_norm_eps'], c['vocab_size']

    def block(M, L, l, x, first, past):
        d, e, H, G, f = M['model_dim'], M['head_dim'], M['num_query_heads'][l], M['num_kv_heads'][l], M['ffn_dims'][l]
        z = linear(L, 'attn.qkv_proj', rmsnorm(L, 'attn_norm', x, eps), H + 2 * G, e, bias=False)
        own = z[:, H:H + G], z[:, H + G:]
        k, w = (np.concatenate([a, b]) for a, b in zip(past, own))
        q = rope(rmsnorm(L, 'attn.q_norm', z[:, :H], eps), c['rope_freq_constant'], e, first=first)
        k = rope(rmsnorm(L, 'attn.k_norm', k, eps), c['rope_freq_constant'], e)
        g = np.arange(H) * G // H
        see = np.arange(len(k))[None, :] <= first + np.arange(len(x))[:, None]
        x = x + linear(L, 'attn.out_proj', flat(attend(q, k[:, g], w[:, g], see)), d, bias=False)
        y = linear(L, 'ffn.proj_1', rmsnorm(L, 'ffn_norm', x, eps), 2 * f, bias=False)
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
        past = [linear(P, f'predicter.auxkv_to_basekv.{kind}_transforms.{l}', flat(a), B['num_kv_heads'][l], B['head_dim'])
                for kind, a in zip(('key', 'value'), from_)]
        y, _ = block(B, P.under(f'base.layers.{l}.'), l, y, n - 1, past)
    return {'logits': rmsnorm(P, 'base.norm', y, eps) @ E.T}

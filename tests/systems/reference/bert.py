"""Systems that are BERT with something changed: 01, 03, 05, 07, 11, 22; and 06, 13, 19, which are smaller still."""
import numpy as np

from .parts import attend, flat, gelu, gelu_tanh, layernorm, linear, relu, rows, softmax, split, system, tokens

SIZES = {'hidden_size': 15, 'num_attention_heads': 5, 'intermediate_size': 22, 'num_hidden_layers': 2}


def embed(c, P, tok, first=0):
    d = c['hidden_size']
    x = P('word_embeddings.weight', c['vocab_size'], d)[tok]
    x = x + P('position_embeddings.weight', c['max_position_embeddings'], d)[first:first + len(tok)]
    x = x + P('token_type_embeddings.weight', c.get('type_vocab_size', -1), d)[0]
    return layernorm(P, 'LayerNorm', x, c['layer_norm_eps'])


def mixed(c, P, x, dense, prefix='attention.self.'):
    """What the heads give, before the output."""
    d, h = c['hidden_size'], c['num_attention_heads']
    q, k, w = (split(dense(P, prefix + name, x, d), h) if len(x) else np.zeros((0, h, d // h)) for name in ('query', 'key', 'value'))
    return q, k, w


def stack(c, P, x, dense=linear, adapt=lambda P, name, z: z):
    d, eps = c['hidden_size'], c['layer_norm_eps']
    for l in range(c['num_hidden_layers']):
        L = P.under(f'encoder.layer.{l}.')
        z = dense(L, 'attention.output.dense', flat(attend(*mixed(c, L, x, dense))), d)
        x = layernorm(L, 'attention.output.LayerNorm', x + adapt(L, 'attention.output.adapter', z), eps)
        z = dense(L, 'output.dense', gelu(dense(L, 'intermediate.dense', x, c['intermediate_size'])), d)
        x = layernorm(L, 'output.LayerNorm', x + adapt(L, 'output.adapter', z), eps)
    return x


@system('01-bytetransformer', rows('hidden_size'), dict(SIZES, layer_norm_eps=0.1), {'num_hidden_layers': 0, 'num_attention_heads': 1})
def bytetransformer(c, P, i):
    return {'hidden': stack(c, P, i['x'])}


@system('03-axformer', tokens(bound='max_position_embeddings'),
        dict(SIZES, num_hidden_layers=3, use_attention=[False, True, True], use_ffn=[False, True, False], attention_topk=[9, 1, 0]),
        {'use_attention': [False] * 4}, {'attention_topk': [2, 100, 7, 0]})
def axformer(c, P, i):
    x, d = embed(c, P.under('embeddings.'), i['tok']), c['hidden_size']
    for l in range(c['num_hidden_layers']):
        L = P.under(f'encoder.layer.{l}.')
        if c['use_attention'][l]:
            q, k, w = mixed(c, L, x, linear)
            s, most = np.einsum('the,uhe->htu', q, k), c['attention_topk'][l]
            place = (-s).argsort(-1, kind='stable').argsort(-1, kind='stable')
            y = flat(attend(q, k, w, place < most if most else True))
            x = layernorm(L, 'attention.output.LayerNorm', x + linear(L, 'attention.output.dense', y, d), c['layer_norm_eps'])
        if c['use_ffn'][l]:
            m = gelu(linear(L, 'intermediate.dense', x, c['intermediate_size']))
            x = layernorm(L, 'output.LayerNorm', x + linear(L, 'output.dense', m, d), c['layer_norm_eps'])
    return {'y': x}


@system('05-adapter', tokens(low=2), dict(SIZES, adapter_size=2, num_labels=3, pad_token_id=4, max_position_embeddings=19))
def adapter(c, P, i):
    d = c['hidden_size']
    adapt = lambda L, name, z: z + linear(L, name + '.up', relu(linear(L, name + '.down', z, c['adapter_size'])), d)  # noqa
    x = embed(c, P.under('roberta.embeddings.'), i['tok'], c['pad_token_id'] + 1)
    return {'logits': linear(P, 'classifier', stack(c, P.under('roberta.'), x, linear, adapt), c['num_labels'])}


def subsets(c, rng):
    return [{'patch': rng.normal(0, 1, (t, c['patch_dim'])).astype(np.float32), 'keys': np.sort(rng.permutation(t)[:s])}
            for t, s in ((0, 0), (1, 0), (1, 1), (2, 1), (9, 4), (9, 9), (11, 0))]


@system('06-position-prediction', subsets, {'patch_dim': 7, 'hidden_size': 15, 'num_attention_heads': 5, 'intermediate_size': 22,
                                            'num_hidden_layers': 1, 'num_positions': 11, 'num_classes': 2})
def position(c, P, i):
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


def linear8(P, name, x, out):
    W = P(name + '.weight', out, x.shape[-1])
    sw, sx = abs(W).max(1) / 127, abs(x).max(-1, keepdims=True) / 127 if len(x) else np.zeros((0, 1))
    whole = lambda a, s: np.where(s > 0, np.round(a / np.where(s > 0, s, 1)), 0)  # noqa
    return sx * sw * (whole(x, sx) @ whole(W, sw[:, None]).T) + P(name + '.bias', out)


@system('07-obert', tokens(bound='max_position_embeddings', lengths=(0, 1, 2)), {'sparsity_pattern': 'block4'}, dict(SIZES, type_vocab_size=1))
def obert(c, P, i):
    x = embed(c, P.under('embeddings.'), i['tok'])
    return {'hidden': stack(c, P, x), 'hidden_int8': stack(c, P, x, linear8)}


@system('11-dsformer', rows('hidden_size'), {'hidden_size': 12, 'num_attention_heads': 2, 'intermediate_size': 18, 'num_blocks': 3, 'rank': 5,
                                             'nnz': 2, 'num_hidden_layers': 1}, {'nnz': 1, 'num_blocks': 1})
def dsformer(c, P, i):
    b, m, n = c['num_blocks'], c['rank'], c['nnz']

    def factored(P, name, x, out):
        shape = (b, x.shape[-1], n)
        index = P(name + '.index', *shape, of=lambda rng, s: rng.random(s[:2] + (m,)).argsort(-1)[..., :n])
        S = np.zeros((b, m, x.shape[-1]))
        np.put_along_axis(S, index.transpose(0, 2, 1), P(name + '.value', *shape).transpose(0, 2, 1), 1)
        W = np.einsum('brm,bmi->bri', P(name + '.dense', b, out // b, m), S).reshape(out, -1)
        return x @ W.T + P(name + '.bias', out)
    return {'hidden': stack(c, P, i['x'], factored)}


def bytes_(c, rng):
    return [{'x': rng.integers(-128, 128, (n, c['in_features'])).astype(np.int8)} for n in (0, 1, 2, 5)]


@system('13-sparse-spmm', bytes_, {'out_features': 6, 'in_features': 9, 'block_rows': 2, 'block_cols': 3, 'x_scale': 0.01, 'y_scale': 0.1,
                                   'y_zero': 3})
def spmm(c, P, i):
    o, n = c['out_features'], c['in_features']
    acc = i['x'].astype(np.int64) @ P('weight', o, n, of=lambda rng, s: rng.integers(-128, 128, s).astype(np.int8)).T
    scale = P('weight_scale', o, of=lambda rng, s: rng.uniform(0.001, 0.02, s).astype(np.float32))
    y = scale * c['x_scale'] * acc + P('bias', o)
    return {'acc': acc, 'y': y, 'q': np.clip(np.round(gelu(y) / c['y_scale']) + c['y_zero'], 0, 255).astype(np.int64)}


def context(c, rng):
    h, e = c['num_heads'], c['head_dim']
    return [{'q': rng.normal(0, 3, (h, e)).astype(np.float32), 'k': rng.normal(0, 3, (n, h, e)).astype(np.float32),
             'v': rng.normal(0, 1, (n, h, e)).astype(np.float32)} for n in (0, 1, 2, 300)]


@system('19-leanattention', context, {'num_heads': 5, 'head_dim': 4}, {'num_heads': 1, 'head_dim': 1})
def leanattention(c, P, i):
    a = softmax(np.einsum('he,the->ht', i['q'], i['k']) / c['head_dim'] ** 0.5)
    return {'o': np.einsum('ht,the->he', a, i['v'])}


def typed(c, rng):
    return [{'tok': rng.integers(0, c['vocab_size'], n), 'type': rng.integers(0, c['type_vocab_size'], n)} for n in (1, 2, 9)]


@system('22-fralbert', typed, dict(SIZES, num_hidden_layers=5, num_hidden_groups=2, inner_group_num=3, embedding_size=4, type_vocab_size=3),
        {'num_hidden_groups': 5}, {'inner_group_num': 2, 'num_hidden_groups': 3})
def fralbert(c, P, i):
    d, g, eps, E = c['hidden_size'], c['embedding_size'], c['layer_norm_eps'], P.under('embeddings.')
    y = E('word_embeddings.weight', c['vocab_size'], g)[i['tok']] + E('position_embeddings.weight', c['max_position_embeddings'], g)[:len(i['tok'])]
    y = layernorm(E, 'LayerNorm', y + E('token_type_embeddings.weight', c['type_vocab_size'], g)[i['type']], eps)
    x = linear(P, 'encoder.embedding_hidden_mapping_in', y, d)
    for l in range(c['num_hidden_layers']):
        for k in range(c['inner_group_num']):
            B = P.under('encoder.albert_layer_groups.%d.albert_layers.%d.' % (l * c['num_hidden_groups'] // c['num_hidden_layers'], k))
            y = flat(attend(*mixed(c, B, x, linear, 'attention.')))
            x = layernorm(B, 'attention.LayerNorm', x + linear(B, 'attention.dense', y, d), eps)
            m = gelu_tanh(linear(B, 'ffn', x, c['intermediate_size']))
            x = layernorm(B, 'full_layer_layer_norm', x + linear(B, 'ffn_output', m, d), eps)
    return {'hidden': x, 'pooled': np.tanh(linear(P, 'pooler', x[0], d))}

"""29: wide attention, the seven functions of the folders 29-wide-*."""
import numpy as np

from .parts import attend, flat, gelu_tanh, layernorm, linear, relu, softmax, split, system, tokens

DRAW = tokens(bound='max_length', lengths=(0, 1, 2, 8, 19, 31))
SIZES = {'vocab_size': 21, 'hidden_size': 11, 'num_heads': 3, 'head_dim': 5, 'intermediate_size': 13, 'max_length': 31, 'num_classes': 4}


def frame(c, P, tok, mix):
    n, h = len(tok), c['num_heads']
    x = P('embed.weight', c['vocab_size'], c['hidden_size'])[tok] + P('pos_embed.weight', c['max_length'], c['hidden_size'])[:n]
    y = layernorm(P, 'norm1', x, 1e-6)
    parts = lambda name: split(linear(P, 'attention.' + name, y, h * c['head_dim']), h) if n else np.zeros((0, h, c['head_dim']))  # noqa
    x = x + linear(P, 'attention.out', flat(mix(parts)), c['hidden_size'])
    m = gelu_tanh(linear(P, 'mlp.fc1', layernorm(P, 'norm2', x, 1e-6), c['intermediate_size']))
    x = x + linear(P, 'mlp.fc2', m, c['hidden_size'])
    hidden = layernorm(P, 'norm', x, 1e-6)
    pooled = hidden.mean(0) if n else np.zeros(c['hidden_size'])
    return {'hidden': hidden, 'logits': linear(P, 'head', pooled, c['num_classes'])}


def seen(c, P, tok, see):
    return frame(c, P, tok, lambda part: attend(part('query'), part('key'), part('value'), see))


@system('29-wide-linear', DRAW, SIZES)
def wide_linear(c, P, i):
    phi = lambda u: np.where(u > 0, u + 1, np.exp(np.minimum(u, 0)))  # noqa

    def mix(part):
        q, k, w = phi(part('query')), phi(part('key')), part('value')
        s, z = np.einsum('the,thf->hef', k, w), k.sum(0)
        return np.einsum('the,hef->thf', q, s) / (np.einsum('the,he->th', q, z) + 1e-6)[..., None]
    return frame(c, P, i['tok'], mix)


@system('29-wide-local', DRAW, dict(SIZES, block_size=4), {'block_size': 1})
def local(c, P, i):
    b = np.arange(len(i['tok'])) // c['block_size']
    return seen(c, P, i['tok'], b[:, None] == b[None, :])


@system('29-wide-sparse', DRAW, {'pattern': 'strided'}, dict(SIZES, pattern='strided', bandwidth=3, stride=4),
        dict(SIZES, pattern='fixed', block_size=5, c=1))
def sparse(c, P, i):
    t, u = np.arange(len(i['tok']))[:, None], np.arange(len(i['tok']))[None, :]
    if c['pattern'] == 'fixed':
        b = c['block_size']
        see = (t // b == u // b) | (u % b == 0) | (u % b >= b - c['c'])
    else:
        see = (t - u < c['bandwidth']) | ((t - u) % c['stride'] == 0)
    return seen(c, P, i['tok'], see & (u <= t))


@system('29-wide-bigbird', DRAW, dict(SIZES, block_size=4, max_num_blocks=9, num_rand_blocks=3))
def bigbird(c, P, i):
    blocks, most = np.arange(len(i['tok'])) // c['block_size'], c['max_num_blocks']
    drawn = P('attention.rand_blocks', c['num_heads'], most, c['num_rand_blocks'], of=lambda rng, shape: rng.integers(0, most, shape))
    b, u = blocks[:, None], blocks[None, :]
    last = (len(i['tok']) - 1) // c['block_size']
    fixed = (abs(b - u) <= 1) | (u == 0) | (u == last) | (b == 0) | (b == last)
    chosen = (drawn[:, blocks][:, :, None, :] == u[None, :, :, None]).any(-1) if len(blocks) else np.zeros((c['num_heads'], 0, 0), bool)
    return seen(c, P, i['tok'], fixed[None] | chosen)


@system('29-wide-sinkhorn', DRAW, dict(SIZES, block_size=4, max_num_blocks=8, sinkhorn_iters=3, temperature=0.7), {'sinkhorn_iters': 0})
def sinkhorn(c, P, i):
    n, size, h, e = len(i['tok']), c['block_size'], c['num_heads'], c['head_dim']
    count = -(-n // size)
    weight = P('attention.sort_net.weight', c['max_num_blocks'], e)
    bias = P('attention.sort_net.bias', c['max_num_blocks'])

    def mix(part):
        q, k, w = part('query'), part('key'), part('value')
        if not n:
            return w
        pad = lambda x: np.concatenate([x, np.zeros((count * size - n, h, e))]).reshape(count, size, h, e)  # noqa
        r = (np.einsum('me,nhe->nhm', weight[:count], pad(k).sum(1)) + bias[:count]) / c['temperature']
        for _ in range(c['sinkhorn_iters']):
            r = r - np.log(np.exp(r).sum(2, keepdims=True))
            r = r - np.log(np.exp(r).sum(0, keepdims=True))
        ks, ws = (np.einsum('nhm,mshe->nshe', np.exp(r), pad(x))[:, :min(size, n)] for x in (k, w))
        b = np.arange(n) // size
        p = softmax(np.einsum('the,tshe->ths', q, ks[b]) / e ** 0.5)
        return attend(q, k, w, b[:, None] == b[None, :]) + np.einsum('ths,tshe->the', p, ws[b])
    return frame(c, P, i['tok'], mix)


@system('29-wide-synthesizer-dense', DRAW, SIZES)
def dense(c, P, i):
    n = len(i['tok'])

    def mix(part):
        u = relu(part('dense_syn'))
        s = np.einsum('je,the->htj', P('attention.dense_syn_len.weight', c['max_length'], c['head_dim'])[:n], u)
        s = s + P('attention.dense_syn_len.bias', c['max_length'])[:n]
        return np.einsum('htu,uhe->the', softmax(s), part('value'))
    return frame(c, P, i['tok'], mix)


@system('29-wide-synthesizer-random', DRAW, {'synthesizer_mode': 'random'}, dict(SIZES, synthesizer_mode='factorized_random', k=2))
def random(c, P, i):
    n, h, most = len(i['tok']), c['num_heads'], c['max_length']
    if c['synthesizer_mode'] == 'random':
        s = P('attention.random', h, most, most)
    else:
        s = P('attention.random1', h, most, c['k']) @ P('attention.random2', h, c['k'], most)
    return frame(c, P, i['tok'], lambda part: np.einsum('htu,uhe->the', softmax(s[:, :n, :n]), part('value')))



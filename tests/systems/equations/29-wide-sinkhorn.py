"""One wide layer: sinkhorn."""
from families import *

CONFIG = dict(vocab_size=33, hidden_size=14, num_heads=8, head_dim=3, intermediate_size=25, max_length=75, num_classes=5, block_size=9,
              max_num_blocks=10, sinkhorn_iters=5, temperature=1.3)
OPTIONS = [dict(vocab_size=21, hidden_size=11, num_heads=3, head_dim=5, intermediate_size=13, max_length=31, num_classes=4,
           block_size=4, max_num_blocks=8, sinkhorn_iters=3, temperature=0.7), dict(sinkhorn_iters=0)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (0, 1, 2, 8, 19, 31))


def outputs(c, P, i):
    n, size, h, e = len(i['tok']), c['block_size'], c['num_heads'], c['head_dim']
    count = -(-n // size)
    weight = P('attention.sort_net.weight', c['max_num_blocks'], e)
    bias = P('attention.sort_net.bias', c['max_num_blocks'])

    def mix(part):
        q, k, w = part('query'), part('key'), part('value')
        if not n:
            return w
        pad = lambda x: np.concatenate([x, np.zeros((count * size - n, h, e))]).reshape(count, size, h, e)
        r = (np.einsum('me,nhe->nhm', weight[:count], pad(k).sum(1)) + bias[:count]) / c['temperature']
        for _ in range(c['sinkhorn_iters']):
            r = r - np.log(np.exp(r).sum(2, keepdims=True))
            r = r - np.log(np.exp(r).sum(0, keepdims=True))
        ks, ws = (np.einsum('nhm,mshe->nshe', np.exp(r), pad(x))[:, :min(size, n)] for x in (k, w))
        b = np.arange(n) // size
        p = softmax(np.einsum('the,tshe->ths', q, ks[b]) / e ** 0.5)
        return attend(q, k, w, b[:, None] == b[None, :]) + flat(np.einsum('ths,tshe->the', p, ws[b]))
    return wide(c, P, i['tok'], mix)

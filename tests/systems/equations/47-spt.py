"""SPT: attention to the keys that share most codes; a routed feed-forward."""
from formulas import *

CONFIG = dict(vocab_size=11, max_positions=40, hidden_size=12, num_heads=2, d_codeword=2, n_codewords=3, sparse_coeff=8, num_layers=2,
              ffn_size=12, block_size=3, active_blocks=2, ffn_gate='none')
OPTIONS = [dict(ffn_gate='twice_prob'), dict(sparse_coeff=2, active_blocks=1, d_codeword=3), dict(sparse_coeff=1, active_blocks=4,
           block_size=2)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (0, 1, 2, 9, 20))


def attention(c, w, p, y):
    n, d, h, width = len(y), c['hidden_size'], c['num_heads'], c['d_codeword']
    e = d // h
    q, k, v = (linear(w, p + name, y, h, e) for name in 'qkv')
    book = w(p + 'quantizer.weight', e // width, c['n_codewords'], width, spread=0.7)

    def code(u):
        return np.abs(u.reshape(n, h, e // width, 1, width) - book).sum(axis=-1).argmin(axis=-1)
    same = (code(q)[:, None] == code(k)[None]).sum(axis=-1)
    keep = np.zeros((h, n, n), bool)
    for t in range(n):
        for j in range(h):
            keep[j, t, np.argsort(-same[t, :t + 1, j], kind='stable')[:-(-n // c['sparse_coeff'])]] = True
    s = np.clip(np.einsum('the,uhe->htu', q, k) / math.sqrt(e), -10, 10)
    return linear(w, p + 'o', np.einsum('htu,uhe->the', softmax(s, where=keep), v).reshape(n, d), d)


def feed(c, w, p, y):
    f, B, d = c['ffn_size'], c['block_size'], c['hidden_size']
    r = sigmoid(linear(w, p + 'router.0', y, f // B))
    top = np.zeros(r.shape, bool)
    for t in range(len(y)):
        top[t, np.argsort(-r[t], kind='stable')[:c['active_blocks']]] = True
    g = np.repeat(2 * r if c['ffn_gate'] == 'twice_prob' else np.ones(r.shape), B, 1)
    z = relu(g * linear(w, p + 'fc1', y, f)) * g * np.repeat(top, B, 1)
    return linear(w, p + 'fc2', z, d)


def outputs(c, w, x):
    d = c['hidden_size']
    y = w('embed.weight', c['vocab_size'], d, spread=1)[x['tok']] + w('pos.weight', c['max_positions'], d)[:len(x['tok'])]
    for l in range(c['num_layers']):
        y = y + attention(c, w, f'layer.{l}.attn.', layernorm(w, f'layer.{l}.norm1', y, 1e-5))
        y = y + feed(c, w, f'layer.{l}.ffn.', layernorm(w, f'layer.{l}.norm2', y, 1e-5))
    return dict(logits=linear(w, 'head', layernorm(w, 'norm', y, 1e-5), c['vocab_size']))

"""What the equations in equations/ have in common, in numpy and double precision: random weights, norms, attention, convolutions.

Nothing here knows sinter: these are the formulas of the papers and of the folders' READMEs."""
import math
import zlib

import numpy as np


class Weights:
    """Parameters that come to be when they are first asked for: float32 numbers, always the same for one seed and name. `stored` are
    those of a file, which are what they are. An axis of -1 may have any length."""

    def __init__(self, seed, stored=None):
        self.seed, self.made = seed, dict(stored or {})

    def _draw(self, name):
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    def __call__(self, name, *shape, around=0.0, spread=None):
        if name not in self.made:
            shape = tuple(2 if n < 0 else n for n in shape)
            spread = (1.3 / math.sqrt(shape[-1] or 1) if len(shape) > 1 else 0.3) if spread is None else spread
            self.made[name] = (around + spread * self._draw(name).standard_normal(shape)).astype(np.float32)
        got = self.made[name].shape
        assert len(got) == len(shape) and all(b in (a, -1) for a, b in zip(got, shape)), (name, got, shape)
        return self.made[name].astype(np.float64)

    def integers(self, name, shape, low, high, dtype=np.int64):
        if name not in self.made:
            self.made[name] = self._draw(name).integers(low, high, shape).astype(dtype)
        return self.made[name].astype(np.int64)

    def given(self, name, numbers):
        return self.made.setdefault(name, numbers)

    def under(self, prefix):
        return Under(self, prefix)


class Under:
    """The parameters below a prefix of names."""

    def __init__(self, weights, prefix):
        self.weights, self.prefix = weights, prefix

    def __call__(self, name, *shape, **more):
        return self.weights(self.prefix + name, *shape, **more)

    def given(self, name, numbers):
        return self.weights.given(self.prefix + name, numbers)

    def under(self, prefix):
        return Under(self.weights, self.prefix + prefix)


# ---- values ------------------------------------------------------------------------------------------------------------------------

erf = np.vectorize(math.erf, otypes=[float])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def silu(x):
    return x * sigmoid(x)


def relu(x):
    return np.maximum(x, 0)


def gelu(x):
    return x / 2 * (1 + erf(x / math.sqrt(2)))


def gelu_tanh(x):
    return x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))


def softplus(x):
    return np.log1p(np.exp(x))


def softmax(x, axis=-1, where=None):
    """Outside of `where` 0; of nothing all 0."""
    if x.shape[axis] == 0:
        return x
    seen = np.ones(x.shape, bool) if where is None else np.broadcast_to(where, x.shape)
    most = np.max(np.where(seen, x, -np.inf), axis=axis, keepdims=True)
    e = np.where(seen, np.exp(np.where(seen, x, 0) - np.where(np.isfinite(most), most, 0)), 0)
    total = e.sum(axis=axis, keepdims=True)
    return e / np.where(total == 0, 1, total)


def mean(x, axis):
    return x.sum(axis=axis) / max(x.shape[axis], 1)


# ---- layers ------------------------------------------------------------------------------------------------------------------------

def linear(w, name, x, *out, bias=True):
    """x[.., i] -> [.., *out] by the stored [out, i]."""
    y = x @ w(name + '.weight', math.prod(out), x.shape[-1]).T
    if bias:
        y = y + w(name + '.bias', math.prod(out))
    return y.reshape(x.shape[:-1] + out)


def standard(x, eps):
    mu = x.mean(axis=-1, keepdims=True)
    return (x - mu) / np.sqrt(((x - mu) ** 2).mean(axis=-1, keepdims=True) + eps)


def layernorm(w, name, x, eps, bias=True):
    y = standard(x, eps) * w(name + '.weight', x.shape[-1], around=1)
    return y + w(name + '.bias', x.shape[-1]) if bias else y


def unit(x, eps):
    return x / np.sqrt((x ** 2).mean(axis=-1, keepdims=True) + eps)


def rmsnorm(w, name, x, eps, plus=0):
    return unit(x, eps) * (plus + w(name + '.weight', x.shape[-1], around=1 - plus))


def rope(x, base, rotated=None, pairs=False, first=0):
    """x[t, .., e]: the first `rotated` of e turn with first + t; halves together, or neighbours."""
    n, e = x.shape[0], x.shape[-1]
    r = e if rotated is None else rotated
    y = x.copy()
    for t in range(n):
        for j in range(r // 2):
            a, b = (2 * j, 2 * j + 1) if pairs else (j, j + r // 2)
            c, s = (f((first + t) * base ** (-2 * j / r)) for f in (math.cos, math.sin))
            y[t, ..., a] = x[t, ..., a] * c - x[t, ..., b] * s
            y[t, ..., b] = x[t, ..., b] * c + x[t, ..., a] * s
    return y


def attend(q, k, v, see=None, scale=None):
    """q[t,h,e], k[u,h,e], v[u,h,w] -> [t,h*w]; see[t,u] or [h,t,u]. Fewer heads of k and v serve groups of q's."""
    times = q.shape[1] // k.shape[1]
    k, v = np.repeat(k, times, axis=1), np.repeat(v, times, axis=1)
    s = np.einsum('the,uhe->htu', q, k) * (1 / math.sqrt(q.shape[2]) if scale is None else scale)
    return np.einsum('htu,uhw->thw', softmax(s, where=see), v).reshape(q.shape[0], q.shape[1] * v.shape[2])


def flat(x):
    """x[t,h,e] -> [t,h*e]"""
    return x.reshape(len(x), math.prod(x.shape[1:]))


def causal(n):
    return np.tril(np.ones((n, n), bool))


def distance(n):
    """t - t' at [t, t']."""
    return np.arange(n)[:, None] - np.arange(n)[None]


def causal_conv(x, weight):
    """x[t,c], weight[c,1,k]: the last tap is the position itself."""
    taps = weight.shape[2]
    past = np.concatenate([np.zeros((taps - 1, x.shape[1])), x])
    return sum(past[k:k + len(x)] * weight[:, 0, k] for k in range(taps))


def conv2d(x, weight, stride=1, pad=0):
    """x[i,y,x], weight[o,i,k,k]; 0 outside."""
    k = weight.shape[2]
    x = np.pad(x, ((0, 0), (pad, pad), (pad, pad)))
    rows, columns = (x.shape[1] - k) // stride + 1, (x.shape[2] - k) // stride + 1
    y = np.zeros((weight.shape[0], rows, columns))
    for a in range(rows):
        for b in range(columns):
            y[:, a, b] = np.einsum('oiyx,iyx->o', weight, x[:, a * stride:a * stride + k, b * stride:b * stride + k])
    return y


def maxpool2d(x, k, stride, pad):
    """Positions outside are left out."""
    x = np.pad(x, ((0, 0), (pad, pad), (pad, pad)), constant_values=-np.inf)
    rows, columns = (x.shape[1] - k) // stride + 1, (x.shape[2] - k) // stride + 1
    return np.array([[[x[c, a * stride:a * stride + k, b * stride:b * stride + k].max() for b in range(columns)] for a in range(rows)]
                     for c in range(len(x))])


def gated(w, p, x, f, act, bias=False):
    m = act(linear(w, p + 'gate_proj', x, f, bias=bias)) * linear(w, p + 'up_proj', x, f, bias=bias)
    return linear(w, p + 'down_proj', m, x.shape[-1], bias=bias)


def llama(c, w, tok, see, feed=None):
    """Llama whose layer l attends where see(l)[t,t'] says (None: not at all), with another feed-forward if given."""
    d, eps = c['hidden_size'], c['rms_norm_eps']
    H, G, e = c['num_attention_heads'], c['num_key_value_heads'], d // c['num_attention_heads']
    x = w('model.embed_tokens.weight', c['vocab_size'], d)[tok]
    for l in range(c['num_hidden_layers']):
        p = f'model.layers.{l}.'
        if see(l) is not None:
            u = rmsnorm(w, p + 'input_layernorm', x, eps)
            q = rope(linear(w, p + 'self_attn.q_proj', u, H, e, bias=False), c['rope_theta'])
            k = rope(linear(w, p + 'self_attn.k_proj', u, G, e, bias=False), c['rope_theta'])
            v = linear(w, p + 'self_attn.v_proj', u, G, e, bias=False)
            x = x + linear(w, p + 'self_attn.o_proj', attend(q, k, v, see(l)), d, bias=False)
        u = rmsnorm(w, p + 'post_attention_layernorm', x, eps)
        x = x + (feed(l, p + 'mlp.', u) if feed else gated(w, p + 'mlp.', u, c['intermediate_size'], silu))
    return linear(w, 'lm_head', rmsnorm(w, 'model.norm', x, eps), c['vocab_size'], bias=False)


def bert_embeddings(c, w, p, tok):
    d = c['hidden_size']
    x = w(p + 'word_embeddings.weight', c['vocab_size'], d)[tok]
    x = x + w(p + 'position_embeddings.weight', c['max_position_embeddings'], d)[:len(tok)]
    x = x + w(p + 'token_type_embeddings.weight', c.get('type_vocab_size', 2), d)[0]
    return layernorm(w, p + 'LayerNorm', x, c['layer_norm_eps'])


def bert_layer(c, w, p, x, dense=linear):
    """dense(w, name, x, out): a linear layer, or what stands for it."""
    d, h, eps = c['hidden_size'], c['num_attention_heads'], c['layer_norm_eps']
    q, k, v = (dense(w, p + f'attention.self.{name}', x, d).reshape(len(x), h, d // h) for name in ('query', 'key', 'value'))
    x = layernorm(w, p + 'attention.output.LayerNorm', x + dense(w, p + 'attention.output.dense', attend(q, k, v), d), eps)
    m = gelu(dense(w, p + 'intermediate.dense', x, c['intermediate_size']))
    return layernorm(w, p + 'output.LayerNorm', x + dense(w, p + 'output.dense', m, d), eps)


def wide(c, w, tok, attention):
    """One layer of the wide attention systems; attention(y) -> [t, h*e]."""
    d = c['hidden_size']
    x = w('embed.weight', c['vocab_size'], d, spread=1)[tok] + w('pos_embed.weight', c['max_length'], d)[:len(tok)]
    x = x + linear(w, 'attention.out', attention(layernorm(w, 'norm1', x, 1e-6)), d)
    x = x + linear(w, 'mlp.fc2', gelu_tanh(linear(w, 'mlp.fc1', layernorm(w, 'norm2', x, 1e-6), c['intermediate_size'])), d)
    hidden = layernorm(w, 'norm', x, 1e-6)
    return dict(hidden=hidden, logits=linear(w, 'head', mean(hidden, 0), c['num_classes']))


# ---- inputs ------------------------------------------------------------------------------------------------------------------------

def tokens(draw, size, lengths=(0, 1, 2, 9), name='tok', low=0):
    return [{name: draw.integers(low, size, n)} for n in lengths]


def vectors(draw, width, lengths=(0, 1, 2, 9), name='x'):
    return [{name: draw.standard_normal((n, width)).astype(np.float32)} for n in lengths]


def images(draw, channels, sizes, name='img'):
    return [{name: draw.standard_normal((channels,) + size).astype(np.float32)} for size in sizes]

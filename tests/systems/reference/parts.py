"""What the small Python functions of this folder share: parameters that are stored or drawn, and the layers that many systems have.

Each function is written from the README of its observed folder, not from the model text: it is what the text is compared with where no
observed result exists (other values of options, other sizes). On the folder's own data it has to give the folder's own results."""
import zlib

import numpy as np

SYSTEMS = {}  # name -> System


class System:
    def __init__(self, function, draw, variants):
        self.function, self.draw, self.variants = function, draw, variants


def system(name, draw, *variants):
    """Registers function(c, P, inputs) -> outputs of one sequence; draw(c, rng) -> inputs of some sequences; variants: changes of the config."""
    def register(function):
        SYSTEMS[name] = System(function, draw, variants)
        return function
    return register


class Params:
    """P(name, *shape): stored ones by name; where `draw` is set, one that is not there is drawn, so that every nonlinearity matters."""

    def __init__(self, stored, draw=False):
        self.stored, self.draw = dict(stored), draw

    def __call__(self, name, *shape, of=None):
        """of(rng, shape): how to draw it, where it is none of the usual kinds. An axis of -1 may have any length."""
        if name not in self.stored and self.draw:
            shape = tuple(2 if n < 0 else n for n in shape)
            rng = np.random.default_rng(zlib.crc32(name.encode()))
            norm = any(word in name.lower() for word in ('norm', 'ln_', '_ln.', 'layernorm'))
            if of:
                self.stored[name] = np.asarray(of(rng, shape))
            elif name.endswith('bias'):
                self.stored[name] = rng.normal(0, 0.3, shape).astype(np.float32)
            elif norm and len(shape) == 1:
                self.stored[name] = rng.normal(1, 0.3, shape).astype(np.float32)
            else:
                self.stored[name] = (rng.normal(0, 1, shape) * 1.4 / max(1, shape[-1] if len(shape) > 1 else 1) ** 0.5).astype(np.float32)
        x = self.stored[name]
        assert x.ndim == len(shape) and all(a in (b, -1) for b, a in zip(x.shape, shape)), (name, x.shape, shape)
        return x.astype(np.float64) if x.dtype.kind == 'f' else x.astype(np.int64)

    def under(self, prefix):
        return Under(self, prefix)


class Under:
    """Parameters below a prefix of names."""

    def __init__(self, P, prefix):
        self.P, self.prefix = P, prefix

    def __call__(self, name, *shape, **more):
        return self.P(self.prefix + name, *shape, **more)

    def under(self, prefix):
        return Under(self.P, self.prefix + prefix)


# ---- what is drawn -----------------------------------------------------------------------------------------------------------------

LENGTHS = (0, 1, 2, 7, 13)


def tokens(key='vocab_size', lengths=LENGTHS, bound=None, low=0):
    """tok[t] of these lengths, none longer than the config key `bound` says."""
    def draw(c, rng):
        return [{'tok': rng.integers(low, c[key], min(n, c[bound] if bound else n))} for n in lengths]
    return draw


def rows(key, lengths=LENGTHS):
    def draw(c, rng):
        return [{'x': rng.normal(0, 1, (n, c[key])).astype(np.float32)} for n in lengths]
    return draw


# ---- layers ------------------------------------------------------------------------------------------------------------------------

def erf(x):
    """Abramowitz & Stegun 7.1.5 and 7.1.14: the series near 0, the continued fraction farther out."""
    x = np.asarray(x, np.float64)
    near, a = np.clip(x, -3, 3), np.maximum(np.abs(x), 2)
    term, total = near.copy(), near.copy()
    for n in range(1, 80):
        term = term * -near * near / n
        total = total + term / (2 * n + 1)
    fraction = a.copy()
    for n in range(120, 0, -1):
        fraction = a + n / 2 / fraction
    far = np.sign(x) * (1 - np.exp(-a * a) / fraction / np.sqrt(np.pi))
    return np.where(np.abs(x) < 2.5, 2 / np.sqrt(np.pi) * total, far)


def gelu(x):
    return x / 2 * (1 + erf(x / np.sqrt(2)))


def gelu_tanh(x):
    return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3)))


def relu(x):
    return np.maximum(x, 0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def silu(x):
    return x * sigmoid(x)


def softplus(x):
    return np.logaddexp(0, x)


def linear(P, name, x, out, bias=True):
    y = x @ P(name + '.weight', out, x.shape[-1]).T
    return y + P(name + '.bias', out) if bias else y


def standardize(x, eps):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + eps)


def layernorm(P, name, x, eps):
    return standardize(x, eps) * P(name + '.weight', x.shape[-1]) + P(name + '.bias', x.shape[-1])


def rms(P, name, x, eps):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * P(name + '.weight', x.shape[-1])


def split(x, heads):
    return x.reshape(len(x), heads, -1)


def softmax(s, see=True):
    """Over the last axis, of what is seen; of nothing 0."""
    s = np.where(see, s, -np.inf)
    if s.shape[-1] == 0:
        return s
    top = s.max(-1, keepdims=True)
    p = np.exp(s - np.where(np.isfinite(top), top, 0))
    return p / np.maximum(p.sum(-1, keepdims=True), 1e-300)


def attend(q, k, w, see=True, scale=None):
    """q[t,h,e], k[u,h,e], w[u,h,e], see[t,u] or [h,t,u]"""
    s = np.einsum('the,uhe->htu', q, k) * (q.shape[-1] ** -0.5 if scale is None else scale)
    return np.einsum('htu,uhe->the', softmax(s, see), w)


def flat(x):
    return x.reshape(len(x), x.shape[1] * x.shape[2])


def causal(n):
    return np.arange(n)[None, :] <= np.arange(n)[:, None]


def rope(x, base, rotated, first=0):
    """x[t,h,e]: halves together"""
    half = rotated // 2
    angle = (first + np.arange(len(x)))[:, None, None] * float(base) ** (-2 * np.arange(half) / rotated)
    a, b, rest = x[..., :half], x[..., half:rotated], x[..., rotated:]
    return np.concatenate([a * np.cos(angle) - b * np.sin(angle), b * np.cos(angle) + a * np.sin(angle), rest], -1)

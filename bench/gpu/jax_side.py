"""The same encoder in JAX: attention by cuDNN, which is told the lengths; padded to the longest sequence of all draws, so that there is one program."""
import time as clock

import numpy as np

import encoder
from torch_side import AT_ONCE


class Jax:
    def __init__(self, name, tensors, draws, dtype):
        import jax
        import jax.numpy as jnp
        self.jax, self.draws = jax, draws
        self.layers, self.heads, self.width = encoder.SHAPES[name]
        self.d, self.longest = self.heads * self.width, max(map(max, draws))
        kind = getattr(jnp, dtype)
        self.w = {k: jnp.asarray(x, kind) for k, x in tensors.items()}
        rows = encoder.numbers(max(map(sum, draws)) * self.d).reshape(-1, self.d)
        self.given = []
        for lengths in draws:
            x, at = np.zeros((len(lengths), self.longest, self.d), 'f4'), 0
            for s, n in enumerate(lengths):
                x[s, :n] = rows[at:at + n]
                at += n
            self.given.append((jnp.asarray(x, kind), jnp.asarray(lengths, 'int32')))
        self.run = jax.jit(self.whole)

    def whole(self, w, x, lengths):
        jax, jnp = self.jax, self.jax.numpy

        def linear(y, l, p):
            return y @ w[f'layer.{l}.{p}.weight'].T + w[f'layer.{l}.{p}.bias']

        def norm(y, l, p):
            z = y.astype('float32')
            z = z - z.mean(-1, keepdims=True)
            z = z * jax.lax.rsqrt((z * z).mean(-1, keepdims=True) + 1e-12)
            return z.astype(y.dtype) * w[f'layer.{l}.{p}.weight'] + w[f'layer.{l}.{p}.bias']

        for l in range(self.layers):
            q, k, v = (linear(x, l, p).reshape(*x.shape[:2], self.heads, self.width) for p in 'qkv')
            o = jax.nn.dot_product_attention(q, k, v, query_seq_lengths=lengths, key_value_seq_lengths=lengths,
                                             implementation='cudnn' if jax.default_backend() == 'gpu' else None)
            x = norm(x + linear(o.reshape(x.shape), l, 'o'), l, 'norm1')
            x = norm(x + linear(jax.nn.gelu(linear(x, l, 'up'), approximate=False), l, 'down'), l, 'norm2')
        return jnp.asarray(x)

    def times(self, batches, warm):
        times = []
        for k in range(-warm, batches, AT_ONCE):
            begin = clock.perf_counter()
            outs = [self.run(self.w, *self.given[(k + warm + i) % len(self.draws)]) for i in range(AT_ONCE)]
            self.jax.block_until_ready(outs)
            times += [(clock.perf_counter() - begin) * 1e3 / AT_ONCE] * (AT_ONCE if k >= 0 else 0)
        return times

    def output(self):
        out = np.asarray(self.run(self.w, *self.given[0]).astype('float32'))
        return np.concatenate([out[s, :n] for s, n in enumerate(self.draws[0])])

"""The encoder that is measured: its text, and random weights for it and for torch."""
import json
import pathlib

import numpy as np

TEXT = """model encoder
dim d = {d}, h = {heads}, e = {width}, f = {f}
ragged t <= {longest}
weights "encoder.safetensors"
input x[t,d]: real
for l in 0..{layers} under "layer.{{l}}" {{
  q[t,h,e] = linear[d->h,e]("q", x)
  k[t,h,e] = linear[d->h,e]("k", x)
  v[t,h,e] = linear[d->h,e]("v", x)
  a[h,t,t'] = softmax[t'] sum[e] q[t,h,e] * k[t',h,e] / sqrt(len(e))
  o[t,h,e] = sum[t'] a[h,t,t'] * v[t',h,e]
  x = layernorm("norm1", x + linear[h,e->d]("o", o), 1e-12)
  x = layernorm("norm2", x + linear[f->d]("down", gelu(linear[d->f]("up", x))), 1e-12)
}}
output y[t,d] = x[t,d]
"""
ATTENTION = """model encoder
dim h = {heads}, e = {width}
ragged t <= {longest}
input q[t,h,e]: real
input k[t,h,e]: real
input v[t,h,e]: real
a[h,t,t'] = softmax[t'] sum[e] q[t,h,e] * k[t',h,e] / sqrt(len(e))
output y[t,h,e] = sum[t'] a[h,t,t'] * v[t',h,e]
"""
SHAPES = {'base': (12, 12, 64), 'large': (24, 16, 64), 'tiny': (2, 2, 16),
          'attention': (0, 16, 64), 'tiny attention': (0, 2, 16)}  # layers, heads, their size; 0: attention alone


def write(folder, name, longest):
    """encoder.sinter and encoder.safetensors in a folder."""
    folder = pathlib.Path(folder)
    layers, heads, width = SHAPES[name]
    d, f = heads * width, 4 * heads * width
    (folder / 'encoder.sinter').write_text((TEXT if layers else ATTENTION).format(d=d, heads=heads, width=width, f=f, longest=longest, layers=layers))
    random, tensors = np.random.default_rng(17), {}
    for layer in range(layers):
        for part, shape in (('q', (d, d)), ('k', (d, d)), ('v', (d, d)), ('o', (d, d)), ('up', (f, d)), ('down', (d, f))):
            tensors[f'layer.{layer}.{part}.weight'] = (random.standard_normal(shape) / shape[1] ** 0.5).astype('f4')
            tensors[f'layer.{layer}.{part}.bias'] = (random.standard_normal(shape[0]) * 0.02).astype('f4')
        for part in ('norm1', 'norm2'):
            tensors[f'layer.{layer}.{part}.weight'] = (1 + random.standard_normal(d) * 0.02).astype('f4')
            tensors[f'layer.{layer}.{part}.bias'] = (random.standard_normal(d) * 0.02).astype('f4')
    header, at = {}, 0
    for key, x in tensors.items():
        header[key] = {'dtype': 'F32', 'shape': list(x.shape), 'data_offsets': [at, at + x.nbytes]}
        at += x.nbytes
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(folder / 'encoder.safetensors', 'wb') as file:
        file.write(len(text).to_bytes(8, 'little') + text)
        for x in tensors.values():
            file.write(x.tobytes())
    return tensors


def flops(name, lengths):
    """Of valid tokens."""
    layers, heads, width = SHAPES[name]
    d = heads * width
    if not layers:
        return sum(4 * d * n * n for n in lengths)
    return layers * sum(24 * d * d * n + 4 * d * n * n for n in lengths)


def moved(name, lengths):
    """Bytes that any program moves at least, in halves: weights once, each tensor between two of its kernels once written and once read."""
    layers, heads, width = SHAPES[name]
    d, tokens = heads * width, sum(lengths)
    if not layers:
        return 2 * 4 * d * tokens
    return layers * 2 * (12 * d * d + 2 * (3 + 1 + 1 + 4 + 1) * d * tokens)


def numbers(count):
    """What sinter_side.c fills x with."""
    i = np.arange(count, dtype=np.uint64)
    mixed = (i * np.uint64(2654435761) >> np.uint64(8)) % np.uint64(2048)  # the product fits in 64 bits
    return mixed.astype('f4') / np.float32(1024) - np.float32(1)


def checksum(y):
    """What sinter_side.c prints of y."""
    flat = np.asarray(y, 'f8').ravel()
    return float((flat * (np.arange(flat.size) % 7 - 3)).sum())


def size(y):
    """How large a checksum is if signs fall as they may: what its error is measured in."""
    flat = np.asarray(y, 'f8').ravel()
    return float(np.sqrt(((flat * (np.arange(flat.size) % 7 - 3)) ** 2).sum()))

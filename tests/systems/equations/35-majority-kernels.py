"""Majority Kernels: a convolutional net of mean kernels."""
from formulas import *

CONFIG = dict(in_channels=2, channels=[3, 4], kernel_size=3, pool=[True, False], fc_size=5, num_classes=3, expansion=2)
OPTIONS = [dict(pool=[False, True]), dict(pool=[False, False], kernel_size=5), dict(channels=[3], pool=[True], expansion=1)]


def inputs(c, draw):
    return images(draw, c['in_channels'], [(4, 4), (5, 7), (9, 6)])


def outputs(c, w, x):
    m, k, u = c['expansion'], c['kernel_size'], x['img']
    for l, o in enumerate(c['channels']):
        kernel = w(f'conv.{l}.kernels', m, o, len(u), k, k, spread=0.4).mean(axis=0)
        u = relu(conv2d(u, kernel, 1, k // 2) + w(f'conv.{l}.biases', m, o).mean(axis=0)[:, None, None])
        u = maxpool2d(u, 2, 2, 0) if c['pool'][l] else u
    u = u.mean(axis=(1, 2))
    u = relu(w('fc.kernels', m, c['fc_size'], len(u)).mean(axis=0) @ u + w('fc.biases', m, c['fc_size']).mean(axis=0))
    return dict(logits=w('head.kernels', m, c['num_classes'], len(u)).mean(axis=0) @ u + w('head.biases', m, c['num_classes']).mean(axis=0))

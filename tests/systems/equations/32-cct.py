"""CCT on images."""
from families import *

CONFIG = dict(n_input_channels=2, img_height=9, img_width=11, n_conv_layers=2, kernel_size=3, stride=1, padding=1, pooling_kernel_size=3,
              pooling_stride=2, pooling_padding=1, in_planes=5, embedding_dim=8, num_layers=2, num_heads=2, mlp_ratio=1.5, num_classes=3,
              positional_embedding='learnable')
OPTIONS = [dict(positional_embedding='none'), dict(positional_embedding='sine', n_conv_layers=1),
           dict(kernel_size=4, stride=2, padding=2, pooling_kernel_size=2, pooling_padding=0, n_conv_layers=1),
           dict(n_conv_layers=3, pooling_stride=1, num_heads=4)]


def inputs(c, draw):
    return images(draw, c['n_input_channels'], [(c['img_height'], c['img_width'])] * 2)


def outputs(c, w, x):
    u = x['img']
    for j in range(c['n_conv_layers']):
        o = c['embedding_dim'] if j + 1 == c['n_conv_layers'] else c['in_planes']
        kernel = w(f'tokenizer.conv_layers.{j}.0.weight', o, len(u), c['kernel_size'], c['kernel_size'], spread=0.4)
        u = relu(conv2d(u, kernel, c['stride'], c['padding']))
        u = maxpool2d(u, c['pooling_kernel_size'], c['pooling_stride'], c['pooling_padding'])
    x = u.reshape(len(u), -1).T
    if c['positional_embedding'] != 'none':
        x = x + w('classifier.positional_emb', 1, len(x), len(u))[0]
    return dict(logits=cct(c, w, x))

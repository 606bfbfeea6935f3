"""Chunks made by the data, between Mamba-2 layers."""
from families import *

CONFIG = dict(d_model=[8, 12], d_intermediate=[0, 14], num_heads=[2, 2], rotary_emb_dim=[0, 4], num_main_layers=1, num_outer_layers=1,
              ssm_cfg=dict(d_state=5, d_conv=4, expand=2, headdim=4))
OPTIONS = [dict(num_outer_layers=2, d_model=[6, 16], rotary_emb_dim=[0, 8], ssm_cfg=dict(d_state=3, d_conv=2, expand=3, headdim=6)),
           dict(num_outer_layers=0)]


def inputs(c, draw):
    return [{'x': draw.normal(0, 1, (n, c['d_model'][0])).astype(np.float32)} for n in (0, 1, 2, 9, 17)]


def outputs(c, P, i):
    def outer(side, x):
        for l in range(c['num_outer_layers']):
            L = P.under(f'{side}.layers.{l}.')
            x = x + mamba(c, L.under('mixer.'), rmsnorm(L, 'norm1', x, 1e-5))
        return rmsnorm(P, side + '.rmsnorm', x, 1e-5)
    return hnet(c, P, i['x'], outer)

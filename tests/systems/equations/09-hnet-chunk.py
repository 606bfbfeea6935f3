"""Chunks made by the data."""
from families import *

CONFIG = dict(d_model=[8, 12], d_intermediate=[0, 18], num_heads=[2, 3], rotary_emb_dim=[0, 2], num_main_layers=1)
OPTIONS = [dict(d_model=[6, 16], d_intermediate=[0, 9], num_heads=[2, 2], rotary_emb_dim=[0, 6], num_main_layers=2)]


def inputs(c, draw):
    return [{'x': draw.normal(0, 1, (n, c['d_model'][0])).astype(np.float32)} for n in (0, 1, 2, 9, 17)]


def outputs(c, P, i):
    return hnet(c, P, i['x'], lambda side, x: x)

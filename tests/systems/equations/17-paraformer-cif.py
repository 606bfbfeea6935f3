"""Paraformer: SAN-M encoder, integrate and fire as a loop."""
from formulas import *

CONFIG = dict(input_size=4, output_size=6, attention_heads=2, linear_units=7, kernel_size=3, sanm_shift=0, num_blocks=2, l_order=1, r_order=1,
              smooth_factor=1.1, noise_threshold=0.0, tail_threshold=0.45)
OPTIONS = [dict(sanm_shift=1, kernel_size=5), dict(noise_threshold=0.2, l_order=0, r_order=2), dict(smooth_factor=0.6, tail_threshold=0.3, num_blocks=1),
           dict(l_order=2, r_order=0, attention_heads=1)]


def inputs(c, draw):
    return vectors(draw, c['input_size'], (0, 1, 2, 9, 14))


def block(c, w, p, x, residual):
    d, h, J, n = c['output_size'], c['attention_heads'], c['kernel_size'], len(x)
    z = linear(w, p + 'self_attn.linear_q_k_v', layernorm(w, p + 'norm1', x, 1e-12), 3, d)
    q, k, v = (z[:, a].reshape(n, h, d // h) for a in range(3))
    kernel, m = w(p + 'self_attn.fsmn_block.weight', d, 1, J, spread=0.4)[:, 0], z[:, 2].copy()
    for t in range(n):
        for j in range(J):
            at = t + j - (J - 1) // 2 - c['sanm_shift']
            m[t] += kernel[:, j] * z[at, 2] if 0 <= at < n else 0
    a = linear(w, p + 'self_attn.linear_out', attend(q, k, v), d) + m
    x = x + a if residual else a
    f = relu(linear(w, p + 'feed_forward.w_1', layernorm(w, p + 'norm2', x, 1e-12), c['linear_units']))
    return x + linear(w, p + 'feed_forward.w_2', f, d)


def outputs(c, w, x):
    d, I, x = c['output_size'], c['input_size'], x['x']
    n, speed = len(x), 10000.0 ** (-np.arange(I // 2) / (I / 2 - 1))
    angle = np.arange(1, n + 1)[:, None] * speed
    x = math.sqrt(d) * x + np.concatenate([np.sin(angle), np.cos(angle)], axis=1)
    for b in range(c['num_blocks']):
        x = block(c, w, 'encoder.encoders0.0.' if b == 0 else f'encoder.encoders.{b - 1}.', x, b > 0)
    H = layernorm(w, 'encoder.after_norm', x, 1e-12)
    taps = c['l_order'] + c['r_order'] + 1
    kernel, around = w('predictor.cif_conv1d.weight', d, d, taps, spread=0.4), np.pad(H, ((c['l_order'], c['r_order']), (0, 0)))
    z = w('predictor.cif_conv1d.bias', d) + np.array([np.einsum('oij,ji->o', kernel, around[t:t + taps]) for t in range(n)]).reshape(n, d)
    alpha = np.maximum(0, c['smooth_factor'] * sigmoid(linear(w, 'predictor.cif_output', relu(z), 1)[:, 0]) - c['noise_threshold'])
    emb, total, token = [], 0.0, np.zeros(d)
    for a, frame in zip(np.append(alpha, c['tail_threshold']), np.concatenate([H, np.zeros((1, d))])):
        if total + a < 1:
            total, token = total + a, token + a * frame
        else:
            emb.append(token + (1 - total) * frame)
            total = total + a - 1
            token = total * frame
    return dict(alpha=alpha, count=np.array(len(emb)), emb=np.array(emb).reshape(-1, d))

"""A-SDM: a UNet with conditional kernels, one step and a DDIM loop."""
from formulas import *

CONFIG = dict(in_channels=2, block_out_channels=[4, 6], norm_num_groups=2, layers_per_block=1, cross_attention_dim=3, num_heads=[2, 3],
              down_attention=[True, False], num_experts=3, conditional_convs=['mid_block.resnets.0.conv1'], timesteps=[700, 20],
              alphas_cumprod=[0.1, 0.5, 0.99])
OPTIONS = [dict(conditional_convs=['up_blocks.0.resnets.1.conv2', 'down_blocks.0.resnets.0.conv1'], down_attention=[False, True]),
           dict(block_out_channels=[4], num_heads=[4], down_attention=[False], layers_per_block=2, conditional_convs=[], timesteps=[9],
                alphas_cumprod=[0.3, 0.7]),
           dict(block_out_channels=[2, 4, 8], num_heads=[1, 2, 4], down_attention=[False, True, False])]


def inputs(c, draw):
    step = 2 ** (len(c['block_out_channels']) - 1)
    return [dict(x=draw.standard_normal((c['in_channels'], a * step, b * step)).astype(np.float32),
                 ctx=draw.standard_normal((s, c['cross_attention_dim'])).astype(np.float32)) for a, b, s in ((1, 1, 1), (2, 1, 4), (1, 3, 2))]


def outputs(c, w, x):
    widths, pushes = c['block_out_channels'], c['layers_per_block'] + 1

    def norm(name, u, eps):
        g = u.reshape(c['norm_num_groups'], -1)
        g = ((g - g.mean(axis=1, keepdims=True)) / np.sqrt(g.var(axis=1, keepdims=True) + eps)).reshape(u.shape)
        return g * w(name + '.weight', len(u), around=1)[:, None, None] + w(name + '.bias', len(u))[:, None, None]

    def conv(name, u, to, step=1, size=3):
        if name in c['conditional_convs']:
            gate = sigmoid(w(name + '.router.weight', c['num_experts'], len(u)) @ u.mean(axis=(1, 2)) + w(name + '.router.bias', c['num_experts']))
            kernel = np.einsum('e,eoiyx->oiyx', gate, w(name + '.experts.weight', c['num_experts'], to, len(u), 3, 3, spread=0.4))
        else:
            kernel = w(name + '.weight', to, len(u), size, size, spread=0.4)
        return conv2d(u, kernel, step, size // 2) + w(name + '.bias', to)[:, None, None]

    def res(p, u, te, to):
        y = conv(p + 'conv1', silu(norm(p + 'norm1', u, 1e-5)), to) + linear(w, p + 'time_emb_proj', silu(te), to)[:, None, None]
        y = conv(p + 'conv2', silu(norm(p + 'norm2', y, 1e-5)), to)
        return y + (u if len(u) == to else conv(p + 'conv_shortcut', u, to, size=1))

    def attention(p, a, b, h):
        q, k, v = (linear(w, p + n, y, h, a.shape[1] // h, bias=False) for n, y in (('to_q', a), ('to_k', b), ('to_v', b)))
        return linear(w, p + 'to_out.0', attend(q, k, v), a.shape[1])

    def transform(p, u, h):
        n, f, b = len(u), 4 * len(u), p + 'transformer_blocks.0.'
        y = conv(p + 'proj_in', norm(p + 'norm', u, 1e-6), n, size=1).reshape(n, -1).T
        z = layernorm(w, b + 'norm1', y, 1e-5)
        y = y + attention(b + 'attn1.', z, z, h)
        y = y + attention(b + 'attn2.', layernorm(w, b + 'norm2', y, 1e-5), x['ctx'], h)
        z = linear(w, b + 'ff.net.0.proj', layernorm(w, b + 'norm3', y, 1e-5), 2, f)
        y = y + linear(w, b + 'ff.net.2', z[:, 0] * gelu(z[:, 1]), n)
        return u + conv(p + 'proj_out', y.T.reshape(u.shape), n, size=1)

    def unet(u, at):
        half = widths[0] // 2
        angle = at * np.exp(-math.log(10000) * np.arange(half) / half)
        te = linear(w, 'time_embedding.linear_1', np.concatenate([np.cos(angle), np.sin(angle)]), 4 * widths[0])
        te = linear(w, 'time_embedding.linear_2', silu(te), 4 * widths[0])
        u = conv('conv_in', u, widths[0])
        skips, last = [u], len(widths) - 1
        for s in range(len(widths)):
            for j in range(c['layers_per_block']):
                u = res(f'down_blocks.{s}.resnets.{j}.', u, te, widths[s])
                u = transform(f'down_blocks.{s}.attentions.{j}.', u, c['num_heads'][s]) if c['down_attention'][s] else u
                skips.append(u)
            if s < last:
                u = conv(f'down_blocks.{s}.downsamplers.0.conv', u, widths[s], 2)
                skips.append(u)
        u = res('mid_block.resnets.0.', u, te, widths[-1])
        u = transform('mid_block.attentions.0.', u, c['num_heads'][-1])
        u = res('mid_block.resnets.1.', u, te, widths[-1])
        for s in range(len(widths)):
            for j in range(pushes):
                u = res(f'up_blocks.{s}.resnets.{j}.', np.concatenate([u, skips.pop()]), te, widths[last - s])
                u = transform(f'up_blocks.{s}.attentions.{j}.', u, c['num_heads'][last - s]) if c['down_attention'][last - s] else u
            if s < last:
                u = conv(f'up_blocks.{s}.upsamplers.0.conv', u.repeat(2, axis=1).repeat(2, axis=2), widths[last - s])
        return conv('conv_out', silu(norm('conv_norm_out', u, 1e-5)), c['in_channels'])

    u, first = x['x'], None
    for k, at in enumerate(c['timesteps']):
        e, a, b = unet(u, at), c['alphas_cumprod'][k], c['alphas_cumprod'][k + 1]
        first = e if first is None else first
        u = math.sqrt(b) * (u - math.sqrt(1 - a) * e) / math.sqrt(a) + math.sqrt(1 - b) * e
    return dict(eps=first, x0=u)

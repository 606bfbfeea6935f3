"""The same encoder in torch, in three ways: padded, padded and compiled, packed with varlen_attn in a CUDA graph for each draw."""
import numpy as np

import encoder


def ways(name, tensors, draws, dtype):
    """By name: a function that runs the number-th draw and returns its output, [T, d]. Needs a GPU."""
    import torch
    import torch.nn.functional as F
    layers, heads, width = encoder.SHAPES[name]
    d = heads * width
    w = {k: torch.from_numpy(x).cuda().to(dtype) for k, x in tensors.items()}
    x_all = torch.from_numpy(encoder.numbers(max(map(sum, draws)) * d).reshape(-1, d)).cuda().to(dtype)

    def layer(x, l, attend):
        part = lambda p: (w[f'layer.{l}.{p}.weight'], w[f'layer.{l}.{p}.bias'])  # noqa: E731
        q, k, v = (F.linear(x, *part(p)).unflatten(-1, (heads, width)) for p in 'qkv')
        x = F.layer_norm(x + F.linear(attend(q, k, v).flatten(-2), *part('o')), (d,), *part('norm1'), 1e-12)
        return F.layer_norm(x + F.linear(F.gelu(F.linear(x, *part('up'))), *part('down')), (d,), *part('norm2'), 1e-12)

    def padded(x, mask):
        for l in range(layers):
            x = layer(x, l, lambda q, k, v: F.scaled_dot_product_attention(*(t.transpose(1, 2) for t in (q, k, v)),
                                                                            attn_mask=mask).transpose(1, 2))
        return x

    def pad(lengths):
        x = torch.zeros(len(lengths), max(lengths), d, dtype=dtype, device='cuda')
        at = 0
        for s, n in enumerate(lengths):
            x[s, :n] = x_all[at:at + n]
            at += n
        inside = torch.arange(max(lengths), device='cuda')[None] < torch.tensor(lengths, device='cuda')[:, None]
        return x, None if inside.all() else inside[:, None, None, :], inside

    given = [pad(lengths) for lengths in draws]
    compiled = torch.compile(padded, mode='max-autotune')
    yield 'padded', lambda i: padded(*given[i][:2])[given[i][2]]
    yield 'compiled', lambda i: compiled(*given[i][:2])[given[i][2]]
    try:
        from torch.nn.attention.varlen import varlen_attn
    except ImportError:
        return
    graphs = []
    for lengths in draws:
        begin = torch.from_numpy(np.concatenate([[0], np.cumsum(lengths)]).astype('i4')).cuda()
        longest, x = max(lengths), x_all[:sum(lengths)].clone()

        def run(x=x, begin=begin, longest=longest):
            for l in range(layers):
                x = layer(x, l, lambda q, k, v: varlen_attn(q, k, v, begin, begin, longest, longest))
            return x

        side = torch.cuda.Stream()
        with torch.cuda.stream(side):
            run()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            out = run()
        graphs.append((graph, out))

    def packed(i):
        graphs[i][0].replay()
        return graphs[i][1]

    yield 'packed', packed


def time(function, draws, batches, warm):
    """Milliseconds of each batch, and the output of the first draw."""
    import torch
    for i in range(warm):
        function(i % draws)
    times = []
    for i in range(batches):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        function(i % draws)
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end))
    return times, function(0).float().cpu().numpy()

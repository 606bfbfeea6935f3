"""The same encoder in torch, in as many ways as there are: each is made when its turn comes, so that one that fails says why and no more."""
import contextlib
import time as clock

import numpy as np

import encoder

AT_ONCE = 4  # batches that are enqueued before anybody waits, as in sinter_side.c


class Torch:
    """The encoder with one kind of numbers on one device. Ways are functions of the number of a draw, which return its output: [T, d]."""

    def __init__(self, name, tensors, draws, dtype, device='cuda'):
        import torch
        self.torch, self.F, self.device, self.dtype, self.draws = torch, torch.nn.functional, device, getattr(torch, dtype), draws
        self.layers, self.heads, self.width = encoder.SHAPES[name]
        self.d = self.heads * self.width
        self.w = {k: self.here(x) for k, x in tensors.items()}
        self.rows = self.here(encoder.numbers(max(map(sum, draws)) * self.d).reshape(-1, self.d))

    def here(self, x):
        return self.torch.from_numpy(np.ascontiguousarray(x)).to(self.device, self.dtype)

    def part(self, layer, name):
        return self.w[f'layer.{layer}.{name}.weight'], self.w[f'layer.{layer}.{name}.bias']

    def layer(self, x, l, attend):
        F = self.F
        q, k, v = (F.linear(x, *self.part(l, p)).unflatten(-1, (self.heads, self.width)) for p in 'qkv')
        x = F.layer_norm(x + F.linear(attend(q, k, v).flatten(-2), *self.part(l, 'o')), (self.d,), *self.part(l, 'norm1'), 1e-12)
        up = F.gelu(F.linear(x, *self.part(l, 'up')))
        return F.layer_norm(x + F.linear(up, *self.part(l, 'down')), (self.d,), *self.part(l, 'norm2'), 1e-12)

    def whole(self, x, attend):
        for l in range(self.layers):
            x = self.layer(x, l, attend)
        return x

    # ---- padded ---------------------------------------------------------------------------------------------------------------------

    def padded_draw(self, lengths):
        """[sequences, longest, d]; which positions are there; None: all."""
        torch = self.torch
        x = torch.zeros(len(lengths), max(lengths), self.d, dtype=self.dtype, device=self.device)
        at = 0
        for s, n in enumerate(lengths):
            x[s, :n] = self.rows[at:at + n]
            at += n
        inside = torch.arange(max(lengths), device=self.device)[None] < torch.tensor(lengths, device=self.device)[:, None]
        return x, inside, None if inside.all() else inside

    def sdpa(self, x, mask):
        mask = None if mask is None else mask[:, None, None, :]
        return self.whole(x, lambda q, k, v: self.F.scaled_dot_product_attention(
            *(t.transpose(1, 2) for t in (q, k, v)), attn_mask=mask).transpose(1, 2))

    def plain(self, x, mask):
        def attend(q, k, v):
            q, k, v = (t.transpose(1, 2) for t in (q, k, v))
            s = q @ k.transpose(-1, -2) * self.width ** -0.5
            s = s if mask is None else s.masked_fill(~mask[:, None, None, :], float('-inf'))
            return (s.softmax(-1) @ v).transpose(1, 2)
        return self.whole(x, attend)

    def of_padded(self, function):
        given = [self.padded_draw(lengths) for lengths in self.draws]
        return lambda i: function(given[i][0], given[i][2])[given[i][1]]

    def way_eager(self):
        """Scores in memory, as models of transformers have them in mode eager."""
        return self.of_padded(self.plain)

    def way_padded(self):
        return self.of_padded(self.sdpa)

    def way_dynamic(self):
        return self.of_padded(self.torch.compile(self.sdpa, dynamic=True))

    def way_compiled(self):
        """Per shape: chosen by measuring, in a CUDA graph."""
        return self.of_padded(self.torch.compile(self.sdpa, mode='max-autotune', dynamic=False))

    def way_nested(self):
        """nn.TransformerEncoder, whose fast path leaves padding out."""
        nn, torch = self.torch.nn, self.torch
        one = nn.TransformerEncoderLayer(self.d, self.heads, 4 * self.d, 0.0, 'gelu', 1e-12, True, device=self.device, dtype=self.dtype)
        model = nn.TransformerEncoder(one, self.layers, enable_nested_tensor=True).eval()
        for l, at in enumerate(model.layers):
            own = {'self_attn.in_proj_weight': torch.cat([self.part(l, p)[0] for p in 'qkv']),
                   'self_attn.in_proj_bias': torch.cat([self.part(l, p)[1] for p in 'qkv'])}
            for ours, theirs in (('o', 'self_attn.out_proj'), ('up', 'linear1'), ('down', 'linear2'), ('norm1', 'norm1'), ('norm2', 'norm2')):
                own[theirs + '.weight'], own[theirs + '.bias'] = self.part(l, ours)
            at.load_state_dict(own)
        return self.of_padded(lambda x, mask: model(x, src_key_padding_mask=None if mask is None else ~mask))

    # ---- packed ---------------------------------------------------------------------------------------------------------------------

    def packed_draw(self, lengths):
        begin = self.torch.from_numpy(np.concatenate([[0], np.cumsum(lengths)]).astype('i4')).to(self.device)
        return self.rows[:sum(lengths)].clone(), begin, max(lengths)

    def varlen(self, x, begin, longest):
        from torch.nn.attention.varlen import varlen_attn
        return self.whole(x, lambda q, k, v: varlen_attn(q, k, v, begin, begin, longest, longest))

    def of_packed(self, function):
        given = [self.packed_draw(lengths) for lengths in self.draws]
        return lambda i: function(*given[i])

    def way_packed_eager(self):
        return self.of_packed(self.varlen)

    def way_packed_compiled(self):
        return self.of_packed(self.torch.compile(self.varlen, dynamic=True))

    def way_packed(self):
        """In a CUDA graph for each draw."""
        torch, graphs = self.torch, []
        for lengths in self.draws:
            given = self.packed_draw(lengths)
            side = torch.cuda.Stream()
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                self.varlen(*given)
            torch.cuda.current_stream().wait_stream(side)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                out = self.varlen(*given)
            graphs.append((graph, out))

        def replay(i):
            graphs[i][0].replay()
            return graphs[i][1]
        return replay

    def way_jagged(self):
        """Nested tensors of the layout jagged, through scaled_dot_product_attention."""
        torch, given = self.torch, []
        for lengths in self.draws:
            x, begin, longest = self.packed_draw(lengths)
            given.append(torch.nested.nested_tensor_from_jagged(x, begin.long(), min_seqlen=min(lengths), max_seqlen=longest))

        def attend(q, k, v):
            return self.F.scaled_dot_product_attention(*(t.transpose(1, 2) for t in (q, k, v))).transpose(1, 2)
        return lambda i: self.whole(given[i], attend).values()

    # ---- all ------------------------------------------------------------------------------------------------------------------------

    def wait(self):
        if self.device == 'cuda':
            self.torch.cuda.synchronize()

    def memory(self):
        """The most that was in use since this was asked for, in bytes."""
        if self.device != 'cuda':
            return 0
        most = self.torch.cuda.max_memory_allocated()
        self.torch.cuda.reset_peak_memory_stats()
        return most

    def times(self, way, batches, warm):
        """Milliseconds of each batch: four are under way at once, so it is a quarter of theirs."""
        times = []
        for k in range(-warm, batches, AT_ONCE):
            self.wait()
            begin = clock.perf_counter()
            for i in range(AT_ONCE):
                way((k + warm + i) % len(self.draws))
            self.wait()
            times += [(clock.perf_counter() - begin) * 1e3 / AT_ONCE] * (AT_ONCE if k >= 0 else 0)
        return times

    def output(self, way, draw=0):
        return way(draw).float().cpu().numpy()


WAYS = [name[4:] for name in vars(Torch) if name.startswith('way_')]


@contextlib.contextmanager
def exact_products(torch):
    """Of floats: no tf32."""
    before = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = False
    yield
    torch.backends.cuda.matmul.allow_tf32 = before


def reference(name, tensors, draws):
    """The first draw in f32."""
    import torch
    with torch.inference_mode(), exact_products(torch):
        side = Torch(name, tensors, draws[:1], 'float32', 'cuda' if torch.cuda.is_available() else 'cpu')
        return side.output(side.way_eager())

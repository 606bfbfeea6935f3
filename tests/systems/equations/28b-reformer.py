"""Reformer: hashed attention by sorted chunks, looking back within a round."""
from formulas import *

CONFIG = dict(hidden_size=6, num_attention_heads=2, intermediate_size=7, vocab_size=11, max_position_embeddings=20, num_hidden_layers=2,
              layer_norm_eps=1e-5, chunk_length=3, num_buckets=4, max_rounds=2, rounds=[1, 2], causal=True)
OPTIONS = [dict(max_rounds=3, rounds=[3, 1]), dict(causal=False), dict(chunk_length=1, num_buckets=2),
           dict(chunk_length=20, num_buckets=6, causal=False)]
CYCLIC = False


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (0, 1, 2, 8, 13))


def lists_of(c, z, rounds):
    """For each round and position what it sees, in one head; z[r][t,b]."""
    m, chunks = c['chunk_length'], []
    for r in range(rounds):
        bucket = np.argmax(np.concatenate([z[r], -z[r]], axis=1), axis=1) if len(z[r]) else []
        order = sorted(range(len(z[r])), key=lambda t: (bucket[t], t))
        chunks.append([order[a:a + m] for a in range(0, len(order), m)])
    seen = [{} for _ in range(rounds)]
    everything = [chunk for part in chunks for chunk in part]
    number = 0
    for r in range(rounds):
        for j, chunk in enumerate(chunks[r]):
            if CYCLIC:
                before = everything[number - 1] if len(everything) > 1 else []
            else:
                before = chunks[r][j - 1] if j else []
            number += 1
            for t in chunk:
                seen[r][t] = chunk + before
    return seen


def attention(c, w, p, u, rounds):
    n, d, h = len(u), c['hidden_size'], c['num_attention_heads']
    e = d // h
    q, v = linear(w, p + 'qk', u, h, e), linear(w, p + 'v', u, h, e)
    k = q / np.maximum(np.sqrt((q ** 2).sum(axis=-1, keepdims=True)), 1e-12)
    turns, o = w(p + 'rotations', c['max_rounds'], e, c['num_buckets'] // 2, spread=1), np.zeros((n, h, e))
    for j in range(h):
        seen = lists_of(c, [q[:, j] @ turns[r] for r in range(rounds)], rounds)
        for t in range(n):
            parts, sizes = [], []
            for r in range(rounds):
                at = [u for u in seen[r][t] if u <= t or not c['causal']]
                s = np.array([-5e4 if u == t else q[t, j] @ k[u, j] / math.sqrt(e) for u in at])
                parts.append(softmax(s) @ v[at, j])
                sizes.append(s.max() + math.log(np.exp(s - s.max()).sum()))
            o[t, j] = softmax(np.array(sizes)) @ np.array(parts)
    return linear(w, p + 'o', o.reshape(n, d), d)


def outputs(c, w, x):
    d, eps, tok, out = c['hidden_size'], c['layer_norm_eps'], x['tok'], {}
    table = w('embed.tok.weight', c['vocab_size'], d, spread=1)
    for number, rounds in enumerate(c['rounds']):
        y1 = y2 = table[tok] + w('embed.pos.weight', c['max_position_embeddings'], d)[:len(tok)]
        for l in range(c['num_hidden_layers']):
            p = f'layer.{l}.'
            y1 = y1 + attention(c, w, p + 'attn.', layernorm(w, p + 'norm1', y2, eps), rounds)
            y2 = y2 + linear(w, p + 'ffn.w2', gelu(linear(w, p + 'ffn.w1', layernorm(w, p + 'norm2', y1, eps), c['intermediate_size'])), d)
        out[f'logits{number + 1}'] = layernorm(w, 'final_norm', (y1 + y2) / 2, eps) @ table.T
    return out

"""CCT on text."""
from families import *

CONFIG = dict(vocab_size=13, word_embedding_dim=5, seq_len=12, kernel_size=4, stride=1, padding=2, pooling_kernel_size=3, pooling_stride=2,
              pooling_padding=1, embedding_dim=8, num_layers=2, num_heads=2, mlp_ratio=1.3, num_classes=3, positional_embedding='learnable')
OPTIONS = [dict(positional_embedding='none'), dict(positional_embedding='sine', kernel_size=2, padding=1, stride=2, pooling_stride=1)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (1, 2, 5, 12))


def outputs(c, w, x):
    k, d, K = c['kernel_size'], c['embedding_dim'], c['pooling_kernel_size']
    u = w('embedder.embeddings.weight', c['vocab_size'], c['word_embedding_dim'])[x['tok']]
    u = np.pad(u, ((c['padding'],) * 2, (0, 0)))
    kernel = w('tokenizer.conv_layers.0.weight', d, 1, k, u.shape[1])[:, 0]
    z = [relu(np.einsum('dkg,kg->d', kernel, u[s:s + k])) for s in range(0, len(u) - k + 1, c['stride'])]
    z = np.pad(np.array(z), ((c['pooling_padding'],) * 2, (0, 0)), constant_values=-np.inf)
    y = np.array([z[r:r + K].max(axis=0) for r in range(0, len(z) - K + 1, c['pooling_stride'])])
    if c['positional_embedding'] != 'none':
        y = y + w('classifier.positional_emb', 1, c['seq_len'] + 1, d)[0, :len(y)]
    return dict(logits=cct(c, w, y))

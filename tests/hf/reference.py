"""Encoders of the BERT family and their heads in numpy, from the equations of the papers and the names of the checkpoints."""
from math import erf

import numpy as np

import tiny
from tiny import linear, norm

GELU = np.vectorize(lambda x: x / 2 * (1 + erf(x / np.sqrt(2))))


def gelu_tanh(x):
    return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3)))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


ACT = {'gelu': GELU, 'gelu_python': GELU, 'gelu_new': gelu_tanh, 'gelu_fast': gelu_tanh, 'gelu_accurate': gelu_tanh,
       'gelu_pytorch_tanh': gelu_tanh, 'gelu_python_tanh': gelu_tanh, 'gelu_10': lambda x: np.clip(GELU(x), -10, 10),
       'quick_gelu': lambda x: x * sigmoid(1.702 * x), 'relu': lambda x: np.maximum(x, 0), 'relu2': lambda x: np.maximum(x, 0) ** 2,
       'relu6': lambda x: np.clip(x, 0, 6), 'leaky_relu': lambda x: np.where(x > 0, x, 0.01 * x), 'silu': lambda x: x * sigmoid(x),
       'swish': lambda x: x * sigmoid(x), 'sigmoid': sigmoid, 'tanh': np.tanh, 'linear': lambda x: x,
       'mish': lambda x: x * np.tanh(np.log1p(np.exp(x))),
       'laplace': np.vectorize(lambda x: (1 + erf((x - 0.707107) / (0.282095 * np.sqrt(2)))) / 2)}

# names in the checkpoints: prefix; query, key, value, output, norm, inner, outer, norm of a layer; the layers' prefix
NAMES = {
    'bert': ('bert', 'attention.self.query attention.self.key attention.self.value attention.output.dense attention.output.LayerNorm '
             'intermediate.dense output.dense output.LayerNorm', 'encoder.layer.{}'),
    'distilbert': ('distilbert', 'attention.q_lin attention.k_lin attention.v_lin attention.out_lin sa_layer_norm ffn.lin1 ffn.lin2 '
                   'output_layer_norm', 'transformer.layer.{}'),
    'mpnet': ('mpnet', 'attention.attn.q attention.attn.k attention.attn.v attention.attn.o attention.LayerNorm '
              'intermediate.dense output.dense output.LayerNorm', 'encoder.layer.{}'),
    'albert': ('albert', 'attention.query attention.key attention.value attention.dense attention.LayerNorm ffn ffn_output '
               'full_layer_layer_norm', 'encoder.albert_layer_groups.{}'),
}
NAMES['roberta'] = ('roberta', *NAMES['bert'][1:])
NAMES['electra'] = ('electra', *NAMES['bert'][1:])


def groups_of(kind, c):
    """The prefix of each layer that is applied, in order."""
    n = c.get('num_hidden_layers', c.get('n_layers'))
    if kind != 'albert':
        return [NAMES[kind][2].format(layer) for layer in range(n)]
    groups, inner = c.get('num_hidden_groups', 1), c.get('inner_group_num', 1)
    return [f'encoder.albert_layer_groups.{int(layer / (n / groups))}.albert_layers.{i}' for layer in range(n) for i in range(inner)]


def shapes(kind, c):
    """Of the encoder without heads, with its prefix."""
    d, f = c.get('hidden_size', c.get('dim')), c.get('intermediate_size', c.get('hidden_dim'))
    g, v, n = c.get('embedding_size', d), c['vocab_size'], c['max_position_embeddings']
    made = {'embeddings.word_embeddings.weight': (v, g), 'embeddings.position_embeddings.weight': (n, g), **norm('embeddings.LayerNorm', g)}
    if kind not in ('distilbert', 'mpnet'):
        made['embeddings.token_type_embeddings.weight'] = (c['type_vocab_size'], g)
    if kind == 'electra' and g != d:
        made.update(linear('embeddings_project', d, g))
    if kind == 'albert':
        made.update(linear('encoder.embedding_hidden_mapping_in', d, g))
    if kind == 'mpnet':
        made['encoder.relative_attention_bias.weight'] = (32, c['num_attention_heads'])
    made.update(linear('pooler' if kind == 'albert' else 'pooler.dense', d, d) if kind in ('bert', 'roberta', 'mpnet', 'albert') else {})
    q, k, u, o, first, inner, outer, second = NAMES[kind][1].split()
    for at in groups_of(kind, c):
        for name, out, into in ((q, d, d), (k, d, d), (u, d, d), (o, d, d), (inner, f, d), (outer, d, f)):
            made.update(linear(f'{at}.{name}', out, into))
        made.update({**norm(f'{at}.{first}', d), **norm(f'{at}.{second}', d)})
        if c.get('position_embedding_type', 'absolute') != 'absolute':
            made[f'{at}.' + ('attention.' if kind == 'albert' else 'attention.self.') + 'distance_embedding.weight'] = \
                (2 * n - 1, d // c['num_attention_heads'])
    return {f'{NAMES[kind][0]}.{name}': shape for name, shape in made.items()}


class Weights:
    def __init__(self, weights, prefix=''):
        self.w, self.prefix = weights, prefix

    def __call__(self, name):
        return self.w[self.prefix + name].astype(np.float64)

    def lin(self, name, x):
        return x @ self(name + '.weight').T + self(name + '.bias')

    def norm(self, name, x, eps):
        x = x - x.mean(-1, keepdims=True)
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * self(name + '.weight') + self(name + '.bias')


def softmax(x):
    x = np.exp(x - x.max(-1, keepdims=True))
    return x / x.sum(-1, keepdims=True)


def positions(kind, c, tok):
    if kind not in ('roberta', 'mpnet'):
        return np.arange(len(tok))
    pad = 1 if kind == 'mpnet' else c['pad_token_id']
    return np.where(tok != pad, np.cumsum(tok != pad) + pad, pad)


def bucket(r):
    n = np.abs(r)
    far = np.minimum(15, 8 + np.trunc(np.log(np.maximum(n, 1) / 8) / np.log(16) * 8)).astype(int)
    return np.where(r > 0, 16, 0) + np.where(n < 8, n, far)


def hidden(kind, c, weights, tok, types):
    w = Weights(weights, NAMES[kind][0] + '.')
    eps = 1e-12 if kind == 'distilbert' else c.get('layer_norm_eps', 1e-12)
    act = ACT[c.get('hidden_act', c.get('activation', 'gelu_new' if kind == 'albert' else 'gelu'))]
    heads, n = c.get('num_attention_heads', c.get('n_heads')), c['max_position_embeddings']
    way = c.get('position_embedding_type', 'absolute')
    x = w('embeddings.word_embeddings.weight')[tok]
    if way == 'absolute':
        x = x + w('embeddings.position_embeddings.weight')[positions(kind, c, tok)]
    if kind not in ('distilbert', 'mpnet'):
        x = x + w('embeddings.token_type_embeddings.weight')[types]
    x = w.norm('embeddings.LayerNorm', x, eps)
    for name in ('embeddings_project', 'encoder.embedding_hidden_mapping_in'):
        x = w.lin(name, x) if f'{w.prefix}{name}.weight' in weights else x
    t, q, k, u, o, first, inner, outer, second = np.arange(len(tok)), *NAMES[kind][1].split()
    for at in groups_of(kind, c):
        split = [w.lin(f'{at}.{name}', x).reshape(len(tok), heads, -1) for name in (q, k, u)]
        scores = np.einsum('the,uhe->htu', split[0], split[1])
        if way != 'absolute':
            table = w(f'{at}.' + ('attention.' if kind == 'albert' else 'attention.self.') + 'distance_embedding.weight')
            far = table[t[:, None] - t + n - 1]
            scores = scores + np.einsum('the,tue->htu', split[0], far)
            scores = scores + (np.einsum('uhe,tue->htu', split[1], far) if way == 'relative_key_query' else 0)
        scores = scores / np.sqrt(split[0].shape[2])
        if kind == 'mpnet':
            scores = scores + w('encoder.relative_attention_bias.weight')[bucket(t - t[:, None])].transpose(2, 0, 1)
        y = np.einsum('htu,uhe->the', softmax(scores), split[2]).reshape(len(tok), -1)
        x = w.norm(f'{at}.{first}', x + w.lin(f'{at}.{o}', y), eps)
        x = w.norm(f'{at}.{second}', x + w.lin(f'{at}.{outer}', act(w.lin(f'{at}.{inner}', x))), eps)
    return x


def pooled(kind, weights, x):
    return np.tanh(Weights(weights, NAMES[kind][0] + '.').lin('pooler' if kind == 'albert' else 'pooler.dense', x[0]))


def config(kind, **keys):
    c = {'model_type': kind, 'vocab_size': tiny.V, 'max_position_embeddings': tiny.N}
    if kind == 'distilbert':
        c.update(dim=tiny.D, n_heads=tiny.H, hidden_dim=tiny.F, n_layers=2)
    else:
        c.update(hidden_size=tiny.D, num_attention_heads=tiny.H, intermediate_size=tiny.F, num_hidden_layers=2)
    if kind not in ('distilbert', 'mpnet'):
        c.update(type_vocab_size=2)
    c.update({'electra': {'embedding_size': tiny.G}, 'albert': {'embedding_size': tiny.G}, 'roberta': {'pad_token_id': 1}}.get(kind, {}))
    return {**c, **keys}

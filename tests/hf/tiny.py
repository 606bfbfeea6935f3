"""Tiny model directories as Hugging Face writes them, with random weights."""
import copy
import json
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import oracle  # noqa: E402

D, H, F, V, N, LAYERS, G = 8, 2, 12, 11, 20, 2, 6
BERT = {'architectures': ['BertModel'], 'model_type': 'bert', 'hidden_size': D, 'num_attention_heads': H, 'intermediate_size': F,
        'vocab_size': V, 'max_position_embeddings': N, 'num_hidden_layers': LAYERS, 'type_vocab_size': 2}


def linear(name, out, into):
    return {f'{name}.weight': (out, into), f'{name}.bias': (out,)}


def norm(name, d):
    return {f'{name}.weight': (d,), f'{name}.bias': (d,)}


def bert_shapes(prefix=''):
    shapes = {'embeddings.word_embeddings.weight': (V, D), 'embeddings.position_embeddings.weight': (N, D),
              'embeddings.token_type_embeddings.weight': (2, D), **norm('embeddings.LayerNorm', D), **linear('pooler.dense', D, D)}
    for layer in range(LAYERS):
        at = f'encoder.layer.{layer}'
        for part in ('query', 'key', 'value'):
            shapes.update(linear(f'{at}.attention.self.{part}', D, D))
        shapes.update(linear(f'{at}.attention.output.dense', D, D))
        shapes.update(norm(f'{at}.attention.output.LayerNorm', D))
        shapes.update(linear(f'{at}.intermediate.dense', F, D))
        shapes.update(linear(f'{at}.output.dense', D, F))
        shapes.update(norm(f'{at}.output.LayerNorm', D))
    return {prefix + name: shape for name, shape in shapes.items()}


def draw(shapes, seed=1):
    rng = np.random.default_rng(seed)
    return {name: (rng.normal(0, 0.5, shape) + ('Norm.weight' in name)).astype(np.float32) for name, shape in shapes.items()}


def write(folder, config=None, weights=None, **files):
    """files: name with '/' as '__' -> what json writes"""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in {'config.json': config, **files}.items():
        if value is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(value, indent=2), encoding='utf-8')
    if weights is not None:
        oracle.save(folder / 'model.safetensors', weights)
    return folder


def changed(config, **keys):
    """A copy of a config with other values; None takes a key away."""
    config = copy.deepcopy(config)
    for key, value in keys.items():
        config[key] = value
        if value is None:
            del config[key]
    return config


def sequences(path, lengths=(1, 2, 5, 9), seed=2):
    rng = np.random.default_rng(seed)
    oracle.save(path, {f'{k}/tok': rng.integers(2, V, n) for k, n in enumerate(lengths)})
    return path

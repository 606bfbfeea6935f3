"""Models whose emitted sources are looked at: a small one in the shape of MiniLM, made here, and twelve texts of examples/systems."""
import json
import os
import pathlib
import subprocess
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import oracle  # noqa: E402

TWELVE = ('54-fnet 04-primer 10-tokenformer 28a-longformer-window 43-palm-block moe-top2 14-memoryformer 17-paraformer-cif 09-hnet-chunk '
          '28c-linformer 28d-performer 16b-topk-prune').split()


class Model:
    """A text, where its files are, and inputs of one sequence (the longest that is at hand)."""

    def __init__(self, name, text, folder, inputs):
        self.name, self.text, self.folder, self.inputs = name, pathlib.Path(text), pathlib.Path(folder), inputs

    def emit(self, to, *options, text=None, cwd=None):
        command = [oracle.SINTER, 'emit', str(text or self.text), '--model-dir', str(self.folder), '-d', str(to), *options]
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
        assert done.returncode == 0, ' '.join(command) + '\n' + done.stderr
        return pathlib.Path(to)


def tiny_minilm(folder):
    """Two layers of 24 in 3 heads, 50 words."""
    folder.mkdir()
    random = np.random.default_rng(7)
    config = dict(hidden_size=24, num_attention_heads=3, intermediate_size=40, vocab_size=50, type_vocab_size=2, max_position_embeddings=16,
                  num_hidden_layers=2, layer_norm_eps=1e-12, hidden_act='gelu')
    (folder / 'config.json').write_text(json.dumps(config))
    (folder / 'sentence_bert_config.json').write_text(json.dumps(dict(max_seq_length=11)))
    d, f, tensors = 24, 40, {}

    def add(path, *shape):
        tensors[path] = random.standard_normal(shape).astype(np.float32) / np.float32(shape[-1] ** 0.5)

    def linear(path, o, i):
        add(path + '.weight', o, i)
        add(path + '.bias', o)

    def norm(path):
        add(path + '.weight', d)
        add(path + '.bias', d)

    add('embeddings.word_embeddings.weight', 50, d)
    add('embeddings.position_embeddings.weight', 16, d)
    add('embeddings.token_type_embeddings.weight', 2, d)
    norm('embeddings.LayerNorm')
    for layer in range(2):
        at = 'encoder.layer.%d.' % layer
        for word in ('query', 'key', 'value'):
            linear(at + 'attention.self.' + word, d, d)
        linear(at + 'attention.output.dense', d, d)
        norm(at + 'attention.output.LayerNorm')
        linear(at + 'intermediate.dense', f, d)
        linear(at + 'output.dense', d, f)
        norm(at + 'output.LayerNorm')
    oracle.save(folder / 'model.safetensors', tensors)
    inputs = {'tok': random.integers(0, 50, 11), 'type': random.integers(0, 2, 11)}
    return Model('minilm', oracle.SOURCE / 'examples/minilm.sinter', folder, inputs)


def all_models(folder):
    models = [tiny_minilm(pathlib.Path(folder) / 'tiny')]
    for name in TWELVE:
        data = oracle.CASES / 'systems' / name
        if not data.is_dir():
            print('skipped: %s is not there' % name)
            continue
        inputs = max(oracle.sequences(oracle.load(data / 'in.safetensors')), key=lambda s: sum(x.size for x in s.values()))
        models.append(Model(name, oracle.SOURCE / 'examples/systems' / (name + '.sinter'), data, inputs))
    return models


def compilers():
    found = []
    for name in ('gcc', 'clang'):
        if any(os.access(os.path.join(p, name), os.X_OK) for p in os.environ.get('PATH', '').split(':')):
            found.append(name)
        else:
            print('skipped: %s is not installed' % name)
    return found

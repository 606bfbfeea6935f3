#!/usr/bin/env python3
"""Directories of sentence-transformers: poolings, dense layers and unit length by modules.json, against numpy on what the encoder gives."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from math import erf

import numpy as np

import tiny
from tiny import oracle

NEW = 'sentence_transformers.sentence_transformer.modules.pooling.Pooling'
OLD = 'sentence_transformers.models.Pooling'
DENSE, UNIT = 'sentence_transformers.models.Dense', 'sentence_transformers.models.Normalize'
POOL = {
    'cls': lambda x: x[0],
    'max': lambda x: x.max(0),
    'mean': lambda x: x.mean(0),
    'mean_sqrt_len_tokens': lambda x: x.sum(0) / np.sqrt(len(x)),
    'weightedmean': lambda x: (np.arange(1, len(x) + 1)[:, None] * x).sum(0) / np.arange(1, len(x) + 1).sum(),
    'lasttoken': lambda x: x[-1],
}
KEYS = {'pooling_mode_cls_token': 'cls', 'pooling_mode_max_tokens': 'max', 'pooling_mode_mean_tokens': 'mean',
        'pooling_mode_mean_sqrt_len_tokens': 'mean_sqrt_len_tokens', 'pooling_mode_weightedmean_tokens': 'weightedmean',
        'pooling_mode_lasttoken': 'lasttoken'}
ACTIVATIONS = {None: np.tanh, 'torch.nn.modules.activation.Tanh': np.tanh, 'torch.nn.modules.linear.Identity': lambda x: x,
               'torch.nn.modules.activation.ReLU': lambda x: np.maximum(x, 0),
               'torch.nn.modules.activation.GELU': np.vectorize(lambda x: x / 2 * (1 + erf(x / np.sqrt(2))))}


def unit_length(x):
    return x / max(np.sqrt((x * x).sum()), 1e-12)


class Sentence(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.place.name)
        cls.given = tiny.sequences(cls.folder / 'in')
        cls.weights = tiny.draw(tiny.bert_shapes())
        base = tiny.write(cls.folder / 'base', tiny.BERT, cls.weights)
        cls.hidden = [s['hidden'] for s in oracle.sequences(oracle.evaluate(base, base, cls.given, cls.folder / 'out'))]
        cls.made = 0

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    def write(self, modules, files, at='', weights=None, config=None):
        """A directory of these (path, type) behind a Transformer in the folder `at`."""
        type(self).made += 1
        folder = self.folder / ('m%d' % self.made)
        listed = [{'idx': 0, 'name': '0', 'path': at, 'type': 'sentence_transformers.models.Transformer'}]
        listed += [{'idx': i, 'name': str(i), 'path': path, 'type': kind} for i, (path, kind) in enumerate(modules, 1)]
        tiny.write(folder / at, config or tiny.BERT, self.weights)
        tiny.write(folder, None, None, **{'modules.json': listed, **files})
        for path, tensors in (weights or {}).items():
            oracle.save(folder / path / 'model.safetensors', tensors)
        return folder

    def check(self, folder, function, warnings=''):
        done = oracle.run(oracle.SINTER, 'eval', folder, '--in', self.given, '--out', self.folder / 'out')
        self.assertEqual(done.stderr.decode(), warnings)
        got = oracle.sequences(oracle.load(self.folder / 'out'))
        for x, y in zip(self.hidden, got, strict=True):
            wanted = function(x)
            self.assertEqual(y['embedding'].shape, wanted.shape)
            self.assertLess(oracle.relative(y['embedding'], wanted), 1e-12)

    def test_one_pooling(self):
        for key, mode in KEYS.items():
            with self.subTest(mode):
                old = {'word_embedding_dimension': tiny.D, **{k: k == key for k in KEYS}}
                self.check(self.write([('1_Pooling', OLD)], {'1_Pooling/config.json': old}), POOL[mode])
                new = {'embedding_dimension': tiny.D, 'pooling_mode': mode, 'include_prompt': True}
                self.check(self.write([('1_Pooling', NEW)], {'1_Pooling/config.json': new}), POOL[mode])

    def test_no_mode_is_the_mean(self):
        self.check(self.write([('1_Pooling', OLD)], {'1_Pooling/config.json': {'word_embedding_dimension': tiny.D}}), POOL['mean'])

    def test_combined(self):
        old = {'word_embedding_dimension': tiny.D, 'pooling_mode_mean_tokens': True, 'pooling_mode_max_tokens': True,
               'pooling_mode_cls_token': True}
        self.check(self.write([('1_Pooling', OLD), ('2_Normalize', UNIT)], {'1_Pooling/config.json': old}),
                   lambda x: unit_length(np.concatenate([x[0], x.max(0), x.mean(0)])))
        new = {'embedding_dimension': tiny.D, 'pooling_mode': ['lasttoken', 'cls']}
        self.check(self.write([('1_Pooling', NEW)], {'1_Pooling/config.json': new}), lambda x: np.concatenate([x[-1], x[0]]))

    def test_dense(self):
        rng = np.random.default_rng(5)
        for bias in (True, False):
            for name, function in ACTIVATIONS.items():
                with self.subTest(activation=name, bias=bias):
                    w, b = rng.normal(0, 1, (5, tiny.D)).astype(np.float32), rng.normal(0, 1, 5).astype(np.float32)
                    tensors = {'linear.weight': w, **({'linear.bias': b} if bias else {})}
                    dense = {'in_features': tiny.D, 'out_features': 5, 'bias': bias, **({'activation_function': name} if name else {})}
                    folder = self.write([('1_Pooling', OLD), ('2_Dense', DENSE), ('3_Normalize', UNIT)],
                                        {'1_Pooling/config.json': {'pooling_mode_mean_tokens': True}, '2_Dense/config.json': dense},
                                        weights={'2_Dense': tensors})
                    self.check(folder, lambda x: unit_length(function(w.astype(float) @ x.mean(0) + b.astype(float) * bias)))

    def test_two_dense_on_a_combined_vector(self):
        rng = np.random.default_rng(6)
        one, two = rng.normal(0, 1, (7, 2 * tiny.D)).astype(np.float32), rng.normal(0, 1, (3, 7)).astype(np.float32)
        folder = self.write([('1_Pooling', OLD), ('2_Dense', DENSE), ('3_Dropout', 'sentence_transformers.models.Dropout'),
                             ('4_Dense', DENSE)],
                            {'1_Pooling/config.json': {'pooling_mode_mean_tokens': True, 'pooling_mode_max_tokens': True},
                             '2_Dense/config.json': {'in_features': 2 * tiny.D, 'out_features': 7, 'bias': False},
                             '4_Dense/config.json': {'in_features': 7, 'out_features': 3, 'bias': False}},
                            weights={'2_Dense': {'linear.weight': one}, '4_Dense': {'linear.weight': two}})
        self.check(folder, lambda x: np.tanh(two.astype(float) @ np.tanh(one.astype(float) @ np.concatenate([x.max(0), x.mean(0)]))))

    def test_norm(self):
        rng = np.random.default_rng(8)
        w, b = rng.normal(1, 1, tiny.D).astype(np.float32), rng.normal(0, 1, tiny.D).astype(np.float32)
        folder = self.write([('1_Pooling', OLD), ('2_LayerNorm', 'sentence_transformers.models.LayerNorm')],
                            {'1_Pooling/config.json': {}, '2_LayerNorm/config.json': {'dimension': tiny.D}},
                            weights={'2_LayerNorm': {'norm.weight': w, 'norm.bias': b}})

        def normed(x):
            y = x.mean(0) - x.mean()
            return y / np.sqrt((y * y).mean() + 1e-5) * w + b
        self.check(folder, normed)

    def test_prompts(self):
        files = {'1_Pooling/config.json': {}, 'config_sentence_transformers.json': {
            '__version__': {'pytorch': '2'}, 'prompts': {'query': 'query: '}, 'default_prompt_name': None, 'similarity_fn_name': 'cosine'}}
        self.check(self.write([('1_Pooling', OLD)], files), POOL['mean'])
        files['config_sentence_transformers.json']['default_prompt_name'] = 'query'
        said = oracle.run(oracle.SINTER, 'check', self.write([('1_Pooling', OLD)], files), accept=(1,)).stderr.decode()
        self.assertIn('"default_prompt_name": "query"', said)

    def test_encoder_in_a_folder(self):
        folder = self.write([('1_Pooling', OLD)], {'1_Pooling/config.json': {'pooling_mode_mean_tokens': True}}, at='0_Transformer')
        self.check(folder, POOL['mean'])
        folder = self.write([('1_Pooling', OLD)], {'1_Pooling/config.json': {'pooling_mode_mean_tokens': True}}, at='0_BERT')
        self.check(folder, POOL['mean'])

    def test_longest(self):
        short = {'max_seq_length': 8, 'do_lower_case': False}
        folder = self.write([('1_Pooling', OLD)], {'1_Pooling/config.json': {}, 'sentence_bert_config.json': short})
        done = oracle.run(oracle.SINTER, 'eval', folder, '--in', self.given, '--out', self.folder / 'out', accept=(1,))
        self.assertIn('3/tok', done.stderr.decode())
        folder = self.write([('1_Pooling', OLD)], {'1_Pooling/config.json': {}, 'sentence_bert_config.json': {'max_seq_length': None}})
        self.check(folder, POOL['mean'])

    def test_what_cannot_be_done(self):
        lower = self.write([('1_Pooling', OLD)], {'1_Pooling/config.json': {}, 'sentence_bert_config.json': {'do_lower_case': True}})
        self.assertIn("the model does not read the key 'do_lower_case'", oracle.run(oracle.SINTER, 'check', lower).stderr.decode())
        for kind, config, words in (
                ('sentence_transformers.models.CNN', {}, ('no text serves the module sentence_transformers.models.CNN', "'type' is")),
                (NEW, {'pooling_mode': 'median'}, ('pooling_mode', 'median')),
                (NEW, {'pooling_mode': ['cls', 'median']}, ('pooling_mode', 'median')),
                (NEW, {'pooling_mode': 'mean', 'include_prompt': False}, ("the model does not read the key 'include_prompt'",)),
        ):
            with self.subTest(kind=kind, config=config):
                folder = self.write([('1_x', kind)], {'1_x/config.json': config})
                said = oracle.run(oracle.SINTER, 'check', folder, accept=(0, 1)).stderr.decode()
                for word in words:
                    self.assertIn(word, said)
        dense = {'in_features': tiny.D, 'out_features': 5, 'activation_function': 'torch.nn.modules.activation.Softsign'}
        folder = self.write([('1_Pooling', OLD), ('2_Dense', DENSE)], {'1_Pooling/config.json': {}, '2_Dense/config.json': dense},
                            weights={'2_Dense': {'linear.weight': np.zeros((5, tiny.D), np.float32)}})
        said = oracle.run(oracle.SINTER, 'check', folder, accept=(1,)).stderr.decode()
        self.assertIn('Softsign', said)
        self.assertIn("'activation_function' is", said)

    def test_the_binary(self):
        dense = {'in_features': tiny.D, 'out_features': 5}
        tensors = {'linear.weight': np.ones((5, tiny.D), np.float32)}
        folder = self.write([('1_Pooling', OLD), ('2_Dense', DENSE)], {'1_Pooling/config.json': {}, '2_Dense/config.json': dense},
                            weights={'2_Dense': tensors})
        oracle.run(oracle.SINTER, 'build', folder, '-o', self.folder / 'program')
        got = oracle.sequences(oracle.answer(self.folder / 'program', self.given, self.folder / 'out'))
        for x, y in zip(self.hidden, got, strict=True):
            self.assertLess(oracle.relative(y['embedding'], np.tanh(x.mean(0).sum()) * np.ones(5)), 1e-4)

    def test_minilm(self):
        real = pathlib.Path(os.environ.get('SINTER_MINILM', oracle.SOURCE / 'build/models/all-MiniLM-L6-v2'))
        if not real.joinpath('model.safetensors').exists():
            print('skipped: the real all-MiniLM-L6-v2 is not there')
            return
        texts = 'A cat sits on the mat.\nThe weather is fine today.\nDer Hund schläft.\n'
        answers = []
        for model, name in ((real, 'directory'), (oracle.SOURCE / 'examples/minilm.sinter', 'text')):
            oracle.run(oracle.SINTER, 'build', model, '--model-dir', real, '-o', self.folder / name)
            done = subprocess.run([self.folder / name], input=texts, capture_output=True, text=True, timeout=60, check=True)
            answers.append(np.array([[float(x) for x in line.split()] for line in done.stdout.split('\n') if line]))
        self.assertEqual(answers[0].shape, (3, 384))
        self.assertLess(np.abs(answers[0] - answers[1]).max(), 1e-6)


if __name__ == '__main__':
    sys.exit(unittest.main())

#!/usr/bin/env python3
"""What a model text cannot do is refused: values of config keys by key and value; a parameter that is not stored, by its name.

Folders of observed models give the directories; without them only tiny ones made here are tried."""
import functools
import json
import pathlib
import sys
import tempfile
import unittest

import tiny
from tiny import oracle

# folder, key, value that its text cannot do; of the config, or of an object in it by a.b
VALUES = [
    ('bert', 'hidden_act', 'softsign'), ('bert', 'position_embedding_type', 'rotary'), ('bert', 'is_decoder', True),
    ('bert', 'add_cross_attention', True), ('bert', 'num_attention_heads', 3), ('bert', 'num_attention_heads', 'four'),
    ('bert-for-sequence-classification', 'id2label', {'1': 'a', '2': 'b', '3': 'c', '4': 'd', '5': 'e'}),
    ('roberta', 'hidden_act', 'softsign'), ('roberta', 'position_embedding_type', 'rotary'), ('roberta', 'is_decoder', True),
    ('electra', 'hidden_act', 'softsign'), ('electra', 'position_embedding_type', 'rotary'), ('electra', 'is_decoder', True),
    ('distilbert', 'activation', 'softsign'), ('distilbert', 'n_heads', 5),
    ('mpnet', 'hidden_act', 'softsign'), ('mpnet', 'relative_attention_num_buckets', 16), ('mpnet', 'num_attention_heads', 4),
    ('llama', 'hidden_act', 'softsign'), ('llama', 'num_key_value_heads', 3), ('llama', 'rope_parameters.rope_type', 'dynamic'),
    ('llama3', 'rope_scaling.rope_type', 'longrope'), ('gemma2', 'use_bidirectional_attention', True),
    ('gpt2', 'add_cross_attention', True),
    ('gpt2', 'activation_function', 'softsign'), ('opt', 'layer_norm_elementwise_affine', False),
    ('t5', 'feed_forward_proj', 'gated-softsign'),
    ('bart', 'normalize_before', True), ('marian', 'share_encoder_decoder_embeddings', False), ('deberta-v2', 'share_att_key', False),
    ('deberta-v2', 'conv_kernel_size', 3), ('wav2vec2', 'feat_extract_norm', 'batch'), ('wav2vec2', 'add_adapter', True),
    ('xlnet', 'attn_type', 'uni'), ('swin', 'use_absolute_embeddings', True), ('siglip', 'vision_config.vision_use_head', False),
    ('funnel', 'pooling_type', 'max'), ('funnel', 'separate_cls', False), ('gpt-oss', 'hidden_act', 'gelu'),
    ('deepseek-v3', 'rope_parameters.rope_type', 'yarn'), ('falcon-h1', 'mamba_d_ssm', 23), ('mamba2', 'num_heads', 4),
    ('albert', 'hidden_act', 'softsign'), ('albert', 'position_embedding_type', 'rotary'), ('albert', 'num_attention_heads', 5),
]
# folders of which every parameter is taken away in turn
DELETED = ['bert', 'bert-for-sequence-classification', 'distilbert', 'roberta', 'mpnet', 'albert', 'electra', 'gpt2', 'llama', 't5',
           'vit', 'mixtral']


def check(folder):
    done = oracle.run(oracle.SINTER, 'check', folder, accept=(0, 1))
    return done.returncode, done.stderr.decode()


class Refused(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.place.name)

    def tearDown(self):
        self.place.cleanup()

    def copy(self, name, change=lambda config: None, without=None):
        source = oracle.CASES / 'hf' / name
        config = json.loads((source / 'config.json').read_text(encoding='utf-8'))
        change(config)
        weights = {k: x for k, x in oracle.load(source / 'model.safetensors').items() if k != without}
        return tiny.write(self.folder / name, config, weights)

    def test_values(self):
        for name, key, value in VALUES:
            if not (oracle.CASES / 'hf' / name).is_dir():
                print('skipped: no folder', name)
                continue
            with self.subTest(folder=name, key=key, value=value):
                *above, last = key.split('.')
                code, said = check(self.copy(name, lambda config: functools.reduce(dict.get, above, config).__setitem__(last, value)))
                self.assertEqual(code, 1)
                self.assertIn(last, said)
                self.assertIn(f'"{last}": ' + ('{' if isinstance(value, dict) else json.dumps(value)), said)

    def test_deleted(self):
        """Read without `??`: the name is in the error. Read with it: the text says what stands in."""
        for name in DELETED:
            if not (oracle.CASES / 'hf' / name).is_dir():
                print('skipped: no folder', name)
                continue
            _, before = check(self.copy(name))
            for parameter in oracle.load(oracle.CASES / 'hf' / name / 'model.safetensors'):
                if f"does not read '{parameter}'" in before:
                    continue
                with self.subTest(folder=name, parameter=parameter):
                    code, said = check(self.copy(name, without=parameter))
                    if parameter.endswith('.bias'):
                        self.assertTrue(code == 0 or f"'{parameter}'" in said, said)
                    else:
                        self.assertEqual(code, 1)
                        self.assertIn(f"no tensor '{parameter}'", said)


if __name__ == '__main__':
    sys.exit(unittest.main())

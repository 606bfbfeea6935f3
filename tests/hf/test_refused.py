#!/usr/bin/env python3
"""What a model text cannot do is refused: values of config keys by key and value; a parameter that is not stored, by its name.

Folders of observed models give the directories; without them only tiny ones made here are tried."""
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
    ('albert', 'hidden_act', 'softsign'), ('albert', 'position_embedding_type', 'rotary'), ('albert', 'num_attention_heads', 5),
]
# folders of which every parameter is taken away in turn
DELETED = ['bert', 'bert-for-sequence-classification', 'distilbert', 'roberta', 'mpnet', 'albert', 'electra']


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
                code, said = check(self.copy(name, lambda config: config.__setitem__(key, value)))
                self.assertEqual(code, 1)
                self.assertIn(key, said)
                self.assertIn(f'"{key}": ' + ('{' if isinstance(value, dict) else json.dumps(value)), said)

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

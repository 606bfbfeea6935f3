#!/usr/bin/env python3
"""A Hugging Face directory is a model: which text serves it, what `sinter import` prints, names of classes in the binary."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

import numpy as np

import tiny
from tiny import oracle


def said(*command):
    done = subprocess.run([oracle.SINTER, *map(str, command)], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


class Directory(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.place.name)

    def tearDown(self):
        self.place.cleanup()

    def refused(self, folder, *parts, command=('check',)):
        code, out, err = said(*command, folder)
        self.assertEqual((code, out), (1, ''), err)
        for part in parts:
            self.assertIn(part, err)

    def test_unknown_model_type(self):
        folder = tiny.write(self.folder / 'm', tiny.changed(tiny.BERT, model_type='brt'))
        self.refused(folder, 'config.json:5:17: error: no model text serves the model_type "brt"', "did you mean 'bert'?")
        folder = tiny.write(self.folder / 'n', tiny.changed(tiny.BERT, model_type='something-new'))
        self.refused(folder, 'no model text serves the model_type "something-new"', 'known are: albert, bert,')

    def test_unknown_architecture(self):
        folder = tiny.write(self.folder / 'm', tiny.changed(tiny.BERT, architectures=['BertForSomething']))
        self.refused(folder, 'of the model_type "bert" no text serves the architecture "BertForSomething"', 'served are: BertModel, ')

    def test_architecture_alone(self):
        folder = tiny.write(self.folder / 'm', tiny.changed(tiny.BERT, model_type=None), tiny.draw(tiny.bert_shapes()))
        self.assertEqual(said('check', folder)[0], 0)
        folder = tiny.write(self.folder / 'n', tiny.changed(tiny.BERT, model_type=None, architectures=['BartModle']))
        self.refused(folder, 'no model text serves the architecture "BartModle"')

    def test_model_type_alone(self):
        folder = tiny.write(self.folder / 'm', tiny.changed(tiny.BERT, architectures=None), tiny.draw(tiny.bert_shapes()))
        self.assertEqual(said('check', folder)[0], 0)

    def test_no_config(self):
        self.folder.joinpath('m').mkdir()
        self.refused(self.folder / 'm', 'error: there is no config.json in this directory')
        folder = tiny.write(self.folder / 'n', {'hidden_size': 3})
        self.refused(folder, "error: neither 'model_type' nor 'architectures' says which model this is")
        self.folder.joinpath('m/config.json').write_text('{"a": ', encoding='utf-8')
        self.refused(self.folder / 'm', 'config.json:1:7: error: invalid JSON')

    def test_import_needs_a_directory(self):
        file = tiny.write(self.folder / 'm', tiny.BERT) / 'config.json'
        self.refused(file, 'error: is no directory', command=('import',))

    def test_imported_text_builds_the_same(self):
        folder = tiny.write(self.folder / '3 tiny-model', tiny.BERT, tiny.draw(tiny.bert_shapes()))
        text = self.folder / 'bert.sinter'
        code, printed, _ = said('import', folder)
        self.assertEqual((code, said('import', folder, '-o', text)[0]), (0, 0))
        self.assertEqual(text.read_text(encoding='utf-8'), printed)
        self.assertIn('\nmodel m_3_tiny_model\n', printed)
        self.assertEqual(said('emit', folder, '-d', self.folder / 'a')[0], 0)
        self.assertEqual(said('emit', text, '--model-dir', folder, '-d', self.folder / 'b')[0], 0)
        made = sorted(p.name for p in (self.folder / 'a').iterdir())
        self.assertEqual(made, sorted(p.name for p in (self.folder / 'b').iterdir()))
        self.assertIn('m_3_tiny_model.c', made)
        for name in made:
            self.assertEqual((self.folder / 'a' / name).read_bytes(), (self.folder / 'b' / name).read_bytes(), name)

    def test_a_word_of_the_language_as_name(self):
        folder = tiny.write(self.folder / 'dim', tiny.BERT, tiny.draw(tiny.bert_shapes()))
        self.assertIn('\nmodel dim_\n', said('import', folder)[1])

    def test_a_vocabulary_in_place_of_a_tokenizer(self):
        folder = tiny.write(self.folder / 'm', tiny.BERT, tiny.draw(tiny.bert_shapes()))
        self.assertIn('tokenizer.json: warning: the tokenizer is not there', said('check', folder)[2])
        words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'a', 'b', 'c', 'd', 'e', 'f']
        (folder / 'vocab.txt').write_text('\n'.join(words) + '\n', encoding='utf-8')
        self.assertEqual(said('build', folder, '-o', self.folder / 'p'), (0, '', ''))
        done = subprocess.run([self.folder / 'p', '--tokens', '--json', 'c a'], capture_output=True, text=True, timeout=60, check=True)
        self.assertIn('"ids":[2,7,5,3]', done.stdout.replace(' ', ''))

    def test_model_dir_beside_another_directory(self):
        head = tiny.write(self.folder / 'head', tiny.BERT)
        weights = tiny.write(self.folder / 'weights', tiny.BERT, tiny.draw(tiny.bert_shapes()))
        self.assertEqual(said('check', head, '--model-dir', weights)[0], 0)

    def classifier(self, name, config, weights, ids):
        folder = tiny.write(self.folder / name, config, {**tiny.draw(tiny.bert_shapes('bert.')), **weights})
        program = self.folder / (name + '.program')
        code, _, err = said('build', folder, '-o', program)
        self.assertEqual(code, 0, err)
        done = subprocess.run([program, '--input-format=ids'], input=ids, capture_output=True, text=True, timeout=60, check=True)
        return done.stdout

    def test_labels(self):
        rng = np.random.default_rng(3)
        weights = {'classifier.weight': rng.normal(0, 1, (3, tiny.D)).astype(np.float32),
                   'classifier.bias': np.array([0, 50, 0], np.float32)}
        config = tiny.changed(tiny.BERT, architectures=['BertForSequenceClassification'], id2label={'0': 'bad', '1': 'so so', '2': 'good'})
        self.assertEqual(self.classifier('three', config, weights, '3 4\n5\n'), 'so so\t1\nso so\t1\n')
        config = tiny.changed(config, problem_type='multi_label_classification')
        self.assertEqual(self.classifier('many', config, weights, '3 4\n'), 'so so\t1\n')
        two = {k: x[:2] for k, x in weights.items()}
        self.assertEqual(self.classifier('two', tiny.changed(config, id2label=None), two, '3\n'), 'LABEL_1\t1\n')
        one = {'classifier.weight': np.zeros((1, tiny.D), np.float32), 'classifier.bias': np.array([0], np.float32)}
        alone = tiny.changed(config, id2label={'0': 'fits'}, problem_type=None)
        self.assertEqual(self.classifier('one', alone, one, '3\n'), 'fits\t0.5\n')
        self.assertEqual(self.classifier('number', tiny.changed(alone, problem_type='regression'), one, '3\n'), '0\n')
        config = tiny.changed(config, architectures=['BertForTokenClassification'])
        self.assertEqual(self.classifier('tokens', config, weights, '3 4\n').split('\n')[0].split('\t')[1:], ['so so', '1'])


if __name__ == '__main__':
    sys.exit(unittest.main())

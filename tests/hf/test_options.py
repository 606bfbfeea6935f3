#!/usr/bin/env python3
"""Options of configs and heads of the BERT family, each with other values than the observed folders have, against numpy (reference.py)."""
import pathlib
import sys
import tempfile
import unittest

import numpy as np

import reference
import tiny
from reference import ACT, GELU, Weights
from tiny import linear, norm, oracle

CLASS = {'bert': 'Bert', 'roberta': 'Roberta', 'electra': 'Electra', 'albert': 'Albert', 'mpnet': 'MPNet', 'distilbert': 'DistilBert'}
D, G, V, K = tiny.D, tiny.G, tiny.V, 3

# what stands on top, as reference: shapes of its parameters, and a function of (weights, hidden states, their pooled vector)
HEADS = {
    ('bert', 'ForSequenceClassification'): (linear('classifier', K, D), lambda w, x, p: w.lin('classifier', p)),
    ('albert', 'ForSequenceClassification'): (linear('classifier', K, D), lambda w, x, p: w.lin('classifier', p)),
    ('roberta', 'ForSequenceClassification'): ({**linear('classifier.dense', D, D), **linear('classifier.out_proj', K, D)},
                                               lambda w, x, p: w.lin('classifier.out_proj', np.tanh(w.lin('classifier.dense', x[0])))),
    ('mpnet', 'ForSequenceClassification'): ({**linear('classifier.dense', D, D), **linear('classifier.out_proj', K, D)},
                                             lambda w, x, p: w.lin('classifier.out_proj', np.tanh(w.lin('classifier.dense', x[0])))),
    ('electra', 'ForSequenceClassification'): ({**linear('classifier.dense', D, D), **linear('classifier.out_proj', K, D)},
                                               lambda w, x, p: w.lin('classifier.out_proj', GELU(w.lin('classifier.dense', x[0])))),
    ('distilbert', 'ForSequenceClassification'): ({**linear('pre_classifier', D, D), **linear('classifier', K, D)},
                                                  lambda w, x, p: w.lin('classifier', np.maximum(w.lin('pre_classifier', x[0]), 0))),
    ('electra', 'ForPreTraining'): ({**linear('discriminator_predictions.dense', D, D),
                                     **linear('discriminator_predictions.dense_prediction', 1, D)},
                                    lambda w, x, p: w.lin('discriminator_predictions.dense_prediction',
                                                          GELU(w.lin('discriminator_predictions.dense', x)))[:, 0]),
    ('bert', 'ForMaskedLM'): ({**linear('cls.predictions.transform.dense', D, D), **norm('cls.predictions.transform.LayerNorm', D),
                               'cls.predictions.bias': (V,)},
                              lambda w, x, p: w.norm('cls.predictions.transform.LayerNorm',
                                                     GELU(w.lin('cls.predictions.transform.dense', x)), 1e-12)
                              @ w('bert.embeddings.word_embeddings.weight').T + w('cls.predictions.bias')),
    ('roberta', 'ForMaskedLM'): ({**linear('lm_head.dense', D, D), **norm('lm_head.layer_norm', D), 'lm_head.bias': (V,)},
                                 lambda w, x, p: w.norm('lm_head.layer_norm', GELU(w.lin('lm_head.dense', x)), 1e-12)
                                 @ w('roberta.embeddings.word_embeddings.weight').T + w('lm_head.bias')),
    ('mpnet', 'ForMaskedLM'): ({**linear('lm_head.dense', D, D), **norm('lm_head.layer_norm', D), 'lm_head.bias': (V,)},
                               lambda w, x, p: w.norm('lm_head.layer_norm', GELU(w.lin('lm_head.dense', x)), 1e-12)
                               @ w('mpnet.embeddings.word_embeddings.weight').T + w('lm_head.bias')),
    ('electra', 'ForMaskedLM'): ({**linear('generator_predictions.dense', G, D), **norm('generator_predictions.LayerNorm', G),
                                  'generator_lm_head.bias': (V,)},
                                 lambda w, x, p: w.norm('generator_predictions.LayerNorm',
                                                        GELU(w.lin('generator_predictions.dense', x)), 1e-12)
                                 @ w('electra.embeddings.word_embeddings.weight').T + w('generator_lm_head.bias')),
    ('albert', 'ForMaskedLM'): ({**linear('predictions.dense', G, D), **norm('predictions.LayerNorm', G), 'predictions.bias': (V,)},
                                lambda w, x, p: w.norm('predictions.LayerNorm', ACT['gelu_new'](w.lin('predictions.dense', x)), 1e-12)
                                @ w('albert.embeddings.word_embeddings.weight').T + w('predictions.bias')),
    ('distilbert', 'ForMaskedLM'): ({**linear('vocab_transform', D, D), **norm('vocab_layer_norm', D), 'vocab_projector.bias': (V,)},
                                    lambda w, x, p: w.norm('vocab_layer_norm', GELU(w.lin('vocab_transform', x)), 1e-12)
                                    @ w('distilbert.embeddings.word_embeddings.weight').T + w('vocab_projector.bias')),
}
HEADS['bert', 'ForPreTraining'] = HEADS['bert', 'ForMaskedLM']
HEADS['bert', 'ForNextSentencePrediction'] = (linear('cls.seq_relationship', 2, D), lambda w, x, p: w.lin('cls.seq_relationship', p))
for kind in CLASS:
    HEADS[kind, 'ForTokenClassification'] = (linear('classifier', K, D), lambda w, x, p: w.lin('classifier', x))


class Options(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.place.name)
        rng = np.random.default_rng(4)
        self.tok = [rng.integers(2, tiny.V, n) for n in (1, 2, 6, 11)]

    def tearDown(self):
        self.place.cleanup()

    def evaluate(self, config, weights, types=None):
        folder = tiny.write(self.folder / 'm', config, weights)
        given = {f'{k}/tok': x for k, x in enumerate(self.tok)}
        given.update({f'{k}/type': x for k, x in enumerate(types or [])})
        oracle.save(self.folder / 'in', given)
        return oracle.sequences(oracle.evaluate(folder, folder, self.folder / 'in', self.folder / 'out'))

    def base(self, kind, types=None, **keys):
        """The model itself with these keys: what comes out is what the reference says. Names without the prefix, too."""
        config = reference.config(kind, architectures=[CLASS[kind] + 'Model'], **keys)
        weights = tiny.draw(reference.shapes(kind, config), seed=7)
        for cut in (0, len(reference.NAMES[kind][0]) + 1):
            got = self.evaluate(config, {k[cut:]: x for k, x in weights.items()}, types)
            for k, tok in enumerate(self.tok):
                x = reference.hidden(kind, config, weights, tok, types[k] if types else np.zeros(len(tok), int))
                self.assertLess(oracle.relative(got[k]['hidden'], x), 1e-9)
                if 'pooled' in got[k]:
                    self.assertLess(oracle.relative(got[k]['pooled'], reference.pooled(kind, weights, x)), 1e-9)

    def test_activations(self):
        for name in ACT:
            with self.subTest(name):
                self.base('bert', hidden_act=name)

    def test_relative_positions(self):
        for kind in ('bert', 'roberta', 'electra', 'albert'):
            for way in ('relative_key', 'relative_key_query'):
                with self.subTest(kind=kind, way=way):
                    self.base(kind, position_embedding_type=way)

    def test_types(self):
        types = [np.arange(len(x)) % 4 for x in self.tok]
        for kind in ('bert', 'roberta', 'electra', 'albert'):
            with self.subTest(kind):
                self.base(kind, types=types, type_vocab_size=4)
        self.base('roberta', type_vocab_size=1)

    def test_pad_tokens(self):
        self.tok = [np.array([3, 1, 1, 4, 5, 1, 6]), np.array([1]), np.array([0, 1, 0])]
        self.base('roberta')
        self.base('roberta', pad_token_id=0)
        self.base('mpnet')

    def test_sizes(self):
        self.base('electra', embedding_size=tiny.D)
        self.base('bert', num_attention_heads=4, num_hidden_layers=1, layer_norm_eps=1e-3)
        self.base('albert', num_hidden_layers=5, num_hidden_groups=2, inner_group_num=2, hidden_act='relu')
        self.base('distilbert', sinusoidal_pos_embds=True, activation='relu')
        self.base('mpnet', relative_attention_num_buckets=32, layer_norm_eps=1e-5)

    def test_gamma_and_beta(self):
        config = reference.config('bert', architectures=['BertModel'])
        weights = tiny.draw(reference.shapes('bert', config))
        old = {k.replace('Norm.weight', 'Norm.gamma').replace('Norm.bias', 'Norm.beta'): x for k, x in weights.items()}
        for got, tok in zip(self.evaluate(config, old), self.tok, strict=True):
            self.assertLess(oracle.relative(got['hidden'], reference.hidden('bert', config, weights, tok, 0 * tok)), 1e-9)

    def test_no_pooler(self):
        config = reference.config('bert', architectures=['BertModel'])
        weights = {k: x for k, x in tiny.draw(reference.shapes('bert', config)).items() if 'pooler' not in k}
        self.assertEqual(list(self.evaluate(config, weights)[0]), ['hidden'])

    def test_heads(self):
        for (kind, head), (shapes, function) in HEADS.items():
            with self.subTest(kind=kind, head=head):
                config = reference.config(kind, architectures=[CLASS[kind] + head], id2label={str(k): f'L{k}' for k in range(K)})
                weights = tiny.draw({**reference.shapes(kind, config), **shapes}, seed=9)
                for got, tok in zip(self.evaluate(config, weights), self.tok, strict=True):
                    x = reference.hidden(kind, config, weights, tok, 0 * tok)
                    pooled = reference.pooled(kind, weights, x) if kind in ('bert', 'albert') else None
                    self.assertEqual(list(got), ['logits'])
                    self.assertLess(oracle.relative(got['logits'], function(Weights(weights), x, pooled)), 1e-9)

    def test_untied(self):
        shapes, _ = HEADS['bert', 'ForMaskedLM']
        config = reference.config('bert', architectures=['BertForMaskedLM'], tie_word_embeddings=False)
        weights = tiny.draw({**reference.shapes('bert', config), **shapes, 'cls.predictions.decoder.weight': (V, D)})
        w = Weights(weights)
        for got, tok in zip(self.evaluate(config, weights), self.tok, strict=True):
            x = reference.hidden('bert', config, weights, tok, 0 * tok)
            y = w.norm('cls.predictions.transform.LayerNorm', GELU(w.lin('cls.predictions.transform.dense', x)), 1e-12)
            self.assertLess(oracle.relative(got['logits'], y @ w('cls.predictions.decoder.weight').T + w('cls.predictions.bias')), 1e-9)

    def test_spans(self):
        for kind in CLASS:
            config = reference.config(kind, architectures=[CLASS[kind] + 'ForQuestionAnswering'])
            weights = tiny.draw({**reference.shapes(kind, config), **linear('qa_outputs', 2, D)})
            for got, tok in zip(self.evaluate(config, weights), self.tok, strict=True):
                y = Weights(weights).lin('qa_outputs', reference.hidden(kind, config, weights, tok, 0 * tok))
                self.assertLess(oracle.relative(np.stack([got['start_logits'], got['end_logits']], 1), y), 1e-9)


if __name__ == '__main__':
    sys.exit(unittest.main())

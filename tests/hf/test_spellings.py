#!/usr/bin/env python3
"""Old and new spellings of one thing in configs and names: the observed outputs stay as they are."""
import json
import pathlib
import sys
import tempfile
import unittest

import tiny
from tiny import oracle

ROPE = {'rope_type': 'default', 'rope_theta': 1000000.0}
NEAR = {'rope_type': 'default', 'rope_theta': 10000.0}
# folder; keys of its config with other values, None: without it
SAME = [
    ('llama', {'rope_parameters': None, 'rope_theta': 10000.0}),
    ('llama', {'rope_parameters': None, 'rope_scaling': {'type': 'default'}}),
    ('llama3', {'rope_theta': None, 'rope_scaling': None, 'rope_parameters': {
        'rope_type': 'llama3', 'rope_theta': 500000.0, 'factor': 8.0, 'low_freq_factor': 1.0, 'high_freq_factor': 4.0,
        'original_max_position_embeddings': 128}}),
    ('mistral', {'rope_theta': None, 'rope_parameters': NEAR}), ('mistral', {'head_dim': None}),
    ('qwen2', {'layer_types': None}), ('qwen2', {'rope_parameters': None, 'rope_theta': 1000000.0}),
    ('qwen3', {'use_sliding_window': None, 'sliding_window': 3, 'layer_types': None}),
    ('gemma2', {'layer_types': None}), ('gemma2', {'rope_parameters': None, 'tie_word_embeddings': None}),
    ('gemma3-text', {'layer_types': None, '_sliding_window_pattern': None, 'sliding_window_pattern': 3}),
    ('gemma3-text', {'rope_parameters': None, 'rope_theta': 1000000.0, 'rope_local_base_freq': 10000.0}),
    ('phi', {'rope_parameters': None, 'partial_rotary_factor': 0.5}), ('phi', {'num_key_value_heads': None, 'qk_layernorm': None}),
    ('phi3', {'rope_parameters': None, 'rope_theta': 10000.0}),
    ('gpt-neox', {'rotary_pct': None, 'rotary_emb_base': None, 'rope_parameters': {'partial_rotary_factor': 0.25, 'rope_theta': 10000}}),
    ('gpt-oss', {'layer_types': None}), ('qwen3-next', {'layer_types': None, 'full_attention_interval': 3}),
    ('lfm2', {'layer_types': None, 'full_attn_idxs': [1]}), ('lfm2', {'rope_parameters': None}),
    ('recurrent-gemma', {'block_types': None, '_block_types': ['recurrent', 'recurrent', 'attention']}),
    ('t5', {'tie_word_embeddings': None, 'dense_act_fn': None, 'is_gated_act': None}), ('t5', {'num_decoder_layers': None}),
    ('deberta-v2', {'pos_att_type': ['c2p', 'p2c']}), ('bloom', {'n_head': None, 'num_attention_heads': 4}),
    ('modernbert', {'global_rope_theta': None, 'local_rope_theta': None, 'global_attn_every_n_layers': None,
                    'layer_types': ['full_attention', 'sliding_attention', 'sliding_attention'],
                    'rope_parameters': {'full_attention': {'rope_theta': 160000.0}, 'sliding_attention': {'rope_theta': 10000.0}}}),
    ('clip-text', {'eos_token_id': 2}), ('longformer', {'onnx_export': None}), ('bert', {'layer_norm_eps': None, 'hidden_act': None}),
    ('albert', {'inner_group_num': None, 'hidden_act': None}), ('distilbert', {'activation': None, 'sinusoidal_pos_embds': True}),
]
# folder; prefix that its names have or do not have; the other one
PREFIXED = [('bert', '', 'bert.'), ('roberta', '', 'roberta.'), ('gpt2', '', 'transformer.'), ('clip-text', 'text_model.', ''),
            ('clip-vision', 'vision_model.', ''), ('vit', '', 'vit.'), ('t5', '', '')]


class Spellings(unittest.TestCase):
    def same(self, name, config=lambda c: c, rename=lambda n: n):
        source = oracle.CASES / 'hf' / name
        if not source.is_dir():
            print('skipped: no folder', name)
            return
        with tempfile.TemporaryDirectory() as place:
            made = config(json.loads((source / 'config.json').read_text(encoding='utf-8')))
            weights = {rename(k): x for k, x in oracle.load(source / 'model.safetensors').items()}
            folder = tiny.write(pathlib.Path(place) / 'm', made, weights)
            got = oracle.evaluate(folder, folder, source / 'in.safetensors', folder / 'out')
            wanted = {k: x for k, x in oracle.load(source / 'out.safetensors').items() if not k.endswith('/greedy')}
            self.assertLess(max(oracle.errors(got, wanted).values()), 1e-9)

    def test_configs(self):
        for name, keys in SAME:
            with self.subTest(folder=name, keys=keys):
                self.same(name, lambda c: {k: x for k, x in {**c, **keys}.items() if x is not None})

    def test_prefixes(self):
        for name, old, new in PREFIXED:
            with self.subTest(folder=name):
                self.same(name, rename=lambda n: new + n[len(old):])


if __name__ == '__main__':
    sys.exit(unittest.main())

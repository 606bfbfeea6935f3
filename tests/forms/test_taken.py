#!/usr/bin/env python3
"""Systems that people built have kernels of the forms that only few models need, printed, not taken back to plain loops."""
import json
import os
import sys

from running import oracle

TARGET = 'x86' if os.uname().machine in ('x86_64', 'AMD64') else 'neon'
WANTED = {
    'conv2d': ('hf/clip-vision', 'hf/swin', 'hf/vit', 'hf/wav2vec2', 'hf/whisper', 'systems/17-paraformer-cif', 'systems/20-structformer',
               'systems/32-cct', 'systems/32b-cct-text', 'systems/36-asdm-unet', 'systems/39-speech-pruned'),
    'linear': ('systems/retnet',),
    'moe': ('hf/deepseek-v3', 'hf/gpt-oss', 'hf/jamba', 'hf/mixtral', 'hf/qwen3-moe', 'hf/qwen3-next', 'systems/21-rxt', 'systems/moe-top2'),
    'pool': ('systems/19-leanattention', 'systems/32-cct', 'systems/32b-cct-text', 'hf/siglip'),
}


def forms_of(name):
    folder = oracle.CASES / name
    text = oracle.SOURCE / 'examples/systems' / (folder.name + '.sinter')
    model = (text, '--model-dir', folder) if text.exists() else (folder,)
    done = oracle.run(oracle.SINTER, 'explain', *model, '--json', '--target=' + TARGET)
    return [k['form'] for f in json.loads(done.stdout)['functions'] for k in f['kernels'] if not any(w['form'] == k['form'] for w in k['not'])]


def main():
    bad = tried = 0
    for form, names in WANTED.items():
        for name in names:
            if not (oracle.CASES / name).is_dir():
                print(f'skipped: no folder of observed models, {name}')
                continue
            tried += 1
            found = forms_of(name).count(form)
            bad += not found
            print(f'{"ok  " if found else "FAIL"} {form}: {name}')
    print(f'{bad} without the form\ncases: {tried}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())

#!/usr/bin/env python3
"""What nvcc makes of each kernel: registers, spills, shared memory, and how many blocks a multiprocessor takes; docs/cuda-kernels.md has it.

    test_registers.py [--update] [NAME ...]

Of an encoder and a decoder in sizes that are in use, and of texts with kernels of forms (mutants/), for each architecture that is compiled for by
default. No kernel of gemm or attention spills, for sm_90a alone neither; no block is too large for a multiprocessor, and as many fit as __launch_bounds__ says and as
the page has; --update writes it. With SINTER_LONG=1 every example is compiled, and other kernels than on the page fail as well."""
import os
import pathlib
import re
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / 'hf')]
import broken  # noqa: E402
import oracle  # noqa: E402
import test_attention  # noqa: E402
import tiny  # noqa: E402

NVCC = shutil.which(os.environ.get('NVCC', 'nvcc'))
PAGE = oracle.SOURCE / 'docs/cuda-kernels.md'
# By architecture, of a multiprocessor: warps, blocks, bytes of shared memory; all have 65,536 registers, dealt to warps by 256.
PROCESSORS = {'sm_80': (64, 32, 164 * 1024), 'sm_90a': (64, 32, 228 * 1024), 'sm_100': (64, 32, 228 * 1024), 'sm_120': (48, 24, 100 * 1024)}
FLOATS = ['--weights=f32']
REGISTERS, BY, RESERVED = 65536, 256, 1024
TEXTS = ('attention', 'heads', 'products', 'rows')
NO_SPILLS = ('gemm', 'attention')
SAID = re.compile(r"Compiling entry function '(\w+)'.*?(\d+) bytes spill stores, (\d+) bytes spill loads.*?Used (\d+) registers(?:.*?(\d+) bytes smem)?")
BOUNDS = re.compile(r'__global__ void __launch_bounds__\((\d+)(?:,\s+((?s:.+?)))?\)\s+(\w+)\(')
HEAD = '''# What nvcc makes of the kernels

Written by `tests/cuda/test_registers.py --update`, which also holds it: %s, `-O3 -fmad=false`. Of each kernel: bytes of shared memory of a block of
256 threads (kernels for sm_90a have 384, and are started there alone); then, for each architecture, registers of a thread and how many blocks a
multiprocessor takes. Spills are told where there are any.
'''


def zeros(path, shapes):
    oracle.save(path, {name: np.zeros(shape, 'f4') for name, shape in shapes.items()})


def encoder(folder):
    """all-MiniLM-L6-v2 in all its sizes but the layers and words."""
    config = tiny.changed(tiny.BERT, hidden_size=384, num_attention_heads=12, intermediate_size=1536, max_position_embeddings=512,
                          layer_norm_eps=1e-12, hidden_act='gelu')
    sizes = {tiny.D: 384, tiny.F: 1536, tiny.N: 512}
    zeros(folder / 'model.safetensors', {name: [sizes.get(n, n) for n in shape] for name, shape in tiny.bert_shapes().items()})
    tiny.write(folder, config, **{'sentence_bert_config.json': {'max_seq_length': 256}})
    return oracle.SOURCE / 'examples/minilm.sinter', folder


def decoder(folder):
    """A Llama in the sizes of SmolLM2-135M, of two layers."""
    d, f, v, heads, keys = 576, 1536, 96, 9, 3
    tiny.write(folder, {'architectures': ['LlamaForCausalLM'], 'model_type': 'llama', 'hidden_size': d, 'intermediate_size': f, 'hidden_act': 'silu',
                        'num_attention_heads': heads, 'num_key_value_heads': keys, 'head_dim': d // heads, 'num_hidden_layers': 2, 'vocab_size': v,
                        'max_position_embeddings': 2048, 'rms_norm_eps': 1e-5, 'tie_word_embeddings': True, 'attention_bias': False,
                        'mlp_bias': False, 'rope_parameters': {'rope_theta': 10000.0, 'rope_type': 'default'}})
    shapes = {'model.embed_tokens.weight': (v, d), 'model.norm.weight': (d,)}
    for layer in range(2):
        at = f'model.layers.{layer}.'
        shapes.update({at + 'input_layernorm.weight': (d,), at + 'post_attention_layernorm.weight': (d,), at + 'mlp.gate_proj.weight': (f, d),
                       at + 'mlp.up_proj.weight': (f, d), at + 'mlp.down_proj.weight': (d, f)})
        for name, n in (('q', heads), ('k', keys), ('v', keys)):
            shapes[f'{at}self_attn.{name}_proj.weight'] = (n * d // heads, d)
        shapes[at + 'self_attn.o_proj.weight'] = (d, d)
    zeros(folder / 'model.safetensors', shapes)
    return folder, folder


def text(name):
    def made(folder):
        path = HERE / f'mutants/{name}.sinter'
        oracle.save(folder / 'w.safetensors', broken.weights_of(path.read_text().splitlines(), np.random.default_rng(1)))
        return path, folder
    return made


def groups(folder):
    """Attention with heads of 128 numbers, and of 64 for keys and 80 for values."""
    oracle.save(folder / 'w.safetensors', {'sink': np.zeros(2, 'f4')})
    (folder / 'attention.sinter').write_text(test_attention.GROUPS)
    return folder / 'attention.sinter', folder


def models():
    """By name: what makes the folder of a model, and options of the compiler."""
    forms = {name: (text(name), FLOATS) for name in TEXTS}
    return {'minilm': (encoder, []), 'minilm in f32': (encoder, FLOATS), 'llama': (decoder, []), 'llama in f32': (decoder, FLOATS),
            'attention by groups': (groups, []), **forms}


def of_examples():
    """With SINTER_LONG: all that there are."""
    texts = {p.stem: p for p in (oracle.SOURCE / 'examples/systems').glob('*.sinter')}
    made = {}
    for p in sorted(oracle.CASES.glob('*/*/')) if os.environ.get('SINTER_LONG') else ():
        if p.parent.name == 'hf' or p.name in texts:
            made[f'{p.parent.name}/{p.name}'] = (lambda folder, p=p: (p if p.parent.name == 'hf' else texts[p.name], p)), []
    return made


def blocks_of(arch, threads, registers, shared):
    warps, blocks, room = PROCESSORS[arch]
    each = (threads + 31) // 32
    of_registers = REGISTERS // (-(-registers * 32 // BY) * BY) // each if registers else blocks
    return min(blocks, warps // each, of_registers, room // (shared + RESERVED))


def least_of(text, dims, arch):
    """Blocks that __launch_bounds__ asks for: a number, or `two_blocks(a <= b, bytes)`, where a may be the name of a dim."""
    n = [int(dims.get(word, word)) for word in re.findall(r'\b(?!two_blocks)\w+', text)]
    return n[0] if len(n) == 1 else 1 + (n[0] <= n[1] and 2 * (n[2] + RESERVED) <= PROCESSORS[arch][2])


def compiled(folder, arch):
    """By kernel: registers, bytes that are spilled, bytes of shared memory, blocks."""
    kernels = next(folder.glob('*.cu'))
    said = oracle.run(NVCC, '-O3', '-fmad=false', '-arch=' + arch, '-Xptxas=-v', '-cubin', kernels.name, '-o', arch, cwd=folder,
                      seconds=oracle.COMPILES).stderr.decode()
    dims = dict(re.findall(r'\b([A-Z]\w*) = (\d+)[,;]?', kernels.read_text()))
    asked = {name: int(n) for name, n in re.findall(r'RUN_(\w+), \(\w+\)\{[^}]*, (\d+)\}', next(folder.glob('*_cuda.c')).read_text())}
    bounds = {name: (int(threads), least_of(least or '1', dims, arch)) for threads, least, name in BOUNDS.findall(kernels.read_text())}
    made = {}
    for part in said.split('Compiling entry function')[1:]:
        name, stores, loads, registers, shared = SAID.match("Compiling entry function" + part.replace('\n', ' ')).groups()
        threads, least = bounds[name]
        bytes_ = int(shared or 0) + asked.get(name, 0)
        blocks = blocks_of(arch, threads, int(registers), 0 if name.endswith('_sm90') and arch != 'sm_90a' else bytes_)  # is not started there
        made[name] = (int(registers), int(stores) + int(loads), bytes_, blocks)
        if blocks < least:
            raise oracle.Wrong('%s for %s: %d blocks, __launch_bounds__ says %d' % (name, arch, blocks, least))
        if set(name.split('_')[-2:]) & set(NO_SPILLS) and int(stores) + int(loads):
            raise oracle.Wrong('%s for %s spills %s bytes' % (name, arch, stores))
    if made.keys() != bounds.keys():
        raise oracle.Wrong('nvcc has no word about %s' % (bounds.keys() - made.keys()))
    return made


def rows_of(make, options):
    """Of a model: lines of its table."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        path, model = make(folder)
        oracle.run(oracle.SINTER, 'emit', path, '--model-dir', model, '--target=cuda', *options, '-d', folder / 'out')
        all_ = {arch: compiled(folder / 'out', arch) for arch in PROCESSORS}
    rows = []
    for kernel, (_, _, shared, _) in sorted(all_['sm_80'].items()):
        cells = []
        for arch in PROCESSORS:
            registers, spilled, _, blocks = all_[arch][kernel]
            cells.append(f'{registers}, {blocks}' + (f' ({spilled} B spilled)' if spilled else ''))
        rows.append(f'| `{kernel}` | {shared:,} | ' + ' | '.join(cells) + ' |')
    return rows


def table(name, rows):
    return '\n'.join((f'\n## {name}\n', '| kernel | shared memory | ' + ' | '.join(PROCESSORS) + ' |', '|---|' + '---|' * (1 + len(PROCESSORS)), *rows)) + '\n'


def held(name, rows, page):
    """Sentences about what is not as the page has it: other kernels, fewer blocks, more shared memory."""
    part = page.split(f'\n## {name}\n')[-1].split('\n## ')[0] if f'\n## {name}\n' in page else ''
    was = {line.split('`')[1]: line for line in part.splitlines() if line.startswith('| `')}
    now = {line.split('`')[1]: line for line in rows}
    if was.keys() != now.keys() and os.environ.get('SINTER_LONG'):
        yield f'{name}: other kernels than on the page: {sorted(was.keys() ^ now.keys())}'
    for kernel in was.keys() & now.keys():
        numbers = [[int(n.replace(',', '')) for n in re.findall(r'\| ([\d,]+) \|', line)[:1]] + [int(n) for n in re.findall(r', (\d+)(?= \||\s\()', line)]
                   for line in (was[kernel], now[kernel])]
        if numbers[1][0] > numbers[0][0] or any(b < a for a, b in zip(numbers[0][1:], numbers[1][1:])):
            yield f'{name}: {now[kernel]}\n    the page has {was[kernel]}'


def main():
    if not NVCC:
        print('skipped: no nvcc')
        return 77
    version = re.search(r'release (\d+)[\d.]*', oracle.run(NVCC, '--version').stdout.decode())
    if int(version.group(1)) < 13:
        print('skipped: no nvcc of version 13 or newer')
        return 77
    update, names = '--update' in sys.argv, [word for word in sys.argv[1:] if word != '--update']
    listed = models()
    wanted = {name: make for name, make in {**listed, **of_examples()}.items() if not names or name in names}
    page, tables, wrong, kernels = PAGE.read_text() if PAGE.exists() else '', [], [], 0

    def one(item):
        try:
            return rows_of(*item[1])
        except oracle.Wrong as said:
            return '%s: %s' % (item[0], said)
    with ThreadPoolExecutor(min(2, os.cpu_count())) as pool:
        for name, rows in zip(wanted, pool.map(one, wanted.items())):
            if isinstance(rows, str):
                wrong.append(rows)
                continue
            kernels += len(rows)
            if name in listed:
                tables.append(table(name, rows))
                wrong += [] if update else held(name, rows, page)
    if update and not wrong:
        PAGE.write_text(HEAD % ('nvcc ' + version.group().split()[1]) + ''.join(tables))
    print('\n'.join('FAILED  ' + sentence for sentence in wrong), end='\n' if wrong else '')
    print('cases: %d' % kernels)
    return bool(wrong)


if __name__ == '__main__':
    sys.exit(main())

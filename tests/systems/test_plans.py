#!/usr/bin/env python3
"""Observed models with products of bytes and of halves of floats: how far their outputs are off what was observed.

    test_plans.py [--all] [NAME ...]

Of each folder of systems and of Hugging Face models, built for x86 with --weights=int8 and bf16: real outputs are within LIMITS of what was
observed, relative to the largest number; singly and by threads they have the same bits; a model whose products are all too small for bytes
is with int8 the C of f32. What only data decide may turn over where a number is rounded: DECIDES has the models. Every tenth folder a day;
--all, SINTER_LONG=1: all."""
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import oracle  # noqa: E402
from test_systems import TEXTS, same_bits  # noqa: E402

LIMITS = {'int8': 0.08, 'bf16': 0.06}
DECIDES = {  # what turns over where a number is rounded, and how far it takes the outputs
    '47-spt': (0.5, 'a rank over counts of nearest codewords'), 'hf/jamba': (0.3, 'experts by rank'), 'hf/qwen3-next': (0.2, 'experts by rank')}
LATER = {'greedy'}  # outputs of decoding, which the texts do not have yet


def models():
    """[(name, text, folder)]"""
    systems = [(p.name, TEXTS / f'{p.name}.sinter', p) for p in sorted((oracle.CASES / 'systems').iterdir()) if (TEXTS / f'{p.name}.sinter').exists()]
    hf = oracle.CASES / 'hf'
    return systems + [('hf/' + p.name, p, p) for p in (sorted(hf.iterdir()) if hf.is_dir() else []) if p.is_dir()]


def has_bytes(text, model):
    told = json.loads(oracle.run(oracle.SINTER, 'explain', text, '--model-dir', model, '--json', '--target=x86', '--weights=int8').stdout)
    return any(part['arithmetic'] == 'int8' for f in told['functions'] for k in f['kernels'] for part in k['parts'])


def emitted(text, model, weights, folder):
    """What is computed, by file: all but the command line, which prints the plan, and the map."""
    oracle.run(oracle.SINTER, 'emit', text, '--model-dir', model, '--target=avx2', '--weights=' + weights, '-d', folder)
    return {p.name: p.read_bytes() for p in folder.iterdir() if not p.name.endswith(('_main.c', '.map.json'))}


def off(got, wanted):
    """How far outputs are off; of whole numbers nothing is said."""
    real = {n: x for n, x in wanted.items() if x.dtype.kind == 'f' and n.split('/', 1)[1] not in LATER}
    missing = real.keys() - got.keys()
    if missing or any(got[n].shape != x.shape for n, x in real.items()):
        raise oracle.Wrong(f'outputs are missing, or have other shapes: {sorted(missing)}')
    return max((oracle.relative(got[n], x) for n, x in real.items()), default=0.0)


def one(job):
    """A line about a model, and whether all is well."""
    name, text, model = job
    given, said = model / 'in.safetensors', []
    try:
        wanted = oracle.load(model / 'out.safetensors')
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            for weights, most in LIMITS.items():
                made = emitted(text, model, weights, folder / weights)
                if weights == 'int8' and not has_bytes(text, model):
                    if made != emitted(text, model, 'f32', folder / 'f32'):
                        raise oracle.Wrong('none of its products is of bytes, and its C is not that of f32')
                    said.append('no bytes')
                    continue
                main = next(folder.glob(f'{weights}/*_main.c')).name
                program = oracle.make(folder / weights, main[:-len('_main.c')], '-O0', '-w', cc=oracle.QUICK)
                got = oracle.answer(program, given, folder / 'got')
                if not same_bits(got, oracle.answer(program, given, folder / 'other', '--batch=1', '--threads=2')):
                    raise oracle.Wrong(f'{weights}: other bits one by one, by two threads')
                worst, most = off(got, wanted), DECIDES.get(name, (most,))[0]
                if not worst <= most:
                    raise oracle.Wrong(f'{weights}: off by {worst:.3g}, allowed is {most:g}')
                said.append(f'{weights} {worst:.2g}')
            return 'ok      %-34s %s' % (name, ', '.join(said)), True
    except oracle.Wrong as wrong:
        return 'FAILED  %s: %s' % (name, wrong), False


def main():
    if not (oracle.CASES / 'systems').is_dir():
        print('skipped: no folder of observed systems')
        return 77
    cpu = pathlib.Path('/proc/cpuinfo')
    if not cpu.exists() or ' avx2 ' not in cpu.read_text():
        print('skipped: this machine has no AVX2')
        return 77
    oracle.say_if_few()
    oracle.TARGET = 'avx2'
    only, all_ = [w for w in sys.argv[1:] if w != '--all'], models()
    chosen = [m for m in all_ if m[0] in only] if only else all_ if '--all' in sys.argv else oracle.of_today(all_)
    failed = oracle.failures(one, chosen)
    print('%d failed\ncases: %d' % (failed, len(LIMITS) * len(chosen)))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())

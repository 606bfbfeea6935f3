"""Programs as files; what explain says of them; the evaluator and covered C."""
import json
import os
import pathlib
import re
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402

HEADS = HERE / 'heads'
TARGET = oracle.TARGET = 'avx2' if os.uname().machine in ('x86_64', 'AMD64') else 'neon'


def machine_can():
    if TARGET == 'neon':
        return os.uname().machine in ('aarch64', 'arm64')
    cpu = pathlib.Path('/proc/cpuinfo')
    return cpu.exists() and ' avx2 ' in cpu.read_text() and ' fma ' in cpu.read_text()


class Text:
    """A text in short form: the model, what is stored, what is given."""

    def __init__(self, text):
        self.lengths, self.ragged, self.stored, self.given, out = {}, [], {}, {}, ['model m']
        for line in text.splitlines():
            word, _, rest = line.partition(' ')
            if word in ('par', 'in', 'int'):
                for name, axes in re.findall(r'(\w+)\[([\w,]*)\]', rest):
                    axes = axes.split(',') if axes else []
                    if word == 'par':
                        self.stored[name] = axes
                    else:
                        self.given[name] = (axes, word)
                        out.append(f'input {name}[{",".join(axes)}]: {"real" if word == "in" else "int"}')
                continue
            if word == 'dim':
                self.lengths.update((n, int(v)) for n, v in re.findall(r'(\w+) = (\d+)', rest))
            if word == 'ragged' and '=' not in rest:
                self.ragged.append(rest.strip())
                line += ' <= 4096'
            out.append(line)
        body = '\n'.join(out)
        for name in self.stored:
            body = re.sub(rf'(?<![\w"]){name}\[', f'"{name}"[', body)
        if self.stored:
            body = body.replace('model m\n', 'model m\nweights "model.safetensors"\n', 1)
        self.model = body + '\n'

    def write(self, folder, lengths, seed=1, scale=1.0):
        """model.sinter, model.safetensors, in.safetensors: sequences of these lengths."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / 'm.sinter').write_text(self.model)
        random = np.random.default_rng(seed)
        if self.stored:
            oracle.save(folder / 'model.safetensors', {n: (random.normal(size=[self.lengths[a] for a in axes]) * scale).astype(np.float32)
                                                       for n, axes in self.stored.items()})
        tensors = {}
        for k, row in enumerate(lengths):
            length = {**self.lengths, **dict(zip(self.ragged, row))}
            for name, (axes, kind) in self.given.items():
                shape = [length[a] for a in axes]
                tensors[f'{k}/{name}'] = random.normal(size=shape).astype(np.float32) if kind == 'in' else random.integers(0, 4, size=shape)
        oracle.save(folder / 'in.safetensors', tensors)


class Kernel:
    def __init__(self, k):
        self.name = k['form']
        self.word = k['form'] + (' gated' if k['gated'] else ' merged' if k['form'] != 'rowwise' and len(k['parts']) > 1 else '')
        self.roles = {r: vs.split(',') if vs else [] for r, vs in k['parts'][0]['roles'].items()}
        self.stores = len(k['stores'])
        self.domain = k['parts'][0].get('domain')
        self.why = k['not']

    def same(self):
        """What neither names nor the order of operands may change."""
        return self.word, self.stores


class Kernels(list):
    reasons = ()


def explain(folder, heads=HEADS, sinter=oracle.SINTER):
    done = oracle.run(sinter, 'explain', folder / 'm.sinter', '--json', '--target=' + TARGET, f'--forms={heads}')
    functions = json.loads(done.stdout)['functions']
    found = Kernels(Kernel(k) for f in functions for k in f['kernels'])
    found.reasons = [w['reason'] for f in functions for w in f['plain']] + [w['reason'] for k in found for w in k.why]
    return found


def compiled(folder, heads=HEADS):
    """The program of covered C."""
    target = folder / 'c'
    oracle.run(oracle.SINTER, 'emit', folder / 'm.sinter', '-d', target, '--target=' + TARGET, f'--forms={heads}')
    return oracle.make(target, 'm', '-O0', '-w', cc=oracle.QUICK)


def differs(got, wanted, tolerance=2e-5):
    """A sentence about the first value that is too far from the evaluator's; None: all are near. What is no number there may be any."""
    for name, want in wanted.items():
        have = got[name]
        if have.shape != want.shape:
            return f'{name}: shape {have.shape}, wanted {want.shape}'
        a, b = have.astype(np.float64), want.astype(np.float64)
        with np.errstate(all='ignore'):
            bad = ~np.isnan(b) & ~np.where(np.isinf(b), a == b, np.abs(a - b) <= tolerance * (1 + np.abs(b)))
        if bad.any():
            at = np.argwhere(bad)[0]
            return f'{name}{list(at)}: {a[tuple(at)]}, the evaluator has {b[tuple(at)]}'
    return None


def check_values(folder, text, lengths, tolerance=2e-5, **options):
    text.write(folder, lengths, **options)
    wanted = oracle.evaluate(folder / 'm.sinter', folder, folder / 'in.safetensors', folder / 'want.safetensors')
    got = oracle.answer(compiled(folder), folder / 'in.safetensors', folder / 'got.safetensors')
    return differs(got, wanted, tolerance)

"""Models whose kernels can be broken, and whether anybody sees it: an exit code, a message, another answer."""
import os
import re
import subprocess

import numpy as np

import mutate
import oracle
import played

FORMS = oracle.SOURCE / 'templates/forms/cuda'
COMPUTES, SECONDS = 10, 600  # seconds of a processor that a run may take, and of a clock: what waits may be waiting for a processor
ROUND = 256  # rows that a grid of one block takes at once
MODES = ({'EMU_GRID': '1'}, {'EMU_EAGER': '1', 'EMU_REVERSE': '1'}, {'EMU_PROCESSORS': '2'})
NEAR = {'f32': 1e-4, 'f16': 5e-3, 'bf16': 3e-2, 'int8': 8e-2}  # to the evaluator, without a defect


def forms(folder):
    """A folder of all forms with their mutants in them; which those are, by number."""
    folder.mkdir()
    every = []
    for path in sorted(FORMS.glob('*.cu')):
        text, mutants = mutate.mutate_template(path, len(every) + 1)
        (folder / path.name).write_text(text)
        every += mutants
    return folder, every


def weights_of(lines, random):
    """Numbers for all weights: lines `# weight NAME SHAPE`."""
    return {name: (random.normal(size=[int(n) for n in shape]) * 0.4).astype('f4')
            for name, *shape in (line.split()[2:] for line in lines if line.startswith('# weight '))}


def many(word):
    """`5`, or `300*5`: 5, as often."""
    times, _, n = word.rpartition('*')
    return [int(n)] * int(times or 1)


class Batches:
    """Tensors for a model: lines `# lengths ...`; `# input NAME SHAPE HIGHEST`, where a dim is a number or `t`; HIGHEST 0: real; `# without
    NAME`: an input that need not be there; `# undefined NAME`: one that need not be numbers; `# faults ...`: lengths that have no answer."""

    def __init__(self, text, random):
        lines = [line.split()[1:] for line in text.splitlines() if line.startswith('# ')]
        self.lengths = [[n for word in line[1:] for n in many(word)] for line in lines if line[0] == 'lengths']
        self.inputs = [(line[1], line[2:-1], int(line[-1])) for line in lines if line[0] == 'input']
        self.right = [self.batch(lengths, random) for lengths in self.lengths]
        self.right.append(self.batch(self.lengths[0], None))
        for line in lines:
            if line[0] == 'undefined':
                self.right.append({name: self.holed(x) if name.split('/')[1] == line[1] else x for name, x in self.right[0].items()})
            if line[0] == 'without':
                self.right.append({name: x for name, x in self.right[0].items() if name.split('/')[1] != line[1]})

        self.faults = [self.batch([int(n) for n in line[1:]], random) for line in lines if line[0] == 'faults']

    @staticmethod
    def holed(x):
        """Every third is no number."""
        x = x.copy()
        x[::3] = np.nan
        return x

    def batch(self, lengths, random):
        """Random numbers; without `random` the largest ones."""
        made = {}
        for name, shape, highest in self.inputs:
            for k, n in enumerate(lengths):
                size = [n if d == 't' else int(d) for d in shape]
                if highest:
                    made[f'{k}/{name}'] = random.integers(0, highest, size) if random else np.full(size, highest - 1)
                else:
                    made[f'{k}/{name}'] = random.normal(size=size).astype('f4') if random else np.ones(size, 'f4')
        return made

    def wrong(self):
        """Those with an index out of range: the first one, the last, and one in the second round of a grid."""
        lengths = self.lengths[0]
        for name, _, highest in self.inputs:
            second = next((k for k in range(len(lengths)) if sum(lengths[:k + 1]) > ROUND), 0)
            for value, k, at in ((-1, 0, 0), (highest, len(lengths) - 1, -1), (-1, second, ROUND - sum(lengths[:second]))) if highest else ():
                bad = dict(self.right[0])
                bad[f'{k}/{name}'] = bad[f'{k}/{name}'].copy()
                bad[f'{k}/{name}'][at] = value
                yield bad


def leave_checks_to_the_gpu(folder, name):
    """The program and the host's part do not look whether an index is out of range."""
    for file, pattern, instead in ((f'{name}_main.c', r' \|\| value > most \|\| \(value < 0 && [^)]*\)', ''),
                                   (f'{name}_cuda.c', r'\n    for \(int64_t i = 0; [^\n]*\{\n        if [^\n]*\{\n[^\n]*_BAD_INDEX;\n        \}\n    \}', '')):
        text, n = re.subn(pattern, instead, (folder / file).read_text())
        if not n:
            raise oracle.Wrong(f'{file} checks indices in another way')
        (folder / file).write_text(text)


def limited(command, surroundings):
    """The exit code of a program that has so many seconds."""
    try:
        return subprocess.run(['sh', '-c', f'ulimit -c 0; ulimit -t {COMPUTES}; exec "$@"', 'sh', *command], capture_output=True, timeout=SECONDS,
                              env={**os.environ, **surroundings}).returncode
    except subprocess.TimeoutExpired:
        return 'hangs'


class Model:
    """`mutants`: those that its kernels have. With a line `# indices` it is asked about some that are out of range too."""

    def __init__(self, path, plan, folder, broken_forms):
        folder.mkdir()
        self.folder, self.plan, text, random = folder, plan, path.read_text(), np.random.default_rng(7)
        options = [word for line in text.splitlines() if line.startswith('# options ') for word in line.split()[2:]]
        self.more = {'LD_LIBRARY_PATH': str(played.cublaslt(folder / 'library'))} if '--gemm=cublaslt' in options else {}
        batches = Batches(text, random)
        oracle.save(folder / 'w.safetensors', weights_of(text.splitlines(), random))
        oracle.run(oracle.SINTER, 'emit', path, '--model-dir', folder, '--target=cuda', f'--weights={plan}', f'--forms={broken_forms[0]}', *options,
                   '-d', folder / 'c')
        kernels = next((folder / 'c').glob('*.cu'))
        changed, own = mutate.mutate(kernels.read_text(), len(broken_forms[1]) + 1)
        kernels.write_text(changed)
        there = {int(n) for n in re.findall(r'\bMUTANT\((\d+)\)', changed)}
        self.mutants = [m for m in broken_forms[1] + own if m.number in there]
        asks = '\n# indices\n' in text
        if asks:
            leave_checks_to_the_gpu(kernels.parent, kernels.stem)
        self.program = oracle.emulate.build(oracle.run, oracle.CC, folder / 'c', kernels.stem, *oracle.emulate.UNDEFINED, '-O1', '-w')  # compiled once, run often
        right, wrong = ([self.save(tensors) for tensors in some] for some in (batches.right, [*batches.faults, *(batches.wrong() if asks else ())]))
        self.runs = [(right[0], mode) for mode in MODES] + [(given, MODES[0]) for given in right[1:] + wrong]
        self.wanted = [self.answer(0, *run) for run in self.runs]
        self.judge(path, right, len(wrong))

    def judge(self, path, right, wrong):
        """It is as it should be without a defect."""
        for given in right:
            code, bits = self.wanted[next(i for i, run in enumerate(self.runs) if run[0] == given)]
            self.out(0).write_bytes(bits)
            wanted = oracle.evaluate(path, self.folder, given, self.folder / 'exact')
            worst = oracle.errors(oracle.load(self.out(0)), wanted) if code == 0 else {'exit code': abs(code)}
            if max(worst.values()) > NEAR[self.plan]:
                raise oracle.Wrong('%s is wrong without a defect: %s' % (path.name, worst))
        if any(code != 1 for code, _ in self.wanted[len(self.wanted) - wrong:]):
            raise oracle.Wrong('%s: an index out of range, or a fault, is not found' % path.name)

    def save(self, tensors):
        file = self.folder / f'in{len(list(self.folder.glob("in*")))}.safetensors'
        oracle.save(file, tensors)
        return file

    def out(self, number):
        return self.folder / f'out{number}'

    def answer(self, number, given, mode):
        out = self.out(number)
        code = limited([self.program, '--device=cuda', '--batch=500', '--in', given, '--out', out], {**self.more, **mode, 'EMU_MUTANT': str(number)})
        return code, out.read_bytes() if code == 0 else b''

    def answers_as_ever(self, number):
        """The same with this defect as without one, whatever is asked."""
        same = all(self.answer(number, *run) == wanted for run, wanted in zip(self.runs, self.wanted))
        self.out(number).unlink(missing_ok=True)
        return same

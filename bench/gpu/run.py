#!/usr/bin/env python3
"""Measures sinter's kernels on a GPU beside torch, JAX and ByteTransformer; see README.md.

    run.py [--dry] [--out=FOLDER] [--sinter=PROGRAM] [--quick]"""
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import encoder
import lengths
import report
import right

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DRAWS, BATCHES, WARM, ROUNDS = 8, 200, 20, 4
# of --weights, what the sum of its answer and the answer itself may differ by: bf16 keeps 8 bits of a number, and 4.2e-3 was measured
PLANS = {'f32': (1e-5, 1e-5), 'bf16': (4e-3, 8e-3)}
ARCHES = {'sm_90a': ['-gencode=arch=compute_80,code=sm_80', '-gencode=arch=compute_90a,code=sm_90a'],
          'sm_90': ['-gencode=arch=compute_80,code=sm_80', '-gencode=arch=compute_90,code=sm_90']}  # without what sm_90a alone can: wgmma
SIDES = {'sinter': ('sm_90a', []), 'sinter mma': ('sm_90', []), 'sinter cublaslt': ('sm_90a', ['--gemm=cublaslt'])}
GRID = [(name, kind, batch, longest, 'bf16') for name in ('base', 'large') for kind in lengths.KINDS for batch in (1, 8, 16, 64, 256)
        for longest in (64, 128, 256, 512, 1024) if batch * longest <= 32768]
GRID += [('base', kind, 16, longest, 'f16') for kind in ('uniform', 'constant') for longest in (64, 128, 256, 512, 1024)]
GRID += [('attention', 'constant', 16384 // longest, longest, 'bf16') for longest in report.FLASH]
QUICK = [('attention', 'constant', 16, 1024, 'bf16'), ('base', 'uniform', 16, 128, 'bf16'), ('base', 'uniform', 16, 512, 'bf16'),
         ('base', 'constant', 16, 256, 'bf16'), ('base', 'uniform', 16, 512, 'f16')]
DRY = [('tiny', 'uniform', 3, 9, 'bf16'), ('tiny', 'lognormal', 4, 6, 'bf16'), ('tiny attention', 'uniform', 3, 9, 'bf16')]
DTYPE = {'bf16': 'bfloat16', 'f16': 'float16'}


def run(*command, **more):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)
    if done.returncode:
        raise SystemExit('%s: exit code %d\n%s' % (' '.join(map(str, command)), done.returncode, done.stderr[-3000:]))
    return done.stdout


def gpu_name():
    try:
        return run('nvidia-smi', '--query-gpu=name', '--format=csv,noheader').strip().split('\n')[0]
    except (OSError, SystemExit):
        return None


def build_alone(folder, sinter):
    """The executable that sinter builds by itself, for cold start and size; and what only opens the driver. Seconds of the first."""
    nvcc = pathlib.Path(os.environ.get('NVCC', shutil.which('nvcc')))
    begin = time.time()
    run(sinter, 'build', folder / 'encoder.sinter', '--target=cuda', '-o', folder / 'alone')
    seconds = time.time() - begin
    home = nvcc.resolve().parents[1]
    run('cc', '-std=c99', '-O2', f'-I{home}/include', HERE / 'driver.c', f'-L{home}/lib64', '-lcudart_static', '-lpthread', '-ldl', '-lrt', '-o',
        'driver', cwd=folder)
    return seconds


def build_on_gpu(folder, sinter, numbers, arch, options, *flags):
    """The program of sinter_side.c, in a folder of its own."""
    nvcc, out = os.environ.get('NVCC', shutil.which('nvcc')), pathlib.Path(tempfile.mkdtemp(dir=folder))
    run(sinter, 'emit', folder / 'encoder.sinter', '--model-dir', folder, '--target=cuda', '--weights=' + numbers, *options, '-d', out)
    run(nvcc, '-fatbin', '-O3', '-fmad=false', *ARCHES[arch], 'encoder.cu', '-o', 'encoder.fatbin', cwd=out)
    home = pathlib.Path(nvcc).resolve().parents[1]
    run('cc', '-std=c99', '-O2', *flags, f'-I{home}/include', '-I.', HERE / 'sinter_side.c', 'encoder.c', 'encoder_cuda.c', 'encoder_fatbin.S',
        *(p.name for p in out.glob('encoder_weights.[Sc]')), f'-L{home}/lib64', '-lcudart_static', '-lpthread', '-ldl', '-lrt', '-lm', '-o',
        'side', cwd=out)
    return out / 'side'


def build_dry(folder, sinter, *flags):
    """The same on the GPU that the processor plays."""
    os.environ.setdefault('SINTER', str(sinter))
    sys.path.insert(0, str(ROOT / 'tests'))
    import oracle
    oracle.emulate.build(oracle.run, oracle.CC, folder, 'encoder', *oracle.emulate.QUICK)
    oracle.run(*oracle.CC, *flags, f'-I{oracle.emulate.HERE}', '-I.', HERE / 'sinter_side.c', 'kernels.o', 'host.o', 'encoder.c', 'fatbin.c',
               *(p.name for p in folder.glob('encoder_weights.[Sc]')), oracle.emulate.emulator(oracle.CC), '-rdynamic', '-lm', '-o', 'side', cwd=folder)
    oracle.run(*oracle.CC, f'-I{oracle.emulate.HERE}', HERE / 'driver.c', oracle.emulate.emulator(oracle.CC), '-rdynamic', '-lm', '-o', 'driver',
               cwd=folder)
    return folder / 'side'


def exact(tensors, name, n):
    """The encoder in doubles, of the first n rows as one batch whose lengths are n[..]: [T, d]."""
    import numpy as np
    from math import erf
    layers, heads, width = encoder.SHAPES[name]
    d, at, out = heads * width, 0, []
    everything = encoder.numbers(sum(n) * d).reshape(-1, d).astype('f8')

    def attention(q, k, v):
        q, k, v = (y.reshape(len(y), heads, width).transpose(1, 0, 2) for y in (q, k, v))
        s = q @ k.transpose(0, 2, 1) / width ** 0.5
        s = np.exp(s - s.max(-1, keepdims=True))
        return ((s / s.sum(-1, keepdims=True)) @ v).transpose(1, 0, 2).reshape(-1, d)

    for length in n:
        x = everything[at:at + length]
        at += length
        x = x if layers else attention(x, x, x)
        for layer in range(layers):
            w = {k.split('.', 2)[2]: t.astype('f8') for k, t in tensors.items() if k.startswith(f'layer.{layer}.')}
            linear = lambda y, p: y @ w[p + '.weight'].T + w[p + '.bias']  # noqa: E731

            def norm(y, p):
                y = y - y.mean(-1, keepdims=True)
                return y / np.sqrt((y * y).mean(-1, keepdims=True) + 1e-12) * w[p + '.weight'] + w[p + '.bias']

            o = attention(*(linear(x, p) for p in 'qkv'))
            x = norm(x + linear(o, 'o'), 'norm1')
            up = linear(x, 'up')
            x = norm(x + linear(up * 0.5 * (1 + np.vectorize(erf)(up / 2 ** 0.5)), 'down'), 'norm2')
        out.append(x)
    return np.concatenate(out)


def times_of(said):
    """What sinter_side.c printed: milliseconds of each batch, and of its host; bytes; the sum of the output; milliseconds to the first answer."""
    found = {word: [float(x) for x in re.findall(r'^%s (\S+)' % word, said, re.M)] for word in ('ms', 'host', 'memory', 'sum', 'first')}
    weights = float(re.search(r'^weights on a GPU (\d+)', said, re.M).group(1))
    return {**found, 'memory': found['memory'][0] + weights, 'sum': found['sum'][0], 'first': found['first'][0]}


def summary(ms):
    ms = sorted(ms)
    return {'median': statistics.median(ms), 'p95': ms[int(len(ms) * 0.95)]}


class Side:
    """sinter's program: measured like every other way."""

    def __init__(self, program, folder):
        self.program, self.lengths, self.out, self.said = program, folder / 'lengths', program.parent / 'out', []

    def times(self, batches, warm):
        self.said.append(times_of(run(self.program, self.lengths, batches, warm, self.out)))
        return self.said[-1]['ms']

    def about(self):
        import numpy as np
        host = [ms for said in self.said for ms in said['host']]
        return {'output': np.fromfile(self.out, 'f4'), 'memory': self.said[0]['memory'], 'host': statistics.median(host),
                'first': statistics.median(said['first'] for said in self.said)}


class Byte:
    """ByteTransformer, stock or patched, where it was built: it prints milliseconds, no output."""

    def __init__(self, variable, name, numbers, folder):
        if not os.environ.get(variable):
            raise OSError(f'${variable} names no program')
        if numbers != 'f16':
            raise OSError('it multiplies in f16 alone')
        self.command = [os.environ[variable], *encoder.SHAPES[name], folder / 'lengths']

    def times(self, batches, warm):
        return [float(t) for t in run(*self.command).split()][:batches]

    def about(self):
        return {}


class Torch:
    def __init__(self, way, side):
        side.memory()
        self.side, self.way = side, getattr(side, 'way_' + way)()

    def times(self, batches, warm):
        with self.side.torch.inference_mode():
            return self.side.times(self.way, batches, warm)

    def about(self):
        with self.side.torch.inference_mode():
            return {'output': self.side.output(self.way), 'memory': self.side.memory()}


class Jax:
    def __init__(self, *given):
        import jax_side
        self.side = jax_side.Jax(*given)

    def times(self, batches, warm):
        return self.side.times(batches, warm)

    def about(self):
        return {'output': self.side.output()}


def rivals(name, numbers, tensors, draws, folder, device):
    """By name: what makes a way; it says why it cannot, and the others go on."""
    made = {'bytetransformer': lambda: Byte('BYTETRANSFORMER', name, numbers, folder),
            'patched': lambda: Byte('BYTETRANSFORMER_PATCHED', name, numbers, folder),
            'jax': lambda: Jax(name, tensors, draws, DTYPE.get(numbers, 'float32'))}
    try:
        import torch  # noqa: F401
    except ImportError as why:
        return made | {way: lambda why=why: (_ for _ in ()).throw(why) for way in report.TORCH}
    import torch_side
    with torch.inference_mode():
        side = torch_side.Torch(name, tensors, draws, DTYPE.get(numbers, 'float32'), device)
    return made | {way: lambda way=way: Torch(way, side) for way in torch_side.WAYS}


def alternate(result, made, exact_output):
    """Rounds in which each way has its turn, so that what else the machine does meets all of them."""
    ways, times = {}, {}
    for way, make in made.items():
        try:
            ways[way] = make()
            ways[way].times(0, WARM)
        except Exception as why:  # a rival that fails is a line below the table
            if way.startswith('sinter'):
                raise
            ways.pop(way, None)
            result[way] = {'why': f'{type(why).__name__}: {str(why).strip().splitlines()[0][:160] if str(why).strip() else ""}'}
    for _ in range(ROUNDS):
        for way, measured in ways.items():
            times[way] = times.get(way, []) + measured.times(BATCHES // ROUNDS, WARM)
    for way, measured in ways.items():
        about = measured.about()
        result[way] = summary(times[way]) | {k: x for k, x in about.items() if k != 'output'}
        if exact_output is not None and 'output' in about:
            result[way]['difference'] = distance(about['output'], exact_output)


def distance(got, wanted):
    """Relative to the length of the vector of all valid tokens."""
    import numpy as np
    got, wanted = np.asarray(got, 'f8').ravel(), np.asarray(wanted, 'f8').ravel()
    return float(np.linalg.norm(got - wanted) / np.linalg.norm(wanted))


def flags_of(name):
    return ['-DATTENTION'] if 'attention' in name else []


def check(shape, plan, sinter, tensors, draws, folder):
    """A plan's answer on the GPU that the processor plays, beside one in doubles."""
    import numpy as np
    run(sinter, 'emit', folder / 'encoder.sinter', '--model-dir', folder, '--target=cuda', '--weights=' + plan, '-d', folder)
    side = build_dry(folder, sinter, *flags_of(shape[0]))
    run(folder / 'driver')
    said = times_of(run(side, folder / 'lengths', 8, 4, folder / 'out'))
    out = exact(tensors, shape[0], draws[0])
    wanted, size, got = encoder.checksum(out), encoder.size(out), np.fromfile(folder / 'out', 'f4')
    if not abs(said['sum'] - wanted) <= PLANS[plan][0] * size or not distance(got, out) <= PLANS[plan][1]:
        raise SystemExit(f'{shape}, {plan}: the answer is {said["sum"]}, not {wanted}, of {size}; it differs by {distance(got, out)}')
    return out


def check_rivals(shape, tensors, draws, folder, out):
    """Those that can run on the processor, in floats, beside the same: what is compared computes the same thing."""
    import torch_side
    found = []
    for way, make in rivals(shape[0], 'f32', tensors, draws, folder, 'cpu').items():
        if way in report.TORCH and way not in ('dynamic', 'compiled', 'packed_compiled'):  # these take a minute
            try:
                differs = distance(make().about()['output'], out)
            except (ImportError, NotImplementedError, RuntimeError) as why:
                found.append((way, None, type(why).__name__))
                continue
            found.append((way, differs < 1e-5, f'differs by {differs:.0e}'))
    assert torch_side.WAYS == list(report.TORCH)
    return found


def one(shape, sinter, dry, found):
    name, kind, batch, longest, numbers = shape
    draws = [lengths.draw(kind, batch, longest, k) for k in range(DRAWS)]
    result = {'shape': shape, 'tokens': statistics.mean(map(sum, draws)), 'flops': statistics.mean(encoder.flops(name, n) for n in draws),
              'moved': statistics.mean(encoder.moved(name, n) for n in draws)}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        tensors = encoder.write(folder, name, longest)
        (folder / 'lengths').write_text(''.join(' '.join(map(str, n)) + '\n' for n in draws))
        if dry:
            for plan in PLANS:
                out = check(shape, plan, sinter, tensors, draws, folder)
            if shape == DRY[0]:
                found += check_rivals(shape, tensors, draws, folder, out)
            result['sinter'] = {'why': 'a dry run: the answer is right, nothing is timed'}
            return result
        seconds = build_alone(folder, sinter)
        driver = float(re.search(r'^driver (\S+)', run(folder / 'driver')).group(1))
        programs = {side: build_on_gpu(folder, sinter, numbers, arch, options, *flags_of(name)) for side, (arch, options) in SIDES.items()}
        if not any('sanitizer' in what for what, *_ in found):
            found += right.sanitize(programs['sinter'], folder / 'lengths')
            stop_if_wrong(found)
        made, exact_output = {side: lambda program=program: Side(program, folder) for side, program in programs.items()}, None
        if 'attention' not in name:
            made |= rivals(name, numbers, tensors, draws, folder, 'cuda')
            try:
                import torch_side
                exact_output = torch_side.reference(name, tensors, draws)
            except ImportError:
                pass
        alternate(result, made, exact_output)
        result['sinter'] |= {'bytes': (folder / 'alone').stat().st_size, 'weights': sum(t.nbytes for t in tensors.values()), 'build': seconds,
                             'cold': (result['sinter']['first'] - driver) / 1e3, 'driver': driver / 1e3}
        if 'attention' in name:
            result['share'] = result['flops'] / result['sinter']['median'] / 1e9 / report.FLASH[longest]
    return result


def stop_if_wrong(found):
    """compute-sanitizer that is not there is no error; one that finds something is."""
    if any(good is not None and not good for _, good, _ in found):
        raise SystemExit('what is wrong is not timed: ' + '; '.join(f'{what}: {said}' for what, good, said in found if good is not None and not good))


def main():
    words = sys.argv[1:]
    dry, options = '--dry' in words, dict(w[2:].split('=', 1) for w in words if '=' in w)
    sinter = pathlib.Path(options.get('sinter', os.environ.get('SINTER', ROOT / 'build/bin/sinter'))).resolve()
    out = pathlib.Path(options.get('out', '.'))
    gpu = gpu_name()
    if not gpu and not dry:
        print('no GPU on this machine: the tables stay empty (--dry checks everything up to there)')
    shapes = DRY if dry else [] if not gpu else QUICK if '--quick' in words else GRID
    results, found = [], []
    if gpu or dry:
        found = right.tests(sinter, dry)
        for what, good, said in found:
            print(f'{what}: {said}', flush=True)
        stop_if_wrong(found)
    for shape in shapes:
        results.append(one(shape, sinter, dry, found))
        print(*shape, {k: v.get('median', v.get('why')) for k, v in results[-1].items() if isinstance(v, dict)}, flush=True)
    if dry:
        stop_if_wrong(found)
        found += right.sanitize(None, None) if not shutil.which('compute-sanitizer') else []
    about = {'gpu': gpu, 'dry': dry, 'date': time.strftime('%Y-%m-%d'), 'found': found}
    text = report.tables(about, results, GRID if not dry else DRY)
    if dry and 'out' not in options:
        print(text)
        return
    out.mkdir(parents=True, exist_ok=True)
    (out / 'results.json').write_text(json.dumps({'about': about, 'results': results}, indent=1))
    (out / 'tables.md').write_text(text)


if __name__ == '__main__':
    main()

#!/usr/bin/env python3
"""Measures sinter's kernels on a GPU beside torch and ByteTransformer; see README.md.

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
PLANS = {'f32': 1e-5, 'bf16': 4e-3}  # of --weights, and what its answer may differ by: bf16 keeps 8 bits of a number
GRID = [(name, kind, batch, longest) for name in ('base', 'large') for kind in lengths.KINDS for batch in (1, 8, 16, 64)
        for longest in (64, 128, 256, 512, 1024) if batch * longest <= 32768]
GRID += [('attention', 'constant', 16384 // longest, longest) for longest in report.FLASH]
QUICK = [('attention', 'constant', 16, 1024), ('base', 'uniform', 16, 128), ('base', 'uniform', 16, 512), ('base', 'constant', 16, 256)]
DRY = [('tiny', 'uniform', 3, 9), ('tiny', 'lognormal', 4, 6), ('tiny attention', 'uniform', 3, 9)]


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


def build_on_gpu(folder, sinter, *flags):
    """The program of sinter_side.c; and the executable that sinter builds by itself, for cold start and size."""
    nvcc = os.environ.get('NVCC', shutil.which('nvcc'))
    run(sinter, 'build', folder / 'encoder.sinter', '--target=cuda', '-o', folder / 'alone')
    run(nvcc, '-fatbin', '-O3', '-fmad=false', '-gencode=arch=compute_80,code=sm_80', '-gencode=arch=compute_90a,code=sm_90a',
        'encoder.cu', '-o', 'encoder.fatbin', cwd=folder)
    home = pathlib.Path(nvcc).resolve().parents[1]
    run('cc', '-std=c99', '-O2', *flags, f'-I{home}/include', '-I.', HERE / 'sinter_side.c', 'encoder.c', 'encoder_cuda.c', 'encoder_fatbin.S',
        *(p.name for p in folder.glob('encoder_weights.[Sc]')), f'-L{home}/lib64', '-lcudart_static', '-lpthread', '-ldl', '-lrt', '-lm', '-o',
        'side', cwd=folder)
    run('cc', '-std=c99', '-O2', f'-I{home}/include', HERE / 'driver.c', f'-L{home}/lib64', '-lcudart_static', '-lpthread', '-ldl', '-lrt', '-o',
        'driver', cwd=folder)
    return folder / 'side'


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
    """Milliseconds of each batch; the sum of the output; milliseconds to the first answer."""
    return ([float(t) for t in re.findall(r'^ms (\S+)', said, re.M)], float(re.search(r'^sum (\S+)', said, re.M).group(1)),
            float(re.search(r'^first (\S+)', said, re.M).group(1)))


def summary(ms, total):
    ms = sorted(ms)
    return {'median': statistics.median(ms), 'p95': ms[int(len(ms) * 0.95)], 'sum': total}


def rivals(name, tensors, draws, folder):
    """By name: a function that measures so many batches and returns (milliseconds of each, sum of the output), or why there is none."""
    layers, heads, width = encoder.SHAPES[name]
    ways = {}
    for way, variable in (('bytetransformer', 'BYTETRANSFORMER'), ('patched', 'BYTETRANSFORMER_PATCHED')):
        program = os.environ.get(variable)
        ways[way] = f'${variable} names no program' if not program else lambda n, program=program: (
            [float(t) for t in run(program, layers, heads, width, folder / 'lengths').split()], None)
    try:
        import torch
        import torch_side
    except ImportError:
        return ways | {way: 'no torch' for way in ('padded', 'compiled', 'packed')}
    ways['packed'] = 'this torch has no varlen_attn'
    with torch.inference_mode():
        for way, function in torch_side.ways(name, tensors, draws, torch.bfloat16):
            torch_side.time(function, len(draws), 0, WARM)

            def measure(n, function=function):
                with torch.inference_mode():
                    ms, out = torch_side.time(function, len(draws), n, 1)
                return ms, encoder.checksum(out)

            ways[way] = measure
    return ways


def alternate(result, side, name, tensors, draws, folder):
    """Rounds in which each way has its turn, so that what else the machine does meets all of them."""
    ways = rivals(name, tensors, draws, folder) if 'attention' not in name else {}
    times = {way: [] for way in ways} | {'sinter': []}
    sums, firsts = {}, []
    for _ in range(ROUNDS):
        ms, sums['sinter'], first = times_of(run(side, folder / 'lengths', BATCHES // ROUNDS, WARM))
        times['sinter'] += ms
        firsts.append(first)
        for way, measure in ways.items():
            if callable(measure):
                ms, sums[way] = measure(BATCHES // ROUNDS)
                times[way] += ms
    for way, ms in times.items():
        result[way] = summary(ms, sums[way]) if ms else {'why': ways[way]}
        if ms and sums[way] is not None:
            result[way]['difference'] = abs(sums[way] - sums['sinter']) / max(1.0, abs(sums['sinter']))
    return statistics.median(firsts)


def flags_of(name):
    return ['-DATTENTION'] if 'attention' in name else []


def check(shape, plan, sinter, tensors, draws, folder):
    """A plan's answer on the GPU that the processor plays, beside one in doubles."""
    run(sinter, 'emit', folder / 'encoder.sinter', '--model-dir', folder, '--target=cuda', '--weights=' + plan, '-d', folder)
    side = build_dry(folder, sinter, *flags_of(shape[0]))
    run(folder / 'driver')
    _, got, _ = times_of(run(side, folder / 'lengths', 8, 4))
    out = exact(tensors, shape[0], draws[0])
    wanted, size = encoder.checksum(out), encoder.size(out)
    if not abs(got - wanted) <= PLANS[plan] * size:
        raise SystemExit(f'{shape}, {plan}: the answer is {got}, not {wanted}, of {size}')


def one(shape, sinter, dry, found):
    name, kind, batch, longest = shape
    draws = [lengths.draw(kind, batch, longest, k) for k in range(DRAWS)]
    result = {'shape': shape, 'tokens': statistics.mean(map(sum, draws)), 'flops': statistics.mean(encoder.flops(name, n) for n in draws),
              'moved': statistics.mean(encoder.moved(name, n) for n in draws)}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        tensors = encoder.write(folder, name, longest)
        (folder / 'lengths').write_text(''.join(' '.join(map(str, n)) + '\n' for n in draws))
        if dry:
            for plan in PLANS:
                check(shape, plan, sinter, tensors, draws, folder)
            result['sinter'] = {'why': 'a dry run: the answer is right, nothing is timed'}
            return result
        run(sinter, 'emit', folder / 'encoder.sinter', '--model-dir', folder, '--target=cuda', '-d', folder)
        side = build_on_gpu(folder, sinter, *flags_of(name))
        driver = float(re.search(r'^driver (\S+)', run(folder / 'driver')).group(1))
        if not any('sanitizer' in what for what, *_ in found):
            found += right.sanitize(side, folder / 'lengths')
        first = alternate(result, side, name, tensors, draws, folder)
        result['sinter'] |= {'bytes': (folder / 'alone').stat().st_size, 'weights': sum(t.nbytes for t in tensors.values()),
                             'cold': (first - driver) / 1e3, 'driver': driver / 1e3}
        if 'attention' in name:
            result['share'] = result['flops'] / result['sinter']['median'] / 1e9 / report.FLASH[longest]
    return result


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
        if not all(good for _, good, _ in found):
            raise SystemExit('what is wrong is not timed')
    for shape in shapes:
        results.append(one(shape, sinter, dry, found))
        print(*shape, {k: v.get('median', v.get('why')) for k, v in results[-1].items() if isinstance(v, dict)}, flush=True)
    if dry:
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

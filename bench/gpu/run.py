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

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DRAWS, BATCHES, WARM, TOLERANCE = 8, 200, 20, 1e-3
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
    return folder / 'side'


def build_dry(folder, sinter, *flags):
    """The same on the GPU that the processor plays."""
    os.environ.setdefault('SINTER', str(sinter))
    sys.path.insert(0, str(ROOT / 'tests'))
    import oracle
    oracle.emulate.build(oracle.run, oracle.CC, folder, 'encoder', *oracle.emulate.QUICK)
    oracle.run(*oracle.CC, *flags, f'-I{oracle.emulate.HERE}', '-I.', HERE / 'sinter_side.c', 'kernels.o', 'host.o', 'encoder.c', 'fatbin.c',
               *(p.name for p in folder.glob('encoder_weights.[Sc]')), oracle.emulate.emulator(oracle.CC), '-rdynamic', '-lm', '-o', 'side', cwd=folder)
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
    ms = sorted(float(t) for t in re.findall(r'^ms (\S+)', said, re.M))
    return {'median': statistics.median(ms), 'p95': ms[int(len(ms) * 0.95)], 'sum': float(re.search(r'^sum (\S+)', said, re.M).group(1)),
            'first': float(re.search(r'^first (\S+)', said, re.M).group(1))}


def byte_transformer(result, name, draws, folder):
    layers, heads, width = encoder.SHAPES[name]
    for way, variable in (('bytetransformer', 'BYTETRANSFORMER'), ('patched', 'BYTETRANSFORMER_PATCHED')):
        program = os.environ.get(variable)
        if program:
            result[way] = {'median': float(run(program, layers, heads, width, folder / 'lengths').split()[0])}
        else:
            result[way] = {'why': f'${variable} names no program'}


def torch_times(result, name, tensors, draws):
    try:
        import torch
        import torch_side
    except ImportError:
        result.update({way: {'why': 'no torch'} for way in ('padded', 'compiled', 'packed')})
        return
    with torch.inference_mode():
        for way, function in torch_side.ways(name, tensors, draws, torch.bfloat16):
            ms, out = torch_side.time(function, len(draws), BATCHES, WARM)
            ms.sort()
            result[way] = {'median': statistics.median(ms), 'p95': ms[int(len(ms) * 0.95)], 'sum': encoder.checksum(out)}


def one(shape, sinter, dry):
    name, kind, batch, longest = shape
    draws = [lengths.draw(kind, batch, longest, k) for k in range(DRAWS)]
    result = {'shape': shape, 'tokens': statistics.mean(map(sum, draws)), 'flops': statistics.mean(encoder.flops(name, n) for n in draws)}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        tensors = encoder.write(folder, name, longest)
        (folder / 'lengths').write_text(''.join(' '.join(map(str, n)) + '\n' for n in draws))
        plan = ['--weights=f32'] if dry else []  # what is exact is told from what is wrong; bf16 is measured
        run(sinter, 'emit', folder / 'encoder.sinter', '--model-dir', folder, '--target=cuda', *plan, '-d', folder)
        side = (build_dry if dry else build_on_gpu)(folder, sinter, *(['-DATTENTION'] if 'attention' in name else []))
        said = times_of(run(side, folder / 'lengths', 8 if dry else BATCHES, 4 if dry else WARM))
        if dry:
            wanted = encoder.checksum(exact(tensors, name, draws[0]))
            if abs(said['sum'] - wanted) > TOLERANCE * max(1, abs(wanted)):
                raise SystemExit(f'{shape}: the answer is {said["sum"]}, not {wanted}')
            result['sinter'] = {'why': 'a dry run: the answer is right, nothing is timed', 'sum': said['sum']}
            return result
        result['sinter'] = said
        begin = time.time()
        run(folder / 'alone', '--version')
        result['sinter'] |= {'bytes': (folder / 'alone').stat().st_size, 'weights': sum(t.nbytes for t in tensors.values()),
                             'cold': said['first'] / 1e3, 'exec': time.time() - begin}
        if 'attention' in name:
            result['share'] = result['flops'] / said['median'] / 1e9 / report.FLASH[longest]
            return result
        torch_times(result, name, tensors, draws)
        byte_transformer(result, name, draws, folder)
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
    results = []
    for shape in shapes:
        results.append(one(shape, sinter, dry))
        print(*shape, {k: v.get('median', v.get('why')) for k, v in results[-1].items() if isinstance(v, dict)}, flush=True)
    about = {'gpu': gpu, 'dry': dry, 'date': time.strftime('%Y-%m-%d')}
    text = report.tables(about, results, GRID if not dry else DRY)
    if dry and 'out' not in options:
        print(text)
        return
    out.mkdir(parents=True, exist_ok=True)
    (out / 'results.json').write_text(json.dumps({'about': about, 'results': results}, indent=1))
    (out / 'tables.md').write_text(text)


if __name__ == '__main__':
    main()

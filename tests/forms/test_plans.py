#!/usr/bin/env python3
"""Products of bytes and of halves of floats: --weights.

    test_plans.py [PART ...]

Whole programs are built and run on every set of kernels that this machine has. Products of bytes have to be those of plan_numbers.py, bit by
bit, for sizes around those of tiles, groups and panels, and for rows and columns that are odd in some way; halves have to give what a
checkpoint gives that was halved before. Which products are of what is told by explain."""
import json
import pathlib
import sys
import tempfile

import numpy as np

import plan_numbers
import running

oracle = running.oracle
bad = checks = 0


def check(what, holds, shown=''):
    global bad, checks
    bad, checks = bad + (not holds), checks + 1
    print(f'{"ok" if holds else "FAIL":5} {what}' + (f': {shown}' if shown != '' and not holds else ''), flush=True)


def kernels_of(program):
    return [name for name in ('zen4', 'avx512', 'avx2', 'c', 'neon') if oracle.subprocess.run([program, '--kernels=' + name, '--version'], capture_output=True).returncode == 0]


def build(folder, *options):
    """What `sinter build` makes (which check-plan calls below), compiled quickly: what optimisation makes of bytes and halves, MiniLM shows."""
    where = folder / ('-'.join(['c', *options]).replace('=', '').replace('/', ''))
    target = [] if any(word.startswith('--target') for word in options) else ['--target=x86']
    oracle.run(oracle.SINTER, 'emit', folder / 'm.sinter', '-d', where, *target, *options)
    return oracle.make(where, 'm', '-O0', '-w', cc=oracle.QUICK)


def answers(program, folder, *options):
    out = folder / 'out.safetensors'
    oracle.run(program, '--in=' + str(folder / 'in.safetensors'), '--out=' + str(out), *options)
    return oracle.load(out)


def same(a, b):
    """The same bits, but that any number that is none is like any other."""
    return all((np.array_equal(a[k].view(np.uint32), b[k].view(np.uint32)) or
                bool(((a[k].view(np.uint32) == b[k].view(np.uint32)) | (np.isnan(a[k]) & np.isnan(b[k]))).all())) for k in b) and a.keys() == b.keys()


# ---- products, alone ------------------------------------------------------------------------------------------------------------------

def matrix_text(sizes):
    """Products of every pair of sizes, each with its own input and output."""
    out = ['model m', 'ragged t <= 4096', 'weights "model.safetensors"']
    for i, (k, n) in enumerate(sizes):
        out += [f'dim k{i} = {k}, n{i} = {n}', f'input x{i}[t,k{i}]: real', f'output y{i}[t,n{i}] = sum[k{i}] x{i}[t,k{i}] * "w{i}"[n{i},k{i}]']
    return '\n'.join(out) + '\n'


def odd_rows(x):
    """Rows of zeros, of one number, of huge and of tiny ones, and some that are no numbers."""
    for row, value in enumerate((0, 3.25, -7, 1e-42)):
        x[row] = value
    x[4] *= np.float32(1e37)
    x[5] *= np.float32(1e-36)
    x[6, -1] = np.nan
    x[7, 0] = np.inf
    x[8, 0] = -np.inf
    x[9] = np.abs(x[9]) + 5
    x[10, 0] = 1e6
    return x


def odd_columns(w):
    w[0] = 0
    w[1] = -0.75
    w[2] *= np.float32(1e30)
    w[3] *= np.float32(1e-41)
    w[4, 0] = np.nan
    w[5, -1] = np.inf
    w[6, 0] = 1e5
    return w


def write_matrices(folder, sizes, lengths, odd):
    random = np.random.default_rng(3)
    (folder / 'm.sinter').write_text(matrix_text(sizes))
    weights, given = {}, {}
    for i, (k, n) in enumerate(sizes):
        w = random.normal(size=(n, k)).astype(np.float32)
        weights[f'w{i}'] = odd_columns(w) if odd and i % 2 else w
        for s, length in enumerate(lengths):
            x = random.normal(size=(length, k)).astype(np.float32)
            given[f'{s}/x{i}'] = odd_rows(x) if odd and length > 11 else x
    oracle.save(folder / 'model.safetensors', weights)
    oracle.save(folder / 'in.safetensors', given)
    return weights, given


SIZES = [(32, 16), (33, 49), (191, 48), (192, 47), (193, 96), (386, 17), (1000, 50), (64, 97)]


def test_products(folder):
    folder.mkdir()
    weights, given = write_matrices(folder, SIZES, [0, 1, 23, 12], odd=True)
    program = build(folder, '--weights=int8')
    wanted = {k.replace('x', 'y'): plan_numbers.product(x, weights['w' + k.split('x')[1]]) for k, x in given.items()}
    mistaken = {k.replace('x', 'y'): plan_numbers.product(x, weights['w' + k.split('x')[1]], off=1) for k, x in given.items()}
    for kernels in kernels_of(program):
        got = answers(program, folder, '--kernels=' + kernels)
        wrong = [k for k in wanted if not same({k: got[k]}, {k: wanted[k]})]
        check(f'bytes, {kernels}: {len(wanted)} products of odd sizes, rows and columns, bit by bit', not wrong, wrong)
        check(f'bytes, {kernels}: zeros off by one are noticed', not same(got, mistaken))
        for options in (['--batch=1'], ['--threads=2'], ['--threads=3', '--batch=2']):
            check(f'bytes, {kernels}: the same bits, {" ".join(options)}', same(answers(program, folder, '--kernels=' + kernels, *options), got))


def test_halves(folder):
    folder.mkdir()
    weights, _ = write_matrices(folder, SIZES, [3, 0, 20], odd=False)
    weights['w0'][0, :4] = np.array([1.00390625, 1.01171875, 1e-40, -1.00390625], np.float32)  # ties, and what is tiny
    weights['w0'][1, 0], weights['w0'][2, 0] = 3.4e38, np.inf
    oracle.save(folder / 'model.safetensors', weights)
    program = build(folder, '--weights=bf16')
    oracle.save(folder / 'model.safetensors', {k: plan_numbers.halved(w) for k, w in weights.items()})
    plain = build(folder, '--weights=f32')
    for kernels in kernels_of(program):
        got, wanted = (answers(p, folder, '--kernels=' + kernels) for p in (program, plain))
        check(f'halves, {kernels}: what the halved checkpoint gives, bit by bit', same(got, wanted))


# ---- which products, and what is around them -------------------------------------------------------------------------------------------

SHAPES = [
    ('mates', '''dim d = 64, e = 48
par A[e,d] B[e,d] C[e,d] b[e]
ragged t
in x[t,d]
output p[t,e] = (sum[d] A[e,d] * x[t,d]) + b[e]
output q[t,e] = tanh(sum[d] B[e,d] * x[t,d])
output r[t,e] = 0.1 * (sum[d] C[e,d] * x[t,d])
''', ['int8'] * 3),
    ('a gate', '''dim d = 64, e = 50
par A[e,d] B[e,d]
ragged t
in x[t,d]
a[t,e] = sum[d] A[e,d] * x[t,d]
b[t,e] = sum[d] B[e,d] * x[t,d]
output y[t,e] = a[t,e] / (1 + exp(-a[t,e])) * b[t,e]
''', ['int8'] * 2),
    ('a matrix for each head', '''dim h = 3, d = 40, e = 20
par A[h,e,d]
ragged t
in x[t,h,d]
output y[t,h,e] = sum[d] A[h,e,d] * x[t,h,d]
''', ['int8']),
    ('rows of a formula, a gain, a residual', '''dim d = 66, e = 66
par A[e,d] g[d]
ragged t
in x[t,d]
s[t] = 1 / sqrt(0.001 + (sum[d] x[t,d] * x[t,d]) / 66)
output y[t,e] = x[t,e] + sum[d] A[e,d] * (x[t,d] * s[t] * g[d])
''', ['int8']),
    ('few columns, short sums, and one of both kinds', '''dim d = 64, k = 31, e = 15, f = 48
par A[e,d] B[f,d] C[f,k]
ragged t
in x[t,d] z[t,k]
output p[t,e] = sum[d] A[e,d] * x[t,d]
output q[t,f] = sum[d] B[f,d] * x[t,d]
output r[t,f] = sum[k] C[f,k] * z[t,k]
''', ['f32', 'f32', 'int8']),
]


def test_shape(folder, name, text, arithmetic):
    program = running.Text(text)
    program.write(folder, [[0], [1], [29], [7]], seed=5, scale=0.15)
    told = json.loads(oracle.run(oracle.SINTER, 'explain', folder / 'm.sinter', '--json', '--target=x86', '--weights=int8').stdout)
    found = [p['arithmetic'] for f in told['functions'] for k in f['kernels'] if k['form'] == 'gemm' for p in k['parts']]
    check(f'{name}: {", ".join(arithmetic)}', sorted(found) == sorted(arithmetic), found)
    wanted = oracle.evaluate(folder / 'm.sinter', folder, folder / 'in.safetensors', folder / 'want.safetensors')
    for weights, most in (('int8', 0.05), ('bf16', 0.01)):
        built, first = build(folder, '--weights=' + weights, '--target=' + ('x86' if (name, weights) == ('a gate', 'int8') else 'avx2')), None
        for kernels in kernels_of(built):
            got = answers(built, folder, '--kernels=' + kernels)
            worst = max(oracle.errors(got, wanted).values())
            check(f'{name}, {weights}, {kernels}: within {most}', 1e-6 < worst < most or not first and worst < most, worst)
            first = first or got
            check(f'{name}, {weights}, {kernels}: no tier far from another', max(oracle.errors(got, first).values()) < 1e-5)
            check(f'{name}, {weights}, {kernels}: the same bits, singly and by threads',
                  same(answers(built, folder, '--kernels=' + kernels, '--batch=1', '--threads=2'), got))
    return told


def test_reasons(folder):
    told = test_shape(folder, *SHAPES[4])
    why = sorted((w['what'], w['reason']) for f in told['functions'] for k in f['kernels'] for w in k['not'] if w['form'] == 'int8')
    check('reasons', why == [('A', 'fewer than 16 columns'), ('C', 'sums of fewer than 32 products')], why)


def test_decisions(folder):
    """A product that decides something is computed in double, with any plan."""
    program = running.Text('''dim d = 64, e = 32
par A[e,d] B[e,d]
ragged t
in x[t,d]
a[t,e] = sum[d] A[e,d] * x[t,d]
output y[t,e] = count[e' where a[t,e'] > a[t,e]]
output z[t,e] = sum[d] B[e,d] * x[t,d]
''')
    program.write(folder, [[40]], seed=6)
    wanted = oracle.evaluate(folder / 'm.sinter', folder, folder / 'in.safetensors', folder / 'want.safetensors')
    got = answers(build(folder, '--weights=int8'), folder)
    check('what decides is exact', np.array_equal(got['0/y'], wanted['0/y']))
    told = json.loads(oracle.run(oracle.SINTER, 'explain', folder / 'm.sinter', '--json', '--target=x86', '--weights=int8').stdout)
    found = {p['holes']['$w'].split('"')[1]: p['arithmetic'] for f in told['functions'] for k in f['kernels'] if k['form'] == 'gemm' for p in k['parts']}
    check('what decides is no product of bytes', found == {'B': 'int8'}, found)


def test_arm(folder):
    """Products, and a whole program, of bytes and of halves, as 64-bit Arm computes them."""
    if not oracle.arm_can():
        return
    given = {}
    for name, weights in (('products', 'int8'), ('gate', 'int8'), ('gate', 'bf16')):
        where = folder / name
        where.mkdir(parents=True, exist_ok=True)
        if name == 'products':
            stored, given = write_matrices(where, SIZES, [0, 1, 23], odd=True)
        else:
            running.Text(SHAPES[1][1]).write(where, [[0], [1], [29]], seed=5, scale=0.15)
        oracle.run(oracle.SINTER, 'emit', where / 'm.sinter', '--target=neon', '--weights=' + weights, '-d', where / weights)
        got = answers(oracle.make_arm(where / weights, 'm', '-O1'), where)
        if name == 'products':
            wanted = {k.replace('x', 'y'): plan_numbers.product(x, stored['w' + k.split('x')[1]]) for k, x in given.items()}
            check('bytes, neon: products of odd sizes, rows and columns, bit by bit', same(got, wanted))
            continue
        exact = oracle.evaluate(where / 'm.sinter', where, where / 'in.safetensors', where / 'want.safetensors')
        worst, most = max(oracle.errors(got, exact).values()), 0.05 if weights == 'int8' else 0.01
        check(f'a gate, {weights}, neon: within {most}', 1e-6 < worst < most, worst)


def test_file(folder):
    """A plan from a file, tried against plain loops."""
    running.Text(SHAPES[0][1]).write(folder, [[9], [30]], seed=8, scale=0.15)
    (folder / 'fast.plan').write_text('# bytes\nweights = int8\ntarget = x86\n')
    arguments = (oracle.SINTER, 'check-plan', folder / 'm.sinter', '--in', folder / 'in.safetensors', f'--plan={folder / "fast.plan"}')
    told = json.loads(oracle.run(*arguments, '--max-error=0.2').stdout)
    check('check-plan tells every output', [o['name'] for o in told['outputs']] == ['p', 'q', 'r'])
    check('a plan is off', all(1e-4 < o['max_error'] < 0.2 and o['cosine_min'] > 0.999 for o in told['outputs']), told)
    done = oracle.run(*arguments, '--max-error=1e-5', accept=(1,))
    check('and its error is one', b'more than --max-error=1e-5' in done.stderr)
    told = json.loads(oracle.run(*arguments, '--weights=f32', '--max-error=1e-4').stdout)
    check('the command line has the last word', all(o['max_error'] < 1e-4 for o in told['outputs']))


def test_shapes(folder):
    for i, shape in enumerate(SHAPES[:4]):
        test_shape(folder / str(i), *shape)


PARTS = {'products': test_products, 'halves': test_halves, 'decisions': test_decisions, 'shape': test_shapes, 'reasons': test_reasons,
         'file': test_file, 'arm': test_arm}


def main():
    if not running.machine_can() or running.TARGET == 'neon':
        print('skipped: this machine cannot run the target x86')
        return 77
    with tempfile.TemporaryDirectory() as name:
        for part in sys.argv[1:] or PARTS:
            PARTS[part](pathlib.Path(name) / part)
    print(f'{bad} wrong\ncases: {checks}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())

"""What tests need that compare sinter with observed results: files, errors, the evaluator, and C that is emitted, compiled and run."""
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

import main_object
from emu import emulate

SOURCE = pathlib.Path(os.environ.get('SINTER_SOURCE', pathlib.Path(__file__).resolve().parents[1]))
SINTER = os.environ.get('SINTER', str(SOURCE / 'build/bin/sinter'))
REFERENCE = os.environ.get('SINTER_REFERENCE') or SINTER  # the same, without sanitizers if there is one: what emitted kernels are held against
CASES = pathlib.Path(os.environ.get('SINTER_CASES', SOURCE / 'tests/cases'))
CC = os.environ.get('CC', 'cc').split()
WARNINGS = '-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror -ffp-contract=off'.split()
SANITIZE = '-g1 -O0 -fsanitize=address,undefined -fno-sanitize-recover=all'.split()
QUICK = ['clang'] if shutil.which('clang') else CC  # takes half the time that gcc does, and a quarter under sanitizers
TARGET = os.environ.get('SINTER_TARGET', 'c')  # what C is emitted for; of a fast one the Makefile knows how to compile it
SECONDS = 120  # a command that takes longer hangs
COMPILES = 900  # a C compiler under sanitizers on a busy machine

DTYPES = {'F64': '<f8', 'F32': '<f4', 'F16': '<f2', 'I64': '<i8', 'I32': '<i4', 'I16': '<i2', 'I8': 'i1', 'U8': 'u1', 'BOOL': '?'}


class Wrong(Exception):
    """What is not as expected."""

    hangs = False


# ---- files -------------------------------------------------------------------------------------------------------------------------

def load(path):
    data = pathlib.Path(path).read_bytes()
    begin = 8 + int.from_bytes(data[:8], 'little')
    tensors = {}
    for name, t in json.loads(data[8:begin]).items():
        if name != '__metadata__':
            first, last = (begin + x for x in t['data_offsets'])
            tensors[name] = np.frombuffer(data[first:last], DTYPES[t['dtype']]).reshape(t['shape'])
    return tensors


def save(path, tensors):
    words = {np.dtype(v): k for k, v in DTYPES.items()}
    header, parts, at = {}, [], 0
    for name, x in tensors.items():
        x = np.asarray(x)
        parts.append(np.ascontiguousarray(x).tobytes())
        header[name] = {'dtype': words[x.dtype], 'shape': list(x.shape), 'data_offsets': [at, at + len(parts[-1])]}
        at += len(parts[-1])
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    pathlib.Path(path).write_bytes(len(text).to_bytes(8, 'little') + text + b''.join(parts))


def sequences(tensors):
    """`<k>/<name>` of a file as a list: for each sequence its tensors by name."""
    count = 1 + max((int(name.split('/')[0]) for name in tensors), default=-1)
    return [{name.split('/', 1)[1]: x for name, x in tensors.items() if name.startswith(f'{k}/')} for k in range(count)]


# ---- errors ------------------------------------------------------------------------------------------------------------------------

def relative(got, wanted):
    """The relative error of one tensor; of integers the number of those that differ."""
    if wanted.dtype.kind in 'iub':
        return float((got != wanted).sum())
    with np.errstate(invalid='ignore'):
        difference = np.where(got == wanted, 0, np.abs(got.astype(np.float64) - wanted))
    if not difference.size:
        return 0.0
    error = difference.max() / max(1e-6, np.abs(wanted).max())
    return float('inf') if np.isnan(error) else float(error)


def errors(got, wanted):
    """By output the largest error over all sequences. Raises Wrong when names, shapes or types differ."""
    if got.keys() != wanted.keys():
        missing, many = sorted(wanted.keys() - got.keys())[:5], sorted(got.keys() - wanted.keys())[:5]
        raise Wrong('outputs %s are missing, %s are too many' % (missing, many))
    worst = {}
    for name, x in wanted.items():
        if got[name].shape != x.shape:
            raise Wrong('%s has the shape %s, wanted is %s' % (name, got[name].shape, x.shape))
        if (x.dtype.kind in 'iub') != (got[name].dtype.kind in 'iub'):
            raise Wrong('%s has the type %s, wanted is %s' % (name, got[name].dtype, x.dtype))
        output = name.split('/', 1)[1]
        worst[output] = max(worst.get(output, 0.0), relative(got[name], x))
    return worst


# ---- running -----------------------------------------------------------------------------------------------------------------------

def run(*command, cwd=None, accept=(0,), seconds=SECONDS):
    """Runs a command; returns the finished process. Raises Wrong when its exit code is none of `accept`, or when it takes too long."""
    try:
        done = subprocess.run([str(c) for c in command], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        wrong = Wrong('%s: more than %d seconds' % (' '.join(map(str, command)), seconds))
        wrong.hangs = True
        raise wrong from None
    said = done.stderr.decode('utf-8', 'replace')
    if done.returncode not in accept or 'Sanitizer' in said or 'runtime error' in said:
        raise Wrong('%s: exit code %d\n%s' % (' '.join(map(str, command)), done.returncode, said[:3000]))
    return done


def evaluate(text, model, given, out, accept=(0,), seconds=SECONDS):
    """What the evaluator makes of a file of inputs; None where it refuses them (if that is accepted). Under sanitizers it has run where
    target c is tested."""
    done = run(SINTER if TARGET == 'c' else REFERENCE, 'eval', text, '--model-dir', model, '--in', given, '--out', out, accept=accept, seconds=seconds)
    return load(out) if done.returncode == 0 else None


def plain_objects(folder, name, threads=True):
    """Objects of what holds no kernels: the command line, which is the same in every model and tested by itself, and weights, which are one
    line for an assembler. Without anybody's flags, by the compiler that starts soonest: clang takes 80 ms for that line, gcc 12."""
    made = main_object.objects(run, folder, name, CC, threads=threads)
    for path in pathlib.Path(folder).glob(name + '_weights.S'):
        made.append(path.with_suffix('.o'))
        run(*CC, '-c', path.name, '-o', made[-1].name, cwd=folder, seconds=COMPILES)
    return made


def make(folder, name, *flags, cc=None, goal=None):
    """Compiles with the Makefile that was written; objects of `plain_objects` are there when it looks. What has no sanitizers is linked by
    the compiler that starts soonest."""
    folder, cc = pathlib.Path(folder), cc or CC
    if goal:
        run_make(folder, cc, flags, flags, goal)
        return folder / goal
    shared = [o for o in plain_objects(folder, name) if o.parent != folder]
    if cc != CC and not any(flag.startswith('-fsanitize') for flag in flags):
        objects = re.search(r'(?m)^OBJECTS = (.*)', (folder / 'Makefile').read_text()).group(1).split()
        run_make(folder, cc, flags, [], *objects)
        cc = CC
    run_make(folder, cc, flags, [*flags, *shared])
    return folder / name


def run_make(folder, cc, compiling, linking, *goal):
    words = 'CC=' + ' '.join(cc), 'CFLAGS=' + ' '.join(compiling), 'LDFLAGS=' + ' '.join(map(str, linking))
    run('make', '-s', *words, *goal, cwd=folder, seconds=COMPILES)


def make_sanitized(folder, name):
    """The same with all warnings as errors, of gcc for one set of kernels and of clang for all; the program that is run has sanitizers."""
    kernels = re.search(r'(?m)^(\S+_kernels_\S+\.o):', (pathlib.Path(folder) / 'Makefile').read_text()).group(1)
    make(folder, name, *WARNINGS, '-O1', goal=kernels).unlink()
    return make(folder, name, *WARNINGS, *SANITIZE, cc=QUICK)


def arm_can():
    """Is there what runs target neon here? Says so if not."""
    if os.uname().machine in ('aarch64', 'arm64') or all(map(shutil.which, ('aarch64-linux-gnu-gcc', 'qemu-aarch64'))):
        return True
    print('skipped: no aarch64-linux-gnu-gcc with qemu-aarch64')
    return False


def make_arm(folder, name, *flags):
    """The same for target neon: elsewhere compiled for it, and run by an emulator."""
    if os.uname().machine in ('aarch64', 'arm64'):
        return make(folder, name, *flags)
    cross = ['aarch64-linux-gnu-gcc']
    run_make(folder, cross, flags, ['-static', *main_object.objects(run, folder, name, cross)[1:]])
    program = pathlib.Path(folder) / 'emulated'
    program.write_text(f'#!/bin/sh\nexec qemu-aarch64 "{pathlib.Path(folder).resolve() / name}" "$@"\n')
    program.chmod(0o755)
    return program


def plan(options):
    """Options of `sinter emit`. Where nothing else is asked for, a GPU multiplies in f32, as the evaluator nearly does."""
    exact = TARGET == 'cuda' and not any(word.startswith('--weights=') for word in options)
    return ['--target=' + TARGET, *(['--weights=f32'] if exact else []), *options]


def compile_c(text, model, folder, *options):
    """Emits C, compiles it with warnings as errors and under sanitizers. Returns the program, and the seconds sinter took."""
    shutil.rmtree(folder, ignore_errors=True)
    begin = time.time()
    run(SINTER, 'emit', text, '--model-dir', model, *plan(options), '-d', folder)
    seconds = time.time() - begin
    folder = pathlib.Path(folder)
    name = next(folder.glob('*_main.c')).name[:-len('_main.c')]
    if TARGET == 'cuda':
        return emulate.build(run, CC, folder, name, *emulate.UNDEFINED), seconds
    if TARGET == 'neon':
        return make_arm(folder, name, *WARNINGS, '-O1'), seconds
    if TARGET != 'c':
        return make_sanitized(folder, name), seconds
    run(*CC, *WARNINGS, '-O1', '-c', name + '.c', '-o', 'model.o', cwd=folder, seconds=COMPILES)
    others = [*plain_objects(folder, name, threads=False), *folder.glob(name + '_weights.c')]
    run(*QUICK, *WARNINGS, *SANITIZE, '-c', name + '.c', '-o', 'model.o', cwd=folder, seconds=COMPILES)
    run(*QUICK, *SANITIZE, 'model.o', *others, '-lm', '-o', 'program', cwd=folder, seconds=COMPILES)
    return folder / 'program', seconds


def compile_fast(text, model, folder, *options):
    """Emits C and compiles it quickly: no sanitizers, the warnings are looked at elsewhere. Returns the program."""
    run(SINTER, 'emit', text, '--model-dir', model, *plan(options), '-d', folder)
    folder = pathlib.Path(folder)
    name = next(folder.glob('*_main.c')).name[:-len('_main.c')]
    if TARGET == 'cuda':
        return emulate.build(run, CC, folder, name, *emulate.QUICK)
    if TARGET == 'neon':
        return make_arm(folder, name, '-O1')
    if TARGET != 'c':
        return make(folder, name, '-O1')
    run(*QUICK, '-std=c99', '-O0', '-ffp-contract=off', '-w', '-c', name + '.c', cwd=folder, seconds=COMPILES)
    others = [*plain_objects(folder, name, threads=False), *folder.glob(name + '_weights.c')]
    run(*CC, name + '.o', *others, '-lm', '-o', 'program', cwd=folder, seconds=COMPILES)
    return folder / 'program'


def from_command_line(words):
    """Takes --target=TARGET out of the words of a command line."""
    global TARGET
    for word in words:
        TARGET = word.split('=', 1)[1] if word.startswith('--target=') else TARGET
    return [word for word in words if not word.startswith('--target=')]


def of_today(names):
    """Models that are tried on a target: all on c; on a fast one every tenth, on an emulated one every twentieth, each day others, and all
    with SINTER_LONG."""
    day, step = datetime.date.today().toordinal(), 20 if TARGET == 'neon' else 10
    return names if TARGET == 'c' or os.environ.get('SINTER_LONG') else names[day % step::step]


def failures(one, things):
    """How many are not well: one(thing) gives a line, which is printed, and whether all is well; two at a time."""
    failed = 0
    with ThreadPoolExecutor(min(2, os.cpu_count())) as pool:
        for line, well in pool.map(one, things):
            print(line, flush=True)
            failed += not well
    return failed


def say_if_few():
    """A clone alone has some of the observed cases."""
    if CASES.resolve() == (SOURCE / 'tests/cases').resolve():
        print('skipped: the observed cases are not here, but for those of the tree')


def kernel_options(program):
    """What makes a program use each set of kernels that it has and that runs here: lists of options."""
    if TARGET == 'c':
        return [[]]
    if TARGET == 'cuda':  # on a GPU that the processor plays
        return [['--device=cuda']]
    sets = [['--kernels=' + name] for name in ('zen4', 'avx512', 'avx2', 'neon', 'c')]
    return [option for option in sets if run(program, *option, '--version', accept=(0, 1)).returncode == 0]


def answer(program, given, out, *options, accept=(0,)):
    """What a compiled model makes of a file of inputs; None where it refuses them (if that is accepted)."""
    done = run(program, '--in', given, '--out', out, *options, accept=accept)
    return load(out) if done.returncode == 0 else None

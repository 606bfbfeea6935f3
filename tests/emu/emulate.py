"""Sources of target cuda as a program that runs on a GPU played by the processor."""
import atexit
import collections
import itertools
import math
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading

import main_object

HERE = pathlib.Path(__file__).resolve().parent
HOST = '-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror -ffp-contract=off'.split()
KERNELS = '-std=gnu11 -fgnu89-inline -x c -Wall -Wextra -Werror -ffp-contract=off -include emu.h'.split()
# The stacks of fibers are nothing that ASan knows. Optimised, kernels would take four times as long to compile, and hardly less to run.
UNDEFINED = '-g1 -O0 -fsanitize=undefined -fno-sanitize-recover=all'.split()
QUICK = ['-O1']
PORTABLE = ['clang'] if shutil.which('clang') else None  # compiles what is of target c in half the time that gcc takes
# The library stays away: access.c is told of every load and store, of a float4 of one; it looks at the address itself.
WATCH = ['-fsanitize=thread', '-fno-tree-sra', '-fno-sanitize=null,alignment,object-size']
PARTS = sorted(p.stem for p in HERE.glob('*.c'))
_lock, _made = threading.Lock(), {}


def emulator(cc):
    """The emulator itself, compiled once."""
    with _lock:
        key = ' '.join(cc)
        if key not in _made:
            folder = pathlib.Path(tempfile.mkdtemp())
            atexit.register(shutil.rmtree, folder, True)
            _made[key] = folder / 'emulator.o'
            flags = ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-O2', '-c']
            for file in PARTS:
                subprocess.run([*cc, *flags, HERE / f'{file}.c', '-o', folder / f'{file}.o'], check=True)
            subprocess.run([*cc, '-r', '-nostdlib', '-o', _made[key], *(folder / f'{file}.o' for file in PARTS)], check=True)
        return _made[key]


def apart(text):
    """A host's part whose buffers have memory of their own each, of their exact size as far as the text tells it."""
    dims = {name.lower(): int(n) for name, n in re.findall(r'\b([A-Z]\w*) = (\d+)', text)}
    counts = dict(re.findall(r'at->(\w+) = bytes;\s+bytes = space\(bytes, (.*), \d+\);', text))
    ragged, shapes = set(re.findall(r'begin_(\w+)', text)), collections.defaultdict(set)
    for name, shape in re.findall(r'\*(\w+); +/\* ((?:\[[^\]]*\])+) \*/', text):
        shapes[name].add(shape)

    def own(m):
        path, kind, region = m.group(1, 2, 3)
        name, size = re.split(r'->|\.', path)[-1], '0'
        if len(shapes[name]) == 1:
            axes = re.findall(r'\[([^\]]*)\]', next(iter(shapes[name])))
            fixed = [a for a in axes if a not in ('1', 'sequences') and not a.startswith('longest')]
            widths = [a for a in fixed if a not in ragged]
            if all(a in dims or a.isdigit() for a in widths) and not (ragged & dims.keys()):
                size = f'(size_t)({counts[region]}) * {math.prod(int(dims.get(a, a)) for a in widths)} * sizeof({kind})'
        offset = f' + {m.group(4)}' if size == '0' and m.group(4) else ''
        return f'{path} = ({kind} *)(void *)emu_apart(workspace, {next(number)}, at.{region}, {size}){offset};'

    rows = '(rows + 7) / 8 * 8' if re.search(r'#define MULTIPLIED [1-9]', text) else 'rows'  # no more than there are, or than are multiplied
    text = re.sub(r'(static int64_t room\(int64_t rows\)\n\{\n).*?\n\}', r'\1    return %s;\n}' % rows, text, flags=re.S)
    number = itertools.count()
    changed = re.sub(r'(\S+) = \((\w[\w ]*?) \*\)\(void \*\)\(workspace \+ at\.(\w+)\)(?: \+ (.*))?;', own, text)
    # what a batch brings and takes away: one after the other, with gaps that no kernel may touch
    changed = re.sub(r'(const size_t at_\w+ = bytes;\n +bytes = space\(.*?\));\n', r'\1 + EMU_GAP;\n', changed)
    for word in ('read', 'written'):
        changed = re.sub(r'(?s)(static void \*lane_%s\(.*?)lane->there\.at \+ at( : NULL)?;' % word, r'\1emu_only(lane->there.at + at, bytes)\2;', changed)
    faults = re.search(r'\w+_FAULTS\b', text)
    if faults:
        changed = changed.replace('return (int *)(void *)gpu->batch.at;', 'return emu_faults(gpu->batch.at, %s);' % faults.group())
    table = re.search(r'gpu->placed = (\w+);', text)
    if table:
        changed = re.sub(r'(pointer = )gpu->weights\.at \+ (\(\(uintptr_t\)pointer - host\));',
                         r'\1emu_weight(gpu->weights.at, \2, (const void *const *)(const void *)&%s, sizeof gpu->placed / sizeof pointer, host);'
                         % table.group(1), changed)
    declared = ('enum { EMU_GAP = 256 };\n'
                'const void *emu_weight(const unsigned char *all, size_t at, const void *const *each, size_t n, uintptr_t host);\n'
                'int *emu_faults(unsigned char *at, size_t n);\n'
                'unsigned char *emu_only(unsigned char *at, size_t bytes);\n'
                'unsigned char *emu_apart(const void *shared, int k, size_t first, size_t bytes);\n')
    at = next((m.start() for m in re.finditer(r'^(?:struct|typedef|static|enum)\b', changed, re.M)), 0)
    return changed if changed == text else changed[:at] + declared + changed[at:]


def build(run, cc, folder, name, *flags):
    """Compiles what `sinter emit --target=cuda` wrote. run(*command, cwd=...) raises when a command fails. Returns the program."""
    folder = pathlib.Path(folder)
    if os.environ.get('SINTER_GPU'):  # there is one: the Makefile knows how to compile for it
        run('make', '-s', cwd=folder, seconds=900)
        return folder / name
    threads = f'-D{name.upper()}_THREADS'
    (folder / 'fatbin.c').write_text(f'extern const unsigned char {name}_fatbin[];\nconst unsigned char {name}_fatbin[1] = {{0}};\n')
    watch = WATCH if set(UNDEFINED) <= set(flags) else []
    run(*cc, *KERNELS, *flags, *watch, f'-I{HERE}', '-c', f'{name}.cu', '-o', 'kernels.o', cwd=folder)
    host = f'{name}_cuda.c'
    if watch:
        (folder / 'host_apart.c').write_text(apart((folder / host).read_text()))
        host = 'host_apart.c'
    run(*cc, *HOST, *flags, f'-I{HERE}', '-c', host, '-o', 'host.o', cwd=folder)
    sources = [f'{name}.c', 'fatbin.c', *(p.name for p in folder.glob(f'{name}_weights.[Sc]')),
               *(p.name for p in folder.glob(f'{name}_tokenizer.c')), *(p.name for p in folder.glob(f'{name}_text.c'))]
    objects = [pathlib.Path(source).stem + '.o' for source in sources]
    for source, made in zip(sources, objects):  # those of target c, tested as such
        small = source == 'fatbin.c' or source.endswith('.S')
        run(*(cc if small else PORTABLE or cc), '-std=c99', '-O0', '-ffp-contract=off', threads, '-c', source, '-o', made, cwd=folder)
    objects += main_object.objects(run, folder, name, cc, '-w')
    run(*cc, *objects, 'kernels.o', 'host.o', emulator(cc), *flags, '-rdynamic', '-pthread', '-lm', '-o', 'emulated', cwd=folder)
    (folder / f'{name}_main.o').unlink()  # half of what the Makefile means by it
    return folder / 'emulated'

"""Sources of target cuda as a program that runs on a GPU played by the processor."""
import atexit
import pathlib
import shutil
import subprocess
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
HOST = '-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror -ffp-contract=off'.split()
KERNELS = '-std=gnu11 -x c -Wall -Wextra -Werror -ffp-contract=off -include emu.h'.split()
UNDEFINED = '-g1 -O1 -fsanitize=undefined -fno-sanitize-recover=all'.split()  # the stacks of fibers are nothing that ASan knows
QUICK = ['-O1']
WATCH = ['-fsanitize=thread']  # its library stays away: access.c is told of every load and store
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


def build(run, cc, folder, name, *flags):
    """Compiles what `sinter emit --target=cuda` wrote. run(*command, cwd=...) raises when a command fails. Returns the program."""
    folder = pathlib.Path(folder)
    threads = f'-D{name.upper()}_THREADS'
    (folder / 'fatbin.c').write_text(f'extern const unsigned char {name}_fatbin[];\nconst unsigned char {name}_fatbin[1] = {{0}};\n')
    watch = WATCH if flags == tuple(UNDEFINED) else []
    run(*cc, *KERNELS, *flags, *watch, f'-I{HERE}', '-c', f'{name}.cu', '-o', 'kernels.o', cwd=folder)
    run(*cc, *HOST, *flags, f'-I{HERE}', '-c', f'{name}_cuda.c', '-o', 'host.o', cwd=folder)
    sources = [f'{name}.c', f'{name}_main.c', 'fatbin.c', *(p.name for p in folder.glob(f'{name}_weights.[Sc]')),
               *(p.name for p in folder.glob(f'{name}_tokenizer.c'))]
    run(*cc, '-std=c99', '-O0', '-ffp-contract=off', threads, *sources, 'kernels.o', 'host.o', emulator(cc), *flags, '-rdynamic',
        '-pthread', '-lm', '-o', 'emulated', cwd=folder)
    return folder / 'emulated'

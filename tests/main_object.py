"""NAME_main.c compiled for a test: what it says about the model each time; the command line behind that, which is the same in every model,
once for all tests of a build. Both without a warning; as one file it is compiled by `sinter build`, and by the tests of what is written."""
import atexit
import hashlib
import os
import pathlib
import re
import shutil
import tempfile
import threading

FLAGS = '-std=c99 -O0 -Wall -Wextra -Wpedantic -Wconversion -Werror -ffp-contract=off'.split()
PARTS = re.compile(r'(?s)(.*?\nextern const \w+_about model;\n)(.*?)(/\* cli\.h - .*)')
SECONDS = 900
_lock = threading.Lock()
_kept = []


def kept():
    """The folder for what all models share: of the build, or this process alone."""
    with _lock:
        if not _kept and os.environ.get('SINTER_BUILD'):
            _kept.append(pathlib.Path(os.environ['SINTER_BUILD']) / 'tests/mains')
            _kept[0].mkdir(parents=True, exist_ok=True)
        elif not _kept:
            _kept.append(pathlib.Path(tempfile.mkdtemp()))
            atexit.register(shutil.rmtree, _kept[0], True)
    return _kept[0]


def shared(run, folder, name, text, compiler):
    """The object of the command line. Its text has to do without the model's header."""
    text = text.replace(f'#include "{name}.h"\n', '')
    spelt = re.sub(rf'\b{name.upper()}_', 'M_', re.sub(rf'\b{name}_', 'm_', text[text.index('*/'):]))
    made = kept() / (hashlib.sha256('\0'.join([*compiler, spelt]).encode()).hexdigest() + '.o')
    if not made.exists():
        with tempfile.TemporaryDirectory(dir=kept()) as apart:
            (pathlib.Path(apart) / 'main.c').write_text(text)
            run(*compiler, '-c', 'main.c', '-o', 'main.o', cwd=apart, seconds=SECONDS)
            os.replace(pathlib.Path(apart) / 'main.o', made)
    return made


def objects(run, folder, name, compiler, *flags, threads=True):
    """Both objects; that of the model is NAME_main.o, which a Makefile looks for. Of a RASP program, which has a command line of its own, one."""
    folder = pathlib.Path(folder)
    compiler = [*compiler, *FLAGS, *flags, *([f'-D{name.upper()}_THREADS'] if threads else [])]
    found = PARTS.fullmatch((folder / f'{name}_main.c').read_text())
    if not found:
        run(*compiler, '-c', f'{name}_main.c', '-o', f'{name}_main.o', cwd=folder, seconds=SECONDS)
        return [folder / f'{name}_main.o']
    head, about, rest = found.groups()
    (folder / f'{name}_about.c').write_text(head + about)
    run(*compiler, '-c', f'{name}_about.c', '-o', f'{name}_main.o', cwd=folder, seconds=SECONDS)
    return [folder / f'{name}_main.o', shared(run, folder, name, head + rest, compiler)]

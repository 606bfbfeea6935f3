"""What test cases of models on a GPU that the processor plays share: the answers of a program in a folder, and a folder for each test."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import oracle


def cublaslt(folder, *flags):
    """The folder with a library of that name in it, for LD_LIBRARY_PATH."""
    folder.mkdir()
    source = pathlib.Path(__file__).resolve().parent / 'cublaslt/cublaslt.c'
    oracle.run(*oracle.CC, '-std=gnu11', '-Wall', '-Wextra', '-Werror', '-O1', '-fPIC', '-shared', *flags, f'-I{oracle.emulate.HERE}', source, '-o',
               folder / 'libcublasLt.so.13')
    return folder


class Answers:
    always = ()  # what every program is called with

    def answers(self, program, *options, **surroundings):
        """The bytes of `out` for the batch in `in`; nothing may be said."""
        done = subprocess.run([program, '--in', self.folder / 'in', '--out', self.folder / 'out', *self.always, *options],
                              capture_output=True, text=True, env={**os.environ, **surroundings})
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return (self.folder / 'out').read_bytes()


class Played(Answers, unittest.TestCase):
    always = ('--device=cuda',)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

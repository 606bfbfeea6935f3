"""First of all: is it right? The tests of target cuda, whose programs run on the GPU that is there; then the tools of compute-sanitizer over
a small run of the encoder. Each is a line of what was found, which the tables repeat."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TESTS = [('every system beside the evaluator', 'systems', ['test_systems.py', '--target=cuda']),
         ('every example at lengths about the sizes of tiles', 'cuda', ['test_examples.py']),
         ('every form beside the evaluator', 'cuda', ['test_forms.py']),
         ('RASP beside the interpreter', 'cuda', ['test_rasp.py', 'Rasp.test_examples', 'Rasp.test_strings', 'Rasp.test_types'])]
TOOLS = ('memcheck', 'racecheck', 'synccheck')


def tests(sinter, dry):
    """(what, it is right, what was said). A dry run takes one of them, on the GPU that the processor plays."""
    found = []
    for what, folder, command in TESTS[-1:] if dry else TESTS:
        more = {} if dry else {'SINTER_GPU': '1', 'SINTER_LONG': '1'}
        command = [*command[:1], 'Rasp.test_types'] if dry else command
        done = subprocess.run([sys.executable, *command], cwd=ROOT / 'tests' / folder, capture_output=True, text=True,
                              env={**os.environ, 'SINTER': str(sinter), 'SINTER_SOURCE': str(ROOT), **more})
        said = (done.stdout + done.stderr).strip().split('\n')
        found.append((what, done.returncode == 0, 'right' if done.returncode == 0 else said[-1]))
    return found


def sanitize(side, lengths):
    """The same of compute-sanitizer, whose every error counts."""
    program = os.environ.get('COMPUTE_SANITIZER', shutil.which('compute-sanitizer'))
    if not program:
        return [(f'compute-sanitizer {tool}', None, 'compute-sanitizer is not there') for tool in TOOLS]
    found = []
    for tool in TOOLS:
        done = subprocess.run([program, '--tool', tool, '--error-exitcode', '9', side, lengths, '4', '0', os.devnull], capture_output=True, text=True)
        summary = re.findall(r'ERROR SUMMARY: .*|RACECHECK SUMMARY: .*', done.stdout)
        found.append((f'compute-sanitizer {tool}', done.returncode == 0, summary[-1] if summary else f'exit code {done.returncode}'))
    return found

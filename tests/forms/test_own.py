#!/usr/bin/env python3
"""A form is one file: own/rms.c is no part of the compiler, and is taken, printed, compiled and right.

Norms of several kinds are built with --forms=own: explain says rms where a sum of squares over a row is, and rowwise or another where there
is none; values are the evaluator's on each set of kernels, one by one, in another order, by threads. Without the folder the same norms are
kernels of rowwise. The file itself compiles as it stands, in every tier, without a warning. A file in templates/forms/ that no test knows
does not build."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import running
import test_printed
from running import oracle

OWN = running.HERE / 'own'
BASE = 'dim d = 52, h = 4, e = 13, one = 1\nragged t\nin x[t,d] y[t,d]\npar g[d] b[d] ge[e]\n'
RMS = BASE + "output o[t,d] = x[t,d] / sqrt((mean[d'] x[t,d'] ^ 2) + 0.01) * g[d]"
PROGRAMS = [(name, BASE + text, wanted, ((5,), (1,), (0,), (40,))) for name, text, wanted in (
    ('by the mean of squares', RMS[len(BASE):], ['rms']),
    ('of a sum, with what goes on beside it', "z[t,d] = x[t,d] + y[t,d]\noutput z1[t,d] = z[t,d]\n"
     "output o[t,d] = (x[t,d] + y[t,d]) * g[d] / (0.1 + sqrt(sum[d'] (x[t,d'] + y[t,d']) * (y[t,d'] + x[t,d']))) + b[d]", ['map', 'rms']),
    ('of heads', "output o[t,h,e] = x[t,h,e] / sqrt((sum[e'] square(x[t,h,e'])) + 0.01) * ge[e]", ['rms']),
    ('the length of a row', "output o[t] = sqrt(sum[d] x[t,d] ^ 2)", ['rms']),
    ('of one number', "in v[t,one]\noutput o[t,one] = v[t,one] / sqrt((sum[one'] v[t,one'] ^ 2) + 1)", ['rms']),
    ('of the mean over positions', "m[d] = mean[t] x[t,d]\noutput o[d] = m[d] / max(sqrt(sum[d'] m[d'] ^ 2), 0.000001)", ['segment', 'rms']),
    ('of absolute values, which are no squares', "output o[t,d] = x[t,d] / (0.1 + sum[d'] abs(x[t,d'])) * g[d]", ['rowwise']),
)]


def said(what, holds, shown=''):
    print('%-5s %s' % ('ok' if holds else 'FAIL', what) + ('' if holds else f': {shown}'), flush=True)
    return not holds


def in_the_c(folder):
    """The form's own code is in what is written, and the file alone is C in every tier."""
    running.Text(RMS).write(folder, ((3,),))
    oracle.run(oracle.SINTER, 'emit', folder / 'm.sinter', '-d', folder / 'c', '--target=' + test_printed.TARGET, f'--forms={OWN}')
    text = (folder / 'c/m_kernels.c').read_text()
    bad = said('its code is written', ' by rms: y[m]' in text and 'even + odd' in text, text[-2000:])
    bad += said('no form of the compiler is', ' by rowwise: ' not in text)
    oracle.run(oracle.SINTER, 'emit', folder / 'm.sinter', '-d', folder / 'plain', '--target=' + test_printed.TARGET)
    text = (folder / 'plain/m_kernels.c').read_text()
    bad += said('without the folder it is rowwise', ' by rowwise: ' in text and ' by rms: ' not in text)
    done = subprocess.run(['sh', '-c', '. ./tiers.sh; one() { shift 2; for f in own/*.c; do "$@" $strict -Wno-dollar-in-identifier-extension '
                           '-Wno-unknown-warning-option -Wno-unused-function -O1 -c -o /dev/null "$f" || return 1; done; }; tiers one'],
                          cwd=running.HERE, capture_output=True, text=True)
    return bad + said('it compiles as it stands, in every tier', done.returncode in (0, 77), done.stdout + done.stderr)


def on_arm(folder):
    if not oracle.arm_can():
        return 0
    running.Text(RMS).write(folder, ((3,), (0,), (17,)))
    wanted = oracle.evaluate(folder / 'm.sinter', folder, folder / 'in.safetensors', folder / 'want')
    oracle.run(oracle.SINTER, 'emit', folder / 'm.sinter', '-d', folder / 'c', '--target=neon', f'--forms={OWN}')
    wrong = running.differs(oracle.answer(oracle.make_arm(folder / 'c', 'm', '-O1'), folder / 'in.safetensors', folder / 'got'), wanted)
    return said('on 64-bit Arm', not wrong, wrong)


def only_for_short_rows(folder):
    """What a form's condition leaves goes to the next that computes the same."""
    heads, bad = folder / 'forms', 0
    heads.mkdir(parents=True)
    text = (oracle.SOURCE / 'templates/forms/rowwise.c').read_text().replace('../../runtime', str(oracle.SOURCE / 'runtime'))
    (heads / 'brief.c').write_text(text.replace('form   rowwise:', 'form   brief:').replace('when   fixed(n)', 'when   fixed(n) and n <= 52'))
    for d, wanted in ((52, 'brief'), (53, 'rowwise')):
        running.Text(f"dim d = {d}\nragged t\nin x[t,d]\noutput o[t] = sum[d] abs(x[t,d])").write(folder / str(d), ((3,),))
        found = running.explain(folder / str(d), heads)
        bad += said(f'rows of {d} are {wanted}', [k.name for k in found] == [wanted], [k.name for k in found])
    return bad


def untested(folder):
    """The tree with one more form does not configure."""
    if not shutil.which('cmake'):
        print('skipped: no cmake')
        return 0
    tree = folder / 'tree'
    (tree / 'templates').mkdir(parents=True)
    for entry in oracle.SOURCE.iterdir():
        if entry.name not in ('templates', 'build', '.git'):
            (tree / entry.name).symlink_to(entry)
    for entry in (oracle.SOURCE / 'templates').iterdir():
        if entry.name != 'forms':
            (tree / 'templates' / entry.name).symlink_to(entry)
    shutil.copytree(oracle.SOURCE / 'templates/forms', tree / 'templates/forms')
    shutil.copy(OWN / 'rms.c', tree / 'templates/forms/rms.c')
    done = subprocess.run(['cmake', '-S', tree, '-B', folder / 'build'], capture_output=True, text=True)
    words = re.sub(r'\s+', ' ', done.stderr)
    return said('a form that no test knows does not build', done.returncode and 'templates/forms/rms.c is not tested: give it a line in' in words, done.stderr)


def main():
    test_printed.MORE = [f'--forms={OWN}']
    bad = test_printed.check(PROGRAMS)
    with tempfile.TemporaryDirectory() as folder:
        for k, one in enumerate((in_the_c, on_arm, only_for_short_rows, untested)):
            bad += one(pathlib.Path(folder) / str(k))
    print(f'{bad} wrong\ncases: {len(PROGRAMS) + 8}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())

#!/usr/bin/env python3
"""Which kernels equations become, and that they compute the same.

    test_kernels.py [WORD ...]

Every program of programs.py is covered with the heads of this folder, written as plain loops of the covered equations, compiled, run on
ragged batches with lengths 0 and 1 among them and compared with the evaluator. With every name of a person's changed, and with the operands
of + and * swapped, the kernels have to be the same."""
import os
import pathlib
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import programs
import running
import spelling


def look(program, folder):
    """What is wrong with a program: sentences."""
    text = running.Text(program.text)
    wrong = []
    differs = running.check_values(folder, text, program.lengths)
    if differs:
        wrong.append(differs)
    found = running.explain(folder)
    words = [k.word for k in found]
    wanted = program.wanted
    if wanted is not None and not (wanted(found) if callable(wanted) else words == wanted):
        wrong.append(f'kernels {words}, wanted {"others" if callable(wanted) else wanted}' + ''.join(f'\n        {r}' for r in found.reasons))
    for variant in ('renamed', 'commuted'):
        other = running.Text(getattr(spelling, variant)(program.text))
        other.write(folder / variant, program.lengths)
        have = running.explain(folder / variant, sinter=running.oracle.REFERENCE)
        if sorted(k.same() for k in have) != sorted(k.same() for k in found):
            wrong.append(f'{variant}: {[k.word for k in have]} instead of {words}')
    return words, wrong


def main():
    if not running.machine_can():
        print('skipped: this machine cannot run the target ' + running.TARGET)
        return 77
    only = sys.argv[1:]
    chosen = [p for p in programs.PROGRAMS if not only or any(word in p.name for word in only)]
    bad = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        def job(i):
            try:
                return look(chosen[i], pathlib.Path(folder) / str(i))
            except Exception as error:  # noqa: BLE001
                return [], [f'{type(error).__name__}: {error}']
        for program, (words, wrong) in zip(chosen, pool.map(job, range(len(chosen)))):
            bad += bool(wrong)
            print('%-5s %-55s %s' % ('FAIL' if wrong else 'ok', program.name, ', '.join(words)))
            for sentence in wrong:
                print('      ' + sentence)
            sys.stdout.flush()
    print(f'{len(chosen)} programs, {bad} wrong, {2 * len(chosen)} in another spelling\ncases: {3 * len(chosen)}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())

#!/usr/bin/env python3
"""Breaks every barrier, wait, fence, mask, guard and bound of rendered kernels, one at a time: something says so, or the answer differs.

    test_mutants.py [--list] [--all] [FAMILY ...]

A family is the kernels of a form; those without one: plain; what kernels are written in: words. Its models are the mutants/NAME.sinter with
the line `# families ... FAMILY ...`, each with the numbers in its line `# plans`, and for words kernels that ask them alone (alone.py); a mutant
lives that none of them finds. What lives has a line in mutants/survivors.txt with the reason
why it computes the same; that may be 3 of 100 of a family, and a line whose mutant is found, or is there no more, fails.
Some families each day, and some of their mutants; with --all or SINTER_LONG=1 all. --list prints what lives and has no line."""
import datetime
import math
import os
import pathlib
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]
import alone  # noqa: E402
import broken  # noqa: E402
import mutate  # noqa: E402
import oracle  # noqa: E402

MODELS = HERE / 'mutants'
DAILY, OFTEN, MOST = 2, 4, 0.03  # families a day; of their mutants one of so many; what may live of a family


def words_of(path, key):
    """Those in the line `# KEY ...` of a model."""
    return [word for line in path.read_text().splitlines() if line.startswith(f'# {key} ') for word in line.split()[2:]]


def reasons():
    """Family and line of each mutant that is known to live, and why."""
    known = {}
    for line in (MODELS / 'survivors.txt').read_text().splitlines():
        if line and not line.startswith('#'):
            family, rest = line.split(' | ', 1)
            text, why = rest.rsplit(' | ', 1)
            known[family, text] = why
    return known


class Family:
    """Mutants, by family and line, and the models that try them."""

    def __init__(self, name, models):
        self.name, self.models, self.all = name, models, {}
        for model in models:
            for m in model.mutants:
                if m.family.split()[0] == name:
                    self.all.setdefault((mutate.place_of(m.family), m.text), []).append((model, m.number))

    def lives(self, key):
        return all(model.answers_as_ever(number) for model, number in self.all[key])

    def judge(self, pool, known, some, lists):
        """How many were tried, and live; whether all is well."""
        begin, tried = time.time(), sorted(self.all)[::some]
        living = [key for key, lives in zip(tried, pool.map(self.lives, tried)) if lives]
        well = True
        for key in living:
            if key not in known:
                print(' | '.join((*key, '?')) if lists else 'FAILED  nobody sees: %s: %s' % key)
                well = False
        for key in known:
            if key[0].split()[0] == self.name and (key not in self.all or (key in tried and key not in living)):
                print('FAILED  %s: %s is found or gone, and has a line in survivors.txt' % key)
                well = False
        if some == 1 and len(living) > math.ceil(MOST * len(tried)):
            print('FAILED  %s: %d of %d live, %g of 100 may' % (self.name, len(living), len(tried), 100 * MOST))
            well = False
        print('%s: %d of %d mutants tried in %d models, %d live, %.0f s' % (
            self.name, len(tried), len(self.all), len(self.models), len(living), time.time() - begin), flush=True)
        return len(tried), len(living), well


def main():
    lists, whole = '--list' in sys.argv, '--all' in sys.argv or '--list' in sys.argv or bool(os.environ.get('SINTER_LONG'))
    asked = [word for word in sys.argv[1:] if not word.startswith('--')]
    paths = {path: words_of(path, 'families') for path in sorted(MODELS.glob('*.sinter'))}
    if not asked:
        paths = {path: families for path, families in paths.items() if '\n# only by name' not in path.read_text()}
    names = sorted({name for families in paths.values() for name in families})
    known, day, tried, living, well = reasons(), datetime.date.today().toordinal(), 0, 0, True
    chosen = asked or (names if whole else [names[(day * DAILY + i) % len(names)] for i in range(DAILY)])
    with tempfile.TemporaryDirectory() as made, ThreadPoolExecutor(2) as pool:
        folder = pathlib.Path(made)
        forms = broken.forms(folder / 'forms')
        taken = [(path, plan) for path, families in paths.items() if set(families) & set(chosen) for plan in words_of(path, 'plans') or ['f32']]
        models = list(pool.map(lambda one: broken.Model(*one, folder / f'{one[0].stem}_{one[1]}', forms), taken))
        words = [alone.Words(folder / 'words')] if 'words' in chosen else []
        for name in chosen:
            family = Family(name, [model for model, (path, _) in zip(models, taken) if name in paths[path]] + words * (name == 'words'))
            n, live, good = family.judge(pool, known, 1 if whole else OFTEN, lists)
            tried, living, well = tried + n, living + live, well and good
    if whole and not asked and living > MOST * tried:
        print('FAILED  %d of %d live, %g of 100 may' % (living, tried, 100 * MOST))
        well = False
    for name in {key[0].split()[0] for key in known} - set(names):
        print('FAILED  survivors.txt names the family %s, which no model has' % name)
        well = False
    print('cases: %d' % tried)
    return not well


if __name__ == '__main__':
    try:
        sys.exit(main())
    except oracle.Wrong as wrong:
        sys.exit(f'FAILED  {wrong}')

#!/usr/bin/env python3
"""Every folder NAME of the observed systems that has a text examples/systems/NAME.sinter, through the evaluator and through generated C.

    test_systems.py [--target=TARGET] [NAME ...]

Of each: outputs of the evaluator and of C within their tolerances (tests/tolerances.py), integers exactly; C compiles without a warning and
runs under sanitizers; all sequences in one batch give the same bits as one by one; inputs cut to lengths 0, 1, 2 give the same in both.
Times are printed, never asserted. Of a fast target each set of kernels is run, and every tenth folder, of an emulated
one every twentieth (SINTER_LONG=1: all)."""
import json
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import oracle  # noqa: E402
import tolerances  # noqa: E402

TEXTS = oracle.SOURCE / 'examples/systems'
FOLDERS = oracle.CASES / 'systems'
measured = {}  # name -> errors of the evaluator and of C, for pages.py


def within(name, by, got, wanted):
    """The largest error of a system's outputs. Raises Wrong where one is too large."""
    worst = oracle.errors(got, wanted)
    for output, error in worst.items():
        whole = all(x.dtype.kind in 'iub' for n, x in wanted.items() if n.endswith('/' + output))
        limit = 0 if whole else tolerances.limit(name, output, by)
        if error > limit:
            raise oracle.Wrong('%s through %s: %s, allowed is %g; all: %s' % (output, by, error, limit, worst))
    return max(worst.values(), default=0.0)


def same_bits(a, b):
    return a.keys() == b.keys() and all(a[k].tobytes() == b[k].tobytes() for k in a)


def edges(given):
    """Short sequences made of the longest one: every axis whose length differs between sequences is cut to 0, 1, 2."""
    all_ = oracle.sequences(given)
    longest = max(all_, key=lambda s: sum(x.size for x in s.values()))
    differs = {name: [len({s[name].shape[a] for s in all_ if name in s}) > 1 for a in range(x.ndim)] for name, x in longest.items()}
    for n in (0, 1, 2):
        yield {name: x[tuple(slice(0, n) if d else slice(None) for d in differs[name])] for name, x in longest.items()}


def check_edges(name, text, model, program, given, folder, options=((),)):
    """Lengths 0, 1, 2: evaluator and C say the same, or both refuse (an index is out of range then, a number of rows does not fit)."""
    for n, sequence in enumerate(edges(given)):
        file = folder / f'edge{n}.safetensors'
        oracle.save(file, {f'0/{k}': x for k, x in sequence.items()})
        exact = oracle.evaluate(text, model, file, folder / 'edge.out', accept=(0, 1))
        for option in options:
            got = oracle.answer(program, file, folder / 'edge.out', *option, accept=(0, 1))
            if (exact is None) != (got is None):
                raise oracle.Wrong('length %d: only %s refuses it' % (n, 'the evaluator' if exact is None else 'the program'))
            if exact is not None:
                within(name, 'c', got, exact)


def one(name):
    """A line about a system, and whether all is well."""
    text, model = TEXTS / f'{name}.sinter', FOLDERS / name
    try:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            given, wanted = oracle.load(model / 'in.safetensors'), oracle.load(model / 'out.safetensors')
            exact = within(name, 'eval', oracle.evaluate(text, model, model / 'in.safetensors', folder / 'eval.out'), wanted)
            program, seconds = oracle.compile_c(text, model, folder / 'c')
            single = 0.0
            options = oracle.kernel_options(program)
            for option in options:
                batched = oracle.answer(program, model / 'in.safetensors', folder / 'c.out', *option)
                single = max(single, within(name, 'c', batched, wanted))
                if not same_bits(batched, oracle.answer(program, model / 'in.safetensors', folder / 'c.out', '--batch=1', *option)):
                    raise oracle.Wrong('one by one the program gives other bits than in a batch')
            check_edges(name, text, model, program, given, folder, options)
            lines = len(text.read_text(encoding='utf-8').rstrip('\n').split('\n'))
            if lines > 80:
                raise oracle.Wrong('the text has %d lines, at most 80 are meant' % lines)
            measured[name] = (exact, single)
            return 'ok      %-28s %2d lines   eval %-8.2g C %-8.2g emit %.2f s' % (name, lines, exact, single, seconds), True
    except oracle.Wrong as wrong:
        return 'FAILED  %s: %s' % (name, wrong), False


def main():
    if not FOLDERS.is_dir():
        print('skipped: no folder of observed systems')
        return 77
    oracle.say_if_few()
    folders = sorted(p.name for p in FOLDERS.iterdir() if p.is_dir())
    texts = {p.stem for p in TEXTS.glob('*.sinter')}
    given = oracle.from_command_line(sys.argv[1:])
    if oracle.TARGET == 'neon' and not oracle.arm_can():
        return 77
    wanted = given or oracle.of_today([name for name in folders if name in texts])
    missing = [] if given else [name for name in folders if name not in texts]
    failed = oracle.failures(one, wanted)
    if os.environ.get('SINTER_BUILD') and not given and oracle.TARGET == 'c':
        (pathlib.Path(os.environ['SINTER_BUILD']) / 'systems.json').write_text(json.dumps(measured))
    print('\n'.join(f'FAILED  {name} has no text' for name in missing), end='\n' if missing else '')
    print('%d failed, %d without a text\ncases: %d' % (failed, len(missing), len(wanted)))
    return failed + len(missing) != 0


if __name__ == '__main__':
    sys.exit(main())

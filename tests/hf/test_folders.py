#!/usr/bin/env python3
"""Every folder of observed Hugging Face models: from the directory alone through the evaluator and through generated C.

    test_folders.py [--target=TARGET] [NAME ...]

Outputs within their tolerances (tests/tolerances.py), integers exactly; C compiles without a warning and runs under sanitizers; all
sequences in one batch give the same bits as one by one; inputs cut to lengths 0, 1, 2 give the same in both; no key of a config is left
unread. The time that sinter takes is printed. Of a fast target each set of kernels is run, and every tenth folder, of an
emulated one every twentieth (SINTER_LONG=1: all)."""
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'systems'))
import oracle  # noqa: E402
from test_systems import check_edges, same_bits, within  # noqa: E402

FOLDERS = oracle.CASES / 'hf'
LATER = {'greedy'}  # outputs of decoding, which the texts do not have yet


def text_of(model):
    return oracle.run(oracle.SINTER, 'import', model).stdout.decode().rstrip('\n').count('\n')  # without the line that names the model


def one(name):
    """A line about a folder, and whether all is well."""
    model = FOLDERS / name
    try:
        said = oracle.run(oracle.SINTER, 'check', model, accept=(0, 1)).stderr.decode()
        if 'does not read the key' in said:
            raise oracle.Wrong('a key of its config is not read\n' + said)
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            wanted = {k: x for k, x in oracle.load(model / 'out.safetensors').items() if k.split('/', 1)[1] not in LATER}
            exact = within(name, 'eval', oracle.evaluate(model, model, model / 'in.safetensors', folder / 'eval.out'), wanted)
            program, seconds = oracle.compile_c(model, model, folder / 'c')
            single, given, options = 0.0, oracle.load(model / 'in.safetensors'), oracle.kernel_options(program)
            for option in options:
                batched = oracle.answer(program, model / 'in.safetensors', folder / 'c.out', *option)
                single = max(single, within(name, 'c', batched, wanted))
                alone = oracle.answer(program, model / 'in.safetensors', folder / 'c.out', '--batch=1', *option)
                if not same_bits(batched, alone):
                    raise oracle.Wrong('one by one the program gives other bits than in a batch')
            check_edges(name, model, model, program, given, folder, options)
            lines = text_of(model)
            if lines > 80:
                raise oracle.Wrong('its text has %d lines, at most 80 are meant' % lines)
            return 'ok      %-34s eval %-8.2g C %-8.2g emit %.2f s' % (name, exact, single, seconds), True
    except oracle.Wrong as wrong:
        return 'FAILED  %s: %s' % (name, wrong), False


def main():
    if not FOLDERS.is_dir():
        print('skipped: no folder of observed Hugging Face models')
        return 77
    given = oracle.from_command_line(sys.argv[1:])
    if oracle.TARGET == 'neon' and not oracle.arm_can():
        return 77
    names = given or oracle.of_today(sorted(p.name for p in FOLDERS.iterdir() if p.is_dir()))
    failed = oracle.failures(one, names)
    print('%d failed\ncases: %d' % (failed, len(names)))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())

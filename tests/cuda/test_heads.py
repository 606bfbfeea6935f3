#!/usr/bin/env python3
"""Every form for GPUs against the evaluator, for the equation in its own head, on a GPU that the processor plays.

    test_heads.py [--form NAME ...] [--sets N] [--seed FIRST] [--keep DIR]

Models are made as tests/forms/equations makes them: random expressions in the holes, roles of no, one and two indices, lengths about the
sizes of tiles, sequences of no and of one position. What becomes kernels of the form says what the evaluator says, and the same bits in one
batch, one by one, and with threads in the other order; no more turns are lost by conflicts of banks than banks.txt allows. COUNTS: of each
form how many shapes are compared, and how many of a hundred that are made become kernels, at least."""
import argparse
import pathlib
import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / 'forms/equations')]
import banks  # noqa: E402
import head as heads  # noqa: E402
import oracle  # noqa: E402
import program  # noqa: E402
import test_equations as equations  # noqa: E402

oracle.TARGET = equations.TARGET = 'cuda'
equations.MORE = []
oracle.emulate.UNDEFINED.append('-O1')  # the last one holds: accesses are counted as an optimised kernel makes them
FORMS = oracle.SOURCE / 'templates/forms/cuda'
COUNTS = {'attention': (4, 10), 'conv': (4, 20), 'gemm': (4, 20), 'linear': (4, 20), 'map': (6, 60), 'moe': (4, 20), 'pool': (4, 20),
          'product': (4, 20), 'recur': (4, 50), 'rowwise': (4, 30), 'scan': (4, 60), 'segment': (4, 20)}
OPTIONS = {'scan': ['--no-recognise']}  # else a shorter way is found, as in counts.txt


def compared(sets, folder, form):
    """Sentences about what is wrong."""
    text, data = folder / 'm.sinter', program.inputs_of(sets)
    text.write_text(program.text_of('m', sets))
    oracle.save(folder / 'm.safetensors', program.weights_of(sets))
    oracle.save(folder / 'in', {f'{k}/{n}': v for k, d in enumerate(data) for n, v in d.items()})
    wanted = oracle.evaluate(text, folder, folder / 'in', folder / 'want')
    built, _ = oracle.compile_c(text, folder, folder / 'cuda', *OPTIONS.get(form, []))
    answers, counted = [], [f'EMU_BANKS={folder / "banks"}']
    for surroundings, batch in (('EMU_PROCESSORS=2', 0), ('EMU_PROCESSORS=1', 1), ('EMU_REVERSE=1', 2)):
        option = ['--device=cuda', f'--batch={batch}'][:1 + (batch > 0)]
        oracle.run('env', surroundings, *counted[batch:], built, '--in', folder / 'in', '--out', folder / 'got', *option)
        answers.append(oracle.load(folder / 'got'))
    wrong = list(banks.above(folder / 'banks', form))
    for s in sets:
        for k in range(len(data)):
            name = f'{k}/{s.output}'
            said = equations.distance(answers[0][name].flatten().tolist(), wanted[name])
            if not said and any(other[name].tobytes() != answers[0][name].tobytes() for other in answers):
                said = 'other bits in another batch'
            if said:
                wrong.append(f'seed {s.seed}: {s.output} of sequence {k} ({s.shape}; lengths {s.shape.ragged}): {said}')
                break
    return wrong


def one_form(head, wanted, seed, folder):
    """(shapes that were compared, made, reasons, sentences about what is wrong)"""
    folder.mkdir(parents=True)
    sets, made, reasons = equations.chosen(head, wanted, seed, folder, OPTIONS.get(head.name, []))
    try:
        return sets, made, reasons, compared(sets, folder, head.name) if sets else []
    except oracle.Wrong as wrong:
        return sets, made, reasons, [f'seeds {[s.seed for s in sets]}: {wrong}']


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--form', action='append')
    parser.add_argument('--sets', type=int)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--keep')
    args = parser.parse_args()
    all_heads = [heads.Head(path) for path in sorted(FORMS.glob('*.cu')) if not re.search(r'^//\$ (beside|before|after) ', path.read_text(), re.M)]
    untested = [h.name for h in all_heads if h.name not in COUNTS]
    begin, bad, total = time.time(), len(untested), 0
    for name in untested:
        print(f'FAIL {name}: it has no line in COUNTS')
    with tempfile.TemporaryDirectory() as made_folder, ThreadPoolExecutor(2) as pool:
        folder = pathlib.Path(args.keep or made_folder)
        some = [h for h in all_heads if h.name in (args.form or COUNTS)]
        jobs = [(h, pool.submit(one_form, h, args.sets or COUNTS[h.name][0], args.seed, folder / h.name)) for h in some]
        for h, job in jobs:
            sets, made, reasons, said = job.result()
            share = 100 * len(sets) // max(made, 1)
            if share < COUNTS[h.name][1]:
                said.append(f'of a hundred that are made {share} become kernels, COUNTS wants {COUNTS[h.name][1]}')
            print(f"{'FAIL' if said else 'good'} {h.name}: {len(sets)} shapes of {made} that were made")
            print(''.join(f'    {sentence}\n' for sentence in said), end='')
            for reason, n in sorted(reasons.items(), key=lambda r: -r[1])[:6 if args.form else 0]:
                print(f'    {n} x not taken: {reason}')
            bad += bool(said)
            total += len(sets)
            sys.stdout.flush()
    print(f'{bad} forms wrong, {time.time() - begin:.0f} s\ncases: {total}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())

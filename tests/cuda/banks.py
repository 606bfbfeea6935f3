"""Turns that kernels of forms lose by conflicts of banks of shared memory, beside what banks.txt allows of each form."""
import pathlib

ALLOWED = {form: int(most) for form, most in (line.split()[:2] for line in (pathlib.Path(__file__).parent / 'banks.txt').read_text().splitlines()
                                              if line and not line.startswith('#'))}


def above(counts, form):
    """Sentences about kernels of a form in a file that EMU_BANKS wrote: of a hundred accesses more turns than allowed are beyond the first."""
    for line in counts.read_text().splitlines():
        kernel, accesses, beyond = line.split()[0], *map(int, line.split()[1:])
        if kernel.endswith('_' + form) and beyond * 100 > ALLOWED.get(form, 0) * accesses:
            yield f'{kernel}: {beyond} conflicts of banks in {accesses} accesses, banks.txt allows {ALLOWED.get(form, 0)} of a hundred'

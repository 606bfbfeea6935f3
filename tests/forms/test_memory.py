#!/usr/bin/env python3
"""A batch takes the memory that --info, the header and m_workspace() say, no byte more, also with what kernels keep for a while; each
further thread of a team takes M_SCRATCH bytes."""
import math
import pathlib
import re
import sys
import tempfile
import unittest

import running
from running import oracle

MODEL = '''dim d = 24, h = 2, e = 12
ragged t
par Q[h,e,d], K[h,e,d], U[h,e,d], W[d,h,e]
in x[t,d]
q[t,h,e] = sum[d] x[t,d] * Q[h,e,d]
k[t,h,e] = sum[d] x[t,d] * K[h,e,d]
u[t,h,e] = sum[d] x[t,d] * U[h,e,d]
a[h,t,t'] = softmax[t'] ((sum[e] q[t,h,e] * k[t',h,e]) / sqrt(len(e)))
z[t,h,e] = sum[t'] a[h,t,t'] * u[t',h,e]
output y[t,d] = x[t,d] + (sum[h,e] z[t,h,e] * W[d,h,e])'''
BATCHES = [(0, 0), (1, 0), (1, 1), (3, 7), (5, 4096), (64, 100000)]


class Memory(unittest.TestCase):
    def one(self, folder, *options):
        source = folder / 'c'
        oracle.run(oracle.SINTER, 'emit', folder / 'm.sinter', '-d', source, '--target=' + running.TARGET, *options)
        program = oracle.make(source, 'm', '-O1')
        said = re.search(r'(?m)^workspace (.*?) bytes', oracle.run(program, '--info').stdout.decode()).group(1)
        objects = [p for p in source.glob('*.o') if not p.name.endswith(('_main.o', '_tokenizer.o'))]
        driver = source / 'memory'
        oracle.run('cc', '-std=c11', '-O1', '-DM_THREADS', '-I', source, running.HERE / 'memory/driver.c', *objects, '-o', driver, '-pthread', '-lm')
        numbers = oracle.run(driver, *[str(n) for batch in BATCHES for n in batch]).stdout.split()
        for (sequences, t), number in zip(BATCHES, numbers, strict=True):
            self.assertEqual(eval(said, {'ceil': math.ceil, 't': t, 'sequences': sequences}), int(number), said)
        self.assertEqual(oracle.run(driver).stdout.decode(),
                         'less 1, exact 1, kept 1; of the team 0, 3, kept 1, same 1; pool 2; macro 1\n')

    def test_memory(self):
        with tempfile.TemporaryDirectory() as root:
            folder = pathlib.Path(root)
            running.Text(MODEL).write(folder, [(3,)])
            for options in ([], ['--weights=int8']):
                with self.subTest(options):
                    self.one(folder, *options)


if __name__ == '__main__':
    if not running.machine_can():
        print('skipped: this machine cannot run', running.TARGET)
        sys.exit(77)
    unittest.main()

#!/usr/bin/env python3
"""What a kernel stores is written over what it reads for the last time, where it reads each place before it stores there, and not else:
bytes of workspace for a row, and the evaluator's values."""
import pathlib
import re
import sys
import tempfile
import unittest

import running
from running import oracle

HEAD = '''dim d = 32, f = 64
ragged t
par A[d,d], B[d,d], C[f,d], G[d]
in x[t,d]
h[t,d] = sum[d'] x[t,d'] * A[d,d']
'''
ROW = 32 * 4  # bytes of a row of h
LENGTHS = [(3,), (0,), (1,), (50,)]
OVER = {  # what follows h, how many tensors like h there are at once
    'a residual is added where it is': ('g[t,f] = exp(-abs(sum[d] h[t,d] * C[f,d]))\noutput y[t,d] = h[t,d] * G[d] + (sum[f] g[t,f] * C[f,d])', 3),
    'a residual into a tensor of its own name': ('''g[t,f] = exp(-abs(sum[d] h[t,d] * C[f,d]))
h[t,d] = h[t,d] + (sum[f] g[t,f] * C[f,d])
output y[t,d] = sum[d'] h[t,d'] * B[d,d']''', 3),
    'a residual into a tensor of another name': ('''g[t,f] = exp(-abs(sum[d] h[t,d] * C[f,d]))
r[t,d] = h[t,d] + (sum[f] g[t,f] * C[f,d])
output y[t,d] = sum[d'] r[t,d'] * B[d,d']''', 3),
    'a row is reduced, then stored': ('''n[t,d] = exp(-abs(h[t,d] / sqrt((sum[d'] h[t,d'] * h[t,d']) + 1)))
output y[t,d] = sum[d'] n[t,d'] * B[d,d']''', 1),
    'two rows of one kernel, the second of the first': ('''n[t,d] = exp(-abs(h[t,d] / sqrt((sum[d'] h[t,d'] * h[t,d']) + 1)))
v[t] = sum[d] n[t,d] * h[t,d]
output y[t,d] = (sum[d'] n[t,d'] * B[d,d']) * v[t]''', 33 / 32),
    'read afterwards': ('''n[t,d] = exp(-abs(h[t,d] / sqrt((sum[d'] h[t,d'] * h[t,d']) + 1)))
output y[t,d] = (sum[d'] n[t,d'] * B[d,d']) + h[t,d]''', 2),
    'a left side is read for every column': ('''r[t,d] = h[t,d] + (sum[d'] h[t,d'] * A[d,d'])
output y[t,d] = sum[d'] r[t,d'] * B[d,d']''', 2),
    'the row before': ('''n[t,d] = exp(-abs((h[t,d] + (t == 0 ? 0 : h[t-1,d])) / sqrt((sum[d'] h[t,d'] * h[t,d']) + 1)))
output y[t,d] = sum[d'] n[t,d'] * B[d,d']''', 2),
    'a column beside': ('''n[t,d] = exp(-abs((h[t,d] + h[t,31 - d]) / sqrt((sum[d'] h[t,d'] * h[t,d']) + 1)))
output y[t,d] = sum[d'] n[t,d'] * B[d,d']''', 2),
    'two results, both of it': ('''s[t] = sum[d] h[t,d] * h[t,d]
n[t,d] = h[t,d] / sqrt(s[t] + 1)
m[t,d] = exp(-abs(h[t,d])) / sqrt(s[t] + 2)
output y[t,d] = (sum[d'] n[t,d'] * B[d,d']) + (sum[d'] m[t,d'] * A[d,d'])''', 97 / 32),
    'two streams that begin as one': ('''u = h
for l in 0..2 {
    h[t,d] = h[t,d] + 0.01 * (sum[d'] u[t,d'] * A[d,d'])
    u[t,d] = u[t,d] + 0.01 * (sum[d'] h[t,d'] * B[d,d'])
}
output y[t,d] = h[t,d] + 0.01 * (sum[d'] u[t,d'] * B[d,d'])''', 3),
    'round a loop': ('''for l in 0..3 {
    n[t,d] = exp(-abs(h[t,d] / sqrt((sum[d'] h[t,d'] * h[t,d']) + 1)))
    g[t,f] = exp(-abs(sum[d] n[t,d] * C[f,d]))
    h[t,d] = n[t,d] + (sum[f] g[t,f] * C[f,d])
}
output y[t,d] = h[t,d] / sqrt((sum[d'] h[t,d'] * h[t,d']) + 1)''', 3),
}


class Over(unittest.TestCase):
    def one(self, folder, text, tensors):
        running.Text(HEAD + text).write(folder, LENGTHS)
        wanted = oracle.evaluate(folder / 'm.sinter', folder, folder / 'in.safetensors', folder / 'want.safetensors')
        oracle.run(oracle.SINTER, 'emit', folder / 'm.sinter', '-d', folder / 'c', '--target=' + running.TARGET)
        program = oracle.make(folder / 'c', 'm', '-O1 -Wall -Werror')
        self.assertIsNone(running.differs(oracle.answer(program, folder / 'in.safetensors', folder / 'got.safetensors'), wanted, 1e-4))
        rows = re.search(r'64 \* ceil\((\d+) \* t / 64\)', (folder / 'c/m.h').read_text())
        self.assertEqual(int(rows.group(1)) / ROW, tensors)

    def test_over(self):
        with tempfile.TemporaryDirectory() as root:
            for i, (name, (text, tensors)) in enumerate(OVER.items()):
                with self.subTest(name):
                    self.one(pathlib.Path(root) / str(i), text, tensors)
        print('cases: %d' % len(OVER))


if __name__ == '__main__':
    if not running.machine_can():
        print('skipped: this machine cannot run', running.TARGET)
        sys.exit(77)
    unittest.main()

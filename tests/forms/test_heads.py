#!/usr/bin/env python3
"""What is wrong with a head is said at its line, and a head of one's own is taken."""
import pathlib
import sys
import tempfile

import running
from running import oracle

GOOD = '//$ form   own: y[m] = $row(reduce[n where $p(m,n)] $f(m,n))\n//$ need   n\n//$ when   fixed(n) and n <= 100\n'
BAD = {
    'is no role of': '//$ form   own: y[n] = $store(sum[k] $a(n,k))\n//$ need   z\n',
    "'z' is no role of 'own'": '//$ form   own: y[n] = $store(sum[k] $a(n,k))\n//$ grid   z\n',
    'begins with its result': '//$ form   own: z[n] = $store(sum[k] $a(n,k))\n',
    "$b fades along 'z', which is no role of 'own'": '//$ form   own: y[t] = $store(sum[u where u <= t] $b(t,u))\n//$ hole   $b  fades t z\n',
    "the head of own begins with its result": '//$ form   own: y[n] = $store(sum[k] $a(n,k))\n//$ or     z[n] = $store(sum[k] $a(k,n))\n',
    'is a hole: its roles follow in brackets': '//$ form   own: y[n] = $store(sum[k] $a * $b(n,k))\n',
    'reads something else than roles': '//$ form   own: y[n] = $store(sum[k] $a(n,k+1))\n',
    'a form has at most 8 holes': '//$ form   own: y[n] = $store(' + ' + '.join(f'$h{i}(n)' for i in range(9)) + ')\n',
    'a form has at most 8 roles': '//$ form   own: y[a,b,c,d,e,f,g,h,i] = $store($x(a,b,c,d,e,f,g,h,i))\n',
    'a bracket is not closed': '//$ form   own: y[n] = $store(sum[k] $a(n,k))\n//$ when   (n <= 3\n',
    'a size, a number or a property is expected': '//$ form   own: y[n] = $store(sum[k] $a(n,k))\n//$ when   n <=\n',
    'a number is expected': '//$ form   own: y[n] = $store(sum[k] $a(n,k))\n//$ when   fixed(n) + 1 <= 2\n',
    'a condition is expected': '//$ form   own: y[n] = $store(sum[k] $a(n,k))\n//$ when   n + 1\n',
    'a word too many': '//$ form   own: y[n] = $store(sum[k] $a(n,k))\n//$ when   n <= 3 4\n',
    'a role or a hole is expected': '//$ form   own: y[n] = $store(sum[k] $a(n,k))\n//$ when   fixed(+)\n',
    "the shared memory of 'own' cannot be read: a semicolon is expected": '//$ form   own: y[n] = $store(sum[k] $a(n,k))\n//$ shared p = n / 8 p\n',
    'a number is expected before': '//$ form   own: y[n] = $store(sum[k] $a(n,k))\n//$ shared 4 * (n < 3 or n > 9)\n',
}
END = '//$ target c avx2 avx512 neon\n//$ sample\n//$ end\n'
MODEL = """model m
dim d = 8
ragged t
input x[t,d]: real
output o[t,d] = x[t,d] / sqrt((mean[d'] x[t,d'] ^ 2) + 0.1)
"""


def main():
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / 'm.sinter').write_text(MODEL)
        heads = folder / 'heads'
        heads.mkdir()
        command = (oracle.SINTER, 'explain', folder / 'm.sinter', '--target=' + running.TARGET, f'--forms={heads}')
        for message, head in BAD.items():
            (heads / 'own.c').write_text(head + END)
            said = oracle.run(*command, accept=(1,)).stderr.decode()
            if message not in said:
                bad += 1
                print(f'wanted: {message}\nsaid: {said}')
        (heads / 'own.c').write_text(GOOD + END)
        said = oracle.run(*command).stdout.decode()
        for word in ('own', 'sum total[t]: m = t, n = d'):
            if word not in said:
                bad += 1
                print(f'not in explain: {word}\n{said}')
        said = oracle.run(*command[:-1], '--no-forms').stdout.decode()
        if 'kernels' in said:
            bad += 1
            print('--no-forms has kernels')
    print(f'{bad} heads are wrong\ncases: {len(BAD) + 2}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())

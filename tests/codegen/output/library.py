"""Emitted sources as a shared library, called on batches: its map says how."""
import ctypes
import json
import pathlib
import subprocess

import numpy as np

C = {'float': np.float32, 'double': np.float64, 'int32_t': np.int32, 'int64_t': np.int64, 'uint8_t': np.uint8}
GUARD = 64


class Library:
    def __init__(self, folder, compiler='gcc', options=('-O2',)):
        self.map = json.loads(next(pathlib.Path(folder).glob('*.map.json')).read_text())
        name = self.map['model']
        made = pathlib.Path(folder) / ('%s-%s.so' % (name, '_'.join([compiler, *options])))
        sources = [p.name for suffix in ('.c', '_weights.S', '_weights.c') for p in pathlib.Path(folder).glob(name + suffix)]
        command = [compiler, '-std=c99', '-ffp-contract=off', *options, '-shared', '-fPIC', *sources, '-o', made.name, '-lm']
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, ' '.join(command) + '\n' + done.stderr
        code = ctypes.CDLL(str(made.resolve()))
        self.workspace, self.run_c = getattr(code, name + '_workspace'), getattr(code, name + '_run')
        self.workspace.restype = ctypes.c_size_t
        self.inputs = {t['name']: t for t in self.map['inputs']}
        self.outputs = {t['name']: t for t in self.map['outputs']}
        self.fixed = {d['name']: d['length'] for d in self.map['dims'] if d['kind'] == 'fixed'}
        self.given = [m['dim'] for m in self.map['io'] if m['what'] == 'offsets']
        self.made = [m['dim'] for m in self.map['io'] if m['what'] == 'offsets, written']

    def width(self, tensor):
        return int(np.prod([x if isinstance(x, int) else self.fixed.get(x, 1) for x in tensor['shape']], dtype=np.int64))

    def ragged(self, tensor):
        return [x for x in tensor['shape'] if x in self.given + self.made]

    def lengths(self, sequence):
        """Of each given dim, from the shapes of what has it."""
        found = {}
        for name, x in sequence.items():
            for axis, dim in enumerate(self.inputs[name]['shape']):
                if dim in self.given:
                    found[dim] = x.shape[axis]
        return [found[d] for d in self.given]

    def run(self, sequences, poison=0xA5):
        """The outputs of each sequence as bytes. The workspace is filled with `poison` before, and guarded behind."""
        n = len(sequences)
        lengths = [self.lengths(s) for s in sequences]
        begin = {d: np.cumsum([0] + [row[k] for row in lengths]).astype(np.int32) for k, d in enumerate(self.given)}
        keep, members = [], []
        rows = 8 + sum(int(b[-1]) for b in begin.values()) * 4
        for d in self.made:
            begin[d] = np.zeros(n + 1, np.int32)
        out = {}
        for member in self.map['io']:
            name = member['member']
            if member['what'].startswith('offsets'):
                array = begin[member['dim']]
            elif member['what'].startswith('input'):
                ctype = C[self.inputs[name]['type']]
                parts = [np.ascontiguousarray(s[name]).astype(ctype).ravel() for s in sequences if name in s]
                absent = len(parts) < n and member['what'] == 'input, optional'
                array = None if absent else np.concatenate([*parts, np.zeros(1, ctype)]) # a place even if all are empty
            else:
                tensor = self.outputs[name]
                most = max(rows, n) ** max(1, len(self.ragged(tensor)))
                array = out[name] = np.zeros(most * self.width(tensor) + 1, C[tensor['type']])
            keep.append(array)
            members.append(None if array is None else array.ctypes.data)

        class Io(ctypes.Structure):
            _fields_ = [('sequences', ctypes.c_int32)] + [('m%d' % k, ctypes.c_void_p) for k in range(len(members))]

        products = []
        for argument in self.map['workspace_arguments']:
            where = [self.given.index(d) for d in argument['lengths']]
            products.append(sum(int(np.prod([row[k] for k in where])) for row in lengths))
        needed = self.workspace(ctypes.c_int32(n), *[ctypes.c_int64(x) for x in products])
        memory = np.full(needed + 2 * GUARD, poison, np.uint8)
        at = memory.ctypes.data
        at += -at % 64
        behind = memory[at - memory.ctypes.data + needed:]
        io = Io(n, *members)
        status = self.run_c(ctypes.byref(io), ctypes.c_void_p(at), ctypes.c_size_t(needed))
        assert status == 0, 'status %d' % status
        assert (behind == poison).all(), 'written behind the workspace'
        return [{name: self.slice(array, self.outputs[name], begin, s) for name, array in out.items()} for s in range(n)]

    def slice(self, array, tensor, begin, s):
        dims, width = self.ragged(tensor), self.width(tensor)
        size = [np.diff(begin[d]) for d in dims]
        counts = np.prod(size, axis=0).astype(np.int64) if dims else np.ones(len(next(iter(begin.values()))) - 1, np.int64)
        first = int(counts[:s].sum()) * width
        return array[first:first + int(counts[s]) * width].tobytes()


def cut(library, sequence, length):
    """The first `length` rows of a sequence."""
    short = {}
    for name, x in sequence.items():
        index = tuple(slice(0, length) if dim in library.given else slice(None) for dim in library.inputs[name]['shape'])
        short[name] = x[index]
    return short

"""safetensors, written and read without a library, and the data of a program: weights and inputs, the same for the same program."""
import json
import math
import os
import random
import re
import struct
import zlib
from array import array

import text

CODE = {"F64": "d", "F32": "f", "F16": "e", "I64": "q", "I32": "i", "U8": "B", "BOOL": "B"}


def packed(values, dtype):
    if dtype == "BF16":
        return b"".join(struct.pack("<f", v)[2:] for v in values)
    return struct.pack(f"<{len(values)}{CODE[dtype]}", *values)


def write_safetensors(path, tensors):
    """tensors: {name: (dtype, shape, values)}"""
    header, data, at = {}, [], 0
    for name, (dtype, shape, values) in tensors.items():
        data.append(packed(values, dtype))
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(data[-1])]}
        at += len(data[-1])
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(head)) + head + b"".join(data))


def read_safetensors(path):
    """{name: (shape, values)}"""
    with open(path, "rb") as f:
        data = f.read()
    n = struct.unpack("<Q", data[:8])[0]
    out = {}
    for name, entry in json.loads(data[8:8 + n]).items():
        begin, end = entry["data_offsets"]
        values = array(CODE[entry["dtype"]])
        values.frombytes(data[8 + n + begin:8 + n + end])
        out[name] = (entry["shape"], values)
    return out


def weights(program, shapes):
    """Multiples of 1/8 in -1 .. 1, in every type that holds them."""
    out = {}
    for path, shape in shapes.items():
        rng = random.Random(zlib.crc32(f"{program.seed} {path}".encode()))
        family = random.Random(zlib.crc32(re.sub(r"\d+", "", path).encode()))  # its members have one type
        values = [rng.randint(-8, 8) / 8 for _ in range(math.prod(shape))]
        out[path] = (family.choice(["F32", "F32", "F16", "BF16", "F64"]), shape, values)
    return out


def lengths(program):
    """[{given dim: length}]: 0, 1, the longest, and others, in some order."""
    rng = random.Random(program.seed + 1)
    dims = [d for d in program.dims() if d.kind == "given"]
    rows = [{d: 0 for d in dims}, {d: 1 for d in dims}, {d: d.most for d in dims}]
    rows += [{d: rng.randint(0, d.most) for d in dims} for _ in range(2)]
    rng.shuffle(rows)
    return rows


def inputs(program):
    """[{input: (type, shape, values), or None where the default is to hold}], one for each sequence."""
    rng = random.Random(program.seed + 2)
    out = []
    for row in lengths(program):
        sequence = {}
        omit = rng.random() < 0.5
        for s in program.inputs():
            lhs = s.lhs[0]
            shape = [row.get(d, d.most) for _, d in lhs.index]
            n = math.prod(shape)
            values = ([rng.randint(-16, 16) / 8 for _ in range(n)] if lhs.type == "real" else [rng.randrange(s.extent.most) for _ in range(n)]
                      if s.extent else [rng.randint(0, 1) if lhs.type == "bool" else rng.randint(-2, 3) for _ in range(n)])
            sequence[lhs.name] = ({"real": "F32", "bool": "BOOL"}.get(lhs.type, "I64"), shape, values)
        out.append((omit, sequence))
    optional = [s.lhs[0].name for s in program.inputs() if s.default is not None]
    omit = out[0][0]  # one pointer for a batch: all or none
    return [{k: v for k, v in sequence.items() if not (omit and k in optional)} for _, sequence in out]


def write(program, shapes, folder):
    base = os.path.join(folder, program.name)
    with open(base + ".sinter", "w") as f:
        f.write(text.program(program, shapes))
    if program.config:
        with open(base + ".json", "w") as f:
            json.dump(program.config, f)
    if shapes:
        write_safetensors(base + ".safetensors", weights(program, shapes))
    given = {f"{k}/{name}": t for k, sequence in enumerate(inputs(program)) for name, t in sequence.items()}
    write_safetensors(base + ".in.safetensors", given)

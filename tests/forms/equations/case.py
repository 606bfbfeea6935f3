"""The C that drives a model: tables for the driver of the differential tests, data beside it in a file."""
import pathlib
import re
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "differential"))
import drive  # noqa: E402

TYPES = {"float": np.float32, "int32_t": np.int32, "int64_t": np.int64}
TABLES = """static const struct driven_dim {n}_dims[] = {{{dims}}};
static const struct driven_tensor {n}_inputs[] = {{{inputs}}}, {n}_outputs[] = {{{outputs}}};
static size_t {n}_need(int32_t count, const void *batch)
{{
    (void)batch;
    return {n}_workspace(count{totals});
}}
"""
ENTRY = """static int {n}_{tier}(const void *call_io, void *space, size_t bytes)
{{
    {use}
    return (int){n}_run(call_io, space, bytes);
}}
extern const struct driven {n}_{tier}_case;
const struct driven {n}_{tier}_case = {{"{n}_{tier}", sizeof(struct {n}_io), {dims}, {inputs}, 0, {outputs}, {n}_dims, {n}_inputs, NULL, {n}_outputs, {n}_{tier}, {n}_need}};
"""
BLOB = """extern const unsigned char {symbol}[];
__asm__(".section .rodata\\n.balign 16\\n{symbol}: .incbin \\"{path}\\", {at}, {size}\\n.previous\\n");
"""


def case(name, sets, data, folder, tiers, include):
    """The text of a case file; data goes to NAME.bin. tiers: {name: what chooses the kernels}; include: C files to include."""
    header = (folder / name / f"{name}.h").read_text()
    types = {field: ctype for ctype, field, _ in drive.fields(header)}
    ragged = [dim for s in sets for dim in s.shape.ragged]
    out = [f'#include "{path}"' for path in include] + ['#include "driver.h"', ""]
    dims, inputs, outputs = [], [], []
    for dim, lengths in ((dim, lengths) for s in sets for dim, lengths in s.shape.ragged.items()):
        out.append(drive.array(f"{name}_lengths_{dim}", "int32_t", lengths))
        dims.append(f"{{offsetof(struct {name}_io, begin_{dim}), {name}_lengths_{dim}, {max(lengths)}}}")
    blob, at = bytearray(), 0

    def entry(s, tensor, indices, values):
        number = {dim: k for k, dim in enumerate(ragged)}
        which = ", ".join(str(number[i.dim]) if i.ragged else "-1" for i in indices) or "0"
        lengths = ", ".join(str(i.length) for i in indices) or "0"
        ctype = types[tensor]
        return f'{{"{tensor}", offsetof(struct {name}_io, {tensor}), sizeof({ctype}), {int(ctype == "float")}, {len(indices)}, {{{which}}}, {{{lengths}}}, {values}}}'
    for s in sets:
        for tensor, (indices, _) in s.tensors.inputs.items():
            bits = b"".join(np.ascontiguousarray(d[tensor], TYPES[types[tensor]]).tobytes() for d in data)
            symbol = f"{name}_data_{tensor}"
            out.append(BLOB.format(symbol=symbol, path=folder / f"{name}.bin", at=len(blob), size=len(bits)))
            blob += bits + bytes(-len(bits) % 16)
            inputs.append(entry(s, tensor, indices, symbol))
        outputs.append(entry(s, s.output, s.axes, "NULL"))
    (folder / f"{name}.bin").write_bytes(bytes(blob) or bytes(16))
    words = {dim: k for k, dim in enumerate(ragged)}
    totals = ""
    for axes in re.findall(r"(?m)^ \*     \w+: elements of a tensor ((?:\[\w+\])+)", header):
        which = [words[w] for w in re.findall(r"\w+", axes)]
        totals += f", driven_total(batch, {len(which)}, (const int[]){{{', '.join(map(str, which))}}})"
    out.append(TABLES.format(n=name, dims=", ".join(dims) or "{0}", inputs=", ".join(inputs) or "{0}", outputs=", ".join(outputs), totals=totals))
    for tier, use in tiers.items():
        out.append(ENTRY.format(n=name, tier=tier, use=use, dims=len(dims), inputs=len(inputs), outputs=len(outputs)))
    return "\n".join(out)

"""The C that drives generated programs: one file a program that includes what the compiler wrote and says where everything is."""
import os
import re

import files
import targets

BYTES = {"float": 4, "int64_t": 8, "int32_t": 4, "uint8_t": 1}


def fields(header):
    """[(C type, name, comment)] of the io, after `sequences`"""
    body = re.search(r"typedef struct \w+_io \{\n(.*?)\n\} ", header, re.S).group(1)
    return re.findall(r"(?:const )?(\w+) \*?(\w+);\s*/\*(.*?)\*/", body, re.S)[1:]


def offsets_of(comment):
    """The dim whose offsets a field holds, or None."""
    text = " ".join(comment.split())
    found = re.search(r"of what is \[(\w+)\]|the same for (\w+), which the model makes", text) if "[sequences + 1]" in text else None
    return found and (found.group(1) or found.group(2))


class Api:
    """The header of a program, put beside the program."""

    def __init__(self, program, header):
        self.program = program
        self.given = [d for d in program.dims() if d.kind == "given"]
        rest = fields(header)
        self.begin, self.word = {}, {}
        made = {}
        for d in self.given:
            _, self.begin[d], comment = rest.pop(0)
            self.word[d] = offsets_of(comment)
        while rest and offsets_of(rest[0][2]):
            _, name, comment = rest.pop(0)
            made[offsets_of(comment)] = name
        inputs, states, outputs = program.inputs(), program.states(), program.outputs()
        tensors = [s.lhs[0] for s in inputs + states] + outputs
        if len(rest) != len(tensors):
            raise ValueError(f"{len(tensors)} tensors, {len(rest)} fields: {rest}")
        self.tensors = [(lhs, ctype, name) for lhs, (ctype, name, _) in zip(tensors, rest)]
        for lhs, (_, _, comment) in zip(tensors, rest):
            for (_, d), word in zip(lhs.index, re.findall(r"\[(\w+)\]", comment)):
                if d.kind == "made" and d not in self.begin:
                    self.begin[d], self.word[d] = made[word], word
        self.dims = list(self.begin)
        self.space = re.findall(r"(?m)^ \*     \w+: elements of a tensor ((?:\[\w+\])+)", header)

    def totals(self):
        """The arguments of the workspace: elements over one or several given dims, `t` and `t_u`."""
        words = {self.word[d]: self.dims.index(d) for d in self.given}
        out = []
        for shape in self.space:
            dims = [words[word] for word in re.findall(r"\w+", shape)]
            out.append(f"driven_total(batch, {len(dims)}, (const int[]){{{', '.join(map(str, dims))}}})")
        return out


def array(name, ctype, values):
    text = ", ".join(f"{v!r}f" if ctype == "float" else str(v) for v in values) or "0"
    return f"static const {ctype} {name}[] = {{{text}}};"


def tensor(api, k, data):
    lhs, ctype, field = api.tensors[k]
    dims = ", ".join(str(api.dims.index(d)) if d in api.dims else "-1" for _, d in lhs.index) or "0"
    lengths = ", ".join(str(d.most) for _, d in lhs.index) or "0"
    return (f'    {{"{lhs.name}", offsetof(struct {api.program.name}_io, {field}), {BYTES[ctype]}, {int(ctype == "float")}, {len(lhs.index)}, {{{dims}}}, {{{lengths}}}, '
            f"{data}}},")


def table(name, kind, lines):
    return f"static const struct driven_{kind} {name}[] = {{\n" + "\n".join(lines or ["    {0}"]) + "\n};"


def program(p, folder, target=None):
    """The text of NAME_case.c; the compiler's files are in the folder NAME."""
    with open(os.path.join(folder, p.name, f"{p.name}.h")) as f:
        api = Api(p, f.read())
    sequences = files.inputs(p)
    lengths = files.lengths(p)
    n = p.name
    weights = os.path.exists(os.path.join(folder, n, f"{n}_weights.c"))
    out = [f'#include "{n}/{n}.c"'] + [f'#include "{n}/{n}_weights.c"'] * weights + ['#include "driver.h"', ""]
    out.append(targets.source(folder, n, target))
    rows = []
    for i, d in enumerate(api.dims):
        given = d.kind == "given"
        if given:
            out.append(array(f"{n}_length_{i}", "int32_t", [row[d] for row in lengths]))
        rows.append(f"    {{offsetof(struct {n}_io, {api.begin[d]}), {f'{n}_length_{i}' if given else 'NULL'}, {d.most}}},")
    inputs, states = len(p.inputs()), len(p.states())
    lines = []
    for k, (lhs, ctype, _) in enumerate(api.tensors):
        data = "NULL"
        if k < inputs and lhs.name in sequences[0]:
            data = f"{n}_data_{k}"
            out.append(array(data, ctype, [v for s in sequences for v in s[lhs.name][2]]))
        elif inputs <= k < inputs + states:
            data = f"{n}_data_{k}"
            out.append(array(data, ctype, [float(p.states()[k - inputs].expr.value)]))
        lines.append(tensor(api, k, data))
    out += [table(f"{n}_dims", "dim", rows), table(f"{n}_inputs", "tensor", lines[:inputs]),
            table(f"{n}_states", "tensor", lines[inputs:inputs + states]), table(f"{n}_outputs", "tensor", lines[inputs + states:])]
    arguments = "".join(f", {a}" for a in api.totals())
    choice = f'    {n}_use_kernels("{targets.TIERS[target]}");\n' if target == "x86" else ""
    out.append(f"static int {n}_call(const void *call_io, void *space, size_t bytes)\n{{\n{choice}    return (int){n}_run(call_io, space, bytes);\n}}\n"
               f"static size_t {n}_need(int32_t count, const void *batch)\n{{\n    (void)batch;\n    return {n}_workspace(count{arguments});\n}}\n"
               f"extern const struct driven {n}_case;\n"
               f'const struct driven {n}_case = {{"{n}", sizeof(struct {n}_io), {len(api.dims)}, {inputs}, {states}, {len(p.outputs())}, {n}_dims, '
               f"{n}_inputs, {n}_states, {n}_outputs, {n}_call, {n}_need}};")
    return "\n".join(out) + "\n"


def all_of(names):
    """The table of all programs of a link unit."""
    return ('#include "driver.h"\n' + "".join(f"extern const struct driven {n}_case;\n" for n in names)
            + "const struct driven *const driven[] = {" + "".join(f"&{n}_case, " for n in names) + "NULL};\n")


def results(path):
    """{program: (statuses, {(sequence, output): [text of values]}, [what differs])}"""
    out = {}
    if os.path.exists(path):
        with open(path) as f:
            for line in f:
                words = line.split()
                if words[0] == "program":
                    statuses, values, differs = out[words[1]] = [], {}, []
                elif words[0] == "status":
                    statuses.append(int(words[1]))
                elif words[0] == "differs":
                    differs.append(f"output {words[2]} of sequence {words[1]} is not the same in another batch")
                elif line.endswith("\n"):
                    values[int(words[1]), words[2]] = words[3:]
    return out

"""Models of what a form computes: the equation of its head with random expressions in the holes, several shapes in one text."""
import random
import re

import numpy as np

import head as heads
import holes
import shapes


class Set:
    """One shape of a form, as equations whose names end in `suffix`."""

    def __init__(self, head, seed, suffix):
        self.head, self.rng = head, random.Random(f"{head.name} {seed}")
        self.seed, self.suffix = seed, suffix
        self.shape = shapes.draw(self.rng, head, suffix)
        self.tensors = holes.Tensors(self.rng, suffix)
        self.output = "out" + suffix
        self.equations = self.make()
        self.tensors.keep(" ".join(self.equations))

    # ---- equations ---------------------------------------------------------------------------------------------------------------

    def hole(self, hole):
        indices, asks = self.shape.indices(hole.roles), self.head.asks
        if hole.condition and not set(hole.roles) & set(self.head.bound):  # whose results are wanted at all
            return f"{self.tensors.whole(sorted(indices, key=lambda i: not i.ragged))} {self.rng.choice(('== 1', '!= 1', '< 2'))}"
        if hole.condition:
            return self.tensors.condition(indices)
        if asks("gathered", hole.name):
            rows = self.shape.indices(shapes.rows_of(self.head, hole))
            return self.tensors.gathered([i for i in indices if i not in rows], rows)
        if hole.fades:
            return self.tensors.fading(indices)
        if hole.load_time:
            return self.tensors.load_time(indices)
        if self.head.slid(hole.name):
            along, over = (self.shape.role[r] for r in self.head.slid(hole.name))
            pairs = list(zip(along, over))
            return self.tensors.window([a for a, _ in pairs], [o for _, o in pairs], [i for i in indices if i not in sum(pairs, ())])
        if hole.dot and self.rng.random() < .8:
            length = shapes.edge(self.rng, 66)
            return self.tensors.score(indices, length)
        if hole.name == "z":  # what is added to a sum of exps
            return self.rng.choice(("0", "0", "1", f"exp({self.tensors.scalar(indices[:1])})", f"exp({self.tensors.value(indices)})"))
        return self.tensors.value(indices)

    def body(self):
        """The head's right side in these indices."""
        known, parts = {}, []

        def filled(found):
            name = found.group("hole")
            if name not in known:
                known[name] = self.hole(self.head.hole[name])
            text = known[name]
            if found.group("where"):
                text = f" where {text}" if text else ""
            parts.append(text if found.group("where") else f"({text})")
            return f"\0{len(parts) - 1}\0"
        text = re.sub(r"(?P<where> where )?\$(?P<hole>\w+)\([\w,\s]*\)", filled, self.rng.choice(self.head.ways))
        text = text.replace("reduce[", self.rng.choice(("sum", "sum", "sum", "max", "min", "mean")) + "[")
        text = re.sub(r"\b([a-z])\b", lambda w: ",".join(i.name for i in self.shape.role[w.group(1)]) if w.group(1) in self.shape.role else w.group(1), text)
        return re.sub("\0(\\d+)\0", lambda at: parts[int(at.group(1))], text)

    def make(self):
        result = self.shape.indices(self.head.result)
        rows, self.axes = self.named("r", result), self.tensors.mixed(result)
        out = [self.recurrence(result, rows) if self.head.along else f"{rows} = {self.body()}"]
        if self.head.row:
            return out + self.row(result, rows)
        return out + [f"output {self.named(self.output, self.axes)} = {self.continued(rows, result)}"]

    def recurrence(self, result, rows):
        """The equation, and what the turn before has stored in it."""
        turn = self.shape.role[self.head.along][0].name
        before = ",".join(i.name + " - 1" if i.name == turn else i.name for i in result)
        return f"along {turn} {{ {rows} = {self.body()} + {self.rng.choice(('0.5 * ', '-', '0.1 + 0.9 * '))}{self.named('r', [])}[{before}] }}"

    def named(self, name, indices):
        name = name if name.endswith(self.suffix) else name + self.suffix
        return name + (f"[{','.join(i.name for i in indices)}]" if indices else "")

    def continued(self, text, indices):
        """A map of the result: activation, bias, residual, gate."""
        rng = self.rng
        for _ in range(rng.choice((0, 1, 1, 2, 3))):
            some = [i for i in indices if rng.random() < .7]
            text = rng.choice((f"({text} + {self.tensors.scalar(some)})", f"({text} * {self.tensors.scalar(some)})", f"tanh({text})", f"silu({text})", f"max({text}, 0)",
                               f"gelu({text})", f"({self.tensors.scalar(some)} - 0.5 * {text})", f"({text} / (1 + abs({text})))"))
        return text

    def row(self, result, first):
        """Further reductions of the same row, and maps of all of them."""
        rng, bound = self.rng, self.shape.indices(self.head.bound)
        bound_names, out, known = ",".join(i.name for i in bound), [], [first]
        for k in range(rng.choice((0, 0, 1, 2))):
            name = self.named("s" if k else "q", result)
            out.append(f"{name} = {rng.choice(('sum', 'sum', 'max'))}[{bound_names}] ({self.tensors.value(result + bound)} / (1 + abs({rng.choice(known)})))")
            known.append(name)
        total = " + ".join(known)
        if rng.random() < .3 or any(i.name.endswith("'") for i in bound):
            return out + [f"output {self.named(self.output, self.axes)} = {self.continued(f'({total})', result)}"]
        self.axes = self.tensors.mixed(result + bound)
        value = f"({self.tensors.value(result + bound)} / (1 + abs({total})))"
        return out + [f"output {self.named(self.output, self.axes)} = {self.continued(value, result + bound)}"]

    # ---- text --------------------------------------------------------------------------------------------------------------------

    def declarations(self):
        out = []
        fixed = {i.dim: i.length for i in self.shape.indices(self.head.roles) if not i.ragged}
        for name, length in {**fixed, **self.tensors.extra}.items():
            out.append(f"dim {name} = {length}")
        for name, lengths in self.shape.ragged.items():
            out.append(f"ragged {name} <= {max(lengths)}")
        for name, (indices, of) in self.tensors.inputs.items():
            axes = ",".join(i.name for i in without_primes(indices))
            out.append(f"input {name}{f'[{axes}]' if axes else ''}: {of or 'real'}")
        return out


def without_primes(indices):
    """A tensor over t' alone is declared over t."""
    out = []
    for i in indices:
        plain = shapes.Index(i.dim, i.dim, i.length, i.ragged)
        if any(o.name == plain.name for o in out):
            plain.name += "'" * sum(o.dim == i.dim for o in out)
        out.append(plain)
    return out


def text_of(name, sets):
    lines = [f"model {name}"]
    if any(s.tensors.params for s in sets):
        lines.append(f'weights "{name}.safetensors"')
    for s in sets:
        lines += s.declarations()
    for s in sets:
        lines += s.equations
    return "\n".join(lines) + "\n"


def weights_of(sets):
    out = {}
    for s in sets:
        random_numbers = np.random.default_rng(s.seed)
        for name, shape in s.tensors.params.items():
            out[name] = np.clip(random_numbers.normal(size=shape) * .6, -2, 2).astype(np.float32)
    return out


def inputs_of(sets):
    """[{input: values}] of each sequence."""
    out = [{} for _ in range(shapes.SEQUENCES)]
    for s in sets:
        random_numbers = np.random.default_rng(s.seed + 1)
        for k in range(shapes.SEQUENCES):
            for name, (indices, of) in s.tensors.inputs.items():
                shape = [s.shape.ragged[i.dim][k] if i.ragged else i.length for i in indices]
                real = np.clip(random_numbers.normal(size=shape) * .8, -2, 2).astype(np.float32)
                out[k][name] = real if of is None else random_numbers.integers(0, s.tensors.extra[of], size=shape)
    return out


def heads_of(folder):
    return [heads.Head(path) for path in sorted(folder.glob("*.c"))]

"""Random expressions for holes: what reads every index of its roles and stays small."""
import re

MAPS = ("tanh(A)", "(A)", "(A)", "abs(A)", "max(A, 0)", "exp(-abs(A))", "sqrt(1 + (A) ^ 2)", "sin(A)", "erf(A)", "(A) / (1 + (A) ^ 2)", "sigmoid(A)",
        "min(A, 0.75)", "(A) * (A) / 2", "silu(A)", "gelu(A)", "cos(2 * (A))", "log(1 + abs(A))", "-(A)")


class Tensors:
    """Inputs and parameters that the expressions of a shape read: {name: ([Index], kind)}"""

    def __init__(self, rng, suffix):
        self.rng, self.suffix, self.inputs, self.params, self.tables = rng, suffix, {}, {}, {}
        self.extra = {}  # further dims: name -> length
        self.in_order = rng.random() < .75  # of all tensors

    def new(self, letter, table):
        return f"{letter}{self.suffix}{len(table)}"

    def input(self, indices, of=None):
        """A real input, or one of whole numbers below the length of a dim."""
        name = self.new("in" if of is None else "id", self.inputs)
        self.inputs[name] = (list(indices), of)
        return f"{name}[{','.join(i.name for i in indices)}]"

    def param(self, indices, first=()):
        """first: (length, expression) of an axis that is read at an expression."""
        name = self.new("w", self.params)
        self.params[name] = [length for length, _ in first] + [i.length for i in indices]
        return f'"{name}"[{",".join([e for _, e in first] + [i.name for i in indices])}]'

    def dim(self, length):
        name = self.new("v", self.extra)
        self.extra[name] = length
        return name

    def keep(self, text):
        """Forgets what was made for expressions that were not chosen."""
        words = set(re.findall(r"\w+", text))
        self.inputs, self.params = ({n: t for n, t in table.items() if n in words} for table in (self.inputs, self.params))
        words |= {of for _, of in self.inputs.values()}
        self.extra = {n: t for n, t in self.extra.items() if n in words}

    # ---- reads -------------------------------------------------------------------------------------------------------------------

    def mixed(self, indices):
        out = list(indices)
        if self.in_order or self.rng.random() < .6:  # as they mostly lie: the ragged one outside, then as the head has them
            return sorted(out, key=lambda i: not i.ragged)
        self.rng.shuffle(out)
        return out

    def read(self, indices):
        rng, indices = self.rng, self.mixed(indices)
        ragged = [i for i in indices if i.ragged]
        fixed = [i for i in indices if not i.ragged]
        if len(ragged) > len({i.dim for i in ragged}):  # no input over pairs of positions
            return f"({self.read([ragged[0]] + fixed)} * {self.read([ragged[1]])})"
        if ragged and rng.random() < .12:
            table = self.dim(rng.choice((1, 3, 5)))
            return self.param(fixed, [(self.extra[table], self.input(ragged, table))])
        if ragged and fixed and rng.random() < .15:
            shift = rng.choice(fixed)
            return self.sliding(ragged[0], shift, [i for i in indices if i not in (ragged[0], shift)])
        if not ragged and rng.random() < .5:
            return self.param(indices)
        return self.input(indices)

    def sliding(self, along, over, others):
        """A read at the sum of two indices, which may be outside."""
        return self.window([along], [over], others)

    def window(self, along, over, others):
        """A read at sums of two indices each, perhaps at every second place, which may be outside."""
        name, rng = self.new("in", self.inputs), self.rng
        fixed = [i for i in along if not i.ragged]
        sums = [f"{'2 * ' if i in fixed and rng.random() < .3 else ''}{i.name} + {j.name} - {rng.randint(0, 3)}" for i, j in zip(along, over)]
        axes = list(zip(along, sums)) + [(i, i.name) for i in others]
        if rng.random() < .5:  # channels first, where nothing is ragged
            axes.sort(key=lambda a: (not a[0].ragged, a[0] in along))
        self.inputs[name] = ([i for i, _ in axes], None)
        return f"{name}[{','.join(text for _, text in axes)}]"

    # ---- values ------------------------------------------------------------------------------------------------------------------

    def map(self, text):
        return self.rng.choice(MAPS).replace("A", text)

    def value(self, indices):
        """A value over all of the indices."""
        rng, out = self.rng, self.read(indices)
        if rng.random() < .5:
            return out
        out = self.map(out)
        for _ in range(rng.choice((0, 0, 1, 2))):
            some = [i for i in indices if rng.random() < .6]
            out = rng.choice(("(A + B)", "(A * B)", "(A - B)", "max(A, B)", "(A * (1 + B) / 2)", "(A / (2 + abs(B)))")).replace("B", self.scalar(some)).replace("A", out)
        return out

    def scalar(self, indices):
        """Something small over some indices, perhaps of the numbers of the indices themselves."""
        rng = self.rng
        if indices and rng.random() < .2:
            i = rng.choice(indices)
            return rng.choice((f"({i.name} mod 3)", f"(0.01 * {i.name})", f"({i.name} mod 2 == 0 ? 0.5 : -1)", f"(1 / (1 + {i.name}))"))
        return self.read(indices) if rng.random() < .6 else self.map(self.read(indices))

    def load_time(self, indices):
        rng = self.rng
        if rng.random() < .75 or not indices:
            return self.param(self.mixed(indices))
        out = self.map(self.param(self.mixed(indices)))
        return f"({out} * {self.param([rng.choice(indices)])})" if rng.random() < .5 else out

    def gathered(self, indices, rows):
        """A parameter of which data of the rows choose a part."""
        table = self.dim(self.rng.choice((1, 2, 5)))
        return self.param(indices, [(self.extra[table], self.input(rows, table))])

    def score(self, indices, length):
        """A score of two sides with a dot product between: every index that is ragged or large goes to one side."""
        rng = self.rng
        ragged = [i for i in indices if i.ragged]
        left = ragged[:1] or indices[:1]
        other = [i for i in indices if i not in left]
        both = [i for i in other if not i.ragged and rng.random() < .5]
        inside = self.dim(length)

        class Inside:
            name, dim, ragged = inside, inside, False
        Inside.length = length
        sides = [self.input(self.mixed(left + both) + [Inside]), self.input(self.mixed(other) + [Inside])]
        rng.shuffle(sides)
        dot = f"(sum[{inside}] {sides[0]} * {sides[1]})"
        kind = rng.choice(("A / sqrt(len(K))", "3 * tanh(A / 3)", "0.5 * A + B", "A / sqrt(len(K)) - 0.1 * B", "A"))
        return "(" + kind.replace("B", self.scalar([i for i in indices if rng.random() < .4 and (not ragged or i not in ragged[1:])])).replace("K", inside).replace("A", dot) + ")"

    def fading(self, indices):
        """A weight that is a power of the distance of two places, perhaps one for each of some fixed indices; or none."""
        rng, (t, u) = self.rng, [i.name for i in indices if i.ragged]
        base = self.scalar([i for i in indices if not i.ragged and rng.random() < .5])
        return rng.choice(("1", f"0.9 ^ ({t} - {u})", f"exp(({u} - {t}) / 7)", f"(0.9 - 0.1 * abs(tanh({base}))) ^ ({t} - {u})", f"exp(-0.2 * ({t} - {u})) * 0.95 ^ ({t} - {u})",
                           f"exp(-abs({base}) * ({t} - {u}))"))

    def condition(self, indices):
        """A condition over some of the indices; None: always."""
        rng, kind = self.rng, self.rng.random()
        ragged, fixed = [i for i in indices if i.ragged], [i for i in indices if not i.ragged]
        if kind < .35 or not indices:
            return None
        if len(ragged) > 1:
            q, u = (i.name for i in ragged[:2])
            pairs = [f"{u} <= {q}", f"{u} <= {q} and {q} - {u} < 5", f"abs({q} - {u}) <= 9", f"{u} < {q}", f"{q} div 4 == {u} div 4", f"{u} < 3 or {u} <= {q}",
                     f"({q} - {u}) mod 3 == 0", f"{self.whole([ragged[0]])} <= {self.whole([ragged[1]])}"]
            return rng.choice(pairs)
        if fixed and kind < .6:
            i = rng.choice(fixed)
            return rng.choice((f"{i.name} < {max(1, i.length - 1)}", f"{i.name} mod 2 == 0", f"{i.name} >= 1"))
        return f"{self.whole([rng.choice(indices)])} {rng.choice(('== 1', '!= 1', '< 2'))}"

    def whole(self, indices):
        return self.input(indices, self.dim(3))

"""What every value of a program can be: an interval, and how far single precision may be from the meaning.

Interval arithmetic with a bound on the error carried along. It keeps random programs tame - whatever the input, nothing overflows, no
denominator is small, nothing jumps at a value that rounding could move - and it gives each output the tolerance it is compared with.
Values that are exact in single precision are known to be: multiples of `grain` that are no more than 2^22 of it. Only they may be
compared, rounded or ranked, so both sides of a comparison decide alike."""
import math
from collections import namedtuple

from tree import Expr

ULP = 2.0 ** -22             # twice the rounding of one operation, relative to the bound of its result
MOST_GRAINS = 2 ** 22
MOST_REAL, MOST_INT, MOST_ERROR = 1e4, 2 ** 45, 1e-3

Value = namedtuple("Value", "lo hi error grain")  # grain 0: not exact


class Wild(Exception):
    """No bound is known, or it is too wide to compare anything with."""


BOOL = Value(0, 1, 0, 1)
REAL_INPUT, INT_INPUT, WEIGHT = Value(-2, 2, 0, 0.125), Value(-2, 3, 0, 1), Value(-1, 1, 0, 0.125)
INPUT = {"real": REAL_INPUT, "int": INT_INPUT, "bool": BOOL}


class Env:
    """Names where a statement stands. dims: what formal dims stand for; weights: {path: shape}, filled as parameters are read."""

    def __init__(self, weights, tensors=None, dims=None, statics=None, prefix=""):
        self.weights, self.tensors, self.dims = weights, dict(tensors or {}), dims or {}
        self.statics, self.prefix = dict(statics or {}), prefix

    def copy(self):
        return Env(self.weights, self.tensors, self.dims, self.statics, self.prefix)

    def actual(self, dim):
        """The list of dims that one stands for."""
        found = self.dims.get(dim, dim)
        return [d for x in found for d in self.actual(x)] if isinstance(found, list) else [found] if found is dim else self.actual(found)

    def most(self, dim):
        return math.prod(d.most for d in self.actual(dim))

    def member(self, name):
        """w@k and w@(k - 1) of a family, with k known."""
        word, _, at = name.partition("@")
        if not at or at.isdigit():
            return name
        static, _, less = at.strip("()").partition(" - ")
        return f"{word}@{self.statics[static] - int(less or 0)}"

    def path(self, path):
        for name, value in self.statics.items():
            path = path.replace("{" + name + "}", str(value))
        return f"{self.prefix}.{path}" if self.prefix and path else path or self.prefix


def size(v):
    return max(abs(v.lo), abs(v.hi))


def real(lo, hi, error=0.0, grain=0):
    """A result of real arithmetic: exact if its operands and it are."""
    most = max(abs(lo), abs(hi))
    if grain and not error and most / grain <= MOST_GRAINS:
        return Value(lo, hi, 0, grain)
    v = Value(lo, hi, error + most * ULP, 0)
    if not most <= MOST_REAL or v.error > MOST_ERROR * max(1, most):
        raise Wild(f"real of {most}, error {v.error}")
    return v


def whole(lo, hi):
    if max(abs(lo), abs(hi)) > MOST_INT:
        raise Wild("large integer")
    return Value(lo, hi, 0, 1)


def result(type_, lo, hi, error=0.0, grain=0):
    return whole(lo, hi) if type_ != "real" else real(lo, hi, error, grain)


def grains(*values):
    return min(v.grain for v in values)


def join(*values):
    return Value(min(v.lo for v in values), max(v.hi for v in values), max(v.error for v in values), grains(*values))


def exact(v):
    if not v.grain:
        raise Wild("decided by a rounded value")
    return v


ZERO = Value(0, 0, 0, 1)

# ---- operators ----------------------------------------------------------------------------------------------------------------------


def product(type_, a, b):
    ends = [x * y for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
    return result(type_, min(ends), max(ends), size(a) * b.error + size(b) * a.error + a.error * b.error, a.grain * b.grain)


def ratio(a, b):
    least = min(abs(b.lo), abs(b.hi))
    if b.lo <= 0 <= b.hi or least < 0.1:
        raise Wild("a small denominator")
    ends = [x / y for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
    power = b.lo == b.hi and math.frexp(abs(b.lo))[0] == 0.5
    return real(min(ends), max(ends), a.error / least + size(a) * b.error / least ** 2, a.grain / least if power else 0)


def whole_ratio(name, a, b):
    if b.lo <= 0 <= b.hi:
        raise Wild("division by what may be zero")
    if name == "mod":
        return Value(min(b.lo + 1, 0), max(b.hi - 1, 0), 0, 1)
    ends = [x // y for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
    return Value(min(ends + [-1] if a.lo < 0 else ends + [0]), max(ends + [0]), 0, 1)


def power(type_, a, b):
    """Constant small exponents, or bases away from 0."""
    if b.lo == b.hi and b.lo == int(b.lo) and 0 <= b.lo <= 4:
        v = Value(1, 1, 0, 1)
        for _ in range(int(b.lo)):
            v = product(type_, v, a)
        return v if b.lo % 2 else Value(min(v.lo, 0), v.hi, v.error, v.grain)
    if type_ != "real" or a.lo < 0.1:
        raise Wild("power")
    ends = [x ** y for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
    most = max(ends)
    return real(min(ends), most, most * (a.error * size(b) / a.lo + b.error * max(abs(math.log(a.lo)), abs(math.log(a.hi)))) + most * 4 * ULP)


def clamped(a, low, high):
    lo, hi = max(a.lo, low.lo), min(max(a.hi, low.hi), high.hi)
    return Value(min(lo, hi), hi, max(a.error, low.error, high.error), grains(a, low, high))


def absolute(a):
    lo = 0 if a.lo <= 0 <= a.hi else min(abs(a.lo), abs(a.hi))
    return Value(lo, size(a), a.error, a.grain)


def rounded(name):
    def bound(type_, a):
        if type_ != "real" and name != "int":
            return a
        exact(a)
        return Value(math.floor(a.lo), math.ceil(a.hi), 0, 1)
    return bound


def smooth(of, slope, least=-1e3, most=1e3):
    """A function without jumps: its ends on an interval, and how steep it is there."""
    def bound(_, a):
        if a.lo < least or a.hi > most:
            raise Wild("outside of a function")
        ends = of(a.lo, a.hi)
        steep = slope(a.lo, a.hi) if callable(slope) else slope
        return real(min(ends), max(ends), steep * a.error + 4 * ULP * max(1, abs(ends[0]), abs(ends[1])))
    return bound


def rising(f):
    return lambda lo, hi: (f(lo), f(hi))


def both(lo, hi):
    return lambda *_: (lo, hi)


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def humped(low):
    """Of x times a smooth step: between `low` and x."""
    return lambda lo, hi: (low if lo < 0 else 0, max(hi, 0))


FUNCTION = {
    "exp": smooth(rising(math.exp), lambda lo, hi: math.exp(hi), most=5), "expm1": smooth(rising(math.expm1), lambda lo, hi: math.exp(hi), most=5),
    "log": smooth(rising(math.log), lambda lo, hi: 1 / lo, least=0.1), "log1p": smooth(rising(math.log1p), lambda lo, hi: 1 / (1 + lo), least=-0.9),
    "sqrt": smooth(rising(math.sqrt), lambda lo, hi: 0.5 / math.sqrt(lo), least=0.1),
    "sin": smooth(both(-1, 1), 1), "cos": smooth(both(-1, 1), 1), "tanh": smooth(rising(math.tanh), 1), "erf": smooth(rising(math.erf), 1.2),
    "sigmoid": smooth(rising(sigmoid), 0.25, -50, 50), "silu": smooth(humped(-0.3), 1.2, -50, 50), "gelu": smooth(humped(-0.2), 1.2),
    "gelu_tanh": smooth(humped(-0.2), 1.2, -50, 50), "quick_gelu": smooth(humped(-0.2), 1.2, -30, 30),
    "softplus": smooth(lambda lo, hi: (0, max(hi, 0) + 1), 1),
    "relu": lambda t, a: Value(max(a.lo, 0), max(a.hi, 0), a.error, a.grain), "leaky_relu": lambda t, a: real(min(a.lo, 0), max(a.hi, 0), a.error),
    "square": lambda t, a: power(t, a, Value(2, 2, 0, 1)), "clamp": lambda t, a, b, c: clamped(a, b, c),
    "floor": rounded("floor"), "ceil": rounded("ceil"), "round": rounded("round"), "trunc": rounded("trunc"), "int": rounded("int"),
    "sign": lambda t, a: exact(a) and Value(-1, 1, 0, 1), "abs": lambda t, a: absolute(a),
    "neg": lambda t, a: Value(-a.hi, -a.lo, a.error, a.grain),
    "+": lambda t, a, b: result(t, a.lo + b.lo, a.hi + b.hi, a.error + b.error, grains(a, b)),
    "-": lambda t, a, b: result(t, a.lo - b.hi, a.hi - b.lo, a.error + b.error, grains(a, b)),
    "*": product, "/": lambda t, a, b: ratio(a, b), "^": power, "pow": power,
    "div": lambda t, a, b: whole_ratio("div", a, b), "mod": lambda t, a, b: whole_ratio("mod", a, b),
    "min": lambda t, *v: Value(min(x.lo for x in v), min(x.hi for x in v), max(x.error for x in v), grains(*v)),
    "max": lambda t, *v: Value(max(x.lo for x in v), max(x.hi for x in v), max(x.error for x in v), grains(*v)),
    "and": lambda t, a, b: BOOL, "or": lambda t, a, b: BOOL, "not": lambda t, a: BOOL,
    **{name: lambda t, a, b: exact(a) and exact(b) and BOOL for name in ("<", "<=", ">", ">=", "==", "!=")},
}

# ---- reductions ---------------------------------------------------------------------------------------------------------------------


def summed(type_, v, n):
    return result(type_, min(n * v.lo, 0), max(n * v.hi, 0), n * v.error + n * n * size(v) * ULP / 2 * (not v.grain), v.grain)


def multiplied(type_, v, n):
    most = max(1, size(v)) ** n
    return result(type_, -most if v.lo < 0 else 0, most, most * n * v.error, v.grain ** n if v.grain >= 1 else 0)


def place(type_, v, n):
    return exact(v) and Value(0, max(n - 1, 0), 0, 1)


REDUCTION = {
    "sum": summed, "prod": multiplied, "count": lambda t, v, n: Value(0, n, 0, 1), "any": lambda t, v, n: BOOL, "all": lambda t, v, n: BOOL,
    "max": lambda t, v, n: join(v, ZERO), "min": lambda t, v, n: join(v, ZERO), "pick": lambda t, v, n: join(v, ZERO),
    "mean": lambda t, v, n: real(min(v.lo, 0), max(v.hi, 0), v.error + n * size(v) * ULP), "softmax": lambda t, v, n: real(0, 1, 3 * v.error + n * ULP),
    "logsumexp": lambda t, v, n: real(min(v.lo, 0), max(v.hi, 0) + math.log(max(n, 1)), 3 * v.error + n * ULP),
    "argmax": place, "argmin": place, "rank": lambda t, v, n: exact(v) and Value(0, 2 ** 63 - 1, 0, 1),
    "rank_everywhere": place,
}

# ---- expressions --------------------------------------------------------------------------------------------------------------------


def inside(index, dim, env):
    """Is this index surely on the axis?"""
    if index.kind == "star" or (index.kind == "var" and any(a.within(b) for a, b in zip(env.actual(index.dim), env.actual(dim)))):
        return True
    if index.kind == "read" and index.extent is not None and all(inside(k, d, env) for k, d in zip(index.kids, index.dims)):
        return env.most(index.extent) <= env.actual(dim)[0].most and not env.actual(dim)[0].ragged
    return index.kind == "const" and not env.actual(dim)[0].ragged and 0 <= index.value < env.most(dim)


def absent(e, v, env, sure):
    """What is read, or what stands for it."""
    values = [v] if v is not None else []
    if not sure or v is None:
        values.append(expression(e.other, env) if e.other is not None else ZERO)
    return join(*values)


def read(e, env):
    for kid in e.kids:
        if kid.kind not in ("star", "last"):
            exact(expression(kid, env))
    sure = e.regrouped or all(inside(k, d, env) for k, d in zip(e.kids, e.dims))
    return absent(e, env.tensors[env.member(e.name)], env, sure)


def parameter(e, env):
    for kid in e.kids:
        if kid.kind != "star":
            expression(kid, env)
    if "absent" in e.path:
        return expression(e.other, env)
    shape = [env.most(d) for d in e.stored or [d for dim in e.dims for d in env.actual(dim)]]
    turns = [{e.family[0]: k} for k in range(env.most(e.family[1]))] if e.family else [{}]
    for turn in turns:
        path = env.path(e.path)
        for name, value in turn.items():
            path = path.replace("{" + name + "}", str(value))
        if env.weights.setdefault(path, shape) != shape:
            raise Wild("one name, two shapes")
    return WEIGHT


def reduction(e, env):
    if e.where is not None:
        expression(e.where, env)
    n = math.prod(env.most(d) for _, d in e.binds)
    body = expression(e.kids[0], env) if e.kids else BOOL
    surely = e.where is None and not any(d.ragged or not d.most for _, dim in e.binds for d in env.actual(dim))
    if e.op == "logsumexp" and not surely and e.other is None:
        raise Wild("log(0)")
    name = "rank_everywhere" if e.op == "rank" and e.where is None else e.op
    v = REDUCTION[name](e.type, body, n)
    return v if e.other is None else join(v, expression(e.other, env))


def call(e, env):
    inner = Env(env.weights, statics=env.statics, prefix=env.prefix)
    for p, k in zip(e.fn.params, e.kids + [None] * len(e.fn.params)):
        inner.tensors[p.name] = expression(k if k is not None else Expr("const", p.type, value=p.default), env)
    block(e.fn.body or [], inner)
    return expression(e.fn.returns[0], inner)


def apply(e, env):
    """[what a function of tensors gives back]"""
    args = [env.tensors[a] if isinstance(a, str) else expression(a, env) for a in e.args]
    dims = {formal: [d for x in (actual if isinstance(actual, list) else [actual]) for d in env.actual(x)]
            for formal, actual in (e.binding or {}).items()}
    inner = Env(env.weights, dims=dims, statics=env.statics, prefix=env.path(e.prefix) if e.prefix else env.prefix)
    if e.fn.bounds:
        return e.fn.bounds(e, args, inner)
    for p, v in zip(e.fn.params, args):
        inner.tensors[p.name] = v
    block(e.fn.body or [], inner)
    return [inner.tensors[r] if isinstance(r, str) else expression(r, inner) for r in e.fn.returns]


def constant(e, _):
    v = float(e.value)
    if e.type != "real":
        return Value(e.value, e.value, 0, 1)
    return real(v, v, 0, 1 / 64 if v * 64 == int(v * 64) else 0)


EXPRESSION = {
    "const": constant, "known": lambda e, env: constant(e, env),
    "len": lambda e, env: Value(0 if any(d.ragged for d in env.actual(e.dim)) else env.most(e.dim), env.most(e.dim), 0, 1),
    "var": lambda e, env: Value(0, max(env.most(e.dim) - 1, 0), 0, 1), "star": lambda e, env: ZERO, "last": lambda e, env: Value(-1, 20, 0, 1),
    "bare": lambda e, env: env.tensors[e.name], "read": read, "param": parameter,
    "op": lambda e, env: FUNCTION[e.op](e.type, *[expression(k, env) for k in e.kids]),
    "in": lambda e, env: exact(expression(e.kids[0], env)) and BOOL, "chain": lambda e, env: all(exact(expression(k, env)) for k in e.kids) and BOOL,
    "cond": lambda e, env: expression(e.kids[0], env) and join(*[expression(k, env) for k in e.kids[1:]]),
    "reduce": reduction, "call": call, "apply": lambda e, env: absent(e, apply(e, env)[0], env, e.whole),
}


def expression(e, env):
    return EXPRESSION[e.kind](e, env)

# ---- statements ---------------------------------------------------------------------------------------------------------------------


def equation(s, env):
    values = apply(s.expr, env) if len(s.lhs) > 1 else [expression(s.expr, env)]
    for lhs, v in zip(s.lhs, values):
        env.tensors[env.member(lhs.name)] = v


def along(s, env):
    """Turn by turn, as it runs; before the first there is nothing."""
    names = [lhs.name for x in s.body if x.kind == "equation" for lhs in x.lhs]
    for name in names:
        env.tensors[name] = None
    for _ in range(env.most(s.dim)):
        before = [env.tensors[n] for n in names]
        block(s.body, env)
        for name, old in zip(names, before):
            env.tensors[name] = env.tensors[name] if old is None else join(old, env.tensors[name])
        if before == [env.tensors[n] for n in names]:
            break
    for name in names:
        env.tensors[name] = env.tensors[name] or ZERO


def unrolled(s, env):
    prefix = env.prefix
    for value in s.values:
        env.statics[s.name], env.prefix = value, prefix
        env.prefix = env.path(s.under) if s.under else prefix
        block(s.body, env)
    env.prefix = prefix


def repeated(s, env):
    """A loop of the run: after any number of turns. What is new in it ends with it."""
    for _ in range(s.turns):
        inner = env.copy()
        if s.name:
            inner.tensors[s.name] = Value(0, s.turns, 0, 1)
        expression(s.expr, inner)
        block(s.body, inner)
        for name, v in env.tensors.items():
            env.tensors[name] = join(v, inner.tensors[name])
    expression(s.expr, env)


def chosen(s, env):
    expression(s.expr, env)
    yes, no = env.copy(), env.copy()
    block(s.body, yes)
    block(s.otherwise or [], no)
    for name in env.tensors:
        env.tensors[name] = join(yes.tensors[name], no.tensors[name])


def grow(s, env):
    env.tensors[s.name] = env.tensors[s.source]


def append(s, env):
    env.tensors[s.name] = join(env.tensors[s.name], expression(s.expr, env))


def prefixed(s, env):
    prefix = env.prefix
    env.prefix = env.path(s.prefix)
    block(s.body, env)
    env.prefix = prefix


def given(s, env):
    v = Value(0, s.extent.most - 1, 0, 1) if s.extent else INPUT[s.lhs[0].type]
    env.tensors[s.lhs[0].name] = v if s.default is None else join(v, expression(s.default, env))


def dim(s, env):
    if s.dim.where is not None:
        expression(s.dim.where, env)


def static(s, env):
    env.statics[s.name] = s.value


STATEMENT = {
    "equation": equation, "state": equation, "param": equation, "dim": dim, "ragged": dim, "let": static, "input": given, "along": along,
    "for": unrolled, "repeat": unrolled, "under": prefixed, "if": lambda s, env: block(s.body if s.taken else s.otherwise or [], env),
    "while": repeated, "turns": repeated, "choice": chosen, "grow": grow, "append": append, "cut": lambda s, env: expression(s.expr, env) and None,
    "fn": lambda s, env: None, "require": lambda s, env: None, "note": lambda s, env: None,
}


def block(statements, env):
    for s in statements:
        STATEMENT[s.kind](s, env)


def program(p):
    """({output: Value}, {path of a weight: shape})"""
    env = Env({})
    block(p.statements, env)
    return {lhs.name: env.tensors[lhs.name] for lhs in p.outputs()}, env.weights

"""Programs as trees: expressions, statements, dims, functions. Printed by text.py, bounded by bounds.py, made by generate.py."""


class Dim:
    """kind: fixed, given (ragged, by the caller), made (ragged, by formula or predicate), part (of a fixed dim), formal, tuple.

    most: the largest length; definition: how the text says it, None for formal ones; where: the predicate of a part or a made dim."""

    def __init__(self, name, kind, most=0, definition=None, parent=None, where=None, bounded=True):
        self.name, self.kind, self.most, self.definition = name, kind, most, definition
        self.parent, self.where, self.bounded = parent, where, bounded
        self.like = None  # a formal dim: what it first stands for

    @property
    def ragged(self):
        return self.like.ragged if self.like else self.kind in ("given", "made")

    def within(self, whole):
        """Is this dim the whole one, or a part of it (of a part of it ...)?"""
        dim = self
        while dim is not None and dim is not whole:
            dim = dim.parent
        return dim is not None


class Expr:
    """kind and type (int, real, bool) of every expression; kids in the order of the text; the rest by kind:

    const: value     known: text, value    len: dim         var: name, dim       last         bare: name
    read: name, dims (of its axes), other, extent (its values are indices of it), regrouped
    param: path, dims, other, stored (dims of the file, where they are others), family (name, dim)               star: name
    op: op           in: values            chain: ops       cond                 call: fn
    reduce: op, binds [(name, dim)], where, other           apply: fn, args, dims, prefix; kids are indices, or whole is set"""

    def __init__(self, kind, type_, kids=(), **data):
        self.kind, self.type, self.kids, self.tag = kind, type_, list(kids), data.pop("tag", None)
        self.__dict__.update(data)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return None

    def parts(self):
        """All expressions directly below."""
        more = [self.__dict__[key] for key in ("where", "other") if self.__dict__.get(key) is not None]
        args = [a for a in self.__dict__.get("args") or [] if isinstance(a, Expr)]
        return self.kids + more + args

    def walk(self):
        yield self
        for part in self.parts():
            yield from part.walk()

    def mapped(self, change):
        """A copy with change() applied to each part."""
        new = Expr(self.kind, self.type, [change(k) for k in self.kids], tag=self.tag,
                   **{k: v for k, v in self.__dict__.items() if k not in ("kind", "type", "kids", "tag")})
        for key in ("where", "other"):
            if new.__dict__.get(key) is not None:
                new.__dict__[key] = change(new.__dict__[key])
        if new.__dict__.get("args"):
            new.args = [change(a) if isinstance(a, Expr) else a for a in new.args]
        return new

    def known_now(self):
        """Is its value known when the model is compiled?"""
        return self.kind in ("const", "known") or (self.kind == "op" and all(k.known_now() for k in self.kids))

    def decided(self):
        """Is it known when the text is read? Of `x or true` x is not looked at then, nor are its indices."""
        kids = self.kind in ("op", "in", "chain") and all(k.decided() for k in self.kids)
        return kids or self.known_now() or (self.kind == "len" and not self.dim.ragged)


def const(value, type_=None):
    kind = "bool" if isinstance(value, bool) else "int" if isinstance(value, int) else "real"
    return Expr("const", type_ or kind, value=value)


def var(name, dim):
    return Expr("var", "int", name=name, dim=dim)


# Operators whose result is not real: of one type, or of what they join (None).
RESULT = {**dict.fromkeys(["<", "<=", ">", ">=", "==", "!=", "and", "or", "not"], "bool"), **dict.fromkeys(["int", "div", "mod"], "int"),
          **dict.fromkeys(["floor", "ceil", "round", "trunc", "sign", "abs", "neg", "+", "-", "*", "^", "min", "max", "square", "clamp"])}


def op(name, *kids, type_=None, tag=None):
    """type_: what is wanted; what an operator joins has the type that it has (a sum asked to be real may be one of ints)."""
    joined = "real" if any(k.type == "real" for k in kids) else "int"
    own = RESULT.get(name, "real")
    return Expr("op", joined if own is None else type_ or own, kids, op=name, tag=tag)


class Lhs:
    """A name and its indices [(name, dim)]; bare: written without brackets; default: of a parameter of a function."""

    def __init__(self, name, index, type_, bare=False, default=None):
        self.name, self.index, self.type, self.bare, self.default = name, list(index), type_, bare, default


class Statement:
    """kind: equation (lhs, expr, output), dim, ragged (dim), let (name, text, value), require (text), input (lhs, extent, default),
    state, param (lhs, expr), fn (fn), reducer (fn), for (name, values, text, under, body), under (text, prefix, body),
    if (text, taken, body, otherwise), along (dim, down, body), repeat (name, values, text, body), note (text)

    of a sequence: while (expr, turns at most, body), turns (expr, name, turns, body), choice (expr, body, otherwise),
    grow (name, source, text), append, cut (name, expr)"""

    def __init__(self, kind, tag=None, **data):
        self.kind, self.tag = kind, tag
        self.__dict__.update(data)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return None

    def replaced(self, **data):
        return Statement(self.kind, **{**{k: v for k, v in self.__dict__.items() if k != "kind"}, **data})

    def blocks(self):
        return [key for key in ("body", "otherwise") if self.__dict__.get(key) is not None]


class Function:
    """params: Lhs, or Expr known of a number with its default; before, after: formal dims around the arrow; body ends with returns.

    library: written by the prelude, its bounds are in bounds.py."""

    def __init__(self, name, params=(), before=(), after=(), body=None, returns=(), bounds=None, defaults=0):
        self.name, self.params, self.before, self.after = name, list(params), list(before), list(after)
        self.body, self.returns, self.bounds, self.defaults = body, list(returns), bounds, defaults


class Program:
    """statements, and what stands beside the text: the config, the weights {path: (shape, type)}, and the given lengths of sequences."""

    def __init__(self, name, seed):
        self.name, self.seed, self.statements = name, seed, []
        self.config, self.hostile = {}, False

    def inputs(self):
        return [s for s in self.statements if s.kind == "input"]

    def states(self):
        return [s for s in self.statements if s.kind == "state"]

    def outputs(self):
        return [lhs for s in self.statements if s.output for lhs in s.lhs]

    def dims(self):
        return [s.dim for s in self.statements if s.kind in ("dim", "ragged")]


def statements_of(block):
    """All statements, those in blocks and functions too."""
    for s in block:
        yield s
        for key in s.blocks():
            yield from statements_of(s.__dict__[key])
        if s.kind == "fn" and s.fn.body:
            yield from statements_of(s.fn.body)


def expressions_of(s):
    """The expressions of one statement itself."""
    found = [e for e in (s.expr, s.default, s.dim.where if s.kind in ("dim", "ragged") else None) if isinstance(e, Expr)]
    if s.fn is not None:
        found += [e for e in s.fn.returns if isinstance(e, Expr)]
    return found

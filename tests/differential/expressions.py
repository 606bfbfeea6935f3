"""Random well-typed expressions. A scope is the list of the indices in force, (name, dim), innermost last."""
from tree import Expr, const, op, var

SMOOTH = ["tanh", "sin", "cos", "erf", "exp", "sqrt", "log", "log1p", "expm1"]
ACTIVATIONS = ["gelu", "gelu_tanh", "silu", "sigmoid", "softplus", "quick_gelu", "relu", "leaky_relu"]
COMPARE = ["<", "<=", ">", ">=", "==", "!="]
FREE_INDICES = ["i", "j", "k", "p"]


VALUE = []  # the indices of a parameter that is one value


class Tensor:
    """index: as Lhs has it, or VALUE. along: (dim, step) while the recurrence runs that makes it: only earlier turns can be read.
    sure: its type is real to the checker as well, which sees that by what it is made of."""

    sure = False

    def __init__(self, name, index, type_, extent=None, along=None):
        self.name, self.index, self.type, self.extent, self.along = name, index, type_, extent, along


class Expressions:
    """Needs: rng, env (bounds.Env), tensors {name: Tensor}, dims [Dim], functions [Function] of single values, known [Expr]."""

    exact = False
    turning = None  # the dim of the recurrence around
    whole = frozenset([None])  # dims of the equation's left side: a tensor without brackets has all of them

    def choose(self, table):
        """One of [(weight, what to call)]"""
        return self.rng.choices([t for _, t in table], [w for w, _ in table])[0]()

    def chance(self, p):
        return self.rng.random() < p

    def exactly(self, make, *args):
        """No rounding in what is made: it will be compared."""
        was, self.exact = self.exact, True
        e = make(*args)
        self.exact = was
        return e

    def of_type(self, type_, scope, depth):
        return {"real": self.real, "int": self.integer, "bool": self.condition}[type_](scope, depth)

    # ---- indices ----

    def fresh(self, dim, scope):
        """A new index over dim."""
        taken = {n for n, _ in scope} | set(self.tensors) | {d.name for d in self.dims}
        free = [n for n in FREE_INDICES if n not in taken]
        if free and dim.kind != "tuple" and self.chance(0.15):
            return free[0]
        own = [n for n, d in scope if d is dim and n.rstrip("'") != dim.name]
        name = own[0] + "'" if own and self.chance(0.4) else dim.name
        while name in {n for n, _ in scope}:
            name += "'"
        return name

    def place(self, dim, scope, stored=False):
        """An index on an axis over dim, and how absent a read there may be: 0 never, 1 perhaps, 2 so that the text has to say what then.

        stored: an axis of a parameter, which has nothing outside of it."""
        rng = self.rng
        if dim.kind == "tuple":
            return Expr("star", "int", name=dim.name), 0
        same = [n for n, d in scope if d is dim]
        parts = [(n, d) for n, d in scope if d is not dim and d.within(dim)]
        table = []
        if same:
            v = var(same[-1] if self.chance(0.7) else rng.choice(same), dim)
            table.append((12, lambda: (v, 0)))
        if parts:
            table.append((8, lambda: (tagged(var(*rng.choice(parts)), "index over a part"), 0)))
        gathers = [t for t in self.tensors.values() if t.extent is dim and self.can_read(t, scope)]
        if gathers:
            table.append((3, lambda: (tagged(self.read(rng.choice(gathers), scope, plain=True), "gather"), 0)))
        if not dim.ragged and self.env.most(dim):
            k = rng.randrange(min(self.env.most(dim), dim.like.most if dim.like else dim.most))
            table.append((0.5 if same or parts else 3, lambda: (tagged(const(k), "constant index"), 0)))
        if not stored:
            table += self.places_outside(dim, scope, same or parts)
        return self.choose(table) if table else (const(0), 1)

    def places_outside(self, dim, scope, some):
        rng = self.rng
        table = [(0.5 if some else 2, lambda: (self.last(), 1))]
        if dim.ragged:
            table.append((0.4 if some else 2, lambda: (tagged(const(rng.randint(0, 3)), "constant index"), 1)))
        same = [n for n, d in scope if d is dim]
        if same:
            v, shift = var(rng.choice(same), dim), rng.choice([-3, -2, -1, -1, 1, 1, 2])
            length = Expr("len", "int", dim=dim)
            table += [(1.6, lambda: (op("+" if shift > 0 else "-", v, const(abs(shift)), tag="shifted read"), 1)),
                      (0.7, lambda: (op("-", op("-", length, const(1)), v, tag="reversed read"), 1)),
                      (0.4, lambda: (op("*", const(2), v, tag="strided read"), 1)),
                      (0.4, lambda: (op("mod", op("+", v, const(2)), op("+", length, const(1)), tag="computed read"), 1)),
                      (0.3, lambda: (op("div", v, const(2), tag="computed read"), 1))]
        wild = [t for t in self.tensors.values() if t.type == "int" and not t.extent and t.index and self.can_read(t, scope)]
        if wild:
            table.append((0.8, lambda: (tagged(self.read(rng.choice(wild), scope, plain=True), "gather anywhere"), 1)))
        others = [(n, d) for n, d in scope if not d.within(dim) and d.kind != "tuple"]
        if others:
            table.append((0.4 if some else 2, lambda: (tagged(var(*rng.choice(others)), "read across dims"), 2)))
            table.append((0.3, lambda: (op("+", var(*rng.choice(others)), const(rng.choice([-1, 1, 2])), tag="shifted across dims"), 1)))
        if same and others:  # a window: x[t + j - 1]
            n, d = rng.choice(others)
            table.append((1, lambda: (op("-", op("+", var(same[-1], dim), var(n, d)), const(rng.randint(0, 2)), tag="windowed read"), 1)))
        return table

    def last(self):
        e = Expr("last", "int", tag="last")
        return e if self.chance(0.7) else op("-", e, const(1))

    def can_read(self, tensor, scope):
        """Are all its indices here?"""
        return not tensor.along and all(any(d is x or x.within(d) for _, x in scope) for _, d in tensor.index)

    def read(self, tensor, scope, plain=False):
        """The tensor, somewhere."""
        if tensor.along:
            return self.read_earlier(tensor, scope)
        if tensor.index is VALUE:
            return Expr("bare", tensor.type, name=tensor.name)
        own = {d for _, d in tensor.index}
        if all(b in scope for b in tensor.index) and (not own or self.whole <= own) and self.chance(0.3) and not shadowed(tensor.index, scope):
            return Expr("bare", tensor.type, name=tensor.name, tag="tensor without brackets")
        kids, absent = [], 0
        for _, dim in tensor.index:
            same = [n for n, d in scope if d is dim] if plain else []
            kid, a = (var(same[-1], dim), 0) if same and dim.kind != "tuple" else self.place(dim, scope)
            kids.append(kid)
            absent = max(absent, a)
        return self.read_at(tensor, kids, absent, scope)

    def read_earlier(self, tensor, scope):
        dim, step = tensor.along
        kids = []
        for n, d in tensor.index:
            own = [m for m, x in scope if x is d]
            kids.append(op("-" if step > 0 else "+", var(n, d), const(self.rng.choice([1, 1, 1, 2])), tag="earlier turn") if d is dim
                        else var(own[-1], d) if own else self.place(d, scope, stored=True)[0])
        return self.read_at(tensor, kids, 1, scope)

    def read_at(self, tensor, kids, absent, scope):
        other = None
        if absent == 2 or (absent == 1 and self.chance(0.45)):
            other = self.constant(tensor.type) if self.chance(0.6) or tensor.along else self.leaf(tensor.type, scope)
        return Expr("read", tensor.type, kids, name=tensor.name, dims=[d for _, d in tensor.index], other=other, extent=tensor.extent,
                    tag="absent read" if other is not None else None)

    def pick_tensor(self, type_, scope):
        """Rather one whose indices are here."""
        table = []
        for t in self.tensors.values():
            if t.type == type_ and (not t.along or any(d is t.along[0] for _, d in scope)):
                v = self.env.tensors.get(t.name)
                if not self.exact or v is None or v.grain:
                    missing = sum(1 for _, d in t.index if not any(x.within(d) for _, x in scope))
                    table.append((4.0 ** -missing * (1 + sum(1 for _, d in t.index if d in [x for _, x in scope[-2:]])), lambda t=t: t))
        return self.choose(table) if table else None

    # ---- leaves ----

    def constant(self, type_):
        rng = self.rng
        if type_ == "bool":
            return const(rng.random() < 0.5)
        if type_ == "int":
            return const(rng.choice([0, 1, 1, 2, 2, 3, 5, -1, -2]))
        return const(rng.choice([0.5, 1.5, 0.25, -0.5, 2.0, -1.25, 1.0] + [0.1, 1e-3, 0.7] * (not self.exact)), "real")

    def leaf(self, type_, scope):
        rng = self.rng
        table = [(0.6, lambda: self.constant(type_))]
        t = self.pick_tensor(type_, scope)
        if t:
            table.append((6, lambda: self.read(t, scope)))
        known = [k for k in self.known if k.type == type_]
        if known:
            table.append((0.8, lambda: rng.choice(known)))
        if type_ == "int":
            plain = [b for b in scope if b[1].kind != "tuple"]
            if plain:
                table.append((3, lambda: var(*rng.choice(plain))))
        if type_ == "int" and (self.dims or scope):
            table.append((0.8, lambda: tagged(Expr("len", "int", dim=rng.choice(self.dims + [d for _, d in scope])), "len")))
        if type_ == "real" and self.weighs:
            table.append((2, lambda: self.weight(scope)))
        return self.choose(table)

    def weight(self, scope):
        """A parameter over some indices that are here."""
        fixed = [(n, d) for n, d in scope if not d.ragged and d.kind != "tuple" or (d.kind == "given" and d.bounded)]
        axes = self.rng.sample([d for _, d in fixed], min(len(fixed), self.rng.choice([0, 1, 1, 2])))
        axes = [d for k, d in enumerate(axes) if d not in axes[:k]]
        kids = [self.place(d, scope, stored=True)[0] for d in axes]
        family = [(n, d) for n, d in scope if d.kind == "fixed" and n.isalpha()]
        if family and self.chance(0.12):
            n, d = self.rng.choice(family)
            return Expr("param", "real", kids, path=self.path("{" + n + "}.w"), dims=axes, family=(n, d), tag="family by index")
        kind = self.rng.random()
        if kind < 0.1:
            return Expr("param", "real", kids, path=self.path("absent"), dims=axes, tag="absent parameter", other=self.weight_or_number(scope))
        other = self.constant("real") if kind < 0.2 else None
        return Expr("param", "real", kids, path=self.path("w"), dims=axes, other=other, tag="parameter ??" if other is not None else "parameter")

    def weight_or_number(self, scope):
        return self.constant("real") if self.chance(0.6) else self.weight(scope)

    # ---- reals ----

    def real(self, scope, depth):
        if depth <= 0:
            return self.leaf("real", scope)
        rng, deep = self.rng, depth - 1
        r = lambda: self.real(scope, deep)
        i = lambda: self.integer(scope, min(deep, 1))
        table = [
            (6, lambda: op(rng.choice("+-**+"), r(), r(), type_="real")),
            (1.2, lambda: self.conditional("real", scope, depth)),
            (1, lambda: self.extreme("real", scope, depth)),
            (0.5, lambda: op("^", r(), const(rng.choice([2, 2, 3, 0, 1])), type_="real", tag="power")),
            (0.5, lambda: op("square", r())),
            (0.4, lambda: op("clamp", r(), const(-1.5), const(rng.choice([0.5, 1.25])), type_="real")),
            (0.4, lambda: op("/", r(), const(rng.choice([2.0, 0.5, 4.0, -0.25])))),
            (1.4, lambda: op(rng.choice("+*-"), r(), i(), tag="int in real")),
            (0.5, lambda: op(rng.choice("*+"), r(), self.condition(scope, deep), tag="bool in real")),
            (0.9, lambda: self.rounded(scope, deep)),
            (0.7, lambda: op("neg", r(), tag="negation")), (0.5, lambda: op("abs", r(), type_="real")),
            (4, lambda: self.reduce("real", scope, depth)), (2, lambda: self.leaf("real", scope)),
        ]
        if not self.exact:
            table += [
                (1, lambda: op("/", r(), op("+", const(rng.choice([1, 2, 0.5])), op("abs", self.real(scope, deep - 1))))),
                (0.5, lambda: op("/", i(), const(rng.choice([2, 4, 3, 7])), type_="real", tag="int / int")),
                (3, lambda: self.function(scope, depth)), (1, lambda: op(rng.choice(ACTIVATIONS), r(), type_="real", tag="activation")),
                (0.4, lambda: op(rng.choice(["pow", "^"]), op("+", op("abs", r()), const(0.5)), const(rng.choice([1.5, -1.0, -0.5, 0.5])), type_="real",
                                 tag="power of reals")),
                (0.3, lambda: op("^", const(2.0), op("tanh", r()), type_="real", tag="power of reals")),
            ]
            if self.functions:
                table.append((1.5, lambda: self.call(scope, depth)))
            if self.at_each_candidates(scope):
                table.append((1.2, lambda: self.at_each("softmax", "real", scope, depth)))
        return self.choose(table)

    def rounded(self, scope, depth):
        e = self.exactly(self.real, scope, depth)
        name = self.rng.choice(["floor", "ceil", "round", "trunc", "sign", "sign"])
        return e if e.known_now() else op(name, e, type_="real", tag="rounding" if name != "sign" else None)

    def function(self, scope, depth):
        rng = self.rng
        name, e = rng.choice(SMOOTH), self.real(scope, depth - 1)
        if name in ("exp", "expm1"):
            e = op("tanh", e) if self.chance(0.6) else op("min", e, const(2.0), type_="real")
        elif name in ("sqrt", "log"):
            e = op("+", op("abs", e), const(rng.choice([0.5, 1.0])), type_="real")
        elif name == "log1p":
            e = op("abs", e, type_="real")
        return op(name, e, type_="real", tag=name)

    def call(self, scope, depth):
        fn = self.rng.choice(self.functions)
        kids = [self.leaf("real", scope) if k else self.real(scope, depth - 1) for k in range(len(fn.params))]
        if fn.params[-1].default is not None and self.chance(0.5):
            kids.pop()
        return Expr("call", "real", kids, fn=fn, tag="function of values, a block" if fn.body else "function of values")

    def conditional(self, type_, scope, depth):
        return Expr("cond", type_, [self.condition(scope, depth - 1), self.of_type(type_, scope, depth - 1), self.of_type(type_, scope, depth - 1)],
                    tag="conditional")

    def extreme(self, type_, scope, depth):
        return op(self.rng.choice(["min", "max"]), *[self.of_type(type_, scope, depth - 1) for _ in range(self.rng.choice([2, 2, 3]))], type_=type_,
                  tag="min or max of values")

    # ---- integers ----

    def integer(self, scope, depth):
        if depth <= 0:
            return self.leaf("int", scope)
        rng, deep = self.rng, depth - 1
        i = lambda: self.integer(scope, deep)
        table = [
            (4, lambda: op(rng.choice("+-*"), i(), i())),
            (1.2, lambda: op("div", i(), const(rng.choice([2, 3, 5, -2, -3])))), (1.2, lambda: op("mod", i(), const(rng.choice([2, 3, 5, 7, -3])))),
            (0.6, lambda: op(rng.choice(["div", "mod"]), i(), op("+", op("abs", i()), const(1)), tag="div or mod by data")),
            (0.6, lambda: op("^", i(), const(rng.choice([2, 3, 0])), tag="integer power")),
            (0.5, lambda: op("abs", i())), (0.4, lambda: op("sign", i())), (0.5, lambda: op("neg", i(), tag="negation")),
            (1, lambda: self.conditional("int", scope, depth)), (0.9, lambda: self.extreme("int", scope, depth)),
            (1, lambda: op(rng.choice("+*"), self.condition(scope, deep), i(), tag="bool in int")),
            (0.6, lambda: op("int", self.exactly(self.real, scope, deep), tag="int()")),
            (0.3, lambda: op("int", self.condition(scope, deep), tag="int()")),
            (4, lambda: self.reduce("int", scope, depth)), (1.5, lambda: self.leaf("int", scope)),
        ]
        if self.at_each_candidates(scope):
            table.append((1, lambda: self.at_each("rank", "int", scope, depth)))
        return self.choose(table)

    # ---- conditions ----

    def condition(self, scope, depth):
        rng, deep = self.rng, max(depth - 1, 0)
        table = [(4, lambda: op(rng.choice(COMPARE), self.integer(scope, deep), self.integer(scope, deep))),
                 (2.5, lambda: op(rng.choice(COMPARE), self.exactly(self.real, scope, deep), self.exactly(self.leaf, "real", scope),
                                  tag="comparison of reals")),
                 (0.4, lambda: self.constant("bool"))]
        t = self.pick_tensor("bool", scope)
        if t:
            table.append((2, lambda: self.read(t, scope)))
        if depth > 0:
            b = lambda: self.condition(scope, deep)
            table += [(1.5, lambda: op("and", b(), b())), (1.5, lambda: op("or", b(), b())), (1, lambda: op("not", b())),
                      (0.7, lambda: Expr("chain", "bool", [self.integer(scope, 0), self.integer(scope, deep), self.integer(scope, 0)],
                                         ops=[rng.choice(COMPARE[:2]), rng.choice(COMPARE[:2])], tag="chained comparison")),
                      (0.5, lambda: Expr("in", "bool", [self.integer(scope, deep)], values=rng.sample(range(-2, 6), rng.randint(0, 3)), tag="in a list")),
                      (0.6, lambda: self.conditional("bool", scope, depth)), (2, lambda: self.reduce("bool", scope, depth))]
        return self.choose(table)

    # ---- reductions ----

    def bindable(self, scope):
        return [d for d in self.dims + [d for _, d in scope if d.kind == "formal"] if d.kind != "tuple"]

    def domain(self, scope):
        """Indices to bind, rather those of tensors that are here."""
        pool = [d for d in self.bindable(scope)]
        useful = [d for t in self.tensors.values() for _, d in t.index if d in pool]
        binds, inner = [], list(scope)
        for _ in range(self.rng.choice([1, 1, 1, 1, 2])):
            dim = self.rng.choice(useful if useful and self.chance(0.85) else pool)
            name = self.fresh(dim, inner)
            binds.append((name, dim))
            inner.append((name, dim))
        return binds, inner

    def reduce(self, type_, scope, depth):
        rng = self.rng
        names = {"real": ["sum", "sum", "sum", "max", "min", "mean", "prod", "pick"] + ["logsumexp"] * (not self.exact),
                 "int": ["sum", "max", "min", "count", "count", "argmax", "argmin", "pick", "prod"], "bool": ["any", "all", "pick"]}[type_]
        name = rng.choice(names)
        if name == "mean" and self.exact or not self.bindable(scope) or len(scope) > 4:
            return self.leaf(type_, scope)
        binds, inner = self.domain(scope)
        where = self.predicate(binds, inner, scope, depth) if self.chance(0.5) or name in ("count", "any", "pick") else None
        deep = depth - 1 if name != "prod" else 0
        if name in ("argmax", "argmin"):
            kids = [self.exactly(self.of_type, rng.choice(["real", "int"]), inner, deep)]
        else:
            kids = [] if name in ("count", "any") else [self.of_type(type_ if rng.random() < 0.9 or type_ != "real" else "int", inner, deep)]
        type_ = "real" if name in ("mean", "logsumexp") else "int" if name in ("count", "argmax", "argmin") else kids[0].type if kids else "bool"
        other = self.constant(type_) if name not in ("any", "all") and self.chance(0.2) else None
        return Expr("reduce", type_, kids, op=name, binds=binds, where=where, other=other, tag=f"{name} ??" if other is not None else name)

    def predicate(self, binds, inner, scope, depth):
        """A condition of a domain: a prefix, a window, a point, an equality of data, anything."""
        rng = self.rng
        name, dim = binds[-1]
        v = var(name, dim)
        plain = [b for b in scope if b[1].kind != "tuple"]
        same = [b for b in plain if b[1] is dim] or plain
        table = [(2, lambda: self.condition(inner, min(depth - 1, 1))), (0.7, lambda: tagged(self.condition([], 0), "domain: all or nothing"))]
        if same:
            w = var(*rng.choice(same))
            table += [(3, lambda: op(rng.choice(COMPARE[:4]), v, w, tag="domain: prefix")),
                      (1, lambda: op("and", op("<=", v, w), op("<", op("-", w, v), const(rng.choice([2, 3]))), tag="domain: window")),
                      (1, lambda: op("==", v, op("+", w, const(rng.choice([-1, 0, 1]))), tag="domain: point"))]
        keys = [t for t in self.tensors.values() if t.type == "int" and len(t.index) == 1 and t.index[0][1] is dim and not t.along]
        if keys and any(d is dim for _, d in scope):
            t, other = rng.choice(keys), rng.choice([b for b in scope if b[1] is dim])
            at = lambda x: Expr("read", "int", [x], name=t.name, dims=[dim], extent=t.extent)
            a, b = at(v), at(var(*other))
            table += [(1.5, lambda: op("==", a, b, tag="domain: equal data")),
                      (1, lambda: op("or", op("<", a, b), op("and", op("==", a, b), op("<", v, var(*other))), tag="domain: disjoint or"))]
        return self.choose(table)

    def at_each_candidates(self, scope):
        return [b for b in scope if b[1] is not self.turning and b[1].kind != "tuple" and not shadowed([b], scope)]

    def at_each(self, name, type_, scope, depth):
        """softmax[t] and rank[t] are values at each t."""
        binds = [self.rng.choice(self.at_each_candidates(scope)[-2:])]
        make = self.exactly if name == "rank" else lambda f, *args: f(*args)
        body = make(self.real, scope, depth - 1)
        where = self.predicate(binds, scope, [b for b in scope if b is not binds[0]], 1) if self.chance(0.4) else None
        e = Expr("reduce", type_, [body], op=name, binds=binds, where=where, tag=name)
        if name == "rank" and where is not None:  # infinite outside of the domain
            return op("*", op("<", e, const(self.rng.choice([1, 2])), tag="rank < k"), const(3))
        return e


def tagged(e, tag):
    e.tag = tag
    return e


def shadowed(index, scope):
    """Is one of these indices not the innermost of its name?"""
    return any([d for n, d in scope if n == name][-1] is not dim for name, dim in index)

"""Random well-typed programs, the same for the same seed. The statements; expressions are made by expressions.py.

Everything is tried on bounds.py before it is kept."""
import random

import bounds
import control
import library
import names
from expressions import VALUE, Expressions, Tensor
from tree import Dim, Expr, Function, Lhs, Program, Statement, const, expressions_of, op, statements_of, var

TRIES = 12

# Functions that make real numbers of integers, too.
REAL = ["/", "exp", "log", "log1p", "expm1", "sin", "cos", "tanh", "erf", "sqrt", "sigmoid", "silu", "gelu", "gelu_tanh", "quick_gelu", "softplus"]

class Generator(Expressions):
    def __init__(self, seed, name):
        self.rng = random.Random(seed)
        self.program = Program(name, seed)
        self.block = self.program.statements
        self.env = bounds.Env({})
        self.tensors, self.dims, self.functions, self.known, self.given = {}, [], [], [], []
        self.taken, self.paths = set(), 0
        self.weighs = self.chance(0.8)
        self.hostile = self.program.hostile = self.chance(0.4)
        self.inside = 0  # of how many blocks

    # ---- names ----

    def word(self, pool=None):
        """A name that nothing has."""
        rng = self.rng
        pool = pool or (rng.choice([names.KEYWORDS, names.LIBRARY, names.GENERATOR]) if self.hostile and self.chance(0.5) else names.SINTER)
        word = rng.choice(pool)
        while word in self.taken:
            word = f"{rng.choice(pool)}{rng.choice(['', '_', str(rng.randint(1, 9))])}" if self.chance(0.9) else f"r{len(self.taken)}"
        self.taken.add(word)
        return word

    def path(self, last):
        self.paths += 1
        return f"{self.rng.choice(['block', 'self.query', 'out'])}.{self.paths}.{last}"

    # ---- keeping what is tame ----

    def tries(self, make):
        """make gives (statement, tensors) or None. The first that is tame is kept."""
        for _ in range(TRIES):
            taken = set(self.taken)
            made = make()
            if made and self.attempt(made[0]):
                made[0].semicolon = self.chance(0.03)
                self.block.append(made[0])
                for t in made[1]:
                    self.tensors[t.name] = t
                return made
            self.taken = taken
        return None

    def attempt(self, *statements):
        env = self.env.copy()
        env.weights = dict(env.weights)
        try:
            bounds.block(list(statements), env)
        except bounds.Wild:
            return False
        self.env = env
        return True

    def add(self, statement):
        """What is always tame."""
        bounds.block([statement], self.env)
        self.block.append(statement)

    # ---- the head: dims, config values, inputs ----

    def head(self):
        rng = self.rng
        sizes = rng.sample([2, 3, 4, 5, 7], rng.choice([2, 3, 3, 4])) + [1] * self.chance(0.15) + [0] * self.chance(0.05)
        pool = names.DIMS if self.hostile else names.DIMS[:7]
        for n in sizes:
            self.dim(Dim(self.word(pool), "fixed", n, f" = {self.length(n)}"))
        if self.chance(0.5):
            a, b = rng.sample([d for d in self.dims if d.most > 1], 2)
            both = Dim(self.word(pool), "fixed", a.most * b.most, f" = len({a.name}) * len({b.name})")
            both.factors = (a, b)
            if both.most <= 15 and all(both.most != d.most for d in self.dims):
                self.dim(both)
        if self.chance(0.25):
            self.part(rng.choice([d for d in self.dims if d.most > 1]))
        for _ in range(rng.choice([1, 1, 1, 2])):
            bound = rng.choice([4, 6, 8, 9, None]) if not self.given else rng.choice([3, 5, None])
            limit = "" if bound is None else f" <= {self.length(bound)}"
            d = Dim(self.word(names.RAGGED if self.hostile else names.RAGGED[:2]), "given", bound or 6, limit, bounded=bound is not None)
            self.given.append(d)
            self.dim(d, "ragged")
        if self.chance(0.25):
            self.let()
        if self.chance(0.15):
            self.add(Statement("require", text=f"len({self.dims[0].name}) > 0 or {self.dims[0].most} in [0, 1]", tag="require"))

    def dim(self, d, kind="dim"):
        self.dims.append(d)
        self.add(Statement(kind, dim=d))

    def part(self, whole):
        n = whole.most
        k, even = self.rng.randint(0, n), self.chance(0.5)
        v = var(whole.name, whole)
        where = op("==", op("mod", v, const(2)), const(0)) if even else op("<", v, const(k))
        self.dim(Dim(self.word(["half", "few", "part"]), "part", (n + 1) // 2 if even else k, f" = {whole.name}", whole, where))

    def length(self, n):
        """A length as a number or a value of the config."""
        config, way = self.program.config, self.rng.random()
        if way < 0.5:
            return str(n)
        key = f"n{len(config)}"
        config[key], text = self.rng.choice([(n, f"c.{key}"), ([9, n, 4], f"c.{key}[1]"), (2 * n + 1, f"c.{key} div 2"), ({"deep": n}, f"c.{key}.deep"),
                                             (None, f"c.{key} ?? {n}"), ([n - 1, "a"], f"c.{key}[0..1][0] + 1")])
        return text

    def let(self):
        d = self.rng.choice([d for d in self.dims if not d.ragged])
        value = d.most // 2 + 1
        text = f"len({d.name}) div 2 + 1"
        if self.chance(0.4):
            self.program.config["kind"], text = "b", f'c.kind in ["a", "b"] ? {text} : undefined'
        name = self.word(["few", "half", "heads", "scale"])
        if self.chance(0.3):
            name += "@0"
        self.add(Statement("let", name=name, value=value, text=text))
        self.known.append(Expr("known", "int", text=name, value=value, tag="let"))

    def config_value(self):
        value = self.rng.choice([0.5, 2, 1.25, 3])
        key = f"x{len(self.program.config)}"
        self.program.config[key] = value
        self.known.append(Expr("known", "int", text='("gone" in weights ? 3 : 2)', value=2, tag="in weights"))
        self.known.append(Expr("known", "int" if value == int(value) else "real", text=f"c.{key}", value=value, tag="config value"))

    def input(self, type_, index, extent=None, default=None):
        lhs = Lhs(self.word(), index, type_)
        lhs.bare = not index
        self.add(Statement("input", lhs=[lhs], extent=extent, default=default, tag="input of indices" if extent else f"input of {type_}"))
        self.tensors[lhs.name] = Tensor(lhs.name, index, type_, extent)

    def inputs(self):
        rng = self.rng
        fixed = [d for d in self.dims if d.kind == "fixed" and d.most <= 7]
        for t in self.given:
            index = [(t.name, t)] + [(d.name, d) for d in rng.sample(fixed, 1) if self.chance(0.75)]
            self.input("real", index[::-1] if self.chance(0.06) else index)
            if self.chance(0.65):
                self.input("int", [(t.name, t)])
            if self.chance(0.55):
                self.input("int", [(t.name, t)], extent=rng.choice([d for d in self.dims if d.kind == "fixed" and d.most]))
            if self.chance(0.3):
                self.input("bool", [(t.name, t)])
        if self.chance(0.2):
            d = rng.choice(fixed)
            self.input("real", [(d.name, d)])
        if self.chance(0.15):
            self.input(rng.choice(["real", "int", "bool"]), [])
        if self.chance(0.1):
            t = self.given[0]
            self.input("real", [(t.name, t), rng.choice([(t.name + "'", t), (self.fresh(t, [(t.name, t)]), t)])])
        if self.chance(0.3):
            self.optional()

    def optional(self):
        t = self.given[0]
        index = [(t.name, t)] if self.chance(0.7) else []
        type_ = self.rng.choice(["real", "int", "bool"])
        self.input(type_, index, default={"real": const(1.5), "bool": const(True),
                                          "int": op("mod", var(t.name, t), const(2)) if index and self.chance(0.5) else const(2)}[type_])

    # ---- equations ----

    def shape(self, most=3):
        scope = []
        for _ in range(min(self.rng.choice([0, 1, 1, 2, 2, 2, 3]), most)):
            ragged = [d for d in self.bindable(scope) if d.ragged]
            two = sum(d.ragged for _, d in scope) >= 2
            pool = ragged if ragged and self.chance(0.5) and not two else [d for d in self.bindable(scope) if not (two and d.ragged)]
            if pool:
                dim = self.rng.choice(pool)
                scope.append((self.fresh(dim, scope), dim))
        return scope

    def right_side(self, type_, index, depth):
        self.whole = {d for _, d in index}
        e = self.of_type(type_, index, depth)
        self.whole = Expressions.whole
        return e

    def equation(self, scope=None):
        def make():
            index = self.shape() if scope is None else scope
            type_ = self.rng.choices(["real", "int", "bool"], [6, 2.5, 1.2])[0]
            e = self.right_side(type_, index, self.rng.choice([1, 2, 3, 3]))
            lhs = Lhs(self.word(), index, e.type)
            made = Tensor(lhs.name, index, e.type)
            made.sure = self.surely_real(e)
            return Statement("equation", lhs=[lhs], expr=e), [made]
        return self.tries(make)

    def made(self):
        """Tensors that equations made, at this level."""
        inputs = {s.lhs[0].name for s in self.program.statements if s.kind in ("input", "state", "param")}
        return [t for t in self.tensors.values() if t.name not in inputs and not t.along and "@" not in t.name]

    def rebind(self):
        """x = x + ..: the name gets another value."""
        return self.rebind_only() or self.equation()

    def surely_real(self, e):
        """An equation that may come out as integers although real ones were asked for cannot be carried as real."""
        if e.kind == "const":
            return isinstance(e.value, float)
        if e.kind in ("read", "bare"):
            t = self.tensors.get(e.name)
            given = any(s.kind == "input" and s.lhs[0].name == e.name for s in self.program.statements)
            return t is not None and t.type == "real" and (t.sure or given)
        if e.kind == "op":
            return e.op in REAL or any(self.surely_real(k) for k in e.kids)
        if e.kind == "reduce":
            return e.op in ("mean", "softmax", "logsumexp") or (e.op in ("sum", "prod", "max", "min", "pick") and self.surely_real(e.kids[0]))
        return e.kind == "cond" and any(self.surely_real(k) for k in e.kids[1:])

    def rebind_only(self, carried=False):
        old = [t for t in self.made() if not carried or t.type != "real" or t.sure]
        if not old:
            return None

        def make():
            t = self.rng.choice(old)
            self_read = Expr("read", t.type, [var(n, d) for n, d in t.index], name=t.name, dims=[d for _, d in t.index])
            more = self.right_side(t.type, t.index, 2)
            plain = bool(t.index) and all(n.rstrip("'") == d.name for n, d in t.index) and not more.decided()
            e = (op("or", self_read, more) if t.type == "bool" else op(self.rng.choice("+-*"), self_read, more, type_=t.type))
            return Statement("equation", lhs=[Lhs(t.name, t.index, t.type, bare=plain and self.chance(0.3))], expr=e, tag="redefinition"), []
        return self.tries(make)

    def made_dim(self):
        rng = self.rng
        t = rng.choice(self.given)
        n = t.most
        by_formula = [(f"(len({t.name}) - 2) div 2 + 1", n // 2), (f"ceil(0.7 * len({t.name}))", n), (f"floor(len({t.name}) / 3)", n // 3),
                      (f"min(len({t.name}), 3)", min(n, 3)), (f"max(len({t.name}) - 1, 0)", max(n - 1, 0)), (f"len({t.name}) + 1", n + 1)]
        if self.chance(0.4):
            text, most = rng.choice(by_formula)
            self.dim(Dim(self.word(["z", "m", "chunk", "k_"]), "made", most, f" = {text}"), "ragged")
            return

        def make():
            whole = rng.choice([d for d in self.dims if d.ragged])
            where = self.right_side("bool", [(whole.name, whole)], 2)
            d = Dim(self.word(["z", "m", "kept", "chosen"]), "made", whole.most, f" = {whole.name}", whole, where)
            return Statement("ragged", dim=d, tag="dim by predicate"), []
        made = self.tries(make)
        if made:
            self.dims.append(made[0].dim)
            self.equation([(made[0].dim.name, made[0].dim)])

    def several_outputs(self):
        """A whole model of [t,t'] and of single numbers."""
        t = self.rng.choice(self.given)
        self.equation([(t.name, t), (self.fresh(t, [(t.name, t)]), t)])
        self.equation([])

    # ---- blocks ----

    def within(self, statement, make):
        """A statement whose block make() fills. Kept if all of it is tame; names of its block are seen after it."""
        outer, env, tensors, taken = self.block, self.env.copy(), dict(self.tensors), set(self.taken)
        env.weights = dict(env.weights)
        self.block, self.inside = statement.body, self.inside + 1
        make()
        self.block, self.inside, self.env = outer, self.inside - 1, env
        if statement.body and self.attempt(statement):
            self.block.append(statement)
            return True
        self.tensors, self.taken = tensors, taken
        return False

    def some(self, *makers):
        def fill():
            for _ in range(self.rng.choice([1, 2, 2, 3])):
                self.rng.choice(makers)()
        return fill

    def loop(self):
        """Each turn makes its tensors anew; those from before are carried."""
        rng = self.rng
        turns = rng.choice([1, 2, 3])
        kind = rng.choice(["range", "list", "repeat", "family"])
        name = self.word(["l", "k", "step"])
        under = rng.choice([None, f"layer.{{{name}}}", f"stack.{len(self.taken)}.{{{name}}}"])
        values = list(range(turns))
        if kind == "list":
            values = rng.sample([1, 2, 3, 5], turns)
            key = f"list{len(self.program.config)}"
            self.program.config[key] = values
            text = f"c.{key}" if self.chance(0.6) else str(values)
        else:
            text = f"0..{turns}"
        if kind == "repeat":
            if self.made():  # what is new in a turn ends with it
                self.within(Statement("repeat", name=name, values=values, text=str(turns), body=[], tag="repeat"), self.some(lambda: self.rebind_only(carried=True)))
            return None
        if kind == "family":
            return self.family(name, turns)
        known = Expr("known", "int", text=name, value=max(values), tag="turn of a loop")
        self.known.append(known)
        self.within(Statement("for", name=name, values=values, text=text, under=under, body=[], tag=f"for over a {kind}"),
                    self.some(self.rebind, self.rebind, self.equation))
        self.known.remove(known)

    def family(self, name, turns):
        """skip@0, skip@1 ..: each from the one before."""
        t = self.rng.choice(self.given)
        word = self.word(["skip", "level", "state_"])
        made = self.equation([(t.name, t)])
        if not made or made[0].lhs[0].type == "bool":
            return
        first = made[0].lhs[0]
        index = [(t.name, t)]
        at = [var(t.name, t)]
        read = lambda n: Expr("read", first.type, at, name=n, dims=[t])
        self.add(Statement("equation", lhs=[Lhs(f"{word}@0", index, first.type)], expr=read(first.name)))
        values = list(range(1, turns + 1))
        body = [Statement("equation", lhs=[Lhs(f"{word}@{name}", index, first.type)],
                          expr=op("+", read(f"{word}@({name} - 1)"), const(1), type_=first.type), tag="family by number")]
        self.add(Statement("for", name=name, values=values, text=f"1..{turns + 1}", body=body, tag="for over a range"))
        for v in [0] + values:
            self.tensors[f"{word}@{v}"] = Tensor(f"{word}@{v}", index, first.type)

    def static_if(self):
        taken = self.chance(0.5)
        self.program.config["flag"] = True
        text = self.rng.choice(["c.flag", "not (c.other ?? false)", "c.flag and 1 < 2"] if taken else ["not c.flag", "c.gone ?? false", "c.flag and 2 < 1"])
        statement = Statement("if", text=text, taken=True, body=[], tag="static if")
        if self.within(statement, self.some(self.equation, self.rebind)) and not taken:
            self.block[-1] = statement.replaced(taken=False, body=[Statement("note", text="undefined[here] = nothing[at, all]")], otherwise=statement.body,
                                                tag="static else")

    def under(self):
        prefix = f"deep.{len(self.taken)}"
        text = self.rng.choice([f'"{prefix}"', f'"gone" ?? "{prefix}"'])
        self.within(Statement("under", prefix=prefix, text=text, body=[], tag="under"), self.some(self.equation, self.rebind))

    def along(self):
        """A recurrence: one to three equations that read each other at earlier turns."""
        rng = self.rng
        dim = rng.choice([d for d in self.dims if d.kind != "tuple" and d.most])
        down = self.chance(0.3)
        new = []

        def make():
            for _ in range(rng.choice([1, 1, 2, 3])):
                made = self.tries(lambda: self.turn(dim, down))
                if made:
                    new.append(made[1][0])
        self.within(Statement("along", dim=dim, down=down, body=[], tag="along down" if down else "along"), make)
        for t in new:
            t.along = None
            if t.name in self.tensors and t.name not in self.env.tensors:
                del self.tensors[t.name]

    def turn(self, dim, down):
        rng = self.rng
        type_ = rng.choices(["real", "int", "bool"], [6, 2, 1])[0]
        index = [(dim.name, dim)]
        fixed = [d for d in self.dims if d.kind == "fixed" and d is not dim]
        if fixed and self.chance(0.5):
            d = rng.choice(fixed)
            index.insert(rng.choice([0, 1, 1]), (d.name, d))
        name = self.word()
        own = Tensor(name, index, type_, along=(dim, -1 if down else 1))
        hidden = dict(self.tensors)
        self.tensors[name] = own
        self.env.tensors[name] = {"real": bounds.Value(-2, 2, 1e-5, 0), "int": bounds.Value(0, 6, 0, 1), "bool": bounds.BOOL}[type_]
        self.turning = dim
        e = self.right_side(type_, index, rng.choice([1, 2, 2]))
        self.turning = None
        before = self.read(own, index)
        self.tensors = hidden
        return Statement("equation", lhs=[Lhs(name, index, type_)], expr=self.damped(type_, before, e)), [own]

    def damped(self, type_, before, e):
        """The value before and something new, so that it stays small."""
        rng = self.rng
        if type_ == "bool":
            return op(rng.choice(["or", "and", "!="][:2]), before, e)
        if type_ == "int":
            return op("mod", op("+", before, e), const(rng.choice([5, 7])))
        return rng.choice([lambda: op("+", op("*", const(0.5), before), op("tanh", e, type_="real"), type_="real"),
                           lambda: op("clamp", op("+", before, e, type_="real"), const(-2), const(2.0), type_="real"),
                           lambda: op(rng.choice(["max", "min"]), op("*", const(0.5), before), e, type_="real"),  # real, whatever e is
                           lambda: op("tanh", op("-", e, before, type_="real"), type_="real")])()

    # ---- parameters, functions, regrouping, state ----

    def load_time(self):
        rng = self.rng
        fixed = [d for d in self.dims if d.kind == "fixed" and d.most]

        def make():
            index = [(d.name, d) for d in rng.sample(fixed, min(len(fixed), rng.choice([0, 1, 2, 2])))]
            tensors, self.tensors = self.tensors, {}
            was, self.weighs = self.weighs, True
            dims, self.dims = self.dims, fixed
            e = op("+", self.weight(index), self.real(index, 2), type_="real")
            self.tensors, self.weighs, self.dims = tensors, was, dims
            name = self.word()
            return Statement("param", lhs=[Lhs(name, index, "real")], expr=e, tag="param"), [Tensor(name, index, "real")]
        return self.tries(make)

    def regroup(self):
        """A tensor or parameter read at other groups of its indices."""
        both = [d for d in self.dims if getattr(d, "factors", None)]
        if not both:
            return self.equation()
        big = self.rng.choice(both)
        a, b = big.factors
        ia, ib, ibig = (a.name, a), (b.name, b), (big.name, big)
        way = self.rng.choice(["merge", "split", "merge stored", "split stored"])
        if "stored" in way:
            kids, index, stored = ([var(*ia), var(*ib)], [ia, ib], [big]) if "merge" in way else ([var(*ibig)], [ibig], [a, b])
            e = Expr("param", "real", kids, path=self.path("w"), dims=[d for _, d in index], stored=stored, tag="regrouped: " + way)
            return self.tries(lambda: self.result(index, op("*", e, self.real(index, 1), type_="real")))
        from_, to = ([ibig], [ia, ib]) if way == "merge" else ([ia, ib], [ibig])
        made = self.equation(from_)
        if not made:
            return None
        t = made[1][0]
        e = Expr("read", t.type, [var(*i) for i in to], name=t.name, dims=[d for _, d in t.index], regrouped=True, tag="regrouped: " + way)
        return self.tries(lambda: self.result(to, e))

    def result(self, index, e, **data):
        lhs = Lhs(self.word(), index, e.type)
        return Statement("equation", lhs=[lhs], expr=e, **data), [Tensor(lhs.name, index, e.type)]

    def state(self):
        """Memory between calls, read before and after it changes."""
        index = self.shape(1)
        index = [b for b in index if not b[1].ragged]
        name = self.word()
        self.add(Statement("state", lhs=[Lhs(name, index, "real", bare=not index)], expr=const(self.rng.choice([1.0, 0.5])), tag="state"))
        t = self.tensors[name] = Tensor(name, index, "real")
        read = Expr("read", "real", [var(*b) for b in index], name=name, dims=[d for _, d in index])

        def make():
            e = op("+", op("*", read, const(0.5)), self.real(index, 2), type_="real")
            return Statement("equation", lhs=[Lhs(name, index, "real")], expr=e), []
        self.tries(make)
        self.tries(lambda: self.result(index, Expr("read", "real", [var(*b) for b in index], name=t.name, dims=[d for _, d in index])))

    def scalar_function(self):
        """fn f(x, a = 2) = ..: of single values."""
        rng = self.rng
        params = [Lhs(f"{n}_", [], "real", bare=True) for n in rng.sample(["x", "a", "b", "y"], rng.choice([1, 2, 2]))]
        if len(params) > 1 and self.chance(0.4):
            params[-1].default = 2.5
        tensors, env, dims, known = self.tensors, self.env, self.dims, self.known
        self.tensors = {p.name: Tensor(p.name, VALUE, "real") for p in params}
        self.env = bounds.Env({}, {p.name: bounds.Value(-2, 2, 1e-6, 0) for p in params})
        self.dims, self.known, was, self.weighs = [], [], self.weighs, False
        try:
            fn = Function(self.word(["squash", "f_", "bend", "mix"]), params, body=None)
            e = self.real([], rng.choice([1, 2]))
            if self.chance(0.3):
                local = Lhs("inner", [], "real", bare=True)
                fn.body = [Statement("equation", lhs=[local], expr=e)]
                e = op("+", Expr("bare", "real", name="inner"), Expr("bare", "real", name=params[0].name))
            fn.returns = [e]
            bounds.block(fn.body or [], self.env)
            bounds.expression(e, self.env)
            tame = True
        except bounds.Wild:
            tame = False
        self.tensors, self.env, self.dims, self.known, self.weighs = tensors, env, dims, known, was
        if tame and all(p.name not in {x.name for x in fn.returns[0].walk()} or True for p in params):
            self.add(Statement("fn", fn=fn, tag="fn of values"))
            self.functions.append(fn)

    def tensor_function(self):
        library.own_function(self)

    def library_call(self):
        library.call(self)

    def attention(self):
        library.attention(self)

    def notes(self):
        """Statements that change nothing: reducers of the model's own that mean what the library's do, a tokenizer that is not there."""
        if self.chance(0.08):
            self.add(Statement("note", tag="reducer", text=self.rng.choice([
                "reducer mean[i] e = (sum[i] 2 * e) / max(2 * count[i], 1)", "reducer argmax[k] x = min[k where x == max[k] x] k",
                "reducer softmax[p] e = exp(e - max[p] e) / sum[p] exp(e - max[p] e)"])))
        if self.chance(0.03):
            self.add(Statement("note", tag="tokenizer", text='tokenizer "tokenizer.json"'))

    # ---- a whole program ----

    def generate(self):
        rng = self.rng
        self.head()
        if self.chance(0.3):
            self.config_value()
        self.notes()
        self.inputs()
        for _ in range(rng.choice([0, 0, 1, 2])):
            self.scalar_function()
        menu = [(8, self.equation), (2.5, self.rebind), (3, self.made_dim), (2.5, self.along), (2, self.loop), (2, self.library_call),
                (2, self.tensor_function), (0.8, self.attention), (1, self.load_time), (1.5, self.regroup), (0.8, self.state), (0.6, self.static_if),
                (0.6, self.under), (0.8, self.several_outputs), (1.6, lambda: control.control(self))]
        for _ in range(rng.randint(3, 7)):
            self.choose(menu)
        self.outputs()
        return self.program

    def outputs(self):
        """What nobody reads, and some others."""
        read = {e.name for s in statements_of(self.program.statements) for x in expressions_of(s) for e in x.walk() if e.kind in ("read", "bare")}
        read |= {a for s in statements_of(self.program.statements) if s.expr is not None for e in s.expr.walk() for a in e.args or [] if isinstance(a, str)}
        made = self.made()
        if not made:
            self.equation()
            made = self.made()
        outputs = [t for t in made if t.name not in read or self.chance(0.25)] or made[-1:]
        defined = {}
        for s in statements_of(self.program.statements):
            for lhs in s.lhs or []:
                defined.setdefault(lhs.name, []).append(s)
        for t in outputs[:8]:
            s = defined[t.name][0]
            if s in self.program.statements and len(defined[t.name]) == 1 and len(s.lhs) == 1 and not s.lhs[0].bare and self.chance(0.6):
                s.output = True
                continue
            name = t.name if self.chance(0.3) else self.word()
            e = Expr("read", t.type, [var(n, d) for n, d in t.index], name=t.name, dims=[d for _, d in t.index], tag="output of a tensor")
            self.add(Statement("equation", output=True, lhs=[Lhs(name, t.index, t.type)], expr=e))


def make(seed, name):
    """(the program, {output: bounds.Value}, {path: shape})"""
    program = Generator(seed, name).generate()
    values, weights = bounds.program(program)
    return program, values, weights

"""Functions of tensors: the prelude's, and the program's own with formal dims."""
import bounds
from expressions import Tensor
from tree import Dim, Expr, Function, Lhs, Statement, const, op, var
from bounds import real, size

ZERO = bounds.ZERO


def path(env, name):
    return env.path(name)


def linear(e, args, env, bias=True):
    x = args[0]
    inner, outer = [bounds.math.prod(env.most(d) for d in dims) for dims in (e.before, e.after)]
    env.weights[path(env, "weight")] = [outer, inner]
    if bias and e.biased:
        env.weights[path(env, "bias")] = [outer]
    v = bounds.summed("real", bounds.product("real", x, bounds.WEIGHT), inner)
    return [real(v.lo - 1, v.hi + 1, v.error, v.grain)]


def standardize(e, args, env):
    x, d = args[0], env.most(e.normal)
    spread = x.hi - x.lo
    if spread > 30:
        raise bounds.Wild("too steep")
    error = (2 * x.error + d * size(x) * bounds.ULP) * 2 * (1 + spread)
    return [real(-d ** 0.5, d ** 0.5, error)]


def layernorm(e, args, env):
    v = standardize(e, args, env)[0]
    d = env.most(e.normal)
    names = ["gamma", "beta"] if e.biased else ["weight", "bias"]
    for name in names:
        env.weights[path(env, name)] = [d]
    return [real(v.lo - 1, v.hi + 1, v.error)]


def rmsnorm(e, args, env):
    env.weights[path(env, "weight")] = [env.most(e.normal)]
    return standardize(e, args, env)


def rope(e, args, env):
    return [real(-2 * size(args[0]), 2 * size(args[0]), 2 * args[0].error + 40 * size(args[0]) * bounds.ULP)]


LIBRARY = {name: Function(name, bounds=bound) for name, bound in
           (("linear", linear), ("project", lambda e, a, env: linear(e, a, env, False)), ("standardize", standardize), ("layernorm", layernorm),
            ("rmsnorm", rmsnorm), ("rope", rope))}


def reals(g, least=1):
    return [t for t in g.tensors.values() if t.type == "real" and len(t.index) >= least and not t.along and all(d.kind != "tuple" for _, d in t.index)
            and len({d for _, d in t.index}) == len(t.index) and "@" not in t.name]


def argument(g, t):
    """The tensor by name, or an expression over its indices."""
    return t.name


def call(g, fn=None, t=None):
    """y = linear[d->o]("prefix", x) and its like."""
    fixed = [d for d in g.dims if d.kind == "fixed" and d.most]

    def make():
        name = fn or g.rng.choice(sorted(LIBRARY))
        pool = [x for x in ([t] if t else reals(g)) if x.index[-1][1].kind == "fixed" and x.index[-1][1].most]
        if not pool:
            return None
        x = g.rng.choice(pool)
        rest, last = x.index[:-1], x.index[-1]
        data = {"normal": last[1], "biased": g.chance(0.5), "prefix": g.path("part"), "args": [x.name], "whole": True}
        index = x.index
        if name in ("linear", "project"):
            outer = g.rng.sample(fixed, min(len(fixed), g.rng.choice([1, 1, 2])))
            if any(d in outer for _, d in rest):
                return None
            data.update(before=[last[1]], after=outer)
            index = rest + [(d.name, d) for d in outer]
        elif name == "rope":
            if last[1].most % 2 or not rest or not rest[0][1].ragged:
                return None
            data["args"] += [const(100.0), const(g.rng.choice([2, last[1].most]))]
            data["prefix"] = None
        else:
            data["args"].append(const(g.rng.choice([0.25, 0.5])))
            data["prefix"] = data["prefix"] if name != "standardize" else None
        e = Expr("apply", "real", fn=LIBRARY[name], tag=name, **data)
        return g.result(index, e)
    return g.tries(make)


def attention(g):
    """Scores of two positions, their softmax, a weighted sum."""
    pool = [x for x in reals(g, 2) if len(x.index) == 2 and x.index[0][1].ragged and x.index[1][1].kind == "fixed" and x.index[1][1].most]
    if not pool:
        return
    x = g.rng.choice(pool)
    made = [call(g, "linear", x) for _ in range(2)]
    if not all(made):
        return
    (t, dim), heads = x.index[0], made[0][0].expr.after
    index = made[0][1][0].index
    if [d for _, d in made[1][1][0].index] != [d for _, d in index]:
        return
    q, k = made[0][1][0], made[1][1][0]
    e_name, e_dim = index[-1]
    read = lambda tensor, at: Expr("read", "real", [var(at, dim)] + [var(n, d) for n, d in index[1:]], name=tensor.name, dims=[d for _, d in index])
    t2 = t + "'"
    score = op("/", Expr("reduce", "real", [op("*", op("tanh", read(q, t), type_="real"), op("tanh", read(k, t2), type_="real"))], op="sum",
                         binds=[(e_name, e_dim)]), const(2.0))
    mask = g.rng.choice([None, op("<=", var(t2, dim), var(t, dim)),
                         op("and", op("<=", var(t2, dim), var(t, dim)), op("<", op("-", var(t, dim), var(t2, dim)), const(3))),
                         op("!=", var(t2, dim), var(t, dim))])
    rows = index[1:-1] + [(t, dim), (t2, dim)]
    a = g.tries(lambda: g.result(rows, Expr("reduce", "real", [score], op="softmax", binds=[(t2, dim)], where=mask, tag="attention")))
    if a:
        weight = Expr("read", "real", [var(n, d) for n, d in rows], name=a[1][0].name, dims=[d for _, d in rows])
        g.tries(lambda: g.result(index, Expr("reduce", "real", [op("*", weight, read(k, t2))], op="sum", binds=[(t2, dim)], tag="attention")))


# ---- functions of the program ----

def own_function(g):
    g.rng.choice([tuples, gram, across, block])(g)


def formal(g, name, like):
    d = Dim(name, "formal", like.most)
    d.like = like
    return d


def star(name):
    return Dim(name, "tuple")


def define(g, fn, make_calls):
    """Kept where a call of it is."""
    statement = Statement("fn", fn=fn, tag="fn of tensors")
    at = len(g.block)
    g.block.append(statement)
    if not make_calls():
        g.block.remove(statement)
    return at


def top(g):
    """Functions are written at the top; calls stand anywhere."""
    return g.inside == 0


def tuples(g):
    """fn mix[*a->*b](x[*r,*a]) = sum[*a] "w"[*b,*a] * x[*r,*a]"""
    pool = [x for x in reals(g) if x.index[-1][1].kind == "fixed" and x.index[-1][1].most]
    fixed = [d for d in g.dims if d.kind == "fixed" and d.most]
    if not pool or not top(g):
        return
    a, b, r = star("a"), star("b"), star("r")
    x = Lhs(g.rng.choice(["x", "given"]), [("r", r), ("a", a)], "real")
    star_read = lambda d: Expr("star", "int", name=d.name, dim=d)
    read = Expr("read", "real", [star_read(r), star_read(a)], name=x.name, dims=[r, a])
    weight = Expr("param", "real", [star_read(b), star_read(a)], path="w", dims=[b, a])
    e = Expr("reduce", "real", [op("*", weight, read)], op="sum", binds=[("a", a)], tag="tuples of dims")
    if g.chance(0.5):
        e = op("+", e, Expr("param", "real", [star_read(b)], path=g.rng.choice(["b", "absent"]), dims=[b], other=const(0.5)))
    fn = Function(g.word(["dense_", "mix_", "expand"]), [x], [a], [b], returns=[e])

    def calls():
        def make():
            t = g.rng.choice(pool)
            n = g.rng.choice([1, 1, 2]) if len(t.index) > 1 else 1
            before = [d for _, d in t.index[-n:]]
            after = g.rng.sample(fixed, min(len(fixed), g.rng.choice([1, 2])))
            rest = t.index[:-n]
            if any(d.ragged or d.kind != "fixed" for d in before) or any(d in after for _, d in rest):
                return None
            e = Expr("apply", "real", fn=fn, prefix=g.path("mixed"), args=[t.name], before=before, after=after, whole=True,
                     binding={a: before, b: after, r: [d for _, d in rest]}, tag="dims of a call")
            return g.result(rest + [(d.name, d) for d in after], e)
        return g.tries(make)
    define(g, fn, lambda: [calls() for _ in range(g.rng.choice([1, 2]))][0])


def gram(g):
    """fn gram(x[r,k], y[s,k]) = sum[k] x[r,k] * y[s,k]"""
    pool = [x for x in reals(g, 2) if len(x.index) == 2 and x.index[1][1].kind == "fixed"]
    if not pool or not top(g):
        return
    first = g.rng.choice(pool)
    like = [x for x in pool if x.index[1][1] is first.index[1][1] and x.index[0][1] is not first.index[0][1]] or [first]
    second = g.rng.choice(like)
    r, k, s = (formal(g, n, d) for n, d in zip("rks", (first.index[0][1], first.index[1][1], second.index[0][1])))
    read = lambda n, a: Expr("read", "real", [var(a.name, a), var("k", k)], name=n, dims=[a, k])
    fn = Function(g.word(["gram", "likeness"]), [Lhs("x", [("r", r), ("k", k)], "real"), Lhs("y", [("s", s), ("k", k)], "real")],
                  returns=[Expr("reduce", "real", [op("*", read("x", r), read("y", s))], op="sum", binds=[("k", k)])])
    a, b = first.index[0], second.index[0]
    b = (b[0], b[1]) if b[1] is not a[1] else (g.fresh(b[1], [a]), b[1])
    e = Expr("apply", "real", fn=fn, args=[first.name, second.name], whole=True, tag="two tensors of a call",
             binding={r: a[1], k: first.index[1][1], s: b[1]})
    define(g, fn, lambda: g.tries(lambda: g.result([a, b], e)))


def across(g):
    """fn across[k](x[t,d]) { y[t,k] = ..; return y }: a dim from the brackets"""
    pool = [x for x in reals(g, 2) if len(x.index) == 2 and x.index[1][1].kind == "fixed"]
    fixed = [d for d in g.dims if d.kind == "fixed" and d.most]
    if not pool or not top(g):
        return
    x = g.rng.choice(pool)
    new = [d for d in fixed if d is not x.index[0][1] and d is not x.index[1][1]]
    if new:
        local(g, x, g.rng.choice(new))


def block(g):
    """A function with a block, equations of its own, and one or two results."""
    pool = [x for x in reals(g, 2) if len(x.index) == 2]
    if pool and top(g):
        local(g, g.rng.choice(pool), None)


def local(g, x, new):
    rng = g.rng
    r, k = formal(g, "r_", x.index[0][1]), formal(g, "k_", x.index[1][1])
    o = formal(g, "o_", new) if new else None
    binding = {r: x.index[0][1], k: x.index[1][1], **({o: new} if new else {})}
    param = Lhs("given", [("r_", r), ("k_", k)], "real")
    fn = Function(g.word(["part_", "layer_", "unit_"]), [param], [o] if new else [], body=[])
    prefix = g.path("unit")
    saved = {key: g.__dict__[key] for key in ("tensors", "env", "dims", "known", "block", "given")}
    g.tensors, g.dims, g.known, g.block = {"given": Tensor("given", param.index, "real")}, [r, k] + [o] * bool(new), [], fn.body
    g.env = bounds.Env({}, {"given": saved["env"].tensors[x.name]}, binding, prefix=prefix)
    g.inside += 1
    wanted = [(d.name, d) for d in ([r, o] if new else [r, k])]
    made = [m for m in [g.equation(), g.equation(wanted), g.equation() if g.chance(0.5) else None, g.equation(wanted)] if m]
    g.inside -= 1
    g.__dict__.update(saved)
    results = [m[1][0] for m in made if [d for _, d in m[1][0].index] == [d for _, d in wanted]]
    if not results:
        return
    results = results[-rng.choice([1, 2]):]
    fn.returns = [m.name for m in results]

    def calls(t):
        def make():
            if g.env.tensors[t.name] is None or [d.kind for _, d in t.index] != [d.kind for _, d in x.index]:
                return None
            if any(not d.ragged and d.most < before.most for (_, d), (_, before) in zip(t.index, x.index)):
                return None  # an index of its own may be a number
            actual = {r: t.index[0][1], k: t.index[1][1], **({o: new} if new else {})}
            if new and new in [d for _, d in t.index]:
                return None
            index = [t.index[0], (new.name, new) if new else t.index[1]]
            e = Expr("apply", results[0].type, fn=fn, args=[t.name], before=[new] if new else None, binding=actual, whole=True,
                     prefix=prefix if t is x else g.path("unit"), tag="several results" if len(results) > 1 else "function with a block")
            lhs = [Lhs(g.word(), index, m.type) for m in results]
            return Statement("equation", lhs=lhs, expr=e), [Tensor(one.name, index, one.type) for one in lhs]
        return g.tries(make)
    others = [t for t in reals(g, 2) if len(t.index) == 2 and t is not x]
    define(g, fn, lambda: calls(x))
    if others and fn in [s.fn for s in g.block] and g.chance(0.4):
        calls(rng.choice(others))

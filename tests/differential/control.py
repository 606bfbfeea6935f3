"""Random control of a sequence: loops and choices that data decide, and what grows."""
import bounds
from expressions import Tensor
from tree import Dim, Expr, Lhs, Statement, const, op, var


def within(value, low, high):
    """An integer between low and high."""
    return op("min", op("max", value, const(low)), const(high), type_="int")


def scalar(g, e):
    """A new number of the sequence, before a block. Its name, or None."""
    name = g.word()
    made = g.tries(lambda: (Statement("equation", lhs=[Lhs(name, [], e.type, bare=g.chance(0.5))], expr=e), [Tensor(name, [], e.type)]))
    return name if made else None


def block(g, statement, *first):
    """Fills a block with new values of names from outside."""
    def fill():
        for s in first:
            g.add(s)
        for _ in range(g.rng.choice([1, 1, 2])):
            g.rebind_only(carried=True)
    return g.within(statement, fill)


def loop_while(g):
    """n = ..; while n > 0 and .. { ..; n = n - 1 }"""
    n = scalar(g, within(g.integer([], 1), 0, 4))
    if not n:
        return
    read = Expr("bare", "int", name=n)
    hidden = g.tensors.pop(n)  # only the loop itself counts down
    condition = op(">", read, const(0))
    if g.chance(0.4):
        condition = op("and", condition, g.condition([], 1))
    less = Statement("equation", lhs=[Lhs(n, [], "int", bare=g.chance(0.5))], expr=within(op("-", read, const(1)), 0, 4))
    block(g, Statement("while", expr=condition, turns=4, body=[], tag="while"), less)
    g.tensors[n] = hidden


def loop_repeat(g):
    """repeat <data> as k { .. }"""
    k = g.word(["turn", "k", "round_"])
    count = within(g.integer([], 1), 0, 3)
    if not g.tries(lambda: (Statement("equation", lhs=[Lhs(k + "s", [], "int")], expr=count), [])):
        return
    count = Expr("read", "int", [], name=k + "s", dims=[])
    g.tensors[k], g.env.tensors[k] = Tensor(k, [], "int"), bounds.Value(0, 3, 0, 1)
    block(g, Statement("turns", name=k, expr=count, turns=3, body=[], tag="repeat of data"))
    g.tensors.pop(k, None)


def choice(g):
    """if <data> { .. } else { .. }"""
    if not g.made():
        return
    statement = Statement("choice", expr=g.condition([], 2), body=[], otherwise=[] if g.chance(0.5) else None, tag="if of a sequence")

    def fill():
        g.rebind_only(carried=True)
        if statement.otherwise is not None:
            body, g.block = g.block, statement.otherwise
            g.rebind_only(carried=True)
            g.block = body
    g.within(statement, fill)


def growing(g):
    """grow ids from tok <= len(t) + 2; while .. { append ids: .. }; cut ids: .."""
    rng = g.rng
    sources = [t for t in g.tensors.values() if t.type == "int" and len(t.index) == 1 and t.index[0][1].kind == "given" and not t.along
               and "@" not in t.name]  # a name stands there, no member of a family
    if not sources:
        return
    source = rng.choice(sources)
    t = source.index[0][1]
    name, more = g.word(["ids", "path_", "drawn"]), rng.choice([1, 2, 3])
    dim = Dim(name, "made", t.most + more)
    if not g.attempt(Statement("grow", name=name, source=source.name)):
        return
    g.block.append(Statement("grow", name=name, source=source.name, text=f"len({t.name}) + {more}", tag="grow"))
    length = Expr("len", "int", dim=dim)
    last = Expr("read", "int", [Expr("last", "int")], name=name, dims=[dim], other=const(1) if g.chance(0.5) else None)
    more_ = op("min", length, const(3), type_="int") if source.extent else g.integer([], 1)  # what is no index by its range is refused
    value = op("mod", op("+", op("*", last, const(2)), more_), const(source.extent.most if source.extent else 5))
    append = Statement("append", name=name, expr=value, tag="append")
    cut = Statement("cut", name=name, expr=op("-", length, const(rng.choice([1, 2]))), tag="cut")
    if not g.attempt(append):
        return
    if g.chance(0.5):
        g.block.append(Statement("while", expr=op("<", length, const(rng.choice([2, 5]))), turns=6, body=[append], tag="while"))
    else:
        g.block.append(Statement("turns", name=g.word(["again"]), expr=const(more), turns=3, body=[append], tag="repeat of data"))
    if g.chance(0.6):
        g.block.append(cut)
    i = ("i_" if g.chance(0.5) else "at_", dim)
    read = Expr("read", "int", [var(*i)], name=name, dims=[dim])
    out = g.word()
    if g.attempt(s := Statement("equation", lhs=[Lhs(out, [i], "int")], expr=op("+", read, var(*i)), output=True)):
        g.block.append(s)
    g.tries(lambda: g.result([], Expr("reduce", "int", [read], op="sum", binds=[i], tag="sum")))


def control(g):
    if g.inside == 0:
        g.rng.choice([loop_while, loop_repeat, choice, choice, growing])(g)

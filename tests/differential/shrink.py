"""Smaller programs that fail alike: statements go, expressions become their parts or a constant, sequences stay."""
import copy

import bounds
from tree import Expr, const


def blocks_of(statements):
    """Every list of statements in a program."""
    yield statements
    for s in statements:
        for key in s.blocks():
            yield from blocks_of(s.__dict__[key])
        if s.kind == "fn" and s.fn.body:
            yield from blocks_of(s.fn.body)


def places_of(holder, key, e):
    """(object, key, expression) of an expression and all below it: where another one can be put."""
    yield holder, key, e
    for k, kid in enumerate(e.kids):
        yield from places_of(e.kids, k, kid)
    for name in ("where", "other"):
        if e.__dict__.get(name) is not None:
            yield from places_of(e.__dict__, name, e.__dict__[name])


def expressions(program):
    for block in blocks_of(program.statements):
        for s in block:
            for name in ("expr", "default"):
                if isinstance(s.__dict__.get(name), Expr):
                    yield from places_of(s.__dict__, name, s.__dict__[name])
            for k, e in enumerate(s.fn.returns if s.kind == "fn" else []):
                if isinstance(e, Expr):
                    yield from places_of(s.fn.returns, k, e)
            if s.kind == "ragged" and s.dim.where is not None:
                yield from places_of(s.dim.__dict__, "where", s.dim.where)


def without_statements(program):
    """Copies of a program that lack one statement, the last ones first; blocks are opened, outputs stop being one."""
    count = len(list(blocks_of(program.statements)))
    for b in range(count):
        n = len(list(blocks_of(program.statements))[b])
        for k in reversed(range(n)):
            smaller = copy.deepcopy(program)
            del list(blocks_of(smaller.statements))[b][k]
            yield smaller
            s = list(blocks_of(program.statements))[b][k]
            if s.output and len(program.outputs()) > 1:
                smaller = copy.deepcopy(program)
                list(blocks_of(smaller.statements))[b][k].output = None
                yield smaller
            if s.kind in ("under", "if", "for", "repeat"):
                smaller = copy.deepcopy(program)
                block = list(blocks_of(smaller.statements))[b]
                block[k:k + 1] = block[k].otherwise if s.kind == "if" and not s.taken else block[k].body
                yield smaller


SIMPLE = {"int": [const(1)], "real": [const(1.0), const(0.5)], "bool": [const(True)]}


def with_simpler_expressions(program):
    for i in range(len(list(expressions(program)))):
        e = list(expressions(program))[i][2]
        others = [("part", k) for k, part in enumerate(e.parts()) if part.type == e.type]
        others += [(drop, None) for drop in ("where", "other") if e.__dict__.get(drop) is not None]
        others += [("value", v) for v in SIMPLE[e.type] if e.kind not in ("const", "apply", "star", "last")]
        for what, which in others:
            smaller = copy.deepcopy(program)
            holder, key, same = list(expressions(smaller))[i]
            if what in ("where", "other"):
                same.__dict__[what] = None
            else:
                holder[key] = same.parts()[which] if what == "part" else copy.deepcopy(which)
            yield smaller


def size(program):
    return sum(1 for _ in expressions(program)) + 5 * sum(len(b) for b in blocks_of(program.statements))


GONE = (bounds.Wild, KeyError, AttributeError, TypeError, IndexError, ZeroDivisionError, OverflowError, ValueError)  # it reads what is gone


def still_fails(made, fails):
    """What cannot be written, or has no inputs, is no program that fails."""
    try:
        return fails(made)
    except GONE:
        return False


def shrink(made, fails, most=400):
    """The smallest found of the programs like `made` (program, values, shapes) for which fails() holds, with at most so many tries."""
    best, tries, again = made, 0, True
    while again and tries < most:
        again = False
        for step in (without_statements, with_simpler_expressions):
            for program in step(best[0]):
                if tries >= most or size(program) >= size(best[0]):
                    continue
                try:
                    smaller = (program, *bounds.program(program))
                except GONE:
                    continue
                if not smaller[0].outputs():
                    continue
                tries += 1
                if still_fails(smaller, fails):
                    best, again = smaller, True
                    break
            if again:
                break
    return best

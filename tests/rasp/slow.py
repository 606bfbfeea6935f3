"""A slow interpreter of RASP that shares nothing with the compiler: written from the rules of the language, in the plainest Python.

run(text, tokens) gives the environment of the console; value(v, tokens) what a value is on an input. An s-op is a function of the tokens
that gives a list, a selector one that gives rows of bools. Anything that is wrong raises Wrong."""
import re

LEX = re.compile(r"""\s+|\#[^\n]*|(?P<float>[0-9]+\.[0-9]+)|(?P<int>[0-9]+)|"(?P<str>[^"\n]*)"
    |(?P<open>(?:select|aggregate|range|zip|len)\()|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|(?P<op>==|!=|<=|>=|[-+*/%^<>=,:;()\[\]{}])""", re.X)
WORDS = {"not", "and", "or", "if", "else", "in", "for", "def", "return", "round", "indicator", "set", "example"}
INT = 1 << 63


class Wrong(Exception):
    pass


class Sop:
    def __init__(self, f):
        self.f, self.memo = f, {}

    def on(self, w):
        key = repr(w)
        if key not in self.memo:
            values = self.f(w)
            kinds = {isinstance(v, str) for v in values}
            if len(kinds) > 1 or any(not isinstance(v, (str, int, float)) for v in values):
                raise Wrong("mixed")
            if any(isinstance(v, int) and not -INT <= v < INT for v in values):
                raise Wrong("64 bits")
            self.memo[key] = values
        return self.memo[key]


class Sel:
    def __init__(self, f):
        self.f = f

    def on(self, w):
        return self.f(w)


class Fun:
    def __init__(self, params, body, returns, env):
        self.params, self.body, self.returns, self.env = params, body, returns, env


def guarded(f, *args):
    try:
        result = f(*args)
    except Wrong:
        raise
    except Exception as e:
        raise Wrong(str(e))
    if isinstance(result, complex):
        raise Wrong("complex")
    return result


def no_format(a, b):
    if isinstance(a, str) or isinstance(b, str):
        raise Wrong("% of a string")
    return a % b


BINARY = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b, "%": no_format,
          "^": lambda a, b: a ** b, "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, ">": lambda a, b: a > b,
          "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b}
UNARY = {"-": lambda a: -a, "+": lambda a: +a, "round": round, "indicator": lambda a: 1 if a else 0, "not": lambda a: not a}
ATOM = (int, float, str)
LEVELS = [["and", "or"], ["==", "!=", "<", ">", "<=", ">="], ["+", "-"], ["%"], ["*", "/"], ["^"]]


def lex(text):
    at, out = 0, []
    while at < len(text):
        m = LEX.match(text, at)
        if not m:
            raise Wrong("character")
        at, kind = m.end(), m.lastgroup
        if kind:
            out.append(("word" if kind == "name" and m[kind] in WORDS else kind, m[kind]))
    return out + [("end", "")]


class Parser:
    """Expressions become tuples."""

    def __init__(self, text):
        self.t, self.i = lex(text), 0

    def peek(self, *texts):
        kind, text = self.t[self.i]
        return text in texts and kind in ("op", "word", "open")

    def take(self, *texts):
        if self.peek(*texts):
            self.i += 1
            return self.t[self.i - 1][1]
        return None

    def want(self, text):
        if not self.take(text):
            raise Wrong("expected " + text)

    def name(self):
        kind, text = self.t[self.i]
        if kind != "name":
            raise Wrong("expected a name")
        self.i += 1
        return text

    def listed(self, one, end):
        out = []
        while not self.peek(end):
            out.append(one())
            if not self.take(","):
                break
        self.want(end)
        return out

    def expr(self):
        left = self.choice()
        while self.take("in"):
            left = ("in", left, self.choice())
        return left

    def choice(self):
        left = self.level(0)
        while self.take("if"):
            condition = self.expr()
            self.want("else")
            left = ("if", left, condition, self.level(0))
        return left

    def level(self, n):
        if n == len(LEVELS):
            return self.unary()
        left = self.level(n + 1)
        while self.peek(*LEVELS[n]):
            left = ("binary", self.take(*LEVELS[n]), left, self.level(n + 1))
        return left

    def unary(self):
        op = self.take("not", "-", "+")
        return ("unary", op, self.unary()) if op else self.post()

    def post(self):
        e = self.primary()
        while self.peek("[", "("):
            if self.take("["):
                e = ("index", e, self.expr())
                self.want("]")
            else:
                self.want("(")
                e = ("call", e, self.listed(self.expr, ")"))
        return e

    def primary(self):
        kind, text = self.t[self.i]
        self.i += 1
        if kind in ("int", "float", "str"):
            return ("atom", {"int": int, "float": float, "str": str}[kind](text))
        if kind == "name":
            return ("name", text)
        if kind == "word" and text in ("round", "indicator"):
            self.want("(")
            e = ("unary", text, self.expr())
            self.want(")")
            return e
        if kind == "open":
            if text == "select(":
                key = self.expr()
                self.want(",")
                query = self.expr()
                self.want(",")
                op = self.take(*LEVELS[1])
                self.want(")")
                return ("select", key, query, op)
            return (text[:-1], self.listed(self.expr, ")"))
        if text == "(":
            e = self.expr()
            self.want(")")
            return e
        if text == "[":
            return self.brackets("]", self.expr)
        if text == "{":
            return self.brackets("}", self.pair)
        raise Wrong("expected an expression")

    def pair(self):
        key = self.expr()
        self.want(":")
        return ("pair", key, self.expr())

    def brackets(self, end, one):
        if self.take(end):
            return ("list" if end == "]" else "dict", [])
        first = one()
        if self.take("for"):
            names = self.names()
            self.want("in")
            source = self.expr()
            self.want(end)
            return ("for" if end == "]" else "dictfor", first, names, source)
        items = [first] + (self.listed(one, end) if self.take(",") else (self.want(end), [])[1])
        return ("list" if end == "]" else "dict", items)

    def names(self):
        out = [self.name()]
        while self.take(","):
            out.append(self.name())
        return out

    def statement(self):
        if self.take("def"):
            name = self.name()
            self.want("(")
            params = self.listed(self.name, ")")
            self.want("{")
            body = []
            while not self.peek("return"):
                body.append(self.statement())
            self.want("return")
            returns = self.exprs()
            self.want("}")
            return ("def", name, params, body, returns)
        if self.take("for"):
            names = self.names()
            self.want("in")
            source = self.expr()
            self.want("{")
            body = []
            while not self.take("}"):
                body.append(self.statement())
            return ("loop", names, source, body)
        mark = self.i
        if self.t[self.i][0] == "name":
            names = self.names()
            if self.take("="):
                return ("assign", names, self.exprs())
        self.i = mark
        return ("do", self.exprs())

    def exprs(self):
        out = [self.expr()]
        while self.take(","):
            out.append(self.expr())
        self.want(";")
        return out

    def program(self):
        out = []
        while self.t[self.i][0] != "end":
            out.append(self.statement())
        return out


# ---- meaning


def sop(v):
    if isinstance(v, Sop):
        return v
    if isinstance(v, ATOM):
        return Sop(lambda w: [v] * len(w))
    raise Wrong("no s-op")


def is_sop(v):
    if not isinstance(v, Sop):
        raise Wrong("indicator of an atom")
    return v


def mapped(f, *parts):
    parts = [sop(p) for p in parts]
    return Sop(lambda w: [guarded(f, *row) for row in zip(*[p.on(w) for p in parts])])


def aggregate(selector, x, default):
    if not isinstance(selector, Sel) or not isinstance(default, ATOM):
        raise Wrong("aggregate")
    x = sop(x)

    def on(w):
        values, out = x.on(w), []
        for row in selector.on(w):
            chosen = [v for v, yes in zip(values, row) if yes]
            if len(chosen) < 2:
                out.append(chosen[0] if chosen else default)
                continue
            if all(isinstance(v, bool) for v in values) or any(isinstance(v, str) for v in values):
                raise Wrong("mean")
            out.append(float(sum(chosen)) / len(chosen))
        return out
    return Sop(on)


def select(key, query, op):
    key, query = sop(key), sop(query)
    return Sel(lambda w: [[guarded(BINARY[op], k, q) for k in key.on(w)] for q in query.on(w)])


def width(selector):
    if not isinstance(selector, Sel):
        raise Wrong("width")
    return Sop(lambda w: [sum(row) for row in selector.on(w)])


INDICES = Sop(lambda w: list(range(len(w))))
FULL = Sel(lambda w: [[True] * len(w) for _ in w])
LENGTH = Sop(lambda w: [len(w)] * len(w))
TOKENS = {"tokens_str": str, "tokens_int": int, "tokens_float": float, "tokens_bool": bool, "tokens_asis": lambda v: v}


def python_sorted(seq, key):
    """Stable and ascending; NaN does not occur here."""
    def on(w):
        values, keys = seq.on(w), key.on(w)
        return [values[i] for i in guarded(lambda: sorted(range(len(w)), key=lambda i: keys[i]))]
    return Sop(on)


def marks(seq, val, last):
    def on(w):
        hits = [i for i, v in enumerate(sop(seq).on(w)) if v == val]
        place = (hits[-1] if last else hits[0]) if hits else -1
        return [i == place for i in range(len(w))]
    return Sop(on)


def next_identical(seq):
    def on(w):
        v = seq.on(w)
        after = [next((k for k in range(q + 1, len(w)) if v[k] == v[q]), -1) for q in range(len(w))]
        return [[k == a for k in range(len(w))] for a in after]
    return Sel(on)


def library():
    true = lambda s: select(s, True, "==")
    return {
        "full_s": FULL, "length": LENGTH, "indices": INDICES, "True": True, "False": False, "tokens": Sop(lambda w: [str(v) for v in w]),
        **{name: Sop(lambda w, f=f: [guarded(f, v) for v in w]) for name, f in TOKENS.items()},
        "selector_width": width, "has_focus": lambda s: mapped(lambda n: n > 0, width(s)),
        "count": lambda s, a: Sop(lambda w: [sum(v == a for v in is_sop(s).on(w))] * len(w)),
        "contains": lambda s, a: Sop(lambda w: [a in is_sop(s).on(w)] * len(w)),
        "max": lambda a, b: mapped(lambda x, y: x if x > y else y, a, b), "min": lambda a, b: mapped(lambda x, y: x if x < y else y, a, b),
        "average": lambda a: aggregate(FULL, a, 0),
        "load_from_location": lambda s, at: aggregate(select(INDICES, at, "=="), s, 0),
        "shift": lambda s, n, f: aggregate(select(mapped(BINARY["+"], INDICES, n), INDICES, "=="), s, f),
        "mark_last_instance": lambda s, v: marks(s, v, True), "mark_first_instance": lambda s, v: marks(s, v, False),
        "select_from_last": lambda s, v: true(marks(s, v, True)), "select_from_first": lambda s, v: true(marks(s, v, False)),
        "sort": lambda s, k: python_sorted(sop(s), sop(k)), "select_next_identical": lambda s: next_identical(sop(s)),
    }


class Env(dict):
    def __init__(self, up=None):
        super().__init__()
        self.up = up

    def get_name(self, name):
        env = self
        while env is not None:
            if name in env:
                return env[name]
            env = env.up
        raise Wrong("undefined " + name)


def bind(env, names, value):
    if len(names) == 1:
        env[names[0]] = value
        return
    if not isinstance(value, (list, dict, str)) or len(value) != len(names):
        raise Wrong("names")
    env.update(zip(names, value))


def atom(v):
    if not isinstance(v, ATOM):
        raise Wrong("no atom")
    if isinstance(v, int) and not -INT <= v < INT:
        raise Wrong("64 bits")
    return v


class Run:
    def __init__(self):
        self.depth = 0

    def all(self, env, list_):
        values = [self.eval(env, e) for e in list_]
        return values[0] if len(values) == 1 else values

    def statement(self, env, s):
        if s[0] == "def":
            env[s[1]] = Fun(s[2], s[3], s[4], env)
        elif s[0] == "assign":
            bind(env, s[1], self.all(env, s[2]))
        elif s[0] == "loop":
            source = self.eval(env, s[2])
            if not isinstance(source, (list, dict)):
                raise Wrong("loop")
            for item in source:
                bind(env, s[1], item)
                for inner in s[3]:
                    self.statement(env, inner)
        else:
            self.all(env, s[1])

    def eval(self, env, e):
        return getattr(self, "on_" + e[0])(env, *e[1:])

    def on_atom(self, env, v):
        return atom(v)

    def on_name(self, env, name):
        return env.get_name(name)

    def on_list(self, env, items):
        return [self.eval(env, e) for e in items]

    def on_dict(self, env, items):
        return {atom(self.eval(env, k)): self.eval(env, v) for _, k, v in items}

    def on_for(self, env, value, names, source, pair=False):
        items, out = self.eval(env, source), []
        if not isinstance(items, (list, dict)):
            raise Wrong("for")
        for item in items:
            inner = Env(env)
            bind(inner, names, item)
            out.append((atom(self.eval(inner, value[1])), self.eval(inner, value[2])) if pair else self.eval(inner, value))
        return dict(out) if pair else out

    def on_dictfor(self, env, pair, names, source):
        return self.on_for(env, pair, names, source, True)

    def on_unary(self, env, op, e):
        v = self.eval(env, e)
        if isinstance(v, Sop):
            return mapped(UNARY[op], v)
        if isinstance(v, Sel):
            if op != "not":
                raise Wrong("selector")
            return Sel(lambda w: [[not x for x in row] for row in v.on(w)])
        if op == "indicator":
            raise Wrong("indicator")
        return not v if op == "not" else atom(guarded(UNARY[op], atom(v)))

    def on_binary(self, env, op, left, right):
        a, b = self.eval(env, left), self.eval(env, right)
        if isinstance(a, Sel) or isinstance(b, Sel):
            if op not in ("and", "or") or not (isinstance(a, Sel) and isinstance(b, Sel)):
                raise Wrong("selector")
            both = all if op == "and" else any
            return Sel(lambda w: [[both(p) for p in zip(x, y)] for x, y in zip(a.on(w), b.on(w))])
        if isinstance(a, Sop) or isinstance(b, Sop):
            if op in ("and", "or"):
                both = all if op == "and" else any
                return mapped(lambda x, y: both((x, y)), a, b)
            return mapped(BINARY[op], a, b)
        if op in ("and", "or"):
            return (a and b) if op == "and" else (a or b)
        result = guarded(BINARY[op], a, b)
        return result if isinstance(result, list) else atom(result)

    def on_if(self, env, yes, condition, no):
        c = self.eval(env, condition)
        if isinstance(c, (Sop, Sel)):
            return mapped(lambda c, a, b: a if c else b, c, self.eval(env, yes), self.eval(env, no))
        return self.eval(env, yes if c else no)

    def on_in(self, env, left, right):
        a, b = self.eval(env, left), self.eval(env, right)
        if isinstance(a, Sop):
            if not isinstance(b, list) or not all(isinstance(x, ATOM) for x in b):
                raise Wrong("in")
            return mapped(lambda v: v in b, a)
        if isinstance(b, Sop):
            return Sop(lambda w: [atom(a) in b.on(w)] * len(w))
        if not isinstance(b, list):
            raise Wrong("in")
        return atom(a) in b

    def on_index(self, env, of, at):
        x, i = self.eval(env, of), self.eval(env, at)
        if isinstance(x, Sop):
            if not isinstance(i, int):
                raise Wrong("index")
            return Sop(lambda w: [x.on(w)[i] if -len(w) <= i < len(w) else 0] * len(w))
        if not isinstance(x, (list, dict, str)):
            raise Wrong("index")
        if isinstance(i, Sop):
            return mapped(lambda v: x[v], i)
        return guarded(lambda: x[atom(i)])

    def on_select(self, env, key, query, op):
        return select(self.eval(env, key), self.eval(env, query), op)

    def on_aggregate(self, env, args):
        values = [self.eval(env, a) for a in args]
        return aggregate(values[0], values[1], values[2] if len(values) > 2 else 0)

    def on_range(self, env, args):
        return guarded(lambda: list(range(*[self.eval(env, a) for a in args])))

    def on_zip(self, env, args):
        return [list(row) for row in zip(*[self.eval(env, a) for a in args])]

    def on_len(self, env, args):
        v = self.eval(env, args[0])
        if not isinstance(v, list):
            raise Wrong("len")
        return len(v)

    def on_call(self, env, f, args):
        f, values = self.eval(env, f), [self.eval(env, a) for a in args]
        if not isinstance(f, Fun):
            if not callable(f):
                raise Wrong("call")
            return guarded(f, *values)
        if len(values) != len(f.params):
            raise Wrong("arguments")
        inner = Env(f.env)
        inner.update(zip(f.params, values))
        for s in f.body:
            self.statement(inner, s)
        return self.all(inner, f.returns)


def run(text):
    """The console's names, and what went wrong on the way: names whose statement failed are not there."""
    base = Env()
    base.update(library())
    env, wrong = Env(base), []
    for s in Parser(text).program():
        try:
            Run().statement(env, s)
        except Wrong as e:
            wrong.append(e)
    return env, wrong


def value(v, w):
    if isinstance(v, Sel):
        return [[int(x) for x in row] for row in v.on(w)]
    return v.on(w) if isinstance(v, Sop) else v

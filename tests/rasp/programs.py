"""RASP programs at random: mostly well typed, now and then not. Each defines `result`."""
import random

LETTERS = "abcd"
COMPARE = ["==", "<", ">", "<=", ">="]


class Maker:
    def __init__(self, seed, wild=0.04):
        self.r = random.Random(seed)
        self.wild = wild
        self.names = {"int": ["indices"], "float": [], "bool": [], "str": ["tokens"], "sel": ["full_s"]}
        self.lines = []

    def pick(self, *makers):
        return self.r.choice(makers)()

    def atom(self, kind):
        r = self.r
        return {"int": lambda: str(r.choice([0, 1, 1, 2, 3, 5, 7])), "float": lambda: r.choice(["0.5", "2.0", "1.25", "0.1"]),
                "bool": lambda: r.choice(["True", "False"]), "str": lambda: '"%s"' % r.choice(LETTERS + "z"),
                "num": lambda: self.atom(r.choice(["int", "float", "int"]))}[kind]()

    def of(self, kind, depth):
        """An expression of that kind, or, rarely, of another one."""
        if self.r.random() < self.wild:
            kind = self.r.choice(["int", "float", "bool", "str"])
        if kind == "num":
            kind = self.r.choice(["int", "int", "float"])
        if kind == "any":
            kind = self.r.choice(["int", "float", "bool", "str"])
        known = self.names[kind]
        if known and (depth <= 0 or self.r.random() < 0.3):
            return self.r.choice(known)
        if depth <= 0:
            return self.atom(kind) if kind != "sel" else "full_s"
        return getattr(self, "make_" + kind)(depth - 1)

    def make_int(self, d):
        op = self.r.choice
        return self.pick(
            lambda: "(%s %s %s)" % (self.of("int", d), op("+-*"), self.of("int", d)),
            lambda: "(%s %% %s)" % (self.of("int", d), op(["2", "3", "(indices+1)", "length"])),
            lambda: "indicator(%s)" % self.of(op(["bool", "int", "str"]), d),
            lambda: "round(%s)" % self.of("num", d),
            lambda: "selector_width(%s)" % self.of("sel", d),
            lambda: "count(%s, %s)" % (self.of("str", d), self.atom("str")),
            lambda: "(-%s)" % self.of("int", d),
            lambda: "(%s if %s else %s)" % (self.of("int", d), self.of("bool", d), self.of("int", d)),
            lambda: "length",
            lambda: "aggregate(select(indices, %s, ==), %s, %s)" % (self.of("int", d), self.of("int", d), self.atom("int")),
            lambda: "%s(%s, %s)" % (op(["max", "min"]), self.of("int", d), self.of("int", d)),
            lambda: "sort(%s, %s)" % (self.of("int", d), self.of(op(["int", "str"]), d)),
            lambda: "shift(%s, %s, %s)" % (self.of("int", d), op(["1", "2", "(-1)"]), self.atom("int")),
            lambda: "%s[%s]" % (self.of("int", d) if op([0, 1]) else "sort(indices, tokens)", op(["0", "1", "-1", "-2", "3"])),
            lambda: "[3, 1, 4, 1, 5, 9][%s %% 6]" % self.of("int", d),
            lambda: '{"a": 1, "b": 2, "c": 3, "d": 5}[tokens]',
            lambda: "(%s ^ %s)" % (self.of("int", d), op(["2", "0", "3", "indices"])))

    def make_float(self, d):
        op = self.r.choice
        return self.pick(
            lambda: "(%s %s %s)" % (self.of("num", d), op("+-*"), self.of("float", d)),
            lambda: "(%s / %s)" % (self.of("num", d), op(["2", "4", "(indices+1)", "length", self.atom("num")])),
            lambda: "aggregate(%s, %s)" % (self.of("sel", d), self.of("num", d)),
            lambda: "aggregate(%s, %s, %s)" % (self.of("sel", d), self.of("num", d), self.atom("num")),
            lambda: "average(%s)" % self.of("num", d),
            lambda: "(%s if %s else %s)" % (self.of("num", d), self.of("bool", d), self.of("num", d)),
            lambda: "(%s %% %s)" % (self.of("num", d), op(["1.5", "2", "0.25"])),
            lambda: "(%s ^ %s)" % (self.of("num", d), op(["2", "0.5", "(-1)"])))

    def make_bool(self, d):
        op = self.r.choice
        return self.pick(
            lambda: "(%s %s %s)" % (self.of("num", d), op(COMPARE), self.of("num", d)),
            lambda: "(%s %s %s)" % (self.of("str", d), op(COMPARE), self.of("str", d)),
            lambda: "(%s == %s)" % (self.of("any", d), self.of("any", d)),
            lambda: "(%s %s %s)" % (self.of("bool", d), op(["and", "or"]), self.of("bool", d)),
            lambda: "(not %s)" % self.of("any", d),
            lambda: "(%s in [%s, %s])" % (self.of("any", d), self.atom("str"), self.atom("int")),
            lambda: "(%s in %s)" % (self.atom("str"), self.of("str", d)),
            lambda: "has_focus(%s)" % self.of("sel", d),
            lambda: "contains(%s, %s)" % (self.of("str", d), self.atom("str")),
            lambda: "mark_%s_instance(%s, %s)" % (op(["first", "last"]), self.of("str", d), self.atom("str")))

    def make_str(self, d):
        op = self.r.choice
        return self.pick(
            lambda: "(%s + %s)" % (self.of("str", d), self.of("str", d)),
            lambda: "(%s if %s else %s)" % (self.of("str", d), self.of("bool", d), self.of("str", d)),
            lambda: "aggregate(select(indices, %s, ==), %s, %s)" % (self.of("int", d), self.of("str", d), self.atom("str")),
            lambda: "sort(%s, %s)" % (self.of("str", d), self.of(op(["str", "int"]), d)),
            lambda: "shift(%s, 1, %s)" % (self.of("str", d), self.atom("str")),
            lambda: '"qwertyuiop"[%s %% 10]' % self.of("int", d),
            lambda: "(%s * %s)" % (self.of("str", d), op(["2", "indices", "(indices % 2)", self.atom("int")])),
            lambda: "%s[0]" % op(self.names["str"]))

    def make_sel(self, d):
        op = self.r.choice
        return self.pick(
            lambda: "select(%s, %s, %s)" % (self.of("num", d), self.of("num", d), op(COMPARE + ["!="])),
            lambda: "select(%s, %s, %s)" % (self.of("str", d), self.of("str", d), op(COMPARE + ["!="])),
            lambda: "select(indices, indices, %s)" % op(COMPARE),
            lambda: "select(%s, True, ==)" % self.of("bool", d),
            lambda: "(%s %s %s)" % (self.of("sel", d), op(["and", "or"]), self.of("sel", d)),
            lambda: "(not %s)" % self.of("sel", d),
            lambda: "select_from_%s(tokens, %s)" % (op(["first", "last"]), self.atom("str")),
            lambda: "select_next_identical(%s)" % self.of("str", d))

    def program(self):
        for i in range(self.r.randint(1, 5)):
            kind = self.r.choice(["int", "float", "bool", "str", "sel", "int", "str"])
            name = "x%d" % i
            self.lines.append("%s = %s;" % (name, self.of(kind, self.r.randint(1, 3))))
            self.names[kind].append(name)
        kind = self.r.choice(["int", "float", "bool", "str", "int", "sel"])
        self.lines.append("result = %s;" % self.of(kind, 2))
        return "\n".join(self.lines) + "\n"

    def word(self):
        return "".join(self.r.choice(LETTERS) for _ in range(self.r.choice([1, 2, 3, 4, 5, 7])))


def make(seed, wild=0.04):
    maker = Maker(seed, wild)
    return maker.program(), maker.word()

"""Random texts for the normal form: small equations with shifts, conditions, empty domains, quotients of sums; and networks of blocks, each
block in a spelling of its own."""
import random
import re

HEAD = """model m
dim h = 2, e = 2, d = 4, f = 6, w = 3
ragged t <= 12
input x[t,d]: real
input q[t,h,e]: real
input s[t]: real
input W[d,f]: real
input b[d]: real
input c[h,e]: real
input K[w,e]: real
input tok[t]: int
"""
SHAPE = {"x": "td", "q": "the", "s": "t", "W": "df", "b": "d", "c": "he", "K": "we", "tok": "t"}
SIZE = {"h": 2, "e": 2, "d": 4, "f": 6, "w": 3}


def renamed(text, old, new):
    return re.sub(r"(?<![\w'])%s(?![\w'])" % re.escape(old), new, text)


class Equations:
    """Some outputs, each of random subexpressions."""

    def __init__(self, rng):
        self.rng, self.tensors, self.names = rng, [(n, s) for n, s in SHAPE.items() if n != "tok"], []

    def index(self, dim, scope):
        have = [v for v in scope if v.rstrip("'") == dim]
        at = [v for v in scope if v[0] == "t"]
        if dim == "w" and len(at) > 1:
            return self.rng.choice(["clamp(%s - %s + 1, 0, 2)", "tok[%s] + tok[%s]", "min(max(tok[%s] - tok[%s], 0), 2)", "%s - %s"]) % tuple(at[:2])
        if not have:
            return None
        v = self.rng.choice(have)
        return v + self.rng.choice([" - 1", " + 1", " - 2"]) if dim == "t" and self.rng.random() < .15 else v

    def read(self, scope):
        for _ in range(20):
            name, axes = self.rng.choice(self.tensors + self.names * 2)
            at = [self.index(a, scope) for a in axes]
            if all(at):
                return f"{name}[{','.join(at)}]" if at else name
        return "0.5"

    def condition(self, scope, bound):
        out, rng = [], self.rng
        for v in bound:
            if v[0] == "t":
                other, k = [u for u in scope if u[0] == "t" and u != v], rng.random()
                if other and k < .3:
                    out.append(f"{v} {rng.choice(['<=', '<', '>=', '==', '!='])} {rng.choice(other)}")
                elif other and k < .4:
                    out.append(f"{v} <= {other[0]} and {other[0]} - {v} < 3")
                elif other and k < .45:
                    out.append(f"abs({v} - {other[0]}) <= 1")
                elif other and k < .6:
                    out.append(f"tok[{v}] {rng.choice(['==', '<', '<='])} tok[{other[0]}]")
                elif other and k < .7:
                    out.append(f"(tok[{v}] < tok[{other[0]}] or tok[{v}] == tok[{other[0]}] and {v} < {other[0]})")
                elif k < .75:
                    out.append(f"{v} == len(t) - 1 - {rng.choice(other)}" if other else f"{v} == 1")
                elif k < .85:
                    out.append(f"tok[{v}] == 1")
                elif other and k < .9:
                    out.append(f"tok[{other[0]}] == 1")
        return " where " + " and ".join(out) if out else ""

    def bound(self, scope):
        out = []
        for v in self.rng.sample("theetdt", self.rng.choice([1, 1, 2])):
            while v in scope or v in out:
                v += "'"
            out.append(v)
        return out

    def ratio(self, scope, v, where, depth):
        """A quotient of sums of exps, in one of many spellings."""
        rng, score, value = self.rng, self.expr(scope + [v], depth - 1), self.read(scope + [v])
        u = v + "'"
        while u in scope:
            u += "'"
        far = f"tanh({score})" if rng.random() < .7 else f"40 * tanh({score})"
        shift = rng.choice(["", " - 2", f" + {self.read(scope)}", f" - max[{v}] {far}" if rng.random() < .3 else ""])
        other = rng.choice(["", "", "1 + ", "exp(0.1) + "]) if not shift else ""
        below = renamed(f"sum[{v}{where}] exp({far}{shift})", v, u)
        if rng.random() < .5:
            return f"((sum[{v}{where}] exp({far}{shift}) * {value}) / ({other}{below}))"
        return f"(sum[{v}{where}] {value} * exp({far}{shift}) / ({other}{below}))"

    def expr(self, scope, depth):
        rng, k = self.rng, self.rng.random()
        if depth <= 0 or k < .2:
            return self.read(scope)
        if k < .35:
            return f"({self.expr(scope, depth - 1)} + {self.expr(scope, depth - 1)})"
        if k < .42:
            return f"({self.expr(scope, depth - 1)} - 0.5 * {self.read(scope)})"
        if k < .57:
            return f"({self.expr(scope, depth - 1)} * {self.expr(scope, depth - 1)})"
        if k < .63:
            return f"{rng.choice(['tanh', 'sigmoid', 'relu', 'abs'])}({self.expr(scope, depth - 1)})"
        if k < .67:
            return f"({self.expr(scope, depth - 1)} / (1 + abs({self.read(scope)})))"
        if k < .70:
            return f"exp(0.3 * tanh({self.expr(scope, depth - 1)}))"
        if k < .73:
            return f"({self.read(scope)} < {self.read(scope)} ? {self.expr(scope, depth - 1)} : {self.read(scope)})"
        bound = self.bound(scope)
        where = self.condition(scope, bound)
        if k > .9 and len(bound) == 1:
            return self.ratio(scope, bound[0], where, depth)
        op = rng.choice(["sum", "sum", "sum", "max", "min", "mean", "count", "any", "pick"])
        head = f"{op}[{','.join(bound)}{where}]"
        if op == "count":
            return f"({head} + 0.5)"
        if op == "any":
            return f"({head} ? 1 : 0.5)"
        return f"({head} ({self.expr(scope + bound, depth - 1)}))"

    def text(self, n):
        out = HEAD
        for i in range(n):
            axes = self.rng.choice(["t", "td", "the", "d", "h", "he", "th"])
            out += f"output y{i}[{','.join(axes)}] = {self.expr(list(axes), self.rng.randint(1, 3))}\n"
            self.names.append((f"y{i}", axes))
        return out


class Network:
    """Blocks of a network on [t,d]."""

    def __init__(self, rng):
        self.rng, self.n, self.out, self.parameters = rng, 0, "", ""

    def new(self):
        self.n += 1
        return f"v{self.n}"

    def parameter(self, axes):
        name = "P" + self.new()
        first, _, last = axes.rpartition(",")
        self.parameters += f"input {name}[{first},{last}']: real\n" if first == last else f"input {name}[{axes}]: real\n"
        return name

    def equation(self, axes, body):
        name = self.new()
        self.out += f"{name}[{axes}] = {body}\n"
        return name

    def linear(self, x, of, to):
        W, bound = self.parameter(f"{to},{of}".replace("h,e", "d")), ",".join(a + "'" for a in of.split(","))
        bias = f" + {self.parameter(to)}[{to}]" if self.rng.random() < .6 else ""
        return self.equation("t," + to, f"(sum[{bound}] {W}[{to},{bound}] * {x}[t,{bound}]){bias}")

    def norm(self, x):
        k, g = self.rng.randint(0, 4), self.parameter("d")
        if k == 0:
            return self.equation("t,d", f"{x}[t,d] * {g}[d] / sqrt((mean[d'] {x}[t,d'] ^ 2) + 0.001)")
        m = self.equation("t", f"mean[d] {x}[t,d]")
        if k == 1:
            return self.equation("t,d", f"{g}[d] * ({x}[t,d] - {m}[t]) / sqrt((mean[d'] ({x}[t,d'] - {m}[t]) ^ 2) + 0.001)")
        if k == 2:
            return self.equation("t,d", f"({x}[t,d] - {m}[t]) / sqrt((mean[d'] {x}[t,d'] ^ 2) - {m}[t] ^ 2 + 0.01)")
        if k == 3:
            return self.equation("t,d", f"{x}[t,d] / max(sqrt(sum[d'] {x}[t,d'] * {x}[t,d']), 0.001)")
        c = self.equation("t,d", f"{x}[t,d] - {m}[t]")
        u = self.equation("t", f"sum[d] {c}[t,d] ^ 2 / 3")
        return self.equation("t,d", f"{c}[t,d] / (sqrt({u}[t]) + 0.01) * {g}[d]")

    def attention(self, x):
        rng = self.rng
        q, k, v = (self.linear(x, "d", "h,e") for _ in range(3))
        where = rng.choice(["", " where t' <= t", " where t' <= t and t - t' < 3", " where t' < t", " where abs(t - t') <= 1 or tok[t'] == 1",
                            " where tok[t] == tok[t']"])
        score = rng.choice(["S / sqrt(len(e))", "5 * tanh(S / 5)", "S - 0.3 * abs(t - t')", f"S + {self.parameter('h')}[h]"])
        s = self.equation("h,t,t'", score.replace("S", f"(sum[e] {q}[t,h,e] * {k}[t',h,e])"))
        z, kind = rng.choice(["", "1 + ", "exp(0.5) + "]), rng.randint(0, 3)
        if kind == 0 and not z:
            a = self.equation("h,t,t'", f"softmax[t'{where}] {s}[h,t,t']")
            return self.equation("t,h,e", f"sum[t'{rng.choice([where, ''])}] {a}[h,t,t'] * {v}[t',h,e]")
        if kind == 1:
            return self.equation("t,h,e", f"(sum[t'{where}] {v}[t',h,e] * exp({s}[h,t,t'])) / ({z}sum[t'{where}] exp({s}[h,t,t']))")
        if kind == 2:
            below = f"sum[t''{renamed(where, chr(116) + chr(39), 't' + chr(39) * 2)}] exp({s}[h,t,t''])"
            return self.equation("t,h,e", f"sum[t'{where}] exp({s}[h,t,t']) / ({z}{below}) * {v}[t',h,e]")
        m = self.equation("h,t", f"max[t'] {s}[h,t,t']")
        a = self.equation("h,t,t'", f"exp({s}[h,t,t'] - {m}[h,t])")
        return self.equation("t,h,e", f"(sum[t'{where}] {a}[h,t,t'] * {v}[t',h,e]) / ({z}sum[t'{where}] {a}[h,t,t'])")

    def feed_forward(self, x):
        k, a, act = self.rng.randint(0, 3), self.linear(x, "d", "f"), self.rng.choice(["gelu", "silu", "relu", "tanh"])
        body = [f"{act}({a}[t,f])", f"{act}({a}[t,f])", f"relu({a}[t,f]) ^ 2", f"max({a}[t,f], 0.1 * {a}[t,f])"][k]
        if k == 1:
            body += f" * {self.linear(x, 'd', 'f')}[t,f]"
        return self.linear(self.equation("t,f", body), "f", "d")

    def text(self, n):
        rng, now = self.rng, "x"
        for _ in range(rng.randint(1, n)):
            k, x = rng.random(), self.norm(now) if rng.random() < .6 else now
            if k < .4:
                y = self.linear(self.attention(x), "h,e", "d")
            elif k < .75:
                y = self.feed_forward(x)
            elif k < .85:
                y = self.equation("t,d", f"sum[w] {self.parameter('d,w')}[d,w] * {x}[t + w - 2,d]")
            else:
                y = self.norm(x)
            now = self.equation("t,d", rng.choice([f"{y}[t,d] + {now}[t,d]", f"{y}[t,d]", f"{now}[t,d] + 0.5 * {y}[t,d]"]))
        self.out += rng.choice([f"output o[t,d] = {now}[t,d]\n", f"output o[d] = mean[t] {now}[t,d]\n", f"output o[t,f] = sum[d] W[d,f] * {now}[t,d]\n"])
        return HEAD + self.parameters + self.out


def make(seed):
    rng = random.Random(seed)
    return Network(rng).text(4) if seed % 4 == 0 else Equations(rng).text(6)


def inputs(text, seed):
    """{sequence/input: (type, shape, values)} for the inputs that a text declares."""
    out = {}
    for k, n in enumerate((4, 1, 0, 7)):
        rng = random.Random(1000 * seed + k)
        for name, axes, kind in re.findall(r"^input (\w+)\[([\w,']+)\]: (\w+)", text, re.M):
            shape = [n if a == "t" else SIZE[a] for a in axes.replace("'", "").split(",")]
            count = 1
            for size in shape:
                count *= size
            values = [rng.randint(-1, 3) for _ in range(count)] if kind == "int" else [rng.randint(-1000, 1000) / 800 for _ in range(count)]
            out[f"{k}/{name}"] = ("I64" if kind == "int" else "F64", shape, values)
    return out

"""Heads of forms: the equation, its roles and holes, what they ask."""
import re

HOLE = re.compile(r"\$(\w+)\(([\w,\s]*)\)")


class Hole:
    def __init__(self, name, roles, said):
        self.name, self.roles = name, roles
        self.load_time = "load-time" in said
        self.dot = int((re.search(r"\bdot (\d+)", said) or [0, 0])[1])
        self.condition = False
        self.fades = "fades " in said  # a power of the distance of two places


class Head:
    """`form NAME: y[b,m,n] = $store(sum[k] $a(b,m,k) * $w(b,n,k))` and the lines below it."""

    def __init__(self, path):
        self.lines = {}
        for key, text in fields(path):
            self.lines.setdefault(key, []).append(text)
        self.name, equation = (s.strip() for s in self.lines["form"][0].split(":", 1))
        left, right = (s.strip() for s in equation.split("=", 1))
        self.result = re.findall(r"\w", left[left.index("["):])
        kind, self.body = re.fullmatch(r"\$(store|row)\((.*)\)", right, re.S).groups()
        self.body = " ".join(self.body.split())
        self.ways = [self.body] + [" ".join(re.search(r"\$store\((.*)\)$", way.strip(), re.S).group(1).split()) for way in self.lines.get("or", [])]
        self.row = kind == "row"
        self.bound = [r for inside in re.findall(r"\b(?:sum|reduce|max|min)\[([\w,\s]+?)(?:\s+where|\])", self.body) for r in re.findall(r"\w", inside)]
        self.bound = list(dict.fromkeys(self.bound))
        self.roles = self.result + [r for r in self.bound if r not in self.result]
        self.need = re.findall(r"\w", ",".join(self.lines.get("need", [])))
        self.grid = re.findall(r"\w", ",".join(self.lines.get("grid", [])))  # roles that may have several ragged indices
        self.along = next(iter(self.lines.get("along", [])), None)  # the role whose turns follow each other
        self.when = " and ".join(f"({w})" for w in self.lines.get("when", []))
        said = {}
        for line in self.lines.get("hole", []):
            name, _, words = line.partition(" ")
            said[name[1:]] = words
        self.hole = {}
        for name, roles in HOLE.findall(self.body):
            self.hole.setdefault(name, Hole(name, re.findall(r"\w", roles), said.get(name, "")))
        for name in re.findall(r"where \$(\w+)\(", self.body):
            self.hole[name].condition = True
        self.related = [tuple(sorted(pair)) for pair in re.findall(r"where (\w) (?:<=|<|==|>|>=) (\w)\b", self.body)]

    def holes_of(self, role):
        return [h for h in self.hole.values() if role in h.roles]

    def slid(self, hole):
        """The roles along which a hole is asked to slide, and over which: ("t", "k")."""
        found = re.search(rf"\bslides\(\${hole},\s*(\w),\s*(\w)\)", self.when)
        return found and found.groups()

    def asks(self, word, hole):
        return bool(re.search(rf"\b{word}\(\${hole}\b", self.when))


def fields(path):
    """(key, text) of each line of the head; a line that goes on begins with four blanks."""
    out = []
    for line in path.read_text().splitlines():
        if not line.startswith("//$") or line.startswith("//$ sample"):
            break
        line = line[3:]
        if line.startswith("    ") and out:
            out[-1][1] += " " + line.strip()
        elif not line.strip().startswith("#"):
            key, _, text = line.strip().partition(" ")
            out.append([key, text.strip()])
    return out


class Facts:
    """What `when` asks of a shape: sizes of roles, and properties."""

    def __init__(self, head, shape):
        self.head, self.shape = head, shape

    def holds(self):
        text = re.sub(r"\$(\w+)", r"'\1'", self.head.when) or "True"
        text = re.sub(r"(?<![\w'])([a-z])(?=\s*[,)])(?=[^(]*\))", r"'\1'", text)  # roles as arguments
        names = {r: self.size(r) for r in self.head.roles}
        names.update({k: getattr(self, k) for k in ("fixed", "ragged", "empty", "reads", "gathered", "merged", "same_parent", "load_time", "params", "slides")})
        return bool(eval(text, {"__builtins__": {}}, names))  # noqa: S307: a head of ours; an unknown word is an error that says so

    def size(self, role):
        size = 1.0
        for index in self.shape.role[role]:
            size *= float("inf") if index.ragged else index.length
        return size

    def ragged(self, role):
        return any(i.ragged for i in self.shape.role[role])

    def fixed(self, role):
        return not self.ragged(role)

    def empty(self, role):
        return not self.shape.role[role]

    def same_parent(self, one, other):
        dims = [{i.dim for i in self.shape.role[r] if i.ragged} for r in (one, other)]
        return bool(dims[0] & dims[1])

    def reads(self, hole, role):
        return True  # the holes of this test read every index

    def gathered(self, hole):
        return True  # they are made so where it is asked for

    def slides(self, hole, along, over):
        role = self.shape.role
        return bool(role[along] and role[over])

    def merged(self, *_):
        return True

    def load_time(self, hole):
        return self.head.hole[hole].load_time

    params = load_time

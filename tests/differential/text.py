"""Programs as text of the language, with the fewest parentheses."""

COND, OR, AND, NOT, REL, SUM, TERM, MUL, UNARY, POW, COAL, POST = range(12)

# operator: its level, and the levels of its sides
INFIX = {"or": (OR, OR, AND), "and": (AND, AND, NOT), "+": (SUM, SUM, TERM), "-": (SUM, SUM, TERM), "*": (MUL, MUL, UNARY),
         "/": (MUL, MUL, UNARY), "div": (MUL, MUL, UNARY), "mod": (MUL, MUL, UNARY), "^": (POW, COAL, UNARY),
         "<": (REL, SUM, SUM), "<=": (REL, SUM, SUM), ">": (REL, SUM, SUM), ">=": (REL, SUM, SUM), "==": (REL, SUM, SUM),
         "!=": (REL, SUM, SUM)}


def number(value):
    return ("true" if value else "false") if isinstance(value, bool) else repr(value)


def bind(name, dim):
    if dim.kind == "tuple":
        return f"*{dim.name}"
    return name if name.rstrip("'") == dim.name else f"{name} in {dim.name}"


def domain(e):
    return ", ".join(bind(*b) for b in e.binds) + (f" where {show(e.where)}" if e.where is not None else "")


def indices(kids):
    return ",".join(show(k) for k in kids)


def takes_no_body(e):
    return e.op in ("count", "any")


def is_reducer(e):
    """A reduction that takes the products to its right."""
    return e.kind == "reduce" and e.other is None and not takes_no_body(e)


def parts(e):
    """(text, level)"""
    kind = e.kind
    if kind == "const":
        text = number(float(e.value) if e.type == "real" else e.value)
        return text, UNARY if text.startswith("-") else POST
    if kind == "known":
        return e.text, POST
    if kind == "len":
        return f"len({e.dim.name})", POST
    if kind == "last":
        return "last", POST
    if kind in ("var", "bare"):
        return e.name, POST
    if kind == "star":
        return f"*{e.name}", POST
    if kind == "read":
        return absent(f"{e.name}[{indices(e.kids)}]", e)
    if kind == "param":
        return absent(f'"{e.path}"[{indices(e.kids)}]', e)
    if kind == "apply":
        return (apply(e), POST) if e.whole else absent(f"{apply(e)}[{indices(e.kids)}]", e)
    if kind == "call":
        return f"{e.fn.name}({indices(e.kids).replace(',', ', ')})", POST
    if kind == "cond":
        a, b, c = e.kids
        return f"{show(a, OR)} ? {show(b)} : {show(c)}", COND
    if kind == "in":
        return f"{show(e.kids[0], SUM)} in [{', '.join(map(number, e.values))}]", REL
    if kind == "chain":
        a, b, c = (show(k, SUM) for k in e.kids)
        return f"{a} {e.ops[0]} {b} {e.ops[1]} {c}", REL
    if kind == "reduce":
        return reduction(e)
    return operator(e)


def absent(text, e):
    return (text, POST) if e.other is None else (f"{text} ?? {show(e.other, COAL)}", COAL)


def reduction(e):
    text, level = f"{e.op}[{domain(e)}]", POST
    if not takes_no_body(e):
        text, level = f"{text} {show(e.kids[0], TERM)}", TERM
    return (text, level) if e.other is None else (f"({text}) ?? {show(e.other, COAL)}", COAL)


def operator(e):
    if e.op == "neg":
        kid = e.kids[0]
        return (f"-{show(kid, TERM)}", TERM) if is_reducer(kid) else (f"-{show(kid, UNARY)}", UNARY)
    if e.op == "not":
        return f"not {show(e.kids[0], NOT)}", NOT
    if e.op not in INFIX:
        return f"{e.op}({', '.join(show(k) for k in e.kids)})", POST
    level, left, right = INFIX[e.op]
    a, b = e.kids
    if level == MUL and is_reducer(b):
        right = level = TERM
    return f"{show(a, left)} {e.op} {show(b, right)}", level


def show(e, level=COND):
    text, own = parts(e)
    return text if own >= level else f"({text})"


def apply(e):
    prefix = [f'"{e.prefix}"'] if e.prefix is not None else []
    args = prefix + [a if isinstance(a, str) else show(a) for a in e.args]
    before = ",".join(d.name for d in e.before or [])
    dims = f"[{before}->{','.join(d.name for d in e.after)}]" if e.after else f"[{before}]" if before else ""
    return f"{e.fn.name}{dims}({', '.join(args)})"


def left(lhs):
    return lhs.name if lhs.bare else f"{lhs.name}[{','.join(bind(n, d) for n, d in lhs.index)}]"


def function(fn, pad):
    before = ",".join(bind(d.name, d) for d in fn.before)
    dims = f"[{before}->{','.join(bind(d.name, d) for d in fn.after)}]" if fn.after else f"[{before}]" if before else ""
    params = [left(p) + (f" = {number(p.default)}" if p.default is not None else "") for p in fn.params]
    head = f"{pad}fn {fn.name}{dims}({', '.join(params)})"
    results = ", ".join(r if isinstance(r, str) else show(r) for r in fn.returns)
    if fn.body is None:
        return [f"{head} = {results}"]
    return [f"{head} {{"] + block(fn.body, pad + "  ") + [f"{pad}  return {results}", f"{pad}}}"]


def heads(s):
    """(first line of a statement with a block)"""
    under = f' under "{s.under}"' if s.under else ""
    return {"for": lambda: f"for {s.name} in {s.text}{under}", "under": lambda: f"under {s.text}", "if": lambda: f"if {s.text}",
            "while": lambda: f"while {show(s.expr)}", "choice": lambda: f"if {show(s.expr)}",
            "turns": lambda: f"repeat {show(s.expr)} as {s.name}",
            "along": lambda: f"along {s.dim.name}{' down' if s.down else ''}",
            "repeat": lambda: f"repeat {s.text}" + (f" as {s.name}" if s.name else "")}[s.kind]()


def statement(s, pad):
    kind = s.kind
    if kind == "equation":
        end = ";" if s.semicolon else ""
        return [f"{pad}{'output ' if s.output else ''}{', '.join(left(lhs) for lhs in s.lhs)} = {show(s.expr)}{end}"]
    if kind in ("dim", "ragged"):
        d = s.dim
        where = f" where {show(d.where)}" if d.where is not None else ""
        return [f"{pad}{kind} {d.name}{d.definition}{where}"]
    if kind == "let":
        return [f"{pad}let {s.name} = {s.text}"]
    if kind == "require":
        return [f'{pad}require {s.text}, "does not hold"']
    if kind == "input":
        default = f" = {show(s.default)}" if s.default is not None else ""
        return [f"{pad}input {left(s.lhs[0])}: {s.extent.name if s.extent else s.lhs[0].type}{default}"]
    if kind in ("state", "param"):
        return [f"{pad}{kind} {left(s.lhs[0])} = {show(s.expr)}"]
    if kind == "grow":
        return [f"{pad}grow {s.name} from {s.source} <= {s.text}"]
    if kind in ("append", "cut"):
        return [f"{pad}{kind} {s.name}: {show(s.expr)}"]
    if kind == "fn":
        return function(s.fn, pad)
    if kind == "note":
        return [pad + s.text]
    otherwise = [f"{pad}}} else {{"] + block(s.otherwise, pad + "  ") if s.otherwise is not None else []
    return [f"{pad}{heads(s)} {{"] + block(s.body, pad + "  ") + otherwise + [f"{pad}}}"]


def block(statements, pad=""):
    return [line for s in statements for line in statement(s, pad)]


def program(p, weights):
    head = [f"model {p.name}"] + ([f'config c = "{p.name}.json"'] if p.config else [])
    head += [f'weights "{p.name}.safetensors"'] if weights else []
    return "\n".join(head + block(p.statements)) + "\n"

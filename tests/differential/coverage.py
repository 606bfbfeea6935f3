"""Which constructs of the language the random programs have: words of the grammar, found in the texts, and what the trees say."""
import collections
import re

import text
from tree import expressions_of, statements_of

SPELLED = {"INT": r"\d+(?![.\w])", "REAL": r"\d+(\.\d*([eE][+-]?\d+)?|[eE][+-]?\d+)", "NAME": r"[A-Za-z_]\w*'*", "MEMBER": r"\.[A-Za-z_]\w*",
           "RED": r"(sum|prod|max|min|mean|pick|softmax|logsumexp|rank|all|argmax|argmin)(?=[\[(])", "CNT": r"(count|any)(?=\[)"}
# Of these nothing can be seen in a program that runs.
NOT_IN_TEXTS = {"YYEOF", "STRING", "STRING_END", "TEXT"}

CONSTRUCTS = """
bare call chain cond in len param read reduce var
+ - * / ^ < <= > >= == != and or not div mod min max abs sign neg int square clamp floor ceil round trunc pow
exp log log1p expm1 sin cos tanh erf sqrt sigmoid silu gelu gelu_tanh quick_gelu softplus relu leaky_relu
sum prod mean count any all pick argmax argmin softmax logsumexp rank
linear project standardize layernorm rmsnorm rope
""".split() + """
absent read|absent parameter|parameter ??|family by index|family by number|regrouped: merge|regrouped: split|regrouped: merge stored
regrouped: split stored|shifted read|reversed read|strided read|computed read|windowed read|read across dims|shifted across dims|gather
gather anywhere|constant index|index over a part|last|tensor without brackets|int in real|bool in real|bool in int|int / int|int()|rounding
power|power of reals|integer power|div or mod by data|negation|conditional|chained comparison|in a list|comparison of reals
min or max of values|activation|function of values|function of values, a block|domain: prefix|domain: window|domain: point
domain: equal data|domain: all or nothing|domain: disjoint or|rank < k|earlier turn|sum ??|max ??|min ??|mean ??|prod ??|pick ??|count ??|argmax ??|argmin ??|logsumexp ??
redefinition|dim by predicate|for over a range|for over a list|repeat|static if|static else|under|along|along down|state|param|require|let
config value|input of real|input of int|input of bool|input of indices|optional input|fn of values|fn of tensors|tuples of dims
dims of a call|two tensors of a call|several results|function with a block|attention|output of a tensor|turn of a loop|dim by formula
part of a dim|dim of nothing|dim of one|index with a name|two ragged dims|output of one number|output of pairs|hostile names
in weights|reducer|while|repeat of data|if of a sequence|grow|append|cut
""".replace("\n", "|").strip("|").split("|")


def words_of(grammar):
    """{name of a token: pattern}, from the %token lines and the characters of the rules."""
    head = re.search(r"%token YYEOF(.*?)\n%type", grammar, re.S).group(0)
    out = {}
    for name, said in re.findall(r"\b([A-Z][A-Z_]+)\b(?: 0)? \"(.*?)\"(?=[\s\n])", head):
        literal = re.fullmatch(r"'(.*)'", said.replace('\\"', '"'))
        if name in SPELLED:
            out[name] = SPELLED[name]
        elif literal and name not in NOT_IN_TEXTS:
            word = literal.group(1)
            out[word] = rf"\b{word}\b" if word.isalpha() else re.escape(word)
    for character in set(re.findall(r"'(.)'", grammar.split("\n%%\n")[1])):
        out[character] = re.escape(character)
    return out


def marks(program):
    """The constructs of one program, as often as they stand in it."""
    for s in statements_of(program.statements):
        yield s.tag or s.kind
        if s.dim is not None and s.kind in ("dim", "ragged"):
            yield from ([{"part": "part of a dim", "made": "dim by formula" if s.dim.where is None else ""}.get(s.dim.kind, "")]
                        + ["dim of nothing"] * (s.dim.most == 0) + ["dim of one"] * (s.dim.most == 1))
        if s.kind == "input" and s.default is not None:
            yield "optional input"
        for lhs in s.lhs or []:
            if any(n.rstrip("'") != d.name for n, d in lhs.index if d.kind != "tuple"):
                yield "index with a name"
            if s.output:
                ragged = [d for _, d in lhs.index if d.ragged]
                yield "output of pairs" if len(ragged) > 1 else "output of one number" if not lhs.index else ""
        for e in expressions_of(s):
            for x in e.walk():
                yield x.kind
                yield x.tag or ""
                yield x.op or ""
    if sum(d.kind == "given" for d in program.dims()) > 1:
        yield "two ragged dims"
    if program.hostile:
        yield "hostile names"


def of_program(program, shapes, words):
    counts = collections.Counter(m for m in marks(program) if m)
    plain = text.program(program, shapes)
    outside = re.sub(r'"[^"]*"', '""', plain)
    for name, pattern in words.items():
        counts[f"'{name}'"] += len(re.findall(pattern, outside))
    return counts


def table(counts, words):
    """(lines, what never stands in a program)"""
    wanted = [f"'{w}'" for w in words] + CONSTRUCTS
    cells = [f"{counts[w]:8} {w}" for w in wanted]
    rows = -(-len(cells) // 4)
    lines = ["".join(f"{c:<36}" for c in cells[k::rows]).rstrip() for k in range(rows)]
    return lines, [w for w in wanted if not counts[w]]

#!/usr/bin/env python3
"""Different spellings of one thing have one normal form; different things have not.

Each group is a name and texts; `sinter check --dump=normal` prints the same for all of them. A text after `apart:` prints another. All of
them, as they are written and by their normal form, give the same numbers; with other names their form is the same but for the names."""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "differential"))
import files  # noqa: E402

SINTER = os.environ.get("SINTER", os.path.join(HERE, "..", "..", "build", "bin", "sinter"))
REFERENCE = os.environ.get("SINTER_REFERENCE") or SINTER  # without sanitizers: of texts as they are written; in normal form they have them
HEAD = """dim h = 2, e = 4, d = 8, f = 6, w = 3, r = 5, g = 2
ragged t <= 12
input x[t,d]: real
input y[t,d]: real
input q[t,h,e]: real
input k[t,h,e]: real
input v[t,h,e]: real
input W[f,d]: real
input c[d]: real
input z[f]: real
input sink[h]: real
input K[r,h,e]: real
input p[t]: real
input tok[t]: int
input on[t]: bool
input A[d,d']: real
input neg[f]: real
"""
SHAPE = {"x": "td", "y": "td", "q": "the", "k": "the", "v": "the", "W": "fd", "c": "d", "z": "f", "sink": "h", "K": "rhe", "p": "t", "A": "dd", "neg": "f", "tok": "t", "on": "t"}
SIZE = {"h": 2, "e": 4, "d": 8, "f": 6, "r": 5}
S = "s[h,t,t'] = sum[e] q[t,h,e] * k[t',h,e] / 2\n"
M = "m[h,t] = max[t'] s[h,t,t']\n"


def o(body, axes="t,h,e"):
    return f"output o[{axes}] = {body}\n"


def on(body):
    return o(body, "t")


GROUPS = {
    "sums and products": [
        o("x[t,d] + y[t,d] - c[d] * x[t,d]", "t,d"), o("-(c[d] * x[t,d]) + (y[t,d] + x[t,d])", "t,d"), o("y[t,d] - (x[t,d] * c[d] - x[t,d])", "t,d"),
        "a[t,d] = c[d] * x[t,d]\nb[t,d] = x[t,d] + y[t,d]\n" + o("b[t,d] - a[t,d]", "t,d"), "apart:", o("x[t,d] * (1 - c[d]) + y[t,d]", "t,d")],
    "quotients": [
        o("x[t,d] / (1 + y[t,d] * y[t,d]) / 4", "t,d"), o("0.25 * x[t,d] * (1 / (1 + y[t,d] ^ 2))", "t,d"), o("x[t,d] / (4 * (y[t,d] ^ 2 + 1))", "t,d")],
    "squares of differences": [
        o("sum[d] (x[t,d] - y[t,d]) ^ 2", "t"), o("sum[d] (y[t,d] - x[t,d]) * (y[t,d] - x[t,d])", "t"), o("sum[d] square(-y[t,d] + x[t,d])", "t")],
    "distances": [
        o("sum[t'] p[t'] * exp(-abs(t - t'))", "t"), o("sum[t'] exp(0 - abs(t' - t)) * p[t']", "t"), o("sum[t'] p[t'] / exp(abs(t' - t))", "t")],
    "exps": [
        o("exp(p[t]) * exp(-p[t] / 2)", "t"), o("2 ^ (p[t] / log(4))", "t"), o("exp(p[t]) / exp(p[t] / 2)", "t"), o("exp(p[t] - 0.5 * p[t])", "t")],
    "a softmax": [
        S + "a[h,t,t'] = softmax[t'] s[h,t,t']\n" + o("sum[t'] a[h,t,t'] * v[t',h,e]"),
        S + M + o("sum[t'] exp(s[h,t,t'] - m[h,t]) / (sum[t''] exp(s[h,t,t''] - m[h,t])) * v[t',h,e]"),
        S + o("(sum[t'] exp(s[h,t,t']) * v[t',h,e]) / (sum[t'] exp(s[h,t,t']))"),
        S + M + o("(sum[t'] exp(s[h,t,t'] - m[h,t]) * v[t',h,e]) / sum[t'] exp(s[h,t,t'] - m[h,t])"),
        S + M + o("(sum[t'] v[t',h,e] * exp(s[h,t,t']) / exp(m[h,t])) / (sum[t'] exp(s[h,t,t']) / exp(m[h,t]))"),
        S + "l[h,t] = log(sum[t'] exp(s[h,t,t']))\n" + o("sum[t'] exp(s[h,t,t'] - l[h,t]) * v[t',h,e]"),
        S + "l[h,t] = logsumexp[t'] s[h,t,t']\n" + o("sum[t'] v[t',h,e] * exp(s[h,t,t'] - l[h,t])"),
        S + M + "l[h,t] = m[h,t] + log(sum[t'] exp(s[h,t,t'] - m[h,t]))\n" + o("sum[t'] v[t',h,e] / exp(l[h,t] - s[h,t,t'])"),
        S + "n[h,t] = 1 / (sum[t'] exp(s[h,t,t']))\n" + o("sum[t'] n[h,t] * exp(s[h,t,t']) * v[t',h,e]"),
        S + o("(sum[t'] exp(s[h,t,t'] + x[t,0]) * v[t',h,e]) / (sum[t'] exp(s[h,t,t'] + x[t,0]))"),
        S + "m[h,t] = max[t' where t' <= t] s[h,t,t']\n" + o("(sum[t'] exp(s[h,t,t'] - m[h,t]) * v[t',h,e]) / sum[t'] exp(s[h,t,t'] - m[h,t])"),
        "s[h,t,t'] = sum[e] k[t',h,e] * q[t,h,e]\nm[h,t] = max[t'] s[h,t,t']\nn[h,t] = sum[t'] exp(0.5 * (s[h,t,t'] - m[h,t]))\n"
        + o("sum[t'] exp(0.5 * (s[h,t,t'] - m[h,t])) / n[h,t] * v[t',h,e]"),
        "apart:", S + o("(sum[t' where t' <= t] exp(s[h,t,t']) * v[t',h,e]) / (sum[t'] exp(s[h,t,t']))"),
        S + o("(sum[t'] exp(2 * s[h,t,t']) * v[t',h,e]) / (sum[t'] exp(s[h,t,t']))")],
    "a softmax with a sink": [
        S + o("(sum[t'] exp(s[h,t,t']) * v[t',h,e]) / (exp(sink[h]) + sum[t'] exp(s[h,t,t']))"),
        S + "m[h,t] = max(sink[h], max[t'] s[h,t,t'])\n"
        + o("(sum[t'] exp(s[h,t,t'] - m[h,t]) * v[t',h,e]) / (exp(sink[h] - m[h,t]) + sum[t'] exp(s[h,t,t'] - m[h,t]))")],
    "a softmax plus one": [
        S + o("(sum[t'] exp(s[h,t,t']) * v[t',h,e]) / (1 + sum[t'] exp(s[h,t,t']))"),
        S + M + o("sum[t'] exp(s[h,t,t'] - m[h,t]) / (exp(0 - m[h,t]) + sum[t''] exp(s[h,t,t''] - m[h,t])) * v[t',h,e]")],
    "before oneself": [
        S + o("(sum[t' where t' < t] exp(s[h,t,t']) * v[t',h,e]) / (sum[t' where t' < t] exp(s[h,t,t']))"),
        S + o("(sum[t' where t' + 1 <= t] exp(s[h,t,t'] - 3) * v[t',h,e]) / (sum[t' where t > t'] exp(s[h,t,t'] - 3))"),
        "apart:", S + o("sum[t' where t' < t] exp(s[h,t,t']) * v[t',h,e] / (sum[t'' where t'' < t] exp(s[h,t,t'']))")],
    "a layer norm": [
        o("standardize(x, 0.001)[t,d] * c[d]", "t,d"),
        "m[t] = mean[d] x[t,d]\nu[t] = mean[d] (m[t] - x[t,d]) ^ 2\n" + o("c[d] / sqrt(0.001 + u[t]) * (x[t,d] - m[t])", "t,d"),
        "m[t] = (sum[d] x[t,d]) / len(d)\na[t,d] = x[t,d] - m[t]\n" + o("c[d] * a[t,d] / sqrt((sum[d'] a[t,d'] * a[t,d']) / 8 + 0.001)", "t,d"),
        "apart:", "m[t] = mean[d] x[t,d]\nu[t] = (mean[d] x[t,d] ^ 2) - m[t] ^ 2\n" + o("c[d] / sqrt(0.001 + u[t]) * (x[t,d] - m[t])", "t,d")],
    "gelu": [
        o("gelu(sum[d] W[f,d] * x[t,d] + z[f])", "t,f"), "a[t,f] = z[f] + sum[d] x[t,d] * W[f,d]\n" + o("0.5 * a[t,f] * (1 + erf(a[t,f] / sqrt(2)))", "t,f"),
        "a[t,f] = sum[d] x[t,d] * W[f,d]\n" + o("(erf((a[t,f] + z[f]) * (1 / sqrt(2))) + 1) * (z[f] + a[t,f]) / 2", "t,f")],
    "silu": [
        o("silu(x[t,d])", "t,d"), o("x[t,d] * sigmoid(x[t,d])", "t,d"), o("x[t,d] * (1 / (exp(-x[t,d]) + 1))", "t,d")],
    "a scale before a product or after it": [
        "n[t] = sqrt(0.01 + mean[d] x[t,d] ^ 2)\na[t,d] = x[t,d] / n[t] * c[d]\n" + o("sum[d] W[f,d] * a[t,d]", "t,f"),
        "n[t] = mean[d] x[t,d] ^ 2\n" + o("(sum[d] x[t,d] * c[d] * W[f,d]) / sqrt(n[t] + 0.01)", "t,f")],
    "regrouping": [
        "a[t,h,e] = tanh(q[t,h,e])\n" + o("sum[h,e] W[f,h,e] * a[t,h,e]", "t,f"), "a[t,h,e] = tanh(q[t,h,e])\n" + o("sum[d] W[f,d] * a[t,d]", "t,f"),
        "a[t,d] = tanh(q[t,d])\n" + o("sum[h,e] a[t,h,e] * W[f,h,e]", "t,f")],
    "causal": [
        on("sum[t' where t' <= t] p[t']"), on("sum[t' where not t' > t] p[t']"), on("sum[t' where t' < t + 1] p[t']"), on("sum[t' where 2 * t' <= 2 * t + 1] p[t']")],
    "windows": [
        on("sum[t' where t' <= t and t - t' < 3] p[t']"), on("sum[t' where not (t' > t or t >= t' + 3)] p[t']"), on("sum[t' where t - 2 <= t' <= t] p[t']")],
    "conditions that need no bound index": [
        on("sum[t' where t' <= t and on[t]] p[t']"), on("on[t] ? sum[t' where t' <= t] p[t'] : 0")],
    "a shift": [
        on("pick[t' where t' == t - 1] p[t']"), on("p[t - 1]"), on("sum[t' where t - t' == 1] p[t']"), on("max[t' where t' + 1 == t] p[t']")],
    "the other way round": [
        on("pick[t' where t' == len(t) - 1 - t] p[t']"), on("p[len(t) - t - 1]")],
    "a map read beside itself": [
        "a[t] = exp(p[t])\n" + on("a[t - 1]"), on("t - 1 >= 0 ? exp(p[t - 1]) : 0"), on("t > 0 ? exp(p[t - 1]) : 0"), "apart:", on("exp(p[t - 1])")],
    "ranks": [
        on("count[t' where tok[t'] < tok[t] or tok[t'] == tok[t] and t' < t]"),
        on("(count[t' where tok[t'] < tok[t]]) + count[t' where tok[t'] == tok[t] and t' < t]"),
        on("(count[t' where tok[t'] == tok[t] and t > t']) + count[t' where tok[t] > tok[t']]"),
        "apart:", on("count[t' where tok[t'] <= tok[t] or t' < t]")],
    "a condition counted": [
        on("count[t' where tok[t'] == 1 and t' <= t]"), on("sum[t' where t' <= t] (tok[t'] == 1 ? 1 : 0)"),
        "a[t] = tok[t] == 1\n" + on("count[t' where a[t'] and t' <= t]")],
    "all and any": [
        on("all[t' where t' <= t] (tok[t'] > 0) ? 1 : 0"), on("any[t' where t' <= t and tok[t'] <= 0] ? 0 : 1")],
    "a bias of the asking position leaves a maximum": [
        on("max[t'] (p[t] + p[t'])"), on("(max[t'] p[t']) + p[t]"), "apart:", on("max[t' where t' < t] (p[t] + p[t'])")],
    "a divisor of a domain that may be empty": [
        on("sum[t' where t' < t] p[t'] / x[t,0]"), on("sum[t' where t > t'] p[t'] * (1 / x[t,0])"), "apart:", on("(sum[t' where t' < t] p[t']) / x[t,0]")],
    "variables that only their company tells apart": [
        o("sum[d,d'] A[d,d'] * A[d',d] * c[d]", ""), o("sum[d',d] A[d,d'] * c[d'] * A[d',d]", ""), o("sum[d,d'] c[d'] * (A[d,d'] * A[d',d])", ""),
        "apart:", o("sum[d,d'] A[d,d'] * A[d,d'] * c[d]", "")],
    "a path": [
        o("sum[d,d',d''] A[d,d'] * A[d',d'']", ""), o("sum[d,d',d''] A[d'',d'] * A[d',d]", ""), o("sum[d,d',d''] A[d',d] * A[d,d'']", ""),
        o("sum[d,d',d''] A[d'',d] * A[d',d'']", "")],
    "three of a kind": [
        o("sum[d,d',d''] A[d,d'] * A[d',d''] * A[d'',d] * c[d''] * exp(A[d,d'])", ""),
        o("sum[d,d',d''] A[d'',d] * A[d',d''] * c[d] * A[d,d'] * exp(A[d',d''])", "")],
    "equal to another, from either side": [
        o("sum[t',t'' where t' == t'' and tok[t'] == 1] p[t'] * x[t'',0]", ""), o("sum[t',t'' where t'' == t' and tok[t''] == 1] p[t'] * x[t'',0]", ""),
        o("sum[t' where 1 == tok[t']] p[t'] * x[t',0]", "")],
    "a sum of nothing, of no numbers": [
        o("sum[t,f] log(neg[f])", ""), o("sum[f,t] log(neg[f])", ""), "apart:", o("len(t) * sum[f] log(neg[f])", "")],
    "what is no number stays in a sum of nothing": [
        on("sum[t' where t' < t] p[t'] * sqrt(t - 0.5)"), on("sum[t' where t > t'] sqrt(t - 0.5) * p[t']"), "apart:",
        on("sqrt(t - 0.5) * sum[t' where t' < t] p[t']")],
    "what is infinite as well": [
        on("sum[t' where t' < t] p[t'] * (1 + 1 / t)"), on("sum[t' where t > t'] (1 / t + 1) * p[t']"), "apart:",
        on("(1 + 1 / t) * sum[t' where t' < t] p[t']")],
    "a divisor of another domain": [
        on("sum[t' where t' < t] exp(p[t']) / (sum[t'' where t'' < t - 1] exp(p[t'']))"),
        on("sum[t' where t' < t] exp(p[t']) * (1 / (sum[t'' where t'' + 1 < t] exp(p[t''])))")],
    "the first of pairs": [
        on("pick[t',t'' where t' + t'' == t] (p[t'] - 2 * p[t''])"), on("pick[t',t'' where t'' == t - t'] (p[t'] - 2 * p[t''])"), "apart:",
        on("pick[t'',t' where t' + t'' == t] (p[t'] - 2 * p[t''])")],
    "a whole number on the edge": [
        on("sum[t'] p[t'] * int(log(max(abs(t - t'), 1) * 8 / 8) / log(16) * 8)"), on("sum[t'] int(log(max(abs(t' - t), 1) * 8 / 8) / log(16) * 8) * p[t']")],
    "keys that may be outside": [
        o("sum[e] (q[t,h,e] + K[t - t' + 2,h,e]) ^ 2", "t,t',h"), o("sum[e] (K[t + 2 - t',h,e] + q[t,h,e]) * (q[t,h,e] + K[2 + t - t',h,e])", "t,t',h")],
    "keys by data that may be outside": [
        o("max[t'] sum[e] (q[t,h,e] + K[tok[t'] + tok[t],h,e]) ^ 2", "t,h"), o("max[t'] sum[e] (K[tok[t] + tok[t'],h,e] + q[t,h,e]) ^ 2", "t,h")],
    "no maximum where nothing is divided by the same weights": [
        S + o("(sum[t'] exp(s[h,t,t']) * v[t',h,e]) / (sum[t'] exp(s[h,t,t']) * p[t'])"),
        S + o("(sum[t'] v[t',h,e] * exp(s[h,t,t'])) * (1 / (sum[t'] p[t'] * exp(s[h,t,t'])))")],
    "relative keys": [
        "a[h,t,t'] = sum[e] q[t,h,e] * K[clamp(t - t' + 2, 0, 4),h,e]\n" + o("max[t'] a[h,t,t']", "t,h"),
        "b[h,t,r] = sum[e] q[t,h,e] * K[r,h,e]\n" + o("max[t'] b[h,t,max(0, min(t - t' + 2, 4))]", "t,h")],
}


def dump(text, folder, name=lambda given: given):
    path = os.path.join(folder, "model.sinter")
    with open(path, "w") as file:
        file.write("model m\n" + name(HEAD + text))
    done = subprocess.run([SINTER, "check", path, "--dump=normal"], capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise AssertionError(text + done.stderr)
    return done.stdout


def renamed(text, back=False):
    """With other names for all that the author named, in another order of the alphabet."""
    left = " ".join(re.findall(r"^(?:input |output )?([\w\[,' \]]+)[:=]", HEAD + text, re.M))
    own = sorted(set(re.findall(r"[A-Za-z]\w*", left + " h e d f w r g t")) - {"dim", "ragged", "input", "output"})
    new = {name: f"{chr(122 - i % 26)}name{i}" for i, name in enumerate(own)}
    swap = {v: k for k, v in new.items()} if back else new
    return lambda given: re.sub(r"[A-Za-z]\w*", lambda word: swap.get(word[0], word[0]), given)


def numbers(seed, shape, kind):
    x, out = seed, []
    for _ in range(shape):
        x = (x * 1103515245 + 12345) % 2 ** 31
        out.append(x // 65536 % 4 - 1 if kind == "tok" else x // 65536 % 2 if kind == "on" else (x // 65536 % 4001 - 2000) / 1000)
    return out


def write_inputs(path):
    tensors = {}
    for k, n in enumerate((0, 1, 4, 9)):
        for i, (name, axes) in enumerate(SHAPE.items()):
            shape = [n if a == "t" else SIZE[a] for a in axes]
            count = 1
            for s in shape:
                count *= s
            kind = {"tok": "I64", "on": "BOOL"}.get(name, "F64")
            tensors[f"{k}/{name}"] = (kind, shape, [int(v) if kind != "F64" else v for v in numbers(97 * k + i + 1, count, name)])
    files.CODE["BOOL"] = "B"
    files.write_safetensors(path, tensors)


def values(folder, *options):
    base = os.path.join(folder, "model")
    done = subprocess.run([SINTER if options else REFERENCE, "eval", base + ".sinter", f"--in={base}.in", f"--out={base}.out", *options], capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise AssertionError(done.stderr)
    return files.read_safetensors(base + ".out")


def far(a, b):
    for name in a:
        for x, y in zip(a[name][1], b[name][1]):
            if x != y and (abs(x) == float("inf") or x - x == 0 and not abs(x - y) <= 1e-9 * (1 + abs(x))):
                return f"{name}: {y}, {x} as it is written"
    return None


def main():
    wrong = texts = 0
    with tempfile.TemporaryDirectory() as folder:
        write_inputs(os.path.join(folder, "model.in"))
        for name, group in GROUPS.items():
            first, apart = None, False
            for text in group:
                if text == "apart:":
                    apart = True
                    continue
                texts += 1
                other = renamed(text, back=True)(dump(text, folder, renamed(text)))
                form = dump(text, folder)
                said = far(values(folder), values(folder, "--normal"))
                first = first or form
                said = said or ("" if other == form else "names matter: " + other)
                said = said or ("a maximum" if name.startswith("no maximum") and "max" in form else None)
                if (form != first) != apart or said:
                    wrong += 1
                    print(f"{name}: {said or ('not told apart' if apart else 'other form')}\n{text}{form}first:\n{first}")
    print(f"{len(GROUPS)} groups, {wrong} texts are wrong\ncases: {texts}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())

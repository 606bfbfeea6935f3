"""Reductions over positions, by every kind of condition: what is recognised agrees with the evaluator.

Also: which conditions are recognised, so that their cost is not the square of the length, and which are not."""
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
from safetensors.numpy import load_file, save_file

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import oracle  # noqa: E402

SINTER = oracle.SINTER
HEAD = """ragged t <= 64, u <= 64
dim d = 2
input a[t]: int
input b[t]: int
input r[t]: real
input on[t]: bool
input x[t,d]: real
input c[u]: int
same[t,t'] = a[t'] == a[t] and not b[t'] < b[t]
half[t] = r[t] / 2
nth[t] = count[t' where a[t'] == a[t] and t' < t]
"""
# condition of t' for t, over which the reductions below run
RECOGNISED = [
    "", "where t' <= t", "where t' < t", "where t' >= t", "where t < t'", "where on[t']", "where on[t]", "where t' <= t and on[t'] and on[t]",
    "where a[t'] == a[t]", "where a[t'] < a[t]", "where a[t'] <= a[t]", "where a[t'] > a[t]", "where a[t'] >= 2 * b[t] + 1",
    "where r[t'] == r[t]", "where r[t'] < r[t]", "where r[t'] > r[t]", "where r[t'] >= half[t]", "where a[t'] < r[t]",
    "where a[t'] == a[t] and t' < t", "where a[t'] == b[t] and t' <= t", "where a[t'] == b[t] and on[t']", "where a[t'] == a[t] and on[t]",
    "where a[t'] < a[t] or a[t'] == a[t] and t' < t", "where a[t'] > a[t] or a[t'] == a[t] and t' <= t",
    "where r[t'] > r[t] or r[t'] == r[t] and t' < t",
    # several equalities, of numbers that are small (places, counts) and of any
    "where a[t'] == a[t] and b[t'] == b[t]", "where a[t'] == b[t] and b[t'] == a[t] + 1 and t' < t", "where r[t'] == r[t] and a[t'] == a[t] and on[t']",
    "where a[t'] == a[t] and r[t'] == half[t]", "where nth[t'] == nth[t] + 1 and a[t'] == a[t]", "where nth[t'] == nth[t] - 1 and on[t'] == on[t]",
    "where a[t'] == a[t] and b[t'] == b[t] and r[t'] == r[t] and on[t'] == on[t]", "where a[t'] * 1000000007 == b[t] * 1000000007 and nth[t'] == a[t]",
    "where nth[t'] == t", "where nth[t'] - 3 == nth[t]", "where nth[t'] + t' == a[t] + 3 and on[t']", "where a[t'] mod 3 == a[t]", # in a table
    "where a[t'] == a[t] and b[t'] == b[t] and a[t'] == a[t]", "where a[t'] == r[t] and r[t'] == a[t] and t' <= t",
]
COUNTED = [  # recognised where an element may be seen twice, or what was seen twice can be taken away
    "where a[t'] != a[t]", "where a[t'] == a[t] or t' <= t", "where not (a[t'] == a[t] and t' <= t)", "where a[t'] == a[t] or on[t']",
    "where a[t'] < a[t] or a[t'] > a[t]",
]
SHORT = ["where t' == t - 1", "where t - 2 <= t' <= t"]  # plain loops of a few turns
PLAIN = [  # two orders at once; a comparison with both positions on one side
    "where a[t'] < a[t] and b[t'] < b[t]", "where a[t'] == a[t] and b[t'] < b[t]", "where a[t'] + b[t] == 3 * a[t] * b[t']", "where same[t,t']",
]
REDUCTIONS = {
    "count": "count[t' {}]", "whole": "sum[t' {}] b[t']", "real": "sum[t' {}] r[t']", "most": "(max[t' {}] b[t']) ?? -9", "least": "(min[t' {}] r[t']) ?? 100",
    "any": "any[t' {}]", "all": "all[t' {}] on[t']", "first": "(pick[t' {}] b[t']) ?? -7", "mean": "mean[t' {}] r[t']",
}
EXTRA = """
output wide[t,d] = sum[t' where t' <= t] x[t',d] * (d + 1)
output at[u] = (pick[t where nth[t] == c[u] + 1] t) ?? -1
output by_place[t] = count[u where u == nth[t] * a[t]]
output pairs[u] = count[t where a[t] == c[u] and b[t] == c[u] - 1]
output other[t] = count[u where c[u] < a[t]]
output across[u] = sum[t where a[t] == c[u]] b[t]
output total[t] = sum[t'] b[t']
output inner[t] = max[t' where a[t'] < a[t]] max[d] x[t',d] * exp(0.1 * d)
output place[t] = rank[t] r[t]
output negative[t] = rank[t] -(r[t] + 1.25)
output above[t] = count[t' where -r[t'] > -r[t] / 2]
output top[t] = pick[t' where (rank[t'] r[t']) == t] t'
"""


def sequences(rng):
    for n, m in ((0, 0), (1, 1), (2, 5), (3, 0), (17, 9), (64, 64), (50, 3)):
        r = rng.integers(-4, 5, n) / 2.0
        r[rng.random(n) < 0.1] = np.nan
        r[rng.random(n) < 0.1] = -0.0
        yield {"a": rng.integers(-2, 4, n), "b": rng.integers(-3, 4, n), "r": r.astype(np.float32), "on": rng.random(n) < 0.5,
               "x": rng.integers(-3, 4, (n, 2)).astype(np.float32), "c": rng.integers(-2, 4, m)}


def run(*command):
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"FAILED  {' '.join(map(str, command))}\n{done.stderr.decode()[-2000:]}")


PAIRS = re.compile(r"\n( *)for \(int32_t t = [^\n]*(?:\n\1 [^\n]*)*?\n\1 +for \(int32_t t2 = 0; t2 < (?:n|length)\w*;")


def is_square(folder, body, options=()):
    """The reduction alone runs over all pairs of positions."""
    model = folder / "one.sinter"
    model.write_text(HEAD + f"output y[t] = {body}\n")
    run(SINTER, "emit", model, "-d", folder / "one", *options)
    return bool(PAIRS.search((folder / "one/one.c").read_text()))


def main():
    checks = failed = 0
    conditions = RECOGNISED + COUNTED + SHORT + PLAIN
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        inputs = {f"{k}/{name}": value for k, s in enumerate(sequences(np.random.default_rng(5))) for name, value in s.items()}
        save_file(inputs, folder / "in.safetensors")
        for number in range(0, len(conditions), 12):
            some = conditions[number:number + 12]
            text = HEAD + EXTRA
            for k, condition in enumerate(some):
                text += "".join(f"output {name}{k}[t] = {body.format(condition)}\n" for name, body in REDUCTIONS.items())
            model = folder / f"m{number}.sinter"
            model.write_text(text)
            run(SINTER, "eval", model, "--in", folder / "in.safetensors", "--out", folder / "eval.safetensors")
            wanted = load_file(folder / "eval.safetensors")
            program, _ = oracle.compile_c(model, folder, folder / "c")
            run(program, "--in", folder / "in.safetensors", "--out", folder / "c.safetensors")
            got = load_file(folder / "c.safetensors")
            for key, value in wanted.items():
                checks += 1
                if not np.allclose(got[key].astype(float), value.astype(float), rtol=1e-5, atol=1e-5, equal_nan=True):
                    failed += 1
                    k = int(re.sub(r"\D", "", key.split("/")[1]) or -1)
                    print(f"FAILED  {key}: {some[k] if k >= 0 else ''}\n  {got[key]}\n  {value}")
        for condition in conditions:
            for name in ("count", "most", "first"):
                body = REDUCTIONS[name].format(condition)
                checks += 1
                if is_square(folder, body) != (condition in PLAIN):
                    failed += 1
                    print(f"FAILED  {body}: {'recognised' if condition in PLAIN else 'not recognised'}")
        checks += 1
        if not is_square(folder, "count[t' where a[t'] == a[t]]", ["--no-recognise"]):
            failed += 1
            print("FAILED  --no-recognise: not a plain loop")
    print(f"{checks - failed} passed, {failed} failed\ncases: {checks}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

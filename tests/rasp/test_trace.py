"""`sinter run --trace`: every step of a value, in order, with what it is on the input."""
import json
import os
import subprocess
import tempfile
import unittest

from test_observed import CASES, same

SINTER = os.environ["SINTER"]

PROGRAM = """opens = indicator(tokens == "(");
so_far = select(indices, indices, <=);

share = aggregate(so_far, opens);
one = 1;
unused = tokens + "x";
balance = share * 2 - one;
"""


def trace(folder, source, *words, typed=None, name="x.rasp"):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
    return subprocess.run([SINTER, "run", path, "--trace", *words], capture_output=True, text=True, input=typed or "", timeout=60)


class Trace(unittest.TestCase):
    maxDiff = None

    def run(self, result=None):
        with tempfile.TemporaryDirectory() as self.folder:
            return super().run(result)

    def test_json(self):
        done = trace(self.folder, PROGRAM, "--json", "()(")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        steps = json.loads(done.stdout)
        self.assertEqual(["name", "line", "kind", "value", "layer"], list(steps[0]))
        found = [(s["name"], s["line"], s["kind"], s["layer"]) for s in steps]
        self.assertEqual([("tokens", 1, "s-op", 0), ("indices", None, "s-op", 0), ('tokens == "("', 1, "s-op", 0), ("opens", 1, "s-op", 0),
                          ("so_far", 2, "selector", 1), ("share", 4, "s-op", 1), ("share * 2", 7, "s-op", 1), ("balance", 7, "s-op", 1)], found)
        value = {s["name"]: s["value"] for s in steps}
        self.assertEqual(["(", ")", "("], value["tokens"])
        self.assertEqual([[1, 0, 0], [1, 1, 0], [1, 1, 1]], value["so_far"])
        self.assertEqual([1, 0.5, 2 / 3], value["share"])
        self.assertEqual([True, False, True], value['tokens == "("'])

    def test_table(self):
        done = trace(self.folder, "same = select(tokens, tokens, ==);\nfound = aggregate(same, indices);\n", "ab")
        self.assertEqual("line  layer  step     value\n"
                         "   1      0  tokens   [a, b] (strings)\n"
                         "          0  indices  [0, 1] (ints)\n"
                         "   1      1  same         a b\n"
                         "                      a | 1  \n"
                         "                      b |   1\n"
                         "   2      1  found    [0, 1] (ints)\n", done.stdout)

    def test_lines_of_input(self):
        done = trace(self.folder, PROGRAM, "--json", typed="((\n)\n")
        self.assertEqual([2, 1], [len(json.loads(line)[0]["value"]) for line in done.stdout.splitlines()])
        done = trace(self.folder, PROGRAM, "--only", "unused", "--json", '["a", "b"]')
        self.assertEqual(["tokens", "unused"], [s["name"] for s in json.loads(done.stdout)])

    def test_as_written(self):
        """Recognition changes what is computed, not what is traced."""
        for word in ("hello", "a"):
            source = "hist = selector_width(select(tokens, tokens, ==));\nlast = tokens[-1];\nall = [hist, last, \"l\" in tokens];\n"
            plain, simple = trace(self.folder, source, "--json", "--no-recognise", word), trace(self.folder, source, "--json", word)
            self.assertEqual((0, plain.stdout), (simple.returncode, simple.stdout))
            self.assertIn("share", [s["name"] for s in json.loads(simple.stdout)])

    def test_files(self):
        with open(os.path.join(self.folder, "other.rasp"), "w", encoding="utf-8") as file:
            file.write("\ntwice = indices * 2;\n")
        done = trace(self.folder, 'load "other";\nx = twice + 1;\n', "--json", "ab")
        lines = {s["name"]: (s["line"], os.path.basename(s.get("file", ""))) for s in json.loads(done.stdout)}
        self.assertEqual({"indices": (None, ""), "twice": (2, "other.rasp"), "x": (2, "")}, {n: lines[n] for n in ("indices", "twice", "x")})

    def test_errors(self):
        for source, word, want in (("x = 1;\n", "a", "the value is an int, which does not depend on the input: there are no steps to show"),
                                   ("x = 1 / (indices - 1);\n", "ab", "x.rasp:1:7: error: division by zero, at position 1"),
                                   ("x = indices + 1;\n", "", "the input is empty")):
            done = trace(self.folder, source, "--", word)
            self.assertEqual((1, ""), (done.returncode, done.stdout), source)
            self.assertIn(want, done.stderr)

    def test_growth(self):
        """Formulas of what has no name are cut, not written out."""
        source = "def f(x, n) { return x if n == 0 else f(x + x, n - 1); }\ny = f(indices, 40);\n"
        done = trace(self.folder, source, "--json", "a")
        self.assertEqual(0, done.returncode)
        self.assertLess(max(len(s["name"]) for s in json.loads(done.stdout)), 210)

    def test_observed(self):
        """The last step is the result, for every program of the original that gives an s-op."""
        with open(CASES, encoding="utf-8") as file:
            cases = {c["name"]: c for c in json.load(file) if c["kind"] == "s-op" and c["input"]}
        for case in cases.values():
            word = case["input"] if isinstance(case["input"], str) else json.dumps(case["input"])
            done = trace(self.folder, case["rasp_source"], "--json", "--only", case["result_name"], "--", word)
            self.assertEqual((0, ""), (done.returncode, done.stderr), case["name"])
            values = [s["value"] for s in json.loads(done.stdout) if s["kind"] == "s-op"]
            self.assertTrue(any(same(case["expected"], v) for v in values), case["name"])
        self.assertGreater(len(cases), 50)


if __name__ == "__main__":
    unittest.main()

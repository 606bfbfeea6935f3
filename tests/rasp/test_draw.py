"""Drawings: the schedule of the original or a better one, values of the original, pages that are well-formed whatever the tokens are."""
import html.parser
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import unittest
import xml.etree.ElementTree

import programs
from test_observed import CASES, same

SINTER, ROOT = os.environ["SINTER"], os.environ["SINTER_SOURCE"]
RANDOM = int(os.environ.get("SINTER_RASP_DRAWINGS", 60))
SVG = "{http://www.w3.org/2000/svg}"

HOSTILE = ["<script>alert(1)</script>", "</style>", "</svg>", "]]>", "<!--", "&amp;", "\"quoted\" 'too'", "", " ", "\t\n", "\x01\x7f", "\u202e\u200f", "\ufffe",
           "日本語", "é\u0301", "🎉", "\\N", "{|}", "<b>"]


def sinter(*words, **more):
    return subprocess.run([SINTER, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, **more)


class Elements(html.parser.HTMLParser):
    """Every element is closed where it has to be; what is in it, and where its text is."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.texts = [], [], []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.seen.append((tag, dict(attributes)))

    def handle_startendtag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open)
        self.open.pop()

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else None, data))


class Draw(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        with open(CASES, encoding="utf-8") as file:
            cls.cases = json.load(file)

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def program(self, source, name="x.rasp"):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)
        return path

    def draw(self, source, ending, *options, tokens=None):
        out = os.path.join(self.folder, "flow" + ending)
        words = [] if tokens is None else ["--input", tokens if isinstance(tokens, str) else json.dumps(tokens)]
        done = sinter("draw", self.program(source), "--json", *words, "-o", out, *options)
        self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr), source)
        with open(out, "rb") as file:
            return file.read()

    def test_schedules(self):
        """No more layers, and in none of them more heads, than the original; the values are what it gives."""
        seen, better = {}, 0
        for case in self.cases:
            want = case.get("original_schedule")
            if not want or not case["input"] or case["name"] in seen:
                continue
            flow = json.loads(self.draw(case["rasp_source"], ".json", "--only", case["result_name"], tokens=case["input"]))
            heads = flow["heads_per_layer"]
            self.assertEqual(max(heads.values(), default=0), flow["max_heads"])
            seen[case["name"]] = heads
            self.assertEqual(want["layers"], flow["layers"], case["name"])
            for layer, n in heads.items():
                self.assertLessEqual(n, want["heads_per_layer"][layer], case["name"])
                better += n < want["heads_per_layer"][layer]
                grids = [h["grid"] for h in flow["heads"] if h["layer"] == int(layer)]
                self.assertEqual([len(case["input"])] * n, [len(g) for g in grids], case["name"])
            result = [s for s in flow["steps"] if s.get("result")]
            self.assertEqual(1, len(result), case["name"])
            self.assertTrue(same(case["expected"], result[0]["value"]), case["name"])
        self.assertGreater(len(seen), 50)
        self.assertGreater(better, 1) # a head that waited for another one

    def test_recognised_or_not(self):
        """A drawing shows the program as it is written: what is recognised changes nothing of it."""
        for path in ("histogram", "sort", "dyck2"):
            with open(os.path.join(ROOT, "examples", "rasp", path + ".rasp"), encoding="utf-8") as file:
                source = file.read() + 'any = "(" in tokens;\nlast = tokens[-1];\nboth = [any, last, out];\n'
            flow = json.loads(self.draw(source, ".json", tokens="(())"))
            self.assertNotIn("selector_width", json.dumps(flow["steps"]))
            self.assertEqual(len(flow["heads"]), sum(flow["heads_per_layer"].values()))

    def test_heads_of_one_selector(self):
        source = "a = aggregate(select(indices, indices, <=), indices);\nb = aggregate(select(indices, indices, <=), indices * 2);\nc = a + b;\n"
        flow = json.loads(self.draw(source, ".json", tokens="abc"))
        self.assertEqual([["a", "b"]], [h["gives"] for h in flow["heads"]])
        source = "s = select(indices, indices, <=);\na = aggregate(s, indices);\nb = aggregate(s, a);\nc = aggregate(s, tokens_int);\nd = b + c;\n"
        flow = json.loads(self.draw(source, ".json", tokens="123"))
        self.assertEqual([["a", "c"], ["b"]], [h["gives"] for h in flow["heads"]])
        # Waiting must not make others wait: c is read in the second layer.
        flow = json.loads(self.draw(source.replace("d = b + c", "d = b + aggregate(select(c, 0, ==), c)"), ".json", tokens="123"))
        self.assertEqual([["a", "c"], ["b"], ["agg(c)"]], [h["gives"] for h in flow["heads"]])

    def test_forms(self):
        source = "same = select(tokens, tokens, ==);\nhist = selector_width(same);\n"
        page = self.draw(source, ".html", tokens="hello").decode()
        elements = Elements(page)
        root = xml.etree.ElementTree.fromstring(page)
        for svg in (next(root.iter(SVG + "svg")), xml.etree.ElementTree.fromstring(self.draw(source, ".svg", tokens="hello"))):
            heads = [g for g in svg.iter(SVG + "g") if g.get("class") == "card head"]
            self.assertEqual(2, len(heads))
            texts = ["".join(t.itertext()) for t in svg.iter(SVG + "text")]
            for want in ("head 1.1", "head 1.2", "share", "and_first", "hist", "feed-forward", "Layer 1", "default", "queries", "keys"):
                self.assertIn(want, texts)
        self.assertEqual(1, sum(tag == "script" for tag, _ in elements.seen))
        for _, attributes in elements.seen: # nothing is fetched
            self.assertFalse({"src", "href", "action"} & attributes.keys())
        dot = self.draw(source, ".dot", tokens="hello").decode()
        self.assertIn("subgraph cluster_", dot)

    def test_pdf(self):
        if not shutil.which("dot"):
            print("skipped: graphviz is not here")
            return
        source = "s = select(tokens, tokens, ==);\nboth = [selector_width(s), s, sort(tokens, tokens)];\n"
        for tokens in ("hello", "a", HOSTILE):
            self.assertEqual(b"%PDF", self.draw(source, ".pdf", tokens=tokens)[:4])

    def test_the_same_again(self):
        source = "a = selector_width(select(tokens, tokens, ==) and select(indices, indices, <));\n"
        for ending in (".html", ".svg", ".dot", ".json"):
            self.assertEqual(self.draw(source, ending, tokens="abcab"), self.draw(source, ending, tokens="abcab"))

    def test_hostile_tokens(self):
        source = 'x = "</script>";\ny = tokens + x; # <&>\nz = sort(y, y);\n'
        page = self.draw(source, ".html", tokens=HOSTILE).decode()
        elements = Elements(page)
        root = xml.etree.ElementTree.fromstring(page)
        self.assertEqual(1, sum(tag == "script" for tag, _ in elements.seen))
        self.assertNotIn("alert", "".join(data for tag, data in elements.texts if tag == "script"))
        texts = {"".join(t.itertext()) for t in root.iter(SVG + "title")} | {"".join(t.itertext()) for t in root.iter("{http://www.w3.org/1999/xhtml}code")}
        self.assertIn("<script>alert(1)</script>", texts)
        xml.etree.ElementTree.fromstring(self.draw(source, ".svg", tokens=HOSTILE))
        self.assertEqual([t for t in HOSTILE], json.loads(self.draw(source, ".json", tokens=HOSTILE))["input"])

    def test_nothing_overlaps(self):
        """Cards stand apart, lines run between them, texts stay in their cards, also with many tokens and long ones."""
        for name, tokens in (("dyck2", "([{}])" * 4), ("induction", "abcdeabcdefabcdabcde"), ("sort", ["long " * 9, "x", "word" * 5] * 4), ("addition", "12+34")):
            path = os.path.join(ROOT, "examples", "rasp", name + ".rasp")
            out = os.path.join(self.folder, name + ".svg")
            done = sinter("draw", path, "--json", "--input", tokens if isinstance(tokens, str) else json.dumps(tokens), "-o", out)
            self.assertEqual((0, ""), (done.returncode, done.stderr), name)
            self.check_layout(name, xml.etree.ElementTree.parse(out).getroot())

    def test_random(self):
        """Programs at random: what runs is drawn and traced with the same values, what does not is not."""
        drawn = 0
        for seed in range(RANDOM):
            text, word = programs.make(seed)
            path, out = self.program(text), os.path.join(self.folder, "flow.svg")
            done = sinter("run", path, "--only", "result", "--json", "--", word)
            drawing = sinter("draw", path, "--only", "result", "--input=" + word, "-o", out)
            if "there are no steps to show" in drawing.stderr: # a constant
                continue
            self.assertEqual(done.returncode, drawing.returncode, "seed %d: %s" % (seed, drawing.stderr))
            self.assertEqual(done.returncode == 0, os.path.exists(out), seed)
            if done.returncode == 0:
                self.check_layout(seed, xml.etree.ElementTree.parse(out).getroot())
                os.unlink(out)
                flow = json.loads(self.draw(text, ".json", "--only", "result", tokens=word))
                values = [s["value"] for s in flow["steps"] if "result" in s] + [h["grid"] for h in flow["heads"]]
                steps = json.loads(sinter("run", path, "--only", "result", "--json", "--trace", "--", word).stdout)
                self.assertIn(json.loads(done.stdout), values, seed)
                self.assertTrue({s["name"] for s in flow["steps"]} >= {s["name"] for s in steps if re.fullmatch("x[0-9]", s["name"]) and s["kind"] == "s-op"}, seed)
                drawn += 1
        self.assertGreater(drawn, RANDOM // 2)

    def check_layout(self, name, svg):
        cards = []
        for g in svg.iter(SVG + "g"):
            if g.get("class", "").startswith("card "):
                cards.append(self.check_card(name, g))
        for i, a in enumerate(cards):
            for b in cards[:i]:
                self.assertTrue(a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1], (name, a, b))
        for line in svg.find(SVG + "g[@class='lines']"):
            for x, y in points(line.get("d")):
                self.assertFalse(any(a[0] < x < a[2] and a[1] < y < a[3] for a in cards), (name, line.get("d")))

    def check_card(self, name, g):
        x, y = map(int, g.get("transform")[10:-1].split(","))
        body = g.find(SVG + "rect")
        w, h = int(body.get("width")), int(body.get("height"))
        boxes = []
        for t in g.iter(SVG + "text"):
            size = {"formula": 11, "axis": 10, "caption": 10}.get(t.get("class"), 12)
            wide = len(t.text or "") * size * 0.602
            left = float(t.get("x")) - (wide / 2 if t.get("class").split()[0] in ("token", "value", "caption") else 0)
            base = float(t.get("y"))
            self.assertTrue(left >= 0 and left + wide <= w and 0 < base <= h, (name, t.text, left, wide, w))
            boxes.append((left, base - size * 0.7, left + wide, base, t.text))
        for i, a in enumerate(boxes): # no text on another one
            for b in boxes[:i]:
                self.assertTrue(a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (name, a, b))
        return x, y, x + w, y + h

    def test_wrong(self):
        source = "a = indices + 1;\n"
        path = self.program(source)
        for options, want in ((["-o", "flow.png"], "flow.png: error: a drawing has one of the endings .html .svg .dot .pdf .json"),
                              (["-o", "flow.htm"], "did you mean '.html'?"),
                              (["-o", "flow"], "flow: error: a drawing has one of the endings"),
                              ([], "error: 'sinter draw' needs the name of a file: -o FILE.html"),
                              (["-o", "nowhere/flow.html"], "nowhere/flow.html: error: cannot be written: No such file or directory"),
                              (["-o", "flow.html", "--input", "a" * 129], "an input of 129 tokens is too long to be drawn: 128 are the most"),
                              (["-o", "flow.html", "--input", "x", "--only", "b"], "'b' is not defined"),
                              (["-o", "flow.html", "extra"], "one model at a time: ")):
            done = sinter("draw", path, *options, cwd=self.folder)
            self.assertEqual(1, done.returncode, options)
            self.assertIn(want, done.stderr)
            self.assertEqual(["x.rasp"], os.listdir(self.folder))
        done = sinter("draw", os.path.join(ROOT, "examples", "hf", "gpt2.sinter"), "-o", "flow.html", cwd=self.folder)
        self.assertEqual(1, done.returncode)
        self.assertIn("gpt2.sinter: error: 'sinter draw' takes a .rasp file", done.stderr)
        done = sinter("draw", path, "-o", "flow.html", "--input=", cwd=self.folder)
        self.assertIn("'--input' needs a value: TEXT", done.stderr)
        done = sinter("draw", path, "--json", "-o", "flow.html", "--input=[]", cwd=self.folder)
        self.assertIn("x.rasp: error: the input is empty", done.stderr)

    def test_nothing_to_draw(self):
        for source, want in (("a = 1;\n", "the value is an int, which does not depend on the input: there are no steps to show"),
                             ("a = 1 / (indices - 1);\n", "x.rasp:1:7: error: division by zero, at position 1")):
            self.program(source)
            done = sinter("draw", "x.rasp", "-o", "flow.html", "--input", "ab", cwd=self.folder)
            self.assertEqual(1, done.returncode)
            self.assertIn(want, done.stderr)
            self.assertEqual(["x.rasp"], os.listdir(self.folder))

    def test_no_half_file(self):
        path = self.program("a = indices + 1;\n")
        out = os.path.join(self.folder, "flow.html")
        with open(out, "w", encoding="utf-8") as file:
            file.write("before")
        done = subprocess.run(["sh", "-c", 'ulimit -f 4; exec "$0" draw "$1" -o "$2"', SINTER, path, out], capture_output=True, text=True, timeout=60)
        self.assertEqual(1, done.returncode, done.stderr)
        self.assertIn("flow.html: error: cannot be written: ", done.stderr)
        with open(out, encoding="utf-8") as file:
            self.assertEqual("before", file.read())
        self.assertEqual(["flow.html", "x.rasp"], sorted(os.listdir(self.folder)))

    def test_without_graphviz(self):
        path = self.program("a = indices + 1;\n")
        done = sinter("draw", path, "-o", "flow.pdf", cwd=self.folder, env={**os.environ, "PATH": self.folder})
        self.assertEqual((1, "sinter: error: a drawing as PDF is made by graphviz: its program 'dot' cannot be run\n"
                             "  hint: the endings .html and .svg need no other program\n"), (done.returncode, done.stderr))
        self.assertEqual(["x.rasp"], os.listdir(self.folder))
        with open(os.path.join(self.folder, "dot"), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexit 3\n")
        os.chmod(os.path.join(self.folder, "dot"), 0o755)
        done = sinter("draw", path, "-o", "flow.pdf", cwd=self.folder, env={**os.environ, "PATH": self.folder + ":/bin"})
        self.assertEqual((1, "sinter: error: graphviz could not lay the drawing out: 'dot' failed\n"), (done.returncode, done.stderr))
        self.assertEqual(["dot", "x.rasp"], sorted(os.listdir(self.folder)))

    def test_statement(self):
        """draw(..) writes comp_flows/NAME.html, and the answer is what it would be without."""
        self.program('hist = selector_width(select(tokens, tokens, ==));\ndraw(hist, "aab");\ndraw(hist + 1);\ndraw(hist);\nhist;\n')
        done = sinter("run", "x.rasp", "hello", cwd=self.folder)
        self.assertEqual((0, "[1, 1, 2, 2, 1] (ints)\n", ""), (done.returncode, done.stdout, done.stderr))
        drawn = os.path.join(self.folder, "comp_flows")
        self.assertEqual(["hist.html", "hist_2.html", "out.html"], sorted(os.listdir(drawn)))
        for name in os.listdir(drawn):
            xml.etree.ElementTree.parse(os.path.join(drawn, name))
        shutil.rmtree(drawn)
        sinter("check", "x.rasp", cwd=self.folder)
        self.assertFalse(os.path.exists(drawn))
        typed = 'a = indices + 1;\ndraw(a);\ndraw(a, "xy");\ndraw(1);\nexit\n'
        done = subprocess.run([SINTER, "repl"], input=typed, capture_output=True, text=True, timeout=60, cwd=self.folder)
        self.assertEqual(["     drawn: comp_flows/a.html", "     drawn: comp_flows/a_2.html"], [l for l in done.stdout.splitlines() if "drawn:" in l])
        self.assertIn("'draw' takes an s-op, not an int", done.stdout)
        self.assertEqual(["a.html", "a_2.html"], sorted(os.listdir(drawn)))

    def test_too_many_statements(self):
        self.program("for i in range(200000) { draw(indices + i); }\nindices;\n")
        began = time.time()
        done = sinter("run", "x.rasp", "a", cwd=self.folder)
        self.assertEqual((1, "", ["x.rasp"]), (done.returncode, done.stdout, os.listdir(self.folder)))
        self.assertIn("x.rasp:1:26: error: more than 100 drawings\n", done.stderr)
        self.assertLess(time.time() - began, 5)

    def test_statement_where_nothing_can_be_written(self):
        self.program("draw(indices + 1);\n")
        with open(os.path.join(self.folder, "comp_flows"), "w", encoding="utf-8"):
            pass
        done = sinter("run", "x.rasp", "a", cwd=self.folder)
        self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertIn("comp_flows/out.html: error: cannot be written: Not a directory", done.stderr)


def points(path):
    """Of a line: the corners that are drawn, and the middles between them."""
    numbers, at = [float(n) for n in path.replace("M", " ").replace("L", " ").replace("Q", " ").split()], []
    for i in range(0, len(numbers), 2):
        at.append((numbers[i], numbers[i + 1]))
    return at + [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(at, at[1:])]


if __name__ == "__main__":
    unittest.main()

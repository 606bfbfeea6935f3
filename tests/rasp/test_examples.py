"""What docs/rasp.md and examples/rasp/*.rasp say comes out, comes out: of `sinter run`, and of the C."""
import glob
import json
import os
import re
import shlex
import struct
import subprocess
import tempfile
import unittest

SINTER, ROOT = os.environ["SINTER"], os.environ["SINTER_SOURCE"]
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-O0"]


def examples():
    for path in sorted(glob.glob(os.path.join(ROOT, "examples", "rasp", "*.rasp"))):
        with open(path, encoding="utf-8") as file:
            yield path, re.findall(r"^#     (\S+) +->  (.*)$", file.read(), re.M)


def sources(folder):
    return sorted(glob.glob(os.path.join(folder, "*.c")))


class Examples(unittest.TestCase):
    maxDiff = None

    def test_run(self):
        for path, cases in examples():
            self.assertTrue(cases, path)
            done = subprocess.run([SINTER, "run", path, "--"] + [word for word, _ in cases], capture_output=True, text=True, timeout=60)
            self.assertEqual(([want for _, want in cases], ""), (done.stdout.splitlines(), done.stderr), path)

    def test_c(self):
        with tempfile.TemporaryDirectory() as folder:
            for path, cases in examples():
                out = os.path.join(folder, os.path.basename(path)[:-5])
                subprocess.run([SINTER, "emit", path, "-d", out], check=True, timeout=60)
                subprocess.run([os.environ.get("CC", "cc"), *STRICT, "-o", out + ".exe", *sources(out), "-lm"], check=True, timeout=60)
                done = subprocess.run([out + ".exe"], input="".join(word + "\n" for word, _ in cases), capture_output=True, text=True, timeout=60)
                self.assertEqual(([want for _, want in cases], ""), (done.stdout.splitlines(), done.stderr), path)

    def test_tokens_of_every_type(self):
        """The binary makes a string of each, and writes it as it is, to the bounds of an int."""
        cases = [("[7, -9223372036854775808, 9223372036854775807, 0, -10]",
                  '[["7", "-9223372036854775808", "9223372036854775807", "0", "-10"], [7, -9223372036854775808, 9223372036854775807, 0, -10]]'),
                 ("[1.5, true, false]", '[["1.5", "True", "False"], [1.5, true, false]]')]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "p.rasp")
            with open(path, "w", encoding="utf-8") as file:
                file.write("x = [tokens, tokens_asis];\n")
            subprocess.run([SINTER, "build", path, "-o", path[:-5]], check=True, timeout=60)
            done = subprocess.run([path[:-5], "--json", "--input-format=json"] + [given for given, _ in cases], capture_output=True, text=True, timeout=60)
        self.assertEqual(([want for _, want in cases], ""), (done.stdout.splitlines(), done.stderr))

    def test_strings_of_a_run(self):
        """The binary makes strings as `run` does, up to 1 MiB each; beyond that the line is an error at its place, and answers before it stand."""
        program = ('x = tokens + "x";\ny = tokens * indices;\nz = tokens[9];\nw = tokens * ((indices + 1) * 262144);\n'
                   'v = tokens[1] + tokens[0] * 3;\nall = [x, y, z, v];\n')
        want = ('[["hx", "éx", "ax"], ["", "é", "aa"], [0, 0, 0], ["éhhh", "éhhh", "éhhh"]]\n')
        with tempfile.TemporaryDirectory() as folder:
            path, long = os.path.join(folder, "p.rasp"), os.path.join(folder, "long")
            with open(path, "w", encoding="utf-8") as file:
                file.write(program)
            subprocess.run([SINTER, "build", path, "-o", path[:-5]], check=True, timeout=60)
            subprocess.run([SINTER, "build", path, "--only", "w", "-o", long], check=True, timeout=60)
            for command in ([SINTER, "run", path, "--json", "--"], [path[:-5], "--json"]):
                done = subprocess.run(command + ["héa"], capture_output=True, text=True, timeout=60)
                self.assertEqual((want, ""), (done.stdout, done.stderr))
            done = subprocess.run([long, "--json"], input="ab\nabcd\nabcde\nb\n", capture_output=True, text=True, timeout=60)
            self.assertEqual((1, "p: error: line 3: p.rasp:4:12: a string of more than 1 MiB\n"), (done.returncode, done.stderr))
            self.assertEqual([["a" * 262144, "b" * 524288], [c * 262144 * (k + 1) for k, c in enumerate("abcd")]],
                             [json.loads(line) for line in done.stdout.splitlines()])

    def test_names(self):
        """S-ops called as the C around them is."""
        names = ("n t t2 s first start batch all io call buffers forward sorted spare space from to i found wrong key entries int main memcpy sort_entries begin "
                 "sequences texts fault int_add double static tokens_int2 width one total value made up_to symbol p_run P_OK workspace exp index").split()
        shapes = ["selector_width(select(%s, %s, ==))", "%s + tokens_int - %s", "aggregate(select(%s, indices, ==), %s, -1)", "sort(%s, -%s)",
                  "round(aggregate(select(indices, indices, <=), %s + %s))"]
        program, before = "", "indices"
        for k, name in enumerate(names):
            program += "%s = %s;\n" % (name, shapes[k % len(shapes)] % (before, before) if k % 5 != 1 else "%s %% 5 + tokens_int" % before)
            before = name
        program += "value_of_all = [%s];\n" % ", ".join(names[k] for k in range(0, len(names), 6))
        with tempfile.TemporaryDirectory() as folder:
            path, out = os.path.join(folder, "p.rasp"), os.path.join(folder, "out")
            with open(path, "w", encoding="utf-8") as file:
                file.write(program)
            want = subprocess.run([SINTER, "run", path, "--json", "31", "2212"], capture_output=True, text=True, timeout=60)
            self.assertEqual(("", 2), (want.stderr, want.stdout.count("\n")))
            subprocess.run([SINTER, "emit", path, "-d", out], check=True, timeout=60)
            subprocess.run([os.environ.get("CC", "cc"), *STRICT, "-o", out + ".exe", *sources(out), "-lm"], check=True, timeout=60)
            done = subprocess.run([out + ".exe", "--json"], input="31\n2212\n", capture_output=True, text=True, timeout=60)
            self.assertEqual((want.stdout, ""), (done.stdout, done.stderr))

    def test_eval(self):
        """A program is a model: `eval` takes symbols of strings, `check`, `explain` and `emit` its file."""
        with tempfile.TemporaryDirectory() as folder:
            path, given, made = os.path.join(ROOT, "examples/rasp/sort.rasp"), os.path.join(folder, "in.safetensors"), os.path.join(folder, "out.safetensors")
            symbols = struct.pack("<5q", *map(ord, "hello"))
            head = json.dumps({"0/tokens": {"dtype": "I64", "shape": [5], "data_offsets": [0, 40]}}).encode()
            with open(given, "wb") as file:
                file.write(struct.pack("<Q", len(head)) + head + symbols)
            subprocess.run([SINTER, "eval", path, "--in", given, "--out", made], check=True, timeout=60)
            with open(made, "rb") as file:
                head = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
                self.assertEqual((["0/out"], "ehllo"), (list(head), "".join(map(chr, struct.unpack("<5q", file.read())))))
            self.assertEqual((0, "", ""), (lambda done: (done.returncode, done.stdout, done.stderr))(
                subprocess.run([SINTER, "check", path], capture_output=True, text=True, timeout=60)))

    def test_numbers_of_every_script(self):
        """What int() and float() of Python take: other digits, space of all kinds around them, underscores between them."""
        given = ["\u0663", "\u00a0-1_0\u2003", "\u0967\u0968", "\t+7"]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "p.rasp")
            with open(path, "w", encoding="utf-8") as file:
                file.write("x = [tokens_int, tokens_float / 2];\n")
            subprocess.run([SINTER, "build", path, "-o", path[:-5]], check=True, timeout=60)
            for command in ([SINTER, "run", path, "--json", "--"], [path[:-5], "--json", "--input-format=json"]):
                done = subprocess.run(command + [json.dumps(given)], capture_output=True, text=True, timeout=60)
                self.assertEqual(("[[3, -10, 12, 7], [1.5, -5.0, 6.0, 3.5]]\n", ""), (done.stdout, done.stderr), command)
                for wrong in ("1__0", "_1", "1_", "1 2", "\u00b2", "\u00bd", "x", ""):
                    done = subprocess.run(command + [json.dumps([wrong])], capture_output=True, text=True, timeout=60)
                    self.assertEqual((1, ""), (done.returncode, done.stdout), wrong)
                    self.assertIn("is no int of 64 bits", done.stderr)

    def test_short(self):
        """What computes a histogram, with all functions and types that it uses, is less than a page: under 60 lines of C."""
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([SINTER, "emit", os.path.join(ROOT, "examples/rasp/histogram.rasp"), "-d", folder], check=True, timeout=60)
            with open(os.path.join(folder, "histogram.c"), encoding="utf-8") as file:
                text = file.read()
            lines = {} # of each function and type, but for comments
            for part in re.findall(r"^(?:struct|static|const|size_t|enum|\w+_status) .*(?:\n[ {}].*)*", text, re.M):
                name = re.match(r"struct (\w+) \{|[\w *]*?(\w+)\(", part)
                lines[name[1] or name[2]] = [line for line in part.split("\n") if not re.match(r" */\*.*\*/$", line)]
            used = ["forward"]
            for name in used: # grows
                words = set(re.findall(r"\w+", "\n".join(lines[name])))
                used += [other for other in lines if other in words and other not in used]
            self.assertEqual({"forward", "hist", "sort_entries", "sort_entry", "histogram_buffers"}, set(used))
            self.assertLess(sum(len(lines[name]) for name in used), 60)
            program = os.path.join(folder, "histogram")
            subprocess.run([os.environ.get("CC", "cc"), *STRICT, "-o", program, *sources(folder), "-lm"], check=True, timeout=60)
            inputs = ["".join(chr(97 + i * i % 7 + i * (step - 1) % 900) for i in range(n)) for n, step in ((2, 1), (63, 2), (64, 1), (999, 5))]
            done = subprocess.run([program, "--json"], input="\n".join(inputs) + "\n", capture_output=True, text=True, timeout=60)
            self.assertEqual([[word.count(c) for c in word] for word in inputs], [json.loads(line) for line in done.stdout.splitlines()])

    def test_functions(self):
        """Each s-op that a program names is a function of that name, in the order of the program, below the statement that names it; it is called
        in this order, for each sequence, and what nobody reads is not there. A page of C or two."""
        told = {"histogram": (["hist"], 65), "sort": (["place", "sorted"], 115), "reverse": (["opposite", "reversed"], 35),
                "shift": (["shifted"], 25), "dyck1": (["balance", "had_neg", "state"], 60),
                "double_histogram": (["hist", "is_first", "double_hist"], 130),
                "most_frequent": (["hist", "first", "weight", "most_frequent"], 230),
                "induction": (["nth", "nth_previous", "follows"], 190),
                "addition": (["plus", "digit", "second", "above", "sum", "decides", "carry", "result"], 260),
                "dyck2": (["depth", "around", "number", "matched", "failed", "state"], 300)}
        with tempfile.TemporaryDirectory() as folder:
            for path, _ in examples():
                name = os.path.basename(path)[:-5]
                want, most = told[name]
                subprocess.run([SINTER, "emit", path, "-d", os.path.join(folder, name)], check=True, timeout=60)
                with open(os.path.join(folder, name, name + ".c"), encoding="utf-8") as file:
                    text = file.read()
                with open(path, encoding="utf-8") as file:
                    source = file.read().splitlines()
                order = {one: line for line, statement in enumerate(source, 1) for one in re.findall(r"^(\w+) = ", statement)}
                made = re.findall(r"^/\* (\S+):(\d+)   (.*)\*/\nstatic void (\w+)\(", text, re.M)
                mine = [one for one in made if one[0] == name + ".rasp"]
                self.assertEqual(want, [one[3] for one in mine if one[3] in want], name)
                for _, line, statement, function in mine:
                    self.assertEqual((order[function], source[int(line) - 1].split("#")[0].strip()), (int(line), statement.strip()), name)
                self.assertEqual(sorted(int(one[1]) for one in mine), [int(one[1]) for one in mine], name)
                with open(os.path.join(folder, name, name + ".map.json"), encoding="utf-8") as file:
                    mapped = [one.get("in") for function in json.load(file)["functions"] for one in function["equations"]]
                self.assertEqual({one[3] for one in made}, set(mapped) - {None}, name)
                explained = subprocess.run([SINTER, "explain", path], capture_output=True, text=True, check=True, timeout=60).stdout
                self.assertEqual([one[3] for one in made], re.findall(r"^  (\w+)\(\)$", explained, re.M), name)
                calls = re.search(r"static void forward\(.*?^}", text, re.M | re.S)[0]
                self.assertEqual([one[3] for one in made], re.findall(r"^        (\w+)\(", calls, re.M), name)
                body = re.search(r"^(?:struct \w+_buffers|/\* \S+\.rasp).*?^/\* Regions|^/\* \S+\.rasp.*?^size_t", text, re.M | re.S)[0]
                self.assertLess(body.count("\n"), most, name)

    def test_docs(self):
        self.assertGreater(self.said_in("rasp.md"), 10)

    def test_pages(self):
        """A section of docs/rasp-examples.md for each example, with what it gives, and a row of the table with what a transformer needs."""
        self.assertGreater(self.said_in("rasp-examples.md"), 20)
        with open(os.path.join(ROOT, "docs", "rasp-examples.md"), encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(len(list(examples())), len(re.findall(r"^## ", text, re.M)))
        with tempfile.TemporaryDirectory() as folder:
            for path, cases in examples():
                flow = os.path.join(folder, "flow.json")
                subprocess.run([SINTER, "draw", path, "--input", cases[0][0], "-o", flow], check=True, timeout=60)
                with open(flow, encoding="utf-8") as file:
                    needs = json.load(file)
                name = os.path.basename(path)
                self.assertIn("| `%s` | %d | %d |\n" % (name[:-5], needs["layers"], sum(needs["heads_per_layer"].values())), text)
                self.assertIn("$ sinter run examples/rasp/%s " % name, text)

    def said_in(self, document):
        """Whatever stands there below a command is what that says; returns how many there are."""
        with open(os.path.join(ROOT, "docs", document), encoding="utf-8") as file:
            blocks = re.findall(r"^```(\w*)\n(.*?)^```$", file.read(), re.M | re.S)
        program, ran, written = None, 0, ""
        with tempfile.TemporaryDirectory() as folder:
            for kind, text in blocks:
                if kind == "rasp":
                    program = text
                    continue
                if kind in ("model", "c"): # a part of the model that was written last, of the C of hist.rasp
                    with open(os.path.join(folder, written, "hist.c" if kind == "c" else "model.sinter"), encoding="utf-8") as file:
                        self.assertIn(text, file.read())
                    continue
                for command, want in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.M):
                    words = [os.path.join(ROOT, word) if word.startswith("examples/") else word for word in shlex.split(command)]
                    written = words[words.index("-d") + 1] if words[1] in ("weights", "emit") else written
                    if words[0] == "sinter" and words[2].endswith(".rasp") and not os.path.isabs(words[2]):
                        with open(os.path.join(folder, words[2]), "w", encoding="utf-8") as file:
                            file.write(program)
                    words[0] = SINTER if words[0] == "sinter" else os.path.join(folder, words[0])
                    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
                    self.assertEqual(want, done.stdout + done.stderr, command)
                    ran += 1
        return ran

    def test_console(self):
        with open(os.path.join(ROOT, "docs", "rasp.md"), encoding="utf-8") as file:
            session = re.search(r"^```\n(>> .*?)^```$", file.read(), re.M | re.S)[1].splitlines(True)
        typed = "".join(line[3:] for line in session if line.startswith((">> ", ".. ")))
        want = "".join(line for line in session if not line.startswith((">> ", ".. ")))
        done = subprocess.run([SINTER, "repl"], input=typed, capture_output=True, text=True, timeout=60)
        self.assertEqual((0, want, ""), (done.returncode, done.stdout.split("\n", 1)[1], done.stderr))

    def test_session(self):
        """console.txt typed at the console gives console.want, but for the greeting."""
        here = os.path.join(ROOT, "tests", "rasp")
        with open(os.path.join(here, "console.txt"), encoding="utf-8") as typed, open(os.path.join(here, "console.want"), encoding="utf-8") as want:
            done = subprocess.run([SINTER, "repl"], input=typed.read(), capture_output=True, text=True, timeout=60)
            self.assertEqual((0, want.read(), ""), (done.returncode, done.stdout.split("\n", 1)[1], done.stderr))


if __name__ == "__main__":
    unittest.main()

"""runtime/math/INDEX against the files it lists: every function, pasted with what it needs and nothing else, is a whole."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = os.environ.get("SINTER_SOURCE") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
MATH = os.path.join(SOURCE, "runtime", "math")
STRICT = "-std=c99 -ffp-contract=off -Wall -Wextra -Wpedantic -Wconversion -Werror -fsyntax-only".split()


def read(name):
    with open(os.path.join(MATH, name), encoding="utf-8") as file:
        return file.read()


def parts_of(name):
    """NAME -> text of the parts of a file, in order."""
    pieces = re.split(r"^//\$ (?:part (\w+)|end)\n", read(name), flags=re.M)
    return {pieces[i]: pieces[i + 1] for i in range(1, len(pieces), 2) if pieces[i]}


class Index:
    def __init__(self):
        self.functions, self.part, self.own, self.order = [], {}, {}, []
        for line in read("INDEX").splitlines():
            words = line.split("#")[0].split()
            if not words:
                continue
            kind, rest = words[0], words[1:]
            if kind in ("function", "convert"):
                self.functions += rest[1:]
            elif kind == "integer":
                self.functions.append(rest[1])
            else:
                {"part": self.part, "freestanding": self.own}[kind][rest[0]] = (rest[1], rest[2:])
                self.order += [rest[0]] if kind == "part" else []

    def table(self, freestanding):
        return {**self.part, **self.own} if freestanding else self.part

    def paste(self, name, freestanding):
        """What generated code holds that calls this one function."""
        table, wanted, todo = self.table(freestanding), set(), [name]
        while todo:
            n = todo.pop()
            if n not in wanted:
                wanted.add(n)
                todo += [] if n.startswith("<") else table[n][1]
        text = "".join("#include %s\n" % h for h in ["<float.h>", "<stdint.h>"] + sorted(n for n in wanted if n.startswith("<")))
        return text + "".join(parts_of(table[n][0])[n] for n in self.order if n in wanted)


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


class MathParts(unittest.TestCase):
    index = Index()

    def test_all_parts_are_listed(self):
        for freestanding in (False, True):
            table = self.index.table(freestanding)
            for name, (file, _) in table.items():
                self.assertIn(name, parts_of(file), file)
        listed = {(f, n) for t in (self.index.part, self.index.own) for n, (f, _) in t.items()}
        for file in os.listdir(MATH):
            if file != "INDEX":
                self.assertEqual([n for n in parts_of(file) if (file, n) not in listed], [], file)

    def test_needs_are_what_the_text_uses(self):
        for freestanding in (False, True):
            for name, (file, needs) in self.index.table(freestanding).items():
                text = without_comments(parts_of(file)[name])
                used = {n for n in self.index.order if n != name and re.search(r"\b%s\b" % n, text)}
                self.assertEqual(used, {n for n in needs if n[0] != "<" and n != "float_model"}, name)

    def test_needs_come_first(self):
        for freestanding in (False, True):
            for name, (_, needs) in self.index.table(freestanding).items():
                for n in needs:
                    self.assertTrue(n[0] == "<" or self.index.order.index(n) < self.index.order.index(name), (name, n))

    def test_each_function_stands_alone(self):
        compilers = sorted({c for c in (os.environ.get("CC", "cc"), "gcc", "clang") if shutil.which(c)})
        if not compilers:
            self.skipTest("no C compiler")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "alone.c")
            for freestanding in (False, True):
                for name in self.index.functions:
                    text = self.index.paste(name, freestanding)
                    result, arguments = re.search(r"static inline (\w+) %s\(([^)]*)\)" % name, text).groups()
                    call = ", ".join(re.findall(r"(\w+)(?:,|$)", arguments))
                    with open(path, "w", encoding="utf-8") as file:
                        file.write("%s\n%s use(%s);\n%s use(%s)\n{\n    return %s(%s);\n}\n"
                                   % (text, result, arguments, result, arguments, name, call))
                    for compiler in compilers:
                        flags = STRICT + ["-ffreestanding"] * freestanding
                        done = subprocess.run([compiler] + flags + [path], capture_output=True, text=True)
                        self.assertEqual(done.returncode, 0, "%s with %s:\n%s" % (name, compiler, done.stderr))

    def test_no_libm_but_square_roots(self):
        for name, (file, needs) in self.index.part.items():
            self.assertEqual("<math.h>" in needs, file == "sqrt.c", name)
        self.assertNotIn("math.h", "".join(self.index.paste(n, True) for n in self.index.functions))


if __name__ == "__main__":
    sys.exit(unittest.main())

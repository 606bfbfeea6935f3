"""`sinter explain` says how the cost of a program grows, selector by selector, and does not care what things are called.

Every function of the standard library is copied into a program with all of its names changed: it grows as the original does."""
import json
import os
import re
import subprocess
import tempfile
import unittest

SINTER, ROOT = os.environ["SINTER"], os.environ["SINTER_SOURCE"]
# Uses of the library, and how they grow.
USES = [
    ("length", "n"), ("selector_width(select(tokens, tokens, ==))", "n log n"), ("selector_width(full_s)", "n"),
    ("selector_width(select(indices, indices, <=))", "n"), ("has_focus(select(tokens, tokens, <))", "n log n"), ("count(tokens, \"a\")", "n"),
    ("contains(tokens, \"a\")", "n"), ("max(indices, length - indices)", "n"), ("min(indices, 3)", "n"), ("average(tokens_int)", "n"),
    ("load_from_location(tokens, length - 1 - indices)", "n"), ("shift(tokens, 2, \"-\")", "n"), ("mark_last_instance(tokens, \"a\")", "n"),
    ("mark_first_instance(tokens, \"a\")", "n"), ("aggregate(select_from_last(tokens, \"a\"), indices)", "n"),
    ("aggregate(select_from_first(tokens, \"a\"), indices)", "n"), ("sort(tokens, tokens)", "n log n"), ("sort(tokens, tokens_int)", "n log n"),
    ("selector_width(select_next_identical(tokens))", "n log n"), ("aggregate(select_next_identical(tokens), indices)", "n log n"),
    ("selector_width(select(tokens, tokens, ==) and select(tokens_int, tokens_int, ==) and select(indices % 2, indices % 2, ==))", "n log n"),
    # what one position brings is the first that is selected
    ("aggregate(select(tokens, tokens, <), tokens_int)", "n log n"), ("aggregate(select(indices, indices, <), indices)", "n"),
    ("aggregate(select(indices, indices, <) and select(tokens, \"a\", ==), tokens, \"-\")", "n"),
    ("aggregate(select(tokens, tokens, !=), indices)", "n log n"),
]
WORDS = ("select aggregate round indicator def return if else not and or in for range zip len indices tokens tokens_int tokens_str tokens_float "
         "tokens_bool True False").split()


def library():
    with open(os.path.join(ROOT, "examples", "lib", "standard.rasp"), encoding="utf-8") as file:
        return re.sub(r"#[^\n]*", "", file.read())


def renamed(text):
    """Every name but those of the language becomes another one."""
    known = {}

    def other(found):
        name = found[0]
        return name if name in WORDS else known.setdefault(name, "zz%d" % len(known))
    return "".join(part if part.startswith('"') else re.sub(r"[A-Za-z_]\w*", other, part) for part in re.split(r'("[^"]*")', text))


class Growth(unittest.TestCase):
    def explained(self, text, *options):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "p.rasp")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            done = subprocess.run([SINTER, "explain", path, *options], capture_output=True, text=True, timeout=60)
            self.assertEqual((0, ""), (done.returncode, done.stderr), text)
            return done.stdout

    def growth(self, text):
        told = json.loads(self.explained(text, "--json"))
        for selector in told["selectors"]:
            self.assertRegex(selector["place"], r"^p\.rasp:\d+:\d+$")
            self.assertTrue(selector["text"] and selector["why"])
        return told["growth"]

    def test_library(self):
        for use, want in USES:
            program = "x = %s;\n" % use
            self.assertEqual((want, want), (self.growth(program), self.growth(renamed(library() + program))), use)

    def test_reasons(self):
        pair = "s = select(tokens, tokens, <) and select(tokens_int, tokens_int, <);\nx = selector_width(s);\n"
        told = self.explained("x = selector_width(select(tokens, tokens, ==));\n")
        self.assertIn("growth     n log n\n", told)
        self.assertRegex(told, r"n log n  p\.rasp:1:20   select\(tokens, tokens, ==\): looked up in a sorted copy\n")
        told = self.explained(pair)
        self.assertIn("growth     n^2\n", told)
        self.assertRegex(told, r"n\^2 +p\.rasp:\d:\d+ .*: each pair of positions: its condition is more than one comparison of the two")
        self.assertIn("the value is a grid", self.explained("s = select(tokens, tokens, ==);\n"))
        self.assertRegex(self.explained("x = shift(tokens, 1, \"-\");\n"), r"n +p\.rasp:1:5 .*: each position reads one place that is known\n")


if __name__ == "__main__":
    unittest.main()

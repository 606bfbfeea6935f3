"""What goes wrong with an input is told at the same place, in the same words, by `sinter run` and by the compiled program."""
import glob
import os
import re
import subprocess
import tempfile
import unittest

SINTER = os.environ["SINTER"]
# Program, input.
CASES = [
    ("x = 1 / (indices - 1);", "abc"),
    ("a = 1;\nx = 5 + 7 % (indices - 2);", "abc"),
    ("x = indices + 9223372036854775806;", "abc"),
    ("x = indices - 9223372036854775807 - 2;", "abc"),
    ("def f(a) {\n  return 3 + a * 4611686018427387904;\n}\nx = f(indices) - 1;", "abcd"),
    ("x = (indices + 9) ^ 40;", "ab"),
    ("def f(s) { return s * 1000; }\nx = f(f(tokens * 400));", "a"),
    ("s = tokens * 600000;\nx = s + s;", "ab"),
    ("y = tokens if indices < 2 else indices;\nx = y + 1;", "abc"),
    ("y = (0 - indices) ^ 0.5;", "ab"),
    ("y = 0.0 * indices;\nz = y ^ (0 - 1.5);", "ab"),
    ("y = (1.0 + indices) * 10.0 ^ 300;\nz = y ^ 2;", "ab"),
    ("y = aggregate(select(1, 1, ==), tokens);", "ab"),
    ("y = aggregate(select(tokens, tokens, ==), tokens == \"a\");", "aba"),
    ("y = [1, 2][indices];", "abc"),
    ("d = {\"a\": 1};\ny = d[tokens];", "ab"),
    ("x = 1 + tokens_int;", "1b"),
    ("x = 2;\ny = x * tokens_float;", "1b"),
    ("x = 1;\n\n  y = selector_width(select(tokens, tokens, ==));", ""),
    ("b = 2;\nx = sort(tokens, tokens) + tokens * (indices * 400000);", "abcd"),
    ("s = select(tokens_asis, \"b\", <);", "[1, 2]"),
]
PLACE = re.compile(r"p\.rasp:(\d+:\d+): (?:error: )?(.*?)(?:,? at (?:position|t = )? ?\d+)?\n")


def told(text):
    found = PLACE.search(text)
    return found.groups() if found else text


class Places(unittest.TestCase):
    def test_run_and_c(self):
        with tempfile.TemporaryDirectory() as folder:
            for text, word in CASES:
                path, out = os.path.join(folder, "p.rasp"), os.path.join(folder, "out")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                run = subprocess.run([SINTER, "run", path, "--json", "--", word], capture_output=True, text=True, timeout=60)
                self.assertEqual((1, ""), (run.returncode, run.stdout), text)
                subprocess.run([SINTER, "emit", path, "-d", out], check=True, timeout=60)
                subprocess.run([os.environ.get("CC", "cc"), "-O0", "-o", out + "/p", *glob.glob(out + "/*.c"), "-lm"], check=True, timeout=60)
                form = ["--input-format=json"] if word.startswith("[") else []
                made = subprocess.run([out + "/p", "--json", *form, "--", word], capture_output=True, text=True, timeout=60)
                self.assertEqual((1, ""), (made.returncode, made.stdout), text)
                self.assertRegex(run.stderr, PLACE)
                self.assertEqual(told(run.stderr), told(made.stderr), text)

    def test_names(self):
        """A file may be called as it likes."""
        with tempfile.TemporaryDirectory() as folder:
            path, out = os.path.join(folder, 'q"u\\o??/.rasp'.replace("/", "")), os.path.join(folder, "out")
            with open(path, "w", encoding="utf-8") as file:
                file.write("x = 1 / (indices - 1);")
            subprocess.run([SINTER, "build", path, "-o", out], check=True, timeout=60)
            made = subprocess.run([out, "ab"], capture_output=True, text=True, timeout=60)
            self.assertIn('q"u\\o??.rasp:1:7: division by zero', made.stderr)


if __name__ == "__main__":
    unittest.main()

"""Programs that would not end, or grow beyond all bounds, are errors after a moment (growth/*.rasp: each holds one); those that are only large
go on. The bound is generous: sanitizers, and a busy machine."""
import glob
import os
import subprocess
import tempfile
import unittest

SINTER = os.environ["SINTER"]
HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = 20
# That are large and fine, or fail on an input only.
FINE = {
    "x = indices;\nfor i in range(300) { x = x if x > i else x + 1; }\n": None,
    "l = [1];\nfor i in range(15) { l = [l, l]; }\na = l == l;\n": None,
    "s = select(indices, indices, <);\nfor i in range(100) { s = s or select(indices, i, ==); }\nx = selector_width(s);\n": None,
    "x = indices;\nfor i in range(200) { x = selector_width(select(x, x + 1, <) and select(x, i, >)); }\n": None,
    "x = tokens;\nfor i in range(30) { x = x + x; }\n": "a string of more than 1 MiB",
    "x = tokens;\nfor i in range(900) { x = x * 2; }\n": "a string of more than 1 MiB",
    "x = indices + 1;\nfor i in range(900) { x = x * 2; }\n": "integer overflow",
}


class Bounds(unittest.TestCase):
    def test_without_end(self):
        paths = sorted(glob.glob(os.path.join(HERE, "growth", "*.rasp")))
        self.assertGreater(len(paths), 15)
        with tempfile.TemporaryDirectory() as folder:
            for path in paths:
                for words in (["check", path], ["run", "--json", path], ["emit", path, "-d", os.path.join(folder, "out")]):
                    done = subprocess.run([SINTER, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=SECONDS,
                                          cwd=os.path.dirname(path))
                    self.assertEqual((1, ""), (done.returncode, done.stdout), words)
                    self.assertRegex(done.stderr, r"^\S+\.rasp:\d+:\d+: error: ", words)
                    self.assertLess(len(done.stderr), 10000)
                self.assertEqual([], os.listdir(folder))

    def test_large(self):
        with tempfile.TemporaryDirectory() as folder:
            for text, wrong in FINE.items():
                path = os.path.join(folder, "p.rasp")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                done = subprocess.run([SINTER, "run", "--json", path, "hello"], capture_output=True, text=True, timeout=SECONDS)
                self.assertEqual(1 if wrong else 0, done.returncode, text + done.stderr)
                self.assertIn(wrong or "", done.stderr)


if __name__ == "__main__":
    unittest.main()

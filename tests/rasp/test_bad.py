"""Wrong programs and what is said about them. bad/NAME.rasp with bad/NAME.want: `sinter check` says exactly that (--update writes it).
Below: what only an input can make wrong."""
import glob
import os
import subprocess
import sys
import tempfile
import time
import unittest

SINTER = os.environ["SINTER"]
HERE = os.path.dirname(os.path.abspath(__file__))

# program, input, what is said ("line:column: error: ...")
RUNS = [
    ("x = 1 / indices;", "ab", "1:7: error: division by zero, at position 0"),
    ("x = 5 % (indices - 1);", "ab", "1:7: error: remainder of a division by zero, at position 1"),
    ("x = (indices - 1) ^ 0.5;", "ab", "1:19: error: a negative number to a broken power is no real number, at position 0"),
    ("x = indices ^ (-1);", "a", "1:13: error: zero to a negative power, at position 0"),
    ("x = 10.0 ^ (indices * 400);", "ab", "1:10: error: the result is too large for a float, at position 1"),
    ("x = 9223372036854775807 + indices;", "ab", "1:25: error: integer overflow at t = 1"),
    ("x = 3 ^ (indices * 40);", "ab", "1:7: error: integer overflow at t = 1"),
    ("x = round(1.0e0);", "a", "1:14: error: unexpected 'e0', expected ')'"),
    ("x = round((indices + 1) * 1000000000000000000.5 * 10);", "a", "1:5: error: 1e+19 does not fit an integer at t = 0"),
    ("x = tokens if indices > 0 else 0;", "ab", "1:5: error: strings and numbers in one sequence, at position 1"),
    ("x = aggregate(select(indices, indices, <), tokens);", "ab", "1:5: error: strings and numbers in one sequence, at position 1"),
    ("x = aggregate(full_s, tokens);", "ab", "1:5: error: a mean of several values that are not numbers, at position 0"),
    ('x = aggregate(full_s, tokens == "a");', "ab", "1:5: error: a mean of several values that are not numbers, at position 0"),
    ("x = average(tokens);", "ab", "1:5: error: a mean of several values that are not numbers, at position 0"),
    ('x = {"a": 1}[tokens];', "ab", "1:5: error: the dict has no such key, at position 1"),
    ("x = [1, 2][indices];", "abc", "1:5: error: the index is no int or out of range: there are 2 elements, at position 2"),
    ("x = tokens_int + 1;", "7x", "1:5: error: token 1, 'x', is no int of 64 bits"),
    ("x = tokens_float + 1;", "7x", "1:5: error: token 1, 'x', is no float"),
    ("x = tokens_asis;", '["a", 3]', "1:5: error: strings and numbers in one sequence, at position 1"),
    ("x = tokens_asis + 1;", '["a"]', "1:17: error: '+' cannot take all of this: a bool or an int or a float or a string, and an int, at position 0"),
    ("x = tokens_asis < 1;", '["a"]',
     "1:17: error: '<' cannot take all of this: a bool or an int or a float or a string, and an int, at position 0"),
    ("x = select(tokens_asis, 1, <);", '["a"]',
     "1:5: error: '<' cannot compare all of this: a bool or an int or a float or a string, and an int, at position 0"),
    ("x = tokens * 1048577;", "a", "1:12: error: a string of more than 1 MiB at t = 0"),
    ("x = indices + 1;", "", "1:13: error: the input is empty"),
    ("x = tokens;", "", "1:5: error: the input is empty"),
    ('x = tokens_int == "a";', "a", "1:5: error: token 0, 'a', is no int of 64 bits"),
    ("x = aggregate(not full_s, 1 / indices);", "a", "1:29: error: division by zero, at position 0"),
    ("x = 1 / aggregate(select(indices, indices + 1, ==), indices + 1, 0.0);", "ab", "1:7: error: division by zero, at position 1"),
    ("x = tokens;", "[null]", "error: a token is a string, a number or a bool, not null"),
    ("x = tokens;", "[9223372036854775808]", "error: 9223372036854775808 is more than the 64 bits of an int hold"),
]


def messages(text, name):
    """The lines that say something, without the lines that show where."""
    return [line.replace(name, os.path.basename(name)) for line in text.splitlines() if not line.startswith("    ")]


class Bad(unittest.TestCase):
    maxDiff = None

    def test_programs(self):
        for path in sorted(glob.glob(os.path.join(HERE, "bad", "*.rasp"))):
            began = time.time()
            done = subprocess.run([SINTER, "check", path], capture_output=True, text=True, timeout=60)
            said = "\n".join(messages(done.stderr, path)) + "\n"
            want = path[:-5] + ".want"
            if "--update" in sys.argv:
                with open(want, "w", encoding="utf-8") as file:
                    file.write(said)
            with open(want, encoding="utf-8") as file:
                self.assertEqual((1, file.read()), (done.returncode, said), path)
            self.assertLess(time.time() - began, 10, path)

    def test_inputs(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.rasp")
            for source, word, want in RUNS:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(source + "\n")
                done = subprocess.run([SINTER, "run", path, "--json", "--only", "x", "--", word], capture_output=True, text=True, timeout=60)
                said = messages(done.stderr, path)
                self.assertEqual((1, ""), (done.returncode, done.stdout), source)
                self.assertIn(want, said[0].replace("x.rasp:", "", 1).strip(), source)


if __name__ == "__main__":
    unittest.main(argv=[a for a in sys.argv if a != "--update"])

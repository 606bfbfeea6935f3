"""What we saw the original interpreter do with programs of ours that go to the corners of the language (original.json: source, input,
whether it has a value, the value of `result`): `sinter run` does the same. Numbers within 1e-9; what it refuses is refused."""
import concurrent.futures
import json
import os
import subprocess
import tempfile
import unittest

SINTER = os.environ["SINTER"]
HERE = os.path.dirname(os.path.abspath(__file__))


def same(a, b):
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if type(a) is not type(b) or isinstance(a, (bool, str)):
        return type(a) is type(b) and a == b
    return abs(a - b) <= 1e-9 * max(1, abs(a))


def wrong_of(folder, number, source, word, fine, value):
    path = os.path.join(folder, "%d.rasp" % number)
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
    done = subprocess.run([SINTER, "run", path, "--only", "result", "--json", "--", word], capture_output=True, text=True, cwd=folder, timeout=60)
    right = done.returncode == 1 - fine and (not fine or same(value, json.loads(done.stdout)))
    return None if right else (source, word, value, done.stdout + done.stderr)


class Original(unittest.TestCase):
    def test_cases(self):
        with open(os.path.join(HERE, "original.json"), encoding="utf-8") as file:
            cases = json.load(file)
        with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
            wrong = [case for case in pool.map(lambda k: wrong_of(folder, k, *cases[k]), range(len(cases))) if case]
        self.assertEqual([], wrong)
        self.assertGreater(len(cases), 1600)


if __name__ == "__main__":
    unittest.main()

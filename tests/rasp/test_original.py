"""What we saw the original interpreter do with programs of ours that go to the corners of the language (original.json: source, input,
whether it has a value, the value of `result`): `sinter run` does the same. Numbers within 1e-9; what it refuses is refused."""
import concurrent.futures
import json
import os
import re
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


def run(folder, number, source, word):
    path = os.path.join(folder, "%d.rasp" % number)
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
    return subprocess.run([SINTER, "run", path, "--only", "result", "--json", "--", word], capture_output=True, text=True, cwd=folder, timeout=60)


def is_wrong(folder, number, case):
    source, word, fine, value = case
    done = run(folder, number, source, word)
    right = done.returncode == 1 - fine and (not fine or same(value, json.loads(done.stdout)))
    return None if right else (source, word, value, done.stdout + done.stderr)


def packs(cases):
    """Cases of one line that have a value and one input, many to a program; the others alone."""
    alone, packed = [], {}
    for case in cases:
        source, word, fine, _ = case
        if fine and re.fullmatch(r"result = .*;\n", source) and source.count(";") == 1:
            packed.setdefault(word, []).append(case)
        else:
            alone.append([case])
    return alone + [many[k:k + 25] for many in packed.values() for k in range(0, len(many), 25)]


def wrong_of(folder, number, pack):
    if len(pack) > 1:
        source = "".join("r%d" % k + case[0][len("result"):] for k, case in enumerate(pack)) + "result = [%s];\n" % ", ".join("r%d" % k for k in range(len(pack)))
        done = run(folder, number, source, pack[0][1])
        if done.returncode == 0 and same([case[3] for case in pack], json.loads(done.stdout)):
            return []
    return [wrong for wrong in (is_wrong(folder, number, case) for case in pack) if wrong] # which one it is


class Original(unittest.TestCase):
    def test_cases(self):
        with open(os.path.join(HERE, "original.json"), encoding="utf-8") as file:
            cases = json.load(file)
        many = packs(cases)
        with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
            wrong = list(pool.map(lambda k: wrong_of(folder, k, many[k]), range(len(many))))
        self.assertEqual([], sum(wrong, []))
        self.assertGreater(len(cases), 2000)
        print("cases: %d" % len(cases))


if __name__ == "__main__":
    unittest.main()

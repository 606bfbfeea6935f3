"""What the original interpreter gave, case by case: `sinter run` gives the same. Numbers within 1e-9; where it failed, so does ours, with 1."""
import json
import os
import subprocess
import tempfile
import unittest

SINTER = os.environ["SINTER"]
CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cases", "rasp", "observed.json")


def same(a, b):
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, bool) or isinstance(b, bool) or isinstance(a, str) or isinstance(b, str):
        return type(a) is type(b) and a == b
    return abs(a - b) <= 1e-9 * max(1, abs(a))


def run(case, folder, *options):
    path = os.path.join(folder, case["name"] + ".rasp")
    with open(path, "w", encoding="utf-8") as file:
        file.write(case["rasp_source"])
    word = case["input"] if case["input"] is None or isinstance(case["input"], str) else json.dumps(case["input"])
    command = [SINTER, "run", path, "--only", case["result_name"] or "out", "--json", *options] + ([] if word is None else ["--", word])
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)


class Observed(unittest.TestCase):
    def check(self, *options):
        wrong = []
        with tempfile.TemporaryDirectory() as folder:
            for case in self.cases:
                done = run(case, folder, *options)
                if case["kind"] == "error":
                    if done.returncode != 1 or done.stdout or "error: " not in done.stderr or case["name"] not in done.stderr:
                        wrong.append((case["name"], done.returncode, done.stdout + done.stderr))
                elif done.returncode != 0 or done.stderr or not same(case["expected"], json.loads(done.stdout)):
                    wrong.append((case["name"], case["input"], case["expected"], done.returncode, done.stdout + done.stderr))
        self.assertEqual(wrong, [])
        print("cases: %d" % len(self.cases))

    def test_as_they_are(self):
        self.check()

    def test_without_recognition(self):
        self.check("--no-recognise")


if __name__ == "__main__":
    with open(CASES, encoding="utf-8") as file:
        Observed.cases = json.load(file)
    unittest.main()

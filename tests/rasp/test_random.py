"""Programs at random: the slow interpreter, `sinter run` with and without recognition, and the C agree. A seed as argument shows its program.

Where the slow interpreter fails, so do the others. Where only a name that `result` does not need is wrong, they may. Programs that are right
stand PACK to a file, with names of their own, so that thousands of them are compiled in a minute: with recognition and without, in turn one
of both with sanitizers. Others stand alone."""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import programs
import slow

SINTER = os.environ["SINTER"]
RUNS, BUILDS = int(os.environ.get("SINTER_RASP_RUNS", 150)), int(os.environ.get("SINTER_RASP_BUILDS", 8))
PACKED, PACK = int(os.environ.get("SINTER_RASP_PACKED", 5000)), 200
WORDS = ["a", "abacabad", "dcba" * 7]
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
QUICK = [shutil.which("clang") or os.environ.get("CC", "cc"), *STRICT, "-O0"]
SANE = [*STRICT, "-O1", *SANITIZERS]


def same(a, b):
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, (bool, str)) or isinstance(b, (bool, str)):
        return type(a) is type(b) and a == b
    return type(a) is type(b) and (a == b or abs(a - b) <= 1e-9 * max(1, abs(a)))


def wanted(text, word):
    """(value or None, whether anything in the program is wrong for this input)"""
    env, wrong = slow.run(text)
    for name in list(env):
        try:
            env[name] = slow.value(env[name], word)
        except slow.Wrong as e:
            wrong.append(e)
            del env[name]
    return env.get("result"), bool(wrong)


def agrees(done, want, wrong):
    if done.returncode == 0:
        return want is not None and same(want, json.loads(done.stdout))
    return done.returncode == 1 and wrong and not done.stdout


class Random(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, text):
        path = os.path.join(self.folder.name, "p.rasp")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_run(self):
        right = 0
        for seed in range(RUNS):
            text, word = programs.make(seed)
            want, wrong = wanted(text, word)
            right += want is not None
            for options in ([], ["--no-recognise"]):
                done = subprocess.run([SINTER, "run", self.write(text), "--only", "result", "--json", *options, "--", word],
                                      capture_output=True, text=True, timeout=60)
                self.assertTrue(agrees(done, want, wrong), "seed %d, %r:\n%s%s\nwanted %s" % (seed, word, text, done.stdout + done.stderr, want))
        self.assertGreater(right, RUNS // 2)
        print("cases: %d" % RUNS)

    def test_c(self):
        built, seed = 0, 100000
        while built < BUILDS:
            seed += 1
            text, word = programs.make(seed, 0)
            out = os.path.join(self.folder.name, str(seed))
            options = ["--no-recognise"] if seed % 2 else []
            done = subprocess.run([SINTER, "emit", self.write(text), "--only", "result", "-d", out, *options], capture_output=True, text=True, timeout=60)
            if done.returncode == 1:
                self.assertTrue(wanted(text, word)[1], "seed %d:\n%s%s" % (seed, text, done.stderr))
                continue
            self.assertEqual(0, done.returncode, "seed %d:\n%s%s" % (seed, text, done.stderr))
            made = subprocess.run([os.environ.get("CC", "cc"), *SANE, "-o", out + ".exe", *sorted(glob.glob(out + "/*.c")), "-lm"],
                                  capture_output=True, text=True, timeout=120)
            self.assertEqual(0, made.returncode, "seed %d:\n%s%s" % (seed, text, made.stderr))
            for w in (word, "a", "abacabad", "dcba" * 13):
                want, wrong = wanted(text, w)
                done = subprocess.run([out + ".exe", "--json", "--", w], capture_output=True, text=True, timeout=60)
                self.assertTrue(agrees(done, want, wrong), "seed %d, %r:\n%s%s\nwanted %s" % (seed, w, text, done.stdout + done.stderr, want))
            built += 1
        print("cases: %d" % BUILDS)

    def packs(self):
        """Programs that are right for all WORDS, with their values, PACK of them at a time."""
        pack, seed, made = [], 200000, 0
        while made < PACKED:
            seed += 1
            text, _ = programs.make(seed, 0)
            values = [wanted(text, word) for word in WORDS]
            if any(wrong for _, wrong in values):
                continue
            pack.append((seed, text, [value for value, _ in values]))
            if len(pack) == PACK:
                made += PACK
                yield pack
                pack = []

    def compare(self, pack, done):
        self.assertEqual((0, ""), (done.returncode, done.stderr), "programs %d .. %d" % (pack[0][0], pack[-1][0]))
        for k, line in enumerate(done.stdout.splitlines()):
            for (seed, text, values), have in zip(pack, json.loads(line)):
                self.assertTrue(same(values[k], have), "seed %d, %r:\n%s%s\nwanted %s" % (seed, WORDS[k], text, have, values[k]))
        self.assertEqual(len(WORDS), k + 1)

    def test_packed(self):
        folder = self.folder.name
        for number, pack in enumerate(self.packs()):
            texts = [re.sub(r"\b(x\d|result)\b", lambda name, i=i: "p%d_%s" % (i, name[0]), text) for i, (_, text, _) in enumerate(pack)]
            path = self.write("".join(texts) + "all = [%s];\n" % ", ".join("p%d_result" % i for i in range(PACK)))
            for plain, options in enumerate(([], ["--no-recognise"])):
                self.compare(pack, subprocess.run([SINTER, "run", path, "--json", *options, "--", *WORDS], capture_output=True, text=True, timeout=120))
                done = subprocess.run([SINTER, "emit", path, "-d", folder, *options], capture_output=True, text=True, timeout=120)
                self.assertEqual((0, ""), (done.returncode, done.stderr))
                command, objects = [*QUICK, *(SANITIZERS if number % 2 == plain else [])], ["p.o", "p_main.o", "p_text.o"]
                for words in (*(["-c", made[:-1] + "c", "-o", made] for made in objects), ["-o", "exe", *objects, "-lm"]):
                    made = subprocess.run([*command, *words], cwd=folder, capture_output=True, text=True, timeout=300)
                    self.assertEqual(0, made.returncode, "programs %d ..:\n%s" % (pack[0][0], made.stderr))
                self.compare(pack, subprocess.run([folder + "/exe", "--json", "--", *WORDS], capture_output=True, text=True, timeout=120))
        print("cases: %d" % PACKED)


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1].isdigit():
        print(*programs.make(int(sys.argv[1])), sep="")
        sys.exit()
    unittest.main()

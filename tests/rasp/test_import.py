"""Transformer Programs, imported: random ones answer as Python does that runs them, by the evaluator and in C; what is wrong is said."""
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest

import transformer_program

SINTER, ROOT = os.environ["SINTER"], os.environ["SINTER_SOURCE"]
sys.path.insert(0, os.path.join(ROOT, "tests", "check"))
import texts  # noqa: E402

PROGRAMS, BUILDS, INPUTS = int(os.environ.get("SINTER_IMPORTS", 100)), int(os.environ.get("SINTER_IMPORT_BUILDS", 4)), 12


def put(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as file:
        file.write(text)


def sinter(folder, *words):
    return subprocess.run([SINTER, *words], cwd=folder, capture_output=True, text=True, timeout=60)


def imported(folder, p):
    put(folder, "p.py", p.text)
    put(folder, "w.csv", p.weights)
    if p.embeddings:
        put(folder, "e.csv", p.embeddings)
    return sinter(folder, "import", "p.py", "-d", "m")


def labels(folder):
    with open(os.path.join(folder, "m", "config.json"), encoding="utf-8") as file:
        return list(json.load(file)["id2label"].values())


def inputs(r, p):
    """Lists of words of every length that the program takes."""
    out = []
    for i in range(INPUTS):
        tokens = [r.choice(p.words) for _ in range(i % p.most + 1)]
        for place, word in ((0, "<s>"), (-1, "</s>")):
            if word in p.words and r.random() < 0.5:
                tokens[place] = word
        out.append(tokens)
    return out


class Import(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.folder = made.name

    def evaluated(self, p, asked):
        """The class of each token, by the evaluator."""
        ids, names = {w: i for i, w in enumerate(self.words())}, labels(self.folder)
        texts.write_safetensors(os.path.join(self.folder, "in.safetensors"),
                                {"%d/tokens" % i: ("I64", [len(x)], [ids[w] for w in x]) for i, x in enumerate(asked)})
        done = sinter(self.folder, "eval", "m/p.sinter", "--in", "in.safetensors", "--out", "out.safetensors")
        self.assertEqual((0, ""), (done.returncode, done.stderr), p.text)
        out = texts.read_safetensors(os.path.join(self.folder, "out.safetensors"))
        return [[names[k] for k in texts.flat([out["%d/prediction" % i][2]])] for i in range(len(asked))]

    def words(self):
        with open(os.path.join(self.folder, "m", "tokenizer.json"), encoding="utf-8") as file:
            return list(json.load(file)["model"]["vocab"])

    def test_random(self):
        for seed in range(PROGRAMS):
            r = random.Random(seed)
            p = transformer_program.program(r)
            done = imported(self.folder, p)
            self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr), "seed %d\n%s" % (seed, p.text))
            asked = inputs(r, p)
            self.assertEqual([p.answer(x) for x in asked], self.evaluated(p, asked), "seed %d\n%s" % (seed, p.text))

    def test_random_in_c(self):
        for seed in range(1000, 1000 + BUILDS):
            r = random.Random(seed)
            p = transformer_program.program(r)
            imported(self.folder, p)
            done = sinter(self.folder, "build", "m/p.sinter", "-o", "p")
            self.assertEqual((0, ""), (done.returncode, done.stderr), "seed %d" % seed)
            asked = inputs(r, p)
            done = subprocess.run([os.path.join(self.folder, "p"), "--json", "--input-format=json"], timeout=60, capture_output=True, text=True,
                                  input="".join(json.dumps(" ".join(x)) + "\n" for x in asked))
            got = [json.loads(line) for line in done.stdout.splitlines()]
            self.assertEqual([p.answer(x) for x in asked], [[g["label"]] if p.pooled else g["labels"] for g in got], "seed %d\n%s" % (seed, p.text))


if __name__ == "__main__":
    unittest.main()

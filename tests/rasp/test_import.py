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

EXAMPLE = os.path.join(ROOT, "examples", "programs")
STRICT = ["-std=c99", "-O0", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "import.cases")
PROGRAMS, BUILDS, INPUTS = int(os.environ.get("SINTER_IMPORTS", 120)), int(os.environ.get("SINTER_IMPORT_BUILDS", 5)), 12


# A program with embeddings of two classes, counts, and one class for the whole text.
EMBEDDED = """import pandas as pd
from here import Emb0, Emb1


%s

%s

%s

%s

def run(tokens, return_details=False):
    classifier_weights = pd.read_csv("weights.csv", index_col=[0, 1], dtype={"feature": str})
    positions = list(range(len(tokens)))
    position_scores = classifier_weights.loc[[("positions", str(v)) for v in positions]]
    ones = [1 for _ in range(len(tokens))]
    one_scores = classifier_weights.loc[[("ones", "_") for v in ones]].mul(ones, axis=0)
    embed_df = pd.read_csv("embeddings.csv").set_index("word")
    embeddings = embed_df.loc[tokens]
    var0_embeddings = [Emb0[f"V{i:02}"] for i in embeddings["var0_embeddings"]]
    var1_embeddings = [Emb1[f"V{i:02}"] for i in embeddings["var1_embeddings"]]
    var0_embedding_scores = classifier_weights.loc[[("var0_embeddings", str(v)) for v in var0_embeddings]]
    def predicate_0_0(var0_embedding, var1_embedding):
        if var0_embedding in {Emb0.V01}:
            return var1_embedding == Emb1.V00
    attn_0_0_pattern = select_closest(var1_embeddings, var0_embeddings, predicate_0_0)
    attn_0_0_outputs = aggregate(attn_0_0_pattern, var0_embeddings)
    attn_0_0_output_scores = classifier_weights.loc[[("attn_0_0_outputs", str(v)) for v in attn_0_0_outputs]]
    def num_predicate_0_0(position, var1_embedding):
        if position in {0, 2}:
            return var1_embedding == Emb1.V02
    num_attn_0_0_pattern = select(var1_embeddings, positions, num_predicate_0_0)
    num_attn_0_0_outputs = aggregate_sum(num_attn_0_0_pattern, ones)
    num_attn_0_0_output_scores = classifier_weights.loc[[("num_attn_0_0_outputs", "_") for v in num_attn_0_0_outputs]].mul(num_attn_0_0_outputs, axis=0)
    feature_logits = pd.concat([df.reset_index() for df in [var0_embedding_scores, attn_0_0_output_scores, num_attn_0_0_output_scores]])
    logits = feature_logits.groupby(level=0).sum(numeric_only=True).to_numpy()
    classes = classifier_weights.columns.to_numpy()
    token_predictions = classes[logits.argmax(-1)]
    pooled = logits.mean(0)
    prediction = classes[pooled.argmax(-1)]
    if return_details:
        return prediction, logits, feature_logits, token_predictions
    return prediction
""" % tuple(transformer_program.helper(name, False) for name in ("select_closest", "select", "aggregate", "aggregate_sum"))
EMBEDDED_WEIGHTS = """feature,value,A,B
positions,0,0,0
positions,1,0,0
positions,2,0,0
ones,_,1,1
var0_embeddings,Emb0.V00,0.5,-0.25
var0_embeddings,Emb0.V01,1e-2,2
attn_0_0_outputs,Emb0.V00,1,0
attn_0_0_outputs,Emb0.V01,0,1
num_attn_0_0_outputs,_,-3,3
"""
EMBEDDINGS = """word,var0_embeddings,var1_embeddings
<unk>,0,0
a,0,2
b,1,0
"""


def put(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as file:
        file.write(text)


def read(folder, name, mode="r"):
    with open(os.path.join(folder, name), mode, encoding=None if "b" in mode else "utf-8") as file:
        return file.read()


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

    def compiled(self, name):
        """The program made of m/NAME.sinter, to be called with its arguments."""
        done = sinter(self.folder, "emit", "m/%s.sinter" % name, "-d", name, "--inline-weights")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        program = os.path.join(self.folder, name, "run")
        sources = sorted(os.path.join(self.folder, name, x) for x in os.listdir(os.path.join(self.folder, name)) if x.endswith(".c"))
        subprocess.run([os.environ.get("CC", "cc"), *STRICT, "-o", program, *sources, "-lm", "-lpthread"], check=True, timeout=60)
        return lambda *words, **more: subprocess.run([program, *words], capture_output=True, text=True, timeout=60, **more)

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
            asked = inputs(r, p)
            done = self.compiled("p")("--json", "--input-format=json", input="".join(json.dumps(" ".join(x)) + "\n" for x in asked))
            got = [json.loads(line) for line in done.stdout.splitlines()]
            self.assertEqual([p.answer(x) for x in asked], [[g["label"]] if p.pooled else g["labels"] for g in got], "seed %d\n%s" % (seed, p.text))

    # --- what is wrong

    def base(self, kind):
        """The files of a program, by their letters."""
        if kind in "pw":
            return {"p": ("reverse.py", read(EXAMPLE, "reverse.py")), "w": ("reverse_weights.csv", read(EXAMPLE, "reverse_weights.csv"))}
        return {"e": ("embedded.py", EMBEDDED), "v": ("weights.csv", EMBEDDED_WEIGHTS), "m": ("embeddings.csv", EMBEDDINGS)}

    def said(self, kind, old, new):
        files = self.base(kind)
        for letter, (name, text) in files.items():
            self.assertIn(old if letter == kind else "", text)
            put(self.folder, name, text.replace(old, new, 1) if letter == kind else text)
        done = sinter(self.folder, "import", files["p" if kind in "pw" else "e"][0], "-d", "m")
        self.assertEqual((1, ""), (done.returncode, done.stdout), (kind, old, new))
        self.assertEqual([], [name for name in os.listdir(self.folder) if name == "m"], "nothing is left")
        return [line for line in done.stderr.splitlines() if not line.startswith("   ")]

    def test_bad(self):
        with open(CASES, encoding="utf-8") as file:
            head, *cases = file.read().rstrip("\n").split("\n\n")
        found = []
        for case in cases:
            edit = case.split("\n")[0]
            kind, (old, new) = edit[0], [x.encode("latin-1").decode("unicode_escape") for x in edit[2:].split(" ==> ")]
            found.append("\n".join([edit] + self.said(kind, old, new)))
        if "--update" in sys.argv:
            put(os.path.dirname(CASES), os.path.basename(CASES), "\n\n".join([head] + found) + "\n")
        self.assertEqual(cases, found)
        self.assertGreater(len(cases), 90)

    # --- what happens at the edges

    def built(self, program):
        done = sinter(self.folder, "import", program, "-d", "m")
        self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr))
        return self.compiled(os.path.basename(program)[:-3])

    def test_edges(self):
        run = self.built(os.path.join(EXAMPLE, "reverse.py"))
        self.assertEqual("<s>\t<s>\na\tb\nb\ta\n</s>\t</s>\n\n", run("<s> a b </s>").stdout)
        self.assertEqual("\n", run("").stdout, "nothing has no classes")
        done = run("<s> a z </s>")
        self.assertEqual((1, "", "reverse: error: argument 1: 'z' is not in the vocabulary\n"), (done.returncode, done.stdout, done.stderr))
        done = run("--input-format=ids", "5 0 0 0 0 0 0 0 6")
        self.assertEqual((1, "reverse: error: argument 1: 9 ids; this model takes at most 8\n"), (done.returncode, done.stderr))
        self.assertEqual(8, len(run("<s> a b c d e a b c </s>").stdout.splitlines()) - 1, "a long text loses its end")
        self.assertEqual('{"tokens":["<s>"],"labels":["<s>"],"prediction":[5]}\n', run("--json", "<s>").stdout)

    def test_unknown_word(self):
        for name, text in (("embedded.py", EMBEDDED), ("weights.csv", EMBEDDED_WEIGHTS), ("embeddings.csv", EMBEDDINGS)):
            put(self.folder, name, text)
        run = self.built("embedded.py")
        self.assertEqual(["B", "B", "A", "A", "B"], run("--", "a", "b", "z", "", "a b").stdout.splitlines())
        self.assertEqual('{"label":"A","prediction":0}\n', run("--json", "z").stdout)

    def test_files(self):
        """What is written where."""
        put(self.folder, "if.py", read(EXAMPLE, "reverse.py").replace("reverse_weights", "some/where/else"))
        os.mkdir(os.path.join(self.folder, "tables"))
        put(self.folder, "tables/t.csv", read(EXAMPLE, "reverse_weights.csv"))
        done = sinter(self.folder, "import", "if.py", "--weights", "tables/t.csv")
        self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr))
        self.assertEqual(["config.json", "if_.sinter", "model.safetensors", "tokenizer.json"], sorted(os.listdir(os.path.join(self.folder, "if_"))))
        for name in ("config.json", "model.safetensors", "tokenizer.json"):
            self.assertEqual(read(os.path.join(EXAMPLE, "reverse"), name, "rb"), read(os.path.join(self.folder, "if_"), name, "rb"), name)

    def test_example(self):
        """The model of the example is what is imported, and it does what Python does."""
        done = sinter(self.folder, "import", os.path.join(EXAMPLE, "reverse.py"), "-d", "m")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        for name in sorted(os.listdir(os.path.join(EXAMPLE, "reverse"))):
            self.assertEqual(read(os.path.join(EXAMPLE, "reverse"), name, "rb"), read(os.path.join(self.folder, "m"), name, "rb"), name)
        p = transformer_program.Program()
        text = read(EXAMPLE, "reverse.py")
        p.text, p.weights = text[:text.rindex("print(")].replace("reverse_weights.csv", "w.csv"), read(EXAMPLE, "reverse_weights.csv")
        for n in range(7):
            letters = [random.Random(n).choice("abcde") for _ in range(n)]
            self.assertEqual(["<s>"] + letters[::-1] + ["</s>"], p.answer(["<s>"] + letters + ["</s>"]))
        os.rename(os.path.join(self.folder, "m", "reverse.sinter"), os.path.join(self.folder, "m", "p.sinter"))
        asked = [["<s>"] + list("edcba") + ["</s>"], list("ab"), ["</s>"], ["</s>", "a", "<s>"], ["a"] * 8]
        self.assertEqual([p.answer(x) for x in asked], self.evaluated(p, asked))


if __name__ == "__main__":
    unittest.main(argv=[a for a in sys.argv if a != "--update"])

"""What is compiled for the measurement: the encoder, with the real checkpoint and as a larger one of random weights, and attention alone."""
import concurrent.futures
import hashlib
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

SHAPES = {"minilm": {"layers": 6, "d": 384, "f": 1536, "heads": 12, "vocabulary": 30522},
          "bert-base": {"layers": 12, "d": 768, "f": 3072, "heads": 12, "vocabulary": 30522}}
ABOUT = {"minilm": "all-MiniLM-L6-v2 (6 layers of 384), the real checkpoint", "bert-base": "the shape of BERT-base (12 layers of 768), random weights"}

# Attention alone. Inputs and output are [t,h,e], one sequence. `where`: what a query may look at; `score`: what is added to the product.
ATTENTION = {
    "12x32": {"heads": 12, "width": 32},
    "12x64": {"heads": 12, "width": 64},
    "causal 12x64": {"heads": 12, "width": 64, "where": " where t' <= t"},
    "alibi 12x64": {"heads": 12, "width": 64, "score": " - 2 ^ (-8 / len(h) * (h + 1)) * abs(t - t')"},
    "window 12x64": {"heads": 12, "width": 64, "where": " where t' <= t and t - t' < 256"},
}
ATTENTION_TEXT = """model attention
dim h = {heads}, e = {width}
ragged t
input q[t,h,e]: real
input k[t,h,e]: real
input u[t,h,e]: real
a[h,t,t'] = softmax[t'{where}] ((sum[e] q[t,h,e] * k[t',h,e]) / sqrt(len(e)){score})
output y[t,h,e] = sum[t'] a[h,t,t'] * u[t',h,e]
"""


def scores(name, n):
    """Pairs of positions inside the predicate, of one head."""
    if name.startswith("causal"):
        return n * (n + 1) // 2
    if name.startswith("window"):
        return sum(min(t + 1, 256) for t in range(n))
    return n * n


def attention_text(name):
    return ATTENTION_TEXT.format(**{"where": "", "score": "", **ATTENTION[name]})


def weight_bytes(shape):
    """Of the encoder's matrices, which every sequence reads."""
    return 4 * shape["layers"] * (4 * shape["d"] ** 2 + 2 * shape["d"] * shape["f"])


def digest(path):
    """Of a file."""
    summed = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            summed.update(block)
    return summed.hexdigest()[:12]


class Builder:
    """Builds with `sinter build`, again where the compiler, the text or the options are others."""

    def __init__(self, sinter, folder, options):
        self.sinter, self.folder, self.options = sinter, folder, options
        self.compiler = digest(sinter)

    def build(self, name, text, extra):
        """Path of the executable, and a mark that is another for every other one: measured again is only what became another program."""
        what = json.dumps([self.compiler, digest(text), self.options, extra])
        out = os.path.join(self.folder, "%s-%s" % (name.replace(" ", "_"), hashlib.sha256(what.encode()).hexdigest()[:12]))
        if not os.path.exists(out):
            done = subprocess.run([self.sinter, "build", text, "-o", out] + self.options + extra, capture_output=True, text=True)
            if done.returncode != 0:
                raise RuntimeError("sinter build: " + done.stderr.strip().split("\n")[0])
        return out, digest(out)

    def encoder(self, name, directory, weights):
        extra = ["--model-dir=" + directory] + (["--weights=" + weights] if weights != "f32" else [])
        return self.build("%s-%s" % (name, weights), os.path.join(ROOT, "examples", "minilm.sinter"), extra)

    def attention(self, name):
        text = os.path.join(self.folder, name.replace(" ", "_") + ".sinter")
        with open(text, "w", encoding="utf-8") as file:
            file.write(attention_text(name))
        return self.build("attention " + name, text, [])

    def texts(self, texts, extra):
        """Executables of texts by name, two at a time; which cannot be built is told instead: a RuntimeError."""
        def one(item):
            path = os.path.join(self.folder, item[0] + ".sinter")
            with open(path, "w", encoding="utf-8") as file:
                file.write(item[1])
            try:
                return item[0], self.build(item[0], path, extra)[0]
            except RuntimeError as why:
                return item[0], why
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return dict(pool.map(one, texts.items()))

    def takes(self, word):
        """Whether the help of `sinter build` has a word."""
        return word in subprocess.run([self.sinter, "build", "--help"], capture_output=True, text=True).stdout


def checkpoint(name, folder):
    """The directory of a model's files."""
    like = os.environ.get("SINTER_MINILM")
    if not like:
        fetched = subprocess.run(["sh", os.path.join(ROOT, "tools", "fetch_minilm.sh")], stdout=subprocess.PIPE, text=True, check=True)
        like = os.path.join(ROOT, fetched.stdout.strip())
    if name == "minilm":
        return like
    return in_own_process("random", like, os.path.join(folder, name), SHAPES[name])


def exported(name, directory, folder):
    """Paths of .onnx files, and how many fusions of each kind onnxruntime found."""
    into = os.path.join(folder, "onnx-" + name)
    fusions = in_own_process("export", directory, into, SHAPES[name])
    return {what: os.path.join(into, what + ".onnx") for what in ("plain", "fused", "int8")}, fusions


def in_own_process(what, source, target, shape):
    done = subprocess.run([sys.executable, os.path.join(HERE, "encoder.py"), what, source, target, json.dumps(shape)], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError((done.stderr.strip().split("\n") or ["encoder.py failed"])[-1])
    return json.loads(done.stdout.strip().split("\n")[-1])

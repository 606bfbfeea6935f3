"""The real all-MiniLM-L6-v2, from its text to the embeddings of 120 texts that were observed elsewhere.

minilm.py: ids exact; largest difference to embeddings.f32 <= 2e-5, cosine >= 0.99999; the same bits for every batch size, order of the
batch and number of threads; size of the binary, libraries it needs, time to the first answer, compile time; the evaluator on three texts.
Prints what it measured. Times are printed, never asserted."""
import json
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

SOURCE = pathlib.Path(os.environ.get("SINTER_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
SINTER = os.environ.get("SINTER", str(SOURCE / "build/bin/sinter"))
MODEL = SOURCE / "examples/minilm.sinter"
DATA = SOURCE / "tests/cases/minilm"
checks = {"passed": 0, "failed": 0}


def check(what, holds, shown=""):
    checks["passed" if holds else "failed"] += 1
    print(("ok      " if holds else "FAILED  ") + what + (f": {shown}" if shown != "" else ""), flush=True)


def run(*command, **options):
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    if done.returncode:
        sys.exit(f"FAILED  {' '.join(map(str, command))}: exit {done.returncode}\n{done.stderr.decode()[-3000:]}")
    return done.stdout


def checkpoint():
    if os.environ.get("SINTER_MINILM"):
        return pathlib.Path(os.environ["SINTER_MINILM"])
    done = subprocess.run(["sh", "tools/fetch_minilm.sh"], cwd=SOURCE, stdout=subprocess.PIPE)
    if done.returncode:
        print("skipped: the checkpoint all-MiniLM-L6-v2 could not be fetched")
        sys.exit(77)
    return SOURCE / done.stdout.decode().strip().splitlines()[-1]


def answers(binary, lines, *options):
    out = run(binary, "--input-format=json", "--json", *options, input="".join(json.dumps(t) + "\n" for t in lines).encode())
    return [json.loads(line) for line in out.decode().splitlines()]


def kernels_of(binary):
    """Options that force each set of kernels that this machine can run; of a target with one set, none."""
    told = run(binary, "--info").decode()
    forced = [["--kernels=" + name] for name in ("zen4", "avx512", "avx2", "c")] if "\nkernels " in told else [[]]
    return [o for o in forced if subprocess.run([binary, *o, "--version"], capture_output=True).returncode == 0]


def check_numbers(binary, kernels, lines, wanted):
    by = " ".join(kernels) or "plain"
    got = np.array([a["embedding"] for a in answers(binary, lines, *kernels)], np.float32)
    difference = float(np.abs(got.astype(np.float64) - wanted).max())
    cosine = float(((got.astype(np.float64) * wanted).sum(1) / np.linalg.norm(got, axis=1) / np.linalg.norm(wanted, axis=1)).min())
    check(f"{by}: largest difference <= 2e-5", difference <= 2e-5, f"{difference:.3g}")
    check(f"{by}: least cosine >= 0.99999", cosine >= 0.99999, f"{cosine:.9f}")
    few = 10 if kernels[-1:] == ["--kernels=c"] else len(lines)  # plain loops take a second for six of them
    order = list(range(few))
    for what, options in [("one at a time", ["--batch=1"]), ("7 at a time", ["--batch=7"]), ("2 threads", ["--threads=2"]),
                          ("3 threads, 5 at a time", ["--threads=3", "--batch=5"]), ("another order", [])]:
        if what == "another order":
            random.Random(1).shuffle(order)
        again = np.array([a["embedding"] for a in answers(binary, [lines[k] for k in order], *kernels, *options)], np.float32)
        check(f"{by}: the same bits, {what}", again.tobytes() == got[order].tobytes())


def main():
    weights = checkpoint()
    texts = json.loads((DATA / "texts.json").read_text(encoding="utf-8"))
    wanted = np.fromfile(DATA / "embeddings.f32", "<f4").reshape(len(texts), -1)
    lines = [t["text"] for t in texts]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        binary = folder / "minilm"
        begin = time.time()
        run(SINTER, "emit", MODEL, "--model-dir", weights, "-d", folder / "sources")
        emitted = time.time()
        run(SINTER, "build", MODEL, "--model-dir", weights, "-o", binary)
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"        emit {emitted - begin:.2f} s, build {time.time() - emitted:.2f} s; of the processor {spent.ru_utime:.1f} s in all")
        extra = binary.stat().st_size - (folder / "sources/minilm_weights.bin").stat().st_size
        check("the binary is its weights and at most 1 MB", extra <= 1 << 20, f"{extra} bytes more")
        needs = [line.split()[0] for line in run("ldd", binary).decode().splitlines()]
        check("it needs libc, libm, pthread", all(n.startswith(("linux-vdso", "libc.", "libm.", "libpthread.", "/lib")) for n in needs), " ".join(needs))

        elsewhere = folder / "empty"
        elsewhere.mkdir()
        ids = answers(binary, lines, "--tokens")
        wrong = [k for k, (got, t) in enumerate(zip(ids, texts)) if got["ids"] != t["ids"]]
        check("ids of all texts", not wrong, wrong or len(ids))
        for kernels in kernels_of(binary):
            check_numbers(binary, kernels, lines, wanted)

        times = []
        for _ in range(5):
            begin = time.time()
            run(binary, "a sentence of some eight tokens", cwd=elsewhere)
            times.append(time.time() - begin)
        print(f"        start to first answer {sorted(times)[2] * 1000:.1f} ms (median of 5)")
        for line in run(binary, "--bench", "--threads=1").decode().splitlines():
            print("        " + line)

        from safetensors.numpy import load_file, save_file
        short = [k for k, t in enumerate(texts) if 2 < len(t["ids"]) < 18][:3]
        save_file({f"{k}/tok": np.array(texts[k]["ids"], np.int64) for k in short}, folder / "in.safetensors")
        run(SINTER, "eval", MODEL, "--model-dir", weights, "--in", folder / "in.safetensors", "--out", folder / "out.safetensors")
        exact = load_file(folder / "out.safetensors")
        worst = max(float(np.abs(exact[f"{k}/embedding"] - wanted[k]).max()) for k in short)
        check("the evaluator on three texts", worst <= 1e-7, f"{worst:.3g}")
    print(f"{checks['passed']} passed, {checks['failed']} failed\ncases: {sum(checks.values())}")
    sys.exit(checks["failed"] != 0)


main()

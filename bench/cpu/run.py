#!/usr/bin/env python3
"""Compiled models beside their peers on this machine, and docs/performance.md from it.

    bench/cpu/run.py [option ...]       or      make bench BENCH="option ..."

The peers (torch, transformers, onnxruntime, openvino) are installed into ~/.cache/sinter/bench, or $SINTER_BENCH_VENV, some gigabytes. What
was measured is kept in build/bench/results.json; a run that was ended goes on, and an experiment is taken again where the executable changed.
"""
import argparse
import datetime
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import environment  # noqa: E402
import invented  # noqa: E402
import machine  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def words(text):
    return [w for w in text.split(",") if w]


def read_options(arguments):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--only", type=words, default=[], metavar="NAMES", help="experiments whose names hold one of these, as --list shows them")
    p.add_argument("--list", action="store_true", help="print the names of the experiments and end")
    p.add_argument("--target", default="", metavar="NAME", help="passed to sinter build (default: what it builds without)")
    p.add_argument("--kernels", default="", metavar="NAME", help="passed to the executable")
    p.add_argument("--models", type=words, default=["minilm", "bert-base"], metavar="NAMES")
    p.add_argument("--weights", type=words, default=["f32", "int8"], metavar="NAMES", help="int8 where sinter build has --weights")
    p.add_argument("--threads", type=lambda t: [int(n) for n in words(t)], default=None, metavar="N,N", help="default: 1 and 2, as far as there are cores")
    p.add_argument("--reps", type=int, default=5, metavar="N", help="repetitions that are kept")
    p.add_argument("--seconds", type=float, default=2.0, metavar="S", help="of each measurement, at least")
    p.add_argument("--length", type=int, default=4096, metavar="N", help="of the sequence for attention alone")
    p.add_argument("--seeds", type=lambda t: [int(n) for n in words(t)], default=list(invented.SEEDS), metavar="N,N", help="of what is made up")
    p.add_argument("--quick", action="store_true", help="two repetitions of a moment: whether everything runs and agrees, not how fast")
    p.add_argument("--short", action="store_true", help="two repetitions of at least 0.4 s: the figures a few times sooner, and less sure")
    p.add_argument("--fresh", action="store_true", help="forget what was measured")
    p.add_argument("--report", action="store_true", help="write the document from what was measured and end")
    p.add_argument("--sinter", default=os.path.join(ROOT, "build", "bin", "sinter"), metavar="FILE")
    p.add_argument("--out", default=os.path.join(ROOT, "build", "bench"), metavar="DIR", help="where everything is kept")
    p.add_argument("--docs", default=None, metavar="DIR", help="where performance.md and .svg are written (default: docs, or --out with --quick)")
    return settle(p.parse_args(arguments))


def settle(o):
    o.cores = len(os.sched_getaffinity(0))
    o.out = os.path.abspath(o.out)
    o.threads = o.threads or ([1, 2] if o.cores > 1 else [1])
    o.probe_seconds = 0.5
    o.compared = o.counted = None
    if o.short:
        o.reps, o.seconds, o.probe_seconds = 2, 0.4, 0.15
    if o.quick:
        o.out = os.path.join(o.out, "quick")
        o.reps, o.seconds, o.probe_seconds, o.length, o.compared, o.counted = 2, 0.1, 0.05, min(o.length, 256), 8, 8
    o.docs = os.path.abspath(o.docs or (o.out if o.quick else os.path.join(ROOT, "docs")))
    o.build = ["--target=" + o.target] if o.target else []
    o.target = o.target or "default"
    o.target += "+" + o.kernels if o.kernels else ""
    o.kernels = ["--kernels=" + o.kernels] if o.kernels else []
    os.makedirs(o.out, exist_ok=True)
    return o


def say(text):
    print(text, file=sys.stderr, flush=True)


def git(*arguments):
    done = subprocess.run(["git", "-C", ROOT] + list(arguments), capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def facts(o):
    """What stands at the top of the document."""
    given = [a for a in sys.argv[1:] if not a.startswith(("--out", "--docs", "--sinter"))]
    return {"date": datetime.date.today().isoformat(), "command": "make bench" + (' BENCH="%s"' % " ".join(given) if given else ""),
            "compiler": machine.first_line([o.sinter, "--version"]), "commit": git("rev-parse", "--short=12", "HEAD"),
            "changed": bool(git("status", "--porcelain", "-uno")), "machine": machine.about(), "versions": environment.versions(),
            "quick": o.quick, "short": o.short, "reps": o.reps, "seconds": o.seconds, "load": machine.load()}


def measure(o, results):
    import experiments
    import models
    import peers
    builder = models.Builder(o.sinter, o.out, o.build)
    o.caches = {k: machine.cache_bytes(v) for k, v in machine.about()["caches"].items()}
    o.mark = [environment.versions(), o.quick, o.seconds]
    served = [w for w in o.weights if w == "f32" or builder.takes("int8")]
    steps = experiments.plan(o, served)
    if o.list:
        print("\n".join(name for name, _, _ in steps))
        return 0
    bench, failed = experiments.Bench(o, results, builder, say), 0
    results.data["about"] = facts(o)
    try:
        for name, experiment, arguments in steps:
            try:
                experiment(bench, *arguments)
            except (peers.Trouble, RuntimeError) as why:
                say("%s: %s" % (name, why))
                results.data.setdefault("failed", {})[name] = str(why)
                failed = 1
            else:
                results.data.get("failed", {}).pop(name, None)
            results.save()
    except KeyboardInterrupt:
        say("ended; the same command goes on from here")
        failed = 130
    finally:
        bench.peers.close()
    return failed


def main():
    o = read_options(sys.argv[1:])
    if not (o.report or o.list):
        environment.enter(say)
    import report
    import results
    kept = results.Results(os.path.join(o.out, "results.json"), o.fresh)
    status = 0 if o.report else measure(o, kept)
    if not o.list:
        report.write(kept.data, o.docs)
        say("written: " + os.path.join(o.docs, "performance.md"))
    return status


if __name__ == "__main__":
    sys.exit(main())

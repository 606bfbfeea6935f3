"""docs/performance.md from the results: every figure it has was measured, and a place without one says why."""
import os

import invented
import models
import plot
import stats
import workloads

AT_BEST = ("x86", "default", "avx512", "neon", "avx2", "c")  # which target the tables are about, where several were measured


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def count(x):
    return "{:,.0f}".format(x)


def percent(x):
    return "%.0f %%" % (100 * x) if x is not None else ""


def ratio_text(s):
    """1.53x (1.49 to 1.56), with how many repetitions were kept where some were not."""
    text = "%.2fx (%.2f to %.2f)" % (s["ratio"], s["first"], s["third"])
    return text + (", %d of %d kept" % (s["kept"], s["of"]) if s["kept"] < s["of"] else "")


def milliseconds(rate):
    return "%.3g ms" % (1e3 / rate)


def why_not(record, peer=""):
    """A word for an empty place."""
    for kind, why in record.get("absent", {}).items():
        if not peer or peer.startswith(kind):
            return "not measured: " + why.replace("|", "/")[:80]
    return "the probes differed" if record.get("pairs") else "not measured"


def main_target(data):
    found = {r["target"] for group in ("throughput", "latency", "attention", "invented") for r in data.get(group, {}).values()}
    return next((t for t in AT_BEST if t in found), min(found) if found else None)


def records(data, group, **wanted):
    return [r for r in data.get(group, {}).values() if all(r.get(k) == v for k, v in wanted.items())]


def hardest(record, work):
    """Name and summary of the peer that is closest."""
    all_of = {name: stats.summary(taken, work) for name, taken in record.get("pairs", {}).items()}
    all_of = {name: s for name, s in all_of.items() if s}
    name = min(all_of, key=lambda n: all_of[n]["ratio"]) if all_of else None
    return name, all_of.get(name)


def throughput_rows(found):
    rows = []
    for r in found:
        work = r["flops"]
        name, best = hardest(r, work)
        first = stats.summary(r.get("pairs", {}).get("onnxruntime, as it comes", []), work)
        rows.append([r["model"], r["workload"], str(r["threads"]), count(best["ours"]) if best else count(r["alone"]) if "alone" in r else "",
                     ratio_text(first) if first else why_not(r, "onnxruntime"), ratio_text(best) if best else why_not(r), name or "",
                     percent(best["share"]) if best else ""])
    return rows


def screen_rows(found):
    rows = []
    for r in found:
        screen = r.get("screen", {})
        for kind in sorted({name.split(", ")[0] for name in screen}):
            rows.append([r["model"], r["weights"], r["workload"], str(r["threads"]), kind] +
                        [count(screen[k]) if (k := "%s, %s" % (kind, order)) in screen else "" for order in workloads.ORDERS])
        for kind in r.get("absent", {}):
            rows.append([r["model"], r["weights"], r["workload"], str(r["threads"]), kind, why_not(r, kind), "", ""])
    return rows


def latency_rows(data, found):
    rows = []
    for r in found:
        name, best = hardest(r, r["flops"])
        read = data.get("limits", {}).get(str(r["threads"]), {}).get("weights", {}).get(r["model"])
        rows.append([r["model"], r["weights"], r["workload"].replace("one of ", ""), str(r["threads"]), milliseconds(best["ours"]) if best else "",
                     milliseconds(best["peer"]) if best else "", name or "", ratio_text(best) if best else why_not(r),
                     percent(best["share"]) if best else "", percent(best["ours"] * r["bytes"] / read) if best and read else ""])
    return rows


def attention_rows(found):
    rows = []
    for r in found:
        _, s = hardest(r, r["flops"])
        rows.append([r["what"], str(r["length"]), str(r["threads"]), milliseconds(s["ours"]) if s else "", milliseconds(s["peer"]) if s else "",
                     ratio_text(s) if s else why_not(r), percent(s["share"]) if s else ""])
    return rows


def predicate_rows(found):
    rows = []
    for r in found:
        _, s = hardest(r, 0)
        cost = r["full"] / r["scores"]  # calls a second are compared; here seconds a score
        rows.append([r["what"], str(r["threads"]), percent(r["scores"] / r["full"]),
                     "%.2f (%.2f to %.2f)" % tuple(cost / s[k] for k in ("ratio", "third", "first")) if s else why_not(r)])
    return rows


def times_text(pairs, limit):
    """Time with the piece over time without it, and a bold word where that is too much."""
    if not pairs:
        return ""
    first, median, third = stats.quartiles([own / piece for own, piece in pairs])
    return "%.2f (%.2f to %.2f)" % (median, first, third) + (" **beyond %.2f**" % limit if median > limit else "")


def invented_rows(found):
    rows, count = [], {}
    for r in sorted(found, key=lambda r: (r["seed"], invented.KINDS.index(r["kind"]))):
        kind = (r["seed"], r["kind"])
        count[kind] = count.get(kind, 0) + 1
        limit = invented.limit_alone(r["more"])
        rows.append([str(r["seed"]), "%s %d" % (r["kind"], count[kind]), times_text(r.get("encoder"), invented.ENCODER_LIMIT) or why_not(r),
                     "%.2f" % invented.ENCODER_LIMIT, times_text(r.get("alone"), limit), "%.2f" % limit if "alone" in r else "",
                     "`%s`" % invented.short(r["text"].replace("|", "/"))])
    return rows


def invented_text(found):
    return ("Norms, activations and attention scores that are made up from a seed (`tests/forms/inventor.py`), and that no template or example contains: "
            "time with the piece over time without it, %s threads, and what it may be. In MiniLM these are the first %d sequences of u8_128; attention "
            "alone is %s, one sequence, and may be %.2f and %.2f more for each transcendental function of the score. "
            "`tests/forms/test_invented.py --explain --show --seed N` prints the formulas whole. **%s**" %
            (" and ".join(sorted({str(r["threads"]) for r in found})), invented.SEQUENCES, invented.ALONE, invented.ALONE_LIMIT, invented.EACH_LIMIT,
             invented.tally(found)))


def agreement_rows(found):
    rows = []
    for r in found:
        for name, e in r.get("errors", {}).items():
            rows.append([r["model"], name, str(r["sequences"]), "%.1e" % e["most"], "%.1e" % e["relative"], "%.6f" % e["cosine_least"],
                         "%.6f" % e["cosine_median"], percent(e["neighbour"])])
        for name in r.get("absent", {}):
            rows.append([r["model"], name, why_not(r, name)] + [""] * 5)
    return rows


def start_rows(found):
    return [[r["model"], r["weights"], "%.0f ms" % (1e3 * r["ours"]), "%.1f MB" % (r["bytes"] / 1e6),
             ", ".join("%s %.1f s" % item for item in r["loaded"].items())] for r in found if "ours" in r]


def limit_rows(data):
    rows = []
    for threads, r in sorted(data.get("limits", {}).items()):
        for what, told in r.get("told", {}).items():
            if told:
                rows.append([what, threads, "%.0f G/s" % (told["rate"] / 1e9), "%.2f GHz" % (told["clock"] / 1e9),
                             "%.2f" % told["instructions_per_cycle"], r.get("wrong", {}).get(what, "")])
        for level, rate in r.get("read", {}).items():
            rows.append(["read " + level, threads, "%.0f GB/s" % (rate / 1e9), "", "", ""])
    return rows


def other_rows(data, target):
    rows = []
    for r in data.get("throughput", {}).values():
        _, s = hardest(r, r["flops"])
        if r["target"] != target and s:
            rows.append([r["target"], r["model"], r["weights"], r["workload"], str(r["threads"]), count(s["ours"]), percent(s["share"]), r["probe"] or ""])
    return rows


def every_record(data):
    """(name, record), where the name of a group stands for all of it."""
    for group, kept in sorted(data.items()):
        if isinstance(kept, dict) and group not in ("about", "failed"):
            for name, record in sorted(kept.items()):
                yield group, "%s/%s" % (group, name), record


def grouped(data, key, now):
    """What differs from the last run in this: key -> names, that of a group where all of it does."""
    found, sizes = {}, {}
    for group, name, record in every_record(data):
        sizes[group] = sizes.get(group, 0) + 1
        if tuple(record.get(key, now)) != tuple(now):
            found.setdefault(tuple(record[key]), {}).setdefault(group, []).append(name)
    return {what: ", ".join(", ".join("`%s`" % n for n in (names if len(names) == 1 or len(names) < sizes[group] else [group])) for group, names in groups.items())
            for what, groups in sorted(found.items())}


def others_taken(data):
    """Groups of records that are from another day or commit than the last run's, or were repeated less or longer."""
    a = data["about"]
    kept = ["Kept from %s, commit %s, as the executables are the same or were left out by --only: %s." % (*when, names)
            for when, names in grouped(data, "taken", [a["date"], a["commit"]]).items()]
    return kept + ["Of %d repetitions of at least %g s each: %s." % (*how, names)
                   for how, names in grouped(data, "protocol", [a["reps"], a["seconds"]]).items()]


def about(data):
    a = data.get("about")
    if not a:
        return "Nothing has been measured yet: `make bench`.\n"
    m = a["machine"]
    kept = others_taken(data)
    said = ["Measured on %s by `%s`, with %s, commit %s%s. Load of the machine when it began: %.1f." %
            (a["date"], a["command"], a["compiler"], a["commit"] or "unknown", " and changes" if a["changed"] else "", a["load"])]
    if a["quick"]:
        said.append("**With --quick: that everything runs and agrees is all that these figures say.**")
    if a.get("short"):
        said.append("**With --short**: %d repetitions of at least %.1f s, where the whole protocol has 5 of 2 s." % (a["reps"], a["seconds"]))
    said.append("Machine: %s, %d cores (%s), caches %s, %d GiB; %s, %s. Python %s; %s." %
                (m["processor"]["name"], m["cores"], ", ".join(m["processor"]["flags"]), ", ".join("%s %s" % c for c in m["caches"].items()) or "unknown",
                 m["memory"], m["system"], m["compiler"], m["python"],
                 ", ".join("%s %s" % (k, v or "could not be installed") for k, v in a["versions"].items())))
    return "\n\n".join(said + kept) + "\n"


HOW = """## How it is measured

- **Side by side.** A repetition is peak probe, peer, ours, peer, ours, probe, each for at least {seconds} s; a ratio is taken within a repetition. Tables
  show the median of the ratios and their quartiles, of {reps} repetitions; one whose two probes differ by 10 % is dropped and taken again.
- **The same work.** Everybody gets the same token ids of English text, nobody tokenizes, padding does not count as tokens, and all embeddings are compared
  first. Multiplications and additions of products are counted from the shape, softmax and norms not at all, the same for everybody.
- **Peers at their best.** onnxruntime with all its fusions for transformers, OpenVINO, torch with scaled_dot_product_attention; each in batches of 32 as
  they come, the same sorted by length, and singly; padded arrays are made before the clock starts, and one whole pass is not counted (nor run to its end
  where it is at half the speed of another). As opponents are taken: onnxruntime as it comes, and all that come within 10 % of the best in a first pass.
- **Ours as it is built.** `sinter build` without options, sequences as they come, ids as text in memory, parsed and packed while time is taken (`--bench`).
- **Latency** is one line written into the running executable (`--batch=1`) and its answer read as text, pipe, parsing and printing included; of the peers,
  one call with arrays in memory. **Attention alone** is one call, with arrays in memory for everybody.
- **The peak** is what independent multiply-adds of the widest vectors reach in that moment. That the probe reaches it is checked against the clock, told by
  a chain of multiplications: instructions in a cycle have to come out as the number of ports. Kernels `zen4` do with additions, which have
  ports of their own there, some of what is counted as multiply-adds, so that their share may be more than 100 %.
- **Start** of ours is from nothing to the answer for one sequence of 16 tokens and the process gone; of a peer, loading the model into a running Python.
"""


def section(title, text, head, rows, empty="Nothing has been measured."):
    return "## %s\n\n%s%s\n" % (title, text + "\n\n" if text else "", table(head, rows) if rows else empty)


def kernels_text(of):
    """Which kernels ours ran."""
    names = sorted({r["kernels"] for r in of if r.get("kernels")})
    return "\n\nOurs ran the kernels %s." % ", ".join("`%s`" % n for n in names) if names else ""


def document(data):
    target = main_target(data)
    by_weights = {w: records(data, "throughput", target=target, weights=w) for w in ("f32", "int8")}
    head = ["model", "workload", "threads", "ours, tokens/s", "against onnxruntime as it comes", "against the best of all peers", "which is", "share of peak"]
    workload_text = "; ".join("`%s`: %s" % item for item in workloads.ABOUT.items() if item[0] in workloads.LENGTHS) + "."
    model_text = " ".join("`%s`: %s." % item for item in models.ABOUT.items())
    int8_none = "Nothing has been measured: this compiler has no `--weights=int8`, or it was left out."
    parts = ["# Performance\n\nWritten by `make bench` (`bench/cpu/report.py`); not by hand. Larger ratios are better: 2x is twice as fast as the peer.\n\n"
             + about(data),
             section("Many sequences, f32", "%s\n%s\n\n![tokens a second](performance.svg)%s" % (model_text, workload_text, kernels_text(by_weights["f32"])), head,
                     throughput_rows(by_weights["f32"])),
             section("Many sequences, int8", "Against onnxruntime with dynamic quantisation, per channel." + kernels_text(by_weights["int8"]), head, throughput_rows(by_weights["int8"]), int8_none),
             section("One sequence at a time", "", ["model", "weights", "tokens", "threads", "ours", "peer", "the best of all, which is", "ratio",
                                                    "share of peak", "of bandwidth"],
                     latency_rows(data, records(data, "latency", target=target))),
             section("Attention alone", "One sequence, heads x width, against torch's scaled_dot_product_attention.",
                     ["", "length", "threads", "ours", "torch", "ratio", "share of peak"], attention_rows(records(data, "attention", target=target))),
             section("What a predicate costs", "Time for one score inside the predicate, over that of full attention: 1 is none. ALiBi looks at all keys, "
                     "with a bias by distance; the window is the last 256 positions.",
                     ["", "threads", "scores of full", "time for a score, of full"], predicate_rows(records(data, "predicate", target=target))),
             section("What nobody has written before", invented_text(records(data, "invented", target=target)) if data.get("invented") else "",
                     ["seed", "piece", "in MiniLM", "may be", "attention alone", "may be", "shortened"], invented_rows(records(data, "invented", target=target))),
             section("Agreement", "Embeddings of unit length beside those of transformers in f32: largest and relative difference, cosine, and whose nearest "
                     "neighbour is the same.", ["model", "who", "sequences", "largest", "relative", "least cosine", "median cosine", "same neighbour"],
                     agreement_rows(records(data, "agreement", target=target))),
             section("Start", "", ["model", "weights", "ours", "executable", "peers load in"], start_rows(records(data, "start", target=target))),
             section("All peers, all orders", "Tokens a second in the first pass, which chooses the opponents.",
                     ["model", "weights", "workload", "threads", "peer"] + list(workloads.ORDERS),
                     screen_rows(records(data, "throughput", target=target))),
             section("Other targets", "", ["target", "model", "weights", "workload", "threads", "tokens/s", "share of peak", "of"], other_rows(data, target)),
             section("Limits of this machine", "", ["", "threads", "rate", "clock", "instructions a cycle", ""], limit_rows(data)),
             HOW.format(seconds=data.get("about", {}).get("seconds", 2), reps=data.get("about", {}).get("reps", 5))]
    if data.get("failed"):
        parts.append("## What failed\n\n" + "\n".join("- `%s`: %s" % item for item in sorted(data["failed"].items())) + "\n")
    return "\n".join(parts)


def bars(data):
    """For the plot: groups of (label, [(who, tokens/s)]), of MiniLM in f32 on most threads."""
    found = records(data, "throughput", target=main_target(data), model="minilm", weights="f32")
    most = max((r["threads"] for r in found), default=0)
    groups = []
    for r in found:
        if r["threads"] == most and "alone" in r:
            rates = {"sinter, as it comes": r["alone"]}
            for kind in sorted({name.split(", ")[0] for name in r.get("screen", {})}):
                of_kind = {n: v for n, v in r["screen"].items() if n.startswith(kind)}
                rates[stats.best(of_kind)] = max(of_kind.values())
            if "onnxruntime, as it comes" in r.get("screen", {}):
                rates["onnxruntime, as it comes"] = r["screen"]["onnxruntime, as it comes"]
            groups.append(("%s, %d threads" % (r["workload"], most), sorted(rates.items(), key=lambda item: -item[1])))
    return groups


def write(data, folder):
    os.makedirs(folder, exist_ok=True)
    for name, text in (("performance.md", document(data)), ("performance.svg", plot.svg(bars(data), "MiniLM, f32, tokens a second"))):
        path = os.path.join(folder, name)
        with open(path + ".part", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(path + ".part", path)

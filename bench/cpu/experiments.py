"""What is measured, and how: every experiment leaves its record in the results."""
import os

import invented
import models
import ours
import peers
import probes
import stats
import workloads

COUNTED = {"minilm": None, "bert-base": 64}  # sequences of a workload that are run; None: all
# Which file a peer takes, by weights; None: the checkpoint itself.
PEERS = {"f32": {"onnxruntime": "fused", "openvino": "plain", "torch": None}, "int8": {"onnxruntime": "int8"}}
LOW, HIGH = 1 << 14, 1 << 28  # bytes of arrays in L1, in memory


class Bench:
    """The surroundings of experiments: options of the run, results, what was built."""

    def __init__(self, options, results, builder, say):
        self.o, self.results, self.builder, self.say = options, results, builder, say
        self.probe = probes.Probe(options.out, options.probe_seconds)
        self.widest = self.probe.widest("fma256" if "avx2" in options.target else "fma512")
        self.peers = peers.Peers(os.path.join(options.out, "peers.log"))
        self.known = {}

    # ---- what is needed, made when it is needed first
    def once(self, key, make):
        if key not in self.known:
            try:
                self.known[key] = make()
            except Exception as why:  # said once, in every table that needs it
                self.known[key] = peers.Trouble(str(why))
                self.say("%s: %s" % (" ".join(map(str, key)), why))
        if isinstance(self.known[key], peers.Trouble):
            raise self.known[key]
        return self.known[key]

    def directory(self, model):
        return self.once(("checkpoint", model), lambda: models.checkpoint(model, self.o.out))

    def ids(self):
        return self.once(("ids",), lambda: workloads.write(os.path.join(self.o.out, "ids"), os.path.join(self.directory("minilm"), "tokenizer.json")))

    def onnx(self, model):
        return self.once(("onnx", model), lambda: models.exported(model, self.directory(model), self.o.out))

    def encoder(self, model, weights):
        return self.once(("sinter build", model, weights), lambda: self.builder.encoder(model, self.directory(model), weights))

    def kernels(self):
        """The set of kernels that runs here."""
        return self.once(("kernels",), lambda: ours.Ours(self.encoder("minilm", "f32")[0], 1, self.o.kernels).kernels())

    def attention(self, name):
        return self.once(("sinter build", "attention", name), lambda: self.builder.attention(name))

    def peer(self, kind, file, model, threads):
        return self.peers.get(kind, self.onnx(model)[0][file] if file else self.directory(model), threads)

    # ---- the protocol
    def repeat(self, record, name, peer, our, probe):
        """Repetitions of [probe, peer, ours, peer, ours, probe] until enough were kept, or twice as many were taken."""
        taken = record.setdefault("pairs", {}).setdefault(name, [])
        while len(stats.kept(taken)) < self.o.reps and len(taken) < 2 * self.o.reps:
            before = probe()
            rates = [peer(), our(), peer(), our()]
            taken.append({"probe": [before, probe()], "peer": rates[0::2], "ours": rates[1::2]})
            self.results.save()
            self.say("  %-28s ratio %.3f%s" % (name, stats.ratio(taken[-1]), "" if stats.is_kept(taken[-1]) else "   dropped: the probes differ"))

    def peak(self, weights, threads):
        what = "dot8" if weights == "int8" else self.widest
        return what, lambda: self.probe.rate(what, threads)

    def begin(self, group, name, mark, **facts):
        """The record of what is not done yet, None of what is."""
        record = self.results.record(group, name, [mark, self.o.mark], **facts)
        if record["done"]:
            self.say("%s/%s: is there" % (group, name))
            return None
        self.say("%s/%s" % (group, name))
        record.pop("absent", None)
        return record

    def finish(self, record):
        record["taken"] = [self.results.data["about"]["date"], self.results.data["about"]["commit"]]
        record["protocol"] = [self.o.reps, self.o.seconds]
        record["done"] = not record.get("absent")  # who could not be had is tried again the next time
        self.results.save()


def limits(bench, threads):
    """Peaks and bandwidths of this machine, and whether the probe reaches what the ports give."""
    record = bench.begin("limits", str(threads), "")
    if record is None:
        return
    about = bench.o.caches
    record["told"] = {what: bench.probe.tell(what, threads) for what in probes.WIDTHS + ("dot8",)}
    sizes = {"L1": LOW, "L2": about.get("L2", 0) // 2, "L3": about.get("L3", 0) // (2 * bench.o.cores), "memory": max(HIGH, 4 * about.get("L3", 0))}
    record["read"] = {level: bench.probe.tell("read", threads, size)["rate"] for level, size in sizes.items() if size}
    record["weights"] = {model: bench.probe.tell("read", threads, models.weight_bytes(models.SHAPES[model]) // threads)["rate"] for model in bench.o.models}
    record["wrong"] = {what: probes.check(told) for what, told in record["told"].items() if told and probes.check(told)}
    bench.finish(record)


def throughput(bench, model, weights, workload, threads):
    binary, mark = bench.encoder(model, weights)
    file, most, shape = bench.ids()[workload], bench.o.counted or COUNTED[model], models.SHAPES[model]
    given = workloads.lengths(workload)[:most]
    what, probe = bench.peak(weights, threads)
    record = bench.begin("throughput", "/".join([bench.o.target, model, weights, workload, str(threads)]), mark, target=bench.o.target, model=model,
                         weights=weights, workload=workload, threads=threads, sequences=len(given), tokens=sum(given),
                         flops=workloads.encoder_flops(shape, given) / sum(given), probe=what)
    if record is None:
        return
    own = ours.Ours(binary, threads, bench.o.kernels)
    record["kernels"] = own.kernels()
    screen, absent = record.setdefault("screen", {}), record.setdefault("absent", {})
    for kind, onnx in PEERS[weights].items():
        for order in workloads.ORDERS:
            name = "%s, %s" % (kind, order)
            if name in screen:
                continue
            try:
                peer = bench.peer(kind, onnx, model, threads)
                screen[name] = peer.do("throughput", file=file, order=order, seconds=bench.o.seconds, most=most,
                                       least=0.5 * max(screen.values(), default=0.0))["rate"]
                bench.say("  %-28s %.0f tokens/s" % (name, screen[name]))
            except peers.Trouble as why:
                absent[kind] = str(why)
                break
    record["alone"] = own.throughput(file, most)["rate"]
    bench.say("  %-28s %.0f tokens/s" % ("ours", record["alone"]))
    as_it_comes = "onnxruntime, as it comes"
    for name in dict.fromkeys(([as_it_comes] if as_it_comes in screen else []) + stats.close_to_best(screen)):
        kind, order = name.split(", ")
        peer = bench.peer(kind, PEERS[weights][kind], model, threads)
        bench.repeat(record, name, lambda: peer.do("throughput", file=file, order=order, seconds=bench.o.seconds, most=most)["rate"],
                     lambda: own.throughput(file, most)["rate"], probe)
    bench.finish(record)


def latency(bench, model, weights, workload, threads):
    binary, mark = bench.encoder(model, weights)
    file = bench.ids()[workload]
    given, shape = workloads.lengths(workload), models.SHAPES[model]
    what, probe = bench.peak(weights, threads)
    record = bench.begin("latency", "/".join([bench.o.target, model, weights, workload, str(threads)]), mark, target=bench.o.target, model=model,
                         weights=weights, workload=workload, threads=threads, flops=workloads.encoder_flops(shape, given),
                         bytes=models.weight_bytes(shape) // (4 if weights == "int8" else 1), probe=what)
    if record is None:
        return
    own = ours.Ours(binary, threads, bench.o.kernels)
    for kind, onnx in PEERS[weights].items():
        try:
            peer = bench.peer(kind, onnx, model, threads)
            bench.repeat(record, kind, lambda: peer.do("latency", file=file, seconds=bench.o.seconds)["rate"],
                         lambda: own.latency(file, bench.o.seconds)["rate"], probe)
        except peers.Trouble as why:
            record.setdefault("absent", {})[kind] = str(why)
    bench.finish(record)


def tensors(bench, name, n):
    """Path of one sequence of q, k, u."""
    import numpy
    what = models.ATTENTION[name]
    path = os.path.join(bench.o.out, "attention-%dx%dx%d.safetensors" % (what["heads"], what["width"], n))
    if not os.path.exists(path):
        rng = numpy.random.default_rng(1)
        ours.write_tensors(path, {"0/" + x: rng.random((n, what["heads"], what["width"]), numpy.float32) - 0.5 for x in "qku"})
    return path


def attention(bench, name, threads):
    binary, mark = bench.attention(name)
    n, what = bench.o.length, models.ATTENTION[name]
    peak, probe = bench.peak("f32", threads)
    record = bench.begin("attention", "/".join([bench.o.target, name, str(threads)]), [mark, n], target=bench.o.target, what=name, threads=threads,
                         length=n, flops=4 * what["heads"] * what["width"] * models.scores(name, n), probe=peak)
    if record is None:
        return
    own, path = ours.Ours(binary, threads, bench.o.kernels), tensors(bench, name, n)
    try:
        peer = bench.peers.get("sdpa", "", threads)
        bench.repeat(record, "torch", lambda: peer.do("attention", heads=what["heads"], width=what["width"], length=n, causal="causal" in name,
                                                      seconds=bench.o.seconds)["rate"],
                     lambda: own.one_at_a_time(path)["rate"], probe)
    except peers.Trouble as why:
        record.setdefault("absent", {})["torch"] = str(why)
    bench.finish(record)


def predicate(bench, name, threads):
    """Ours against ours: the full attention takes the peer's place."""
    full, mark = bench.attention("12x64")
    binary, own_mark = bench.attention(name)
    n = bench.o.length
    record = bench.begin("predicate", "/".join([bench.o.target, name, str(threads)]), [mark, own_mark, n], target=bench.o.target, what=name,
                         threads=threads, length=n, scores=models.scores(name, n), full=models.scores("12x64", n))
    if record is None:
        return
    path = tensors(bench, name, n)
    whole, own = (ours.Ours(b, threads, bench.o.kernels) for b in (full, binary))
    bench.repeat(record, "full", lambda: whole.one_at_a_time(path)["rate"], lambda: own.one_at_a_time(path)["rate"], bench.peak("f32", threads)[1])
    bench.finish(record)


def invented_pieces(bench, seed):
    """The encoder with a piece in it beside the encoder as it is, attention alone with a score beside attention as it is; in turns."""
    threads, target = max(bench.o.threads), bench.o.build or ["--target=" + bench.kernels()]
    pieces = {"%d-%s-%d" % (seed, p.kind, i): p for i, p in enumerate(invented.pieces(seed))}
    open_, texts, model = {}, {"encoder": {}, "alone": {}}, ["--model-dir=" + bench.directory("minilm")]
    for name, piece in pieces.items():
        record = bench.begin("invented", "%s/%s/%d" % (bench.o.target, name, threads), [bench.builder.compiler, piece.text, target, bench.o.length],
                             target=bench.o.target, seed=seed, kind=piece.kind, text=str(piece), more=piece.transcendentals(), threads=threads)
        if record is not None:
            open_[name] = record
            texts["encoder"]["encoder-" + name] = invented.encoder_text(piece)
            if piece.kind == "score":
                texts["alone"]["alone-" + name] = invented.alone_text(piece)
    if not open_:
        return
    long = {place: n // (10 if bench.o.quick else 1) for place, n in invented.MILLISECONDS.items()}
    rate = {"encoder": lambda own: own.throughput(bench.ids()["u8_128"], invented.SEQUENCES, milliseconds=long["encoder"])["rate"],
            "alone": lambda own: own.one_at_a_time(tensors(bench, invented.ALONE, bench.o.length), milliseconds=long["alone"])["rate"]}
    for place, of_place in texts.items():
        built = bench.builder.texts({**of_place, place + "-own": invented.own_text(place)}, target + (model if place == "encoder" else []))
        for name in of_place:
            record = open_[name.split("-", 1)[1]]
            if isinstance(built[name], RuntimeError):
                record.setdefault("absent", {})[place] = str(built[name])
                continue
            both = [ours.Ours(built[n], threads, bench.o.kernels) for n in (place + "-own", name)]
            record[place] = [[rate[place](own) for own in both] for _ in range(invented.REPETITIONS)]
            os.remove(built[name])
            bench.say("  %-28s %.2f of the time, %s" % (name, stats.quartiles([a / b for a, b in record[place]])[1], record["text"]))
    for record in open_.values():
        bench.finish(record)
    bench.say("invented/%d: %s" % (seed, invented.tally(open_.values())))


def agreement(bench, model, weights):
    """Embeddings of everybody beside those of transformers in f32."""
    import numpy
    binary, mark = bench.encoder(model, weights)
    most = bench.o.compared
    record = bench.begin("agreement", "/".join([bench.o.target, model, weights]), [mark, most], target=bench.o.target, model=model, weights=weights)
    if record is None:
        return
    file, found, absent = bench.ids()["u8_128"], {}, {}
    threads = max(bench.o.threads)

    def told(name, embed):
        to = os.path.join(bench.o.out, name.replace(" ", "-") + ".npy")
        try:
            embed(to)
            found[name] = numpy.load(to)
        except peers.Trouble as why:
            absent[name] = str(why)
    told("torch", lambda to: bench.peer("torch", None, model, threads).do("embed", file=file, to=to, most=most))
    told("ours " + weights, lambda to: ours.Ours(binary, threads, bench.o.kernels).embed(file, to, most))
    for kind, onnx in PEERS[weights].items():
        if kind == "torch":
            continue
        told("%s %s" % (kind, weights), lambda to: bench.peer(kind, onnx, model, threads).do("embed", file=file, to=to, most=most))
    reference = found.pop("torch", None)
    record["absent"] = absent
    record["errors"] = {name: difference(reference, rows) for name, rows in found.items()} if reference is not None else {}
    record["sequences"] = 0 if reference is None else len(reference)
    for name, error in record["errors"].items():
        bench.say("  %-28s most %.2e, cosine %.6f" % (name, error["most"], error["cosine_least"]))
    bench.finish(record)


def difference(reference, rows):
    """Of rows of unit length."""
    import numpy
    cosine = (reference * rows).sum(1)

    def nearest(x):
        close = x @ x.T
        numpy.fill_diagonal(close, -2)
        return close.argmax(1)
    return {"most": float(abs(reference - rows).max()), "relative": float(numpy.linalg.norm(reference - rows) / numpy.linalg.norm(reference)),
            "cosine_least": float(cosine.min()), "cosine_median": float(numpy.median(cosine)),
            "neighbour": float((nearest(reference) == nearest(rows)).mean())}


def start(bench, model, weights):
    binary, mark = bench.encoder(model, weights)
    record = bench.begin("start", "/".join([bench.o.target, model, weights]), mark, target=bench.o.target, model=model, weights=weights)
    if record is None:
        return
    record["ours"] = ours.Ours(binary, 1, bench.o.kernels).start(bench.ids()["one of 16"])
    record["bytes"] = os.path.getsize(binary)
    record["loaded"] = {}
    for kind, onnx in PEERS[weights].items():
        try:
            record["loaded"][kind] = bench.peer(kind, onnx, model, 1).loaded
        except peers.Trouble as why:
            record.setdefault("absent", {})[kind] = str(why)
    bench.finish(record)


def plan(options, weights_served):
    """(name, function, arguments) of everything, in the order of running."""
    all_of = [("limits/%d" % n, limits, (n,)) for n in options.threads]
    for model in options.models:
        for w in weights_served:
            all_of.append(("agreement/%s/%s" % (model, w), agreement, (model, w)))
            all_of.append(("start/%s/%s" % (model, w), start, (model, w)))
            for n in sorted(options.threads, reverse=True):
                all_of += [("latency/%s/%s/%s/%d" % (model, w, x, n), latency, (model, w, x, n)) for x in workloads.LATENCIES]
                all_of += [("throughput/%s/%s/%s/%d" % (model, w, x, n), throughput, (model, w, x, n)) for x in workloads.LENGTHS]
    for n in sorted(options.threads, reverse=True):
        all_of += [("attention/%s/%d" % (x, n), attention, (x, n)) for x in ("12x32", "12x64", "causal 12x64")]
        all_of += [("predicate/%s/%d" % (x, n), predicate, (x, n)) for x in ("causal 12x64", "alibi 12x64", "window 12x64")]
    all_of += [("invented/%d" % seed, invented_pieces, (seed,)) for seed in options.seeds]
    return [step for step in all_of if not options.only or any(piece in step[0] for piece in options.only)]

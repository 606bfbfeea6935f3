"""One peer in a process of its own, so that its threads and memory are not another's.

    peer.py KIND MODEL THREADS      KIND: onnxruntime (an .onnx file), openvino (an .onnx file), torch (a directory), sdpa (no model)

Reads one JSON object a line, {"do": NAME, ...}, and answers with one. Errors come as {"error": text}.
"""
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import numpy as np  # noqa: E402

import workloads  # noqa: E402


class OnnxRuntime:
    def __init__(self, model, threads):
        import onnxruntime as ort
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = 3
        self.session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.types = {i.name: np.int32 if "int32" in i.type else np.int64 for i in self.session.get_inputs()}

    def prepare(self, ids, mask):
        return {name: (ids if name == "input_ids" else mask).astype(kind) for name, kind in self.types.items()}

    def run(self, batch):
        return self.session.run(None, batch)[0]


class OpenVino:
    def __init__(self, model, threads):
        import openvino as ov
        core = ov.Core()
        config = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
        self.compiled = core.compile_model(core.read_model(model), "CPU", config)
        self.request = self.compiled.create_infer_request()

    def prepare(self, ids, mask):
        return {"input_ids": ids.astype(np.int64), "attention_mask": mask.astype(np.int64)}

    def run(self, batch):
        return self.request.infer(batch, share_inputs=True, share_outputs=True)[0]


class Torch:
    def __init__(self, model, threads):
        import torch

        import encoder
        self.torch = torch
        torch.set_num_threads(threads)
        self.model = encoder.sentence(model, "sdpa")

    def prepare(self, ids, mask):
        return self.torch.from_numpy(ids.astype(np.int64)), self.torch.from_numpy(mask.astype(np.int64))

    def run(self, batch):
        with self.torch.inference_mode():
            return self.model(*batch).numpy()


class Sdpa:
    """Attention alone; q, k and v lie as this function likes them best."""

    def __init__(self, _, threads):
        import torch
        torch.set_num_threads(threads)
        self.torch = torch

    def attention(self, heads, width, length, causal, seconds):
        torch = self.torch
        torch.manual_seed(1)
        q, k, v = (torch.rand(1, heads, length, width) - 0.5 for _ in range(3))
        with torch.inference_mode():
            call = lambda: torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=causal)  # noqa: E731
            return timed(call, seconds, warm=2)


KINDS = {"onnxruntime": OnnxRuntime, "openvino": OpenVino, "torch": Torch, "sdpa": Sdpa}


def timed(call, seconds, warm=0):
    """Rate of whole calls over at least `seconds`; of the first ones only that they are over."""
    for _ in range(warm):
        call()
    begin, count = time.perf_counter(), 0
    while True:
        call()
        count += 1
        passed = time.perf_counter() - begin
        if passed >= seconds:
            return {"calls": count, "seconds": passed, "rate": count / passed}


def padded(peer, sequences, which):
    longest = max(len(sequences[i]) for i in which)
    ids, mask = (np.zeros((len(which), longest), np.int64) for _ in range(2))
    for row, i in enumerate(which):
        ids[row, :len(sequences[i])] = sequences[i]
        mask[row, :len(sequences[i])] = 1
    return peer.prepare(ids, mask)


class Worker:
    def __init__(self, peer):
        self.peer, self.warm, self.made = peer, set(), {}

    def arrays(self, path, order, most):
        key = (path, order, most)
        if key not in self.made:
            sequences = workloads.read(path, most)
            groups = workloads.batches(sequences, order)
            self.made[key] = ([sum(len(sequences[i]) for i in g) for g in groups], groups, [padded(self.peer, sequences, g) for g in groups])
        return key, self.made[key]

    def first_pass(self, batches, counts, seconds, least):
        """None, or the rate so far where it is below `least` after a while: nobody waits for it to end."""
        begin, done = time.perf_counter(), 0
        for batch, count in zip(batches, counts):
            self.peer.run(batch)
            done += count
            passed = time.perf_counter() - begin
            if passed > 2 * seconds and done < least * passed:
                return done / passed
        return None

    def throughput(self, file, order, seconds, most=None, least=0.0):
        """Real tokens a second; whole passes over the workload, the first of all not counted."""
        key, (counts, _, batches) = self.arrays(file, order, most)
        slow = None if key in self.warm else self.first_pass(batches, counts, seconds, least)
        if slow is not None:
            return {"rate": slow}

        def once():
            for batch in batches:
                self.peer.run(batch)
        self.warm.add(key)
        told = timed(once, seconds)
        return {**told, "rate": told["rate"] * sum(counts)}

    def latency(self, file, seconds):
        """Calls a second, one sequence each, by the median of their times."""
        key, (_, _, batches) = self.arrays(file, "singly", None)
        for _ in range(0 if key in self.warm else 5):
            self.peer.run(batches[0])
        self.warm.add(key)
        times, end = [], time.perf_counter() + seconds
        while time.perf_counter() < end:
            begin = time.perf_counter()
            self.peer.run(batches[0])
            times.append(time.perf_counter() - begin)
        return {"calls": len(times), "rate": 1 / float(np.median(times))}

    def embed(self, file, to, most=None):
        _, (_, groups, batches) = self.arrays(file, "sorted", most)
        rows = {}
        for which, batch in zip(groups, batches):
            rows.update(zip(which, np.array(self.peer.run(batch))))
        np.save(to, np.stack([rows[i] for i in sorted(rows)]))
        return {"rows": len(rows)}

    def attention(self, **what):
        return self.peer.attention(**what)


def main():
    kind, model, threads = sys.argv[1:4]
    answers, sys.stdout = sys.stdout, sys.stderr  # libraries print
    begin = time.perf_counter()
    try:
        worker = Worker(KINDS[kind](model, int(threads)))
        told = {"loaded": time.perf_counter() - begin}
    except Exception as why:  # of any library: it becomes a word in a table
        worker, told = None, {"error": "%s: %s" % (type(why).__name__, str(why).split("\n")[0])}
    print(json.dumps(told), file=answers, flush=True)
    for line in sys.stdin if worker else ():
        what = json.loads(line)
        try:
            told = getattr(worker, what.pop("do"))(**what)
        except Exception as why:
            told = {"error": "%s: %s" % (type(why).__name__, str(why).split("\n")[0])}
        print(json.dumps(told), file=answers, flush=True)


if __name__ == "__main__":
    main()

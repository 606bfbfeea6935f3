"""The compiled model, as a user runs it: one executable, token ids in, no tokenizing.

Throughput is what its own --bench says: ids of all sequences as text in memory, parsed, packed and run again and again, answers not printed;
whole passes over the workload. Latency is taken from outside: a line of ids is written into the running process, and the clock stops when
its answer has been read as text, so that the pipe, the parsing and the printing are ours to pay; peers are handed arrays in memory.
"""
import json
import os
import statistics
import struct
import subprocess
import time


class Ours:
    def __init__(self, binary, threads, options=()):
        self.command = [binary, "--threads=%d" % threads] + list(options)

    def bench(self, arguments, stdin=subprocess.DEVNULL, milliseconds=3000):
        done = subprocess.run(self.command + ["--bench", "--json", "--milliseconds=%d" % milliseconds] + arguments, stdin=stdin, capture_output=True,
                              text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip().split("\n")[0])
        return json.loads(done.stdout)

    def kernels(self):
        """Which set of kernels runs: a target of that name has it alone."""
        told = subprocess.run(self.command + ["--info"], capture_output=True, text=True, check=True).stdout
        return next((line.split()[1].rstrip(":") for line in told.splitlines() if line.startswith("kernels ")), "c")

    def throughput(self, file, most=None, **how_long):
        """Tokens a second."""
        with head(file, most) as lines:
            told = self.bench(["--input-format=ids"], lines, **how_long)
        return {**told, "rate": told["tokens_per_second"]}

    def one_at_a_time(self, tensors, **how_long):
        """Calls a second, with the sequence of a safetensors file, read where it lies in memory."""
        told = self.bench(["--in", tensors], **how_long)
        return {**told, "rate": 1 / told["latency_p50"]}

    def latency(self, file, seconds):
        """Calls a second, by the median time from a line written to its answer read."""
        with open(file, "rb") as lines:
            line = lines.readline()
        with subprocess.Popen(self.command + ["--batch=1", "--input-format=ids"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              bufsize=0) as process:
            answers = os.fdopen(os.dup(process.stdout.fileno()), "rb", 1 << 16)

            def once():
                begin = time.perf_counter()
                process.stdin.write(line)
                if not answers.readline().endswith(b"\n"):
                    raise RuntimeError("the compiled model ended")
                return time.perf_counter() - begin
            for _ in range(5):
                once()
            times, end = [], time.perf_counter() + seconds
            while not times or time.perf_counter() < end:
                times.append(once())
            process.stdin.close()
            answers.close()
        return {"calls": len(times), "rate": 1 / statistics.median(times)}

    def embed(self, file, to, most=None):
        with head(file, most) as lines:
            subprocess.run(self.command + ["--input-format=ids", "--npy=" + to], stdin=lines, check=True)

    def start(self, file, times=5):
        """Seconds from nothing to the answer for one sequence, and the process gone."""
        with open(file, encoding="utf-8") as lines:
            ids = lines.readline().strip()
        taken = []
        for _ in range(times):
            begin = time.perf_counter()
            subprocess.run(self.command + ["--input-format=ids", ids], stdout=subprocess.DEVNULL, check=True)
            taken.append(time.perf_counter() - begin)
        return statistics.median(taken)


def head(file, most):
    """The file, or a shorter copy beside it."""
    if most:
        with open(file, encoding="utf-8") as lines:
            some = [line for _, line in zip(range(most), lines)]
        file = "%s.%d" % (file, most)
        with open(file, "w", encoding="utf-8") as out:
            out.writelines(some)
    return open(file, encoding="utf-8")


def write_tensors(path, tensors):
    """A safetensors file of float32 arrays by name."""
    header, place = {}, 0
    for name, array in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [place, place + array.nbytes]}
        place += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in tensors.values():
            file.write(array.tobytes())

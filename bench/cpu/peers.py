"""Peers from outside: processes that run peer.py, one at a time for each model and number of threads."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


class Trouble(Exception):
    """A peer could not be loaded or run; the text goes into the table."""


class Peer:
    def __init__(self, kind, model, threads, log):
        surroundings = {**os.environ, "OMP_NUM_THREADS": str(threads), "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1"}
        for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
            surroundings.pop(name, None)
        self.process = subprocess.Popen([sys.executable, os.path.join(HERE, "peer.py"), kind, model, str(threads)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=log, text=True, bufsize=1, env=surroundings)
        self.loaded = self.answer()["loaded"]

    def answer(self):
        line = self.process.stdout.readline()
        told = json.loads(line) if line else {"error": "the process ended"}
        if "error" in told:
            raise Trouble(told["error"])
        return told

    def do(self, what, **arguments):
        self.process.stdin.write(json.dumps({"do": what, **arguments}) + "\n")
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Peers:
    """Those of one model with one number of threads; asking for others ends these."""

    def __init__(self, log_path):
        self.log = open(log_path, "a", encoding="utf-8")
        self.at, self.key = {}, None

    def get(self, kind, model, threads):
        """May raise Trouble, the second time the same without trying again."""
        if self.key != (os.path.dirname(model), threads):
            self.close()
            self.key = (os.path.dirname(model), threads)
        name = (kind, model)
        if name not in self.at:
            try:
                self.at[name] = Peer(kind, model, threads, self.log)
            except Trouble as why:
                self.at[name] = why
        if isinstance(self.at[name], Trouble):
            raise self.at[name]
        return self.at[name]

    def close(self):
        for peer in self.at.values():
            if isinstance(peer, Peer):
                peer.close()
        self.at = {}

"""The peak probe, compiled for this machine."""
import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
WIDTHS = ("fma512", "fma256", "fma128")
ABSENT = 3
PORTS_DIFFER = 0.05  # instructions a cycle of the fastest slice, from a whole number


def compile_probe(folder):
    binary = os.path.join(folder, "probe")
    source = os.path.join(HERE, "probe.c")
    if not os.path.exists(binary) or os.path.getmtime(binary) < os.path.getmtime(source):
        cc = os.environ.get("CC", "cc").split()
        subprocess.run(cc + ["-O2", "-march=native", "-o", binary, source, "-pthread"], check=True)
    return binary


class Probe:
    def __init__(self, folder, seconds):
        self.binary, self.seconds = compile_probe(folder), seconds

    def tell(self, what, threads, size=None):
        """What probe.c prints; None where this machine has no such instruction."""
        done = subprocess.run([self.binary, what, str(threads), str(self.seconds)] + ([str(size)] if size else []), capture_output=True, text=True)
        if done.returncode == ABSENT:
            return None
        done.check_returncode()
        return json.loads(done.stdout)

    def widest(self, most="fma512"):
        for what in WIDTHS[WIDTHS.index(most):]:
            if self.tell(what, 1):
                return what
        return None

    def rate(self, what, threads):
        told = self.tell(what, threads) if what else None
        return told["rate"] if told else 0.0


def check(told):
    """A word where the probe does not reach what the ports give, None where it does."""
    found = told["instructions_per_cycle"]
    ports = round(found)
    if ports < 1 or abs(found - ports) > PORTS_DIFFER * ports:
        return "%.2f instructions a cycle is no number of ports: the probe did not reach the peak" % found
    return None

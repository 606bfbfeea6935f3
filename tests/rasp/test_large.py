"""Programs of many lines: what the compiler does with each is about the same, however many there are."""
import os
import resource
import subprocess
import tempfile
import unittest

BLOCK = 50  # lines that hang together; the results of all blocks are added at the end


def program(lines):
    text, ends = [], []
    for i in range(lines):
        a, b = ("s%d" % max(i // BLOCK * BLOCK, i - back) for back in (1, 3))
        text.append("s%d = %s;" % (i, "indices + %d" % (i // BLOCK) if i % BLOCK == 0 else (
            "%s + %d" % (a, i), "aggregate(select(indices, %s, <=), %s)" % (a, b), "%s * 2 if %s > %d else %s - 1" % (a, b, i, a),
            "selector_width(select(tokens, tokens, ==) and select(indices, %s, <))" % a, "round(%s) %% 97" % a)[i % 5]))
        ends += ["s%d" % i] * (i % BLOCK == BLOCK - 1)
    while len(ends) > 1:
        pairs = list(zip(ends[::2], ends[1::2]))
        names = ["e%d_%d" % (len(ends), k) for k in range(len(pairs))]
        text += ["%s = %s + %s;" % (name, *pair) for name, pair in zip(names, pairs)]
        ends = names + ends[2 * len(pairs):]
    return "\n".join(text + ["result = %s;" % ends[0], ""])


def seconds(lines, folder):
    path = os.path.join(folder, "p%d.rasp" % lines)
    with open(path, "w", encoding="utf-8") as file:
        file.write(program(lines))
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([os.environ["SINTER"], "emit", path, "-d", path + ".c", "--target=c"], check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


class Large(unittest.TestCase):
    def test_four_times_as_many_lines(self):
        """Four times as long is linear, 16 times is by the square; it was the cube."""
        with tempfile.TemporaryDirectory() as folder:
            few, many = (min(seconds(lines, folder) for _ in range(3)) for lines in (500, 2000))
        self.assertLess(many, 10 * max(few, .02))


if __name__ == "__main__":
    unittest.main()

"""The document and the plot of what growth.py measured."""
import math
import os
import statistics

import curves

GROWTHS = ("n", "n log n", "n^2")


def exponent(seconds):
    """Slope of the line through the logarithms; None where there is no line."""
    points = [(math.log(n), math.log(s)) for n, s in seconds.items() if s > 0]
    return statistics.linear_regression(*zip(*points)).slope if len(points) > 1 else None


def span(s):
    if s is None:
        return "-"
    for unit, size in (("s", 1), ("ms", 1e-3)):
        if s >= size:
            return "%.3g %s" % (s / size, unit)
    return "%.3g us" % (s / 1e-6)


def label(row):
    return row["name"] + (", many tokens" if row["tokens"] == "many" else "")


def cells(row):
    power = exponent(row["seconds"])
    return [label(row)] + [span(row["seconds"].get(10**k)) for k in (3, 4, 5, 6)] + ["%.2f" % power if power else "-", row["growth"]]


def line(row):
    return "%-38s %9s %9s %9s %9s  %5s  %s" % tuple(cells(row))


def markdown(head, rows):
    return "".join("| %s |\n" % " | ".join(row) for row in [head, ["---"] + ["---:"] * (len(head) - 1)] + rows)


def marks(found):
    head = ["example", "400 tokens", "original", "faster", "10^6 tokens", "wall", "10,000 strings", "wall"]
    return markdown(head, [[m["name"], span(m["bench"]), span(m["original"]), "%sx" % format(int(m["original"] / m["bench"]), ","),
                            span(m["million"][0]), span(m["million"][1]), span(m["short"][0]), span(m["short"][1])] for m in found])


def document(data):
    return """# How fast compiled RASP programs are

Measured on %s by `make bench-rasp`, on %s, %s; the
machine was busy (load %.1f), so wall times are upper bounds.

## Growth

User time of one input in a program of `sinter build --target=c`, from its text to its result, the least of some repetitions; a
process reads so many lines that their time can be told. The exponent is the slope of the times in the plot; growth is what
`sinter explain --json` says beforehand. Tokens are random letters, or digits where a function wants numbers; "many tokens" are 20,000 different ones. What would take much
more than 5 seconds is left out. The program of a function is in `bench/rasp/programs.py`.

%s
![User time by the length of the input](images/rasp-growth.svg)

## Two examples

`--bench` with 400 tokens, the median of some runs, beside the original interpreter's time for the same program and length; then whole
processes, from start to end, on one line of a million tokens and on 10,000 lines of 5 to 12 tokens: user and system time, and wall time.

%s""" % (data["date"], data["machine"], data["compiler"], data["load"],
         markdown(["program", "10^3", "10^4", "10^5", "10^6", "exponent", "growth"], [cells(r) for r in data["rows"]]), marks(data["marks"]))


def write(data, folder):
    lines = [(label(row), GROWTHS.index(row["growth"]), row["seconds"]) for row in data["rows"]]
    os.makedirs(os.path.join(folder, "images"), exist_ok=True)
    for name, text in (("rasp-speed.md", document(data)), ("images/rasp-growth.svg", curves.svg(lines, GROWTHS))):
        path = os.path.join(folder, name)
        with open(path + ".part", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(path + ".part", path)

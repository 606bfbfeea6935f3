#!/usr/bin/env python3
"""report.py [--strict] [--whole] [--slow] [--update] RESULTS.xml ...: what ctest's JUnit files say.

A table: each label with its tests, their cases, how many are committed in tests/counts, and their seconds; those of tests/minutes beside
what two cores may take. What was skipped, with why. The last line counts: N passed, N failed, N skipped.

A test says how many cases it ran in a line "cases: N"; of cmocka, unittest and libFuzzer the lines they print anyway are read. A test with
fewer cases than tests/counts has for it fails, unless it said what it skipped. Every "skipped: why" must be expected by a line of
tests/skips (`beginning of why :: reason`).

--slow: tests of a minute or more follow, the slowest first. --strict: a skip that is not expected is a failure. --whole: so is a test of
tests/counts that did not run. --update: counts that rose, and tests that have none, are written to tests/counts; a line that ends with
"varies" (fewer on other days or machines) is left as it is."""
import collections
import os
import re
import sys
import xml.etree.ElementTree as xml

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COUNTED = (r"^[.EFsx]*cases: (\d+)$", r"^\[  PASSED  \] (\d+) test", r"^Ran (\d+) tests? in ", r"^stat::number_of_executed_units: *(\d+)")
CORES = 2  # that tests/minutes is meant for: a test counts as one
HEAD = """# How many cases each test runs at least; tools/report.py holds what ran against it, and --update writes what is new or more.
# varies: fewer on other days or machines.
"""

Test = collections.namedtuple("Test", "name status seconds cases whole skips")


def committed(path):
    """{test: (cases, does it vary?)}"""
    rows = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            for words in (line.split() for line in file if not line.startswith("#")):
                rows[words[0]] = (int(words[1]), words[2:] == ["varies"])
    return rows


def expected_skips():
    rows = []
    with open(os.path.join(ROOT, "tests", "skips"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                why, _, reason = line.partition("::")
                if not reason.strip():
                    sys.exit("tests/skips: a line without a reason: " + line.strip())
                rows.append((why.strip(), reason.strip()))
    return rows


def read(case):
    """A test of the XML."""
    text = "\n".join(out.text or "" for out in case.iter() if out.tag in ("system-out", "system-err"))
    said = re.findall(r"^skipped: *(.*?)\s*$", text, re.M)
    silent = re.findall(r"^\[  SKIPPED \] (?!\d+ test)(\S+)", text, re.M) if not said else []
    whole = case.get("status") in ("notrun", "disabled")
    if whole and not said:
        silent.append("not run: " + (case.find("skipped").get("message") if case.find("skipped") is not None else ""))
    counts = next((found for found in (re.findall(pattern, text, re.M) for pattern in COUNTED) if found), [])
    return Test(case.get("name"), case.get("status"), float(case.get("time") or 0), sum(map(int, counts)), whole, said + silent)


def table(tests, counts):
    """Lines: a label each."""
    labels = {}
    for t in tests:
        labels.setdefault(t.name.split(".")[0], []).append(t)
    yield f"{'label':14}{'tests':>7}{'cases':>9}{'at least':>10}{'seconds':>9}"
    for label, some in list(labels.items()) + [("all", tests)]:
        least = sum(counts.get(t.name, (0,))[0] for t in some)
        yield f"{label:14}{len(some):7}{sum(t.cases for t in some):9}{least:10}{sum(t.seconds for t in some):9.0f}"


def minutes(tests):
    """Lines: what each part of tests/minutes takes of its seconds on two cores. Of check-long, whose tests run longer, it says nothing."""
    head = f"{'part':20}{'minutes':>8}{'seconds of':>12}"
    with open(os.path.join(ROOT, "tests", "minutes"), encoding="utf-8") as file:
        for line in file:
            words = [] if line.startswith("#") else re.split(r"\s{2,}", line.strip())
            some = [t for t in tests if t.name.split(".")[0] in words[2].split()] if words[2:] else []
            if some:
                may, take = float(words[0]) * 60 * CORES, sum(t.seconds for t in some)
                yield from [head] if head else []
                head = None
                yield f"{words[1]:20}{words[0]:>8}{take:6.0f}{may:6.0f}{'  over' if take > may else ''}"


def slow(tests):
    """Lines: tests of a minute or more, the slowest first."""
    for t in sorted((t for t in tests if t.seconds >= 60), key=lambda t: -t.seconds):
        yield f"{t.name:24}{t.cases:9} cases{t.seconds / 60:8.0f} min"


def too_few(tests, counts, whole):
    """Sentences."""
    for t in tests:
        least = counts.get(t.name, (0,))[0]
        if t.cases < least and not t.skips and t.status != "fail":
            yield f"{t.name}: {t.cases} cases, tests/counts has {least}"
    ran = {t.name for t in tests}
    for name in counts if whole else ():
        if name not in ran:
            yield f"{name} did not run, tests/counts has it"


def update(path, tests, counts):
    for t in tests:
        least, varies = counts.get(t.name, (0, False))
        if t.cases > least and not varies:
            fuzzed = t.name.startswith("fuzz.")  # as many as there was time for
            counts[t.name] = (max(1, t.cases // 50) if fuzzed else t.cases, fuzzed)
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEAD + "".join(f"{name} {n}{' varies' if varies else ''}\n" for name, (n, varies) in counts.items()))


def main(arguments, counts_path=os.path.join(ROOT, "tests", "counts")):
    options = {a for a in arguments if a.startswith("--")}
    tests = [read(case) for path in arguments if path not in options for case in xml.parse(path).iter("testcase")]
    counts, expected, unexpected = committed(counts_path), expected_skips(), 0
    if "--update" in options:
        update(counts_path, tests, counts)
    failed = [t.name for t in tests if t.status == "fail"]
    fewer = list(too_few(tests, counts, "--whole" in options))
    print("\n".join([*table(tests, counts), *(slow(tests) if "--slow" in options else minutes(tests))]))
    for name, why in sorted({(t.name, why) for t in tests for why in t.skips}):
        reason = next((r for w, r in expected if why.startswith(w)), None)
        unexpected += reason is None
        print("skipped in %s: %s (%s)" % (name, why, reason or "not expected: tests/skips has no reason for it"))
    for sentence in fewer + ["failed: " + name for name in failed]:
        print(sentence)
    passed, bad = sum(t.status != "fail" and not t.whole for t in tests), len(failed) + len(fewer) + (unexpected if "--strict" in options else 0)
    print("%d passed, %d failed, %d skipped" % (passed, bad, sum(t.whole for t in tests)))
    return 1 if bad or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

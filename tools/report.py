#!/usr/bin/env python3
"""report.py [--strict] RESULTS.xml ...: what ctest's JUnit files say, in one line; and what was skipped, with why.

Every "skipped: why" a test printed must be expected by a line of tests/skips (`beginning of why :: reason`). With --strict any other
skip is a failure. The last line counts: N passed, N failed, N skipped."""
import os
import re
import sys
import xml.etree.ElementTree as xml

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


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


def skips_of(name, case):
    text = "\n".join(out.text or "" for out in case.iter() if out.tag in ("system-out", "system-err"))
    said = re.findall(r"^skipped: *(.*?)\s*$", text, re.M)
    silent = re.findall(r"^\[  SKIPPED \] (?!\d+ test)(\S+)", text, re.M) if not said else []
    whole = case.get("status") in ("notrun", "disabled")
    if whole and not said:
        silent.append("not run: " + (case.find("skipped").get("message") if case.find("skipped") is not None else ""))
    return [(name, why) for why in said + silent], whole


def main(arguments):
    strict = "--strict" in arguments
    passed, failed, skipped, skips = 0, [], 0, []
    for path in arguments:
        if path == "--strict":
            continue
        for case in xml.parse(path).iter("testcase"):
            name = case.get("name")
            found, whole = skips_of(name, case)
            skips += found
            if case.get("status") == "fail":
                failed.append(name)
            elif whole:
                skipped += 1
            else:
                passed += 1
    expected, unexpected = expected_skips(), 0
    for name, why in sorted(set(skips)):
        reason = next((r for w, r in expected if why.startswith(w)), None)
        unexpected += reason is None
        print("skipped in %s: %s (%s)" % (name, why, reason or "not expected: tests/skips has no reason for it"))
    for name in failed:
        print("failed: " + name)
    bad = len(failed) + (unexpected if strict else 0)
    print("%d passed, %d failed, %d skipped" % (passed, bad, skipped))
    return 1 if bad or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

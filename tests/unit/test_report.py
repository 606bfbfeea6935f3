"""tools/report.py: cases are counted as tests say them, and held against what is committed."""
import contextlib
import io
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
import report  # noqa: E402

RUN = '<testcase name="%s" time="%s" status="%s"><system-out>%s</system-out></testcase>'
COUNTS = "# cases\none.own 7\none.cmocka 3\none.unittest 5\ntwo.fuzz 100 varies\n"
TESTS = {
    "one.own": "12 texts, 0 wrong\ncases: 4\n.cases: 3\nRan 1 test in 0.2s",
    "one.cmocka": "[==========] 3 test(s) run.\n[  PASSED  ] 3 test(s).",
    "one.unittest": "Ran 5 tests in 1.203s\n\nOK",
    "two.fuzz": "stat::number_of_executed_units: 4711\nstat::peak_rss_mb: 3",
}


class Report(unittest.TestCase):
    def said(self, tests, *options, counts=COUNTS, status="run", seconds=1.5):
        """(exit code, output, what is committed then)"""
        with tempfile.TemporaryDirectory() as folder:
            results, path = os.path.join(folder, "results.xml"), os.path.join(folder, "counts")
            with open(results, "w") as file:
                file.write("<testsuite>" + "".join(RUN % (name, seconds, status, text) for name, text in tests.items()) + "</testsuite>")
            with open(path, "w") as file:
                file.write(counts)
            with contextlib.redirect_stdout(io.StringIO()) as out:
                code = report.main([results, *options], path)
            with open(path) as file:
                return code, out.getvalue(), file.read()

    def test_each_label_has_cases_and_seconds(self):
        code, text, _ = self.said(TESTS, "--whole")
        self.assertEqual(code, 0)
        rows = [line.split() for line in text.splitlines()]
        self.assertIn(["one", "3", "15", "15", "4"], rows)
        self.assertIn(["two", "1", "4711", "100", "2"], rows)
        self.assertIn(["all", "4", "4726", "115", "6"], rows)
        self.assertEqual(rows[-1], "4 passed, 0 failed, 0 skipped".split())

    def test_slow_ones_are_told(self):
        self.assertNotIn(" min", self.said(TESTS, "--slow")[1])
        self.assertNotIn(" min", self.said(TESTS, seconds=600)[1])
        rows = [line.split() for line in self.said(TESTS, "--slow", seconds=600)[1].splitlines()]
        self.assertIn(["two.fuzz", "4711", "cases", "10", "min"], rows)

    def test_parts_are_held_against_their_minutes(self):
        for seconds, over in ((30, []), (100, ["over"])):
            rows = [line.split() for line in self.said({"unit.a": "cases: 1", "eval.b": "cases: 1"}, counts="", seconds=seconds)[1].splitlines()]
            self.assertIn(["unit", "and", "checks", "1", str(2 * seconds), "120", *over], rows)
            self.assertNotIn(["forms", "3", "0", "360"], rows)

    def test_fewer_cases_fail(self):
        code, text, _ = self.said({**TESTS, "one.own": "cases: 6"})
        self.assertEqual(code, 1)
        self.assertIn("one.own: 6 cases, tests/counts has 7\n", text)
        self.assertIn("4 passed, 1 failed", text)

    def test_none_at_all_fails(self):
        self.assertEqual(self.said({**TESTS, "one.unittest": "nothing"})[0], 1)

    def test_what_is_said_to_be_skipped_is_not_missed(self):
        self.assertEqual(self.said({**TESTS, "one.own": "skipped: no nvcc\ncases: 2"}, "--strict")[0], 0)
        self.assertEqual(self.said({**TESTS, "one.own": "skipped: it rains\ncases: 2"}, "--strict")[0], 1)

    def test_a_test_that_did_not_run(self):
        tests = {name: text for name, text in TESTS.items() if name != "one.own"}
        self.assertEqual(self.said(tests)[0], 0)
        code, text, _ = self.said(tests, "--whole")
        self.assertEqual(code, 1)
        self.assertIn("one.own did not run, tests/counts has it\n", text)

    def test_a_failure_is_one(self):
        code, text, _ = self.said({"one.own": "cases: 1"}, status="fail")
        self.assertEqual(code, 1)
        self.assertIn("failed: one.own\n0 passed, 1 failed", text)

    def test_update_raises_and_adds(self):
        _, _, counts = self.said({**TESTS, "one.own": "cases: 9", "one.cmocka": "[  PASSED  ] 2 test(s).", "three.new": "cases: 4"}, "--update")
        self.assertEqual(counts.splitlines()[2:], ["one.own 9", "one.cmocka 3", "one.unittest 5", "two.fuzz 100 varies", "three.new 4"])


if __name__ == "__main__":
    unittest.main()

"""What `make bench-rasp` makes of times: the table, the plot and the document. Nothing is measured here."""
import math
import os
import re
import sys
import tempfile
import unittest
import xml.dom.minidom

ROOT = os.environ["SINTER_SOURCE"]
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(ROOT, "bench", "rasp"), os.path.join(ROOT, "bench", "cpu")]
import curves  # noqa: E402
import growth  # noqa: E402
import programs  # noqa: E402
import report  # noqa: E402

ROWS = [
    {"name": "length", "tokens": "letters", "growth": "n", "seconds": {10**3: 4e-6, 10**4: 4e-5, 10**5: 4e-4, 10**6: 4e-3}},
    {"name": "examples/sort", "tokens": "many", "growth": "n log n", "seconds": {10**3: 1e-4, 10**4: 1.3e-3, 10**5: 0.017, 10**6: 0.2}},
    {"name": "pairs", "tokens": "letters", "growth": "n^2", "seconds": {10**3: 5e-4, 10**4: 5e-2}},
    {"name": "unseen", "tokens": "letters", "growth": "n", "seconds": {10**3: 0.0, 10**4: 0.0}},
]
MARKS = [{"name": "sort", "original": 4.2, "bench": 2e-5, "million": [0.2, 0.25], "short": [0.008, 0.0123]}]
DATA = {"date": "2026-01-02", "compiler": "sinter 1.0", "machine": "a machine, 2 cores", "load": 1.5, "rows": ROWS, "marks": MARKS}


class Speed(unittest.TestCase):
    def test_exponents(self):
        self.assertAlmostEqual(1, report.exponent(ROWS[0]["seconds"]))
        self.assertAlmostEqual(2, report.exponent(ROWS[2]["seconds"]))
        self.assertIsNone(report.exponent(ROWS[3]["seconds"]))
        self.assertIsNone(report.exponent({1000: 1.0}))

    def test_spans(self):
        self.assertEqual(["-", "1.5 s", "20 ms", "4 us", "0.5 us"], [report.span(s) for s in (None, 1.5, 0.02, 4e-6, 5e-7)])

    def test_document(self):
        text = report.document(DATA)
        self.assertIn("Measured on 2026-01-02 by `make bench-rasp`, on a machine, 2 cores, sinter 1.0; the\nmachine was busy (load 1.5)", text)
        self.assertIn("| program | 10^3 | 10^4 | 10^5 | 10^6 | exponent | growth |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
                      "| length | 4 us | 40 us | 400 us | 4 ms | 1.00 | n |\n", text)
        self.assertIn("| examples/sort, many tokens | 100 us | 1.3 ms | 17 ms | 200 ms | 1.10 | n log n |\n", text)
        self.assertIn("| pairs | 500 us | 50 ms | - | - | 2.00 | n^2 |\n", text)
        self.assertIn("| unseen | 0 us | 0 us | - | - | - | n |\n", text)
        self.assertIn("| sort | 20 us | 4.2 s | 210,000x | 200 ms | 250 ms | 8 ms | 12.3 ms |\n", text)

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            report.write(DATA, folder)
            self.assertEqual(["images", "rasp-speed.md"], sorted(os.listdir(folder)))
            self.assertEqual(["rasp-growth.svg"], os.listdir(os.path.join(folder, "images")))
            picture = xml.dom.minidom.parse(os.path.join(folder, "images", "rasp-growth.svg"))
        words = ["".join(c.data for c in t.childNodes) for t in picture.getElementsByTagName("text")]
        for word in ("n (1)", "n log n (1)", "n^2 (1)", "1,000", "1,000,000", "1 us", "10 ms", "1 s"):
            self.assertIn(word, words)
        self.assertEqual(10, len(picture.getElementsByTagName("circle")))
        self.assertEqual(["length", "examples/sort, many tokens", "pairs"], [t.firstChild.data for t in picture.getElementsByTagName("title")])

    def test_curves_stay_inside(self):
        for lines in ([("a", 0, {10: 1.0})], [("a", 1, {10: 1e-9, 10**7: 99.0})], []):
            picture = xml.dom.minidom.parseString(curves.svg(lines, report.GROWTHS))
            for circle in picture.getElementsByTagName("circle"):
                self.assertTrue(curves.LEFT - 1 <= float(circle.getAttribute("cx")) <= curves.WIDTH - curves.RIGHT + 1)
                self.assertTrue(curves.TOP - 1 <= float(circle.getAttribute("cy")) <= curves.HEIGHT - curves.BOTTOM + 1)

    def test_whole_library(self):
        with open(os.path.join(ROOT, "examples", "lib", "standard.rasp"), encoding="utf-8") as file:
            known = re.findall(r"^(?:def )?([a-z]\w*) *(?:\(|=)", file.read(), re.M)
        self.assertEqual(sorted(known), sorted(name for name, _, _ in programs.LIBRARY))
        for name, kind in programs.EXAMPLES:
            self.assertTrue(os.path.exists(programs.example(name)) and len(set(programs.alphabet(kind))) > 1)

    def test_costs(self):
        user, all_of_it, wall = growth.cost(["sh", "-c", "cat"], os.devnull)
        self.assertTrue(0 <= user <= all_of_it and wall > 0 and math.isfinite(wall))


if __name__ == "__main__":
    unittest.main()

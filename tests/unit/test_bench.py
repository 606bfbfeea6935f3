"""What `make bench` makes of repetitions, and the document it writes; nothing is measured here."""
import os
import sys
import tempfile
import unittest
import xml.dom.minidom

ROOT = os.environ.get("SINTER_SOURCE") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "bench", "cpu"))
import invented  # noqa: E402
import models  # noqa: E402
import probes  # noqa: E402
import report  # noqa: E402
import results  # noqa: E402
import run  # noqa: E402
import stats  # noqa: E402
import workloads  # noqa: E402


def repetition(ours, peer=100.0, before=50.0, after=50.0):
    return {"probe": [before, after], "peer": [peer - 10, peer + 10], "ours": [ours, ours]}


class Statistics(unittest.TestCase):
    def test_quartiles(self):
        self.assertEqual(stats.quartiles([4, 1, 3, 2, 5]), (2, 3, 4))
        self.assertEqual(stats.quartiles([1, 2]), (1.25, 1.5, 1.75))
        self.assertEqual(stats.quartiles([7]), (7, 7, 7))
        self.assertEqual(stats.quartiles([]), (None, None, None))

    def test_a_ratio_is_of_means_within_a_repetition(self):
        self.assertEqual(stats.ratio({"probe": [1, 1], "peer": [90, 110], "ours": [100, 300]}), 2)

    def test_probes_that_differ_by_a_tenth_drop_a_repetition(self):
        self.assertTrue(stats.is_kept(repetition(1, before=100, after=90.1)))
        self.assertFalse(stats.is_kept(repetition(1, before=100, after=90)))
        self.assertFalse(stats.is_kept(repetition(1, before=90, after=100)))
        self.assertFalse(stats.is_kept(repetition(1, before=0, after=0)))

    def test_what_is_dropped_counts_nowhere(self):
        s = stats.summary([repetition(150), repetition(200), repetition(250), repetition(9000, before=1)], 0.2)
        self.assertEqual((s["ratio"], s["first"], s["third"], s["kept"], s["of"]), (2, 1.75, 2.25, 3, 4))
        self.assertEqual((s["ours"], s["peer"]), (200, 100))
        self.assertAlmostEqual(s["share"], 200 * 0.2 / 50)
        self.assertIsNone(stats.summary([repetition(1, before=1)]))
        self.assertIsNone(stats.summary([]))

    def test_opponents_are_those_close_to_the_best(self):
        self.assertEqual(stats.close_to_best({"a": 80, "b": 95, "c": 100, "d": 90}), ["c", "b", "d"])
        self.assertEqual((stats.close_to_best({}), stats.best({}), stats.best({"a": 1, "b": 2})), ([], None, "b"))

    def test_the_probe_is_checked_against_ports(self):
        self.assertIsNone(probes.check({"instructions_per_cycle": 1.98}))
        self.assertIsNotNone(probes.check({"instructions_per_cycle": 1.7}))
        self.assertIsNotNone(probes.check({"instructions_per_cycle": 0.3}))


class Work(unittest.TestCase):
    def test_lengths_are_the_same_everywhere(self):
        self.assertEqual((sum(workloads.lengths("u8_128")), sum(workloads.lengths("zipf"))), (16529, 7129))
        self.assertEqual((workloads.lengths("128x128"), workloads.lengths("one of 16")), ([128] * 128, [16]))

    def test_orders(self):
        some = [[0] * n for n in (3, 9, 5)]
        self.assertEqual(workloads.batches(some, "as it comes", 2), [[0, 1], [2]])
        self.assertEqual(workloads.batches(some, "sorted", 2), [[1, 2], [0]])
        self.assertEqual(workloads.batches(some, "singly"), [[0], [1], [2]])

    def test_flops_of_one_token(self):
        shape = {"layers": 2, "d": 3, "f": 5}
        self.assertEqual(workloads.encoder_flops(shape, [1]), 2 * (2 * (4 * 9 + 2 * 15) + 4 * 3))

    def test_scores_inside_predicates(self):
        self.assertEqual([models.scores(n + " 12x64", 300) for n in ("causal", "alibi", "window")],
                         [45150, 90000, sum(min(t + 1, 256) for t in range(300))])
        self.assertIn("where t' <= t]", models.attention_text("causal 12x64"))

    def test_names_of_options(self):
        with tempfile.TemporaryDirectory() as folder:
            o = run.read_options(["--quick", "--only=a,b", "--target=avx2", "--kernels=c", "--out=" + folder])
        self.assertEqual((o.only, o.build, o.target, o.kernels, o.reps), (["a", "b"], ["--target=avx2"], "avx2+c", ["--kernels=c"], 2))


def pair_record(**more):
    return {"mark": 1, "done": True, "target": "x86", "model": "minilm", "weights": "f32", "threads": 2, "flops": 0.2, "probe": "fma512", **more}


MEASURED = {
    "format": 1,
    "about": {"date": "2026-01-02", "command": "make bench", "compiler": "sinter 1.0", "commit": "abc", "changed": False, "load": 0.1, "quick": False,
              "reps": 3, "seconds": 2.0, "versions": {"onnxruntime": "1.2", "openvino": None},
              "machine": {"processor": {"name": "A Processor", "flags": ["avx2"]}, "cores": 2, "caches": {"L2": "1024K"}, "memory": 8,
                          "system": "Linux 1", "compiler": "cc 12", "python": "3.11"}},
    "throughput": {
        "x86/minilm/f32/u8_128/2": pair_record(workload="u8_128", alone=210, screen={"onnxruntime, as it comes": 50, "onnxruntime, singly": 98},
                                               absent={"openvino": "it | is not here"},
                                               pairs={"onnxruntime, as it comes": [repetition(200, 50)] * 3,
                                                      "onnxruntime, singly": [repetition(150), repetition(200), repetition(250)]}),
        "x86/minilm/f32/zipf/2": pair_record(workload="zipf", alone=100, screen={}, absent={"onnxruntime": "no such file"}),
        "x86/minilm/f32/128x128/2": pair_record(workload="128x128", pairs={"torch, sorted": [repetition(200, before=1)]}),
        "c/minilm/f32/u8_128/2": {**pair_record(workload="u8_128", pairs={"torch, sorted": [repetition(20)]}), "target": "c"}},
    "latency": {"x86": pair_record(workload="one of 16", bytes=1000, pairs={"torch": [repetition(200)]})},
    "attention": {"x86": pair_record(what="causal 12x64", length=9, pairs={"torch": [repetition(200)]})},
    "predicate": {"x86": pair_record(what="causal 12x64", scores=50, full=100, pairs={"full": [repetition(160)]})},
    "invented": {"x86/1-norm-0/2": pair_record(seed=1, kind="norm", text="X / 2", more=0, encoder=[[100, 98], [100, 100], [100, 90]]),
                 "x86/1-score-0/2": pair_record(seed=1, kind="score", text="tanh(DOT)", more=1, encoder=[[100, 80]], alone=[[100, 75]])},
    "agreement": {"x86": pair_record(sequences=8, absent={}, errors={"ours f32": {"most": 2e-7, "relative": 1e-7, "cosine_least": 1, "cosine_median": 1,
                                                                                 "neighbour": 1}})},
    "start": {"x86": pair_record(taken=["2026-01-01", "old"], protocol=[2, 0.4], ours=0.05, bytes=9e7, loaded={"torch": 3})},
    "limits": {"2": {"told": {"fma512": {"rate": 5e11, "clock": 4e9, "instructions_per_cycle": 2}, "dot8": None}, "read": {"L1": 1e12},
                     "weights": {"minilm": 1e6}, "wrong": {}}},
    "failed": {"throughput/x": "sinter build: no"},
}


class Document(unittest.TestCase):
    maxDiff = None

    def holds(self, text, *lines):
        for line in lines:
            self.assertIn(line, text.split("\n"))

    def test_figures_stand_where_they_belong(self):
        self.holds(report.document(MEASURED),
                   "| minilm | u8_128 | 2 | 200 | 4.00x (4.00 to 4.00) | 2.00x (1.75 to 2.25) | onnxruntime, singly | 80 % |",
                   "| minilm | f32 | u8_128 | 2 | onnxruntime | 50 |  | 98 |",
                   "| minilm | f32 | 16 | 2 | 5 ms | 10 ms | torch | 2.00x (2.00 to 2.00) | 80 % | 20 % |",
                   "| causal 12x64 | 9 | 2 | 5 ms | 10 ms | 2.00x (2.00 to 2.00) | 80 % |",
                   "| causal 12x64 | 2 | 50 % | 1.25 (1.25 to 1.25) |",
                   "| 1 | norm 1 | 1.02 (1.01 to 1.07) | 1.10 |  |  | `X / 2` |",
                   "| 1 | score 1 | 1.25 (1.25 to 1.25) **beyond 1.10** | 1.10 | 1.33 (1.33 to 1.33) | 1.40 | `tanh(DOT)` |",
                   "| minilm | ours f32 | 8 | 2.0e-07 | 1.0e-07 | 1.000000 | 1.000000 | 100 % |",
                   "| minilm | f32 | 50 ms | 90.0 MB | torch 3.0 s |",
                   "| fma512 | 2 | 500 G/s | 4.00 GHz | 2.00 |  |",
                   "| c | minilm | f32 | u8_128 | 2 | 20 | 8 % | fma512 |",
                   "- `throughput/x`: sinter build: no")

    def test_inventions_are_counted_and_shortened(self):
        self.assertIn("**2 of 3 are within (seed 1); beyond: 1.25 of 1.10 (seed 1).**", report.document(MEASURED))
        self.assertEqual(invented.short("(tanh((0.7 * (z)))) - (a) * (b)"), "(tanh(0.7 * (z))) - (a) * (b)")
        self.assertEqual(invented.short("x" * 70), "x" * 61 + " ..")

    def test_a_place_without_a_figure_says_why(self):
        self.holds(report.document(MEASURED),
                   "| minilm | zipf | 2 | 100 | not measured: no such file | not measured: no such file |  |  |",
                   "| minilm | 128x128 | 2 |  | the probes differed | the probes differed |  |  |",
                   "| minilm | f32 | u8_128 | 2 | openvino | not measured: it / is not here |  |  |",
                   "Nothing has been measured: this compiler has no `--weights=int8`, or it was left out.")

    def test_the_head_says_what_and_when(self):
        text = report.document(MEASURED)
        self.assertIn("Measured on 2026-01-02 by `make bench`, with sinter 1.0, commit abc.", text)
        self.assertIn("Kept from 2026-01-01, commit old, as the executables are the same or were left out by --only: `start/x86`.", text)
        self.assertIn("Of 2 repetitions of at least 0.4 s each: `start/x86`.", text)
        self.assertIn("onnxruntime 1.2, openvino could not be installed", text)

    def test_of_nothing_there_is_a_document_too(self):
        text = report.document({"format": 1})
        self.assertIn("Nothing has been measured yet", text)
        self.assertNotIn("None", text)

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            for data, bars in ((MEASURED, 4), ({"format": 1}, 0)):
                report.write(data, folder)
                with open(os.path.join(folder, "performance.svg"), encoding="utf-8") as file:
                    drawn = xml.dom.minidom.parse(file)
                self.assertEqual(len(drawn.getElementsByTagName("rect")) - 1, bars)
            self.assertEqual(sorted(os.listdir(folder)), ["performance.md", "performance.svg"])


class Kept(unittest.TestCase):
    def test_a_run_goes_on_but_not_with_another_executable(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "r", "results.json")
            first = results.Results(path)
            first.record("throughput", "a", [1], tokens=5).update(done=True)
            first.save()
            self.assertEqual(results.Results(path).record("throughput", "a", [1], tokens=5), {"mark": [1], "done": True, "tokens": 5})
            self.assertEqual(results.Results(path).record("throughput", "a", [2], tokens=5), {"mark": [2], "done": False, "tokens": 5})
            self.assertEqual(results.Results(path, fresh=True).data, {"format": 1})


if __name__ == "__main__":
    sys.exit(unittest.main())

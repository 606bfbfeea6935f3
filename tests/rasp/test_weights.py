"""RASP programs as weights: they compute what the program does, by the reference evaluator and as C; changed weights are found."""
import glob
import json
import os
import random
import re
import resource
import struct
import subprocess
import tempfile
import unittest

import programs
import weights_programs

SINTER, ROOT = os.environ["SINTER"], os.environ["SINTER_SOURCE"]
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-O1"]
VOCAB = {"addition": "01+", "dyck1": "()", "dyck2": "(){}"}
VOCAB_OF_SIZES = {"addition": "0123456789+"}


def examples():
    for path in sorted(glob.glob(os.path.join(ROOT, "examples", "rasp", "*.rasp"))):
        name = os.path.basename(path)[:-5]
        with open(path, encoding="utf-8") as file:
            yield name, VOCAB.get(name, "abcd"), 12, file.read()


def sinter(*words, code=0):
    done = subprocess.run([SINTER, *words], capture_output=True, text=True, timeout=300)
    assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
    return done


class Weights(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, name, vocab, longest, text):
        folder = os.path.join(self.folder.name, name)
        program = folder + ".rasp"
        with open(program, "w", encoding="utf-8") as file:
            file.write(text)
        sinter("weights", program, "--vocab", vocab, "--max-length", str(longest), "-d", folder)
        return folder, program

    def agrees(self, cases, *options):
        for name, vocab, longest, text in cases:
            folder, program = self.write(name, vocab, longest, text)
            few = ["--all-up-to", "3"] if len(vocab) > 4 and not options[2:] else []
            verdict = json.loads(sinter("check-weights", folder, program, "--json", *options, *few).stdout)
            self.assertEqual(verdict["agree"], verdict["inputs"] - verdict["refused"], name)
            self.assertEqual((verdict["changed"], verdict["disagreement"]), (0, None), name)
            self.assertGreater(verdict["agree"], verdict["inputs"] / 4, name)

    def test_library(self):
        self.agrees(weights_programs.LIBRARY, "--random", "100")

    def test_beyond(self):
        self.agrees(weights_programs.BEYOND, "--random", "100")

    def test_examples(self):
        self.agrees(examples(), "--random", "100")

    def test_longest(self):
        """Of up to 60 tokens, where a count is told from its neighbour by 1/3600."""
        self.agrees([(name, vocab, 60, text) for name, vocab, _, text in weights_programs.LIBRARY if name in ("hist", "reverse", "shuffle_dyck")],
                    "--random", "100", "--seed", "7", "--all-up-to", "2")

    def test_sizes(self):
        """What docs/rasp.md says of them."""
        source_of = {name: (vocab, text) for name, vocab, _, text in weights_programs.LIBRARY}
        source_of.update({"examples/" + name: (VOCAB_OF_SIZES.get(name, vocab), text) for name, vocab, _, text in examples()})
        with open(os.path.join(ROOT, "docs", "rasp.md"), encoding="utf-8") as file:
            rows = re.findall(r"^\| (\S+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|", file.read(), re.M)
        self.assertEqual([row[0] for row in rows], list(source_of))
        for name, *sizes in rows:
            folder, _ = self.write(name.replace("/", "_"), source_of[name][0], 20, source_of[name][1])
            with open(os.path.join(folder, "model.sinter"), encoding="utf-8") as file:
                text = file.read()
            heads, hidden = ([int(n) for n in re.findall(r"\b%s_\d+ = (\d+)" % letter, text)] for letter in "hf")
            self.assertEqual([int(size) for size in sizes], [int(re.search(r"dim d = (\d+)", text)[1]), len(heads) + len(hidden), sum(heads),
                                                             sum(hidden), max(hidden, default=0)], name)

    def test_random(self):
        """Random programs: those that can be compiled agree; what cannot is said in one error, and leaves nothing."""
        compiled = 0
        for seed in range(60):
            text, _ = programs.make(seed, 0)
            folder, program = os.path.join(self.folder.name, str(seed)), os.path.join(self.folder.name, "p.rasp")
            with open(program, "w", encoding="utf-8") as file:
                file.write(text)
            done = subprocess.run([SINTER, "weights", program, "--vocab", "abcd", "--max-length", "6", "-d", folder], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 1 if done.stderr else 0, (seed, text, done.stderr))
            self.assertEqual(os.path.exists(folder), done.returncode == 0, (seed, text))
            if done.returncode == 0:
                compiled += 1
                verdict = json.loads(sinter("check-weights", folder, program, "--json", "--random", "20", "--all-up-to", "2").stdout)
                self.assertEqual(verdict["agreement"], 1, (seed, text))
        self.assertGreater(compiled, 40)

    # ---- what is refused

    def test_refused(self):
        for program, vocab, longest, said in weights_programs.REFUSED:
            path = os.path.join(self.folder.name, "p.rasp")
            with open(path, "w", encoding="utf-8") as file:
                file.write(program)
            done = subprocess.run([SINTER, "weights", "p.rasp", "--vocab", vocab, "--max-length", str(longest), "-d", "out"], cwd=self.folder.name,
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stderr.split("\n")[0]), (1, said), program)
            self.assertFalse(os.path.exists(os.path.join(self.folder.name, "out")), program)

    # ---- changed weights

    def change(self, path, tensor, element, value):
        with open(path, "r+b") as file:
            head = struct.unpack("<Q", file.read(8))[0]
            place = json.loads(file.read(head))[tensor]["data_offsets"][0] + 4 * element + 8 + head
            file.seek(place)
            before = file.read(4)
            file.seek(place)
            file.write(struct.pack("<f", value) if isinstance(value, float) else value)
        return before

    def test_changed(self):
        """Each of a few weights of every tensor, changed by a little."""
        folder, program = self.write("hist", "abcd", 8, "hist = selector_width(select(tokens, tokens, ==));")
        path = os.path.join(folder, "model.safetensors")
        with open(path, "rb") as file:
            head = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        draw = random.Random(1)
        for tensor, about in head.items():
            count = (about["data_offsets"][1] - about["data_offsets"][0]) // 4
            for element in draw.sample(range(count), min(count, 3)):
                before = self.change(path, tensor, element, 0.015625)
                said = sinter("check-weights", folder, program, "--random", "5", "--all-up-to", "2", code=1)
                self.assertIn("of %d weights are not those of the program: %s[" % (self.weights(head), tensor), said.stderr)
                self.change(path, tensor, element, before)
        sinter("check-weights", folder, program, "--random", "5", "--all-up-to", "2")

    def test_changed_everywhere(self):
        """One weight of each example and of each program of the library, changed by a little."""
        draw = random.Random(4)
        for name, vocab, longest, text in list(examples()) + weights_programs.LIBRARY:
            folder, program = self.write(name, vocab, longest, text)
            path = os.path.join(folder, "model.safetensors")
            with open(path, "rb") as file:
                head = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
            tensor = draw.choice(sorted(head))
            self.change(path, tensor, draw.randrange((head[tensor]["data_offsets"][1] - head[tensor]["data_offsets"][0]) // 4), 0.0078125)
            said = sinter("check-weights", folder, program, "--random", "5", "--all-up-to", "2", code=1)
            self.assertIn("1 of %d weights are not those of the program: %s[" % (self.weights(head), tensor), said.stderr, name)

    def test_bounds(self):
        """All inputs of up to 5 of 4 tokens, and 10,000 random ones of up to the longest, unless one says otherwise."""
        for name, vocab, longest, text in examples():
            if name in ("histogram", "dyck1", "reverse"):
                folder, program = self.write(name, vocab, longest, text)
                verdict = json.loads(sinter("check-weights", folder, program, "--json").stdout)
                every = sum(len(vocab) ** n for n in range(verdict["all_up_to"] + 1))
                self.assertEqual({"random": 10000, "max_length": longest, "inputs": 10000 + every, "refused": 1, "agreement": 1, "changed": 0},
                                 {key: verdict[key] for key in ("random", "max_length", "inputs", "refused", "agreement", "changed")}, name)
                self.assertGreaterEqual(verdict["all_up_to"], 5)

    @staticmethod
    def weights(head):
        return sum(about["data_offsets"][1] - about["data_offsets"][0] for about in head.values()) // 4

    def test_disagreement(self):
        """Weights that compute something else: the first input is shown."""
        folder, program = self.write("hist", "abcd", 8, "hist = selector_width(select(tokens, tokens, ==));")
        self.change(os.path.join(folder, "model.safetensors"), "layer.0.attention.query", 1 * 14 + 3, 100.0) # a looks at b, too
        said = sinter("check-weights", folder, program, "--json", code=1)
        verdict = json.loads(said.stdout)
        self.assertEqual((verdict["disagreement"], verdict["changed"]), ('on "ab" the program\'s hist is 1 at position 1, that of the weights 2', 1))
        self.assertIn("hist: error: on \"ab\" the program's hist is 1 at position 1, that of the weights 2\n", said.stderr)

    def test_other_program(self):
        """Weights of one program are not those of another."""
        folder, _ = self.write("hist", "abcd", 8, "hist = selector_width(select(tokens, tokens, ==));")
        _, other = self.write("more", "abcd", 8, "hist = selector_width(select(tokens, tokens, <=));")
        said = sinter("check-weights", folder, other, code=1)
        self.assertIn('on "ab" the program\'s hist is 2 at position 1, that of the weights 1', said.stderr)

    def test_nothing_to_compare(self):
        folder, program = self.write("p", "ab", 4, "x = 1 / indices;")
        said = sinter("check-weights", folder, program, "--random", "5")
        self.assertIn("warning: the program has no value on any of these inputs: nothing was compared", said.stderr)

    def test_messages(self):
        folder, program = self.write("p", "abcd", 8, "x = length;")
        _, other = self.write("q", "abcd", 8, "x = [length, indices];")
        for words, said in [(["check-weights", folder], "'sinter check-weights' needs a directory and a program: sinter check-weights DIR FILE.rasp"),
                            (["check-weights", folder, program, other], "one model at a time: '%s' and '%s'" % (folder, other)),
                            (["check-weights", folder, "model.sinter"], "model.sinter: error: is no .rasp file"),
                            (["check-weights", folder, "none.rasp"], "none.rasp: error: No such file or directory"),
                            (["check-weights", "none", program], "none/model.sinter: error: No such file or directory"),
                            (["check-weights", folder, other], "p: error: the model does not have the outputs that the program's value has"),
                            (["check-weights", folder, program, "--random=-1"], "'--random=-1' is not a number from 0 to 999999999"),
                            (["weights", "model.sinter", "--vocab", "a", "--max-length", "1", "-d", "o"], "model.sinter: error: is no .rasp file"),
                            (["weights", program, "--vocab", "a"], "'sinter weights' needs --vocab TEXT, --max-length N and -d DIR"),
                            (["weights", program, "--vocab", "a", "--max-length", "1", "-d", program], "p.rasp: error: is not a directory"),
                            (["weights", program, "--vocab", "a", "--max-length", "1", "-d", "/proc/none"], "/proc/none: error: the directory cannot be made")]:
            self.assertIn(said, sinter(*words, code=1).stderr, words)

    def test_whole_or_nothing(self):
        """Weights that do not fit on the disk: what stood there stands there, and no directory is made."""
        folder, program = self.write("p", "ab", 4, "x = selector_width(select(tokens, tokens, ==));")
        def files():
            found = {}
            for name in sorted(os.listdir(folder)):
                with open(os.path.join(folder, name), "rb") as file:
                    found[name] = file.read()
            return found
        before, fresh = files(), os.path.join(self.folder.name, "fresh")
        for directory in folder, fresh:
            done = subprocess.run([SINTER, "weights", program, "--vocab", "abcdef", "--max-length", "20", "-d", directory], capture_output=True,
                                  text=True, timeout=60, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)))
            self.assertEqual((done.returncode, done.stderr), (1, directory + "/model.safetensors: error: cannot be written: File too large\n"))
        self.assertEqual((files(), os.path.exists(fresh)), (before, False))

    def test_config(self):
        """Without what the directory was written with nothing can be tried."""
        folder, program = self.write("p", "abcd", 8, "x = tokens;")
        with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
            file.write('{"vocab": ["a", "b", "c", "d"], "max_length": "8", "labels": {"x": ["a", "b", "c", "d"]}}')
        self.assertIn("max_length", sinter("check-weights", folder, program, code=1).stderr)

    def test_many_inputs(self):
        folder, program = self.write("p", "abcdefgh", 20, "x = length;")
        self.assertIn("'--all-up-to=9': there are more than 10000000 inputs of 8 tokens", sinter("check-weights", folder, program, "--all-up-to=9", code=1).stderr)

    # ---- C

    def answers(self, binary, folder, inputs):
        done = subprocess.run([binary, "--json"], input="".join(line + "\n" for line in inputs), capture_output=True, text=True, check=True, timeout=120)
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
            labels = json.load(file).get("labels", {})
        for line in done.stdout.splitlines():
            answer = json.loads(line)
            yield {name: [labels[name][max(range(len(row)), key=row.__getitem__)] for row in value] if name in labels else value
                   for name, value in answer.items() if name not in ("tokens", "labels", "scores")}

    def test_c(self):
        source_of = {name: (vocab, longest, text) for name, vocab, longest, text in weights_programs.LIBRARY + weights_programs.BEYOND + list(examples())}
        draw = random.Random(2)
        for name in ["hist", "sort_freq", "dyck2", "numbers", "defaults", "most_frequent", "words"]:
            vocab, longest, text = source_of[name]
            folder, program = self.write(name, vocab, longest, text)
            source = os.path.join(folder, "c")
            self.assertEqual(sinter("emit", os.path.join(folder, "model.sinter"), "-d", source, "--target", "c").stderr, "")
            subprocess.run([os.environ.get("CC", "cc"), *STRICT, "-o", source + ".exe", *sorted(glob.glob(os.path.join(source, "*.[cS]"))), "-lm"],
                           cwd=source, check=True, timeout=120)
            words = json.loads(vocab) if vocab.startswith("[") else None
            inputs = [[draw.choice(words or vocab) for _ in range(draw.randint(1, longest))] for _ in range(200)]
            wanted = [json.loads(line) for line in sinter("run", program, "--json", "--", *map(json.dumps, inputs)).stdout.splitlines()]
            lines = [(" " if words else "").join(tokens) for tokens in inputs]
            for line, want, got in zip(lines, wanted, self.answers(source + ".exe", folder, lines)):
                for column, values in zip(want if isinstance(want[0], list) else [want], got.values()):
                    self.assertEqual(len(column), len(values))
                    for a, b in zip(column, values):
                        self.assertTrue(a == b or (not isinstance(a, str) and abs(a - b) < 1e-4), (name, line, want, got))


if __name__ == "__main__":
    unittest.main()

"""The shape of the house: includes go leftward, JSON stays where values are read, files are short. The rules are data: layers.txt."""
import fnmatch
import os
import re
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.environ.get("SINTER_SOURCE") or os.path.dirname(os.path.dirname(HERE))
LONGEST = 600
WIDEST = 140


def tracked(*under):
    """Files git knows, or would add; of an unpacked archive, all."""
    git = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard", "--"] + list(under), cwd=ROOT, capture_output=True, text=True)
    if git.returncode == 0:
        names = [n for n in git.stdout.split("\0") if n]
    else:
        names = [os.path.relpath(os.path.join(d, f), ROOT) for u in under or (".",) for d, _, fs in os.walk(os.path.join(ROOT, u)) for f in fs]
    return sorted(n for n in names if os.path.isfile(os.path.join(ROOT, n)))


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8", errors="replace") as file:
        return file.read()


def stem_matches(name, pattern):
    stem = os.path.splitext(name)[0]
    return stem.count("/") == pattern.count("/") and fnmatch.fnmatchcase(stem, pattern)


class Rules:
    def __init__(self):
        self.layers, self.orders, self.jansson, self.long = [], [], [], {}
        for line in read(os.path.relpath(os.path.join(HERE, "layers.txt"), ROOT)).splitlines():
            key, _, rest = line.partition(":")
            if not rest or line.startswith("#"):
                continue
            if key.startswith("layer "):
                self.layers.append((key.split()[1], rest.split()))
            elif key.startswith("order "):
                self.orders.append(rest.split())
            elif key == "jansson":
                self.jansson = rest.split()
            elif key.startswith("long "):
                self.long[key.split()[1]] = rest.strip()
            else:
                raise ValueError("layers.txt: what is this? " + line)

    def layer_of(self, name):
        for place, (_, patterns) in enumerate(self.layers):
            if any(stem_matches(name, p) for p in patterns):
                return place
        return None


def resolve(includer, included):
    """The file an #include "..." names: beside the includer, or under one of the folders of the build."""
    for folder in (os.path.dirname(includer), "compiler", "codegen", "."):
        name = os.path.normpath(os.path.join(folder, included))
        if os.path.isfile(os.path.join(ROOT, name)):
            return name
    return "grammar/" + included if included.endswith(".tab.h") else None


class Layers(unittest.TestCase):
    maxDiff = None
    rules = Rules()
    sources = [n for n in tracked("compiler", "codegen", "grammar") if n.endswith((".c", ".h", ".l", ".y"))]

    def test_every_file_has_a_layer(self):
        lost = [n for n in self.sources if self.rules.layer_of(n) is None]
        self.assertEqual(lost, [], "name their layer in tests/unit/layers.txt")

    def test_includes_go_leftward(self):
        wrong = []
        for name in self.sources:
            own = self.rules.layer_of(name)
            for included in re.findall(r'^\s*#\s*include\s+"([^"]+)"', read(name), re.M):
                target = resolve(name, included)
                self.assertIsNotNone(target, "%s includes %s, which is nowhere" % (name, included))
                other = self.rules.layer_of(target)
                if own is not None and other is not None and other > own:
                    wrong.append("%s (%s) includes %s (%s)" % (name, self.rules.layers[own][0], target, self.rules.layers[other][0]))
        self.assertEqual(wrong, [])

    def test_folders_of_a_layer_go_leftward(self):
        wrong = []
        for order in self.rules.orders:
            for name in self.sources:
                for included in re.findall(r'^\s*#\s*include\s+"([^"]+)"', read(name), re.M):
                    own, other = os.path.dirname(name), os.path.dirname(resolve(name, included) or "")
                    if own in order and other in order and order.index(other) > order.index(own):
                        wrong.append("%s includes %s" % (name, included))
        self.assertEqual(wrong, [])

    def test_only_readers_of_values_include_jansson(self):
        wrong = [n for n in self.sources if re.search(r"#\s*include\s*<jansson", read(n)) and not any(stem_matches(n, p) for p in self.rules.jansson)]
        self.assertEqual(wrong, [])

    def test_the_compiler_knows_no_kind_of_gpu(self):
        """What a device is stands in codegen/; here it is one of the names of targets."""
        known = [line.strip() for n in self.sources if n.startswith("compiler/") for line in read(n).splitlines() if "cuda" in line.lower()]
        self.assertEqual(len(known), 1, known)
        self.assertRegex(known[0], r'^\{"target", .* "x86 zen4 avx512 avx2 neon cuda c",$')

    def test_core_does_not_print_or_exit(self):
        allowed = ("compiler/main.c", "compiler/arena.c")
        wrong = [n for n in self.sources if n not in allowed and re.search(r"(?<![\w.>])(printf|puts|exit|abort) ?\(", code_only(read(n)))]
        self.assertEqual(wrong, [], "diagnostics go to diag.h; only main prints and exits")


def code_only(text):
    return re.sub(r'/\*.*?\*/|"(\\.|[^"\\\n])*"', " ", text, flags=re.S)


class Names(unittest.TestCase):
    def test_the_command_line_has_no_name_that_a_model_may_have(self):
        """A model called `bytes` exports `bytes_text`: what stands beside its header is called nothing of the kind."""
        exported = set(re.findall(r"\bmodel_(\w+)", "".join(read(n) for n in tracked("runtime/cli", "runtime/team", "runtime/tokenizer"))))
        exported |= {"io", "status", "run", "error", "workspace", "weights", "kernels", "use_kernels", "begin"}
        constants = {"OK", "FAULT", "TOO_LONG", "BAD_BATCH", "BAD_INDEX", "NO_SPACE", "NO_KERNELS", "THREADS", "SCRATCH", "LONGEST", "WORKSPACE",
                     "HEADER", "WEIGHT_BYTES", "STATE_BYTES", "POOL_MOST", "NO_SPECIAL", "TOKENS_MAX"}
        words = set()
        for name in tracked("runtime/cli"):
            if name.endswith((".c", ".h")):
                words |= set(re.findall(r"(?<![\w.>])[A-Za-z]\w*_\w+", re.sub(r"\(\*\w+\)", "", code_only(read(name)))))
        pattern = re.compile("(?!model_|MODEL_)([a-z0-9]+)_(%s)$|([A-Z0-9]+)_(%s)$" % ("|".join(exported), "|".join(constants)))
        self.assertEqual(sorted(w for w in words if pattern.match(w) and not w.startswith("MODEL_")), [])


class Size(unittest.TestCase):
    maxDiff = None
    sources = [n for n in tracked("compiler", "codegen", "grammar", "runtime", "templates", "tests", "tools", "cmake", "bench")
               if n.endswith((".c", ".h", ".l", ".y", ".py", ".sh", ".cmake", ".cu", ".cuh")) and "/cases/" not in n and "/golden/" not in n]

    def test_files_are_read_in_one_sitting(self):
        long = {n: read(n).count("\n") for n in self.sources}
        long = {n: lines for n, lines in long.items() if lines > LONGEST and n not in Layers.rules.long}
        self.assertEqual(long, {}, "split them, or give the reason in tests/unit/layers.txt")

    def test_reasons_are_for_files_that_are_long(self):
        for name, why in Layers.rules.long.items():
            self.assertTrue(why and os.path.isfile(os.path.join(ROOT, name)) and read(name).count("\n") > LONGEST, name)

    def test_lines_are_not_wide(self):
        ours = [n for n in self.sources if n.endswith((".c", ".h", ".l", ".y")) and not n.startswith("tests/") and n not in Layers.rules.long]
        wide = ["%s:%d" % (n, i) for n in ours
                for i, line in enumerate(read(n).split("\n"), 1) if len(line) > WIDEST]
        self.assertEqual(wide, [])


if __name__ == "__main__":
    sys.exit(unittest.main())

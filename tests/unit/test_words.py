"""Words that do not belong: names of models and of their operators inside the compiler, and places of the machine it was written on."""
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from test_layers import read, tracked  # noqa: E402

# tokenizer.json names its kinds so, and tokenizer_config.json its class; readers of these formats have to spell them.
FORMAT_WORDS = re.compile(r"\b(Bert(Normalizer|PreTokenizer|Processing)|RobertaProcessing|(Distil|Mobile|Conv|Squeeze)?BertTokenizer(Fast)?)\b")
MODEL_WORDS = re.compile(r"bert|mpnet|albert|gelu|layer_?norm", re.I)

# Put together from pieces, so that this file does not hold them.
PLACES = re.compile("|".join(["/" + "work/", "/" + "farm/", "/" + "tmp/", "/" + "root/", r"(?<![\w\])])\." + r"library\b", "sub" + "agent",
                              "issue" + r" #?[0-9]+", "py" + r"pi\.org", "python" + r"hosted\.org", "debian" + r"\.org", "ubuntu" + r"\.com"]), re.I)
TEXT_ENDINGS = (".c", ".h", ".l", ".y", ".S", ".cu", ".cuh", ".py", ".sh", ".cmake", ".md", ".txt", ".json", ".sinter", ".rasp", ".in", ".ld", "")


def hits(names, pattern, without=None):
    found = []
    for name in names:
        for i, line in enumerate(read(name).split("\n"), 1):
            if pattern.search(without.sub("", line) if without else line):
                found.append("%s:%d: %s" % (name, i, line.strip()[:120]))
    return found


class Words(unittest.TestCase):
    def test_the_compiler_knows_no_model(self):
        inside = [n for n in tracked("compiler", "codegen") if not n.startswith("compiler/tokenizer/")]
        self.assertEqual(hits(inside, MODEL_WORDS), [], "an operator is an equation of the library, a model is a text")

    def test_the_tokenizer_reader_knows_only_the_format(self):
        self.assertEqual(hits(tracked("compiler/tokenizer"), MODEL_WORDS, FORMAT_WORDS), [])

    def test_no_machine_is_named(self):
        names = [n for n in tracked() if os.path.splitext(n)[1] in TEXT_ENDINGS and not n.startswith("tests/fuzz/corpus/")
                 and not (n.startswith("tests/cases/") and n.endswith(".json")) and n != "LICENSE"]
        self.assertEqual(hits(names, PLACES), [])


if __name__ == "__main__":
    sys.exit(unittest.main())

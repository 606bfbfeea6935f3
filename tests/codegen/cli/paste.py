"""Builds <name>_main.c as the code generator does: runtime/cli/ORDER, local includes left out, model_ made the model's prefix."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[3]
CLI = ROOT / "runtime" / "cli"


def paste(fake, prefix="pasted"):
    """The text of one C file: the command line around the hand-written model in the file `fake`."""
    parts = []
    for line in (CLI / "ORDER").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        if line == "@header":
            parts.append((CLI.parent / "tokenizer" / "tokenizer.h").read_text())
        elif line == "@model":
            parts.append(pathlib.Path(fake).read_text())
        else:
            parts.append((CLI / line).read_text())
    text = "\n".join(parts)
    text = re.sub(r'^#include "[^"]*"\n', "", text, flags=re.M)
    return re.sub(r"\b(model_|MODEL_)", lambda m: prefix + "_" if m[1] == "model_" else prefix.upper() + "_", text)


if __name__ == "__main__":
    import sys
    pathlib.Path(sys.argv[2]).write_text(paste(sys.argv[1]))

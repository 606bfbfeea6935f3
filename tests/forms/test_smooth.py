#!/usr/bin/env python3
"""Which choices decide something: what is compared is then computed in double, as it is written, and no kernel takes it."""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SINTER = os.environ.get("SINTER", os.path.join(HERE, "..", "..", "build", "bin", "sinter"))
HEAD = "model m\ndim d = 4, f = 3\nragged t <= 9\ninput x[t,d]: real\ninput W[f,d]: real\ninput b[f]: real\ny[t,f] = sum[d] W[f,d] * x[t,d] + b[f]\n"
SMOOTH = ["leaky_relu(y[t,f])", "y[t,f] > 0 ? y[t,f] : exp(y[t,f]) - 1", "y[t,f] < -3 ? 0 : y[t,f] > 3 ? y[t,f] : y[t,f] * (y[t,f] + 3) / 6",
          "abs(y[t,f]) <= 2 ? abs(y[t,f]) : 2", "y[t,f] > 0 and y[t,f] < 0 ? 1 : 1.0", "y[t,f] > b[f] ? 2 * y[t,f] : y[t,f] + b[f]",
          "not (2 * y[t,f] + 1 <= 0) ? 4 * y[t,f] + 3 : 1 - y[t,f] ^ 2 * 0 ", "f == 1 ? y[t,f] : 0",
          "y[t,f] / b[f] > 1 ? 1 : (y[t,f] / b[f]) ^ 2", "b[f] / y[t,f] < 2 ? 4 * y[t,f] ^ 2 : b[f] ^ 2",
          "y[t,f] / b[f] < 1 and y[t,f] / b[f] > -1 ? y[t,f] ^ 4 / b[f] ^ 4 : 1"]
ROUGH = ["y[t,f] > 0 ? 1 : 0", "y[t,f] > 0.5 ? y[t,f] : 0", "y[t,f] == 0 ? 1 : sin(y[t,f]) / y[t,f]", "y[t,f] > 0 or y[t,f] > 1 ? y[t,f] : 0",
         "y[t,f] > 0 ? floor(y[t,f]) : 0", "sign(y[t,f])",
         "y[t,f] / b[f] > 1 ? 1 : (y[t,f] / b[f]) ^ 2 + b[f]", "b[f] * y[t,f] > 1 ? y[t,f] : 1 / y[t,f]"]


def is_taken(value, folder):
    """Whether y stands in the value, or is read as a tensor."""
    path = os.path.join(folder, "model.sinter")
    with open(path, "w") as file:
        file.write(f"{HEAD}output o[t,f] = {value}\n")
    done = subprocess.run([SINTER, "check", path, "--dump=normal"], capture_output=True, text=True, check=True)
    return "y[" not in done.stdout


def main():
    with tempfile.TemporaryDirectory() as folder:
        wrong = [v for v in SMOOTH if not is_taken(v, folder)] + [v for v in ROUGH if is_taken(v, folder)]
    print("\n".join(wrong) + f"\n{len(SMOOTH) + len(ROUGH)} choices, {len(wrong)} wrong\ncases: {len(SMOOTH) + len(ROUGH)}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())

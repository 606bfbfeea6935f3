"""What is run: sequences of real token ids (English, the texts of Python's help), the same for everybody, in files of one sequence a line.

Nobody tokenizes while time is taken. Peers get arrays that were padded beforehand; ours parses the ids from text.
"""
import math
import os
import random

COUNT = 256
LATENCIES = {"one of 16": 16, "one of 128": 128}


def lengths_uniform(rng):
    return [rng.randint(8, 128) for _ in range(COUNT)]


def lengths_zipf(rng):
    """Log-normal, median 20, up to 256: most texts are short, some are long."""
    return [min(256, max(3, round(20 * math.exp(rng.gauss(0, 0.9))))) for _ in range(COUNT)]


def lengths_same(_):
    return [128] * 128


LENGTHS = {"u8_128": lengths_uniform, "zipf": lengths_zipf, "128x128": lengths_same}
ABOUT = {"u8_128": "256 sequences, lengths uniform in 8..128", "zipf": "256 sequences, lengths log-normal, median 20, up to 256",
         "128x128": "128 sequences of 128", "one of 16": "one sequence of 16 tokens", "one of 128": "one sequence of 128 tokens"}


def lengths(name):
    return [LATENCIES[name]] if name in LATENCIES else LENGTHS[name](random.Random("sinter " + name))


def stream(tokenizer_json):
    """Ids of running text, without those that a tokenizer adds; and the two that it adds."""
    from pydoc_data.topics import topics
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(tokenizer_json)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    first, last = (tokenizer.token_to_id(t) for t in ("[CLS]", "[SEP]"))
    ids = []
    for name in sorted(topics):
        ids += tokenizer.encode(topics[name], add_special_tokens=False).ids
    return ids, first, last


def write(folder, tokenizer_json):
    """Files of ids by workload; those that are there stay."""
    paths = {name: os.path.join(folder, name.replace(" ", "_") + ".ids") for name in list(LENGTHS) + list(LATENCIES)}
    if all(os.path.exists(p) for p in paths.values()):
        return paths
    os.makedirs(folder, exist_ok=True)
    ids, first, last = stream(tokenizer_json)
    for name, path in paths.items():
        at, lines = 0, []
        for n in lengths(name):
            at = 0 if at + n > len(ids) else at
            lines.append(" ".join(map(str, [first] + ids[at:at + n - 2] + [last])))
            at += n - 2
        with open(path + ".part", "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        os.replace(path + ".part", path)
    return paths


def read(path, most=None):
    with open(path, encoding="utf-8") as file:
        return [[int(word) for word in line.split()] for line in file][:most]


def batches(sequences, order, size=32):
    """Lists of indices. As it comes: neighbours; sorted: by length first, the longest in front, as sentence-transformers does; singly."""
    which = list(range(len(sequences)))
    if order == "sorted":
        which.sort(key=lambda i: -len(sequences[i]))
    size = 1 if order == "singly" else size
    return [which[i:i + size] for i in range(0, len(which), size)]


ORDERS = ("as it comes", "sorted", "singly")


def encoder_flops(shape, given):
    """Multiplications and additions of an encoder, without softmax, norms and activations: the same count for everybody."""
    d, f = shape["d"], shape["f"]
    return sum(shape["layers"] * (n * (8 * d * d + 4 * d * f) + 4 * n * n * d) for n in given)

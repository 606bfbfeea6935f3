"""What nobody has written before, in the places where it is timed: a norm, an activation or a score of tests/forms/inventor.py in the encoder,
and a score in attention alone."""
import os
import re
import sys

import models
import stats

sys.path.insert(0, os.path.join(models.ROOT, "tests", "forms"))
from inventor import KINDS, Inventor  # noqa: E402,F401

SEEDS = (1, 2, 3)
REPETITIONS = 3
MILLISECONDS = {"encoder": 450, "alone": 900}
SEQUENCES = 64             # of u8_128, in the encoder
ALONE = "12x32"            # heads and width of MiniLM, where a score costs most
ENCODER_LIMIT = 1.10       # time, of the encoder as it is
ALONE_LIMIT, EACH_LIMIT = 1.15, 0.25  # of attention as it is; more for each transcendental function that the score has more
SLOPE = "2 ^ (-8 * (h + 1) / len(h))"


def pieces(seed):
    return Inventor(seed).pieces()


def limit_alone(transcendentals):
    return ALONE_LIMIT + EACH_LIMIT * transcendentals


def timed(records):
    """Of each place where a piece was timed: seed, time with it over time without, which it may be."""
    return [(r["seed"], stats.quartiles([own / piece for own, piece in r[place]])[1], limit) for r in records
            for place, limit in (("encoder", ENCODER_LIMIT), ("alone", limit_alone(r["more"]))) if r.get(place)]


def tally(records):
    """A sentence."""
    all_of = timed(records)
    beyond = ["%.2f of %.2f (seed %d)" % (time, limit, seed) for seed, time, limit in all_of if time > limit]
    seeds = sorted({seed for seed, _, _ in all_of})
    return "%d of %d are within (seed%s %s)%s." % (len(all_of) - len(beyond), len(all_of), "s" if len(seeds) > 1 else "",
                                                   ", ".join(map(str, seeds)), "; beyond: " + ", ".join(beyond) if beyond else "")


def short(text, most=64):
    """A formula for a table: no pair of parentheses right within another, and cut."""
    opened, pairs = [], {}
    for i, c in enumerate(text):
        if c == "(":
            opened.append(i)
        elif c == ")" and opened:
            pairs[opened.pop()] = i
    twice = {k for i, j in pairs.items() if pairs.get(i + 1) == j - 1 for k in (i + 1, j - 1)}
    text = "".join(c for i, c in enumerate(text) if i not in twice)
    return text if len(text) <= most else text[:most - 3].rstrip() + " .."


def replaced(pattern, by, text):
    new, times = re.subn(pattern, by, text)
    if not times:
        raise RuntimeError("minilm.sinter has no place for a piece: %s" % pattern)
    return new


def function(text, *lines):
    """With a function in front of the first one."""
    return text.replace("\nfn ", "\n%s\n\nfn " % "\n".join(lines), 1)


def encoder_text(piece):
    text = own_text("encoder")
    if piece.kind == "norm":
        lines, value = piece.norm("x[t,d]", '"weight"[d]', '"bias"[d]')
        text = replaced(r"layernorm\((.*), c\.layer_norm_eps\)", r"invented(\1)", text)
        return function(text, "fn invented(x[t,d]) {", *("  " + line for line in lines), "  return " + value, "}")
    if piece.kind == "activation":
        text = replaced(r"activation\(c\.hidden_act, ", "invented(", text)
        return function(text, "fn invented(z) = " + piece.text)
    return replaced(r"  a\[h,t,t'\] = softmax\[t'\] (.*) / sqrt\(len\(e\)\)\n",
                    lambda found: "  dot[h,t,t'] = %s\n  a[h,t,t'] = softmax[t'] (%s)\n" % (found[1], score_text(piece)), text)


def score_text(piece):
    return piece.with_words(DOT="dot[h,t,t']", SLOPE="(%s)" % SLOPE)


def alone_text(piece):
    return replaced(r"a\[h,t,t'\] = softmax\[t'\] \(\((.*)\) / sqrt\(len\(e\)\)\)\n",
                    lambda found: "dot[h,t,t'] = %s\na[h,t,t'] = softmax[t'] (%s)\n" % (found[1], score_text(piece)), models.attention_text(ALONE))


def own_text(place):
    """What a piece is compared with."""
    if place == "alone":
        return models.attention_text(ALONE)
    with open(os.path.join(models.ROOT, "examples", "minilm.sinter"), encoding="utf-8") as file:
        return file.read()

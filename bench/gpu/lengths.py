"""Lengths of the sequences of a batch: draws that anybody can repeat."""
import random

KINDS = ('uniform', 'constant', 'lognormal', 'questions')
QUESTIONS = (0, 4, 16, 24, 20, 13, 9, 14)  # of a hundred texts with a question: how many eighths of the longest, most of them a half, some cut


def draw(kind, batch, longest, number):
    """The lengths of the number-th batch of a kind."""
    source = random.Random(f'{kind} {batch} {longest} {number}')
    if kind == 'constant':
        return [longest] * batch
    if kind == 'uniform':
        return [source.randint(max(1, longest // 5), longest) for _ in range(batch)]
    if kind == 'questions':
        eighths = source.choices(range(8), QUESTIONS, k=batch)
        return [longest if e == 7 else source.randint(max(1, longest * e // 8), max(1, longest * (e + 1) // 8)) for e in eighths]
    return [max(1, min(longest, round(longest * 0.25 * source.lognormvariate(0, 0.75)))) for _ in range(batch)]

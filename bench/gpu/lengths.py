"""Lengths of the sequences of a batch: draws that anybody can repeat."""
import random

KINDS = ('uniform', 'constant', 'lognormal')


def draw(kind, batch, longest, number):
    """The lengths of the number-th batch of a kind."""
    source = random.Random(f'{kind} {batch} {longest} {number}')
    if kind == 'constant':
        return [longest] * batch
    if kind == 'uniform':
        return [source.randint(max(1, longest // 5), longest) for _ in range(batch)]
    return [max(1, min(longest, round(longest * 0.25 * source.lognormvariate(0, 0.75)))) for _ in range(batch)]

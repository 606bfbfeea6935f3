"""What is made of repetitions: ratios of speeds taken side by side, their median and quartiles.

A repetition is {"probe": [before, after], "peer": [rate, rate], "ours": [rate, rate]}: rates, so larger is better, taken in the order
probe, peer, ours, peer, ours, probe. One whose probes differ by a tenth saw the machine change and is dropped.
"""

PROBES_DIFFER = 0.10


def quantile(values, share):
    """By linear interpolation between the sorted values; of none: None."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def quartiles(values):
    """First quartile, median, third quartile."""
    return tuple(quantile(values, share) for share in (0.25, 0.5, 0.75))


def is_kept(repetition):
    before, after = repetition["probe"]
    return abs(before - after) < PROBES_DIFFER * max(before, after)


def kept(repetitions):
    return [r for r in repetitions if is_kept(r)]


def ratio(repetition):
    """How much faster ours was."""
    return sum(repetition["ours"]) / len(repetition["ours"]) / (sum(repetition["peer"]) / len(repetition["peer"]))


def share(repetition, side, work):
    """Of the peak probed in the same repetition; work: operations for one of what the rate counts."""
    return sum(repetition[side]) / len(repetition[side]) * work / (sum(repetition["probe"]) / len(repetition["probe"]))


def summary(repetitions, work=0.0):
    """None where no repetition is left."""
    good = kept(repetitions)
    if not good:
        return None
    first, median, third = quartiles([ratio(r) for r in good])
    middle = {side: quantile([sum(r[side]) / len(r[side]) for r in good], 0.5) for side in ("peer", "ours", "probe")}
    return {"ratio": median, "first": first, "third": third, "kept": len(good), "of": len(repetitions), "peer": middle["peer"],
            "ours": middle["ours"], "probe": middle["probe"],
            "share": quantile([share(r, "ours", work) for r in good], 0.5) if work else None}


def best(rates):
    """The name of the largest rate, None of none."""
    return max(rates, key=rates.get) if rates else None


def close_to_best(rates, within=0.10):
    """Names whose rate is at most a tenth below the largest, the largest first."""
    if not rates:
        return []
    limit = (1 - within) * max(rates.values())
    return sorted((name for name in rates if rates[name] >= limit), key=lambda name: -rates[name])

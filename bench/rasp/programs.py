"""What is measured: every function of the standard library in a program of its own, and examples.

(name, the tokens that it is given, program). "letters" and "digits" are few different tokens, "many" are 20,000."""
import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LIBRARY = [
    ("full_s", "letters", "selector_width(full_s)"),
    ("length", "letters", "length"),
    ("selector_width", "letters", "selector_width(select(tokens, tokens, ==))"),
    ("has_focus", "letters", "has_focus(select(tokens, tokens, <))"),
    ("count", "letters", 'count(tokens, "a")'),
    ("contains", "letters", 'contains(tokens, "a")'),
    ("max", "letters", "max(indices, length - indices)"),
    ("min", "letters", "min(indices, length - indices)"),
    ("average", "digits", "average(tokens_int)"),
    ("load_from_location", "letters", "load_from_location(tokens, length - 1 - indices)"),
    ("shift", "letters", 'shift(tokens, 2, "-")'),
    ("mark_last_instance", "letters", 'mark_last_instance(tokens, "a")'),
    ("mark_first_instance", "letters", 'mark_first_instance(tokens, "a")'),
    ("select_from_last", "letters", 'aggregate(select_from_last(tokens, "a"), indices)'),
    ("select_from_first", "letters", 'aggregate(select_from_first(tokens, "a"), indices)'),
    ("sort", "digits", "sort(tokens, tokens_int)"),
    ("select_next_identical", "letters", "selector_width(select_next_identical(tokens))"),
]
EXAMPLES = [("histogram", "letters"), ("histogram", "many"), ("sort", "letters"), ("sort", "many"), ("double_histogram", "letters"),
            ("most_frequent", "letters"), ("reverse", "letters"), ("shift", "letters"), ("induction", "letters"), ("dyck1", "brackets"),
            ("dyck2", "brackets")]


def example(name):
    return os.path.join(ROOT, "examples", "rasp", name + ".rasp")


def alphabet(kind):
    few = {"letters": "abcdefghijklmnopqrstuvwxyz", "digits": "0123456789", "brackets": "(){}"}
    return few.get(kind) or "".join(map(chr, range(0x4E00, 0x4E00 + 20000)))

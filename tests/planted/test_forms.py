#!/usr/bin/env python3
"""Each planted defect of a form, of a plan or of products in pairs (forms.py) is found: by the equation in the form's head, by the products of
plans, by products that go in pairs.

    test_forms.py [--all] [WORD ...]     as plant.py says

A form is changed in a folder of its own, which is given to the compiler with --forms; a file of the compiler is changed, compiled and
linked. Every form that is compared with plain loops has a defect."""
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.join(HERE, "..", "forms")
sys.path[:0] = [HERE, os.path.join(HERE, "..", "differential")]
import plant  # noqa: E402
import targets  # noqa: E402
from forms import FORMS, PAIRS, PLANS  # noqa: E402

TODAY = (3, 1, 1)  # of forms, of plans, of pairs


def form_is_found(defect, folder):
    what, name, old, new, *by = defect
    by = by[0] if by else ["equations/test_equations.py", "--form", name[:-2], "--sets", "16", "--any-warning"]
    return not plant.passes(TESTS, plant.forms_with(f"templates/forms/{name}", old, new, folder), *by)


def plan_is_found(defect, folder):
    what, path, old, new, parts = defect
    make = plant.forms_with if path.startswith("templates/") else plant.compiler_with
    return not plant.passes(TESTS, make(path, old, new, folder), "test_plans.py", *parts)


def pair_is_found(defect, folder):
    what, path, old, new = defect
    make = {"templates": plant.forms_with, "runtime": plant.runtime_with, "codegen": plant.compiler_with}[path.split("/")[0]]
    return not plant.passes(TESTS, make(path, old, new, folder), "test_pairs.py", "zen4")


def main():
    if plant.cannot():
        print(f"skipped: {plant.cannot()}")
        return 77
    with open(os.path.join(TESTS, "equations", "counts.txt"), encoding="utf-8") as f:
        compared = re.findall(r"(?m)^(\w+) +\d+ +[1-9]", f.read())
    lost = 0
    for form in compared:
        if plant.every() and not any(name == form + ".c" for _, name, *_ in FORMS):
            print(f"no defect of {form} is planted: forms.py")
            lost += 1
    tried = 0
    kinds = [(FORMS, TODAY[0], form_is_found), (PLANS, TODAY[1], plan_is_found)]
    if targets.runs_here("zen4"):
        kinds.append((PAIRS, TODAY[2], pair_is_found))
    else:
        print("skipped: this machine has no AVX-512 with VNNI")
    for defects, today, is_found in kinds:
        for defect in plant.chosen(defects, today):
            with tempfile.TemporaryDirectory() as folder:
                found = is_found(defect, folder)
            print(f"{'found    ' if found else 'NOT FOUND'} {defect[0]}", flush=True)
            lost, tried = lost + (not found), tried + 1
    print(f"{lost} wrong; {len(FORMS) + len(PLANS) + len(PAIRS)} defects there are\ncases: {tried}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())

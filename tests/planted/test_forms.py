#!/usr/bin/env python3
"""Each planted defect of a form or of a plan (forms.py) is found: by the equation in the form's head, by the products of plans.

    test_forms.py [--all] [WORD ...]     those of today, all of them, or those whose description has a word

A form is changed in a folder of its own, which is given to the compiler with --forms; a file of the compiler is changed, compiled and
linked. Every form that is compared with plain loops has a defect. SINTER_LONG=1: all of them."""
import datetime
import os
import re
import stat
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.join(HERE, "..", "forms")
sys.path.insert(0, HERE)
import test_planted  # noqa: E402
from forms import FORMS, PLANS  # noqa: E402

TODAY = (4, 1)  # of forms, of plans
SINTER = test_planted.runner.SINTER


def changed(path, old, new):
    with open(os.path.join(test_planted.SOURCE, path), encoding="utf-8") as f:
        text = f.read()
    if text.count(old) != 1:
        raise SystemExit(f"{path} has this {text.count(old)} times, not once:\n{old}")
    return text.replace(old, new)


def with_form(path, old, new, folder):
    """A compiler that takes the changed form instead of its own."""
    forms, sinter = os.path.join(folder, "forms"), os.path.join(folder, "sinter")
    os.makedirs(forms)
    with open(os.path.join(forms, os.path.basename(path)), "w", encoding="utf-8") as f:
        f.write(changed(path, old, new))
    with open(sinter, "w") as f:
        f.write(f'#!/bin/sh\ncase $1 in build|emit|explain|check-plan) exec "{SINTER}" "$@" "--forms={forms}" ;; esac\nexec "{SINTER}" "$@"\n')
    os.chmod(sinter, os.stat(sinter).st_mode | stat.S_IXUSR)
    return sinter


def passes(sinter, *test):
    """Does the test pass with this compiler? What cannot run here says so itself."""
    done = subprocess.run([sys.executable, *test], cwd=TESTS, env=dict(os.environ, SINTER=sinter, SINTER_LONG=""), capture_output=True, text=True, timeout=900)
    if done.returncode == 77:
        print(done.stdout, end="")
        sys.exit(77)
    return done.returncode == 0


def form_is_found(defect, folder):
    what, name, old, new, *by = defect
    by = by[0] if by else ["equations/test_equations.py", "--form", name[:-2], "--sets", "16"]
    return not passes(with_form(f"templates/forms/{name}", old, new, folder), *by)


def plan_is_found(defect, folder):
    what, path, old, new, parts = defect
    if path.startswith("templates/"):
        sinter = with_form(path, old, new, folder)
    else:
        sinter = test_planted.compile_with((what, path[len("codegen/"):], old, new), folder)
    return not passes(sinter, "test_plans.py", *parts)


def every():
    return "--all" in sys.argv or bool(os.environ.get("SINTER_LONG"))


def chosen(defects, today):
    words = [w for w in sys.argv[1:] if w != "--all"]
    if words:
        return [d for d in defects if any(w in d[0] for w in words)]
    if every():
        return defects
    day = datetime.date.today().toordinal()
    return [defects[(day * today + k) % len(defects)] for k in range(today)]


def main():
    if not os.path.exists(os.path.join(test_planted.BUILD, "libsinter_core.a")):
        print("skipped: planting defects needs clang and the built library")
        return 77
    with open(os.path.join(TESTS, "equations", "counts.txt"), encoding="utf-8") as f:
        compared = re.findall(r"(?m)^(\w+) +\d+ +[1-9]", f.read())
    lost = 0
    for form in compared:
        if every() and not any(name == form + ".c" for _, name, *_ in FORMS):
            print(f"no defect of {form} is planted: forms.py")
            lost += 1
    tried = 0
    for defects, today, is_found in ((FORMS, TODAY[0], form_is_found), (PLANS, TODAY[1], plan_is_found)):
        for defect in chosen(defects, today):
            with tempfile.TemporaryDirectory() as folder:
                found = is_found(defect, folder)
            print(f"{'found    ' if found else 'NOT FOUND'} {defect[0]}", flush=True)
            lost, tried = lost + (not found), tried + 1
    print(f"{lost} wrong; {len(FORMS) + len(PLANS)} defects there are\ncases: {tried}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())

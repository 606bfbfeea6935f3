#!/usr/bin/env python3
"""format.py [--check] [FILE ...]: clang-format for the code, hands off the tables.

Initialisers, enums, structs, macros, rows of a switch, and comments keep the alignment a person gave them; statements and
signatures follow .clang-format. Without files: every C file of compiler/, codegen/ and runtime/ that git knows or could add. --check changes nothing, prints
what would change, and exits 1 if anything would."""
import difflib
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OPENS = re.compile(r"(=\s*(\([^()]*\))?\s*\{|\b(enum|struct|union)\b[^;(){}=]*\{|\bVEC\b.*\{)(?=[^{}]*(\{[^{}]*\}[^{}]*)*$)")


def tool():
    """clang-format formats a little differently in each version; 14 decides where it is installed."""
    return shutil.which("clang-format-14") or shutil.which("clang-format")


def depth_of(line):
    line = re.sub(r"/\*.*?(\*/|$)|//.*|'(\\.|[^'\\])'|\"(\\.|[^\"\\])*\"", "", line)
    return line.count("{") - line.count("}")


def table_lines(lines):
    """Marks lines of tables, of macros that go on, and of comments that go on."""
    marked, depth, comment, macro = set(), 0, False, False
    for i, line in enumerate(lines):
        if comment or macro or depth > 0:
            marked.add(i)
        if comment:
            comment = "*/" not in line
            continue
        if depth > 0:
            depth += depth_of(line)
            continue
        if macro or line.lstrip().startswith("#"):
            marked.add(i)
            macro = line.rstrip().endswith("\\")
            continue
        if "/*" in line and "*/" not in line[line.rindex("/*"):]:
            comment = True
            if line.lstrip().startswith("/*"):
                marked.add(i)
        if OPENS.search(line):
            marked.add(i)
            depth = depth_of(line)
        elif re.match(r"\s*(case\b.*|default):\s*[^\s/]", line):
            marked.add(i)  # rows of a switch: `case A: case B: return x;`
        elif re.search(r"\S.*/\*.*\*/\s*$", line):
            marked.add(i)  # a comment behind code, aligned with its neighbours
    return marked


def code_ranges(lines):
    marked = table_lines(lines)
    ranges, start = [], None
    for i in range(len(lines) + 1):
        free = i < len(lines) and i not in marked
        if free and start is None:
            start = i
        elif not free and start is not None:
            ranges.append((start + 1, i))
            start = None
    return ranges


def formatted(path, text):
    ranges = code_ranges(text.split("\n"))
    if not ranges:
        return text
    command = [tool(), "--assume-filename=" + path] + ["--lines=%d:%d" % r for r in ranges]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def project_files():
    listed = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard", "--", "compiler", "codegen", "runtime"],
                            capture_output=True, text=True, check=True, cwd=ROOT).stdout.split("\0")
    return [f for f in listed if f.endswith((".c", ".h")) and os.path.exists(os.path.join(ROOT, f))]


def main(arguments):
    check = "--check" in arguments
    files = [a for a in arguments if a != "--check"] or [os.path.join(ROOT, f) for f in project_files()]
    if not tool():
        print("skipped: clang-format is not installed")
        return 1
    changed = 0
    for path in files:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        fresh = formatted(path, text)
        if fresh == text:
            continue
        changed += 1
        if check:
            name = os.path.relpath(path, ROOT)
            sys.stdout.writelines(difflib.unified_diff(text.splitlines(True), fresh.splitlines(True), name, name + " (formatted)", n=1))
        else:
            with open(path, "w", encoding="utf-8") as file:
                file.write(fresh)
    print("%d files, %d %s" % (len(files), changed, "would change: make format" if check else "changed"))
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

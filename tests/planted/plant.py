"""What tests of planted defects share: which are tried, and the compiler or the forms with one of them.

    TEST [--all] [WORD ...]     those of today, all of them (also with SINTER_LONG=1), or those whose description has a word

A defect is a tuple that begins with what it is, a file, a text that stands there once, and the text instead."""
import datetime
import os
import re
import stat
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.environ.get("SINTER_SOURCE", os.path.join(HERE, "..", ".."))
# The compiler without sanitizers, if there is one: thousands of programs go through it, and what is looked for is in the C that it writes.
SINTER = os.environ.get("SINTER_REFERENCE") or os.environ.get("SINTER") or os.path.join(SOURCE, "build", "bin", "sinter")
BUILD = os.path.dirname(os.path.dirname(SINTER))


def cannot():
    """Why no compiler can be made here, or None."""
    return None if os.path.exists(os.path.join(BUILD, "libsinter_core.a")) else "planting defects needs the built library"


def every():
    return "--all" in sys.argv or bool(os.environ.get("SINTER_LONG"))


def chosen(defects, today):
    """Of the defects those to try; `today` of them without further words, others on another day."""
    words = [w for w in sys.argv[1:] if w != "--all"]
    if words:
        return [d for d in defects if any(w in d[0] for w in words)]
    if every():
        return defects
    day = datetime.date.today().toordinal()
    return [defects[(day * today + k) % len(defects)] for k in range(today)]


def changed(path, old, new):
    """A file of the source tree with the defect."""
    with open(os.path.join(SOURCE, path), encoding="utf-8") as f:
        text = f.read()
    if text.count(old) != 1:
        raise SystemExit(f"{path} has this {text.count(old)} times, not once:\n{old}")
    return text.replace(old, new)


def cache(name):
    with open(os.path.join(BUILD, "CMakeCache.txt"), encoding="utf-8") as f:
        found = re.search(rf"^{name}:\w+=(.*)$", f.read(), re.M)
    return found.group(1) if found else ""


def linked(source, folder, *includes):
    """The compiler with what one file is compiled to, taken instead of what the library that is built already has."""
    sanitize = [f"-fsanitize={cache('SINTER_SANITIZE')}"] if cache("SINTER_SANITIZE") else []
    made, object_file = os.path.join(folder, "sinter"), source[:-2] + ".o"
    language = ["-std=c11", "-D_GNU_SOURCE", "-w", *sanitize] if source.endswith(".c") else []
    subprocess.run([cache("CMAKE_C_COMPILER") or "cc", *language, *includes, "-c", source, "-o", object_file], check=True)
    with open(os.path.join(BUILD, "CMakeFiles", "sinter.dir", "link.txt"), encoding="utf-8") as f:
        link = f.read().split()  # as the compiler itself was linked; what comes before the library is taken instead of its own
    link[link.index("-o") + 1] = made
    subprocess.run([*link[:link.index("-o")], object_file, *link[link.index("-o"):]], check=True, cwd=BUILD)
    return made


def compiler_with(path, old, new, folder):
    """The compiler with one of its files changed."""
    original = os.path.join(SOURCE, path)
    file = os.path.join(folder, os.path.basename(path))
    with open(file, "w", encoding="utf-8") as f:
        f.write(f'#line 1 "{original}"\n' + changed(path, old, new))
    includes = [f"-I{os.path.join(SOURCE, d)}" for d in ("compiler", "codegen", ".", os.path.dirname(path))] + [f"-I{os.path.join(BUILD, 'grammar')}"]
    return linked(file, folder, *includes)


def runtime_with(path, old, new, folder):
    """The compiler that writes a file of runtime/ changed: of the texts inside it (cmake/SinterEmbed.cmake) this one is another."""
    file, texts = os.path.join(folder, os.path.basename(path)), os.path.join(folder, "embedded.S")
    with open(file, "w", encoding="utf-8") as f:
        f.write(changed(path, old, new))
    with open(os.path.join(BUILD, "embedded.S"), encoding="utf-8") as f:
        made, times = re.subn(rf'(asciz "{re.escape(path)}"\ntext_\d+:\n *\.incbin )".*"', rf'\1"{file}"', f.read())
    if times != 1:
        raise SystemExit(f"{path} is no text inside the compiler")
    with open(texts, "w", encoding="utf-8") as f:
        f.write(made)
    return linked(texts, folder)


def forms_with(path, old, new, folder):
    """The compiler, which takes the changed form instead of its own."""
    forms, sinter = os.path.join(folder, "forms"), os.path.join(folder, "sinter")
    os.makedirs(forms)
    with open(os.path.join(forms, os.path.basename(path)), "w", encoding="utf-8") as f:
        f.write(changed(path, old, new))
    with open(sinter, "w") as f:
        f.write(f'#!/bin/sh\ncase $1 in build|emit|explain|check-plan) exec "{SINTER}" "$@" "--forms={forms}" ;; esac\nexec "{SINTER}" "$@"\n')
    os.chmod(sinter, os.stat(sinter).st_mode | stat.S_IXUSR)
    return sinter


def passes(folder, sinter, *test):
    """Does a test of that folder pass with this compiler? What cannot run here says so itself."""
    environment = dict(os.environ, SINTER=sinter, SINTER_LONG="")
    done = subprocess.run([sys.executable, *test], cwd=folder, env=environment, capture_output=True, text=True, timeout=900)
    if done.returncode == 77:
        print(done.stdout, end="")
        sys.exit(77)
    return done.returncode == 0

"""The peers' own Python: a virtual environment outside the tree, ~/.cache/sinter/bench or $SINTER_BENCH_VENV."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def folder():
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.abspath(os.environ.get("SINTER_BENCH_VENV") or os.path.join(cache, "sinter", "bench"))


def wanted():
    with open(os.path.join(HERE, "requirements.txt"), encoding="utf-8") as file:
        return [line.split() for line in file.read().splitlines() if line.strip() and not line.startswith("#")]


def make(say):
    """Path of its python; packages are installed once, or again where a line of requirements.txt is new."""
    venv = folder()
    python = os.path.join(venv, "bin", "python")
    if not os.path.exists(python):
        say("making %s" % venv)
        os.makedirs(os.path.dirname(venv), exist_ok=True)
        if subprocess.run([sys.executable, "-m", "venv", venv]).returncode != 0:
            sys.exit("%s could not be made: python3 needs its module venv (Debian calls the package python3-venv)" % venv)
    stamp = os.path.join(venv, "sinter-installed")
    done = open(stamp, encoding="utf-8").read().splitlines() if os.path.exists(stamp) else []
    for packages in wanted():
        line = " ".join(packages)
        if line in done:
            continue
        say("installing %s" % line)
        pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        if subprocess.run(pip + packages).returncode != 0:
            say("%s could not be installed: nothing is measured against it" % line)
            continue
        done.append(line)
        with open(stamp, "w", encoding="utf-8") as file:
            file.write("\n".join(done) + "\n")
    return python


def enter(say):
    """Goes on in that Python, unless this is it."""
    python = make(say)
    if os.path.realpath(sys.prefix) != os.path.realpath(folder()):
        os.execv(python, [python] + sys.argv)


def versions():
    """Of what is installed, by name."""
    from importlib import metadata
    found = {}
    for packages in wanted():
        for name in packages:
            try:
                found[name] = metadata.version(name)
            except metadata.PackageNotFoundError:
                found[name] = None
    return found

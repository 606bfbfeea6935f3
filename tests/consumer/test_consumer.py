"""What sinter emits goes into other people's builds: as a folder of a CMake project, through find_package(Sinter), and read by C++."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SINTER = os.environ.get("SINTER", "sinter")
BUILD = os.environ.get("SINTER_BUILD")
MODEL = os.path.join(HERE, "minilm.sinter")


def run(*command):
    done = subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise AssertionError("%s\nexit %d\n%s" % (" ".join(map(str, command)), done.returncode, done.stdout))
    return done.stdout


class Consumer(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="consumer-")
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def emit(self):
        run(SINTER, "emit", MODEL, "-d", self.path("emitted"))
        return self.path("emitted")

    def consume(self, project, *definitions):
        run("cmake", "-S", os.path.join(HERE, project), "-B", self.path("build"), "-DCMAKE_BUILD_TYPE=Release", *definitions)
        run("cmake", "--build", self.path("build"))
        return run(self.path("build", "consumer"))

    def check(self, printed):
        # 1 2 3 against 3 2 1 1: (1 + 1 + 2) / (sqrt 3 * sqrt 6); then against no token at all
        first, empty = printed.split()
        self.assertAlmostEqual(float(first), 4 / (3 * 6) ** 0.5, places=6)
        self.assertEqual(float(empty), 0)

    def test_emitted_folder(self):
        self.check(self.consume("subdirectory", "-DEMITTED=" + self.emit()))

    def test_cpp(self):
        self.check(self.consume("cpp", "-DEMITTED=" + self.emit()))

    def test_installed_package(self):
        run("cmake", "--install", BUILD, "--prefix", self.path("prefix"))
        model = shutil.copy(MODEL, self.path("minilm.sinter"))
        self.check(self.consume("package", "-DCMAKE_PREFIX_PATH=" + self.path("prefix"), "-DMODEL=" + model))
        # A change of the text arrives in the program by the next build alone.
        with open(model, encoding="utf-8") as file:
            text = file.read()
        with open(model, "w", encoding="utf-8") as file:
            file.write(text.replace("n[v] = count[t where tok[t] == v]", "n[v] = 0 * count[t where tok[t] == v]"))
        run("cmake", "--build", self.path("build"))
        self.assertEqual([float(x) for x in run(self.path("build", "consumer")).split()], [0, 0])


if __name__ == "__main__":
    if not shutil.which(SINTER):
        print("skipped: no compiler at " + SINTER)
        sys.exit(77)
    sys.exit(unittest.main())

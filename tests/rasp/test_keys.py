"""The console at a terminal: keys are pressed, and what comes to the screen is read, without the moves of the cursor."""
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import termios
import time
import unittest

SINTER, BUILD = os.environ["SINTER"], os.environ["SINTER_BUILD"]
UP, LEFT, TAB, CTRL_A, CTRL_C, CTRL_D, CTRL_E, ENTER = "\x1b[A", "\x1b[D", "\t", "\x01", "\x03", "\x04", "\x05", "\r"
LEAKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "leaks.txt")  # libedit's own
WAIT = 20  # seconds, for a sanitizer build on a busy machine


def has_editing():
    with open(os.path.join(BUILD, "CMakeCache.txt"), encoding="utf-8") as file:
        text = file.read()
    return bool(re.search(r"^EDITLINE_FOUND:INTERNAL=1", text, re.M)) and not re.search(r"^SINTER_EDITLINE:BOOL=OFF", text, re.M)


class Terminal:
    """sinter behind a pseudo terminal."""

    def __init__(self, state, *arguments):
        env = dict(os.environ, TERM="xterm", XDG_STATE_HOME=state, COLUMNS="100", LSAN_OPTIONS="print_suppressions=0:suppressions=" + LEAKS)
        env.pop("LC_ALL", None)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(SINTER, [SINTER, *arguments], env)
        self.text, self.read = "", 0

    def until(self, pattern):
        """What came since the last answer, up to a pattern."""
        end = time.monotonic() + WAIT
        while True:
            found = re.compile(pattern, re.S).search(self.text, self.read)
            if found:
                seen = self.text[self.read:found.end()]
                self.read = found.end()
                return seen
            ready, _, _ = select.select([self.fd], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise AssertionError("%r did not come; there is:\n%r" % (pattern, self.text[self.read:]))
            try:
                self.text += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", os.read(self.fd, 4096).decode())
            except OSError:
                raise AssertionError("it ended before %r; there is:\n%s" % (pattern, self.text[self.read:]))

    def press(self, keys):
        """At a prompt: libedit shows it a moment before keys come to it one by one."""
        end = time.monotonic() + WAIT
        while termios.tcgetattr(self.fd)[3] & termios.ICANON and time.monotonic() < end:
            time.sleep(0.01)
        os.write(self.fd, keys.encode())

    def ends(self):
        """Its exit code."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.fd)
                return os.waitstatus_to_exitcode(status)
            if select.select([self.fd], [], [], 0.02)[0]:
                try:
                    self.text += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", os.read(self.fd, 4096).decode())
                except OSError:
                    pass
        raise AssertionError("it does not end:\n" + self.text)


class Keys(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def begin(self, *arguments):
        terminal = Terminal(self.folder.name, *arguments)
        terminal.until(r"RASP, by sinter.*>> ")
        return terminal

    def needs_editing(self):
        if not has_editing():
            print("skipped: built without libedit, nothing edits the line")
            self.skipTest("built without libedit")

    def test_statements(self):
        """`sinter` alone opens the console; definitions go over lines; Ctrl-D leaves."""
        t = self.begin()
        t.press("def twice(x) {" + ENTER)
        t.until(r"\.\. ")
        t.press("return 2 * x;" + ENTER)
        t.until(r"\.\. ")
        t.press("}" + ENTER)
        t.until(r"twice\(x\)\r\n>> ")
        t.press("twice(indices);" + ENTER)
        t.until(r'\("hello"\) = \[0, 2, 4, 6, 8\] \(ints\)\r\n>> ')
        t.press("x = nosuch;" + ENTER)
        t.until(r"'nosuch' is not defined.*>> ")
        t.press("set example \"aé\"" + ENTER)
        t.until(r">> ")
        t.press("tokens;" + ENTER)
        t.until(r'= \[a, é\] \(strings\)\r\n>> ')
        t.press(CTRL_D)
        self.assertEqual(0, t.ends())

    def test_interrupt(self):
        """Ctrl-C drops the line, and the statement that it belongs to."""
        t = self.begin("repl")
        t.press("nonsense $$$")
        t.until(r"\$\$\$")
        t.press(CTRL_C)
        t.until(r"\^C\r\n>> ")
        t.press("def f(x) {" + ENTER)
        t.until(r"\.\. ")
        t.press(CTRL_C)
        t.until(r"\^C\r\n>> ")
        t.press("a = 1 + 41;" + ENTER)
        t.until(r"a =  42\r\n>> ")
        t.press("exit" + ENTER)
        self.assertEqual(0, t.ends())

    def test_completion(self):
        self.needs_editing()
        t = self.begin()
        t.press("w = selector_w" + TAB)
        t.until(r"idth\(")
        t.press("full_s);" + ENTER)
        t.until(r"\[5\]\*5 \(ints\)\r\n>> ")
        t.press("mysequence = indices; myse" + TAB + TAB)  # not yet a name
        t.press(ENTER)
        t.until(r"\.\. ")
        t.press(CTRL_C)
        t.until(r">> ")
        t.press("mysequence = indices;" + ENTER)
        t.until(r"\[0, 1, 2, 3, 4\] \(ints\)\r\n>> ")
        t.press("myse" + TAB + ";" + ENTER)
        t.until(r"s-op: mysequence.*>> ")
        t.press("x = tokens_" + TAB)
        t.until(r"tokens_asis.*tokens_bool.*tokens_float.*tokens_int.*tokens_str.*x = tokens_")
        t.press("i" + TAB + " in [1];" + CTRL_C)
        t.until(r">> ")
        t.press(CTRL_D)
        self.assertEqual(0, t.ends())

    def test_history(self):
        """Arrows edit and bring back lines, of earlier sessions too; their number is bounded."""
        self.needs_editing()
        t = self.begin()
        t.press("a = 5;" + ENTER)
        t.until(r"a =  5\r\n>> ")
        t.press(UP + LEFT + "0" + ENTER)
        t.until(r"a =  50\r\n>> ")
        t.press(UP + UP + CTRL_A + "b" + CTRL_E + ENTER)
        t.until(r"ba =  5\r\n>> ")
        t.press(CTRL_D)
        self.assertEqual(0, t.ends())
        t = self.begin()
        t.press(UP + ENTER)
        t.until(r"ba =  5\r\n>> ")
        for i in range(1100):
            t.press("%d;" % i + ENTER)
            t.until(r">> ")
        t.press("exit" + ENTER)
        self.assertEqual(0, t.ends())
        with open(os.path.join(self.folder.name, "sinter", "history"), encoding="utf-8") as file:
            lines = file.read().splitlines()
        self.assertLessEqual(len(lines), 1001)
        self.assertIn("1099;", lines)
        self.assertNotIn("50;", lines)

    def test_nowhere(self):
        """A history that cannot be kept is no error."""
        for state in (os.path.join(self.folder.name, "file", "x"), "/proc/nothing", "relative"):
            with open(os.path.join(self.folder.name, "file"), "w", encoding="utf-8"):
                pass
            t = Terminal(state)
            t.until(r">> ")
            t.press("1;" + ENTER)
            t.until(r"1\r\n>> ")
            t.press("exit" + ENTER)
            self.assertEqual(0, t.ends())

    def test_pipe(self):
        """Where nobody types, `sinter` alone is its help; `sinter repl` reads what comes."""
        alone = subprocess.run([SINTER], input="a = 1;\n", capture_output=True, text=True, timeout=60)
        helped = subprocess.run([SINTER, "--help"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        self.assertEqual((0, helped.stdout, ""), (alone.returncode, alone.stdout, alone.stderr))
        read = subprocess.run([SINTER, "repl"], input="1 + 1;\n", capture_output=True, text=True, timeout=60)
        self.assertEqual((0, "    value: out =  2\n"), (read.returncode, read.stdout.split("\n", 1)[1]))


if __name__ == "__main__":
    sys.exit(unittest.main())

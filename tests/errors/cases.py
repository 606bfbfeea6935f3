"""Bad inputs with everything that is said about them, as transcripts. A file of cases holds, for each:

    = what is wrong, in words          a folder with the files of toy/ and its weights, in which everything below happens
    file NAME                          a file; its lines follow, each after '| '
    tensors FILE NAME[2,3] F32 = ...   a tensor of a safetensors file (see ../check/texts.py); numbers may be left out
    + command                          something to prepare, by a shell
    $ command                          what a person does, by a shell; sinter and ./toy are at hand
    > text                             standard output, a line each
    ! text                             standard error, a line each
    exit N                             exit code, if it is not 1
    left NAME ...                      files that are new or changed afterwards, if there are any

Lines that begin with '#' are comments.
"""
import hashlib
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'check'))
import texts  # noqa: E402

SECONDS = 60  # a command that takes longer hangs


class Case:
    def __init__(self, title):
        self.title, self.files, self.tensors, self.before, self.command = title, {}, {}, [], None
        self.out, self.err, self.code, self.left = [], [], 1, []

    def expect(self):
        return self.out, self.err, self.code, sorted(self.left)


def tensor(case, rest):
    path, _, about = rest.partition(' ')
    text = texts.Text('', '')
    text.weight(about)
    case.tensors.setdefault(path, {}).update(text.weights)


def parse(path):
    """The cases of a file, and for each the number of the line after its command."""
    found, name = [], None
    with open(path, encoding='utf-8') as file:
        lines = file.read().split('\n')
    for number, line in enumerate(lines, 1):
        word, _, rest = line.partition(' ')
        case = found[-1] if found else None
        if not line or word.startswith('#'):
            continue
        if word == '=':
            found.append(Case(rest))
        elif word == '|':
            case.files[name] += rest + '\n'
        elif word == 'file':
            name = rest
            case.files[name] = ''
        elif word == 'tensors':
            tensor(case, rest)
        elif word == '+':
            case.before.append(rest)
        elif word == '$':
            case.command, case.line = rest, number
        elif word in ('>', '!'):
            (case.out if word == '>' else case.err).append(rest)
        elif word == 'exit':
            case.code = int(rest)
        elif word == 'left':
            case.left = rest.split()
        else:
            sys.exit('%s:%d: what is this? %s' % (path, number, line))
    return found


def fingerprint(folder):
    """Every path below a folder, with what it is: a digest of its bytes, a link's target, or nothing for a folder."""
    marks = {}
    for where, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(where, name)
            mark = None
            if os.path.islink(path):
                mark = os.readlink(path)
            elif os.path.isfile(path):
                with open(path, 'rb') as file:
                    mark = hashlib.sha256(file.read()).hexdigest()
            marks[os.path.relpath(path, folder)] = mark
    return marks


def shell(command, folder, environment):
    return subprocess.run(['sh', '-c', command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS)


def lines_of(data):
    text = data.decode('utf-8', 'backslashreplace')
    return text.split('\n')[:-1] if text.endswith('\n') else text.split('\n') if text else []


def place(source, target):
    """A program is linked: one that is being copied cannot be run by the processes that are started meanwhile (ETXTBSY)."""
    return os.link(source, target) if os.access(source, os.X_OK) else shutil.copy2(source, target)


def write(case, folder, toy):
    """The folder of a case; toy: what each of them begins with."""
    shutil.copytree(toy, folder, copy_function=place)
    for name, content in case.files.items():
        os.makedirs(os.path.dirname(os.path.join(folder, name)) or folder, exist_ok=True)
        with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
            file.write(content)
    for name, tensors in case.tensors.items():
        texts.write_safetensors(os.path.join(folder, name), tensors)


def run(case, scratch, toy):
    """What a case does: output, messages, exit code, files left behind; in a folder of its own below `scratch`."""
    folder, temporary = os.path.join(scratch, 'here'), os.path.join(scratch, 'tmp')
    write(case, folder, toy)
    os.mkdir(temporary)
    path = os.path.dirname(texts.SINTER) + os.pathsep + os.environ['PATH']
    environment = dict(os.environ, PATH=path, TMPDIR=temporary, LC_ALL='C')
    for command in case.before:
        done = shell(command, folder, environment)
        if done.returncode:
            raise texts.Wrong('%s: exit code %d\n%s' % (command, done.returncode, done.stderr.decode()))
    before = fingerprint(folder)
    done = shell(case.command, folder, environment)
    after = fingerprint(folder)
    left = [name for name in sorted(set(before) | set(after)) if name not in before or before[name] != after.get(name, 0)]
    left += ['$TMPDIR/' + name for name in os.listdir(temporary)]
    # process numbers are the one thing that differs from run to run
    err = [re.sub(r'sinter-\w{6}', 'sinter-XXXXXX', line.replace(temporary, '$TMPDIR')) for line in lines_of(done.stderr)]
    return lines_of(done.stdout), err, done.returncode, sorted(left)

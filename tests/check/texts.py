"""Model texts with their expectations inside, and running sinter on them.

Lines of a text that begin with '#! ' say what stands around it and what is expected; to sinter they are comments:

    #! config {"a": 1}                 config.json; `#! file NAME text` is any other file
    #! weights w[2,3]                  a tensor of model.safetensors, random numbers drawn from its name; `F16`, `I64` ... may follow
    #! weights w[2] = [1, 2]           or these numbers; `folder/w` stands in folder/model.safetensors
    #! in x = [[1, 2], [3, 4]]         an input of sequence 0; `#! in 3: x[0,2] = []` of sequence 3, with its shape where it is empty
    #! out y = [exp(1) / 2, 0]         an output as it has to be: expressions of Python's math, worked out apart from sinter
    #! error 2:44 message              each diagnostic in order: error, warning, note, hint; of another file: config.json:1:3
    #! graph                           then what --dump=graph prints, a line each
"""
import json
import math
import os
import random
import re
import struct
import subprocess
import tempfile

SOURCE = os.environ.get('SINTER_SOURCE', os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..'))
SINTER = os.environ.get('SINTER', os.path.join(SOURCE, 'build', 'bin', 'sinter'))
SECONDS = 60  # a command that takes longer hangs
RELATIVE, SMALL = 1e-9, 1e-12  # of outputs, which are computed in double precision

FORMATS = {'F64': 'd', 'F32': 'f', 'F16': 'e', 'I64': 'q', 'I32': 'i', 'I16': 'h', 'I8': 'b', 'U8': 'B', 'BOOL': '?'}
SAID = ('error', 'warning', 'note', 'hint')
HEARD = re.compile(r'^(?:  (hint)|(.*?)(?::(\d+):(\d+))?: (error|warning|note)): (.*)$')
WORDS = {name: getattr(math, name) for name in dir(math) if not name.startswith('_')}


class Wrong(Exception):
    """What is not as expected."""


# --- safetensors ------------------------------------------------------------------------------------------------------------------

def flat(x):
    return [z for y in x for z in flat(y)] if isinstance(x, list) else [x]


def shape_of(x):
    return [len(x)] + (shape_of(x[0]) if x else []) if isinstance(x, list) else []


def write_safetensors(path, tensors):
    """tensors: name -> (dtype, shape, flat numbers)"""
    header, data = {}, b''
    for name, (dtype, shape, numbers) in tensors.items():
        part = struct.pack('<%d%s' % (len(numbers), FORMATS[dtype]), *numbers)
        header[name] = {'dtype': dtype, 'shape': shape, 'data_offsets': [len(data), len(data) + len(part)]}
        data += part
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text + data)


def read_safetensors(path):
    """name -> (dtype, shape, flat numbers)"""
    with open(path, 'rb') as file:
        data = file.read()
    bytes_ = struct.unpack('<Q', data[:8])[0]
    tensors = {}
    for name, t in json.loads(data[8:8 + bytes_]).items():
        if name != '__metadata__':
            begin, end = t['data_offsets']
            form = FORMATS[t['dtype']]
            part = data[8 + bytes_ + begin:8 + bytes_ + end]
            tensors[name] = (t['dtype'], t['shape'], list(struct.unpack('<%d%s' % (len(part) // struct.calcsize(form), form), part)))
    return tensors


def tensor_of(shape, values, dtype=None):
    numbers = flat(values)
    shape = shape_of(values) if shape is None else shape
    if math.prod(shape) != len(numbers):
        raise Wrong('%d numbers for the shape %s' % (len(numbers), shape))
    if not dtype:
        kinds = {type(x) for x in numbers}
        dtype = 'BOOL' if kinds == {bool} else 'I64' if kinds == {int} else 'F64'
    return dtype, shape, numbers


# --- a text and what stands around it ---------------------------------------------------------------------------------------------

class Text:
    def __init__(self, name, text):
        self.name, self.text = name, text
        self.files, self.weights, self.inputs, self.outputs, self.said, self.graph = {}, {}, {}, {}, [], None
        for line in text.split('\n'):
            if line.startswith('#! '):
                self.directive(line[3:])

    def directive(self, line):
        word, _, rest = line.partition(' ')
        if line.startswith(' '):
            self.graph.append(line[2:])
        elif word == 'graph':
            self.graph = []
        elif word in SAID:
            self.said.append(line)
        elif word == 'config':
            self.files['config.json'] = rest
        elif word == 'file':
            name, _, content = rest.partition(' ')
            self.files[name] = content
        elif word == 'weights':
            self.weight(rest)
        elif word in ('in', 'out'):
            self.tensor(word, rest)
        else:
            raise Wrong("unknown directive '#! %s'" % word)

    def weight(self, rest):
        name, shape, dtype, values = re.match(r'(.*?)\[([0-9,]*)\](?: ([A-Z0-9]+))?(?: = (.*))?$', rest).groups()
        shape = [int(n) for n in shape.split(',') if n]
        if values is None:
            draw = random.Random(name)
            numbers = [draw.gauss(0, 1) if (dtype or 'F32') in ('F64', 'F32', 'F16') else draw.randrange(2) for _ in range(math.prod(shape))]
        else:
            numbers = flat(eval(values, dict(WORDS)))  # noqa: the texts are ours
        self.weights[name] = tensor_of(shape, numbers, dtype or 'F32')

    def tensor(self, word, rest):
        number, name, shape, dtype, values = re.match(r"(?:(\d+): )?([\w@']+)(?:\[([0-9,]*)\])?(?: ([A-Z0-9]+))? = (.*)$", rest).groups()
        shape = None if shape is None else [int(n) for n in shape.split(',') if n]
        where = self.inputs if word == 'in' else self.outputs
        where['%s/%s' % (number or 0, name)] = tensor_of(shape, eval(values, dict(WORDS, true=True, false=False)), dtype)  # noqa

    def write(self, folder):
        with open(os.path.join(folder, self.name), 'w', encoding='utf-8') as file:
            file.write(self.text)
        for name, content in self.files.items():
            with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
                file.write(content)
        for part in {name.rpartition('/')[0] for name in self.weights}:
            os.makedirs(os.path.join(folder, part), exist_ok=True)
            here = {name.rpartition('/')[2]: x for name, x in self.weights.items() if name.rpartition('/')[0] == part}
            write_safetensors(os.path.join(folder, part, 'model.safetensors'), here)
        if self.inputs:
            write_safetensors(os.path.join(folder, 'in.safetensors'), self.inputs)


# --- running ----------------------------------------------------------------------------------------------------------------------

def sinter(folder, *arguments):
    """Exit code, standard output, standard error. Anything but 0 and 1 is a bug of the compiler."""
    done = subprocess.run([SINTER, *arguments], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS)
    out, err = done.stdout.decode('utf-8', 'replace'), done.stderr.decode('utf-8', 'replace')
    if done.returncode not in (0, 1) or 'Sanitizer' in err or 'runtime error' in err:
        raise Wrong('sinter %s: exit code %d\n%s' % (' '.join(arguments), done.returncode, err))
    return done.returncode, out, err


def said_of(err, name):
    """Standard error as lines `error 2:44 message`."""
    lines = []
    for line in err.split('\n'):
        hint, file, row, column, word, text = (HEARD.match(line) or HEARD.match('  hint: ')).groups()
        if hint and text:
            lines.append('hint ' + text)
        elif word:
            place = '' if not row else '%s:%s ' % (row, column) if file == name else '%s:%s:%s ' % (file, row, column)
            lines.append('%s %s%s' % (word, place if row else '' if file in ('sinter', name) else file + ' ', text))
    return lines


def compare(wanted, got, name):
    dtype, shape, numbers = wanted
    if got[1] != shape:
        raise Wrong('%s has the shape %s, wanted is %s: %s' % (name, got[1], shape, got[2]))
    if (dtype == 'F64') < (got[0] == 'F64') and numbers and any(x != int(x) for x in got[2]):
        raise Wrong('%s is %s' % (name, got))
    for a, b in zip(numbers, got[2]):
        if not (a == b or abs(a - b) <= max(SMALL, RELATIVE * abs(a))):
            raise Wrong('%s is %s\nwanted is %s' % (name, got[2], numbers))


def run(text):
    """Runs a text. Returns what sinter said, the dump of the graph (None if not asked for), and the outputs (None if not asked for)."""
    with tempfile.TemporaryDirectory() as folder:
        text.write(folder)
        outputs = graph = None
        if text.outputs or text.inputs:
            code, _, err = sinter(folder, 'eval', text.name, '--in', 'in.safetensors', '--out', 'out.safetensors')
            made = os.path.exists(os.path.join(folder, 'out.safetensors'))
            if made != (code == 0):
                raise Wrong('exit code %d, and the result was %swritten' % (code, '' if made else 'not '))
            outputs = read_safetensors(os.path.join(folder, 'out.safetensors')) if made else None
        else:
            code, graph, err = sinter(folder, 'check', text.name, *(['--dump=graph'] if text.graph is not None else []))
        said = said_of(err, text.name)
        if (code != 0) != any(line.startswith('error') for line in said):
            raise Wrong('exit code %d after\n%s' % (code, err))
        return said, graph.split('\n')[:-1] if text.graph is not None else None, outputs


def check(text):
    """Raises Wrong if a text does not do what it says."""
    said, graph, outputs = run(text)
    if said != text.said:
        raise Wrong('said:\n  %s\nwanted:\n  %s' % ('\n  '.join(said), '\n  '.join(text.said)))
    if graph != text.graph:
        raise Wrong('the graph is\n  %s' % '\n  '.join(graph))
    for name, wanted in text.outputs.items():
        if not outputs or name not in outputs:
            raise Wrong('there is no output %s' % name)
        compare(wanted, outputs[name], name)

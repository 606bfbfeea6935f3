"""The command line of a compiled model, around models written by hand. Prints "N passed, N failed".

Everything is driven as a user would: arguments, pipes, files. With --threads=4 as well, where order could get lost. Needs a C compiler only;
numpy and safetensors check our files too where they are there."""
import base64
import json
import os
import pathlib
import pty
import random
import resource
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from paste import ROOT, paste  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
DIR = pathlib.Path(tempfile.mkdtemp(prefix="cli-"))
WARNINGS = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]
SANITIZE = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
CC = os.environ.get("CC") or "gcc"
LINES = int(os.environ.get("CLI_LINES", "200000"))
passed = failed = 0


def check(what, have, wanted):
    global passed, failed
    if have == wanted:
        passed += 1
    else:
        failed += 1
        print("FAILED: %s\n   have %r\n wanted %r" % (what, have, wanted))


def build(fake, name=None, cc=CC, flags=(), threads=True):
    name = name or fake
    source = DIR / (name + ".c")
    source.write_text(paste(HERE / ("fake_%s.c" % fake)))
    command = [cc, *WARNINGS, *flags, "-o", str(DIR / name), str(source), "-lm"]
    command += ["-DPASTED_THREADS", "-pthread"] if threads else []
    done = subprocess.run(command, capture_output=True, text=True)
    check("%s compiles %s without a warning" % (cc, name), (done.returncode, done.stderr), (0, ""))
    return DIR / name


def run(program, *arguments, stdin=b"", **more):
    stdin = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run([str(program), *map(str, arguments)], input=stdin, capture_output=True, cwd=DIR, **more)
    return done.returncode, done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode("utf-8", "surrogateescape")


def good(program, arguments, wanted, stdin=b""):
    for threads in ([], ["--threads=4"]):
        check("%s %s" % (arguments, threads), run(program, *threads, *arguments, stdin=stdin), (0, wanted, ""))


def bad(program, arguments, message, stdin=b"", out="", code=1, hint=None):
    text = "fake: error: %s\n" % message + ("  hint: %s\n" % hint if hint else "")
    check(" ".join(map(str, arguments)) or "no arguments", run(program, *arguments, stdin=stdin), (code, out, text))


FORMATS = {"F32": "f", "F64": "d", "F16": "e", "I64": "q", "I32": "i", "I16": "h", "I8": "b", "U64": "Q", "U32": "I", "U16": "H", "U8": "B",
           "BOOL": "?"}


def safetensors(tensors, extra=b"", header=None):
    """tensors: name -> (dtype, shape, numbers or bytes)"""
    entries, data = {}, b""
    for name, (dtype, shape, values) in tensors.items():
        packed = values if isinstance(values, bytes) else struct.pack("<%d%s" % (len(values), FORMATS[dtype]), *values)
        entries[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = header if header is not None else json.dumps(entries).encode()
    return struct.pack("<Q", len(text)) + text + data + extra


def read_safetensors(path):
    file = path.read_bytes()
    size = struct.unpack("<Q", file[:8])[0]
    entries, data, tensors, end = json.loads(file[8:8 + size]), file[8 + size:], {}, 0
    assert size % 8 == 0
    for name, e in sorted(entries.items(), key=lambda i: i[1]["data_offsets"]):
        begin, end_here = e["data_offsets"]
        assert begin == end
        end = end_here
        each = struct.calcsize(FORMATS[e["dtype"]])
        assert begin % each == 0
        tensors[name] = (e["dtype"], e["shape"], list(struct.unpack("<%d%s" % ((end - begin) // each, FORMATS[e["dtype"]]), data[begin:end])))
    assert end == len(data)
    return tensors


def write(name, data):
    (DIR / name).write_bytes(data)
    return name


def left_over(*allowed):
    return sorted(p.name for p in DIR.iterdir() if ".part" in p.name or p.name in allowed)


def embedding(text, special=True):
    """What fake_embed.c computes, here once more."""
    ids = [3 + w.encode()[0] for w in text.split(" ") if w]
    ids = ([1] + ids + [2])[:8] if special else ids[:8]
    if special:
        ids[-1] = 2
    return [len(ids), sum(ids), sum(i * n for n, i in enumerate(ids)), 0]


def line(text):
    return " ".join("%.9g" % v for v in embedding(text)) + "\n"


def test_texts(embed):
    good(embed, ["a b", ""], line("a b") + line(""))
    good(embed, [], line("a b") + line("") + line("c"), stdin="a b\n\nc\n")
    good(embed, [], line("a b") + line("c"), stdin="a b\nc")
    good(embed, [], "", stdin="")
    good(embed, [], line(""), stdin="\n")
    good(embed, ["--", "--json"], line("--json"))
    good(embed, ["-"], line("-"))
    good(embed, ["--json", "a b"], '{"embedding":[4,204,308,0]}\n')
    good(embed, ["a b c d e f g h i j k"], line("a b c d e f g h i j k"))
    good(embed, ["--no-special", "a b"], "2 201 101 0\n")
    good(embed, ["--pair", "a", "b"], "5 206 415 2\n")
    good(embed, ["--pair"], "5 206 415 2\n" + "3 5 6 1\n", stdin="a\tb\n\t\n")
    good(embed, ["--input-format=json"], line("a b") + line("x\ny") + line("é"), stdin='"a b"\n "x\\ny" \n"\\u00e9"\n')
    good(embed, ["--input-format", "json", "--pair"], "5 206 415 2\n", stdin='["a", "b"]\n')
    good(embed, ["--input-format=ids"], "2 3 1 0\n0 0 0 0\n3 600 101 0\n".replace("600 101", "302 4"), stdin="2 1\n\n299 2 1\r\n")
    good(embed, ["--input-format=ids", "5 6"], "2 11 6 0\n")
    good(embed, ["--json", "--input-format=json", json.dumps("😀 \0x")], '{"embedding":[4,%d,%d,0]}\n' % (6 + 0xF0 + 3, 3 + 0xF0 + 6 + 6),)


def test_tokens(embed, chars):
    good(embed, ["--tokens", "ab c"], "[CLS]\t1\t0\t0\na\t100\t0\t2\nc\t102\t3\t4\n[SEP]\t2\t0\t0\n\n")
    good(embed, ["--tokens", "--json", "ab c"], '{"ids":[1,100,102,2],"tokens":["[CLS]","a","c","[SEP]"],"offsets":[[0,0],[0,2],[3,4],[0,0]]}\n')
    good(embed, ["--tokens", "--json", "--no-special", "ab c"], '{"ids":[100,102],"tokens":["a","c"],"offsets":[[0,2],[3,4]]}\n')
    good(embed, ["--tokens", "--json", "--pair", "a", "b"], '{"ids":[1,100,2,101,2],"tokens":["[CLS]","a","[SEP]","b","[SEP]"],'
         '"offsets":[[0,0],[0,1],[0,0],[0,1],[0,0]],"types":[0,0,0,1,1]}\n')
    good(embed, ["--tokens", "--json", ""], '{"ids":[1,2],"tokens":["[CLS]","[SEP]"],"offsets":[[0,0],[0,0]]}\n')
    good(chars, ["--tokens", "a\té"], "a\t97\t0\t1\n\\t\t9\t1\t2\né\t233\t2\t4\n\n")
    good(chars, ["héllo", ""], "olléh\n\n")
    good(chars, ["--json", 'a"b\\'], '{"back":"\\\\b\\"a"}\n')
    good(chars, ["--json", ""], '{"back":""}\n')
    check("malformed bytes are read as U+FFFD", run(chars, stdin=b"a\xffb\n"), (0, "b\ufffda\n", ""))


def test_labels(labels, tags, multi):
    good(labels, ["--input-format=ids", "1 2 3 4"], 'one "more"\t0.576116885\n')
    good(labels, ["--input-format=ids", "--json", "1 2 3 4"], '{"label":"one \\"more\\"","score":0.576116885,"logits":[1,2,1]}\n')
    good(multi, ["--input-format=ids", "--json", "1 4"], '{"label":"one \\"more\\"","score":0.880797078,"logits":[0,2,0]}\n')
    good(tags, ["--input-format=ids", "3 1"], '3\tfizz\t0.576116885\n1\tone "more"\t0.576116885\n\n')
    good(tags, ["--input-format=ids", ""], "\n")
    good(tags, ["--input-format=ids", "--json", "3 1"], '{"tokens":["3","1"],"labels":["fizz","one \\"more\\""],"scores":[0.576116885,0.576116885],'
         '"logits":[[1,0,0],[0,1,0]]}\n')
    good(tags, ["--input-format=ids", "--json", ""], '{"tokens":[],"labels":[],"scores":[],"logits":[]}\n')


def npy(path):
    import ast
    file = path.read_bytes()
    size = struct.unpack("<H", file[8:10])[0]
    assert file[:8] == b"\x93NUMPY\x01\x00" and (10 + size) % 64 == 0 and file[9 + size:10 + size] == b"\n"
    head = ast.literal_eval(file[10:10 + size].decode().strip())
    assert head["descr"] == "<f4" and head["fortran_order"] is False
    data = file[10 + size:]
    return head["shape"], list(struct.unpack("<%df" % (len(data) // 4), data))


def test_npy(embed, tags, sums):
    texts = ["a b", "", "c"]
    check("npy", run(embed, "--npy", "x.npy", *texts), (0, "", ""))
    check("npy array", npy(DIR / "x.npy"), ((3, 4), [float(v) for t in texts for v in embedding(t)]))
    check("npy of nothing", (run(embed, "--npy=x.npy"), npy(DIR / "x.npy")), ((0, "", ""), ((0, 4), [])))
    check("npy of rows", (run(tags, "--npy=x.npy", "--input-format=ids", "3 1", "", "2"), npy(DIR / "x.npy")),
          ((0, "", ""), ((3, 3), [1.0, 0, 0, 0, 1, 0, 0, 0, 1])))
    try:
        import numpy
        check("numpy reads it", numpy.load(DIR / "x.npy").shape, (3, 3))
    except ImportError:
        print("skipped: no numpy")
    check("npy leaves no other file", left_over(), [])
    write("x.npy", b"before")
    bad(embed, ["--npy=x.npy", "a", "J"], "argument 2: the token 77 is bad luck")
    check("an error leaves the file that was there", ((DIR / "x.npy").read_bytes(), left_over()), (b"before", []))
    bad(embed, ["--npy=/dev/full", "a"], "cannot write /dev/full: No space left on device")
    bad(embed, ["--npy=nowhere/x.npy", "a"], "cannot write nowhere/x.npy: No such file or directory")
    bad(sums, ["--npy=x.npy", "--in=t.safetensors"], "--npy: this model has several real outputs (y, sum): use --out FILE")
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))  # noqa: E731
    check("a file that may not grow", run(embed, "--npy=x.npy", *["a"] * 50, preexec_fn=limit),
          (1, "", "fake: error: cannot write x.npy: File too large\n"))
    check("leaves nothing", ((DIR / "x.npy").read_bytes(), left_over()), (b"before", []))


def test_similarity(embed, sums):
    good(embed, ["--similarity", "a", "a"], "1 1\n1 1\n")
    good(embed, ["--similarity", "--json", "a"], '{"similarity":[[1]]}\n')
    good(embed, ["--similarity", "--json"], '{"similarity":[]}\n')
    good(embed, ["--similarity", "--no-special"], "1 0\n0 0\n", stdin="a\n\n")
    bad(sums, ["--similarity", "--in=t.safetensors"], "--similarity: this model has several real outputs (y, sum): use --out FILE")


BASE = {"7/x": ("F32", [2, 3], [1, 2, 3, 4, 5, 6]), "7/tok": ("I64", [4], [1, 2, 3, 9])}


def test_tensors(sums):
    tensors = dict(BASE)
    tensors["10/x"] = ("F64", [2, 1], [0.5, -1])
    tensors["10/tok"] = ("U8", [0], [])
    tensors["10/see"] = ("BOOL", [1, 1], [False])
    tensors["2/x"] = ("F16", [2, 0], [])
    tensors["2/tok"] = ("I32", [1], [4])
    tensors["2/add"] = ("I16", [], [-7])
    tensors["11/x"] = ("BF16", [2, 1], b"\x80\x3f\x00\xc0")
    tensors["11/tok"] = ("I8", [1], [3])
    write("t.safetensors", safetensors(tensors))
    wanted = {
        "2/y": ("F32", [0, 2], []), "2/seen": ("I64", [0], []), "2/kept": ("I64", [0], []), "2/any": ("I64", [], [0]), "2/sum": ("F32", [], [0]),
        "7/y": ("F32", [3, 2], [2, 8, 4, 10, 6, 12]), "7/seen": ("I64", [3], [103, 103, 103]), "7/kept": ("I64", [3], [0, 2, 3]),
        "7/any": ("I64", [], [1]), "7/sum": ("F32", [], [21]),
        "10/y": ("F32", [1, 2], [1, -2]), "10/seen": ("I64", [1], [100]), "10/kept": ("I64", [0], []), "10/any": ("I64", [], [0]),
        "10/sum": ("F32", [], [-0.5]),
        "11/y": ("F32", [1, 2], [2, -4]), "11/seen": ("I64", [1], [101]), "11/kept": ("I64", [1], [0]), "11/any": ("I64", [], [1]),
        "11/sum": ("F32", [], [-1])}
    for options in ([], ["--threads=3"], ["--batch=1"], ["--batch=1", "--threads=2"]):
        check("--out", run(sums, "--in=t.safetensors", "--out=o.safetensors", *options), (0, "", ""))
        check("--out tensors %s" % options, read_safetensors(DIR / "o.safetensors"), wanted)
    good(sums, ["--in=t.safetensors"],
         '{"y":[],"seen":[],"kept":[],"any":false,"sum":0}\n'
         '{"y":[[2,8],[4,10],[6,12]],"seen":[103,103,103],"kept":[0,2,3],"any":true,"sum":21}\n'
         '{"y":[[1,-2]],"seen":[100],"kept":[],"any":false,"sum":-0.5}\n'
         '{"y":[[2,-4]],"seen":[101],"kept":[0],"any":true,"sum":-1}\n')
    try:
        from safetensors.numpy import load_file
        check("safetensors reads it", sorted(load_file(DIR / "o.safetensors")), sorted(wanted))
    except ImportError:
        print("skipped: no safetensors")
    write("n.safetensors", safetensors({}))
    check("no tensors", (run(sums, "--in=n.safetensors", "--out=o.safetensors"), read_safetensors(DIR / "o.safetensors")), ((0, "", ""), {}))
    write("m.safetensors", safetensors({"0/x": ("F32", [2, 1], [float("nan"), float("inf")]), "0/tok": ("I64", [0], [])}))
    good(sums, ["--in=m.safetensors"], '{"y":[[null,null]],"seen":[101],"kept":[],"any":false,"sum":null}\n')
    link = DIR / "link.safetensors"
    link.symlink_to("o.safetensors")
    check("through a link", (run(sums, "--in=n.safetensors", "--out=link.safetensors"), link.is_symlink()), ((0, "", ""), True))
    check("--out leaves no other file", left_over(), [])


def one(**changes):
    """BASE with tensors replaced, added, or (None) left out; the k is 7."""
    tensors = {name: changes.get(name[2:], value) for name, value in BASE.items()}
    tensors.update({"7/" + name: value for name, value in changes.items() if "7/" + name not in tensors})
    return safetensors({name: value for name, value in tensors.items() if value})


def test_bad_tensors(sums):
    def refuse(data, message, hint=None):
        write("b.safetensors", data)
        write("o.safetensors", b"before")
        bad(sums, ["--in=b.safetensors", "--out=o.safetensors"], message, hint=hint)
        check("nothing written", ((DIR / "o.safetensors").read_bytes(), left_over()), (b"before", []))

    refuse(one(tok=None), "7/tok is missing")
    refuse(one(tokk=("I64", [1], [1])), "b.safetensors: 7/tokk: this model has no input 'tokk'", hint="did you mean 'tok'?")
    refuse(one(zzzzzz=("I64", [1], [1])), "b.safetensors: 7/zzzzzz: this model has no input 'zzzzzz'")
    refuse(one(x=("F32", [3, 2], [0] * 6)), "7/x: shape [3,2], but this input has [2,t]")
    refuse(one(x=("F32", [6], [0] * 6)), "7/x: shape [6], but this input has [2,t]")
    refuse(one(x=("I64", [2, 1], [0] * 2)), "7/x: dtype I64, but this input wants reals (F32, F64, F16, BF16)")
    refuse(one(tok=("F32", [1], [0])), "7/tok: dtype F32, but this input wants integers")
    refuse(one(see=("F32", [1, 1], [0])), "7/see: dtype F32, but this input wants booleans or integers")
    refuse(one(x=("F8_E4M3", [2, 1], b"\0\0")), "7/x: dtype F8_E4M3, but this input wants reals (F32, F64, F16, BF16)")
    refuse(one(x=("F32", [2, 6], [0] * 12)), "7/x: 6 along t; this model takes at most 5")
    refuse(one(see=("U8", [2, 2], [0] * 4)), "7/see: 2 along t, but 7/x has 3")
    refuse(one(see=("U8", [3, 2], [0] * 6)), "7/see: 2 along t, but it also has 3")
    refuse(one(see=("U8", [3, 3], [0] * 7 + [2, 0])), "7/see[2,1]: 2 is not in 0 .. 1")
    refuse(one(tok=("I64", [3], [1, 10, 3])), "7/tok[1]: 10 is not in 0 .. 9")
    refuse(one(tok=("I8", [2], [1, -1])), "7/tok[1]: -1 is not in 0 .. 9")
    refuse(one(add=("U64", [], [2 ** 63])), "7/add: 9223372036854775808 does not fit in 64 bits with a sign")
    refuse(one(add=("I64", [1], [2])), "7/add: shape [1], but this input has []")
    refuse(one(x=("F64", [2, 1], [0, 1e300])), "7/x[1,0]: 1e+300 is too large for float32")
    refuse(safetensors({"x": ("F32", [], [1])}), "b.safetensors: tensor 'x' is not named <k>/<input>")
    refuse(safetensors({"07/x": ("F32", [], [1])}), "b.safetensors: tensor '07/x' is not named <k>/<input>")
    refuse(safetensors({"-1/x": ("F32", [], [1])}), "b.safetensors: tensor '-1/x' is not named <k>/<input>")
    refuse(safetensors({"9999999999999999999/x": ("F32", [], [1])}), "b.safetensors: tensor '9999999999999999999/x' is not named <k>/<input>")
    refuse(b"", "b.safetensors: no safetensors file: 0 bytes")
    refuse(b"\xff" * 9, "b.safetensors: no safetensors file: a header of 18446744073709551615 bytes")
    refuse(one() + b"!", "b.safetensors: 1 bytes at the end belong to no tensor")
    refuse(one()[:-1], "b.safetensors: tensor '7/tok': data_offsets outside the file's 55 bytes of data")
    entry = b'"dtype":"U8","shape":[1],"data_offsets":[0,1]'
    for header, message in (
            (b'{"0/tok":{%s},"0/tok":{%s}}' % (entry, entry), "tensor '0/tok': its data overlaps another's"),
            (b'{"0/tok":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"0\\/tok":{%s}}' % entry, "tensor '0/tok' stands twice"),
            (b'{"0/tok":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}}', "tensor '0/tok': its data leaves a hole before it"),
            (b'{"0/tok":{"dtype":"U9","shape":[1],"data_offsets":[0,1]}}', "tensor '0/tok': unknown dtype 'U9'"),
            (b'{"0/tok":{"dtype":"U8","shape":[2],"data_offsets":[0,1]}}', "tensor '0/tok': 1 bytes of data do not make its shape"),
            (b'{"0/tok":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,1]}}', "tensor '0/tok': its shape is too large"),
            (b'{"0/tok":{"dtype":"U8","shape":[1]}}', "tensor '0/tok' has no data_offsets"),
            (b'{"0/tok":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"a\\u0007":1}}', "tensor '0/tok': unknown key 'a?'"),
            (b'{"0/tok":{"dtype":"U8","dtype":"U8"}}', "tensor '0/tok': double key 'dtype'"),
            (b'{"0/tok":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}', "the header, byte 34: a whole number expected"),
            (b'{"0/tok":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}', "the header, byte 33: a whole number expected"),
            (b'{"0/tok":{"dtype":"U8","shape":[01],"data_offsets":[0,1]}}', "the header, byte 33: a number does not begin with 0"),
            (b'{"__metadata__":{"a":1}}', "the header, byte 22: a string expected"),
            (b'{"__metadata__":{},"__metadata__":{}}', "the header has __metadata__ twice"),
            (b'[]', "the header, byte 1: '{' expected"),
            (b'{"a\xff":1}', "the header, byte 4: malformed UTF-8"),
            (b'{"a":{},}', "the header, byte 7: a string expected"),
            (b'{} x', "the header, byte 4: nothing more expected")):
        refuse(safetensors({}, b"\1", header), "b.safetensors: " + message)
    refuse(one(x=None), "7/x is missing")
    bad(sums, ["--in=absent", "--out=o"], "cannot read absent: No such file or directory")
    bad(sums, ["--in=.", "--out=o"], "cannot read .: Is a directory")
    bad(sums, ["--in=t.safetensors", "--out=/dev/full"], "cannot write /dev/full: No space left on device")
    bad(sums, ["--in=t.safetensors", "--out=nowhere/o"], "cannot write nowhere/o: No such file or directory")
    bad(sums, [], "this model takes tensors: --in FILE, see --info")
    bad(sums, ["--pair"], "--pair: this model has no tokenizer")
    bad(sums, ["--input-format=ids"], "--input-format: this model takes tensors; use --in FILE")
    earlier = safetensors({**BASE, "8/x": ("F32", [2, 6], [0] * 12), "8/tok": ("I64", [0], [])})
    write("b.safetensors", earlier)
    bad(sums, ["--in=b.safetensors"], "8/x: 6 along t; this model takes at most 5",
        out='{"y":[[2,8],[4,10],[6,12]],"seen":[103,103,103],"kept":[0,2,3],"any":true,"sum":21}\n')
    later = safetensors({**BASE, "8/x": ("F32", [2, 0], []), "8/tok": ("I64", [1], [11]), "9/x": ("F64", [2, 1], [1e99, 0]), "9/tok": ("I8", [0], [])})
    write("b.safetensors", later)
    bad(sums, ["--in=b.safetensors"], "8/tok[0]: 11 is not in 0 .. 9",
        out='{"y":[[2,8],[4,10],[6,12]],"seen":[103,103,103],"kept":[0,2,3],"any":true,"sum":21}\n')


def test_vectors(sums):
    """Files that are right but have no input of ours end at the names; files that are wrong end before."""
    path = pathlib.Path(os.environ.get("SINTER_CASES", ROOT / "tests" / "cases")) / "safetensors_vectors.json"
    if not path.exists():
        print("skipped: no safetensors vectors")
        return
    for vector in json.loads(path.read_text()):
        write("v.safetensors", base64.b64decode(vector["bytes_b64"]))
        code, out, error = run(sums, "--in=v.safetensors", "--out=o.safetensors")
        accepted = code == 0 or "is not named <k>/<input>" in error
        check("safetensors vector " + vector["id"], (code in (0, 1), out, accepted), (True, "", vector["accept"]))


def test_bad_texts(embed, labels):
    ids = ["--input-format=ids"]
    bad(embed, ids, "line 2: 'x' is not an id", stdin="1 2\n1 x 3\n4\n", out="2 3 2 0\n")
    bad(embed, ids, "line 1: '1.5' is not an id", stdin="1.5\n")
    bad(embed, ids, "line 1: '-' is not an id", stdin="-\n")
    bad(embed, ids, "line 1: id 300 is not in 0 .. 299", stdin="300\n")
    bad(embed, ids, "line 1: id -1 is not in 0 .. 299", stdin="-1\n")
    bad(embed, ids, "line 1: id 99999999999999999999999 is not in 0 .. 299", stdin="99999999999999999999999")
    bad(embed, ids, "line 1: 9 ids; this model takes at most 8", stdin="1 1 1 1 1 1 1 1 1\n")
    bad(embed, [*ids, "1", "y"], "argument 2: 'y' is not an id", out="1 1 0 0\n")
    js = ["--input-format=json"]
    bad(embed, js, "line 1: not a JSON string: byte 1: a string expected", stdin="a\n")
    bad(embed, js, "line 2: not a JSON string: byte 3: the string does not end", stdin='"a"\n"a\n', out=line("a"))
    bad(embed, js, "line 1: not a JSON string: byte 1: a string expected", stdin="\n")
    bad(embed, js, "line 1: not a JSON string: byte 5: nothing more expected", stdin='"a" "b"\n')
    bad(embed, js, "line 1: not a JSON string: byte 8: half of a surrogate pair", stdin='"\\ud800"\n')
    bad(embed, js, "line 1: not a JSON string: byte 3: unknown escape in a string", stdin='"\\x"\n')
    bad(embed, js, "line 1: not a JSON string: byte 6: four hexadecimal digits expected after \\u", stdin='"\\u12g4"\n')
    bad(embed, js, "line 1: not a JSON string: byte 2: malformed UTF-8", stdin=b'"\xc0\xaf"\n')
    bad(embed, js, "line 1: not a JSON string: byte 2: control character in a string", stdin=b'"\x01"\n')
    bad(embed, [*js, "--pair"], "line 1: not a JSON array of two strings: byte 1: '[' expected", stdin='"a"\n')
    bad(embed, [*js, "--pair"], "line 1: not a JSON array of two strings: byte 5: ',' expected", stdin='["a"]\n')
    bad(embed, [*js, "--pair"], "line 1: not a JSON array of two strings: byte 9: ',' or ']' expected", stdin='["a","b","c"]\n')
    tab, hint = "--pair wants two texts with one TAB between them", "--input-format=json takes texts that have a TAB themselves"
    bad(embed, ["--pair"], "line 2: " + tab, stdin="a\tb\na b\n", out="5 206 415 2\n", hint=hint)
    bad(embed, ["--pair"], "line 1: " + tab, stdin="a\tb\tc\n", hint=hint)
    bad(embed, ["--pair", "a"], "--pair: the number of texts is odd (1)")
    bad(embed, [], "line 40: the token 77 is bad luck", stdin="a\n" * 39 + "J\n" + "a\n" * 9, out=line("a") * 39)
    bad(embed, ["--batch=64", "--threads=4"], "line 40: the token 77 is bad luck", stdin="a\n" * 39 + "J\n" + "a\n" * 9, out=line("a") * 39)
    bad(labels, [], "this model has no tokenizer: use --input-format=ids or --in FILE")
    bad(labels, ["a"], "this model has no tokenizer: use --input-format=ids or --in FILE")


def test_bad_options(embed):
    hint = "--help lists the options; write -- before a text that begins with -"
    bad(embed, ["--jsn", "a"], "unknown option '--jsn'", hint="did you mean '--json'?")
    bad(embed, ["--thraeds=2", "a"], "unknown option '--thraeds'", hint="did you mean '--threads'?")
    bad(embed, ["--frobnicate", "a"], "unknown option '--frobnicate'", hint=hint)
    bad(embed, ["-5 degrees"], "unknown option '-5 degrees'", hint=hint)
    bad(embed, ["--a\x1b[31mb"], "unknown option '--a?[31mb'", hint=hint)
    bad(embed, ["--" + "y" * 500], "unknown option '--" + "y" * 68 + "...'", hint=hint)
    bad(embed, ["--json=1"], "--json takes no value")
    bad(embed, ["--npy"], "--npy needs a value: --npy=FILE")
    bad(embed, ["--npy="], "--npy needs a value: --npy=FILE")
    bad(embed, ["--batch=0", "a"], "--batch=0: not a number of 1 to 1000000")
    bad(embed, ["--batch=1000001", "a"], "--batch=1000001: not a number of 1 to 1000000")
    bad(embed, ["--batch=4x", "a"], "--batch=4x: not a number of 1 to 1000000")
    bad(embed, ["--threads=99999999999999999999", "a"], "--threads=99999999999999999999: not a number of 1 to 1024")
    bad(embed, ["--threads=-1", "a"], "--threads=-1: not a number of 1 to 1024")
    bad(embed, ["--input-format=jsn"], "--input-format=jsn: not lines, json or ids", hint="did you mean 'json'?")
    bad(embed, ["--tokens", "--npy=x", "a"], "--tokens and --npy do not go together")
    bad(embed, ["--json", "--out=x", "a"], "--json and --out do not go together")
    bad(embed, ["--in=x", "--pair"], "--in and --pair do not go together")
    bad(embed, ["--in=x", "a"], "--in and 'a': give texts or a file, not both")
    bad(embed, ["--pair", "--input-format=ids"], "--pair joins texts, not ids")
    bad(embed, ["--no-special", "--input-format=ids"], "--no-special is for texts: ids are taken as they are")


def test_unwritable(embed):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([str(embed), "a"], stdout=full, stderr=subprocess.PIPE)
    check("/dev/full", (done.returncode, done.stderr), (1, b"fake: error: cannot write to standard output: No space left on device\n"))
    for options in ([], ["--threads=3"]):
        process = subprocess.Popen([str(embed), *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.close()
        try:
            process.stdin.write(b"a b c\n" * 100000)
            process.stdin.close()
        except BrokenPipeError:
            pass
        error = process.stderr.read()
        check("closed pipe %s" % options, (process.wait(), error), (1, b"fake: error: cannot write to standard output: Broken pipe\n"))
    done = subprocess.run("%s --help >&-" % embed, shell=True, capture_output=True)
    check("closed output", (done.returncode, done.stderr), (1, b"fake: error: cannot write to standard output: Bad file descriptor\n"))
    done = subprocess.run("%s <&-" % embed, shell=True, capture_output=True)
    check("closed input", (done.returncode, done.stderr), (1, b"fake: error: cannot read standard input: Bad file descriptor\n"))


def answer(process, seconds=20):
    """What comes within the time, up to a newline."""
    have, end = b"", time.monotonic() + seconds
    while not have.endswith(b"\n") and select.select([process.stdout], [], [], max(0, end - time.monotonic()))[0]:
        have += os.read(process.stdout.fileno(), 1)
    return have.decode()


def test_streams(embed):
    for options in ([], ["--batch=1"], ["--batch=100"], ["--threads=3"], ["--batch=1", "--threads=2"]):
        process = subprocess.Popen([str(embed), *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for text in ("a b", "", "c d"):
            process.stdin.write(text.encode() + b"\n")
            process.stdin.flush()
            check("answered without waiting %s" % options, answer(process), line(text))
        process.stdin.write(b"half ")
        process.stdin.flush()
        time.sleep(0.05)
        process.stdin.write(b"line\nJ\n")
        process.stdin.flush()
        check("half a line %s" % options, answer(process), line("half line"))
        if "--batch=1" in options or "--threads=3" in options:
            check("an error ends it while input is open", process.wait(20), 1)
        process.stdin.close()
        process.wait()
        check("and says why", process.stderr.read(), b"fake: error: line 5: the token 77 is bad luck\n")
        process.stdout.close()
        process.stderr.close()
    made = random.Random(1)
    texts = [" ".join(made.choice("abcdefgh") for _ in range(made.randrange(12))) for _ in range(3000)]
    wanted = "".join(map(line, texts))
    for options in ([], ["--batch=1"], ["--batch=7"], ["--batch=5000"], ["--threads=2"], ["--threads=5", "--batch=3"], ["--threads=16"]):
        check("the order stays %s" % options, run(embed, *options, stdin="\n".join(texts)), (0, wanted, ""))
    long = "x" * 3000000
    check("a long line", run(embed, stdin="a\n" + long + "\nb\n"), (0, line("a") + line(long) + line("b"), ""))


def test_flat_memory(plain):
    """Many lines in an address space that would not hold them: without sanitizers, they need much of it."""
    megabytes = 64
    limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))  # noqa: E731
    text = b"one two three four five six seven eight nine ten eleven twelve thirteen fourteen, a line of nearly a hundred and forty bytes in all\n"
    name = write("many.txt", text * LINES)
    for options in ([], ["--json"], ["--npy=x.npy"], ["--threads=2"]):
        with open(DIR / name, "rb") as lines, open(DIR / "many.out", "wb") as out:
            done = subprocess.run([str(plain), *options], stdin=lines, stdout=out, stderr=subprocess.PIPE, cwd=DIR, preexec_fn=limit)
        check("%d lines in %d MB %s" % (LINES, megabytes, options), (done.returncode, done.stderr), (0, b""))
        if "--npy=x.npy" in options:
            check("all rows", npy(DIR / "x.npy")[0], (LINES, 4))
        else:
            check("all answers", (DIR / "many.out").read_bytes().count(b"\n"), LINES)
    (DIR / name).unlink()
    limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (8 << 20, 8 << 20))  # noqa: E731
    check("out of memory is said", run(plain, stdin="x" * (20 << 20), preexec_fn=limit), (2, "", "fake: error: out of memory\n"))


def test_terminal(plain):
    """Typed lines are answered; long work tells on a terminal how far it is."""
    control, terminal = pty.openpty()
    process = subprocess.Popen([str(plain)], stdin=terminal, stdout=subprocess.PIPE, stderr=terminal)
    os.write(control, b"a b\n")
    check("typed", answer(process), line("a b"))
    os.write(control, b"\x04")
    check("end of typing", process.wait(20), 0)
    process.stdout.close()
    process = subprocess.Popen([str(plain)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=terminal)
    time.sleep(1.1)
    process.stdin.write(b"a\n")
    process.stdin.flush()
    check("long work", answer(process), line("a"))
    process.stdin.close()
    process.wait(20)
    process.stdout.close()
    check("is told", b"1 done, " in os.read(control, 1000), True)
    os.close(terminal)
    os.close(control)


def test_told(embed, sums, plain):
    code, out, error = run(embed, "--help")
    check("--help", (code, error, out.count("\n  --"), "--threads=N" in out), (0, "", 16, True))
    check("-h", run(embed, "-h")[1], out)
    check("help of a model without a tokenizer", "--pair" in run(sums, "--help")[1], False)
    check("--version", run(embed, "--version"), (0, "fake, compiled by sinter 0.0.0\n", ""))
    code, out, error = run(sums, "--info")
    check("--info", (code, error, "input x[c=2,t]: real\n" in out, "input see[t,t]: bool, optional\n" in out, "ragged m, computed\n" in out),
          (0, "", True, True, True))
    code, out, error = run(plain, "--bench", "--json", "a b", "c")
    told = json.loads(out)
    check("--bench", (code, error, told["texts_per_second"] > 0, told["latency_p50"] <= told["latency_p99"]), (0, "", True, True))
    for texts in (["a b", "c"], list("abcdefg")):
        told = json.loads(run(plain, "--bench", "--json", "--batch=3", *texts)[1])
        check("--bench runs whole passes", round(told["texts_per_second"] * told["seconds"]) % len(texts), 0)
    told = json.loads(run(plain, "--bench", "--json", "--milliseconds=300", *texts)[1])
    check("--bench takes as long as it is told", 0.2 <= told["seconds"] < 1.5, True)
    bad(plain, ["--milliseconds=300", "a"], "--milliseconds says how long --bench takes")
    bad(plain, ["--bench", "--milliseconds=0", "a"], "--milliseconds=0: not a number of 1 to 1000000")
    check("--bench with lines", run(plain, "--bench", "--pair", "--threads=2", stdin="a\tb\nc\td\n")[0], 0)
    bad(embed, ["--bench", "J"], "argument 1: the token 77 is bad luck")
    check("built without threads", run(plain.with_name("single"), "--threads=2", "a"),
          (1, "", "fake: error: --threads=2: this binary was built without threads\n"))


def test_threads_sanitizer():
    clang = shutil.which("clang")
    if not clang:
        print("skipped: no clang")
        return
    program = build("embed", "tsan", cc=clang, flags=["-g", "-O1", "-fsanitize=thread"])
    text = "a b c\nd\n\n" * 2000
    code, out, error = run(program, "--threads=4", "--batch=2", stdin=text)
    check("no data race", (code, out.count("\n"), error), (0, 6000, ""))
    code, out, error = run(program, "--threads=4", "--batch=2", stdin=text + "J\n" + text)
    check("no data race with an error", (code, out.count("\n"), error), (1, 6000, "fake: error: line 6001: the token 77 is bad luck\n"))


def main():
    quick = shutil.which("clang") or CC  # under sanitizers a third of the time
    embed, sums, labels, chars = (build(fake, cc=quick, flags=["-O0", *SANITIZE]) for fake in ("embed", "tensors", "labels", "chars"))
    tags = build("labels", "tags", cc=quick, flags=["-O0", *SANITIZE, "-DFAKE_PER_TOKEN"])
    multi = build("labels", "multi", cc=quick, flags=["-O0", *SANITIZE, "-DFAKE_MULTI=1"])
    plain = build("embed", "plain", flags=["-O2"])
    build("embed", "single", flags=["-O2"], threads=False)
    if shutil.which("clang"):
        build("tensors", "clang", cc="clang", flags=["-O1", "-Wdouble-promotion", "-Wcomma", "-Wcast-qual", "-Wunreachable-code", "-Wvla"])
    test_texts(embed)
    test_tokens(embed, chars)
    test_labels(labels, tags, multi)
    test_tensors(sums)
    test_npy(embed, tags, sums)
    test_similarity(embed, sums)
    test_bad_tensors(sums)
    test_vectors(sums)
    test_bad_texts(embed, labels)
    test_bad_options(embed)
    test_unwritable(embed)
    test_streams(embed)
    test_flat_memory(plain)
    test_terminal(plain)
    test_told(embed, sums, plain)
    test_threads_sanitizer()
    print("%d passed, %d failed\ncases: %d" % (passed, failed, passed + failed))
    shutil.rmtree(DIR)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Generated tokenizers beside the tokenizers library of Hugging Face: every code point, then random tokenizers on random texts.

    against_hf.py [--seed N] [--rounds N] [--texts N] [--no-code-points] [--tokenizer FILE]

Ids, types and offsets have to be equal. The library counts offsets in code points; they are compared in bytes. Prints "skipped" where
the library is not installed.
"""
import argparse
import json
import os
import random
import struct
import subprocess
import sys
import tempfile

try:
    from tokenizers import Tokenizer, normalizers, pre_tokenizers
except ImportError:
    print('skipped: the Python package tokenizers is not installed')
    sys.exit(0)

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.join(HERE, '..', '..')
CC = os.environ.get('CC', 'cc')
STRICT = ['-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Werror']
SANITIZE = ['-g', '-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all']
NO_SPECIAL = 1


def run(command, **options):
    return subprocess.run(command, check=True, **options)


def build_make(folder):
    """The program that writes a tokenizer's C file."""
    out = os.path.join(folder, 'make')
    base = [os.path.join(SOURCE, 'compiler', x) for x in ('arena.c', 'str.c', 'source.c', 'diag.c', 'value_jansson.c')]
    compiler = os.path.join(SOURCE, 'compiler', 'tokenizer')
    parts = [os.path.join(compiler, x) for x in sorted(os.listdir(compiler)) if x.endswith('.c')]
    run([CC, '-std=c11', '-D_POSIX_C_SOURCE=200809L', '-I' + os.path.join(SOURCE, 'compiler'), '-o', out, *base, *parts,
         os.path.join(HERE, 'made.c'), os.path.join(HERE, 'driver', 'make.c'), '-ljansson'])
    return out


def build_driver(make, folder, tokenizer_json, max_length):
    run([make, SOURCE, str(max_length), tokenizer_json, folder])
    run([CC, '-std=c99', *STRICT, '-c', '-O1', '-I' + folder, *SANITIZE, '-o', os.path.join(folder, 'tiny.o'),
         os.path.join(folder, 'tiny_tokenizer.c')])
    out = os.path.join(folder, 'driver')
    run([CC, '-std=c11', '-I' + folder, *SANITIZE, '-o', out, os.path.join(HERE, 'driver', 'driver.c'), os.path.join(folder, 'tiny.o')])
    return out


# --- every code point

def check_code_points(folder):
    program = os.path.join(folder, 'normalize')
    run([CC, '-std=c99', '-O2', '-o', program, os.path.join(HERE, 'driver', 'normalize.c')])
    cut = pre_tokenizers.BertPreTokenizer()
    wrong = 0
    for clean, space, strip, lower in [(1, 1, 1, 1), (1, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)]:
        normalizer = normalizers.BertNormalizer(clean_text=bool(clean), handle_chinese_chars=bool(space), strip_accents=bool(strip),
                                                lowercase=bool(lower))
        out = run([program] + [str(x) for x in (clean, space, strip, lower)], capture_output=True).stdout
        codes = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
        at = 0
        for c in codes:
            for text in (chr(c), 'a' + chr(c) + 'b'):
                words = [w for w, _ in cut.pre_tokenize_str(normalizer.normalize_str(text))]
                wanted = b''.join(w.encode() + b'\0' for w in words) + b'\n'
                if not out.startswith(wanted, at):
                    wrong += 1
                    if wrong <= 20:
                        print(f'U+{c:04X} in {text!a}, options {clean}{space}{strip}{lower}: wanted {wanted}, got {out[at:at + 40]}')
                    at = out.index(b'\n', at) + 1 if c != 10 else at + len(wanted)
                else:
                    at += len(wanted)
        print(f'{len(codes)} code points, alone and between letters, clean {clean} space {space} strip {strip} lower {lower}: '
              f'{wrong} differ')
    return wrong


# --- random texts

RANGES = [(0x41, 0x7A), (0xC0, 0x24F), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x52F), (0x590, 0x6FF), (0x900, 0x97F), (0x980, 0x9FF),
          (0xC40, 0xC7F), (0xE00, 0xE7F), (0xF40, 0xFBC), (0x1100, 0x11FF), (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2190, 0x22FF),
          (0x3040, 0x30FF), (0x3400, 0x3410), (0x4E00, 0x4E40), (0xAC00, 0xAC60), (0xD780, 0xD7A3), (0xE000, 0xE010), (0xF900, 0xF940),
          (0xFF00, 0xFF60), (0xFFF0, 0xFFFF), (0x10400, 0x1044F), (0x1D150, 0x1D1D0), (0x1F600, 0x1F64F), (0x2B810, 0x2B930),
          (0x2F800, 0x2F820), (0xE0000, 0xE0020), (0x1E000, 0x1E030), (0x1E940, 0x1E950), (0x110, 0x130), (0x130, 0x131)]
RUN_MARKS = [0x300, 0x301, 0x323, 0x302E, 0x302F, 0x345, 0x344, 0xF73, 0xF71, 0xF72, 0x1D165, 0x1D16D, 0x1D16E, 0x1D166, 0x1E944, 0x1E94A,
             0x8D3, 0x8D4, 0x9FE, 0x1DF6, 0x1DF9, 0x1B44, 0x10D24, 0x5B0, 0x5B4, 0x64B, 0x651, 0x0, 0xAD, 0x1D15F, 0x1D160, 0x1D1C0, 0xE9,
             0xC48, 0x340, 0xFB1D]
SPACES = ' \t\n\r\x0b\x0c\x85\xa0\u1680\u2003\u2028\u3000'
WORDS = 'the of Running UNHAPPY caf\u00e9 na\u00efve \u00c5ngstr\u00f6m \u0130stanbul stra\u00dfe \u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2 don\'t 3.14 #1 a-b _x ' \
        '\u6211\u7231 \ud55c\uad6d\uc5b4 \u0928\u092e\u0938\u094d\u0924\u0947 e\u0301\u0323 [CLS] [MASK] ##ing \u2260 \u037e \u1fef \ufb01'.split(' ')


def random_char(r):
    """Mostly of the ranges above; else of all planes, assigned or not."""
    if r.random() < 0.2:
        code = r.randrange(0x110000 - 0x800)
        return chr(code if code < 0xD800 else code + 0x800)
    return chr(r.randint(*r.choice(RANGES)))


def random_word(r, pool):
    kind = r.random()
    if kind < 0.35:
        return r.choice(WORDS)
    if kind < 0.5 and pool:
        word = r.choice(pool)
        return r.choice([word, word.upper(), word.lower(), word.capitalize(), word[:-1], word + word])
    if kind < 0.6:
        return random_char(r) + ''.join(chr(r.choice(RUN_MARKS)) for _ in range(r.randint(1, 8)))
    if kind < 0.63:
        return 'a' * r.choice([1, 5, 49, 50, 51, 99, 100, 101, 150])
    if kind < 0.75:
        return ''.join(r.choice('abcdefghijkABC0123.,!?-') for _ in range(r.randint(1, 9)))
    if kind < 0.85:
        return ''.join(random_char(r) for _ in range(r.randint(1, 6)))
    first, last = r.choice(RANGES)
    return ''.join(chr(r.randint(first, last)) for _ in range(r.randint(1, 6)))


def random_text(r, pool):
    out = []
    for _ in range(r.choice([0, 1, 2, 5, 10, 30])):
        out.append(random_word(r, pool))
        out.append('' if r.random() < 0.25 else r.choice(SPACES) * r.randint(1, 3) if r.random() < 0.4 else ' ')
    return ''.join(out)


def random_added(r, vocabulary, bert):
    """Added tokens, some of them of the vocabulary. Two that read the same are an error here, chance in the library."""
    added, seen = [], set()
    for _ in range(r.choice([0, 1, 3, 8, 20])):
        text = r.choice(['<x>', '[NEW]', '##', 'ab', 'abc', 'abcd', 'b', 'Covid-19', '\u00c9t\u00e9', '\u4e2d', 'x y', '!!', '\u00e9', 'Na\u00efve', 'the',
                         '<x><', 'a', '\ud55c\uad6d', '\u0130', '\u03a3', random_char(r), random_word(r, [])])
        normalized = r.random() < 0.5
        pattern = bert.normalize_str(text) if normalized else text
        kept = r.random() < 0.4, r.random() < 0.3, r.random() < 0.3
        if not pattern or '\0' in text or text in [a['content'] for a in added] or (normalized, pattern) in seen:
            continue
        if pattern != pattern.strip() and any(kept):
            continue
        seen.add((normalized, pattern))
        added.append({'id': 0, 'content': text, 'single_word': kept[0], 'lstrip': kept[1], 'rstrip': kept[2], 'normalized': normalized,
                      'special': r.random() < 0.3})
    following = len(vocabulary)
    for token in added:
        token['id'] = vocabulary.get(token['content'], following)
        following += token['content'] not in vocabulary
    return sorted(added, key=lambda a: a['id'])


def random_processor(r):
    cls, sep = ('[CLS]', 1), ('[SEP]', 2)
    kind = r.random()
    if kind < 0.15:
        return None
    if kind < 0.4:
        return {'type': 'BertProcessing', 'sep': list(sep), 'cls': list(cls)}

    def special(token, type_id):
        return {'SpecialToken': {'id': token, 'type_id': type_id}}

    def text(name, type_id):
        return {'Sequence': {'id': name, 'type_id': type_id}}
    single = [special('[CLS]', 0), text('A', 0), special('[SEP]', 0)]
    pair = single + [text('B', 1), special('[SEP]', 1)]
    if kind < 0.6:
        single, pair = [text('A', 3), special('[SEP]', 2)], [text('B', 1), special('two', 0), text('A', 0)]
    return {'type': 'TemplateProcessing', 'single': single, 'pair': pair, 'special_tokens': {
        '[CLS]': {'id': '[CLS]', 'ids': [1], 'tokens': ['[CLS]']}, '[SEP]': {'id': '[SEP]', 'ids': [2], 'tokens': ['[SEP]']},
        'two': {'id': 'two', 'ids': [1, 2], 'tokens': ['[CLS]', '[SEP]']}}}


def random_tokenizer(r):
    options = [r.random() < p for p in (0.8, 0.8, 0.6, 0.6)]
    bert = normalizers.BertNormalizer(clean_text=options[0], handle_chinese_chars=options[1], strip_accents=options[2],
                                      lowercase=options[3])
    cut = pre_tokenizers.BertPreTokenizer()
    prefix = r.choice(['##', '##', '##', '', '@', 'x'])
    words = [w for _ in range(60) for w, _ in cut.pre_tokenize_str(bert.normalize_str(random_text(r, [])))]
    pieces = ['[UNK]', '[CLS]', '[SEP]']
    for word in words:
        for _ in range(3):
            begin = r.randint(0, len(word) - 1)
            end = min(len(word), begin + r.choice([1, 1, 1, 2, 3, 6]))
            pieces.append(r.choice(['', prefix]) + word[begin:end])
        pieces.append(word if r.random() < 0.3 else word[0])
    whole = r.random() < 0.3
    if whole:
        pieces += words + [word for _ in range(60) for word in bert.normalize_str(random_text(r, [])).split()]
    vocabulary = {}
    for piece in pieces:
        if '\0' not in piece and len(piece.encode()) < 4000:
            vocabulary.setdefault(piece, len(vocabulary))
    return {'version': '1.0', 'truncation': None, 'padding': None, 'added_tokens': random_added(r, vocabulary, bert),
            'normalizer': None if options == [False] * 4 else {
                'type': 'BertNormalizer', 'clean_text': options[0], 'handle_chinese_chars': options[1],
                'strip_accents': None if options[2] == options[3] and r.random() < 0.5 else options[2], 'lowercase': options[3]},
            'pre_tokenizer': {'type': r.choice(['BertPreTokenizer', 'WhitespaceSplit']) if whole or r.random() < 0.2 else 'BertPreTokenizer'},
            'post_processor': random_processor(r), 'decoder': None,
            'model': {'type': 'WordLevel', 'unk_token': '[UNK]', 'vocab': vocabulary} if whole else {
                      'type': 'WordPiece', 'unk_token': '[UNK]', 'continuing_subword_prefix': prefix,
                      'max_input_chars_per_word': r.choice([100, 100, 50, 7]), 'vocab': vocabulary}}


def random_bytes(r, text):
    """The text in UTF-8, now and then spoilt."""
    data = bytearray(text.encode())
    if r.random() < 0.2:
        for _ in range(r.randint(1, 6)):
            if data:
                at = r.randrange(len(data))
                data[at:at + r.randint(0, 2)] = bytes(r.choice([0x80, 0xC3, 0xE2, 0xF0, 0xFF, 0xED, 0xA0, 0xF4, 0x90, 0xC0]) for _ in range(r.randint(0, 2)))
    return bytes(data)


def decoded(data):
    """The text of bytes with U+FFFD for what is malformed, and where each character begins; the end last."""
    text, begins, at = [], [], 0
    while at < len(data):
        for size in (1, 2, 3, 4):
            try:
                c = data[at:at + size].decode()
                break
            except UnicodeDecodeError as error:
                if error.reason != 'unexpected end of data' or at + size >= len(data) or size == 4:
                    c, size = '\ufffd', error.end
                    break
        text.append(c)
        begins.append(at)
        at += size
    return ''.join(text), begins + [len(data)]


def request(flags, room, data, pair):
    tail = struct.pack('<i', -1) if pair is None else struct.pack('<i', len(pair)) + pair
    return struct.pack('<iii', flags, room, len(data)) + data + tail


def wanted_line(library, flags, room, data, pair):
    """What the driver should print."""
    text, begins = decoded(data)
    other, other_begins = decoded(pair) if pair is not None else (None, None)
    encoding = library.encode(text, other, add_special_tokens=not flags & NO_SPECIAL)
    tokens = []
    for i, token in enumerate(encoding.ids):
        if encoding.special_tokens_mask[i]:
            begin = end = 0
        else:
            places = begins if encoding.sequence_ids[i] == 0 else other_begins
            begin, end = (places[x] for x in encoding.offsets[i])
        tokens.append(f'{token}:{encoding.type_ids[i]}:{begin}:{end}')
    return ' '.join([str(len(tokens))] + tokens[:room])


def check_random(folder, make, seed, texts):
    r = random.Random(seed)
    made = random_tokenizer(r)
    path = os.path.join(folder, 'tokenizer.json')
    with open(path, 'w', encoding='utf-8') as file:
        json.dump(made, file, ensure_ascii=r.random() < 0.5)
    return check_texts(folder, make, path, r, r.choice([0, 0, 5, 6, 9, 16, 64]), texts, seed)


def check_texts(folder, make, path, r, max_length, texts, what):
    with open(path, encoding='utf-8') as file:
        made = json.load(file)
    driver = build_driver(make, folder, path, max_length)
    library = Tokenizer.from_file(path)
    for token in made['added_tokens']:
        assert library.token_to_id(token['content']) == token['id'], token
    library.no_padding()
    if max_length:
        library.enable_truncation(max_length)
    pool = [a['content'] for a in made['added_tokens']]
    pool += r.sample(list(made['model']['vocab']), min(30, len(made['model']['vocab'])))
    asked, wanted = [], []
    for _ in range(texts):
        data = random_bytes(r, random_text(r, pool))
        pair = random_bytes(r, random_text(r, pool)) if r.random() < 0.3 else None
        flags, room = r.choice([0, 0, NO_SPECIAL]), r.choice([100000, 100000, 0, 3, 10])
        asked.append((flags, room, data, pair))
        wanted.append(wanted_line(library, *asked[-1]))
    out = run([driver], input=b''.join(request(*a) for a in asked), capture_output=True).stdout.decode().splitlines()
    wrong = [k for k in range(texts) if k >= len(out) or out[k] != wanted[k]]
    for k in wrong[:3]:
        print(f'{what}, max_length {max_length}, text {k}: flags {asked[k][0]}, {decoded(asked[k][2])[0]!a}, pair {asked[k][3]}')
        print('  wanted', wanted[k][:800])
        print('  got   ', out[k][:800] if k < len(out) else None)
    return len(wrong)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--rounds', type=int, default=12)
    parser.add_argument('--texts', type=int, default=300)
    parser.add_argument('--no-code-points', action='store_true')
    parser.add_argument('--tokenizer', help='of this file too')
    args = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        if not args.no_code_points:
            wrong += check_code_points(folder)
        make = build_make(folder)
        for seed in range(args.seed, args.seed + args.rounds):
            wrong += check_random(folder, make, seed, args.texts)
        for max_length in (0, 256, 17) if args.tokenizer else ():
            wrong += check_texts(folder, make, args.tokenizer, random.Random(args.seed), max_length, args.texts, args.tokenizer)
        print(f'{args.rounds} tokenizers, {args.texts} texts each: {wrong} differ\ncases: {args.rounds}')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())

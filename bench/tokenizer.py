#!/usr/bin/env python3
"""Speed of a generated tokenizer beside encode_batch_fast of Hugging Face's tokenizers, both on one thread.

    bench/tokenizer.py TOKENIZER_JSON [FILE ...]

The texts: the files, else the help texts that come with Python (0.7 MB of English), in pieces of 150 words. No truncation and no padding.
Times are medians of five, taken by turns. Prints "skipped" where the library is not installed.
"""
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time

os.environ['TOKENIZERS_PARALLELISM'] = 'false'
os.environ['RAYON_NUM_THREADS'] = '1'
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
sys.path.insert(0, os.path.join(ROOT, 'tests', 'tokenizer'))

WORDS, TURNS, ROUNDS = 150, 5, 10


def texts_of(paths):
    if paths:
        whole = []
        for path in paths:
            with open(path, encoding='utf-8', errors='replace') as file:
                whole.append(file.read())
    else:
        from pydoc_data.topics import topics
        whole = list(topics.values())
    words = ' '.join(whole).split()
    return [' '.join(words[i:i + WORDS]) for i in range(0, len(words), WORDS)]


def build(folder, tokenizer_json):
    import against_hf
    subprocess.run([against_hf.build_make(folder), ROOT, '1000000', tokenizer_json, folder], check=True)
    out = os.path.join(folder, 'driver')
    subprocess.run([against_hf.CC, '-std=c99', '-D_POSIX_C_SOURCE=200809L', '-O2', '-I' + folder, '-o', out,
                    os.path.join(folder, 'tiny_tokenizer.c'), os.path.join(ROOT, 'tests', 'tokenizer', 'driver', 'driver.c')], check=True)
    return out


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    import against_hf  # prints "skipped" and ends where the library is missing
    texts = texts_of(sys.argv[2:])
    data = [t.encode() for t in texts]
    size = sum(len(d) for d in data)
    library = against_hf.Tokenizer.from_file(sys.argv[1])
    library.no_padding()
    library.no_truncation()
    tokens = sum(len(e.ids) for e in library.encode_batch_fast(texts))
    requests = b''.join(struct.pack('<iii', 0, 1 << 16, len(d)) + d + struct.pack('<i', -1) for d in data)
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        driver = build(folder, sys.argv[1])
        for _ in range(TURNS):
            begin = time.perf_counter()
            library.encode_batch_fast(texts)
            theirs.append(time.perf_counter() - begin)
            line = subprocess.run([driver, '--time', str(ROUNDS)], input=requests, capture_output=True, check=True).stdout.split()
            ours.append(float(line[0]) / ROUNDS)
            assert int(line[2]) == tokens * ROUNDS, 'not the same tokens'
    our, their = statistics.median(ours), statistics.median(theirs)
    print(f'{len(texts)} texts, {size} bytes, {tokens} tokens')
    print(f'generated C        {size / our / 1e6:8.1f} MB/s  {our / tokens * 1e9:7.1f} ns a token')
    print(f'encode_batch_fast  {size / their / 1e6:8.1f} MB/s  {their / tokens * 1e9:7.1f} ns a token')
    print(f'ratio              {their / our:8.1f}')


if __name__ == '__main__':
    main()

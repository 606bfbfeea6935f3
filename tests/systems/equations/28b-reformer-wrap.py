"""Reformer with the published cyclic look-back over the chunks of all rounds."""
import pathlib

exec((pathlib.Path(__file__).parent / '28b-reformer.py').read_text(encoding='utf-8'))

CYCLIC = True

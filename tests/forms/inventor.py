"""Norms, activations and attention scores that are made up from a seed: five of each, none of which a template or an example contains.

A piece is a text in words that stand for others where it is used: X the tensor [t,d] of a norm, G and B gain and bias of a column d, z the
number that an activation is given, DOT the product of query and key, and SLOPE a number for each head."""
import random
import re

EACH = 5
KINDS = ('norm', 'activation', 'score')
COUNTED = {'softplus': 2, **dict.fromkeys(('exp', 'log', 'log1p', 'expm1', 'sin', 'cos', 'tanh', 'erf', 'sigmoid'), 1)}  # what a score pays for

# Of any number Z; all stay small, and none jumps: what decides something is computed in double, and no kernel takes it.
CURVES = ('tanh(Z)', 'erf(Z)', 'sin(Z)', 'cos(Z)', 'Z / (1 + abs(Z))', 'Z / sqrt(1 + Z * Z)', 'exp(-abs(Z))', '1 / (1 + exp(-Z))', 'log(1 + Z * Z)',
          'exp(-Z * Z)', 'log1p(abs(Z))', 'expm1(-abs(Z))', 'sigmoid(Z)', 'softplus(Z)', '(0.1 + abs(Z)) ^ 0.3', '2 ^ (-abs(Z))', 'abs(Z) ^ 1.5',
          'min(max(Z, -1), 1)', 'max(Z, 0.1 * Z)', 'sqrt(0.1 + abs(Z))', 'Z ^ 3 / (1 + Z ^ 4)', '(Z > 0 ? log1p(Z) : expm1(Z))',
          '(abs(Z) <= 1 ? Z : Z / abs(Z))', '(Z > 1 or Z < -1 ? 1 : Z * Z)', 'tanh(Z) / (1 + exp(-Z))', 'sqrt(Z * Z + 1) - 1')


class Piece:
    def __init__(self, seed, kind, text):
        self.seed, self.kind, self.text = seed, kind, text

    def __str__(self):
        return '; '.join(self.text.split('\n'))

    def transcendentals(self):
        """How many calls of a function that is not algebraic, powers by a fraction too; one that stands there twice is one."""
        calls = {}
        for found in re.finditer(r'\b(%s)\(' % '|'.join(COUNTED), self.text):
            end, open_ = found.end(), 1
            while open_:
                open_ += {'(': 1, ')': -1}.get(self.text[end], 0)
                end += 1
            calls[self.text[found.start():end]] = COUNTED[found[1]]
        powers = set(re.findall(r'\^ (\d*\.\d+|\(-abs\(.*?\)\))', self.text))
        return sum(calls.values()) + len(powers)

    def norm(self, x, gain, bias):
        """Lines, and the value at [t,d]."""
        *lines, value = self.with_words(X=x, G=gain, B=bias).split('\n')
        return lines, value

    def with_words(self, **words):
        return re.sub(r'\b(%s)\b' % '|'.join(words), lambda found: words[found[0]], self.text)


class Inventor:
    def __init__(self, seed):
        self.seed, self.rng = seed, random.Random(seed)

    def number(self, low=.2, high=1.5):
        return round(self.rng.uniform(low, high), 3)

    def curve(self, z):
        return '(' + self.rng.choice(CURVES).replace('Z', f'({self.number()} * {z})') + ')'

    def fill(self, *shapes, **words):
        return self.rng.choice(shapes).format(n=self.number(), m=self.number(), k=self.number(.02, .1), **words)

    def norm(self):
        centre = self.fill('mean[d] X', 'mean[d] {a}', '(sum[d] G * X) / len(d)', '((max[d] X) + min[d] X) / 2', 'mean[d] X * {a}', a=self.curve('X'))
        z = f'(X - {self.number()} * mu[t])'
        spread = self.fill('mean[d] abs({z})', 'mean[d] {z} ^ 2', 'mean[d] {z} ^ 2 * {z} ^ 2', 'mean[d] log(1 + {z} ^ 2)', 'max[d] abs({z})', 'mean[d] abs({a})',
                           '(mean[d] abs({z}) ^ 1.3) ^ 0.7', 'log(mean[d] exp(abs({z})))', '(max[d] {z}) - min[d] {z}', '(mean[d] X ^ 2) - (mean[d] X) ^ 2', z=z,
                           a=self.curve(z))
        size = self.fill('sqrt(0.1 + abs(s[t]))', '(0.3 + abs(s[t]))', '(0.2 + abs(s[t])) ^ 0.75', '(0.2 + abs(s[t])) ^ {n}', 'sqrt(0.1 + abs(s[t]) + {a})',
                         'max(s[t], 0.3)', a=self.curve('mu[t]'))
        out = self.fill('{z} / {s} * G + B', '{c} * G + B', '{z} / {s} * G + 0.1 * {c} + B', '{z} / {s} * (G + {k} * {c}) + B', z=z, s=size,
                        c=self.curve(f'({z} / {size})'))
        return f'mu[t] = {centre}\ns[t] = {spread}\n{out}'

    def activation(self):
        return self.fill('z * {a}', '{n} * {a} + {m} * z * {b}', 'max({a}, {n} * z) * {m}', '{a} - {n} * {b}', '(z + {a}) * {b} / (1 + {b} * {b})', '{a} * {b}',
                         'max({a}, {b})', 'z * (1 + {n} * {a}) / 2', 'min({a} + {m}, {n} + z * z)', a=self.curve('z'), b=self.curve('z'))

    def score(self):
        dot, far = f'({self.number(.1, .4)} * DOT)', "abs(t - t')"
        return self.fill('{n} * {c} + {d}', '{d} - {n} * log(1 + {f})', '{d} + SLOPE * {e}', '{m} * {c} - {k} * {f}', '{d} / (1 + {n} * {f})', '{d} + {n} * cos({m} * {f})',
                         '{d} - SLOPE * {f} ^ 0.6', 'max({d}, {c}) - {k} * {f}', "{d} + (t' <= t ? {c} : {n} * {c})", "{d} + {n} * ((t + t') mod 2)",
                         "{c} * (1 + SLOPE) + {n} * ((t - t') mod 3)", "min({d}, {n} * {f})", d=dot, c=self.curve(dot), f=far, e=self.curve(f'(0.1 * {far})'))

    def pieces(self):
        return [Piece(self.seed, kind, getattr(self, kind)()) for kind in KINDS for _ in range(EACH)]

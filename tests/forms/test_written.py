#!/usr/bin/env python3
"""A norm, a GELU and a softmax attention, written in the ways that people write them: a layer has the kernels that it has in the usual ones.

    test_written.py [NAME ...]

Which kernels is asked of all; the values, beside the evaluator's, of those that are named, and of all with SINTER_LONG."""
import os
import pathlib
import sys
import tempfile

import running
from running import oracle
from test_invented import ALONE, LAYER, LENGTHS, OWN, TARGET, kernels, values

U, Y, S = 'u[t,f]', 'y[t,d]', "dot[h,t,t'] / sqrt(10)"
VARIANCE = '(y[t,d] - mu[t]) / sqrt(var[t] + 0.01) * g[d] + b[d]'
SUMS = "a[h,t,t'] = softmax[t'] ({score})\nc[t,h,e] = sum[t'] a[h,t,t'] * v[t',h,e]\n"
MATCH = "dot[h,t,t'] = sum[e] q[t,h,e] * k[t',h,e]\n"


def norm(*lines):
    return {'norm': '\n'.join(lines)}


def attention(*lines, before=''):
    """Instead of the softmax and the sum over what it weighs."""
    return {SUMS: '\n'.join(lines) + '\n', MATCH: MATCH + before}


WAYS = {
    # ---- LayerNorm
    'mean of squares less square of the mean': norm('mu[t] = mean[d] y[t,d]', 'var[t] = (mean[d] y[t,d] ^ 2) - mu[t] ^ 2', f'n[t,d] = {VARIANCE}'),
    'sums of both': norm('s1[t] = sum[d] y[t,d]', 's2[t] = sum[d] y[t,d] * y[t,d]', 'mu[t] = s1[t] / 40', 'var[t] = s2[t] / 40 - mu[t] * mu[t]', f'n[t,d] = {VARIANCE}'),
    'one over the root': norm('mu[t] = mean[d] y[t,d]', 'z[t,d] = y[t,d] - mu[t]', 'r[t] = 1 / sqrt((mean[d] z[t,d] ^ 2) + 0.01)', 'n[t,d] = z[t,d] * r[t] * g[d] + b[d]'),
    'to the power of -1/2': norm('mu[t] = mean[d] y[t,d]', 'r[t] = ((mean[d] (y[t,d] - mu[t]) ^ 2) + 0.01) ^ (-0.5)', 'n[t,d] = (y[t,d] - mu[t]) * (r[t] * g[d]) + b[d]'),
    'a scale and a shift': norm('mu[t] = mean[d] y[t,d]', 'r[t] = 1 / sqrt((mean[d] (y[t,d] - mu[t]) ^ 2) + 0.01)', 'n[t,d] = y[t,d] * (r[t] * g[d]) + (b[d] - mu[t] * r[t] * g[d])'),
    'the deviation by itself': norm('mu[t] = mean[d] y[t,d]', 'sd[t] = sqrt(mean[d] (y[t,d] - mu[t]) ^ 2)', 'n[t,d] = (y[t,d] - mu[t]) / (sd[t] + 0.01) * g[d] + b[d]'),
    'less than one degree of freedom': norm('mu[t] = (sum[d] y[t,d]) / len(d)', 'var[t] = (sum[d] (y[t,d] - mu[t]) ^ 2) / (len(d) - 1)', f'n[t,d] = {VARIANCE}'),
    'without a mean': norm('n[t,d] = y[t,d] / sqrt((mean[d\'] y[t,d\'] ^ 2) + 0.01) * g[d]'),
    'one more than the gain': norm('n[t,d] = y[t,d] / sqrt((mean[d\'] y[t,d\'] ^ 2) + 0.01) * (1 + g[d])'),
    'to unit length': norm('n[t,d] = y[t,d] / max(sqrt(sum[d\'] y[t,d\'] ^ 2), 0.001)'),
    'standardize of the library': norm('n = standardize(y, 0.01)'),
    # ---- GELU
    'tanh': {'activation': f'0.5 * {U} * (1 + tanh(0.7978845608 * ({U} + 0.044715 * {U} ^ 3)))'},
    'tanh of a product': {'activation': f'{U} / 2 * (tanh(sqrt(2 / pi) * {U} * (1 + 0.044715 * {U} * {U})) + 1)'},
    'a sigmoid': {'activation': f'{U} * sigmoid(1.702 * {U})'},
    'tanh as a sigmoid': {'activation': f'{U} / (1 + exp(-2 * 0.7978845608 * ({U} + 0.044715 * {U} ^ 3)))'},
    'the distribution': {'activation': f'{U} * ((erf({U} / sqrt(2)) + 1) / 2)'},
    'of the library': {'activation': f'gelu({U})'},
    'mish': {'activation': f'{U} * tanh(log(1 + exp({U})))'},
    'silu': {'activation': f'silu({U})'},
    'elu': {'activation': f'{U} > 0 ? {U} : exp({U}) - 1'},
    'relu squared': {'activation': f'square(relu({U}))'},
    'hard swish': {'activation': f'{U} * clamp({U} + 3, 0, 6) / 6'},
    'softsign': {'activation': f'{U} / (1 + abs({U}))'},
    # ---- softmax attention
    'without a maximum': attention(f"w[h,t,t'] = exp({S})", "z[h,t] = sum[t'] w[h,t,t']", "c[t,h,e] = (sum[t'] w[h,t,t'] * v[t',h,e]) / z[h,t]"),
    'with a maximum': attention(f"m[h,t] = max[t'] ({S})", f"w[h,t,t'] = exp({S} - m[h,t])", "c[t,h,e] = sum[t'] w[h,t,t'] / (sum[t''] w[h,t,t'']) * v[t',h,e]"),
    'by the logarithm of the sum': attention(f"l[h,t] = logsumexp[t'] ({S})", f"c[t,h,e] = sum[t'] exp({S} - l[h,t]) * v[t',h,e]"),
    'by the logarithm of the sum, written out': attention(f"m[h,t] = max[t'] ({S})", f"l[h,t] = m[h,t] + log(sum[t'] exp({S} - m[h,t]))", f"c[t,h,e] = sum[t'] exp({S} - l[h,t]) * v[t',h,e]"),
    'by the logarithm of the sum without a maximum': attention(f"l[h,t] = log(sum[t'] exp({S}))", f"c[t,h,e] = sum[t'] exp({S} - l[h,t]) * v[t',h,e]"),
    'by powers of 2': attention(f"w[h,t,t'] = 2 ^ ({S} / log(2))", "c[t,h,e] = (sum[t'] w[h,t,t'] * v[t',h,e]) / (sum[t'] w[h,t,t'])"),
    'two powers': attention(f"w[h,t,t'] = exp({S}) * exp(-0.1 * abs(t - t'))", "c[t,h,e] = (sum[t'] w[h,t,t'] * v[t',h,e]) / (sum[t'] w[h,t,t'])"),
    'a power and one that is read': attention("near[t,t'] = exp(-0.1 * log(1 + abs(t - t')))", f"w[h,t,t'] = near[t,t'] * exp({S})", "c[t,h,e] = (sum[t'] w[h,t,t'] * v[t',h,e]) / (sum[t'] w[h,t,t'])"),
    'two powers in the sum': attention(f"c[t,h,e] = (sum[t'] exp({S}) * 0.9 ^ abs(t - t') * v[t',h,e]) / (sum[t'] exp({S}) * 0.9 ^ abs(t - t'))"),
    'one over the sum': attention(f"w[h,t,t'] = exp({S})", "r[h,t] = 1 / (sum[t'] w[h,t,t'])", "c[t,h,e] = r[h,t] * sum[t'] w[h,t,t'] * v[t',h,e]"),
    'scaled queries': {MATCH: "dot[h,t,t'] = sum[e] (q[t,h,e] / sqrt(10)) * k[t',h,e]\n", 'score': "dot[h,t,t']"},
    'scaled keys': {MATCH: "ks[t,h,e] = k[t,h,e] * 10 ^ (-0.5)\ndot[h,t,t'] = sum[e] q[t,h,e] * ks[t',h,e]\n", 'score': "dot[h,t,t']"},
    'both scaled': {MATCH: "qs[t,h,e] = q[t,h,e] * 10 ^ (-0.25)\nks[t,h,e] = k[t,h,e] * 10 ^ (-0.25)\ndot[h,t,t'] = sum[e] qs[t,h,e] * ks[t',h,e]\n", 'score': "dot[h,t,t']"},
    'a scale in the sum': {MATCH: "dot[h,t,t'] = sum[e] q[t,h,e] * k[t',h,e] / sqrt(len(e))\n", 'score': "dot[h,t,t']"},
    'of the library, by name': {SUMS: 'c = attention(q, k, v)\n', MATCH: ''},
}


def text_of(way):
    text = LAYER
    for old, new in way.items():
        text = text.replace(old, new) if old not in OWN else text
    return text.format(**{**OWN, **{kind: new for kind, new in way.items() if kind in OWN}})


def main():
    named, wrong = sys.argv[1:] or (list(WAYS) if os.environ.get('SINTER_LONG') else []), 0
    oracle.TARGET = TARGET
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        running.Text(LAYER.format(**OWN)).write(folder / 'own', LENGTHS)
        wanted = [form for form, _ in kernels(folder / 'own')]
        for i, (name, way) in enumerate(WAYS.items()):
            if sys.argv[1:] and name not in named:
                continue
            running.Text(text_of(way)).write(folder / str(i), LENGTHS, scale=.2)
            found = [form for form, _ in kernels(folder / str(i))]
            said = [f'kernels {found}, wanted {wanted}'] if found != wanted else values(folder / str(i), ALONE[0]) if name in named else []
            wrong += bool(said)
            print('\n      '.join([f'FAIL {name}', *said] if said else []), end='\n' if said else '')
    print(f'{len(WAYS)} ways, {len(named)} with values; {wrong} wrong')
    print(f'cases: {len(WAYS)}')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())

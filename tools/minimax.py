#!/usr/bin/env python3
"""The polynomials of runtime/math/: computed here, nowhere else.

    tools/minimax.py                prints every polynomial as C, with its error
    tools/minimax.py erf_f32        only those whose name starts so
    tools/minimax.py --check        says which coefficients runtime/math/*.c does not hold

Each polynomial minimises max |weight(x) * (wanted(x) - p(x))| over an interval (Remez' second algorithm, on a dense grid of
Chebyshev points, 60 digits). A coefficient must be a float or a double, and rounding all of them at the end would cost accuracy;
so they are rounded one at a time, lowest power first, and after each the remaining ones are fitted again to what is left. The
lowest coefficients, which matter most, are thus corrected for by all others (Brisebarre & Chevillard 2007 solve the same problem
by lattice reduction; for our sizes the simple way loses less than a bit).

The error printed is that of the rounded polynomial in exact arithmetic, with its weight: relative to the final result of the
function, in the unit 2^-24 (float) or 2^-53 (double).

Needs mpmath.
"""
import pathlib
import re
import sys

from mpmath import mp, mpf, erf, erfc, exp, expm1, log, log1p, matrix, lu_solve, pi, sqrt, tanh, sin, cos

mp.dps = 60
LN2 = log(2)


def round_to(bits, x):
    """x as the nearest number of that many significant bits."""
    if x == 0:
        return mpf(0)
    with mp.workprec(bits):
        return +x


def hex_float(x, bits):
    """C99 hexadecimal constant of a float (24 bits) or a double (53), exact."""
    text = float(x).hex()                                    # every float is a double
    mantissa, exponent = text.split("p")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}p{exponent}" + ("f" if bits == 24 else "")


def grid_of(low, high, n):
    """Chebyshev points: dense at the ends, where a minimax error has its closest extrema."""
    return [(low + high) / 2 - (high - low) / 2 * cos(pi * i / (n - 1)) for i in range(n)]


def fit(xs, wanted, weight, powers):
    """Coefficients, one for each power, of the weighted minimax polynomial on the grid xs."""
    n = len(powers)
    at = [(len(xs) - 1) * i // n for i in range(n + 1)]
    for _ in range(40):
        a = matrix(n + 1, n + 1)
        b = matrix(n + 1, 1)
        for row, i in enumerate(at):
            for column, p in enumerate(powers):
                a[row, column] = xs[i] ** p * weight[i]
            a[row, n] = (-1) ** row
            b[row] = wanted[i] * weight[i]
        solved = lu_solve(a, b)
        c = [solved[i] for i in range(n)]
        error = [w * (f - sum(k * x**p for k, p in zip(c, powers))) for x, f, w in zip(xs, wanted, weight)]
        peaks = alternation(error, n + 1)
        if peaks == at or max(map(abs, error)) < abs(solved[n]) * mpf("1.0001"):
            break
        at = peaks
    return c


def alternation(error, n):
    """Grid indices of n extrema of alternating sign, the largest ones."""
    peaks = []
    for i, e in enumerate(error):
        if peaks and (error[peaks[-1]] > 0) == (e > 0):
            if abs(e) > abs(error[peaks[-1]]):
                peaks[-1] = i
        else:
            peaks.append(i)
    while len(peaks) > n:                                     # drop from the ends first, so that signs keep alternating
        if len(peaks) == n + 1 or abs(error[peaks[0]]) < abs(error[peaks[-1]]):
            peaks = peaks[1:] if abs(error[peaks[0]]) < abs(error[peaks[-1]]) else peaks[:-1]
        else:
            peaks = peaks[:-1]
    if len(peaks) < n:
        raise ArithmeticError("the error does not alternate often enough: is the weight zero, or the degree too high?")
    return peaks


def fit_rounded(f, weight, low, high, powers, bits):
    """The coefficients, rounded, and the error left."""
    xs = [x for x in grid_of(mpf(low), mpf(high), 24 * len(powers) + 1) if weight(x) > 0]
    ws = [weight(x) for x in xs]
    rest = [f(x) for x in xs]
    done = []
    for i, p in enumerate(powers):
        c = round_to(bits, fit(xs, rest, ws, powers[i:])[0])
        done.append(c)
        rest = [r - c * x**p for r, x in zip(rest, xs)]
    return done, max(abs(w * r) for w, r in zip(ws, rest))


def series(f, near_zero, radius):
    """f, but its Taylor value close to 0, where the formula for f divides by 0."""
    return lambda x: near_zero(x) if abs(x) < radius else f(x)


TINY = mpf(10) ** -15
HALF_LN2 = LN2 / 2
ROOT = sqrt(mpf(2))

# exp(r) = 1 + r + r^2 P(r); the weight is that of expm1, which shares it
exp_tail = series(lambda r: (exp(r) - 1 - r) / r**2, lambda r: mpf(1) / 2 + r / 6, TINY)
exp_weight = series(lambda r: r**2 / abs(expm1(r)), abs, TINY)

# log(1 + f) = f - f^2/2 + f^3 P(f)
log_tail = series(lambda f: (log1p(f) - f + f * f / 2) / f**3, lambda f: mpf(1) / 3 - f / 4, TINY)
log_weight = series(lambda f: abs(f**3 / log1p(f)), lambda f: f * f, TINY)

# log((1 + s) / (1 - s)) = 2 s + s z P(z), z = s^2
def atanh_tail(z):
    s = sqrt(z)
    return (log((1 + s) / (1 - s)) / s - 2) / z if z > TINY else mpf(2) / 3 + 2 * z / 5

# the same from its fourth term: 2 s (1 + z/3 + z^2/5 + z^3 P(z))
def atanh_far_tail(z):
    return (((atanh_tail(z) - mpf(2) / 3) / z - mpf(2) / 5) / z) / 2 if z > mpf(10) ** -9 else mpf(1) / 7 + z / 9

# odd functions: f(x) = x + x z P(z), z = x^2, and x + x P(z) where f'(0) is not 1
def odd_tail(f, first):
    return lambda z: (f(sqrt(z)) / sqrt(z) - 1) / z if z > TINY else mpf(first)

def odd_weight(f):
    return lambda z: z * sqrt(z) / f(sqrt(z)) if z > 0 else mpf(0)

def erf_ratio(z):
    return (erf(sqrt(z)) / sqrt(z) if z > 0 else 2 / sqrt(pi)) - 1

def cos_tail(z):
    x = sqrt(z)
    return (cos(x) - 1 + z / 2) / z**2 if z > TINY else mpf(1) / 24 - z / 720

# erfc(x) exp(x^2), as a function of t = (x - 2) / (x + 2)
def erfcx_of(t):
    x = 2 * (1 + t) / (1 - t)
    return erfc(x) * exp(x * x)

def erfcx_weight(t):
    x = 2 * (1 + t) / (1 - t)
    return exp(-x * x) / erf(x)

QUARTER = (pi / 4) ** 2
T_OF = lambda x: (mpf(x) - 2) / (mpf(x) + 2)

# name, variable, bits, file, wanted, weight, interval, powers
POLYNOMIALS = [
    ("exp_f32", "r",        24, "exp.c",  exp_tail, exp_weight, -HALF_LN2, HALF_LN2, range(0, 5)),
    ("exp_f64", "r",        53, "exp.c",  exp_tail, exp_weight, -HALF_LN2, HALF_LN2, range(0, 11)),
    ("log_f32", "f",        24, "log.c",  log_tail, log_weight, 1 / ROOT - 1, ROOT - 1, range(0, 9)),
    ("log_f64", "z",        53, "log.c",  atanh_tail, lambda z: z / 2, 0, ((ROOT - 1) / (ROOT + 1)) ** 2, range(0, 7)),
    ("pow_f64", "z",        53, "pow.c",  atanh_far_tail, lambda z: z**3, 0, ((ROOT - 1) / (ROOT + 1)) ** 2, range(0, 7)),
    ("tanh_f32", "z",       24, "tanh.c", odd_tail(tanh, mpf(-1) / 3), odd_weight(tanh), 0, mpf("0.625") ** 2, range(0, 5)),
    ("tanh_f64", "z",       53, "tanh.c", odd_tail(tanh, mpf(-1) / 3), odd_weight(tanh), 0, mpf("0.625") ** 2, range(0, 11)),
    ("erf_f32 near", "z",   24, "erf.c",  erf_ratio, lambda z: 1 / (1 + erf_ratio(z)), 0, mpf("0.9") ** 2, range(0, 6)),
    ("erf_f32 far", "a",    24, "erf.c",  lambda x: log(erfc(x)), lambda x: erfc(x) / erf(x), mpf("0.9"), 4, range(0, 7)),
    ("erf_f64 near", "z",   53, "erf.c",  erf_ratio, lambda z: 1 / (1 + erf_ratio(z)), 0, mpf("0.875") ** 2, range(0, 13)),
    ("erf_f64 far", "t",    53, "erf.c",  erfcx_of, erfcx_weight, T_OF("0.875"), T_OF(6), range(0, 16)),
    ("sin_f32", "z",        53, "sin.c",  odd_tail(sin, mpf(-1) / 6), odd_weight(sin), 0, QUARTER, range(0, 4)),
    ("cos_f32", "z",        53, "sin.c",  cos_tail, lambda z: z**2 / cos(sqrt(z)), 0, QUARTER, range(0, 4)),
    ("sin_f64", "z",        53, "sin.c",  odd_tail(sin, mpf(-1) / 6), odd_weight(sin), 0, QUARTER, range(0, 6)),
    ("cos_f64", "z",        53, "sin.c",  cos_tail, lambda z: z**2 / cos(sqrt(z)), 0, QUARTER, range(0, 6)),
]


def split(x, *bits):
    """x as a sum of numbers of so many bits each: Cody & Waite's constants."""
    parts = []
    for b in bits:
        parts.append(round_to(b, x))
        x -= parts[-1]
    return parts


def two_over_pi(words):
    """The fraction bits of 2/pi in 32-bit words, behind two words of zeros: the table of Payne & Hanek's reduction."""
    with mp.workprec(32 * words + 64):
        bits = int(mp.floor(2 / pi * mpf(2) ** (32 * (words - 2))))
    return [bits >> 32 * (words - 1 - i) & 0xFFFFFFFF for i in range(words)]


# what is split, how many bits each part has, and what format it is written in
CONSTANTS = [
    ("ln 2, float",     "exp.c",  LN2, (15, 24), 24),         # n < 2^9: n times the first part is exact
    ("ln 2, double",    "exp.c",  LN2, (42, 53), 53),         # n < 2^11
    ("ln 2, for pow",   "pow.c",  LN2, (42, 53), 53),
    ("pi/2",            "sin.c",  pi / 2, (33, 33, 33, 53), 53),   # n < 2^20
    ("pi/2, sin_f32",   "sin.c",  pi / 2, (33, 53), 53),
    ("pi/2, double-double", "sin.c", pi / 2, (53, 53), 53),
    ("1/ln 2, float",   "exp.c",  1 / LN2, (24,), 24),
    ("1/ln 2, double",  "exp.c",  1 / LN2, (53,), 53),
    ("2/pi",            "sin.c",  2 / pi, (53,), 53),
    ("1/3",             "pow.c",  mpf(1) / 3, (53, 53), 53),
    ("1/5",             "pow.c",  mpf(1) / 5, (53, 53), 53),
]


def power_of(variable, n):
    return ["", f" {variable}", f" {variable}^{n}"][min(n, 2)]


def horner(variable, coefficients, powers, bits):
    """The polynomial as lines of C, highest power first."""
    real = "float" if bits == 24 else "double"
    lines = []
    for i in reversed(range(len(coefficients))):
        value = hex_float(coefficients[i], bits)
        if not lines:
            head = f"{real} p = {value}"
        else:
            head = f"p = p * {variable} " + (f"- {value[1:]}" if value[0] == "-" else f"+ {value}")
        lines.append(f"    {head};".ljust(52) + f"/* {float(coefficients[i]):.9g}{power_of(variable, powers[i])} */")
    return "\n".join(lines)


def main(arguments):
    check = "--check" in arguments
    wanted = [a for a in arguments if not a.startswith("-")]
    folder = pathlib.Path(__file__).resolve().parent.parent / "runtime" / "math"
    missing = 0

    def hold(file, values, name):
        nonlocal missing
        text = (folder / file).read_text()
        for value in values:
            if not re.search(r"(?<![\w.])" + re.escape(value.lstrip("-")) + r"(?!\w)", text):
                print(f"{file}: {name}: {value} is not there")
                missing += 1

    for name, variable, bits, file, f, weight, low, high, powers in POLYNOMIALS:
        if wanted and not any(name.startswith(w) for w in wanted):
            continue
        c, error = fit_rounded(f, weight, low, high, list(powers), bits)
        if check:
            hold(file, [hex_float(k, bits) for k in c], name)
        else:
            print(f"{name}: error {mp.nstr(error * 2**bits, 3)} * 2^-{bits} on [{mp.nstr(mpf(low), 6)}, {mp.nstr(mpf(high), 6)}]")
            print(horner(variable, c, list(powers), bits) + "\n", flush=True)
    for name, file, x, widths, bits in CONSTANTS:
        parts = [hex_float(p, bits) for p in split(x, *widths)]
        if check:
            hold(file, parts, name)
        elif not wanted:
            print(f"{name}: " + ", ".join(parts))
    table = [f"0x{w:08X}u" for w in two_over_pi(40)]
    if check:
        hold("sin.c", table, "2/pi in words")
    elif not wanted:
        print("2/pi in words, the point after the second:")
        for i in range(0, len(table), 8):
            print("        " + ", ".join(table[i : i + 8]) + ",")
    return missing > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

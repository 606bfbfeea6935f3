"""Curves on two logarithmic axes as SVG, without a library. Its ground is transparent and its inks read on white and on black."""
import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 400, 76, 130, 40, 44
INK, INKS = "#808891", ("#2da44e", "#3f8cf4", "#e0662b")
UNITS = ((1, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns"))


def decade(k):
    size, unit = next((u for u in UNITS if 10.0**k >= u[0] * 0.999), UNITS[-1])
    return "%g %s" % (round(10.0**k / size), unit)


def text(x, y, anchor, words, ink=INK):
    return '<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s">%s</text>' % (x, y, anchor, ink, escape(words))


def rule(x1, y1, x2, y2):
    return '<path d="M%.1f %.1fL%.1f %.1f" stroke="%s" stroke-opacity="0.35"/>' % (x1, y1, x2, y2, INK)


def svg(lines, kinds):
    """lines: (name, which kind, {n: seconds}); those of a kind have one ink, and bear its name at the end of their uppermost line."""
    points = [(n, s) for _, _, seconds in lines for n, s in seconds.items() if s > 0] or [(10, 1e-3), (100, 1e-2)]
    x0, x1 = (math.log10(f(n for n, _ in points)) for f in (min, max))
    y0, y1 = math.floor(math.log10(min(s for _, s in points))), math.ceil(math.log10(max(s for _, s in points)))
    x1, y1 = max(x1, x0 + 1), max(y1, y0 + 1)

    def x(n):
        return LEFT + (math.log10(n) - x0) / (x1 - x0) * (WIDTH - LEFT - RIGHT)

    def y(s):
        return HEIGHT - BOTTOM - (math.log10(s) - y0) / (y1 - y0) * (HEIGHT - TOP - BOTTOM)

    parts = [text(12, 22, "start", "User time of one input, by its length n")]
    for k in range(y0, y1 + 1):
        parts += [rule(LEFT, y(10.0**k), WIDTH - RIGHT, y(10.0**k)), text(LEFT - 8, y(10.0**k) + 4, "end", decade(k))]
    for k in range(math.ceil(x0), math.floor(x1) + 1):
        parts += [rule(x(10.0**k), TOP, x(10.0**k), HEIGHT - BOTTOM), text(x(10.0**k), HEIGHT - BOTTOM + 20, "middle", "{:,}".format(10**k))]
    for name, kind, seconds in (line for line in lines if any(line[2].values())):
        known = sorted((n, s) for n, s in seconds.items() if s > 0)
        path = "L".join("%.1f %.1f" % (x(n), y(s)) for n, s in known)
        parts.append('<path d="M%s" fill="none" stroke="%s" stroke-width="1.5" stroke-opacity="0.8"><title>%s</title></path>' % (path, INKS[kind], escape(name)))
        parts += ['<circle cx="%.1f" cy="%.1f" r="2.5" fill="%s"/>' % (x(n), y(s), INKS[kind]) for n, s in known]
    for kind, words in enumerate(kinds):
        ends = [max((n, s) for n, s in seconds.items() if s > 0) for _, k, seconds in lines if k == kind and any(seconds.values())]
        if ends:
            n, s = max(ends)
            parts.append(text(x(n) + 10, y(s) + 4, "start", "%s (%d)" % (words, len(ends)), INKS[kind]))
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">'
    return "\n".join([head % (WIDTH, HEIGHT, WIDTH, HEIGHT)] + parts + ["</svg>", ""])

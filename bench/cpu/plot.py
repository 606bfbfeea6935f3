"""Bars as SVG, without a library."""
from xml.sax.saxutils import escape

WIDTH, LEFT, BAR, GAP, GROUP = 860, 230, 18, 5, 34
OURS, OTHERS = "#1f6f4a", "#9db4c8"


def svg(groups, title):
    """groups: (label, [(name, value)]); names that begin with sinter stand out."""
    most = max((value for _, bars in groups for _, value in bars), default=1)
    y, parts = 44, []
    for label, bars in groups:
        parts.append('<text x="%d" y="%d" font-weight="bold">%s</text>' % (12, y + 10, escape(label)))
        y += 20
        for name, value in bars:
            length = (WIDTH - LEFT - 90) * value / most
            parts.append('<text x="%d" y="%d" text-anchor="end">%s</text>' % (LEFT - 8, y + BAR - 5, escape(name)))
            parts.append('<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>' % (LEFT, y, length, BAR, OURS if name.startswith("sinter") else OTHERS))
            parts.append('<text x="%.1f" y="%d">%s</text>' % (LEFT + length + 6, y + BAR - 5, "{:,.0f}".format(value)))
            y += BAR + GAP
        y += GROUP - BAR
    if not groups:
        parts.append('<text x="12" y="%d">nothing has been measured</text>' % (y + 10))
        y += 30
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">' % (WIDTH, y, WIDTH, y)
    back = '<rect width="%d" height="%d" fill="#ffffff"/><text x="12" y="24" font-size="15">%s</text>' % (WIDTH, y, escape(title))
    return "\n".join([head, back] + parts + ["</svg>", ""])

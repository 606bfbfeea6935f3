"""Shapes for a form: how many indices each role has, their lengths, which are ragged, how long sequences are."""
import head as heads

TILES = (4, 6, 8, 16, 32, 48, 64)  # lanes, rows and columns of tiles, panels, blocks of keys
EDGES = sorted({n for t in TILES for n in (t - 1, t, t + 1)} | {1, 2, 2 * 48 - 1, 2 * 16 + 1})
MOST_WORK = 150_000  # products of all lengths, of all sequences together
SEQUENCES = 5


class Index:
    def __init__(self, dim, name, length, ragged=False):
        self.dim, self.name, self.length, self.ragged = dim, name, length, ragged


class Shape:
    def __init__(self):
        self.role, self.ragged = {}, {}  # ragged: {dim: length of each sequence}

    def work(self):
        total = 1
        for indices in self.role.values():
            for i in indices:
                total *= max(1, sum(self.ragged[i.dim]) / 2 if i.ragged else i.length)
        return total

    def indices(self, roles):
        return [i for r in roles for i in self.role[r]]

    def __str__(self):
        return "; ".join(f"{r} = {' x '.join(i.dim[0] if i.ragged else str(i.length) for i in indices) or '-'}" for r, indices in self.role.items())


def edge(rng, most):
    return rng.choice([n for n in EDGES if n <= most])


def lengths_of(rng):
    """None, one, and three others; in any order."""
    most = rng.choice([6, 9, 18, 34, 66, 66])
    out = [0, 1] + [rng.choice([edge(rng, most), edge(rng, most), 2 * edge(rng, most) - 1]) for _ in range(SEQUENCES - 2)]
    rng.shuffle(out)
    return out


def may_be_ragged(head, role):
    """What a parameter is read at has a length of its own, but for rows that data send to a part of it."""
    return not any(h.load_time and not (head.asks("gathered", h.name) and role in rows_of(head, h)) for h in head.holes_of(role))


def rows_of(head, hole):
    """The roles of the result that other holes read as well."""
    return [r for r in hole.roles if r in head.result and head.holes_of(r) != [hole]]


def related(head, role):
    """The role whose dim this one shares, as the head compares them."""
    return next((pair[0] for pair in head.related if role == pair[1]), None)


def draw(rng, head, suffix):
    """A shape that the head's conditions allow; dims are called by role and suffix."""
    for _ in range(4000):
        shape = once(rng, head, suffix)
        if shape and shape.work() <= MOST_WORK and heads.Facts(head, shape).holds():
            return shape
    raise SystemExit(f"no shape for the form {head.name}: its `when` allows none of 4000")


def once(rng, head, suffix):
    shape = Shape()
    lengths, ragged = lengths_of(rng), {}
    for kind in (head.result, head.bound):
        able = [r for r in kind if may_be_ragged(head, r)]
        needed = [r for r in able if r in head.need]
        if able and rng.random() < .85:
            ragged[rng.choice(needed if needed and rng.random() < .8 else able)] = True
    if head.along:
        ragged = {head.along: True}
    for r in head.roles:
        twin = related(head, r)
        if twin:
            shape.role[r] = [Index(i.dim, i.name + "'", i.length, i.ragged) for i in shape.role[twin]]
            continue
        bound, tied = r in head.bound, any(r in pair for pair in head.related)
        n = 1 if tied else rng.choice([1, 1, 2] if bound or r in head.need else [0, 1, 1, 2])
        if r in ragged:
            n = 1 if head.along else max(n, 1)
        indices = []
        for k in range(n):
            if r in ragged and k == 0:
                prime, dim = "'" if shape.ragged else "", "t" + suffix
                shape.ragged[dim] = lengths
                indices.append(Index(dim, dim + prime, 0, True))
            elif r in ragged and r in head.grid and rng.random() < .7:  # places of an image
                dim = "z" + suffix
                shape.ragged[dim] = [rng.randint(1, 9) for _ in range(SEQUENCES - 1)] + [0]
                rng.shuffle(shape.ragged[dim])
                indices.append(Index(dim, dim, 0, True))
            else:
                dim = f"{r}{suffix}{'xy'[k]}"
                length = 0 if rng.random() < .02 else edge(rng, 100 if n == 1 else 9 if k else 18)
                indices.append(Index(dim, dim, length))
        shape.role[r] = indices
    return shape

"""Every tolerance of the tests that compare numbers, in one table.

An error is the largest difference divided by max(1e-6, the largest number wanted), of one tensor. Integers have no tolerance."""

EVAL, C = 1e-9, 1e-4  # the evaluator computes in double precision, generated C in single

# case, output ('*': all), by what: limit, the error measured, and its cause
ABOVE_DEFAULT = {
}


def limit(case, output, by):
    default = EVAL if by == 'eval' else C
    return ABOVE_DEFAULT.get((case, output, by), ABOVE_DEFAULT.get((case, '*', by), (default,)))[0]

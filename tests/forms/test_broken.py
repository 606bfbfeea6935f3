#!/usr/bin/env python3
"""Each rule of the normal form, broken, is noticed: by the spellings, or by random texts.

    test_broken.py [--all] [WORD ...]      as plant.py says"""
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "planted"))
import plant  # noqa: E402

TODAY = 1
TESTS = (["test_spellings.py"], ["test_smooth.py"], ["test_random.py", "--texts", "300"])
RULES = [  # what is broken, file of codegen/normal/, text there, text instead
    ("a map is read out of its range without a guard", "norm_from.c", "return range == m->yes ? value : norm_select(m, range, value, nothing(g, e));",
     "return value;"),
    ("a divisor that is 0 of nothing leaves as it is", "norm_reduce.c", "((NormFactor){norm_nonzero(m, f.e), f.power})", "((NormFactor){f.e, f.power})"),
    ("every factor leaves a sum", "norm_reduce.c", "(full || (f.power > 0 && f.e->finite))", "1"),
    ("divisions are taken for finite", "norm_table.c", "(e->power && e->power[k] < 0)", "0"),
    ("cases are summed apart without proof", "norm_reduce.c", "if (!norm_exclude(m, cases->kid[i], cases->kid[k])) {", "if (0) {"),
    ("addends leave a maximum of nothing", "norm_reduce.c", "|| !inhabited(r)) {", ") {"),
    ("a point is not held against its range", "norm_reduce.c", "vec_push(m->arena, conditions, norm_in_range(m, f, var->dim));", ""),
    ("an index that may be outside is lifted", "norm_lift.c", "!norm_inside(m, index, axis)", "0"),
    ("conditions that need no bound index are lost", "norm_reduce.c", "return norm_select(m, guard, reduced(&r, &all), of_nothing(&r));",
     "return reduced(&r, &all);"),
    ("not (a <= b) is b <= a", "norm_condition.c", "{{e->kid[0], -1}}, 1)", "{{e->kid[0], -1}}, 0)"),
    ("a divided condition is rounded down", "norm_condition.c", "ceil(e->num / by)", "floor(e->num / by)"),
    ("the rest of a division is not looked at", "norm_call.c", "if (low < 0 || high >= by) {", "if (0) {"),
    ("a sink is not scaled", "norm_ratio.c", "((NormTerm){unscale, q->constant})", "((NormTerm){norm_num(m, T_REAL, 1), q->constant})"),
    ("the sign of odd powers is lost", "norm_product.c", "power % 2 == 0 ? norm_unsigned(g->m, e) : e", "norm_unsigned(g->m, e)"),
    ("factors of what nobody reads leave a sum of nothing", "norm_reduce.c", "(dim_is_ragged(var->dim) && !r->body->finite)", "0"),
    ("every condition guards a read", "norm_call.c", "if (!guards(m, all.at[i], e)) {", "if (0) {"),
    ("the first of pairs, one of them solved", "norm_reduce.c", "(r->reduce == RED_PICK && v + 1 < r->bound.n)", "0"),
    ("a sum over another domain is taken for this one", "norm_reduce.c",
     "return norm_instance(r->m, node, e->kid, r->bound.at).where == r->where;", "return 1;"),
    ("what decides something is rewritten", "norm_from.c", "g->written |= decides(g, e);", ""),
    ("every choice decides nothing", "norm_smooth.c", "if (is_close_to_0(", "if (1 || is_close_to_0("),
    ("operands that are alike stand as they came", "norm_number.c", "qsort(kid + from", "if (0) qsort(kid + from"),
]


def noticed(rule, folder):
    _, name, old, new = rule
    sinter = plant.compiler_with(os.path.join("codegen", "normal", name), old, new, folder)
    return next((test[0] for test in TESTS if not plant.passes(HERE, sinter, *test)), None)


def main():
    if plant.cannot():
        print(f"skipped: {plant.cannot()}")
        return 77
    found = 0
    rules = plant.chosen(RULES, TODAY)
    for rule in rules:
        with tempfile.TemporaryDirectory() as folder:
            by = noticed(rule, folder)
        found += by is not None
        print(f"{rule[0]}: {by or 'NOT NOTICED'}", flush=True)
    print(f"{found} of {len(rules)} are noticed; {len(RULES)} rules are broken in turn\ncases: {len(rules)}")
    return 0 if found == len(rules) else 1


if __name__ == "__main__":
    sys.exit(main())

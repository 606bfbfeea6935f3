"""Defects to plant in forms and in plans. Each text stands in its file once; where the file has changed so that it does not, the test says
so. Every form that is compared with plain loops has one at least."""

FORMS = [  # (what, file of templates/forms/, text there, text instead): found by the equation in the form's own head, or (.., what finds it)
    ("attention: the last key is not seen", "attention.c",
     "const int group_end = vbetween($high(sequence, group_last) + 1, group_first, keys);",
     "const int group_end = vbetween($high(sequence, group_last), group_first, keys);"),
    ("attention: the sum of weights keeps its old maximum", "attention.c", "vf sum = vload(total[tile] + j * W) * shrink;",
     "vf sum = vload(total[tile] + j * W);", ["test_printed.py", "blocks of keys"]),
    ("conv: the last number of the window is left out", "conv.c", "for (int k = 0; k < $N_k; k++) {", "for (int k = 0; k + 1 < $N_k; k++) {"),
    ("gemm: a row behind each full tile is left out", "gemm.c", "next = m + take;", "next = m + take + (take > 5);"),
    ("conv2d: a row behind each full tile is left out", "conv2d.c", "next = m + take;", "next = m + take + (take > 5);"),
    ("linear: a query does not see its own key", "linear.c", "for (; ui <= ti && ui < keys; ui++) {", "for (; ui < ti && ui < keys; ui++) {"),
    ("map: columns behind the last full vector are left out", "map.c", "for (int n = 0; n < $N_n; n += W) {", "for (int n = 0; n + W <= $N_n; n += W) {"),
    ("moe: all rows of an expert are the first", "moe.c", "const ptrdiff_t row = list[i];", "const ptrdiff_t row = list[0];"),
    ("pool: what is behind the last key counts", "pool.c", "vf score = vselect(there, $s(sequence, b, u, ui, dot), none);",
     "vf score = $s(sequence, b, u, ui, dot);"),
    ("product: the last row is not stored", "product.c", "for (int mi = begin; mi < end; mi++) {", "for (int mi = begin; mi + 1 < end; mi++) {"),
    ("recur: the last turn is left out", "recur.c", "for (int turn = 0; turn < length; turn++) {", "for (int turn = 0; turn + 1 < length; turn++) {"),
    ("rowwise: a condition is not looked at", "rowwise.c", "value = vselect($p(m, n), value, $start);", ""),
    ("rowwise: what is behind a row counts", "rowwise.c", "value = vselect(vfirst($N_n - n), value, $start);", ""),
    ("scan: the sum begins behind the first position", "scan.c", "for (int ui = 0; ui < keys; ui++) {", "for (int ui = 1; ui < keys; ui++) {"),
    ("segment: the first position is left out", "segment.c", "for (int ui = 0; ui < keys; ui++) {", "for (int ui = 1; ui < keys; ui++) {"),
]

PLANS = [  # (what, file, text there, text instead, parts of tests/forms/test_plans.py that find it)
    ("bytes of weights are cut, not rounded", "codegen/kernel/panel_numbers.c", "nearbyint(value_at(s, column, k) / (double)each)",
     "trunc(value_at(s, column, k) / (double)each)", ["products"]),
    ("sums of a column are off by one", "codegen/kernel/panel_numbers.c", "sum += byte_at(s, scale, column, k);",
     "sum += byte_at(s, scale, column, k) + (k == 0);", ["products"]),
    ("halves are cut, not rounded", "codegen/kernel/panel_numbers.c", "return (uint16_t)((bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16);",
     "return (uint16_t)(bits >> 16);", ["halves"]),
    ("ties of halves go up", "codegen/kernel/panel_numbers.c", "return (uint16_t)((bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16);",
     "return (uint16_t)((bits + 0x8000u) >> 16);", ["halves"]),
    ("every head reads the rows of the first", "templates/forms/gemm.c", "const ptrdiff_t first = b * CHUNK + m - chunk;",
     "const ptrdiff_t first = m - chunk;", ["shape"]),
    ("few columns are bytes too", "codegen/kernel/kernel_prepare.c", "role_count(&s->n) < FEWEST_COLUMNS", "role_count(&s->n) < 0", ["reasons"]),
    ("a gate's second product is read where the first is", "templates/forms/gemm.c", "SIMD_MAYBE const vf acc2 = vload(tile[$products - 1] + i * NR + j);",
     "SIMD_MAYBE const vf acc2 = vload(tile[0] + i * NR + j);", ["shape"]),
]

"""Names that a model may use and that a careless generator of C would fall over."""

SINTER = ["x", "h", "score", "gate", "mixed", "y", "out", "hidden", "place", "keep", "seen", "memory", "context", "norm", "delta", "mass",
          "level", "trace", "sorted", "after", "before"]
KEYWORDS = ["auto", "break", "case", "char", "const", "continue", "default", "do", "double", "enum", "extern", "float", "goto", "inline", "long",
            "register", "restrict", "short", "signed", "sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile",
            "_Bool", "class", "new", "this", "template", "asm", "bool", "typeof"]
LIBRARY = ["printf", "malloc", "memcpy", "memset", "NULL", "errno", "assert", "INT64_MAX", "int32_t", "size_t", "uint8_t", "ptrdiff_t", "NAN",
           "INFINITY", "isnan", "fabs", "fmaxf", "expf", "y0", "j1", "gamma", "index", "signgam", "stdin", "main", "offsetof", "FLT_MAX", "linux",
           "unix", "I", "complex", "isinf", "erff", "powf", "sqrtf", "floorf"]
GENERATOR = ["batch", "seq", "fault", "io", "begin", "first", "length", "total", "workspace", "forward", "b", "s", "n", "w", "rows",
             "place_z", "t2", "n_t", "first_t", "begin_t", "rows_t", "row", "most", "dot", "made", "space", "bytes", "status", "int_add", "x_t",
             "x_seq", "sum2", "run", "buffers", "layer", "self", "at", "sequences", "rank_", "c_", "longest", "left", "any_", "found", "turn"]
DIMS = ["d", "e", "f", "h", "m_", "v", "o", "w", "n", "D", "N", "T", "int", "float", "rows", "length", "seq", "b", "s", "first", "io"]
RAGGED = ["t", "u", "n", "len_", "seq", "batch", "z_", "register", "first_t", "total", "s", "i2", "rows", "T"]

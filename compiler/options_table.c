#include "options_table.h"

#include <limits.h>

const CommandRow command_table[CMD_COUNT_] = {
    [CMD_BUILD]   = {"build", "MODEL -o FILE", "compile a model to one executable", 0},
    [CMD_EMIT]    = {"emit", "MODEL -d DIR", "write the C sources of a model", 0},
    [CMD_CHECK]   = {"check", "MODEL", "read a model with its files, report everything that is wrong", 0},
    [CMD_EVAL]    = {"eval", "MODEL --in FILE --out FILE", "evaluate in double precision, the reference of everything else", 0},
    [CMD_IMPORT]  = {"import", "DIR | PROGRAM.py",
                     "the text that serves a Hugging Face directory; a Transformer Program as a model, in ./PROGRAM", 0},
    [CMD_EXPLAIN] = {"explain", "MODEL", "say what each function computes, costs and stores", 0},
    [CMD_RUN]     = {"run", "FILE.rasp [INPUT...]", "the value of a RASP program on each input, or line of standard input", INT_MAX},
    [CMD_DRAW]    = {"draw", "FILE.rasp -o FILE", "a picture of a RASP program on an input: layers, heads, values", 0},
    [CMD_WEIGHTS] = {"weights", "FILE.rasp --vocab TEXT --max-length N -d DIR", "a RASP program as the weights of a transformer", 0},
    [CMD_CHECK_WEIGHTS] = {"check-weights", "DIR FILE.rasp", "whether weights compute what a RASP program does", 1},
    [CMD_CHECK_PLAN] = {"check-plan", "MODEL --texts FILE | --in FILE", "how far a build with options is from plain loops, as JSON", 0},
    [CMD_REPL]    = {"repl", "", "a console for RASP, as `sinter` alone at a terminal: what is defined is shown", 0},
};

enum {
    BUILD = FOR(CMD_BUILD), CHECK = FOR(CMD_CHECK), EVAL = FOR(CMD_EVAL), IMPORT = FOR(CMD_IMPORT), EXPLAIN = FOR(CMD_EXPLAIN),
    WEIGHTS = FOR(CMD_WEIGHTS), TRIAL = FOR(CMD_CHECK_WEIGHTS), PLAN = FOR(CMD_CHECK_PLAN),
    RUN = FOR(CMD_RUN), DRAW = FOR(CMD_DRAW), REPL = FOR(CMD_REPL), ALONE = FOR(CMD_NONE), SOURCES = BUILD | FOR(CMD_EMIT),
    EACH = FOR(CMD_COUNT_) - 1 - REPL, /* that takes a model */
    ANY = EACH | REPL | ALONE
};

#define AT(field) offsetof(Options, field)

const OptionRow option_table[] = {
    {"output", 'o', "FILE", BUILD | IMPORT | DRAW, AT(out), NULL, "where the result goes; draw: .html .svg .dot .pdf .json"},
    {"directory", 'd', "DIR", SOURCES | IMPORT | WEIGHTS, AT(directory), NULL,
     "where sources go (build: keep them there), or the files of a model (import: by default ./PROGRAM)"},
    {"model-dir", 0, "DIR", EACH & ~WEIGHTS & ~TRIAL, AT(model_dir), NULL,
     "where config, weights and tokenizer are (default: beside the text)"},
    {"weights", 0, "FILE.csv", IMPORT, AT(weights), NULL, "the weights of PROGRAM.py (default: as it calls them, beside it)"},
    {"embeddings", 0, "FILE.csv", IMPORT, AT(embeddings), NULL, "its embeddings, where it has some"},
    {"in", 0, "FILE", EVAL | PLAN, AT(in), NULL, "safetensors with tensors <k>/<input>"},
    {"out", 0, "FILE", EVAL, AT(out), NULL, "safetensors with tensors <k>/<output>"},
    {"texts", 0, "FILE", PLAN, AT(texts), NULL, "what it is tried on: a text a line"},
    {"max-error", 0, "E", PLAN, AT(max_error), NULL, "an error, where an element of an output differs by more"},
    {"threads", 0, "N", SOURCES | PLANNED, AT(threads), "1", "1: leave threads out of the binary (default: it takes --threads itself)"},
    {"target", 0, "TARGET", SOURCES | EXPLAIN | PLAN | PLANNED, AT(target), "x86 zen4 avx512 avx2 neon cuda c",
     "machines to compile for: x86 has kernels for four kinds and picks at start (default: build x86 or neon as this machine is, else c)"},
    {"arch", 0, "LIST", SOURCES | PLANNED, AT(arch), NULL, "kinds of GPU to compile for: sm_80,sm_90a; compute_80: those to come too"},
    {"gemm", 0, "LIBRARY", SOURCES | EXPLAIN | PLANNED, AT(gemm), "cublaslt",
     "of a GPU: products of bf16 and f16 by this library, if it is there when the program runs; else, and by default, by kernels"},
    {"freestanding", 0, NULL, SOURCES | PLANNED, AT(freestanding), NULL, "C that calls memcpy, memmove, memset and memcmp; no program"},
    {"no-recognise", 0, NULL, SOURCES | EXPLAIN | RUN | PLAN | PLANNED, AT(no_recognise), NULL,
     "plain loops where a recurrence or a lookup would be faster"},
    {"plan", 0, "FILE", SOURCES | EXPLAIN | PLAN, AT(plan), NULL,
     "a file that holds one option a line: target, weights and the like; the command line has the last word"},
    {"weights", 0, "NUMBERS", SOURCES | EXPLAIN | PLAN | PLANNED, AT(numbers), "f32 bf16 f16 int8",
     "products of stored matrices: f32; bf16, f16: of halves of floats; int8: of bytes; not for target c (default: f32, of a GPU bf16)"},
    {"no-forms", 0, NULL, SOURCES | EXPLAIN | PLAN | PLANNED, AT(no_forms), NULL, "plain loops, also for targets that have better"},
    {"forms", 0, "DIR", SOURCES | EXPLAIN | PLAN | PLANNED, AT(forms), NULL,
     "templates of further forms: *.c, with the equation that each computes"},
    {"inline-weights", 0, NULL, SOURCES | PLANNED, AT(inline_weights), NULL, "weights as C initialisers, up to 4 MB, instead of .incbin"},
    {"normal", 0, NULL, EVAL, AT(normal), NULL, "evaluate the normal form that kernels are made from, instead of the text"},
    {"count", 0, NULL, EVAL, AT(count), NULL, "print the work of each function: operations on reals, reads, bytes of weights"},
    {"dump", 0, "STAGE", CHECK, AT(dump), "ast graph normal plan", "print what a stage made: ast, graph, normal, plan"},
    {"only", 0, "NAME", EACH & ~IMPORT, AT(only), NULL, "of a .rasp file: this value instead of the last one"},
    {"text", 0, NULL, RUN, AT(text), NULL, "results as RASP shows them (the default)"},
    {"trace", 0, NULL, RUN, AT(trace), NULL, "every step: each s-op and selector that the value is made of, with line and layer"},
    {"vocab", 0, "TEXT", WEIGHTS, AT(vocab), NULL, "the tokens: the characters of a text, or a JSON array of tokens"},
    {"max-length", 0, "N", WEIGHTS, AT(max_length), "1", "how many tokens an input may have"},
    {"all-up-to", 0, "N", TRIAL, AT(all_up_to), "0", "try all inputs of up to so many tokens (default: 5, fewer if there are over 5000)"},
    {"random", 0, "N", TRIAL, AT(random), "0", "try so many random inputs (default: 10000)"},
    {"seed", 0, "N", TRIAL, AT(seed), "0", "other random inputs (default: 0)"},
    {"json", 0, NULL, EXPLAIN | RUN | DRAW | TRIAL, AT(json), NULL,
     "as JSON (run, draw: an input that is a JSON array is the list of tokens)"},
    {"input", 0, "TEXT", DRAW, AT(text_input), NULL, "what it is drawn on (default: the program's example)"},
    {"completion", 0, "SHELL", ALONE, AT(completion), "bash zsh fish", "completions of this command line for bash, zsh or fish"},
    {"man", 0, NULL, ALONE, AT(man), NULL, "the manual page, as man reads it"},
    {"help", 'h', NULL, ANY, AT(help), NULL, "this text"},
    {"version", 0, NULL, ANY, AT(version), NULL, "the compiler's version"},
};
const int option_rows = sizeof option_table / sizeof *option_table;

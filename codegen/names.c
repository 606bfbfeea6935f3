#include "names.h"

#include "capacity.h"
#include "match/kernel.h"
#include "template/template.h"
#include "target.h"

#include "../compiler/embed.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *const reserved[] = {
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float", "for", "goto", "if",
    "inline", "int", "long", "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef",
    "union", "unsigned", "void", "volatile", "while", "asm", "typeof", "bool", "true", "false", "nullptr", "alignas", "alignof",
    "constexpr", "thread_local", "static_assert", "class", "new", "delete", "this", "template", "namespace", "operator", "private",
    "public", "protected", "virtual", "friend", "try", "catch", "throw", "typename", "using", "explicit", "export", "mutable", "and", "or",
    "not", "xor", "memcpy", "memset", "NULL", "INFINITY", "NAN", "HUGE_VAL", "fault", "main", "size_t", "ptrdiff_t", "int8_t", "int16_t",
    "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t", "linux", "unix", "i386", "stdin", "stdout", "stderr", "errno",
    "EOF", "I", "sin", "cos", "tan", "exp", "log", "pow", "sqrt", "floor", "ceil", "round", "trunc", "abs", "fabs", "erf", "tanh", "sinh",
    "cosh", "asin", "acos", "atan", "atan2", "log1p", "expm1", "exp2", "log2", "log10", "logb", "gamma", "lgamma", "tgamma", "hypot",
    "cbrt", "fmod", "fmax", "fmin", "fma", "rint", "nearbyint", "remainder", "ldexp", "frexp", "modf", "j0", "j1", "jn", "y0", "y1", "yn",
    "signgam", "isnan", "isinf", "erfc", "acosh", "asinh", "atanh", "labs", "div", "ldiv", "index", "rindex", "signbit", "NDEBUG",
    "significand", "drem", "scalb", "finite", "dim_", "memcmp", "memmove", "memchr", "strlen", "strcmp", "sequences", "workspace",
    "offsetof", "static_cast", "assert", "unreachable", "team_wait", "sched_yield",
    "text_key", "text_join", "text_times",
};

/* Words of macros: INT64_MAX, UINT8_C, FLT_EPSILON, MATH_ERRNO, M_PI, FP_NAN. */
static int is_macro(const char *name)
{
    static const char *const begin[] = {"INT", "UINT", "SIZE_", "PTRDIFF_", "SIG_", "WCHAR_", "WINT_", "FLT_", "DBL_", "LDBL_",
                                        "DEC_", "FP_", "M_", "MATH_", "HUGE", "_"};
    int upper = name[0] != '\0', known = 0;
    for (const char *c = name; *c; c++) {
        upper &= isupper((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '_';
    }
    for (size_t i = 0; i < sizeof begin / sizeof *begin; i++) {
        known |= strncmp(begin[i], name, strlen(begin[i])) == 0;
    }
    return upper && known && strpbrk(name, "_") != NULL;
}

static int is_reserved(const char *name)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (strcmp(reserved[i], name) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Adds the names that a line of runtime/simd defines: functions, types, and the sizes of its enum. */
static void line_words(Plan *p, const char *line, const char *end)
{
    const int function = strncmp(line, "SIMD_WORD ", 10) == 0 || strncmp(line, "SIMD_APART ", 11) == 0;
    const int type = strncmp(line, "typedef ", 8) == 0;
    const int sizes = strncmp(line, "enum {", 6) == 0;
    const char *behind = function ? "(" : type ? "; " : " ";
    for (const char *at = line; (function || type || sizes) && at < end; at++) {
        const char *word = at;
        while (at < end && (isalnum((unsigned char)*at) || *at == '_')) {
            at++;
        }
        if (at > word && word > line && strchr(" *", word[-1]) && *at && strchr(behind, *at)) {
            vec_push(p->arena, p->simd_word, str_of_n(word, (size_t)(at - word)));
        }
        if (function && *at == '(') {
            return;
        }
    }
}

static int is_simd_word(Plan *p, const char *name)
{
    static const char *const file[] = {"simd.h", "words_c.h", "function.h", "sine.h", "power.h", "tile.h", "tile_bf16.h", "tile_u8.h",
                                       "tile_at.h"};
    for (size_t i = 0; i < sizeof file / sizeof *file && !p->simd_words_known; i++) {
        char path[64];
        snprintf(path, sizeof path, "runtime/simd/%s", file[i]);
        const Embedded *words = embed_find(path);
        for (const char *line = words ? words->text : ""; *line;) {
            const char *end = line + strcspn(line, "\n");
            line_words(p, line, end);
            line = end + (*end == '\n');
        }
    }
    p->simd_words_known = 1;
    const Str word = str_of(name);
    for (int i = 0; i < p->simd_word.n; i++) {
        if (p->simd_word.at[i] == word) {
            return 1;
        }
    }
    return 0;
}

/* As the functions, types and statuses of the header are called: minilm_run, MINILM_OK. */
static int is_of_header(const Plan *p, const char *name)
{
    const size_t n = p->prefix ? strlen(p->prefix) : 0;
    return n && (strncmp(name, p->prefix, n) == 0 || (p->PREFIX && strncmp(name, p->PREFIX, n) == 0)) && name[n] == '_';
}

Str name_clean(Plan *p, const char *name)
{
    const size_t n = strlen(name);
    char *text = arena_array(p->arena, char, n + 24);
    size_t k = 0, primes = 0;
    while (n > primes && name[n - 1 - primes] == '\'') {
        primes++;
    }
    if (n == primes || isdigit((unsigned char)name[0])) {
        text[k++] = 'm';
        text[k++] = '_';
    }
    for (size_t i = 0; i < n - primes; i++) {
        const unsigned char c = (unsigned char)name[i];
        text[k++] = isalnum(c) || c == '_' ? (char)c : '_';
    }
    text[k] = '\0';
    const char *full = primes ? arena_printf(p->arena, "%s%d", text, (int)primes + 1) : text;
    if (is_reserved(full) || is_macro(full) || ((target_is_fast(p->options->target) || p->options->device) && is_simd_word(p, full)) ||
        is_of_header(p, full) || full[0] == '_') {
        full = arena_printf(p->arena, full[0] == '_' ? "x%s" : "%s_", full);
    }
    return str_of(full);
}

int name_is_taken(const Words *words, Str name)
{
    for (int i = 0; words && i < words->n; i++) {
        if (words->at[i] == name) {
            return 1;
        }
    }
    return 0;
}

Str name_fresh(Plan *p, Words *taken, const Words *also, const char *wish)
{
    Str clean = name_clean(p, wish), name = clean;
    for (int i = 2; name_is_taken(taken, name) || name_is_taken(also, name) || name_is_taken(name_globals(p), name); i++) {
        const size_t n = strlen(clean);
        name = str_of(arena_printf(p->arena, isdigit((unsigned char)clean[n - 1]) ? "%s_%d" : "%s%d", clean, i));
    }
    vec_push(p->arena, *taken, name);
    return name;
}

Str name_part(Plan *p, Words *taken, const char *wish)
{
    Str clean = name_clean(p, wish), name = clean;
    for (int i = 2; name_is_taken(taken, name); i++) {
        const size_t n = strlen(clean);
        name = str_of(arena_printf(p->arena, isdigit((unsigned char)clean[n - 1]) ? "%s_%d" : "%s%d", clean, i));
    }
    vec_push(p->arena, *taken, name);
    return name;
}

Str name_upper(Plan *p, const char *name)
{
    char *text = arena_printf(p->arena, "%s", name);
    for (char *c = text; *c; c++) {
        *c = (char)toupper((unsigned char)*c);
    }
    return str_of(text);
}

Words *name_globals(Plan *p)
{
    return (Words *)&p->global;
}

/* ---- the generator's own words ------------------------------------------------------------------------------------------------------- */

/* The generator's word with something behind it: none that the author uses. */
static Str own_word(Plan *p, Own which, const char *behind)
{
    static const char *const wish[][3] = {
        [OWN_WEIGHTS] = {"weights", "packed", "weights_"}, [OWN_BUFFERS] = {"buffers", "room", "buffers_"},
        [OWN_BATCH] = {"batch", "all", "batch_"},     [OWN_IO] = {"io", "call", "io_"},
        [OWN_SEQUENCE] = {"s", "seq", "seq_"},        [OWN_FIRST] = {"first", "start", "first_"},
        [OWN_LENGTH] = {"n", "length", "length_"},    [OWN_ROWS] = {"rows", "all_rows", "rows_"},
        [OWN_TEAM] = {"team", "threads", "team_"},    [OWN_GPU] = {"gpu", "card", "gpu_"},
    };
    for (int i = 0; i < 2; i++) {
        Str word = str_of(arena_printf(p->arena, "%s%s", wish[which][i], behind));
        if (!name_is_taken((Words *)&p->users, word)) {
            return word;
        }
    }
    Str word = str_of(arena_printf(p->arena, "%s%s", wish[which][2], behind));
    while (name_is_taken((Words *)&p->users, word)) {
        word = str_of(arena_printf(p->arena, "%s_", word));
    }
    return word;
}

Str own(Plan *p, Own which)
{
    return own_word(p, which, "");
}

Str own_of(Plan *p, Own which, const Dim *dim)
{
    int ragged = 0;
    for (int i = 0; i < p->graph->dims.n; i++) {
        ragged += dim_is_ragged(p->graph->dims.at[i]);
    }
    return own_word(p, which, ragged < 2 ? "" : arena_printf(p->arena, "_%s", dim_word(p, dim)));
}

/* A length that no author named. */
static Str unnamed_length(Plan *p, const Dim *dim)
{
    const char *text = NULL;
    const Alias *alias = NULL;
    for (int i = 0; i < p->alias.n; i++) {
        alias = p->alias.at[i].dim == dim && p->alias.at[i].n ? &p->alias.at[i] : alias;
    }
    for (int i = 0; alias && i < alias->n; i++) {
        text = text ? arena_printf(p->arena, "%s * %s", text, constant_of(p, alias->factor[i])) : constant_of(p, alias->factor[i]);
    }
    if (!text) {
        return str_of(arena_printf(p->arena, "%lld", (long long)dim->length));
    }
    return str_of(alias->n > 1 ? arena_printf(p->arena, "(%s)", text) : text);
}

/* The text of a form has names of its own, which would hide it. */
static int is_form_word(const Plan *p, Str name)
{
    for (int i = 0; i < p->form.n; i++) {
        if (p->form.at[i]->text && name_is_taken((const Words *)&p->form.at[i]->text->words, name)) {
            return 1;
        }
    }
    return 0;
}

Str constant_of(Plan *p, const Dim *dim)
{
    if (!dim->span.source) {
        return unnamed_length(p, dim);
    }
    if (!dim->name || !isalpha((unsigned char)dim->name[0]) || dim->length > INT32_MAX) {
        return str_of(arena_printf(p->arena, "%lld", (long long)dim->length));
    }
    Str wish = name_clean(p, name_upper(p, dim->name)), name = wish;
    for (int i = 0; i < p->constant.n; i++) {
        if (p->constant.at[i] == dim->length && p->constant_wish.at[i] == wish) {
            return p->constant_name.at[i];
        }
    }
    if (name_is_taken(name_globals(p), name) || is_form_word(p, name)) {
        name = str_of(arena_printf(p->arena, "%s_%lld", wish, (long long)dim->length));
        while (name_is_taken(name_globals(p), name)) {
            name = str_of(arena_printf(p->arena, "%s_", name));
        }
    }
    vec_push(p->arena, *name_globals(p), name);
    vec_push(p->arena, p->constant_wish, wish);
    vec_push(p->arena, p->constant_name, name);
    vec_push(p->arena, p->constant, dim->length);
    return name;
}

Str shape_axis(Plan *p, const Dim *dim)
{
    Str length = dim_is_ragged(dim) ? dim_word(p, dim) : constant_of(p, dim);
    return str_of(length[0] == '(' ? arena_printf(p->arena, "[%.*s]", (int)strlen(length) - 2, length + 1)
                                   : arena_printf(p->arena, "[%s]", length));
}

/* ---- names of everything that has one in a function ---------------------------------------------------------------------------------- */

static void note_user(Plan *p, const char *name)
{
    if (name) {
        Str clean = name_clean(p, name);
        if (!name_is_taken((Words *)&p->users, clean)) {
            vec_push(p->arena, p->users, clean);
        }
    }
}

/* The last two words of a path, so that "encoder.layer.0.attention.self.query.weight" under its prefix is query_weight. */
static Str path_word(Plan *p, const Node *param)
{
    if (!param->path) {
        return name_clean(p, param->name ? param->name : "made");
    }
    const char *from = param->path + strlen(param->path);
    int dots = 0;
    while (from > param->path) {
        if (from[-1] == '.' && ++dots == 2) {
            break;
        }
        from--;
    }
    while (isdigit((unsigned char)*from) || *from == '.') {
        from++;
    }
    return name_clean(p, *from ? from : "weight");
}

static void name_function(Plan *p, Func *f)
{
    static const Own of_dim[] = {OWN_FIRST, OWN_LENGTH, OWN_ROWS};
    Words words = {0}, *members = (Words *)&f->members, parts = {0};
    for (int i = 0; i <= OWN_ROWS; i++) {
        vec_push(p->arena, words, own(p, (Own)i));
    }
    for (int i = 0; i < p->graph->dims.n; i++) { /* a row of n at t is no length n_t */
        for (int k = 0; dim_is_ragged(p->graph->dims.at[i]) && k < (int)(sizeof of_dim / sizeof *of_dim); k++) {
            vec_push(p->arena, words, own_of(p, of_dim[k], p->graph->dims.at[i]));
        }
    }
    if (f->in_steps) { /* its buffers are arguments, beside the inputs, in functions that call the fixed ones */
        parts_names(p, members);
    }
    for (int i = 0; f->in_steps && i < p->graph->inputs.n; i++) {
        vec_push(p->arena, *members, name_clean(p, p->graph->inputs.at[i]->name));
    }
    for (int i = 0; i < f->param.n; i++) {
        Info *info = plan_info(p, f->param.at[i]);
        Str name = name_part(p, &parts, path_word(p, f->param.at[i]));
        vec_push(p->arena, f->param_name, name);
        info->cname = name;
    }
    for (int i = 0; i < f->unit->args.n; i++) {
        Info *info = plan_info(p, f->unit->args.at[i]);
        info->cname = name_fresh(p, &words, NULL, f->unit->args.at[i]->name ? f->unit->args.at[i]->name : "x");
    }
    for (int i = 0; i < f->result.n; i++) {
        const Node *node = f->result.at[i];
        Info *info = plan_info(p, node);
        const int plain = node->named && node->name && strcmp(node->name, f->cname) != 0 &&
                          !name_is_taken(&words, name_clean(p, node->name));
        info->cname = name_fresh(p, &words, NULL, plain ? node->name : arena_printf(p->arena, "%s_out", f->cname));
    }
    for (int i = 0; i < f->item.n; i++) {
        Item *item = &f->item.at[i];
        for (int k = 0; k < item->nodes.n; k++) {
            Info *info = plan_info(p, item->nodes.at[k]);
            if (info->keep == KEEP_ROOT && !info->cname) {
                info->cname = name_part(p, members, item->nodes.at[k]->name ? item->nodes.at[k]->name : "made");
            }
        }
        if (item->callee) {
            item->member = name_part(p, &parts, item->callee->cname);
            vec_push(p->arena, *members, item->member);
            for (int r = 0; r < item->last->results.n; r++) {
                Node *node = item->last->results.at[r];
                Info *info = plan_info(p, node);
                if (!info->cname) {
                    info->cname = name_part(p, members,
                                            node->name && item->callee->unit->kind != UNIT_FUNCTION
                                                ? node->name
                                                : arena_printf(p->arena, "%s_out", item->callee->cname));
                }
            }
        }
    }
    for (int i = 0; i < words.n; i++) {
        vec_push(p->arena, f->words, words.at[i]);
    }
}

/* A turn that one loop alone runs stands in that loop. */
static int is_loop_body(const Plan *p, const Func *f)
{
    int loops = 0;
    for (int u = 0; u < p->func.n; u++) {
        for (int i = 0; i < p->func.at[u]->item.n; i++) {
            const Item *item = &p->func.at[u]->item.at[i];
            if (item->kind == STEP_CALL && item->callee == f) {
                loops += item->turns > 1 ? 1 : 2;
            }
        }
    }
    return f->unit->kind == UNIT_TURN && loops == 1;
}

void name_all(Plan *p)
{
    /* Words that the header puts behind the model's prefix, where a constant may stand too. */
    static const char *const header[] = {"HEADER",   "OK",    "BAD_BATCH",    "TOO_LONG",  "BAD_INDEX",
                                         "NO_SPACE", "FAULT", "WEIGHT_BYTES", "STATE_BYTES", "WORKSPACE", "THREADS",
                                         "SCRATCH",  "POOL_MOST", "NO_KERNELS"};
    for (size_t i = 0; i < sizeof header / sizeof *header; i++) {
        vec_push(p->arena, *name_globals(p), str_of(header[i]));
    }
    for (int i = 0; i < p->info.n; i++) {
        const Info *info = p->info.at[i];
        if (info && info->view && (info->view->named || info->view->kind != NODE_EQ)) {
            note_user(p, info->view->name);
        }
    }
    for (int u = 0; u < p->func.n; u++) {
        note_user(p, p->func.at[u]->unit->kind == UNIT_TOP ? NULL : p->func.at[u]->unit->name);
        for (int i = 0; i < p->func.at[u]->item.n; i++) {
            const Item *item = &p->func.at[u]->item.at[i];
            for (int k = 0; k < item->nest.n; k++) {
                for (int v = 0; v < item->nest.at[k]->vars.n; v++) {
                    note_user(p, item->nest.at[k]->vars.at[v]->name);
                }
            }
        }
    }
    for (int i = 0; i < p->graph->outputs.n; i++) {
        note_user(p, p->graph->outputs.at[i]->called);
    }
    parts_names(p, name_globals(p));
    p->at_weights = name_fresh(p, name_globals(p), NULL, "WEIGHTS");
    for (int u = 0; u < p->func.n; u++) {
        Func *f = p->func.at[u];
        const char *wish = f->unit->kind == UNIT_TOP ? "forward" : f->unit->name ? f->unit->name : "part";
        f->cname = name_fresh(p, name_globals(p), NULL, wish);
        f->type = f->unit->kind == UNIT_TOP ? p->prefix : str_of(arena_printf(p->arena, "%s_%s", p->prefix, f->cname));
    }
    for (int i = 0; i < p->graph->dims.n; i++) {
        if (!dim_is_ragged(p->graph->dims.at[i])) {
            constant_of(p, p->graph->dims.at[i]);
        }
    }
    for (int u = 0; u < p->func.n; u++) {
        Func *f = p->func.at[u];
        f->weights_at = str_of(arena_printf(p->arena, "%s->", own(p, OWN_WEIGHTS)));
        f->buffers_at = str_of(arena_printf(p->arena, "%s->", own(p, OWN_BUFFERS)));
        f->io_at = str_of(arena_printf(p->arena, "%s->", own(p, OWN_IO)));
        f->in_line = is_loop_body(p, f);
        name_function(p, f);
    }
    Words io = {0};
    vec_push(p->arena, io, str_of("begin"));
    for (int i = 0; i < p->graph->dims.n; i++) {
        if (dim_is_ragged(p->graph->dims.at[i])) {
            vec_push(p->arena, io, str_of(arena_printf(p->arena, "begin_%s", dim_word(p, p->graph->dims.at[i]))));
        }
    }
    for (int i = 0; i < p->graph->inputs.n; i++) {
        plan_info(p, p->graph->inputs.at[i])->cname = name_part(p, &io, p->graph->inputs.at[i]->name);
    }
    for (int i = 0; i < p->graph->states.n; i++) {
        plan_info(p, p->graph->states.at[i])->cname = name_part(p, &io, p->graph->states.at[i]->name);
    }
    for (int i = 0; i < p->outputs.n; i++) {
        plan_info(p, p->outputs.at[i])->cname = name_part(p, &io, p->graph->outputs.at[i]->name);
    }
}

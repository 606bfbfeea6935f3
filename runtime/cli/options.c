/* options.c - one table is the parser and the help */
#include "cli.h"

typedef enum option_needs { NEEDS_NOTHING, NEEDS_IDS, NEEDS_TEXTS, NEEDS_TOKENIZER, NEEDS_KERNELS, NEEDS_DEVICE } option_needs;

typedef struct option_row {
    const char *name;
    const char *value; /* what stands for the value in the help; NULL: takes none */
    const char *help;
    option_needs needs; /* of the model; not shown and refused otherwise */
} option_row;

static const option_row option_table[OPTIONS] = {
    [opt_INPUT_FORMAT] = {"input-format", "FORMAT", "lines: a text a line; json: a JSON string a line; ids: token ids a line", NEEDS_IDS},
    [opt_PAIR]         = {"pair", NULL, "two texts each: separated by TAB, a JSON array of two, or two arguments", NEEDS_TOKENIZER},
    [opt_NO_SPECIAL]   = {"no-special", NULL, "leave out the tokens that the tokenizer adds around a text", NEEDS_TOKENIZER},
    [opt_IN]           = {"in", "FILE", "read tensors <k>/<input> from a safetensors file", NEEDS_NOTHING},
    [opt_JSON]         = {"json", NULL, "a JSON object a line", NEEDS_NOTHING},
    [opt_NPY]          = {"npy", "FILE", "all results of the one real output in one array", NEEDS_NOTHING},
    [opt_OUT]          = {"out", "FILE", "write tensors <k>/<output> to a safetensors file", NEEDS_NOTHING},
    [opt_SIMILARITY]   = {"similarity", NULL, "cosine of each two results, a matrix", NEEDS_NOTHING},
    [opt_TOKENS]       = {"tokens", NULL, "the tokens; the model does not run", NEEDS_TEXTS},
    [opt_BATCH]        = {"batch", "N", "sequences packed at a time, 1: all threads work on one (default: by length)", NEEDS_NOTHING},
    [opt_THREADS]      = {"threads", "N", "threads to use (default: the cores this process may use)", NEEDS_NOTHING},
    [opt_KERNELS]      = {"kernels", "NAME", "these instead of the best that this machine has", NEEDS_KERNELS},
    [opt_DEVICE]       = {"device", "NAME", "cuda or cpu (default: cuda, and where there is none cpu)", NEEDS_DEVICE},
    [opt_BENCH]        = {"bench", NULL, "measure, with the given texts or made-up ones", NEEDS_NOTHING},
    [opt_MILLISECONDS] = {"milliseconds", "N", "how long --bench takes, at least (default: 3000)", NEEDS_NOTHING},
    [opt_INFO]         = {"info", NULL, "what this model is, takes and gives", NEEDS_NOTHING},
    [opt_HELP]         = {"help", NULL, "this", NEEDS_NOTHING},
    [opt_VERSION]      = {"version", NULL, "the model's name and the compiler's version", NEEDS_NOTHING},
};

/* Options that do not go together. */
static const unsigned char option_clash[][2] = {
    {opt_IN, opt_INPUT_FORMAT}, {opt_IN, opt_PAIR},        {opt_IN, opt_NO_SPECIAL},   {opt_IN, opt_TOKENS},
    {opt_TOKENS, opt_NPY},      {opt_TOKENS, opt_OUT},     {opt_TOKENS, opt_SIMILARITY}, {opt_TOKENS, opt_BENCH},
    {opt_NPY, opt_OUT},         {opt_NPY, opt_SIMILARITY}, {opt_OUT, opt_SIMILARITY},  {opt_BENCH, opt_NPY},
    {opt_BENCH, opt_OUT},       {opt_BENCH, opt_SIMILARITY}, {opt_JSON, opt_NPY},      {opt_JSON, opt_OUT},
};

static int model_reads_ids(void)
{
    for (int i = 0; i < model.inputs; i++) {
        if (i != model.ids && !model.input[i].optional) {
            return 0;
        }
    }
    return model.ids >= 0;
}

static int model_reads_texts(void)
{
    return model_reads_ids() && (model.tokenize != NULL || model.input[model.ids].type == MODEL_CHAR);
}

static int option_serves(option_needs needs)
{
    switch (needs) {
    case NEEDS_NOTHING: return 1;
    case NEEDS_IDS: return model_reads_ids();
    case NEEDS_TEXTS: return model_reads_texts();
    case NEEDS_KERNELS: return model.kernels != NULL;
    case NEEDS_DEVICE: return model.open_device != NULL;
    case NEEDS_TOKENIZER: return model_reads_texts() && model.tokenize != NULL;
    }
    return 0;
}

static int option_find(const char *name, size_t size)
{
    for (int i = 0; i < OPTIONS; i++) {
        if (strlen(option_table[i].name) == size && memcmp(option_table[i].name, name, size) == 0) {
            return i;
        }
    }
    return -1;
}

static void option_unknown(const char *name, size_t size, trouble *t)
{
    const char *names[OPTIONS];
    int count = 0;
    for (int i = 0; i < OPTIONS; i++) {
        if (option_serves(option_table[i].needs)) {
            names[count++] = option_table[i].name;
        }
    }
    trouble near = {0};
    trouble_near(&near, name, size, names, count);
    trouble_set(t, TROUBLE_USER, "unknown option '--%s'", show(name, size).text);
    if (near.hint[0]) {
        const char *const quote = strchr(near.hint, '\'');
        trouble_hint(t, "did you mean '--%s", quote + 1);
    } else {
        trouble_hint(t, "--help lists the options; write -- before a text that begins with -");
    }
}

/* One option at argv[i]; returns the index of its last argument. */
static int option_read(options *o, int argc, char **argv, int i, trouble *t)
{
    const char *const name = argv[i] + 2;
    const char *const equals = strchr(name, '=');
    const size_t size = equals ? (size_t)(equals - name) : strlen(name);
    const int id = option_find(name, size);
    if (id < 0) {
        option_unknown(name, size, t);
        return i;
    }
    const option_row *const row = &option_table[id];
    const char *value = equals ? equals + 1 : NULL;
    if (!option_serves(row->needs)) {
        trouble_set(t, TROUBLE_USER,
                    row->needs == NEEDS_KERNELS                                  ? "--%s: this model has kernels for one kind of machine"
                    : row->needs == NEEDS_DEVICE                                 ? "--%s: this model was not compiled for a GPU"
                    : row->needs == NEEDS_TOKENIZER || row->needs == NEEDS_TEXTS ? "--%s: this model has no tokenizer"
                                                                                 : "--%s: this model takes tensors; use --in FILE",
                    row->name);
    } else if (row->value && !value) {
        if (i + 1 < argc) {
            value = argv[++i];
        }
    } else if (!row->value && value) {
        trouble_set(t, TROUBLE_USER, "--%s takes no value", row->name);
    }
    if (row->value && (!value || !*value)) {
        trouble_set(t, TROUBLE_USER, "--%s needs a value: --%s=%s", row->name, row->name, row->value);
    }
    o->value[id] = row->value ? value : "";
    return i;
}

static int option_number(const options *o, option_id id, int otherwise, int most, trouble *t)
{
    const char *const text = o->value[id];
    if (!text) {
        return otherwise;
    }
    int number = 0;
    for (const char *p = text; *p; p++) {
        number = *p >= '0' && *p <= '9' && number <= most ? number * 10 + (*p - '0') : INT_MAX / 16;
    }
    if (number < 1 || number > most) {
        trouble_set(t, TROUBLE_USER, "--%s=%s: not a number of 1 to %d", option_table[id].name, show(text, strlen(text)).text, most);
        return otherwise;
    }
    return number;
}

static input_format option_format(const options *o, trouble *t)
{
    static const char *const name[] = {"lines", "json", "ids"};
    const char *const text = o->value[opt_INPUT_FORMAT];
    for (int i = 0; text && i < 3; i++) {
        if (strcmp(text, name[i]) == 0) {
            return (input_format)i;
        }
    }
    if (text) {
        trouble_set(t, TROUBLE_USER, "--input-format=%s: not lines, json or ids", show(text, strlen(text)).text);
        trouble_near(t, text, strlen(text), name, 3);
    }
    return FORMAT_LINES;
}

static void options_check(const options *o, trouble *t)
{
    for (size_t i = 0; i < sizeof option_clash / sizeof *option_clash; i++) {
        const int a = option_clash[i][0], b = option_clash[i][1];
        if (o->value[a] && o->value[b]) {
            trouble_set(t, TROUBLE_USER, "--%s and --%s do not go together", option_table[a].name, option_table[b].name);
        }
    }
    if (o->value[opt_IN] && o->texts > 0) {
        trouble_set(t, TROUBLE_USER, "--in and '%s': give texts or a file, not both", show(o->text[0], strlen(o->text[0])).text);
    }
    if (o->value[opt_MILLISECONDS] && !o->value[opt_BENCH]) {
        trouble_set(t, TROUBLE_USER, "--milliseconds says how long --bench takes");
    }
    if (o->value[opt_PAIR] && o->format == FORMAT_IDS) {
        trouble_set(t, TROUBLE_USER, "--pair joins texts, not ids");
    }
    if (o->value[opt_NO_SPECIAL] && o->format == FORMAT_IDS) {
        trouble_set(t, TROUBLE_USER, "--no-special is for texts: ids are taken as they are");
    }
    if (o->value[opt_PAIR] && o->format == FORMAT_LINES && o->texts % 2 != 0) {
        trouble_set(t, TROUBLE_USER, "--pair: the number of texts is odd (%d)", o->texts);
    }
#ifndef MODEL_THREADS
    if (o->threads > 1) {
        trouble_set(t, TROUBLE_USER, "--threads=%d: this binary was built without threads", o->threads);
    }
#endif
    if (!o->value[opt_IN] && !o->value[opt_BENCH]) {
        if (!model_reads_ids()) {
            trouble_set(t, TROUBLE_USER, "this model takes tensors: --in FILE, see --info");
        } else if (!model_reads_texts() && o->format != FORMAT_IDS) {
            trouble_set(t, TROUBLE_USER, "this model has no tokenizer: use --input-format=ids or --in FILE");
        }
    }
}

static void options_read(options *o, int argc, char **argv, trouble *t)
{
    *o = (options){{NULL}, FORMAT_LINES, 0, 1, 0, argv, 0};
    int only_texts = 0;
    for (int i = 1; i < argc && !t->code; i++) {
        const char *const a = argv[i];
        if (only_texts || a[0] != '-' || a[1] == '\0') {
            argv[o->texts++] = argv[i]; /* texts move to the front: never past i */
        } else if (strcmp(a, "--") == 0) {
            only_texts = 1;
        } else if (strcmp(a, "-h") == 0) {
            o->value[opt_HELP] = "";
        } else if (a[1] != '-') {
            trouble_set(t, TROUBLE_USER, "unknown option '%s'", show(a, strlen(a)).text);
            trouble_hint(t, "--help lists the options; write -- before a text that begins with -");
        } else {
            i = option_read(o, argc, argv, i, t);
        }
    }
    if (t->code || o->value[opt_HELP] || o->value[opt_VERSION] || o->value[opt_INFO]) {
        return;
    }
    o->batch = option_number(o, opt_BATCH, 0, 1000000, t);
    o->threads = option_number(o, opt_THREADS, cores_allowed(), 1024, t);
    o->milliseconds = option_number(o, opt_MILLISECONDS, 3000, 1000000, t);
    o->format = option_format(o, t);
    const char *const device = o->value[opt_DEVICE];
    if (device && strcmp(device, "cuda") != 0 && strcmp(device, "cpu") != 0) {
        trouble_set(t, TROUBLE_USER, "--device=%s: not cuda or cpu", show(device, strlen(device)).text);
    }
    options_check(o, t);
}

static void options_help(bytes *out)
{
    char line[256];
    if (model.title[0]) {
        bytes_string(out, model.name);
        bytes_string(out, " - ");
        bytes_string(out, model.title);
        bytes_string(out, "\n\n");
    }
    const char *const how = model_reads_texts() ? "[option ...] [text ...]    texts, or lines on standard input"
                            : model_reads_ids() ? "--input-format=ids [option ...] [ids ...]    ids, or lines of ids on standard input"
                                                : "--in FILE [--out FILE] [option ...]";
    snprintf(line, sizeof line, "usage: %s %s\n\n", model.name, how);
    bytes_string(out, line);
    for (int i = 0; i < OPTIONS; i++) {
        const option_row *const row = &option_table[i];
        if (option_serves(row->needs)) {
            char left[40];
            snprintf(left, sizeof left, "--%s%s%s", row->name, row->value ? "=" : "", row->value ? row->value : "");
            snprintf(line, sizeof line, "  %-22s  %s\n", left, row->help);
            bytes_string(out, line);
        }
    }
    if (model.states > 0) {
        bytes_string(out, "\nThe model remembers: each text begins with what the one before left. Each sequence of --in begins anew.\n");
    }
    bytes_string(out, "\nExit codes: 0 all is well, 1 the input or the output is not, 2 the program is not.\n");
}

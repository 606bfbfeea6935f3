/* The command line of a compiled RASP program: an input a line (or an argument), a result a line. */

/* ---- one run ---- */

static void make_room(size_t n)
{
    if (n > cli.room || !cli.workspace) {
        const size_t elements = ABOUT_GRIDS ? n * n : n;
        if (n > INT32_MAX || (ABOUT_GRIDS && n > 40000)) {
            stop(1, "it has too many tokens", "");
        }
        for (int i = 0; i < ABOUT_INPUTS; i++) {
            cli.input[i] = grown(cli.input[i], n, sizeof(int64_t));
        }
        for (int i = 0; i < ABOUT_OUTPUTS; i++) {
            cli.output[i] = grown(cli.output[i], elements, sizeof(int64_t));
        }
        cli.room = n;
    }
    const size_t need = about_workspace((int64_t)n);
    if (need > cli.workspace_bytes || !cli.workspace) {
        if (need > SIZE_MAX - 64) {
            stop(1, "it has too many tokens", "");
        }
        free(cli.workspace);
        cli.workspace = grown(NULL, need + 64, 1);
        cli.workspace_bytes = need;
    }
}

static void run(void)
{
    const size_t n = cli.tokens;
    if (n == 0) {
        stop(1, about_value, "the input is empty");
    }
    make_room(n);
    void *const aligned = (char *)cli.workspace + (64 - (uintptr_t)cli.workspace % 64) % 64;
    for (;;) {
        int status = 0;
        if (model_texts_begin(&cli.texts, cli.text_memory, cli.text_bytes)) {
            for (int k = 0; k < ABOUT_INPUTS; k++) {
                for (size_t i = 0; i < n; i++) {
                    token_fill(&cli.token[i], i, k);
                }
            }
            status = cli.texts.full ? 0 : about_run((int32_t)n, aligned, cli.workspace_bytes);
        }
        if (!cli.texts.full) {
            if (status) {
                stop(1, about_error(status), "");
            }
            return;
        }
        if (cli.text_bytes >= (size_t)1 << 31) {
            stop(1, "its strings need more than 2 GiB", "");
        }
        cli.text_bytes = cli.text_bytes ? 4 * cli.text_bytes : 1 << 16;
        free(cli.text_memory);
        cli.text_memory = grown(NULL, cli.text_bytes, 1);
    }
}

/* ---- results ---- */

static const struct about_leaf *leaf; /* the one that is written */

static int element_type(size_t i)
{
    return leaf->type >= 0 ? (int)((const int64_t *)cli.output[leaf->type])[i] : leaf->only;
}

static void put_string(const char *text, size_t size)
{
    if (!cli.json) {
        bytes_add(&cli.out, text, size);
        return;
    }
    put("\"");
    for (size_t i = 0; i < size; i++) {
        char escape[8];
        const unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\' || c < ' ') {
            snprintf(escape, sizeof escape, c < ' ' ? "\\u%04x" : "\\%c", c);
            put(escape);
        } else {
            bytes_add(&cli.out, text + i, 1);
        }
    }
    put("\"");
}

static void put_element(size_t i)
{
    char room[400];
    size_t size;
    const int type = element_type(i);
    if (type == TOKEN_STR) {
        char string[16];
        const char *const text = model_string(&cli.texts, ((const int64_t *)cli.output[leaf->text])[i], &size, string);
        put_string(text, size);
    } else if (type == TOKEN_FLOAT) {
        double value = ((const double *)cli.output[leaf->real])[i];
        if (!cli.json && value - value == 0) { /* shown to three digits */
            snprintf(room, sizeof room, "%.3f", value);
            value = strtod(room, NULL);
        }
        const char *const text = real_text(value, room);
        put(cli.json && !(value - value == 0) ? (value != value ? "NaN" : value > 0 ? "Infinity" : "-Infinity") : text);
    } else {
        const void *const values = cli.output[leaf->whole];
        const int64_t value = leaf->bytes ? ((const uint8_t *)values)[i] : ((const int64_t *)values)[i];
        if (type == TOKEN_BOOL) {
            put(cli.json ? (value ? "true" : "false") : value ? "T" : "F");
        } else {
            put(whole_text(value, room));
        }
    }
}

/* The element is the first one over again. */
static int is_first_again(size_t i)
{
    const int type = element_type(i);
    if (type != element_type(0)) {
        return 0;
    }
    if (type == TOKEN_FLOAT) {
        const double *const reals = cli.output[leaf->real];
        return reals[i] == reals[0];
    }
    const void *const values = cli.output[type == TOKEN_STR ? leaf->text : leaf->whole];
    return leaf->bytes && type != TOKEN_STR ? ((const uint8_t *)values)[i] == ((const uint8_t *)values)[0]
                                            : ((const int64_t *)values)[i] == ((const int64_t *)values)[0];
}

static void put_sequence(void)
{
    static const char *const name[] = {"bools", "ints", "floats", "strings"};
    unsigned types = 0;
    int same = !cli.json && cli.tokens > 1;
    for (size_t i = 0; i < cli.tokens; i++) {
        same = same && is_first_again(i);
        types |= 1u << element_type(i);
    }
    put("[");
    for (size_t i = 0; i < (same ? 1 : cli.tokens); i++) {
        put(i ? ", " : "");
        put_element(i);
    }
    put("]");
    if (!cli.json) {
        char times[32];
        snprintf(times, sizeof times, "*%zu", cli.tokens);
        put(same ? times : "");
        put(" (");
        put(name[types & 8u || !types ? 3 : types & 4u ? 2 : types & 2u ? 1 : 0]);
        put(")");
    }
}

static void put_grid(void)
{
    const uint8_t *const grid = cli.output[leaf->whole];
    const size_t n = cli.tokens;
    put(cli.json ? "[" : "");
    for (size_t q = 0; q < n; q++) {
        put(cli.json ? (q ? ", [" : "[") : q ? "\n" : "");
        for (size_t k = 0; k < n; k++) {
            put(k ? (cli.json ? ", " : " ") : "");
            put(grid[q * n + k] ? "1" : "0");
        }
        put(cli.json ? "]" : "");
    }
    put(cli.json ? "]" : "");
}

/* What is known of the value stands before, between and behind its sequences and grids. */
static void put_value(void)
{
    for (int i = 0; i < ABOUT_LEAVES; i++) {
        leaf = &about_leaf[i];
        put(cli.json ? about_known[i].json : about_known[i].text);
        if (leaf->grid) {
            put_grid();
        } else {
            put_sequence();
        }
    }
    put(cli.json ? about_known[ABOUT_LEAVES].json : about_known[ABOUT_LEAVES].text);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void answer(void)
{
    cli.tokens = cli.made.size = cli.out.size = 0;
    const double began = seconds();
    int rounds = 0;
    do {
        cli.tokens = cli.made.size = cli.out.size = 0;
        if (cli.json_input) {
            read_json();
        } else {
            read_characters(cli.line.at, cli.line.size, 0, 0);
        }
        run();
        put_value();
        put("\n");
        rounds++;
    } while (cli.bench && seconds() - began < 1.0);
    if (cli.bench) {
        const double each = (seconds() - began) / rounds;
        const char *const device = ABOUT_DEVICE ? about_device() : NULL;
        printf("%zu tokens: %.6f ms each, %.0f tokens/s%s%s\n", cli.tokens, 1000 * each, (double)cli.tokens / each, device ? ", " : "",
               device ? device : "");
    } else if (fwrite(cli.out.at, 1, cli.out.size, stdout) != cli.out.size) {
        stop(1, "the result cannot be written", "");
    }
}

static int next_line(void)
{
    int c = getc(stdin);
    cli.line.size = 0;
    if (c == EOF) {
        return 0;
    }
    for (; c != EOF && c != '\n'; c = getc(stdin)) {
        const char byte = (char)c;
        bytes_add(&cli.line, &byte, 1);
    }
    cli.line.size -= cli.line.size > 0 && cli.line.at[cli.line.size - 1] == '\r';
    return 1;
}

/* A GPU answers if there is one; whoever demands one wants no other answer. */
static void choose_device(void)
{
    const int asked = ABOUT_DEVICE && !(cli.device && strcmp(cli.device, "cpu") == 0);
    const char *const why = asked ? about_open_device() : NULL;
    if (why && cli.device) {
        fprintf(stderr, "%s: error: --device=%s: %s\n", about_name, cli.device, why);
        exit(1);
    }
    if (why) {
        fprintf(stderr, "%s: %s; the CPU answers\n", about_name, why);
    }
}

static void help(void)
{
    printf("usage: %s [--json] [--input-format=json] [--bench] [INPUT...]\n"
           "The program's value on each INPUT, or line of standard input.\n\n"
           "  --json               results as JSON (default: as RASP shows them)\n"
           "  --input-format=json  an input is a JSON string, or an array of tokens (default: its characters are the tokens)\n"
           "  --bench              how long an input takes, from its text to its result\n"
           "%s"
           "  --help, --version\n",
           about_name, ABOUT_DEVICE ? "  --device=NAME        cuda or cpu (default: cuda, and where there is none cpu)\n" : "");
}

static int option(const char *word)
{
    if (strcmp(word, "--json") == 0) {
        cli.json = 1;
    } else if (strcmp(word, "--text") == 0 || strcmp(word, "--input-format=lines") == 0) {
        return 1;
    } else if (strcmp(word, "--input-format=json") == 0) {
        cli.json_input = 1;
    } else if (strcmp(word, "--bench") == 0) {
        cli.bench = 1;
    } else if (ABOUT_DEVICE && (strcmp(word, "--device=cuda") == 0 || strcmp(word, "--device=cpu") == 0)) {
        cli.device = word + strlen("--device=");
    } else if (strcmp(word, "--help") == 0) {
        help();
        exit(0);
    } else if (strcmp(word, "--version") == 0) {
        printf("%s, by sinter %s\n", about_name, about_version);
        exit(0);
    } else {
        return 0;
    }
    return 1;
}

int main(int argc, char **argv)
{
    int inputs = 0, plain = 0;
    cli.place = "argument ";
    bytes_add(&cli.line, "", 0);
    for (int i = 1; i < argc; i++) {
        const int is_option = !plain && argv[i][0] == '-' && argv[i][1] == '-';
        if (is_option && strcmp(argv[i], "--") == 0) {
            plain = 1;
            argv[i] = NULL;
        } else if (is_option) {
            if (strcmp(argv[i], "--input-format") == 0 && i + 1 < argc) {
                cli.json_input = strcmp(argv[i + 1], "json") == 0;
                argv[i] = NULL;
                argv[++i] = NULL;
                continue;
            }
            if (!option(argv[i])) {
                fprintf(stderr, "%s: error: unknown option '%s'\n", about_name, argv[i]);
                return 1;
            }
            argv[i] = NULL;
        } else {
            inputs++;
        }
    }
    choose_device();
    for (int i = 1; i < argc; i++) {
        if (argv[i]) {
            cli.number++;
            cli.line.size = 0;
            bytes_add(&cli.line, argv[i], strlen(argv[i]));
            answer();
        }
    }
    cli.place = inputs ? cli.place : "line ";
    while (!inputs && (cli.number++, next_line())) {
        answer();
    }
    if (fflush(stdout) != 0) {
        stop(1, "the results cannot be written", "");
    }
    return 0;
}

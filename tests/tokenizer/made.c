#include "made.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const char made_tables_head[] =
    "/* tables.h - the tables of a tiny tokenizer, so that these files compile as they stand. In generated code those of the model's own\n"
    " * tokenizer stand in their place. Made of tests/tokenizer/tiny/tokenizer.json by tests/tokenizer/driver/make.c. */\n"
    "#ifndef MODEL_TOKENIZER_TABLES_H\n"
    "#define MODEL_TOKENIZER_TABLES_H\n"
    "\n"
    "#include \"types.h\"\n"
    "\n"
    "#define MODEL_TOKENS_MAX 16 /* in the model's header */\n"
    "\n";
const char made_tables_tail[] = "\n#endif\n";

/* Copies a runtime file without its own #include "..." lines, model_ made tiny_ and MODEL_ made TINY_. */
static int paste(const char *source, const char *name, FILE *out)
{
    char path[1024], line[1024];
    snprintf(path, sizeof path, "%s/runtime/tokenizer/%s", source, name);
    FILE *in = fopen(path, "r");
    if (!in) {
        return 0;
    }
    while (fgets(line, sizeof line, in)) {
        if (strncmp(line, "#include \"", 10) == 0) {
            continue;
        }
        for (const char *c = line; *c; c++) {
            const int starts = c == line || !(isalnum((unsigned char)c[-1]) || c[-1] == '_');
            if (starts && strncmp(c, "model_", 6) == 0) {
                fputs("tiny_", out);
                c += 5;
            } else if (starts && strncmp(c, "MODEL_", 6) == 0) {
                fputs("TINY_", out);
                c += 5;
            } else {
                fputc(*c, out);
            }
        }
    }
    fclose(in);
    return 1;
}

static FILE *open_in(const char *folder, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return fopen(path, "w");
}

static int write_header(const Tokenizer *t, const char *source, const char *folder)
{
    FILE *out = open_in(folder, "tiny.h");
    if (!out) {
        return 0;
    }
    fprintf(out, "#define TINY_TOKENS_MAX %d\n#define TINY_IDS %d\n", tokenizer_max_length(t), tokenizer_ids(t));
    const int good = paste(source, "tokenizer.h", out);
    return fclose(out) == 0 && good;
}

int made_write(const Tokenizer *t, const char *source, const char *folder)
{
    FILE *out = write_header(t, source, folder) ? open_in(folder, "tiny_tokenizer.c") : NULL;
    if (!out) {
        return 0;
    }
    fprintf(out, "#include \"tiny.h\"\n\n");
    int good = 1;
    for (const char *const *file = tokenizer_files(t); *file; file++) {
        good = paste(source, *file, out) && good;
        fputc('\n', out);
        if (file == tokenizer_files(t)) {
            tokenizer_emit(t, out);
            fputc('\n', out);
        }
    }
    return fclose(out) == 0 && good;
}

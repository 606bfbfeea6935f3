/* <name>_tokenizer.c: the tokenizer with its tables. */
#include "model.h"
#include "paste.h"

#include "../compiler/tokenizer/tokenizer.h"

#include <stdio.h>
#include <stdlib.h>

/* Types and functions of the tokenizer, for the model's header. */
void tokenizer_header(Model *m, Text *out)
{
    paste_file(m->p, "tokenizer/tokenizer.h", out);
    text_trim(out);
    text_line(out, "%s", "");
    text_line(out, "enum { %s_TOKENS_MAX = %d };", m->p->PREFIX, tokenizer_max_length(m->p->options->tokenizer));
    text_line(out, "%s", "");
}

void tokenizer_print(Model *m, Text *out)
{
    Plan *p = m->p;
    const char *const *file = tokenizer_files(p->options->tokenizer);
    char *tables = NULL;
    size_t bytes = 0;
    text_line(out, "/* %s_tokenizer.c", p->prefix);
    text_raw(out, "%s */\n", m->banner);
    text_line(out, "#include \"%s.h\"", p->prefix);
    paste_file(p, arena_printf(p->arena, "tokenizer/%s", file[0]), out);
    FILE *stream = open_memstream(&tables, &bytes);
    if (!stream) {
        diag_error(p->diag, (Span){0}, "there is no memory for the tables of the tokenizer");
        return;
    }
    tokenizer_emit(p->options->tokenizer, stream);
    fclose(stream);
    text_bytes(out, tables, bytes);
    free(tables);
    for (int i = 1; file[i]; i++) {
        paste_file(p, arena_printf(p->arena, "tokenizer/%s", file[i]), out);
    }
}

/* A tokenizer.json for a vocabulary that is known: no specials, nothing normalized. */
#include "../value.h"
#include "inner.h"

static const char head[] =
    "{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n  \"added_tokens\": [],\n"
    "  \"normalizer\": {\"type\": \"BertNormalizer\", \"clean_text\": false, \"handle_chinese_chars\": false, \"strip_accents\": false,\n"
    "                 \"lowercase\": false},\n"
    "  \"pre_tokenizer\": {\"type\": \"BertPreTokenizer\"},\n  \"post_processor\": null,\n  \"decoder\": null,\n"
    "  \"model\": {\n    \"type\": \"WordPiece\",\n    \"unk_token\": \"[UNK]\",\n    \"continuing_subword_prefix\": \"##\",\n";

void tokenizer_write(Arena *arena, const Str *token, int n, int inside, FILE *out)
{
    fputs(head, out);
    fprintf(out, "    \"max_input_chars_per_word\": %d,\n    \"vocab\": {\n", WORD_LONGEST);
    for (int part = 0; part <= inside; part++) {
        for (int i = 0; i < n; i++) {
            fputs("      ", out);
            value_print_string(arena_printf(arena, "%s%s", part ? "##" : "", token[i]), out);
            fprintf(out, ": %d,\n", part * n + i);
        }
    }
    fprintf(out, "      \"[UNK]\": %d\n    }\n  }\n}\n", n * (1 + inside));
}

/* A tokenizer.json for a vocabulary that is known: nothing special, nothing normalized. */
#include "../value.h"
#include "inner.h"

static const char head[] = "{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n  \"added_tokens\": [],\n";
static const char middle[] = "  \"post_processor\": null,\n  \"decoder\": null,\n";
static const char tail[] = "\n    }\n  }\n}\n";

static void put_words(Arena *arena, const Str *word, int n, const char *before, int first, FILE *out)
{
    for (int i = 0; i < n; i++) {
        fputs(first + i ? ",\n      " : "      ", out);
        value_print_string(arena_printf(arena, "%s%s", before, word[i]), out);
        fprintf(out, ": %d", first + i);
    }
}

void tokenizer_write_characters(Arena *arena, const Str *character, int n, FILE *out)
{
    fputs(head, out);
    fputs("  \"normalizer\": {\"type\": \"BertNormalizer\", \"clean_text\": false, \"handle_chinese_chars\": false,\n", out);
    fputs("                 \"strip_accents\": false, \"lowercase\": false},\n", out);
    fputs("  \"pre_tokenizer\": {\"type\": \"BertPreTokenizer\"},\n", out);
    fputs(middle, out);
    fprintf(out,
            "  \"model\": {\n    \"type\": \"WordPiece\",\n    \"unk_token\": \"[UNK]\",\n    \"continuing_subword_prefix\": \"##\",\n"
            "    \"max_input_chars_per_word\": %d,\n    \"vocab\": {\n",
            WORD_LONGEST);
    put_words(arena, character, n, "", 0, out);
    put_words(arena, character, n, "##", n, out);
    fprintf(out, ",\n      \"[UNK]\": %d%s", 2 * n, tail);
}

void tokenizer_write_words(Arena *arena, const Str *word, int n, FILE *out)
{
    Str unknown = str_of("[UNK]");
    for (int i = 0; i < n; i++) {
        if (word[i] == unknown) {
            unknown = str_format("[%s]", unknown);
            i = -1; /* again from the first */
        }
    }
    fputs(head, out);
    fputs("  \"normalizer\": null,\n  \"pre_tokenizer\": {\"type\": \"WhitespaceSplit\"},\n", out);
    fputs(middle, out);
    fprintf(out, "  \"model\": {\n    \"type\": \"WordLevel\",\n    \"unk_token\": \"%s\",\n    \"vocab\": {\n", unknown);
    put_words(arena, word, n, "", 0, out);
    fputs(tail, out);
}

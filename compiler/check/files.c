/* Files that a text names: configs, weights, the tokenizer; and the keys in them that nothing read. */
#include "checker.h"

#include "../embed.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static const char *resolved(Check *c, Str file)
{
    const int beside = !c->directory || !c->directory[0] || strcmp(c->directory, ".") == 0;
    return file[0] == '/' || beside ? file : arena_printf(c->arena, "%s/%s", c->directory, file);
}

static int is_missing(const char *path)
{
    struct stat about;
    return stat(path, &about) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

static Str file_name(Check *c, Scope *scope, const Ast *ast)
{
    const Value *v = fixed_must(c, scope, ast, "the name of a file");
    if (v && v->kind != V_STR) {
        check_error(c, ast->span, "a file name was expected, this is %s", fixed_show(c, v));
        return NULL;
    }
    return v ? v->text : NULL;
}

/* It is among what the model is made from, however often the text names it. */
static void is_made_from(Check *c, Str file)
{
    for (int i = 0; i < c->graph->files.n; i++) {
        if (strcmp(c->graph->files.at[i], file) == 0) {
            return;
        }
    }
    vec_push(c->graph->arena, c->graph->files, file);
}

/* ---- configs ---------------------------------------------------------------------------------------------------------------------- */

/* "a.json" ?? "b.json" ?? none: the first file that is there. 0: reported; *file NULL: none of them. */
static int first_there(Check *c, Scope *scope, const Ast *ast, Str *file)
{
    for (; ast->kind == AST_ABSENT; ast = ast->kid.at[1]) {
        *file = file_name(c, scope, ast->kid.at[0]);
        if (!*file || !is_missing(resolved(c, *file))) {
            return *file != NULL;
        }
    }
    const Value *last = fixed_try(c, scope, ast);
    if (last && last != &fixed_error && last->kind == V_NULL) {
        *file = NULL;
        return 1;
    }
    *file = file_name(c, scope, ast);
    return *file != NULL;
}

static void config(Check *c, Scope *scope, const Stmt *stmt)
{
    static const Value absent = {.kind = V_NULL};
    Str file = NULL;
    const int known = first_there(c, scope, stmt->value, &file);
    const Value *value = known && file ? value_from_json_file(c->arena, c->d, resolved(c, file)) : known ? &absent : NULL;
    if (value && file && value->kind != V_OBJECT && value->kind != V_LIST) {
        check_error(c, value->span, "a config is an object or a list, this is %s", fixed_show(c, value));
        value = NULL;
    }
    c->broken |= value == NULL;
    scope_define(c, scope, value ? EN_FIXED : EN_ERROR, stmt->name, stmt->name_span)->value = value;
    if (value && file) {
        c->config_name = c->config_name ? c->config_name : file;
        is_made_from(c, file);
        vec_push(c->arena, c->configs, value);
    }
}

/* ---- weights ---------------------------------------------------------------------------------------------------------------------- */

static int is_plain(const Ast *string)
{
    return string->kid.n == 0 || (string->kid.n == 1 && string->kid.at[0]->kind == AST_TEXT);
}

static void weights(Check *c, Scope *scope, const Stmt *stmt)
{
    Str file = file_name(c, scope, stmt->value), prefix = stmt->under ? file_name(c, scope, stmt->under) : str_of("");
    if (!file || !prefix) {
        return;
    }
    if (!prefix[0] && c->graph->weights) {
        check_error(c, stmt->span, "the weights are named twice");
        check_hint(c, "a second file needs a prefix for the names in it: weights \"small\" = \"%s\"", file);
        return;
    }
    c->graph->weights = prefix[0] ? c->graph->weights : file;
    c->weights = weights_add(c->arena, c->d, c->weights, prefix, resolved(c, file));
    c->graph->weight_file = c->weights;
    c->unreadable |= c->weights == NULL;
    c->broken |= c->unreadable;
    is_made_from(c, file);
}

/* Weights whose name is written out are open before anything is read: their statement may stand anywhere. */
int files_open(Check *c, const StmtList *text)
{
    for (int i = 0; i < text->n; i++) {
        if (text->at[i]->kind == STMT_WEIGHTS && !text->at[i]->under && is_plain(text->at[i]->value)) {
            weights(c, c->global, text->at[i]);
        }
    }
    return !c->unreadable;
}

/* ---- statements ------------------------------------------------------------------------------------------------------------------- */

void file_statement(Check *c, Scope *scope, const Stmt *stmt)
{
    switch ((int)stmt->kind) {
    case STMT_CONFIG: config(c, scope, stmt); return;
    case STMT_WEIGHTS:
        if (stmt->under || !is_plain(stmt->value)) {
            weights(c, scope, stmt);
        }
        return;
    default: break;
    }
    if (c->unit != c->graph->top) {
        check_error(c, stmt->span, "this belongs to the top of the model");
    } else if (stmt->kind == STMT_MODEL) {
        c->graph->name = stmt->name;
    } else {
        Str file = NULL;
        const Ast *first = stmt->value->kind == AST_ABSENT ? stmt->value->kid.at[0] : stmt->value;
        if (first_there(c, scope, stmt->value, &file) && file && is_missing(resolved(c, file))) {
            file = file_name(c, scope, first); /* none of them: the first is the one that is missed */
        }
        c->graph->tokenizer = file;
        if (file) {
            is_made_from(c, file);
        }
    }
}

/* ---- keys that nothing read ------------------------------------------------------------------------------------------------------- */

/* A pattern with one * at its begin, its end, or both. */
static int matches(const char *pattern, size_t n, const char *name)
{
    const size_t length = strlen(name);
    const int front = n && pattern[0] == '*', back = n > 1 && pattern[n - 1] == '*';
    const char *core = pattern + front;
    const size_t m = n - (size_t)front - (size_t)back;
    if (m > length) {
        return 0;
    }
    for (size_t at = 0; at + m <= length; at++) {
        if ((front || at == 0) && (back || at + m == length) && strncmp(name + at, core, m) == 0) {
            return 1;
        }
    }
    return 0;
}

/* A row of the table: NAME, the key's own or with the keys above it, or NAME = VALUE as messages show one. */
static int row_says(Check *c, const char *row, size_t n, const ValueMember *member, Str path)
{
    size_t name = strcspn(row, " =\n");
    name = name < n ? name : n;
    if (!name || (!matches(row, name, member->name) && !matches(row, name, path))) {
        return 0;
    }
    size_t at = name + strspn(row + name, " ");
    if (at >= n || row[at] != '=') {
        return 1;
    }
    at += 1 + strspn(row + at + 1, " ");
    const char *shown = fixed_show(c, &member->value);
    return strlen(shown) == n - at && strncmp(row + at, shown, n - at) == 0;
}

/* Keys that cannot matter for what a model computes stand in one table. */
static int cannot_matter(Check *c, const ValueMember *member, Str path)
{
    const Embedded *table = embed_find("examples/hf/IGNORED");
    for (const char *row = table ? table->text : ""; *row;) {
        const size_t line = strcspn(row, "\n");
        size_t n = strcspn(row, "#\n");
        while (n && row[n - 1] == ' ') {
            n--;
        }
        if (n && row_says(c, row, n, member, path)) {
            return 1;
        }
        row += line + (row[line] == '\n');
    }
    return 0;
}

/* `.key` stands somewhere in the text, perhaps in a branch that other values of the config lead to. */
static int is_mentioned(const Source *source, Str key)
{
    const size_t n = strlen(key);
    const char *const end = source->text + source->bytes;
    int string = 0, comment = 0;
    for (const char *at = source->text; at < end; at++) {
        string ^= *at == '"' && !comment;
        comment = *at != '\n' && (comment || (*at == '#' && !string));
        const size_t left = (size_t)(end - at) - 1;
        if (*at == '.' && !comment && n <= left && memcmp(at + 1, key, n) == 0) {
            const char after = n < left ? at[1 + n] : ' ';
            if (!isalnum((unsigned char)after) && after != '_') {
                return 1;
            }
        }
    }
    return 0;
}

static void unread_key(void *context, const ValueMember *member, Str path)
{
    Check *c = context;
    if (member->value.kind != V_NULL && !cannot_matter(c, member, path) && !is_mentioned(c->graph->source, member->name)) {
        diag_warning(c->d, member->name_span, "the model does not read the key '%s'", path);
    }
}

void files_warn_unread(Check *c)
{
    for (int i = 0; i < c->configs.n; i++) {
        value_each_unread(c->configs.at[i], unread_key, c);
    }
}

/* ---- where a value comes from ----------------------------------------------------------------------------------------------------- */

static Str name_below(const Value *value, const Value *wanted)
{
    if (value->kind == V_LIST) {
        for (int i = 0; i < value->list.n; i++) {
            Str found = name_below(&value->list.at[i], wanted);
            if (found) {
                return found;
            }
        }
    }
    for (int i = 0; value->kind == V_OBJECT && i < value->object.n; i++) {
        const Value *member = &value->object.at[i].value;
        const int here = member->kind == wanted->kind && member->span.begin == wanted->span.begin;
        Str found = here ? value->object.at[i].name : name_below(member, wanted);
        if (found) {
            return found;
        }
    }
    return NULL;
}

static void note_value(Check *c, const Value *value)
{
    for (int i = 0; value->span.source && i < c->configs.n; i++) {
        Str key = value->span.source == c->configs.at[i]->span.source ? name_below(c->configs.at[i], value) : NULL;
        if (key) {
            check_note(c, value->span, "'%s' is %s here", key, fixed_show(c, value));
            return;
        }
    }
}

/* Below an error about a condition: the configs' values that stand in it. */
void files_note_values(Check *c, Scope *scope, const Ast *ast)
{
    const int is_value = ast->kind == AST_MEMBER || ast->kind == AST_NAME || ast->kind == AST_INDEX;
    const Value *value = is_value ? fixed_try(c, scope, ast) : NULL;
    if (value && value != &fixed_error && value->kind != V_NULL && value->kind != V_OBJECT) {
        note_value(c, value);
        return;
    }
    for (int k = 0; k < ast->kid.n; k++) {
        files_note_values(c, scope, ast->kid.at[k]);
    }
    for (int k = 0; k < ast->item.n; k++) {
        files_note_values(c, scope, ast->item.at[k]);
    }
}

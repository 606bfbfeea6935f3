/* Statements, executed in order. Static ones are done with afterwards; equations leave nodes. */
#include "checker.h"

#include <string.h>

static int prefix_exists(Check *c, Str prefix)
{
    int n = 0;
    const Str *names = c->weights ? weights_names(c->weights, &n) : NULL;
    const size_t length = strlen(prefix);
    for (int i = 0; i < n; i++) {
        if (strncmp(names[i], prefix, length) == 0 && (!length || names[i][length] == '.')) {
            return 1;
        }
    }
    return 0;
}

/* under "model" ?? "": the first prefix that some parameter has */
void prefix_under(Check *c, Scope *scope, const Ast *under)
{
    for (;;) {
        const Ast *one = under->kind == AST_ABSENT ? under->kid.at[0] : under;
        const Value *v = fixed_must(c, scope, one, "a prefix of names");
        if (!v) {
            return;
        }
        if (v->kind != V_STR) {
            check_error(c, one->span, "a prefix of names is a string, this is %s", fixed_show(c, v));
            return;
        }
        Str prefix = !v->text[0] ? c->prefix : !c->prefix[0] ? v->text : str_format("%s.%s", c->prefix, v->text);
        if (one == under || prefix_exists(c, prefix)) {
            c->prefix = prefix;
            return;
        }
        under = under->kid.at[1];
    }
}

/* A text with values in it, of any kind. */
static const char *message_of(Check *c, Scope *scope, const Ast *string)
{
    const char *text = "";
    for (int i = 0; i < string->kid.n; i++) {
        const Ast *part = string->kid.at[i];
        const Value *v = part->kind == AST_TEXT ? NULL : fixed_try(c, scope, part);
        if (part->kind != AST_TEXT && !v) {
            check_error(c, part->span, "a part of a message has to be known when the model is compiled");
        }
        const char *shown = part->kind == AST_TEXT ? part->name : !v ? "?" : v->kind == V_STR ? v->text : fixed_show(c, v);
        text = arena_printf(c->arena, "%s%s", text, shown);
    }
    return text;
}

static void require(Check *c, Scope *scope, const Stmt *stmt)
{
    const Value *v = fixed_must(c, scope, stmt->value, "a requirement");
    if (!v) {
        return;
    }
    if (v->kind != V_BOOL) {
        check_error(c, stmt->value->span, "a condition was expected");
        return;
    }
    if (!v->boolean) {
        check_error(c, stmt->span, "%s", message_of(c, scope, stmt->other));
        files_note_values(c, scope, stmt->value);
    }
}

static void branch(Check *c, Scope *scope, const Stmt *stmt)
{
    const int before = c->d->errors;
    const Value *v = fixed_try(c, scope, stmt->value);
    if (!v && c->d->errors == before) {
        control_if(c, scope, stmt);
    }
    if (!v || v == &fixed_error || !fixed_must(c, scope, stmt->value, "the condition of 'if'")) {
        return;
    }
    if (v->kind != V_BOOL) {
        check_error(c, stmt->value->span, "a condition was expected");
        return;
    }
    statements(c, scope, v->boolean ? &stmt->body : &stmt->otherwise);
}

static void repeat(Check *c, Scope *scope, const Stmt *stmt)
{
    const int before = c->d->errors;
    const Value *v = fixed_try(c, scope, stmt->value);
    if (v == &fixed_error) {
        return;
    }
    const int alike = !stmt->name && !control_grows(&stmt->body); /* the turns, like those of a `for` */
    if (v && (alike || v->kind != V_INT || c->along || c->load)) {
        unit_for(c, scope, stmt);
    } else if (c->d->errors == before) {
        control_repeat(c, scope, stmt);
    }
}

static void let(Check *c, Scope *scope, const Stmt *stmt)
{
    Str name = name_of(c, scope, stmt->name, stmt->at, stmt->name_span);
    const int before = c->d->errors;
    const Value *v = name ? fixed_try(c, scope, stmt->value) : NULL;
    if (name && !v && c->d->errors == before) {
        check_error(c, stmt->value->span, "'let' needs a value that is known when the model is compiled");
        check_hint(c, "an equation needs no 'let': %s[...] = ...", name);
    }
    if (name) {
        Scope *home = stmt->at ? scope_of_function(c, scope) : scope; /* a family outlives the turn of a loop */
        scope_define(c, home, v && v != &fixed_error ? EN_FIXED : EN_ERROR, name, stmt->name_span)->value = v;
    }
}

static void define(Check *c, Scope *scope, const Stmt *stmt)
{
    if (stmt->kind == STMT_FN || stmt->kind == STMT_REDUCER) {
        if (op_of_name(stmt->name) >= 0 || strcmp(stmt->name, "len") == 0) {
            check_error(c, stmt->name_span, "'%s' is a function of the language", stmt->name);
            return;
        }
        Entity *entity = scope_define(c, scope, stmt->kind == STMT_FN ? EN_FN : EN_REDUCER, stmt->name, stmt->name_span);
        entity->stmt = stmt;
        entity->home = scope;
    }
}

static void statement(Check *c, Scope *scope, const Stmt *stmt)
{
    Str prefix = c->prefix;
    if (stmt->span.source && !stmt->span.source->library) {
        c->author = stmt->span;
    } else {
        c->quote = stmt->span;
    }
    switch (stmt->kind) {
    case STMT_MODEL:
    case STMT_CONFIG:
    case STMT_WEIGHTS:
    case STMT_TOKENIZER: file_statement(c, scope, stmt); break;
    case STMT_REQUIRE: require(c, scope, stmt); break;
    case STMT_LET: let(c, scope, stmt); break;
    case STMT_DIM:
    case STMT_RAGGED: dims_statement(c, scope, stmt); break;
    case STMT_PARAM: declare_param(c, scope, stmt); break;
    case STMT_INPUT: declare_input(c, scope, stmt); break;
    case STMT_STATE: declare_state(c, scope, stmt); break;
    case STMT_EQUATION: equation(c, scope, stmt); break;
    case STMT_FN:
    case STMT_REDUCER: break; /* known since the block began */
    case STMT_RETURN:
        c->returning = stmt;
        c->returning_under = c->prefix;
        break;
    case STMT_REPEAT: repeat(c, scope, stmt); break;
    case STMT_FOR: unit_for(c, scope, stmt); break;
    case STMT_UNDER:
        prefix_under(c, scope, stmt->under);
        statements(c, scope, &stmt->body);
        c->prefix = prefix;
        break;
    case STMT_IF: branch(c, scope, stmt); break;
    case STMT_ALONG: along(c, scope, stmt); break;
    case STMT_WHILE: control_while(c, scope, stmt); break;
    case STMT_GROW:
    case STMT_APPEND:
    case STMT_CUT: grow_statement(c, scope, stmt); break;
    }
}

void statements(Check *c, Scope *scope, const StmtList *list)
{
    if (++c->depth > CHECK_DEPTH) {
        c->depth--;
        return;
    }
    for (int i = 0; i < list->n; i++) {
        define(c, scope, list->at[i]);
    }
    for (int i = 0; i < list->n && !c->returning; i++) {
        statement(c, scope, list->at[i]);
        if (c->graph->nodes > CHECK_NODES) {
            check_error(c, list->at[i]->span, "the model has more than %d equations", CHECK_NODES);
            break;
        }
    }
    c->depth--;
}

/* console.c - what the console shows, in the original's form */
#include "program.h"

#include <string.h>

typedef struct Console {
    RaspProgram *p;
    const char *text;
} Console;

static void add(Console *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(Console *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    c->text = arena_printf(c->p->arena, "%s%s", c->text, arena_vprintf(c->p->arena, format, args));
    va_end(args);
}

/* Lines of a grid stand below each other, behind a tab. */
static const char *tabbed(RaspProgram *p, const char *text)
{
    const char *all = "\t\t ";
    for (; *text; text++) {
        all = arena_printf(p->arena, *text == '\n' ? "%s%c\t\t " : "%s%c", all, *text);
    }
    return all;
}

static void add_computed(Console *c, Str name, const RaspValue *value)
{
    RaspProgram *p = c->p;
    const int selector = value->kind == RV_SELECTOR;
    add(c, "     %s: %s\n", selector ? "selector" : "s-op", name);
    if (selector ? p->hide_selectors : p->hide_sops) {
        return;
    }
    const char *shown = rasp_answer(p, p->arena, value, NULL, 0, NULL, RASP_TEXT_FORM);
    if (shown && selector) {
        add(c, "\t Example:\n%s\n", tabbed(p, shown));
    } else if (shown) {
        add(c, "\t Example: %s(%s) = %s\n", name, value_text(p, p->example), shown);
    }
}

static void add_function(Console *c, const RaspFunction *function)
{
    const RaspWords *params = &function->def->names;
    add(c, "     console function: %s(", function->name);
    for (int i = 0; i < params->n; i++) {
        add(c, "%s%s", i ? ", " : "", params->at[i].text);
    }
    add(c, ")\n");
}

static void add_shown(Console *c, const RaspShown *shown)
{
    RaspProgram *p = c->p;
    const RaspValue *value = shown->value;
    if (!value) {
        if (shown->of != RASP_SELECTORS) {
            add(c, "\ts-op example: %s\n", value_text(p, p->example));
        }
        if (shown->of != RASP_SOPS) {
            add(c, "\tselector example: %s\n", value_text(p, p->selector_example));
        }
        return;
    }
    if (value->kind == RV_SOP || value->kind == RV_SELECTOR) {
        add_computed(c, shown->name, value);
    } else if (value->kind == RV_FUNCTION) {
        add_function(c, value->function);
    } else {
        const char *text = rasp_answer(p, p->arena, value, NULL, 0, NULL, RASP_TEXT_FORM);
        if (text && value->kind == RV_SHOWN) {
            add(c, value->applied->kind == RV_SELECTOR ? "\t =\n%s\n" : "\t =  %s\n",
                value->applied->kind == RV_SELECTOR ? tabbed(p, text) : text);
        } else if (text) {
            add(c, "     %s: %s = %s\n", value->kind == RV_LIST ? "list" : value->kind == RV_DICT ? "dict" : "value", shown->name, text);
        }
    }
}

const char *rasp_console_shown(RaspProgram *p)
{
    Console c = {p, ""};
    for (int i = 0; i < p->shown.n; i++) {
        add_shown(&c, &p->shown.at[i]);
    }
    return c.text;
}

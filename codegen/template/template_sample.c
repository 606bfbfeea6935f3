/* The sample of a template: which holes there are, and how many arguments they take. */
#include "template_inner.h"

#include <string.h>

/* "(row, col, acc)": how many, with their names as far as there is room; -1: no bracket follows. */
static int take_parameters(const TemplateLines *l, uint32_t at, Str parameter[TEMPLATE_ARGUMENTS])
{
    const char *text = l->source->text;
    if (at == l->end || text[at] != '(') {
        return -1;
    }
    int n = 0;
    do {
        at++;
        at += (uint32_t)strspn(text + at, " ");
        const uint32_t end = template_word(l, at);
        if (n < TEMPLATE_ARGUMENTS) {
            parameter[n] = str_of_n(text + at, end - at);
        }
        n++;
        at = end + (uint32_t)strspn(text + end, " ");
    } while (at < l->end && text[at] == ',');
    return n;
}

int template_parameters(const Template *t, Str name, const Str **parameter)
{
    for (int i = 0; i < t->sample->hole.n; i++) {
        const TemplateDeclared *hole = &t->sample->hole.at[i];
        if (hole->name == name) {
            *parameter = hole->parameter;
            return hole->arguments;
        }
    }
    return -1;
}

/* "#define $name(a, b) .." */
static int take_define(TemplateLines *l)
{
    static const char define[] = "#define $";
    if (l->end - l->at < sizeof define || strncmp(l->source->text + l->at, define, sizeof define - 1) != 0) {
        return 1;
    }
    const uint32_t from = l->at + sizeof define - 1, end = template_word(l, from);
    TemplateDeclared hole = {.name = str_of_n(l->source->text + from, end - from)};
    hole.arguments = take_parameters(l, end, hole.parameter);
    if (hole.arguments > TEMPLATE_ARGUMENTS) {
        diag_error(l->diag, template_span(l, from - 1, end), "'$%s' takes more than %d arguments", hole.name, TEMPLATE_ARGUMENTS);
        return 0;
    }
    vec_push(l->arena, l->t->sample->hole, hole);
    return 1;
}

int template_sample(TemplateLines *l)
{
    const Span began = template_span(l, l->at, l->end);
    while (template_line(l)) {
        uint32_t from;
        Str directive = template_directive(l, &from);
        if (!directive) {
            if (!take_define(l)) {
                return 0;
            }
        } else if (strcmp(directive, "end") == 0) {
            return 1;
        } else if (directive[0] != '#') {
            diag_error(l->diag, template_span(l, from, l->end), "'//$ %s' within the sample", directive);
            return 0;
        }
    }
    diag_error(l->diag, began, "the sample has no '//$ end'");
    return 0;
}

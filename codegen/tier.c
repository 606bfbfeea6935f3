/* Tiers of a fast target: what each is compiled under, and which one runs. */
#include "model.h"
#include "paste.h"

/* "minilm_run_avx512" */
static const char *entry(const Plan *p, const char *what, const Tier *tier)
{
    return arena_printf(p->arena, "%s_%s_%s", p->prefix, what, tier->name);
}

const char *tier_macro(Plan *p, const Tier *tier)
{
    return arena_printf(p->arena, "%s_TIER_%s", p->PREFIX, name_upper(p, tier->name));
}

const char *tier_names(Plan *p)
{
    const char *names = "";
    for (int i = 0; i < MOST_TIERS && p->options->target->tier[i]; i++) {
        names = arena_printf(p->arena, "%s%s%s", names, i ? ", " : "", p->options->target->tier[i]->name);
    }
    return names;
}

static void print_entries(Plan *p, const Tier *tier, Text *out)
{
    text_line(out, "%s_status %s(const %s_team *team, const %s_io *io, void *workspace, size_t bytes);", p->prefix, entry(p, "run", tier),
              p->prefix, p->prefix);
    if (p->graph->states.n) {
        text_line(out, "void %s(const %s_io *io);", entry(p, "begin", tier), p->prefix);
    }
}

void tier_head_print(Model *m, Text *out)
{
    Plan *p = m->p;
    const Target *target = p->options->target;
    text_line(out, "%s", "");
    text_line(out, "/* Compiled once for each of these, with the flags that the Makefile gives. */");
    for (int i = 0; i < MOST_TIERS && target->tier[i]; i++) {
        const Tier *tier = target->tier[i];
        text_line(out, "#%s defined %s", i ? "elif" : "if", tier_macro(p, tier));
        if (tier->needs) {
            text_line(out, "#if !(%s)", tier->needs);
            text_line(out, "#error \"%s needs%s %s\"", tier_macro(p, tier), tier->flags[0] ? ": cc" : " a compiler for",
                      tier->flags[0] ? tier->flags : tier->says);
            text_line(out, "#endif");
        }
        if (tier->words) {
            text_line(out, "#define %s", tier->words);
        }
        text_line(out, "#define %s_RUN %s", p->PREFIX, entry(p, "run", tier));
        if (p->graph->states.n) {
            text_line(out, "#define %s_BEGIN %s", p->PREFIX, entry(p, "begin", tier));
        }
        print_entries(p, tier, out);
    }
    text_line(out, "#else");
    text_line(out, "#error \"define one of the macros above: see the Makefile\"");
    text_line(out, "#endif");
    text_line(out, "%s", "");
}

void tier_header_print(Model *m, Text *out)
{
    Plan *p = m->p;
    text_line(out,
              "/* Which kernels run: the best that the machine has, as \"avx512: because ...\"; or those of this name from now on, before");
    text_line(out, " * any run begins. 0: there are none, or the machine cannot run them. */");
    text_line(out, "const char *%s_kernels(void);", p->prefix);
    text_line(out, "int %s_use_kernels(const char *name);", p->prefix);
    text_line(out, "%s", "");
    paste_file(p, "team/team.h", out);
    text_line(out, "%s", "");
    text_line(out, "/* As %s_run, by one thread of a team. Returns when all of them are done; the status of rank 0 counts.%s", p->prefix,
              p->scratch ? "" : " */");
    if (p->scratch) {
        text_line(out, " * Each thread beyond the first takes %s_SCRATCH bytes more of workspace. */", p->PREFIX);
    }
    text_line(out, "%s_status %s_run_with(const %s_team *team, const %s_io *io, void *workspace, size_t bytes);", p->prefix, p->prefix,
              p->prefix, p->prefix);
    text_line(out, "%s", "");
    paste_file(p, "team/pool.h", out);
    text_line(out, "%s", "");
}

static void print_table(Plan *p, const Target *target, Text *out)
{
    text_line(out, "struct %s_tier {", p->prefix);
    text_line(out, "    const char *name, *why;");
    text_line(out, "    %s_status (*run)(const %s_team *team, const %s_io *io, void *workspace, size_t bytes);", p->prefix, p->prefix,
              p->prefix);
    if (p->graph->states.n) {
        text_line(out, "    void (*begin)(const %s_io *io);", p->prefix);
    }
    text_line(out, "};");
    text_line(out, "%s", "");
    text_line(out, "static const struct %s_tier %s_tiers[] = {", p->prefix, p->prefix);
    for (int i = 0; i < MOST_TIERS && target->tier[i]; i++) {
        const Tier *tier = target->tier[i];
        const char *begin = p->graph->states.n ? arena_printf(p->arena, ", %s", entry(p, "begin", tier)) : "";
        text_line(out, "    {\"%s\", \"%s: this machine has %s\", %s%s},", tier->name, tier->name, tier->says, entry(p, "run", tier),
                  begin);
    }
    text_line(out, "};");
    text_line(out, "%s", "");
}

/* A condition for each tier; NULL: it holds. */
static void print_switch(const char *name, const char *const *condition, int n, Text *out)
{
    text_line(out, "static int %s(int tier)", name);
    text_line(out, "{");
    text_line(out, "    switch (tier) {");
    for (int i = 0; i < n; i++) {
        text_line(out, "    case %d:", i);
        text_raw(out, "        return %s;\n", condition[i] ? condition[i] : "1");
    }
    text_line(out, "    default:");
    text_line(out, "        return 0;");
    text_line(out, "    }");
    text_line(out, "}");
    text_line(out, "%s", "");
}

void tier_choice_print(Model *m, Text *out)
{
    Plan *p = m->p;
    const Target *target = p->options->target;
    int n = 0;
    text_line(out, "/* The same kernels, compiled for several kinds of machine: see %s_kernels.c. */", p->prefix);
    for (; n < MOST_TIERS && target->tier[n]; n++) {
        print_entries(p, target->tier[n], out);
    }
    text_line(out, "%s", "");
    print_table(p, target, out);
    const char *machine[MOST_TIERS] = {NULL}, *best[MOST_TIERS] = {NULL};
    int choice = 0;
    for (int i = 0; i < n; i++) {
        machine[i] = target->tier[i]->machine;
        best[i] = n > 1 ? target->tier[i]->best : NULL;
        choice |= best[i] != NULL;
    }
    print_switch("machine_has", machine, n, out);
    if (choice) {
        print_switch("machine_likes", best, n, out);
    }
    text_line(out, "static int tier_wanted = -1;");
    text_line(out, "%s", "");
    text_line(out, "static const struct %s_tier *tier_in_use(void)", p->prefix);
    text_line(out, "{");
    text_line(out, "    int tier = tier_wanted < 0 ? 0 : tier_wanted;");
    text_line(out, "    while (tier < %d && !(machine_has(tier)%s)) {", n, choice ? " && (tier_wanted >= 0 || machine_likes(tier))" : "");
    text_line(out, "        tier++;");
    text_line(out, "    }");
    text_line(out, "    return tier < %d ? &%s_tiers[tier] : NULL;", n, p->prefix);
    text_line(out, "}");
    text_line(out, "%s", "");
    text_line(out, "const char *%s_kernels(void)", p->prefix);
    text_line(out, "{");
    text_line(out, "    const struct %s_tier *tier = tier_in_use();", p->prefix);
    text_line(out, "    return tier ? tier->why : NULL;");
    text_line(out, "}");
    text_line(out, "%s", "");
    text_line(out, "int %s_use_kernels(const char *name)", p->prefix);
    text_line(out, "{");
    text_line(out, "    for (int tier = 0; tier < %d; tier++) {", n);
    text_line(out, "        if (strcmp(%s_tiers[tier].name, name) == 0 && machine_has(tier)) {", p->prefix);
    text_line(out, "            tier_wanted = tier;");
    text_line(out, "            return 1;");
    text_line(out, "        }");
    text_line(out, "    }");
    text_line(out, "    return 0;");
    text_line(out, "}");
    text_line(out, "%s", "");
    text_line(out, "%s_status %s_run_with(const %s_team *team, const %s_io *io, void *workspace, size_t bytes)", p->prefix, p->prefix,
              p->prefix, p->prefix);
    text_line(out, "{");
    text_line(out, "    const struct %s_tier *tier = tier_in_use();", p->prefix);
    text_line(out, "    return tier ? tier->run(team, io, workspace, bytes) : %s_NO_KERNELS;", p->PREFIX);
    text_line(out, "}");
    text_line(out, "%s", "");
    text_line(out, "%s_status %s_run(const %s_io *io, void *workspace, size_t bytes)", p->prefix, p->prefix, p->prefix);
    text_line(out, "{");
    text_line(out, "    const %s_team alone = {0, 1, NULL};", p->prefix);
    text_line(out, "    return %s_run_with(&alone, io, workspace, bytes);", p->prefix);
    text_line(out, "}");
    text_line(out, "%s", "");
    if (p->graph->states.n) {
        text_line(out, "void %s_begin(const %s_io *io)", p->prefix, p->prefix);
        text_line(out, "{");
        text_line(out, "    const struct %s_tier *tier = tier_in_use();", p->prefix);
        text_line(out, "    if (tier) {");
        text_line(out, "        tier->begin(io);");
        text_line(out, "    }");
        text_line(out, "}");
        text_line(out, "%s", "");
    }
}

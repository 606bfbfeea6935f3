/* CMakeLists.txt and Makefile beside the sources */
#include "model.h"

#include <string.h>

static const char *sources(Model *m, const char *separator, const char *ending)
{
    Plan *p = m->p;
    const char *text = arena_printf(p->arena, "%s%s", p->prefix, ending ? ending : ".c");
    if (m->pack->weight.n) {
        text = arena_printf(p->arena, "%s%s%s_weights%s", text, separator, p->prefix,
                            ending                       ? ending
                            : p->options->inline_weights ? ".c"
                                                         : ".S");
    }
    for (int i = 0; ending && p->options->target && i < MOST_TIERS && p->options->target->tier[i]; i++) {
        text = arena_printf(p->arena, "%s%s%s_kernels_%s%s", text, separator, p->prefix, p->options->target->tier[i]->name, ending);
    }
    if (target_has_device(p->options->target)) {
        text = arena_printf(p->arena, "%s%s%s_cuda%s%s%s_fatbin%s", text, separator, p->prefix, ending ? ending : ".c", separator,
                            p->prefix, ending ? ending : ".S");
    }
    if (p->options->tokenizer) {
        text = arena_printf(p->arena, "%s%s%s_tokenizer%s", text, separator, p->prefix, ending ? ending : ".c");
    }
    if (p->graph->program) {
        text = arena_printf(p->arena, "%s%s%s_text%s", text, separator, p->prefix, ending ? ending : ".c");
    }
    return text;
}

/* Each tier is NAME_kernels.c under flags of its own. */
static void tiers_cmake(Model *m, Text *out)
{
    Plan *p = m->p;
    for (int i = 0; p->options->target && i < MOST_TIERS && p->options->target->tier[i]; i++) {
        const Tier *tier = p->options->target->tier[i];
        const char *library = arena_printf(p->arena, "%s-%s", p->prefix, tier->name);
        const char *flags = *tier->flags ? arena_printf(p->arena, " %s", tier->flags) : "";
        text_raw(out, "add_library(%s OBJECT %s_kernels.c)\n", library, p->prefix);
        text_raw(out, "target_compile_definitions(%s PRIVATE %s)\n", library, tier_macro(p, tier));
        text_raw(out, "target_compile_options(%s PRIVATE -std=c99 -O3 -ffp-contract=off%s)\n", library, flags);
        text_raw(out, "target_sources(%s PRIVATE $<TARGET_OBJECTS:%s>)\n", p->prefix, library);
    }
}

static void tiers_make(Model *m, Text *out)
{
    Plan *p = m->p;
    for (int i = 0; p->options->target && i < MOST_TIERS && p->options->target->tier[i]; i++) {
        const Tier *tier = p->options->target->tier[i];
        const char *flags = *tier->flags ? arena_printf(p->arena, "%s ", tier->flags) : "";
        text_raw(out, "%s_kernels_%s.o: %s_kernels.c %s.h\n", p->prefix, tier->name, p->prefix, p->prefix);
        text_raw(out, "\t$(CC) -std=c99 $(CFLAGS) -ffp-contract=off %s-D%s -c $< -o $@\n", flags, tier_macro(p, tier));
    }
}

/* NAME.cu through the compiler of the device, and where that keeps headers and libraries. */
static void device_cmake(Model *m, Text *out)
{
    Plan *p = m->p;
    const Device *device = p->options->target->device;
    text_line(out, "find_program(%s %s REQUIRED)", device->variable, device->compiler);
    text_line(out, "get_filename_component(DEVICE_FOLDER ${%s} DIRECTORY)", device->variable);
    text_line(out, "add_custom_command(OUTPUT %s.fatbin DEPENDS %s.cu %s.h", p->prefix, p->prefix, p->prefix);
    text_line(out, "    COMMAND ${%s} %s %s", device->variable, device->flags, p->options->arch);
    text_line(out, "        -fatbin ${CMAKE_CURRENT_SOURCE_DIR}/%s.cu -o ${CMAKE_CURRENT_BINARY_DIR}/%s.fatbin)", p->prefix, p->prefix);
    text_line(out, "set_source_files_properties(%s_fatbin.S PROPERTIES", p->prefix);
    text_line(out, "    OBJECT_DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/%s.fatbin COMPILE_OPTIONS -Wa,-I,${CMAKE_CURRENT_BINARY_DIR})",
              p->prefix);
    text_line(out, "target_include_directories(%s PRIVATE ${DEVICE_FOLDER}/../include)", p->prefix);
    text_line(out, "target_link_directories(%s PUBLIC ${DEVICE_FOLDER}/../lib64 ${DEVICE_FOLDER}/../lib)", p->prefix);
    text_line(out, "target_link_libraries(%s PUBLIC %s)", p->prefix, device->link);
}

static void device_make_rules(Model *m, Text *out)
{
    Plan *p = m->p;
    const Device *device = p->options->target->device;
    text_line(out, "%s.fatbin: %s.cu %s.h", p->prefix, p->prefix, p->prefix);
    text_raw(out, "\t$(%s) %s %s -fatbin $< -o $@\n", device->variable, device->flags, p->options->arch);
    text_line(out, "%s_fatbin.o: %s.fatbin", p->prefix, p->prefix);
    text_line(out, "%s_cuda.o: %s_cuda.c %s.h", p->prefix, p->prefix, p->prefix);
    text_raw(out, "\t$(CC) -std=c99 $(CFLAGS) -I$(DEVICE)/../include -c $< -o $@\n");
    if (!m->pack->weight.n || p->options->inline_weights) { /* else there is a rule for all assembly */
        text_line(out, "%%.o: %%.S");
        text_raw(out, "\t$(CC) -c $< -o $@\n");
    }
}

void cmake_print(Model *m, Text *out)
{
    Plan *p = m->p;
    const int assembly = (m->pack->weight.n && !p->options->inline_weights) || target_has_device(p->options->target);
    text_line(out, "# The model %s as a library%s. Written by sinter %s.", p->prefix,
              p->options->freestanding ? "" : arena_printf(p->arena, ", and its command line as %s-cli", p->prefix), SINTER_VERSION);
    text_line(out, "cmake_minimum_required(VERSION 3.16)");
    text_line(out, "project(%s C%s)", p->prefix, assembly ? " ASM" : "");
    text_line(out, "add_library(%s STATIC %s)", p->prefix, sources(m, " ", NULL));
    text_line(out, "target_include_directories(%s PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})", p->prefix);
    tiers_cmake(m, out);
    if (target_has_device(p->options->target)) {
        device_cmake(m, out);
    }
    text_line(out, "target_compile_options(%s PRIVATE $<$<COMPILE_LANGUAGE:C>:-std=c99 -O3 -ffp-contract=off>)", p->prefix);
    if (m->pack->weight.n && !p->options->inline_weights) {
        text_line(out, "set_source_files_properties(%s_weights.S PROPERTIES", p->prefix);
        text_line(out, "    OBJECT_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/%s_weights.bin", p->prefix);
        text_line(out, "    COMPILE_DEFINITIONS \"SINTER_WEIGHTS_FILE=\\\"${CMAKE_CURRENT_SOURCE_DIR}/%s_weights.bin\\\"\")", p->prefix);
    }
    if (!p->options->freestanding) {
        const int pool = target_is_fast(p->options->target);
        text_line(out, "find_package(Threads REQUIRED)");
        if (pool) {
            text_line(out, "target_compile_definitions(%s PUBLIC %s_THREADS)", p->prefix, p->PREFIX);
        }
        text_line(out, "target_link_libraries(%s PUBLIC m%s)", p->prefix, pool ? " Threads::Threads" : "");
        text_line(out, "add_executable(%s-cli EXCLUDE_FROM_ALL %s_main.c)", p->prefix, p->prefix);
        text_line(out, "target_compile_definitions(%s-cli PRIVATE %s_THREADS)", p->prefix, p->PREFIX);
        text_line(out, "target_compile_options(%s-cli PRIVATE -std=c99 -O2)", p->prefix);
        text_line(out, "target_link_libraries(%s-cli PRIVATE %s Threads::Threads)", p->prefix, p->prefix);
        text_line(out, "set_target_properties(%s-cli PROPERTIES OUTPUT_NAME %s)", p->prefix, p->prefix);
    }
}

void make_print(Model *m, Text *out)
{
    Plan *p = m->p;
    const int program = !p->options->freestanding;
    const Device *device = target_has_device(p->options->target) ? p->options->target->device : NULL;
    text_line(out, "# make: %s of the model %s. Written by sinter %s.", program ? "the executable" : "the library", p->prefix,
              SINTER_VERSION);
    text_line(out, "CFLAGS ?= -O3");
    if (device) {
        text_line(out, "%s ?= %s", device->variable, device->compiler);
        text_line(out, "DEVICE = $(dir $(realpath $(shell command -v $(%s))))", device->variable);
    }
    text_raw(out, "OBJECTS = %s%s\n", sources(m, " ", ".o"), program ? arena_printf(p->arena, " %s_main.o", p->prefix) : "");
    text_line(out, "%s", "");
    if (program) {
        text_line(out, "%s: $(OBJECTS)", p->prefix);
        const char *link = device ? arena_printf(p->arena, " -L$(DEVICE)/../lib64 -L$(DEVICE)/../lib %s", device->link) : "";
        text_line(out, "\t$(CC) $(LDFLAGS) -pthread $(OBJECTS)%s -lm -o $@", link);
    } else {
        text_line(out, "lib%s.a: $(OBJECTS)", p->prefix);
        text_line(out, "\t$(AR) rcD $@ $(OBJECTS)");
    }
    text_line(out, "%s", "");
    tiers_make(m, out);
    if (device) {
        device_make_rules(m, out);
    }
    text_line(out, "%%.o: %%.c %s.h", p->prefix);
    text_line(out, "\t$(CC) -std=c99 $(CFLAGS) -ffp-contract=off%s -c $< -o $@",
              program ? arena_printf(p->arena, " -D%s_THREADS", p->PREFIX) : "");
    if (m->pack->weight.n && !p->options->inline_weights) {
        text_line(out, "%%.o: %%.S %s_weights.bin", p->prefix);
        text_line(out, "\t$(CC) -c $< -o $@");
    }
    text_line(out, "%s", "");
    text_line(out, "clean:");
    text_line(out, "\trm -f $(OBJECTS) %s", program ? p->prefix : arena_printf(p->arena, "lib%s.a", p->prefix));
    text_line(out, "%s", "");
    text_line(out, ".PHONY: clean");
}

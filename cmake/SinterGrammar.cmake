# Scanners and parsers: grammar/NAME.y gives NAME.tab.c and NAME.tab.h, grammar/NAME.l gives NAME.lex.c, in the build tree.
# Sets grammar_sources.
file(GLOB grammar_parsers CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/grammar/*.y")
file(GLOB grammar_scanners CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/grammar/*.l")
set(grammar_sources)
set(grammar_dir "${CMAKE_CURRENT_BINARY_DIR}/grammar")
file(MAKE_DIRECTORY "${grammar_dir}")

if(grammar_parsers)
    find_program(BISON bison REQUIRED)
endif()
if(grammar_scanners)
    find_program(FLEX flex REQUIRED)
endif()

set(grammar_headers)
foreach(parser IN LISTS grammar_parsers)
    get_filename_component(name "${parser}" NAME_WE)
    set(output "${grammar_dir}/${name}.tab")
    add_custom_command(OUTPUT "${output}.c" "${output}.h"
        COMMAND "${BISON}" -Wall -Wcex -Werror --header=${name}.tab.h --output=${name}.tab.c "${parser}"
        WORKING_DIRECTORY "${grammar_dir}"
        DEPENDS "${parser}" VERBATIM COMMENT "bison ${name}.y")
    list(APPEND grammar_sources "${output}.c")
    list(APPEND grammar_headers "${output}.h")
endforeach()
foreach(scanner IN LISTS grammar_scanners)
    get_filename_component(name "${scanner}" NAME_WE)
    set(output "${grammar_dir}/${name}.lex.c")
    add_custom_command(OUTPUT "${output}"
        COMMAND "${FLEX}" --outfile=${name}.lex.c "${scanner}"
        WORKING_DIRECTORY "${grammar_dir}"
        DEPENDS "${scanner}" VERBATIM COMMENT "flex ${name}.l")
    list(APPEND grammar_sources "${output}")
endforeach()

# What the generators print is not ours to warn about; what we put into it was checked as it stands in the .l and .y by -Wall.
set_source_files_properties(${grammar_sources} PROPERTIES
    COMPILE_OPTIONS "-Wno-conversion;-Wno-sign-conversion;-Wno-sign-compare;-Wno-unused-function;-Wno-unused-but-set-variable")

# Any file may include NAME.tab.h, so all wait for it.
set_property(SOURCE ${grammar_sources} APPEND PROPERTY OBJECT_DEPENDS "${grammar_headers}")
if(grammar_headers)
    file(GLOB grammar_users CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/compiler/*.c" "${CMAKE_CURRENT_SOURCE_DIR}/compiler/*/*.c")
    set_property(SOURCE ${grammar_users} APPEND PROPERTY OBJECT_DEPENDS "${grammar_headers}")
endif()

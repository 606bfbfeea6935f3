# Texts that travel inside the compiler: runtime files, the prelude, model texts, templates. compiler/embed.h reads them.
# With an assembler for C: one assembly file with .incbin and the table. Without: a C file of byte arrays, written when a text changes.
# Sets embed_sources.
set(embed_patterns
    runtime/*.c runtime/*.h runtime/*.S runtime/*.cu runtime/*.cuh runtime/ORDER runtime/INDEX
    templates/*)
set(embed_flat_patterns examples/lib/*.sinter examples/lib/*.rasp examples/hf/*)

set(embed_paths)
foreach(pattern IN LISTS embed_patterns)
    file(GLOB_RECURSE found RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${pattern}")
    list(APPEND embed_paths ${found})
endforeach()
foreach(pattern IN LISTS embed_flat_patterns)
    file(GLOB found LIST_DIRECTORIES false RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${pattern}")
    list(APPEND embed_paths ${found})
endforeach()
list(REMOVE_DUPLICATES embed_paths)
list(SORT embed_paths COMPARE STRING) # by bytes, as strcmp: embed_find searches by halves
list(LENGTH embed_paths embed_n)
list(TRANSFORM embed_paths PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/" OUTPUT_VARIABLE embed_files)

set(embed_assembler OFF)
if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND NOT SINTER_EMBED_C)
    if(NOT DEFINED CMAKE_ASM_COMPILER)
        set(CMAKE_ASM_COMPILER "${CMAKE_C_COMPILER}")
    endif()
    check_language(ASM)
    if(CMAKE_ASM_COMPILER)
        enable_language(ASM)
        set(embed_assembler ON)
    endif()
endif()

if(embed_assembler)
    set(word .quad)
    if(CMAKE_SIZEOF_VOID_P EQUAL 4)
        set(word .long)
    endif()
    set(texts "")
    set(table "")
    set(i 0)
    foreach(path file IN ZIP_LISTS embed_paths embed_files)
        string(APPEND texts "path_${i}:\n    .asciz \"${path}\"\ntext_${i}:\n    .incbin \"${file}\"\nend_${i}:\n    .byte 0\n")
        string(APPEND table "    ${word} path_${i}, text_${i}, end_${i} - text_${i}\n")
        math(EXPR i "${i} + 1")
    endforeach()
    set(output "${CMAKE_CURRENT_BINARY_DIR}/embedded.S")
    file(CONFIGURE OUTPUT "${output}" @ONLY NEWLINE_STYLE LF CONTENT
"/* Written by cmake/SinterEmbed.cmake. */
    .section .rodata
@texts@
    .section .data.rel.ro,\"aw\"
    .global embed_table
    .balign 16
embed_table:
@table@
    .section .rodata
    .global embed_table_n
    .balign 16
embed_table_n:
    ${word} @embed_n@
    .section .note.GNU-stack,\"\"
")
    set_source_files_properties("${output}" PROPERTIES OBJECT_DEPENDS "${embed_files}")
else()
    set(output "${CMAKE_CURRENT_BINARY_DIR}/embedded.c")
    set(list_file "${CMAKE_CURRENT_BINARY_DIR}/embedded.list")
    list(JOIN embed_paths "\n" lines)
    file(CONFIGURE OUTPUT "${list_file}" CONTENT "@lines@\n" @ONLY NEWLINE_STYLE LF)
    add_custom_command(OUTPUT "${output}"
        COMMAND "${CMAKE_COMMAND}" "-DLIST=${list_file}" "-DROOT=${CMAKE_CURRENT_SOURCE_DIR}" "-DOUTPUT=${output}"
            -P "${CMAKE_CURRENT_LIST_DIR}/embed_as_c.cmake"
        DEPENDS ${embed_files} "${list_file}" "${CMAKE_CURRENT_LIST_DIR}/embed_as_c.cmake" VERBATIM COMMENT "embedding ${embed_n} texts as C")
endif()
set(embed_sources "${output}")

# cmake -DLIST=paths -DROOT=dir -DOUTPUT=file.c -P embed_as_c.cmake: the listed files as byte arrays, for compilers without an assembler.
cmake_minimum_required(VERSION 3.22)
file(STRINGS "${LIST}" paths)
set(arrays "")
set(table "")
set(i 0)
foreach(path IN LISTS paths)
    file(READ "${ROOT}/${path}" bytes HEX)
    file(SIZE "${ROOT}/${path}" size)
    string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}") # 16 a line
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    string(APPEND arrays "static const unsigned char text_${i}[] = {\n${bytes}0x00};\n")
    string(APPEND table "    {\"${path}\", (const char *)text_${i}, ${size}},\n")
    math(EXPR i "${i} + 1")
endforeach()
file(WRITE "${OUTPUT}" "/* Written by cmake/embed_as_c.cmake. */\n#include \"embed.h\"\n\n${arrays}\n"
    "const Embedded embed_table[] = {\n${table}    {NULL, NULL, 0}};\nconst size_t embed_table_n = ${i};\n")

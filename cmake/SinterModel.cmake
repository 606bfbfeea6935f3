# sinter_add_model(TARGET MODEL [MODEL_DIR dir] [OPTIONS --target=avx2 ...])
#
# Makes TARGET, a static library with its header, from a model: a .sinter or .rasp file, or a model directory. MODEL_DIR is where the
# config, weights and tokenizer are. Link it and include <NAME.h>, where NAME is the model's own.
#
# The sources are written while CMake configures, so that their names are known; they are written again whenever the model's text, a
# file of its directory or the compiler changes.
function(sinter_add_model target model)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "MODEL_DIR" "OPTIONS")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "sinter_add_model(${target}): unknown argument ${arg_UNPARSED_ARGUMENTS}")
    endif()
    get_filename_component(model "${model}" ABSOLUTE)
    set(read_dir "${model}")
    set(options ${arg_OPTIONS})
    if(NOT IS_DIRECTORY "${model}")
        get_filename_component(read_dir "${model}" DIRECTORY)
    endif()
    if(arg_MODEL_DIR)
        get_filename_component(read_dir "${arg_MODEL_DIR}" ABSOLUTE)
        list(APPEND options --model-dir "${read_dir}")
    endif()

    set(dir "${CMAKE_CURRENT_BINARY_DIR}/${target}.sinter")
    file(REMOVE_RECURSE "${dir}")
    get_target_property(compiler Sinter::sinter IMPORTED_LOCATION)
    execute_process(COMMAND "${compiler}" emit "${model}" ${options} -d "${dir}" RESULT_VARIABLE status ERROR_VARIABLE said)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "sinter emit ${model}:\n${said}")
    endif()
    file(GLOB inputs "${read_dir}/*.json" "${read_dir}/*.safetensors" "${read_dir}/*.txt" "${read_dir}/*.plan" "${read_dir}/*.sinter")
    if(NOT IS_DIRECTORY "${model}")
        list(APPEND inputs "${model}")
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${inputs} "${compiler}")

    file(GLOB sources "${dir}/*.c" "${dir}/*.S")
    list(FILTER sources EXCLUDE REGEX "_main\\.c$") # the command line of the binary
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC "${dir}")
    target_compile_options(${target} PRIVATE $<$<CONFIG:>:-O2>)
    target_link_libraries(${target} PUBLIC m)
    if(options MATCHES "--threads")
        find_package(Threads REQUIRED)
        target_link_libraries(${target} PUBLIC Threads::Threads)
    endif()
    set_target_properties(${target} PROPERTIES C_STANDARD 99 C_EXTENSIONS ON)
endfunction()

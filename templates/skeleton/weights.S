
/* -I, or -DSINTER_WEIGHTS_FILE='"path"', where the file does not stand in the folder that the compiler runs in. */
#ifndef SINTER_WEIGHTS_FILE
#define SINTER_WEIGHTS_FILE "$name_weights.bin"
#endif

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the weights are little-endian"
#endif

#if defined(__APPLE__) || (defined(_WIN32) && !defined(_WIN64)) /* names in C have an underscore more there */
#define WEIGHTS _$name_weights_data
#else
#define WEIGHTS $name_weights_data
#endif

#if defined(__APPLE__)
        .section __TEXT,__const
#elif defined(_WIN32)
        .section .rdata,"dr"
$large#elif defined(__x86_64__) && defined(__clang__) /* knows no flag "l"; the linker goes by the name */
$large        .section .lrodata,"a",%progbits
$large#elif defined(__x86_64__) /* .rodata so large would push what follows it out of the reach of 32-bit displacements */
$large        .section .lrodata,"al",%progbits
#else
        .section .rodata,"a",%progbits
#endif
        .globl  WEIGHTS
        .p2align 6
#if defined(__ELF__)
        .type   WEIGHTS, %object
        .size   WEIGHTS, $bytes
#endif
WEIGHTS:
        .incbin SINTER_WEIGHTS_FILE

#if defined(__ELF__)
        .section .note.GNU-stack,"",%progbits
#endif

#include "target.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#define AVX512_FLAGS "-mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni -mfma -mprefer-vector-width=512"
#define AVX512_NEEDS \
    "defined __AVX512F__ && defined __AVX512BW__ && defined __AVX512DQ__ && defined __AVX512VL__ && defined __AVX512VNNI__"
#define AVX512_MACHINE                                                                                                            \
    "__builtin_cpu_supports(\"avx512f\") && __builtin_cpu_supports(\"avx512bw\") && __builtin_cpu_supports(\"avx512dq\") &&\n"       \
    "           __builtin_cpu_supports(\"avx512vl\") && __builtin_cpu_supports(\"avx512vnni\")"

#define AVX512_SAYS "AVX-512 F, BW, DQ, VL and VNNI"

/* Best on the processor that was measured, the one of its family with AVX-512. */
static const Tier zen4 = {
    .name = "zen4",
    .flags = AVX512_FLAGS,
    .needs = AVX512_NEEDS,
    .words = "SIMD_PAIRS",
    .machine = AVX512_MACHINE,
    .best = "__builtin_cpu_is(\"amdfam19h\")",
    .says = AVX512_SAYS ", products go in pairs, for Zen 4",
    .pairs = 1,
};

static const Tier avx512 = {
    .name = "avx512",
    .flags = AVX512_FLAGS,
    .needs = AVX512_NEEDS,
    .machine = AVX512_MACHINE,
    .says = AVX512_SAYS,
};

static const Tier avx2 = {
    .name = "avx2",
    .flags = "-mavx2 -mfma",
    .needs = "defined __AVX2__ && defined __FMA__",
    .machine = "__builtin_cpu_supports(\"avx2\") && __builtin_cpu_supports(\"fma\")",
    .says = "AVX2 and FMA",
};

static const Tier neon = {
    .name = "neon",
    .flags = "",
    .needs = "defined __aarch64__",
    .machine = NULL,
    .says = "Advanced SIMD",
};

static const Tier portable = {
    .name = "c",
    .flags = "",
    .needs = NULL,
    .words = "SIMD_C",
    .machine = NULL,
    .says = "C99",
};

/* Without contraction plain kernels give the bits of target c; what wants fused operations says so. */
static const Device cuda = {
    .sources = "_cuda.c _fatbin.S",
    .compiler = "nvcc",
    .variable = "NVCC",
    .flags = "-O3 -fmad=false",
    .arch = "sm_80,sm_90a,sm_100,sm_120,compute_80",
    .link = "-lcudart_static -ldl -lrt",
    .multiplier = "cublaslt",
};

static const Target target_table[] = {
    {"c", "plain C99, the same bits on every machine", {NULL}, NULL},
    {"x86", "zen4, avx512, avx2 and c in one binary, chosen at start", {&zen4, &avx512, &avx2, &portable}, NULL},
    {"zen4", "x86-64 of AMD with AVX-512 and ports that add", {&zen4}, NULL},
    {"avx512", "x86-64 with AVX-512", {&avx512}, NULL},
    {"avx2", "x86-64 with AVX2", {&avx2}, NULL},
    {"neon", "64-bit Arm", {&neon}, NULL},
    {"cuda", "GPUs through CUDA, and plain C99 where there is none", .device = &cuda},
};

const Target *target_find(const char *name)
{
    for (size_t i = 0; i < sizeof target_table / sizeof *target_table; i++) {
        if (strcmp(target_table[i].name, name) == 0) {
            return &target_table[i];
        }
    }
    return NULL;
}

const Target *target_plain(void)
{
    return target_table;
}

const Target *target_without_pairs(const Target *target)
{
    static const Target few = {"x86", "avx512, avx2 and c in one binary, chosen at start", {&avx512, &avx2, &portable}, NULL};
    return target_has_pairs(target) && target->tier[1] ? &few : target;
}

const Target *target_of_machine(void)
{
#if defined __x86_64__
    return target_find("x86");
#elif defined __aarch64__
    return target_find("neon");
#else
    return target_plain();
#endif
}

int target_is_fast(const Target *target)
{
    return target && target->tier[0] != NULL;
}

int target_has_pairs(const Target *target)
{
    return target_is_fast(target) && target->tier[0]->pairs;
}

int target_has_device(const Target *target)
{
    return target && target->device != NULL;
}

/* "sm_90a": the number behind it, NULL if it is none. */
static const char *number_of_arch(const char *word, size_t n)
{
    const size_t start = strncmp(word, "sm_", 3) == 0 ? 3 : strncmp(word, "compute_", 8) == 0 ? 8 : n;
    for (size_t i = start; i < n; i++) {
        const int digit = isdigit((unsigned char)word[i]);
        if (!digit && !(i > start && i == n - 1 && strchr("af", word[i]))) {
            return NULL;
        }
    }
    return start < n ? word + start : NULL;
}

const char *target_arch_flags(Arena *arena, const Device *device, const char *list, const char **wrong)
{
    const char *flags = "";
    for (const char *word = list ? list : device->arch; *word;) {
        const size_t n = strcspn(word, ",");
        const char *number = number_of_arch(word, n);
        if (!number) {
            *wrong = arena_printf(arena, "%.*s", (int)n, word);
            return NULL;
        }
        flags = arena_printf(arena, "%s%s-gencode arch=compute_%.*s,code=%.*s", flags, *flags ? " " : "", (int)(word + n - number), number,
                             (int)n, word);
        word += n + (word[n] == ',');
    }
    return flags;
}

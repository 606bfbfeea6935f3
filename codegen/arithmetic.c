#include "arithmetic.h"

#include <string.h>

const char *const arithmetic_name[ARITHMETICS] = {"f32", "bf16", "f16", "int8"};

Arithmetic arithmetic_named(const char *name)
{
    int i = ARITHMETICS - 1;
    while (i > 0 && (!name || strcmp(name, arithmetic_name[i]) != 0)) {
        i--;
    }
    return (Arithmetic)i;
}

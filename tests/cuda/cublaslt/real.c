/* real.c - what a program hands to cuBLASLt, handed to the real one: descriptions need no GPU */
#include "wide_cuda.c"

int main(void)
{
    static wide_multiplier library;
    const wide_key key = {128, 1030, 40, LIBRARY_BF16};
    wide_described d;
    void *preference = NULL;
    find_library(&library);
    if (library.why[0]) {
        puts(library.why);
        return 2;
    }
    if (!describe(&library, &key, &d) || !prefer(&library, &preference)) {
        return 3;
    }
    (void)library.preference_destroy(preference);
    forget(&library, &d);
    return 0;
}

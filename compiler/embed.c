#include "embed.h"

#include <string.h>

const Embedded *embed_find(const char *path)
{
    size_t low = 0, high = embed_table_n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(path, embed_table[middle].path);
        if (order == 0) {
            return &embed_table[middle];
        }
        low = order > 0 ? middle + 1 : low;
        high = order > 0 ? high : middle;
    }
    return NULL;
}

size_t embed_count(void)
{
    return embed_table_n;
}

const Embedded *embed_at(size_t i)
{
    return &embed_table[i];
}

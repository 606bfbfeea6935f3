/*
 * Reductions that are looked up: entries sorted by a key, and ranges among them.
 */
#ifndef SINTER_SORT_C
#define SINTER_SORT_C

#include <stddef.h>
#include <stdint.h>
#include <string.h>

//$ part sort_entry
/* Something to sort by, and the position that it belongs to. */
struct sort_entry {
    uint64_t key;
    int32_t at;
};

//$ part sort_key_int
/* Integers in the order of unsigned numbers. */
static inline uint64_t sort_key_int(int64_t x)
{
    return (uint64_t)x ^ UINT64_C(0x8000000000000000);
}

//$ part sort_key_pair
/* Two integers between -2^30 and 3 * 2^30, in the order of the first, then of the second. */
static inline uint64_t sort_key_pair(int64_t a, int64_t b)
{
    const int64_t most_below = INT64_C(1) << 30;
    return (uint64_t)(a + most_below) << 32 | (uint64_t)(b + most_below);
}

//$ part sort_key_real
/* Real numbers in the order of unsigned numbers; both zeros are equal. NaN has a key of its own. */
#define SORT_KEY_NAN UINT64_C(0xFFFFFFFFFFFFFFFF)

static inline uint64_t sort_key_real(double x)
{
    const uint64_t bits = f64_bits(x + 0.0), sign = UINT64_C(0x8000000000000000);
    return x != x ? SORT_KEY_NAN : bits & sign ? ~bits : bits | sign;
}

//$ part sort_entries
/* Sorts n entries by key; equal ones stay in their order. `spare` has room for n. A counting sort for each digit in which keys differ. */
static void sort_entries(struct sort_entry *entry, struct sort_entry *spare, int32_t n)
{
    const int bits = n < 64 ? 4 : 8;
    const uint64_t last = (UINT64_C(1) << bits) - 1;
    uint64_t differ = 0;
    for (int32_t i = 1; i < n; i++) {
        differ |= entry[i].key ^ entry[0].key;
    }
    for (int shift = 0; shift < 64; shift += bits) {
        int32_t begin[257] = {0};
        if ((differ >> shift & last) == 0) {
            continue;
        }
        for (int32_t i = 0; i < n; i++) {
            begin[(entry[i].key >> shift & last) + 1]++;
        }
        for (uint64_t k = 0; k <= last; k++) {
            begin[k + 1] += begin[k];
        }
        for (int32_t i = 0; i < n; i++) {
            spare[begin[entry[i].key >> shift & last]++] = entry[i];
        }
        memcpy(entry, spare, (size_t)n * sizeof *entry);
    }
}

//$ part table_clear
static void table_clear(int32_t *end, int64_t keys)
{
    for (int64_t k = 0; k < keys; k++) {
        end[k] = 0;
    }
}

//$ part table_begins
/* end[k], how many entries have key k, becomes the place where they begin. */
static void table_begins(int32_t *end, int64_t keys)
{
    int32_t before = 0;
    for (int64_t k = 0; k < keys; k++) {
        const int32_t count = end[k];
        end[k] = before;
        before += count;
    }
}

//$ part table_ends
/* end[k], how many entries have key k, becomes the place where they end. */
static void table_ends(int32_t *end, int64_t keys)
{
    for (int64_t k = 1; k < keys; k++) {
        end[k] += end[k - 1];
    }
}

//$ part table_below
/* How many entries have a smaller key; those of key k end at end[k]. */
static inline int32_t table_below(const int32_t *end, int64_t keys, int64_t key)
{
    const int64_t last = (key < keys ? key : keys) - 1;
    return last < 0 ? 0 : end[last];
}

//$ part table_up_to
/* How many entries have this key or a smaller one. */
static inline int32_t table_up_to(const int32_t *end, int64_t keys, int64_t key)
{
    const int64_t last = key < keys ? key : keys - 1;
    return last < 0 ? 0 : end[last];
}

//$ part entries_below
/* How many of n sorted entries have a smaller key. */
static int32_t entries_below(const struct sort_entry *entry, int32_t n, uint64_t key)
{
    int32_t low = 0, high = n;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (entry[middle].key < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

//$ part entries_up_to
/* How many of n sorted entries have this key or a smaller one. */
static int32_t entries_up_to(const struct sort_entry *entry, int32_t n, uint64_t key)
{
    int32_t low = 0, high = n;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (entry[middle].key <= key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

//$ part entries_before
/* Among entries from .. to - 1, which have one key: the first that stands at position `at` or later. */
static int32_t entries_before(const struct sort_entry *entry, int32_t from, int32_t to, int32_t at)
{
    while (from < to) {
        const int32_t middle = from + (to - from) / 2;
        if (entry[middle].at < at) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

//$ end
#endif

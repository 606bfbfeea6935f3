/* A perfect hash table of the pieces of the vocabulary, found by hash and displace (Belazzougui, Botelho & Dietzfelbinger 2009, section 2):
 * the high half of a 64-bit hash chooses a bucket, the bucket's seed chooses the slot of each of its pieces so that no two meet. Buckets
 * are filled from the largest to the smallest, with the first seed that works. Each slot keeps an id; an empty one keeps that of some
 * piece, since whoever looks up compares the text anyway. runtime/tokenizer/wordpiece.h computes the same. */
#include "inner.h"

#include <stdlib.h>
#include <string.h>

enum {
    BUCKET_PIECES = 4, /* on average */
    SEEDS = 65536,
    STARTS = 64, /* starts of the hash that are tried */
};

uint64_t tokenizer_hash_bytes(uint64_t hash, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        hash = (hash ^ (unsigned char)text[i]) * TOKENIZER_HASH_FACTOR;
    }
    return hash;
}

/* A piece in its bucket. */
typedef struct Key {
    uint64_t hash;
    int bucket, piece;
} Key;

static int by_bucket(const void *a, const void *b)
{
    const Key *x = a, *y = b;
    return x->bucket != y->bucket ? (x->bucket < y->bucket ? -1 : 1) : x->hash != y->hash ? (x->hash < y->hash ? -1 : 1) : 0;
}

/* A bucket: keys first .. first + n. */
typedef struct Bucket {
    int first, n;
} Bucket;

static int by_size(const void *a, const void *b)
{
    const Bucket *x = a, *y = b;
    return x->n != y->n ? y->n - x->n : x->first - y->first;
}

static int slot_of(const PieceHash *h, uint64_t hash, uint64_t seed)
{
    const uint32_t mixed = (uint32_t)((hash ^ seed * TOKENIZER_HASH_FACTOR) * TOKENIZER_HASH_FACTOR >> 32);
    return (int)((uint64_t)mixed * (uint64_t)h->slots >> 32);
}

/* Puts the bucket's pieces into free slots; 0: not with this seed, and nothing has changed. */
static int place(PieceHash *h, const Tokenizer *t, const Key *key, int n, uint64_t seed)
{
    for (int i = 0; i < n; i++) {
        int *id = &h->id[slot_of(h, key[i].hash, seed)];
        if (*id >= 0) {
            while (i-- > 0) {
                h->id[slot_of(h, key[i].hash, seed)] = -1;
            }
            return 0;
        }
        *id = t->piece.at[key[i].piece].id;
    }
    return 1;
}

static int fill(PieceHash *h, const Tokenizer *t, Key *key, Bucket *bucket)
{
    const int n = t->piece.n;
    for (int i = 0; i < n; i++) {
        const char *text = t->piece.at[i].text;
        key[i].piece = i;
        key[i].hash = tokenizer_hash_bytes(h->start, text, strlen(text));
        key[i].bucket = (int)((key[i].hash >> 32) * (uint64_t)h->buckets >> 32);
    }
    qsort(key, (size_t)n, sizeof *key, by_bucket);
    int buckets = 0;
    for (int i = 0; i < n; i++) {
        if (i > 0 && key[i].hash == key[i - 1].hash) {
            return 0; /* no seed can part these two */
        }
        if (i == 0 || key[i].bucket != key[i - 1].bucket) {
            bucket[buckets++] = (Bucket){i, 0};
        }
        bucket[buckets - 1].n++;
    }
    qsort(bucket, (size_t)buckets, sizeof *bucket, by_size);
    memset(h->seed, 0, sizeof *h->seed * (size_t)h->buckets);
    memset(h->id, 0xFF, sizeof *h->id * (size_t)h->slots);
    for (int b = 0; b < buckets; b++) {
        const Key *first = key + bucket[b].first;
        int seed = 0;
        while (seed < SEEDS && !place(h, t, first, bucket[b].n, (uint64_t)seed)) {
            seed++;
        }
        if (seed == SEEDS) {
            return 0;
        }
        h->seed[first->bucket] = (uint16_t)seed;
    }
    return 1;
}

int tokenizer_hash(Tokenizer *t)
{
    PieceHash *h = &t->hash;
    const int n = t->piece.n;
    h->buckets = n / BUCKET_PIECES + 1;
    h->slots = n + n / 32 + 1;
    h->seed = arena_array(t->arena, uint16_t, h->buckets);
    h->id = arena_array(t->arena, int, h->slots);
    Key *key = arena_array(t->arena, Key, n);
    Bucket *bucket = arena_array(t->arena, Bucket, n);
    for (int attempt = 1; attempt <= STARTS; attempt++) {
        h->start = (uint64_t)attempt * UINT64_C(0xD1B54A32D192ED03);
        if (fill(h, t, key, bucket)) {
            for (int i = 0; i < h->slots; i++) {
                h->id[i] = h->id[i] < 0 ? t->piece.at[0].id : h->id[i];
            }
            return 1;
        }
    }
    tokenizer_wrong(t, "no hash tells the %d tokens of the vocabulary apart", n);
    return 0;
}

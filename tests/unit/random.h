/* random.h - the same random numbers on every machine */
#ifndef SINTER_TEST_RANDOM_H
#define SINTER_TEST_RANDOM_H

#include <stdint.h>

typedef struct Random {
    uint64_t state;
} Random;

/* 64 random bits; Random is the seed (splitmix64, Steele, Lea & Flood 2014). */
static inline uint64_t random_bits(Random *random)
{
    uint64_t z = random->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

#endif

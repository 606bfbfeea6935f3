#include "sha256.h"

#include <stdio.h>
#include <string.h>

static const uint32_t k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

void sha256_start(Sha256 *hash)
{
    static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(hash->state, first, sizeof first);
    hash->bytes = 0;
}

static uint32_t turn(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

/* One round: of the eight words two change, and all of them move on by one. Eight rounds later each is in its place again. */
#define ROUND(a, b, c, d, e, f, g, h, i) \
    do { \
        const uint32_t x = (h) + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (((e) & (f)) ^ (~(e) & (g))) + k[i] + w[i]; \
        (d) += x; \
        (h) = x + (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + (((a) & (b)) ^ ((a) & (c)) ^ ((b) & (c))); \
    } while (0)

static void take_block(uint32_t state[8], const unsigned char *block)
{
    uint32_t w[64];
    for (int i = 0; i < 16; i++) {
        const unsigned char *at = block + i * 4;
        w[i] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    }
    for (int i = 16; i < 64; i++) {
        const uint32_t x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ x >> 3) + w[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ y >> 10);
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 64; i += 8) {
        ROUND(a, b, c, d, e, f, g, h, i);
        ROUND(h, a, b, c, d, e, f, g, i + 1);
        ROUND(g, h, a, b, c, d, e, f, i + 2);
        ROUND(f, g, h, a, b, c, d, e, i + 3);
        ROUND(e, f, g, h, a, b, c, d, i + 4);
        ROUND(d, e, f, g, h, a, b, c, i + 5);
        ROUND(c, d, e, f, g, h, a, b, i + 6);
        ROUND(b, c, d, e, f, g, h, a, i + 7);
    }
    const uint32_t sum[8] = {a, b, c, d, e, f, g, h};
    for (int i = 0; i < 8; i++) {
        state[i] += sum[i];
    }
}

void sha256_add(Sha256 *hash, const void *bytes, size_t n)
{
    const unsigned char *from = bytes;
    while (n > 0) {
        const size_t filled = (size_t)(hash->bytes % 64);
        if (filled == 0 && n >= 64) {
            take_block(hash->state, from);
            from += 64;
            n -= 64;
            hash->bytes += 64;
            continue;
        }
        const size_t some = n < 64 - filled ? n : 64 - filled;
        memcpy(hash->block + filled, from, some);
        hash->bytes += some;
        from += some;
        n -= some;
        if (hash->bytes % 64 == 0) {
            take_block(hash->state, hash->block);
        }
    }
}

void sha256_end(Sha256 *hash, char hex[65])
{
    const uint64_t bits = hash->bytes * 8;
    const unsigned char one = 0x80, zero = 0;
    sha256_add(hash, &one, 1);
    while (hash->bytes % 64 != 56) {
        sha256_add(hash, &zero, 1);
    }
    for (int i = 7; i >= 0; i--) {
        const unsigned char byte = (unsigned char)(bits >> (i * 8));
        sha256_add(hash, &byte, 1);
    }
    for (int i = 0; i < 8; i++) {
        snprintf(hex + i * 8, 9, "%08x", (unsigned)hash->state[i]);
    }
}

void sha256_text(const void *bytes, size_t n, char hex[65])
{
    Sha256 hash;
    sha256_start(&hash);
    sha256_add(&hash, bytes, n);
    sha256_end(&hash, hex);
}

int sha256_file(const char *path, char hex[65])
{
    unsigned char buffer[65536];
    Sha256 hash;
    size_t n;
    FILE *file = fopen(path, "rb");
    if (!file) {
        return 0;
    }
    sha256_start(&hash);
    while ((n = fread(buffer, 1, sizeof buffer, file)) > 0) {
        sha256_add(&hash, buffer, n);
    }
    const int fine = !ferror(file);
    fclose(file);
    sha256_end(&hash, hex);
    return fine;
}

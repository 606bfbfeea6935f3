/* sha256.h - FIPS 180-4, so that a banner can name its inputs */
#ifndef SINTER_SHA256_H
#define SINTER_SHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct Sha256 {
    uint32_t state[8];
    uint64_t bytes;
    unsigned char block[64];
} Sha256;

void sha256_start(Sha256 *hash);
void sha256_add(Sha256 *hash, const void *bytes, size_t n);
void sha256_end(Sha256 *hash, char hex[65]);

void sha256_text(const void *bytes, size_t n, char hex[65]);

/* Of a whole file; 0 if it cannot be read. */
int sha256_file(const char *path, char hex[65]);

#endif

/* map.h - what a CUtensorMap says, as far as it is used: a matrix of rows, and the box that a copy takes of it */
#ifndef EMU_MAP_H
#define EMU_MAP_H

#include <stddef.h>
#include <stdint.h>

typedef struct EmuMap { /* at most 128 bytes */
    uint64_t sign;
    const unsigned char *base;
    uint64_t columns, rows, stride; /* of a row to the next, in bytes */
    uint32_t box_columns, box_rows;
    uint32_t element, swizzle; /* bytes of a number, of a row of the pattern; 0: none */
} EmuMap;

const EmuMap *emu_map_of(const void *map); /* stops where it is none */
size_t emu_map_bytes(const EmuMap *map);
size_t emu_map_bring(const EmuMap *map, int column, int row, unsigned char *to); /* the bytes that came */

/* Where a byte lies for whom this pattern holds: bits from 4 on are xor-ed with bits from 7 on. */
uintptr_t emu_swizzled(uintptr_t at, uint32_t swizzle);

#endif

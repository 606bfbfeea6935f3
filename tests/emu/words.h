/* words.h - the words of runtime/cuda for a GPU that is played by the processor; lanes.c, copies.c, matrices.c,
 * barriers.c, groups.c compute them */
#ifndef EMU_WORDS_H
#define EMU_WORDS_H

#define EMU_HERE __FILE__, __LINE__

void grid_wait(void);

float emu_lane_xor(float x, int mask, const char *file, int line);
float emu_lane_from(float x, int lane, const char *file, int line);
float emu_lane_up(float x, int by, const char *file, int line);
int32_t emu_lane_from_int(int32_t x, int lane, const char *file, int line);
uint32_t emu_lanes_where(int says, const char *file, int line);
#define lane_xor(x, mask)      emu_lane_xor(x, mask, EMU_HERE)
#define lane_from(x, lane)     emu_lane_from(x, lane, EMU_HERE)
#define lane_up(x, by)         emu_lane_up(x, by, EMU_HERE)
#define lane_from_int(x, lane) emu_lane_from_int(x, lane, EMU_HERE)
#define lanes_where(says)      emu_lanes_where(says, EMU_HERE)
#define lanes_count(lanes)     __builtin_popcount(lanes)

void copy_async(void *shared, const void *from, int takes);
void copy_async_4(void *shared, const void *from, int takes);
void copy_group(void);
void copy_wait(int n);

#define shared_memory(type, name) type *const name = (type *)(void *)emu.shared
enum { EMU_ROOM = 48 * 1024 };
/* One room for all kernels, of which one block runs at a time. */
__attribute__((unused, aligned(16))) __shared__ unsigned char emu_room[EMU_ROOM];
#define shared_room(type, name, n)                                                              \
    _Static_assert(sizeof(type) * (n) <= sizeof emu_room, "more shared memory than a block has"); \
    type *const name = (type *)emu_room_of(emu_room, sizeof(type) * (n))
void *emu_room_of(void *room, size_t bytes); /* no more of it is the kernel's */

void barrier_wait(int number, int threads);
void barrier_arrive(int number, int threads);
void mbarrier_begin(uint64_t *at, int arrivals);
void mbarrier_arrive(uint64_t *at);
void mbarrier_expect(uint64_t *at, int bytes);
void mbarrier_wait(uint64_t *at, int parity);
void fence_async(void);
void map_fence(const void *map);
void copy_box(void *shared, const void *map, int column, int row, uint64_t *mbarrier);
void copy_bytes(void *shared, const void *from, int n, uint64_t *mbarrier);

uint32_t pack_bf16(float a, float b);
uint32_t pack_f16(float a, float b);
uint32_t round_tf32(float x);
float float_of(uint32_t bits);
uint32_t bits_of(float x);
enum { EMU_BF16, EMU_F16, EMU_TF32, EMU_U8 };
void emu_matrix_load(uint32_t *to, const void *row, int turned, const char *file, int line);
void emu_matrix_multiply(void *c, const uint32_t *a, uint32_t b0, uint32_t b1, int kind, const char *file, int line);
#define matrix_load(to, row)               emu_matrix_load(to, row, 0, EMU_HERE)
#define matrix_load_turned(to, row)        emu_matrix_load(to, row, 1, EMU_HERE)
#define matrix_multiply(c, a, b0, b1)      emu_matrix_multiply(c, a, b0, b1, EMU_BF16, EMU_HERE)
#define matrix_multiply_f16(c, a, b0, b1)  emu_matrix_multiply(c, a, b0, b1, EMU_F16, EMU_HERE)
#define matrix_multiply_tf32(c, a, b0, b1) emu_matrix_multiply(c, a, b0, b1, EMU_TF32, EMU_HERE)
#define matrix_multiply_u8(c, a, b0, b1)   emu_matrix_multiply(c, a, b0, b1, EMU_U8, EMU_HERE)

uint64_t group_matrix(const void *at, int step, int next, int swizzle);
/* held: a, where it is in registers, else NULL. */
void emu_group_multiply(int f16, float *c, uint64_t a, const uint32_t *held, uint64_t b, int n, int adds, int turned, const char *file, int line);
void emu_group_fence(const char *file, int line);
void emu_group_commit(const char *file, int line);
void emu_group_wait(int n, const char *file, int line);
#define group_multiply_64(f16, c, a, b, adds, turned)       emu_group_multiply(f16, c, a, NULL, b, 64, adds, turned, EMU_HERE)
#define group_multiply_128(f16, c, a, b, adds, turned)      emu_group_multiply(f16, c, a, NULL, b, 128, adds, turned, EMU_HERE)
#define group_multiply_256(f16, c, a, b, adds, turned)      emu_group_multiply(f16, c, a, NULL, b, 256, adds, turned, EMU_HERE)
#define group_multiply_held(n, f16, c, a, b, adds, turned)  emu_group_multiply(f16, c, 0, a, b, n, adds, turned, EMU_HERE)
#define group_fence()                             emu_group_fence(EMU_HERE)
#define group_commit()                            emu_group_commit(EMU_HERE)
#define group_wait(n)                             emu_group_wait(n, EMU_HERE)

#endif

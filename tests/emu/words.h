/* words.h - the words of runtime/cuda for a GPU that is played by the processor; words.c computes them */
#ifndef EMU_WORDS_H
#define EMU_WORDS_H

#define EMU_HERE __FILE__, __LINE__

float emu_lane_xor(float x, int mask, const char *file, int line);
float emu_lane_from(float x, int lane, const char *file, int line);
uint32_t emu_lanes_where(int says, const char *file, int line);
#define lane_xor(x, mask)  emu_lane_xor(x, mask, EMU_HERE)
#define lane_from(x, lane) emu_lane_from(x, lane, EMU_HERE)
#define lanes_where(says)  emu_lanes_where(says, EMU_HERE)

void copy_async(void *shared, const void *from, int takes);
void copy_group(void);
void copy_wait(int n);

uint32_t pack_bf16(float a, float b);
void emu_matrix_load(uint32_t *to, const void *row, int turned, const char *file, int line);
void emu_matrix_multiply(float *c, const uint32_t *a, uint32_t b0, uint32_t b1, const char *file, int line);
#define matrix_load(to, row)             emu_matrix_load(to, row, 0, EMU_HERE)
#define matrix_load_turned(to, row)      emu_matrix_load(to, row, 1, EMU_HERE)
#define matrix_multiply(c, a, b0, b1)    emu_matrix_multiply(c, a, b0, b1, EMU_HERE)

#endif

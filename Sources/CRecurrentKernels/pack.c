// Matrices on their way into panels.
#include "recurrent_pack.h"

#include <string.h>

/// Copies the units of a gate, in one or two instructions where they are a whole vector.
static inline void copy_units(float *to, const float *from, size_t units) {
  if (units == 8)
    memcpy(to, from, 8 * sizeof(float));
  else if (units == 16)
    memcpy(to, from, 16 * sizeof(float));
  else
    memcpy(to, from, units * sizeof(float));
}

void rk_pack_panel(const rk_panel_pack *p) {
  for (size_t row = 0; row < p->rows; ++row)
    for (size_t gate = 0; gate < p->gates; ++gate)
      copy_units(p->packed + row * p->row_stride + gate * p->gate_stride,
                 p->matrix + row * p->stride + p->gate_offsets[gate], p->units);
}

typedef float quad __attribute__((vector_size(16)));
typedef float quad_in_memory __attribute__((vector_size(16), aligned(4), may_alias));

/// Four columns of four rows of the matrix, to four rows of a panel.
static inline void transpose_quads(const float *from, size_t stride, float *to, size_t width) {
  quad a = *(const quad_in_memory *)from, b = *(const quad_in_memory *)(from + stride);
  quad c = *(const quad_in_memory *)(from + 2 * stride), d = *(const quad_in_memory *)(from + 3 * stride);
  quad ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  *(quad_in_memory *)to = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
  *(quad_in_memory *)(to + width) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
  ab = __builtin_shufflevector(a, b, 2, 6, 3, 7), cd = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(quad_in_memory *)(to + 2 * width) = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
  *(quad_in_memory *)(to + 3 * width) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}

void rk_pack_transposed(const rk_transposed_pack *p) {
  size_t quad_units = p->units & ~(size_t)3, quad_columns = p->columns & ~(size_t)3;
  // A cache line of columns at a time: rows that are a power of two apart drive each other from the cache.
  for (size_t begin = 0; begin < quad_columns; begin += 16) {
    size_t end = begin + 16 < quad_columns ? begin + 16 : quad_columns;
    for (size_t unit = 0; unit < quad_units; unit += 4)
      for (size_t column = begin; column < end; column += 4)
        transpose_quads(p->matrix + unit * p->stride + column, p->stride, p->packed + column * p->width + unit,
                        p->width);
  }
  for (size_t unit = 0; unit < p->units; ++unit)
    for (size_t column = unit < quad_units ? quad_columns : 0; column < p->columns; ++column)
      p->packed[column * p->width + unit] = p->matrix[unit * p->stride + column];
}

/// The sums of a panel whose width is a constant wherever this is inlined, so that all of them are in registers.
static inline void sum_panel(const rk_panel_sum *s, size_t width) {
  quad sums[4] = {0};
  memcpy(sums, s->sums, s->units * sizeof(float));
  for (size_t row = 0; row < s->rows; ++row)
    for (size_t i = 0; i < width / 4; ++i) sums[i] += *(const quad_in_memory *)(s->packed + row * width + 4 * i);
  memcpy(s->sums, sums, s->units * sizeof(float));
}

void rk_sum_panel(const rk_panel_sum *s) {
  if (s->width == 16)
    sum_panel(s, 16);
  else if (s->width == 8)
    sum_panel(s, 8);
  else
    sum_panel(s, 4);
}

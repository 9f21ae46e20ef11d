// What the tests of the steps share: weights in the packed form, operands with their strides, chains of fused
// multiply-adds as the header defines them, and the sizes that every step is tried at.
#ifndef STEPS_H
#define STEPS_H

#include "check.h"

/// Rows and columns with a stride; the floats between the rows are NaN.
typedef struct {
  size_t rows, columns, stride;
  buffer values;
} matrix;

static inline matrix matrix_make(size_t rows, size_t columns, size_t gap) {
  matrix m = {rows, columns, columns + gap, buffer_make(rows * (columns + gap))};
  for (size_t i = 0; i < m.values.count; ++i) m.values.data[i] = NAN;
  return m;
}

static inline matrix matrix_random(size_t rows, size_t columns, size_t gap, float scale, uint32_t *seed) {
  matrix m = matrix_make(rows, columns, gap);
  for (size_t r = 0; r < rows; ++r)
    for (size_t j = 0; j < columns; ++j) m.values.data[r * m.stride + j] = scale * next_uniform(seed);
  return m;
}

static inline float *row_of(matrix m, size_t row) { return m.values.data + row * m.stride; }

/// Frees a matrix and checks that nothing was written around it or between its rows.
static inline void matrix_free(matrix m, const char *what) {
  for (size_t r = 0; r < m.rows; ++r)
    for (size_t j = m.columns; j < m.stride; ++j)
      CHECK(row_of(m, r)[j] != row_of(m, r)[j], "%s was written between its rows", what);
  buffer_free(m.values, what);
}

static inline size_t panels_of(const rk_kernels *kernels, size_t hidden) {
  return (hidden + kernels->width - 1) / kernels->width;
}

/// [k][gate·hidden + unit] in the packed form. What fills up vectors is NaN here, where the library has zeros: whatever
/// it is must not reach a unit.
static inline buffer packed(const rk_kernels *kernels, matrix plain, size_t gates, size_t hidden) {
  size_t v = kernels->width, last = panels_of(kernels, hidden) - 1, depth = plain.rows, left = hidden - last * v;
  size_t vectors_left = (gates * left + v - 1) / v, packed_gate = vectors_left < gates ? left : v;
  buffer b = buffer_make((last * gates + vectors_left) * depth * v);
  for (size_t i = 0; i < b.count; ++i) b.data[i] = NAN;
  for (size_t k = 0; k < depth; ++k)
    for (size_t g = 0; g < gates; ++g)
      for (size_t unit = 0; unit < hidden; ++unit) {
        size_t p = unit / v, row = p < last ? k * gates * v + g * v : k * vectors_left * v + g * packed_gate;
        b.data[p * depth * gates * v + row + unit % v] = row_of(plain, k)[g * hidden + unit];
      }
  return b;
}

/// start + x[0]·w[0] + x[1]·w[stride] + ..., one fused multiply-add after the other.
static inline float chain(float start, size_t count, const float *x, const float *w, size_t stride) {
  for (size_t k = 0; k < count; ++k) start = fmaf(x[k], w[k * stride], start);
  return start;
}

/// σ and tanh of one float, from the portable maps, so that every instruction set is held to the same bits.
static inline float sigmoid_of(float x) {
  rk_kernels_for(RK_ISA_PORTABLE)->sigmoid(1, &x, &x);
  return x;
}
static inline float tanh_of(float x) {
  rk_kernels_for(RK_ISA_PORTABLE)->tanh(1, &x, &x);
  return x;
}

/// One case: sizes, and which of the variants of a call it takes.
typedef struct {
  size_t rows, hidden, inputs, recurrent;
  bool hoisted, split, has_bias, has_gates, in_place, has_peepholes, poisoned;
} step_case;

/// Steps before the one that is tested, in rows, in the z of a hoisted product.
#define ROWS_BEFORE 2

/// z of a hoisted product over rows that belong to a whole block of steps, ROWS_BEFORE of them before these.
static inline buffer hoisted_z(const rk_kernels *kernels, step_case c, size_t gates, const float *weights,
                               const float *bias, matrix x) {
  size_t panels = panels_of(kernels, c.hidden), all_rows = c.rows + ROWS_BEFORE;
  size_t stride = all_rows * gates * kernels->width + 3, cut = c.rows % (panels + 1);
  matrix block = matrix_make(all_rows, c.inputs, 1);
  for (size_t r = 0; r < c.rows && c.inputs; ++r)
    memcpy(row_of(block, r + ROWS_BEFORE), row_of(x, r), c.inputs * sizeof(float));
  buffer z = buffer_make(panels * stride);
  rk_project product = {.rows = all_rows,
                        .gates = gates,
                        .hidden = c.hidden,
                        .panel_begin = 0,
                        .panel_end = cut,
                        .inputs = c.inputs,
                        .weight_rows = c.inputs + c.recurrent,
                        .weights = weights,
                        .bias = bias,
                        .x = c.inputs ? block.values.data : NULL,
                        .x_stride = block.stride,
                        .z = z.data,
                        .z_panel_stride = stride};
  kernels->project(&product);
  product.panel_begin = cut, product.panel_end = panels;
  kernels->project(&product);
  for (size_t p = 0; p < panels; ++p)
    for (size_t i = 0; i < 3; ++i)
      CHECK(bits_of(z.data[(p + 1) * stride - 1 - i]) == 0x7fc0dead, "%s: project wrote between panels", kernels->name);
  matrix_free(block, "block of x");
  return z;
}

/// Compares a row of results with its definition.
#define CHECK_SAME(kernels, c, what, row, unit, found, expected)                                                      \
  CHECK(same(found, expected), "%s: %s of row %zu of %zu, unit %zu of %zu, I = %zu, R = %zu, is %a, not %a",          \
        (kernels)->name, what, row, (c).rows, unit, (c).hidden, (c).inputs, (c).recurrent, (double)(found),           \
        (double)(expected))

/// Of `bits` the choice of variants for a case that has sizes.
static inline step_case with_variants(step_case c, uint32_t bits) {
  c.split = bits & 2, c.has_bias = bits & 12, c.has_gates = bits & 16, c.in_place = bits & 32;
  c.has_peepholes = bits & 64, c.poisoned = c.rows > 1 && bits & 128;
  return c;
}

/// Calls `check` for every number of units left over for the last panel, beside none, one and several whole panels, at
/// every number of rows up to one tile and some, walking x and not.
static inline long for_each_tail_case(const rk_kernels *kernels, bool tied,
                                      void (*check)(const rk_kernels *kernels, step_case c)) {
  size_t w = kernels->width, whole[] = {0, 1, 2, 5};
  uint32_t cases = 0, seed = 5;
  for (int p = 0; p < 4; ++p)
    for (size_t left = 1; left <= w; ++left)
      for (size_t rows = 1; rows < 10; ++rows)
        for (int hoisted = 0; hoisted < 2; ++hoisted, ++cases) {
          next_uniform(&seed);
          size_t hidden = whole[p] * w + left, inputs = seed >> 28;
          check(kernels, with_variants((step_case){.rows = rows, .hidden = hidden, .inputs = inputs,
                                                   .recurrent = tied ? hidden : 5, .hoisted = hoisted},
                                       seed >> 16));
        }
  return cases;
}

/// Calls `check` at all sizes, every variant in turn. With `tied` the recurrent inputs are the hidden units.
static inline long for_each_step_case(const rk_kernels *kernels, bool tied,
                                      void (*check)(const rk_kernels *kernels, step_case c)) {
  size_t w = kernels->width, hiddens[] = {1, w - 1, w, w + 1, 2 * w + 1, 37, 9 * w - 1};
  size_t rows[] = {0, 1, 2, 3, 5, 6, 7, 13, 16}, depths[] = {0, 1, 3, 17, 64};
  uint32_t cases = 0, seed = 3;
  for (int h = 0; h < 7; ++h)
    for (int n = 0; n < 9; ++n)
      for (int i = 0; i < 5; ++i)
        for (int r = 0; r < (tied ? 1 : 5); ++r, ++cases) {
          if (h == 6 && (n > 3 || (depths[i] != 3 && depths[i] != 17))) continue;  // Panels side by side need few rows.
          next_uniform(&seed);
          uint32_t bits = seed >> 16;
          check(kernels, with_variants((step_case){.rows = rows[n],
                                                   .hidden = hiddens[h],
                                                   .inputs = depths[i],
                                                   .recurrent = tied ? hiddens[h] : depths[r],
                                                   .hoisted = bits & 1},
                                       bits));
        }
  return cases + for_each_tail_case(kernels, tied, check);
}

#endif

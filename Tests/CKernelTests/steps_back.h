// What the tests of the steps back share: the sum that each begins with, and the slopes of σ and tanh.
#ifndef STEPS_BACK_H
#define STEPS_BACK_H

#include "steps.h"

// In a case of theirs the inputs are K, the columns of v; the choices of `hoisted` and `has_bias` are those of `given` and
// `carried`, and `has_gates` asks for what a kernel writes besides gradients.

/// The operands of a sum, in plain and in packed form.
typedef struct {
  matrix plain, v, carried, given;
  buffer weights;
} sum_operands;

static inline sum_operands sum_make(const rk_kernels *kernels, step_case c, uint32_t *seed) {
  sum_operands s = {
      .plain = matrix_random(c.inputs, c.hidden, 0, 0.5f, seed),
      .v = matrix_random(c.rows, c.inputs, 1, 1, seed),
      .carried = matrix_random(c.rows, c.hidden, 2, 1, seed),
      .given = matrix_random(c.rows, c.hidden, 3, 1, seed),
  };
  const float poison[] = {NAN, INFINITY, -INFINITY, 0x1p-140f};
  if (c.poisoned && c.inputs) row_of(s.v, c.rows / 2)[c.inputs / 2] = poison[c.hidden % 4];
  s.weights = packed(kernels, s.plain, 1, c.hidden);
  return s;
}

static inline void sum_free(sum_operands s) {
  matrix_free(s.plain, "weights");
  matrix_free(s.v, "v");
  matrix_free(s.carried, "carried");
  matrix_free(s.given, "given");
  buffer_free(s.weights, "packed weights");
}

/// The limit of a case: in some there is none, in the others the sums of most units go beyond it.
static inline float limit_of_case(step_case c) { return (c.rows + c.hidden) % 3 ? 0.5f : INFINITY; }

/// The sum as a kernel takes it.
static inline rk_gradient_sum sum_of_case(step_case c, sum_operands s) {
  return (rk_gradient_sum){
      .count = c.inputs,
      .weights = c.inputs ? s.weights.data : NULL,
      .v = c.inputs ? s.v.values.data : NULL,
      .v_stride = s.v.stride,
      .carried = c.has_bias ? s.carried.values.data : NULL,
      .carried_stride = s.carried.stride,
      .given = c.hoisted ? s.given.values.data : NULL,
      .given_stride = s.given.stride,
      .limit = limit_of_case(c),
  };
}

/// The sum as it is defined. `carried` is the value of it before the step, which may write there.
static inline float sum_expected(step_case c, sum_operands s, size_t row, size_t unit, float carried) {
  float sum = chain(0, c.inputs, row_of(s.v, row), s.plain.values.data + unit, s.plain.stride);
  if (c.has_bias) sum = sum + carried;
  if (c.hoisted) sum = sum + row_of(s.given, row)[unit];
  float limit = limit_of_case(c);
  return sum > limit ? limit : sum < -limit ? -limit : sum;
}

/// The slopes of σ and tanh where their value is t.
static inline float sigmoid_slope(float t) {
  float rest = 1 - t;
  return t * rest;
}
static inline float tanh_slope(float t) { return fmaf(-t, t, 1); }

/// a·b·c, from left to right, each product rounded.
static inline float product3(float a, float b, float c) {
  volatile float product = a * b;
  return product * c;
}

/// A matrix with the same numbers.
static inline matrix matrix_copy(matrix m) {
  matrix copy = matrix_make(m.rows, m.columns, m.stride - m.columns);
  memcpy(copy.values.data, m.values.data, m.values.count * sizeof(float));
  return copy;
}

/// Calls a kernel for all panels of a case, at once or in two parts.
#define CALL_BACK(kernels, c, kernel, step)                                 \
  do {                                                                      \
    size_t panels = panels_of(kernels, (c).hidden);                         \
    (step).panel_end = (c).split ? (c).rows % (panels + 1) : panels;        \
    (kernels)->kernel(&(step));                                             \
    if ((c).split) {                                                        \
      (step).panel_begin = (step).panel_end, (step).panel_end = panels;     \
      (kernels)->kernel(&(step));                                           \
    }                                                                       \
  } while (0)

#endif

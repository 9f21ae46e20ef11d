// lstm_step and project against the definition, bit by bit: a scalar chain of fmaf a gate, and the portable maps. It
// knows nothing of other rows, tiles, panels or instruction sets, so equality says that none of them matters.
#include "steps.h"

static void check_unit(const rk_kernels *kernels, step_case c, size_t row, size_t unit, matrix plain, matrix bias,
                       matrix peephole, const float *x, const float *h, float cell, const float *found,
                       const float *gates) {
  float z[4], p[3];
  for (size_t g = 0; g < 4; ++g) {
    const float *w = plain.values.data + g * c.hidden + unit;
    z[g] = chain(c.has_bias ? row_of(bias, 0)[g * c.hidden + unit] : 0, c.inputs, x, w, plain.stride);
    z[g] = chain(z[g], c.recurrent, h, w + c.inputs * plain.stride, plain.stride);
  }
  for (size_t g = 0; g < 3; ++g) p[g] = row_of(peephole, 0)[g * c.hidden + unit];
  if (c.has_peepholes) z[0] = fmaf(p[0], cell, z[0]), z[1] = fmaf(p[1], cell, z[1]);
  float i = sigmoid_of(z[0]), f = sigmoid_of(z[1]), g = tanh_of(z[2]);
  float product = i * g, next_c = fmaf(f, cell, product);
  if (c.has_peepholes) z[3] = fmaf(p[2], next_c, z[3]);
  float o = sigmoid_of(z[3]), next_h = o * tanh_of(next_c);
  CHECK_SAME(kernels, c, "c", row, unit, found[0], next_c);
  CHECK_SAME(kernels, c, "h", row, unit, found[1], next_h);
  float values[4] = {i, f, g, o};
  for (size_t q = 0; q < 4 && c.has_gates; ++q)
    CHECK_SAME(kernels, c, "gate", row, unit, gates[q * c.hidden + unit], values[q]);
}

static void check_case(const rk_kernels *kernels, step_case c) {
  uint32_t seed = 11;
  size_t panels = panels_of(kernels, c.hidden), depth = c.inputs + c.recurrent;
  matrix plain = matrix_random(depth, 4 * c.hidden, 0, 0.5f, &seed), bias = matrix_random(1, 4 * c.hidden, 0, 1, &seed);
  matrix peephole = matrix_random(1, 3 * c.hidden, 0, 1, &seed);
  matrix x = matrix_random(c.rows, c.inputs, 1, 1, &seed), h = matrix_random(c.rows, c.recurrent, 2, 1, &seed);
  matrix c_before = matrix_random(c.rows, c.hidden, 3, 2, &seed);
  matrix c_after = matrix_make(c.rows, c.hidden, c.in_place ? 3 : 5), h_after = matrix_make(c.rows, c.hidden, 7);
  matrix gates = matrix_make(c.rows, 4 * c.hidden, 1);
  if (c.poisoned) {
    size_t row = c.rows / 2;
    const float poison[] = {NAN, INFINITY, -INFINITY, 0x1p-140f};
    if (c.inputs) row_of(x, row)[c.inputs / 2] = poison[c.hidden % 4];
    if (c.recurrent) row_of(h, row)[c.recurrent / 2] = poison[c.inputs % 4];
    row_of(c_before, row)[c.hidden / 2] = poison[c.rows % 4];
  }
  if (c.in_place) memcpy(c_after.values.data, c_before.values.data, c_before.values.count * sizeof(float));

  buffer weights = packed(kernels, plain, 4, c.hidden), packed_bias = packed(kernels, bias, 4, c.hidden);
  buffer packed_peephole = packed(kernels, peephole, 3, c.hidden), z = {0};
  if (c.hoisted) z = hoisted_z(kernels, c, 4, weights.data, c.has_bias ? packed_bias.data : NULL, x);
  rk_lstm_step step = {
      .rows = c.rows,
      .hidden = c.hidden,
      .panel_begin = 0,
      .panel_end = c.split ? c.rows % (panels + 1) : panels,
      .inputs = c.inputs,
      .recurrent = c.recurrent,
      .weights = weights.data,
      .bias = c.has_bias && !c.hoisted ? packed_bias.data : NULL,
      .peephole = c.has_peepholes ? packed_peephole.data : NULL,
      .z = c.hoisted ? z.data + ROWS_BEFORE * 4 * kernels->width : NULL,
      .z_panel_stride = (c.rows + ROWS_BEFORE) * 4 * kernels->width + 3,
      .x = c.hoisted || !c.inputs ? NULL : x.values.data,
      .x_stride = x.stride,
      .h_previous = c.recurrent ? h.values.data : NULL,
      .h_previous_stride = h.stride,
      .c_previous = c.in_place ? c_after.values.data : c_before.values.data,
      .c_previous_stride = c_before.stride,
      .c = c_after.values.data,
      .c_stride = c_after.stride,
      .h = h_after.values.data,
      .h_stride = h_after.stride,
      .gates = c.has_gates ? gates.values.data : NULL,
      .gates_stride = gates.stride,
  };
  kernels->lstm_step(&step);
  if (c.split) {
    step.panel_begin = step.panel_end, step.panel_end = panels;
    kernels->lstm_step(&step);
  }

  for (size_t row = 0; row < c.rows; ++row)
    for (size_t unit = 0; unit < c.hidden; ++unit)
      check_unit(kernels, c, row, unit, plain, bias, peephole, row_of(x, row), row_of(h, row),
                 row_of(c_before, row)[unit], (float[]){row_of(c_after, row)[unit], row_of(h_after, row)[unit]},
                 row_of(gates, row));
  matrix_free(plain, "weights");
  matrix_free(bias, "bias");
  matrix_free(peephole, "peephole");
  matrix_free(x, "x");
  matrix_free(h, "h before");
  matrix_free(c_before, "c before");
  matrix_free(c_after, "c");
  matrix_free(h_after, "h");
  matrix_free(gates, "gates");
  buffer_free(weights, "packed weights");
  buffer_free(packed_bias, "packed bias");
  buffer_free(packed_peephole, "packed peephole");
  if (c.hoisted) buffer_free(z, "z");
}

void check_lstm_step(const rk_kernels *kernels) {
  long cases = for_each_step_case(kernels, false, check_case);
  printf("%s: lstm_step, %ld cases, equal to the definition bit by bit\n", kernels->name, cases);
}

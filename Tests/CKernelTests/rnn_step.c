// rnn_step against its definition, bit by bit, as in lstm_step.c.
#include "steps.h"

static float activated(rk_activation activation, float x) {
  if (activation == RK_ACTIVATION_TANH) return tanh_of(x);
  if (activation == RK_ACTIVATION_RELU) return x < 0 ? 0 : x;
  return x;
}

static void check_case(const rk_kernels *kernels, step_case c) {
  uint32_t seed = 31;
  rk_activation activation = (rk_activation)((c.rows + c.hidden + c.inputs + c.recurrent) % 3);
  size_t panels = panels_of(kernels, c.hidden);
  matrix plain = matrix_random(c.inputs + c.recurrent, c.hidden, 0, 0.5f, &seed);
  matrix bias = matrix_random(1, c.hidden, 0, 1, &seed), x = matrix_random(c.rows, c.inputs, 1, 1, &seed);
  matrix h = matrix_random(c.rows, c.recurrent, 2, 1, &seed), h_after = matrix_make(c.rows, c.hidden, 3);
  if (c.poisoned && c.inputs) row_of(x, c.rows / 2)[c.inputs / 2] = c.hidden % 2 ? NAN : -INFINITY;

  buffer weights = packed(kernels, plain, 1, c.hidden), packed_bias = packed(kernels, bias, 1, c.hidden), z = {0};
  if (c.hoisted) z = hoisted_z(kernels, c, 1, weights.data, c.has_bias ? packed_bias.data : NULL, x);
  rk_rnn_step step = {
      .rows = c.rows,
      .hidden = c.hidden,
      .panel_end = c.split ? c.rows % (panels + 1) : panels,
      .inputs = c.inputs,
      .recurrent = c.recurrent,
      .activation = activation,
      .weights = weights.data,
      .bias = c.has_bias && !c.hoisted ? packed_bias.data : NULL,
      .z = c.hoisted ? z.data + ROWS_BEFORE * kernels->width : NULL,
      .z_panel_stride = (c.rows + ROWS_BEFORE) * kernels->width + 3,
      .x = c.hoisted || !c.inputs ? NULL : x.values.data,
      .x_stride = x.stride,
      .h_previous = c.recurrent ? h.values.data : NULL,
      .h_previous_stride = h.stride,
      .h = h_after.values.data,
      .h_stride = h_after.stride,
  };
  kernels->rnn_step(&step);
  if (c.split) {
    step.panel_begin = step.panel_end, step.panel_end = panels;
    kernels->rnn_step(&step);
  }
  for (size_t row = 0; row < c.rows; ++row)
    for (size_t unit = 0; unit < c.hidden; ++unit) {
      const float *w = plain.values.data + unit;
      float sum = chain(c.has_bias ? row_of(bias, 0)[unit] : 0, c.inputs, row_of(x, row), w, plain.stride);
      sum = chain(sum, c.recurrent, row_of(h, row), w + c.inputs * plain.stride, plain.stride);
      CHECK_SAME(kernels, c, "h", row, unit, row_of(h_after, row)[unit], activated(activation, sum));
    }
  matrix_free(plain, "weights");
  matrix_free(bias, "bias");
  matrix_free(x, "x");
  matrix_free(h, "h before");
  matrix_free(h_after, "h");
  buffer_free(weights, "packed weights");
  buffer_free(packed_bias, "packed bias");
  if (c.hoisted) buffer_free(z, "z");
}

void check_rnn_step(const rk_kernels *kernels) {
  long cases = for_each_step_case(kernels, false, check_case);
  printf("%s: rnn_step, %ld cases, equal to the definition bit by bit\n", kernels->name, cases);
}

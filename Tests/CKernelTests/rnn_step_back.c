// rnn_step_back against its definition, bit by bit.
#include "steps_back.h"

static float sloped(rk_activation activation, float dh, float h) {
  if (activation == RK_ACTIVATION_TANH) return dh * tanh_slope(h);
  if (activation == RK_ACTIVATION_RELU) return h > 0 ? dh : 0;
  return dh;
}

static void check_case(const rk_kernels *kernels, step_case c) {
  uint32_t seed = 47;
  rk_activation activation = (rk_activation)((c.rows + c.hidden + c.inputs) % 3);
  sum_operands dh = sum_make(kernels, c, &seed);
  matrix h = matrix_random(c.rows, c.hidden, 1, 1, &seed), h_before = matrix_copy(h);
  matrix dz = matrix_make(c.rows, c.hidden, 2);
  bool takes_place_of_h = c.in_place && activation != RK_ACTIVATION_IDENTITY;
  matrix result = takes_place_of_h ? h : dz;
  rk_rnn_step_back step = {
      .rows = c.rows,
      .hidden = c.hidden,
      .activation = activation,
      .dh = sum_of_case(c, dh),
      .h = activation == RK_ACTIVATION_IDENTITY ? NULL : h.values.data,
      .h_stride = h.stride,
      .dz = result.values.data,
      .dz_stride = result.stride,
  };
  CALL_BACK(kernels, c, rnn_step_back, step);
  for (size_t row = 0; row < c.rows; ++row)
    for (size_t unit = 0; unit < c.hidden; ++unit) {
      float sum = sum_expected(c, dh, row, unit, row_of(dh.carried, row)[unit]);
      CHECK_SAME(kernels, c, "dz", row, unit, row_of(result, row)[unit],
                 sloped(activation, sum, row_of(h_before, row)[unit]));
    }
  sum_free(dh);
  matrix_free(h, "h");
  matrix_free(h_before, "copy of h");
  matrix_free(dz, "dz");
}

void check_rnn_step_back(const rk_kernels *kernels) {
  long cases = for_each_step_case(kernels, true, check_case);
  printf("%s: rnn_step_back, %ld cases, equal to the definition bit by bit\n", kernels->name, cases);
}

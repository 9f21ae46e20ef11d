// lstm_step_back against its definition, bit by bit, as in lstm_step.c.
#include "steps_back.h"

/// A case's operands, and copies of what the kernel replaces. The gradients of the gates take the place of their values
/// if the case says so.
typedef struct {
  sum_operands dh;
  matrix peephole, c_before, c_after, c_given, dc, dc_before, gates, values, gradients, units;
} operands;

static operands operands_make(const rk_kernels *kernels, step_case c) {
  uint32_t seed = 41;
  operands o = {
      .dh = sum_make(kernels, c, &seed),
      .peephole = matrix_random(1, 3 * c.hidden, 0, 1, &seed),
      .c_before = matrix_random(c.rows, c.hidden, 1, 2, &seed),
      .c_after = matrix_random(c.rows, c.hidden, 2, 2, &seed),
      .c_given = matrix_random(c.rows, c.hidden, 3, 1, &seed),
      .dc = matrix_random(c.rows, c.hidden, 4, 1, &seed),
      .gates = matrix_random(c.rows, 4 * c.hidden, 5, 1, &seed),
      .gradients = matrix_make(c.rows, 4 * c.hidden, 7),
      .units = matrix_make(c.rows, c.hidden, 6),
  };
  o.dc_before = matrix_copy(o.dc);
  o.values = matrix_copy(o.gates);
  return o;
}

static void operands_free(operands o) {
  sum_free(o.dh);
  matrix_free(o.peephole, "peephole");
  matrix_free(o.c_before, "c before");
  matrix_free(o.c_after, "c");
  matrix_free(o.c_given, "given gradients of c");
  matrix_free(o.dc, "gradients of c");
  matrix_free(o.dc_before, "copy of gradients of c");
  matrix_free(o.gates, "gates");
  matrix_free(o.values, "copy of gates");
  matrix_free(o.gradients, "gradients of gates");
  matrix_free(o.units, "units");
}

static matrix gradients_of(step_case c, operands o) { return c.in_place ? o.gates : o.gradients; }

static void check_unit(const rk_kernels *kernels, step_case c, operands o, size_t row, size_t unit) {
  float value[4], p[3];
  for (size_t g = 0; g < 4; ++g) value[g] = row_of(o.values, row)[g * c.hidden + unit];
  for (size_t g = 0; g < 3; ++g) p[g] = row_of(o.peephole, 0)[g * c.hidden + unit];
  float i = value[0], f = value[1], g = value[2], output = value[3];
  float dh = sum_expected(c, o.dh, row, unit, row_of(o.dh.carried, row)[unit]);
  float shown = tanh_of(row_of(o.c_after, row)[unit]);
  float d_o = product3(dh, shown, sigmoid_slope(output));
  float dc = row_of(o.dc_before, row)[unit];
  if (c.in_place) dc = dc + row_of(o.c_given, row)[unit];
  float shown_gradient = dh * output;
  dc = fmaf(shown_gradient, tanh_slope(shown), dc);
  if (c.has_peepholes) dc = fmaf(p[2], d_o, dc);
  float d_i = product3(dc, g, sigmoid_slope(i));
  float d_f = product3(dc, row_of(o.c_before, row)[unit], sigmoid_slope(f));
  float d_g = product3(dc, i, tanh_slope(g));
  float carried = dc * f;
  if (c.has_peepholes) carried = fmaf(p[1], d_f, fmaf(p[0], d_i, carried));
  CHECK_SAME(kernels, c, "dC", row, unit, row_of(o.dc, row)[unit], carried);
  const float expected[4] = {d_i, d_f, d_g, d_o};
  matrix gradients = gradients_of(c, o);
  for (size_t q = 0; q < 4; ++q)
    CHECK_SAME(kernels, c, "gradient of a gate", row, unit, row_of(gradients, row)[q * c.hidden + unit], expected[q]);
  CHECK_SAME(kernels, c, "units", row, unit, row_of(o.units, row)[unit], c.has_gates ? output * shown : NAN);
}

static void check_case(const rk_kernels *kernels, step_case c) {
  operands o = operands_make(kernels, c);
  buffer peephole = packed(kernels, o.peephole, 3, c.hidden);
  rk_lstm_step_back step = {
      .rows = c.rows,
      .hidden = c.hidden,
      .dh = sum_of_case(c, o.dh),
      .peephole = c.has_peepholes ? peephole.data : NULL,
      .c_previous = o.c_before.values.data,
      .c_previous_stride = o.c_before.stride,
      .c = o.c_after.values.data,
      .c_stride = o.c_after.stride,
      .c_given = c.in_place ? o.c_given.values.data : NULL,
      .c_given_stride = o.c_given.stride,
      .dc = o.dc.values.data,
      .dc_stride = o.dc.stride,
      .gates = o.gates.values.data,
      .gates_stride = o.gates.stride,
      .gradients = gradients_of(c, o).values.data,
      .gradients_stride = gradients_of(c, o).stride,
      .units = c.has_gates ? o.units.values.data : NULL,
      .units_stride = o.units.stride,
  };
  CALL_BACK(kernels, c, lstm_step_back, step);
  for (size_t row = 0; row < c.rows; ++row)
    for (size_t unit = 0; unit < c.hidden; ++unit) check_unit(kernels, c, o, row, unit);
  buffer_free(peephole, "packed peephole");
  operands_free(o);
}

void check_lstm_step_back(const rk_kernels *kernels) {
  long cases = for_each_step_case(kernels, true, check_case);
  printf("%s: lstm_step_back, %ld cases, equal to the definition bit by bit\n", kernels->name, cases);
}

// gru_step_back, and gru_candidate_back with gru_reset_gates_back, against their definitions, bit by bit.
#include "steps_back.h"

/// A case's operands, and copies of what the kernels replace. The gradients of the gates take the place of their values
/// if the case says so.
typedef struct {
  sum_operands sum;
  matrix h, carry, carry_before, gates, values, gradients, reset_h;
} operands;

static operands operands_make(const rk_kernels *kernels, step_case c, size_t gates) {
  uint32_t seed = 43;
  operands o = {
      .sum = sum_make(kernels, c, &seed),
      .h = matrix_random(c.rows, c.hidden, 1, 1, &seed),
      .carry = matrix_random(c.rows, c.hidden, 2, 1, &seed),
      .gates = matrix_random(c.rows, gates * c.hidden, 3, 1, &seed),
      .gradients = matrix_make(c.rows, gates * c.hidden, 5),
      .reset_h = matrix_make(c.rows, c.hidden, 4),
  };
  o.carry_before = matrix_copy(o.carry);
  o.values = matrix_copy(o.gates);
  return o;
}

static void operands_free(operands o) {
  sum_free(o.sum);
  matrix_free(o.h, "h before");
  matrix_free(o.carry, "carry");
  matrix_free(o.carry_before, "copy of carry");
  matrix_free(o.gates, "gates");
  matrix_free(o.values, "copy of gates");
  matrix_free(o.gradients, "gradients of gates");
  matrix_free(o.reset_h, "reset h");
}

/// dh of a case where `carry` takes the place of what was carried, if the case says so.
static rk_gradient_sum dh_of(step_case c, operands o) {
  rk_gradient_sum dh = sum_of_case(c, o.sum);
  if (c.in_place && c.has_bias) dh.carried = o.carry.values.data, dh.carried_stride = o.carry.stride;
  return dh;
}

static float dh_expected(step_case c, operands o, size_t row, size_t unit) {
  return sum_expected(c, o.sum, row, unit, row_of(c.in_place ? o.carry_before : o.sum.carried, row)[unit]);
}

static matrix gradients_of(step_case c, operands o) { return c.in_place ? o.gates : o.gradients; }

static float value_of(step_case c, operands o, size_t row, size_t unit, size_t gate) {
  return row_of(o.values, row)[gate * c.hidden + unit];
}

/// What stands where a kernel writes no gradient.
static float untouched(step_case c, operands o, size_t row, size_t unit, size_t gate) {
  return c.in_place ? value_of(c, o, row, unit, gate) : NAN;
}

static void check_gates(const rk_kernels *kernels, step_case c, operands o, size_t row, size_t unit, size_t count,
                        const float *expected) {
  for (size_t g = 0; g < count; ++g)
    CHECK_SAME(kernels, c, "gradient of a gate", row, unit, row_of(gradients_of(c, o), row)[g * c.hidden + unit],
               expected[g]);
}

static void check_reset_after(const rk_kernels *kernels, step_case c) {
  operands o = operands_make(kernels, c, 4);
  rk_gru_step_back step = {
      .rows = c.rows,
      .hidden = c.hidden,
      .dh = dh_of(c, o),
      .h_previous = o.h.values.data,
      .h_previous_stride = o.h.stride,
      .carry = o.carry.values.data,
      .carry_stride = o.carry.stride,
      .gates = o.gates.values.data,
      .gates_stride = o.gates.stride,
      .gradients = gradients_of(c, o).values.data,
      .gradients_stride = gradients_of(c, o).stride,
  };
  CALL_BACK(kernels, c, gru_step_back, step);
  for (size_t row = 0; row < c.rows; ++row)
    for (size_t unit = 0; unit < c.hidden; ++unit) {
      float r = value_of(c, o, row, unit, 0), z = value_of(c, o, row, unit, 1);
      float n = value_of(c, o, row, unit, 2), m = value_of(c, o, row, unit, 3);
      float dh = dh_expected(c, o, row, unit), h = row_of(o.h, row)[unit];
      float dn = product3(dh, 1 - z, tanh_slope(n));
      CHECK_SAME(kernels, c, "carry", row, unit, row_of(o.carry, row)[unit], dh * z);
      check_gates(kernels, c, o, row, unit, 4,
                  (float[]){product3(dn, m, sigmoid_slope(r)), product3(dh, h - n, sigmoid_slope(z)), dn * r, dn});
    }
  operands_free(o);
}

static void check_candidate(const rk_kernels *kernels, step_case c) {
  operands o = operands_make(kernels, c, 3);
  rk_gru_candidate_back step = {
      .rows = c.rows,
      .hidden = c.hidden,
      .dh = dh_of(c, o),
      .h_previous = o.h.values.data,
      .h_previous_stride = o.h.stride,
      .carry = o.carry.values.data,
      .carry_stride = o.carry.stride,
      .gates = o.gates.values.data,
      .gates_stride = o.gates.stride,
      .gradients = gradients_of(c, o).values.data,
      .gradients_stride = gradients_of(c, o).stride,
  };
  CALL_BACK(kernels, c, gru_candidate_back, step);
  for (size_t row = 0; row < c.rows; ++row)
    for (size_t unit = 0; unit < c.hidden; ++unit) {
      float z = value_of(c, o, row, unit, 1), n = value_of(c, o, row, unit, 2);
      float dh = dh_expected(c, o, row, unit), h = row_of(o.h, row)[unit];
      CHECK_SAME(kernels, c, "carry", row, unit, row_of(o.carry, row)[unit], dh * z);
      check_gates(kernels, c, o, row, unit, 3,
                  (float[]){untouched(c, o, row, unit, 0), product3(dh, h - n, sigmoid_slope(z)),
                            product3(dh, 1 - z, tanh_slope(n))});
    }
  operands_free(o);
}

static void check_reset_gates(const rk_kernels *kernels, step_case c) {
  c.has_bias = c.hoisted = false;
  operands o = operands_make(kernels, c, 3);
  rk_gru_reset_gates_back step = {
      .rows = c.rows,
      .hidden = c.hidden,
      .ds = sum_of_case(c, o.sum),
      .h_previous = o.h.values.data,
      .h_previous_stride = o.h.stride,
      .carry = o.carry.values.data,
      .carry_stride = o.carry.stride,
      .gates = o.gates.values.data,
      .gates_stride = o.gates.stride,
      .gradients = gradients_of(c, o).values.data,
      .gradients_stride = gradients_of(c, o).stride,
      .reset_h = c.has_gates ? o.reset_h.values.data : NULL,
      .reset_h_stride = o.reset_h.stride,
  };
  // As in the library, v is where the gradients have dn; its place there must be left alone by whoever reads it.
  matrix gradients = gradients_of(c, o);
  bool is_within = c.inputs > 0 && c.inputs <= c.hidden;
  if (is_within) {
    for (size_t row = 0; row < c.rows; ++row)
      memcpy(row_of(gradients, row) + 2 * c.hidden, row_of(o.sum.v, row), c.inputs * sizeof(float));
    step.ds.v = gradients.values.data + 2 * c.hidden, step.ds.v_stride = gradients.stride;
  }
  CALL_BACK(kernels, c, gru_reset_gates_back, step);
  for (size_t row = 0; row < c.rows; ++row)
    for (size_t unit = 0; unit < c.hidden; ++unit) {
      float r = value_of(c, o, row, unit, 0), h = row_of(o.h, row)[unit];
      float ds = sum_expected(c, o.sum, row, unit, 0), carry = row_of(o.carry_before, row)[unit];
      CHECK_SAME(kernels, c, "carry", row, unit, row_of(o.carry, row)[unit], fmaf(ds, r, carry));
      CHECK_SAME(kernels, c, "r·h", row, unit, row_of(o.reset_h, row)[unit], c.has_gates ? r * h : NAN);
      check_gates(kernels, c, o, row, unit, 3,
                  (float[]){product3(ds, h, sigmoid_slope(r)), untouched(c, o, row, unit, 1),
                            is_within && unit < c.inputs ? row_of(o.sum.v, row)[unit]
                                                         : untouched(c, o, row, unit, 2)});
    }
  operands_free(o);
}

void check_gru_step_back(const rk_kernels *kernels) {
  long cases = for_each_step_case(kernels, true, check_reset_after);
  printf("%s: gru_step_back, %ld cases, equal to the definition bit by bit\n", kernels->name, cases);
  cases = for_each_step_case(kernels, true, check_candidate);
  cases += for_each_step_case(kernels, true, check_reset_gates);
  printf("%s: gru_candidate_back and gru_reset_gates_back, %ld cases, likewise\n", kernels->name, cases);
}

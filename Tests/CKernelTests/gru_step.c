// gru_step, and gru_reset_gates with gru_candidate, against their definitions, bit by bit, as in lstm_step.c.
#include "steps.h"

/// A case's operands, for both kinds. Weights r z n, and the bias of the recurrent part of n.
typedef struct {
  matrix plain, bias, recurrent_bias, x, h, h_after, gates, reset_h, update;
} operands;

static operands operands_make(step_case c) {
  uint32_t seed = 23;
  size_t depth = c.inputs + c.hidden;
  operands o = {
      .plain = matrix_random(depth, 3 * c.hidden, 0, 0.5f, &seed),
      .bias = matrix_random(1, 3 * c.hidden, 0, 1, &seed),
      .recurrent_bias = matrix_random(1, c.hidden, 0, 1, &seed),
      .x = matrix_random(c.rows, c.inputs, 1, 1, &seed),
      .h = matrix_random(c.rows, c.hidden, 2, 1, &seed),
      .h_after = matrix_make(c.rows, c.hidden, 3),
      .gates = matrix_make(c.rows, 4 * c.hidden, 1),
      .reset_h = matrix_make(c.rows, c.hidden, 5),
      .update = matrix_make(c.rows, c.hidden, 7),
  };
  if (c.poisoned) {
    const float poison[] = {NAN, INFINITY, -INFINITY, 0x1p-140f};
    if (c.inputs) row_of(o.x, c.rows / 2)[c.inputs / 2] = poison[c.hidden % 4];
    row_of(o.h, c.rows / 2)[c.hidden / 2] = poison[c.rows % 4];
  }
  return o;
}

static void operands_free(operands o) {
  matrix_free(o.plain, "weights");
  matrix_free(o.bias, "bias");
  matrix_free(o.recurrent_bias, "recurrent bias");
  matrix_free(o.x, "x");
  matrix_free(o.h, "h before");
  matrix_free(o.h_after, "h");
  matrix_free(o.gates, "gates");
  matrix_free(o.reset_h, "reset h");
  matrix_free(o.update, "update");
}

/// The chain of one gate, over x and then over `h`, which is null to stop at x.
static float sum_of(step_case c, operands o, size_t row, size_t unit, size_t gate, const float *h) {
  size_t column = gate * c.hidden + unit, stride = o.plain.stride;
  const float *w = o.plain.values.data + column;
  float sum = chain(c.has_bias ? row_of(o.bias, 0)[column] : 0, c.inputs, row_of(o.x, row), w, stride);
  return h ? chain(sum, c.hidden, h, w + c.inputs * stride, stride) : sum;
}

static float next_h(float z, float n, float h) {
  float rest = 1 - z, product = rest * n;
  return fmaf(z, h, product);
}

static void check_gate_values(const rk_kernels *kernels, step_case c, operands o, size_t row, size_t unit,
                              size_t count, const float *values) {
  for (size_t g = 0; g < 4; ++g) {
    float found = row_of(o.gates, row)[g * c.hidden + unit];
    CHECK_SAME(kernels, c, "gate", row, unit, found, c.has_gates && g < count ? values[g] : NAN);
  }
}

static void check_reset_after(const rk_kernels *kernels, step_case c) {
  operands o = operands_make(c);
  size_t panels = panels_of(kernels, c.hidden);
  buffer weights = packed(kernels, o.plain, 3, c.hidden), bias = packed(kernels, o.bias, 3, c.hidden);
  buffer recurrent_bias = packed(kernels, o.recurrent_bias, 1, c.hidden), z = {0};
  if (c.hoisted) z = hoisted_z(kernels, c, 3, weights.data, c.has_bias ? bias.data : NULL, o.x);
  rk_gru_step step = {
      .rows = c.rows,
      .hidden = c.hidden,
      .panel_end = c.split ? c.rows % (panels + 1) : panels,
      .inputs = c.inputs,
      .weights = weights.data,
      .bias = c.has_bias && !c.hoisted ? bias.data : NULL,
      .recurrent_bias = c.has_bias ? recurrent_bias.data : NULL,
      .z = c.hoisted ? z.data + ROWS_BEFORE * 3 * kernels->width : NULL,
      .z_panel_stride = (c.rows + ROWS_BEFORE) * 3 * kernels->width + 3,
      .x = c.hoisted || !c.inputs ? NULL : o.x.values.data,
      .x_stride = o.x.stride,
      .h_previous = o.h.values.data,
      .h_previous_stride = o.h.stride,
      .h = o.h_after.values.data,
      .h_stride = o.h_after.stride,
      .gates = c.has_gates ? o.gates.values.data : NULL,
      .gates_stride = o.gates.stride,
  };
  kernels->gru_step(&step);
  if (c.split) {
    step.panel_begin = step.panel_end, step.panel_end = panels;
    kernels->gru_step(&step);
  }
  for (size_t row = 0; row < c.rows; ++row)
    for (size_t unit = 0; unit < c.hidden; ++unit) {
      const float *h = row_of(o.h, row);
      float r = sigmoid_of(sum_of(c, o, row, unit, 0, h)), update = sigmoid_of(sum_of(c, o, row, unit, 1, h));
      float m = chain(c.has_bias ? row_of(o.recurrent_bias, 0)[unit] : 0, c.hidden, h,
                      row_of(o.plain, c.inputs) + 2 * c.hidden + unit, o.plain.stride);
      float n = tanh_of(fmaf(m, r, sum_of(c, o, row, unit, 2, NULL)));
      CHECK_SAME(kernels, c, "h", row, unit, row_of(o.h_after, row)[unit], next_h(update, n, h[unit]));
      check_gate_values(kernels, c, o, row, unit, 4, (float[]){r, update, n, m});
    }
  operands_free(o);
  buffer_free(weights, "packed weights");
  buffer_free(bias, "packed bias");
  buffer_free(recurrent_bias, "packed recurrent bias");
  if (c.hoisted) buffer_free(z, "z");
}

/// Columns of the plain weights as a matrix of their own: the packs of r z and of n.
static matrix columns(matrix m, size_t begin, size_t count) {
  matrix part = matrix_make(m.rows, count, 0);
  for (size_t r = 0; r < m.rows; ++r) memcpy(row_of(part, r), row_of(m, r) + begin, count * sizeof(float));
  return part;
}

static void check_reset_before(const rk_kernels *kernels, step_case c) {
  operands o = operands_make(c);
  size_t hidden = c.hidden, panels = panels_of(kernels, hidden), cut = c.split ? c.rows % (panels + 1) : panels;
  buffer weights[2], bias[2], z[2] = {{0}, {0}};
  for (size_t part = 0; part < 2; ++part) {
    size_t gates = 2 - part;
    matrix plain = columns(o.plain, part * 2 * hidden, gates * hidden);
    matrix plain_bias = columns(o.bias, part * 2 * hidden, gates * hidden);
    weights[part] = packed(kernels, plain, gates, hidden), bias[part] = packed(kernels, plain_bias, gates, hidden);
    if (c.hoisted)
      z[part] = hoisted_z(kernels, c, gates, weights[part].data, c.has_bias ? bias[part].data : NULL, o.x);
    matrix_free(plain, "plain part");
    matrix_free(plain_bias, "plain bias part");
  }
  const float *x = c.hoisted || !c.inputs ? NULL : o.x.values.data;
  float *gates = c.has_gates ? o.gates.values.data : NULL;
  size_t v = kernels->width, all_rows = c.rows + ROWS_BEFORE;
  for (size_t half = 0; half < 2; ++half)
    kernels->gru_reset_gates(&(rk_gru_reset_gates){
        .rows = c.rows, .hidden = hidden, .panel_begin = half ? cut : 0, .panel_end = half ? panels : cut,
        .inputs = c.inputs, .weights = weights[0].data, .bias = c.has_bias && !c.hoisted ? bias[0].data : NULL,
        .z = c.hoisted ? z[0].data + ROWS_BEFORE * 2 * v : NULL, .z_panel_stride = all_rows * 2 * v + 3,
        .x = x, .x_stride = o.x.stride, .h_previous = o.h.values.data, .h_previous_stride = o.h.stride,
        .reset_h = o.reset_h.values.data, .reset_h_stride = o.reset_h.stride,
        .update = o.update.values.data, .update_stride = o.update.stride, .gates = gates,
        .gates_stride = o.gates.stride});
  // h' takes the place of h where a case says so.
  matrix h_before = columns(o.h, 0, hidden);
  for (size_t half = 0; half < 2; ++half)
    kernels->gru_candidate(&(rk_gru_candidate){
        .rows = c.rows, .hidden = hidden, .panel_begin = half ? cut : 0, .panel_end = half ? panels : cut,
        .inputs = c.inputs, .weights = weights[1].data, .bias = c.has_bias && !c.hoisted ? bias[1].data : NULL,
        .z = c.hoisted ? z[1].data + ROWS_BEFORE * v : NULL, .z_panel_stride = all_rows * v + 3,
        .x = x, .x_stride = o.x.stride, .reset_h = o.reset_h.values.data, .reset_h_stride = o.reset_h.stride,
        .update = o.update.values.data, .update_stride = o.update.stride,
        .h_previous = o.h.values.data, .h_previous_stride = o.h.stride,
        .h = c.in_place ? o.h.values.data : o.h_after.values.data,
        .h_stride = c.in_place ? o.h.stride : o.h_after.stride, .gates = gates, .gates_stride = o.gates.stride});
  for (size_t row = 0; row < c.rows; ++row)
    for (size_t unit = 0; unit < hidden; ++unit) {
      const float *h = row_of(h_before, row);
      float r = sigmoid_of(sum_of(c, o, row, unit, 0, h)), update = sigmoid_of(sum_of(c, o, row, unit, 1, h));
      CHECK_SAME(kernels, c, "r·h", row, unit, row_of(o.reset_h, row)[unit], r * h[unit]);
      CHECK_SAME(kernels, c, "z", row, unit, row_of(o.update, row)[unit], update);
      float n = tanh_of(sum_of(c, o, row, unit, 2, row_of(o.reset_h, row)));
      float found = row_of(c.in_place ? o.h : o.h_after, row)[unit];
      CHECK_SAME(kernels, c, "h", row, unit, found, next_h(update, n, h[unit]));
      check_gate_values(kernels, c, o, row, unit, 3, (float[]){r, update, n});
    }
  matrix_free(h_before, "copy of h");
  operands_free(o);
  for (size_t part = 0; part < 2; ++part) {
    buffer_free(weights[part], "packed weights");
    buffer_free(bias[part], "packed bias");
    if (c.hoisted) buffer_free(z[part], "z");
  }
}

void check_gru_step(const rk_kernels *kernels) {
  long cases = for_each_step_case(kernels, true, check_reset_after);
  printf("%s: gru_step, %ld cases, equal to the definition bit by bit\n", kernels->name, cases);
  cases = for_each_step_case(kernels, true, check_reset_before);
  printf("%s: gru_reset_gates and gru_candidate, %ld cases, likewise\n", kernels->name, cases);
}

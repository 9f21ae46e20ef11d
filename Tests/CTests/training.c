// Training: gradients against differences, tapes with little memory, accumulation, a loss that falls.
#include "check.h"

#include <math.h>

// More rows than the 400 that are worked on together.
enum { steps = 40, batch = 12 };

/// Σ weight·h of a run with its parameters moved by `distance` along `direction`, in double.
static double loss(const recurrent_configuration *c, model m, const float *parameters, const float *direction,
                   double distance, const float *weight) {
  size_t count = m.is.parameter_count;
  float *moved = zeros(count);
  for (size_t i = 0; i < count; ++i) moved[i] = (float)(parameters[i] + distance * direction[i]);
  recurrent_model *other;
  OK(recurrent_model_create(c, moved, count, &other));
  run r = run_make(m, steps, batch, 1);
  OK(recurrent_model_run(other, &r.call));
  double sum = 0;
  for (size_t i = 0; i < r.call.hidden.count; ++i) sum += (double)weight[i] * r.hidden[i];
  run_free(r), free(moved);
  OK(recurrent_model_destroy(other));
  return sum;
}

/// Gradients of Σ weight·h, into arrays of the caller.
static void gradients(model m, size_t limit, const float *weight, float *parameters, float *input, int accumulates) {
  recurrent_tape *tape;
  OK(recurrent_tape_create(m.handle, steps, batch, limit, &tape));
  run r = run_make(m, steps, batch, 1), plain = run_make(m, steps, batch, 1);
  OK(recurrent_model_forward(m.handle, tape, &r.call));
  OK(recurrent_model_run(m.handle, &plain.call));
  if (m.is.running_engine != RECURRENT_BLAS)
    CHECK(same(r.hidden, plain.hidden, r.call.hidden.count), "a run on a tape is a run");
  recurrent_gradients g = {.hidden = {weight, r.call.hidden.count}, .accumulates = accumulates,
                           .parameters = {parameters, m.is.parameter_count}, .input = {input, r.call.input.count}};
  OK(recurrent_model_backward(m.handle, tape, &g));
  REFUSED(RECURRENT_NOTHING_RECORDED, recurrent_model_backward, m.handle, tape, &g);
  OK(recurrent_tape_destroy(tape));
  run_free(r), run_free(plain);
}

static void check_gradients(const recurrent_configuration *c) {
  model m = model_make(c, 1);
  size_t count = m.is.parameter_count, inputs = steps * batch * c->input_size;
  size_t outputs = steps * batch * m.is.configuration.direction_count * m.is.output_size;
  float *weight = numbers(outputs, 5), *direction = numbers(count, 6), *parameters = zeros(count);
  float *whole = zeros(count), *limited = zeros(count), *x = zeros(inputs), *limited_x = zeros(inputs);
  OK(recurrent_model_read_parameters(m.handle, parameters, count));
  gradients(m, 0, weight, whole, x, 0);

  // Along a direction the central difference is the gradient's component but for d²·L'''/6, which is naught for d = 2⁻¹², and
  // for the rounding of two losses over 2d: u·|weight·h|·√(their number) / 2d, 2⁻²⁴·√3360·2¹¹ = 0.007. Lengths are 9 and
  // more, so that a thousandth of them covers it. (ReLU's kinks, which a larger step crosses, ask for so small a one.)
  double along = 0, length = 0;
  for (size_t i = 0; i < count; ++i) along += (double)whole[i] * direction[i], length += (double)whole[i] * whole[i];
  double d = 0x1p-12;
  double difference = (loss(c, m, parameters, direction, d, weight) - loss(c, m, parameters, direction, -d, weight)) / (2 * d);
  CHECK(fabs(difference - along) <= 0.001 * sqrt(length) && length > 0, "the gradient %g, the difference %g, length %g",
        along, difference, sqrt(length));

  size_t least, most;
  OK(recurrent_tape_sizes(m.handle, steps, batch, &least, &most));
  CHECK(least < most, "%zu bytes at least of %zu", least, most);
  gradients(m, least, weight, limited, limited_x, 0);
  CHECK(same(whole, limited, count) && same(x, limited_x, inputs), "gradients of the smallest tape");
  memset(limited, 0, count * sizeof *limited);
  gradients(m, 0, weight, limited, limited_x, 1);
  CHECK(same(whole, limited, count), "gradients added to zeros");
  free(weight), free(direction), free(parameters), free(whole), free(limited), free(x), free(limited_x);
  model_free(m);
}

/// Plain gradient descent on Σ(h − target)² with parameters in one flat array, as another language would do it.
static void check_descent(void) {
  model m = model_make(&small_lstm, 1);
  size_t count = m.is.parameter_count;
  run r = run_make(m, steps, batch, 1);
  size_t outputs = r.call.hidden.count;
  float *parameters = zeros(count), *gradient = zeros(count), *weight = zeros(outputs);
  recurrent_tape *tape;
  OK(recurrent_tape_create(m.handle, steps, batch, 0, &tape));
  OK(recurrent_model_read_parameters(m.handle, parameters, count));
  double first = 0, last = 0;
  for (int step = 0; step < 60; ++step) {
    OK(recurrent_model_forward(m.handle, tape, &r.call));
    last = 0;
    for (size_t i = 0; i < outputs; ++i) {
      weight[i] = (r.hidden[i] - 0.25f) / (float)outputs;
      last += (double)weight[i] * (double)outputs * weight[i];
    }
    if (step == 0) first = last;
    recurrent_gradients g = {.hidden = {weight, outputs}, .parameters = {gradient, count}};
    OK(recurrent_model_backward(m.handle, tape, &g));
    for (size_t i = 0; i < count; ++i) parameters[i] -= 2 * gradient[i];
    OK(recurrent_model_write_parameters(m.handle, parameters, count));
  }
  CHECK(last < first / 2, "the loss went from %g to %g", first, last);
  OK(recurrent_tape_destroy(tape));
  free(parameters), free(gradient), free(weight), run_free(r);
  model_free(m);
}

/// With dropout a seed gives the same run twice, and another seed another one.
static void check_masks(void) {
  const recurrent_configuration c = {.cell = RECURRENT_LSTM, .input_size = 5, .hidden_size = 7,
                                     .regularization = {.recurrent_dropout = 0.5}};
  model m = model_make(&c, 1);
  CHECK(m.is.configuration.regularization.recurrent_dropout == 0.5, "the dropout is told");
  recurrent_tape *tape;
  OK(recurrent_tape_create(m.handle, steps, batch, 0, &tape));
  run a = run_make(m, steps, batch, 1), b = run_make(m, steps, batch, 1), other = run_make(m, steps, batch, 1);
  a.call.mask_seed = b.call.mask_seed = 3;
  OK(recurrent_model_forward(m.handle, tape, &a.call));
  OK(recurrent_model_forward(m.handle, tape, &b.call));
  OK(recurrent_model_forward(m.handle, tape, &other.call));
  CHECK(same(a.hidden, b.hidden, a.call.hidden.count), "one seed, one run");
  CHECK(!same(a.hidden, other.hidden, a.call.hidden.count), "another seed, another run");
  OK(recurrent_tape_destroy(tape));
  run_free(a), run_free(b), run_free(other);
  model_free(m);
}

long test_training(void) {
  check_failures = 0;
  for (size_t i = 0; i < configuration_count; ++i) check_gradients(&configurations[i]);
  check_descent();
  check_masks();
  return check_failures;
}

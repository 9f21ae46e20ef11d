// Models: made, described, their parameters named, read and written.
#include "check.h"

static void check_description(const recurrent_configuration *asked, model m) {
  const recurrent_configuration *is = &m.is.configuration;
  CHECK(is->cell == asked->cell && is->engine == asked->engine, "cell %d, engine %d", is->cell, is->engine);
  CHECK(is->input_size == asked->input_size && is->hidden_size == asked->hidden_size, "I %zu", is->input_size);
  CHECK(is->layer_count == (asked->layer_count ? asked->layer_count : 1), "L %zu", is->layer_count);
  CHECK(is->direction_count == (asked->direction_count ? asked->direction_count : 1), "D %zu", is->direction_count);
  CHECK(m.is.output_size == (asked->projection_size ? asked->projection_size : asked->hidden_size), "R %zu",
        m.is.output_size);
  CHECK(is->reset == asked->reset && is->has_peepholes == asked->has_peepholes, "options");
  CHECK(is->couples_forget == asked->couples_forget, "f of 1 - i: %d", is->couples_forget);
  CHECK(is->normalization_epsilon == asked->normalization_epsilon, "epsilon %g", is->normalization_epsilon);
  CHECK(is->candidate_activation.bound == asked->candidate_activation.bound, "%g", is->candidate_activation.bound);
  CHECK(m.is.thread_count >= 1, "%zu threads", m.is.thread_count);
  bool is_usual =
      (asked->candidate_activation.function == RECURRENT_USUAL && asked->candidate_activation.bound == 0 &&
       !asked->couples_forget && asked->normalization_epsilon == 0) ||
      asked->cell == RECURRENT_RNN;
  recurrent_engine runs = is_usual ? asked->engine : RECURRENT_BLAS;
  CHECK(m.is.running_engine == runs, "engine %d runs", m.is.running_engine);
}

static void check_parameters(const recurrent_configuration *asked, model m) {
  size_t count = 0, offset = 0;
  OK(recurrent_parameter_count(asked, &count));
  CHECK(count == m.is.parameter_count, "%zu parameters in place of %zu", m.is.parameter_count, count);
  for (size_t i = 0; i < m.is.tensor_count; ++i) {
    recurrent_parameter p;
    OK(recurrent_model_parameter(m.handle, i, &p));
    CHECK(p.offset == offset && strstr(p.name, "_l"), "%s at %zu in place of %zu", p.name, p.offset, offset);
    offset += p.rows * p.columns;
  }
  CHECK(offset == count, "tensors of %zu numbers in place of %zu", offset, count);
}

/// A model of the parameters of another one is the same model, whichever way they come in.
static void check_copies(const recurrent_configuration *asked, model m) {
  size_t count = m.is.parameter_count;
  float *parameters = zeros(count), *copied = zeros(count);
  OK(recurrent_model_read_parameters(m.handle, parameters, count));
  recurrent_model *copy;
  OK(recurrent_model_create(asked, parameters, count, &copy));
  OK(recurrent_model_read_parameters(copy, copied, count));
  CHECK(same(parameters, copied, count), "parameters of a model made of them");

  model other = model_make(asked, 2);
  OK(recurrent_model_read_parameters(other.handle, copied, count));
  CHECK(!same(parameters, copied, count), "another seed gives other parameters");
  OK(recurrent_model_write_parameters(other.handle, parameters, count));

  run a = run_make(m, 4, 2, 3), b = run_make(m, 4, 2, 3), c = run_make(m, 4, 2, 3);
  OK(recurrent_model_run(m.handle, &a.call));
  OK(recurrent_model_run(copy, &b.call));
  OK(recurrent_model_run(other.handle, &c.call));
  CHECK(same(a.hidden, b.hidden, a.call.hidden.count), "the copy runs like the model");
  CHECK(same(a.hidden, c.hidden, a.call.hidden.count), "the model that was written runs like the model");
  run_free(a), run_free(b), run_free(c);
  free(parameters), free(copied);
  model_free(other);
  OK(recurrent_model_destroy(copy));
}

/// PyTorch's equations with numbers that a head can check: one unit, one input, h = tanh(0.5 x + 0.25 h + 0.125).
static void check_canonical_form(void) {
  const recurrent_configuration c = {.cell = RECURRENT_RNN, .input_size = 1, .hidden_size = 1,
                                     .candidate_activation = {.function = RECURRENT_IDENTITY}};
  const float parameters[3] = {0.25f, 0.5f, 0.125f}, x[2] = {1, 2};
  float h[2] = {0, 0};
  recurrent_model *m;
  OK(recurrent_model_create(&c, parameters, 3, &m));
  recurrent_sequences s = {.step_count = 2, .batch_size = 1, .input = {x, 2}, .hidden = {h, 2}};
  OK(recurrent_model_run(m, &s));
  CHECK(h[0] == 0.625f && h[1] == 1.28125f, "%g %g", h[0], h[1]);
  OK(recurrent_model_destroy(m));
}

long test_models(void) {
  check_failures = 0;
  CHECK(!strcmp(recurrent_version(), "0.1.0"), "version %s", recurrent_version());
  CHECK(strlen(recurrent_instruction_set()) > 0, "an instruction set");
  for (size_t i = 0; i < configuration_count; ++i) {
    model m = model_make(&configurations[i], 1);
    check_description(&configurations[i], m);
    check_parameters(&configurations[i], m);
    check_copies(&configurations[i], m);
    model_free(m);
  }
  check_canonical_form();
  return check_failures;
}

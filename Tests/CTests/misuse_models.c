// Every bad argument of the functions for models.
#include "check.h"

#include <math.h>

/// A float that stands at no multiple of 4.
#define CROOKED(array) ((float *)((char *)(array) + 1))

/// A configuration with one thing changed is refused by all that take one.
#define BAD(...)                                                              \
  do {                                                                        \
    recurrent_configuration c = lstm;                                         \
    __VA_ARGS__;                                                              \
    recurrent_model *made = (recurrent_model *)&c;                            \
    INVALID(recurrent_model_create_random, &c, 1, &made);                     \
    CHECK(!made, "a model that is not there is null");                        \
    INVALID(recurrent_model_create, &c, parameters, m.is.parameter_count, &made); \
    INVALID(recurrent_parameter_count, &c, &size);                            \
  } while (0)

static const recurrent_configuration lstm = {.cell = RECURRENT_LSTM, .input_size = 5, .hidden_size = 7};

static void check_configurations(model m, const float *parameters) {
  size_t size;
  BAD(c.cell = (recurrent_cell)0);
  BAD(c.cell = (recurrent_cell)4);
  BAD(c.cell = (recurrent_cell)-1);
  BAD(c.input_size = 0);
  BAD(c.input_size = ((size_t)1 << 28) + 1);
  BAD(c.input_size = SIZE_MAX);
  BAD(c.hidden_size = 0);
  BAD(c.hidden_size = SIZE_MAX);
  BAD(c.hidden_size = SIZE_MAX / 2 + 1);
  BAD(c.layer_count = SIZE_MAX);
  BAD(c.direction_count = 3);
  BAD(c.direction_count = SIZE_MAX);
  BAD(c.projection_size = SIZE_MAX);
  BAD(c.reset = RECURRENT_BEFORE_PRODUCT);
  BAD(c.gate_activation.function = (recurrent_function)13);
  BAD(c.candidate_activation.function = (recurrent_function)-1);
  BAD(c.output_activation.function = RECURRENT_TANH; c.output_activation.alpha = 1);
  BAD(c.output_activation.alpha = NAN);
  BAD(c.output_activation.function = RECURRENT_ELU; c.output_activation.alpha = INFINITY);
  BAD(c.output_activation.bound = -1);
  BAD(c.output_activation.bound = NAN);
  BAD(c.normalization_epsilon = -1);
  BAD(c.normalization_epsilon = NAN);
  BAD(c.normalization_epsilon = INFINITY);
  BAD(c.normalization_epsilon = 1e-5; c.has_peepholes = 1);
  BAD(c.normalization_epsilon = 1e-5; c.projection_size = 3);
  BAD(c.normalization_epsilon = 1e-5; c.couples_forget = 1);
  BAD(c.cell = RECURRENT_GRU; c.normalization_epsilon = 1e-5; c.reset = RECURRENT_BEFORE_PRODUCT);
  BAD(c.cell = RECURRENT_GRU; c.couples_forget = 1);
  BAD(c.cell = RECURRENT_RNN; c.normalization_epsilon = 1e-5);
  BAD(c.cell = RECURRENT_RNN; c.gate_activation.bound = 1);
  BAD(c.regularization.dropout = 1);
  BAD(c.regularization.input_dropout = -0.1);
  BAD(c.regularization.recurrent_dropout = NAN);
  BAD(c.regularization.hidden_zoneout = 2);
  BAD(c.regularization.cell_zoneout = INFINITY);
  BAD(c.regularization.drop_connect = -INFINITY);
  BAD(c.cell = RECURRENT_GRU; c.projection_size = 3);
  BAD(c.cell = RECURRENT_GRU; c.has_peepholes = 1);
  BAD(c.cell = RECURRENT_GRU; c.output_activation.function = RECURRENT_TANH);
  BAD(c.cell = RECURRENT_GRU; c.reset = (recurrent_reset)2);
  BAD(c.cell = RECURRENT_GRU; c.regularization.cell_zoneout = 0.5);
  BAD(c.cell = RECURRENT_RNN; c.gate_activation.function = RECURRENT_SIGMOID);
  BAD(c.cell = RECURRENT_RNN; c.projection_size = 3);
  BAD(c.cell = RECURRENT_RNN; c.reset = RECURRENT_BEFORE_PRODUCT);
  BAD(c.cell = RECURRENT_RNN; c.regularization.cell_zoneout = 0.5);

  recurrent_configuration c = lstm;
  recurrent_model *made;
  c.engine = (recurrent_engine)3;
  INVALID(recurrent_model_create_random, &c, 1, &made);
  INVALID(recurrent_model_create, &c, parameters, m.is.parameter_count, &made);
}

/// Sizes that are allowed, and more than there is memory for.
static void check_memory(void) {
  recurrent_model *made;
  const size_t most = (size_t)1 << 28;
  float x[1] = {0};
  recurrent_configuration c = {.cell = RECURRENT_LSTM, .input_size = most, .hidden_size = most};
  REFUSED(RECURRENT_OUT_OF_MEMORY, recurrent_model_create_random, &c, 1, &made);
  REFUSED(RECURRENT_OUT_OF_MEMORY, recurrent_model_create, &c, x, 1, &made);
  c.layer_count = most, c.direction_count = 2, c.projection_size = most;
  REFUSED(RECURRENT_OUT_OF_MEMORY, recurrent_model_create_random, &c, 1, &made);
  size_t count;
  INVALID(recurrent_parameter_count, &c, &count);
  c = (recurrent_configuration){.cell = RECURRENT_RNN, .input_size = 1, .hidden_size = 1, .layer_count = most};
  REFUSED(RECURRENT_OUT_OF_MEMORY, recurrent_model_create_random, &c, 1, &made);
  OK(recurrent_parameter_count(&c, &count));
  CHECK(count == 3 * most, "%zu parameters", count);
}

static void check_arguments(model m, float *parameters) {
  size_t count = m.is.parameter_count, size;
  recurrent_model *made;
  recurrent_parameter parameter;
  recurrent_description *crooked = (recurrent_description *)CROOKED(parameters);
  INVALID(recurrent_model_create_random, NULL, 1, &made);
  INVALID(recurrent_model_create_random, (const recurrent_configuration *)crooked, 1, &made);
  INVALID(recurrent_model_create_random, &lstm, 1, NULL);
  INVALID(recurrent_model_create_random, &lstm, 1, (recurrent_model **)crooked);
  INVALID(recurrent_model_create, NULL, parameters, count, &made);
  INVALID(recurrent_model_create, &lstm, NULL, count, &made);
  INVALID(recurrent_model_create, &lstm, CROOKED(parameters), count, &made);
  INVALID(recurrent_model_create, &lstm, parameters, count - 1, &made);
  INVALID(recurrent_model_create, &lstm, parameters, count + 1, &made);
  INVALID(recurrent_model_create, &lstm, NULL, 0, &made);
  INVALID(recurrent_model_create, &lstm, parameters, SIZE_MAX, &made);
  INVALID(recurrent_model_create, &lstm, parameters, count, NULL);
  INVALID(recurrent_parameter_count, NULL, &size);
  INVALID(recurrent_parameter_count, &lstm, NULL);
  INVALID(recurrent_parameter_count, &lstm, (size_t *)crooked);
  INVALID(recurrent_model_describe, m.handle, NULL);
  INVALID(recurrent_model_describe, m.handle, crooked);
  INVALID(recurrent_model_parameter, m.handle, m.is.tensor_count, &parameter);
  INVALID(recurrent_model_parameter, m.handle, SIZE_MAX, &parameter);
  INVALID(recurrent_model_parameter, m.handle, 0, NULL);
  INVALID(recurrent_model_parameter, m.handle, 0, (recurrent_parameter *)crooked);
  INVALID(recurrent_model_read_parameters, m.handle, NULL, count);
  INVALID(recurrent_model_read_parameters, m.handle, CROOKED(parameters), count);
  INVALID(recurrent_model_read_parameters, m.handle, parameters, count - 1);
  INVALID(recurrent_model_read_parameters, m.handle, parameters, SIZE_MAX);
  INVALID(recurrent_model_write_parameters, m.handle, NULL, count);
  INVALID(recurrent_model_write_parameters, m.handle, CROOKED(parameters), count);
  INVALID(recurrent_model_write_parameters, m.handle, parameters, count + 1);
  INVALID(recurrent_model_write_parameters, m.handle, parameters, 0);
  INVALID(recurrent_model_set_thread_count, m.handle, 1025);
  INVALID(recurrent_model_set_thread_count, m.handle, SIZE_MAX);
}

long test_model_misuse(void) {
  check_failures = 0;
  model m = model_make(&lstm, 1);
  float *before = zeros(m.is.parameter_count), *after = zeros(m.is.parameter_count);
  float *other = numbers(m.is.parameter_count + 1, 1);
  OK(recurrent_model_read_parameters(m.handle, before, m.is.parameter_count));
  check_configurations(m, other);
  check_arguments(m, other);
  check_memory();
  OK(recurrent_model_read_parameters(m.handle, after, m.is.parameter_count));
  CHECK(same(before, after, m.is.parameter_count), "what was refused has changed nothing");
  free(before), free(after), free(other);
  model_free(m);
  return check_failures;
}

/* Prints hashes of the bits of what models give, through the C interface: C and C++ alike. Bits.swift and bits.py print the
 * same lines, through the Swift interface and from Python. */
#include <recurrent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { steps = 20, batch = 3 };

static void check(recurrent_status status) {
  if (status == RECURRENT_OK) return;
  fprintf(stderr, "%s\n", recurrent_error_message());
  exit(1);
}

static float *make(size_t count) {
  float *array = (float *)calloc(count, sizeof(float));
  if (!array) exit(1);
  return array;
}

/* Numbers in [-1, 1) of 24 bits, the same in every language. */
static float *numbers(size_t count) {
  float *array = make(count);
  for (size_t i = 0; i < count; ++i) array[i] = (float)((uint32_t)i * 2654435761u >> 8) / 8388608.0f - 1;
  return array;
}

/* FNV-1a. */
static void print_hash(const char *model, const char *part, const float *array, size_t count) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < count; ++i) {
    uint32_t bits;
    memcpy(&bits, &array[i], sizeof bits);
    for (int byte = 0; byte < 4; ++byte) hash = (hash ^ (bits >> 8 * byte & 0xff)) * 0x100000001b3u;
  }
  printf("%s %s %016llx\n", model, part, (unsigned long long)hash);
}

static void print_model(const char *name, recurrent_cell cell, size_t inputs, size_t units, size_t layers, size_t directions) {
  recurrent_configuration c;
  memset(&c, 0, sizeof c);
  c.cell = cell;
  c.input_size = inputs;
  c.hidden_size = units;
  c.layer_count = layers;
  c.direction_count = directions;
  recurrent_model *model;
  check(recurrent_model_create_random(&c, 1, &model));
  recurrent_description is;
  check(recurrent_model_describe(model, &is));
  const size_t parameters = is.parameter_count, rows = steps * batch, outputs = directions * units;
  const size_t states = layers * directions * batch * units, lengths[batch] = {steps, 7, 0};
  float *weights = make(parameters), *gradient = make(parameters), *x = numbers(rows * inputs), *hidden = make(rows * outputs);
  float *final_hidden = make(states), *input_gradient = make(rows * inputs);

  recurrent_sequences run;
  memset(&run, 0, sizeof run);
  run.step_count = steps;
  run.batch_size = batch;
  run.lengths.elements = lengths;
  run.lengths.count = batch;
  run.input.elements = x;
  run.input.count = rows * inputs;
  run.hidden.elements = hidden;
  run.hidden.count = rows * outputs;
  run.final_hidden.elements = final_hidden;
  run.final_hidden.count = states;
  check(recurrent_model_run(model, &run));
  print_hash(name, "hidden", hidden, rows * outputs);
  print_hash(name, "final", final_hidden, states);

  /* Training: three steps of gradient descent on the sum of h squared, over 2. */
  recurrent_tape *tape;
  check(recurrent_tape_create(model, steps, batch, 0, &tape));
  check(recurrent_model_read_parameters(model, weights, parameters));
  for (int step = 0; step < 3; ++step) {
    check(recurrent_model_forward(model, tape, &run));
    recurrent_gradients back;
    memset(&back, 0, sizeof back);
    back.hidden.elements = hidden;
    back.hidden.count = rows * outputs;
    back.input.elements = input_gradient;
    back.input.count = rows * inputs;
    back.parameters.elements = gradient;
    back.parameters.count = parameters;
    check(recurrent_model_backward(model, tape, &back));
    for (size_t i = 0; i < parameters; ++i) {
      const float change = 0.0078125f * gradient[i];
      weights[i] -= change;
    }
    check(recurrent_model_write_parameters(model, weights, parameters));
  }
  print_hash(name, "gradient", gradient, parameters);
  print_hash(name, "input-gradient", input_gradient, rows * inputs);
  print_hash(name, "trained", weights, parameters);
  check(recurrent_tape_destroy(tape));

  /* Step by step, with the weights that it has now. */
  if (directions == 1) {
    recurrent_stream *stream;
    check(recurrent_stream_create(model, batch, &stream));
    for (size_t t = 0; t < steps; ++t)
      check(recurrent_stream_step(
          stream, x + t * batch * inputs, batch * inputs, hidden + t * batch * outputs, batch * outputs));
    print_hash(name, "stream", hidden, rows * outputs);
    check(recurrent_stream_destroy(stream));
  }
  check(recurrent_model_destroy(model));
  free(weights);
  free(gradient);
  free(x);
  free(hidden);
  free(final_hidden);
  free(input_gradient);
}

int main(void) {
  print_model("lstm", RECURRENT_LSTM, 40, 128, 1, 1);
  print_model("deep-lstm", RECURRENT_LSTM, 7, 33, 2, 2);
  print_model("gru", RECURRENT_GRU, 12, 65, 2, 1);
  print_model("rnn", RECURRENT_RNN, 5, 17, 1, 2);
  return 0;
}

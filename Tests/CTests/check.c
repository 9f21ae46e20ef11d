#include "check.h"

_Thread_local long check_failures = 0;

const recurrent_configuration small_lstm = {.cell = RECURRENT_LSTM, .input_size = 5, .hidden_size = 7};

const recurrent_configuration configurations[] = {
    {.cell = RECURRENT_LSTM, .input_size = 5, .hidden_size = 7},
    {.cell = RECURRENT_LSTM, .input_size = 3, .hidden_size = 9, .layer_count = 2, .projection_size = 4, .has_peepholes = 1},
    {.cell = RECURRENT_LSTM, .input_size = 6, .hidden_size = 17, .layer_count = 2, .direction_count = 2},
    {.cell = RECURRENT_LSTM, .input_size = 4, .hidden_size = 8, .engine = RECURRENT_NAIVE},
    {.cell = RECURRENT_LSTM, .input_size = 4, .hidden_size = 8,
     .candidate_activation = {.function = RECURRENT_SCALED_TANH, .alpha = 0.5, .beta = 2}},
    {.cell = RECURRENT_LSTM, .input_size = 4, .hidden_size = 8, .couples_forget = 1,
     .candidate_activation = {.bound = 0.25}},
    {.cell = RECURRENT_LSTM, .input_size = 4, .hidden_size = 5, .layer_count = 2, .direction_count = 2,
     .normalization_epsilon = 1e-5},
    {.cell = RECURRENT_GRU, .input_size = 5, .hidden_size = 16},
    {.cell = RECURRENT_GRU, .input_size = 3, .hidden_size = 5, .layer_count = 2, .normalization_epsilon = 1e-3},
    {.cell = RECURRENT_GRU, .input_size = 5, .hidden_size = 11, .layer_count = 2, .reset = RECURRENT_BEFORE_PRODUCT},
    {.cell = RECURRENT_GRU, .input_size = 2, .hidden_size = 3, .direction_count = 2, .engine = RECURRENT_BLAS},
    {.cell = RECURRENT_RNN, .input_size = 5, .hidden_size = 13, .layer_count = 3},
    {.cell = RECURRENT_RNN, .input_size = 5, .hidden_size = 6, .candidate_activation = {.function = RECURRENT_RELU}},
};
const size_t configuration_count = sizeof configurations / sizeof *configurations;

model model_make(const recurrent_configuration *configuration, uint64_t seed) {
  model m;
  OK(recurrent_model_create_random(configuration, seed, &m.handle));
  OK(recurrent_model_describe(m.handle, &m.is));
  return m;
}

void model_free(model m) { OK(recurrent_model_destroy(m.handle)); }

bool has_cell(model m) { return m.is.configuration.cell == RECURRENT_LSTM; }

float *numbers(size_t count, uint32_t seed) {
  float *array = malloc((count ? count : 1) * sizeof *array);
  uint32_t state = seed;
  for (size_t i = 0; i < count; ++i) {
    state = state * 1664525u + 1013904223u;
    array[i] = (float)(int32_t)state * 0x1p-31f;
  }
  return array;
}

float *zeros(size_t count) { return calloc(count ? count : 1, sizeof(float)); }

bool same(const float *a, const float *b, size_t count) { return !memcmp(a, b, count * sizeof *a); }

run run_make(model m, size_t steps, size_t batch, uint32_t seed) {
  const recurrent_configuration *c = &m.is.configuration;
  size_t rows = steps * batch, lanes = c->layer_count * c->direction_count;
  size_t input = rows * c->input_size, hidden = rows * c->direction_count * m.is.output_size;
  size_t state_hidden = lanes * batch * m.is.output_size;
  size_t cells = has_cell(m) ? rows * lanes * c->hidden_size : 0;
  size_t state_cell = has_cell(m) ? lanes * batch * c->hidden_size : 0;
  run r = {.input = numbers(input, seed), .initial_hidden = numbers(state_hidden, seed + 1),
           .initial_cell = numbers(state_cell, seed + 2), .hidden = zeros(hidden), .cells = zeros(cells),
           .final_hidden = zeros(state_hidden), .final_cell = zeros(state_cell)};
  r.call = (recurrent_sequences){
      .step_count = steps, .batch_size = batch, .input = {r.input, input},
      .initial_hidden = {r.initial_hidden, state_hidden}, .hidden = {r.hidden, hidden},
      .final_hidden = {r.final_hidden, state_hidden}};
  if (has_cell(m)) {
    r.call.initial_cell = (recurrent_span){r.initial_cell, state_cell};
    r.call.cells = (recurrent_mutable_span){r.cells, cells};
    r.call.final_cell = (recurrent_mutable_span){r.final_cell, state_cell};
  }
  return r;
}

void run_free(run r) {
  float *arrays[] = {r.input, r.initial_hidden, r.initial_cell, r.hidden, r.cells, r.final_hidden, r.final_cell};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; ++i) free(arrays[i]);
}

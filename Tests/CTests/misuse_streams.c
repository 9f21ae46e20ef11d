// Every bad argument of the functions for streams.
#include "check.h"

enum { inputs = 5, outputs = 7, batch = 3 };

static void check_creation(void) {
  recurrent_stream *made = (recurrent_stream *)&made;
  model m = model_make(&small_lstm, 1);
  INVALID(recurrent_stream_create, m.handle, 0, &made);
  CHECK(!made, "a stream that is not there is null");
  INVALID(recurrent_stream_create, m.handle, SIZE_MAX, &made);
  INVALID(recurrent_stream_create, m.handle, (size_t)1 << 31, &made);
  INVALID(recurrent_stream_create, m.handle, 1, NULL);
  INVALID(recurrent_stream_create, m.handle, 1, (recurrent_stream **)((char *)&made + 1));
  model_free(m);

  const recurrent_configuration wide = {.cell = RECURRENT_RNN, .input_size = 100000, .hidden_size = 1};
  m = model_make(&wide, 1);
  REFUSED(RECURRENT_OUT_OF_MEMORY, recurrent_stream_create, m.handle, ((size_t)1 << 31) - 1, &made);
  model_free(m);

  const recurrent_configuration both = {.cell = RECURRENT_GRU, .input_size = 5, .hidden_size = 7, .direction_count = 2};
  m = model_make(&both, 1);
  REFUSED(RECURRENT_UNSUPPORTED, recurrent_stream_create, m.handle, 1, &made);
  model_free(m);
}

static void check_steps(recurrent_stream *stream, float *x, float *h) {
  float *crooked = (float *)((char *)x + 1);
  INVALID(recurrent_stream_step, stream, NULL, batch * inputs, h, batch * outputs);
  INVALID(recurrent_stream_step, stream, NULL, 0, h, batch * outputs);
  INVALID(recurrent_stream_step, stream, crooked, batch * inputs, h, batch * outputs);
  INVALID(recurrent_stream_step, stream, x, batch * inputs - 1, h, batch * outputs);
  INVALID(recurrent_stream_step, stream, x, SIZE_MAX, h, batch * outputs);
  INVALID(recurrent_stream_step, stream, x, batch * inputs, NULL, batch * outputs);
  INVALID(recurrent_stream_step, stream, x, batch * inputs, NULL, 0);
  INVALID(recurrent_stream_step, stream, x, batch * inputs, crooked, batch * outputs);
  INVALID(recurrent_stream_step, stream, x, batch * inputs, h, batch * outputs + 1);
  INVALID(recurrent_stream_step, stream, x, batch * inputs, h, SIZE_MAX);
}

static void check_rows(recurrent_stream *stream, float *x, float *h) {
  float *crooked = (float *)((char *)x + 1);
  const size_t good[2] = {0, 2}, same_twice[2] = {1, 1}, falling[2] = {2, 1}, beyond[2] = {0, 3}, far[2] = {0, SIZE_MAX};
  const size_t four[4] = {0, 1, 2, 3};
  INVALID(recurrent_stream_step_rows, stream, same_twice, 2, x, 2 * inputs, h, 2 * outputs);
  INVALID(recurrent_stream_step_rows, stream, falling, 2, x, 2 * inputs, h, 2 * outputs);
  INVALID(recurrent_stream_step_rows, stream, beyond, 2, x, 2 * inputs, h, 2 * outputs);
  INVALID(recurrent_stream_step_rows, stream, far, 2, x, 2 * inputs, h, 2 * outputs);
  INVALID(recurrent_stream_step_rows, stream, four, 4, x, 4 * inputs, h, 4 * outputs);
  INVALID(recurrent_stream_step_rows, stream, four, SIZE_MAX, x, 2 * inputs, h, 2 * outputs);
  INVALID(recurrent_stream_step_rows, stream, NULL, 2, x, 2 * inputs, h, 2 * outputs);
  INVALID(recurrent_stream_step_rows, stream, (const size_t *)((const char *)good + 1), 2, x, 2 * inputs, h, 2 * outputs);
  INVALID(recurrent_stream_step_rows, stream, good, 2, NULL, 2 * inputs, h, 2 * outputs);
  INVALID(recurrent_stream_step_rows, stream, good, 2, crooked, 2 * inputs, h, 2 * outputs);
  INVALID(recurrent_stream_step_rows, stream, good, 2, x, 2 * inputs + 1, h, 2 * outputs);
  INVALID(recurrent_stream_step_rows, stream, good, 2, x, 2 * inputs, NULL, 2 * outputs);
  INVALID(recurrent_stream_step_rows, stream, good, 2, x, 2 * inputs, crooked, 2 * outputs);
  INVALID(recurrent_stream_step_rows, stream, good, 2, x, 2 * inputs, h, 2 * outputs - 1);
  INVALID(recurrent_stream_step_rows, stream, NULL, 0, x, inputs, h, 0);
  INVALID(recurrent_stream_reset_row, stream, batch);
  INVALID(recurrent_stream_reset_row, stream, SIZE_MAX);
}

static void check_states(recurrent_stream *stream, float *h) {
  enum { count = batch * outputs };
  float *crooked = (float *)((char *)h + 3);
#define BAD(hidden, hidden_count, cell, cell_count)                                              \
  INVALID(recurrent_stream_read_state, stream, hidden, hidden_count, cell, cell_count);          \
  INVALID(recurrent_stream_write_state, stream, hidden, hidden_count, cell, cell_count)
  BAD(NULL, count, h, count);
  BAD(h, 0, h, count);
  BAD(h, count + 1, h, count);
  BAD(h, SIZE_MAX, h, count);
  BAD(crooked, count, h, count);
  BAD(h, count, NULL, count);
  BAD(h, count, h, 0);
  BAD(h, count, h, count - 1);
  BAD(h, count, h, SIZE_MAX);
  BAD(h, count, crooked, count);
#undef BAD
}

/// A GRU has no C.
static void check_absent_cell(void) {
  const recurrent_configuration c = {.cell = RECURRENT_GRU, .input_size = 5, .hidden_size = 7};
  model m = model_make(&c, 1);
  float h[outputs];
  recurrent_stream *stream;
  OK(recurrent_stream_create(m.handle, 1, &stream));
  INVALID(recurrent_stream_read_state, stream, h, outputs, h, outputs);
  INVALID(recurrent_stream_write_state, stream, h, outputs, h, outputs);
  OK(recurrent_stream_read_state(stream, h, outputs, NULL, 0));
  OK(recurrent_stream_destroy(stream));
  model_free(m);
}

long test_stream_misuse(void) {
  check_failures = 0;
  check_creation();
  model m = model_make(&small_lstm, 1);
  recurrent_stream *stream;
  OK(recurrent_stream_create(m.handle, batch, &stream));
  float *x = numbers(4 * inputs + 1, 1), *h = numbers(4 * outputs + 1, 2);
  float before[2][batch * outputs], after[2][batch * outputs];
  OK(recurrent_stream_step(stream, x, batch * inputs, h, batch * outputs));
  OK(recurrent_stream_read_state(stream, before[0], batch * outputs, before[1], batch * outputs));
  check_steps(stream, x, h);
  check_rows(stream, x, h);
  check_states(stream, h);
  OK(recurrent_stream_read_state(stream, after[0], batch * outputs, after[1], batch * outputs));
  CHECK(same(before[0], after[0], 2 * batch * outputs), "what was refused has changed the state");
  OK(recurrent_stream_destroy(stream));
  free(x), free(h);
  model_free(m);
  check_absent_cell();
  return check_failures;
}

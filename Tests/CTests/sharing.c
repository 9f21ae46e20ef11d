// Four threads that share a model: runs, streams and tapes of their own, and a stream that they fight for.
#include "check.h"

#include <pthread.h>

enum { threads = 4, rounds = 20, steps = 12, batch = 2 };

typedef struct {
  model m;
  recurrent_stream *contested;
  const float *expected;
  int number;
  long failures;
} worker;

static void check_stream(model m, const float *expected) {
  size_t inputs = m.is.configuration.input_size, outputs = m.is.output_size;
  run r = run_make(m, steps, batch, 1);
  float *hidden = zeros(batch * outputs);
  recurrent_stream *stream;
  OK(recurrent_stream_create(m.handle, batch, &stream));
  OK(recurrent_stream_write_state(stream, r.initial_hidden, batch * outputs, r.initial_cell, batch * outputs));
  for (size_t t = 0; t < steps; ++t) {
    OK(recurrent_stream_step(stream, r.input + t * batch * inputs, batch * inputs, hidden, batch * outputs));
    CHECK(same(hidden, expected + t * batch * outputs, batch * outputs), "step %zu", t);
  }
  OK(recurrent_stream_destroy(stream));
  free(hidden), run_free(r);
}

static void check_tape(model m, const float *expected) {
  run r = run_make(m, steps, batch, 1);
  float *gradient = zeros(m.is.parameter_count);
  recurrent_tape *tape;
  OK(recurrent_tape_create(m.handle, steps, batch, 0, &tape));
  OK(recurrent_model_forward(m.handle, tape, &r.call));
  CHECK(same(r.hidden, expected, r.call.hidden.count), "a run on a tape");
  recurrent_gradients g = {.hidden = {r.hidden, r.call.hidden.count}, .parameters = {gradient, m.is.parameter_count}};
  OK(recurrent_model_backward(m.handle, tape, &g));
  OK(recurrent_tape_destroy(tape));
  free(gradient), run_free(r);
}

/// Handles that come and go in all threads at once are each one thread's: what was written into a stream is still there.
static void check_handles(model m, float mark) {
  enum { count = 8 };
  size_t outputs = m.is.output_size;
  recurrent_stream *streams[count];
  float *state = zeros(outputs), *back = zeros(outputs);
  for (int i = 0; i < count; ++i) {
    state[0] = mark + (float)i;
    OK(recurrent_stream_create(m.handle, 1, &streams[i]));
    OK(recurrent_stream_write_state(streams[i], state, outputs, state, outputs));
  }
  for (int i = count - 1; i >= 0; --i) {
    OK(recurrent_stream_read_state(streams[i], back, outputs, NULL, 0));
    CHECK(back[0] == mark + (float)i, "stream %d has the state of another", i);
    OK(recurrent_stream_destroy(streams[i]));
  }
  free(state), free(back);
}

static void *work(void *argument) {
  worker *w = argument;
  size_t inputs = w->m.is.configuration.input_size, outputs = w->m.is.output_size;
  float *x = numbers(inputs, 1), *h = zeros(outputs);
  check_failures = 0;
  for (int round = 0; round < rounds; ++round) {
    run r = run_make(w->m, steps, batch, 1);
    OK(recurrent_model_run(w->m.handle, &r.call));
    CHECK(same(r.hidden, w->expected, r.call.hidden.count), "round %d", round);
    run_free(r);
    check_stream(w->m, w->expected);
    check_tape(w->m, w->expected);
    for (int i = 0; i < 20; ++i) check_handles(w->m, (float)(100 * w->number));
    for (int i = 0; i < 50; ++i) {
      recurrent_status status = recurrent_stream_step(w->contested, x, inputs, h, outputs);
      CHECK(status == RECURRENT_OK || status == RECURRENT_IN_USE, "%d: %s", (int)status, recurrent_error_message());
    }
  }
  free(x), free(h);
  w->failures = check_failures;
  return NULL;
}

long test_sharing(void) {
  check_failures = 0;
  const recurrent_configuration c = {.cell = RECURRENT_LSTM, .input_size = 24, .hidden_size = 48};
  model m = model_make(&c, 1);
  run expected = run_make(m, steps, batch, 1);
  OK(recurrent_model_run(m.handle, &expected.call));
  recurrent_stream *contested;
  OK(recurrent_stream_create(m.handle, 1, &contested));
  worker workers[threads];
  pthread_t handles[threads];
  for (int i = 0; i < threads; ++i) {
    workers[i] = (worker){.m = m, .contested = contested, .expected = expected.hidden, .number = i};
    CHECK(!pthread_create(&handles[i], NULL, work, &workers[i]), "thread %d", i);
  }
  for (int i = 0; i < threads; ++i) {
    pthread_join(handles[i], NULL);
    check_failures += workers[i].failures;
  }
  OK(recurrent_stream_destroy(contested));
  run_free(expected);
  model_free(m);
  return check_failures;
}

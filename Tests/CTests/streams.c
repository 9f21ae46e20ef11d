// Streams: what a run over the whole gives, step by step; some rows; states that are kept and put back.
#include "check.h"

/// Outlives its model.
static void check_steps(model m) {
  enum { steps = 6, batch = 2 };
  size_t inputs = batch * m.is.configuration.input_size, outputs = batch * m.is.output_size;
  run whole = run_make(m, steps, batch, 1), last = run_make(m, 0, batch, 1);
  whole.call.initial_hidden = whole.call.initial_cell = (recurrent_span){NULL, 0};
  OK(recurrent_model_run(m.handle, &whole.call));
  recurrent_stream *stream;
  OK(recurrent_stream_create(m.handle, batch, &stream));
  model_free(m);

  float *hidden = zeros(outputs);
  for (int round = 0; round < 2; ++round) {
    for (size_t t = 0; t < steps; ++t) {
      OK(recurrent_stream_step(stream, whole.input + t * inputs, inputs, hidden, outputs));
      if (m.is.running_engine != RECURRENT_BLAS)
        CHECK(same(hidden, whole.hidden + t * outputs, outputs), "step %zu of round %d", t, round);
    }
    OK(recurrent_stream_read_state(
        stream, last.final_hidden, last.call.final_hidden.count, last.call.final_cell.count ? last.final_cell : NULL,
        last.call.final_cell.count));
    if (m.is.running_engine != RECURRENT_BLAS) {
      CHECK(same(whole.final_hidden, last.final_hidden, last.call.final_hidden.count), "the last h");
      CHECK(same(whole.final_cell, last.final_cell, last.call.final_cell.count), "the last C");
    }
    OK(recurrent_stream_reset(stream));
  }
  OK(recurrent_stream_destroy(stream));
  free(hidden), run_free(whole), run_free(last);
}

/// Rows that sit out a step stay as they are, a row that is reset begins again, and a state that is put back goes on.
static void check_sessions(void) {
  enum { inputs = 5, outputs = 7, batch = 3 };
  model m = model_make(&small_lstm, 1);
  float *x = numbers(batch * inputs, 1);
  float all[batch * outputs], some[2 * outputs], again[batch * outputs], h[batch * outputs], c[batch * outputs];
  recurrent_stream *stream, *other;
  OK(recurrent_stream_create(m.handle, batch, &stream));
  OK(recurrent_stream_create(m.handle, batch, &other));
  OK(recurrent_stream_step(stream, x, batch * inputs, all, batch * outputs));
  OK(recurrent_stream_reset_row(stream, 0));
  OK(recurrent_stream_reset_row(stream, 2));
  const size_t rows[2] = {0, 2};
  float pair[2 * inputs];
  memcpy(pair, x, inputs * sizeof *x);
  memcpy(pair + inputs, x + 2 * inputs, inputs * sizeof *x);
  OK(recurrent_stream_step_rows(stream, rows, 2, pair, 2 * inputs, some, 2 * outputs));
  CHECK(same(some, all, outputs) && same(some + outputs, all + 2 * outputs, outputs), "rows that begin again");
  OK(recurrent_stream_step_rows(stream, NULL, 0, NULL, 0, NULL, 0));

  // All three rows have taken the same one step now; h alone, then both, and the other stream goes on like this one.
  OK(recurrent_stream_read_state(stream, h, batch * outputs, NULL, 0));
  CHECK(same(h, all, batch * outputs), "h of the state is that of the step");
  OK(recurrent_stream_read_state(stream, NULL, 0, c, batch * outputs));
  OK(recurrent_stream_write_state(other, h, batch * outputs, NULL, 0));
  OK(recurrent_stream_write_state(other, NULL, 0, c, batch * outputs));
  OK(recurrent_stream_step(stream, x, batch * inputs, all, batch * outputs));
  OK(recurrent_stream_step(other, x, batch * inputs, again, batch * outputs));
  CHECK(same(all, again, batch * outputs), "a state that was handed on");
  // A frame may stand where h goes.
  float in_place[batch * outputs];
  OK(recurrent_stream_write_state(other, h, batch * outputs, c, batch * outputs));
  memcpy(in_place, x, batch * inputs * sizeof *x);
  OK(recurrent_stream_step(other, in_place, batch * inputs, in_place, batch * outputs));
  CHECK(same(all, in_place, batch * outputs), "a step in place");
  OK(recurrent_stream_destroy(stream));
  OK(recurrent_stream_destroy(other));
  free(x);
  model_free(m);
}

long test_streams(void) {
  check_failures = 0;
  for (size_t i = 0; i < configuration_count; ++i)
    if (configurations[i].direction_count != 2) check_steps(model_make(&configurations[i], 1));
  check_sessions();
  return check_failures;
}

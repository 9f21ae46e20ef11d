// Runs over whole sequences: layouts, lengths, chunks, threads.
#include "check.h"

/// `to` [b, a, width] becomes the transpose of `from` [a, b, width].
static void transpose(const float *from, size_t a, size_t b, size_t width, float *to) {
  for (size_t i = 0; i < a; ++i)
    for (size_t j = 0; j < b; ++j)
      memcpy(to + (j * a + i) * width, from + (i * b + j) * width, width * sizeof *to);
}

static bool promises_bits(model m) { return m.is.running_engine != RECURRENT_BLAS; }

static void check_layouts(model m) {
  enum { steps = 5, batch = 3 };
  size_t inputs = m.is.configuration.input_size, outputs = m.is.configuration.direction_count * m.is.output_size;
  run a = run_make(m, steps, batch, 1), b = run_make(m, steps, batch, 1);
  transpose(a.input, steps, batch, inputs, b.input);
  b.call.layout = RECURRENT_BATCH_MAJOR;
  OK(recurrent_model_run(m.handle, &a.call));
  OK(recurrent_model_run(m.handle, &b.call));
  float *turned = zeros(a.call.hidden.count);
  transpose(b.hidden, batch, steps, outputs, turned);
  CHECK(same(a.hidden, turned, a.call.hidden.count), "h of both layouts");
  CHECK(same(a.final_hidden, b.final_hidden, a.call.final_hidden.count), "the last h of both layouts");
  CHECK(same(a.final_cell, b.final_cell, a.call.final_cell.count), "the last C of both layouts");
  free(turned), run_free(a), run_free(b);
}

/// A sequence of 2 steps among longer ones is what it is alone, and nothing past its end is read.
static void check_lengths(model m) {
  enum { steps = 4, batch = 3 };
  const size_t lengths[batch] = {4, 2, 0};
  size_t inputs = m.is.configuration.input_size, outputs = m.is.configuration.direction_count * m.is.output_size;
  run all = run_make(m, steps, batch, 1), alone = run_make(m, 2, 1, 1);
  all.call.lengths = (recurrent_index_span){lengths, batch};
  all.call.initial_hidden = alone.call.initial_hidden = (recurrent_span){NULL, 0};
  all.call.initial_cell = alone.call.initial_cell = (recurrent_span){NULL, 0};
  uint32_t nan = 0x7fc00000;
  for (size_t t = 0; t < steps; ++t)
    for (size_t n = 0; n < batch; ++n)
      for (size_t i = 0; i < inputs; ++i) {
        float *x = &all.input[(t * batch + n) * inputs + i];
        if (t >= lengths[n]) memcpy(x, &nan, sizeof nan);
        if (n == 1 && t < 2) alone.input[t * inputs + i] = *x;
      }
  OK(recurrent_model_run(m.handle, &all.call));
  OK(recurrent_model_run(m.handle, &alone.call));
  for (size_t t = 0; t < steps; ++t)
    for (size_t o = 0; o < outputs; ++o) {
      float in_batch = all.hidden[(t * batch + 1) * outputs + o];
      if (t >= 2) CHECK(in_batch == 0, "step %zu past the end is %g", t, in_batch);
      if (t < 2 && promises_bits(m))
        CHECK(in_batch == alone.hidden[t * outputs + o], "step %zu: %g", t, in_batch);
      CHECK(all.hidden[(t * batch + 2) * outputs + o] == 0, "a sequence without steps");
    }
  run_free(all), run_free(alone);
}

/// Two pieces, the second one from where the first ended, are the whole.
static void check_pieces(model m) {
  if (m.is.configuration.direction_count > 1 || !promises_bits(m)) return;
  run whole = run_make(m, 6, 2, 1), piece = run_make(m, 6, 2, 1);
  float *hidden = zeros(whole.call.hidden.count);
  OK(recurrent_model_run(m.handle, &whole.call));
  size_t rows[2] = {4 * 2, 2 * 2}, first = 0;
  for (int i = 0; i < 2; ++i) {
    recurrent_sequences s = {.step_count = rows[i] / 2, .batch_size = 2, .final_hidden = piece.call.final_hidden,
                             .final_cell = piece.call.final_cell};
    s.input = (recurrent_span){piece.input + first * m.is.configuration.input_size, rows[i] * m.is.configuration.input_size};
    s.hidden = (recurrent_mutable_span){hidden + first * m.is.output_size, rows[i] * m.is.output_size};
    // Results may go where the state came from.
    s.initial_hidden = i == 0 ? whole.call.initial_hidden
                              : (recurrent_span){piece.final_hidden, piece.call.final_hidden.count};
    s.initial_cell = i == 0 || !has_cell(m) ? whole.call.initial_cell
                                            : (recurrent_span){piece.final_cell, piece.call.final_cell.count};
    OK(recurrent_model_run(m.handle, &s));
    first += rows[i];
  }
  CHECK(same(whole.hidden, hidden, whole.call.hidden.count), "two pieces are the whole");
  CHECK(same(whole.final_hidden, piece.final_hidden, whole.call.final_hidden.count), "the last h of two pieces");
  free(hidden), run_free(whole), run_free(piece);
}

/// Any number of threads, more than there are processors too, gives the same bits.
static void check_threads(void) {
  const recurrent_configuration c = {.cell = RECURRENT_LSTM, .input_size = 64, .hidden_size = 256};
  model m = model_make(&c, 1);
  run one = run_make(m, 20, 4, 1), many = run_make(m, 20, 4, 1);
  OK(recurrent_model_set_thread_count(m.handle, 1));
  OK(recurrent_model_run(m.handle, &one.call));
  for (size_t count = 2; count <= 6; count += 2) {
    OK(recurrent_model_set_thread_count(m.handle, count));
    recurrent_description d;
    OK(recurrent_model_describe(m.handle, &d));
    CHECK(d.thread_count == count, "%zu threads", d.thread_count);
    OK(recurrent_model_run(m.handle, &many.call));
    CHECK(same(one.hidden, many.hidden, one.call.hidden.count), "%zu threads", count);
  }
  OK(recurrent_model_set_thread_count(m.handle, 0));
  run_free(one), run_free(many);
  model_free(m);
}

/// No steps are a run, too: the state comes out as it went in.
static void check_no_steps(model m) {
  run r = run_make(m, 0, 2, 1);
  OK(recurrent_model_run(m.handle, &r.call));
  CHECK(same(r.initial_hidden, r.final_hidden, r.call.final_hidden.count), "h after no steps");
  CHECK(same(r.initial_cell, r.final_cell, r.call.final_cell.count), "C after no steps");
  run_free(r);
}

long test_sequences(void) {
  check_failures = 0;
  for (size_t i = 0; i < configuration_count; ++i) {
    model m = model_make(&configurations[i], 1);
    check_layouts(m);
    check_lengths(m);
    check_pieces(m);
    check_no_steps(m);
    model_free(m);
  }
  check_threads();
  return check_failures;
}

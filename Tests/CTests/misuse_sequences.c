// Every bad argument of a run over sequences, with a tape and without.
#include "check.h"

/// A run with one thing changed is refused.
#define BAD_STATUS(wanted, ...)                                        \
  do {                                                                 \
    recurrent_sequences s = r.call;                                    \
    __VA_ARGS__;                                                       \
    REFUSED(wanted, recurrent_model_run, m.handle, &s);                \
    REFUSED(wanted, recurrent_model_forward, m.handle, tape, &s);      \
  } while (0)
#define BAD(...) BAD_STATUS(RECURRENT_INVALID_ARGUMENT, __VA_ARGS__)

/// An array with a count, an address or both that cannot be.
#define BAD_ARRAY(field)                                      \
  do {                                                        \
    BAD(s.field.count += 1);                                  \
    BAD(s.field.count -= 1);                                  \
    BAD(s.field.count = SIZE_MAX);                            \
    BAD(s.field.count = 0);                                   \
    BAD(s.field.elements = NULL);                             \
    BAD(s.field.elements = (void *)((char *)s.field.elements + 2)); \
  } while (0)

static void check_arrays(model m, recurrent_tape *tape, run r) {
  BAD_ARRAY(input);
  BAD(s.input = (recurrent_span){NULL, 0});
  BAD_ARRAY(initial_hidden);
  BAD_ARRAY(hidden);
  BAD_ARRAY(final_hidden);
  if (has_cell(m)) {
    BAD_ARRAY(initial_cell);
    BAD_ARRAY(cells);
    BAD_ARRAY(final_cell);
  } else {
    BAD(s.initial_cell = s.initial_hidden);
    BAD(s.cells = s.hidden);
    BAD(s.final_cell = s.final_hidden);
  }
}

static void check_sizes(model m, recurrent_tape *tape, run r) {
  size_t lengths[3] = {4, 2, 5};
  BAD(s.batch_size = 0);
  BAD(s.batch_size = SIZE_MAX);
  BAD(s.batch_size = SIZE_MAX / 2);
  BAD(s.batch_size += 1);
  BAD(s.step_count += 1);
  BAD(s.step_count = SIZE_MAX);
  BAD(s.step_count = SIZE_MAX / 2);
  BAD(s.step_count = (size_t)1 << 31);
  BAD(s.step_count = (size_t)1 << 30);
  BAD(s.layout = (recurrent_layout)2);
  BAD(s.layout = (recurrent_layout)-1);
  BAD(s.lengths = ((recurrent_index_span){lengths, 1}));
  BAD(s.lengths = ((recurrent_index_span){lengths, 3}));
  BAD(s.lengths = ((recurrent_index_span){lengths, SIZE_MAX}));
  BAD(s.lengths = ((recurrent_index_span){lengths, 0}));
  BAD(s.lengths = ((recurrent_index_span){NULL, 2}));
  BAD(s.lengths = ((recurrent_index_span){lengths + 1, 2}));
  BAD(s.lengths = ((recurrent_index_span){(const size_t *)((const char *)lengths + 1), 2}));
  lengths[1] = SIZE_MAX;
  BAD(s.lengths = ((recurrent_index_span){lengths, 2}));
  INVALID(recurrent_model_run, m.handle, NULL);
  INVALID(recurrent_model_run, m.handle, (const recurrent_sequences *)((const char *)lengths + 1));
  INVALID(recurrent_model_forward, m.handle, tape, NULL);
  INVALID(recurrent_model_forward, m.handle, tape, (const recurrent_sequences *)((const char *)lengths + 1));
}

/// A count that fits its sizes, and is more than there is memory for. The array is not that long, and is not read.
static void check_memory(void) {
  const recurrent_configuration c = {.cell = RECURRENT_RNN, .input_size = 1000, .hidden_size = 1};
  model m = model_make(&c, 1);
  float x[1] = {0};
  size_t rows = ((size_t)1 << 31) - 1;
  const recurrent_sequences s = {.step_count = rows, .batch_size = 1, .input = {x, rows * 1000}};
  REFUSED(RECURRENT_OUT_OF_MEMORY, recurrent_model_run, m.handle, &s);
  model_free(m);
}

long test_sequence_misuse(void) {
  check_failures = 0;
  for (size_t i = 0; i < configuration_count; ++i) {
    model m = model_make(&configurations[i], 1);
    recurrent_tape *tape;
    OK(recurrent_tape_create(m.handle, 4, 2, 0, &tape));
    run r = run_make(m, 4, 2, 1), again = run_make(m, 4, 2, 1);
    check_arrays(m, tape, r);
    check_sizes(m, tape, r);
    size_t count = r.call.hidden.count;
    for (size_t j = 0; j < count; ++j) CHECK(r.hidden[j] == 0, "what was refused has written %g", r.hidden[j]);
    OK(recurrent_model_run(m.handle, &r.call));
    OK(recurrent_model_forward(m.handle, tape, &again.call));
    OK(recurrent_tape_destroy(tape));
    run_free(r), run_free(again);
    model_free(m);
  }
  check_memory();
  return check_failures;
}

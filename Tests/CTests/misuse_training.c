// Every bad argument of tapes and of the way back.
#include "check.h"

static void check_creation(model m) {
  recurrent_tape *made = (recurrent_tape *)&made;
  size_t least, most, *crooked = (size_t *)((char *)&least + 1);
  OK(recurrent_tape_sizes(m.handle, 400, 2, &least, NULL));
  OK(recurrent_tape_sizes(m.handle, 400, 2, NULL, &most));
  INVALID(recurrent_tape_sizes, m.handle, 400, 2, crooked, NULL);
  INVALID(recurrent_tape_sizes, m.handle, 400, 2, NULL, crooked);
  INVALID(recurrent_tape_create, m.handle, 400, 2, least - 1, &made);
  CHECK(!made, "a tape that is not there is null");
  INVALID(recurrent_tape_create, m.handle, 400, 2, 1, &made);
  INVALID(recurrent_tape_create, m.handle, 1, 1, 0, NULL);
  INVALID(recurrent_tape_create, m.handle, 1, 1, 0, (recurrent_tape **)crooked);
  const size_t sizes[][2] = {{1, 0}, {SIZE_MAX, 1}, {1, SIZE_MAX}, {SIZE_MAX / 2, SIZE_MAX / 2}, {(size_t)1 << 31, 1}};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
    INVALID(recurrent_tape_create, m.handle, sizes[i][0], sizes[i][1], 0, &made);
    INVALID(recurrent_tape_sizes, m.handle, sizes[i][0], sizes[i][1], &least, &most);
  }
  OK(recurrent_tape_create(m.handle, 4, 2, SIZE_MAX, &made));
  OK(recurrent_tape_destroy(made));
  REFUSED(RECURRENT_OUT_OF_MEMORY, recurrent_tape_create, m.handle, ((size_t)1 << 31) - 1, 1, 0, &made);
}

/// A way back with one thing changed is refused, and the run stays on the tape.
#define BAD(...)                                                       \
  do {                                                                 \
    recurrent_gradients g = good;                                      \
    __VA_ARGS__;                                                       \
    INVALID(recurrent_model_backward, m.handle, tape, &g);             \
  } while (0)
#define BAD_ARRAY(field)                                      \
  do {                                                        \
    BAD(g.field.count += 1);                                  \
    BAD(g.field.count -= 1);                                  \
    BAD(g.field.count = SIZE_MAX);                            \
    BAD(g.field.count = 0);                                   \
    BAD(g.field.elements = NULL);                             \
    BAD(g.field.elements = (void *)((char *)g.field.elements + 2)); \
  } while (0)

static void check_backward(model m) {
  recurrent_tape *tape;
  OK(recurrent_tape_create(m.handle, 4, 2, 0, &tape));
  run r = run_make(m, 3, 2, 1), back = run_make(m, 3, 2, 2);
  float *parameters = zeros(m.is.parameter_count);
  const recurrent_sequences *in = &r.call, *out = &back.call;
  const recurrent_gradients good = {
      .hidden = {r.hidden, in->hidden.count}, .cells = {has_cell(m) ? r.cells : NULL, in->cells.count},
      .final_hidden = {r.final_hidden, in->final_hidden.count},
      .final_cell = {has_cell(m) ? r.final_cell : NULL, in->final_cell.count}, .input = {back.input, in->input.count},
      .initial_hidden = out->final_hidden, .initial_cell = out->final_cell,
      .parameters = {parameters, m.is.parameter_count}};
  REFUSED(RECURRENT_NOTHING_RECORDED, recurrent_model_backward, m.handle, tape, &good);
  OK(recurrent_model_forward(m.handle, tape, &r.call));
  INVALID(recurrent_model_backward, m.handle, tape, NULL);
  INVALID(recurrent_model_backward, m.handle, tape, (const recurrent_gradients *)((const char *)&good + 1));
  BAD_ARRAY(hidden);
  BAD_ARRAY(final_hidden);
  BAD_ARRAY(input);
  BAD_ARRAY(initial_hidden);
  BAD_ARRAY(parameters);
  if (has_cell(m)) {
    BAD_ARRAY(cells);
    BAD_ARRAY(final_cell);
    BAD_ARRAY(initial_cell);
  } else {
    BAD(g.cells = g.hidden);
    BAD(g.final_cell = g.final_hidden);
    BAD(g.initial_cell = g.initial_hidden);
  }
  for (size_t i = 0; i < m.is.parameter_count; ++i) CHECK(parameters[i] == 0, "what was refused has written");

  // Of another configuration, and longer and wider than the tape.
  recurrent_configuration c = m.is.configuration;
  c.hidden_size += 1;
  model other = model_make(&c, 1);
  run longer = run_make(m, 5, 2, 1), wider = run_make(m, 3, 3, 1), foreign = run_make(other, 3, 2, 1);
  INVALID(recurrent_model_forward, m.handle, tape, &longer.call);
  INVALID(recurrent_model_forward, m.handle, tape, &wider.call);
  INVALID(recurrent_model_forward, other.handle, tape, &foreign.call);
  INVALID(recurrent_model_backward, other.handle, tape, &good);
  model_free(other);

  OK(recurrent_model_backward(m.handle, tape, &good));
  OK(recurrent_tape_destroy(tape));
  run_free(r), run_free(back), run_free(longer), run_free(wider), run_free(foreign);
  free(parameters);
}

long test_training_misuse(void) {
  check_failures = 0;
  for (size_t i = 0; i < configuration_count; ++i) {
    model m = model_make(&configurations[i], 1);
    check_creation(m);
    check_backward(m);
    model_free(m);
  }
  return check_failures;
}

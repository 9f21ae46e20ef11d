// Handles that are not, or no longer, what they should be: null, made up, destroyed, of another kind, used again.
#include "check.h"

#include <pthread.h>

/// Every function that takes a handle, with arguments that are right but for the handle.
static void check_model_handle(recurrent_status wanted, recurrent_model *bad) {
  float x[1] = {0};
  size_t size;
  recurrent_description description;
  recurrent_parameter parameter;
  recurrent_stream *stream = (recurrent_stream *)x;
  recurrent_tape *tape = (recurrent_tape *)x;
  const recurrent_sequences sequences = {.step_count = 0, .batch_size = 1};
  const recurrent_gradients gradients = {.accumulates = 0};
  REFUSED(wanted, recurrent_model_describe, bad, &description);
  REFUSED(wanted, recurrent_model_parameter, bad, 0, &parameter);
  REFUSED(wanted, recurrent_model_read_parameters, bad, x, 1);
  REFUSED(wanted, recurrent_model_write_parameters, bad, x, 1);
  REFUSED(wanted, recurrent_model_set_thread_count, bad, 1);
  REFUSED(wanted, recurrent_model_run, bad, &sequences);
  REFUSED(wanted, recurrent_stream_create, bad, 1, &stream);
  CHECK(!stream, "a stream that is not there is null");
  REFUSED(wanted, recurrent_tape_create, bad, 1, 1, 0, &tape);
  CHECK(!tape, "a tape that is not there is null");
  REFUSED(wanted, recurrent_tape_sizes, bad, 1, 1, &size, &size);
  REFUSED(wanted, recurrent_model_forward, bad, NULL, &sequences);
  REFUSED(wanted, recurrent_model_backward, bad, NULL, &gradients);
  if (bad) REFUSED(wanted, recurrent_model_destroy, bad);
}

static void check_stream_handle(recurrent_stream *bad) {
  const recurrent_status wanted = RECURRENT_INVALID_HANDLE;
  float x[7] = {0};
  const size_t rows[1] = {0};
  REFUSED(wanted, recurrent_stream_step, bad, x, 5, x, 7);
  REFUSED(wanted, recurrent_stream_step_rows, bad, rows, 1, x, 5, x, 7);
  REFUSED(wanted, recurrent_stream_reset, bad);
  REFUSED(wanted, recurrent_stream_reset_row, bad, 0);
  REFUSED(wanted, recurrent_stream_read_state, bad, x, 7, x, 7);
  REFUSED(wanted, recurrent_stream_write_state, bad, x, 7, x, 7);
  if (bad) REFUSED(wanted, recurrent_stream_destroy, bad);
}

static void check_tape_handle(recurrent_model *model, recurrent_tape *bad) {
  const recurrent_sequences sequences = {.step_count = 0, .batch_size = 1};
  const recurrent_gradients gradients = {.accumulates = 0};
  REFUSED(RECURRENT_INVALID_HANDLE, recurrent_model_forward, model, bad, &sequences);
  REFUSED(RECURRENT_INVALID_HANDLE, recurrent_model_backward, model, bad, &gradients);
  if (bad) REFUSED(RECURRENT_INVALID_HANDLE, recurrent_tape_destroy, bad);
}

static void *fail_on_another_thread(void *message) {
  CHECK(!strcmp(recurrent_error_message(), ""), "a fresh thread's message: %s", recurrent_error_message());
  recurrent_model_describe(NULL, NULL);
  strcpy(message, recurrent_error_message());
  return check_failures ? message : NULL;
}

/// Each thread has a message of its own, which calls that go well leave.
static void check_messages(void) {
  recurrent_model_run(NULL, NULL);
  char mine[512], other[512];
  strcpy(mine, recurrent_error_message());
  pthread_t thread;
  void *failed = NULL;
  CHECK(!pthread_create(&thread, NULL, fail_on_another_thread, other) && !pthread_join(thread, &failed), "a thread");
  CHECK(!failed && strcmp(mine, other), "%s, %s", mine, other);
  OK(recurrent_model_destroy(NULL));
  CHECK(!strcmp(mine, recurrent_error_message()), "%s", recurrent_error_message());
}

/// Slots are used again, handles are not.
static void check_reuse(void) {
  enum { count = 100 };
  recurrent_model *model, *old[count];
  OK(recurrent_model_create_random(&small_lstm, 1, &model));
  recurrent_stream *streams[count];
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < count; ++i) OK(recurrent_stream_create(model, 1, &streams[i]));
    for (int i = 0; i < count; ++i) {
      if (round) CHECK((void *)old[i] != (void *)streams[i], "a handle came back");
      old[i] = (recurrent_model *)streams[i];
      OK(recurrent_stream_destroy(streams[i]));
    }
    for (int i = 0; i < count; ++i) check_stream_handle((recurrent_stream *)old[i]);
  }
  OK(recurrent_model_destroy(model));
}

long test_handles(void) {
  check_failures = 0;
  model m = model_make(&small_lstm, 1);
  recurrent_stream *stream;
  recurrent_tape *tape;
  OK(recurrent_stream_create(m.handle, 1, &stream));
  OK(recurrent_tape_create(m.handle, 1, 1, 0, &tape));

  int local = 0;
  // Not the next slot: another test on another thread may have a model there.
  const uintptr_t far_slot = (uintptr_t)1 << 23;
  void *made_up[] = {NULL, &local, m.handle, (void *)1, (void *)~(uintptr_t)0, (void *)((uintptr_t)m.handle + 1),
                     (void *)((uintptr_t)m.handle ^ far_slot), (void *)((uintptr_t)stream | 1)};
  for (size_t i = 0; i < sizeof made_up / sizeof *made_up; ++i) {
    if (made_up[i] != m.handle) check_model_handle(RECURRENT_INVALID_HANDLE, made_up[i]);
    check_stream_handle(made_up[i]);
    check_tape_handle(m.handle, made_up[i]);
  }
  check_model_handle(RECURRENT_INVALID_HANDLE, (recurrent_model *)stream);
  check_model_handle(RECURRENT_INVALID_HANDLE, (recurrent_model *)tape);
  check_stream_handle((recurrent_stream *)tape);
  check_tape_handle(m.handle, (recurrent_tape *)stream);

  OK(recurrent_stream_destroy(stream));
  check_stream_handle(stream);
  OK(recurrent_tape_destroy(tape));
  check_tape_handle(m.handle, tape);
  model_free(m);
  check_model_handle(RECURRENT_INVALID_HANDLE, m.handle);
  OK(recurrent_model_destroy(NULL));
  OK(recurrent_stream_destroy(NULL));
  OK(recurrent_tape_destroy(NULL));
  check_reuse();
  check_messages();
  return check_failures;
}

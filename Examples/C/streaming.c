/* One frame at a time from C: two sessions share the weights of one model, and each keeps a state of its own.
 *
 *     cc -std=c11 streaming.c $(pkg-config --cflags --libs recurrent) -o streaming && ./streaming [MODEL.safetensors [LAYER]]
 */
#include <recurrent.h>
#include <stdio.h>
#include <stdlib.h>

/* Ends the program with the library's own words where a call has failed. */
static void check(recurrent_status status) {
  if (status == RECURRENT_OK) return;
  fprintf(stderr, "%s\n", recurrent_error_message());
  exit(1);
}

int main(int count, char **arguments) {
  recurrent_model *model;
  if (count > 1) {
    check(recurrent_model_load(arguments[1], count > 2 ? arguments[2] : NULL, NULL, &model));
  } else {
    const recurrent_configuration configuration = {.cell = RECURRENT_LSTM, .input_size = 40, .hidden_size = 128};
    check(recurrent_model_create_random(&configuration, 1, &model));
  }
  recurrent_description is;
  check(recurrent_model_describe(model, &is));
  const size_t inputs = is.configuration.input_size, outputs = is.output_size;
  printf("recurrent %s on %s: %zu inputs, %zu outputs, %zu parameters\n", recurrent_version(),
         recurrent_instruction_set(), inputs, outputs, is.parameter_count);

  recurrent_stream *sessions[2];
  for (int i = 0; i < 2; ++i) check(recurrent_stream_create(model, 1, &sessions[i]));
  check(recurrent_model_destroy(model)); /* the streams keep what they need of it */

  float *frame = calloc(inputs, sizeof *frame), *hidden = calloc(outputs, sizeof *hidden);
  if (!frame || !hidden) return 1;
  for (size_t time = 0; time < 100; ++time) {
    frame[time % inputs] = 1;
    /* A step allocates nothing and takes no lock. The second session hears every other frame. */
    check(recurrent_stream_step(sessions[0], frame, inputs, hidden, outputs));
    if (time % 2 == 0) check(recurrent_stream_step(sessions[1], frame, inputs, hidden, outputs));
  }

  for (int i = 0; i < 2; ++i) {
    check(recurrent_stream_read_state(sessions[i], hidden, outputs, NULL, 0));
    printf("session %d: h begins with %.6f %.6f\n", i, hidden[0], hidden[outputs - 1]);
    check(recurrent_stream_destroy(sessions[i]));
  }
  free(frame);
  free(hidden);
  return 0;
}

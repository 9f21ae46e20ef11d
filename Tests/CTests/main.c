// Runs all tests of the C interface. Exits with 1 if anything failed.
#include "c_tests.h"

#include <stdio.h>

int main(void) {
  const struct {
    const char *name;
    long (*run)(void);
  } tests[] = {
      {"models", test_models},
      {"files", test_files},
      {"sequences", test_sequences},
      {"streams", test_streams},
      {"training", test_training},
      {"handles", test_handles},
      {"misuse of models", test_model_misuse},
      {"misuse of sequences", test_sequence_misuse},
      {"misuse of streams", test_stream_misuse},
      {"misuse of training", test_training_misuse},
      {"four threads", test_sharing},
  };
  long failures = 0;
  for (unsigned i = 0; i < sizeof tests / sizeof *tests; ++i) {
    long failed = tests[i].run();
    printf("%s: %ld checks failed\n", tests[i].name, failed);
    failures += failed;
  }
  return failures != 0;
}

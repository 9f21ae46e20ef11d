// What the tests of the C interface share: counting failures, models of every kind, arrays with numbers in them.
#ifndef CHECK_H
#define CHECK_H

#include "c_tests.h"
#include "recurrent.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Of this thread, so that tests may run side by side.
extern _Thread_local long check_failures;

/// Counts a failure and says where and what; after twenty of them only counts.
#define CHECK(condition, ...)                                       \
  do {                                                              \
    if (!(condition) && ++check_failures <= 20) {                   \
      printf("%s:%d: " #condition ": ", __FILE__, __LINE__);        \
      printf(__VA_ARGS__);                                          \
      printf("\n");                                                 \
    }                                                               \
  } while (0)

/// A call that must go well.
#define OK(call)                                                                                        \
  do {                                                                                                  \
    recurrent_status status_ = (call);                                                                  \
    CHECK(status_ == RECURRENT_OK, #call " gave %d: %s", (int)status_, recurrent_error_message());      \
  } while (0)

/// A call that must be refused, with a sentence that begins with the name of the function.
#define REFUSED(wanted, function, ...)                                                                    \
  do {                                                                                                    \
    recurrent_status status_ = function(__VA_ARGS__);                                                     \
    CHECK(status_ == (wanted), #function "(" #__VA_ARGS__ ") gave %d: %s", (int)status_,                  \
          recurrent_error_message());                                                                     \
    CHECK(!strncmp(recurrent_error_message(), #function ": ", strlen(#function) + 2),                     \
          #function " says: %s", recurrent_error_message());                                              \
  } while (0)

#define INVALID(...) REFUSED(RECURRENT_INVALID_ARGUMENT, __VA_ARGS__)

/// Sizes of every kind of model, small and no multiples of a vector.
extern const recurrent_configuration configurations[];
extern const size_t configuration_count;
extern const recurrent_configuration small_lstm;

/// A model, and what is needed to size its arrays.
typedef struct {
  recurrent_model *handle;
  recurrent_description is;
} model;

model model_make(const recurrent_configuration *configuration, uint64_t seed);
void model_free(model m);
bool has_cell(model m);

/// Numbers in [-1, 1), the same for the same seed; to be freed.
float *numbers(size_t count, uint32_t seed);
float *zeros(size_t count);
bool same(const float *a, const float *b, size_t count);

/// The arrays of a run over T steps of N sequences, of exactly the sizes that it needs, so that the address sanitizer
/// and valgrind see the ends.
typedef struct {
  recurrent_sequences call;
  float *input, *initial_hidden, *initial_cell, *hidden, *cells, *final_hidden, *final_cell;
} run;

run run_make(model m, size_t steps, size_t batch, uint32_t seed);
void run_free(run r);

#endif

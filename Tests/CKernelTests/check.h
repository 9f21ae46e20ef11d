// What the tests of the C kernels share: counting failures, the instruction sets of this machine, distances in ulp.
#ifndef CHECK_H
#define CHECK_H

#include "recurrent_kernels.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ISA_COUNT 4
#define GUARD 32

extern long check_failures;

/// Counts a failure and says where and what; after twenty of them only counts.
#define CHECK(condition, ...)                                       \
  do {                                                              \
    if (!(condition) && ++check_failures <= 20) {                   \
      printf("%s:%d: " #condition ": ", __FILE__, __LINE__);        \
      printf(__VA_ARGS__);                                          \
      printf("\n");                                                 \
    }                                                               \
  } while (0)

static inline uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/// Equal bits, except that a NaN equals every NaN: IEEE 754 leaves its sign and payload to the machine.
static inline bool same(float a, float b) { return bits_of(a) == bits_of(b) || (a != a && b != b); }

/// |y - exact| in units of the distance between floats at `exact`: 2⁻¹⁴⁹ among the denormals, and infinity stands for
/// 2¹²⁸. Infinite if one of the two is a NaN and the other is not.
static inline double ulps(float y, double exact) {
  if (y != y || exact != exact) return y != y && exact != exact ? 0 : INFINITY;
  double value = isinf(y) ? copysign(0x1p128, y) : y;
  if (fabs(exact) > 0x1p128) exact = copysign(0x1p128, exact);
  int exponent;
  frexp(exact, &exponent);
  if (exponent > 128) exponent = 128;
  return fabs(value - exact) / ldexp(1, exponent - 24 < -149 ? -149 : exponent - 24);
}

/// `count` floats between two guards, all of them on the heap, where the address sanitizer sees the ends, and off the
/// alignment of a vector.
typedef struct {
  float *memory, *data;
  size_t count;
} buffer;

static inline buffer buffer_make(size_t count) {
  float *memory = malloc((count + 2 * GUARD + 1) * sizeof *memory);
  for (size_t i = 0; i < count + 2 * GUARD + 1; ++i) memory[i] = float_of(0x7fc0dead);
  return (buffer){memory, memory + GUARD + 1, count};
}

/// Checks that nothing around the data was written, and frees the buffer.
static inline void buffer_free(buffer b, const char *what) {
  bool intact = true;
  for (size_t i = 0; i < GUARD; ++i)
    intact &= bits_of(b.data[-1 - (long)i]) == 0x7fc0dead && bits_of(b.data[b.count + i]) == 0x7fc0dead;
  CHECK(intact, "%s wrote outside its %zu floats", what, b.count);
  free(b.memory);
}

/// The same numbers in every run: a linear congruential generator, uniform in [-1, 1).
static inline float next_uniform(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return (float)(int32_t)*state * 0x1p-31f;
}

void check_activations(const rk_kernels *kernels);
void check_activation_walk(void);
void check_lstm_pointwise(const rk_kernels *kernels);
void check_lstm_bits(void);
void check_lstm_step(const rk_kernels *kernels);
void check_gru_step(const rk_kernels *kernels);
void check_rnn_step(const rk_kernels *kernels);
void check_lstm_step_back(const rk_kernels *kernels);
void check_gru_step_back(const rk_kernels *kernels);
void check_rnn_step_back(const rk_kernels *kernels);
void check_denormals(void);

#endif

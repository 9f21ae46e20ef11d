// The switch for denormals: on, nested, and off again.
#include "check.h"

/// Half of 2⁻¹⁴⁰ if denormals are handled, else 0.
static float half_of_a_denormal(void) {
  volatile float tiny = 0x1p-140f, half = 0.5f;
  return tiny * half;
}

void check_denormals(void) {
#if defined(__x86_64__) || defined(__aarch64__)
  CHECK(half_of_a_denormal() == 0x1p-141f, "denormals are flushed before anything asked for it");
  uint64_t outer = rk_flush_denormals_begin();
  CHECK(half_of_a_denormal() == 0, "a denormal operand counts");
  volatile float small = 0x1p-120f;
  CHECK(small * small == 0, "a denormal result counts");
  uint64_t inner = rk_flush_denormals_begin();
  rk_flush_denormals_end(inner);
  CHECK(half_of_a_denormal() == 0, "the inner end undid the outer begin");
  rk_flush_denormals_end(outer);
  CHECK(half_of_a_denormal() == 0x1p-141f, "denormals are flushed after the end");
  printf("denormals: flushed between begin and end, and only there\n");
#endif
}

// The processor's switch for denormals, a thread at a time.
#include "recurrent_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

// MXCSR: results that are denormal become zero (FTZ, bit 15), and so do operands (DAZ, bit 6).
uint64_t rk_flush_denormals_begin(void) {
  uint64_t before = _mm_getcsr();
  _mm_setcsr((unsigned)before | 0x8040);
  return before;
}

void rk_flush_denormals_end(uint64_t before) { _mm_setcsr((unsigned)before); }

#elif defined(__aarch64__)

// FPCR: both at once (FZ, bit 24).
uint64_t rk_flush_denormals_begin(void) {
  uint64_t before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  __asm__ volatile("msr fpcr, %0" : : "r"(before | (uint64_t)1 << 24));
  return before;
}

void rk_flush_denormals_end(uint64_t before) { __asm__ volatile("msr fpcr, %0" : : "r"(before)); }

#else

uint64_t rk_flush_denormals_begin(void) { return 0; }
void rk_flush_denormals_end(uint64_t before) { (void)before; }

#endif

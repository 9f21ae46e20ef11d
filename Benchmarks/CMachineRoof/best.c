// Which of the loops this machine runs, and the memory that they read.
#define _GNU_SOURCE  // MADV_HUGEPAGE
#include "machine_roof.h"

#include <stdlib.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

extern const machine_roof_probe *const machine_roof_portable;
#if defined(__x86_64__)
extern const machine_roof_probe *const machine_roof_avx2, *const machine_roof_avx512;
#endif

const machine_roof_probe *machine_roof_best(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq")) {
    return machine_roof_avx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return machine_roof_avx2;
#endif
  return machine_roof_portable;
}

float *machine_roof_memory(size_t size) {
  float *memory = aligned_alloc(2 << 20, size);
  if (!memory) return NULL;
#if defined(__linux__)
  madvise(memory, size, MADV_HUGEPAGE);  // A wish; nothing depends on whether it is granted.
#endif
  for (size_t i = 0; i < size / sizeof(float); ++i) memory[i] = 1;
  return memory;
}

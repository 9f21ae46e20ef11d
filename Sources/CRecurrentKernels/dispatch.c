// Which tables this build holds, and which of them this machine can run.
#include "recurrent_kernels.h"

#include <stdlib.h>
#include <string.h>

extern const rk_kernels rk_kernels__portable;
#if defined(__aarch64__)
extern const rk_kernels rk_kernels__neon;
#elif defined(__x86_64__)
extern const rk_kernels rk_kernels__avx2, rk_kernels__avx512;
#endif

const rk_kernels *rk_kernels_for(rk_isa isa) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  switch (isa) {
  case RK_ISA_PORTABLE:
    return &rk_kernels__portable;
#if defined(__aarch64__)
  case RK_ISA_NEON:
    return &rk_kernels__neon;  // Every 64-bit Arm has it.
#elif defined(__x86_64__)
  case RK_ISA_AVX2:
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &rk_kernels__avx2 : NULL;
  case RK_ISA_AVX512:
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
               ? &rk_kernels__avx512
               : NULL;
#endif
  default:
    return NULL;
  }
}

rk_isa rk_best_isa(void) {
  rk_isa best = RK_ISA_AVX512;
  while (!rk_kernels_for(best)) --best;
  const char *cap = getenv("RECURRENT_ISA");
  for (rk_isa isa = RK_ISA_PORTABLE; cap && isa < best; ++isa) {
    const rk_kernels *kernels = rk_kernels_for(isa);
    if (kernels && !strcmp(kernels->name, cap)) return isa;
  }
  return best;
}

// AVX-512: 16 floats a vector, 32 registers.
#include "isa/target.h"
#include "machine_roof.h"

#if defined(__x86_64__)
#define ROOF_NAME "avx512"
#define ROOF_WIDTH 16
#define ROOF_CHAINS 16
#define ROOF_FUSED 1
RK_TARGET_BEGIN("avx512f,avx512vl,avx512bw,avx512dq,fma")
#include "probe.inc"
RK_TARGET_END

extern const machine_roof_probe *const machine_roof_avx512;
const machine_roof_probe *const machine_roof_avx512 = &roof_probe;
#endif

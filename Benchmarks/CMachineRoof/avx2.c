// AVX2: 8 floats a vector, 16 registers.
#include "isa/target.h"
#include "machine_roof.h"

#if defined(__x86_64__)
#define ROOF_NAME "avx2"
#define ROOF_WIDTH 8
#define ROOF_CHAINS 12
#define ROOF_FUSED 1
RK_TARGET_BEGIN("avx2,fma")
#include "probe.inc"
RK_TARGET_END

extern const machine_roof_probe *const machine_roof_avx2;
const machine_roof_probe *const machine_roof_avx2 = &roof_probe;
#endif

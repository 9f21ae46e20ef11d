// What the compiler assumes of every machine. On 64-bit Arm that is NEON.
#include "isa/target.h"
#include "machine_roof.h"

#define ROOF_WIDTH 4
#if defined(__aarch64__)
#define ROOF_NAME "neon"
#define ROOF_CHAINS 24
#define ROOF_FUSED 1
#else
#define ROOF_NAME "portable"
#define ROOF_CHAINS 12
#define ROOF_FUSED 0
#endif
RK_BASELINE_BEGIN
#include "probe.inc"
RK_BASELINE_END

extern const machine_roof_probe *const machine_roof_portable;
const machine_roof_probe *const machine_roof_portable = &roof_probe;

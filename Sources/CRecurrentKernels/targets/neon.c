// NEON: 4 floats a vector.
#include "isa/target.h"
#include "recurrent_kernels.h"

#if defined(__aarch64__)
#define RK_WIDTH 4
#define RK_TILE_ROWS 6
RK_BASELINE_BEGIN
#include "kernels/all.inc"
RK_BASELINE_END

extern const rk_kernels rk_kernels__neon;
const rk_kernels rk_kernels__neon = RK_TABLE("neon");
#endif
